import copy
import io
import warnings
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.pixels import pixel_array

import iodkit as ik
from iodkit.errors import (
    InvalidTypeError,
    NotFoundError,
    OutOfRangeError,
    PixelDataError,
)
from iodkit.spatial import NotAVolumeError
from iodkit.testing import phantom
from iodkit_image import encode_frame
from iodkit_image.pixels.rle import decode_rle, encode_rle

FOLDER = Path(pydicom.data.__file__).parent / "test_files"
NATIVE = [
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "SC_rgb.dcm",
    "SC_rgb_16bit.dcm",
    "SC_rgb_32bit.dcm",
    "SC_rgb_rle.dcm",
    "SC_rgb_2frame.dcm",
    "SC_rgb_rle_2frame.dcm",
    "image_dfl.dcm",
    "liver_1frame.dcm",
    "examples_overlay.dcm",
    "JPEGLSNearLossless_16.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "rtdose.dcm",
    "rtdose_1frame.dcm",
    "parametric_map_float.dcm",
    "parametric_map_double_float.dcm",
]
PRESENT = [FOLDER / name for name in NATIVE if (FOLDER / name).exists()]


@pytest.mark.parametrize("path", PRESENT, ids=lambda p: p.name)
@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_stored_frames_are_those_of_pydicom(path, lazy):
    image = ik.imread(path, lazy_frame_retrieval=lazy)
    expected = pixel_array(dcmread(path))
    assert np.array_equal(image.pixel_array, expected)
    frames = image.get_stored_frames()
    assert len(frames) == image.number_of_frames
    last = image.get_stored_frame(image.number_of_frames)
    assert np.array_equal(last, image.get_stored_frame(image.number_of_frames - 1, as_index=True))
    assert np.array_equal(last, frames[-1])


def test_a_lazy_frame_reads_its_own_bytes_only(tmp_path):
    image = phantom.enhanced_ct(40, 64, 64)
    image.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    lazy = ik.imread(tmp_path / "a.dcm", lazy_frame_retrieval=True)
    source, _ = lazy.deferred_pixel_data
    counted = []
    read = source.read
    source.read = lambda offset, length: counted.append(length) or read(offset, length)
    lazy.get_stored_frame(7)
    assert sum(counted) <= 64 * 64 * 2
    assert lazy.deferred_pixel_data is not None


def test_frames_that_are_not_there():
    image = ik.from_dataset(phantom.enhanced_ct(4, 16, 16))
    for number in (0, 5, -1):
        with pytest.raises(OutOfRangeError, match="frame"):
            image.get_stored_frame(number)


def test_images_are_opened_not_constructed():
    with pytest.raises(InvalidTypeError, match="imread"):
        ik.Image()


def test_every_image_storage_class_opens_as_an_image():
    for images in (phantom.ct_series(1, 16, 16), [phantom.enhanced_ct(2, 16, 16)]):
        assert type(ik.from_dataset(images[0])) is ik.Image


@pytest.mark.parametrize("reverse", [False, True])
def test_geometry_of_a_multiframe_image(reverse):
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12, variant="oblique", reverse=reverse))
    series = ik.get_volume_from_series(phantom.ct_series(6, 16, 12, variant="oblique"))
    assert np.allclose(image.get_volume_geometry().affine, series.affine)
    assert image.describe_frames().is_volume


def test_frames_are_a_table():
    """The columns of an image by name, and as other tools want them."""
    image = phantom.enhanced_ct(5, 16, 16)
    image = ik.Image.from_dataset(image)
    table = image.frames
    assert table is image.frames
    assert len(table) == image.number_of_frames
    assert table.positions.shape == (5, 3)
    assert repr(table).startswith("FrameTable: 5 frames")
    assert table.to_pandas()["position_z"].tolist() == table.positions[:, 2].tolist()
    assert table.to_arrow().num_rows == 5
    pointers = image.dimension_index_pointers
    assert image.are_dimension_indices_unique(pointers)
    with pytest.raises(NotFoundError, match="no such dimension"):
        image.are_dimension_indices_unique(["SliceThickness"])


