"""Pixels of a derived image piece by piece, so that large arrays never become one in memory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from iodkit_image.derived.tiles import TileGrid

__all__ = [
    "PIECE_BYTES",
    "PixelPiece",
    "as_sliceable",
    "corner_of_region",
    "cut_block",
    "matrix_pieces",
    "plane_pieces",
]

PIECE_BYTES = 64 << 20
"""Pieces are not made larger than this, unless a chunk of the array is."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelPiece:
    """Pixels of some places.

    Parameters
    ----------
    places : numpy.ndarray
        Index of the place of each plane, shape (planes,).
    array : numpy.ndarray
        Shape (planes, rows, columns), or (planes, rows, columns, channels).
    """

    places: NDArray[np.intp]
    array: NDArray[Any]


def as_sliceable(pixel_array: Any) -> Any:
    """Take arrays that give parts of themselves as they are, and make numpy arrays of others.

    Parameters
    ----------
    pixel_array : array-like
        Array of numpy, dask, zarr, h5py, torch and the like, or anything with ``__array__``.

    Returns
    -------
    Any
        Something with ``shape`` and ``ndim`` that can be sliced.
    """
    if all(hasattr(pixel_array, name) for name in ("shape", "ndim", "__getitem__")):
        return pixel_array
    return np.asarray(pixel_array)


