"""Nodes of a content tree: what the index knows of an item, and the way to the item itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from iodkit_sr.tree.index import format_path

if TYPE_CHECKING:
    from iodkit.coding import CodedConcept
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["Node", "NodeList"]


class Node:
    """One item of a content tree, as the index knows it; the item is made when it is asked for.

    Parameters
    ----------
    tree : ContentTree
        The tree as it was when the node was found.
    row : int
        Row of the index.
    """

    __slots__ = ("_row", "_tree")

    def __init__(self, tree: ContentTree, row: int) -> None:
        self._tree = tree
        self._row = row

    def __repr__(self) -> str:
        name = self.name.meaning if self.name is not None else ""
        return f"<Node {self.path} {self.value_type} {name!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and (self._tree, self._row) == (other._tree, other._row)

    def __hash__(self) -> int:
        return hash((id(self._tree), self._row))

    @property
    def row(self) -> int:
        """int: Row of the index, in the order of the document; 0 is the root."""
        return self._row

    @property
    def path(self) -> str:
        """str: Path, for example ``"1.3.2"``."""
        return format_path(self._tree.index.steps(self._row))

    @property
    def depth(self) -> int:
        """int: Number of items above."""
        return int(self._tree.index.depths[self._row])

    @property
    def name(self) -> CodedConcept | None:
        """CodedConcept | None: Concept name, if there is one."""
        return self._tree.index.name(self._row)

    @property
    def value_type(self) -> str:
        """str: Value type as it is in the document; empty for items by reference."""
        return self._tree.index.kind(self._row)

    @property
    def relationship_type(self) -> str:
        """str: Relationship to the item above; empty for the root."""
        return self._tree.index.relationship(self._row)

    @property
    def parent(self) -> Node | None:
        """Node | None: The item above."""
        above = int(self._tree.index.parents[self._row])
        return None if above < 0 else Node(self._tree, above)

    @property
    def children(self) -> NodeList:
        """NodeList: The items right below."""
        return NodeList(self._tree, self._tree.index.children(self._row))

    @property
    def template_id(self) -> str | None:
        """str | None: Template that the item says it follows (PS3.3 C.18.8)."""
        return self._tree.template_id(self._row)

    @property
    def is_reference(self) -> bool:
        """bool: Whether the item stands for another one of the document (by reference)."""
        return self._row - 1 in self._tree.index.scan.references

    @property
    def target(self) -> Node:
        """Node: The item that a relationship by reference leads to; else the node itself.

        Raises
        ------
        NotFoundError
            If there is no such item.
        InvalidValueError
            If the reference leads back to an item above it (PS3.3 C.17.3.2.5).
        """
        return self._tree.resolve(self)

    @property
    def value(self) -> Any:
        """Value: number, text, code, ... as the item's own ``value``; ``None`` for containers."""
        return self._tree.value(self._row)[0]

    @property
    def unit(self) -> CodedConcept | None:
        """CodedConcept | None: Unit of a number."""
        return self._tree.value(self._row)[1]

    @property
    def item(self) -> Any:
        """ContentItem: The item itself; what is changed in it is changed in the document.

        Raises
        ------
        NotFoundError
            If the document has been changed since, and has no item there any more.
        """
        return self._tree.item(self._row)


class NodeList(Sequence[Node]):
    """Nodes in the order of the document.

    Parameters
    ----------
    tree : ContentTree
        Their tree.
    rows : numpy.ndarray
        Their rows.
    """

    __slots__ = ("_rows", "_tree")

    def __init__(self, tree: ContentTree, rows: Any) -> None:
        self._tree = tree
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> NodeList: ...
    def __getitem__(self, index: int | slice) -> Node | NodeList:
        if isinstance(index, slice):
            return NodeList(self._tree, self._rows[index])
        return Node(self._tree, int(self._rows[index]))

    def __iter__(self) -> Iterator[Node]:
        return (Node(self._tree, int(row)) for row in self._rows)

    def __repr__(self) -> str:
        return f"<{len(self)} nodes>"

    @property
    def values(self) -> list[Any]:
        """list: Values of the nodes."""
        return [self._tree.value(int(row))[0] for row in self._rows]

    @property
    def paths(self) -> list[str]:
        """list[str]: Paths of the nodes."""
        return [node.path for node in self]

    @property
    def items(self) -> list[Any]:
        """list[ContentItem]: The items themselves."""
        return [node.item for node in self]
