"""Frames as 8-bit pictures, with the window that the image names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit_image.placement import TileGrid
from iodkit_image.tiles import find_tiles
from iodkit_image.transforms.rescaling import Rescaling

if TYPE_CHECKING:
    import PIL.Image
    from numpy.typing import NDArray

    from iodkit.frames import FrameTable
    from iodkit_image.frames import ImageFrames

__all__ = ["shrink_matrix", "to_display"]


def to_display(image: ImageFrames, frame_index: int) -> NDArray[np.uint8]:
    """Turn a frame into grey values or colours from 0 to 255.

    Parameters
    ----------
    image : Image
        The image.
    frame_index : int
        Index of the frame, from 0.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns) or (rows, columns, 3).
    """
    return _Window.of(image, frame_index).apply(image.frame_store.view(frame_index), frame_index)


class _Window:
    """The range of values that is shown."""

    def __init__(self, rescaling: Rescaling, limits: tuple[float, float], invert: bool) -> None:
        self._rescaling, self._limits, self._invert = rescaling, limits, invert

    @classmethod
    def of(cls, image: ImageFrames, frame_index: int) -> _Window:
        """Window of a frame; from its lowest to its highest value where none is named."""
        table = image.frame_table
        layout = image.frame_store.layout
        if layout.is_color:
            highest = float((1 << layout.bits_stored) - 1)
            rescaling = Rescaling.of(table, np.dtype(np.float32), False)
            return cls(rescaling, (0.0, highest), invert=False)
        rescaling = Rescaling.of(table, np.dtype(np.float32), None)
        limits = _named_limits(table, frame_index)
        if limits is None:
            values = rescaling.apply(image.frame_store.view(frame_index), frame_index)
            shown = values[np.isfinite(values)]
            limits = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
        return cls(rescaling, limits, layout.photometric_interpretation == "MONOCHROME1")

    def apply(self, stored: NDArray[Any], frame_index: int) -> NDArray[np.uint8]:
        """Show stored values."""
        low, high = self._limits
        if stored.dtype == np.uint8 and stored.ndim == 3 and (low, high) == (0.0, 255.0):
            return stored
        values = self._rescaling.apply(stored, frame_index)
        values -= np.float32(low)
        values *= np.float32(255 / (high - low or 1.0))
        np.clip(values, 0, 255, out=values)
        shown = np.rint(np.nan_to_num(values, copy=False)).astype(np.uint8)
        return 255 - shown if self._invert else shown


def _named_limits(table: FrameTable, frame_index: int) -> tuple[float, float] | None:
    """Limits of the first window of a frame (PS3.3 C.11.2.1.2.1, function LINEAR)."""
    center, width = (
        float(values[frame_index].flat[0]) if values.size else np.nan
        for values in (table.window_centers, table.window_widths)
    )
    if np.isnan(center) or np.isnan(width) or width < 1:
        return None
    return center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2


def shrink_matrix(image: ImageFrames, size: int) -> PIL.Image.Image:
    """Make a small picture of a total pixel matrix, tile by tile.

    Parameters
    ----------
    image : Image
        Tiled image; of several channels and focal planes, the first tile at each place counts.
    size : int
        Length in pixels of the longer side.

    Returns
    -------
    PIL.Image.Image
        Picture; white where there is no tile of a colour image, black of others.
    """
    from PIL.Image import Resampling, fromarray, new

    grid = _first_tiles(find_tiles(image, image.frame_table))
    rows, columns = grid.matrix_shape
    scale = min(1.0, size / max(rows, columns))
    height, width = max(1, round(rows * scale)), max(1, round(columns * scale))
    is_color = image.frame_store.layout.is_color
    picture = new("RGB" if is_color else "L", (width, height), "white" if is_color else "black")
    placement = grid.place((slice(0, rows), slice(0, columns)))
    window = _Window.of(image, int(placement.frames[len(placement.frames) // 2]))
    with image.frame_store.held() as store:
        for frame, (_, bottom, _, right), corner in zip(
            placement.frames.tolist(),
            placement.sources.tolist(),
            placement.targets.tolist(),
            strict=True,
        ):
            top, left = (round(place * scale) for place in corner)
            down = min(height, round((corner[0] + bottom) * scale)) - top
            across = min(width, round((corner[1] + right) * scale)) - left
            if down > 0 and across > 0:
                stored = store.view(frame, slice(0, bottom))[:, :right]
                tile = fromarray(np.ascontiguousarray(window.apply(stored, frame)))
                picture.paste(tile.resize((across, down), Resampling.BOX), (left, top))
    return picture


def _first_tiles(grid: TileGrid) -> TileGrid:
    _, first = np.unique(grid.corners, axis=0, return_index=True)
    first = np.sort(first)
    return TileGrid(grid.frames[first], grid.corners[first], grid.tile_shape, grid.matrix_shape)
