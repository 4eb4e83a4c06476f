"""Tiles: their places in the total pixel matrix, in space, and in arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError, OutOfRangeError
from iodkit.spatial.attributes import has_value
from iodkit.spatial.orthogonality import orthonormal_cosines
from iodkit.spatial.vectors import as_spacing, as_vector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset

    from iodkit.spatial.vectors import FloatArray

__all__ = [
    "compute_tile_positions_per_frame",
    "get_tile_array",
    "is_tiled_image",
    "place_in_order",
    "tile_corners",
    "tile_counts",
    "tile_of_frame",
    "tile_pixel_matrix",
    "tile_positions",
]

Integers: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"


def is_tiled_image(dataset: Dataset) -> bool:
    """Tell whether an image is tiled, that is, has a total pixel matrix (PS3.3 C.8.12.4).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Image of any kind.

    Returns
    -------
    bool
        Whether it has Total Pixel Matrix Rows and Columns.
    """
    return has_value(dataset, "TotalPixelMatrixRows") and has_value(
        dataset, "TotalPixelMatrixColumns"
    )


def _positive_counts(**counts: int) -> None:
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise InvalidTypeError(
                "wrong type", attribute=name, found=value, expected="a positive integer"
            )
        if value < 1:
            raise InvalidValueError(
                "value is not positive", attribute=name, found=value, expected="at least 1"
            )


def tile_pixel_matrix(
    total_pixel_matrix_rows: int, total_pixel_matrix_columns: int, rows: int, columns: int
) -> Iterator[tuple[int, int]]:
    """Go through the tiles of a total pixel matrix, row by row.

    Parameters
    ----------
    total_pixel_matrix_rows, total_pixel_matrix_columns : int
        Size of the total pixel matrix.
    rows, columns : int
        Size of a tile.

    Returns
    -------
    Iterator[tuple[int, int]]
        For each tile the number, from 1, of its column and of its row of tiles.

    Raises
    ------
    InvalidValueError
        If a size is not positive.
    """
    across, down = tile_counts(total_pixel_matrix_rows, total_pixel_matrix_columns, rows, columns)
    return ((c, r) for r in range(1, down + 1) for c in range(1, across + 1))


def tile_counts(matrix_rows: int, matrix_columns: int, rows: int, columns: int) -> tuple[int, int]:
    """Return the number of tiles across and down."""
    _positive_counts(
        total_pixel_matrix_rows=matrix_rows,
        total_pixel_matrix_columns=matrix_columns,
        rows=rows,
        columns=columns,
    )
    return -(-int(matrix_columns) // int(columns)), -(-int(matrix_rows) // int(rows))


def tile_corners(
    matrix_rows: int, matrix_columns: int, rows: int, columns: int
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return column and row, from zero, of the first pixel of each tile, row by row.

    Returns
    -------
    numpy.ndarray
        Array of shape (tiles, 2).
    """
    across, down = tile_counts(matrix_rows, matrix_columns, rows, columns)
    corners = np.empty((down, across, 2), dtype=np.int64)
    corners[..., 0] = np.arange(across) * columns
    corners[..., 1] = (np.arange(down) * rows)[:, np.newaxis]
    return corners.reshape(-1, 2)


def tile_positions(
    corners: np.ndarray,
    origin: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
) -> FloatArray:
    """Return reference coordinates of pixels of a total pixel matrix.

    Parameters
    ----------
    corners : numpy.ndarray
        Array of shape (n, 2): column and row, from zero.
    origin : Sequence[float]
        Reference coordinates in mm of the centre of the matrix's first pixel.
    image_orientation : Sequence[float]
        Cosines of row and column direction.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.

    Returns
    -------
    numpy.ndarray
        Array of shape (n, 3).
    """
    axes = orthonormal_cosines(image_orientation)
    spacing = as_spacing(pixel_spacing, 2, "pixel_spacing")
    steps = axes * spacing[::-1, np.newaxis]
    place = as_vector(origin, 3, "total_pixel_matrix_image_position")
    return np.asarray(corners @ steps + place)


def compute_tile_positions_per_frame(
    rows: int,
    columns: int,
    total_pixel_matrix_rows: int,
    total_pixel_matrix_columns: int,
    total_pixel_matrix_image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
) -> list[tuple[list[int], list[float]]]:
    """Compute where the tiles of a total pixel matrix lie, in the order of TILED_FULL.

    Parameters
    ----------
    rows, columns : int
        Size of a tile.
    total_pixel_matrix_rows, total_pixel_matrix_columns : int
        Size of the total pixel matrix.
    total_pixel_matrix_image_position : Sequence[float]
        Reference coordinates in mm of the centre of the matrix's top left pixel.
    image_orientation : Sequence[float]
        Cosines of row and column direction.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.

    Returns
    -------
    list[tuple[list[int], list[float]]]
        For each tile, column and row from 1 of its first pixel in the matrix, and that pixel's
        reference coordinates (PS3.3 C.7.6.17.3).
    """
    corners = tile_corners(total_pixel_matrix_rows, total_pixel_matrix_columns, rows, columns)
    places = tile_positions(
        corners, total_pixel_matrix_image_position, image_orientation, pixel_spacing
    )
    return list(zip((corners + 1).tolist(), places.tolist(), strict=True))


