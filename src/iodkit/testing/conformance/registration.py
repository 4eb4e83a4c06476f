"""Checks of what a plugin registers: its records, and what they refer to."""

from __future__ import annotations

from pydicom.uid import UID

from iodkit.dataset import SOPClass
from iodkit.errors import IodkitError
from iodkit.registry import (
    CommandEntry,
    ConformanceEntry,
    IODEntry,
    MacroEntry,
    PluginInfo,
    RuleEntry,
    SummaryEntry,
    read_resource,
    registry,
)
from iodkit.testing.conformance.failures import ConformanceError

__all__ = ["check_hooks", "check_registration", "entry_of", "plugin_of"]


def entry_of(sop_class_uid: str) -> IODEntry:
    """Look up the record of a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.

    Returns
    -------
    IODEntry
        Its record.

    Raises
    ------
    ConformanceError
        If there is none.
    """
    entry = registry.lookup(sop_class_uid)
    if entry is None:
        problems = "; ".join(map(str, registry.problems())) or "none are known"
        raise ConformanceError(
            f"{sop_class_uid} is not registered",
            remedy=f"Is the plugin installed, and does iodkit_register_iods name it? "
            f"Problems of plugins: {problems}",
        )
    return entry


def plugin_of(entry: IODEntry) -> PluginInfo:
    """Find the plugin that a record is from.

    Parameters
    ----------
    entry : IODEntry
        A record that the registry gave.

    Returns
    -------
    PluginInfo
        The plugin.

    Raises
    ------
    ConformanceError
        If no plugin owns up to it.
    """
    for info in registry.plugins():
        if entry in info.iods:
            return info
    raise ConformanceError(f"no plugin lists {entry.keyword} among its IODs", found=entry)


def check_registration(sop_class_uid: str) -> None:
    """Check the record of a SOP class and the class that it names.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.

    Raises
    ------
    ConformanceError
        If the SOP class is not registered, its keyword is not that of PS3.6 Table A-1, or its
        implementation cannot be imported, is not under the name it says, or no `SOPClass`.
    """
    entry = entry_of(sop_class_uid)
    _check_keyword(entry)
    try:
        implementation = registry.implementation(sop_class_uid)
    except IodkitError as error:
        raise ConformanceError(
            f"the implementation of {entry.keyword} cannot be imported: {error}",
            found=entry.implementation,
        ) from error
    if implementation is None or not issubclass(implementation, SOPClass):
        raise ConformanceError(
            f"the implementation of {entry.keyword} is not derived from SOPClass",
            found=implementation,
            expected="a subclass of iodkit.SOPClass",
        )
    if implementation.__doc__ is None or not implementation.__doc__.strip():
        raise ConformanceError(f"{implementation.__name__} has no docstring")


def _check_keyword(entry: IODEntry) -> None:
    # Newer SOP classes are unknown to older editions of pydicom's dictionary.
    expected = UID(entry.sop_class_uid).keyword
    if expected and entry.keyword != expected:
        raise ConformanceError(
            f"{entry.sop_class_uid} is registered under a wrong keyword",
            attribute="keyword",
            found=entry.keyword,
            expected=expected,
            clause="PS3.6 Table A-1",
        )
    back = registry.lookup_keyword(entry.keyword)
    if back != entry:
        raise ConformanceError(
            f"{entry.keyword} does not lead back to {entry.sop_class_uid}", found=back
        )


def check_hooks(sop_class_uid: str) -> None:
    """Check that the plugin's hooks give records, and that their references can be loaded.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID; the whole plugin that registers it is checked.

    Raises
    ------
    ConformanceError
        If the registry left something of the plugin out, or a reference leads nowhere.
    """
    entry = entry_of(sop_class_uid)
    info = plugin_of(entry)
    package = entry.implementation.partition(".")[0].partition(":")[0]
    own = f"{package}."
    commands = [each for each in registry.commands() if each.reference.startswith(own)]
    records: list[RuleEntry | SummaryEntry | ConformanceEntry | CommandEntry | MacroEntry] = [
        *(each for each in registry.macros() if each.reference.startswith(own)),
        *registry.rules(sop_class_uid),
        *registry.summaries(sop_class_uid),
        *registry.conformance(sop_class_uid),
        *commands,
    ]
    for record in records:
        try:
            registry.load(record)
        except IodkitError as error:
            raise ConformanceError(
                f"what {type(record).__name__} refers to cannot be loaded: {error}",
                found=record.reference,
            ) from error
    for module in registry.modules():
        if module.table.startswith((own, f"{package}:")):
            _check_table(module.table)
    if info.state != "active":
        problems = "; ".join(map(str, info.problems))
        raise ConformanceError(f"the plugin {info.name!r} is {info.state}: {problems}")


def _check_table(table: str) -> None:
    try:
        content = read_resource(table)
    except (OSError, ImportError, IodkitError) as error:
        raise ConformanceError(f"a table cannot be read: {error}", found=table) from error
    if not content:
        raise ConformanceError("a table is empty", found=table)
