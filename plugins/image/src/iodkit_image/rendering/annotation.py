"""What is written on pictures: letters at the sides, a scale bar, and a caption."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import ImageDraw

from iodkit_image.rendering.text import draw_text, font_for, text_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image as Picture

    from iodkit_image.rendering.orientation import Sides

__all__ = ["draw_caption", "draw_scale_bar", "draw_sides", "length_text", "nice_length"]

_MARGIN = 4
_LETTERS = (255, 214, 102)


def draw_sides(picture: Picture.Image, sides: Sides) -> None:
    """Write letters at the middle of each side.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB picture; it is changed.
    sides : Sides
        Letters.
    """
    width, height = picture.size
    font = font_for(picture.size)
    for word, place, anchor in (
        (sides.left, (_MARGIN, height / 2), "lm"),
        (sides.right, (width - _MARGIN, height / 2), "rm"),
        (sides.top, (width / 2, _MARGIN), "mt"),
        (sides.bottom, (width / 2, height - _MARGIN), "mb"),
    ):
        draw_text(picture, place, word, font, color=_LETTERS, anchor=anchor)


def nice_length(longest: float) -> float:
    """Choose a length that is 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    longest : float
        Length that it must not exceed, in mm.

    Returns
    -------
    float
        Length in mm.
    """
    power = 10.0 ** math.floor(math.log10(longest) + 1e-9)
    return next(step * power for step in (5, 2, 1) if step * power <= longest * (1 + 1e-9))


def length_text(length: float) -> str:
    """Write a length in the unit that suits it.

    Parameters
    ----------
    length : float
        Length in mm.

    Returns
    -------
    str
        For example ``"5 cm"``, ``"2 mm"`` or ``"200 µm"``.
    """
    if length >= 10:
        return f"{length / 10:g} cm"
    if length >= 1:
        return f"{length:g} mm"
    if length >= 1e-3:
        return f"{length * 1e3:g} µm"
    return f"{length * 1e6:g} nm"


def draw_scale_bar(picture: Picture.Image, pixel: float, note: str = "") -> None:
    """Draw a bar of a round length into the lower left corner.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB picture; it is changed.
    pixel : float
        Width in mm of a pixel of the picture.
    note : str, optional
        What kind of length it is.
    """
    width, height = picture.size
    length = nice_length(pixel * width / 4)
    pixels = round(length / pixel)
    font = font_for(picture.size)
    thick = max(2, round(max(picture.size) / 200))
    bottom = height - 2 * _MARGIN
    left = 2 * _MARGIN
    pen = ImageDraw.Draw(picture)
    pen.rectangle((left - 1, bottom - thick - 1, left + pixels, bottom), fill=(0, 0, 0))
    pen.rectangle((left, bottom - thick, left + pixels - 1, bottom - 1), fill=(255, 255, 255))
    text = f"{length_text(length)} {note}".strip()
    place = (left, bottom - thick - 2 - text_size(text, font)[1])
    draw_text(picture, place, text, font)


def draw_caption(picture: Picture.Image, lines: Sequence[str]) -> None:
    """Write lines into the upper left corner.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB picture; it is changed.
    lines : Sequence[str]
        Lines.
    """
    if lines:
        draw_text(picture, (_MARGIN, _MARGIN), "\n".join(lines), font_for(picture.size))
