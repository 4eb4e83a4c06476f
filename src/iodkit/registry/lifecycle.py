"""The life of a registry: discovery on first use, registration by hand, preferences, problems."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any

from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    NotFoundError,
    PluginConflictError,
    PluginError,
    PluginWarning,
)
from iodkit.registry.catalogue import Catalogue, Claim, decide
from iodkit.registry.checks import check_sop_class_uid
from iodkit.registry.harvest import harvest
from iodkit.registry.loader import Discovery, LoadedPlugin, attempt, describe, load_group
from iodkit.registry.references import load_reference
from iodkit.registry.reserved import Reserved
from iodkit.registry.settings import Settings
from iodkit.registry.states import PluginInfo, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from iodkit.registry.records import IODEntry

__all__ = ["GROUP", "Lifecycle"]

GROUP = "iodkit.iods.v1"
"""The entry-point group of plugins; its last part is the major version of this interface."""


class Lifecycle:
    """What a registry knows, and how it comes to know it.

    Parameters
    ----------
    group : str, optional
        The entry-point group, with its major version.
    kernel : module, optional
        The package whose module names no family may take; by default the package that the
        registry is part of. See `Reserved.of_package`.
    """

    def __init__(self, group: str = GROUP, kernel: ModuleType | None = None) -> None:
        self._group = group
        self._kernel = sys.modules[__name__.partition(".")[0]] if kernel is None else kernel
        self._lock = threading.RLock()
        self._building = False
        self._catalogue: Catalogue | None = None
        self._by_hand: dict[str, LoadedPlugin] = {}
        self._preferences: dict[str, str | None] = {}
        self._late: dict[Problem, None] = {}
        self._warned: set[tuple[str, str, str]] = set()

    def refresh(self) -> None:
        """Look for plugins again, at the next look-up.

        What was registered by hand and preferred stays. Modules that were imported stay
        imported; plugins that could not be imported get another try.
        """
        with self._lock:
            self._catalogue = None
            self._late.clear()

    def register(self, plugin: object, name: str | None = None) -> str:
        """Register a plugin that is not installed as a distribution.

        Parameters
        ----------
        plugin : object
            A module or object with hook implementations.
        name : str, optional
            Its name; by default its ``__name__``, or its type's.

        Returns
        -------
        str
            The name, for `unregister`.

        Raises
        ------
        InvalidValueError
            The name, or the plugin, is registered already.
        PluginError
            The plugin implements no hook, or something that it returns is wrong.
        """
        chosen = name if name is not None else getattr(plugin, "__name__", type(plugin).__name__)
        candidate = LoadedPlugin(chosen, "", "", plugin)
        with self._lock:
            if chosen in self._by_hand:
                raise InvalidValueError(
                    "a plugin of this name is registered already", attribute="name", found=chosen
                )
            if any(each.plugin is plugin for each in self._by_hand.values()):
                raise InvalidValueError("this plugin is registered already", attribute="plugin")
            reserved = Reserved.of_package(self._kernel)
            problems = harvest(Discovery(), [candidate], reserved, Settings()).problems
            if problems:
                text = "; ".join(f"{problem.stage}: {problem.error}" for problem in problems)
                raise PluginError(f"plugin {chosen!r} cannot be registered: {text}") from (
                    problems[0].cause
                )
            self._by_hand[chosen] = candidate
            self._catalogue = None
        return chosen

    def unregister(self, name: str) -> None:
        """Forget a plugin that was registered by hand.

        Parameters
        ----------
        name : str
            The name that `register` returned.

        Raises
        ------
        NotFoundError
            No such plugin was registered by hand.
        """
        with self._lock:
            if self._by_hand.pop(name, None) is None:
                raise NotFoundError(
                    "no plugin of this name was registered by hand", attribute="name", found=name
                )
            self._catalogue = None

    def prefer(self, sop_class_uid: str, choice: str | None) -> None:
        """Decide which plugin handles a SOP class that several claim.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.
        choice : str or None
            Name of the distribution, of the family, or of a plugin registered by hand; None
            takes an earlier preference back. It goes before ``IODKIT_PREFER``.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            `sop_class_uid` is not a UID, or `choice` not a name.
        """
        check_sop_class_uid(sop_class_uid)
        if choice is not None and not isinstance(choice, str):
            raise InvalidTypeError("not a name", attribute="choice", found=choice, expected="str")
        if choice is not None and not choice.strip():
            raise InvalidValueError("not a name", attribute="choice", found=choice)
        with self._lock:
            if choice is None:
                self._preferences.pop(sop_class_uid, None)
            else:
                self._preferences[sop_class_uid] = choice

    def plugins(self) -> tuple[PluginInfo, ...]:
        """List the plugins, also those that were left out; never fails because of one.

        Returns
        -------
        tuple of PluginInfo
            Sorted by distribution and name.
        """
        return self._read().plugins

    def problems(self) -> tuple[Problem, ...]:
        """List what is wrong with plugins; never fails because of one.

        Returns
        -------
        tuple of Problem
            From discovery, from use since then, and conflicts that no preference decides.
        """
        catalogue = self._read()
        conflicts: list[Problem] = []
        for uid, claims in sorted(catalogue.iods.items()):
            try:
                self._claim(catalogue, uid)
            except PluginConflictError as error:
                conflicts.extend(
                    Problem(claim.plugin, claim.distribution, "conflict", str(error), error)
                    for claim in claims
                )
        return (*catalogue.problems, *self._late, *conflicts)

    def _get(self) -> Catalogue:
        """Give the catalogue; an error if a plugin has a problem and the user is strict."""
        catalogue = self._read()
        if catalogue.strict and catalogue.problems:
            problems = catalogue.problems
            raise PluginError(
                "plugins have problems: " + "; ".join(map(str, problems)),
                remedy="IODKIT_STRICT_PLUGINS is set; without it the other plugins work",
            ) from problems[0].cause
        return catalogue

    def _read(self) -> Catalogue:
        """Give the catalogue, built by whoever comes first while the others wait."""
        catalogue = self._catalogue
        if catalogue is not None:
            return catalogue
        with self._lock:
            if self._catalogue is not None:
                return self._catalogue
            if self._building:
                raise PluginError(
                    "the registry is used while its plugins are being imported",
                    remedy="Look SOP classes up in functions, not when a plugin's module runs",
                )
            self._building = True
            try:
                catalogue = self._build()
            finally:
                self._building = False
            self._catalogue = catalogue
        # Last and without the lock: a warning may be an error by the user's filter.
        if not catalogue.strict:
            self._warn(catalogue)
        return catalogue

    def _build(self) -> Catalogue:
        settings = Settings.from_environment()
        discovery = load_group(self._group, settings)
        reserved = Reserved.of_package(self._kernel)
        return harvest(discovery, list(self._by_hand.values()), reserved, settings)

    def _warn(self, catalogue: Catalogue) -> None:
        for info in catalogue.plugins:
            text = "; ".join(f"{problem.stage}: {problem.error}" for problem in info.problems)
            key = (info.distribution, info.name, text)
            if text and key not in self._warned:
                self._warned.add(key)
                outcome = "works in part" if info.state == "degraded" else "was left out"
                origin = f" of {info.distribution} {info.version}" if info.distribution else ""
                warnings.warn(
                    f"plugin {info.name!r}{origin} {outcome}: {text}", PluginWarning, stacklevel=4
                )

    def _claim(self, catalogue: Catalogue, sop_class_uid: str) -> Claim[IODEntry] | None:
        claims = catalogue.iods.get(sop_class_uid)
        if not claims:
            return None
        preference = self._preferences.get(sop_class_uid) or catalogue.preferences.get(
            sop_class_uid
        )
        return decide(sop_class_uid, claims, preference)

    def _load(
        self, reference: str, plugin: str, distribution: str, kind: type[Any] | None = None
    ) -> Any:
        """Import what a plugin refers to; a failure is a problem of that plugin."""
        cache = self._read().loaded
        if reference in cache:
            return cache[reference]
        found, error = attempt(lambda: _load_callable(reference, kind))
        if error is not None:
            text = f"{reference}: {describe(error)}"
            problem = Problem(plugin, distribution, "load", text, error)
            with self._lock:
                self._late.setdefault(problem)
            switch = f"IODKIT_DISABLE_PLUGINS={plugin}"
            raise PluginError(
                str(problem),
                remedy=f"Update {distribution or plugin}, or switch it off with {switch}",
            ) from error
        cache[reference] = found
        return found

    def _report_late(self, problem: Problem) -> None:
        """Record a problem that showed in use, with one warning."""
        with self._lock:
            is_new = problem not in self._late
            self._late.setdefault(problem)
        if is_new:
            warnings.warn(str(problem), PluginWarning, stacklevel=4)


def _load_callable(reference: str, kind: type[Any] | None) -> object:
    found = load_reference(reference)
    if not (callable(found) if kind is None else isinstance(found, kind)):
        wanted = "nothing to call" if kind is None else "not a class"
        raise TypeError(f"it is a {type(found).__name__}, {wanted}")
    return found
