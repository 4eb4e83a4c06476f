"""Colours as DICOM stores them: CIELab values of 3 × 16 bits (PS3.3 C.10.7.1.1)."""

from __future__ import annotations

import colorsys
import math
import re
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

from iodkit.content.colornames import COLOR_NAMES
from iodkit.content.macros import finite_numbers
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    Triple = tuple[float, float, float]

__all__ = ["CIELabColor"]

_CLAUSE = "PS3.3 C.10.7.1.1"
_FULL_SCALE = 0xFFFF
_AB_LOWEST = -128.0
_AB_RANGE = 255.0

# sRGB (IEC 61966-2-1) has the white point D65, DICOM's CIELab is that of the ICC profile
# connection space with D50: these matrices include the chromatic adaptation (Bradford).
_RGB_TO_XYZ = (
    (0.4360747, 0.3850649, 0.1430804),
    (0.2225045, 0.7168786, 0.0606169),
    (0.0139322, 0.0971045, 0.7141733),
)
_XYZ_TO_RGB = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_WHITE_D50 = (0.96422, 1.0, 0.82521)
_EPSILON = 216 / 24389
_KAPPA = 24389 / 27

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_FUNCTION = re.compile(r"(rgb|hsl)\(([^()]*)\)")
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_CHANNEL = re.compile(rf"({_NUMBER})(%?)")


@dataclass(frozen=True, slots=True, init=False, repr=False)
class CIELabColor:
    """A colour in CIELab, rounded to what 16 bits hold (PS3.3 C.10.7.1.1).

    Colours are immutable, equal if their stored values are, and can be members of sets.

    Parameters
    ----------
    l_star : float
        Lightness from 0 (black) to 100 (white).
    a_star : float
        From -128 (green) to 127 (red).
    b_star : float
        From -128 (blue) to 127 (yellow).

    Attributes
    ----------
    value : tuple[int, int, int]
        The three values from 0 to 65535 that attributes such as Recommended Display CIELab
        Value hold.

    Raises
    ------
    InvalidTypeError
        If the coordinates are no numbers.
    InvalidValueError
        If a coordinate lies outside its range.
    """

    value: tuple[int, int, int]

    def __init__(self, l_star: float, a_star: float, b_star: float) -> None:
        (light,) = finite_numbers((l_star,), 1, "l_star")
        (a,) = finite_numbers((a_star,), 1, "a_star")
        (b,) = finite_numbers((b_star,), 1, "b_star")
        _check_range(light, 0.0, 100.0, "l_star")
        _check_range(a, _AB_LOWEST, 127.0, "a_star")
        _check_range(b, _AB_LOWEST, 127.0, "b_star")
        value = (
            round(light / 100.0 * _FULL_SCALE),
            round((a - _AB_LOWEST) / _AB_RANGE * _FULL_SCALE),
            round((b - _AB_LOWEST) / _AB_RANGE * _FULL_SCALE),
        )
        object.__setattr__(self, "value", value)

    def __repr__(self) -> str:
        light, a, b = self.lab
        return f"{type(self).__name__}({light:.4f}, {a:.4f}, {b:.4f})"

    @property
    def l_star(self) -> float:
        """Lightness, as the stored value gives it."""
        return self.value[0] / _FULL_SCALE * 100.0

    @property
    def a_star(self) -> float:
        """Green to red, as the stored value gives it."""
        return self.value[1] / _FULL_SCALE * _AB_RANGE + _AB_LOWEST

    @property
    def b_star(self) -> float:
        """Blue to yellow, as the stored value gives it."""
        return self.value[2] / _FULL_SCALE * _AB_RANGE + _AB_LOWEST

    @property
    def lab(self) -> tuple[float, float, float]:
        """The three coordinates, as the stored values give them."""
        return self.l_star, self.a_star, self.b_star

    @classmethod
    def from_dicom_value(cls, value: Sequence[int]) -> Self:
        """Make a colour from the value of an attribute.

        Parameters
        ----------
        value : Sequence[int]
            Three integers from 0 to 65535.

        Returns
        -------
        CIELabColor
            Colour whose `value` is exactly this.

        Raises
        ------
        InvalidTypeError
            If these are no integers.
        InvalidValueError
            If there are not three, or one is out of range.
        """
        try:
            numbers = tuple(index(number) for number in value)
        except TypeError as error:
            raise InvalidTypeError(
                "these are no integers",
                attribute="value",
                found=value,
                expected="three integers",
                clause=_CLAUSE,
            ) from error
        if len(numbers) != 3 or not all(0 <= number <= _FULL_SCALE for number in numbers):
            raise InvalidValueError(
                "this is no CIELab value",
                attribute="value",
                found=numbers,
                expected="three integers from 0 to 65535",
                clause=_CLAUSE,
            )
        color = cls.__new__(cls)
        object.__setattr__(color, "value", numbers)
        return color

    @classmethod
    def from_rgb(cls, r: float, g: float, b: float) -> Self:
        """Make a colour from sRGB components.

        Parameters
        ----------
        r, g, b : float
            Red, green and blue from 0 to 255, with the transfer function of sRGB.

        Returns
        -------
        CIELabColor
            Colour in CIELab with the white point D50, as the standard wants it.

        Raises
        ------
        InvalidValueError
            If a component is out of range.
        """
        components = finite_numbers((r, g, b), 3, "rgb")
        for number in components:
            _check_range(number, 0.0, 255.0, "rgb")
        linear = [_to_linear(number / 255.0) for number in components]
        xyz = _multiply(_RGB_TO_XYZ, linear)
        fx, fy, fz = (_f(v / white) for v, white in zip(xyz, _WHITE_D50, strict=True))
        light = min(max(116.0 * fy - 16.0, 0.0), 100.0)
        return cls(light, 500.0 * (fx - fy), 200.0 * (fy - fz))

    @classmethod
    def from_string(cls, color: str) -> Self:
        """Make a colour from its description as in CSS.

        Parameters
        ----------
        color : str
            A colour name (``"red"``), ``"#ff0000"``, ``"#f00"``, ``"rgb(255, 0, 0)"``,
            ``"rgb(100%, 0%, 0%)"`` or ``"hsl(0, 100%, 50%)"``; upper and lower case are the same.

        Returns
        -------
        CIELabColor
            The colour.

        Raises
        ------
        InvalidTypeError
            If `color` is no string.
        InvalidValueError
            If it describes no colour.
        """
        if not isinstance(color, str):
            raise InvalidTypeError(
                "wrong type", attribute="color", found=color, expected="a string"
            )
        rgb = _parse(color.strip().lower())
        if rgb is None:
            raise InvalidValueError(
                "this describes no colour",
                attribute="color",
                found=color,
                expected="a CSS colour name, '#rrggbb', 'rgb(r, g, b)' or 'hsl(h, s%, l%)'",
            )
        return cls.from_rgb(*rgb)

    def to_rgb(self, clip: bool = False) -> tuple[int, int, int]:
        """Convert the colour to sRGB.

        Parameters
        ----------
        clip : bool, optional
            Whether components of a colour that sRGB does not contain are moved into the range.

        Returns
        -------
        tuple[int, int, int]
            Red, green and blue from 0 to 255.

        Raises
        ------
        InvalidValueError
            If sRGB does not contain the colour and `clip` is not set.
        """
        light, a, b = self.lab
        fy = (light + 16.0) / 116.0
        ratios = (_f_inverse(fy + a / 500.0), _f_inverse(fy), _f_inverse(fy - b / 200.0))
        xyz = [ratio * white for ratio, white in zip(ratios, _WHITE_D50, strict=True)]
        numbers = [round(255.0 * _from_linear(v)) for v in _multiply(_XYZ_TO_RGB, xyz)]
        red, green, blue = (min(max(number, 0), 255) for number in numbers)
        if not clip and numbers != [red, green, blue]:
            raise InvalidValueError(
                "sRGB does not contain this colour",
                attribute="rgb",
                found=tuple(numbers),
                expected="components from 0 to 255",
                remedy="Use clip=True to get the colour with its components moved into the range.",
            )
        return red, green, blue


