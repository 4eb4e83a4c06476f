"""The templates that are installed: found through entry points when they are first asked for."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pluggy import PluginManager

from iodkit.errors import InvalidTypeError, PluginConflictError, PluginError
from iodkit.registry import Problem, load_group
from iodkit_sr.templates import hooks
from iodkit_sr.templates.hooks import GROUP, PROJECT, TemplateEntry

if TYPE_CHECKING:
    from iodkit_sr.tree.nodes import Node

__all__ = ["TemplateRegistry", "template_registry"]


class TemplateRegistry:
    """Templates by identifier, of all plugins that could be loaded.

    Parameters
    ----------
    group : str, optional
        Entry-point group, with its major version.
    """

    def __init__(self, group: str = GROUP) -> None:
        self._group = group
        self._lock = threading.RLock()
        self._by_hand: list[object] = []
        self._found: dict[tuple[str, str], list[tuple[str, TemplateEntry]]] | None = None
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """tuple of Problem: What is wrong with plugins; the others work."""
        self._entries()
        return tuple(self._problems)

    def register(self, plugin: object) -> None:
        """Register a plugin that is not installed as a distribution.

        Parameters
        ----------
        plugin : object
            A module or object with the hook ``iodkit_sr_register_templates``.
        """
        with self._lock:
            self._by_hand.append(plugin)
            self._found = None

    def unregister(self, plugin: object) -> None:
        """Forget a plugin that was registered by hand.

        Parameters
        ----------
        plugin : object
            The plugin.
        """
        with self._lock:
            self._by_hand = [each for each in self._by_hand if each is not plugin]
            self._found = None

    def entries(self) -> list[TemplateEntry]:
        """List the records of all templates.

        Returns
        -------
        list of TemplateEntry
            Sorted by mapping resource and identifier.
        """
        found = self._entries()
        return [entry for key in sorted(found) for _, entry in found[key]]

    def lookup(self, identifier: str, mapping_resource: str = "DCMR") -> TemplateEntry | None:
        """Find the record of a template.

        Parameters
        ----------
        identifier : str
            Template identifier.
        mapping_resource : str, optional
            Where it is defined.

        Returns
        -------
        TemplateEntry | None
            The record; ``None`` if no plugin brings the template.

        Raises
        ------
        PluginConflictError
            If several plugins bring it.
        """
        found = self._entries().get((mapping_resource, identifier), [])
        if len(found) > 1:
            raise PluginConflictError(
                f"several plugins bring template {identifier}: "
                + " and ".join(owner for owner, _ in found),
                remedy="Switch one of them off with IODKIT_DISABLE_PLUGINS.",
            )
        return found[0][1] if found else None

    def implementation(self, entry: TemplateEntry) -> type[Any]:
        """Import the class of a template.

        Parameters
        ----------
        entry : TemplateEntry
            Its record.

        Returns
        -------
        type
            The class.

        Raises
        ------
        PluginError
            If it cannot be imported.
        """
        module, _, name = entry.reference.partition(":")
        try:
            found: type[Any] = getattr(import_module(module), name)
        except Exception as error:
            raise PluginError(
                f"the class of template {entry.identifier} cannot be loaded: {error}",
                found=entry.reference,
            ) from error
        return found

    def read(self, node: Node) -> Any:
        """Read the items below a container as the template that the container names.

        Parameters
        ----------
        node : Node
            A container.

        Returns
        -------
        Template | None
            Object of the template's class; ``None`` if it names none that is installed.
        """
        identifier = node.template_id
        entry = self.lookup(identifier) if identifier else None
        if entry is None:
            return None
        items = node.item.get("ContentSequence") or ()
        return self.implementation(entry).from_sequence(items)

    def _entries(self) -> dict[tuple[str, str], list[tuple[str, TemplateEntry]]]:
        with self._lock:
            if self._found is None:
                self._found, self._problems = {}, []
                for loaded in load_group(self._group).loaded:
                    self._harvest(loaded.plugin, loaded.name, loaded.distribution)
                for plugin in self._by_hand:
                    self._harvest(plugin, getattr(plugin, "__name__", repr(plugin)), "")
            return self._found

    def _harvest(self, plugin: object, name: str, distribution: str) -> None:
        """Ask one plugin; whatever it raises is its own problem."""
        assert self._found is not None
        manager = PluginManager(PROJECT)
        manager.add_hookspecs(hooks)
        try:
            manager.register(plugin)
            given = [e for each in manager.hook.iodkit_sr_register_templates() for e in each]
            for entry in given:
                if not isinstance(entry, TemplateEntry):
                    raise InvalidTypeError("no record of a template", found=entry)  # noqa: TRY301
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._problems.append(Problem(name, distribution, "hook", str(error), error))
            return
        for entry in given:
            key = (entry.mapping_resource, entry.identifier)
            self._found.setdefault(key, []).append((distribution or name, entry))


template_registry = TemplateRegistry()
"""The templates of this process."""
