"""Where conditions look: in the item, in those around it, and in the functional groups."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydicom.datadict import tag_for_keyword

from iodkit.validation.tables.elements import items_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit.attributes import Finding
    from iodkit.attributes.tables import Contents

__all__ = ["Scope"]

_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")
_SCHEME = "CodingSchemeDesignator"


@dataclass(frozen=True, slots=True)
class Scope:
    """An item that is checked, and what is around it; a `Lookup` for conditions.

    An attribute that the table of the item has is looked up there, else further out, and at last
    in the functional groups that hold for it.

    Parameters
    ----------
    item : pydicom.Dataset
        The item, or the object.
    contents : Contents | None
        Table of the item.
    path : str, optional
        Path of the item.
    parent : Scope | None, optional
        The item around it.
    groups : tuple of pydicom.Dataset, optional
        Items of functional groups that hold for it: of its frame, or of all frames.
    memory : dict, optional
        What was found in items with the same content, for the whole object.
    """

    item: Dataset
    contents: Contents | None
    path: str = ""
    parent: Scope | None = None
    groups: tuple[Dataset, ...] = field(default=())
    memory: dict[Any, tuple[Finding, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, ...], tuple[str, ...] | None] = field(default_factory=dict)

    def values(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the values of an attribute, as conditions want them."""
        # Many conditions of an item ask for the same few attributes.
        if path not in self._known:
            self._known[path] = self._values(path)
        return self._known[path]

    def _values(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        tag = _tag(path[-1])
        found = {values_of(holder, tag) for holder in self._holders(path)}
        if len(found) > 1:
            raise LookupError(f"{path[-1]} has different values in different places")
        return found.pop() if found else None

    def codes(self, path: tuple[str, ...]) -> tuple[tuple[str, str], ...] | None:
        """Return the codes in a sequence, as conditions want them."""
        tag = _tag(path[-1])
        holders = list(self._holders(path))
        if not holders:
            return None
        return tuple(_code(item) for holder in holders for item in items_of(holder, tag))

    def _holders(self, path: tuple[str, ...]) -> Iterator[Dataset]:
        """Yield the items that hold the attribute at the end of a path."""
        items = self._find(path[0])
        for keyword, below in itertools.pairwise(path):
            tag = _tag(keyword)
            items = [
                child for item in items for child in items_of(item, tag) if _tag(below) in child
            ]
        yield from items

    def _find(self, keyword: str) -> list[Dataset]:
        tag = _tag(keyword)
        if tag in self.item:
            return [self.item]
        if self.contents is not None and keyword in self.contents.keywords:
            return []
        if self.parent is not None and not self.groups:
            return self.parent._find(keyword)  # noqa: SLF001 - the same class
        found = list(_in_groups(self.groups, tag))
        if found or self.parent is None:
            return found
        return self.parent._find(keyword)  # noqa: SLF001 - the same class


def _in_groups(groups: tuple[Dataset, ...], tag: int) -> Iterator[Dataset]:
    """Find an attribute among functional groups: the groups themselves, or what is in them."""
    for group in groups:
        if tag in group:
            yield group
            continue
        for sequence in list(group.keys()):
            yield from (item for item in items_of(group, sequence)[:1] if tag in item)


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    return 0 if tag is None else tag


def _code(item: Dataset) -> tuple[str, str]:
    value = next((str(item.get(name)) for name in _CODE_VALUES if item.get(name)), "")
    return value, str(item.get(_SCHEME) or "")
