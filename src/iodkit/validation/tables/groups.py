"""Checking functional groups, shared and per frame (PS3.3 C.7.6.16)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iodkit.attributes.tables import AttributeRow, Contents
from iodkit.validation.subject import name_of
from iodkit.validation.tables.attributes import check_present
from iodkit.validation.tables.elements import items_of
from iodkit.validation.tables.reporting import report
from iodkit.validation.tables.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit.attributes import Finding
    from iodkit.attributes.tables import Tables, Usage

__all__ = ["check_groups", "group_items"]

_SHARED, _PER_FRAME = 0x52009229, 0x52009230


def group_items(item: Dataset) -> tuple[Dataset, ...]:
    """Return the items of functional groups of an object.

    Parameters
    ----------
    item : pydicom.Dataset
        The object.

    Returns
    -------
    tuple of pydicom.Dataset
        The shared ones, then those of the frames.
    """
    return tuple(
        each for tag in (_SHARED, _PER_FRAME) if tag in item for each in items_of(item, tag)
    )


@dataclass(frozen=True)
class _Group:
    """A functional group macro of an IOD, and the tag of its sequence."""

    usage: Usage
    tag: int
    clause: str


def check_groups(scope: Scope, tables: Tables) -> Iterator[Finding]:
    """Check the functional groups of an object.

    Parameters
    ----------
    scope : Scope
        The object.
    tables : Tables
        Tables of its IOD.

    Yields
    ------
    Finding
        What is wrong in them.
    """
    if not tables.iod.groups or not (_SHARED in scope.item or _PER_FRAME in scope.item):
        return
    contents, groups = _compiled(tables)
    shared = items_of(scope.item, _SHARED) if _SHARED in scope.item else []
    frames = items_of(scope.item, _PER_FRAME) if _PER_FRAME in scope.item else []
    shared_scopes = [
        Scope(item, contents, _path(_SHARED, number), scope, (item, *frames), scope.memory)
        for number, item in enumerate(shared, 1)
    ]
    frame_scopes = [
        Scope(item, contents, _path(_PER_FRAME, number), scope, (item, *shared), scope.memory)
        for number, item in enumerate(frames, 1)
    ]
    for each in (*shared_scopes, *frame_scopes):
        yield from _check_content(each, contents)
    for group in groups:
        yield from _check_place(group, shared_scopes, frame_scopes)


def _check_content(scope: Scope, contents: Contents) -> Iterator[Finding]:
    for tag in list(scope.item.keys()):
        entry = contents.entries.get(tag)
        if entry is not None:
            yield from check_present(scope, entry)
        elif not tag.group % 2:
            yield report("attribute-unexpected", f"{scope.path}.{name_of(tag)}")


def _check_place(group: _Group, shared: list[Scope], frames: list[Scope]) -> Iterator[Finding]:
    in_shared = any(group.tag in scope.item for scope in shared)
    with_it = [scope for scope in frames if group.tag in scope.item]
    name, placement = name_of(group.tag), group.usage.placement
    if in_shared and with_it:
        path = f"{with_it[0].path}.{name}"
        yield report("group-repeated", path, expected="the group either shared or per frame")
    elif in_shared and placement == "per-frame":
        yield report("group-placement", f"{shared[0].path}.{name}", expected="it per frame only")
    elif with_it and placement == "shared":
        yield report("group-placement", f"{with_it[0].path}.{name}", expected="it shared only")
    # PS3.3 C.7.6.17.3: where tiles lie, and what is in them, may be left out.
    if in_shared or (placement == "per-frame" and not frames and _is_full(shared)):
        return
    for scope in frames or shared:
        if group.tag not in scope.item and _is_required(group.usage, scope):
            expected = "the functional group"
            condition = group.usage.requirement.required
            if condition is not None:
                expected += f", required if {condition}"
            yield report("group-missing", f"{scope.path}.{name}", expected=expected)


def _is_full(shared: list[Scope]) -> bool:
    kind = "DimensionOrganizationType"
    return any(str(scope.parent.item.get(kind)) == "TILED_FULL" for scope in shared if scope.parent)


def _is_required(usage: Usage, scope: Scope) -> bool:
    if usage.usage == "M":
        return True
    condition = usage.requirement.required
    return condition is not None and condition.evaluate(scope) is True


@lru_cache(maxsize=256)
def _compiled(tables: Tables) -> tuple[Contents, tuple[_Group, ...]]:
    macros = [(usage, tables.macro(usage.module)) for usage in tables.iod.groups]
    contents = Contents([(macro.rows, macro) for _, macro in macros], tables)
    groups = tuple(
        _Group(usage, row.tag, macro.clause)
        for usage, macro in macros
        for row in macro.rows
        if isinstance(row, AttributeRow)
    )
    return contents, groups


def _path(tag: int, number: int) -> str:
    return f"{name_of(tag)}[{number}]"
