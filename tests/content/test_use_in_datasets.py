"""Every class can be copied, pickled, converted to JSON, assigned, saved and read back."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from iodkit import content
from iodkit.coding import CodedConcept, CodingSchemeIdentificationItem, CodingSchemeResourceItem
from iodkit.elements import DicomItem, DicomSequence

NAME = CodedConcept("1", "99ACME", "Größe")
UNIT = CodedConcept("mm", "UCUM", "mm")
IMAGE = Dataset()
IMAGE.SOPClassUID, IMAGE.SOPInstanceUID, IMAGE.NumberOfFrames = "1.2", "1.2.3", 4
STAINING = content.SpecimenStaining([NAME, "text"])
STEP = content.SpecimenPreparationStep("S", STAINING)
MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)

OBJECTS = [
    NAME,
    CodingSchemeIdentificationItem(
        "99ACME", "Codes", resources=[CodingSchemeResourceItem("https://a.b", "DOC")]
    ),
    CodingSchemeResourceItem("https://a.b", "DOC"),
    content.AlgorithmIdentificationSequence("Net", NAME, "1", "Acme", {"a": "1"}),
    content.ContentCreatorIdentificationCodeSequence([NAME], "Hospital"),
    content.IssuerOfIdentifier("1.2.3", "ISO"),
    content.PixelMeasuresSequence((0.1, 0.2), 1 / 3, 4),
    content.PlaneOrientationSequence("PATIENT", (0.6, 0.8, 0, -0.8, 0.6, 0)),
    content.PlaneOrientationSequence("SLIDE", (0, 1, 0, 1, 0, 0)),
    content.PlanePositionSequence("PATIENT", (1 / 3, -2e-7, 1e5)),
    content.PlanePositionSequence("SLIDE", (1, 2, 3), (4, 5)),
    content.ReferencedImageSequence([IMAGE], [1, 4]),
    content.ContentItem("CONTAINER", NAME, None),
    content.TextContentItem(NAME, "Text", "CONTAINS"),
    content.CodeContentItem(NAME, NAME),
    content.NumContentItem(NAME, 0.1234567890123456789, UNIT),
    content.NumericContentItem(NAME, 3, UNIT),
    content.PnameContentItem(NAME, "Müller^Jörg"),
    content.UIDRefContentItem(NAME, "1.2.3"),
    content.DateContentItem(NAME, "20200102"),
    content.TimeContentItem(NAME, "0102"),
    content.DateTimeContentItem(NAME, MOMENT),
    content.ContentSequence([content.TextContentItem(NAME, "Text", "CONTAINS")]),
    content.SpecimenCollection(NAME),
    content.SpecimenSampling(NAME, "P", NAME, content.IssuerOfIdentifier("Lab")),
    STAINING,
    content.SpecimenProcessing("text"),
    content.SpecimenPreparationStep("S", STAINING, "text", MOMENT),
    content.SpecimenDescription("S", "1.2", (1, 2, 3), [STEP]),
]
IDS = [type(thing).__name__ for thing in OBJECTS]


def test_no_class_is_left_out() -> None:
    classes = {
        value
        for name in content.__all__
        if isinstance(value := getattr(content, name), type)
        and issubclass(value, (DicomItem, DicomSequence))
    }
    assert classes <= {type(thing) for thing in OBJECTS}


def as_sequence(thing: DicomItem | DicomSequence) -> DicomSequence | Sequence:
    return thing if isinstance(thing, DicomSequence) else Sequence([thing])


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
@pytest.mark.parametrize("thing", OBJECTS, ids=IDS)
def test_copies(thing, way) -> None:
    twin = way(thing)
    assert type(twin) is type(thing)
    assert twin == thing
    for ours, theirs in zip(as_sequence(twin), as_sequence(thing), strict=True):
        assert type(ours) is type(theirs)
        assert ours.to_json() == theirs.to_json()
    for name, value in vars(thing).items():
        if name.startswith("_is_"):
            assert getattr(twin, name) == value


@pytest.mark.parametrize("thing", OBJECTS, ids=IDS)
def test_deep_copies_share_nothing(thing) -> None:
    before = [item.to_json() for item in as_sequence(thing)]
    twin = copy.deepcopy(thing)
    for item in as_sequence(twin):
        item.walk(lambda _, element: setattr(element, "value", None))
    assert [item.to_json() for item in as_sequence(thing)] == before


@pytest.mark.parametrize("thing", [o for o in OBJECTS if isinstance(o, DicomItem)])
def test_json(thing: DicomItem) -> None:
    again = type(thing).from_json(thing.to_json())
    assert type(again) is type(thing)
    assert again.to_json() == thing.to_json()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("thing", OBJECTS, ids=IDS)
def test_files(thing, syntax: str) -> None:
    parent = Dataset()
    parent.file_meta = FileMetaDataset()
    parent.file_meta.TransferSyntaxUID = syntax
    parent.SpecificCharacterSet = "ISO_IR 192"
    # Any sequence does: what counts here is that pydicom takes, writes and reads the items.
    parent.ContentSequence = as_sequence(thing)
    stream = BytesIO()
    parent.save_as(stream, enforce_file_format=False)
    data = stream.getvalue()
    again = dcmread(BytesIO(data), force=True).ContentSequence
    assert [i.to_json() for i in again] == [i.to_json() for i in parent.ContentSequence]
    if isinstance(thing, content.ContentSequence):
        made = type(thing).from_sequence(again, is_root=thing.is_root, is_sr=thing.is_sr)
    elif isinstance(thing, DicomSequence):
        made = type(thing).from_sequence(again)
    else:
        made = type(thing).from_dataset(again[0])
    assert type(made) is type(thing)
    assert made == thing
