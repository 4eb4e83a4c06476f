"""Relationships by reference lead somewhere, and never in a circle (PS3.3 C.17.3.2.5)."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from iodkit.errors import InvalidValueError
from iodkit_sr.tree.nodes import Node

if TYPE_CHECKING:
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["check_references"]


def check_references(tree: ContentTree) -> None:
    """Check that relationships by reference lead somewhere, and never in a circle.

    Parameters
    ----------
    tree : ContentTree
        The tree.

    Raises
    ------
    NotFoundError
        If one leads nowhere.
    InvalidValueError
        If they lead in a circle; the error names the paths.
    """
    rows = sorted(row + 1 for row in tree.index.scan.references)
    targets = {row: Node(tree, row).target.row for row in rows}
    inside = {
        row: rows[bisect_left(rows, target) : bisect_left(rows, int(tree.index.ends[target]))]
        for row, target in targets.items()
    }
    done: set[int] = set()
    for row in rows:
        _walk(tree, row, inside, done)


def _walk(tree: ContentTree, start: int, inside: dict[int, list[int]], done: set[int]) -> None:
    way: list[int] = []
    waiting = [(start, 0)]
    while waiting:
        row, depth = waiting.pop()
        del way[depth:]
        if row in way:
            circle = [Node(tree, each).path for each in (*way[way.index(row) :], row)]
            raise InvalidValueError(
                "relationships by reference lead in a circle",
                attribute="ReferencedContentItemIdentifier",
                found=" → ".join(circle),
                expected="no way from an item back to itself",
                clause="PS3.3 C.17.3.2.5",
            )
        if row in done:
            continue
        way.append(row)
        if not inside[row]:
            done.add(row)
        waiting.extend((each, depth + 1) for each in reversed(inside[row]))
    done.add(start)
