"""Plans of total pixel matrices: which tile goes where (PS3.3 C.7.6.17.3, C.8.12.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError, OutOfRangeError
from iodkit_image.attributes import select_frames, varying_attributes
from iodkit_image.placement import Placement, TileGrid
from iodkit_image.places import tile_corners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from iodkit.frames import FrameTable
    from iodkit_image.frames import ImageFrames
    from iodkit_image.regions import IndexRange

__all__ = ["find_tiles", "focal_planes", "plan_matrix"]


def focal_planes(image: ImageFrames, table: FrameTable) -> NDArray[np.int64]:
    """Number the focal planes of tiles.

    Parameters
    ----------
    image : Image
        Tiled image.
    table : FrameTable
        Its frames.

    Returns
    -------
    numpy.ndarray
        Number of the focal plane of each frame, from 1, from the glass upwards; shape (frames,).
    """
    count = len(table)
    if image.get("DimensionOrganizationType") == "TILED_FULL":
        down = -(-int(image.TotalPixelMatrixRows) // int(image.Rows))
        across = -(-int(image.TotalPixelMatrixColumns) // int(image.Columns))
        planes = int(image.get("TotalPixelMatrixFocalPlanes") or 1)
        return np.arange(count) // (down * across) % planes + 1
    depths = table.slide_positions[:, 2].round(9)
    return np.unique(depths, return_inverse=True, equal_nan=True)[1].reshape(-1) + 1


def find_tiles(
    image: ImageFrames,
    table: FrameTable,
    *,
    select: Mapping[str, Any] | None = None,
    focal_plane: int | None = None,
) -> TileGrid:
    """Find the tiles of one total pixel matrix.

    Parameters
    ----------
    image : Image
        Tiled image.
    table : FrameTable
        Its frames.
    select : Mapping[str, Any] | None, optional
        Values of attributes that tiles must have.
    focal_plane : int | None, optional
        Number of the focal plane, from 1.

    Returns
    -------
    TileGrid
        The tiles.

    Raises
    ------
    GeometryError
        If the image is not tiled.
    """
    corners = tile_corners(image, table)
    chosen = select_frames(table, image, select)
    if focal_plane is not None:
        chosen &= _in_focal_plane(image, table, focal_plane)
    used = np.flatnonzero(chosen)
    return TileGrid(
        used,
        corners if len(used) == len(corners) else corners[used],
        (int(image.Rows), int(image.Columns)),
        (int(image.TotalPixelMatrixRows), int(image.TotalPixelMatrixColumns)),
    )


def plan_matrix(
    image: ImageFrames,
    table: FrameTable,
    grid: TileGrid,
    ranges: tuple[IndexRange, IndexRange],
    *,
    allow_missing_positions: bool = False,
    layers: NDArray[np.intp] | None = None,
) -> tuple[Placement, NDArray[np.intp]]:
    """Plan a total pixel matrix, or a part of it.

    Parameters
    ----------
    image : Image
        Tiled image.
    table : FrameTable
        Its frames.
    grid : TileGrid
        Its tiles.
    ranges : tuple[IndexRange, IndexRange]
        Rows and columns.
    allow_missing_positions : bool, optional
        Whether tiles may be missing.
    layers : numpy.ndarray | None, optional
        Index of a layer for each frame, from 0: tiles of different layers may share a place.

    Returns
    -------
    placement : Placement
        Tiles, and where they go, in one plane.
    gaps : numpy.ndarray
        ``[0]`` if the tiles do not fill it.

    Raises
    ------
    GeometryError
        If tiles are missing, or several are at one place.
    """
    rows, columns = (
        slice(*wanted.resolve(length).indices(length)[:2])
        for wanted, length in zip(ranges, grid.matrix_shape, strict=True)
    )
    placement = grid.place((rows, columns))
    _require_unique(image, table, placement, layers)
    gaps = placement.find_gaps()
    if len(gaps) and not allow_missing_positions:
        raise GeometryError(
            "tiles are missing in this part of the total pixel matrix",
            attribute="NumberOfFrames",
            found=f"{len(placement.frames)} tiles",
            clause="PS3.3 C.7.6.17.3",
            remedy="Pass allow_missing_positions=True to fill what is missing with fill_value.",
        )
    return placement, gaps


def _in_focal_plane(image: ImageFrames, table: FrameTable, number: int) -> NDArray[np.bool_]:
    planes = focal_planes(image, table)
    found: NDArray[np.bool_] = planes == number
    if not found.any():
        raise OutOfRangeError(
            "there is no such focal plane",
            attribute="focal_plane",
            found=number,
            expected=f"1 to {int(planes.max())}",
        )
    return found


def _require_unique(
    image: ImageFrames,
    table: FrameTable,
    placement: Placement,
    layers: NDArray[np.intp] | None,
) -> None:
    same = placement.find_ambiguous(layers)
    if not len(same):
        return
    planes = focal_planes(image, table)[same]
    if (planes != planes[0]).any():
        what, remedy = "the focal plane", f"Pass focal_plane, 1 to {int(planes.max())}."
    else:
        names = varying_attributes(table, image, same)
        what, remedy = " and ".join(names), f"Choose: select={{{names[0]!r}: ...}}."
    numbers = ", ".join(str(number + 1) for number in same[:4].tolist())
    raise GeometryError(
        f"several tiles have one place in the total pixel matrix (first: frames {numbers}); "
        f"they differ in {what}",
        clause="PS3.3 C.7.6.17.3",
        remedy=remedy,
    )