def _check_range(number: float, lowest: float, highest: float, name: str) -> None:
    if not lowest <= number <= highest:
        raise InvalidValueError(
            "the value is out of range",
            attribute=name,
            found=number,
            expected=f"{lowest:g} to {highest:g}",
            clause=_CLAUSE,
        )


def _multiply(matrix: tuple[Triple, Triple, Triple], vector: Iterable[float]) -> list[float]:
    x, y, z = vector
    return [row[0] * x + row[1] * y + row[2] * z for row in matrix]


def _to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _from_linear(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _f(ratio: float) -> float:
    return math.cbrt(ratio) if ratio > _EPSILON else (_KAPPA * ratio + 16.0) / 116.0


def _f_inverse(value: float) -> float:
    cube = value**3
    return cube if cube > _EPSILON else (116.0 * value - 16.0) / _KAPPA


def _parse(text: str) -> Triple | None:
    """Components from 0 to 255 of a colour as CSS writes it, ``None`` if it is none."""
    text = COLOR_NAMES.get(text, text)
    digits = _HEX.fullmatch(text)
    if digits:
        code = digits[1] if len(digits[1]) == 6 else "".join(c + c for c in digits[1])
        return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)
    function = _FUNCTION.fullmatch(text)
    if not function:
        return None
    channels = [_CHANNEL.fullmatch(part.strip()) for part in function[2].split(",")]
    if len(channels) != 3 or not all(channels):
        return None
    numbers = [float(channel[1]) for channel in channels if channel]
    percents = [bool(channel[2]) for channel in channels if channel]
    return _from_function(function[1], numbers, percents)


def _from_function(function: str, numbers: list[float], percents: list[bool]) -> Triple | None:
    first, second, third = numbers
    if function == "rgb":
        if any(percents) != all(percents):
            return None
        scale = 2.55 if all(percents) else 1.0
        red, green, blue = (round(number * scale, 6) for number in numbers)
    elif percents == [False, True, True] and 0 <= second <= 100 and 0 <= third <= 100:
        parts = colorsys.hls_to_rgb(first % 360 / 360, third / 100, second / 100)
        red, green, blue = (float(round(part * 255)) for part in parts)
    else:
        return None
    return (red, green, blue) if all(0 <= n <= 255 for n in (red, green, blue)) else None
