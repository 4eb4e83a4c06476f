"""Which elements rows of tables are about: repeating groups, and private blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.dataset import Dataset

    from iodkit.attributes.tables import Entry

__all__ = ["first_overlays", "is_repeating", "placed"]

_FIRST, _END = 0x6000, 0x6020
_NOBODY = 0


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


def placed(entry: Entry, item: Dataset) -> list[Entry]:
    """Return what the tables say, for each of the elements of an object that it is said of.

    Parameters
    ----------
    entry : Entry
        What the tables say of an attribute: of an overlay in the first group (PS3.5 7.6), of a
        private attribute without its block (PS3.5 7.8).
    item : pydicom.Dataset
        The object, or an item.

    Returns
    -------
    list of Entry
        Of an overlay, one for each group in use; else one.
    """
    creator = entry.definitions[-1].row.creator
    if creator:
        return [entry.at(_in_block(entry.tag, creator, item))]
    if entry.tag >> 16 != _FIRST:
        return [entry]
    groups = sorted({tag >> 16 for tag in list(item.keys()) if _FIRST <= tag >> 16 < _END})
    return [entry.at(group << 16 | entry.tag & 0xFFFF) for group in groups]


def _in_block(tag: int, creator: str, item: Dataset) -> int:
    """Tag of a private attribute in an object; one that nobody has if its block is not there."""
    group = tag >> 16
    for block in range(0x10, 0x100):
        reserved = group << 16 | block
        if reserved in item and str(item[reserved].value) == creator:
            return reserved << 8 & 0xFF00 | group << 16 | tag & 0xFF
    return _NOBODY
