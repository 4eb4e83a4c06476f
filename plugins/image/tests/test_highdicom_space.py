"""The same pixels and places as highdicom, used as a black box, wherever it has an answer."""

import itertools
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from pydicom import dcmread

import iodkit as ik
from images import derived_image, plain_slide, reread, take_frames
from iodkit.testing import phantom
from referees import library

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def highdicom():
    return library("highdicom", "highdicom")


def same(ours, theirs):
    """Compare volumes or arrays."""
    if hasattr(theirs, "affine"):
        assert np.allclose(ours.affine, theirs.affine, atol=1e-6)
        assert ours.frame_of_reference_uid == theirs.frame_of_reference_uid
        assert ours.coordinate_system.value == theirs.coordinate_system.value
        names = [descriptor.keyword for descriptor in theirs.channel_descriptors]
        assert [descriptor.keyword for descriptor in ours.channel_descriptors] == names
        ours, theirs = ours.array, theirs.array
    assert ours.dtype == theirs.dtype
    assert np.array_equal(ours, theirs)


RANGES = [
    {},
    {"slice_start": 2, "slice_end": 4},
    {"slice_start": 1, "slice_end": -1, "as_indices": True},
    {"slice_end": -2, "row_start": 3, "column_end": -1},
    {"row_start": -6, "row_end": -2, "column_start": 2, "column_end": 9, "as_indices": True},
    {"slice_start": 6, "row_end": 17, "column_end": 13},
]


@pytest.mark.parametrize("variant", ["axial", "sagittal", "coronal", "oblique", "unsorted"])
@pytest.mark.parametrize("reverse", [False, True])
def test_multiframe_volumes(highdicom, variant, reverse):
    dataset = reread(phantom.enhanced_ct(6, 16, 12, variant=variant, reverse=reverse))
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    for arguments, dtype in itertools.product(RANGES, (np.float64, np.float32, np.int16)):
        same(ours.get_volume(dtype=dtype, **arguments), theirs.get_volume(dtype=dtype, **arguments))
    same(
        ours.get_volume(apply_modality_transform=False, dtype=np.uint16),
        theirs.get_volume(apply_modality_transform=False, dtype=np.uint16),
    )
    geometry, expected = ours.get_volume_geometry(), theirs.get_volume_geometry()
    assert np.allclose(geometry.affine, expected.affine, atol=1e-6)
    assert geometry.spatial_shape == expected.spatial_shape


def test_gaps(highdicom):
    dataset = reread(phantom.enhanced_ct(6, 16, 12, variant="gapped"))
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    assert theirs.get_volume_geometry() is None
    assert ours.get_volume_geometry() is None
    same(
        ours.get_volume(allow_missing_positions=True),
        theirs.get_volume(allow_missing_positions=True),
    )


@pytest.mark.parametrize("variant", ["tilted", "gapped", "duplicated"])
def test_what_is_refused(highdicom, variant):
    dataset = reread(phantom.enhanced_ct(6, 16, 12, variant=variant))
    for image in (ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)):
        with pytest.raises((ValueError, RuntimeError)):
            image.get_volume()


def test_single_frames(highdicom):
    dataset = reread(phantom.ct_series(3, 16, 12, variant="oblique")[1])
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    same(ours.get_volume(), theirs.get_volume())
    same(ours.get_volume(row_start=3), theirs.get_volume(row_start=3))
    dataset.SpacingBetweenSlices = "4.5"
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    same(ours.get_volume(), theirs.get_volume())


PARTS = [
    {},
    {"row_start": 10, "row_end": 40},
    {"row_start": 10, "row_end": 40, "as_indices": True},
    {"row_start": -10, "column_start": 33, "column_end": 65},
    {"row_end": -1, "column_end": 121},
]


@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
@pytest.mark.parametrize("gray", [False, True])
def test_total_pixel_matrices(highdicom, organization, gray):
    slide = plain_slide(100, 120, 32, organization=organization, gray=gray)
    if organization == "TILED_SPARSE":
        order = np.random.default_rng(1).permutation(16).tolist()
        slide = take_frames(slide, order)
    dataset = reread(slide)
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    for arguments, dtype in itertools.product(PARTS, (np.float64, np.uint8)):
        same(
            ours.get_total_pixel_matrix(dtype=dtype, **arguments),
            theirs.get_total_pixel_matrix(dtype=dtype, **arguments),
        )
        same(ours.get_volume(dtype=dtype, **arguments), theirs.get_volume(dtype=dtype, **arguments))


