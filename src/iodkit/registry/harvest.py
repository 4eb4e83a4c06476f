"""Collecting the records of plugins through their hooks, each plugin for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pluggy import HookImpl, PluginManager

from iodkit.registry import hooks
from iodkit.registry.catalogue import Catalogue, Claim, Resolver
from iodkit.registry.loader import Discovery, LoadedPlugin, attempt, describe
from iodkit.registry.records import (
    CommandEntry,
    ConformanceEntry,
    ExportEntry,
    IODEntry,
    MacroEntry,
    ModuleEntry,
    Record,
    RuleEntry,
    SummaryEntry,
)
from iodkit.registry.states import PluginInfo, PluginState, Problem, Stage

if TYPE_CHECKING:
    from iodkit.registry.reserved import Reserved
    from iodkit.registry.settings import Settings

__all__ = ["harvest"]

R = TypeVar("R", bound=Record)
_RECORD_HOOKS: Mapping[str, type[Any]] = {
    "iodkit_register_iods": IODEntry,
    "iodkit_register_modules": ModuleEntry,
    "iodkit_register_macros": MacroEntry,
    "iodkit_validation_rules": RuleEntry,
    "iodkit_summaries": SummaryEntry,
    "iodkit_exports": ExportEntry,
    "iodkit_cli_commands": CommandEntry,
    "iodkit_conformance_cases": ConformanceEntry,
}
_RESOLVE_HOOK = "iodkit_resolve_iod"


@dataclass(slots=True)
class _Yield:
    """What one plugin gave."""

    source: LoadedPlugin
    usable: bool = True
    records: dict[Record, None] = field(default_factory=dict)
    iods: dict[str, IODEntry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, stage: Stage, text: str, cause: BaseException | None = None) -> None:
        self.problems.append(
            Problem(self.source.name, self.source.distribution, stage, text, cause)
        )

    def claims(self, kind: type[R]) -> list[Claim[R]]:
        return [
            Claim(record, self.source.name, self.source.distribution)
            for record in self.records
            if isinstance(record, kind)
        ]

    def info(self) -> PluginInfo:
        state: PluginState = "degraded" if self.problems else "active"
        if not self.usable:
            state = "broken"
        return PluginInfo(
            self.source.name,
            self.source.distribution,
            self.source.version,
            state,
            tuple(self.iods.values()),
            tuple(self.problems),
        )


def harvest(
    discovery: Discovery,
    by_hand: Sequence[LoadedPlugin],
    reserved: Reserved,
    settings: Settings,
) -> Catalogue:
    """Ask plugins for their records and put those that are right into a catalogue.

    Parameters
    ----------
    discovery : Discovery
        The plugins that were found.
    by_hand : sequence of LoadedPlugin
        Those that were registered by hand.
    reserved : Reserved
        Names that no family may take.
    settings : Settings
        The user's settings.

    Returns
    -------
    Catalogue
        The records, with the problems of each plugin.
    """
    sources = sorted((*discovery.loaded, *by_hand), key=lambda each: each.key)
    manager = PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    # Pluggy asks the last one registered first.
    yields = [_register(manager, source) for source in reversed(sources)][::-1]
    for each in yields:
        if each.usable:
            _collect(manager, each, reserved)
    infos = (*discovery.left_out, *(each.info() for each in yields))
    iods = _by_uid([claim for each in yields for claim in each.claims(IODEntry)])
    return Catalogue(
        plugins=tuple(sorted(infos, key=lambda info: (info.distribution, info.name))),
        iods=iods,
        keywords=_by_keyword(iods),
        modules=_all(yields, ModuleEntry),
        macros=_all(yields, MacroEntry),
        rules=_all(yields, RuleEntry),
        summaries=_all(yields, SummaryEntry),
        exports=_all(yields, ExportEntry),
        commands=_all(yields, CommandEntry),
        conformance=_all(yields, ConformanceEntry),
        resolvers=_resolvers(manager, yields),
        strict=settings.strict,
        preferences=settings.preferences,
    )


def _register(manager: PluginManager, source: LoadedPlugin) -> _Yield:
    """Register with pluggy, which checks the signatures; we check what it lets through."""
    result = _Yield(source)
    _, error = attempt(lambda: manager.register(source.plugin, source.key))
    if error is not None:
        result.report("register", describe(error), error)
    for implementation, known in _implementations(manager, source):
        if not known:
            result.report("register", f"there is no hook {implementation.function.__name__!r}")
        elif implementation.hookwrapper or implementation.wrapper:
            text = f"{implementation.function.__name__!r} is a wrapper; these hooks take none"
            result.report("register", text)
    if not result.problems and manager.get_hookcallers(source.plugin) == []:
        result.report("register", "implements no hook; mark its functions with iodkit's hookimpl")
    if result.problems:
        result.usable = False
        attempt(lambda: manager.unregister(name=source.key))
    return result


def _implementations(
    manager: PluginManager, source: LoadedPlugin
) -> Iterable[tuple[HookImpl, bool]]:
    """Give the hook implementations of a plugin, and whether such a hook exists."""
    if manager.get_plugin(source.key) is None:
        return
    for caller in manager.get_hookcallers(source.plugin) or ():
        for implementation in caller.get_hookimpls():
            if implementation.plugin_name == source.key:
                yield implementation, caller.has_spec() or implementation.optionalhook


def _collect(manager: PluginManager, target: _Yield, reserved: Reserved) -> None:
    """Call the hooks of one plugin and keep what it returns, if it is right."""
    for name, kind in _RECORD_HOOKS.items():
        for implementation in getattr(manager.hook, name).get_hookimpls():
            if implementation.plugin_name != target.source.key:
                continue
            given, error = attempt(lambda: _as_list(implementation.function()))  # noqa: B023 - runs now
            if error is not None:
                target.report("hook", f"{name}: {describe(error)}", error)
            for record in given or ():
                _keep(target, name, record, kind, reserved)
    if any(problem.stage == "hook" for problem in target.problems) and not target.records:
        target.usable = False


def _as_list(given: object) -> list[object]:
    """Unpack what a hook returned; one that returns no list of records is at fault."""
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(f"returned {type(given).__name__}, not a list of records")
    return list(given)


def _keep(
    target: _Yield, hook: str, record: object, kind: type[Record], reserved: Reserved
) -> None:
    if not isinstance(record, kind):
        found = type(record).__name__
        target.report("records", f"{hook}: returned a {found} where a {kind.__name__} belongs")
    elif record in target.records:
        target.report("records", f"{hook}: returned {record!r} twice")
    elif not isinstance(record, IODEntry):
        target.records[record] = None
    elif not _is_refused(target, record, reserved):
        target.records[record] = None
        target.iods[record.sop_class_uid] = record


def _is_refused(target: _Yield, record: IODEntry, reserved: Reserved) -> bool:
    if reserved.forbids(record.family, target.source.distribution):
        text = f"the family name {record.family!r} of {record.keyword} is reserved"
        target.report("records", f"{text}: the kernel has a module of that name")
        return True
    other = target.iods.get(record.sop_class_uid)
    if other is not None:
        both = f"{other.implementation} and {record.implementation}"
        target.report("records", f"claims {record.sop_class_uid} twice: {both}")
    return other is not None


def _all(yields: Sequence[_Yield], kind: type[R]) -> tuple[Claim[R], ...]:
    return tuple(claim for each in yields for claim in each.claims(kind))


def _by_uid(claims: Iterable[Claim[IODEntry]]) -> dict[str, tuple[Claim[IODEntry], ...]]:
    found: dict[str, tuple[Claim[IODEntry], ...]] = {}
    for claim in claims:
        uid = claim.record.sop_class_uid
        found[uid] = (*found.get(uid, ()), claim)
    return found


def _by_keyword(iods: Mapping[str, tuple[Claim[IODEntry], ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for uid, claims in iods.items():
        for keyword in sorted({claim.record.keyword for claim in claims}):
            found[keyword] = (*found.get(keyword, ()), uid)
    return found


def _resolvers(manager: PluginManager, yields: Sequence[_Yield]) -> tuple[Resolver, ...]:
    sources = {each.source.key: each.source for each in yields}
    implementations = reversed(getattr(manager.hook, _RESOLVE_HOOK).get_hookimpls())
    return tuple(
        Resolver(sources[each.plugin_name].name, sources[each.plugin_name].distribution, each)
        for each in implementations
    )
