"""Each rule of segmentations finds its fault in an object that has no other."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit

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


def more_of_image_type(ds):
    ds.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]


def scale_beyond_8_bits(ds):
    ds.MaximumFractionalValue = 300


def two_segments_in_a_frame(ds):
    group = ds.PerFrameFunctionalGroupsSequence[3]
    group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = [1, 2]


def hidden_loss(ds):
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.SegmentsOverlap = "UNDEFINED"


def denied_overlap(ds):
    ds.PixelData = b"\xff" * len(ds.PixelData)


def two_labels_at_one_place(ds):
    frames = ds.pixel_array
    ds.PerFrameFunctionalGroupsSequence.append(ds.PerFrameFunctionalGroupsSequence[0])
    ds.NumberOfFrames = len(frames) + 1
    ds.PixelData = frames.tobytes() + np.where(frames[:1] == 1, 2, 0).astype(np.uint8).tobytes()


def another_derivation(ds):
    for group in ds.PerFrameFunctionalGroupsSequence[2:]:
        group.DerivationImageSequence[0].DerivationCodeSequence[0].CodeValue = "113040"


def another_purpose(ds):
    item = ds.PerFrameFunctionalGroupsSequence[1].DerivationImageSequence[0]
    item.SourceImageSequence[0].PurposeOfReferenceCodeSequence[0].CodeValue = "121324"


def no_name(ds):
    del ds.SegmentSequence[1].SegmentAlgorithmName


FRAME = "PerFrameFunctionalGroupsSequence[{}].SegmentIdentificationSequence[1]"
NUMBER = f"{FRAME}.ReferencedSegmentNumber"
DERIVATION = "PerFrameFunctionalGroupsSequence[{}].DerivationImageSequence[1]"
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
    ("BINARY", more_of_image_type, "seg-image-type", "ImageType"),
    ("FRACTIONAL", scale_beyond_8_bits, "seg-fractions", "MaximumFractionalValue"),
    ("BINARY", two_segments_in_a_frame, "seg-referenced-segments", NUMBER.format(4)),
    ("BINARY", hidden_loss, "seg-loss", "LossyImageCompression"),
    ("BINARY", denied_overlap, "seg-overlap", "PixelData"),
    ("LABELMAP", two_labels_at_one_place, "seg-overlap", "PixelData"),
    (
        "BINARY",
        another_derivation,
        "seg-derivation",
        DERIVATION.format(3) + ".DerivationCodeSequence[1].CodeValue",
    ),
    (
        "LABELMAP",
        another_purpose,
        "seg-derivation",
        DERIVATION.format(2)
        + ".SourceImageSequence[1].PurposeOfReferenceCodeSequence[1].CodeValue",
    ),
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


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_segments_may_be_described_in_any_order(tmp_path, kind):
    """PS3.3 C.8.20.2: items need not be ordered by Segment Number."""
    ds = written(tmp_path, kind)
    masks = ik.seg.Segmentation.from_dataset(ds).get_volume(segment_numbers=[1, 2]).array
    ds.SegmentSequence = ds.SegmentSequence[::-1]
    ds.SegmentSequence[0].SegmentLabel = "The last"
    assert not list(ik.validate(ds).filter(at_least="warning"))
    seg = ik.seg.Segmentation.from_dataset(ds)
    assert sorted(seg.segment_numbers) == [1, 2]
    assert seg.get_segment_description(2).segment_label == "The last"
    assert seg.get_segment_numbers(segment_label="The last") == [2]
    assert np.array_equal(seg.get_volume(segment_numbers=[1, 2]).array, masks)
    volume = seg.get_volume()
    for index, number in enumerate(volume.get_channel_values("ReferencedSegmentNumber")):
        assert np.array_equal(volume.array[..., index], masks[..., number - 1])
    less = seg.without_segments([1])
    assert [d.segment_label for d in map(less.get_segment_description, less.segment_numbers)] == [
        "The last"
    ]


def test_overlap_may_be_owned_up_to(tmp_path):
    ds = written(tmp_path, "BINARY")
    denied_overlap(ds)
    for value in ("YES", "UNDEFINED"):
        ds.SegmentsOverlap = value
        assert not list(ik.validate(ds).filter(at_least="warning"))


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_frames_of_unknown_places_are_not_said_to_overlap(tmp_path, kind):
    ds = written(tmp_path, kind)
    ds.SegmentsOverlap = "NO"
    del ds.PerFrameFunctionalGroupsSequence
    codes = {finding.code for finding in ik.validate(ds).errors}
    assert codes
    assert "seg-overlap" not in codes


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
