import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.spatial import (
    ImageToImageTransformer,
    ImageToReferenceTransformer,
    PixelToPixelTransformer,
    PixelToReferenceTransformer,
    ReferenceToImageTransformer,
    ReferenceToPixelTransformer,
    VolumeGeometry,
    VolumeToVolumeTransformer,
    are_points_coplanar,
    map_coordinate_into_pixel_matrix,
    map_pixel_into_coordinate_system,
)
from iodkit.testing import phantom
from referees import highdicom
from rotations import affines


@pytest.fixture(params=["axial", "oblique", "sagittal"])
def images(request):
    series = phantom.ct_series(4, 20, 16, variant=request.param)
    return series[0], series[2]


def points(seed):
    return np.random.default_rng(seed).uniform(0, 15, (50, 2))


def test_there_and_back(images):
    image, _ = images
    there = ImageToReferenceTransformer.for_image(image)(points(1))
    back = ReferenceToImageTransformer.for_image(image)(there)
    assert np.allclose(back[:, :2], points(1), atol=1e-4)
    assert np.allclose(back[:, 2], 0, atol=1e-4)
    pixels = points(2).astype(int)
    there = PixelToReferenceTransformer.for_image(image)(pixels)
    assert np.array_equal(ReferenceToPixelTransformer.for_image(image)(there)[:, :2], pixels)


def test_the_first_pixel_is_at_the_image_position(images):
    image, _ = images
    found = PixelToReferenceTransformer.for_image(image)(np.array([[0, 0]]))
    assert np.allclose(found[0], [float(v) for v in image.ImagePositionPatient])
    corner = ImageToReferenceTransformer.for_image(image)(np.array([[0.5, 0.5]]))
    assert np.allclose(corner, found)


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore")
def test_highdicom_maps_the_same(images):
    spatial = highdicom().spatial
    image, _other = images
    pixels, coordinates = points(3).astype(int), points(4)
    for ours, theirs, values in (
        (PixelToReferenceTransformer, spatial.PixelToReferenceTransformer, pixels),
        (ImageToReferenceTransformer, spatial.ImageToReferenceTransformer, coordinates),
        (
            ReferenceToPixelTransformer,
            spatial.ReferenceToPixelTransformer,
            np.c_[coordinates, coordinates[:, :1]],
        ),
        (
            ReferenceToImageTransformer,
            spatial.ReferenceToImageTransformer,
            np.c_[coordinates, coordinates[:, :1]],
        ),
    ):
        found, expected = ours.for_image(image)(values), theirs.for_image(image)(values)
        assert found.dtype == expected.dtype
        assert np.allclose(found, expected)
    same = (image, image)
    for ours, theirs, values in (
        (PixelToPixelTransformer, spatial.PixelToPixelTransformer, pixels),
        (ImageToImageTransformer, spatial.ImageToImageTransformer, coordinates),
    ):
        assert np.allclose(ours.for_images(*same)(values), theirs.for_images(*same)(values))


def test_single_points(images):
    image, _ = images
    arguments = (image.ImagePositionPatient, image.ImageOrientationPatient, image.PixelSpacing)
    point = map_pixel_into_coordinate_system((3, 5), *arguments)
    assert map_coordinate_into_pixel_matrix(point, *arguments)[:2] == (3, 5)


def test_points_in_a_plane():
    flat = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [5, 7, 1]], float)
    assert are_points_coplanar(flat)
    flat[3, 2] = 2
    assert not are_points_coplanar(flat)


def plane_of(affine):
    """Position, orientation and pixel spacing of the first two axes of a grid."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    unit = affine[:3, :3] / spacing
    cosines = [*unit[:, 0], *unit[:, 1]]
    return affine[:3, 3].tolist(), cosines, [spacing[1], spacing[0]]


def through(matrix, points):
    """Apply a matrix to points; coordinates that planes do not have are zero."""
    padded = np.zeros((len(points), 4))
    padded[:, : points.shape[1]] = points
    padded[:, 3] = 1
    return (padded @ matrix.T)[:, :3]


PIXELS = st.lists(st.tuples(*[st.integers(-1000, 1000)] * 2), min_size=1, max_size=8)


@settings(deadline=None, max_examples=100)
@given(affines(), affines(), PIXELS)
def test_chains_equal_composed_affines(one, other, pixels):
    here, there = plane_of(one), plane_of(other)
    pixels = np.array(pixels)
    first, last = (
        PixelToReferenceTransformer(*here),
        ReferenceToPixelTransformer(*there, 1.0, round_output=False),
    )
    scale = max(1, np.abs(last.affine).max()) * 1e4
    chained = last(first(pixels))
    assert np.allclose(chained, through(last.affine @ first.affine, pixels), atol=1e-10 * scale)
    first, last = ImageToReferenceTransformer(*here), ReferenceToImageTransformer(*there)
    chained = last(first(pixels + 0.25))
    composed = through(last.affine @ first.affine, pixels + 0.25)
    assert np.allclose(chained, composed, atol=1e-10 * scale)


@settings(deadline=None, max_examples=60)
@given(affines(), affines(), affines(), st.lists(st.tuples(*[st.floats(-50, 50)] * 3), min_size=1))
def test_chains_of_volumes_equal_composed_affines(first, second, third, points):
    a, b, c = (VolumeGeometry(m, (3, 4, 5), "PATIENT") for m in (first, second, third))
    points = np.array(points)
    ab, bc = VolumeToVolumeTransformer(a, b), VolumeToVolumeTransformer(b, c)
    scale = max(1, np.abs(bc.affine).max()) * max(1, np.abs(ab.affine).max()) * 1e3
    direct = VolumeToVolumeTransformer(a, c)(points)
    assert np.allclose(bc(ab(points)), direct, atol=1e-12 * scale)
    assert np.allclose(through(bc.affine @ ab.affine, points), direct, atol=1e-12 * scale)
    back = VolumeToVolumeTransformer(b, a)(ab(points))
    assert np.allclose(back, points, atol=1e-9 * max(1, np.abs(ab.affine).max()))


@settings(deadline=None, max_examples=60)
@given(affines(), st.integers(-200, 200), st.integers(-200, 200), st.booleans(), PIXELS)
def test_between_planes_is_there_and_back_through_space(place, right, down, turned, pixels):
    position, cosines, spacing = plane_of(place)
    to_space = PixelToReferenceTransformer(position, cosines, spacing)
    corner = to_space(np.array([[right, down]]))[0].tolist()
    other = (
        (corner, [*cosines[3:], *cosines[:3]], spacing[::-1])
        if turned
        else (corner, cosines, spacing)
    )
    pixels = np.array(pixels)
    between = PixelToPixelTransformer(position, cosines, spacing, *other, round_output=False)
    expected = ReferenceToPixelTransformer(*other, round_output=False)(to_space(pixels))
    assert np.allclose(between(pixels), expected[:, :2], atol=1e-6 * max(1, 1e-3 / min(spacing)))
    assert np.allclose(expected[:, 2], 0, atol=1e-8)
    points = pixels + 0.75
    images = ImageToImageTransformer(position, cosines, spacing, *other)
    there = ImageToReferenceTransformer(position, cosines, spacing)(points)
    expected = ReferenceToImageTransformer(*other)(there)[:, :2]
    assert np.allclose(images(points), expected, atol=1e-6 * max(1, 1e-3 / min(spacing)))
