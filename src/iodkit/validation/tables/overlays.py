"""Repeating groups: tables have the first group of overlays, objects up to 16 (PS3.5 7.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.dataset import Dataset

    from iodkit.attributes.tables import Entry

__all__ = ["first_overlays", "is_repeating", "repeated"]

_FIRST, _STEP, _END = 0x6000, 2, 0x6020


def is_repeating(tag: int) -> bool:
    """Whether a tag is one of a repeating group.

    Parameters
    ----------
    tag : int
        The tag.

    Returns
    -------
    bool
        True for overlays, and the retired curves.
    """
    return 0x5000 <= tag >> 16 < 0x5020 or _FIRST <= tag >> 16 < _END


def first_overlays(tags: Iterable[int]) -> set[int]:
    """Return tags, those of overlays as they would be in the first group.

    Parameters
    ----------
    tags : iterable of int
        Tags of an object.

    Returns
    -------
    set of int
        The tags, to be compared with tables.
    """
    return {_FIRST << 16 | tag & 0xFFFF if _FIRST <= tag >> 16 < _END else int(tag) for tag in tags}


def repeated(entry: Entry, item: Dataset) -> list[Entry]:
    """Return what the tables say for each of the groups that an object has.

    Parameters
    ----------
    entry : Entry
        What the tables say of an attribute, of the first group if it is of an overlay.
    item : pydicom.Dataset
        The object, or an item.

    Returns
    -------
    list of Entry
        Of an overlay, one for each group in use; else the entry.
    """
    if entry.tag >> 16 != _FIRST:
        return [entry]
    groups = sorted({tag >> 16 for tag in list(item.keys()) if _FIRST <= tag >> 16 < _END})
    return [entry.at(group << 16 | entry.tag & 0xFFFF) for group in groups]
