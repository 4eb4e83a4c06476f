"""More of the interface beside highdicom's: slides, volumes, projections, frames and segments."""

import numpy as np
import pytest

import iodkit as ik
from both_sides import (
    DIFFERENT,
    KINDS,
    OURS_ONLY,
    SHAPE,
    THEIRS_ONLY,
    describe,
    flat,
    is_listed,
    make,
    one_side,
)
from iodkit.testing import phantom
from segments import organ_labels

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]

SIDES = ("ours", "theirs")


def assert_same_attributes(ours, theirs, *, tolerance=0.0):
    """All values, but those that differ on purpose."""
    ours, theirs = flat(ours), flat(theirs)
    missing = [p for p in set(theirs) - set(ours) if not is_listed(p, THEIRS_ONLY)]
    more = [p for p in set(ours) - set(theirs) if not any(name in p for name in OURS_ONLY)]
    assert not missing + more, sorted(missing + more)[:20]
    for path in set(ours) & set(theirs):
        one, other = ours[path], theirs[path]
        if one != other and not is_listed(path, DIFFERENT):
            numbers = all(isinstance(v, float) for v in (*one, *other))
            assert numbers, path
            assert np.allclose(one, other, rtol=0, atol=tolerance), path


def slide_and_matrix():
    matrix = np.zeros((1, 70, 90), np.uint8)
    matrix[0, 30:66, 5:80], matrix[0, 10:20, 70:] = 1, 2
    return phantom.slide_image(70, 90, 32), matrix


def on_slide(side, kind, full, **arguments):
    slide, matrix = slide_and_matrix()
    return make(
        side,
        [slide],
        matrix,
        kind,
        2,
        tile_pixel_array=True,
        omit_empty_frames=not full,
        dimension_organization_type="TILED_FULL" if full else None,
        **arguments,
    )


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_slides_have_the_same_attributes(kind, full):
    assert_same_attributes(*(on_slide(one_side(which), kind, full) for which in SIDES))


@pytest.mark.parametrize("kind", KINDS)
def test_volumes_give_the_same_attributes(kind):
    images = phantom.ct_series(*SHAPE, variant="oblique")
    ct = ik.get_volume_from_series(images)
    made = []
    for which in SIDES:
        side = one_side(which)
        volume = side["volume"](
            organ_labels(*SHAPE), ct.affine, "PATIENT", ct.frame_of_reference_uid
        )
        made.append(make(side, images, volume, kind))
    assert_same_attributes(*made, tolerance=2e-4)  # positions are computed in another way


@pytest.mark.parametrize("writer", SIDES)
@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_projections_read_the_same(kind, writer, tmp_path):
    """The dimensions of frames without a place are ours; highdicom takes none but the segment."""
    image = phantom.chest_xray(40, 36)
    labels = np.zeros((1, 40, 36), np.uint8)
    labels[0, 3:9, 4:20], labels[0, 20:35, 2:7] = 1, 2
    make(one_side(writer), [image], labels, kind, 2).save_as(tmp_path / "a.dcm")
    for which in SIDES:
        read = one_side(which)["read"](tmp_path / "a.dcm")
        found = read.get_pixels_by_source_instance([image.SOPInstanceUID])
        for number in (1, 2):
            assert np.array_equal(found[0, ..., number - 1], labels[0] == number)


def attempt(function, *arguments, **keywords):
    """Array of a call, or that it raised."""
    try:
        found = function(*arguments, **keywords)
    except (ValueError, KeyError, IndexError, RuntimeError, TypeError, NotImplementedError):
        return None
    return np.asarray(getattr(found, "array", found))


def assert_both(name, calls, ours, theirs):
    for arguments, keywords in calls:
        one = attempt(getattr(ours, name), *arguments, **keywords)
        other = attempt(getattr(theirs, name), *arguments, **keywords)
        said = f"{name}(*{arguments}, **{keywords})"
        assert (one is None) == (other is None), said
        if one is not None:
            assert one.dtype == other.dtype, said
            assert np.array_equal(one, other), said


