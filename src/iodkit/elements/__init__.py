"""Data elements and items: value checks, decimal strings, and the bases of our pydicom classes."""

from iodkit.elements.bases import DicomItem, DicomSequence
from iodkit.elements.checks import (
    check_code_string,
    check_person_name,
    check_string,
    check_text,
    check_type,
    check_uid,
    coerce_enum,
)
from iodkit.elements.decimal import format_decimal, to_decimal_string
from iodkit.elements.moments import format_date, format_datetime, format_time
from iodkit.elements.peek import peek_number, peek_text

__all__ = [
    "DicomItem",
    "DicomSequence",
    "check_code_string",
    "check_person_name",
    "check_string",
    "check_text",
    "check_type",
    "check_uid",
    "coerce_enum",
    "format_date",
    "format_datetime",
    "format_decimal",
    "format_time",
    "peek_number",
    "peek_text",
    "to_decimal_string",
]
