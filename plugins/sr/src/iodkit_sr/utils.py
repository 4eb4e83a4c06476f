"""Searching content items of any document, ours or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.coding import CodedConcept, to_code
from iodkit.elements import coerce_enum, peek_text
from iodkit.errors import MissingAttributeError
from iodkit_sr.document import SRDocument
from iodkit_sr.enums import RelationshipTypeValues, ValueTypeValues
from iodkit_sr.evidence import collect_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

__all__ = ["collect_evidence", "find_content_items", "get_coded_name", "get_coded_value"]


def find_content_items(
    dataset: Dataset,
    name: CodedConcept | Code | None = None,
    value_type: ValueTypeValues | str | None = None,
    relationship_type: RelationshipTypeValues | str | None = None,
    recursive: bool = False,
) -> list[Dataset]:
    """Find the items below an item that have a name, a value type, a relationship type.

    Parameters
    ----------
    dataset : pydicom.Dataset
        An item, or a document.
    name : CodedConcept | Code | None, optional
        Concept name.
    value_type : ValueTypeValues | str | None, optional
        Value type.
    relationship_type : RelationshipTypeValues | str | None, optional
        Relationship to the item above.
    recursive : bool, optional
        Whether items at any depth are found, not only those right below.

    Returns
    -------
    list[pydicom.Dataset]
        The items themselves, in the order of the document.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is of another kind.
    """
    wanted = None if name is None else to_code(name, "name")
    kind = None if value_type is None else coerce_enum(value_type, ValueTypeValues, "value_type")
    related = (
        None
        if relationship_type is None
        else coerce_enum(relationship_type, RelationshipTypeValues, "relationship_type")
    )
    if isinstance(dataset, SRDocument) and recursive:
        found = dataset.tree.select(wanted, kind, "1", related)
        return found.items
    return [
        item
        for item in _below(dataset, recursive)
        if (kind is None or peek_text(item, "ValueType") == kind.value)
        and (related is None or peek_text(item, "RelationshipType") == related.value)
        and (wanted is None or _name(item) == wanted)
    ]


def _below(dataset: Dataset, recursive: bool) -> Iterator[Dataset]:
    waiting: list[Any] = list(reversed(dataset.get("ContentSequence") or ()))
    while waiting:
        item = waiting.pop()
        yield item
        if recursive:
            waiting.extend(reversed(item.get("ContentSequence") or ()))


def _name(item: Dataset) -> Any:
    sequence: Any = item.get("ConceptNameCodeSequence")
    return sequence[0] if sequence else None


def get_coded_name(item: Dataset) -> CodedConcept:
    """Return the concept name of an item.

    Parameters
    ----------
    item : pydicom.Dataset
        Content item.

    Returns
    -------
    CodedConcept
        The name.

    Raises
    ------
    MissingAttributeError
        If it has none.
    """
    return _code(item, "ConceptNameCodeSequence")


def get_coded_value(item: Dataset) -> CodedConcept:
    """Return the value of an item of value type CODE.

    Parameters
    ----------
    item : pydicom.Dataset
        Content item.

    Returns
    -------
    CodedConcept
        The value.

    Raises
    ------
    MissingAttributeError
        If it has none.
    """
    return _code(item, "ConceptCodeSequence")


def _code(item: Dataset, keyword: str) -> CodedConcept:
    sequence: Any = item.get(keyword)
    if not sequence:
        raise MissingAttributeError(
            "the item has no code there",
            attribute=keyword,
            expected="a sequence of one code",
            clause="PS3.3 C.17.3",
        )
    code = sequence[0]
    return code if isinstance(code, CodedConcept) else CodedConcept.from_dataset(code, copy=False)