def test_frames_of_different_spacing_are_no_stack():
    image = phantom.enhanced_ct(3, 16, 16)
    measures = copy.deepcopy(image.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence)
    del image.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    for number, item in enumerate(image.PerFrameFunctionalGroupsSequence):
        item.PixelMeasuresSequence = copy.deepcopy(measures)
        item.FrameContentSequence[0].StackID = "small" if number == 2 else "large"
    opened = ik.Image.from_dataset(image)
    assert opened.get_volume_geometry() is not None
    last = opened.PerFrameFunctionalGroupsSequence[2]
    last.PixelMeasuresSequence[0].PixelSpacing = [9, 9]
    report = opened.describe_frames()
    assert report.kind.value == "MIXED_GRIDS"
    assert [sorted(part.members) for part in report.split()] == [[0, 1], [2]]
    assert opened.get_volume_geometry() is None
    with pytest.raises(NotAVolumeError, match="1 have other PixelSpacing") as caught:
        opened.get_volume()
    assert caught.value.report.kind is report.kind
    for stack, shape, spacing in (("large", (2, 16, 16), None), ("small", (1, 16, 16), (9, 9))):
        volume = opened.get_volume(select={"StackID": stack})
        assert volume.spatial_shape == shape
        assert volume.pixel_spacing == (spacing or tuple(measures[0].PixelSpacing))


def test_an_image_without_a_volume_says_why():
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12, variant="tilted"))
    assert image.get_volume_geometry() is None
    assert image.describe_frames().kind.value == "TILTED"


def test_tiled_images_know_it():
    for organization in ("TILED_FULL", "TILED_SPARSE"):
        slide = ik.from_dataset(phantom.slide_image(organization=organization))
        assert slide.is_tiled
        assert slide.is_indexable_as_total_pixel_matrix()
        assert slide.coordinate_system.value == "SLIDE"


def test_a_series_is_rescaled_straight_into_its_place():
    series = [phantom.ct_series(6, 16, 16)[i] for i in (3, 0, 5, 1, 4, 2)]
    hu, _ = phantom.ct_arrays(6, 16, 16, variant="axial")
    volume = ik.get_volume_from_series(series)
    assert np.array_equal(volume.array[::-1], np.clip(hu, -1024, 3071))
    assert np.array_equal(ik.get_volume_from_series(series, dtype=np.int16).array, volume.array)
    stored = ik.get_volume_from_series(series, apply_modality_transform=False, dtype=np.uint16)
    assert np.array_equal(stored.array.astype(int) - 1024, volume.array)
    with pytest.raises(ik.InvalidValueError, match="dtype"):
        ik.get_volume_from_series(series, dtype=np.uint8)


def test_a_series_of_two_kinds_is_refused():
    one, two = phantom.ct_series(4, 16, 16), phantom.ct_series(4, 16, 16, variant="oblique")
    with pytest.raises(ik.GeometryError, match="SeriesInstanceUID"):
        ik.get_volume_from_series([*one, *two])
    with pytest.raises(ik.InvalidValueError, match="series_datasets"):
        ik.get_volume_from_series([])


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_frames_are_encoded_without_loss(syntax, dtype):
    rng = np.random.default_rng(5)
    frame = rng.integers(0, 4, (17, 23)).astype(dtype)
    bits = 8 * frame.itemsize
    data = encode_frame(frame, syntax, bits, bits, "MONOCHROME2")
    ds = phantom.ct_series(1, 16, 16)[0]
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 17, 23, bits, bits, bits - 1
    ds.PixelData = pydicom.encaps.encapsulate([data])
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = syntax
    assert np.array_equal(ik.from_dataset(ds).get_stored_frame(1), frame)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.array_equal(pixel_array(ds), frame)


def test_rle_of_runs_and_of_noise():
    rng = np.random.default_rng(6)
    frames = [
        np.zeros((9, 300), np.uint8),
        rng.integers(0, 256, (9, 301)).astype(np.uint8),
        np.repeat(rng.integers(0, 65536, (9, 30)), 10, axis=1).astype(np.uint16),
    ]
    from iodkit_image.pixels import PixelLayout

    for frame in frames:
        bits = 8 * frame.itemsize
        layout = PixelLayout(*frame.shape, 1, bits, bits, bits - 1, False, "MONOCHROME2")
        assert np.array_equal(decode_rle(encode_rle(frame[np.newaxis])[0], layout), frame)


def test_broken_pixels_are_named_and_metadata_stay():
    ds = phantom.ct_series(1, 16, 16)[0]
    ds.PixelData = ds.PixelData[:100]
    image = ik.from_dataset(ds)
    with pytest.raises((PixelDataError, ik.CorruptDataError), match="PixelData"):
        image.get_stored_frame(1)
    assert image.PatientName == "Phantom^Synthetic"


def test_written_images_read_back(tmp_path):
    image = ik.from_dataset(phantom.enhanced_ct(3, 16, 16))
    buffer = io.BytesIO()
    image.save_as(buffer)
    assert dcmread(io.BytesIO(buffer.getvalue())) == image
