"""Finds the elements of many encoded items at once, without making objects of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import CorruptDataError
from iodkit.frames.headers import LONG_VRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["IS_LONG", "IS_VR", "Irregular", "ItemLevel", "Spans", "gather"]

_ITEM = 0xE000FFFE
_UNDEFINED = 0xFFFFFFFF
_SQ = int.from_bytes(b"SQ", "little")
_UN = int.from_bytes(b"UN", "little")
# Below so many rows a loop is quicker than array operations.
_FEW = 12

_HEADER = np.dtype([("tag", "<u4"), ("vr", "<u2"), ("short", "<u2")])
_IMPLICIT_HEADER = np.dtype([("tag", "<u4"), ("length", "<u4")])
IS_LONG = np.zeros(65536, np.bool_)
for _vr in LONG_VRS:
    IS_LONG[int.from_bytes(_vr.encode(), "little")] = True
# Two capital letters; other bytes may mean that an element, or an item, carries no VR.
IS_VR = np.zeros(65536, np.bool_)
_letters = np.arange(ord("A"), ord("Z") + 1)
IS_VR[np.add.outer(_letters << 8, _letters)] = True


class Irregular(Exception):  # noqa: N818 - a signal to take the general path, not an error
    """The bytes are valid perhaps, but not in the form that is read here."""


def gather(buffer: bytes, offsets: NDArray[np.int64], width: int) -> NDArray[Any]:
    """Copy pieces of the same width out of a buffer.

    Parameters
    ----------
    buffer : bytes
        The buffer.
    offsets : numpy.ndarray
        Where the pieces start, shape ``(m,)``; all have to end within the buffer.
    width : int
        Number of bytes of each.

    Returns
    -------
    numpy.ndarray
        Pieces of type ``V{width}``, shape ``(m,)``.
    """
    if width == 0 or not len(offsets):
        return np.zeros(len(offsets), f"V{max(width, 1)}")
    # A view with a stride of one byte: every offset is an element of it.
    pieces: NDArray[Any] = np.ndarray((len(buffer) - width + 1,), f"V{width}", buffer, strides=(1,))
    return pieces[offsets]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Where the values of one attribute stand in the items of a level.

    Attributes
    ----------
    owner : numpy.ndarray
        Numbers of the items that have the attribute, ascending, shape ``(m,)``.
    offset, length : numpy.ndarray
        Where each value starts and its number of bytes, shape ``(m,)``.
    vr : numpy.ndarray
        VR of each as two characters in a 16-bit number; zero where not known.
    """

    owner: NDArray[np.int64]
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
    vr: NDArray[np.uint16]


class ItemLevel:
    """Items of one kind: of a sequence, or of the same sequence in all items of a level.

    Parameters
    ----------
    buffer : bytes
        Holds the items in little endian.
    starts, stops : numpy.ndarray
        Where the content of each item starts and ends, shape ``(m,)``.
    frames : numpy.ndarray
        Number of the frame that each item belongs to, ascending, shape ``(m,)``.
    implicit_vr : bool
        Whether elements carry no VR.
    owners : numpy.ndarray
        Number of the item one level up that holds each item, ascending, shape ``(m,)``.
    """

    def __init__(
        self,
        buffer: bytes,
        starts: NDArray[np.int64],
        stops: NDArray[np.int64],
        frames: NDArray[np.int64],
        implicit_vr: bool,
        owners: NDArray[np.int64],
    ) -> None:
        self.buffer = buffer
        self.starts, self.stops, self.frames = starts, stops, frames
        self.implicit_vr = implicit_vr
        self.owners = owners

    @classmethod
    def from_sequence(cls, buffer: bytes, implicit_vr: bool) -> ItemLevel:
        """Make the level of the items of one sequence, whose value is the whole buffer."""
        span = Spans(
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            np.array([len(buffer)], np.int64),
            np.zeros(1, np.uint16),
        )
        _, starts, stops = _find_items(buffer, span)
        numbers = np.arange(len(starts), dtype=np.int64)
        return cls(buffer, starts, stops, numbers, implicit_vr, numbers)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def elements(self) -> dict[int, Spans]:
        """All elements of the items, by tag."""
        return _find_elements(self)

    def children(self, tag: int) -> ItemLevel:
        """Make the level of the items of a sequence that these items hold."""
        span = self._sequences(tag)
        if span is None:
            none = np.zeros(0, np.int64)
            return ItemLevel(self.buffer, none, none, none, self.implicit_vr, none)
        owner, starts, stops = _find_items(self.buffer, span)
        return ItemLevel(self.buffer, starts, stops, self.frames[owner], self.implicit_vr, owner)

    def _sequences(self, tag: int) -> Spans | None:
        """Where an element stands, for those items in which it is a sequence."""
        span = self.elements.get(tag)
        if span is None:
            return None
        if (span.vr == _UN).any() and not tag >> 16 & 1:
            raise Irregular("sequence of unknown VR")
        keep = span.vr == _SQ
        if self.implicit_vr:
            # Without a VR, a private sequence is known by its first item only.
            keep = np.ones(len(span.owner), np.bool_)
            if tag >> 16 & 1:
                rows = np.flatnonzero(span.length >= 8)
                head = gather(self.buffer, span.offset[rows], 8).view(_IMPLICIT_HEADER)
                keep = span.length == 0
                keep[rows] = head["tag"] == _ITEM
        if keep.all():
            return span
        return Spans(span.owner[keep], span.offset[keep], span.length[keep], span.vr[keep])


