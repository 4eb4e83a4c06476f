"""Policies on reading, repairs, and validation of what is made and written."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.config import IGNORE
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

import iodkit as ik
from iodkit.testing import phantom


def put(ds, keyword, vr, value):
    element = DataElement(tag_for_keyword(keyword), vr, value, validation_mode=IGNORE)
    ds._dict[element.tag] = element


@pytest.fixture
def image():
    return phantom.ct_series(2, 8, 8)[0]


def long_decimal(ds):
    put(ds, "SliceThickness", "DS", "1.23456789012345678")


def other_vr(ds):
    put(ds, "StationName", "LO", "Station")


def old_date(ds):
    put(ds, "StudyDate", "DA", "2024.02.29")


def old_time(ds):
    put(ds, "StudyTime", "TM", "14:04:38.5")


def old_code(ds):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-62000", "SRT", "Liver"
    ds.AnatomicRegionSequence = [item]


def skewed(ds):
    ds.ImageOrientationPatient = [0.999, 0.001, 0, 0, 1, 0]


def no_type_2(ds):
    del ds.AccessionNumber


def meta(ds):
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"


CODE = "AnatomicRegionSequence[1].CodeValue"
FAULTS = [
    (long_decimal, "repaired-decimal", "SliceThickness"),
    (other_vr, "repaired-vr", "StationName"),
    (old_date, "repaired-moment", "StudyDate"),
    (old_time, "repaired-moment", "StudyTime"),
    (old_code, "repaired-code", CODE),
    (skewed, "repaired-orientation", "ImageOrientationPatient"),
    (no_type_2, "repaired-type-2", "AccessionNumber"),
    (meta, "repaired-meta", "MediaStorageSOPInstanceUID"),
]


@pytest.mark.parametrize(("plant", "code", "path"), FAULTS, ids=[f.__name__ for f, *_ in FAULTS])
def test_each_repair_is_reported_and_leaves_the_original(image, plant, code, path):
    plant(image)
    before = copy.deepcopy(image)
    repaired, report = ik.repair(image)
    assert [(f.code, f.path) for f in report] == [(code, path)], str(report)
    assert image == before
    assert image.file_meta == before.file_meta
    assert not list(ik.validate(repaired).filter(at_least="warning")), str(ik.validate(repaired))
    _, again = ik.repair(repaired)
    assert not list(again)


def test_values_after_repair(image):
    for plant, *_ in FAULTS:
        plant(image)
    repaired, _ = ik.repair(image)
    assert str(repaired.SliceThickness) == "1.23456789012346"
    assert repaired["StationName"].VR == "SH"
    assert (repaired.StudyDate, repaired.StudyTime) == ("20240229", "140438.5")
    code = repaired.AnatomicRegionSequence[0]
    assert (code.CodeValue, code.CodingSchemeDesignator) == ("10200004", "SCT")
    pair = np.array(repaired.ImageOrientationPatient, float).reshape(2, 3)
    np.testing.assert_allclose(pair @ pair.T, np.eye(2), atol=1e-9)


def test_what_would_be_a_guess_is_left(image):
    image.ImageOrientationPatient = [1, 0, 0, 0.2, 1, 0]
    put(image, "StudyDate", "DA", "2024.13.45")
    put(image, "StationName", "LO", "a name that is longer than SH allows \1")
    repaired, report = ik.repair(image)
    assert not list(report), str(report)
    assert not ik.validate(repaired).ok


def written(image, tmp_path):
    path = tmp_path / "a.dcm"
    image.save_as(path, enforce_file_format=True)
    return path


def test_policies(image, tmp_path):
    path = written(image, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"AXIAL", b"axial"))
    content = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ik.read(path).ImageType[2] == "axial"
    with pytest.raises(ik.ValidationError, match="ImageType") as caught:
        ik.read(path, policy="strict")
    assert caught.value.report.errors
    with pytest.warns(ik.IodkitWarning, match="ImageType"):
        assert ik.read(path, policy="warn").ImageType[2] == "axial"
    with pytest.raises(ik.InvalidValueError, match="policy"):
        ik.read(path, policy="lenient")
    assert path.read_bytes() == content


def test_reading_with_repairs_leaves_the_file(image, tmp_path):
    old_code(image)
    path = written(image, tmp_path)
    content = path.read_bytes()
    with pytest.warns(ik.IodkitWarning, match="10200004 of SCT"):
        opened = ik.read(path, policy="repair")
    assert isinstance(opened, ik.Image)
    assert opened.AnatomicRegionSequence[0].CodeValue == "10200004"
    assert opened.get_frame(1).shape == (8, 8)
    assert path.read_bytes() == content
    assert dcmread(path).AnatomicRegionSequence[0].CodeValue == "T-62000"


def segment(images, **options):
    organ = ik.codes.SCT.Organ
    segments = [ik.seg.SegmentDescription(1, "Liver", organ, ik.codes.SCT.Liver, "MANUAL")]
    equipment = ik.Equipment("Tests", "Policies", "1", "1")
    with ik.defaults(equipment=equipment):
        array = np.ones((len(images), 8, 8), np.uint8)
        return ik.seg.Segmentation(images, array, "BINARY", segments, **options)


def test_validation_of_what_is_made_and_written(tmp_path):
    images = phantom.ct_series(2, 8, 8)
    for image in images:
        image.AccessionNumber = "x" * 10
        put(image, "PatientID", "LO", "x" * 70)
    with ik.defaults(validate=True):
        with pytest.raises(ik.ValidationError, match="PatientID"):
            segment(images)
        for image in images:
            image.PatientID = "1"
        seg = segment(images)
        seg.save_as(tmp_path / "a.dcm")
        put(seg, "PatientID", "LO", "x" * 70)
        with pytest.raises(ik.ValidationError, match="PatientID"):
            seg.save_as(tmp_path / "b.dcm")
    assert not (tmp_path / "b.dcm").exists()
    with ik.defaults(validate=False):
        seg.save_as(tmp_path / "b.dcm")
    with pytest.raises(ik.InvalidTypeError, match="validate"), ik.defaults(validate=1):
        pass
