from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from iodkit.coding import codes
from iodkit.content import (
    AlgorithmIdentificationSequence,
    ContentCreatorIdentificationCodeSequence,
    IssuerOfIdentifier,
    ReferencedImageSequence,
)
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.standard.enums import UniversalEntityIDTypeValues

FAMILY = codes.cid(7162).ArtificialIntelligence
PERSON = ("1234", "99ACME", "Jane Doe")
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def image(uid: str = "1.2.3", frames: int | None = None, segments: int = 0) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID = SEGMENTATION if segments else ENHANCED_CT
    dataset.SOPInstanceUID = uid
    if frames:
        dataset.NumberOfFrames = frames
    if segments:
        dataset.SegmentSequence = [Dataset() for _ in range(segments)]
        for number, item in enumerate(dataset.SegmentSequence, 1):
            item.SegmentNumber = number
    return dataset


def test_algorithm() -> None:
    found = AlgorithmIdentificationSequence("Net", FAMILY, "1.0", "Acme", {"a": "1", "b": "x=y"})
    assert (found.name, found.version, found.source) == ("Net", "1.0", "Acme")
    assert found.family == FAMILY
    assert found.parameters == {"a": "1", "b": "x=y"}
    assert found[0].AlgorithmParameters == "a=1,b=x=y"
    minimal = AlgorithmIdentificationSequence("Net", FAMILY, "1.0", parameters={})
    assert minimal.source is None
    assert minimal.parameters is None
    assert len(minimal[0]) == 3


names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
values = st.text(st.characters(categories=["L", "N", "P"], exclude_characters="="), max_size=12)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_parameters_are_read_back(parameters: dict[str, str]) -> None:
    found = AlgorithmIdentificationSequence("Net", FAMILY, "1", parameters=parameters)
    assert found.parameters == parameters


@pytest.mark.parametrize("parameters", [{"a": "1,b=2"}, {"a=b": "1"}, {"": "1"}, {"a,b": "1"}])
def test_ambiguous_parameters(parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="told apart"):
        AlgorithmIdentificationSequence("Net", FAMILY, "1", parameters=parameters)


def test_wrong_algorithms() -> None:
    for arguments in (("n" * 65, FAMILY, "1"), ("", FAMILY, "1"), ("n", FAMILY, "v" * 65)):
        with pytest.raises(InvalidValueError):
            AlgorithmIdentificationSequence(*arguments)
    with pytest.raises(InvalidTypeError):
        AlgorithmIdentificationSequence("n", "AI", "1")  # type: ignore[arg-type]
    item = AlgorithmIdentificationSequence("n", FAMILY, "1")[0]
    item.AlgorithmParameters = "whatever"
    with pytest.raises(InvalidValueError, match="AlgorithmParameters"):
        _ = AlgorithmIdentificationSequence.from_sequence([item]).parameters
    for keyword in ("AlgorithmName", "AlgorithmFamilyCodeSequence", "AlgorithmVersion"):
        item = AlgorithmIdentificationSequence("n", FAMILY, "1")[0]
        delattr(item, keyword)
        with pytest.raises(MissingAttributeError, match=keyword):
            AlgorithmIdentificationSequence.from_sequence(Sequence([item]))


def test_content_creator() -> None:
    creator = ContentCreatorIdentificationCodeSequence(
        [PERSON],
        "Hospital",
        "Street 1",
        ["123", "456"],
        "jane@example.org",
        ("H", "99ACME", "Hospital"),
        "Street 2",
        "Radiology",
        ("R", "99ACME", "Radiology"),
    )
    item = creator[0]
    assert [c.value for c in creator.person_identification_codes] == ["1234"]
    assert creator.institution_name == item.InstitutionName == "Hospital"
    assert item.PersonAddress == "Street 1"
    assert list(item.PersonTelephoneNumbers) == ["123", "456"]
    assert item.PersonTelecomInformation == "jane@example.org"
    assert item.InstitutionCodeSequence[0].CodeValue == "H"
    assert item.InstitutionAddress == "Street 2"
    assert item.InstitutionalDepartmentName == "Radiology"
    assert item.InstitutionalDepartmentTypeCodeSequence[0].CodeValue == "R"
    assert len(ContentCreatorIdentificationCodeSequence([PERSON], "Hospital")[0]) == 2


