"""The base of templates: content items that belong together (PS3.16 chapter 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.coding import CodedConcept
from iodkit.content.sequences import ContentSequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydicom.dataset import Dataset

    from iodkit.coding.concepts import CodeLike
    from iodkit.content.items import ContentItem

__all__ = ["Template", "find_value", "to_concept"]


def to_concept(code: tuple[str, str, str]) -> CodedConcept:
    """Make a concept of value, coding scheme and meaning.

    Parameters
    ----------
    code : tuple[str, str, str]
        The parts.

    Returns
    -------
    CodedConcept
        The concept.
    """
    return CodedConcept(*code)


def find_value(items: Iterable[Dataset], name: CodeLike) -> object:
    """Find the value of the first item with a name.

    Parameters
    ----------
    items : Iterable[pydicom.Dataset]
        Content items.
    name : Code | CodedConcept
        Concept name.

    Returns
    -------
    object
        The value; ``None`` if no item has this name.
    """
    for item in items:
        names = item.get("ConceptNameCodeSequence")
        if names and names[0] == name:
            return getattr(item, "value", None)
    return None


class Template(ContentSequence):
    """Items that follow a template.

    Parameters
    ----------
    items : Sequence[ContentItem] | None, optional
        The items.
    is_root : bool, optional
        Whether the one item is the root of a document.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an item is none, or has no relationship.
    """

    def __init__(self, items: Sequence[ContentItem] | None = None, is_root: bool = False) -> None:
        super().__init__(items, is_root=is_root)
