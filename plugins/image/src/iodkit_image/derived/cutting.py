"""Pixels of a total pixel matrix, cut into tiles (PS3.3 C.7.6.17.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.derived.tiles import TileGrid

__all__ = ["cut_tiles"]


def cut_tiles(matrix: NDArray[Any], grid: TileGrid) -> NDArray[Any]:
    """Cut the pixels of a total pixel matrix into the tiles of a grid.

    Parameters
    ----------
    matrix : numpy.ndarray
        Shape (rows, columns), (1, rows, columns) or (1, rows, columns, segments).
    grid : TileGrid
        Tiles that cover the matrix.

    Returns
    -------
    numpy.ndarray
        Shape (tiles, rows, columns) or (tiles, rows, columns, segments); tiles at the edges are
        filled up with zeros.

    Raises
    ------
    InvalidValueError
        If the array is not of the size of the matrix.
    """
    planes = matrix[np.newaxis] if matrix.ndim == 2 else matrix
    if planes.ndim not in {3, 4} or planes.shape[:3] != (1, *grid.matrix_shape):
        raise InvalidValueError(
            "pixel_array does not fit the total pixel matrix",
            attribute="pixel_array",
            found=matrix.shape,
            expected=f"(1, rows, columns) = {(1, *grid.matrix_shape)}",
        )
    plane = planes[0]
    rows, columns = grid.matrix_shape
    down, across = -(-rows // grid.rows), -(-columns // grid.columns)
    tiles = np.zeros((down, across, grid.rows, grid.columns, *plane.shape[2:]), plane.dtype)
    for row in range(down):
        band = plane[row * grid.rows : (row + 1) * grid.rows]
        for column in range(across):
            piece = band[:, column * grid.columns : (column + 1) * grid.columns]
            tiles[row, column, : piece.shape[0], : piece.shape[1]] = piece
    return tiles.reshape(-1, *tiles.shape[2:])
