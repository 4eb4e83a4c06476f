"""Edits and conversions of slides and of images that lie nowhere."""

import numpy as np
import pytest

import iodkit as ik
from edited import TYPES
from iodkit.errors import InvalidValueError
from iodkit.spatial import PixelToReferenceTransformer
from iodkit.testing import phantom
from iodkit_seg import Segmentation, combine_segmentations, segread
from referees import assert_valid
from segments import EQUIPMENT, descriptions

ROWS, COLUMNS, TILE = 100, 120, 32
CROPS = {"aligned": (32, 96, 64, 120), "shifted": (10, 93, 37, 101), "small": (40, 50, 20, 30)}


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def matrix():
    """Two segments; the first tile is empty, the last row and column are not."""
    out = np.zeros((1, ROWS, COLUMNS), np.uint8)
    out[0, 40:70, 20:90] = 1
    out[0, 80:, 100:] = 2
    return out


def slide_segmentation(kind, full):
    slide = phantom.slide_image(ROWS, COLUMNS, TILE)
    options = {}
    if full:
        options = {"omit_empty_frames": False, "dimension_organization_type": "TILED_FULL"}
    return Segmentation([slide], matrix(), kind, descriptions(2), tile_pixel_array=True, **options)


def mosaic(seg):
    """Label map put together from stored frames and what the attributes say of each."""
    rows, columns = int(seg.TotalPixelMatrixRows), int(seg.TotalPixelMatrixColumns)
    out = np.zeros((rows + seg.Rows, columns + seg.Columns), np.uint8)
    numbers = seg.frame_table.segment_numbers
    for index, (row, column) in enumerate((seg.frame_table.matrix_positions - 1).tolist()):
        frame = seg.get_stored_frame(index, as_index=True)
        part = out[row : row + seg.Rows, column : column + seg.Columns]
        label = frame if seg.SegmentationType == "LABELMAP" else (frame != 0) * numbers[index]
        part[label != 0] = label[label != 0]
    assert not out[rows:].any()
    assert not out[:, columns:].any()
    return out[:rows, :columns]


def checked(seg, tmp_path):
    """The segmentation as it is in its file, which dciodvfy found valid."""
    seg.save_as(tmp_path / "seg.dcm")
    assert_valid(tmp_path / "seg.dcm")
    return segread(tmp_path / "seg.dcm")


def test_full_and_sparse_tiles_are_not_mixed():
    full, sparse = (slide_segmentation("LABELMAP", full) for full in (True, False))
    with pytest.raises(InvalidValueError, match="DimensionOrganizationType"):
        combine_segmentations([full, sparse.renumbered({1: 3, 2: 4})])


@pytest.mark.referee
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", TYPES)
def test_segments_of_slides(kind, full, tmp_path):
    seg, labels = slide_segmentation(kind, full), matrix()[0]
    assert np.array_equal(mosaic(seg), labels)
    organization = seg.DimensionOrganizationType

    def same(new, expected):
        found = checked(new, tmp_path)
        assert np.array_equal(mosaic(found), expected)
        assert found.DimensionOrganizationType == organization
        assert len(found.frame_table.sources) >= found.number_of_frames

    same(seg.renumbered({1: 2, 2: 1}), np.array([0, 2, 1])[labels])
    two = 2 if kind == "LABELMAP" else 1
    same(seg.without_segments([1]), np.where(labels == 2, two, 0))
    same(seg.with_merged_segments([1, 2]), (labels > 0) * 1)
    left = np.zeros((ROWS, COLUMNS), int)
    left[:, :60] = 1
    split = seg.with_split_segment(1, left)
    if kind == "LABELMAP":
        same(split, np.where((labels == 1) & (left == 1), 3, labels))
    else:
        same(split, np.array([0, 1, 3])[labels] + ((labels == 1) & (left == 1)))
    same(
        seg.with_split_segment(2, left[::-1] * 0 + (np.arange(ROWS) > 85)[:, None]),
        mosaic(
            seg.with_split_segment(2, (np.arange(ROWS) > 85)[:, None] * np.ones((1, COLUMNS), int))
        ),
    )
    for convert in (seg.to_binary, seg.to_fractional, seg.to_labelmap):
        same(convert(), labels)
    parts = seg.split_by_segment()
    same(combine_segmentations(parts), labels)


