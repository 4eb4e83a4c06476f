"""Interpolation is asked for by name, keeps labels, and agrees with SimpleITK."""

import numpy as np
import pytest

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.spatial import GeometryMismatchError, Volume, VolumeGeometry
from referees import library
from rotations import random_affine, random_rotation


def smooth_volume(rng, shape=(9, 11, 13), dtype=np.float64):
    grid = np.meshgrid(*[np.linspace(0, 3, n) for n in shape], indexing="ij")
    array = 100 * np.sin(grid[0]) + 50 * np.cos(grid[1] * 2) + 30 * grid[2]
    return Volume(array.astype(dtype), random_affine(rng), "PATIENT")


def target_grid(volume, rng, *, oblique):
    direction = volume.direction
    if oblique:
        turn = random_rotation(rng)
        direction = turn @ direction
    return VolumeGeometry.from_components(
        rng.integers(3, 15, 3),
        spacing=np.array(volume.spacing) * rng.uniform(0.4, 1.7, 3),
        coordinate_system="PATIENT",
        center_position=volume.center_position,
        direction=direction,
    )


@pytest.mark.parametrize("method", ["NEAREST", "LINEAR"])
def test_the_same_grid_gives_the_same_values(method):
    volume = smooth_volume(np.random.default_rng(0))
    assert np.allclose(volume.resample(volume, interpolation=method).array, volume.array)
    turned = volume.get_geometry().permute_spatial_axes((2, 0, 1)).flip_spatial((0, 2))
    found = volume.resample(turned, interpolation=method)
    assert np.allclose(found.array, volume.match_geometry(turned).array)
    assert found.geometry_equal(turned, tol=None)


@pytest.mark.referee
@pytest.mark.parametrize("oblique", [False, True])
@pytest.mark.parametrize("method", ["NEAREST", "LINEAR"])
@pytest.mark.parametrize("seed", range(4))
def test_simpleitk_computes_the_same(method, oblique, seed):
    sitk = library("SimpleITK", "SimpleITK")
    rng = np.random.default_rng(seed)
    volume = smooth_volume(rng)
    target = target_grid(volume, rng, oblique=oblique)
    ours = volume.resample(target, interpolation=method, constant_value=-7)
    reference = target.with_array(np.zeros(target.spatial_shape)).to_simpleitk()
    how = {"NEAREST": sitk.sitkNearestNeighbor, "LINEAR": sitk.sitkLinear}[method]
    theirs = sitk.Resample(volume.to_simpleitk(), reference, sitk.Transform(), how, -7.0)
    expected = Volume.from_simpleitk(theirs).array
    differs = ~np.isclose(ours.array, expected, atol=1e-6)
    # Points within rounding of a border or of the middle between voxels may go either way.
    assert differs.mean() <= (0.002 if method == "LINEAR" else 0.01)


def test_a_linear_function_is_reproduced_at_every_point():
    rng = np.random.default_rng(3)
    shape = (12, 10, 8)
    indices = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1).reshape(-1, 3)
    geometry = VolumeGeometry(random_affine(rng), shape, "PATIENT")
    weights = rng.normal(size=3)
    values = (geometry.map_indices_to_reference(indices) @ weights).reshape(shape)
    volume = geometry.with_array(values)
    target = target_grid(volume, rng, oblique=True)
    inside = volume.resample(target, interpolation="LINEAR", constant_value=np.nan)
    places = np.argwhere(~np.isnan(inside.array))
    source = volume.map_reference_to_indices(target.map_indices_to_reference(places))
    deep = ((source >= 0) & (source <= np.array(shape) - 1)).all(axis=1)
    expected = target.map_indices_to_reference(places[deep]) @ weights
    assert deep.sum() > 20
    assert np.allclose(inside.array[tuple(places[deep].T)], expected)


def test_labels_are_not_mixed():
    rng = np.random.default_rng(1)
    labels = smooth_volume(rng, dtype=np.int16)
    with pytest.raises(InvalidTypeError, match="NEAREST"):
        labels.resample(1.0, interpolation="LINEAR")
    found = labels.resample(np.array(labels.spacing) * 0.6, interpolation="nearest")
    assert found.dtype == np.int16
    assert set(np.unique(found.array)) <= set(np.unique(labels.array))
    asked = labels.resample(labels, interpolation="LINEAR", allow_integers=True)
    assert asked.dtype.kind == "f"


def test_the_method_has_no_default():
    with pytest.raises(TypeError):
        smooth_volume(np.random.default_rng(1)).resample(1.0)


def test_new_spacing_keeps_centre_and_extent():
    volume = smooth_volume(np.random.default_rng(2))
    found = volume.resample(np.array(volume.spacing) / 2, interpolation="LINEAR")
    assert found.spatial_shape == tuple(2 * n for n in volume.spatial_shape)
    assert np.allclose(found.center_position, volume.center_position)
    assert np.allclose(found.physical_extent, volume.physical_extent)


def test_channels_stay():
    volume = smooth_volume(np.random.default_rng(2))
    both = volume.with_array(
        np.stack([volume.array, -volume.array], axis=-1), {"SegmentNumber": [4, 9]}
    )
    for oblique in (False, True):
        target = target_grid(volume, np.random.default_rng(5), oblique=oblique)
        found = both.resample(target, interpolation="LINEAR")
        single = volume.resample(target, interpolation="LINEAR")
        assert found.get_channel_values("SegmentNumber") == [4, 9]
        assert np.allclose(found.get_channel(SegmentNumber=4).array, single.array)
        assert np.allclose(found.get_channel(SegmentNumber=9).array, -single.array)


def test_what_cannot_be_resampled():
    volume = smooth_volume(np.random.default_rng(2))
    elsewhere = VolumeGeometry(volume.affine, (2, 2, 2), "SLIDE")
    with pytest.raises(GeometryMismatchError):
        volume.resample(elsewhere, interpolation="NEAREST")
    with pytest.raises(InvalidValueError):
        volume.resample(volume, interpolation="CUBIC")
    with pytest.raises(InvalidValueError):
        volume.resample(0.0, interpolation="NEAREST")


def test_foreground_is_found_and_cropped():
    array = np.zeros((6, 7, 8), np.uint8)
    array[2, 3:5, 4] = 3
    volume = Volume(array, random_affine(np.random.default_rng(3)), "PATIENT")
    assert volume.get_bounding_box() == (slice(2, 3), slice(3, 5), slice(4, 5))
    part = volume.crop_to_foreground(margin=1)
    assert part.spatial_shape == (3, 4, 3)
    assert np.shares_memory(part.array, array)
    assert part.match_geometry(volume).array.tolist() == array.tolist()
    assert volume.get_bounding_box(3) is None
    assert volume.crop_to_foreground(lambda a: a == 3).spatial_shape == (1, 2, 1)
    with pytest.raises(NotFoundError):
        volume.crop_to_foreground(3)
    with pytest.raises(InvalidValueError):
        volume.crop_to_foreground(lambda a: a[0] == 3)