def _find_items(
    buffer: bytes, span: Spans
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Owner, start and stop of each item in the given sequences."""
    owner, pos = span.owner, span.offset
    end = pos + span.length
    found = []
    while True:
        going = np.flatnonzero(pos < end)
        if len(going) != len(pos):
            owner, pos, end = owner[going], pos[going], end[going]
        if len(pos) <= _FEW:
            break
        if (end - pos < 8).any():
            _corrupt(owner, pos, end - pos < 8, "item header is cut off")
        head = gather(buffer, pos, 8).view(_IMPLICIT_HEADER)
        _check_item_tags(owner, pos, head["tag"], head["length"])
        start = pos + 8
        pos = start + head["length"].astype(np.int64)
        if (pos > end).any():
            _corrupt(owner, start, pos > end, "item reaches beyond its sequence")
        found.append((owner, start, pos))
    if len(pos):
        rest = [
            row
            for one in zip(owner.tolist(), pos.tolist(), end.tolist(), strict=True)
            for row in _walk_items(buffer, *one)
        ]
        found.append(tuple(np.array(rest, np.int64).reshape(-1, 3).T))  # type: ignore[arg-type]
    if not found:
        none = np.zeros(0, np.int64)
        return none, none, none
    if len(found) == 1:
        return found[0]
    owners, starts, stops = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((starts, owners))
    return owners[order], starts[order], stops[order]


def _check_item_tags(_owner: Any, pos: Any, tags: Any, lengths: Any) -> None:
    wrong = tags != _ITEM
    if wrong.any():
        raise Irregular(f"no item tag at offset {int(pos[wrong][0])}")
    if (lengths == _UNDEFINED).any():
        raise Irregular("item of undefined length")


def _walk_items(buffer: bytes, owner: int, pos: int, end: int) -> Iterator[tuple[int, int, int]]:
    unpack = struct.Struct("<II").unpack_from
    while pos < end:
        if end - pos < 8:
            _fail(owner, pos, "item header is cut off")
        tag, length = unpack(buffer, pos)
        if tag != _ITEM or length == _UNDEFINED:
            raise Irregular(f"no plain item at offset {pos}")
        pos += 8
        if pos + length > end:
            _fail(owner, pos, "item reaches beyond its sequence")
        yield owner, pos, pos + length
        pos += length


def _corrupt(owner: Any, offset: Any, bad: Any, message: str) -> None:
    first = int(np.flatnonzero(bad)[0])
    _fail(int(owner[first]), int(offset[first]), message)


def _fail(owner: int, offset: int, message: str) -> None:
    raise CorruptDataError(
        f"{message} (item {owner + 1}, offset {offset} of the sequence)", clause="PS3.5 7.5"
    )


def _find_elements(level: ItemLevel) -> dict[int, Spans]:
    """All elements of all items, found in step: the first of each, the second of each, ..."""
    owner = np.arange(len(level), dtype=np.int64)
    pos, end = level.starts, level.stops
    found: list[tuple[Any, ...]] = []
    while True:
        going = pos < end
        if not going.all():
            owner, pos, end = owner[going], pos[going], end[going]
        if len(pos) <= _FEW:
            break
        tag, vr, value, length = _read_headers(level, owner, pos, end)
        pos = value + length
        if (pos > end).any():
            _corrupt(owner, value, pos > end, "value reaches beyond its item")
        found.append((owner, tag, value, length, vr))
    if len(pos):
        rest = [
            row
            for one in zip(owner.tolist(), pos.tolist(), end.tolist(), strict=True)
            for row in _walk_elements(level.buffer, level.implicit_vr, *one)
        ]
        table = np.array(rest, np.int64).reshape(-1, 5).T
        found.append((*table[:4], table[4].astype(np.uint16)))
    if not found:
        return {}
    return _by_tag(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _read_headers(level: ItemLevel, owner: Any, pos: Any, end: Any) -> tuple[Any, Any, Any, Any]:
    """Tag, VR, offset of the value and its length of one element per item."""
    if (end - pos < 8).any():
        _corrupt(owner, pos, end - pos < 8, "element header is cut off")
    packed = gather(level.buffer, pos, 8)
    if level.implicit_vr:
        head = packed.view(_IMPLICIT_HEADER)
        length = head["length"].astype(np.int64)
        value, vr = pos + 8, np.zeros(len(pos), np.uint16)
    else:
        head = packed.view(_HEADER)
        vr = head["vr"]
        if not IS_VR[vr].all():
            raise Irregular("unknown VR")
        length, value = head["short"].astype(np.int64), pos + 8
        rows = np.flatnonzero(IS_LONG[vr])
        if len(rows):
            if (end[rows] - pos[rows] < 12).any():
                _corrupt(owner[rows], pos[rows], end[rows] - pos[rows] < 12, "header is cut off")
            length[rows] = gather(level.buffer, pos[rows] + 8, 4).view("<u4")
            value[rows] += 4
    if (length == _UNDEFINED).any():
        raise Irregular("element of undefined length")
    return head["tag"], vr, value, length


def _walk_elements(
    buffer: bytes, implicit_vr: bool, owner: int, pos: int, end: int
) -> Iterator[tuple[int, int, int, int, int]]:
    unpack = struct.Struct("<II" if implicit_vr else "<IHH").unpack_from
    while pos < end:
        if end - pos < 8:
            _fail(owner, pos, "element header is cut off")
        vr = 0
        if implicit_vr:
            tag, length = unpack(buffer, pos)
            pos += 8
        else:
            tag, vr, length = unpack(buffer, pos)
            if not IS_VR[vr]:
                raise Irregular("unknown VR")
            pos += 8
            if IS_LONG[vr]:
                if end - pos < 4:
                    _fail(owner, pos, "element header is cut off")
                length = int.from_bytes(buffer[pos : pos + 4], "little")
                pos += 4
        if length == _UNDEFINED:
            raise Irregular("element of undefined length")
        if pos + length > end:
            _fail(owner, pos, "value reaches beyond its item")
        yield owner, tag, pos, length, vr
        pos += length


def _by_tag(owner: Any, tag: Any, offset: Any, length: Any, vr: Any) -> dict[int, Spans]:
    tag = tag.astype(np.uint32)
    tag = (tag & 0xFFFF) << 16 | tag >> 16
    order = np.lexsort((offset, owner, tag))
    owner, tag, offset, length, vr = (x[order] for x in (owner, tag, offset, length, vr))
    # Of an attribute that an item has twice the last one counts, as in pydicom.
    last = np.ones(len(tag), np.bool_)
    last[:-1] = (tag[1:] != tag[:-1]) | (owner[1:] != owner[:-1])
    if not last.all():
        owner, tag, offset, length, vr = (x[last] for x in (owner, tag, offset, length, vr))
    edges = np.flatnonzero(np.diff(tag)) + 1
    spans = {}
    for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(tag)], strict=True):
        part = slice(start, stop)
        spans[int(tag[start])] = Spans(owner[part], offset[part], length[part], vr[part])
    return spans
