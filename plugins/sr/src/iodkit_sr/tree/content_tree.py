"""The content tree of a document: queries, paths, values, and the way to the items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, NotFoundError
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
from iodkit_sr.tree.nodes import Node, NodeList
from iodkit_sr.tree.scan import VALUE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset

    from iodkit.coding import CodedConcept
    from iodkit.coding.concepts import CodeLike
    from iodkit_sr.enums import RelationshipTypeValues, ValueTypeValues

__all__ = ["ContentTree"]

_WITHOUT_VALUE = frozenset({"ContinuityOfContent", "GraphicType", "TemporalRangeType"})
_REFERENCES = next(tag for tag, keyword in VALUE_TAGS.items() if keyword == "ReferencedSOPSequence")
_TIMES = frozenset({"ReferencedSamplePositions", "ReferencedTimeOffsets", "ReferencedDateTime"})


class ContentTree:
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
