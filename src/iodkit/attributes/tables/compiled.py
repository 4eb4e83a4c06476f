"""Tables put together: what the modules of an object say of each attribute of an item."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from iodkit.attributes.conditions.expressions import AllOf
from iodkit.attributes.tables.model import AttributeRow, Include

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iodkit.attributes.conditions import Condition
    from iodkit.attributes.tables.library import Tables
    from iodkit.attributes.tables.model import ModuleTable, Row

__all__ = ["Contents", "Definition", "Entry"]


@dataclass(frozen=True)
class Definition:
    """A row, with the module or macro that it stands in.

    Parameters
    ----------
    row : AttributeRow
        The row.
    module : ModuleTable
        The module or macro.
    condition : Condition | None
        It counts only if this is true: that of the include.
    """

    row: AttributeRow
    module: ModuleTable
    condition: Condition | None = None

    @property
    def conditions(self) -> Iterator[Condition]:
        """iterator of Condition: All conditions of the row."""
        requirement = self.row.requirement
        found = [self.condition, requirement.required, requirement.allowed]
        found += [rule.condition for rule in self.row.values]
        return (each for each in found if each is not None and not isinstance(each, bool))

    @property
    def clause(self) -> str:
        """str: The clause that says so."""
        return self.row.clause or self.module.clause


@dataclass
class Entry:
    """Everything that the tables say of one attribute.

    Parameters
    ----------
    tag : int
        Its tag.
    keyword : str
        Its keyword.
    definitions : list of Definition
        What the modules say, the more special ones later.
    """

    tag: int
    keyword: str
    definitions: list[Definition]
    _tables: Tables = field(repr=False)
    _contents: dict[tuple[bool, ...], Contents | None] = field(default_factory=dict, repr=False)

    def at(self, tag: int) -> Entry:
        """Return the same for another tag, of a repeating group.

        Parameters
        ----------
        tag : int
            The tag.

        Returns
        -------
        Entry
            The entry.
        """
        return replace(self, tag=tag)

    @cached_property
    def is_optional(self) -> bool:
        """bool: Whether it may be absent, whatever the object says."""
        return all(definition.row.type == "3" for definition in self.definitions)

    def content(self, included: tuple[bool, ...]) -> Contents | None:
        """Return the tables of its items.

        Parameters
        ----------
        included : tuple of bool
            Which of the definitions count: those of macros that are included.

        Returns
        -------
        Contents | None
            What they say together; None if they say nothing of items.
        """
        if included not in self._contents:
            parts = [
                (definition.row.content, definition.module)
                for definition, counts in zip(self.definitions, included, strict=True)
                if counts and definition.row.content
            ]
            self._contents[included] = Contents(parts, self._tables) if parts else None
        return self._contents[included]


class Contents:
    """The attributes of a dataset or of an item.

    Parameters
    ----------
    parts : iterable of tuple
        Rows, each with the module or macro that they stand in.
    tables : Tables
        Where macros are found.
    """

    def __init__(
        self, parts: Iterable[tuple[tuple[Row, ...], ModuleTable]], tables: Tables
    ) -> None:
        self.entries: dict[int, Entry] = {}
        for rows, module in parts:
            for definition in _expand(rows, module, None, tables):
                row = definition.row
                entry = self.entries.get(row.tag)
                if entry is None:
                    entry = self.entries[row.tag] = Entry(row.tag, row.keyword, [], tables)
                _add(entry.definitions, definition)
        self.keywords = frozenset(entry.keyword for entry in self.entries.values())

    @cached_property
    def is_closed(self) -> bool:
        """bool: Whether its conditions are only about attributes that it has itself."""
        return all(
            operand.path[0] in self.keywords
            for entry in self.entries.values()
            for definition in entry.definitions
            for condition in definition.conditions
            for operand in condition.operands()
        )


def _add(definitions: list[Definition], added: Definition) -> None:
    """Add a definition, but for one that another overrides, wherever their modules stand."""
    if added.row.overrides:
        definitions[:] = [each for each in definitions if each.row.overrides]
    elif any(each.row.overrides for each in definitions):
        return
    definitions.append(added)


def _expand(
    rows: tuple[Row, ...], module: ModuleTable, condition: Condition | None, tables: Tables
) -> Iterator[Definition]:
    for row in rows:
        if isinstance(row, Include):
            macro = tables.macro(row.macro)
            yield from _expand(macro.rows, macro, _both(condition, row.condition), tables)
        else:
            yield Definition(row, module, condition)


def _both(first: Condition | None, second: Condition | None) -> Condition | None:
    if first is None or second is None:
        return first or second
    return AllOf((first, second))