@pytest.mark.referee
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("crop", CROPS)
def test_parts_of_slides_stay_where_they_are(crop, kind, full, tmp_path):
    seg, labels = slide_segmentation(kind, full), matrix()[0]
    top, bottom, left, right = CROPS[crop]
    new = checked(
        seg.cropped(
            row_start=top, row_end=bottom, column_start=left, column_end=right, as_indices=True
        ),
        tmp_path,
    )
    assert np.array_equal(mosaic(new), labels[top:bottom, left:right])
    assert (new.Rows, new.Columns) == (TILE, TILE)
    assert new.DimensionOrganizationType == seg.DimensionOrganizationType
    for corner in ([0, 0], [5, 3]):
        old = PixelToReferenceTransformer.for_image(seg, for_total_pixel_matrix=True)
        here = PixelToReferenceTransformer.for_image(new, for_total_pixel_matrix=True)
        there = np.array([[corner[0] + left, corner[1] + top]])
        assert here(np.array([corner]))[0] == pytest.approx(old(there)[0], abs=1e-6)
    table = new.frame_table
    if not full:
        # Every tile says the place that its pixels have.
        for frame, (row, column) in enumerate((table.matrix_positions - 1).tolist()):
            place = table.slide_positions[frame]
            assert here(np.array([[column, row]]))[0] == pytest.approx(place, abs=1e-4)
        assert table.is_unique("dimension_index_values")
    preserved = set(table.sources.spatial_locations_preserved.tolist())
    assert preserved == ({"YES"} if crop == "aligned" else {"NO"})


def test_a_shifted_tile_refers_to_all_tiles_that_it_was_made_of():
    slide = phantom.slide_image(ROWS, COLUMNS, TILE)
    labels = np.ones((1, ROWS, COLUMNS), np.uint8)
    seg = Segmentation([slide], labels, "LABELMAP", descriptions(1), tile_pixel_array=True)
    new = seg.cropped(row_start=17, column_start=17)
    sources = new.frame_table.sources
    first = [sources.frame_numbers[at].tolist() for at in np.flatnonzero(sources.frames == 0)]
    across = -(-COLUMNS // TILE)
    assert sorted(number for row in first for number in row) == [1, 2, across + 1, across + 2]


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", TYPES)
def test_segments_are_added_to_slides(kind, full):
    slide = phantom.slide_image(ROWS, COLUMNS, TILE)
    seg = slide_segmentation(kind, full)
    extra = np.zeros((1, ROWS, COLUMNS), bool)
    extra[0, 5:30, 3:33] = True
    new = seg.with_segments(extra, descriptions(1), [slide])
    assert np.array_equal(mosaic(new), matrix()[0] + 3 * extra[0])
    assert new.DimensionOrganizationType == seg.DimensionOrganizationType
    if full:
        assert np.array_equal(mosaic(seg.with_segments(extra, descriptions(1))), mosaic(new))


@pytest.mark.referee
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ["radiograph", "cine"])
def test_images_that_lie_nowhere(kind, name, tmp_path):
    image = (
        phantom.chest_xray(40, 36) if name == "radiograph" else phantom.ultrasound_cine(6, 30, 35)
    )
    frames = int(image.get("NumberOfFrames", 1))
    labels = np.zeros((frames, image.Rows, image.Columns), np.uint8)
    for index in range(frames):
        labels[index, 2 + index : 9 + index, 3:20] = 1
        labels[index, 20:28, index : index + 4] = 2
    seg = Segmentation([image], labels, kind, descriptions(2))

    def planes(new):
        uid = str(image.SOPInstanceUID)
        if name == "radiograph":
            return new.get_pixels_by_source_instance(
                [uid], combine_segments=True, ignore_spatial_locations=True
            )
        return new.get_pixels_by_source_frame(
            uid,
            range(1, frames + 1),
            combine_segments=True,
            ignore_spatial_locations=True,
            assert_missing_frames_are_empty=True,
        )

    def same(new, expected):
        assert np.array_equal(planes(checked(new, tmp_path)), expected)

    same(seg.renumbered({1: 2, 2: 1}), np.array([0, 2, 1])[labels])
    same(seg.with_merged_segments([2, 1]), (labels > 0) * (2 if kind == "LABELMAP" else 1))
    for convert in (seg.to_binary, seg.to_fractional, seg.to_labelmap):
        same(convert(), labels)
        assert convert().frame_table.is_unique("dimension_index_values")
    cropped = seg.cropped(row_start=3, row_end=25, column_start=2)
    same(cropped, labels[:, 2:24, 1:])
    same(combine_segmentations(seg.split_by_segment()), labels)
    upper = np.zeros(labels.shape, int)
    upper[:, :5] = 1
    split = seg.with_split_segment(1, upper)
    assert split.number_of_segments == 3
    assert np.array_equal(planes(split) > 0, labels > 0)
