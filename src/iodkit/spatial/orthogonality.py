"""Orthogonality of axes: checked, and restored where only rounding has harmed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import (
    AFFINE_TOLERANCE,
    EXACT_TOLERANCE,
    ORIENTATION_TOLERANCE,
)
from iodkit.errors import GeometryError, InvalidValueError
from iodkit.spatial.vectors import FloatArray, as_floats, as_vector

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "as_affine",
    "check_affine",
    "orthonormal_cosines",
    "orthonormal_matrix",
]

_CLAUSE = "PS3.3 C.7.6.2.1.1"


def orthonormal_cosines(
    image_orientation: Sequence[float], *, tolerance: float = ORIENTATION_TOLERANCE
) -> FloatArray:
    """Check direction cosines and restore their orthonormality.

    Parameters
    ----------
    image_orientation : Sequence[float]
        Cosines of the row direction (increasing column index) and of the column direction
        (increasing row index), six numbers.
    tolerance : float, optional
        Largest error of length, or cosine of the angle between the two, that is repaired.  Errors
        up to `EXACT_TOLERANCE` are left as they are, so that values round-trip.

    Returns
    -------
    numpy.ndarray
        Array of shape (2, 3): the two unit vectors.

    Raises
    ------
    GeometryError
        If the error is larger than `tolerance` (PS3.3 C.7.6.2.1.1 wants orthogonal unit vectors).
    """
    cosines = as_vector(image_orientation, 6, "image_orientation").reshape(2, 3)
    gram = cosines @ cosines.T
    # The difference of a squared length from one is twice that of the length.
    error = max(abs(gram[0, 0] - 1) / 2, abs(gram[1, 1] - 1) / 2, abs(gram[0, 1]))
    if error <= EXACT_TOLERANCE:
        return cosines
    if error > tolerance:
        raise GeometryError(
            f"direction cosines are not orthogonal unit vectors (error {error:.2g})",
            attribute="image_orientation",
            found=cosines.ravel().tolist(),
            expected=f"an error of at most {tolerance:g}",
            clause=_CLAUSE,
        )
    # The closest orthonormal pair: neither of the two vectors is favoured.
    left, _, right = np.linalg.svd(cosines, full_matrices=False)
    return np.asarray(left @ right, dtype=np.float64)


def orthonormal_matrix(matrix: FloatArray, name: str) -> FloatArray:
    """Return the closest matrix of orthogonal unit vectors; refuse if it is far."""
    error = np.abs(matrix.T @ matrix - np.eye(3)).max()
    if error <= EXACT_TOLERANCE:
        return matrix
    if error > AFFINE_TOLERANCE:
        raise GeometryError(
            f"axes are not orthogonal (error {error:.2g})",
            attribute=name,
            found=matrix.tolist(),
            expected=f"an error of at most {AFFINE_TOLERANCE:g}",
        )
    left, _, right = np.linalg.svd(matrix)
    return np.asarray(left @ right, dtype=np.float64)


def check_affine(affine: object, name: str = "affine") -> FloatArray:
    """Check an affine matrix and restore the orthogonality of its axes.

    Parameters
    ----------
    affine : array_like
        Matrix of shape (4, 4) with last row (0, 0, 0, 1).
    name : str, optional
        Name of the parameter, for errors.

    Returns
    -------
    numpy.ndarray
        A new array; equal to the given one if its axes are orthogonal up to `EXACT_TOLERANCE`.

    Raises
    ------
    GeometryError
        If axes are not orthogonal within `AFFINE_TOLERANCE`, or one has no length.
    InvalidValueError
        If shape or last row are wrong or a value is not finite.
    """
    matrix = as_affine(affine, name)
    lengths = np.linalg.norm(matrix[:3, :3], axis=0)
    if not (lengths > 0).all():
        raise GeometryError("an axis has no length", attribute=name, found=matrix.tolist())
    unit = matrix[:3, :3] / lengths
    restored = orthonormal_matrix(unit, name)
    if restored is not unit:
        matrix[:3, :3] = restored * lengths
    return matrix


def as_affine(affine: object, name: str) -> FloatArray:
    """Copy a (4, 4) matrix and check its last row."""
    matrix = as_floats(affine, name, "an array of shape (4, 4)") + 0.0
    if matrix.shape != (4, 4):
        raise InvalidValueError(
            "wrong shape", attribute=name, found=matrix.shape, expected="(4, 4)"
        )
    if not np.array_equal(matrix[3], [0.0, 0.0, 0.0, 1.0]):
        raise InvalidValueError(
            "not an affine matrix",
            attribute=name,
            found=matrix.tolist(),
            expected="the last row (0, 0, 0, 1)",
        )
    return matrix
