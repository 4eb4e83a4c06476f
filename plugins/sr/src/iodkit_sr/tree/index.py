"""The index of a content tree: columns that answer queries, and paths (PS3.3 C.17.3)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.coding import CodedConcept, to_code
from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit_sr.tree.fields import decode_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit.coding.concepts import CodeLike
    from iodkit_sr.tree.scan import Scan

__all__ = ["TreeIndex", "format_path", "parse_path", "to_attribute_path"]


def parse_path(path: str | Sequence[int]) -> tuple[int, ...]:
    """Read the path of an item: positions counted from 1, of which the first is the root.

    Parameters
    ----------
    path : str | Sequence[int]
        For example ``"1.3.2"``: the second item below the third item below the root.

    Returns
    -------
    tuple[int, ...]
        The positions.

    Raises
    ------
    InvalidValueError
        If it is no path.
    """
    try:
        parts = path.split(".") if isinstance(path, str) else list(path)
        steps = tuple(int(part) for part in parts)
    except (TypeError, ValueError):
        steps = ()
    if not steps or steps[0] != 1 or min(steps) < 1:
        raise InvalidValueError(
            "this is no path of a content item",
            attribute="path",
            found=path,
            expected="positions counted from 1 and joined by dots, such as '1.3.2'",
            clause="PS3.3 C.17.3.2.5",
        )
    return steps


def format_path(steps: Sequence[int]) -> str:
    """Write a path as text.

    Parameters
    ----------
    steps : Sequence[int]
        Positions counted from 1.

    Returns
    -------
    str
        For example ``"1.3.2"``.
    """
    return ".".join(map(str, steps))


def to_attribute_path(steps: Sequence[int], keyword: str) -> str:
    """Turn the path of an item into that of one of its attributes.

    Parameters
    ----------
    steps : Sequence[int]
        Positions counted from 1, the first that of the root.
    keyword : str
        Keyword of the attribute.

    Returns
    -------
    str
        For example ``"ContentSequence[2].ContentSequence[3].ValueType"``.
    """
    return ".".join([*(f"ContentSequence[{step}]" for step in steps[1:]), keyword])


class TreeIndex:
    """A flat index of a content tree; row 0 is the root, rows are in the order of the document.

    Parameters
    ----------
    scan : Scan
        What the pass over the bytes found below the root.
    root : tuple[bytes, bytes, bytes | None]
        Value type, encoded concept name, and encoded template sequence of the root.
    encodings : Sequence[str]
        Python's names of the character set.
    implicit_vr : bool, optional
        Whether the document is encoded without VRs.

    Attributes
    ----------
    parents, positions, depths : numpy.ndarray
        Row of the item above (-1 for the root), index among its siblings, depth (0 for the
        root).
    kinds, relationships : list[bytes]
        The value types and relationship types that occur.
    kind_ids, relationship_ids : numpy.ndarray
        Index of those of each row.
    """

    def __init__(
        self,
        scan: Scan,
        root: tuple[bytes, bytes, bytes | None],
        encodings: Sequence[str],
        implicit_vr: bool = False,
    ) -> None:
        self.scan = scan
        self.encodings = list(encodings)
        count = len(scan.parents)
        self.parents = np.empty(count + 1, np.int64)
        self.parents[0] = -1
        self.parents[1:] = scan.parents
        self.parents[1:] += 1
        self.positions = np.zeros(count + 1, np.int64)
        self.positions[1:] = scan.positions
        self.depths = np.zeros(count + 1, np.int64)
        self.depths[1:] = scan.depths
        self.kinds, self.kind_ids = _factorise([root[0], *scan.types])
        self.relationships, self.relationship_ids = _factorise([b"", *scan.relationships])
        self._name_bytes, self.name_ids = _factorise([root[1], *scan.names])
        self.root_template = root[2]
        self.implicit_vr = implicit_vr
        self._names: dict[int, CodedConcept | None] = {}

    def __len__(self) -> int:
        return len(self.parents)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Row after the last item below each row."""
        depths = self.depths.tolist()
        ends = np.empty(len(depths), np.int64)
        open_rows: list[int] = []
        for row, depth in enumerate(depths):
            while open_rows and depths[open_rows[-1]] >= depth:
                ends[open_rows.pop()] = row
            open_rows.append(row)
        ends[open_rows] = len(depths)
        return ends

    def kind(self, row: int) -> str:
        """Value type of a row; empty for items by reference."""
        return self.kinds[self.kind_ids[row]].decode("ascii", "replace")

    def relationship(self, row: int) -> str:
        """Relationship type of a row; empty for the root."""
        return self.relationships[self.relationship_ids[row]].decode("ascii", "replace")

    def name(self, row: int) -> CodedConcept | None:
        """Concept name of a row, if it has one."""
        return self._name_of(int(self.name_ids[row]))

    def _name_of(self, number: int) -> CodedConcept | None:
        if number not in self._names:
            data = self._name_bytes[number]
            # Items within UN have no VRs though the document has.
            found = decode_code(data, self.implicit_vr, self.encodings) if data else None
            if found is None and data:
                found = decode_code(data, not self.implicit_vr, self.encodings)
            self._names[number] = found
        return self._names[number]

    def steps(self, row: int) -> tuple[int, ...]:
        """Path of a row."""
        steps: list[int] = []
        while row >= 0:
            steps.append(int(self.positions[row]) + 1)
            row = int(self.parents[row])
        return tuple(reversed(steps))

    def row_at(self, path: str | Sequence[int]) -> int:
        """Find the row of a path.

        Parameters
        ----------
        path : str | Sequence[int]
            Path such as ``"1.3.2"``.

        Returns
        -------
        int
            The row.

        Raises
        ------
        NotFoundError
            If there is no such item.
        """
        steps = parse_path(path)
        row = 0
        for step in steps[1:]:
            below = self.children(row)
            if step > len(below):
                raise NotFoundError(
                    "the document has no item with this path",
                    attribute="path",
                    found=format_path(steps),
                    expected=f"at most {len(below)} items below {format_path(self.steps(row))}",
                )
            row = int(below[step - 1])
        return row

    def children(self, row: int) -> NDArray[np.int64]:
        """Rows of the items right below a row."""
        last = int(self.ends[row])
        return row + 1 + np.flatnonzero(self.parents[row + 1 : last] == row)

    def matching(
        self,
        name: CodeLike | None = None,
        value_type: Any = None,
        relationship_type: Any = None,
    ) -> NDArray[np.bool_]:
        """Tell for each row whether it has a name, a value type and a relationship type.

        Parameters
        ----------
        name : Code | CodedConcept | tuple[str, ...] | None
            Concept name; codes of SNOMED-RT equal those of SNOMED CT.
        value_type, relationship_type : str | Enum | None
            Types, by their values.

        Returns
        -------
        numpy.ndarray
            One truth value for each row.
        """
        chosen = np.ones(len(self), bool)
        if value_type is not None:
            chosen &= np.isin(self.kind_ids, _find(self.kinds, value_type))
        if relationship_type is not None:
            chosen &= np.isin(self.relationship_ids, _find(self.relationships, relationship_type))
        if name is not None:
            wanted = to_code(name, "name")
            chosen &= np.isin(
                self.name_ids,
                [n for n in range(len(self._name_bytes)) if self._name_of(n) == wanted],
            )
        return chosen

    def below(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Tell for each row whether it is somewhere below one of some rows."""
        edges = np.zeros(len(self) + 1, np.int64)
        for row in rows:
            edges[row + 1] += 1
            edges[int(self.ends[row])] -= 1
        return np.cumsum(edges)[:-1] > 0


def _factorise(values: list[bytes]) -> tuple[list[bytes], NDArray[np.int32]]:
    """Give the distinct values, and the number of each value among them."""
    numbers: dict[bytes, int] = {}
    ids = [numbers.setdefault(value, len(numbers)) for value in values]
    return list(numbers), np.array(ids, np.int32)


def _find(values: list[bytes], wanted: Any) -> list[int]:
    text = getattr(wanted, "value", wanted)
    if not isinstance(text, str):
        raise InvalidTypeError(
            "this is no type of an item", found=wanted, expected="a text or a member of an enum"
        )
    return [number for number, value in enumerate(values) if value.decode("latin-1") == text]
