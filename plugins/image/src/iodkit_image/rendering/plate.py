"""A picture of pixels before anything is written on it, and the tile that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image as Picture

from iodkit.errors import InvalidValueError
from iodkit.overlays import marks_of
from iodkit_image.rendering.annotation import draw_caption, draw_scale_bar, draw_sides
from iodkit_image.rendering.legend import LegendEntry, entries_of
from iodkit_image.rendering.orientation import Sides
from iodkit_image.rendering.painting import Painter, resized
from iodkit_image.rendering.pixelsize import PixelSize

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from iodkit.overlays import Overlay, View
    from iodkit_image.rendering.style import Style

__all__ = ["Plate", "Tile"]

_LARGEST_SIDE = 32768


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A picture with its overlays and letters, and what belongs into the legend."""

    picture: Picture.Image
    legend: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """Pixels as they look on the screen, with what is known about them.

    Parameters
    ----------
    rgb : numpy.ndarray
        Shape (rows, columns, 3), 8-bit.
    view : View
        Which image, and where.
    pixel : PixelSize
        Size of the pixels.
    sides : Sides
        Letters for the sides.
    caption : tuple[str, ...]
        Lines for the corner.
    """

    rgb: NDArray[np.uint8]
    view: View
    pixel: PixelSize = field(default_factory=PixelSize)
    sides: Sides = field(default_factory=Sides)
    caption: tuple[str, ...] = ()

    def draw(self, overlays: Sequence[Overlay], style: Style) -> Tile:
        """Draw overlays, letters, scale bar and caption.

        Parameters
        ----------
        overlays : Sequence[Overlay]
            What to draw on the pixels, the lowest first.
        style : Style
            How to draw.

        Returns
        -------
        Tile
            Picture and legend.
        """
        marks = [mark for overlay in overlays for mark in marks_of(overlay, self.view)]
        canvas = resized(Picture.fromarray(self.rgb), self._size(style.size), smooth=style.smooth)
        painter = Painter(canvas, self.view.shape, opacity=style.opacity, outline=style.outline)
        painter.paint(marks)
        if style.letters:
            draw_sides(canvas, self.sides)
        if style.scale_bar and self.pixel.is_known:
            length = self.pixel.width * self.view.shape[1] / canvas.width
            draw_scale_bar(canvas, length, self.pixel.note)
        if style.captions:
            draw_caption(canvas, self.caption)
        return Tile(canvas, entries_of(marks))

    @property
    def extent(self) -> float:
        """float: Length of the longer side, in the units of `pixel`."""
        rows, columns = self.view.shape
        return max(rows * self.pixel.height, columns * self.pixel.width)

    def _size(self, longest: int | None) -> tuple[int, int]:
        """Width and height on the screen, where pixels are square."""
        height = self.view.shape[0] * self.pixel.height
        width = self.view.shape[1] * self.pixel.width
        unit = min(self.pixel.height, self.pixel.width)
        factor = 1 / unit if longest is None else longest / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        if max(size) > _LARGEST_SIDE:
            raise InvalidValueError(
                "the picture would be too large",
                attribute="size",
                found=size,
                expected=f"at most {_LARGEST_SIDE} pixels on each side",
                remedy="Pass a size.",
            )
        return size