def test_wrong_content_creators() -> None:
    with pytest.raises(InvalidValueError, match="identifies the person"):
        ContentCreatorIdentificationCodeSequence([], "Hospital")
    with pytest.raises(InvalidTypeError):
        ContentCreatorIdentificationCodeSequence([PERSON], "H", person_telephone_numbers="12")
    with pytest.raises(InvalidValueError):
        ContentCreatorIdentificationCodeSequence([PERSON], "H" * 65)
    with pytest.raises(MissingAttributeError, match="PersonIdentificationCodeSequence"):
        ContentCreatorIdentificationCodeSequence.from_sequence([Dataset()])


def test_issuers() -> None:
    local = IssuerOfIdentifier("Lab")
    assert local.issuer_of_identifier == local.LocalNamespaceEntityID == "Lab"
    assert local.issuer_of_identifier_type is None
    universal = IssuerOfIdentifier("1.2.3", "ISO")
    assert universal.issuer_of_identifier == universal.UniversalEntityID == "1.2.3"
    assert universal.issuer_of_identifier_type is UniversalEntityIDTypeValues.ISO
    assert "LocalNamespaceEntityID" not in universal
    assert IssuerOfIdentifier("lab.org", UniversalEntityIDTypeValues.DNS)
    for arguments in (("",), ("x", "ISO"), ("x", "NOPE")):
        with pytest.raises(InvalidValueError):
            IssuerOfIdentifier(*arguments)


def test_hierarchic_designators() -> None:
    for text in ("Lab", "^1.2.3^ISO", "Lab^lab.org^DNS"):
        issuer = IssuerOfIdentifier.from_hierarchic_designator(text)
        assert issuer.hierarchic_designator == text
    for wrong in ("^1.2.3", "a^b", "a^^DNS", "a^lab.org^DNS^x", "^"):
        with pytest.raises(InvalidValueError):
            IssuerOfIdentifier.from_hierarchic_designator(wrong)


def test_incomplete_issuers() -> None:
    with pytest.raises(MissingAttributeError, match="LocalNamespaceEntityID"):
        IssuerOfIdentifier.from_dataset(Dataset())
    item = Dataset()
    item.UniversalEntityID = "1.2.3"
    with pytest.raises(MissingAttributeError, match="UniversalEntityIDType"):
        IssuerOfIdentifier.from_dataset(item)


def test_references() -> None:
    found = ReferencedImageSequence([image("1.2"), image("1.3")])
    assert [item.ReferencedSOPInstanceUID for item in found] == ["1.2", "1.3"]
    assert {item.ReferencedSOPClassUID for item in found} == {ENHANCED_CT}
    assert all(len(item) == 2 for item in found)
    assert ReferencedImageSequence([image(frames=3)], 2)[0].ReferencedFrameNumber == 2
    assert list(ReferencedImageSequence([image(frames=3)], [1, 3])[0].ReferencedFrameNumber) == [
        1,
        3,
    ]
    segments = ReferencedImageSequence([image(segments=2)], referenced_segment_number=2)
    assert segments[0].ReferencedSegmentNumber == 2
    assert ReferencedImageSequence.from_sequence(found) == found


@pytest.mark.parametrize(
    ("images", "frames", "segments"),
    [
        ([image(), image()], None, None),
        ([], None, None),
        ([image(frames=3)], 4, None),
        ([image(frames=3)], 0, None),
        ([image(frames=3)], [], None),
        ([image(frames=3)], [1, 1], None),
        ([image("1.2", 3), image("1.3", 3)], 1, None),
        ([image(segments=2)], None, 3),
        ([image(frames=2, segments=2)], 1, 1),
        ([Dataset()], None, None),
    ],
)
def test_wrong_references(images, frames, segments) -> None:
    with pytest.raises(InvalidValueError):
        ReferencedImageSequence(images, frames, segments)


def test_references_of_wrong_types() -> None:
    for arguments in (
        (None,),
        (image(),),
        ([1],),
        ([image()], 1),
        ([image(frames=3)], 1.5),
        ([image(frames=3)], None, 1),
    ):
        with pytest.raises(InvalidTypeError):
            ReferencedImageSequence(*arguments)
    with pytest.raises(MissingAttributeError, match="ReferencedSOPClassUID"):
        ReferencedImageSequence.from_sequence([Dataset()])
