"""Which tiles of one total pixel matrix share pixels (PS3.3 C.7.6.17.3)."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from iodkit.frames import Ragged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["TileSize", "are_among", "overlapping_tiles"]


class TileSize(NamedTuple):
    """Rows and columns of a tile."""

    rows: int
    columns: int


def are_among(corners: NDArray[np.int64], others: NDArray[np.int64]) -> bool:
    """Tell whether all tiles of one list are in another one of the same size of tiles.

    Parameters
    ----------
    corners, others : numpy.ndarray
        Row and column of each tile's first pixel, shape (tiles, 2).

    Returns
    -------
    bool
        Whether each corner is one of the others.
    """
    known = {tuple(corner) for corner in others.tolist()}
    return all(tuple(corner) in known for corner in corners.tolist())


def overlapping_tiles(
    corners: NDArray[np.int64], size: TileSize, others: NDArray[np.int64], other_size: TileSize
) -> Ragged:
    """List for each tile the other tiles that share a pixel with it.

    Parameters
    ----------
    corners : numpy.ndarray
        Row and column, from 0, of each tile's first pixel, shape (tiles, 2).
    size : TileSize
        Size of these tiles.
    others : numpy.ndarray
        The same of the other tiles, which need not keep to a regular grid.
    other_size : TileSize
        Size of the other tiles.

    Returns
    -------
    Ragged
        Ascending indices of the other tiles, a row for each tile.
    """
    if size == other_size:
        same = _same_tiles(corners, others, size)
        if same is not None:
            return same
    by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
    starts = others.tolist()
    for index, (row, column) in enumerate(starts):
        for cell in _cells(row, column, other_size, other_size):
            by_cell[cell].append(index)
    found: list[list[int]] = []
    for row, column in corners.tolist():
        near = {i for cell in _cells(row, column, size, other_size) for i in by_cell.get(cell, ())}
        found.append(
            [
                index
                for index in sorted(near)
                if -other_size.rows < starts[index][0] - row < size.rows
                and -other_size.columns < starts[index][1] - column < size.columns
            ]
        )
    return Ragged.from_rows(found, np.intp)


def _same_tiles(
    corners: NDArray[np.int64], others: NDArray[np.int64], size: TileSize
) -> Ragged | None:
    """Pair tiles of one regular grid, where no place has two of the others; None elsewhere."""
    step = np.array([size.rows, size.columns])
    if (corners % step).any() or (others % step).any() or not len(others):
        return None
    cells, known = corners // step, others // step
    width = int(max(cells[:, 1].max(initial=0), known[:, 1].max())) + 1
    wanted, there = (grid[:, 0] * width + grid[:, 1] for grid in (cells, known))
    order = np.argsort(there, kind="stable")
    ordered = there[order]
    if (np.diff(ordered) == 0).any():
        return None
    found = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    matched = ordered[found] == wanted
    return Ragged(order[found][matched], np.concatenate([[0], np.cumsum(matched)]))


def _cells(row: int, column: int, size: TileSize, cell: TileSize) -> Iterator[tuple[int, int]]:
    """Cells of a regular grid that a rectangle touches."""
    return product(
        range(row // cell.rows, (row + size.rows - 1) // cell.rows + 1),
        range(column // cell.columns, (column + size.columns - 1) // cell.columns + 1),
    )
