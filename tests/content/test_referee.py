"""The same constructor calls give the same datasets as with an independent library."""

from __future__ import annotations

import datetime as dt
import warnings
from io import BytesIO
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes as pydicom_codes
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian

from iodkit import coding, content

pytestmark = pytest.mark.referee

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    hd = pytest.importorskip("highdicom", reason="highdicom, the referee, is not installed")
    schemes = pytest.importorskip("highdicom.coding_schemes")

NAME = Code("1", "99ACME", "Name")
SECTION = pydicom_codes.SCT.TissueSection
MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5)
MEANING = "00080104"


def image(uid: str, frames: int | None = None) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2.1", uid
    if frames:
        dataset.NumberOfFrames = frames
    return dataset


def without_meanings(value: Any) -> Any:
    """JSON model without code meanings, which are the wording of each library's own choice."""
    if isinstance(value, dict):
        return {k: without_meanings(v) for k, v in value.items() if k != MEANING}
    return [without_meanings(v) for v in value] if isinstance(value, list) else value


def model(thing: Any) -> Any:
    """What a file with these items holds."""
    parent = Dataset()
    parent.file_meta = FileMetaDataset()
    parent.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    parent.ContentSequence = [thing] if isinstance(thing, Dataset) else thing
    stream = BytesIO()
    parent.save_as(stream, enforce_file_format=False)
    again = dcmread(BytesIO(stream.getvalue()), force=True)
    return without_meanings([item.to_json_dict() for item in again.ContentSequence])


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("AlgorithmIdentificationSequence", ("Net", NAME, "1"), {}),
    ("AlgorithmIdentificationSequence", ("Net", NAME, "1", "Acme", {"a": "1", "b": "2"}), {}),
    ("ContentCreatorIdentificationCodeSequence", ([NAME], "Hospital"), {}),
    ("ContentCreatorIdentificationCodeSequence", ([NAME], "H", "A", ["1", "2"], "t"), {}),
    ("IssuerOfIdentifier", ("Lab",), {}),
    ("IssuerOfIdentifier", ("1.2.3", "ISO"), {}),
    ("PixelMeasuresSequence", ([0.1, 0.2], 3), {}),
    ("PixelMeasuresSequence", ([0.1, 0.2], None, 4.5), {}),
    ("PlaneOrientationSequence", ("PATIENT", [0.6, 0.8, 0, -0.8, 0.6, 0]), {}),
    ("PlaneOrientationSequence", ("SLIDE", [0, 1, 0, 1, 0, 0]), {}),
    ("PlanePositionSequence", ("PATIENT", [1.5, 2, -3]), {}),
    ("PlanePositionSequence", ("PATIENT", [1.5, 2, -3], (1, 2)), {}),
    ("PlanePositionSequence", ("SLIDE", [1.5, 2, 0], (10, 20)), {}),
    ("ReferencedImageSequence", ([image("1.2"), image("1.3")],), {}),
    ("ReferencedImageSequence", ([image("1.2", 3)], 2), {}),
    ("ReferencedImageSequence", ([image("1.2", 3)], [1, 3]), {}),
    ("SpecimenCollection", (NAME,), {}),
    ("SpecimenSampling", (NAME, "P", SECTION), {}),
    ("SpecimenStaining", ([NAME, "text"],), {}),
    ("SpecimenProcessing", (NAME,), {}),
    ("SpecimenProcessing", ("text",), {}),
    ("SpecimenDescription", ("S", "1.2"), {}),
    (
        "SpecimenDescription",
        ("S", "1.2", "left", [], None, [pydicom_codes.SCT.Liver], SECTION, "short", "long"),
        {},
    ),
]


