"""Edits and conversions of slides and of images that lie nowhere."""

import itertools

import numpy as np
import pytest

import iodkit as ik
from edited import TYPES
from iodkit.errors import GeometryError, InvalidValueError
from iodkit.spatial import PixelToReferenceTransformer
from iodkit.testing import phantom
from iodkit_seg import Segmentation, combine_segmentations, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
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


@pytest.mark.referee
@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize("full_first", [True, False])
@pytest.mark.parametrize("kind", TYPES)
def test_full_and_sparse_tiles_come_together_by_their_places(kind, full_first, grouped, tmp_path):
    slide = phantom.slide_image(ROWS, COLUMNS, TILE)
    one, other = (matrix() == number for number in (1, 2))
    full = Segmentation(
        [slide],
        one[..., np.newaxis],
        kind,
        descriptions(1),
        tile_pixel_array=True,
        omit_empty_frames=False,
        dimension_organization_type="TILED_FULL",
    )
    if not grouped:
        # As other programs write it: nothing is said of each tile.
        del full.PerFrameFunctionalGroupsSequence
    sparse = Segmentation(
        [slide], other[..., np.newaxis], kind, descriptions(1), tile_pixel_array=True
    )
    parts = [full, sparse] if full_first else [sparse, full]
    before = [part.to_json() for part in parts]
    whole = checked(combine_segmentations(parts), tmp_path)
    assert [part.to_json() for part in parts] == before
    assert whole.DimensionOrganizationType == "TILED_SPARSE"
    order = (1, 2) if full_first else (2, 1)
    expected = np.array([0, *order])[matrix()[0]]
    assert np.array_equal(mosaic(whole), expected)
    assert np.array_equal(whole.get_total_pixel_matrix(combine_segments=True), expected)
    table = whole.frame_table
    assert table.is_unique("dimension_index_values")
    transform = PixelToReferenceTransformer.for_image(slide, for_total_pixel_matrix=True)
    for frame, (row, column) in enumerate((table.matrix_positions - 1).tolist()):
        place = transform(np.array([[column, row]]))[0]
        assert table.slide_positions[frame] == pytest.approx(place, abs=1e-4)
    steps = {str(item.ReferencedSOPInstanceUID) for item in whole.SourceImageSequence}
    assert steps == {str(part.SOPInstanceUID) for part in parts}


def test_full_and_sparse_label_maps_that_overlap_are_refused():
    full, sparse = (slide_segmentation("LABELMAP", full) for full in (True, False))
    with pytest.raises(OverlappingSegmentsError):
        combine_segmentations([full, sparse.renumbered({1: 3, 2: 4})])


@pytest.mark.parametrize("kind", TYPES)
def test_tiles_are_added_where_there_were_none(kind):
    """Sparse tiles may come later, as slices do; those that are there stay."""
    slide = phantom.slide_image(ROWS, COLUMNS, TILE)
    seg = slide_segmentation(kind, full=False)
    more = np.zeros((1, ROWS, COLUMNS), np.uint8)
    more[0, 3:20, 5:25] = 2
    new = seg.with_slices(more, [slide])
    assert np.array_equal(mosaic(new), matrix()[0] + more[0])
    assert new.DimensionOrganizationType == "TILED_SPARSE"
    assert new.frame_table.is_unique("dimension_index_values")
    more[0, 50, 50] = 1
    with pytest.raises((InvalidValueError, GeometryError), match=r"place|slices"):
        seg.with_slices(more, [slide])


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_is_added_to_a_slide_whose_tiles_are_all_there(kind):
    slide = phantom.slide_image(ROWS, COLUMNS, TILE)
    with pytest.raises((InvalidValueError, GeometryError), match=r"place|slices"):
        slide_segmentation(kind, full=True).with_slices(matrix(), [slide])


def phases_in_time():
    """Three phases of one series, and labels of all."""
    phases = []
    for phase in (1, 2, 3):
        images = phantom.ct_series(4, 20, 18)
        for image in images:
            image.TemporalPositionIdentifier = phase
            image.SOPInstanceUID = f"{image.SOPInstanceUID}.{phase}"
        phases.append(images)
    labels = np.zeros((3, 4, 20, 18), np.uint8)
    for phase in range(3):
        labels[phase, :, 2 + phase : 9, 3:8] = 1
        labels[phase, 1:4, 12:18, 4 + phase : 15] = 2
    return phases, labels


