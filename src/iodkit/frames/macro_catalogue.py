"""The functional group macros that are known: the standard's, of plugins, added by hand."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING

from iodkit.errors import PluginConflictError, PluginError
from iodkit.frames.macro_data import GENERAL_MACROS
from iodkit.frames.macro_data_acquisition import MICROSCOPY_MR_CT_MACROS
from iodkit.frames.macro_data_others import OTHER_MACROS
from iodkit.frames.macros import Macro, Placement
from iodkit.frames.paths import AttributePath, parse_path
from iodkit.registry import registry

if TYPE_CHECKING:
    from iodkit.registry import MacroEntry

__all__ = ["find_macro", "known_macros", "register_macro", "resolve_path"]


@cache
def _standard() -> dict[int, Macro]:
    """Read the macros of the standard, by tag of the sequence."""
    texts = (GENERAL_MACROS, MICROSCOPY_MR_CT_MACROS, OTHER_MACROS)
    macros = [_read(part) for text in texts for part in text.strip().split("\n\n")]
    return {macro.tag: macro for macro in macros}


def _read(paragraph: str) -> Macro:
    head, name, *rest = paragraph.split("\n")
    sequence, clause, *flags = head.split()
    placement = Placement.AUTO
    for one in (Placement.SHARED, Placement.PER_FRAME):
        placement = one if one.value in flags else placement
    attributes = tuple(" ".join(rest).split())
    return Macro(sequence, name, f"PS3.3 {clause}", attributes, placement, "many" in flags)


_BY_HAND: dict[int, Macro] = {}
# What the plugins' records led to, so that each is called once.
_LOADED: dict[MacroEntry, Macro] = {}


def register_macro(macro: Macro) -> None:
    """Make a functional group macro known in this process.

    Plugins offer theirs through the hook ``iodkit_register_macros``.

    Parameters
    ----------
    macro : Macro
        The macro; it goes before any other for the same sequence.
    """
    _BY_HAND[macro.tag] = macro


def find_macro(sequence: str | int) -> Macro | None:
    """Look up the macro of a functional group.

    Parameters
    ----------
    sequence : str or int
        Keyword or tag of the functional group's sequence.

    Returns
    -------
    Macro or None
        The one registered by hand, the standard's or a plugin's, in this order; None if none is
        known.

    Raises
    ------
    PluginConflictError
        If plugins bring different macros for the sequence.
    PluginError
        If a plugin's macro cannot be loaded.
    """
    tag = parse_path(sequence).group if isinstance(sequence, str) else int(sequence)
    return _BY_HAND.get(tag) or _standard().get(tag) or _of_plugins(tag)


def known_macros() -> tuple[Macro, ...]:
    """List all known macros in the order of their tags.

    Raises
    ------
    PluginError
        If a plugin's macro cannot be loaded, or plugins contradict each other.
    """
    tags = {*_standard(), *_BY_HAND, *(_tag(entry) for entry in registry.macros())}
    found = (find_macro(tag) for tag in sorted(tags))
    return tuple(macro for macro in found if macro is not None)


def resolve_path(text: str) -> AttributePath:
    """Resolve a path, with the VR of a private attribute where a macro tells it.

    Parameters
    ----------
    text : str
        Keywords, or tags as ``ggggeeee``, joined by dots.

    Returns
    -------
    AttributePath
        The path.

    Raises
    ------
    InvalidValueError
        If the path is wrong.
    """
    where = parse_path(text)
    if where.vr is not None or len(where.tags) < 2:
        return where
    macro = find_macro(where.group)
    for field in macro.fields if macro is not None else ():
        if field.path == where.text:
            return dataclasses.replace(where, vr=field.vr or None)
    return where


def _tag(entry: MacroEntry) -> int:
    return parse_path(entry.sequence).group


def _of_plugins(tag: int) -> Macro | None:
    entries = [entry for entry in registry.macros() if _tag(entry) == tag]
    found = {_load(entry, tag) for entry in entries}
    if len(found) > 1:
        both = " and ".join(sorted(entry.reference for entry in entries))
        raise PluginConflictError(
            f"plugins bring different macros: {both}",
            attribute=entries[0].sequence,
            remedy="Choose one: iodkit.frames.register_macro(macro)",
        )
    return found.pop() if found else None


def _load(entry: MacroEntry, tag: int) -> Macro:
    known = _LOADED.get(entry)
    if known is None:
        given = list(registry.load(entry)())
        chosen = [macro for macro in given if isinstance(macro, Macro) and macro.tag == tag]
        if len(chosen) != 1:
            raise PluginError(
                f"{entry.reference} gives no macro for the sequence",
                attribute=entry.sequence,
                found=[str(getattr(macro, "sequence", macro)) for macro in given],
                expected="one iodkit.frames.Macro of this sequence",
            )
        known = _LOADED[entry] = chosen[0]
    return known
