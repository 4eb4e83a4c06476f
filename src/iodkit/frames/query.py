"""Vectorised look-ups of frames by the values of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.frames.ragged import Ragged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["find_combinations", "find_positions", "is_any_of", "is_unique"]


def is_any_of(column: NDArray[Any], wanted: Any) -> NDArray[np.bool_]:
    """Tell which values of a column are one of those wanted.

    Parameters
    ----------
    column : numpy.ndarray
        Shape ``(n,)``.
    wanted
        A value, or a sequence of values.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``.
    """
    single = isinstance(wanted, (str, bytes)) or np.ndim(wanted) == 0
    values = [wanted] if single else list(wanted)
    if column.dtype == object:
        known = {str(value) for value in values}
        return np.fromiter((value in known for value in column.tolist()), np.bool_, len(column))
    if len(values) == 1:
        return np.asarray(column == values[0])
    return np.isin(column, values)


def _codes(columns: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """One number per row, the same for rows that are equal."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        flat = column.astype(str) if column.dtype == object else column
        _, code = np.unique(flat, return_inverse=True)
        code = code.reshape(-1)
        key = key * (int(code.max(initial=0)) + 1) + code
        _, key = np.unique(key, return_inverse=True)
        key = key.reshape(-1)
    return key


def split_columns(columns: Sequence[ArrayLike], n: int) -> list[NDArray[Any]]:
    """Take columns apart into flat ones of n values."""
    flat: list[NDArray[Any]] = []
    for column in columns:
        array = np.asarray(column)
        if array.ndim == 0 or len(array) != n:
            raise InvalidValueError(
                "a column needs one row per frame", found=array.shape, expected=f"({n}, ...)"
            )
        flat += list(array.reshape(n, -1).T) if array.ndim > 1 else [array]
    if not flat:
        raise InvalidValueError("at least one column is needed")
    return flat


def is_unique(columns: Sequence[ArrayLike], n: int) -> bool:
    """Tell whether no two rows have the same combination of values.

    Parameters
    ----------
    columns : sequence of array_like
        Each of shape ``(n,)`` or ``(n, k)``.
    n : int
        Number of rows.
    """
    key = _codes(split_columns(columns, n))
    return len(np.unique(key)) == n


def find_combinations(columns: Sequence[ArrayLike], values: ArrayLike, n: int) -> NDArray[np.intp]:
    """Find the row of each combination of values.

    Parameters
    ----------
    columns : sequence of array_like
        Each of shape ``(n,)`` or ``(n, k)``.
    values : array_like
        One combination per row, shape ``(m, number of flat columns)``.
    n : int
        Number of rows.

    Returns
    -------
    numpy.ndarray
        Row of each, -1 if there is none, the first if there are several; shape ``(m,)``.
    """
    flat = split_columns(columns, n)
    wanted = np.asarray(values, object if any(c.dtype == object for c in flat) else None)
    wanted = wanted.reshape(-1, 1) if wanted.ndim == 1 and len(flat) == 1 else wanted
    if wanted.ndim != 2 or wanted.shape[1] != len(flat):
        raise InvalidValueError(
            "a combination has one value per column",
            found=wanted.shape,
            expected=f"(m, {len(flat)})",
        )
    key = _codes([np.concatenate([c, w]) for c, w in zip(flat, wanted.T, strict=True)])
    first = np.full(int(key.max(initial=-1)) + 1, -1, np.intp)
    first[key[:n][::-1]] = np.arange(n - 1, -1, -1)
    return first[key[n:]]


def find_positions(positions: NDArray[np.float64], wanted: ArrayLike, tolerance: float) -> Ragged:
    """Find the rows at each of several points.

    Parameters
    ----------
    positions : numpy.ndarray
        Points of the rows, NaN where unknown, shape ``(n, d)``.
    wanted : array_like
        The points to find, shape ``(m, d)``.
    tolerance : float
        Largest distance that counts as the same point, in the points' unit.

    Returns
    -------
    Ragged
        Rows at each point, ascending.
    """
    points = np.asarray(wanted, np.float64)
    points = points[None] if points.ndim == 1 else points
    if points.ndim != 2 or points.shape[1] != positions.shape[1]:
        raise InvalidValueError(
            "points have the wrong shape",
            found=points.shape,
            expected=f"(m, {positions.shape[1]})",
        )
    if not tolerance >= 0:
        raise InvalidValueError("a tolerance is not negative", found=tolerance)
    rows = np.flatnonzero(~np.isnan(positions).any(axis=1))
    known = positions[rows]
    # The axis along which the rows spread most leaves the fewest candidates.
    axis = int(np.argmax(np.ptp(known, axis=0))) if len(rows) else 0
    order = np.argsort(known[:, axis], kind="stable")
    line = known[order, axis]
    low = np.searchsorted(line, points[:, axis] - tolerance, "left")
    high = np.searchsorted(line, points[:, axis] + tolerance, "right")
    count = np.maximum(high - low, 0)
    point = np.repeat(np.arange(len(points)), count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    candidate = order[np.repeat(low, count) + within]
    hit = np.linalg.norm(known[candidate] - points[point], axis=1) <= tolerance
    point, found = point[hit], rows[candidate[hit]]
    arranged = np.lexsort((found, point))
    offsets = np.zeros(len(points) + 1, np.intp)
    np.cumsum(np.bincount(point, minlength=len(points)), out=offsets[1:])
    return Ragged(found[arranged].astype(np.intp), offsets)
