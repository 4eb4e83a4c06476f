"""Decimal strings: the closest text of at most 16 characters for a number (PS3.5 6.2, VR DS)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydicom.valuerep import DSfloat

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["format_decimal", "to_decimal_string"]

_LIMIT = 16


def format_decimal(value: float) -> str:
    """Write a number as the closest decimal string that fits into 16 characters.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    str
        Text of at most 16 characters; of all such texts, one whose value is closest.

    Raises
    ------
    InvalidValueError
        If the number is not finite.
    """
    number = float(value)
    if not math.isfinite(number):
        raise InvalidValueError(
            "a decimal string cannot hold this number", found=number, expected="a finite number"
        )
    text = repr(number)
    text = text.removesuffix(".0")
    if len(text) <= _LIMIT:
        return text
    return min(_candidates(number), key=lambda c: (abs(float(c) - number), len(c)))


def _candidates(number: float) -> Iterator[str]:
    """Yield the longest rounding that fits in each notation."""
    yield from _longest(_scientific(number))
    yield from _longest(_whole_mantissa(number))
    yield from _longest(_fixed(number))


def _longest(texts: Iterable[str]) -> Iterator[str]:
    """Yield the first text that fits and does not round to infinity, if there is one."""
    fitting = next((t for t in texts if len(t) <= _LIMIT and math.isfinite(float(t))), None)
    if fitting is not None:
        yield fitting


def _scientific(number: float) -> Iterator[str]:
    for digits in range(17, 0, -1):
        mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        yield f"{mantissa}e{int(exponent)}"


def _whole_mantissa(number: float) -> Iterator[str]:
    """Yield roundings without a point, which leaves room for one more digit."""
    all_digits, full_exponent = f"{number:.16e}".replace(".", "").split("e")
    for digits in range(17, 0, -1):
        mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
        yield f"{mantissa.replace('.', '')}e{int(exponent) - (digits - 1)}"
        # Close to the largest number, rounding up would leave the range.
        yield f"{all_digits[: digits - 17 or None]}e{int(full_exponent) - (digits - 1)}"


def _fixed(number: float) -> Iterator[str]:
    for decimals in range(_LIMIT, -1, -1):
        text = f"{number:.{decimals}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        yield text
        # The zero before the point may be left out, which makes room for one more digit.
        if text.startswith(("0.", "-0.")):
            yield text.replace("0.", ".", 1)


def to_decimal_string(value: float) -> DSfloat:
    """Make a number that is written as the closest decimal string of 16 characters.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    pydicom.valuerep.DSfloat
        Number whose value is exactly that of the text that is written.
    """
    number = DSfloat(format_decimal(value))
    assert isinstance(number, DSfloat)
    return number
