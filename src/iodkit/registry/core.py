"""The registry: looks up what plugins registered, and imports it when it is used."""

from __future__ import annotations

from typing import Any, Final, cast

from iodkit.errors import PluginConflictError
from iodkit.registry.lifecycle import Lifecycle
from iodkit.registry.loader import attempt, describe
from iodkit.registry.records import (
    CommandEntry,
    ConformanceEntry,
    ExportEntry,
    IODEntry,
    Loadable,
    MacroEntry,
    ModuleEntry,
    RuleEntry,
    SummaryEntry,
)
from iodkit.registry.references import check_reference
from iodkit.registry.states import Problem

__all__ = ["Registry", "registry"]


class Registry(Lifecycle):
    """Everything that plugins bring, found on first use.

    Methods may be called from any thread. Plugins are discovered once; `refresh` looks again.
    Code that runs while a plugin module is being imported must not use the registry.

    Parameters
    ----------
    group : str, optional
        The entry-point group, with its major version.
    kernel : module, optional
        The package whose module names no family may take; by default the package that the
        registry is part of. See `Reserved.of_package`.
    """

    def lookup(self, sop_class_uid: str) -> IODEntry | None:
        """Find the record of a SOP class; imports no implementation.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        IODEntry or None
            None if no plugin claims it.

        Raises
        ------
        PluginConflictError
            Several plugins claim it and no preference decides.
        PluginError
            ``IODKIT_STRICT_PLUGINS`` is set and a plugin has a problem.
        """
        claim = self._claim(self._get(), sop_class_uid)
        return None if claim is None else claim.record

    def lookup_keyword(self, keyword: str) -> IODEntry | None:
        """Find the record of a SOP class by its keyword.

        Parameters
        ----------
        keyword : str
            For example ``"SegmentationStorage"``.

        Returns
        -------
        IODEntry or None
            None if no plugin uses it.

        Raises
        ------
        PluginConflictError
            It stands for several SOP classes, or several plugins claim the one.
        """
        uids = self._get().keywords.get(keyword, ())
        if len(uids) > 1:
            raise PluginConflictError(
                f"the keyword {keyword} stands for several SOP classes: {' and '.join(uids)}",
                found=keyword,
                remedy="Look the SOP class up by its UID",
            )
        entry = self.lookup(uids[0]) if uids else None
        return entry if entry is not None and entry.keyword == keyword else None

    def entries(self, family: str | None = None) -> tuple[IODEntry, ...]:
        """List the SOP classes that can be looked up; those in conflict are not among them.

        Parameters
        ----------
        family : str, optional
            Only those of this family.

        Returns
        -------
        tuple of IODEntry
            Sorted by UID.
        """
        catalogue = self._get()
        found = []
        for uid in sorted(catalogue.iods):
            try:
                claim = self._claim(catalogue, uid)
            except PluginConflictError:
                continue
            if claim is not None and family in (None, claim.record.family):
                found.append(claim.record)
        return tuple(found)

    def families(self) -> tuple[str, ...]:
        """List the families that are installed.

        Returns
        -------
        tuple of str
            Sorted names.
        """
        claims = [claim for claims in self._get().iods.values() for claim in claims]
        return tuple(sorted({claim.record.family for claim in claims}))

    def implementation(self, sop_class_uid: str) -> type[Any] | None:
        """Import the class that implements a SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        type or None
            None if no plugin claims it.

        Raises
        ------
        PluginConflictError
            Several plugins claim it and no preference decides.
        PluginError
            The class cannot be imported; it names plugin and distribution.
        """
        claim = self._claim(self._get(), sop_class_uid)
        if claim is None:
            return None
        return self._load_class(claim.record.implementation, claim.plugin, claim.distribution)

    def resolve(self, sop_class_uid: str, dataset: object) -> type[Any] | None:
        """Import the most specific class for a dataset.

        Parameters
        ----------
        sop_class_uid : str
            Its SOP Class UID.
        dataset : pydicom.Dataset
            The dataset, which plugins may look at.

        Returns
        -------
        type or None
            None if no plugin claims it.

        Raises
        ------
        PluginConflictError
            Several plugins claim the SOP class and no preference decides.
        PluginError
            The class cannot be imported; it names plugin and distribution.
        """
        catalogue = self._get()
        preferred = self._claim(catalogue, sop_class_uid)
        claims = catalogue.iods.get(sop_class_uid, ())
        candidates = tuple(each.record for each in sorted(claims, key=lambda c: c is not preferred))
        for resolver in catalogue.resolvers:
            answer, error = attempt(
                lambda: _to_reference(resolver(dataset=dataset, candidates=candidates))  # noqa: B023 - runs now
            )
            if error is not None:
                text = f"iodkit_resolve_iod: {describe(error)}"
                problem = Problem(resolver.plugin, resolver.distribution, "resolve", text, error)
                self._report_late(problem)
            elif answer is not None:
                return self._load_class(answer, resolver.plugin, resolver.distribution)
        if preferred is None:
            return None
        entry = preferred.record
        return self._load_class(entry.implementation, preferred.plugin, preferred.distribution)

    def load(self, record: Loadable) -> Any:
        """Import what a record refers to.

        Parameters
        ----------
        record : IODEntry, RuleEntry, SummaryEntry, ExportEntry, …
            A record with a reference, which the registry gave.

        Returns
        -------
        object
            The class or callable.

        Raises
        ------
        PluginError
            It cannot be imported or is nothing that can be called; the error names plugin
            and distribution.
        """
        claim = self._get().owner(record)
        plugin, distribution = ("?", "") if claim is None else (claim.plugin, claim.distribution)
        kind = type if isinstance(record, IODEntry) else None
        return self._load(record.reference, plugin, distribution, kind)

    def modules(self, *, beside: IODEntry | None = None) -> tuple[ModuleEntry, ...]:
        """List the attribute tables that plugins bring.

        Parameters
        ----------
        beside : IODEntry, optional
            Only those of the plugin that registered this record.

        Returns
        -------
        tuple of ModuleEntry
            Sorted by distribution.
        """
        catalogue = self._get()
        owner = None if beside is None else catalogue.owner(beside)
        return tuple(
            claim.record
            for claim in catalogue.modules
            if beside is None or (owner is not None and owner.plugin == claim.plugin)
        )

    def module(self, keyword: str) -> ModuleEntry | None:
        """Find the attribute table of a module or macro.

        Parameters
        ----------
        keyword : str
            Its identifier.

        Returns
        -------
        ModuleEntry or None
            None if no plugin brings it.

        Raises
        ------
        PluginConflictError
            Plugins bring different tables for it.
        """
        claims = [claim for claim in self._get().modules if claim.record.keyword == keyword]
        if len({claim.record.table for claim in claims}) > 1:
            names = " and ".join(claim.owner for claim in claims)
            raise PluginConflictError(f"the module {keyword} is brought by {names}", found=keyword)
        return claims[0].record if claims else None

    def macros(self) -> tuple[MacroEntry, ...]:
        """List the functional group macros that plugins bring.

        Returns
        -------
        tuple of MacroEntry
            Sorted by distribution.
        """
        return tuple(claim.record for claim in self._get().macros)

    def rules(self, sop_class_uid: str) -> tuple[RuleEntry, ...]:
        """List the validation rules for a SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        tuple of RuleEntry
            Those for this class and those for all classes.
        """
        claims = self._get().rules
        return tuple(claim.record for claim in claims if claim.record.applies_to(sop_class_uid))

    def summaries(self, sop_class_uid: str) -> tuple[SummaryEntry, ...]:
        """List what plugins add to the summary of objects of a SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        tuple of SummaryEntry
            Those for this class and those for all classes.
        """
        claims = self._get().summaries
        return tuple(claim.record for claim in claims if claim.record.applies_to(sop_class_uid))

    def exports(self, sop_class_uid: str) -> tuple[ExportEntry, ...]:
        """List the forms in which plugins write objects of a SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        tuple of ExportEntry
            Those for this class and those for all classes.
        """
        claims = self._get().exports
        return tuple(claim.record for claim in claims if claim.record.applies_to(sop_class_uid))

    def commands(self) -> tuple[CommandEntry, ...]:
        """List the sub-commands that plugins add; a name that several use may come up repeatedly.

        Returns
        -------
        tuple of CommandEntry
            Sorted by name.
        """
        claims = self._get().commands
        return tuple(sorted((claim.record for claim in claims), key=lambda record: record.name))

    def conformance(self, sop_class_uid: str) -> tuple[ConformanceEntry, ...]:
        """List the conformance cases for a SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        tuple of ConformanceEntry
            Those that plugins bring.
        """
        claims = self._get().conformance
        return tuple(c.record for c in claims if c.record.sop_class_uid == sop_class_uid)

    def _load_class(self, reference: str, plugin: str, distribution: str) -> type[Any]:
        found = self._load(reference, plugin, distribution, type)
        return cast("type[Any]", found)


def _to_reference(answer: object) -> str | None:
    """Check the form of a resolver's answer."""
    if answer is None:
        return None
    return check_reference(answer, "answer")


registry: Final = Registry()
"""The registry of this process."""
