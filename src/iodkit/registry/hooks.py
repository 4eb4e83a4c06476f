"""The hooks that a plugin may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker, HookspecMarker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iodkit.registry.records import (
        CommandEntry,
        ConformanceEntry,
        IODEntry,
        MacroEntry,
        ModuleEntry,
        RuleEntry,
        SummaryEntry,
    )

__all__ = [
    "PROJECT",
    "hookimpl",
    "iodkit_cli_commands",
    "iodkit_conformance_cases",
    "iodkit_register_iods",
    "iodkit_register_macros",
    "iodkit_register_modules",
    "iodkit_resolve_iod",
    "iodkit_summaries",
    "iodkit_validation_rules",
]

PROJECT = "iodkit"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


@hookspec
def iodkit_register_iods() -> Iterable[IODEntry]:
    """Name the SOP classes that the plugin implements.

    Returns
    -------
    iterable of IODEntry
        One record for each SOP class.
    """
    return ()


@hookspec
def iodkit_register_modules() -> Iterable[ModuleEntry]:
    """Name the attribute tables that the plugin brings.

    Returns
    -------
    iterable of ModuleEntry
        One record for each module or macro.
    """
    return ()


@hookspec
def iodkit_register_macros() -> Iterable[MacroEntry]:
    """Name the functional group macros that the plugin brings.

    Returns
    -------
    iterable of MacroEntry
        One record for each functional group's sequence.
    """
    return ()


@hookspec
def iodkit_validation_rules() -> Iterable[RuleEntry]:
    """Name the validation rules that the plugin brings.

    Returns
    -------
    iterable of RuleEntry
        One record for each rule.
    """
    return ()


@hookspec(firstresult=True)
def iodkit_resolve_iod(
    dataset: Any,  # noqa: ARG001 - a specification has parameters, but no body
    candidates: tuple[IODEntry, ...],  # noqa: ARG001
) -> str | None:
    """Choose a more specific class for a dataset than its SOP class alone tells.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The dataset that is being opened; not to be changed.
    candidates : tuple of IODEntry
        What is registered for its SOP Class UID, the preferred one first; may be empty.

    Returns
    -------
    str or None
        Reference to the class, or None to leave the choice to others. The first answer counts;
        plugins are asked in the order of their distributions' names (``tryfirst`` and
        ``trylast`` are heeded).
    """
    return None


@hookspec
def iodkit_summaries() -> Iterable[SummaryEntry]:
    """Name what the plugin adds to the summaries of objects (``iodkit info``).

    Returns
    -------
    iterable of SummaryEntry
        One record for each addition.
    """
    return ()


@hookspec
def iodkit_cli_commands() -> Iterable[CommandEntry]:
    """Name the sub-commands that the plugin adds to ``iodkit``.

    Returns
    -------
    iterable of CommandEntry
        One record for each command.
    """
    return ()


@hookspec
def iodkit_conformance_cases() -> Iterable[ConformanceEntry]:
    """Name the cases with which the conformance kit tests the plugin.

    Returns
    -------
    iterable of ConformanceEntry
        One record for each SOP class.
    """
    return ()
