"""From the data files of attribute tables to value objects."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, cast, get_args

from pydicom.datadict import tag_for_keyword

from iodkit.attributes.conditions import parse_condition
from iodkit.attributes.tables.model import (
    AttributeRow,
    AttributeType,
    Include,
    IODTable,
    ItemCount,
    ModuleTable,
    Requirement,
    Row,
    Usage,
    UsageCode,
    ValueRule,
)
from iodkit.errors import InvalidValueError
from iodkit.registry import read_resource

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read_iod_table", "read_module_table"]


@cache
def read_module_table(reference: str) -> ModuleTable:
    """Read the table of a module or macro.

    Parameters
    ----------
    reference : str
        The file, ``"acme_iod:tables/module.json"``.

    Returns
    -------
    ModuleTable
        Its table; the same object each time.

    Raises
    ------
    NotFoundError
        There is no such file.
    InvalidValueError
        It is not such a table.
    """
    document = _load(reference, "module")
    try:
        return ModuleTable(
            document["module"],
            document.get("name", document["module"]),
            document.get("clause", ""),
            _rows(document["attributes"]),
        )
    except (KeyError, TypeError) as error:
        raise _fault(reference, error) from error


@cache
def read_iod_table(reference: str) -> IODTable:
    """Read the modules of an IOD.

    Parameters
    ----------
    reference : str
        The file, ``"acme_iod:tables/iod.json"``.

    Returns
    -------
    IODTable
        The IOD; the same object each time.

    Raises
    ------
    NotFoundError
        There is no such file.
    InvalidValueError
        It is not such a table.
    """
    document = _load(reference, "iod")
    try:
        return IODTable(
            document["iod"],
            document.get("name", document["iod"]),
            document.get("clause", ""),
            tuple(document["sop_classes"]),
            tuple(_usage(each) for each in document["modules"]),
            tuple(_usage(each) for each in document.get("groups", ())),
        )
    except (KeyError, TypeError) as error:
        raise _fault(reference, error) from error


def _load(reference: str, kind: str) -> dict[str, Any]:
    try:
        document = json.loads(read_resource(reference))
    except ValueError as error:
        raise _fault(reference, error) from error
    if not isinstance(document, dict) or kind not in document:
        raise InvalidValueError(f"not the table of a {kind}", found=reference)
    return document


def _fault(reference: str, error: Exception) -> InvalidValueError:
    what = f"no {error} in it" if isinstance(error, KeyError) else str(error)
    return InvalidValueError(f"a table that cannot be read: {what}", found=reference)


def _rows(rows: Iterable[dict[str, Any]]) -> tuple[Row, ...]:
    return tuple(_include(row) if "include" in row else _attribute(row) for row in rows)


def _include(row: dict[str, Any]) -> Include:
    condition = row.get("if")
    return Include(row["include"], None if condition is None else parse_condition(condition))


def _attribute(row: dict[str, Any]) -> AttributeRow:
    kind = row["type"]
    if kind not in get_args(AttributeType):
        raise InvalidValueError("no such type of attribute", attribute=row["keyword"], found=kind)
    return AttributeRow(
        _tag(row),
        row["keyword"],
        cast("AttributeType", kind),
        _requirement(row, conditional=kind.endswith("C")),
        tuple(_value_rules(row)),
        _item_count(row.get("items")),
        _rows(row.get("attributes", ())),
        row.get("clause", ""),
        row.get("overrides", False),
        row.get("creator", ""),
        row.get("vr", ""),
    )


def _tag(row: dict[str, Any]) -> int:
    if "tag" in row:
        return int(row["tag"], 16)
    tag = tag_for_keyword(row["keyword"])
    if tag is None:
        raise InvalidValueError(
            "no attribute of the standard, and it has no tag",
            attribute="keyword",
            found=row["keyword"],
        )
    return tag


def _requirement(row: dict[str, Any], *, conditional: bool) -> Requirement:
    required = row.get("required")
    if conditional and required is None:
        raise InvalidValueError("a conditional row without a condition", found=row)
    # PS3.5 7.4.2, 7.4.4: without the condition, it shall not be there.
    allowed = row.get("allowed", not conditional)
    return Requirement(
        None if required is None else parse_condition(required),
        allowed if isinstance(allowed, bool) else parse_condition(allowed),
    )


def _value_rules(row: dict[str, Any]) -> Iterable[ValueRule]:
    for rule in (row, *row.get("values", ())):
        for key in ("enumerated", "terms"):
            if key in rule:
                condition = rule.get("if") if rule is not row else None
                yield ValueRule(
                    tuple(rule[key]),
                    key == "enumerated",
                    rule.get("position"),
                    None if condition is None else parse_condition(condition),
                )


def _item_count(text: str | None) -> ItemCount | None:
    if text is None:
        return None
    least, _, most = text.partition("-")
    if not most:
        return ItemCount(int(least), int(least))
    return ItemCount(int(least), None if most == "n" else int(most))


def _usage(row: dict[str, Any]) -> Usage:
    return Usage(
        row["module"],
        cast("UsageCode", row["usage"]),
        _requirement(row, conditional=row["usage"] == "C"),
        row.get("placement", "any"),
    )
