"""Other libraries find our voxels where we say they are, by their own functions."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.errors import GeometryError, MissingDependencyError, UnsupportedError
from iodkit.spatial import ChannelDescriptor, Volume
from referees import library
from rotations import AXIS_ORIENTATIONS, affines, random_affine

pytestmark = pytest.mark.filterwarnings("ignore")


def random_volume(seed, dtype=np.int16, channels=None):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 9, 3)) + (() if channels is None else (channels,))
    array = rng.integers(0, 100, shape).astype(dtype)
    described = None if channels is None else {"SegmentNumber": list(range(1, channels + 1))}
    return Volume(array, random_affine(rng), "PATIENT", "2.25.7", described)


def random_indices(volume, seed):
    return np.random.default_rng(seed).integers(0, volume.spatial_shape, (20, 3))


@pytest.mark.referee
@pytest.mark.parametrize("seed", range(12))
def test_simpleitk_agrees(seed):
    library("SimpleITK", "SimpleITK")
    volume = random_volume(seed)
    image = volume.to_simpleitk()
    for index in random_indices(volume, seed).tolist():
        point = volume.map_indices_to_reference(np.array([index]))[0]
        assert np.allclose(image.TransformIndexToPhysicalPoint(index), point, atol=1e-6)
        assert image.GetPixel(index) == volume.array[tuple(index)]
    back = Volume.from_simpleitk(image, frame_of_reference_uid="2.25.7")
    assert np.array_equal(back.array, volume.array)
    assert back.dtype == volume.dtype
    assert np.allclose(back.affine, volume.affine, atol=1e-9)
    assert back.geometry_equal(volume)


@pytest.mark.referee
@pytest.mark.parametrize("seed", range(12))
def test_itk_agrees(seed):
    itk = library("itk", "itk-core")
    volume = random_volume(seed, np.float32)
    image = volume.to_itk()
    assert itk.size(image) == list(volume.spatial_shape)
    for index in random_indices(volume, seed).tolist():
        point = volume.map_indices_to_reference(np.array([index]))[0]
        found = np.array(list(image.TransformIndexToPhysicalPoint(index)))
        assert np.allclose(found, point, atol=1e-6)
        assert image.GetPixel(index) == volume.array[tuple(index)]
    back = Volume.from_itk(image)
    assert np.array_equal(back.array, volume.array)
    assert np.allclose(back.affine, volume.affine, atol=1e-9)


@pytest.mark.referee
@pytest.mark.parametrize("seed", range(12))
def test_nibabel_agrees(seed):
    nibabel = library("nibabel", "nibabel")
    volume = random_volume(seed)
    image = volume.to_nibabel()
    for index in random_indices(volume, seed).tolist():
        point = volume.map_indices_to_reference(np.array([index]))[0]
        found = nibabel.affines.apply_affine(image.affine, index)
        assert np.allclose(found * (-1, -1, 1), point, atol=1e-6)
        assert image.dataobj[tuple(index)] == volume.array[tuple(index)]
    back = Volume.from_nibabel(image)
    assert np.array_equal(back.array, volume.array)
    assert np.allclose(back.affine, volume.affine, atol=1e-9)


SHAPE = (3, 4, 5)


def placed(affine, dtype=np.float32):
    array = np.arange(np.prod(SHAPE), dtype=dtype).reshape(SHAPE)
    return Volume(array, affine, "PATIENT", "2.25.7")


def physical_points(volume, indices):
    """Where three libraries have voxels of the volume, by functions of their own, in LPS."""
    nibabel = library("nibabel", "nibabel")
    library("SimpleITK", "SimpleITK")
    library("itk", "itk-core")
    nifti, simple, itk = volume.to_nibabel(), volume.to_simpleitk(), volume.to_itk()
    yield nibabel.affines.apply_affine(nifti.affine, indices) * (-1, -1, 1)
    yield [simple.TransformIndexToPhysicalPoint(index) for index in indices.tolist()]
    yield [list(itk.TransformIndexToPhysicalPoint(index)) for index in indices.tolist()]


@pytest.mark.referee
@settings(deadline=None, max_examples=100)
@given(affines(), st.lists(st.tuples(*(st.integers(0, n - 1) for n in SHAPE)), min_size=1))
def test_three_libraries_have_voxels_of_any_grid_where_we_have_them(affine, voxels):
    volume = placed(affine)
    expected = volume.map_indices_to_reference(np.array(voxels))
    for points in physical_points(volume, np.array(voxels)):
        assert np.abs(np.array(points) - expected).max() < 1e-6


@pytest.mark.referee
@pytest.mark.parametrize("straight", AXIS_ORIENTATIONS)
def test_three_libraries_agree_for_all_48_orientations(straight):
    affine = np.eye(4)
    affine[:3, :3] = straight * (0.5, 1.5, 7)
    affine[:3, 3] = (-120, 30, -250)
    volume = placed(affine)
    corners = np.argwhere(np.ones((2, 2, 2))) * (2, 3, 4)
    for points in physical_points(volume, corners):
        assert np.abs(np.array(points) - volume.map_indices_to_reference(corners)).max() < 1e-6


@pytest.mark.referee
@settings(deadline=None, max_examples=50)
@given(affines())
def test_images_made_by_simpleitk_keep_their_points(affine):
    sitk = library("SimpleITK", "SimpleITK")
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    image = sitk.Image([3, 4, 5], sitk.sitkInt16)
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(affine[:3, 3].tolist())
    image.SetDirection((affine[:3, :3] / spacing).ravel().tolist())
    image[2, 1, 4] = 7
    volume = Volume.from_simpleitk(image)
    assert volume.array[2, 1, 4] == 7
    point = volume.map_indices_to_reference(np.array([[2, 1, 4]]))[0]
    assert np.abs(np.array(image.TransformIndexToPhysicalPoint((2, 1, 4))) - point).max() < 1e-6


@pytest.mark.referee
@pytest.mark.parametrize("seed", range(6))
def test_other_programs_find_voxels_of_nifti_files_in_their_places(seed, tmp_path):
    nibabel = library("nibabel", "nibabel")
    sitk = library("SimpleITK", "SimpleITK")
    volume = random_volume(seed)
    for kind in ("Nifti2Image", "Nifti1Image"):
        image = volume.to_nibabel(kind)
        assert int(image.header["sform_code"]) == int(image.header["qform_code"]) == 1
        assert np.array_equal(image.affine, volume.get_affine("RAS"))
    nibabel.save(image, tmp_path / "volume.nii")
    read = sitk.ReadImage(str(tmp_path / "volume.nii"))
    for index in random_indices(volume, seed).tolist():
        point = volume.map_indices_to_reference(np.array([index]))[0]
        # Quaternions and offsets are in single precision.
        assert np.allclose(read.TransformIndexToPhysicalPoint(index), point, atol=1e-3)
        assert read.GetPixel(index) == volume.array[tuple(index)]


@pytest.mark.referee
@pytest.mark.parametrize("orientation", ["FPL", "LPH", "HAR", "PFR", "RAH"])
def test_names_of_axes_are_those_of_nibabel(orientation):
    nibabel = library("nibabel", "nibabel")
    volume = random_volume(2).to_patient_orientation(orientation)
    plain = Volume.from_components(
        volume.array,
        spacing=(1, 2, 3),
        position=(5, 6, 7),
        coordinate_system="PATIENT",
        patient_orientation=orientation,
    )
    codes = nibabel.aff2axcodes(plain.to_nibabel().affine)
    assert "".join(codes).replace("S", "H").replace("I", "F") == orientation


@pytest.mark.referee
def test_files_of_nibabel_keep_places(tmp_path):
    nibabel = library("nibabel", "nibabel")
    for name in ("Nifti1Image", "Nifti2Image"):
        volume = random_volume(3)
        nibabel.save(volume.to_nibabel(name), tmp_path / f"{name}.nii")
        back = Volume.from_nibabel(nibabel.load(tmp_path / f"{name}.nii"))
        assert np.array_equal(back.array, volume.array)
        assert back.geometry_equal(volume)


@pytest.mark.referee
def test_nifti_in_other_units_is_converted_to_millimetres():
    library("nibabel", "nibabel")
    image = random_volume(4).to_nibabel()
    image.header.set_xyzt_units("micron")
    assert np.allclose(Volume.from_nibabel(image).spacing, np.array(random_volume(4).spacing) / 1e3)


@pytest.mark.referee
@pytest.mark.parametrize("dtype", [bool, np.float16, np.uint8, np.int64, np.uint16, np.float64])
def test_dtypes_that_others_lack_are_widened(dtype):
    library("nibabel", "nibabel")
    library("SimpleITK", "SimpleITK")
    volume = random_volume(5, dtype)
    for back in (
        Volume.from_simpleitk(volume.to_simpleitk()),
        Volume.from_nibabel(volume.to_nibabel()),
    ):
        assert np.array_equal(back.array, volume.array)
        assert back.dtype.itemsize >= volume.dtype.itemsize


@pytest.mark.referee
@pytest.mark.parametrize("kind", ["simpleitk", "nibabel", "itk"])
@pytest.mark.parametrize("seed", range(3))
def test_one_axis_of_channels_is_kept_as_components(kind, seed):
    library("nibabel", "nibabel")
    volume = random_volume(seed, channels=3)
    image = getattr(volume, f"to_{kind}")()
    back = getattr(Volume, f"from_{kind}")(image)
    assert np.array_equal(back.array, volume.array)
    assert np.allclose(back.affine, volume.affine, atol=1e-9)
    assert back.get_channel_values("Component") == [0, 1, 2]
    two = volume.with_array(
        volume.array[..., None], {"SegmentNumber": [1, 2, 3], "DiffusionBValue": [5]}
    )
    with pytest.raises(UnsupportedError, match="one axis"):
        getattr(two, f"to_{kind}")()
    # Components lie where the voxel lies.
    for index in random_indices(volume, seed)[:5].tolist():
        point = volume.map_indices_to_reference(np.array([index]))[0]
        if kind == "nibabel":
            found = image.affine @ [*index, 1]
            assert np.allclose(found[:3] * (-1, -1, 1), point, atol=1e-6)
            assert np.array_equal(image.dataobj[tuple(index)], volume.array[tuple(index)])
        else:
            assert np.allclose(list(image.TransformIndexToPhysicalPoint(index)), point, atol=1e-6)
            assert list(image.GetPixel(index)) == volume.array[tuple(index)].tolist()


@pytest.mark.referee
def test_a_dtype_that_itk_has_not_been_built_with_is_named():
    library("itk", "itk-core")
    with pytest.raises(UnsupportedError, match="int64"):
        random_volume(1, np.int64).to_itk()
    assert Volume.from_itk(random_volume(1, np.bool_).to_itk()).dtype == np.uint8


@pytest.mark.referee
@pytest.mark.parametrize("flipped", [False, True])
def test_both_handednesses_are_converted(flipped):
    library("nibabel", "nibabel")
    volume = random_volume(9).ensure_handedness("RIGHT_HANDED", flip_axis=0)
    if flipped:
        volume = volume.flip_spatial(1)
    sign = -1 if flipped else 1
    simple, nifti = volume.to_simpleitk(), volume.to_nibabel()
    assert np.sign(np.linalg.det(np.array(simple.GetDirection()).reshape(3, 3))) == sign
    assert np.sign(np.linalg.det(nifti.affine[:3, :3])) == sign
    for back in (
        Volume.from_simpleitk(simple),
        Volume.from_nibabel(nifti),
        Volume.from_itk(volume.to_itk()),
    ):
        assert back.handedness is volume.handedness
        assert back.geometry_equal(volume)


@pytest.mark.referee
def test_images_that_are_no_volumes_are_refused():
    sitk = library("SimpleITK", "SimpleITK")
    nibabel = library("nibabel", "nibabel")
    with pytest.raises(GeometryError):
        Volume.from_simpleitk(sitk.Image(3, 3, sitk.sitkUInt8))
    sheared = np.eye(4)
    sheared[0, 1] = 0.3
    with pytest.raises(GeometryError):
        Volume.from_nibabel(nibabel.Nifti1Image(np.zeros((2, 2, 2), np.uint8), sheared))


@pytest.mark.parametrize(
    ("method", "module"),
    [
        ("to_simpleitk", "SimpleITK"),
        ("to_nibabel", "nibabel"),
        ("to_itk", "itk"),
        ("to_xarray", "xarray"),
    ],
)
def test_a_missing_library_is_named(method, module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match="pip install"):
        getattr(random_volume(1), method)()


def test_xarray_loses_nothing():
    pytest.importorskip("xarray", reason="xarray is not installed: pip install xarray")
    volume = random_volume(8, channels=2)
    data = volume.to_xarray()
    assert data.dims == ("slice", "row", "column", "SegmentNumber")
    back = Volume.from_xarray(data)
    assert np.array_equal(back.array, volume.array)
    assert back.geometry_equal(volume, tol=1e-9)
    assert back.channel_descriptors == (ChannelDescriptor("SegmentNumber"),)
    assert back.frame_of_reference_uid == "2.25.7"
    part = Volume.from_xarray(data.isel(row=slice(None, None, -1), column=slice(1, None)))
    assert part.geometry_equal(volume[:, ::-1, 1:])
    with pytest.raises(GeometryError):
        Volume.from_xarray(data.isel(row=0))
