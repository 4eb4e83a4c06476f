import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iodkit as ik
from iodkit.errors import GeometryError
from iodkit.spatial import (
    NotAVolumeError,
    StackKind,
    VolumeGeometry,
    create_affine_matrix_from_attributes,
    describe_positions,
    describe_stack,
    sort_datasets,
)
from iodkit.testing import phantom
from referees import highdicom, sitk_series

ANGLES = st.floats(-3.1, 3.1)
SPACINGS = st.tuples(*[st.floats(0.001, 20)] * 3)
POSITIONS = st.tuples(*[st.floats(-500, 500)] * 3)


def rotation(a, b, c):
    def turn(axis, angle):
        matrix = np.eye(3)
        i, j = [k for k in range(3) if k != axis]
        matrix[i, i] = matrix[j, j] = np.cos(angle)
        matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
        return matrix

    return turn(0, a) @ turn(1, b) @ turn(2, c)


@st.composite
def volumes(draw):
    direction = rotation(draw(ANGLES), draw(ANGLES), draw(ANGLES))
    direction = direction[:, list(draw(st.permutations(range(3))))]
    direction = direction * draw(st.tuples(*[st.sampled_from((-1, 1))] * 3))
    affine = np.eye(4)
    affine[:3, :3] = direction * draw(SPACINGS)
    affine[:3, 3] = draw(POSITIONS)
    shape = draw(st.tuples(*[st.integers(1, 5)] * 3))
    array = np.arange(np.prod(shape)).reshape(shape)
    return ik.Volume(array, affine, "PATIENT", "2.25.1")


def voxels(volume):
    """Position and value of every voxel."""
    indices = np.array(list(itertools.product(*map(range, volume.spatial_shape))))
    return volume.map_indices_to_reference(indices), volume.array[tuple(indices.T)]


def assert_same_voxels(one, other):
    """The same values at the same places, whatever the order of the axes."""
    (here, values), (there, others) = voxels(one), voxels(other)
    order, other_order = np.argsort(values), np.argsort(others)
    assert values[order].tolist() == others[other_order].tolist()
    scale = max(one.spacing)
    assert np.abs(here[order] - there[other_order]).max() < 1e-6 * max(scale, 1)


@settings(deadline=None, max_examples=60)
@given(volumes(), st.permutations(range(3)), st.sets(st.integers(0, 2)))
def test_turning_keeps_every_voxel_at_its_place(volume, axes, flipped):
    turned = volume.permute_spatial_axes(axes)
    if flipped:
        turned = turned.flip_spatial(sorted(flipped))
    assert_same_voxels(volume, turned)
    assert np.shares_memory(turned.array, volume.array)


