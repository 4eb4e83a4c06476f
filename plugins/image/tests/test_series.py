"""Volumes of single-frame instances."""

import copy
import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataelem import RawDataElement

import iodkit as ik
from counted import CountedSource
from iodkit.spatial import NotAVolumeError, StackReport
from iodkit.testing import phantom


def _twice():
    first, second = phantom.ct_series(4, 10, 12), phantom.ct_series(4, 10, 12)
    for number, dataset in enumerate([*first, *second]):
        dataset.AcquisitionNumber = 1 + number // 4
        dataset.AcquisitionDate = "20240229"
        dataset.AcquisitionTime = f"12000{number // 4}"
    for dataset in second:
        dataset.RescaleIntercept = "-924"
    return first, second


def test_repetitions_become_a_channel():
    first, second = _twice()
    mixed = [*second, *first]
    with pytest.raises(NotAVolumeError):
        ik.get_volume_from_series(mixed)
    expected = ik.get_volume_from_series(first).array
    for name, values in (("AcquisitionNumber", [1, 2]), ("ElapsedTime", [0.0, 1000.0])):
        volume = ik.get_volume_from_series(mixed, channels=name)
        assert volume.get_channel_values(volume.channel_descriptors[0]) == values
        assert np.array_equal(volume.array[..., 0], expected)
        assert np.array_equal(volume.array[..., 1], expected + 100)
    chosen = ik.get_volume_from_series(mixed, select={"AcquisitionNumber": 2})
    assert np.array_equal(chosen.array, expected + 100)


