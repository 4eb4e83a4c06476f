"""Single points between image planes and reference coordinates, and points in one plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import COPLANAR_TOLERANCE
from iodkit.errors import InvalidValueError
from iodkit.spatial.affine import create_affine_matrix_from_attributes
from iodkit.spatial.from_reference import ReferenceToPixelTransformer
from iodkit.spatial.mapping import apply_affine
from iodkit.spatial.vectors import as_points, as_vector

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = [
    "are_points_coplanar",
    "map_coordinate_into_pixel_matrix",
    "map_pixel_into_coordinate_system",
]


def map_pixel_into_coordinate_system(
    index: Sequence[int],
    image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
) -> tuple[float, float, float]:
    """Map one pixel index to reference coordinates.

    Parameters
    ----------
    index : Sequence[int]
        Column and row, from zero; fractions lie between the centres of pixels.
    image_position, image_orientation, pixel_spacing
        As in `PixelToReferenceTransformer`.

    Returns
    -------
    tuple[float, float, float]
        Coordinates in mm.
    """
    plane = create_affine_matrix_from_attributes(image_position, image_orientation, pixel_spacing)
    x, y, z = apply_affine(plane, as_vector(index, 2, "index")[np.newaxis])[0].tolist()
    return (x, y, z)


def map_coordinate_into_pixel_matrix(
    coordinate: Sequence[float],
    image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
    spacing_between_slices: float = 1.0,
) -> tuple[int, int, int]:
    """Map one point in reference coordinates to the nearest pixel.

    Parameters
    ----------
    coordinate : Sequence[float]
        Coordinates in mm.
    image_position, image_orientation, pixel_spacing, spacing_between_slices
        As in `ReferenceToPixelTransformer`.

    Returns
    -------
    tuple[int, int, int]
        Column, row and slice, from zero.
    """
    transformer = ReferenceToPixelTransformer(
        image_position, image_orientation, pixel_spacing, spacing_between_slices
    )
    column, row, number = transformer(as_vector(coordinate, 3, "coordinate")[np.newaxis])[
        0
    ].tolist()
    return (column, row, number)


def are_points_coplanar(points: np.ndarray, tol: float = COPLANAR_TOLERANCE) -> bool:
    """Tell whether points lie in one plane.

    Parameters
    ----------
    points : numpy.ndarray
        Array of shape (n, 3).
    tol : float, optional
        Largest distance from the best plane, in the unit of the points.

    Returns
    -------
    bool
        Whether they do; three points or fewer always do.

    Raises
    ------
    InvalidValueError
        If the shape is wrong or `tol` is negative.
    """
    array = as_points(points, 3, "points")
    if tol < 0:
        raise InvalidValueError("tolerance is negative", attribute="tol", found=tol)
    if len(array) <= 3:
        return True
    centred = array - array.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return bool(np.abs(centred @ axes[2]).max() <= tol)