@pytest.mark.parametrize(("name", "arguments", "options"), CALLS)
def test_macros(name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    ours = getattr(content, name)(*arguments, **options)
    theirs = getattr(hd, name)(*arguments, **options)
    assert model(ours) == model(theirs)


def test_highdicom_stores_depths_of_slides_as_they_are() -> None:
    """PS3.3 C.8.12.6.1 has micrometres, as ours stores them; X and Y are the same."""
    ours, theirs = (
        library.PlanePositionSequence("SLIDE", [1.5, 2, -0.25], (10, 20))[0]
        for library in (content, hd)
    )
    assert ours.ZOffsetInSlideCoordinateSystem == -250
    assert theirs.ZOffsetInSlideCoordinateSystem == -0.25
    for axis in "XY":
        keyword = f"{axis}OffsetInSlideCoordinateSystem"
        assert ours[keyword].value == theirs[keyword].value


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("TextContentItem", (NAME, "text", "CONTAINS")),
        ("CodeContentItem", (NAME, SECTION)),
        ("PnameContentItem", (NAME, "A^B")),
        ("UIDRefContentItem", (NAME, "1.2")),
        ("DateContentItem", (NAME, dt.date(2020, 1, 2))),
        ("TimeContentItem", (NAME, dt.time(1, 2, 3))),
        ("DateTimeContentItem", (NAME, MOMENT)),
        ("NumContentItem", (NAME, 1.5, pydicom_codes.UCUM.Millimeter)),
        ("NumContentItem", (NAME, 3, pydicom_codes.UCUM.Millimeter, NAME, "CONTAINS")),
    ],
)
def test_content_items(name: str, arguments: tuple[Any, ...]) -> None:
    ours = getattr(content, name)(*arguments)
    theirs = getattr(hd.sr, name)(*arguments)
    assert model(ours) == model(theirs)
    assert ours.value == theirs.value


@pytest.mark.parametrize(
    "arguments",
    [
        ("1", "99ACME", "One"),
        ("1" * 20, "99ACME", "One", "2"),
        ("urn:oid:1.2.3.4.5.6", "99ACME", "One"),
    ],
)
def test_codes(arguments: tuple[str, ...]) -> None:
    ours, theirs = coding.CodedConcept(*arguments), hd.sr.CodedConcept(*arguments)
    assert ours.to_json_dict() == theirs.to_json_dict()
    assert ours == theirs


def test_coding_schemes() -> None:
    ours = coding.CodingSchemeIdentificationItem(
        "99ACME", "n", "v", "HL7", "1.2", None, "org",
        [coding.CodingSchemeResourceItem("https://a.b", "OWL")],
    )  # fmt: skip
    theirs = schemes.CodingSchemeIdentificationItem(
        "99ACME", "n", "v", "HL7", "1.2", None, "org",
        [schemes.CodingSchemeResourceItem("https://a.b", "OWL")],
    )  # fmt: skip
    assert ours.to_json_dict() == theirs.to_json_dict()


def steps(library: Any) -> list[Any]:
    return [
        library.SpecimenPreparationStep("S", library.SpecimenCollection(NAME)),
        library.SpecimenPreparationStep("S", library.SpecimenSampling(NAME, "P", SECTION)),
        library.SpecimenPreparationStep("S", library.SpecimenProcessing("text")),
        library.SpecimenPreparationStep(
            "S",
            library.SpecimenStaining([NAME, "text"]),
            "described",
            MOMENT,
            library.IssuerOfIdentifier("Lab"),
            NAME,
            NAME,
            NAME,
            SECTION,
        ),
    ]


def test_steps() -> None:
    assert model(steps(content)) == model(steps(hd))


def test_each_reads_what_the_other_writes() -> None:
    for ours, theirs in zip(steps(content), steps(hd), strict=True):
        ours_read = content.SpecimenPreparationStep.from_dataset(theirs)
        assert ours_read.processing_procedure == ours.processing_procedure
        theirs_read = hd.SpecimenPreparationStep.from_dataset(ours)
        assert theirs_read.specimen_id == ours.specimen_id
        assert theirs_read.processing_type == ours.processing_type
    with_location = hd.SpecimenDescription("S", "1.2", (1.0, 2.0, 3.0), steps(hd))
    found = content.SpecimenDescription.from_dataset(with_location)
    assert found.specimen_location == (1.0, 2.0, 3.0)
    assert model(found.specimen_preparation_steps) == model(steps(content))


@pytest.mark.parametrize("lab", [(0, 0, 0), (100, 127, -128), (33.3, 12.3, -45.6), (50, -0.5, 0.5)])
def test_encoding_of_colours(lab: tuple[float, float, float]) -> None:
    ours, theirs = content.CIELabColor(*lab), hd.color.CIELabColor(*lab)
    assert ours.value == theirs.value
    assert ours.lab == pytest.approx(theirs.lab)


def test_white_points_differ() -> None:
    # Theirs converts for D65; C.10.7.1.1 refers to the profile connection space, which has D50.
    ours, theirs = content.CIELabColor.from_rgb(0, 0, 255), hd.color.CIELabColor.from_rgb(0, 0, 255)
    assert ours.lab == pytest.approx((29.57, 68.30, -112.03), abs=0.01)
    assert theirs.lab == pytest.approx((32.30, 79.20, -107.86), abs=0.02)
