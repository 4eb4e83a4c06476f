"""The legend beside a picture: colours and their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw

from iodkit.overlays import ColorMark, ColorScale, MaskMark, ShapeMark
from iodkit_image.rendering.text import draw_text, font_for, text_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iodkit.overlays import Mark
    from iodkit.overlays.marks import RGB
    from iodkit_image.rendering.text import Font

__all__ = ["BACKGROUND", "LegendEntry", "entries_of", "with_legend"]

BACKGROUND = (20, 22, 26)
_MARGIN = 10
_LONGEST = 32
_LARGEST = 480


@dataclass(frozen=True, slots=True, eq=False)
class LegendEntry:
    """A line of the legend."""

    label: str
    color: RGB | None = None
    scale: ColorScale | None = None

    @property
    def key(self) -> object:
        """What makes two lines the same one."""
        scale = self.scale
        return (
            self.label,
            self.color,
            None if scale is None else (scale.colors.tobytes(), scale.low, scale.high, scale.unit),
        )


def entries_of(marks: Iterable[Mark]) -> tuple[LegendEntry, ...]:
    """List what marks with a label need in the legend.

    Parameters
    ----------
    marks : Iterable[Mark]
        Marks.

    Returns
    -------
    tuple[LegendEntry, ...]
        Lines, each once, in the order of the marks.
    """
    entries = []
    for mark in marks:
        if isinstance(mark, MaskMark | ShapeMark) and mark.label:
            entries.append(LegendEntry(mark.label, mark.color))
        elif isinstance(mark, ColorMark) and (mark.label or mark.scale is not None):
            entries.append(LegendEntry(mark.label, scale=mark.scale))
    return distinct(entries)


def distinct(entries: Iterable[LegendEntry]) -> tuple[LegendEntry, ...]:
    """Keep each line once."""
    return tuple({entry.key: entry for entry in reversed(list(entries))}.values())[::-1]


def with_legend(picture: Picture.Image, entries: Sequence[LegendEntry]) -> Picture.Image:
    """Put a legend to the right of a picture.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB picture.
    entries : Sequence[LegendEntry]
        Lines; those that find no room below each other go to further columns.

    Returns
    -------
    PIL.Image.Image
        A wider picture; the same one if there are no lines.
    """
    if not entries:
        return picture
    side = min(*picture.size, _LARGEST)
    font = font_for((side, side))
    line = text_size("", font)[1] + 8
    columns = _columns(entries, line, max(picture.height - 2 * _MARGIN, line))
    widths = [max(_width(entry, font, line) for entry in column) for column in columns]
    right = sum(widths) + _MARGIN * (len(widths) + 1)
    sheet = Picture.new("RGB", (picture.width + right, picture.height), BACKGROUND)
    sheet.paste(picture, (0, 0))
    left = picture.width + _MARGIN
    for column, width in zip(columns, widths, strict=True):
        top = _MARGIN
        for entry in column:
            _draw_entry(sheet, entry, (left, top), font, line)
            top += _lines(entry) * line
        left += width + _MARGIN
    return sheet


def _lines(entry: LegendEntry) -> int:
    return 1 if entry.scale is None else 3


def _columns(entries: Sequence[LegendEntry], line: int, height: int) -> list[list[LegendEntry]]:
    columns: list[list[LegendEntry]] = [[]]
    used = 0
    for entry in entries:
        needed = _lines(entry) * line
        if columns[-1] and used + needed > height:
            columns.append([])
            used = 0
        columns[-1].append(entry)
        used += needed
    return columns


def _shortened(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 3]}..."


def _ends(scale: ColorScale) -> tuple[str, str]:
    return f"{scale.low:.4g}", f"{scale.high:.4g} {scale.unit}".strip()


def _width(entry: LegendEntry, font: Font, line: int) -> int:
    if entry.scale is None:
        return line + text_size(_shortened(entry.label), font)[0]
    low, high = _ends(entry.scale)
    ends = text_size(f"{low}    {high}", font)[0]
    return max(6 * line, ends, text_size(_shortened(entry.label), font)[0])


def _draw_entry(
    sheet: Picture.Image, entry: LegendEntry, place: tuple[int, int], font: Font, line: int
) -> None:
    left, top = place
    side = line - 6
    label = _shortened(entry.label)
    if entry.scale is None:
        pen = ImageDraw.Draw(sheet)
        pen.rectangle((left, top, left + side - 1, top + side - 1), fill=entry.color)
        draw_text(sheet, (left + line, top + side / 2), label, font, anchor="lm")
        return
    draw_text(sheet, (left, top), label, font)
    width = _width(entry, font, line)
    places = np.linspace(0, len(entry.scale.colors) - 1, width).round().astype(int)
    bar = np.repeat(entry.scale.colors[places][np.newaxis], side, axis=0)
    sheet.paste(Picture.fromarray(np.ascontiguousarray(bar, np.uint8)), (left, top + line))
    low, high = _ends(entry.scale)
    draw_text(sheet, (left, top + 2 * line), low, font)
    draw_text(sheet, (left + width, top + 2 * line), high, font, anchor="rt")
