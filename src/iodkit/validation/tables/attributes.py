"""Checking the attributes of one item, and of the items in it, against their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.attributes.findings import join_path
from iodkit.validation.subject import name_of, vr_of
from iodkit.validation.tables.elements import is_empty, items_of, stored
from iodkit.validation.tables.places import is_repeating, placed
from iodkit.validation.tables.presence import Presence, is_included, judge
from iodkit.validation.tables.reporting import report
from iodkit.validation.tables.scope import Scope
from iodkit.validation.tables.values import check_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit.attributes import Finding
    from iodkit.attributes.tables import Contents, Entry

__all__ = ["check_item", "check_present"]

_PADDING_GROUP = 0xFFFC


def check_item(scope: Scope, contents: Contents) -> Iterator[Finding]:
    """Check an item against its table.

    Parameters
    ----------
    scope : Scope
        The item.
    contents : Contents
        Its table.

    Yields
    ------
    Finding
        What is wrong in it and in the items below.
    """
    for each in contents.entries.values():
        for entry in placed(each, scope.item):
            if entry.tag in scope.item:
                yield from check_present(scope, entry)
            elif not entry.is_optional:
                yield from _check_absent(scope, entry)
    yield from _check_unexpected(scope, contents)


def check_present(scope: Scope, entry: Entry) -> Iterator[Finding]:
    """Check an attribute that is there, and what is in it.

    Parameters
    ----------
    scope : Scope
        The item that it is in.
    entry : Entry
        What the tables say of it.

    Yields
    ------
    Finding
        What is wrong.
    """
    path = join_path(scope.path, entry.keyword)
    judgement = judge(entry, scope)
    is_forbidden = judgement.presence is Presence.FORBIDDEN
    if is_forbidden:
        yield report("attribute-not-allowed", path, judgement, found="the attribute")
    if is_empty(scope.item, entry.tag):
        if judgement.needs_value and not is_forbidden:
            yield report("attribute-empty", path, judgement, found="")
        return
    yield from check_values(scope, entry, judgement, path)
    if vr_of(stored(scope.item, entry.tag)) != "SQ":
        return
    content = entry.content(tuple(is_included(d, scope) is not False for d in entry.definitions))
    if content is not None:
        for number, child in enumerate(items_of(scope.item, entry.tag), 1):
            below = Scope(child, content, f"{path}[{number}]", scope, memory=scope.memory)
            yield from _check_once(below, content)


def _check_once(scope: Scope, contents: Contents) -> Iterator[Finding]:
    """Check an item; those with the same content, as of codes, only the first time."""
    key = _content_of(scope.item) if contents.is_closed else None
    if key is None:
        yield from check_item(scope, contents)
        return
    known = (id(contents), key)
    if known not in scope.memory:
        alone = Scope(scope.item, contents)
        scope.memory[known] = tuple(check_item(alone, contents))
    for finding in scope.memory[known]:
        yield finding.below(scope.path)


def _content_of(item: Dataset) -> tuple[Any, ...] | None:
    """What is equal for items of the same content; None if there are sequences in it."""
    found = []
    for tag in list(item.keys()):
        element = stored(item, tag)
        if vr_of(element) == "SQ":
            return None
        value = element.value
        found.append((tag, element.VR, value if isinstance(value, bytes) else str(value)))
    return tuple(found)


def _check_absent(scope: Scope, entry: Entry) -> Iterator[Finding]:
    judgement = judge(entry, scope)
    path = join_path(scope.path, entry.keyword)
    if judgement.presence is Presence.REQUIRED:
        yield report("attribute-missing", path, judgement)
    elif judgement.presence is Presence.UNDECIDED:
        yield report("condition-undecided", path, judgement)


def _check_unexpected(scope: Scope, contents: Contents) -> Iterator[Finding]:
    for tag in list(scope.item.keys()):
        # Group lengths, private attributes, overlays, and what may be anywhere (PS3.3 C.12).
        if tag in contents.entries or tag.group % 2 or not tag.element or is_repeating(tag):
            continue
        if tag.group == _PADDING_GROUP:
            continue
        yield report("attribute-unexpected", join_path(scope.path, name_of(tag)))
