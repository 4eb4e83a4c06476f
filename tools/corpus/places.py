"""Where an object can be changed: each attribute that the tables of its IOD have for its items."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from iodkit.attributes.tables import Contents, tables_for
from iodkit.validation.tables.groups import group_items
from iodkit.validation.tables.scope import Scope
from iodkit.validation.tables.usage import contents_of, used_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit.attributes.tables import Entry, Tables

__all__ = ["Place", "places"]

_GROUPS = frozenset(("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"))
# What tells two items of one sequence apart, beside the attributes that they have.
_KINDS = ("ValueType", "SegmentAlgorithmType", "GraphicType", "RelationshipType")


@dataclass(frozen=True, slots=True)
class Place:
    """An attribute of an item.

    Parameters
    ----------
    steps : tuple of tuple of (int, int)
        Tag of a sequence and index of an item, on the way to the item; none for the object.
    path : str
        Path of the attribute, as findings have it.
    entry : Entry
        What the tables say of it.
    top : frozenset of int
        Tags of the object itself.
    """

    steps: tuple[tuple[int, int], ...]
    path: str
    entry: Entry
    top: frozenset[int]

    @property
    def is_nested(self) -> bool:
        """bool: Whether it is in an item of a sequence."""
        return bool(self.steps)

    def holder(self, dataset: Dataset) -> Dataset:
        """Return the item that it is in.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The object.

        Returns
        -------
        pydicom.Dataset
            The item, or the object itself.
        """
        for tag, index in self.steps:
            dataset = dataset[tag].value[index]
        return dataset


def places(dataset: Dataset) -> Iterator[Place]:
    """Yield the attributes of an object and of its items.

    Parameters
    ----------
    dataset : pydicom.Dataset
        An object whose SOP class has tables.

    Yields
    ------
    Place
        Each attribute that the object has, and those that it could have where it has an item.
        Of items that differ in nothing but values, the first.
    """
    tables = tables_for(str(dataset.SOPClassUID))
    if tables is None:
        return
    scope = Scope(dataset, None, groups=group_items(dataset))
    contents = contents_of(tables, used_modules(tables, scope))
    walk = _Walk(tables, frozenset(dataset.keys()))
    yield from walk.item(dataset, contents, (), "")


class _Walk:
    """A walk through the items of one object that skips what it has seen."""

    def __init__(self, tables: Tables, top: frozenset[int]) -> None:
        macros = [tables.macro(usage.module) for usage in tables.iod.groups]
        self._groups = Contents([(macro.rows, macro) for macro in macros], tables)
        self._top = top
        self._seen: set[tuple[object, ...]] = set()

    def item(
        self, item: Dataset, contents: Contents, steps: tuple[tuple[int, int], ...], path: str
    ) -> Iterator[Place]:
        for tag, entry in contents.entries.items():
            if tag >> 16 & 1 or tag >> 16 == 0x6000:
                continue
            below = f"{path}.{entry.keyword}" if path else entry.keyword
            yield Place(steps, below, entry, self._top)
            if tag in item and item[tag].VR == "SQ":
                yield from self._items(item, entry, steps, below)

    def _items(
        self, item: Dataset, entry: Entry, steps: tuple[tuple[int, int], ...], path: str
    ) -> Iterator[Place]:
        everything = (True,) * len(entry.definitions)
        contents = self._groups if entry.keyword in _GROUPS else entry.content(everything)
        if contents is None:
            return
        # Items of a document nest without end: how deep they are does not count.
        names = tuple(name for name, _ in groupby(step[0] for step in steps))
        for index, child in enumerate(item[entry.tag].value):
            kinds = tuple(str(child.get(name)) for name in _KINDS)
            shape = (names, entry.tag, frozenset(child.keys()), kinds)
            if shape in self._seen:
                continue
            self._seen.add(shape)
            number = (entry.tag, index)
            yield from self.item(child, contents, (*steps, number), f"{path}[{index + 1}]")
