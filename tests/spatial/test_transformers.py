import numpy as np
import pytest

from iodkit.spatial import (
    ImageToImageTransformer,
    ImageToReferenceTransformer,
    PixelToPixelTransformer,
    PixelToReferenceTransformer,
    ReferenceToImageTransformer,
    ReferenceToPixelTransformer,
    are_points_coplanar,
    map_coordinate_into_pixel_matrix,
    map_pixel_into_coordinate_system,
)
from iodkit.testing import phantom
from referees import highdicom


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
