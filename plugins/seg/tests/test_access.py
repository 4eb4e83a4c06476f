"""Pixels of segments by source, by dimension and from slides, beside the plainest way to them."""

import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.errors import GeometryError, InvalidValueError, NotFoundError, UnsupportedError
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from iodkit_seg.utils import iter_segments
from segments import EQUIPMENT, descriptions, organ_labels

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
SHAPE = (8, 26, 22)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(scope="module")
def labels():
    return organ_labels(*SHAPE)


@pytest.fixture(scope="module")
def series():
    return phantom.ct_series(*SHAPE, variant="unsorted")


@pytest.fixture(params=TYPES)
def kind(request):
    return request.param


def saved(seg, folder):
    seg.save_as(folder / "seg.dcm")
    return segread(folder / "seg.dcm")


def test_by_source_instance_in_any_order(kind, series, labels, tmp_path):
    seg = saved(Segmentation(series, labels, kind, descriptions()), tmp_path)
    order = [5, 0, 7, 2, 3]
    uids = [series[i].SOPInstanceUID for i in order]
    found = seg.get_pixels_by_source_instance(uids, combine_segments=True)
    assert np.array_equal(found, labels[order])
    stacked = seg.get_pixels_by_source_instance(uids, segment_numbers=[3, 1])
    assert np.array_equal(stacked[..., 0], labels[order] == 3)
    assert np.array_equal(stacked[..., 1], labels[order] == 1)
    relabelled = seg.get_pixels_by_source_instance(
        uids, segment_numbers=[3, 1], combine_segments=True, relabel=True
    )
    table = np.array([0, 2, 0, 1])
    assert np.array_equal(relabelled, table[labels[order]])
    assert seg.get_pixels_by_source_instance(uids, dtype=np.float32).dtype == np.float32


def test_by_source_frame(kind, labels, tmp_path):
    image = phantom.enhanced_ct(*SHAPE)
    seg = saved(Segmentation([image], labels, kind, descriptions()), tmp_path)
    found = seg.get_pixels_by_source_frame(image.SOPInstanceUID, [4, 1, 8], combine_segments=True)
    assert np.array_equal(found, labels[[3, 0, 7]])
    last = int(np.flatnonzero(labels.any(axis=(1, 2)))[-1])
    everything = seg.get_pixels_by_source_frame(image.SOPInstanceUID, combine_segments=True)
    assert np.array_equal(everything, labels[: last + 1])
    with pytest.raises(NotFoundError, match="source_frame_numbers"):
        seg.get_pixels_by_source_frame(image.SOPInstanceUID, [99])
    empty = seg.get_pixels_by_source_frame(
        image.SOPInstanceUID, [99], assert_missing_frames_are_empty=True
    )
    assert empty.shape == (1, *SHAPE[1:], 3)
    assert not empty.any()


def test_by_dimension_index_values(kind, series, labels, tmp_path):
    seg = saved(
        Segmentation(series, labels, kind, descriptions(), omit_empty_frames=False), tmp_path
    )
    z = [float(ds.ImagePositionPatient[2]) for ds in series]
    order = np.argsort(z)[::-1]
    for pointers in (None, ["ImagePositionPatient"], [0x00200032]):
        found = seg.get_pixels_by_dimension_index_values(
            [[3], [1]], pointers, combine_segments=True
        )
        assert np.array_equal(found, labels[order[[2, 0]]])
    with pytest.raises(NotFoundError, match="dimension_index_values"):
        seg.get_pixels_by_dimension_index_values([[99]])
    with pytest.raises(InvalidValueError, match="segment_numbers"):
        seg.get_pixels_by_dimension_index_values([[1, 1]], ["ReferencedSegmentNumber"])


def test_unknown_sources(series, labels):
    seg = Segmentation(series, labels, "BINARY", descriptions())
    with pytest.raises(NotFoundError, match="source_sop_instance_uids"):
        seg.get_pixels_by_source_instance(["2.25.1"])
    zeros = seg.get_pixels_by_source_instance(["2.25.1"], assert_missing_frames_are_empty=True)
    assert zeros.shape == (1, *SHAPE[1:], 3)
    assert not zeros.any()


def test_places_that_are_not_preserved_need_a_word(series, labels):
    volume = ik.get_volume_from_series(series)
    order = np.argsort([float(ds.ImagePositionPatient[2]) for ds in series])[::-1]
    whole = volume.with_array(labels[order])
    affine = whole.affine.copy()
    affine[:3, 3] += affine[:3, 1] / 2  # half a pixel down
    part = ik.Volume(whole.array, affine, "PATIENT", whole.frame_of_reference_uid)
    seg = Segmentation(series, part, "BINARY", descriptions())
    uids = [series[order[3]].SOPInstanceUID]
    with pytest.raises(GeometryError, match="ignore_spatial_locations"):
        seg.get_pixels_by_source_instance(uids)
    found = seg.get_pixels_by_source_instance(
        uids, ignore_spatial_locations=True, combine_segments=True
    )
    assert np.array_equal(found[0], part.array[3])


