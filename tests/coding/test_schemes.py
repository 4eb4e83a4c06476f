from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from iodkit.coding import CodingSchemeIdentificationItem, CodingSchemeResourceItem
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError


def test_full() -> None:
    resource = CodingSchemeResourceItem("https://example.org/codes.owl", "OWL")
    item = CodingSchemeIdentificationItem(
        "99ACME", "Acme codes", "1", "HL7", "1.2.3", None, "Acme", [resource]
    )
    assert item.CodingSchemeDesignator == "99ACME"
    assert item.CodingSchemeName == "Acme codes"
    assert item.CodingSchemeVersion == "1"
    assert item.CodingSchemeRegistry == "HL7"
    assert item.CodingSchemeUID == "1.2.3"
    assert item.CodingSchemeResponsibleOrganization == "Acme"
    assert item.CodingSchemeResourcesSequence[0] == resource
    assert item.CodingSchemeResourcesSequence[0] is not resource
    assert "CodingSchemeExternalID" not in item


def test_minimal_and_external() -> None:
    assert len(CodingSchemeIdentificationItem("99ACME")) == 1
    external = CodingSchemeIdentificationItem("99ACME", registry="HL7", external_id="E1")
    assert external.CodingSchemeExternalID == "E1"
    assert CodingSchemeIdentificationItem("99ACME", uid="1.2").CodingSchemeUID == "1.2"


@pytest.mark.parametrize(
    "arguments",
    [
        {"registry": "HL7"},
        {"registry": "HL7", "uid": "1.2", "external_id": "E"},
        {"external_id": "E"},
        {"uid": "1.02"},
        {"version": "v" * 17},
        {"name": ""},
    ],
)
def test_wrong(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError):
        CodingSchemeIdentificationItem("99ACME", **arguments)


def test_wrong_resources() -> None:
    for url, kind in (("no address", "DOC"), ("https://a.b", "PDF"), ("https://a.b", "doc")):
        with pytest.raises(InvalidValueError):
            CodingSchemeResourceItem(url, kind)
    with pytest.raises(InvalidTypeError):
        CodingSchemeIdentificationItem("99ACME", resources=[Dataset()])  # type: ignore[list-item]


def test_reading() -> None:
    with pytest.raises(MissingAttributeError, match="CodingSchemeDesignator"):
        CodingSchemeIdentificationItem.from_dataset(Dataset())
    with pytest.raises(MissingAttributeError, match="CodingSchemeURLType"):
        CodingSchemeResourceItem.from_dataset(Dataset())
    item = CodingSchemeIdentificationItem("99ACME", "Acme codes")
    assert type(CodingSchemeIdentificationItem.from_json(item.to_json())) is type(item)
