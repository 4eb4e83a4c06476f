"""The plate of a total pixel matrix: all tiles of a slide, small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Picture

from iodkit.errors import GeometryError
from iodkit.overlays import Overlay, View
from iodkit.spatial import (
    VOLUME_INDEX_CONVENTION,
    VolumeGeometry,
    create_affine_matrix_from_attributes,
)
from iodkit_image.places import FramePlaces, frame_places, tile_corners
from iodkit_image.rendering.levels import frame_rgb, window_for
from iodkit_image.rendering.pixelsize import PixelSize
from iodkit_image.rendering.plate import Plate
from iodkit_image.tiles import focal_planes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit.frames import FrameTable
    from iodkit_image.frames import ImageFrames
    from iodkit_image.rendering.levels import Window

__all__ = ["plate_of_matrix"]

_LARGEST = 4096


def plate_of_matrix(
    image: ImageFrames, size: int | None, window: tuple[float, float] | None = None
) -> Plate:
    """Make a plate of a total pixel matrix; each tile is averaged to the size that is shown.

    Parameters
    ----------
    image : Image
        Tiled image.  Of several channels the first is shown, of several focal planes the middle.
    size : int | None
        Length of the longer side; by default that of the matrix, 4096 at most.
    window : tuple[float, float] | None, optional
        Centre and width, of grey images.

    Returns
    -------
    Plate
        The picture.
    """
    table = image.frame_table
    matrix = (int(image.TotalPixelMatrixRows), int(image.TotalPixelMatrixColumns))
    frames = _first_tiles(image, table)
    scale = min(1.0, (size or _LARGEST) / max(matrix))
    shape = (max(1, round(matrix[0] * scale)), max(1, round(matrix[1] * scale)))
    step = (matrix[1] / shape[1], matrix[0] / shape[0])
    places = _places(image, table)
    pixel = PixelSize(step[1], step[0])
    if places is not None:
        height, width = places.pixel_spacings[0].tolist()
        pixel = PixelSize(height * step[1], width * step[0], is_known=True)
    if isinstance(image, Overlay):
        rgb = np.zeros((*shape, 3), np.uint8)
    else:
        middle = frames[len(frames) // 2]
        shown = window_for(image, table, [middle], window)[0]
        rgb = _shrunk(image, table, frames, shape, shown)
    uid = str(image.SOPInstanceUID) if "SOPInstanceUID" in image else None
    return Plate(
        rgb=rgb,
        view=View(shape, _geometry(places, frames, shape, step), uid, step=step),
        pixel=pixel,
        caption=(f"{matrix[1]} x {matrix[0]} pixels",),
    )


def _first_tiles(image: ImageFrames, table: FrameTable) -> list[int]:
    """One frame for each place: of the middle focal plane, and the first channel."""
    depths = focal_planes(image, table)
    levels = np.unique(depths)
    chosen = np.flatnonzero(depths == levels[(len(levels) - 1) // 2])
    corners = tile_corners(image, table)[chosen]
    _, first = np.unique(corners, axis=0, return_index=True)
    return np.sort(chosen[first]).tolist()


def _places(image: ImageFrames, table: FrameTable) -> FramePlaces | None:
    try:
        return frame_places(image, table)
    except GeometryError:
        return None


def _geometry(
    places: FramePlaces | None,
    frames: Sequence[int],
    shape: tuple[int, int],
    step: tuple[float, float],
) -> VolumeGeometry | None:
    if places is None:
        return None
    # The first pixel that is shown covers several of the matrix: its centre is theirs.
    first = places.part(int(places.plane_of_frame[frames[0]]), (step[1] - 1) / 2, (step[0] - 1) / 2)
    height, width = first.pixel_spacing
    affine = create_affine_matrix_from_attributes(
        first.position,
        first.orientation,
        (height * step[1], width * step[0]),
        places.spacing_hint or 1.0,
        index_convention=VOLUME_INDEX_CONVENTION,
        slices_first=True,
    )
    return VolumeGeometry(
        affine, (1, *shape), places.coordinate_system, places.frame_of_reference_uid
    )


def _shrunk(
    image: ImageFrames,
    table: FrameTable,
    frames: Sequence[int],
    shape: tuple[int, int],
    window: Window | None,
) -> NDArray[np.uint8]:
    """Average tiles into the picture one by one; white where there is none."""
    matrix = (int(image.TotalPixelMatrixRows), int(image.TotalPixelMatrixColumns))
    corners = tile_corners(image, table)
    canvas = Picture.new("RGB", (shape[1], shape[0]), "white")
    for frame in frames:
        rgb = frame_rgb(image, table, frame, window)
        rows, columns = (
            _span(int(start), length, limit, target)
            for start, length, limit, target in zip(
                corners[frame], rgb.shape[:2], matrix, shape, strict=True
            )
        )
        size = (columns[1] - columns[0], rows[1] - rows[0])
        if min(size) > 0:
            inside = rgb[: matrix[0] - int(corners[frame][0]), : matrix[1] - int(corners[frame][1])]
            tile = Picture.fromarray(np.ascontiguousarray(inside))
            canvas.paste(tile.resize(size, Picture.Resampling.BOX), (columns[0], rows[0]))
    return np.asarray(canvas)


def _span(start: int, length: int, limit: int, target: int) -> tuple[int, int]:
    """Where pixels of the matrix go in the picture, along one axis."""
    end = min(start + length, limit)
    return round(start * target / limit), round(end * target / limit)
