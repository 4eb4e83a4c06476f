"""Checking values against VR, multiplicity, Enumerated Values and Defined Terms."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pydicom.datadict import dictionary_VM, dictionary_VR

from iodkit.attributes.conditions import same_value
from iodkit.validation.subject import vr_of
from iodkit.validation.tables.elements import items_of, stored, stored_vr, values_of
from iodkit.validation.tables.presence import is_included
from iodkit.validation.tables.reporting import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.attributes import Finding
    from iodkit.attributes.tables import Entry, ItemCount, ValueRule
    from iodkit.validation.tables.presence import Judgement
    from iodkit.validation.tables.scope import Scope

__all__ = ["check_values", "fits_multiplicity"]

_MULTIPLICITY = re.compile(r"(\d+)(?:-(\d*)(n?))?")
# Their number of values is no matter of the dictionary: one text, or bytes.
_SINGLE = frozenset(("LT", "ST", "UT", "UR", "OB", "OW", "OF", "OD", "OL", "OV", "UN", "SQ"))


def check_values(scope: Scope, entry: Entry, judgement: Judgement, path: str) -> Iterator[Finding]:
    """Check the values of an attribute that has some.

    Parameters
    ----------
    scope : Scope
        The item that it is in.
    entry : Entry
        What the tables say of it.
    judgement : Judgement
        What holds for it there.
    path : str
        Its path.

    Yields
    ------
    Finding
        What is wrong with them.
    """
    vr = stored_vr(scope.item, entry.tag)
    expected = _dictionary_vr(entry)
    if vr and expected and vr not in expected and vr != "UN":
        text = f"VR {' or '.join(expected)}"
        yield report("attribute-vr", path, judgement, found=f"VR {vr}", expected=text)
        return
    vr = vr_of(stored(scope.item, entry.tag))
    if vr == "SQ":
        yield from _check_items(scope, entry, judgement, path)
        return
    try:
        values = values_of(scope.item, entry.tag)
    except LookupError:
        return
    if vr not in _SINGLE and not fits_multiplicity(len(values), _dictionary_vm(entry)):
        found, text = f"{len(values)} values", f"{_dictionary_vm(entry)} values"
        yield report("attribute-vm", path, judgement, found=found, expected=text)
    yield from _check_rules(scope, entry, path, values)


def fits_multiplicity(count: int, multiplicity: str) -> bool:
    """Whether a number of values is allowed.

    Parameters
    ----------
    count : int
        Number of values, at least 1.
    multiplicity : str
        As in PS3.6: ``"1"``, ``"1-3"``, ``"2-n"``, ``"2-2n"``.

    Returns
    -------
    bool
        True if the multiplicity allows so many, or is empty.
    """
    match = _MULTIPLICITY.fullmatch(multiplicity)
    if match is None:
        return True
    least = int(match[1])
    if match[2] is None:
        return count == least
    if match[3]:
        step = int(match[2] or 1)
        return count >= least and (count - least) % step == 0
    return least <= count <= int(match[2])


def _check_items(scope: Scope, entry: Entry, judgement: Judgement, path: str) -> Iterator[Finding]:
    count = len(items_of(scope.item, entry.tag))
    limits: list[ItemCount] = [
        each.row.items
        for each in entry.definitions
        if each.row.items is not None and is_included(each, scope)
    ]
    if limits and not any(
        limit.least <= count and (limit.most is None or count <= limit.most) for limit in limits
    ):
        expected = str(limits[-1])
        yield report("item-count", path, judgement, found=f"{count} items", expected=expected)


def _check_rules(
    scope: Scope, entry: Entry, path: str, values: tuple[str, ...]
) -> Iterator[Finding]:
    """Check values against the rules of the most special module that has any."""
    for definition in reversed(entry.definitions):
        if not definition.row.values or not is_included(definition, scope):
            continue
        for rule in definition.row.values:
            wrong = [value for value in _meant(rule, values) if not _is_one_of(value, rule)]
            if wrong and (rule.condition is None or rule.condition.evaluate(scope) is True):
                code = "value-not-enumerated" if rule.enumerated else "value-not-defined"
                yield report(
                    code, path, definition=definition, found=wrong[0], expected=_expected(rule)
                )
        return


def _is_one_of(value: str, rule: ValueRule) -> bool:
    return any(same_value(value, allowed) for allowed in rule.values)


def _meant(rule: ValueRule, values: tuple[str, ...]) -> tuple[str, ...]:
    if rule.position is None:
        return values
    return tuple(value for value in values[rule.position - 1 : rule.position] if value)


def _expected(rule: ValueRule) -> str:
    text = " or ".join(rule.values)
    if rule.position is not None:
        text = f"{text} as value {rule.position}"
    return text if rule.condition is None else f"{text}, as {rule.condition}"


def _dictionary_vr(entry: Entry) -> tuple[str, ...]:
    row = entry.definitions[-1].row
    if row.vr:
        return (row.vr,)
    return _vr_of_tag(entry.tag)


@lru_cache(maxsize=4096)
def _vr_of_tag(tag: int) -> tuple[str, ...]:
    try:
        return tuple(dictionary_VR(tag).split(" or "))
    except KeyError:
        return ()


@lru_cache(maxsize=4096)
def _vm_of_tag(tag: int) -> str:
    try:
        return dictionary_VM(tag)
    except KeyError:
        return ""


def _dictionary_vm(entry: Entry) -> str:
    return _vm_of_tag(entry.tag)
