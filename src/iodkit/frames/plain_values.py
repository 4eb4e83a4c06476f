"""Values of encoded elements in their usual form, read without making an element of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydicom import config

if TYPE_CHECKING:
    from pydicom.dataelem import RawDataElement

__all__ = ["plain_numbers", "plain_text"]

# One to sixteen characters a number, and no number left out (PS3.5 6.2).
_DECIMALS = re.compile(rb"[ 0-9+\-.eE]{1,16}(?:\\[ 0-9+\-.eE]{1,16})*")
_TEXT = re.compile(rb"[0-9A-Za-z_.+\-:][ 0-9A-Za-z_.+\-:]*")
_TEXT_VRS = frozenset(("UI", "CS", "TM", "DA", "DT"))


def plain_numbers(element: RawDataElement, vr: str | None) -> list[float] | None:
    """Read decimal strings (VR DS).

    Parameters
    ----------
    element : pydicom.dataelem.RawDataElement
        An encoded element.
    vr : str or None
        VR by the data dictionary, for an element that carries none.

    Returns
    -------
    list of float or None
        The numbers, as pydicom reads them; None if the VR is another or the value unusual, which
        then needs the general way.
    """
    value = element.value
    if (element.VR or vr) != "DS" or value is None or config.use_DS_decimal:
        return None
    value = value.rstrip(b" \0")
    if not _DECIMALS.fullmatch(value):
        return None
    try:
        return [float(number) for number in value.split(b"\\")]
    except ValueError:
        return None


def plain_text(element: RawDataElement, vr: str | None) -> str | None:
    """Read a UID, code string, date or time (VR UI, CS, DA, DT or TM) that is a single value.

    Parameters
    ----------
    element : pydicom.dataelem.RawDataElement
        An encoded element.
    vr : str or None
        VR by the data dictionary, for an element that carries none.

    Returns
    -------
    str or None
        The text, as pydicom reads it; None if the VR is another or the value unusual, which
        then needs the general way.
    """
    value = element.value
    if (element.VR or vr) not in _TEXT_VRS or value is None:
        return None
    value = value.rstrip(b" \0")
    return value.decode("ascii") if _TEXT.fullmatch(value) else None
