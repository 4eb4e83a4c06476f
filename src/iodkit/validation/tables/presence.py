"""Whether an attribute must be there, by all that the tables say of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit.attributes.conditions import Truth
    from iodkit.attributes.tables import Definition, Entry
    from iodkit.validation.tables.scope import Scope

__all__ = ["Judgement", "Presence", "is_included", "judge"]


class Presence(Enum):
    """Whether something must be there."""

    REQUIRED = auto()
    """It must."""

    OPTIONAL = auto()
    """It may."""

    UNDECIDED = auto()
    """It must or it may: the object does not say which."""

    FORBIDDEN = auto()
    """It must not."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What holds for an attribute in an item.

    Parameters
    ----------
    presence : Presence
        Whether it must be there.
    needs_value : bool
        Whether it must have a value if it is there.
    definition : Definition
        What says so.
    """

    presence: Presence
    needs_value: bool
    definition: Definition


_ORDER = (Presence.REQUIRED, Presence.UNDECIDED, Presence.OPTIONAL, Presence.FORBIDDEN)


def judge(entry: Entry, scope: Scope) -> Judgement:
    """Judge an attribute by the strictest that requires it, or else the mildest that allows it.

    Parameters
    ----------
    entry : Entry
        What the tables say of it.
    scope : Scope
        The item that it is in, or should be.

    Returns
    -------
    Judgement
        What holds for it.
    """
    definitions = entry.definitions
    if len(definitions) == 1:
        return _judge(definitions[0], scope)
    judgements = [_judge(definition, scope) for definition in definitions]
    # Where several say the same, the last is the most special one (PS3.3 A.1.3.1).
    best = min(reversed(judgements), key=lambda each: _ORDER.index(each.presence))
    valued = [each for each in judgements if each.needs_value]
    if best.needs_value or not valued:
        return best
    return Judgement(best.presence, True, valued[-1].definition)


def is_included(definition: Definition, scope: Scope) -> Truth:
    """Whether a row is part of the table of an item: its macro may depend on a condition.

    Parameters
    ----------
    definition : Definition
        The row.
    scope : Scope
        The item.

    Returns
    -------
    bool | None
        None if it cannot be decided.
    """
    return True if definition.condition is None else definition.condition.evaluate(scope)


def _judge(definition: Definition, scope: Scope) -> Judgement:
    included = is_included(definition, scope)
    if included is False:
        return Judgement(Presence.FORBIDDEN, False, definition)
    kind = definition.row.type
    needs_value = kind in {"1", "1C"} and included is True
    presence = _presence(definition, scope)
    if included is None and presence in {Presence.REQUIRED, Presence.FORBIDDEN}:
        presence = Presence.UNDECIDED
    return Judgement(presence, needs_value, definition)


def _presence(definition: Definition, scope: Scope) -> Presence:
    row = definition.row
    if row.type in {"1", "2"}:
        return Presence.REQUIRED
    required, allowed = row.requirement.required, row.requirement.allowed
    needed: Truth = False if required is None else required.evaluate(scope)
    if needed is True:
        return Presence.REQUIRED
    if needed is None:
        return Presence.UNDECIDED
    if isinstance(allowed, bool):
        return Presence.OPTIONAL if allowed else Presence.FORBIDDEN
    return Presence.FORBIDDEN if allowed.evaluate(scope) is False else Presence.OPTIONAL
