from __future__ import annotations

import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.valuerep import DSfloat

from iodkit.elements import format_decimal, to_decimal_string
from iodkit.errors import InvalidValueError

# VR DS (PS3.5 6.2): fixed point, or floating point with an exponent, in at most 16 characters.
DECIMAL_STRING = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
finite = st.floats(allow_nan=False, allow_infinity=False)


def spellings(number: float) -> list[str]:
    """Every way to write the roundings of a number, to any length, up and down."""
    exact = Decimal(number)
    found = []
    for digits in range(1, 18):
        unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            rounded = (exact / unit).to_integral_value(rounding=rounding)
            sign = "-" if number < 0 else ""
            mantissa = str(abs(int(rounded)))
            exponent = exact.adjusted() - digits + 1
            for point in range(len(mantissa) + 1):
                head, tail = mantissa[:point], mantissa[point:]
                text = head + ("." + tail if tail else "")
                found.append(f"{sign}{text}e{exponent + len(tail)}")
            fixed = f"{abs(rounded * unit):f}"
            if "." in fixed:
                fixed = fixed.rstrip("0").rstrip(".")
            found += [sign + fixed, sign + fixed.removeprefix("0")]
    return [text for text in found if DECIMAL_STRING.fullmatch(text)]


@settings(deadline=None, max_examples=120)
@given(finite)
def test_no_text_of_16_characters_is_closer(number: float) -> None:
    text = format_decimal(number)
    assert DECIMAL_STRING.fullmatch(text)
    assert len(text) <= 16
    error = abs(Decimal(float(text)) - Decimal(number))
    for other in spellings(number):
        if len(other) <= 16:
            assert error <= abs(Decimal(float(other)) - Decimal(number)), other


@settings(deadline=None, max_examples=120)
@given(st.floats(-1, 1))
def test_cosines_keep_twelve_digits(number: float) -> None:
    assert abs(float(format_decimal(number)) - number) <= 1e-12


@settings(deadline=None, max_examples=100)
@given(finite)
def test_value_is_that_of_the_text(number: float) -> None:
    value = to_decimal_string(number)
    assert isinstance(value, DSfloat)
    assert float(value) == float(str(value))
    assert to_decimal_string(float(value)) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1"),
        (0.1, "0.1"),
        (-0.25, "-0.25"),
        (1e-7, "1e-07"),
        (1 / 3, ".333333333333333"),
        (-1 / 3, "-.33333333333333"),
        (1.2345678901234567e-20, "123456789012e-31"),
        (-1.7976931348623157e308, "-17976931348e298"),
    ],
)
def test_examples(number: float, text: str) -> None:
    assert format_decimal(number) == text


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_only_finite_numbers(number: float) -> None:
    with pytest.raises(InvalidValueError, match="finite"):
        format_decimal(number)
