"""The attribute tables of PS3.3 as data, read for one IOD when an object of it is checked."""

from iodkit.attributes.tables.compiled import Contents, Definition, Entry
from iodkit.attributes.tables.library import Tables, tables_for
from iodkit.attributes.tables.model import (
    AttributeRow,
    Include,
    IODTable,
    ItemCount,
    ModuleTable,
    Requirement,
    Usage,
    ValueRule,
)

__all__ = [
    "AttributeRow",
    "Contents",
    "Definition",
    "Entry",
    "IODTable",
    "Include",
    "ItemCount",
    "ModuleTable",
    "Requirement",
    "Tables",
    "Usage",
    "ValueRule",
    "tables_for",
]
