"""Text on pictures, in the font that comes with Pillow."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from PIL import ImageDraw, ImageFont

if TYPE_CHECKING:
    from PIL import Image as Picture

    from iodkit.overlays.marks import RGB

__all__ = ["Font", "draw_text", "font_for", "load_font", "text_size"]

Font: TypeAlias = "ImageFont.FreeTypeFont | ImageFont.ImageFont"

_SMALLEST, _LARGEST = 10, 28


@lru_cache(maxsize=32)
def load_font(size: int) -> Font:
    """Load Pillow's own font.

    Parameters
    ----------
    size : int
        Height in pixels; builds of Pillow without FreeType know one size only.

    Returns
    -------
    PIL.ImageFont.FreeTypeFont or PIL.ImageFont.ImageFont
        The font.
    """
    return ImageFont.load_default(size)


def font_for(size: tuple[int, int]) -> Font:
    """Choose a font that suits a picture.

    Parameters
    ----------
    size : tuple[int, int]
        Width and height of the picture.

    Returns
    -------
    PIL.ImageFont.FreeTypeFont or PIL.ImageFont.ImageFont
        The font.
    """
    return load_font(min(_LARGEST, max(_SMALLEST, round(max(size) / 32))))


def text_size(text: str, font: Font) -> tuple[int, int]:
    """Measure a text of one line.

    Parameters
    ----------
    text : str
        Text.
    font : PIL.ImageFont.FreeTypeFont or PIL.ImageFont.ImageFont
        Font.

    Returns
    -------
    tuple[int, int]
        Width of the text and height of the line, in pixels.
    """
    width = font.getbbox(text)[2] if text else 0
    height = font.getbbox("Hgqj|")[3]
    return int(width + 0.999), int(height + 0.999)


def draw_text(
    picture: Picture.Image,
    place: tuple[float, float],
    text: str,
    font: Font,
    *,
    color: RGB = (255, 255, 255),
    anchor: str = "lt",
) -> None:
    """Write on a picture, with a dark rim that keeps the text readable on any ground.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB picture; it is changed.
    place : tuple[float, float]
        x and y of the anchor.
    text : str
        Text, of one line or several.
    font : PIL.ImageFont.FreeTypeFont or PIL.ImageFont.ImageFont
        Font.
    color : tuple[int, int, int], optional
        Colour.
    anchor : {"lt", "mt", "rt", "lm", "mm", "rm", "lb", "mb", "rb"}, optional
        Which point of the text lies at `place`: left, middle or right; top, middle or bottom.
    """
    pen = ImageDraw.Draw(picture)
    rim = (0, 0, 0) if sum(color) > 200 else (255, 255, 255)
    lines = text.splitlines()
    height = text_size(text, font)[1]
    top = place[1] - {"t": 0.0, "m": 0.5, "b": 1.0}[anchor[1]] * height * len(lines)
    for number, line in enumerate(lines):
        width = text_size(line, font)[0]
        left = place[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * width
        pen.text(
            (round(left), round(top + number * height)),
            line,
            fill=color,
            font=font,
            stroke_width=1,
            stroke_fill=rim,
        )