@pytest.mark.parametrize(
    ("differing", "suggested"),
    [
        ({"AcquisitionNumber": [1, 2, 3, 4]}, ["AcquisitionNumber"]),
        ({"EchoTime": [4, 8, 4, 8], "TriggerTime": [0, 0, 90, 90]}, ["EchoTime", "TriggerTime"]),
        ({"InversionTime": [1, 2, 3, 4], "AcquisitionNumber": [1, 2, 3, 4]}, ["InversionTime"]),
        ({}, ["SOPInstanceUID"]),
    ],
)
def test_the_error_suggests_what_tells_instances_apart(differing, suggested):
    series = [d for number in range(4) for d in phantom.ct_series(3, 10, 12)]
    for index, dataset in enumerate(series):
        dataset.SOPInstanceUID = f"2.25.{index + 1}"
        for keyword, values in differing.items():
            setattr(dataset, keyword, values[index // 3])
    with pytest.raises(NotAVolumeError, match="several frames lie at one place") as caught:
        ik.get_volume_from_series(series)
    assert f"channels={suggested}" in caught.value.remedy
    if differing:
        volume = ik.get_volume_from_series(series, channels=suggested)
        assert volume.shape[:3] == (3, 10, 12)
        assert volume.array[0, 0, 0].size == 4


def _repeated(count):
    """Six planes, the first few of them twice."""
    series = phantom.ct_series(6, 10, 12)
    series += copy.deepcopy(series[:count])
    for index, dataset in enumerate(series):
        dataset.SOPInstanceUID = f"2.25.{index + 1}"
        dataset.EchoTime = 1 + index // 6
    return series


def test_every_error_has_its_report():
    cine = ik.from_dataset(phantom.ultrasound_cine(3, 8, 8))
    place = ik.VolumeGeometry(np.eye(4), (1, 8, 8), "PATIENT")
    gapped = phantom.ct_series(6, 10, 12, variant="gapped")

    def changed(**attributes):
        series = phantom.ct_series(6, 10, 12)
        for keyword, value in attributes.items():
            setattr(series[2], keyword, value)
        return series

    foreign = changed(FrameOfReferenceUID="2.25.5")
    cases = (
        (lambda: ik.get_volume_from_series(foreign), "MIXED_FRAMES_OF_REFERENCE"),
        (lambda: ik.get_volume_from_series(changed(Rows=8)), "MIXED_GRIDS"),
        (lambda: ik.get_volume_from_series(changed(PixelSpacing=[3, 3])), "MIXED_GRIDS"),
        (
            lambda: ik.get_volume_from_series(changed(ImageOrientationPatient=[0, 1, 0, 1, 0, 0])),
            "MIXED_ORIENTATION",
        ),
        (lambda: ik.get_volume_from_series(gapped), "MISSING_PLANES"),
        (lambda: ik.get_volume_from_series(_repeated(6)), "REPEATED_STACKS"),
        (lambda: ik.get_volume_from_series(_repeated(3), channels="EchoTime"), "DUPLICATES"),
        (lambda: cine.get_volume(geometry=place), "DUPLICATES"),
    )
    for read, kind in cases:
        with pytest.raises(NotAVolumeError) as caught:
            read()
        assert isinstance(caught.value.report, StackReport)
        assert caught.value.report.kind.value == kind


@pytest.mark.parametrize("size", [(32, 48), (10, 32)])
def test_sizes_whose_bytes_look_like_padding(size):
    files = []
    for dataset in phantom.ct_series(2, *size):
        buffer = io.BytesIO()
        dataset.save_as(buffer, enforce_file_format=True)
        files.append(dcmread(io.BytesIO(buffer.getvalue())))
    # A space and a zero byte: 32 in little endian, before anybody has looked at it.
    assert isinstance(files[0].get_item("Rows"), RawDataElement)
    assert ik.get_volume_from_series(files).spatial_shape == (2, *size)
    without = phantom.ct_series(2, *size)
    del without[1].Rows
    with pytest.raises(ik.GeometryError, match="no common Rows"):
        ik.get_volume_from_series(without)


def test_missing_instances_are_filled_only_when_told():
    series = phantom.ct_series(6, 10, 12, variant="gapped")
    with pytest.raises(NotAVolumeError, match="allow_missing_positions"):
        ik.get_volume_from_series(series)
    volume = ik.get_volume_from_series(series, allow_missing_positions=True, fill_value=-1024)
    assert (volume.array == -1024).all(axis=(1, 2)).sum() == 1


def test_colour():
    series = phantom.ct_series(3, 10, 12)
    pixels = np.random.default_rng(1).integers(0, 256, (3, 10, 12, 3), dtype=np.uint8)
    for dataset, frame in zip(series, pixels, strict=True):
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset.PlanarConfiguration = 0
        dataset.PixelData = frame.tobytes()
        for keyword in ("RescaleSlope", "RescaleIntercept"):
            delattr(dataset, keyword)
    volume = ik.get_volume_from_series(series, dtype=np.uint8)
    assert volume.shape == (3, 10, 12, 3)
    heights = np.array([float(ds.ImagePositionPatient[2]) for ds in series])
    rows = volume.map_indices_to_reference(np.array([[i, 0, 0] for i in range(3)]))[:, 2]
    for row, height in enumerate(rows):
        assert np.array_equal(volume.array[row], pixels[np.abs(heights - height).argmin()])


def test_layouts_may_differ():
    series = phantom.ct_series(4, 10, 12)
    expected = ik.get_volume_from_series(series).array
    signed = series[2]
    signed.PixelRepresentation = 1
    wide = series[1]
    pixels = wide.pixel_array.astype(np.uint32)
    wide.BitsAllocated, wide.BitsStored, wide.HighBit = 32, 32, 31
    wide.PixelData = pixels.tobytes()
    found = ik.get_volume_from_series(series).array
    assert np.array_equal(found, expected)


def test_files_are_read_once_and_not_kept(tmp_path):
    sources = []
    for number, dataset in enumerate(phantom.ct_series(4, 64, 64)):
        dataset.save_as(tmp_path / f"{number}.dcm", enforce_file_format=True)
        sources.append(CountedSource(tmp_path / f"{number}.dcm"))
    series = [ik.read(source) for source in sources]
    for source in sources:
        source.reads.clear()
    ik.get_volume_from_series(series)
    assert [source.total for source in sources] == [64 * 64 * 2] * 4
    assert all(image.deferred_pixel_data is not None for image in series)


def test_a_series_stays_as_it_was():
    series = phantom.ct_series(3, 10, 12)
    kept = copy.deepcopy(series)
    ik.get_volume_from_series(series)
    assert series == kept


def test_a_spacing_that_is_stated_matters_for_one_instance_only():
    series = phantom.ct_series(3, 10, 12)
    spacing = ik.get_volume_from_series(series).spacing[0]
    for dataset in series:
        dataset.SpacingBetweenSlices = str(spacing / 2)
    assert np.isclose(ik.get_volume_from_series(series).spacing[0], spacing)
    assert np.isclose(ik.get_volume_from_series(series[:1]).spacing[0], spacing / 2)