def get_tile_array(
    pixel_array: np.ndarray,
    row_offset: int,
    column_offset: int,
    tile_rows: int,
    tile_columns: int,
    pad: bool = True,
) -> np.ndarray:
    """Take one tile out of a total pixel matrix.

    Parameters
    ----------
    pixel_array : numpy.ndarray
        Array of shape (rows, columns, *samples).
    row_offset, column_offset : int
        Row and column, from 1, of the tile's first pixel.
    tile_rows, tile_columns : int
        Size of the tile.
    pad : bool, optional
        Whether a tile that reaches over the border is filled with zeros to its full size.

    Returns
    -------
    numpy.ndarray
        The tile; a view unless padded.

    Raises
    ------
    OutOfRangeError
        If the first pixel lies outside the array.
    InvalidTypeError
        If `pixel_array` is no array or a size no integer.
    InvalidValueError
        If the array has fewer than two axes or a size is not positive.
    """
    if not isinstance(pixel_array, np.ndarray):
        raise InvalidTypeError(
            "wrong type",
            attribute="pixel_array",
            found=type(pixel_array).__name__,
            expected="an array",
        )
    if pixel_array.ndim < 2:
        raise InvalidValueError("array has fewer than two axes", attribute="pixel_array")
    _positive_counts(tile_rows=tile_rows, tile_columns=tile_columns)
    offsets = (row_offset, column_offset)
    for name, offset, size in zip(
        ("row_offset", "column_offset"), offsets, pixel_array.shape, strict=False
    ):
        if not 1 <= offset <= size:
            raise OutOfRangeError(
                "outside the array", attribute=name, found=offset, expected=f"1 to {size}"
            )
    tile = pixel_array[
        row_offset - 1 : row_offset - 1 + tile_rows,
        column_offset - 1 : column_offset - 1 + tile_columns,
    ]
    if not pad or tile.shape[:2] == (tile_rows, tile_columns):
        return tile
    padded = np.zeros((tile_rows, tile_columns, *pixel_array.shape[2:]), dtype=pixel_array.dtype)
    padded[: tile.shape[0], : tile.shape[1]] = tile
    return padded


def place_in_order(
    numbers: Integers, across: int, down: int, focal_planes: int
) -> tuple[Integers, Integers, Integers, Integers]:
    """Take the numbers of TILED_FULL frames apart (PS3.3 C.7.6.17.3).

    Frames go through columns first, then rows, focal planes, and last optical paths or segments.

    Parameters
    ----------
    numbers : numpy.ndarray
        Numbers of frames, from zero; those of a concatenation continue each other.
    across, down : int
        Number of tiles in a row and in a column.
    focal_planes : int
        Number of focal planes.

    Returns
    -------
    column, row, focal_plane, channel : numpy.ndarray
        Place of each frame, from zero: column and row of tiles, focal plane, and channel.
    """
    rest, column = divmod(numbers, across)
    rest, row = divmod(rest, down)
    channel, plane = divmod(rest, focal_planes)
    return column, row, plane, channel


def tile_of_frame(dataset: Dataset, frame_index: int) -> tuple[int, int, int]:
    """Return where a frame of a TILED_FULL image lies in the total pixel matrix.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Tiled image.
    frame_index : int
        Index of the frame, from zero.

    Returns
    -------
    tuple[int, int, int]
        Column and row of its first pixel, and number of the focal plane, all from zero.

    Raises
    ------
    GeometryError
        If the image is not TILED_FULL, so that only its functional groups could say it.
    """
    require_tiled_full(dataset)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    across, down = tile_counts(
        int(dataset.TotalPixelMatrixRows), int(dataset.TotalPixelMatrixColumns), rows, columns
    )
    planes = int(dataset.get("TotalPixelMatrixFocalPlanes") or 1)
    number = frame_index + int(dataset.get("ConcatenationFrameOffsetNumber") or 0)
    places = place_in_order(np.array([number]), across, down, planes)
    column, row, plane = (int(each[0]) for each in places[:3])
    return column * columns, row * rows, plane


def require_tiled_full(dataset: Dataset) -> None:
    """Raise unless the frames of an image are all tiles in order."""
    kind = dataset.get("DimensionOrganizationType")
    is_one_frame = int(dataset.get("NumberOfFrames") or 1) == 1
    if kind != "TILED_FULL" and not (kind is None and is_one_frame):
        raise GeometryError(
            "the places of frames follow from their order in TILED_FULL images only",
            attribute="DimensionOrganizationType",
            found=kind,
            expected="TILED_FULL",
            clause="PS3.3 C.7.6.17.3",
        )
