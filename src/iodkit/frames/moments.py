"""Dates and times of frames as numpy moments (PS3.5 6.2, VR DA, DT and TM)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["parse_datetimes"]

_DATETIME = re.compile(
    r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,6}))?([+-]\d{4})?"
)


def parse_datetimes(texts: Iterable[Any]) -> NDArray[np.datetime64]:
    """Parse moments as written, without their time zone.

    Parameters
    ----------
    texts : iterable of str or None
        Values of VR DT, or DA and TM behind each other.

    Returns
    -------
    numpy.ndarray
        Type ``datetime64[us]``, NaT for what is missing or no moment; shape ``(n,)``.
    """
    seen: dict[Any, np.datetime64] = {}
    out = []
    for text in texts:
        moment = seen.get(text)
        if moment is None:
            moment = seen[text] = _parse(text)
        out.append(moment)
    return np.array(out, "datetime64[us]")


def _parse(text: Any) -> np.datetime64:
    match = _DATETIME.fullmatch(str(text).strip()) if text else None
    if match is None:
        return np.datetime64("NaT", "us")
    year, month, day, hour, minute, second, fraction, _ = match.groups()
    written = (
        f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:"
        f"{min(second or '00', '59')}.{(fraction or '0'):0<6}"
    )
    try:
        return np.datetime64(written, "us")
    except ValueError:
        return np.datetime64("NaT", "us")