@settings(deadline=None, max_examples=40)
@given(volumes(), st.integers(0, 3), st.integers(0, 3))
def test_padding_and_cropping_keep_every_voxel_at_its_place(volume, before, after):
    padded = volume.pad([before, after], constant_value=-1)
    points, values = voxels(padded)
    keep = values >= 0
    order = np.argsort(values[keep])
    assert np.allclose(points[keep][order], voxels(volume)[0], atol=1e-6)
    assert padded.crop_to_spatial_shape(padded.spatial_shape).array.shape == padded.array.shape
    part = volume[volume.spatial_shape[0] // 2 :]
    assert np.isin(part.array, volume.array).all()


@settings(deadline=None, max_examples=60)
@given(volumes(), st.data())
def test_there_and_back(volume, data):
    point = np.array([data.draw(st.tuples(*[st.floats(-50, 50)] * 3))])
    there = volume.map_indices_to_reference(point)
    assert np.allclose(volume.map_reference_to_indices(there), point, atol=1e-4)


@settings(deadline=None, max_examples=40)
@given(volumes(), st.integers(2, 9), st.randoms(use_true_random=False))
def test_planes_in_any_order_give_one_volume(volume, count, random):
    geometry = VolumeGeometry(volume.affine, (count, 4, 5), "PATIENT", "2.25.1")
    positions = geometry.map_indices_to_reference(
        np.stack([np.arange(count), np.zeros(count), np.zeros(count)], axis=1)
    )
    order = list(range(count))
    random.shuffle(order)
    report = describe_positions(positions[order], geometry.direction_cosines)
    assert report.kind is StackKind.REGULAR
    assert report.spacing == pytest.approx(geometry.spacing_between_slices, rel=1e-6)
    found = report.geometry(4, 5, geometry.pixel_spacing, "PATIENT")
    there = found.map_indices_to_reference(
        np.array([[p, 0, 0] for p in report.volume_positions], float)
    )
    assert np.allclose(there, positions[order], atol=1e-5 * max(1, geometry.spacing[0]))


KINDS = {
    "axial": StackKind.REGULAR,
    "oblique": StackKind.REGULAR,
    "unsorted": StackKind.REGULAR,
    "tilted": StackKind.TILTED,
    "gapped": StackKind.MISSING_PLANES,
    "duplicated": StackKind.REPEATED_STACKS,
}


@pytest.mark.parametrize("variant", KINDS)
def test_what_a_series_is_is_said(variant):
    series = phantom.ct_series(8, 16, 16, variant=variant)
    report = describe_stack(series)
    assert report.kind is KINDS[variant]
    assert str(report)
    if report.kind is StackKind.REGULAR:
        assert ik.get_volume_from_series(series).spatial_shape == (8, 16, 16)
    else:
        with pytest.raises(NotAVolumeError) as caught:
            ik.get_volume_from_series(series)
        assert caught.value.report.kind is report.kind
        assert isinstance(caught.value, GeometryError)


@pytest.mark.parametrize("spacing", [0.0005, 1.0])
def test_tolerances_do_not_depend_on_scale(spacing):
    z = np.arange(6) * spacing
    z[3] += 0.2 * spacing
    positions = np.stack([np.zeros(6), np.zeros(6), z], axis=1)
    report = describe_positions(positions, [1, 0, 0, 0, 1, 0])
    assert report.kind is StackKind.VARYING_SPACING


def test_a_doubled_gap_is_seen():
    z = [0.0, 1.6, 3.2, 6.4, 8.0]
    report = describe_positions([[0, 0, v] for v in z], [1, 0, 0, 0, 1, 0])
    assert report.kind is StackKind.MISSING_PLANES
    assert report.spacing == pytest.approx(1.6)
    assert len(report.missing_positions) == 1


@pytest.mark.referee
@pytest.mark.parametrize("variant", ["axial", "oblique", "sagittal", "coronal", "unsorted"])
def test_simpleitk_finds_our_voxels_at_their_places(variant, tmp_path):
    series = phantom.ct_series(8, 24, 20, variant=variant)
    volume = ik.get_volume_from_series(series)
    paths = []
    for index, ds in enumerate(sort_datasets(series)):
        paths.append(tmp_path / f"{index}.dcm")
        ds.save_as(paths[-1], enforce_file_format=True)
    image = sitk_series(paths)
    rng = np.random.default_rng(2)
    for index in rng.integers(0, volume.spatial_shape, (50, 3)):
        point = volume.map_indices_to_reference(index[np.newaxis].astype(float))[0]
        continuous = image.TransformPhysicalPointToContinuousIndex(point.tolist())
        assert np.allclose(continuous, np.rint(continuous), atol=1e-3)
        there = [round(v) for v in continuous]
        assert image.GetPixel(there) == volume.array[tuple(index)]


@pytest.mark.referee
@pytest.mark.parametrize("variant", ["axial", "oblique", "sagittal", "coronal", "unsorted"])
@pytest.mark.filterwarnings("ignore")
def test_highdicom_makes_the_same_volume(variant):
    series = phantom.ct_series(8, 24, 20, variant=variant)
    ours, theirs = ik.get_volume_from_series(series), highdicom().get_volume_from_series(series)
    assert np.array_equal(ours.array, theirs.array)
    assert ours.array.dtype == theirs.array.dtype
    assert np.allclose(ours.affine, theirs.affine, atol=1e-6)


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore")
def test_affines_are_those_of_highdicom():
    hd = highdicom()
    rng = np.random.default_rng(4)
    for _ in range(30):
        turn = rotation(*rng.uniform(-3, 3, 3))
        arguments = {
            "image_position": rng.uniform(-300, 300, 3).tolist(),
            "image_orientation": [*turn[:, 0], *turn[:, 1]],
            "pixel_spacing": rng.uniform(0.1, 3, 2).tolist(),
            "spacing_between_slices": float(rng.uniform(0.1, 5)),
            "index_convention": ("RD", "DR")[rng.integers(2)],
            "slices_first": bool(rng.integers(2)),
            "handedness": ("LEFT_HANDED", "RIGHT_HANDED")[rng.integers(2)],
        }
        expected = hd.spatial.create_affine_matrix_from_attributes(**arguments)
        assert np.allclose(create_affine_matrix_from_attributes(**arguments), expected)