def test_overlap_is_looked_for_wherever_segments_are_combined(series, labels):
    masks = np.stack([labels == 1, labels > 0, labels == 3], axis=-1)
    seg = Segmentation(series, masks, "BINARY", descriptions())
    uids = [ds.SOPInstanceUID for ds in series]
    with pytest.raises(OverlappingSegmentsError, match="skip_overlap_checks"):
        seg.get_pixels_by_source_instance(uids, combine_segments=True)
    found = seg.get_pixels_by_source_instance(uids, combine_segments=True, skip_overlap_checks=True)
    assert np.array_equal(found, (masks * [1, 2, 3]).max(axis=-1))


@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
@pytest.mark.parametrize("tile_size", [None, (24, 40)])
def test_total_pixel_matrix(kind, organization, tile_size, tmp_path):
    slide = phantom.slide_image(90, 70, 32, organization=organization)
    matrix = np.zeros((1, 90, 70), np.uint8)
    matrix[0, 35:80, 3:66], matrix[0, 50:60, 20:41] = 1, 2
    made = Segmentation(
        [slide], matrix, kind, descriptions(2), tile_pixel_array=True, tile_size=tile_size
    )
    seg = saved(made, tmp_path)
    assert np.array_equal(seg.get_total_pixel_matrix(combine_segments=True), matrix[0])
    stacked = seg.get_total_pixel_matrix(segment_numbers=[2, 1])
    assert np.array_equal(stacked, np.stack([matrix[0] == 2, matrix[0] == 1], axis=-1))
    part = seg.get_total_pixel_matrix(31, 77, 5, -9, combine_segments=True)
    assert np.array_equal(part, matrix[0, 30:76, 4:-9])
    indices = seg.get_total_pixel_matrix(30, 76, 4, -9, combine_segments=True, as_indices=True)
    assert np.array_equal(indices, part)
    volume = seg.get_volume(combine_segments=True)
    assert np.array_equal(volume.array[0], matrix[0])


def test_a_matrix_with_overlap(tmp_path):
    slide = phantom.slide_image(90, 70, 32)
    masks = np.zeros((1, 90, 70, 2), bool)
    masks[0, 10:60, 10:60, 0] = masks[0, 40:80, 5:30, 1] = True
    made = Segmentation([slide], masks, "BINARY", descriptions(2), tile_pixel_array=True)
    seg = saved(made, tmp_path)
    assert np.array_equal(seg.get_total_pixel_matrix(), masks[0])
    with pytest.raises(OverlappingSegmentsError):
        seg.get_total_pixel_matrix(combine_segments=True)
    found = seg.get_total_pixel_matrix(combine_segments=True, skip_overlap_checks=True)
    assert np.array_equal(found, (masks[0] * [1, 2]).max(axis=-1))


def test_segments_one_after_the_other(kind, series, labels, tmp_path):
    seg = saved(Segmentation(series, labels, kind, descriptions()), tmp_path)
    plain = dcmread(tmp_path / "seg.dcm")
    for walk in (seg.iter_segments(), iter_segments(plain)):
        seen = []
        for frames, items, description in walk:
            seen.append(description.segment_number)
            expected = labels[(labels == seen[-1]).any(axis=(1, 2))] == seen[-1]
            assert frames.shape == expected.shape
            assert len(items) == len(frames)
            z = [float(i.PlanePositionSequence[0].ImagePositionPatient[2]) for i in items]
            assert z == sorted(z, reverse=True)
            assert (frames != 0).sum() == expected.sum()
        assert seen == [1, 2, 3]


def test_two_frames_of_one_segment_at_one_place_add_up(series, labels):
    """Files of other programs have them; none of the pixels is lost, and no false overlap found."""
    made = Segmentation(series, labels, "BINARY", descriptions(), omit_empty_frames=False)
    first, second = labels.copy(), labels.copy()
    first[:, ::2], second[:, 1::2] = 0, 0
    parts = [
        Segmentation(series, part, "BINARY", descriptions(), omit_empty_frames=False)
        for part in (first, second)
    ]
    both = dcmread_copy(parts[0])
    groups = parts[1].PerFrameFunctionalGroupsSequence
    both.PerFrameFunctionalGroupsSequence.extend(groups)
    bits = np.concatenate([part.get_stored_frames() for part in parts])
    both.NumberOfFrames = len(bits)
    both.PixelData = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    both = Segmentation.from_dataset(both)
    expected = made.get_volume(combine_segments=True)
    assert np.array_equal(both.get_volume(combine_segments=True).array, expected.array)
    assert np.array_equal(both.get_volume().array, made.get_volume().array)


def dcmread_copy(seg):
    import io

    buffer = io.BytesIO()
    seg.save_as(buffer)
    buffer.seek(0)
    return dcmread(buffer)


def test_a_segmentation_is_not_changed_under_its_identifier(series, labels):
    seg = Segmentation(series, labels, "BINARY", descriptions())
    with pytest.raises(UnsupportedError, match="with_segments"):
        seg.add_segments(labels, descriptions())