def of_phases(seg):
    """Time points, and labels of each in the order of the series, which is the other way."""
    volume = seg.get_volume(combine_segments=True, channels="TemporalPositionIndex")
    assert seg.frame_table.is_unique("dimension_index_values")
    times = volume.get_channel_values("TemporalPositionIndex")
    return times, np.moveaxis(volume.array[::-1], -1, 0)


@pytest.mark.referee
@pytest.mark.parametrize("kind", TYPES)
def test_time_points_are_added(kind, tmp_path):
    """Slices of a later phase lie where those of an earlier one do, but not at its time."""
    phases, labels = phases_in_time()
    first = Segmentation(
        phases[0] + phases[2], labels[[0, 2]].reshape(8, 20, 18), kind, descriptions(2)
    )
    new = checked(first.with_slices(labels[1], phases[1], temporal_position_index=3), tmp_path)
    times, found = of_phases(new)
    assert times == [1, 2, 3]
    assert np.array_equal(found, labels[[0, 2, 1]])
    for phase, images in enumerate(phases):
        uids = [image.SOPInstanceUID for image in images]
        by_source = new.get_pixels_by_source_instance(uids, combine_segments=True)
        assert np.array_equal(by_source, labels[phase])
    with pytest.raises(InvalidValueError, match="slices are there already"):
        new.with_slices(labels[1], phases[1], temporal_position_index=2)


def test_time_points_must_be_named():
    phases, labels = phases_in_time()
    seg = Segmentation(
        phases[0] + phases[1], labels[:2].reshape(8, 20, 18), "BINARY", descriptions(2)
    )
    for wrong in (None, 0, 2.5, [3, 4], "3"):
        with pytest.raises(InvalidValueError, match=r"temporal_position_index.*\[1, 2\]"):
            seg.with_slices(labels[2], phases[2], temporal_position_index=wrong)
    later = labels[[2, 2]].reshape(8, 20, 18)
    for image in phases[0]:
        image.TemporalPositionIdentifier = 7
        image.SOPInstanceUID = f"{image.SOPInstanceUID}.7"
    with pytest.raises(InvalidValueError, match="2 numbers from 1, ascending"):
        seg.with_slices(later, phases[2] + phases[0], temporal_position_index=[4, 3])
    times, _ = of_phases(
        seg.with_slices(later, phases[2] + phases[0], temporal_position_index=[3, 4])
    )
    assert times == [1, 2, 3, 4]
    single = Segmentation(phases[0], labels[0], "BINARY", descriptions(2))
    with pytest.raises(InvalidValueError, match="no time points"):
        single.with_slices(labels[1], phases[1], temporal_position_index=2)


@pytest.mark.parametrize("kind", TYPES)
def test_segments_are_added_at_the_time_of_their_sources(kind):
    phases, labels = phases_in_time()
    seg = Segmentation(
        list(itertools.chain(*phases)), labels.reshape(12, 20, 18), kind, descriptions(2)
    )
    extra = np.zeros((2, 4, 20, 18), bool)
    extra[:, 2, 10:12, 3:17] = True
    extra[1, 3, 10, 5] = True
    several = seg.with_segments(extra.reshape(8, 20, 18), descriptions(1), phases[1] + phases[2])
    times, found = of_phases(several)
    assert times == [1, 2, 3]
    assert np.array_equal(found, labels + 3 * np.stack([extra[0] * 0, *extra]))
    times, found = of_phases(seg.with_segments(extra[1], descriptions(1), phases[1]))
    assert np.array_equal(found, labels + 3 * np.stack([extra[0] * 0, extra[1], extra[0] * 0]))
    for image in phases[0]:
        image.SOPInstanceUID = f"{image.SOPInstanceUID}.9"
    with pytest.raises(InvalidValueError, match="at which time points"):
        seg.with_segments(extra[0], descriptions(1), phases[0])


@pytest.mark.parametrize("kind", TYPES)
def test_tiles_without_functional_groups_are_edited(kind):
    """TILED_FULL needs to say nothing of each frame (PS3.3 C.7.6.17.3)."""
    seg = slide_segmentation(kind, full=True)
    del seg.PerFrameFunctionalGroupsSequence
    labels = matrix()[0]
    assert np.array_equal(mosaic(seg.renumbered({1: 2, 2: 1})), np.array([0, 2, 1])[labels])
    assert np.array_equal(mosaic(seg.to_binary()), labels)
    part = seg.cropped(row_start=32, row_end=80, column_start=5, column_end=90, as_indices=True)
    assert np.array_equal(mosaic(part), labels[32:80, 5:90])


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