def plane_pieces(pixel_array: Any) -> Iterator[PixelPiece]:
    """Read an array slab by slab.

    Parameters
    ----------
    pixel_array : array-like
        Shape (planes, rows, columns), or (planes, rows, columns, channels).

    Yields
    ------
    PixelPiece
        Consecutive planes.  Slabs end where chunks of the array do, so that each chunk is asked
        for once.
    """
    plane_bytes = _pixel_bytes(pixel_array) * int(np.prod(pixel_array.shape[1:3]))
    most = max(1, PIECE_BYTES // max(1, plane_bytes))
    borders = _borders(pixel_array.shape[0], 1, _chunk_ends(pixel_array, 0), most)
    for start, stop in pairwise(borders):
        yield PixelPiece(np.arange(start, stop), np.asarray(pixel_array[start:stop]))


def matrix_pieces(matrix: Any, grid: TileGrid) -> Iterator[PixelPiece]:
    """Read a total pixel matrix block by block, cut into tiles.

    Parameters
    ----------
    matrix : array-like
        Shape (rows, columns), (1, rows, columns) or (1, rows, columns, channels).
    grid : TileGrid
        Tiles that cover the matrix, row by row.

    Yields
    ------
    PixelPiece
        Tiles of a block; those at the edges of the matrix are filled up with zeros.  Blocks end
        where chunks of the array do if these are of whole tiles; each is then asked for once.

    Raises
    ------
    InvalidValueError
        If the array is not of the size of the matrix.
    """
    first = 0 if matrix.ndim == 2 else 1
    if matrix.ndim not in {2, 3, 4} or matrix.shape[: first + 2] != (
        *(1,) * first,
        *grid.matrix_shape,
    ):
        raise InvalidValueError(
            "pixel_array does not fit the total pixel matrix",
            attribute="pixel_array",
            found=tuple(matrix.shape),
            expected=f"(1, rows, columns) = {(1, *grid.matrix_shape)}",
        )
    rows, columns = grid.matrix_shape
    room = PIECE_BYTES // _pixel_bytes(matrix)
    down = _borders(rows, grid.rows, _chunk_ends(matrix, first), room // columns)
    right_ends = _chunk_ends(matrix, first + 1)
    for top, bottom in pairwise(down):
        across = _borders(columns, grid.columns, right_ends, room // (bottom - top))
        for left, right in pairwise(across):
            block = (slice(top, bottom), slice(left, right))
            pixels = matrix[block] if first == 0 else matrix[(0, *block)]
            corner = (top // grid.rows, left // grid.columns)
            yield cut_block(np.asarray(pixels), corner, grid)


def cut_block(pixels: NDArray[Any], corner: tuple[int, int], grid: TileGrid) -> PixelPiece:
    """Cut a block of a total pixel matrix into tiles.

    Parameters
    ----------
    pixels : numpy.ndarray
        Whole tiles, but at the edges of the matrix; shape (rows, columns), or
        (rows, columns, channels).
    corner : tuple[int, int]
        How many tiles there are above the block, and to the left of it.
    grid : TileGrid
        Tiles that cover the matrix, row by row.

    Returns
    -------
    PixelPiece
        The tiles; those at the edges of the matrix are filled up with zeros.
    """
    tiles = _tiles_of(pixels, grid.rows, grid.columns)
    in_a_row = -(-grid.matrix_shape[1] // grid.columns)
    places = np.add.outer(
        (corner[0] + np.arange(tiles.shape[0])) * in_a_row, corner[1] + np.arange(tiles.shape[1])
    )
    return PixelPiece(places.reshape(-1), tiles.reshape(-1, *tiles.shape[2:]))


def _tiles_of(pixels: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Copy pixels into tiles once: shape (tiles down, tiles across, rows, columns, ...)."""
    height, width = pixels.shape[:2]
    down, across = height // rows, width // columns
    counts = (-(-height // rows), -(-width // columns))
    tiles = np.empty((*counts, rows, columns, *pixels.shape[2:]), pixels.dtype)
    whole = pixels[: down * rows, : across * columns]
    tiles[:down, :across] = whole.reshape(down, rows, across, columns, *pixels.shape[2:]).swapaxes(
        1, 2
    )
    tiles[down:], tiles[:, across:] = 0, 0
    # What is left over at the lower and the right edge fills a part of the last tiles only.
    for row, column in product(range(counts[0]), range(counts[1])):
        if row >= down or column >= across:
            part = pixels[row * rows : (row + 1) * rows, column * columns : (column + 1) * columns]
            tiles[row, column, : part.shape[0], : part.shape[1]] = part
    return tiles


def corner_of_region(
    grid: TileGrid, first: tuple[int, int], shape: tuple[int, int]
) -> tuple[int, int]:
    """Find the tile where a region of a total pixel matrix begins.

    Parameters
    ----------
    grid : TileGrid
        Tiles that cover the matrix, row by row.
    first : tuple[int, int]
        First row and column of the region, from 0.
    shape : tuple[int, int]
        Its rows and columns.

    Returns
    -------
    tuple[int, int]
        How many tiles there are above the region, and to the left of it.

    Raises
    ------
    InvalidValueError
        If the region is not of whole tiles, but at the edges of the matrix.
    """
    size, (rows, columns) = (grid.rows, grid.columns), grid.matrix_shape
    return (
        _tiles_before("row", first[0], shape[0], size[0], rows),
        _tiles_before("column", first[1], shape[1], size[1], columns),
    )


def _tiles_before(name: str, start: int, length: int, step: int, whole: int) -> int:
    """Number of tiles before a region along one axis, which is to be of whole tiles."""
    stop = start + length
    if start < 0 or start % step or stop > whole or (stop % step and stop != whole):
        raise InvalidValueError(
            f"the region is not of whole tiles along its {name}s",
            attribute=name,
            found=f"{start} to {stop}",
            expected=f"multiples of {step}, or the edge of the matrix at {whole}",
        )
    return start // step


def _pixel_bytes(pixel_array: Any) -> int:
    """Bytes of a pixel with its channels; 8 for types that numpy does not know."""
    itemsize = getattr(getattr(pixel_array, "dtype", None), "itemsize", 8)
    return max(1, int(itemsize) * int(np.prod(pixel_array.shape[3:])))


def _chunk_ends(pixel_array: Any, axis: int) -> Sequence[int] | None:
    """Where the chunks of an array end along an axis; ``None`` if it has no chunks."""
    chunks = getattr(pixel_array, "chunks", None)
    if not isinstance(chunks, tuple) or len(chunks) <= axis:
        return None
    sizes, length = chunks[axis], pixel_array.shape[axis]
    if isinstance(sizes, tuple):  # of dask: the size of each chunk
        ends: list[int] = np.cumsum(sizes).tolist()
        return ends
    return [*range(sizes, length, sizes), length]  # of zarr and h5py: the size of all


def _borders(length: int, unit: int, ends: Sequence[int] | None, most: int) -> list[int]:
    """Divide an axis into parts of whole units, which end where chunks do.

    Parts are joined as long as they are not longer than `most`.
    """
    candidates = range(unit, length, unit) if ends is None else ends
    found = sorted({end - end % unit for end in candidates if end < length} - {0})
    borders = [0]
    for end, following in pairwise([*found, length, length]):
        if end == length or following - borders[-1] > most:
            borders.append(end)
    return borders
