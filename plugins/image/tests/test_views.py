"""Images as objects of other libraries."""

import pickle
import sys

import numpy as np
import pytest

import iodkit as ik
from counted import CountedSource
from images import layered_slide, plain_slide, take_frames
from iodkit.errors import GeometryError, InvalidTypeError, MissingDependencyError, OutOfRangeError
from iodkit.testing import phantom


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "a.dcm"
    phantom.enhanced_ct(6, 16, 12).save_as(target, enforce_file_format=True)
    return target


def test_numpy_gets_stored_values(path):
    image = ik.read(path)
    array = np.asarray(image)
    assert array.dtype == np.uint16
    assert np.array_equal(array, phantom.enhanced_ct(6, 16, 12).pixel_array)
    assert np.asarray(image, np.float32).dtype == np.float32
    array[:] = 0
    assert np.asarray(image).any()


KEYS = [
    np.s_[2],
    np.s_[-1, 3],
    np.s_[..., 0],
    np.s_[::2, 3:9, -1],
    np.s_[1:5:3, ::2, ::-1],
    np.s_[4:4],
    np.s_[5, 2, 1],
    np.s_[:, 15:3:-4],
    np.s_[...],
]


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("stored", [True, False])
def test_a_lazy_array_is_indexed_like_an_array(path, key, stored):
    image = ik.read(path)
    whole = np.asarray(image) if stored else np.asarray(image) - 1024.0
    lazy = image.to_lazy_array(stored=stored)
    assert lazy.shape == whole.shape
    assert lazy.ndim == 3
    assert len(lazy) == 6
    found = lazy[key]
    assert found.dtype == lazy.dtype == whole.dtype
    assert np.array_equal(found, whole[key])
    assert np.array_equal(pickle.loads(pickle.dumps(lazy))[key], whole[key])


def test_a_lazy_array_reads_what_is_indexed(path):
    source = CountedSource(path)
    lazy = ik.read(source).to_lazy_array()
    source.reads.clear()
    lazy[::3, 4:6]
    assert source.total == 2 * 2 * 12 * 2


def test_wrong_indices(path):
    lazy = ik.read(path).to_lazy_array()
    for key, error in (
        (np.s_[6], IndexError),
        (np.s_[0, 0, 0, 0], OutOfRangeError),
        ([1, 2], InvalidTypeError),
        ("a", InvalidTypeError),
    ):
        with pytest.raises(error):
            lazy[key]


def test_dask_has_a_chunk_for_each_frame(path):
    source = CountedSource(path)
    array = ik.read(source).to_dask()
    assert array.shape == (6, 16, 12)
    assert array.chunksize == (1, 16, 12)
    source.reads.clear()
    assert array[3:5].compute(scheduler="sync").shape == (2, 16, 12)
    assert source.total == 2 * 16 * 12 * 2
    array = ik.read(path).to_dask(dtype=np.float32)
    twin = pickle.loads(pickle.dumps(array))
    expected = phantom.enhanced_ct(6, 16, 12).pixel_array.astype(np.float32) - 1024
    assert np.array_equal(twin.compute(scheduler="threads"), expected)
    assert np.array_equal((array + 1).max(axis=0).compute(), expected.max(axis=0) + 1)


@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
def test_dask_has_a_chunk_for_each_tile(tmp_path, organization):
    plain_slide(100, 120, 32, organization=organization).save_as(
        tmp_path / "a.dcm", enforce_file_format=True
    )
    source = CountedSource(tmp_path / "a.dcm")
    image = ik.read(source)
    array = image.to_dask(total_pixel_matrix=True, dtype=np.uint8)
    assert array.shape == (100, 120, 3)
    assert array.chunks == ((32, 32, 32, 4), (32, 32, 32, 24), (3,))
    source.reads.clear()
    part = array[40:60, 40:60].compute(scheduler="sync")
    assert 0 < source.total <= 32 * 32 * 3
    whole = image.get_total_pixel_matrix(dtype=np.uint8)
    assert np.array_equal(part, whole[40:60, 40:60])
    twin = pickle.loads(pickle.dumps(ik.read(tmp_path / "a.dcm").to_dask(total_pixel_matrix=True)))
    assert np.array_equal(twin.compute(scheduler="threads"), whole)


def test_dask_of_layers_and_gaps():
    image = ik.from_dataset(layered_slide(paths=2, rows=70, columns=80, tile=32))
    with pytest.raises(GeometryError, match="OpticalPathIdentifier"):
        image.to_dask(total_pixel_matrix=True)
    chosen = {"OpticalPathIdentifier": "2"}
    array = image.to_dask(total_pixel_matrix=True, select=chosen, dtype=np.uint8)
    expected = image.get_total_pixel_matrix(select=chosen, dtype=np.uint8)
    assert np.array_equal(array.compute(), expected)
    dataset = take_frames(plain_slide(70, 80, 32, organization="TILED_SPARSE"), [0, 1, 3, 4])
    image = ik.from_dataset(dataset)
    with pytest.raises(GeometryError, match="missing"):
        image.to_dask(total_pixel_matrix=True)
    array = image.to_dask(total_pixel_matrix=True, allow_missing_positions=True, dtype=np.uint8)
    expected = image.get_total_pixel_matrix(allow_missing_positions=True, dtype=np.uint8)
    assert np.array_equal(array.compute(), expected)


