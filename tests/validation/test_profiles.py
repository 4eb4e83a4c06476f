"""Profiles of viewers: an object that has all that is needed, and each need on its own."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

import iodkit as ik
from iodkit.testing import phantom
from iodkit.validation.profiles import PROFILES
from iodkit.validation.tables import CODES


def segmentation(size=16):
    images = phantom.ct_series(3, size, size)
    organ, liver = ik.codes.SCT.Organ, ik.codes.SCT.Liver
    segments = [ik.seg.SegmentDescription(1, "Liver", organ, liver, "MANUAL")]
    with ik.defaults(equipment=ik.Equipment("Tests", "Profiles", "1", "1")):
        return ik.seg.Segmentation(images, np.ones((3, size, size), np.uint8), "BINARY", segments)


def found(ds, profile):
    report = ik.validate(ds, profile=profile).filter(at_least="warning")
    return {(f.code, f.path) for f in report if f.code not in CODES}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_we_make_has_what_viewers_need(profile):
    assert found(segmentation(), profile) == set()
    assert found(phantom.slide_image(), profile) == set()


@pytest.mark.parametrize("profile", ["ohif", "slicer", "weasis"])
def test_referenced_series(profile):
    ds = segmentation()
    del ds.ReferencedSeriesSequence
    assert ("viewer-referenced-series", "ReferencedSeriesSequence") in found(ds, profile)


@pytest.mark.parametrize("profile", ["ohif", "weasis"])
def test_source_images(profile):
    ds = segmentation()
    ds.PerFrameFunctionalGroupsSequence[1].DerivationImageSequence = []
    path = "PerFrameFunctionalGroupsSequence[2].DerivationImageSequence[1].SourceImageSequence"
    assert found(ds, profile) == {("viewer-source-images", path)}


def test_colors():
    ds = segmentation()
    del ds.SegmentSequence[0].RecommendedDisplayCIELabValue
    path = "SegmentSequence[1].RecommendedDisplayCIELabValue"
    assert found(ds, "ohif") == {("viewer-segment-colors", path)}
    assert found(ds, "weasis") == set()


def test_transfer_syntax():
    ds = segmentation()
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert ("viewer-transfer-syntax", "TransferSyntaxUID") in found(ds, "ohif")


def test_frames_of_whole_bytes():
    assert found(segmentation(15), "slicer") == {("viewer-byte-aligned", "PixelData")}


def test_origin_of_the_matrix():
    slide = phantom.slide_image()
    del slide.TotalPixelMatrixOriginSequence
    path = "TotalPixelMatrixOriginSequence"
    assert found(slide, "qupath") == {("viewer-matrix-origin", path)}


def test_unknown_profile():
    with pytest.raises(ik.InvalidValueError, match="ohif"):
        ik.validate(segmentation(), profile="paint")
