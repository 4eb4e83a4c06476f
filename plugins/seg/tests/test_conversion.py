"""Conversions of segmentations: types, transfer syntaxes and files, voxel by voxel."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import iodkit as ik
from edited import SHAPES, TYPES, labelled, make, masked, masks_of, saved, sources
from iodkit.content import CIELabColor
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
)
from iodkit.testing import phantom
from iodkit_image.transforms import PaletteColorLUTTransformation
from iodkit_seg import Segmentation, combine_segmentations, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from segments import EQUIPMENT, descriptions

FEW = settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
CONVERTERS = {"BINARY": "to_binary", "FRACTIONAL": "to_fractional", "LABELMAP": "to_labelmap"}
CLASSES = {
    "BINARY": "1.2.840.10008.5.1.4.1.1.66.4",
    "FRACTIONAL": "1.2.840.10008.5.1.4.1.1.66.4",
    "LABELMAP": "1.2.840.10008.5.1.4.1.1.66.7",
}


@FEW
@given(labelled(), st.sampled_from(TYPES), st.sampled_from(TYPES))
def test_types_change_and_masks_stay(labels, one, other):
    labels, count = labels
    seg = make(labels, one, count)
    before, masks = saved(seg), masks_of(seg)
    new = getattr(seg, CONVERTERS[other])()
    assert new.SegmentationType == other
    assert new.SOPClassUID == new.file_meta.MediaStorageSOPClassUID == CLASSES[other]
    assert np.array_equal(masks_of(new), masks)
    assert [d.segment_label for d in new.segment_descriptions] == [
        d.segment_label for d in seg.segment_descriptions
    ]
    assert (new is seg) == (one == other)
    back = getattr(new, CONVERTERS[one])()
    assert np.array_equal(masks_of(back), masks)
    assert saved(seg) == before
    for item in (new, back):
        table = item.frame_table
        assert len(table.sources) == len(table)
        assert table.is_unique("dimension_index_values")
        assert len(table.dimension_index_pointers) == table.dimension_index_values.shape[1]


@FEW
@given(masked(), st.integers(1, 255), st.floats(0.01, 1))
def test_fractions_become_masks_by_an_explicit_threshold(masks, maximum, threshold):
    masks, count = masks
    fractions = masks * np.random.default_rng(1).random(masks.shape)
    seg = make(fractions, "FRACTIONAL", count, max_fractional_value=maximum)
    stored = np.rint(masks_of(seg) * maximum)
    expected = stored >= threshold * maximum - 1e-9
    if not expected.any():
        return
    assert np.array_equal(masks_of(seg.to_binary(threshold)), expected)
    if expected.sum(axis=-1).max() > 1:
        with pytest.raises(OverlappingSegmentsError):
            seg.to_labelmap(threshold)
    else:
        assert np.array_equal(masks_of(seg.to_labelmap(threshold)), expected)


@FEW
@given(masked())
def test_overlapping_segments_are_divided_among_label_maps(masks):
    masks, count = masks
    seg = make(masks, "BINARY", count)
    maps = seg.to_labelmaps(instance_number=3)
    numbers = [number for one in maps for number in one.segment_numbers]
    assert sorted(numbers) == list(range(1, count + 1))
    assert [int(one.InstanceNumber) for one in maps] == list(range(3, 3 + len(maps)))
    assert len({one.SeriesInstanceUID for one in maps}) == 1
    for one in maps:
        found = masks_of(one)
        for at, number in enumerate(one.segment_numbers):
            assert np.array_equal(found[..., at], masks[..., number - 1])
    if masks.sum(axis=-1).max() > 1:
        assert len(maps) > 1
        with pytest.raises(OverlappingSegmentsError, match=r"segments \d and \d overlap"):
            seg.to_labelmap()
    else:
        assert len(maps) == 1


@FEW
@given(labelled(), st.sampled_from(TYPES))
def test_one_file_for_each_segment_and_back(labels, kind):
    labels, count = labels
    for number in range(1, count + 1):
        labels[number % labels.shape[0], number, number] = number
    seg = make(labels, kind, count)
    parts = seg.split_by_segment()
    assert [part.number_of_segments for part in parts] == [1] * count
    assert [int(part.InstanceNumber) for part in parts] == list(range(1, count + 1))
    for at, part in enumerate(parts):
        assert np.array_equal(masks_of(part)[..., 0], masks_of(seg)[..., at])
    whole = combine_segmentations(parts)
    assert np.array_equal(masks_of(whole), masks_of(seg))
    assert whole.segment_numbers == seg.segment_numbers
    steps = {str(item.ReferencedSOPInstanceUID) for item in whole.SourceImageSequence}
    assert steps == {str(seg.SOPInstanceUID), *(str(part.SOPInstanceUID) for part in parts)}


@pytest.mark.parametrize(
    ("kind", "syntax"),
    [
        ("BINARY", "1.2.840.10008.1.2"),
        ("BINARY", "1.2.840.10008.1.2.1.99"),
        ("BINARY", "1.2.840.10008.1.2.8.1"),
        ("FRACTIONAL", "1.2.840.10008.1.2.5"),
        ("LABELMAP", "1.2.840.10008.1.2.4.80"),
        ("LABELMAP", "1.2.840.10008.1.2"),
    ],
)
def test_another_transfer_syntax_changes_nothing_else(kind, syntax, tmp_path):
    labels = np.zeros(SHAPES[1], np.uint8)
    labels[1:3, 2:9, 3:8] = 1
    labels[1:, 10:, :] = 2
    seg = make(labels, kind, 2)
    before = saved(seg)
    new = seg.with_transfer_syntax(syntax, use_extended_offset_table=True)
    new.save_as(tmp_path / "new.dcm")
    found = segread(tmp_path / "new.dcm")
    assert found.transfer_syntax_uid == syntax
    assert np.array_equal(found.get_stored_frames(), seg.get_stored_frames())
    for element in seg:
        if element.keyword != "PixelData":
            assert found[element.tag] == element, element.keyword
    extra = {"ExtendedOffsetTable", "ExtendedOffsetTableLengths"}
    assert {e.keyword for e in found} - {e.keyword for e in seg} <= extra
    assert saved(seg) == before
    # And back: then the file is the same, byte for byte.
    back = found.with_transfer_syntax("1.2.840.10008.1.2.1")
    assert saved(back) == before
    # Edits keep the transfer syntax; where it holds no single bits, conversions do not.
    assert found.without_segments([1]).transfer_syntax_uid == syntax
    native = "1.2.840.10008.1.2.1"
    keeps = syntax not in {"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80"}
    converted = found.to_labelmap() if kind == "BINARY" else found.to_binary()
    assert converted.transfer_syntax_uid == (syntax if keeps else native)
    assert np.array_equal(masks_of(converted), masks_of(seg))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.91", "1.2.3"])
def test_transfer_syntaxes_with_loss_are_refused(syntax):
    seg = make(np.ones(SHAPES[0], np.uint8), "LABELMAP", 1)
    with pytest.raises(InvalidValueError, match="transfer_syntax_uid"):
        seg.with_transfer_syntax(syntax)


def test_fractions_have_a_meaning_and_a_scale():
    seg = make(np.ones(SHAPES[0], np.uint8), "BINARY", 1)
    new = seg.to_fractional("PROBABILITY", 100)
    assert new.SegmentationFractionalType == "PROBABILITY"
    assert int(new.MaximumFractionalValue) == 100
    assert set(np.unique(new.get_stored_frames()).tolist()) == {100}
    assert seg.to_fractional().SegmentationFractionalType == "OCCUPANCY"
    assert "MaximumFractionalValue" not in new.to_binary()
    assert "PixelPaddingValue" in new.to_labelmap()
    assert "PixelPaddingValue" not in new.to_labelmap().to_binary()


def test_many_segments_need_16_bits():
    labels = np.zeros(SHAPES[0], np.uint16)
    labels[0].flat[:200] = np.arange(1, 201)
    labels[1].flat[:200] = np.arange(101, 301)
    seg = make(labels, "LABELMAP", 300)
    assert int(seg.BitsAllocated) == 16
    binary = seg.to_binary()
    assert binary.number_of_frames == 400
    again = binary.to_labelmap()
    assert int(again.BitsAllocated) == 16
    assert np.array_equal(again.get_stored_frames(), seg.get_stored_frames())


def test_labels_with_gaps_are_numbered_anew_and_it_is_said():
    labels = np.zeros(SHAPES[0], np.uint8)
    labels[:, 2:4], labels[:, 6:8] = 1, 2
    seg = make(labels, "LABELMAP", 2).renumbered({1: 7, 2: 3})
    new = seg.to_binary()
    assert new.segment_numbers == [1, 2]
    assert [d.segment_label for d in new.segment_descriptions] == ["Segment 2", "Segment 1"]
    assert "renumbered: 3 to 1, 7 to 2" in new.DerivationDescription


def other(labels, **options):
    with ik.defaults(equipment=EQUIPMENT):
        images = phantom.ct_series(*labels.shape, **options)
        return Segmentation(images, labels, "BINARY", descriptions(1))


ONES = np.ones(SHAPES[0], np.uint8)
TOGETHER = {
    "one": (lambda s: [s], InvalidValueError, "cannot be combined"),
    "twice": (lambda s: [s, s], InvalidValueError, "given twice"),
    "types": (lambda s: [s, s.to_labelmap()], InvalidValueError, "SegmentationType"),
    "sizes": (
        lambda s: [s, s.cropped(row_end=9)],
        InvalidValueError,
        "differ in Rows",
    ),
    "planes": (
        lambda s: [s, other(ONES, variant="oblique")],
        (GeometryError, InvalidValueError),
        "differ in",
    ),
    "no segmentation": (lambda s: [s, 5], InvalidTypeError, "segmentations"),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_what_cannot_be_combined(case):
    seg = make(ONES, "BINARY", 1)
    call, error, said = TOGETHER[case]
    with pytest.raises(error, match=said):
        combine_segmentations(call(seg))


def test_label_maps_that_overlap_cannot_be_combined():
    one = make(ONES, "LABELMAP", 1)
    with pytest.raises(OverlappingSegmentsError, match="segments 1 and 2 overlap"):
        combine_segmentations([one, one.with_descriptions(labels={1: "Other"})])


def test_numbers_of_combined_label_maps_stay_where_they_are_free():
    labels = np.zeros(SHAPES[0], np.uint8)
    labels[:, 2:4] = 1
    one = make(labels, "LABELMAP", 1)
    two = make(labels[:, ::-1], "LABELMAP", 1)
    assert combine_segmentations([one, two.renumbered({1: 9})]).segment_numbers == [1, 9]
    both = combine_segmentations([one, two])
    assert both.segment_numbers == [1, 2]
    expected = labels + 2 * labels[:, ::-1]
    assert np.array_equal(masks_of(both), np.stack([expected == 1, expected == 2], axis=-1))


def test_fractions_need_a_threshold():
    fractions = np.full(SHAPES[0], 0.5)
    seg = make(fractions, "FRACTIONAL", 1)
    with pytest.raises(MissingAttributeError, match="threshold"):
        seg.to_binary()
    with pytest.raises(InvalidValueError, match="threshold"):
        seg.to_binary(0)
    with pytest.raises(InvalidTypeError, match="threshold"):
        seg.to_binary("half")
    with pytest.raises(InvalidValueError, match="no fractions"):
        make(ONES, "BINARY", 1).to_labelmap(0.5)
    with pytest.raises(InvalidValueError, match="max_fractional_value"):
        make(ONES, "BINARY", 1).to_fractional(max_fractional_value=256)
    with pytest.raises(InvalidValueError, match="sop_instance_uid"):
        seg.split_by_segment(sop_instance_uid="1.2.3")


def test_a_palette_becomes_the_colours_of_segments():
    labels = np.zeros(SHAPES[0], np.uint8)
    labels[:, 2:4], labels[:, 6:8] = 1, 2
    seg = palette_map(labels)
    colors = [row.color for row in seg.segment_table()]
    for new in (seg.to_binary(), seg.renumbered({1: 2, 2: 1}), seg.without_palette()):
        assert new.PhotometricInterpretation == "MONOCHROME2"
        assert "RedPaletteColorLookupTableData" not in new
        assert "ICCProfile" not in new
        found = {row.label: row.color for row in new.segment_table()}
        for at, label in enumerate(("Segment 1", "Segment 2")):
            near = np.array(bytearray.fromhex(found[label][1:])).astype(int)
            assert np.abs(near - np.array(bytearray.fromhex(colors[at][1:]))).max() <= 1
    kept = seg.without_segments([2])
    assert kept.PhotometricInterpretation == "PALETTE COLOR"
    with pytest.raises(InvalidValueError, match="palette"):
        seg.with_descriptions(colors={1: CIELabColor(50.0, 0.0, 0.0)})


def palette_map(labels):
    table = PaletteColorLUTTransformation.from_colors(["black", "red", "green"])
    with ik.defaults(equipment=EQUIPMENT):
        return Segmentation(
            list(sources(labels.shape)),
            labels,
            "LABELMAP",
            descriptions(2),
            palette_color_lut_transformation=table,
        )
