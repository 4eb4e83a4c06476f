"""Which items may be below which, per IOD: the relationship constraints of PS3.3 A.35 as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError, IodkitError
from iodkit_sr.enums import RelationshipTypeValues, ValueTypeValues
from iodkit_sr.tree.references import check_references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit_sr.tree.document_tree import ContentTree

__all__ = ["CONSTRAINTS", "Constraints", "Violation", "check_tree", "find_violations"]

_SIMPLE = ("TEXT", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "PNAME")
_NUMBERED = (*_SIMPLE, "NUM")
_OBJECTS = ("COMPOSITE", "IMAGE", "WAVEFORM")
_COORDINATES = ("SCOORD", "TCOORD")
_ALL = tuple(member.value for member in ValueTypeValues if member.value != "NUMERIC")
_RELATIONSHIPS = tuple(member.value for member in RelationshipTypeValues)


@dataclass(frozen=True)
class Constraints:
    """Relationship constraints of an IOD.

    Attributes
    ----------
    iod : str
        Name of the IOD.
    clause : str
        Clause of PS3.3 with the table.
    rows : tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]
        Source value types, relationship type, target value types.
    by_reference : bool
        Whether relationships by reference are allowed.
    """

    iod: str
    clause: str
    rows: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]
    by_reference: bool = False

    @cached_property
    def value_types(self) -> frozenset[str]:
        """frozenset[str]: Value types that items of the IOD may have."""
        return frozenset(kind for _, _, targets in self.rows for kind in targets) | {"CONTAINER"}

    @cached_property
    def allowed(self) -> frozenset[tuple[str, str, str]]:
        """frozenset[tuple[str, str, str]]: Source, relationship and target that may go together."""
        return frozenset(
            (source, relationship, target)
            for sources, relationship, targets in self.rows
            for source in sources
            if source in self.value_types
            for target in targets
        )

    def allows(self, source: str, relationship: str, target: str) -> bool:
        """Tell whether an item may be below another.

        Parameters
        ----------
        source, relationship, target : str
            Value type of the item above, relationship type, value type of the item below.

        Returns
        -------
        bool
            ``True`` if it may.
        """
        return (source, relationship, target) in self.allowed


def _basic() -> Constraints:
    return Constraints(
        "Basic Text SR",
        "PS3.3 A.35.1.3.1",
        (
            (("CONTAINER",), "CONTAINS", (*_SIMPLE, *_OBJECTS, "CONTAINER")),
            (("CONTAINER",), "HAS OBS CONTEXT", (*_SIMPLE, "COMPOSITE")),
            (("CONTAINER", *_OBJECTS), "HAS ACQ CONTEXT", _SIMPLE),
            (_ALL, "HAS CONCEPT MOD", ("TEXT", "CODE")),
            (("TEXT",), "HAS PROPERTIES", (*_SIMPLE, *_OBJECTS)),
            (("PNAME",), "HAS PROPERTIES", _SIMPLE),
            (("TEXT",), "INFERRED FROM", (*_SIMPLE, *_OBJECTS)),
        ),
    )


def _measured(
    iod: str, clause: str, spatial: tuple[str, ...], *, comprehensive: bool
) -> Constraints:
    """Constraints of the IODs that have numbers and coordinates."""
    coordinates = (*_COORDINATES, *spatial)
    nested = ("CONTAINER",) if comprehensive else ()
    findings = ("TEXT", "CODE", "NUM")
    rows = (
        (("CONTAINER",), "CONTAINS", (*_NUMBERED, *coordinates, *_OBJECTS, "CONTAINER")),
        (("CONTAINER", *findings), "HAS OBS CONTEXT", (*_NUMBERED, "COMPOSITE")),
        (("CONTAINER", *_OBJECTS, "NUM"), "HAS ACQ CONTEXT", (*_NUMBERED, "CONTAINER")),
        (_ALL, "HAS CONCEPT MOD", ("TEXT", "CODE")),
        (findings, "HAS PROPERTIES", (*_NUMBERED, *coordinates, *_OBJECTS, *nested)),
        (("PNAME",), "HAS PROPERTIES", _SIMPLE),
        (findings, "INFERRED FROM", (*_NUMBERED, *coordinates, *_OBJECTS, *nested)),
        (("SCOORD",), "SELECTED FROM", ("IMAGE",)),
        (("TCOORD",), "SELECTED FROM", ("SCOORD", *spatial, "IMAGE", "WAVEFORM")),
    )
    return Constraints(iod, clause, rows, by_reference=comprehensive)


_EXTENSIBLE = Constraints(
    "Extensible SR",
    "PS3.3 A.35.15.3.1",
    (
        (("CONTAINER",), "CONTAINS", _ALL),
        *((_ALL, other, _ALL) for other in _RELATIONSHIPS if other != "CONTAINS"),
    ),
    by_reference=True,
)

CONSTRAINTS: dict[str, Constraints] = {
    "1.2.840.10008.5.1.4.1.1.88.11": _basic(),
    "1.2.840.10008.5.1.4.1.1.88.22": _measured(
        "Enhanced SR", "PS3.3 A.35.2.3.1", (), comprehensive=False
    ),
    "1.2.840.10008.5.1.4.1.1.88.33": _measured(
        "Comprehensive SR", "PS3.3 A.35.3.3.1", (), comprehensive=True
    ),
    "1.2.840.10008.5.1.4.1.1.88.34": _measured(
        "Comprehensive 3D SR", "PS3.3 A.35.13.3.1", ("SCOORD3D",), comprehensive=True
    ),
    "1.2.840.10008.5.1.4.1.1.88.35": _EXTENSIBLE,
    "1.2.840.10008.5.1.4.1.1.88.59": Constraints(
        "Key Object Selection Document",
        "PS3.3 A.35.4.3.1",
        (
            (("CONTAINER",), "CONTAINS", ("TEXT", *_OBJECTS)),
            (("CONTAINER",), "HAS OBS CONTEXT", ("TEXT", "CODE", "UIDREF", "PNAME")),
            (("CONTAINER",), "HAS CONCEPT MOD", ("CODE",)),
        ),
    ),
}
"""Constraints by SOP Class UID."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An item that is not allowed where it is.

    Attributes
    ----------
    path : str
        Path of the item.
    message : str
        What is wrong.
    attribute : str
        Keyword of the attribute that is to blame.
    found, expected : str
        What is there, and what the constraints allow.
    """

    path: str
    message: str
    attribute: str
    found: str
    expected: str


def find_violations(tree: ContentTree, constraints: Constraints) -> Iterator[Violation]:
    """Find the items of a tree that an IOD does not allow where they are.

    Parameters
    ----------
    tree : ContentTree
        The tree.
    constraints : Constraints
        Those of the IOD.

    Yields
    ------
    Violation
        What is wrong, in the order of the document.
    """
    index = tree.index
    if index.kind(0) != "CONTAINER":
        yield Violation("1", "the root is no container", "ValueType", index.kind(0), "CONTAINER")
    kinds, relationships = len(index.kinds), len(index.relationships)
    sources = index.kind_ids[index.parents[1:]].astype(np.int64)
    keys = (sources * relationships + index.relationship_ids[1:]) * kinds + index.kind_ids[1:]
    bad: set[int] = set()
    for key in np.unique(keys):
        above, rest = divmod(int(key), kinds * relationships)
        between, below = divmod(rest, kinds)
        triple = (
            index.kinds[above].decode("latin-1"),
            index.relationships[between].decode("latin-1"),
            index.kinds[below].decode("latin-1"),
        )
        if not constraints.allows(*triple):
            bad.update((np.flatnonzero(keys == key) + 1).tolist())
    for row in sorted(bad):
        yield from _judge(tree, row, constraints)


def _judge(tree: ContentTree, row: int, constraints: Constraints) -> Iterator[Violation]:
    """Say what is wrong with an item, unless it is an allowed one by reference."""
    node = tree[tree.index.steps(row)]
    parent = node.parent
    assert parent is not None
    kind = node.value_type
    if node.is_reference:
        if not constraints.by_reference:
            yield Violation(
                node.path,
                f"{constraints.iod} has no relationships by reference",
                "ReferencedContentItemIdentifier",
                "a reference",
                "the item itself",
            )
            return
        try:
            kind = node.target.value_type
        except IodkitError as error:
            yield Violation(
                node.path,
                error.message,
                "ReferencedContentItemIdentifier",
                str(error.found),
                str(error.expected or "an item of the document"),
            )
            return
        if constraints.allows(parent.value_type, node.relationship_type, kind):
            return
    found = f"{parent.value_type or '?'} {node.relationship_type or '?'} {kind or '?'}"
    if kind not in constraints.value_types:
        expected = f"value type {' or '.join(sorted(constraints.value_types))}"
        yield Violation(
            node.path,
            f"{constraints.iod} has no items of this value type",
            "ValueType",
            found,
            expected,
        )
        return
    targets = sorted(
        target
        for source, relationship, target in constraints.allowed
        if source == parent.value_type and relationship == node.relationship_type
    )
    yield Violation(
        node.path,
        f"{constraints.iod} does not allow this item here",
        "RelationshipType",
        found,
        f"{' or '.join(targets)} for this relationship" if targets else "another relationship",
    )


def check_tree(tree: ContentTree, constraints: Constraints) -> None:
    """Check a tree against the constraints of its IOD.

    Parameters
    ----------
    tree : ContentTree
        The tree.
    constraints : Constraints
        Those of the IOD.

    Raises
    ------
    InvalidValueError
        For the first item that is not allowed where it is; the error names its path.
    NotFoundError
        If a relationship by reference leads nowhere.
    """
    check_references(tree)
    for violation in find_violations(tree, constraints):
        raise InvalidValueError(
            f"item {violation.path}: {violation.message}",
            attribute=f"{violation.path} {violation.attribute}",
            found=violation.found,
            expected=violation.expected,
            clause=constraints.clause,
        )
