"""Frames by what they were made from, and by dimension."""

import copy

import numpy as np
import pytest

import iodkit as ik
from images import derived_image, take_frames, timed_ct
from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.testing import phantom

KEPT = [3, 0, 2]


@pytest.fixture(scope="module")
def series():
    return phantom.ct_series(5, 10, 12)


@pytest.fixture(scope="module")
def from_series(series):
    return derived_image(series, KEPT)


def test_the_output_has_the_order_of_the_sources(series, from_series):
    image = ik.from_dataset(from_series)
    frames = from_series.pixel_array.astype(float) - 1024
    uids = [series[i].SOPInstanceUID for i in (0, 2, 3)]
    found = image.get_pixels_by_source_instance(uids)
    assert np.array_equal(found, frames[[1, 2, 0]])
    twice = image.get_pixels_by_source_instance([uids[2], uids[2]], dtype=np.int16)
    assert twice.dtype == np.int16
    assert np.array_equal(twice, frames[[0, 0]])


def test_sources_without_frame_give_zeros(series, from_series):
    image = ik.from_dataset(from_series)
    found = image.get_pixels_by_source_instance([ds.SOPInstanceUID for ds in series])
    assert found.shape == (5, 10, 12)
    assert [bool(plane.any()) for plane in found] == [True, False, True, True, False]
    with pytest.raises(NotFoundError, match=r"1\.2\.3"):
        image.get_pixels_by_source_instance(["1.2.3"])
    empty = image.get_pixels_by_source_instance(["1.2.3"], assert_missing_frames_are_empty=True)
    assert empty.shape == (1, 10, 12)
    assert not empty.any()


@pytest.mark.parametrize("said", ["NO", "REORIENTED_ONLY", None])
def test_frames_that_may_lie_elsewhere(series, from_series, said):
    dataset = copy.deepcopy(from_series)
    groups = dataset.PerFrameFunctionalGroupsSequence
    item = groups[1].DerivationImageSequence[0].SourceImageSequence[0]
    del item.SpatialLocationsPreserved
    if said:
        item.SpatialLocationsPreserved = said
    image = ik.from_dataset(dataset)
    uids = [ds.SOPInstanceUID for ds in series]
    with pytest.raises(GeometryError, match="ignore_spatial_locations"):
        image.get_pixels_by_source_instance(uids)
    assert image.get_pixels_by_source_instance(uids[2:]).shape == (3, 10, 12)
    found = image.get_pixels_by_source_instance(uids, ignore_spatial_locations=True)
    expected = ik.from_dataset(from_series).get_pixels_by_source_instance(uids)
    assert np.array_equal(found, expected)


def test_several_frames_of_one_source(series, from_series):
    dataset = take_frames(from_series, [0, 1, 2, 1])
    image = ik.from_dataset(dataset)
    uids = [ds.SOPInstanceUID for ds in series]
    with pytest.raises(GeometryError, match="2 frames answer"):
        image.get_pixels_by_source_instance(uids[:1])
    assert image.get_pixels_by_source_instance(uids[2:3]).shape == (1, 10, 12)


def test_wrong_arguments(series, from_series):
    image = ik.from_dataset(from_series)
    with pytest.raises(InvalidTypeError, match="uid"):
        image.get_pixels_by_source_instance(series[0].SOPInstanceUID)
    with pytest.raises(InvalidValueError, match="no UID"):
        image.get_pixels_by_source_instance([])
    with pytest.raises(InvalidValueError, match="ReferencedFrameNumber"):
        image.get_pixels_by_source_frame(series[0].SOPInstanceUID, [1])


@pytest.fixture(scope="module")
def multiframe():
    return phantom.enhanced_ct(5, 10, 12)


@pytest.fixture(scope="module")
def from_frames(multiframe):
    return derived_image(multiframe, KEPT)


def test_frames_by_source_frame(multiframe, from_frames):
    image = ik.from_dataset(from_frames)
    uid = multiframe.SOPInstanceUID
    frames = from_frames.pixel_array.astype(float) - 1024
    found = image.get_pixels_by_source_frame(uid, [4, 1, 1])
    assert np.array_equal(found, frames[[0, 1, 1]])
    everything = image.get_pixels_by_source_frame(uid)
    assert everything.shape == (4, 10, 12)
    assert np.array_equal(everything[[0, 2, 3]], frames[[1, 2, 0]])
    assert not everything[1].any()
    with pytest.raises(NotFoundError, match="1 to 4"):
        image.get_pixels_by_source_frame(uid, [5])
    empty = image.get_pixels_by_source_frame(uid, [5, 4], assert_missing_frames_are_empty=True)
    assert not empty[0].any()
    assert np.array_equal(empty[1], frames[0])
    with pytest.raises(NotFoundError, match=r"1\.2\.3"):
        image.get_pixels_by_source_frame("1.2.3", [1])
    for wrong in ([0], [], [-1]):
        with pytest.raises(InvalidValueError, match="source_frame_numbers"):
            image.get_pixels_by_source_frame(uid, wrong)
    with pytest.raises(GeometryError, match="3 frames"):
        image.get_pixels_by_source_instance([uid])


def test_frames_by_dimension():
    dataset = timed_ct()
    image = ik.from_dataset(dataset)
    frames = dataset.pixel_array.astype(float) - 1024
    values = image.frame_table.dimension_index_values
    found = image.get_pixels_by_dimension_index_values(values[[7, 3]].tolist())
    assert np.array_equal(found, frames[[7, 3]])
    part = ["InStackPositionNumber", "TemporalPositionIndex"]
    found = image.get_pixels_by_dimension_index_values([[2, 3], [1, 1]], part)
    places = image.frame_table.in_stack_positions, image.frame_table.temporal_positions
    for plane, (place, time) in zip(found, ([2, 3], [1, 1]), strict=True):
        (index,) = np.flatnonzero((places[0] == place) & (places[1] == time))
        assert np.array_equal(plane, frames[index])
    with pytest.raises(GeometryError, match="frames answer"):
        image.get_pixels_by_dimension_index_values([[1]], ["TemporalPositionIndex"])
    with pytest.raises(NotFoundError, match="assert_missing_frames_are_empty"):
        image.get_pixels_by_dimension_index_values([[9, 1]], part)
    empty = image.get_pixels_by_dimension_index_values(
        [[9, 1]], part, assert_missing_frames_are_empty=True
    )
    assert not empty.any()
    with pytest.raises(NotFoundError, match="PatientID"):
        image.get_pixels_by_dimension_index_values([[1]], ["PatientID"])
    for wrong in ([[1]], [], [[1, 2, 3]]):
        with pytest.raises(InvalidValueError, match="dimension_index_values"):
            image.get_pixels_by_dimension_index_values(wrong, part)


def test_dimensions_that_identify_frames():
    image = ik.from_dataset(timed_ct())
    pointers = image.dimension_index_pointers
    assert image.are_dimension_indices_unique(pointers)
    assert image.are_dimension_indices_unique(["InStackPositionNumber", "TemporalPositionIndex"])
    assert not image.are_dimension_indices_unique(["TemporalPositionIndex"])
    assert not image.are_dimension_indices_unique([pointers[0]])
    with pytest.raises(NotFoundError, match="Rows"):
        image.are_dimension_indices_unique(["Rows"])


def test_sources_are_listed(series, from_series):
    image = ik.from_dataset(from_series)
    found = image.get_source_image_uids()
    assert [uid for _, _, uid in found] == [ds.SOPInstanceUID for ds in series]
    assert {(study, one) for study, one, _ in found} == {
        (from_series.StudyInstanceUID, series[0].SeriesInstanceUID)
    }
