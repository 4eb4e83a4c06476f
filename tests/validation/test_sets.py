"""What only a set of objects shows."""

from __future__ import annotations

import numpy as np
import pytest

import iodkit as ik
from iodkit.testing import phantom


@pytest.fixture
def study():
    """A series and its segmentation, which refers to all of it."""
    images = phantom.ct_series(3, 16, 16)
    organ, liver = ik.codes.SCT.Organ, ik.codes.SCT.Liver
    segments = [ik.seg.SegmentDescription(1, "Liver", organ, liver, "MANUAL")]
    equipment = ik.Equipment("Tests", "Sets", "1", "1")
    with ik.defaults(equipment=equipment):
        seg = ik.seg.Segmentation(images, np.ones((3, 16, 16), np.uint8), "BINARY", segments)
    return [*images, seg]


def found(objects):
    return [(f.code, f.path) for f in ik.validate_set(objects)]


def test_a_whole_study_is_right(study):
    assert found(study) == []


def test_repeated_uid(study):
    study[2].SOPInstanceUID = study[1].SOPInstanceUID
    assert ("set-uid-repeated", "[3].SOPInstanceUID") in found(study)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("StudyInstanceUID", "1.2.3"),
        ("Modality", "MR"),
        ("FrameOfReferenceUID", "1.2.3"),
        ("PatientID", "other"),
    ],
)
def test_what_a_series_and_a_study_share(study, keyword, value):
    setattr(study[1], keyword, value)
    assert ("set-not-shared", f"[2].{keyword}") in found(study)


def test_missing_source(study):
    report = ik.validate_set(study[1:])
    (finding,) = report
    assert finding.code == "set-reference-unresolved"
    assert finding.path.startswith("[3].PerFrameFunctionalGroupsSequence[")
    assert finding.count == 1
    assert finding.found == study[0].SOPInstanceUID


def test_reference_to_another_series_or_class(study):
    seg = study[3]
    seg.ReferencedSeriesSequence[0].SeriesInstanceUID = "1.2.3"
    messages = [f for f in ik.validate_set(study) if f.code == "set-reference-wrong"]
    assert {f.keyword for f in messages} == {"SeriesInstanceUID"}
    study[0].SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    messages = [f for f in ik.validate_set(study) if f.code == "set-reference-wrong"]
    assert {f.keyword for f in messages} == {"SeriesInstanceUID", "SOPClassUID"}


def test_source_in_another_frame_of_reference(study):
    study[3].FrameOfReferenceUID = "1.2.3"
    assert ("set-source-elsewhere", "[4].FrameOfReferenceUID") in found(study)
