"""Positions of the planes of images, tiles and series, as items of functional groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.content import PlanePositionSequence
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.spatial.attributes import frame_group, has_value, number_of_frames, read_numbers
from iodkit.spatial.image_plane import MATRIX_POSITIONS, coordinate_system_of, read_plane
from iodkit.spatial.tiled_frames import iter_tiled_full_frame_data
from iodkit.spatial.tiling import is_tiled_image, tile_corners, tile_positions
from iodkit.spatial.vectors import positive
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

__all__ = [
    "are_plane_positions_tiled_full",
    "compute_plane_position_slide_per_frame",
    "compute_plane_position_tiled_full",
    "get_plane_positions_of_image",
    "get_plane_positions_of_series",
]

_SLIDE = CoordinateSystemNames.SLIDE
_PATIENT = CoordinateSystemNames.PATIENT


def compute_plane_position_tiled_full(
    row_index: int,
    column_index: int,
    x_offset: float,
    y_offset: float,
    rows: int,
    columns: int,
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
    slice_thickness: float | None = None,  # noqa: ARG001  (thickness does not place a plane)
    spacing_between_slices: float | None = None,
    slice_index: int | None = None,
) -> PlanePositionSequence:
    """Compute the position of a tile (PS3.3 C.7.6.17.3).

    Parameters
    ----------
    row_index, column_index : int
        Number, from 1, of the tile's row and column of tiles.
    x_offset, y_offset : float
        Slide coordinates in mm of the centre of the total pixel matrix's first pixel.
    rows, columns : int
        Size of a tile.
    image_orientation : Sequence[float]
        Cosines of row and column direction.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.
    slice_thickness : float, optional
        Thickness of a focal plane; it does not matter for positions.
    spacing_between_slices : float, optional
        Distance in mm between focal planes; needed with `slice_index`.
    slice_index : int, optional
        Number, from 1, of the focal plane.

    Returns
    -------
    iodkit.content.PlanePositionSequence
        Position of the tile.

    Raises
    ------
    InvalidTypeError
        If only one of `spacing_between_slices` and `slice_index` is given.
    InvalidValueError
        If an index is not positive.
    """
    if (spacing_between_slices is None) != (slice_index is None):
        raise InvalidTypeError("slice_index and spacing_between_slices go together")
    for name, value in (("row_index", row_index), ("column_index", column_index)):
        if value < 1:
            raise InvalidValueError(
                "value is not positive", attribute=name, found=value, expected="at least 1"
            )
    z_offset = 0.0
    if slice_index is not None and spacing_between_slices is not None:
        if slice_index < 1:
            raise InvalidValueError(
                "value is not positive", attribute="slice_index", found=slice_index
            )
        z_offset = (slice_index - 1) * positive(spacing_between_slices, "spacing_between_slices")
    column, row = (column_index - 1) * columns, (row_index - 1) * rows
    place = tile_positions(
        np.array([[column, row]]),
        (x_offset, y_offset, z_offset),
        image_orientation,
        pixel_spacing,
    )
    return PlanePositionSequence(_SLIDE, place[0].tolist(), (column + 1, row + 1))


def compute_plane_position_slide_per_frame(dataset: Dataset) -> list[PlanePositionSequence]:
    """Compute the positions of the frames of a TILED_FULL image (PS3.3 C.7.6.17.3).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Tiled image.

    Returns
    -------
    list[iodkit.content.PlanePositionSequence]
        Position of each frame, in order.

    Raises
    ------
    GeometryError
        If the image is not TILED_FULL.
    MissingAttributeError
        If it is not placed in space.
    """
    return [
        PlanePositionSequence(_SLIDE, (x, y, z), (column, row))
        for _, _, column, row, x, y, z in iter_tiled_full_frame_data(dataset)
    ]


def are_plane_positions_tiled_full(
    plane_positions: Sequence[PlanePositionSequence], rows: int, columns: int
) -> bool:
    """Tell whether positions are those of all tiles of one matrix, in the order of TILED_FULL.

    Parameters
    ----------
    plane_positions : Sequence[iodkit.content.PlanePositionSequence]
        Positions of frames, with their places in the total pixel matrix.
    rows, columns : int
        Size of a tile.

    Returns
    -------
    bool
        Whether they are (PS3.3 C.7.6.17.3).

    Raises
    ------
    MissingAttributeError
        If a position has no place in a total pixel matrix.
    """
    places = np.array([[_matrix_place(p[0], k) for k in MATRIX_POSITIONS] for p in plane_positions])
    if len(places) == 0:
        return False
    last_column, last_row = places.max(axis=0).tolist()
    expected = tile_corners(last_row, last_column, rows, columns) + 1
    return bool(np.array_equal(places, expected))


def _matrix_place(item: Dataset, keyword: str) -> int:
    if not has_value(item, keyword):
        raise MissingAttributeError(
            "the position has no place in a total pixel matrix",
            attribute=keyword,
            clause="PS3.3 C.8.12.6.1",
        )
    return int(item[keyword].value)


def get_plane_positions_of_image(image: Dataset) -> Sequence[PlanePositionSequence]:
    """Return the positions of the frames of an image.

    Parameters
    ----------
    image : pydicom.Dataset
        Image of any kind that is placed in space, with one frame or several.

    Returns
    -------
    Sequence[iodkit.content.PlanePositionSequence]
        Position of each frame, in order.

    Raises
    ------
    MissingAttributeError
        If the image is not placed in space.
    """
    count = number_of_frames(image)
    if is_tiled_image(image):
        if frame_group(image, 0, "PlanePositionSlideSequence") is None:
            return compute_plane_position_slide_per_frame(image)
        return [_tile_position(image, index) for index in range(count)]
    system = coordinate_system_of(image) or _PATIENT
    if system is _SLIDE:
        return [_tile_position(image, index) for index in range(count)]
    return [
        PlanePositionSequence(_PATIENT, read_plane(image, index + 1).position)
        for index in range(count)
    ]


def _tile_position(image: Dataset, index: int) -> PlanePositionSequence:
    """Return the position of a frame whose functional groups say it."""
    group = frame_group(image, index, "PlanePositionSlideSequence")
    place = (1, 1)
    if group is not None:
        column, row = (int(read_numbers(group, k, 1)[0]) for k in MATRIX_POSITIONS)
        place = (column, row)
    return PlanePositionSequence(_SLIDE, read_plane(image, index + 1).position, place)


def get_plane_positions_of_series(images: Sequence[Dataset]) -> Sequence[PlanePositionSequence]:
    """Return the positions of single-frame images.

    Parameters
    ----------
    images : Sequence[pydicom.Dataset]
        Images that are placed in space.

    Returns
    -------
    Sequence[iodkit.content.PlanePositionSequence]
        Position of each image, in the order given.

    Raises
    ------
    InvalidValueError
        If an image has several frames.
    MissingAttributeError
        If one is not placed in space.
    """
    positions: list[PlanePositionSequence] = []
    for number, image in enumerate(images):
        if number_of_frames(image) != 1:
            raise InvalidValueError(
                f"image {number} has several frames",
                attribute="NumberOfFrames",
                found=number_of_frames(image),
                expected="1",
                remedy="Use get_plane_positions_of_image().",
            )
        positions.extend(get_plane_positions_of_image(image))
    return positions
