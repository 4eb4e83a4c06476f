"""Looks at single values of a dataset that leave encoded elements encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["peek_number", "peek_text"]

_TAGS: dict[str, int] = {}


def peek_text(dataset: Dataset, keyword: str) -> str | None:
    """Read an attribute with one value in ASCII: a UID, a code string, a number as text.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset; it is left as it is.
    keyword : str
        Keyword of the attribute.

    Returns
    -------
    str | None
        The value without padding; ``None`` if it is absent or empty.
    """
    tag = _TAGS.get(keyword) or _tag(keyword)
    stored = dataset._dict.get(tag)  # type: ignore[call-overload]  # a BaseTag is an int
    if stored is None:
        return None
    value = stored.value
    if type(stored) is RawDataElement:
        value = (value or b"").decode("ascii", "replace").rstrip("\0 ").lstrip(" ")
    return str(value) if value not in (None, "") else None


def peek_number(dataset: Dataset, keyword: str) -> int | None:
    """Read an attribute with one unsigned short (VR US).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset; it is left as it is.
    keyword : str
        Keyword of the attribute.

    Returns
    -------
    int | None
        The value; ``None`` if it is absent or empty.
    """
    stored = dataset._dict.get(_tag(keyword))  # type: ignore[call-overload]
    if stored is None or stored.value in (None, b""):
        return None
    if isinstance(stored, RawDataElement) and isinstance(stored.value, bytes):
        return int.from_bytes(stored.value[:2], "little" if stored.is_little_endian else "big")
    return int(stored.value)


def _tag(keyword: str) -> int:
    tag = _TAGS.get(keyword)
    if tag is None:
        tag = tag_for_keyword(keyword)
        if tag is None:
            raise InvalidValueError("no such attribute", attribute=keyword)
        _TAGS[keyword] = tag
    return tag
