"""What went wrong with segmentations elsewhere, and must not here."""

import io

import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from segments import EQUIPMENT, descriptions

SHAPE = (4, 9, 7)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def labels():
    out = np.zeros(SHAPE, np.uint8)
    out[1:3, 2:5, 1:4], out[2, 6:, 5:] = 1, 2
    return out


def parsed(seg):
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return dcmread(io.BytesIO(buffer.getvalue()))


def test_a_column_cosine_that_points_the_other_way_mirrors_nothing():
    series = phantom.ct_series(*SHAPE)
    for image in series:
        image.ImageOrientationPatient = [1, 0, 0, 0, -1, 0]
    seg = Segmentation(series, labels(), "BINARY", descriptions(2))
    volume = seg.get_volume(combine_segments=True)
    for plane, row, column in np.argwhere(labels()):
        x, y, z = (float(v) for v in series[plane].ImagePositionPatient)
        down, right = (float(v) for v in series[plane].PixelSpacing)
        point = np.array([[x + column * right, y - row * down, z]])
        index = np.rint(volume.map_reference_to_indices(point)[0]).astype(int)
        assert volume.array[tuple(index)] == labels()[plane, row, column]


def test_slice_thickness_is_not_slice_spacing():
    series = phantom.ct_series(*SHAPE)
    z = sorted(float(image.ImagePositionPatient[2]) for image in series)
    for image in series:
        image.SliceThickness = "1.0"
    seg = Segmentation(series, labels(), "BINARY", descriptions(2), omit_empty_frames=False)
    assert seg.get_volume().spacing[0] == pytest.approx(z[1] - z[0])
    (measures,) = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    assert measures.SliceThickness == 1
    assert measures.SpacingBetweenSlices == pytest.approx(z[1] - z[0])


def two_at_one_place(second):
    """Label map of another program that hides an overlap in a second frame at one position."""
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series, labels(), "LABELMAP", descriptions(2)))
    frames = plain.pixel_array
    plain.PerFrameFunctionalGroupsSequence.append(plain.PerFrameFunctionalGroupsSequence[0])
    plain.NumberOfFrames = len(frames) + 1
    plain.PixelData = (
        frames.tobytes() + second.tobytes() + b"\0" * ((frames.size + second.size) % 2)
    )
    return frames[0], Segmentation.from_dataset(plain)


def test_an_overlap_hidden_in_two_frames_of_a_label_map_is_found():
    second = np.full(SHAPE[1:], 2, np.uint8)
    first, seg = two_at_one_place(second)
    with pytest.raises(OverlappingSegmentsError, match="skip_overlap_checks"):
        seg.get_volume(combine_segments=True)
    found = seg.get_volume(combine_segments=True, skip_overlap_checks=True)
    assert np.array_equal(found.array, np.stack([np.maximum(first, 2), found.array[1]]))


def test_two_frames_of_a_label_map_that_do_not_overlap_are_one():
    second = np.zeros(SHAPE[1:], np.uint8)
    second[-1, 0] = 2
    first, seg = two_at_one_place(second)
    assert first[-1, 0] == 0
    found = seg.get_volume(combine_segments=True)
    assert np.array_equal(found.array[0], np.maximum(first, second))


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_groups_that_stand_among_the_shared_ones_count(kind):
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series[1:2], labels()[1:2], kind, descriptions(2)))
    (item,) = plain.PerFrameFunctionalGroupsSequence
    shared = plain.SharedFunctionalGroupsSequence[0]
    for element in list(item):
        shared[element.tag] = element
        del item[element.tag]
    seg = Segmentation.from_dataset(plain)
    found = seg.get_volume(combine_segments=True)
    assert np.array_equal(found.array[0], labels()[1])
    by_index = seg.get_pixels_by_dimension_index_values([[1]], combine_segments=True)
    assert np.array_equal(by_index[0], labels()[1])


def test_an_instance_that_is_referred_to_twice_gives_its_pixels_once():
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series, labels(), "BINARY", descriptions(2)))
    for item in plain.PerFrameFunctionalGroupsSequence:
        sources = item.DerivationImageSequence[0].SourceImageSequence
        sources.append(sources[0])
    seg = Segmentation.from_dataset(plain)
    uids = [image.SOPInstanceUID for image in series]
    found = seg.get_pixels_by_source_instance(uids, combine_segments=True)
    assert np.array_equal(found, labels())


def test_time_points_need_not_be_numbered_from_one():
    images = []
    for phase in (5, 6):
        for image in phantom.ct_series(*SHAPE):
            image.TemporalPositionIdentifier = phase
            image.SOPInstanceUID = f"{image.SOPInstanceUID}.{phase}"
            images.append(image)
    both = np.concatenate([labels(), labels()[::-1]])
    plain = parsed(Segmentation(images, both, "LABELMAP", descriptions(2), omit_empty_frames=False))
    for item in plain.PerFrameFunctionalGroupsSequence:
        item.FrameContentSequence[0].TemporalPositionIndex += 7
    seg = Segmentation.from_dataset(plain)
    volume = seg.get_volume(combine_segments=True, channels="TemporalPositionIndex")
    assert volume.get_channel_values("TemporalPositionIndex") == [8, 9]
    one = seg.get_volume(combine_segments=True, select={"TemporalPositionIndex": 9})
    assert np.array_equal(one.array, volume.array[..., 1])


def test_segments_with_unequal_numbers_of_frames():
    series = phantom.ct_series(*SHAPE)
    seg = Segmentation(series, labels(), "BINARY", descriptions(2))
    numbers = seg.frame_table.segment_numbers.tolist()
    assert numbers == [1, 1, 2]
    again = segread(buffer_of(seg)).get_volume()
    assert again.array[..., 1].sum() == (labels() == 2).sum()


def buffer_of(seg):
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_what_viewers_need_is_there(kind):
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series, labels(), kind, descriptions(2)))
    assert plain.StudyInstanceUID == series[0].StudyInstanceUID
    (listed,) = plain.ReferencedSeriesSequence
    assert listed.SeriesInstanceUID == series[0].SeriesInstanceUID
    assert len(listed.ReferencedInstanceSequence) == len(series)
    for item in plain.PerFrameFunctionalGroupsSequence:
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        assert source.SpatialLocationsPreserved == "YES"
    assert all("RecommendedDisplayCIELabValue" in item for item in plain.SegmentSequence)
    assert plain.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (plain.Rows, plain.Columns) == SHAPE[1:]
    if kind != "LABELMAP":
        for item in plain.PerFrameFunctionalGroupsSequence:
            assert "SegmentIdentificationSequence" in item
