"""Several tiles on one sheet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image as Picture

from iodkit_image.rendering.legend import BACKGROUND, distinct, with_legend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit_image.rendering.plate import Tile
    from iodkit_image.rendering.style import Style

__all__ = ["as_grid", "finished"]

_GAP = 4


def finished(tile: Tile, style: Style) -> Picture.Image:
    """Put the legend beside a tile.

    Parameters
    ----------
    tile : Tile
        Tile.
    style : Style
        How to draw.

    Returns
    -------
    PIL.Image.Image
        The picture.
    """
    return with_legend(tile.picture, tile.legend) if style.legend else tile.picture


def as_grid(tiles: Sequence[Tile], columns: int | None, style: Style) -> Picture.Image:
    """Put tiles beside and below each other, with one legend.

    Parameters
    ----------
    tiles : Sequence[Tile]
        Tiles; each is centred in its cell.
    columns : int | None
        Number of columns; by default so that the sheet is about square.
    style : Style
        How to draw.

    Returns
    -------
    PIL.Image.Image
        The sheet.
    """
    across = min(columns or math.ceil(math.sqrt(len(tiles))), len(tiles))
    rows = [tiles[start : start + across] for start in range(0, len(tiles), across)]
    widths = [
        max(row[column].picture.width for row in rows if column < len(row))
        for column in range(across)
    ]
    heights = [max(tile.picture.height for tile in row) for row in rows]
    size = (sum(widths) + _GAP * (across - 1), sum(heights) + _GAP * (len(rows) - 1))
    sheet = Picture.new("RGB", size, BACKGROUND)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for tile, width in zip(row, widths, strict=False):
            x = left + (width - tile.picture.width) // 2
            sheet.paste(tile.picture, (x, top + (height - tile.picture.height) // 2))
            left += width + _GAP
        top += height + _GAP
    if not style.legend:
        return sheet
    return with_legend(sheet, distinct(entry for tile in tiles for entry in tile.legend))
