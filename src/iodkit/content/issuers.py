"""Issuers of identifiers: the HL7v2 Hierarchic Designator Macro of PS3.3 10.14."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.content.macros import is_empty
from iodkit.elements import DicomItem, check_string, check_uid, coerce_enum
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit.standard.enums import UniversalEntityIDTypeValues

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["IssuerOfIdentifier"]

_CLAUSE = "PS3.3 Table 10-17"


class IssuerOfIdentifier(DicomItem):
    """Who gave an identifier (PS3.3 Table 10-17).

    Parameters
    ----------
    issuer_of_identifier : str
        Name of the issuer: a universal identifier if its type is given, else a name that is
        known locally.
    issuer_of_identifier_type : str | UniversalEntityIDTypeValues | None, optional
        Kind of universal identifier.

    Raises
    ------
    InvalidTypeError
        If the name is no string.
    InvalidValueError
        If the name is empty, the type is unknown, or a name of type ISO is no UID.
    """

    def __init__(
        self,
        issuer_of_identifier: str,
        issuer_of_identifier_type: str | UniversalEntityIDTypeValues | None = None,
    ) -> None:
        super().__init__()
        if issuer_of_identifier_type is None:
            self.LocalNamespaceEntityID = check_string(
                issuer_of_identifier, "UT", "LocalNamespaceEntityID"
            )
            return
        kind = coerce_enum(
            issuer_of_identifier_type, UniversalEntityIDTypeValues, "UniversalEntityIDType"
        )
        if kind is UniversalEntityIDTypeValues.ISO:
            check_uid(issuer_of_identifier, "UniversalEntityID")
        self.UniversalEntityID = check_string(issuer_of_identifier, "UT", "UniversalEntityID")
        self.UniversalEntityIDType = kind.value

    @classmethod
    def from_hierarchic_designator(cls, text: str) -> IssuerOfIdentifier:
        """Read the text form ``namespace^universal ID^type`` of HL7 v2.

        Parameters
        ----------
        text : str
            Text of data type HD; a local name alone has no ``^``.

        Returns
        -------
        IssuerOfIdentifier
            The issuer; if both a local and a universal name are given, it holds both.

        Raises
        ------
        InvalidValueError
            If there are more than three components, or a universal name without its type.
        """
        parts = [*check_string(text, "UT", "issuer").split("^"), "", ""]
        namespace, universal, kind = parts[:3]
        if any(parts[3:]) or bool(universal) != bool(kind):
            raise InvalidValueError(
                "this is no hierarchic designator",
                attribute="issuer",
                found=text,
                expected="[namespace]^[universal ID]^[type of the universal ID]",
                clause="HL7 v2 2.A.33",
            )
        if not universal:
            return cls(namespace)
        issuer = cls(universal, kind)
        if namespace:
            issuer.LocalNamespaceEntityID = namespace
        return issuer

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        universal = not is_empty(dataset, "UniversalEntityID")
        if universal and is_empty(dataset, "UniversalEntityIDType"):
            raise MissingAttributeError(
                "the universal identifier has no type",
                attribute="UniversalEntityIDType",
                clause=_CLAUSE,
            )
        if not universal and is_empty(dataset, "LocalNamespaceEntityID"):
            raise MissingAttributeError(
                "the item names no issuer",
                attribute="LocalNamespaceEntityID",
                expected="LocalNamespaceEntityID or UniversalEntityID",
                clause=_CLAUSE,
            )

    @property
    def issuer_of_identifier(self) -> str:
        """Name of the issuer: the universal one if there is one, else the local one."""
        universal = not is_empty(self, "UniversalEntityID")
        return str(self.UniversalEntityID if universal else self.LocalNamespaceEntityID)

    @property
    def issuer_of_identifier_type(self) -> UniversalEntityIDTypeValues | None:
        """Kind of the universal name; ``None`` if the name is a local one."""
        if is_empty(self, "UniversalEntityIDType"):
            return None
        return coerce_enum(
            self.UniversalEntityIDType, UniversalEntityIDTypeValues, "UniversalEntityIDType"
        )

    @property
    def hierarchic_designator(self) -> str:
        """Text form of the issuer in HL7 v2, as content items hold it (PS3.16 TID 8001)."""
        local = self.get("LocalNamespaceEntityID") or ""
        kind = self.issuer_of_identifier_type
        return local if kind is None else f"{local}^{self.UniversalEntityID}^{kind.value}"
