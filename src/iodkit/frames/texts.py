"""Single values as text, by VR, and whether the VR allows them (PS3.5 6.2)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.multival import MultiValue

from iodkit.elements import (
    check_code_string,
    check_string,
    format_date,
    format_datetime,
    format_decimal,
    format_time,
)
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BYTE_VRS",
    "SINGLE_TEXT_VRS",
    "check_reference",
    "check_values",
    "integer_text",
    "one_value",
]

BYTE_VRS = frozenset(("OB", "OW", "OL", "OF", "OD", "OV", "UN"))
SINGLE_TEXT_VRS = frozenset(("LT", "ST", "UR", "UT"))
_UID = re.compile(r"[0-9.]{1,64}")
_MOMENTS = {"DA": format_date, "TM": format_time, "DT": format_datetime}


def one_value(value: Any, vr: str, path: str) -> str | bytes:
    """Write one value of an attribute as text, or take its bytes."""
    if vr in BYTE_VRS:
        if not isinstance(value, (bytes, bytearray, memoryview, np.ndarray)):
            raise InvalidTypeError("bytes are needed", attribute=path, found=type(value).__name__)
        return bytes(value)
    if isinstance(value, (list, tuple, MultiValue, np.ndarray)):
        return "\\".join(_text(v, vr, path) for v in value)
    return _text(value, vr, path)


def _text(value: Any, vr: str, path: str) -> str:
    if isinstance(value, (int, float, np.integer, np.floating)) and vr in {"DS", "IS"}:
        return format_decimal(float(value)) if vr == "DS" else integer_text(path)(value)
    if isinstance(value, dt.datetime) and vr == "DT":
        return format_datetime(value, path)
    if isinstance(value, dt.date) and vr == "DA":
        return format_date(value, path)
    if isinstance(value, dt.time) and vr == "TM":
        return format_time(value, path)
    if isinstance(value, (bytes, int, float)) or value is None:
        raise InvalidTypeError("text is needed", attribute=path, found=type(value).__name__)
    return str(value)


def integer_text(path: str) -> Callable[[Any], str]:
    """Make the conversion of a whole number to text of VR IS."""

    def convert(value: Any) -> str:
        number = int(value)
        if number != value or not -(2**31) <= number < 2**31:
            raise InvalidValueError(
                "number does not fit into VR IS", attribute=path, found=value, clause="PS3.5 6.2"
            )
        return str(number)

    return convert


def check_values(text: str, vr: str, path: str) -> None:
    """Check the text of an attribute's values.

    Raises
    ------
    InvalidValueError
        If a value is too long for the VR or not of its form.
    """
    parts = [text] if vr in SINGLE_TEXT_VRS else text.split("\\")
    for part in parts:
        if not part:
            continue
        if vr == "UI":
            check_reference(part, path)
        elif vr == "CS":
            check_code_string(part, path)
        elif vr in {"DS", "IS"}:
            _check_number(part, vr, path)
        elif vr in _MOMENTS:
            _MOMENTS[vr](part, path)
        elif vr not in {"PN", "UR", "UC", "UT"}:
            check_string(part, vr, path)


def check_reference(uid: str, path: str) -> None:
    """Check a UID as far as references need it.

    References have to repeat what the referenced object says, so a component with a leading
    zero, which PS3.5 9.1 forbids, is let through.

    Raises
    ------
    InvalidValueError
        If it has other characters than digits and dots, or more than 64.
    """
    if not _UID.fullmatch(uid):
        raise InvalidValueError(
            "value is no UID",
            attribute=path,
            found=uid,
            expected="at most 64 digits and dots",
            clause="PS3.5 9.1",
        )


def _check_number(part: str, vr: str, path: str) -> None:
    try:
        fits = np.isfinite(float(part)) if vr == "DS" else -(2**31) <= int(part) < 2**31
    except ValueError:
        fits = False
    if not fits or len(part) > (16 if vr == "DS" else 12):
        raise InvalidValueError(
            f"value is no number of VR {vr}", attribute=path, found=part, clause="PS3.5 6.2"
        )
