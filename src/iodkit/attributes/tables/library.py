"""Which tables an object is checked against: the standard's, and those of plugins."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from iodkit.attributes.tables.reading import read_iod_table, read_module_table
from iodkit.errors import NotFoundError
from iodkit.registry import ModuleEntry, read_resource, registry

if TYPE_CHECKING:
    from iodkit.attributes.tables.model import IODTable, ModuleTable

__all__ = ["Tables", "tables_for"]

_STANDARD = "iodkit.standard:tables"


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of one IOD; modules and macros are read when they are asked for.

    Parameters
    ----------
    iod : IODTable
        The IOD.
    entries : tuple of ModuleEntry, optional
        Tables of the plugin that claims the SOP class; they take precedence over the standard's.
    """

    iod: IODTable
    entries: tuple[ModuleEntry, ...] = ()

    def module(self, keyword: str) -> ModuleTable:
        """Return the table of a module.

        Parameters
        ----------
        keyword : str
            Its keyword.

        Returns
        -------
        ModuleTable
            The table.

        Raises
        ------
        NotFoundError
            Nobody has such a module.
        """
        return self._table("modules", keyword)

    def macro(self, keyword: str) -> ModuleTable:
        """Return the table of a macro.

        Parameters
        ----------
        keyword : str
            Its keyword.

        Returns
        -------
        ModuleTable
            The table.

        Raises
        ------
        NotFoundError
            Nobody has such a macro.
        """
        return self._table("macros", keyword)

    def _table(self, kind: str, keyword: str) -> ModuleTable:
        for entry in self.entries:
            if entry.keyword == keyword:
                return read_module_table(entry.table)
        try:
            return read_module_table(f"{_STANDARD}/{kind}/{keyword}.json")
        except NotFoundError:
            entry_of_others = registry.module(keyword)
            if entry_of_others is None:
                raise
            return read_module_table(entry_of_others.table)


def tables_for(sop_class_uid: str) -> Tables | None:
    """Find the tables of a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.

    Returns
    -------
    Tables | None
        None if neither the standard nor a plugin has a table for it.
    """
    claim = registry.lookup(sop_class_uid)
    entries = () if claim is None else registry.modules(beside=claim)
    if claim is not None and claim.table:
        return _tables(claim.table, entries)
    keyword = _index().get(sop_class_uid)
    return None if keyword is None else _tables(f"{_STANDARD}/iods/{keyword}.json", entries)


@cache
def _tables(reference: str, entries: tuple[ModuleEntry, ...]) -> Tables:
    return Tables(read_iod_table(reference), entries)


@lru_cache(maxsize=1)
def _index() -> dict[str, str]:
    """UID of a SOP class → keyword of its IOD."""
    index: dict[str, str] = json.loads(read_resource(f"{_STANDARD}/index.json"))["sop_classes"]
    return index
