"""Planes in order along their normal, those at one place gathered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import DUPLICATE_RATIO, SPACING_DRIFT

if TYPE_CHECKING:
    from iodkit.spatial.tolerances import Tolerances
    from iodkit.spatial.vectors import FloatArray, IntArray

__all__ = ["Planes", "group_planes", "is_line", "line_slope"]


@dataclass(frozen=True, slots=True)
class Planes:
    """Planes in sorted order, those at one place gathered in one group."""

    order: IntArray
    group: IntArray
    """Number of the group of each sorted plane."""
    distances: FloatArray
    """Distance of each group along the normal, from the first."""
    offsets: FloatArray
    """In-plane displacement of each group from the normal through the first, shape (m, 3)."""


def group_planes(
    places: FloatArray, normal: FloatArray, hint: float | None, tolerances: Tolerances
) -> Planes:
    """Sort planes along the normal and gather those at one place."""
    # Neither the origin nor the rounding of a sum may depend on the order that was given.
    relative = places - places[np.lexsort(places.T)[0]]
    along = (relative * normal).sum(axis=1)
    lateral = relative - along[:, np.newaxis] * normal
    order = np.argsort(along, kind="stable")
    gaps = np.diff(along[order])
    threshold = _duplicate_threshold(gaps, np.abs(places).max(), hint, tolerances)
    level = np.concatenate([[0], np.cumsum(gaps > threshold)])
    # Within a level: planes that are apart in plane are different, others keep the given order.
    column = _lateral_column(lateral[order], level, max(threshold, _typical(gaps, threshold)))
    arrangement = np.lexsort((order, column, level))
    order, level, column = order[arrangement], level[arrangement], column[arrangement]
    starts = np.concatenate([[True], (np.diff(level) != 0) | (np.diff(column) != 0)])
    group = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    distances = along[order[first]]
    offsets = lateral[order[first]]
    return Planes(order, group, distances - distances[0], offsets - offsets[0])


def _duplicate_threshold(
    gaps: FloatArray, magnitude: float, hint: float | None, tolerances: Tolerances
) -> float:
    """Return the gap below which planes lie at the same place."""
    noise = 64 * np.finfo(np.float64).eps * magnitude
    if hint is not None:
        return max(noise, min(tolerances.spacing(hint), hint / 2))
    real = np.sort(gaps[gaps > noise])
    if real.size < 2:
        return float(noise)
    ratios = real[:-1] / real[1:]
    smallest = int(np.argmin(ratios))
    if ratios[smallest] <= DUPLICATE_RATIO:
        return float(real[smallest])
    return float(noise)


def _typical(gaps: FloatArray, threshold: float) -> float:
    """Return the median of the gaps between different places."""
    real = gaps[gaps > threshold]
    return float(np.median(real)) * SPACING_DRIFT if real.size else threshold


def _lateral_column(lateral: FloatArray, level: IntArray, limit: float) -> IntArray:
    """Number the planes of each level by their in-plane place, zero for the first."""
    column = np.zeros(len(level), dtype=np.int64)
    starts = np.searchsorted(level, level)
    away = np.linalg.norm(lateral - lateral[starts], axis=1) > limit
    for number in np.unique(level[away]):
        inside = np.flatnonzero(level == number)
        # Rounded in units of the limit, so that equal places get equal numbers.
        keys = np.round((lateral[inside] - lateral[inside[0]]) / limit)
        column[inside] = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    return column


def line_slope(planes: Planes) -> FloatArray:
    """Fit the in-plane displacement per mm along the normal, shape (3,)."""
    square = float(planes.distances @ planes.distances)
    if square == 0:
        return np.zeros(3)
    return np.asarray(planes.distances @ planes.offsets / square)


def is_line(planes: Planes) -> bool:
    """Whether in-plane displacements are proportional to the distance."""
    fitted = planes.distances[:, np.newaxis] * line_slope(planes)
    error = np.linalg.norm(planes.offsets - fitted, axis=1).max()
    return bool(error <= 0.05 * np.linalg.norm(planes.offsets, axis=1).max())
