"""Which modules of its IOD an object uses (PS3.3 A.1.3)."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from iodkit.attributes.tables import Contents
from iodkit.validation.tables.places import first_overlays

if TYPE_CHECKING:
    from iodkit.attributes.tables import Tables, Usage
    from iodkit.validation.tables.scope import Scope

__all__ = ["contents_of", "used_modules"]


def used_modules(tables: Tables, scope: Scope) -> tuple[str, ...]:
    """Find the modules that an object uses.

    Mandatory ones; conditional ones whose condition is true; and others of which the object has
    an attribute that is not optional and that no other module of the IOD has.

    Parameters
    ----------
    tables : Tables
        Tables of its IOD.
    scope : Scope
        The object.

    Returns
    -------
    tuple of str
        Keywords of modules, in the order of the IOD.
    """
    present = first_overlays(scope.item.keys())
    return tuple(
        usage.module
        for usage in tables.iod.modules
        if usage.usage == "M"
        or _is_required(usage, scope)
        or not present.isdisjoint(_marks(tables)[usage.module])
    )


def contents_of(tables: Tables, modules: tuple[str, ...]) -> Contents:
    """Put modules together; the same object for the same modules.

    Parameters
    ----------
    tables : Tables
        Tables of the IOD.
    modules : tuple of str
        Keywords of modules.

    Returns
    -------
    Contents
        What they say of the object.
    """
    return _contents(tables, modules)


def _is_required(usage: Usage, scope: Scope) -> bool:
    condition = usage.requirement.required
    return condition is not None and condition.evaluate(scope) is True


@lru_cache(maxsize=256)
def _contents(tables: Tables, modules: tuple[str, ...]) -> Contents:
    found = [tables.module(keyword) for keyword in modules]
    return Contents([(module.rows, module) for module in found], tables)


@lru_cache(maxsize=256)
def _marks(tables: Tables) -> dict[str, frozenset[int]]:
    """Module → tags by which it is recognized."""
    contents = {usage.module: _contents(tables, (usage.module,)) for usage in tables.iod.modules}
    count = Counter(tag for each in contents.values() for tag in each.entries)
    return {
        module: frozenset(
            tag
            for tag, entry in each.entries.items()
            if count[tag] == 1 and any(d.row.type != "3" for d in entry.definitions)
        )
        for module, each in contents.items()
    }
