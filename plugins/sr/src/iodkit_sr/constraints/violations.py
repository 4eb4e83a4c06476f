"""What in a content tree breaks the relationship constraints of its IOD (PS3.3 A.35)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError, IodkitError
from iodkit_sr.tree.nodes import Node
from iodkit_sr.tree.references import check_references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit_sr.constraints.model import Constraints
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["Violation", "check_tree", "find_violations"]


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
    suspicious = bad.union(row + 1 for row in index.scan.references)
    for row in sorted(suspicious):
        node = Node(tree, row)
        parent = node.parent
        assert parent is not None
        violation = _judge(node, parent, constraints)
        if violation is not None:
            yield violation


def _judge(node: Node, parent: Node, constraints: Constraints) -> Violation | None:
    """Say what is wrong with an item, unless it is an allowed one by reference."""
    kind = node.value_type
    if node.is_reference:
        wrong = _judge_reference(node, constraints)
        if wrong is not None:
            return wrong
        kind = node.target.value_type
        if constraints.allows(parent.value_type, node.relationship_type, kind):
            return None
    found = f"{parent.value_type or '?'} {node.relationship_type or '?'} {kind or '?'}"
    if kind not in constraints.value_types:
        return Violation(
            node.path,
            f"{constraints.iod} has no items of this value type",
            "ValueType",
            found,
            f"value type {' or '.join(sorted(constraints.value_types))}",
        )
    targets = constraints.targets(parent.value_type, node.relationship_type)
    return Violation(
        node.path,
        f"{constraints.iod} does not allow this item here",
        "RelationshipType",
        found,
        f"{' or '.join(targets)} for this relationship" if targets else "another relationship",
    )


def _judge_reference(node: Node, constraints: Constraints) -> Violation | None:
    """Say what is wrong with a relationship because it is one by reference."""
    attribute = "ReferencedContentItemIdentifier"
    relationship = node.relationship_type
    if relationship not in constraints.by_reference:
        return Violation(
            node.path,
            f"{constraints.iod} has no relationships {relationship} by reference",
            attribute,
            "a reference",
            "the item itself",
        )
    try:
        node.target  # noqa: B018 - looked for, not used
    except IodkitError as error:
        expected = str(error.expected or "an item of the document")
        return Violation(node.path, error.message, attribute, str(error.found), expected)
    return None


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
