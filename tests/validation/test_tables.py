"""Faults planted against the attribute tables, one for each kind, and what must not be found."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

import iodkit as ik
from iodkit.testing import phantom
from iodkit.validation.tables import CODES
from iodkit.validation.tables.values import fits_multiplicity

SOURCE = "DerivationImageSequence[1].SourceImageSequence[1]"
FRAMES, SHARED = "PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"


def make_segmentation(planes=4):
    images = phantom.ct_series(planes, 16, 16)
    organ, liver = ik.codes.SCT.Organ, ik.codes.SCT.Liver
    net = ik.AlgorithmIdentificationSequence("Net", ik.codes.DCM.ArtificialIntelligence, "1")
    segments = [ik.seg.SegmentDescription(1, "Liver", organ, liver, "AUTOMATIC", net)]
    with ik.defaults(equipment=ik.Equipment("Tests", "Tables", "1", "1")):
        return ik.seg.Segmentation(images, np.ones((planes, 16, 16), np.uint8), "BINARY", segments)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    made = {
        "seg": make_segmentation(),
        "ct": phantom.ct_series(1, 8, 8)[0],
        "slide": phantom.slide_image(64, 64, 32),
        "enhanced": phantom.enhanced_ct(3, 8, 8),
    }
    for name, ds in made.items():
        ds.save_as(folder / f"{name}.dcm", enforce_file_format=True)
    return {name: folder / f"{name}.dcm" for name in made}


def frame(ds, number):
    return ds.PerFrameFunctionalGroupsSequence[number - 1]


def source_of(group):
    return group.DerivationImageSequence[0].SourceImageSequence[0]


def missing_1(ds):
    del ds.Rows


def missing_2(ds):
    del ds.PatientName


def missing_1c(ds):
    del ds.SegmentSequence[0].SegmentAlgorithmName


def missing_2c(ds):
    del ds.PatientPosition


def missing_in_code(ds):
    del ds.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeMeaning


def missing_in_frame(ds):
    del source_of(frame(ds, 3)).ReferencedSOPInstanceUID


def empty_1(ds):
    ds.SegmentSequence[0].SegmentLabel = ""


def empty_1c(ds):
    ds.SegmentSequence[0].SegmentAlgorithmName = ""


def empty_sequence(ds):
    ds.SegmentSequence = Sequence()


def not_allowed(ds):
    ds.MaximumFractionalValue = 255


def not_allowed_in_item(ds):
    ds.SegmentSequence[0].SegmentAlgorithmType = "MANUAL"


def other_vr(ds):
    ds[0x00080060] = DataElement(0x00080060, "LO", "CT")


def too_many(ds):
    ds.Modality = ["CT", "MR"]


def too_few(ds):
    ds.ImagePositionPatient = [1, 2]


def not_enumerated(ds):
    ds.SegmentSequence[0].SegmentAlgorithmType = "GUESSED"


def not_enumerated_by_number(ds):
    ds.ImageType = ["ORIGINAL", "PRIMARY"]


def not_enumerated_by_condition(ds):
    ds.BitsAllocated = 8


def not_defined(ds):
    ds.Modality = "MRI"


def two_items(ds):
    items = ds.SegmentSequence[0].SegmentedPropertyTypeCodeSequence
    items.append(copy.deepcopy(items[0]))


def no_group(ds):
    del frame(ds, 2).FrameContentSequence


def no_group_at_all(ds):
    del ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence


def group_twice(ds):
    shared = ds.SharedFunctionalGroupsSequence[0]
    frame(ds, 1).PixelMeasuresSequence = copy.deepcopy(shared.PixelMeasuresSequence)


def group_shared(ds):
    shared = ds.SharedFunctionalGroupsSequence[0]
    shared.FrameContentSequence = copy.deepcopy(frame(ds, 1).FrameContentSequence)
    for item in ds.PerFrameFunctionalGroupsSequence:
        del item.FrameContentSequence


def used_module(ds):
    ds.ClinicalTrialSponsorName = "Sponsor"


def used_overlay(ds):
    ds.add_new(0x60020010, "US", 8)


def other_class(ds):
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.3.4"


def retired_class(ds):
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.6"


def class_of_another_standard(ds):
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.501.1"


def no_class(ds):
    del ds.SOPClassUID


def elsewhere(ds):
    ds.SegmentLabel = "Liver"


def wavelength(ds):
    del ds.OpticalPathSequence[0].IlluminationTypeCodeSequence


CODE = "SegmentSequence[1].SegmentedPropertyTypeCodeSequence"
PLANTED = [
    ("seg", missing_1, "attribute-missing", "Rows"),
    ("seg", missing_2, "attribute-missing", "PatientName"),
    ("seg", missing_1c, "attribute-missing", "SegmentSequence[1].SegmentAlgorithmName"),
    ("ct", missing_2c, "attribute-missing", "PatientPosition"),
    ("seg", missing_in_code, "attribute-missing", f"{CODE}[1].CodeMeaning"),
    (
        "seg",
        missing_in_frame,
        "attribute-missing",
        f"{FRAMES}[3].{SOURCE}.ReferencedSOPInstanceUID",
    ),
    (
        "slide",
        wavelength,
        "attribute-missing",
        "OpticalPathSequence[1].IlluminationTypeCodeSequence",
    ),
    ("seg", empty_1, "attribute-empty", "SegmentSequence[1].SegmentLabel"),
    ("seg", empty_1c, "attribute-empty", "SegmentSequence[1].SegmentAlgorithmName"),
    ("seg", empty_sequence, "attribute-empty", "SegmentSequence"),
    ("seg", not_allowed, "attribute-not-allowed", "MaximumFractionalValue"),
    (
        "seg",
        not_allowed_in_item,
        "attribute-not-allowed",
        "SegmentSequence[1].SegmentAlgorithmName",
    ),
    ("ct", other_vr, "attribute-vr", "Modality"),
    ("ct", too_many, "attribute-vm", "Modality"),
    ("ct", too_few, "attribute-vm", "ImagePositionPatient"),
    ("seg", not_enumerated, "value-not-enumerated", "SegmentSequence[1].SegmentAlgorithmType"),
    ("seg", not_enumerated_by_number, "value-not-enumerated", "ImageType"),
    ("seg", not_enumerated_by_condition, "seg-bits", "BitsAllocated"),
    ("ct", not_defined, "value-not-defined", "Modality"),
    ("seg", two_items, "item-count", CODE),
    ("seg", no_group, "group-missing", f"{FRAMES}[2].FrameContentSequence"),
    ("enhanced", no_group_at_all, "group-missing", f"{FRAMES}[1].PixelMeasuresSequence"),
    ("slide", no_group_at_all, "group-missing", f"{SHARED}[1].PixelMeasuresSequence"),
    ("seg", group_twice, "group-repeated", f"{FRAMES}[1].PixelMeasuresSequence"),
    ("seg", group_shared, "group-placement", f"{SHARED}[1].FrameContentSequence"),
    ("ct", used_module, "attribute-missing", "ClinicalTrialProtocolID"),
    ("ct", used_overlay, "attribute-missing", "OverlayColumns"),
    ("ct", other_class, "iod-unknown", "SOPClassUID"),
    ("ct", retired_class, "iod-retired", "SOPClassUID"),
    ("ct", class_of_another_standard, "iod-unknown", "SOPClassUID"),
    ("ct", no_class, "attribute-missing", "SOPClassUID"),
    ("seg", elsewhere, "attribute-unexpected", "SegmentLabel"),
]


@pytest.mark.parametrize(("name", "expected"), [("seg", ()), ("ct", ()), ("slide", ())])
def test_sound_objects(paths, name, expected):
    report = ik.validate(paths[name])
    assert report.filter(at_least="warning").findings == expected, str(report)


@pytest.mark.parametrize(
    ("name", "plant", "code", "path"), PLANTED, ids=[plant.__name__ for _, plant, *_ in PLANTED]
)
def test_planted_fault(paths, name, plant, code, path):
    ds = dcmread(paths[name])
    plant(ds)
    before = ds.to_json_dict()
    report = ik.validate(ds)
    found = [f for f in report if (f.code, f.path) == (code, path)]
    assert found, str(report)
    severity = CODES[code].severity if code in CODES else "error"
    assert found[0].severity == severity
    assert found[0].clause
    assert ds.to_json_dict() == before
    known = {f.code for f in ik.validate(paths[name])}
    assert "rule-failed" not in known


def test_every_code_has_a_planted_fault():
    elsewhere = {"condition-undecided", "frames-not-allowed"}
    assert {code for _, _, code, _ in PLANTED} | elsewhere >= set(CODES)


def test_an_iod_of_one_frame_has_one():
    """A Secondary Capture of two frames belongs to another IOD (PS3.3 A.8.1)."""
    path = get_testdata_file("SC_rgb_rle_2frame.dcm", download=False)
    (found,) = ik.validate(path).filter(code="frames-not-allowed")
    assert (found.path, found.severity) == ("NumberOfFrames", "error")


@pytest.mark.parametrize("keyword", ["ImageOrientationPatient", "ImagePositionPatient"])
def test_no_orientation_of_the_patient_where_one_in_space_is_required(keyword):
    """One fault is one finding: Image Plane is mandatory, and Patient Orientation is not."""
    ds = phantom.ct_series(1, 8, 8)[0]
    del ds[keyword]
    assert [(f.code, f.path) for f in ik.validate(ds).errors] == [("attribute-missing", keyword)]


def test_orientation_of_the_patient_where_there_is_none_in_space():
    ds = phantom.chest_xray(16, 16)
    del ds.PatientOrientation
    found = [(f.code, f.path) for f in ik.validate(ds).errors]
    assert found == [("attribute-missing", "PatientOrientation")]


def test_undecided_conditions_are_said_once():
    report = ik.validate(make_segmentation()).filter(code="condition-undecided")
    texts = [(f.keyword, f.expected, f.clause) for f in report]
    assert len(texts) == len(set(texts))
    assert any(f.count > 1 for f in report)
    (lossy,) = report.filter(keyword="LossyImageCompressionRatio")
    assert (
        '"present in the source images or this IOD instance has been compressed"' in lossy.expected
    )


def test_reports_print_what_is_merely_worth_knowing_in_a_line():
    report = ik.validate(phantom.ct_series(1, 8, 8)[0])
    lines = str(report).splitlines()
    assert lines[0].endswith(f"nothing wrong, {len(report)} info")
    assert len(lines) == 2
    assert lines[1].endswith("[condition-undecided]")


@pytest.mark.unvalidated
@pytest.mark.parametrize("number", [1, 37, 60])
def test_a_fault_in_one_of_many_frames(tmp_path, number):
    seg = make_segmentation(60)
    del source_of(frame(seg, number)).ReferencedSOPInstanceUID
    path = tmp_path / "many.dcm"
    seg.save_as(path)
    (finding,) = ik.validate(path).filter(code="attribute-missing")
    assert finding.path == f"{FRAMES}[{number}].{SOURCE}.ReferencedSOPInstanceUID"


def test_conditions_see_the_object_and_what_is_shared():
    ds = phantom.enhanced_ct(3, 8, 8)
    assert not ik.validate(ds).errors
    ds.ImageType = ["ORIGINAL", *ds.ImageType[1:]]
    missing = {f.keyword for f in ik.validate(ds).filter(code="group-missing")}
    assert {"CTExposureSequence", "CTGeometrySequence"} <= missing
    for group in ds.PerFrameFunctionalGroupsSequence:
        del group.FrameContentSequence[0].FrameAcquisitionDateTime
    time = f"{FRAMES}[1].FrameContentSequence[1].FrameAcquisitionDateTime"
    assert not ik.validate(ds).filter(path=time).errors
    # The type of the frames is shared, the time is not.
    kind = ds.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0]
    kind.FrameType = ["ORIGINAL", *kind.FrameType[1:]]
    (finding,) = ik.validate(ds).filter(path=time)
    assert finding.code == "attribute-missing"
    assert finding.count == 3
    assert "required if FrameType value 1 is ORIGINAL" in finding.expected


def test_content_items():
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.33"
    ds.ValueType = "CONTAINER"
    number = Dataset()
    number.RelationshipType, number.ValueType = "CONTAINS", "NUM"
    number.TextValue = "12"
    referring = Dataset()
    referring.RelationshipType = "INFERRED FROM"
    referring.ReferencedContentItemIdentifier = [1, 1]
    number.ContentSequence = [referring]
    ds.ContentSequence = [number]
    report = ik.validate(ds).filter(path="ContentSequence*").filter(severity="error")
    others = {"sr-relationship", "sr-item-reference"}
    assert {(f.code, f.path) for f in report if f.code not in others} == {
        ("sr-name", "ContentSequence[1].ConceptNameCodeSequence"),
        ("sr-value", "ContentSequence[1].MeasuredValueSequence"),
        ("attribute-not-allowed", "ContentSequence[1].TextValue"),
    }


@pytest.mark.parametrize(
    ("count", "multiplicity", "fits"),
    [
        (1, "1", True),
        (2, "1", False),
        (3, "1-3", True),
        (4, "1-3", False),
        (1, "2-n", False),
        (9, "2-n", True),
        (4, "2-2n", True),
        (3, "2-2n", False),
        (6, "3-3n", True),
        (7, "3-3n", False),
        (5, "1-n", True),
        (5, "", True),
    ],
)
def test_multiplicity(count, multiplicity, fits):
    assert fits_multiplicity(count, multiplicity) is fits
