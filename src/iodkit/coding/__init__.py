"""Coded concepts, coding schemes, and the codes that DICOM itself uses (PS3.3 8, PS3.16)."""

from iodkit.coding.concepts import CodedConcept, to_code, to_codes
from iodkit.coding.dictionary import CodeCollection, CodeDictionary, UnknownCodeError, codes
from iodkit.coding.schemes import CodingSchemeIdentificationItem, CodingSchemeResourceItem

__all__ = [
    "CodeCollection",
    "CodeDictionary",
    "CodedConcept",
    "CodingSchemeIdentificationItem",
    "CodingSchemeResourceItem",
    "UnknownCodeError",
    "codes",
    "to_code",
    "to_codes",
]
