"""Rounding is repaired below stated errors, the same everywhere and at every scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.content import PlaneOrientationSequence
from iodkit.errors import GeometryError
from iodkit.spatial import (
    GeometryMismatchError,
    PixelToReferenceTransformer,
    VolumeGeometry,
    create_affine_matrix_from_attributes,
    create_rotation_matrix,
    orthonormal_cosines,
)
from rotations import random_affine, random_rotation


def test_orthogonality_is_restored_only_where_rounding_harmed_it():
    rounded = [0.707, 0.707, 0, -0.707, 0.707, 0]
    restored = orthonormal_cosines(rounded)
    assert np.allclose(restored @ restored.T, np.eye(2), atol=1e-12)
    exact = [0.8, 0.6, 0, -0.6, 0.8, 1e-6]
    assert orthonormal_cosines(exact).ravel().tolist() == exact
    with pytest.raises(GeometryError, match="orthogonal unit vectors"):
        orthonormal_cosines([1, 0, 0, 0.01, 1, 0])
    with pytest.raises(GeometryError):
        orthonormal_cosines([2, 0, 0, 0, 2, 0])
    for scale in (1e-4, 1, 1e3):
        skewed = np.diag([scale, scale, scale, 1.0])
        skewed[0, 1] = 0.01 * scale
        with pytest.raises(GeometryError):
            VolumeGeometry(skewed, (2, 2, 2), "PATIENT")
        skewed[0, 1] = 5e-5 * scale
        unit = VolumeGeometry(skewed, (2, 2, 2), "PATIENT").direction
        assert np.allclose(unit.T @ unit, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("spacing", [0.00025, 0.7])
def test_equality_means_the_same_at_every_scale(spacing):
    geometry = VolumeGeometry.from_components(
        (50, 512, 512),
        spacing=spacing,
        position=(100 * spacing, 0, 0),
        coordinate_system="PATIENT",
        patient_orientation="FPL",
    )

    def shifted(voxels):
        affine = geometry.affine
        affine[0, 3] += voxels * spacing
        return VolumeGeometry(affine, geometry.spatial_shape, "PATIENT")

    assert geometry.geometry_equal(shifted(0.001))
    assert not geometry.geometry_equal(shifted(0.05))
    assert not geometry.geometry_equal(shifted(0.001), tol=None)
    wider = geometry.affine
    wider[:, :3] *= 1.001
    assert not geometry.geometry_equal(VolumeGeometry(wider, geometry.spatial_shape, "PATIENT"))
    with pytest.raises(GeometryMismatchError, match="lattice"):
        geometry.match_geometry(shifted(0.3))
    assert geometry.match_geometry(shifted(3)).spatial_shape == geometry.spatial_shape


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.floats(-5, -2))
def test_what_can_be_written_can_be_computed_with(seed, magnitude):
    rng = np.random.default_rng(seed)
    cosines = random_rotation(rng)[:2].ravel() + rng.uniform(-1, 1, 6) * 10**magnitude
    results = []
    for make in (
        orthonormal_cosines,
        lambda c: PlaneOrientationSequence("PATIENT", c),
        lambda c: PixelToReferenceTransformer([0, 0, 0], c, [1, 1]),
        create_rotation_matrix,
    ):
        try:
            make(cosines.tolist())
            results.append(True)
        except GeometryError:
            results.append(False)
    assert len(set(results)) == 1


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 10**6),
    st.tuples(*[st.floats(-4, 1.5)] * 3),
    st.floats(-3, 3),
    st.tuples(st.integers(1, 600), st.integers(1, 2000), st.integers(1, 2000)),
)
def test_affines_survive_text_of_16_characters(seed, magnitudes, distance, shape):
    rng = np.random.default_rng(seed)
    affine = random_affine(rng)
    affine[:3, :3] *= 10 ** np.array(magnitudes) / np.linalg.norm(affine[:3, :3], axis=0)
    affine[:3, 3] = rng.uniform(-1, 1, 3) * 10**distance
    geometry = VolumeGeometry(affine, shape, "PATIENT")
    position, orientation, measures = (
        geometry.get_plane_position(0),
        geometry.get_plane_orientation(),
        geometry.get_pixel_measures(),
    )
    texts = [
        str(value)
        for item, keyword in (
            (position[0], "ImagePositionPatient"),
            (orientation[0], "ImageOrientationPatient"),
            (measures[0], "PixelSpacing"),
        )
        for value in item[keyword].value
    ]
    assert max(map(len, texts)) <= 16
    again = create_affine_matrix_from_attributes(
        [float(v) for v in texts[:3]],
        [float(v) for v in texts[3:9]],
        [float(v) for v in texts[9:]],
        float(str(measures[0].SpacingBetweenSlices)),
        index_convention="DR",
        slices_first=True,
        handedness=geometry.handedness,
    )
    # The farthest corner moves most: by what the last digits of the texts leave open.
    extent = np.linalg.norm(np.array(shape) * geometry.spacing)
    for corner in ([0, 0, 0, 1], [*(np.array(shape) - 1), 1]):
        error = np.linalg.norm((again - geometry.affine) @ np.array(corner))
        assert error < max(1e-6 * min(geometry.spacing), 1e-13 * extent)
    unit = again[:3, :3] / np.linalg.norm(again[:3, :3], axis=0)
    assert np.allclose(unit.T @ unit, np.eye(3), atol=1e-12)
