"""Points through affine matrices, fast, with the checks of roundings and bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.spatial.errors import GeometryMismatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.vectors import FloatArray, NumberArray

__all__ = ["apply_affine", "apply_affine_rounded", "check_index_bounds", "round_indices"]


# Small blocks stay in the cache, and below the size at which BLAS starts threads, which cost more
# than they gain for matrices of three columns.
_BLOCK = 4096


def apply_affine(affine: FloatArray, points: NumberArray, dimensions: int = 3) -> FloatArray:
    """Map points of shape (n, d), d ≤ 3, with a (4, 4) affine matrix.

    Missing trailing coordinates count as zero, so that planes need no slice index; the first
    `dimensions` coordinates are returned.
    """
    mapped = np.empty((len(points), dimensions))
    mapper = _BlockMapper(affine, points, dimensions)
    for start in range(0, len(points), _BLOCK):
        mapper(start, mapped[start : start + _BLOCK])
    return mapped


def apply_affine_rounded(
    affine: FloatArray, points: NumberArray, dimensions: int = 3
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Map points and round to the nearest integers (halves to the even one).

    Raises
    ------
    InvalidValueError
        If a value is not finite, since no integer stands for it.
    """
    mapped = np.empty((len(points), dimensions), dtype=np.int64)
    memory = np.empty((min(_BLOCK, len(points)), dimensions))
    mapper = _BlockMapper(affine, points, dimensions)
    for start in range(0, len(points), _BLOCK):
        target = mapped[start : start + _BLOCK]
        target[:] = _rounded(mapper(start, memory[: len(target)]), memory[: len(target)])
    return mapped


class _BlockMapper:
    """Maps blocks of points into memory that it is given."""

    def __init__(self, affine: FloatArray, points: NumberArray, dimensions: int) -> None:
        self._points = points
        self._matrix = np.ascontiguousarray(affine[:dimensions, : points.shape[1]].T)
        # Numpy adds a long row several times faster than three numbers to each of many rows.
        self._offset = np.tile(affine[:dimensions, 3], min(_BLOCK, len(points)))

    def __call__(self, start: int, out: FloatArray) -> FloatArray:
        """Map as many points as `out`, contiguous and of shape (n, dimensions), has rows."""
        source = self._points[start : start + len(out)].astype(np.float64, copy=False)
        np.matmul(source, self._matrix, out=out)
        flat = out.reshape(-1)
        flat += self._offset[: len(flat)]
        return out


def round_indices(indices: FloatArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Round to the nearest integers (halves to the even one).

    Raises
    ------
    InvalidValueError
        If a value is not finite, since no integer stands for it.
    """
    return _rounded(indices, np.empty(indices.shape)).astype(np.int64)


def _rounded(indices: FloatArray, out: FloatArray) -> FloatArray:
    """Round into memory that is given, which may be that of the indices."""
    np.rint(indices, out=out)
    if not np.isfinite(out).all():
        raise InvalidValueError("points that are not finite have no index")
    return out


def inside_indices(
    indices: FloatArray, shape: Sequence[int], *, round_output: bool
) -> FloatArray | np.ndarray[Any, np.dtype[np.int64]]:
    """Check bounds, and round to indices that exist where that is asked.

    A point on the outer border of the last voxel rounds to that voxel, not to one beyond it.

    Raises
    ------
    GeometryMismatchError
        If a point lies outside.
    """
    check_index_bounds(indices, shape)
    if not round_output:
        return indices
    return np.clip(round_indices(indices), 0, np.asarray(shape) - 1)


def check_index_bounds(indices: np.ndarray, shape: Sequence[int]) -> None:
    """Raise if an index lies outside the voxels, whose borders are half a voxel from centres.

    Raises
    ------
    GeometryMismatchError
        With the number of points outside and the first of them.
    """
    # Written so that a point that is not a number lies outside.
    inside = ((indices >= -0.5) & (indices <= np.asarray(shape) - 0.5)).all(axis=1)
    outside = ~inside
    if outside.any():
        first = int(np.argmax(outside))
        raise GeometryMismatchError(
            f"{int(outside.sum())} of {len(indices)} points lie outside the volume; "
            f"the first is point {first}",
            found=indices[first].tolist(),
            expected=f"indices within a volume of shape {tuple(shape)}",
        )
