"""What items of a tree lack: a known type, a value, a concept name (PS3.3 C.17.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault, Severity
from iodkit_sr.tree.fields import decode_number
from iodkit_sr.tree.index import to_attribute_path
from iodkit_sr.tree.scan import VALUE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from iodkit_sr.tree.content_tree import ContentTree
    from iodkit_sr.tree.index import TreeIndex

__all__ = [
    "attribute_path",
    "find_hollow_items",
    "find_incomplete_numbers",
    "find_missing_names",
    "find_missing_values",
    "find_unknown_continuity",
    "rows_of",
]

_VALUES = {
    "TEXT": ("TextValue",),
    "CODE": ("ConceptCodeSequence",),
    "NUM": ("MeasuredValueSequence",),
    "DATETIME": ("DateTime",),
    "DATE": ("Date",),
    "TIME": ("Time",),
    "UIDREF": ("UID",),
    "PNAME": ("PersonName",),
    "COMPOSITE": ("ReferencedSOPSequence",),
    "IMAGE": ("ReferencedSOPSequence",),
    "WAVEFORM": ("ReferencedSOPSequence",),
    "SCOORD": ("GraphicData",),
    "SCOORD3D": ("GraphicData",),
    "TCOORD": ("ReferencedSamplePositions", "ReferencedTimeOffsets", "ReferencedDateTime"),
    "CONTAINER": ("ContinuityOfContent",),
    "TABLE": (),
}
# Bytes of the delimiter of a sequence, which one of undefined length has without any item.
_DELIMITER = 8
_ITEM = b"\xfe\xff\x00\xe0"
_CONTINUITY = frozenset((b"", b"SEPARATE", b"CONTINUOUS"))
_NAMED = ("TEXT", "NUM", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "TABLE", "PNAME")


def find_missing_values(tree: ContentTree) -> Iterator[Fault]:
    """Find items of no known value type, and those without the value of theirs.

    Parameters
    ----------
    tree : ContentTree
        The tree.

    Yields
    ------
    Fault
        One for each such item.  A number that was not taken is merely worth knowing
        (PS3.3 C.18.1).
    """
    index = tree.index
    tags, lengths = _stored_values(index)
    for kind in index.kinds:
        rows = rows_of(index, kind.decode("latin-1"))
        name = kind.decode("latin-1")
        if name not in _VALUES:
            for row in rows:
                yield Fault(attribute_path(index, row, "ValueType"), name or None, "a value type")
            continue
        expected = _VALUES[name]
        known = [tag for tag, keyword in VALUE_TAGS.items() if keyword in expected]
        has_other = np.isin(tags[rows], known, invert=True)
        for row in rows[has_other] if known else ():
            # The index knows one value: with that of another type before it, the item is asked.
            held = _held(tree, int(row), expected) if tags[row] else None
            if held is None:
                yield Fault(attribute_path(index, row, expected[0]), None, " or ".join(expected))
            elif not held[1]:
                yield _empty(attribute_path(index, row, held[0]), name)
        shortest = _DELIMITER if expected and expected[0].endswith("Sequence") else 0
        for row in rows[~has_other & (lengths[rows] <= shortest)] if known else ():
            yield _empty(attribute_path(index, row, VALUE_TAGS[int(tags[row])]), name)


def _held(tree: ContentTree, row: int, keywords: tuple[str, ...]) -> tuple[str, object] | None:
    """Give the first of some attributes that an item has, with its value."""
    item = tree.item(row)
    return next(((word, item.get(word)) for word in keywords if word in item), None)


def _empty(path: str, kind: str) -> Fault:
    if kind == "NUM":
        return Fault(path, "", "a number", severity=Severity.INFO, clause="PS3.3 C.18.1")
    return Fault(path, "", "a value")


def find_missing_names(index: TreeIndex) -> Iterator[Fault]:
    """Find items without a concept name that need one: values, and the root.

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.

    Yields
    ------
    Fault
        One for each such item.
    """
    if index.name(0) is None:
        yield Fault(
            "ConceptNameCodeSequence", None, "the title of the document", clause="PS3.3 C.17.3.1"
        )
    for kind in _NAMED:
        for row in rows_of(index, kind):
            if index.name(int(row)) is None:
                yield Fault(attribute_path(index, row, "ConceptNameCodeSequence"), None, "a code")


def find_incomplete_numbers(index: TreeIndex) -> Iterator[Fault]:
    """Find measured values without a number or without a unit (PS3.3 C.18.1).

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.

    Yields
    ------
    Fault
        One for each attribute.  An empty Measured Value Sequence is no fault of this kind.
    """
    scan = index.scan
    for row in rows_of(index, "NUM").tolist():
        tag, start, end = scan.values[row - 1]
        data = scan.data[start:end]
        if VALUE_TAGS.get(tag) != "MeasuredValueSequence" or not data.startswith(_ITEM):
            continue
        number, unit = decode_number(data, scan.implicit[row - 1])
        if number is not None and len(unit) > _DELIMITER:
            continue
        path = f"{attribute_path(index, row, 'MeasuredValueSequence')}[1]"
        if number is None:
            yield Fault(f"{path}.NumericValue", None, "a number", clause="PS3.3 C.18.1")
        if len(unit) <= _DELIMITER:
            yield Fault(
                f"{path}.MeasurementUnitsCodeSequence", None, "a unit", clause="PS3.3 C.18.1"
            )


def find_hollow_items(index: TreeIndex) -> Iterator[Fault]:
    """Find items with a Content Sequence that has no items (PS3.3 C.17.3).

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.

    Yields
    ------
    Fault
        One for each such item.
    """
    for row in index.scan.hollow:
        path = attribute_path(index, row + 1, "ContentSequence")
        yield Fault(path, "", "at least one item, or no such attribute", clause="PS3.3 C.17.3")


def find_unknown_continuity(index: TreeIndex) -> Iterator[Fault]:
    """Find containers whose Continuity Of Content is none (PS3.3 C.18.8).

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.

    Yields
    ------
    Fault
        One for each such container.
    """
    scan = index.scan
    for row in rows_of(index, "CONTAINER").tolist():
        tag, start, end = scan.values[row - 1]
        text = scan.data[start:end].strip(b" \0")
        if VALUE_TAGS.get(tag) == "ContinuityOfContent" and text not in _CONTINUITY:
            yield Fault(
                attribute_path(index, row, "ContinuityOfContent"),
                text.decode("ascii", "replace"),
                "SEPARATE or CONTINUOUS",
                clause="PS3.3 C.18.8",
            )


def _stored_values(index: TreeIndex) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tag and length of the value of each row; those of the root are not looked at."""
    stored = np.zeros((len(index), 3), np.int64)
    if index.scan.values:
        stored[1:] = index.scan.values
    return stored[:, 0], stored[:, 2] - stored[:, 1]


def rows_of(index: TreeIndex, kind: str) -> NDArray[np.intp]:
    """Find the items of a value type.

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.
    kind : str
        Value type.

    Returns
    -------
    numpy.ndarray
        Their rows, without the root and without references to other items.
    """
    code = kind.encode("latin-1")
    if code not in index.kinds:
        return np.empty(0, np.intp)
    rows = np.flatnonzero(index.kind_ids == index.kinds.index(code))
    references = [row + 1 for row in index.scan.references]
    return rows[(rows > 0) & np.isin(rows, references, invert=True)]


def attribute_path(index: TreeIndex, row: int | np.intp, keyword: str) -> str:
    """Name an attribute of an item as findings do.

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.
    row : int
        Row of the item.
    keyword : str
        Keyword of the attribute.

    Returns
    -------
    str
        For example ``"ContentSequence[2].ContentSequence[3].ValueType"``.
    """
    return to_attribute_path(index.steps(int(row)), keyword)
