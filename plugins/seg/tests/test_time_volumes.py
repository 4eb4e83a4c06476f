"""Volumes on source images of several time points: what is meant is said, never guessed."""

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import GeometryError, InvalidValueError
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from referees import assert_valid
from segments import EQUIPMENT, descriptions

SHAPE, POINTS = (4, 20, 18), 3
TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
TIME = "TemporalPositionIndex"


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture
def images():
    """Images of all time points, in no order."""
    out = []
    for point in range(POINTS):
        for image in phantom.ct_series(*SHAPE, variant="oblique"):
            image.TemporalPositionIdentifier = 4 + point
            image.SOPInstanceUID = f"{image.SOPInstanceUID}.{point + 1}"
            out.append(image)
    return [out[i] for i in np.random.default_rng(7).permutation(len(out))]


def volume(points=(1, 2, 3), **changes):
    """Labels of two segments that move, as a volume with a channel for each time point."""
    geometry = ik.get_volume_from_series(phantom.ct_series(*SHAPE, variant="oblique"))
    labels = np.zeros((*SHAPE, len(points)), np.uint8)
    for at, point in enumerate(points):
        labels[:, 2 + point : 9, 3:8, at] = 1
        labels[1:4, 12:18, 4 + point : 15, at] = 2
    return geometry.with_array(labels, channels={TIME: list(points)})


def read(seg, tmp_path):
    seg.save_as(tmp_path / "seg.dcm")
    assert_valid(tmp_path / "seg.dcm")
    return segread(tmp_path / "seg.dcm")


def in_time(seg):
    return seg.get_volume(combine_segments=True, channels=TIME)


def assert_equal(found, expected):
    indices = np.argwhere(expected.array)
    points = expected.map_indices_to_reference(indices[:, :3].astype(float))
    there = np.rint(found.map_reference_to_indices(points)).astype(int)
    times = [expected.get_channel_values(TIME)[at] for at in indices[:, 3]]
    layers = [found.get_channel_values(TIME).index(time) for time in times]
    values = found.array[(*there.T, layers)]
    assert np.array_equal(values, expected.array[tuple(indices.T)])
    assert np.count_nonzero(found.array) == len(indices)


CHANGES = {
    "as it is": lambda v: v,
    "turned": lambda v: v.permute_spatial_axes([2, 0, 1]).flip_spatial([0, 2]),
    "cropped": lambda v: v[0:4, 1:19, 2:17],
    "padded": lambda v: v.pad([(1, 0), (2, 3), (0, 1)]),
}


@pytest.mark.referee
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", TYPES)
def test_a_channel_for_each_time_point(kind, change, images, tmp_path):
    whole = volume()
    seg = read(Segmentation(images, CHANGES[change](whole), kind, descriptions(2)), tmp_path)
    assert_equal(in_time(seg), whole)
    for image in images:
        uid, point = image.SOPInstanceUID, image.TemporalPositionIdentifier - 3
        (found,) = seg.get_pixels_by_source_instance(
            [uid], combine_segments=True, assert_missing_frames_are_empty=True
        )
        place = np.array([image.ImagePositionPatient], float)
        plane = int(np.rint(whole.map_reference_to_indices(place))[0, 0])
        assert np.array_equal(found, whole.array[plane, ..., point - 1])


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_read_can_be_written_again(kind, images):
    seg = Segmentation(images, volume(), kind, descriptions(2), omit_empty_frames=False)
    again = Segmentation(images, in_time(seg), kind, descriptions(2), omit_empty_frames=False)
    assert np.array_equal(again.get_stored_frames(), seg.get_stored_frames())
    assert np.array_equal(
        again.frame_table.dimension_index_values, seg.frame_table.dimension_index_values
    )


def test_segments_may_have_channels_as_well(images):
    whole = volume()
    masks = np.stack([whole.array == number for number in (1, 2)], axis=-1)
    both = {TIME: [1, 2, 3], "ReferencedSegmentNumber": [1, 2]}
    expected = Segmentation(images, whole, "BINARY", descriptions(2)).get_stored_frames()
    made = Segmentation(images, whole.with_array(masks, channels=both), "BINARY", descriptions(2))
    assert np.array_equal(made.get_stored_frames(), expected)
    turned = np.moveaxis(masks, -1, 3)
    other_way = {name: both[name] for name in reversed(both)}
    made = Segmentation(
        images, whole.with_array(turned, channels=other_way), "BINARY", descriptions(2)
    )
    assert np.array_equal(made.get_stored_frames(), expected)


def test_time_points_that_are_not_there_are_empty(images):
    seg = Segmentation(images, volume((2,)), "BINARY", descriptions(2), omit_empty_frames=False)
    found = in_time(seg)
    assert found.get_channel_values(TIME) == [1, 2, 3]
    assert not found.array[..., [0, 2]].any()
    assert np.count_nonzero(found.array) == np.count_nonzero(volume((2,)).array)


def test_one_time_point_is_fine():
    series = phantom.ct_series(*SHAPE, variant="oblique")
    seg = Segmentation(series, volume((1,)), "BINARY", descriptions(2))
    found = seg.get_volume(combine_segments=True)
    assert np.count_nonzero(found.array) == np.count_nonzero(volume((1,)).array)


def test_a_volume_that_does_not_say_its_time_is_refused(images):
    whole = volume()
    plain = whole.with_array(whole.array[..., 0])
    with pytest.raises(GeometryError, match=r"3 time points.*TemporalPositionIndex") as caught:
        Segmentation(images, plain, "BINARY", descriptions(2))
    assert caught.value.clause == "PS3.3 C.7.6.16.2.2"
    alone = [image for image in images if image.TemporalPositionIdentifier == 5]
    seg = Segmentation(alone, plain, "BINARY", descriptions(2))
    assert np.count_nonzero(seg.get_volume().array) == np.count_nonzero(plain.array)


def test_time_points_beyond_those_of_the_images_are_refused(images):
    with pytest.raises(InvalidValueError, match=r"TemporalPositionIndex.*1 to 3"):
        Segmentation(images, volume((2, 3, 4)), "BINARY", descriptions(2))


def shifted(whole, *voxels):
    affine = whole.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ np.array(voxels, float)
    return ik.Volume(
        whole.array,
        affine,
        whole.coordinate_system,
        whole.frame_of_reference_uid,
        channels={TIME: [1, 2, 3]},
    )


@pytest.mark.parametrize("voxels", [(0, 0.5, 0), (0.5, 0, 0), (2, 0, 0), (0, 12, 0)])
def test_another_grid_is_refused(voxels, images):
    """Half a voxel aside, or with pixels where no image has any."""
    with pytest.raises(GeometryError, match="grid"):
        Segmentation(images, shifted(volume(), *voxels), "BINARY", descriptions(2))


def test_nothing_of_the_callers_changes(images):
    whole = volume()
    before = whole.array.copy(), whole.affine.copy()
    Segmentation(images, whole, "LABELMAP", descriptions(2))
    assert np.array_equal(whole.array, before[0])
    assert np.array_equal(whole.affine, before[1])