def call(*arguments, **keywords):
    return arguments, keywords


FRAMES = {
    "get_stored_frame": [call(1), call(0), call(99), call(0, as_index=True), call(-1)],
    "get_stored_frames": [
        call(),
        call([2, 1]),
        call([0, 2], as_indices=True),
        call([99]),
    ],
    "get_frame": [
        call(1),
        call(1, dtype=np.uint8),
        call(2, dtype=np.float32, apply_modality_transform=False),
        call(1, apply_voi_transform=False, apply_presentation_lut=False),
        call(1, apply_real_world_transform=True),
        call(1, apply_modality_transform=True),
        call(1, apply_palette_color_lut=True),
    ],
    "get_frames": [call(), call([1, 2], dtype=np.int16), call([1], as_indices=True)],
}


@pytest.mark.parametrize("writer", SIDES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FRAMES)
def test_frames_are_the_same(name, kind, writer, tmp_path):
    images = phantom.ct_series(*SHAPE)
    make(one_side(writer), images, organ_labels(*SHAPE), kind).save_as(tmp_path / "a.dcm")
    assert_both(
        name, FRAMES[name], *(one_side(which)["read"](tmp_path / "a.dcm") for which in SIDES)
    )


BY_FRAME = [
    call(),
    call([3, 1]),
    call([2], combine_segments=True),
    call([2, 5], segment_numbers=[3, 1], combine_segments=True, relabel=True),
    call([4], rescale_fractional=False),
    call([1, 6], assert_missing_frames_are_empty=True, dtype=np.float32),
    call([99]),
    call([0]),
    call([1], segment_numbers=[9]),
]


@pytest.mark.parametrize("writer", SIDES)
@pytest.mark.parametrize("kind", KINDS)
def test_pixels_by_source_frame_are_the_same(kind, writer, tmp_path):
    image = phantom.enhanced_ct(*SHAPE)
    labels = organ_labels(*SHAPE)
    seg = make(one_side(writer), [image], labels, kind, omit_empty_frames=False)
    seg.save_as(tmp_path / "a.dcm")
    calls = [((image.SOPInstanceUID, *arguments), keywords) for arguments, keywords in BY_FRAME]
    assert_both(
        "get_pixels_by_source_frame",
        calls,
        *(one_side(which)["read"](tmp_path / "a.dcm") for which in SIDES),
    )


MATRIX = [
    call(),
    call(combine_segments=True),
    call(20, 60, 11, -7),
    call(row_start=5, column_end=40, as_indices=True),
    call(row_start=1, row_end=3, combine_segments=True, relabel=True, segment_numbers=[2]),
    call(dtype=np.float64, rescale_fractional=False),
    call(row_start=0),
    call(row_start=900),
    call(combine_segments=True, dtype=bool),
]


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("writer", SIDES)
@pytest.mark.parametrize("kind", KINDS)
def test_total_pixel_matrices_are_the_same(kind, writer, full, tmp_path):
    on_slide(one_side(writer), kind, full).save_as(tmp_path / "a.dcm")
    ours, theirs = (one_side(which)["read"](tmp_path / "a.dcm") for which in SIDES)
    assert_both("get_total_pixel_matrix", MATRIX, ours, theirs)
    assert ours.is_indexable_as_total_pixel_matrix() == theirs.is_indexable_as_total_pixel_matrix()
    assert ours.is_tiled == theirs.is_tiled
    assert ours.coordinate_system.value == theirs.coordinate_system.value


VOLUMES = [
    call(allow_missing_positions=False),
    call(rtol=0.1),
    call(atol=0.5),
    call(combine_segments=True, skip_overlap_checks=True),
    call(segment_numbers=[1, 2, 3], dtype=np.int32, combine_segments=True),
]


