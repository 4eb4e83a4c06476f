"""Which attributes the tables of an IOD look at the values of."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from iodkit.attributes.conditions.expressions import AllOf, AnyOf, HasValue, Not, Present
from iodkit.attributes.tables import AttributeRow, Definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.attributes.conditions import Condition
    from iodkit.attributes.tables import Tables
    from iodkit.attributes.tables.model import ModuleTable, Row

__all__ = ["decisive_paths"]


@lru_cache(maxsize=64)
def decisive_paths(tables: Tables) -> frozenset[tuple[str, ...]]:
    """List attributes whose values conditions look at, and those that may have certain values.

    That an attribute is there, or has a value at all, is not a matter of its value.

    Parameters
    ----------
    tables : Tables
        Tables of the IOD.

    Returns
    -------
    frozenset of tuple of str
        Paths of keywords, as conditions have them, all that lead into sequences among them; of
        attributes with Enumerated Values or Defined Terms the keyword alone.
    """
    found: set[tuple[str, ...]] = set()
    seen: set[str] = set()
    modules = [tables.module(usage.module) for usage in tables.iod.modules]
    modules += [tables.macro(usage.module) for usage in tables.iod.groups]
    while modules:
        module = modules.pop()
        for row in _rows(module.rows):
            if isinstance(row, AttributeRow):
                found.update(_of_row(row, module))
                continue
            if row.condition is not None:
                found.update(_operands(row.condition))
            if row.macro not in seen:
                seen.add(row.macro)
                modules.append(tables.macro(row.macro))
    return frozenset(found)


def _rows(rows: tuple[Row, ...]) -> Iterator[Row]:
    for row in rows:
        yield row
        if isinstance(row, AttributeRow):
            yield from _rows(row.content)


def _of_row(row: AttributeRow, module: ModuleTable) -> Iterator[tuple[str, ...]]:
    if row.values:
        yield (row.keyword,)
    for condition in Definition(row, module).conditions:
        yield from _operands(condition)


def _operands(condition: Condition) -> Iterator[tuple[str, ...]]:
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _operands(part)
    elif isinstance(condition, Not):
        yield from _operands(condition.part)
    else:
        values = not isinstance(condition, Present | HasValue)
        paths = (operand.path for operand in condition.operands())
        yield from (path for path in paths if values or len(path) > 1)
