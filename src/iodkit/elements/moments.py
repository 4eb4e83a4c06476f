"""Dates and times as the text of VR DA, TM and DT (PS3.5 6.2)."""

from __future__ import annotations

import datetime as dt
import re

from iodkit.errors import InvalidTypeError, InvalidValueError

__all__ = ["format_date", "format_datetime", "format_time"]

_DATE = re.compile(r"\d{8}")
_TIME = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")
_DATETIME = re.compile(r"\d{4}(\d{2}(\d{2}(\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?")


def format_date(value: str | dt.date, name: str) -> str:
    """Write a date as ``YYYYMMDD`` (VR DA).

    Parameters
    ----------
    value : str | dt.date
        Date, or its text.
    name : str
        Keyword of the attribute, for the error.

    Returns
    -------
    str
        The text.
    """
    if isinstance(value, dt.date):
        return _original(value, _DATE) or f"{value.year:04d}{value.month:02d}{value.day:02d}"
    text = _text(value, name, _DATE, "YYYYMMDD")
    try:
        dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise _wrong(text, name, "a date of the calendar as YYYYMMDD") from None
    return text


def format_time(value: str | dt.time, name: str) -> str:
    """Write a time as ``HHMMSS.FFFFFF`` (VR TM).

    Parameters
    ----------
    value : str | dt.time
        Time, or its text.
    name : str
        Keyword of the attribute, for the error.

    Returns
    -------
    str
        The text.
    """
    if isinstance(value, dt.time):
        original = _original(value, _TIME)
        if original:
            return original
        fraction = f".{value.microsecond:06d}" if value.microsecond else ""
        return f"{value.hour:02d}{value.minute:02d}{value.second:02d}{fraction}"
    text = _text(value, name, _TIME, "HHMMSS.FFFFFF")
    if text[:2] > "23" or text[2:4] > "59" or text[4:6] > "60":
        raise _wrong(text, name, "a time of the day as HHMMSS.FFFFFF")
    return text


def format_datetime(value: str | dt.datetime, name: str) -> str:
    """Write a moment as ``YYYYMMDDHHMMSS.FFFFFF&ZZXX`` (VR DT).

    Parameters
    ----------
    value : str | dt.datetime
        Moment, or its text; the time zone is written where it is known.
    name : str
        Keyword of the attribute, for the error.

    Returns
    -------
    str
        The text.
    """
    if isinstance(value, dt.datetime):
        original = _original(value, _DATETIME)
        if original:
            return original
        zone = f"{value:%z}"
        _check_offset(zone, name)
        return format_date(value.date(), name) + format_time(value.time(), name) + zone
    text = _text(value, name, _DATETIME, "YYYYMMDDHHMMSS.FFFFFF&ZZXX")
    moment, zone = re.split(r"(?=[+-])|$", text, maxsplit=1)
    # What is left out may be anything, so the first month and day do for the check.
    format_date(f"{moment[:4]}{moment[4:6] or '01'}{moment[6:8] or '01'}", name)
    if moment[8:]:
        format_time(moment[8:], name)
    _check_offset(zone, name)
    return text


def _check_offset(zone: str, name: str) -> None:
    """Raise if an offset from UTC has seconds, or is none that exists (PS3.5 6.2, VR DT)."""
    if not zone:
        return
    hours, minutes = int(zone[1:3]), zone[3:5]
    limit = 12 if zone[0] == "-" else 14
    at_limit = hours == limit and minutes != "00"
    if len(zone) > 5 or hours > limit or minutes > "59" or at_limit or zone == "-0000":
        raise _wrong(zone, name, "an offset from UTC of -1200 to +1400")


def _original(value: object, pattern: re.Pattern[str]) -> str | None:
    """Text that a value of pydicom was read from, which may be less precise than its type."""
    text = getattr(value, "original_string", None)
    return text if isinstance(text, str) and pattern.fullmatch(text) else None


def _text(value: object, name: str, pattern: re.Pattern[str], form: str) -> str:
    if not isinstance(value, str):
        raise InvalidTypeError(
            "wrong type", attribute=name, found=type(value).__name__, expected=f"text as {form}"
        )
    if not pattern.fullmatch(value):
        raise _wrong(value, name, f"text as {form}")
    return value


def _wrong(value: str, name: str, expected: str) -> InvalidValueError:
    return InvalidValueError(
        "value is not allowed", attribute=name, found=value, expected=expected, clause="PS3.5 6.2"
    )