@pytest.mark.parametrize("ignore", [False, True])
@pytest.mark.parametrize("assume_empty", [False, True])
def test_pixels_by_source_instance(highdicom, ignore, assume_empty):
    series = phantom.ct_series(5, 10, 12)
    dataset = reread(derived_image(series, [3, 0, 2]))
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    uids = [ds.SOPInstanceUID for ds in series]
    for wanted in (uids, uids[::-1], [uids[2], uids[2]], uids[1:2]):
        for dtype in (np.float64, np.int16):
            same(
                ours.get_pixels_by_source_instance(wanted, ignore, assume_empty, dtype),
                theirs.get_pixels_by_source_instance(wanted, ignore, assume_empty, dtype),
            )
    assert ours.get_source_image_uids() == theirs.get_source_image_uids()


@pytest.mark.parametrize("assume_empty", [False, True])
def test_pixels_by_source_frame(highdicom, assume_empty):
    source = phantom.enhanced_ct(5, 10, 12)
    dataset = reread(derived_image(source, [3, 0, 2]))
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    uid = source.SOPInstanceUID
    for numbers in (None, [1, 2, 3, 4], [4, 1], [2], [3, 3]):
        same(
            ours.get_pixels_by_source_frame(uid, numbers, False, assume_empty),
            theirs.get_pixels_by_source_frame(uid, numbers, False, assume_empty),
        )
    if assume_empty:
        same(
            ours.get_pixels_by_source_frame(uid, [5, 9], False, True),
            theirs.get_pixels_by_source_frame(uid, [5, 9], False, True),
        )


def test_dimensions(highdicom):
    dataset = reread(phantom.enhanced_ct(5, 10, 12))
    ours, theirs = ik.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    pointers = theirs.dimension_index_pointers
    assert ours.dimension_index_pointers == pointers
    for count in range(1, len(pointers) + 1):
        for some in itertools.combinations(pointers, count):
            assert ours.are_dimension_indices_unique(some) == (
                theirs.are_dimension_indices_unique(some)
            )
    assert ours.number_of_frames == theirs.number_of_frames
    assert ours.is_indexable_as_total_pixel_matrix() is (
        theirs.is_indexable_as_total_pixel_matrix()
    )


@pytest.mark.parametrize("variant", ["axial", "oblique", "unsorted", "sagittal"])
def test_series(highdicom, variant):
    series = [reread(ds) for ds in phantom.ct_series(6, 16, 12, variant=variant)]
    for number, dataset in enumerate(series):
        dataset.RescaleSlope, dataset.RescaleIntercept = str(1 + number % 2), str(-1000 - number)
    for dtype in (np.float64, np.float32, np.int16, np.int32):
        same(
            ik.get_volume_from_series(series, dtype=dtype),
            highdicom.get_volume_from_series(series, dtype=dtype),
        )
    same(
        ik.get_volume_from_series(series, apply_modality_transform=False, dtype=np.uint16),
        highdicom.get_volume_from_series(series, apply_modality_transform=False, dtype=np.uint16),
    )
    same(ik.get_volume_from_series(series[:1]), highdicom.get_volume_from_series(series[:1]))


REAL = ["CT_small.dcm", "eCT_Supplemental.dcm", "liver.dcm", "MR_small.dcm", "image_dfl.dcm"]


@pytest.mark.parametrize("name", REAL)
def test_real_images(highdicom, name):
    path = pydicom.data.get_testdata_file(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    ours, theirs = ik.imread(path), highdicom.imread(path)
    expected = theirs.get_volume_geometry()
    found = ours.get_volume_geometry()
    assert (found is None) == (expected is None)
    if expected is not None:
        for arguments in ({}, {"row_start": 11, "row_end": 31, "column_start": -20}):
            switches = {"apply_real_world_transform": False, "dtype": np.float32, **arguments}
            same(ours.get_volume(**switches), theirs.get_volume(**switches))


FOLDER = Path(pydicom.data.__file__).parent / "test_files" / "dicomdirtests"
SERIES = ["77654033/CT2", "98892001/CT2N", "98892001/CT5N", "98892003/MR1", "98892003/MR2"]


@pytest.mark.parametrize("name", SERIES)
def test_real_series(highdicom, name):
    series = [dcmread(path) for path in sorted((FOLDER / name).iterdir())]
    try:
        expected = highdicom.get_volume_from_series(series)
    except ValueError:
        with pytest.raises(ValueError, match=r"regular|differ|common|place"):
            ik.get_volume_from_series(series)
        return
    same(ik.get_volume_from_series(series), expected)
