"""Points through affine matrices, fast, with the checks of roundings and bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.spatial.errors import GeometryMismatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.vectors import FloatArray

__all__ = ["apply_affine", "check_index_bounds", "round_indices"]


def apply_affine(affine: FloatArray, points: FloatArray) -> FloatArray:
    """Map points of shape (n, d), d ≤ 3, with a (4, 4) or (d', d+1) affine matrix.

    Missing trailing coordinates count as zero, so that planes need no slice index.
    """
    count = points.shape[1]
    rows = affine[:3] if affine.shape[0] == 4 else affine
    mapped = points @ np.ascontiguousarray(rows[:, :count].T)
    mapped += rows[:, -1]
    return np.asarray(mapped, dtype=np.float64)


def round_indices(indices: FloatArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Round to the nearest integers (halves to the even one)."""
    return np.rint(indices).astype(np.int64)


def check_index_bounds(indices: np.ndarray, shape: Sequence[int]) -> None:
    """Raise if an index lies outside the voxels, whose borders are half a voxel from centres.

    Raises
    ------
    GeometryMismatchError
        With the number of points outside and the first of them.
    """
    outside = ((indices < -0.5) | (indices > np.asarray(shape) - 0.5)).any(axis=1)
    if outside.any():
        first = int(np.argmax(outside))
        raise GeometryMismatchError(
            f"{int(outside.sum())} of {len(indices)} points lie outside the volume; "
            f"the first is point {first}",
            found=indices[first].tolist(),
            expected=f"indices within a volume of shape {tuple(shape)}",
        )