@pytest.mark.parametrize("variant", ["axial", "gapped", "unsorted"])
@pytest.mark.parametrize("kind", KINDS)
def test_volumes_are_the_same(kind, variant, tmp_path):
    images = phantom.ct_series(*SHAPE, variant=variant)
    labels = organ_labels(*SHAPE)[: len(images)]
    make(one_side("ours"), images, labels, kind, omit_empty_frames=False).save_as(
        tmp_path / "a.dcm"
    )
    ours, theirs = (one_side(which)["read"](tmp_path / "a.dcm") for which in SIDES)
    assert_both("get_volume", VOLUMES, ours, theirs)
    one, other = ours.get_volume(), theirs.get_volume()
    assert np.allclose(one.affine, other.affine, atol=1e-4)


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_overlap_is_found_by_both(kind, tmp_path):
    images = phantom.ct_series(*SHAPE)
    masks = np.zeros((*SHAPE, 2), bool)
    masks[:, 3:9, 3:9, 0], masks[2, 5:12, 5:12, 1] = True, True
    make(one_side("ours"), images, masks, kind, 2).save_as(tmp_path / "a.dcm")
    calls = [
        call(),
        call(combine_segments=True),
        call(combine_segments=True, skip_overlap_checks=True),
        call(combine_segments=True, segment_numbers=[2]),
    ]
    assert_both(
        "get_volume", calls, *(one_side(which)["read"](tmp_path / "a.dcm") for which in SIDES)
    )


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_segments_are_gone_through_in_the_same_way(kind, tmp_path):
    images = phantom.ct_series(*SHAPE)
    make(one_side("ours"), images, organ_labels(*SHAPE), kind).save_as(tmp_path / "a.dcm")
    sides = [one_side(which) for which in SIDES]
    found = [list(side["iterate"](side["read"](tmp_path / "a.dcm"))) for side in sides]
    for (ours, our_groups, our_segment), (theirs, their_groups, their_segment) in zip(
        *found, strict=True
    ):
        assert np.array_equal(ours, theirs)
        assert len(our_groups) == len(their_groups)
        assert our_segment.SegmentNumber == their_segment.SegmentNumber
        for one, other in zip(our_groups, their_groups, strict=True):
            assert flat(one) == flat(other)


def test_descriptions_say_the_same(tmp_path):
    images = phantom.ct_series(*SHAPE)
    make(one_side("ours"), images, organ_labels(*SHAPE), "BINARY").save_as(tmp_path / "a.dcm")
    ours, theirs = (one_side(which)["read"](tmp_path / "a.dcm") for which in SIDES)
    assert ours.number_of_segments == theirs.number_of_segments
    assert ours.segmented_property_types == theirs.segmented_property_types
    assert ours.segmented_property_categories == theirs.segmented_property_categories
    for number in ours.segment_numbers:
        one, other = (seg.get_segment_description(number) for seg in (ours, theirs))
        for name in (
            "segment_number",
            "segment_label",
            "segmented_property_category",
            "segmented_property_type",
            "tracking_uid",
            "tracking_id",
            "anatomic_regions",
            "primary_anatomic_structures",
        ):
            assert getattr(one, name) == getattr(other, name), name
        assert one.algorithm_type.value == other.algorithm_type.value
        assert one.algorithm_identification.name == other.algorithm_identification.name
        assert one.algorithm_identification.version == other.algorithm_identification.version
    for pointers in ([0x00200032], [0x0062000B], [0x0062000B, 0x00200032]):
        assert ours.are_dimension_indices_unique(pointers) == (
            theirs.are_dimension_indices_unique(pointers)
        )


def test_plane_positions_of_images_are_the_same():
    series = phantom.ct_series(*SHAPE, variant="unsorted")
    image = phantom.enhanced_ct(*SHAPE)
    for name, source in (
        ("get_plane_positions_of_series", series),
        ("get_plane_positions_of_image", image),
    ):
        ours, theirs = (
            getattr(one_side(which)["dimensions"]("PATIENT"), name)(source) for which in SIDES
        )
        assert len(ours) == len(theirs) == SHAPE[0]
        for one, other in zip(ours, theirs, strict=True):
            assert np.allclose(
                np.array(one[0].ImagePositionPatient, float),
                np.array(other[0].ImagePositionPatient, float),
            )


