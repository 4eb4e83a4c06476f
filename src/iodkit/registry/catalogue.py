"""The immutable catalogue of everything that the plugins registered, and who registered it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from iodkit.errors import PluginConflictError
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
from iodkit.registry.settings import normalize_distribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iodkit.registry.states import PluginInfo, Problem

__all__ = ["Catalogue", "Claim", "Resolver", "decide"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Claim(Generic[R]):
    """A record and the plugin that it is from.

    Parameters
    ----------
    record : Record
        The record.
    plugin : str
        Name of the plugin.
    distribution : str
        The distribution that the plugin comes from.
    """

    record: R
    plugin: str
    distribution: str

    @property
    def owner(self) -> str:
        """The plugin for people."""
        if not self.distribution:
            return f"plugin {self.plugin!r} (registered by hand)"
        return f"plugin {self.plugin!r} of {self.distribution}"


@dataclass(frozen=True, slots=True)
class Resolver:
    """A plugin's answer to `iodkit_resolve_iod`.

    Parameters
    ----------
    plugin : str
        Name of the plugin.
    distribution : str
        The distribution that the plugin comes from.
    implementation : pluggy.HookImpl
        The hook's implementation.
    """

    plugin: str
    distribution: str
    implementation: Any

    def __call__(self, **arguments: object) -> object:
        """Ask the plugin, with those of the arguments that it takes."""
        names = self.implementation.argnames
        return self.implementation.function(*(arguments[name] for name in names))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the plugins registered.

    Parameters
    ----------
    plugins : tuple of PluginInfo
        All plugins, also those that were left out, sorted by distribution and name.
    iods : mapping of str to tuple of Claim
        SOP Class UID → who claims it.
    keywords : mapping of str to tuple of str
        Keyword → SOP Class UIDs that carry it.
    modules, macros, rules, summaries, exports, commands, conformance : tuple of Claim
        The other records.
    resolvers : tuple of Resolver
        Who chooses more specific classes, in the order in which they are asked.
    strict : bool
        Whether a problem of a plugin is an error.
    preferences : mapping of str to str
        The preferences that the environment sets.
    loaded : dict
        Reference → object, filled as references are used.
    """

    plugins: tuple[PluginInfo, ...] = ()
    iods: Mapping[str, tuple[Claim[IODEntry], ...]] = field(default_factory=dict)
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modules: tuple[Claim[ModuleEntry], ...] = ()
    macros: tuple[Claim[MacroEntry], ...] = ()
    rules: tuple[Claim[RuleEntry], ...] = ()
    summaries: tuple[Claim[SummaryEntry], ...] = ()
    exports: tuple[Claim[ExportEntry], ...] = ()
    commands: tuple[Claim[CommandEntry], ...] = ()
    conformance: tuple[Claim[ConformanceEntry], ...] = ()
    resolvers: tuple[Resolver, ...] = ()
    strict: bool = False
    preferences: Mapping[str, str] = field(default_factory=dict)
    loaded: dict[str, object] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of all plugins."""
        return tuple(problem for info in self.plugins for problem in info.problems)

    def owner(self, record: Record) -> Claim[Any] | None:
        """Find out whose a record is.

        Parameters
        ----------
        record : Record
            The record.

        Returns
        -------
        Claim or None
            The claim with it; None if nobody registered it.
        """
        if isinstance(record, IODEntry):
            claims: tuple[Claim[Any], ...] = self.iods.get(record.sop_class_uid, ())
        else:
            others = (self.modules, self.macros, self.rules, self.summaries, self.exports)
            claims = sum((*others, self.commands, self.conformance), ())
        return next((claim for claim in claims if claim.record == record), None)


def decide(
    uid: str, claims: tuple[Claim[IODEntry], ...], preference: str | None
) -> Claim[IODEntry]:
    """Choose among the claims on a SOP class.

    Parameters
    ----------
    uid : str
        The SOP Class UID.
    claims : tuple of Claim
        At least one.
    preference : str or None
        The distribution or family that the user prefers.

    Returns
    -------
    Claim
        The only claim, or the one that the preference singles out.

    Raises
    ------
    PluginConflictError
        There are several and the preference does not single one out.
    """
    if len(claims) == 1:
        return claims[0]
    chosen = [] if preference is None else [each for each in claims if _matches(each, preference)]
    if len(chosen) == 1:
        return chosen[0]
    names = " and ".join(f"{each.owner} (family {each.record.family!r})" for each in claims)
    wish = "" if preference is None else f", and the preference {preference!r} fits "
    wish += "" if preference is None else ("several" if chosen else "none of them")
    example = claims[0].distribution or claims[0].record.family
    setting = f"IODKIT_PREFER={uid}={example}"
    raise PluginConflictError(
        f"{claims[0].record.keyword} ({uid}) is claimed by {names}{wish}",
        attribute="SOPClassUID",
        found=uid,
        remedy=f"Choose one: registry.prefer({uid!r}, {example!r}), or {setting}",
    )


def _matches(claim: Claim[IODEntry], preference: str) -> bool:
    if preference == claim.record.family:
        return True
    wanted = normalize_distribution(preference)
    return wanted in {
        normalize_distribution(claim.distribution),
        normalize_distribution(claim.plugin),
    }
