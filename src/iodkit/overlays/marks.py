"""Marks: what overlays ask to be drawn, as values without any knowledge of how it is drawn.

Points are ``(x, y)`` in pixels of the view, x to the right and y downwards, with ``(0, 0)`` at the
top left corner of the first pixel and ``(0.5, 0.5)`` at its centre, as graphics in pixels have it
(PS3.3 C.10.5).  Colours are ``(red, green, blue)`` from 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RGB", "ColorMark", "ColorScale", "Mark", "MaskMark", "ShapeMark", "TextMark"]

RGB: TypeAlias = "tuple[int, int, int]"
ShapeKind: TypeAlias = Literal["POINTS", "POLYLINE", "POLYGON"]


def _check_color(color: RGB) -> None:
    if len(color) != 3 or not all(0 <= int(value) <= 255 for value in color):
        raise InvalidValueError(
            "not a colour", attribute="color", found=color, expected="three numbers from 0 to 255"
        )


def _check_range(values: NDArray[np.floating] | NDArray[np.bool_], attribute: str) -> None:
    if values.ndim != 2 or (
        values.size and not (float(values.min()) >= 0 and float(values.max()) <= 1)
    ):
        raise InvalidValueError(
            "not a plane of shares",
            attribute=attribute,
            found=f"shape {values.shape}",
            expected="shape (rows, columns), booleans or numbers from 0 to 1",
        )


@dataclass(frozen=True, slots=True, eq=False)
class MaskMark:
    """A region of one colour.

    Parameters
    ----------
    mask : numpy.ndarray
        Shape (rows, columns) of the view: booleans, or shares from 0 to 1.
    color : tuple[int, int, int]
        Colour.
    label : str, optional
        Name for the legend; none if empty.
    """

    mask: NDArray[np.bool_] | NDArray[np.floating]
    color: RGB
    label: str = ""

    def __post_init__(self) -> None:
        _check_color(self.color)
        _check_range(self.mask, "mask")

    @property
    def raster_shape(self) -> tuple[int, int] | None:
        """Rows and columns."""
        rows, columns = self.mask.shape
        return rows, columns


@dataclass(frozen=True, slots=True, eq=False)
class ColorScale:
    """How numbers became colours: for the legend of a `ColorMark`.

    Parameters
    ----------
    colors : numpy.ndarray
        Shape (n, 3), 8-bit: colours from the lowest to the highest value.
    low, high : float
        Values that the first and the last colour stand for.
    unit : str, optional
        Unit of the values, for example ``"mm2/s"``.
    """

    colors: NDArray[np.uint8]
    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ColorMark:
    """A picture of many colours, such as a map of measured values.

    Parameters
    ----------
    rgb : numpy.ndarray
        Shape (rows, columns, 3) of the view, 8-bit.
    opacity : numpy.ndarray
        Shape (rows, columns): shares from 0 (nothing) to 1 (hides the image).
    label : str, optional
        Name for the legend; none if empty.
    scale : ColorScale | None, optional
        Meaning of the colours, for the legend.
    """

    rgb: NDArray[np.uint8]
    opacity: NDArray[np.floating] | NDArray[np.bool_]
    label: str = ""
    scale: ColorScale | None = None

    def __post_init__(self) -> None:
        _check_range(self.opacity, "opacity")
        if self.rgb.shape != (*self.opacity.shape, 3) or self.rgb.dtype != np.uint8:
            raise InvalidValueError(
                "not a picture of the same shape as its opacity",
                attribute="rgb",
                found=f"shape {self.rgb.shape}, {self.rgb.dtype}",
                expected=f"shape {(*self.opacity.shape, 3)}, uint8",
            )

    @property
    def raster_shape(self) -> tuple[int, int] | None:
        """Rows and columns."""
        rows, columns = self.opacity.shape
        return rows, columns


@dataclass(frozen=True, slots=True, eq=False)
class ShapeMark:
    """Points, lines or polygons of one colour.

    Parameters
    ----------
    shapes : tuple[numpy.ndarray, ...]
        Each of shape (n, 2): points x, y in pixels of the view.
    kind : {"POINTS", "POLYLINE", "POLYGON"}
        Single points, open lines, or closed lines.
    color : tuple[int, int, int]
        Colour.
    label : str, optional
        Name for the legend; none if empty.
    is_filled : bool, optional
        Whether polygons are filled.
    """

    shapes: tuple[NDArray[np.floating], ...]
    kind: ShapeKind
    color: RGB
    label: str = ""
    is_filled: bool = False

    def __post_init__(self) -> None:
        _check_color(self.color)
        if self.kind not in get_args(ShapeKind):
            raise InvalidValueError(
                "no such kind of shape",
                attribute="kind",
                found=self.kind,
                expected=" or ".join(get_args(ShapeKind)),
            )
        for points in self.shapes:
            if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
                raise InvalidValueError(
                    "not points of a view",
                    attribute="shapes",
                    found=f"shape {points.shape}",
                    expected="shape (n, 2), finite",
                )

    @property
    def raster_shape(self) -> tuple[int, int] | None:
        """None: points lie anywhere."""
        return None


@dataclass(frozen=True, slots=True, eq=False)
class TextMark:
    """A text beside a point.

    Parameters
    ----------
    text : str
        Text; may have several lines.
    anchor : tuple[float, float]
        Point x, y in pixels of the view: where the top left corner of the text goes.
    color : tuple[int, int, int]
        Colour.
    """

    text: str
    anchor: tuple[float, float]
    color: RGB

    def __post_init__(self) -> None:
        _check_color(self.color)

    @property
    def label(self) -> str:
        """Empty: texts need no legend."""
        return ""

    @property
    def raster_shape(self) -> tuple[int, int] | None:
        """None: texts lie anywhere."""
        return None


Mark: TypeAlias = MaskMark | ColorMark | ShapeMark | TextMark
"""Whatever an overlay may ask for."""