def test_labels_of_16_bits_are_the_same(tmp_path):
    images = phantom.ct_series(*SHAPE)
    labels = np.array([0, 1, 300, 65535], np.uint16)[organ_labels(*SHAPE)]
    for which in SIDES:
        side = one_side(which)
        segments = describe(side)
        for item, number in zip(segments, (1, 300, 65535), strict=True):
            item.SegmentNumber = number
        seg = side["segmentation"](
            images, labels, "LABELMAP", segments, "2.25.1", 1, f"2.25.{which == 'ours':d}9", 1,
            "m", "m", "1", "1",
        )  # fmt: skip
        seg.save_as(tmp_path / "a.dcm")
        uids = [image.SOPInstanceUID for image in images]
        for reader in SIDES:
            read = one_side(reader)["read"](tmp_path / "a.dcm")
            found = read.get_pixels_by_source_instance(
                uids, combine_segments=True, assert_missing_frames_are_empty=True
            )
            assert found.dtype == np.uint16
            assert np.array_equal(found, labels)


def test_pyramids_have_the_same_attributes():
    slide, matrix = slide_and_matrix()
    levels = []
    for which in SIDES:
        side = one_side(which)
        levels.append(
            side["pyramid"](
                [slide],
                [matrix],
                "BINARY",
                describe(side, 2),
                *("2.25.3", 1, "Maker", "Model", "1.0", "77"),
                downsample_factors=[2],
                sop_instance_uids=["2.25.4", "2.25.5"],
                pyramid_uid="2.25.6",
                pyramid_label="levels",
            )
        )
    for ours, theirs in zip(*levels, strict=True):
        # Our levels have the centre of their own first pixel as origin.
        for seg in (ours, theirs):
            del seg.TotalPixelMatrixOriginSequence
            for group in seg.PerFrameFunctionalGroupsSequence:
                for axis in "XY":
                    place = group.PlanePositionSlideSequence[0]
                    place.pop(f"{axis}OffsetInSlideCoordinateSystem", None)
        assert_same_attributes(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_segments_that_are_not_asked_for_are_not_there(kind, tmp_path):
    """In label maps highdicom returns all of them, where segments are combined."""
    images, labels = phantom.ct_series(*SHAPE), organ_labels(*SHAPE)
    make(one_side("ours"), images, labels, kind).save_as(tmp_path / "a.dcm")
    ours, theirs = (
        one_side(which)["read"](tmp_path / "a.dcm")
        .get_volume(segment_numbers=[1, 3], combine_segments=True)
        .array
        for which in SIDES
    )
    assert set(np.unique(ours)) == {0, 1, 3}
    assert np.array_equal(ours, np.where(theirs == 2, 0, theirs))


def test_segments_are_added_by_neither():
    images, labels = phantom.ct_series(*SHAPE), organ_labels(*SHAPE)
    for which, error, words in (
        ("ours", NotImplementedError, "with_segments"),
        ("theirs", AttributeError, "deprecated"),
    ):
        side = one_side(which)
        seg = make(side, images, labels, "BINARY")
        before = seg.PixelData, len(seg.SegmentSequence)
        with pytest.raises(error, match=words):
            seg.add_segments(labels, describe(side))
        assert (seg.PixelData, len(seg.SegmentSequence)) == before


@pytest.mark.parametrize("lazy", [True, False])
def test_files_are_read_lazily_in_both(lazy, tmp_path):
    images, labels = phantom.ct_series(*SHAPE), organ_labels(*SHAPE)
    make(one_side("theirs"), images, labels, "BINARY").save_as(tmp_path / "a.dcm")
    found = [
        one_side(which)["segmentation"]
        .from_file(tmp_path / "a.dcm", lazy_frame_retrieval=lazy)
        .get_volume(combine_segments=True)
        .array
        for which in SIDES
    ]
    assert np.array_equal(*found)
