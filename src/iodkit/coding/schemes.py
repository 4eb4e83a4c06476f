"""Identification of coding schemes: items of the Coding Scheme Identification Sequence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iodkit.elements import DicomItem, check_code_string, check_string, check_type, check_uid
from iodkit.errors import InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

__all__ = ["CodingSchemeIdentificationItem", "CodingSchemeResourceItem"]

_CLAUSE = "PS3.3 C.12.1"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\\]+")
_URL_TYPES = ("DOC", "OWL", "CSV")


class CodingSchemeResourceItem(DicomItem):
    """Where a description of a coding scheme is found (PS3.3 C.12.1).

    Parameters
    ----------
    url : str
        Address of the resource.
    url_type : str
        ``"DOC"`` for a document, ``"OWL"`` for an ontology, ``"CSV"`` for a table.

    Raises
    ------
    InvalidValueError
        If the address is no URL, or the type is none of the three.
    """

    def __init__(self, url: str, url_type: str) -> None:
        super().__init__()
        check_type(url, str, "CodingSchemeURL")
        if not _URL.fullmatch(url):
            raise InvalidValueError(
                "value is no URL",
                attribute="CodingSchemeURL",
                found=url,
                expected="a scheme, a colon and an address, without spaces",
                clause="PS3.5 6.2",
            )
        self.CodingSchemeURL = url
        self.CodingSchemeURLType = check_code_string(url_type, "CodingSchemeURLType", _URL_TYPES)

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        _require(dataset, "CodingSchemeURLType", "CodingSchemeURL")


class CodingSchemeIdentificationItem(DicomItem):
    """What a coding scheme designator in the dataset means (PS3.3 Table C.12-1).

    Parameters
    ----------
    designator : str
        Designator of the coding scheme, at most 16 characters.
    name : str | None, optional
        Full name of the coding scheme, at most 1024 characters.
    version : str | None, optional
        Version of the coding scheme, at most 16 characters.
    registry : str | None, optional
        Registry that knows the scheme, for example ``"HL7"``; a scheme with a registry needs
        either `uid` or `external_id`.
    uid : str | None, optional
        Unique identifier of the coding scheme.
    external_id : str | None, optional
        Identifier of the scheme in the registry, where it has no unique identifier.
    responsible_organization : str | None, optional
        Organization that is responsible for the scheme.
    resources : Sequence[CodingSchemeResourceItem] | None, optional
        Where descriptions of the scheme are found.

    Raises
    ------
    InvalidValueError
        If a value is not allowed, if a scheme with a registry has not exactly one of `uid` and
        `external_id`, or if `external_id` is given without a registry.
    """

    def __init__(
        self,
        designator: str,
        name: str | None = None,
        version: str | None = None,
        registry: str | None = None,
        uid: str | None = None,
        external_id: str | None = None,
        responsible_organization: str | None = None,
        resources: Sequence[CodingSchemeResourceItem] | None = None,
    ) -> None:
        super().__init__()
        self.CodingSchemeDesignator = check_string(designator, "SH", "CodingSchemeDesignator")
        self._set_registration(registry, uid, external_id)
        for keyword, vr, value in (
            ("CodingSchemeName", "ST", name),
            ("CodingSchemeVersion", "SH", version),
            ("CodingSchemeResponsibleOrganization", "ST", responsible_organization),
        ):
            if value is not None:
                setattr(self, keyword, check_string(value, vr, keyword))
        if resources is not None:
            for resource in resources:
                check_type(resource, CodingSchemeResourceItem, "resources")
            self.CodingSchemeResourcesSequence = [
                CodingSchemeResourceItem.from_dataset(resource) for resource in resources
            ]

    def _set_registration(
        self, registry: str | None, uid: str | None, external_id: str | None
    ) -> None:
        if registry is not None:
            if (uid is None) == (external_id is None):
                raise InvalidValueError(
                    "a registered coding scheme is identified in one way",
                    attribute="CodingSchemeUID",
                    found=(uid, external_id),
                    expected="either a UID or an external ID",
                    clause=_CLAUSE,
                )
            self.CodingSchemeRegistry = check_string(registry, "LO", "CodingSchemeRegistry")
        elif external_id is not None:
            raise InvalidValueError(
                "an external ID means nothing without the registry that gave it",
                attribute="CodingSchemeExternalID",
                found=external_id,
                expected="a registry",
                clause=_CLAUSE,
            )
        if uid is not None:
            self.CodingSchemeUID = check_uid(uid, "CodingSchemeUID")
        if external_id is not None:
            self.CodingSchemeExternalID = check_string(external_id, "ST", "CodingSchemeExternalID")

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        _require(dataset, "CodingSchemeDesignator")


def _require(dataset: Dataset, *keywords: str) -> None:
    for keyword in keywords:
        if dataset.get(keyword) in {None, ""}:
            raise MissingAttributeError(
                "the item lacks an attribute",
                attribute=keyword,
                expected="a value",
                clause=_CLAUSE,
            )
