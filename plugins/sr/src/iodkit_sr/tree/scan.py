"""One pass over the bytes of a content tree: where each item and its value are (PS3.3 C.17.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from iodkit.errors import CorruptDataError, IodkitError
from iodkit.io.localsources import MemorySource
from iodkit.io.scan import UNDEFINED_LENGTH, Syntax, find_fragments_end, find_sequence_end
from iodkit.io.window import Window

__all__ = ["VALUE_TAGS", "Scan", "read_header", "scan_items"]

# Tags as a little-endian number of 32 bits holds them: element and group change places.
_ITEM = 0xE000FFFE
_ITEM_END = 0xE00DFFFE
_SEQUENCE_END = 0xE0DDFFFE
_RELATIONSHIP = 0xA0100040
_TYPE = 0xA0400040
_NAME = 0xA0430040
_TEMPLATE = 0xA5040040
_REFERENCED_ITEM = 0xDB730040
_CONTENT = 0xA7300040

VALUE_TAGS: dict[int, str] = {
    0xA1600040: "TextValue",
    0xA1680040: "ConceptCodeSequence",
    0xA3000040: "MeasuredValueSequence",
    0xA1230040: "PersonName",
    0xA1240040: "UID",
    0xA1200040: "DateTime",
    0xA1210040: "Date",
    0xA1220040: "Time",
    0x11990008: "ReferencedSOPSequence",
    0x00230070: "GraphicType",
    0x00220070: "GraphicData",
    0xA1300040: "TemporalRangeType",
    0xA1320040: "ReferencedSamplePositions",
    0xA1380040: "ReferencedTimeOffsets",
    0xA13A0040: "ReferencedDateTime",
    0xA0500040: "ContinuityOfContent",
}
"""Attributes that hold the value of an item, and their keywords."""

# Of several the first one is the value: coordinates have data besides their type.
_NOTHING = (0, 0, 0)
_SECONDARY = frozenset((0, 0x00230070, 0xA1300040, 0xA0500040))
_KEPT = frozenset((*VALUE_TAGS, _TYPE, _RELATIONSHIP, _NAME, _TEMPLATE, _REFERENCED_ITEM))
_LONG = frozenset(str(vr).encode() for vr in EXPLICIT_VR_LENGTH_32)
_DEEPEST = 300
_header = struct.Struct("<LL").unpack_from
_explicit = struct.Struct("<L2sH").unpack_from
_long = struct.Struct("<L").unpack_from


@dataclass(slots=True)
class Scan:
    """What one pass finds: a row per item, in the order in which they are encoded.

    Attributes
    ----------
    data : bytes
        The encoded sequence.
    parents, positions, depths : list[int]
        Row of the item above (-1 for those of the sequence itself), index among its siblings,
        depth.
    types, relationships : list[bytes]
        Value type and relationship type, as they are encoded, without padding.
    names : list[bytes]
        Concept Name Code Sequence, encoded; empty where there is none.
    templates, references : dict[int, bytes]
        Content Template Sequence, and Referenced Content Item Identifier, of the rows that
        have them.
    values : list[tuple[int, int, int]]
        Tag, start and end of the attribute that holds the value.
    implicit : list[bool]
        Whether the item is encoded without VRs.
    hollow : list[int]
        Rows whose Content Sequence is there and has no items.
    """

    data: bytes
    parents: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    types: list[bytes] = field(default_factory=list)
    relationships: list[bytes] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    templates: dict[int, bytes] = field(default_factory=dict)
    references: dict[int, bytes] = field(default_factory=dict)
    values: list[tuple[int, int, int]] = field(default_factory=list)
    implicit: list[bool] = field(default_factory=list)
    hollow: list[int] = field(default_factory=list)


def scan_items(data: bytes, implicit_vr: bool, first_depth: int = 1) -> Scan:
    """Go once through an encoded Content Sequence in little endian.

    Parameters
    ----------
    data : bytes
        Value of the sequence.
    implicit_vr : bool
        Whether it is encoded without VRs.
    first_depth : int, optional
        Depth of the items of the sequence.

    Returns
    -------
    Scan
        The rows.

    Raises
    ------
    CorruptDataError
        If items or lengths are wrong, or if the tree is deeper than 300 levels; the error names
        the path of the item.
    """
    scanner = _Scanner(data)
    try:
        scanner.sequence(0, len(data), implicit_vr, -1, first_depth)
    except (struct.error, IodkitError) as error:
        reason = error.message if isinstance(error, IodkitError) else "the data ends too early"
        raise CorruptDataError(
            f"the content tree is broken at item {scanner.path()}: {reason}",
            attribute=f"ContentSequence, item {scanner.path()}",
            clause="PS3.5 7.5",
        ) from error
    return scanner.out


def read_header(data: bytes, position: int, implicit: bool) -> tuple[int, bytes, int, int]:
    """Read the header of an element in little endian (PS3.5 7.1).

    Parameters
    ----------
    data : bytes
        The bytes.
    position : int
        Where the element starts.
    implicit : bool
        Whether it has no VR.

    Returns
    -------
    tuple[int, bytes, int, int]
        Tag with element before group, VR, length, and where the value starts.
    """
    if implicit:
        tag, length = _header(data, position)
        return tag, b"", length, position + 8
    tag, vr, length = _explicit(data, position)
    if vr in _LONG and tag != _ITEM_END:
        (length,) = _long(data, position + 8)
        return tag, vr, length, position + 12
    return tag, vr, length, position + 8


class _Scanner:
    """State of one pass."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.out = Scan(data)
        self._window: Window | None = None
        self._values: dict[bytes, bytes] = {}

    def path(self) -> str:
        """Path of the last item that was met."""
        out, row = self.out, len(self.out.parents) - 1
        steps: list[int] = []
        while row >= 0:
            steps.append(out.positions[row] + 1)
            row = out.parents[row]
        return ".".join(map(str, [1, *reversed(steps)]))

    def sequence(self, position: int, end: int, implicit: bool, parent: int, depth: int) -> int:
        """Take the items of a sequence; return where what follows it starts.

        `end` is -1 for a sequence of undefined length.
        """
        if depth > _DEEPEST:
            raise CorruptDataError("the tree is too deep", expected=f"at most {_DEEPEST} levels")
        data, out = self.data, self.out
        index = 0
        limit = len(data)
        while position != end:
            tag, length = _header(data, position)
            position += 8
            if tag == _SEQUENCE_END:
                return position
            stop = position + length if length != UNDEFINED_LENGTH else -1
            row = len(out.parents)
            out.parents.append(parent)
            out.positions.append(index)
            out.depths.append(depth)
            if tag != _ITEM or stop > (limit if end < 0 else end):
                raise CorruptDataError(f"no whole item at byte {position - 8}")
            index += 1
            position = self._item(position, stop, implicit, row, depth)
        return position

    def _item(self, position: int, stop: int, implicit: bool, row: int, depth: int) -> int:
        """Take the elements of an item; return where what follows it starts.

        `stop` is -1 for an item of undefined length.
        """
        self._add_row(implicit)
        limit = stop if stop >= 0 else len(self.data)
        while position != stop:
            tag, vr, length, start = read_header(self.data, position, implicit)
            if tag == _ITEM_END and stop < 0:
                return start
            undefined = length == UNDEFINED_LENGTH
            end = -1 if undefined else start + length
            if end > limit:
                raise CorruptDataError(f"the length at byte {position} is too large")
            if tag == _CONTENT:
                position = self._content(start, end, implicit or vr == b"UN", row, depth)
                continue
            position = self._end_of(tag, vr, start, implicit) if undefined else end
            if tag in _KEPT:
                self._keep(tag, row, start, position)
        return position

    def _content(self, start: int, end: int, implicit: bool, row: int, depth: int) -> int:
        """Take the items below an item; return where what follows them starts."""
        before = len(self.out.parents)
        position = self.sequence(start, end, implicit, row, depth + 1)
        if len(self.out.parents) == before:
            self.out.hollow.append(row)
        return position

    def _add_row(self, implicit: bool) -> None:
        # The row of an item comes before those of the items below it.
        out = self.out
        out.types.append(b"")
        out.relationships.append(b"")
        out.names.append(b"")
        out.values.append(_NOTHING)
        out.implicit.append(implicit)

    def _keep(self, tag: int, row: int, start: int, end: int) -> None:
        """Note what an element tells about the item."""
        out = self.out
        if tag == _NAME:
            out.names[row] = self._shared(self.data[start:end])
        elif tag == _TYPE:
            out.types[row] = self._shared(self.data[start:end].strip(b" \0"))
        elif tag == _RELATIONSHIP:
            out.relationships[row] = self._shared(self.data[start:end].strip(b" \0"))
        elif tag == _TEMPLATE:
            out.templates[row] = self.data[start:end]
        elif tag == _REFERENCED_ITEM:
            out.references[row] = self.data[start:end]
        elif out.values[row][0] in _SECONDARY:
            out.values[row] = (tag, start, end)

    def _shared(self, value: bytes) -> bytes:
        """Give the one object for equal values, of which documents have few and many items."""
        return self._values.setdefault(value, value)

    def _end_of(self, tag: int, vr: bytes, start: int, implicit: bool) -> int:
        """Find where a value of undefined length ends, its delimiter included."""
        if self._window is None:
            self._window = Window(MemorySource(self.data))
        syntax = Syntax(implicit, little_endian=True)
        number = (tag & 0xFFFF) << 16 | tag >> 16
        named = syntax.resolve_undefined(number, vr.decode() or None, self._window, start)
        if named == "SQ":
            return find_sequence_end(self._window, start, syntax)[0] + 8
        return find_fragments_end(self._window, start, syntax) + 8
