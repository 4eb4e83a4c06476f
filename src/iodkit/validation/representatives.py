"""Thousands of functional group items, reduced to a few that stand for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from iodkit.frames.levels import gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from iodkit.frames.groups import EncodedItems
    from iodkit.frames.levels import ItemLevel, Spans

__all__ = ["DistinctValue", "Representatives", "choose_representatives"]

_FEW_VALUES = 16
_SQ = int.from_bytes(b"SQ", "little")


@dataclass(frozen=True, slots=True)
class DistinctValue:
    """A value that occurs in the items, and the first place where it does.

    Attributes
    ----------
    tags : tuple of int
        Tags of the sequences on the way, and of the attribute.
    numbers : tuple of int
        Numbers of the items on the way, from 1, the first being the frame's.
    vr : str
        VR in the file; empty in implicit VR.
    value : bytes
        The encoded value.
    count : int
        How often it occurs.
    """

    tags: tuple[int, ...]
    numbers: tuple[int, ...]
    vr: str
    value: bytes
    count: int


@dataclass(slots=True)
class Representatives:
    """Which items stand for all, and the values that they leave out.

    Attributes
    ----------
    rows : list of int
        Items, from 0, ascending: one of each layout, and one for each value of attributes
        that have few values.
    others : list of DistinctValue
        All values of the attributes that have many.
    """

    rows: list[int]
    others: list[DistinctValue] = field(default_factory=list)


def choose_representatives(items: EncodedItems) -> Representatives:
    """Find items that together show every layout, and every value of attributes with few.

    Parameters
    ----------
    items : EncodedItems
        Items of the per-frame functional groups sequence (PS3.3 C.7.6.16).

    Returns
    -------
    Representatives
        The items, and for attributes with many values (positions, references) these values.
    """
    layout = np.zeros(len(items), np.uint64)
    chosen: set[int] = set()
    others: list[DistinctValue] = []
    for tags, level in _levels(items, ()):
        for tag, span in level.elements.items():
            frames = level.frames[span.owner]
            kinds = np.where(span.length == 0, 1, 2).astype(np.uint64)
            # A sum does not depend on the order, and overflow does no harm to a fingerprint.
            np.add.at(layout, frames, kinds * _fingerprint((*tags, tag), span))
            if (span.vr == _SQ).any():
                continue
            firsts, counts = _distinct(level, span)
            if len(firsts) <= _FEW_VALUES:
                chosen.update(frames[firsts].tolist())
            else:
                others += _values(items, (*tags, tag), level, span, firsts, counts)
    _, first = np.unique(layout, return_index=True)
    return Representatives(sorted(chosen.union(first.tolist())), others)


def _levels(
    items: EncodedItems, tags: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], ItemLevel]]:
    level = items.level(tags)
    if len(level):
        yield tags, level
        for tag, span in level.elements.items():
            if (span.vr == _SQ).any():
                yield from _levels(items, (*tags, tag))


def _fingerprint(tags: tuple[int, ...], span: Spans) -> NDArray[np.uint64]:
    seed = np.uint64(hash((tags, "iodkit")) & 0xFFFFFFFFFFFFFFFF | 1)
    return (span.vr.astype(np.uint64) + np.uint64(1)) * seed


def _distinct(level: ItemLevel, span: Spans) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First place, and number of places, of each distinct value."""
    firsts, counts = [], []
    for length in np.unique(span.length).tolist():
        rows = np.flatnonzero(span.length == length)
        if length == 0:
            firsts.append(rows[:1])
            counts.append(np.array([len(rows)]))
            continue
        pieces = gather(level.buffer, span.offset[rows], length)
        _, first, count = np.unique(pieces, return_index=True, return_counts=True)
        firsts.append(rows[first])
        counts.append(count)
    return np.concatenate(firsts), np.concatenate(counts)


def _values(
    items: EncodedItems,
    tags: tuple[int, ...],
    level: ItemLevel,
    span: Spans,
    firsts: NDArray[np.intp],
    counts: NDArray[np.intp],
) -> list[DistinctValue]:
    found = []
    for row, count in zip(firsts.tolist(), counts.tolist(), strict=True):
        start, length = int(span.offset[row]), int(span.length[row])
        vr = int(span.vr[row]).to_bytes(2, "little").decode("ascii") if span.vr[row] else ""
        numbers = _numbers(items, tags[:-1], int(span.owner[row]))
        value = bytes(level.buffer[start : start + length])
        found.append(DistinctValue(tags, numbers, vr, value, count))
    return found


def _numbers(items: EncodedItems, tags: tuple[int, ...], item: int) -> tuple[int, ...]:
    """Numbers of the items on the way down to one, each within its sequence, from 1."""
    numbers: list[int] = []
    for depth in range(len(tags), 0, -1):
        level = items.level(tags[:depth])
        owner = int(level.owners[item])
        numbers.insert(0, item - int(np.searchsorted(level.owners, owner)) + 1)
        item = owner
    return (item + 1, *numbers)
