"""Nodes of a content tree: what the index knows of an item, and the way to the item itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from iodkit.errors import InvalidValueError, NotFoundError
from iodkit_sr.exports.mixin import Exportable
from iodkit_sr.tree.fields import (
    decode_code,
    decode_identifier,
    decode_number,
    decode_points,
    decode_references,
    decode_simple,
    decode_times,
    first_item,
)
from iodkit_sr.tree.index import TreeIndex, format_path
from iodkit_sr.tree.scan import VALUE_TAGS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.coding import CodedConcept
    from iodkit.coding.concepts import CodeLike
    from iodkit_sr.enums import RelationshipTypeValues, ValueTypeValues

__all__ = ["ContentTree", "Node", "NodeList"]

_WITHOUT_VALUE = frozenset({"ContinuityOfContent", "GraphicType", "TemporalRangeType"})
_REFERENCES = next(tag for tag, keyword in VALUE_TAGS.items() if keyword == "ReferencedSOPSequence")
_TIMES = frozenset({"ReferencedSamplePositions", "ReferencedTimeOffsets", "ReferencedDateTime"})


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


class ContentTree(Exportable):
    """The content tree of a document as it was at a moment: queries, paths, values.

    Parameters
    ----------
    index : TreeIndex
        Its index.
    owner : pydicom.Dataset
        The document, whose items the nodes lead to.
    """

    def __init__(self, index: TreeIndex, owner: Dataset) -> None:
        self.index = index
        self._owner = owner
        self._codes: dict[tuple[bytes, bool], CodedConcept | None] = {}

    def __len__(self) -> int:
        return len(self.index)

    def __iter__(self) -> Iterator[Node]:
        return (Node(self, row) for row in range(len(self)))

    def __getitem__(self, path: str | Sequence[int]) -> Node:
        return Node(self, self.index.row_at(path))

    @property
    def owner(self) -> Dataset:
        """pydicom.Dataset: The document whose tree it is."""
        return self._owner

    def _exported(self) -> ContentTree:
        return self

    def to_json(self, indent: int | None = None) -> str:
        """Write what :meth:`to_dict` gives as JSON; not the DICOM JSON model of PS3.18.

        Parameters
        ----------
        indent : int | None, optional
            Spaces for each level; everything in one line by default.

        Returns
        -------
        str
            The text.
        """
        from json import dumps

        return dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    @property
    def root(self) -> Node:
        """Node: The root, which is the document itself."""
        return Node(self, 0)

    def select(
        self,
        name: CodeLike | None = None,
        value_type: ValueTypeValues | str | None = None,
        under: str | Node | CodeLike | None = None,
        relationship_type: RelationshipTypeValues | str | None = None,
    ) -> NodeList:
        """Find items anywhere in the document.

        Parameters
        ----------
        name : Code | CodedConcept | tuple[str, ...] | None, optional
            Concept name; codes of SNOMED-RT equal those of SNOMED CT.
        value_type : ValueTypeValues | str | None, optional
            Value type.
        under : str | Node | Code | CodedConcept | None, optional
            Only items somewhere below this one: a path, a node, or the name of items.
        relationship_type : RelationshipTypeValues | str | None, optional
            Relationship to the item above.

        Returns
        -------
        NodeList
            The items that fit, in the order of the document.

        Raises
        ------
        NotFoundError
            If `under` is a path that the document does not have.
        """
        chosen = self.index.matching(name, value_type, relationship_type)
        if under is not None:
            chosen &= self.index.below(self._rows_of(under))
        return NodeList(self, np.flatnonzero(chosen))

    def _rows_of(self, under: Any) -> list[int]:
        if isinstance(under, Node):
            return [under.row]
        if isinstance(under, str):
            return [self.index.row_at(under)]
        return [int(row) for row in np.flatnonzero(self.index.matching(under))]

    def value(self, row: int) -> tuple[Any, CodedConcept | None]:
        """Decode value and unit of a row.

        Parameters
        ----------
        row : int
            The row.

        Returns
        -------
        tuple[object, CodedConcept | None]
            The value, ``None`` where there is none; the unit of a number.
        """
        if row == 0:
            return None, None
        scan = self.index.scan
        tag, start, end = scan.values[row - 1]
        keyword = VALUE_TAGS.get(tag)
        if keyword is None or keyword in _WITHOUT_VALUE:
            return None, None
        data, implicit = scan.data[start:end], scan.implicit[row - 1]
        if keyword == "MeasuredValueSequence":
            number, unit = decode_number(data, implicit)
            return number, self._code(unit, implicit)
        return self._decode(keyword, data, row), None

    def _decode(self, keyword: str, data: bytes, row: int) -> Any:
        implicit = self.index.scan.implicit[row - 1]
        if keyword == "ConceptCodeSequence":
            return self._code(data, implicit)
        if keyword == "ReferencedSOPSequence":
            return decode_references(data, implicit)
        if keyword == "GraphicData":
            return decode_points(data, 3 if self.index.kind(row) == "SCOORD3D" else 2)
        if keyword in _TIMES:
            return decode_times(keyword, data)
        return decode_simple(keyword, data, self.index.encodings)

    def _code(self, data: bytes, implicit: bool) -> CodedConcept | None:
        if not data:
            return None
        key = (data, implicit)
        if key not in self._codes:
            self._codes[key] = decode_code(data, implicit, self.index.encodings)
        return self._codes[key]

    def template_id(self, row: int) -> str | None:
        """Tell the template that a row says it follows.

        Parameters
        ----------
        row : int
            The row.

        Returns
        -------
        str | None
            Template identifier, for example ``"1500"``.
        """
        index = self.index
        data = index.scan.templates.get(row - 1) if row else index.root_template
        if not data:
            return None
        found = first_item(
            data, index.scan.implicit[row - 1] if row else index.implicit_vr, index.encodings
        )
        text = found.get("TemplateIdentifier") if found is not None else None
        return str(text) if text else None

    def item(self, row: int) -> Any:
        """Give the item of a row, from the document.

        Parameters
        ----------
        row : int
            The row.

        Returns
        -------
        ContentItem
            The item itself.

        Raises
        ------
        NotFoundError
            If the document has been changed since, and has no item there any more.
        """
        found: Any = self._owner
        steps = self.index.steps(row)
        if len(steps) == 1:
            content = getattr(found, "content", None)
            return content[0] if content else found
        try:
            for step in steps[1:]:
                found = found.ContentSequence[step - 1]
        except (AttributeError, IndexError):
            raise NotFoundError(
                "the document has changed, and has no item there any more",
                attribute="path",
                found=format_path(steps),
                remedy="Ask the document for its tree again.",
            ) from None
        return found

    def resolve(self, node: Node) -> Node:
        """Follow a relationship by reference; see :attr:`Node.target`."""
        data = self.index.scan.references.get(node.row - 1)
        if data is None:
            return node
        steps = decode_identifier(data)
        target = self.index.row_at(steps)
        if target <= node.row < self.index.ends[target]:
            raise InvalidValueError(
                f"the item {node.path} refers to {format_path(steps)}, which is above it",
                attribute="ReferencedContentItemIdentifier",
                found=format_path(steps),
                expected="an item that is not above the one that refers to it",
                clause="PS3.3 C.17.3.2.5",
            )
        return Node(self, target)

    def reference_path(self, row: int) -> str:
        """Tell the path that a relationship by reference names, whether or not it leads anywhere.

        Parameters
        ----------
        row : int
            Row of an item by reference.

        Returns
        -------
        str
            The path.
        """
        return format_path(decode_identifier(self.index.scan.references[row - 1]))

    def list_referenced_instances(self) -> list[str]:
        """List the objects that the items of the tree refer to.

        Returns
        -------
        list[str]
            SOP Instance UIDs in the order of the document, each once.
        """
        found: dict[str, None] = {}
        scan = self.index.scan
        for (tag, start, end), implicit in zip(scan.values, scan.implicit, strict=True):
            if tag == _REFERENCES:
                pair = decode_references(scan.data[start:end], implicit)
                if pair is not None and pair[1]:
                    found[str(pair[1])] = None
        return list(found)
