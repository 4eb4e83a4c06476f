"""Thousands of content items, reduced to those that show everything that there is to find.

Two items are of one *class* if what is above them is, and if they have the same bytes but for
values that cannot be wrong: numbers, texts, times and identifiers that are as their VR wants
them, and of which no table and no rule says more.  One item of each class is looked at; what is
found in it counts as often as there are items of its class.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from iodkit.frames.levels import IS_LONG, IS_VR, Irregular

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

__all__ = ["CONTENT", "ReducedContent", "reduce_content"]

CONTENT = 0x0040A730
"""Tag of Content Sequence (PS3.3 C.17.3)."""

_ITEM, _SQ = 0xFFFEE000, b"SQ"
_CHARACTER_SET, _REFERENCE = 0x00080005, 0x00081155
_UNDEFINED = 0xFFFFFFFF
_DEEPEST = 200
_HEAD = b"\xfe\xff\x00\xe0"
# Sequences whose items hold free values: Referenced SOP Sequence, Measured Value Sequence.
_OPENED = frozenset((0x00081199, 0x0040A300))
# Values that differ from item to item, and their VR in the dictionary (PS3.3 C.17.3, C.18).
_FREE = {
    _REFERENCE: b"UI",
    0x00081160: b"IS",  # Referenced Frame Number
    0x00700022: b"FL",  # Graphic Data
    0x0040A032: b"DT",  # Observation DateTime
    0x0040A120: b"DT",
    0x0040A121: b"DA",
    0x0040A122: b"TM",
    0x0040A123: b"PN",
    0x0040A124: b"UI",
    0x0040A160: b"UT",  # Text Value
    0x0040A161: b"FD",  # Floating Point Value
    0x0040A171: b"UI",  # Observation UID
    0x0040A30A: b"DS",  # Numeric Value
    0x0040DB73: b"UL",  # Referenced Content Item Identifier
}
_BINARY = frozenset((b"FD", b"FL", b"UL"))
_PATH = re.compile(r"(?:ContentSequence\[\d+\]\.?)+")
_NUMBER = re.compile(r"\d+")
_pack_length = struct.Struct("<L").pack
_header = struct.Struct("<HHL").unpack_from
_explicit = struct.Struct("<HH2sH").unpack_from
_long = struct.Struct("<L").unpack_from


@dataclass(slots=True)
class _Kept:
    """An item that stays: its number in the object, its class, its bytes, what stays below it."""

    number: int
    kind: int
    data: bytes
    is_first: bool
    below: list[_Kept] = field(default_factory=list)


@dataclass(slots=True)
class ReducedContent:
    """A Content Sequence with those items that stand for all.

    Attributes
    ----------
    value : bytes
        The sequence, encoded as it was, with defined lengths.
    """

    value: bytes
    _items: list[_Kept]
    _sizes: list[int]

    def original_path(self, path: str) -> str:
        """Turn a path in the reduced sequence into one in the object.

        Parameters
        ----------
        path : str
            The path of an item or of an attribute in one.

        Returns
        -------
        str
            The same with the numbers that the items have in the object.
        """
        head = _PATH.match(path)
        if head is None:
            return path
        numbers = iter([kept.number for kept in self._follow(head[0])])
        return _NUMBER.sub(lambda _: str(next(numbers)), head[0]) + path[head.end() :]

    def weight(self, path: str) -> int:
        """Tell how often what was found in an item is to be found in the object.

        Parameters
        ----------
        path : str
            The path in the object.

        Returns
        -------
        int
            The number of items of its class; 0 for an item that is there for those below it.
        """
        head = _PATH.match(path)
        if head is None:
            return 1
        items, size = self._items, 1
        for number in map(int, _NUMBER.findall(head[0])):
            kept = items[bisect_left(items, number, key=attrgetter("number"))]
            size = self._sizes[kept.kind] if kept.is_first else 0
            items = kept.below
        return size

    def _follow(self, head: str) -> Iterator[_Kept]:
        items = self._items
        for number in map(int, _NUMBER.findall(head)):
            kept = items[number - 1]
            yield kept
            items = kept.below


def reduce_content(
    value: bytes,
    implicit_vr: bool,
    is_sound: Callable[[str, bytes], bool],
    decisive: Collection[int] = (),
) -> ReducedContent:
    """Find the items that show every class of items.

    Parameters
    ----------
    value : bytes
        Value of a Content Sequence in little endian, all lengths defined.
    implicit_vr : bool
        Whether elements carry no VR.
    is_sound : callable
        Tells of a VR and an encoded value whether nothing can be wrong with it.
    decisive : collection of int, optional
        Tags of attributes whose values the tables look at.

    Returns
    -------
    ReducedContent
        The first item of each class, and the items above those.

    Raises
    ------
    Irregular
        If there is anything but plain elements and items; the object is then looked at as a
        whole.
    """
    free = {tag: vr for tag, vr in _FREE.items() if tag not in decisive}
    reducer = _Reducer(value, implicit_vr, free, is_sound)
    try:
        items = reducer.items(0, len(value), 0, 0)
    except struct.error as error:
        raise Irregular(str(error)) from error
    return ReducedContent(b"".join(each.data for each in items), items, reducer.sizes)


class _Reducer:
    """State of one pass over the bytes."""

    def __init__(
        self,
        data: bytes,
        implicit: bool,
        free: dict[int, bytes],
        is_sound: Callable[[str, bytes], bool],
    ) -> None:
        self.sizes = [1]
        self._data, self._implicit, self._free = data, implicit, free
        self._is_sound = is_sound
        self._kinds: dict[tuple[int, tuple[object, ...]], int] = {}
        self._references: set[bytes] = set()

    def items(self, position: int, end: int, above: int, depth: int) -> list[_Kept]:
        """Take the items of a Content Sequence, and return those that stay."""
        if depth > _DEEPEST:
            raise Irregular("the tree is too deep")
        kept = []
        for number, (start, stop) in enumerate(self._bounds(position, end), 1):
            one = self._item(number, start, stop, above, depth)
            if one is not None:
                kept.append(one)
        return kept

    def _bounds(self, position: int, end: int) -> Iterator[tuple[int, int]]:
        while position < end:
            group, element, length = _header(self._data, position)
            start, position = position + 8, position + 8 + length
            if group << 16 | element != _ITEM or position > end:
                raise Irregular(f"no whole item at byte {start - 8}")
            yield start, position

    def _item(self, number: int, start: int, stop: int, above: int, depth: int) -> _Kept | None:
        signature, content = self._signature(start, stop, nested=False)
        key = (above, signature)
        kind = self._kinds.get(key)
        is_first = kind is None
        if kind is None:
            kind = self._kinds[key] = len(self.sizes)
            self.sizes.append(0)
        self.sizes[kind] += 1
        if content is None:
            data = self._data[start:stop]
            below = []
        else:
            inner, end = content
            below = self.items(inner, end, kind, depth + 1)
            if not (is_first or below):
                return None
            value = b"".join(each.data for each in below)
            data = self._data[start : inner - 4] + _pack_length(len(value)) + value
            data += self._data[end:stop]
        if not (is_first or below):
            return None
        return _Kept(number, kind, _HEAD + _pack_length(len(data)) + data, is_first, below)

    def _signature(
        self, start: int, stop: int, *, nested: bool
    ) -> tuple[tuple[object, ...], tuple[int, int] | None]:
        """What is equal in items of a class; and where the content of the item is."""
        data = self._data
        found: list[object] = []
        content: tuple[int, int] | None = None
        position = plain_from = start
        while position < stop:
            tag, vr, value, length = self._element(position)
            end = value + length
            if end > stop:
                raise Irregular(f"the length at byte {position} is too large")
            token: object = None
            if tag == _CHARACTER_SET:
                raise Irregular("an item with a character set of its own")
            if tag in self._free:
                token = self._token(tag, vr, value, end)
            elif tag in _OPENED and vr in (_SQ, b"") and length:
                inner = [
                    self._signature(*each, nested=True)[0] for each in self._bounds(value, end)
                ]
                token = (tag, vr, *inner)
            elif tag == CONTENT and not nested and vr in (_SQ, b""):
                if content is not None:
                    raise Irregular("two sequences in one item")
                content = (value, end)
                token = (tag, vr, length > 0)
            if token is not None:
                found += (data[plain_from:position], token)
                plain_from = end
            position = end
        found.append(data[plain_from:stop])
        return tuple(found), content

    def _token(self, tag: int, vr: bytes, start: int, end: int) -> object:
        """What stands for a free value; None for one that has to be looked at."""
        value = self._data[start:end]
        kind = vr or self._free[tag]
        if kind in _BINARY:
            return (tag, vr, end - start)
        bare = value.rstrip(b"\0 ")
        if not bare or not self._is_sound(kind.decode("ascii"), value):
            return None
        if tag == _REFERENCE and bare not in self._references:
            # Where an instance is first referred to is what rules on references look at.
            self._references.add(bare)
            return None
        return (tag, vr, value.count(b"\\"))

    def _element(self, position: int) -> tuple[int, bytes, int, int]:
        """Tag, VR, where the value starts, and its length."""
        if self._implicit:
            group, element, length = _header(self._data, position)
            vr, value = b"", position + 8
        else:
            group, element, vr, length = _explicit(self._data, position)
            number = vr[0] | vr[1] << 8
            value = position + 8
            if not IS_VR[number]:
                raise Irregular("unknown VR")
            if IS_LONG[number]:
                (length,) = _long(self._data, value)
                value += 4
        if length == _UNDEFINED:
            raise Irregular("element of undefined length")
        return group << 16 | element, vr, value, length