def test_xarray_has_physical_coordinates(path):
    array = ik.read(path).to_xarray()
    assert array.dims == ("frame", "row", "column")
    assert array.row.values[:3].tolist() == [0, 25, 50]
    assert array.attrs["units"] == "mm"
    assert float(array.sel(frame=2, row=50, column=75)) == array.values[1, 2, 3]
    cine = ik.from_dataset(phantom.ultrasound_cine(4, 10, 12)).to_xarray(stored=True)
    assert cine.time.values.tolist() == [0, 40, 80, 120]
    assert cine.attrs["units"] == "pixel"
    assert cine.dtype == np.uint8
    slide = ik.from_dataset(plain_slide(40, 40, 32)).to_xarray(dtype=np.uint8)
    assert slide.dims == ("frame", "row", "column", "sample")
    assert slide.sample.values.tolist() == ["R", "G", "B"]
    projection = phantom.chest_xray(16, 16)
    projection.pop("PixelSpacing", None)
    projection.ImagerPixelSpacing = [0.2, 0.4]
    coordinates = ik.from_dataset(projection).to_xarray().column.values
    assert np.allclose(coordinates[:3], [0, 0.4, 0.8])


def test_a_volume_as_xarray_keeps_its_geometry(path):
    volume = ik.read(path).get_volume()
    again = ik.Volume.from_xarray(volume.to_xarray())
    assert again.geometry_equal(volume)


def test_stored_values_are_not_transformed(path):
    with pytest.raises(NotImplementedError, match="dtype"):
        ik.read(path).to_dask(stored=True, dtype=np.uint8)


@pytest.mark.parametrize(("module", "view"), [("dask.array", "to_dask"), ("xarray", "to_xarray")])
def test_a_missing_library_is_named(path, monkeypatch, module, view):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'iodkit-image\["):
        getattr(ik.read(path), view)()


def test_pictures_go_through_the_window_of_the_image(path):
    image = ik.read(path)
    picture = image.to_pil(3)
    assert (picture.mode, picture.size) == ("L", (12, 16))
    values = np.asarray(image)[2] - 1024.0
    # Window 400 at 40: PS3.3 C.11.2.1.2.1.
    expected = np.clip(((values - 39.5) / 399 + 0.5) * 255, 0, 255)
    assert np.abs(np.asarray(picture) - expected).max() <= 0.51
    assert np.array_equal(image.to_pil(2, as_index=True), picture)
    with pytest.raises(OutOfRangeError):
        image.to_pil(7)


def test_pictures_without_window():
    dataset = phantom.ultrasound_cine(1, 10, 12)
    picture = np.asarray(ik.from_dataset(dataset).to_pil())
    values = dataset.pixel_array.reshape(10, 12).astype(float)
    low, high = np.percentile(values, [1, 99])
    expected = np.clip((values - low) / (high - low), 0, 1) * 255
    assert np.abs(picture - expected).max() <= 0.51
    dataset.PhotometricInterpretation = "MONOCHROME1"
    assert np.array_equal(255 - np.asarray(ik.from_dataset(dataset).to_pil()), picture)
    flat = phantom.ultrasound_cine(1, 10, 12)
    flat.PixelData = bytes(120)
    assert not np.asarray(ik.from_dataset(flat).to_pil()).any()


def test_thumbnails():
    slide = ik.from_dataset(plain_slide(300, 400, 64))
    picture = slide.thumbnail(100)
    assert (picture.mode, picture.size) == ("RGB", (100, 75))
    whole = slide.get_total_pixel_matrix()
    blocks = whole.reshape(75, 4, 100, 4, 3).mean(axis=(1, 3))
    assert np.abs(np.asarray(picture) - blocks).max() <= 1
    assert slide.thumbnail(1000).size == (400, 300)
    volume = phantom.enhanced_ct(5, 16, 12)
    volume.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing = [10, 20]
    assert ik.from_dataset(volume).thumbnail(60).size == (60, 40)


def test_a_thumbnail_of_missing_tiles_is_white_there():
    dataset = take_frames(plain_slide(64, 64, 32, organization="TILED_SPARSE"), [0, 1, 3])
    picture = np.asarray(ik.from_dataset(dataset).thumbnail(32))
    assert (picture[16:, :16] == 255).all()
