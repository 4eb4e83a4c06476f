"""Each rule of segmentations finds its fault in an object that has no other."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.testing import phantom
from iodkit_seg._plugin import iodkit_validation_rules

EQUIPMENT = ik.Equipment("Tests", "Rules", "1", "1")


def written(tmp_path, kind):
    images = phantom.ct_series(3, 16, 16)
    labels = np.zeros((3, 16, 16), np.uint8)
    labels[:, 4:9, 4:9] = 1
    labels[:, 10:12, 4:9] = 2
    organ, liver = ik.codes.SCT.Organ, ik.codes.SCT.Liver
    algorithm = ik.AlgorithmIdentificationSequence("Net", ik.codes.DCM.ArtificialIntelligence, "1")
    segments = [
        ik.seg.SegmentDescription(n, f"Segment {n}", organ, liver, "AUTOMATIC", algorithm)
        for n in (1, 2)
    ]
    with ik.defaults(equipment=EQUIPMENT):
        seg = ik.seg.Segmentation(images, labels, kind, segments)
    path = tmp_path / f"{kind}.dcm"
    seg.save_as(path)
    assert not list(ik.validate(path).filter(at_least="warning"))
    return dcmread(path)


def wrong_class(ds):
    ds.SegmentationType = "LABELMAP"


def gap(ds):
    ds.SegmentSequence[1].SegmentNumber = 3


def twice(ds):
    ds.SegmentSequence[2].SegmentNumber = 1


def unknown_segment(ds):
    group = ds.PerFrameFunctionalGroupsSequence[4]
    group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 7


def no_segment(ds):
    del ds.PerFrameFunctionalGroupsSequence[1].SegmentIdentificationSequence


def signed(ds):
    ds.PixelRepresentation = 1


def no_meaning(ds):
    del ds.SegmentationFractionalType


def no_scale(ds):
    del ds.MaximumFractionalValue


def above_scale(ds):
    ds.MaximumFractionalValue = 100


def undescribed(ds):
    del ds.SegmentSequence[2]


def color_with_palette(ds):
    ds.PhotometricInterpretation = "PALETTE COLOR"
    ds.ICCProfile = b"\0" * 128
    ds.SegmentSequence[1].RecommendedDisplayCIELabValue = [1, 2, 3]


def no_profile(ds):
    ds.PhotometricInterpretation = "PALETTE COLOR"


def no_name(ds):
    del ds.SegmentSequence[1].SegmentAlgorithmName


FRAME = "PerFrameFunctionalGroupsSequence[{}].SegmentIdentificationSequence[1]"
NUMBER = f"{FRAME}.ReferencedSegmentNumber"
PLANTED = [
    ("BINARY", wrong_class, "seg-type", "SegmentationType"),
    ("BINARY", gap, "seg-segment-numbers", "SegmentSequence[2].SegmentNumber"),
    ("LABELMAP", twice, "seg-segment-numbers", "SegmentSequence[3].SegmentNumber"),
    ("BINARY", unknown_segment, "seg-referenced-segments", NUMBER.format(5)),
    ("FRACTIONAL", no_segment, "seg-referenced-segments", NUMBER.format(2)),
    ("LABELMAP", signed, "seg-bits", "PixelRepresentation"),
    ("FRACTIONAL", no_meaning, "seg-fractions", "SegmentationFractionalType"),
    ("FRACTIONAL", no_scale, "seg-fractions", "MaximumFractionalValue"),
    ("FRACTIONAL", above_scale, "seg-fractions", "PixelData"),
    ("LABELMAP", undescribed, "seg-label-values", "PixelData"),
    (
        "LABELMAP",
        color_with_palette,
        "seg-palette",
        "SegmentSequence[2].RecommendedDisplayCIELabValue",
    ),
    ("LABELMAP", no_profile, "seg-palette", "ICCProfile"),
]


@pytest.mark.parametrize(
    ("kind", "plant", "code", "path"), PLANTED, ids=[p.__name__ for _, p, *_ in PLANTED]
)
def test_planted_fault(tmp_path, kind, plant, code, path):
    ds = written(tmp_path, kind)
    plant(ds)
    report = ik.validate(ds)
    assert (code, path) in {(f.code, f.path) for f in report}, str(report)
    assert "rule-failed" not in report.count("code"), str(report)


def test_tiles_without_functional_groups_need_no_reference():
    image = phantom.slide_image(128, 128, 64)
    mask = np.zeros((1, 128, 128), np.uint8)
    mask[:, 20:90, 20:90] = 1
    organ = ik.codes.SCT.Organ
    segments = [ik.seg.SegmentDescription(1, "Tissue", organ, ik.codes.SCT.Tissue, "MANUAL")]
    with ik.defaults(equipment=EQUIPMENT):
        seg = ik.seg.Segmentation(
            [image],
            mask,
            "BINARY",
            segments,
            tile_pixel_array=True,
            omit_empty_frames=False,
            dimension_organization_type="TILED_FULL",
        )
    assert not list(ik.validate(seg).filter(at_least="warning"))
    del seg.PerFrameFunctionalGroupsSequence
    assert [f.code for f in ik.validate(seg).errors] == ["reference-needless"]
    del seg.ReferencedSeriesSequence
    assert not list(ik.validate(seg).filter(at_least="warning"))


def test_every_rule_has_a_planted_fault():
    assert {rule.code for rule in iodkit_validation_rules()} == {code for *_, code, _ in PLANTED}


def test_the_reason_is_cited(tmp_path):
    ds = written(tmp_path, "BINARY")
    no_name(ds)
    (finding,) = ik.validate(ds).errors
    assert finding.path == "SegmentSequence[2].SegmentAlgorithmName"
    assert finding.clause == "PS3.3 C.8.20.2"
    assert "(type 1C), required if SegmentAlgorithmType is not MANUAL" in finding.expected
