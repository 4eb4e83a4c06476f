"""Marks painted on a picture."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw

from iodkit.overlays import ColorMark, MaskMark, ShapeMark, TextMark
from iodkit_image.rendering.text import draw_text, font_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from iodkit.overlays import Mark

__all__ = ["Painter", "resized"]


def resized(picture: Picture.Image, size: tuple[int, int], *, smooth: bool = True) -> Picture.Image:
    """Bring a picture to a size: pixels are averaged when it gets smaller.

    Parameters
    ----------
    picture : PIL.Image.Image
        Picture.
    size : tuple[int, int]
        Width and height.
    smooth : bool, optional
        Whether values between pixels are interpolated when it gets larger.

    Returns
    -------
    PIL.Image.Image
        Picture of that size.
    """
    for axis in (0, 1):
        target = (size[0], picture.height) if axis == 0 else size
        if target[axis] < picture.size[axis]:
            picture = picture.resize(target, Picture.Resampling.BOX)
        elif target[axis] > picture.size[axis]:
            method = Picture.Resampling.BILINEAR if smooth else Picture.Resampling.NEAREST
            picture = picture.resize(target, method)
    return picture


class Painter:
    """Paints marks on a picture that may be larger or smaller than the view.

    Parameters
    ----------
    canvas : PIL.Image.Image
        RGB picture of the view; it is painted on.
    shape : tuple[int, int]
        Rows and columns of the view.
    opacity : float
        How much the inside of regions hides the image, from 0 to 1.
    outline : bool
        Whether regions get a line at their border.
    """

    def __init__(
        self, canvas: Picture.Image, shape: tuple[int, int], *, opacity: float, outline: bool
    ) -> None:
        self._canvas = canvas
        self._scale = (canvas.width / shape[1], canvas.height / shape[0])
        self._opacity = opacity
        self._outline = outline
        self._line = max(1, round(max(canvas.size) / 400))

    def paint(self, marks: Iterable[Mark]) -> None:
        """Paint marks, each over those before.

        Parameters
        ----------
        marks : Iterable[Mark]
            Marks in pixels of the view.
        """
        for mark in marks:
            self._paint(mark)

    @singledispatchmethod
    def _paint(self, mark: Any) -> None:
        raise AssertionError(f"no mark: {mark!r}")

    @_paint.register
    def _paint_mask(self, mark: MaskMark) -> None:
        share = self._fitted(mark.mask)
        inside = share > 0
        box = _bounding_box(inside)
        if box is None:
            return
        part = share[box]
        self._blend(box, np.array(mark.color, np.float32), part * self._opacity)
        if self._outline:
            self._blend(box, np.array(mark.color, np.float32), _border(part >= 0.5, self._line))

    @_paint.register
    def _paint_colors(self, mark: ColorMark) -> None:
        share = self._fitted(mark.opacity)
        colors = resized(Picture.fromarray(mark.rgb), self._canvas.size, smooth=False)
        whole = (slice(None), slice(None))
        self._blend(whole, np.asarray(colors, np.float32), share)

    @_paint.register
    def _paint_shapes(self, mark: ShapeMark) -> None:
        if mark.kind == "POLYGON" and mark.is_filled:
            self._fill(mark)
        pen = ImageDraw.Draw(self._canvas)
        for points in mark.shapes:
            places = (points * self._scale).tolist()
            if mark.kind == "POINTS" or len(places) == 1:
                self._draw_points(pen, places, mark)
            else:
                closing = places[:1] if mark.kind == "POLYGON" else []
                corners = [(x, y) for x, y in places + closing]
                pen.line(corners, fill=mark.color, width=self._line, joint="curve")

    @_paint.register
    def _paint_text(self, mark: TextMark) -> None:
        x, y = mark.anchor[0] * self._scale[0], mark.anchor[1] * self._scale[1]
        draw_text(self._canvas, (x, y), mark.text, font_for(self._canvas.size), color=mark.color)

    def _draw_points(
        self, pen: ImageDraw.ImageDraw, places: list[list[float]], mark: ShapeMark
    ) -> None:
        radius = 1.5 * self._line
        for x, y in places:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=mark.color)

    def _fill(self, mark: ShapeMark) -> None:
        """Fill polygons, as transparently as masks."""
        mask = Picture.new("1", self._canvas.size)
        pen = ImageDraw.Draw(mask)
        for points in mark.shapes:
            if len(points) > 2:
                pen.polygon([(x, y) for x, y in (points * self._scale).tolist()], fill=1)
        share = np.asarray(mask, np.float32) * self._opacity
        box = _bounding_box(share > 0)
        if box is not None:
            self._blend(box, np.array(mark.color, np.float32), share[box])

    def _fitted(self, plane: NDArray[Any]) -> NDArray[np.float32]:
        """Bring a plane of shares to the size of the canvas; borders stay where pixels end."""
        picture = Picture.fromarray(np.ascontiguousarray(plane, np.float32))
        return np.asarray(resized(picture, self._canvas.size, smooth=False), np.float32)

    def _blend(
        self, box: tuple[slice, slice], color: NDArray[np.float32], share: NDArray[Any]
    ) -> None:
        rows, columns = box
        top, left = rows.start or 0, columns.start or 0
        corner = (left, top, left + share.shape[1], top + share.shape[0])
        below = np.asarray(self._canvas.crop(corner), np.float32)
        weight = share.astype(np.float32)[..., np.newaxis]
        mixed = below + (color - below) * weight
        self._canvas.paste(Picture.fromarray(np.rint(mixed).astype(np.uint8)), (left, top))


def _bounding_box(mask: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _border(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Pixels of a region that lie at most `width` from one outside it, straight or diagonally."""
    inner = np.pad(mask, width)
    for axis in (0, 1):
        shifted = [np.roll(inner, step, axis) for step in range(-width, width + 1)]
        inner = np.logical_and.reduce(shifted)
    return mask & ~inner[width:-width, width:-width]
