"""Polygons around the pixels of a mask, along the edges of pixels, and back without loss.

Coordinates are (column, row), and the centre of the first pixel is (0, 0), so edges of pixels lie
at halves.  Pixels that touch at a corner only belong to different polygons.  On the screen, with
rows growing downwards, polygons around pixels run clockwise, those around holes counter-clockwise.
A pixel belongs to the polygons if its centre lies inside an odd number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["mask_to_polygons", "polygons_to_mask", "signed_area"]

# Steps along the edges of pixels, in (column, row), each a right turn from the one before.
_STEPS = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
_EAST, _SOUTH, _WEST, _NORTH = range(4)


def mask_to_polygons(mask: ArrayLike) -> list[NDArray[np.float64]]:
    """Draw polygons along the edges of the pixels of a mask.

    Parameters
    ----------
    mask : array-like
        Mask of shape (rows, columns).

    Returns
    -------
    list[numpy.ndarray]
        For each polygon its corners, shape (corners, 2), as (column, row); the last one is joined
        to the first, which is not repeated.

    Raises
    ------
    InvalidValueError
        If the mask does not have two dimensions.
    """
    pixels = np.asarray(mask).astype(bool)
    if pixels.ndim != 2:
        raise InvalidValueError(
            "mask does not have two dimensions",
            attribute="mask",
            found=pixels.shape,
            expected="(rows, columns)",
        )
    leaving = _edges(pixels)
    directions, rows, columns = np.nonzero(leaving)
    following = _following(leaving, directions, rows, columns)
    corners = directions[following] != directions
    # Where an edge ends, (column, row); corner (0, 0) of the grid lies at (-0.5, -0.5).
    ends = (np.stack([columns, rows], axis=1) + _STEPS[directions] - 0.5).astype(np.float64)
    return [ends[cycle[corners[cycle]]] for cycle in _cycles(following)]


def _edges(pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find the edges between set and other pixels, by direction and by the corner they leave."""
    rows, columns = pixels.shape
    padded = np.pad(pixels, 1)
    leaving = np.zeros((4, rows + 1, columns + 1), bool)
    inside = padded[1:-1, 1:-1]
    # Set pixels lie to the right of each edge: their upper edges lead east, right ones south, ….
    leaving[_EAST, :-1, :-1] = inside & ~padded[:-2, 1:-1]
    leaving[_SOUTH, :-1, 1:] = inside & ~padded[1:-1, 2:]
    leaving[_WEST, 1:, 1:] = inside & ~padded[2:, 1:-1]
    leaving[_NORTH, 1:, :-1] = inside & ~padded[1:-1, :-2]
    return leaving


def _following(
    leaving: NDArray[np.bool_],
    directions: NDArray[np.intp],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Number of the edge that follows each edge: to the right if possible, then straight on."""
    numbers = np.full(leaving.shape, -1)
    numbers[directions, rows, columns] = np.arange(len(directions))
    steps = _STEPS[directions]
    end = (rows + steps[:, 1], columns + steps[:, 0])
    right, left = (directions + 1) % 4, (directions + 3) % 4
    straight_or_left = np.where(leaving[directions, *end], directions, left)
    turned = np.where(leaving[right, *end], right, straight_or_left)
    return numbers[turned, *end]


def _cycles(following: NDArray[np.intp]) -> Iterable[NDArray[np.intp]]:
    """Follow the edges around each polygon."""
    successors = following.tolist()
    seen = bytearray(len(successors))
    for first in range(len(successors)):
        cycle = []
        edge = first
        while not seen[edge]:
            seen[edge] = 1
            cycle.append(edge)
            edge = successors[edge]
        if cycle:
            yield np.array(cycle)


def polygons_to_mask(polygons: Iterable[ArrayLike], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Find the pixels whose centres lie inside an odd number of polygons.

    A centre on an edge belongs to the polygon if the polygon lies at larger columns or rows.

    Parameters
    ----------
    polygons : Iterable[array-like]
        Corners of each polygon, shape (corners, 2), as (column, row); parts outside of the image
        are cut off.
    shape : tuple[int, int]
        Rows and columns of the image.

    Returns
    -------
    numpy.ndarray
        Mask of shape (rows, columns).

    Raises
    ------
    InvalidValueError
        If a polygon has fewer than three corners, or coordinates are not finite numbers.
    """
    rows, columns = shape
    crossed = np.zeros((rows, columns + 1), bool)
    for polygon in polygons:
        corners = _check_polygon(polygon)
        _cross(crossed, corners, np.roll(corners, -1, axis=0))
    return np.logical_xor.accumulate(crossed[:, :columns], axis=1)


def _check_polygon(polygon: ArrayLike) -> NDArray[np.float64]:
    corners = np.asarray(polygon, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise InvalidValueError(
            "not a polygon",
            attribute="polygons",
            found=corners.shape,
            expected="three corners or more, each (column, row)",
        )
    if not np.isfinite(corners).all():
        raise InvalidValueError(
            "coordinates are not finite", attribute="polygons", found=corners.tolist()
        )
    return corners


def _cross(
    crossed: NDArray[np.bool_], starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> None:
    """Mark the first pixel behind each edge, in each row whose centres the edge crosses."""
    upward = starts[:, 1] > ends[:, 1]
    x0, y0 = np.where(upward[:, np.newaxis], ends, starts).T
    x1, y1 = np.where(upward[:, np.newaxis], starts, ends).T
    height, width = crossed.shape
    first = np.clip(np.ceil(y0), 0, height).astype(np.intp)
    counts = np.clip(np.ceil(y1), 0, height).astype(np.intp) - first
    edges = np.repeat(np.arange(len(first)), counts)
    rows = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edges]
    slopes = (x1 - x0)[edges] / (y1 - y0)[edges]
    places = x0[edges] + (rows - y0[edges]) * slopes
    behind = np.clip(np.ceil(places), 0, width - 1).astype(np.intp)
    np.logical_xor.at(crossed, (rows, behind), True)


def signed_area(polygon: ArrayLike) -> float:
    """Compute the area of a polygon in pixels.

    Parameters
    ----------
    polygon : array-like
        Corners, shape (corners, 2), as (column, row).

    Returns
    -------
    float
        Area; negative if the polygon runs counter-clockwise on the screen, as holes do.
    """
    columns, rows = _check_polygon(polygon).T
    return float(np.dot(columns, np.roll(rows, -1)) - np.dot(rows, np.roll(columns, -1))) / 2
