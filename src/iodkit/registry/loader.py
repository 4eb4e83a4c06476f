"""Finding and importing the plugins of an entry-point group, each on its own risk."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from iodkit.errors import InvalidValueError
from iodkit.registry.settings import Settings, normalize_distribution
from iodkit.registry.states import PluginInfo, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from importlib_metadata import EntryPoint

__all__ = ["Discovery", "LoadedPlugin", "attempt", "describe", "load_group"]

T = TypeVar("T")
_GROUP = re.compile(r"(?P<base>[\w.-]+)\.v(?P<major>[0-9]+)")


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that could be imported.

    Parameters
    ----------
    name : str
        Name of its entry point, or the name that it was registered under.
    distribution : str
        The distribution that it comes from; empty if it was registered by hand.
    version : str
        Version of that distribution.
    plugin : object
        The module or object that the entry point names.
    """

    name: str
    distribution: str
    version: str
    plugin: object

    @property
    def key(self) -> str:
        """Unique name: two distributions may use one name for their entry points."""
        return f"{self.distribution}:{self.name}"


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found in an entry-point group.

    Parameters
    ----------
    loaded : tuple of LoadedPlugin
        The plugins that could be imported, sorted by distribution and name.
    left_out : tuple of PluginInfo
        The others: switched off, broken, or for another version of the group.
    """

    loaded: tuple[LoadedPlugin, ...] = ()
    left_out: tuple[PluginInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry point and the distribution that it is from."""

    distribution: str
    version: str
    entry_point: EntryPoint

    @property
    def order(self) -> tuple[str, str, str]:
        return (self.distribution, self.entry_point.name, self.entry_point.group)


def load_group(group: str, settings: Settings | None = None) -> Discovery:
    """Import the plugins of an entry-point group.

    A plugin that cannot be imported, whatever it raises, is reported and the others are loaded.
    Entry points in another major version of the group are reported without being imported,
    unless their distribution has one of the same name in this group as well.

    Parameters
    ----------
    group : str
        Name of the group with its major version, for example ``"iodkit.iods.v1"``.
    settings : Settings, optional
        Instead of the settings from the environment.

    Returns
    -------
    Discovery
        The plugins, and those that were left out.

    Raises
    ------
    InvalidValueError
        `group` has no major version.
    """
    match = _GROUP.fullmatch(group)
    if match is None:
        raise InvalidValueError(
            "not the name of a versioned entry-point group",
            attribute="group",
            found=group,
            expected='a name that ends in its major version, such as "iodkit.iods.v1"',
        )
    chosen = Settings.from_environment() if settings is None else settings
    if not chosen.autoload:
        return Discovery()
    found, unreadable = _find(match["base"])
    ours = {(item.distribution, item.entry_point.name) for item in found if _in(item, group)}
    loaded: list[LoadedPlugin] = []
    left_out = list(unreadable)
    for item in sorted(found, key=lambda each: each.order):
        if not _in(item, group) and (item.distribution, item.entry_point.name) in ours:
            continue
        result = _load(item, group, chosen)
        if isinstance(result, LoadedPlugin):
            loaded.append(result)
        else:
            left_out.append(result)
    return Discovery(tuple(loaded), tuple(left_out))


def attempt(action: Callable[[], T]) -> tuple[T, None] | tuple[None, BaseException]:
    """Run a piece of somebody else's code that must not take us down with it.

    Parameters
    ----------
    action : callable
        What to run.

    Returns
    -------
    tuple
        (result, None), or (None, exception). Only `KeyboardInterrupt` passes through:
        a plugin that calls `sys.exit` is as broken as one with a syntax error.
    """
    try:
        return action(), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a plugin raises is its own problem
        return None, error


def describe(error: BaseException) -> str:
    """Put an exception into one line.

    Parameters
    ----------
    error : BaseException
        The exception.

    Returns
    -------
    str
        Its type and message.
    """
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _find(base: str) -> tuple[list[_Found], list[PluginInfo]]:
    """Entry points of any version of the group, and the distributions that cannot tell theirs."""
    # Importing this takes longer than everything else here, so it waits until it is needed.
    import importlib_metadata

    importlib.invalidate_caches()
    found: list[_Found] = []
    unreadable: list[PluginInfo] = []
    seen: set[str] = set()
    for distribution in importlib_metadata.distributions():
        result, error = attempt(lambda: _read(distribution, base, seen))  # noqa: B023 - runs now
        if error is None:
            found.extend(result or ())
        else:
            unreadable.append(_unreadable(distribution, error))
    return found, unreadable


def _read(distribution: Any, base: str, seen: set[str]) -> list[_Found]:
    """Entry points of one distribution, unless another copy of it was read before."""
    if not _select(distribution, base):
        return []
    name = normalize_distribution(distribution.name)
    if name in seen:
        return []
    seen.add(name)
    # An older copy further down the path may be shadowed by one that has no such entry points.
    in_force = type(distribution).from_name(distribution.name)
    return [_Found(name, in_force.version, point) for point in _select(in_force, base)]


def _select(distribution: Any, base: str) -> list[EntryPoint]:
    # Most distributions have no such group: finding the name is much faster than parsing.
    if base not in (distribution.read_text("entry_points.txt") or ""):
        return []
    return [
        point
        for point in distribution.entry_points
        if point.group == base or point.group.startswith(f"{base}.v")
    ]


def _unreadable(distribution: Any, error: BaseException) -> PluginInfo:
    folder = str(getattr(distribution, "_path", distribution))
    problem = Problem(folder, folder, "discovery", describe(error), error)
    return PluginInfo(folder, folder, "", "broken", (), (problem,))


def _in(item: _Found, group: str) -> bool:
    return bool(item.entry_point.group == group)


def _load(item: _Found, group: str, settings: Settings) -> LoadedPlugin | PluginInfo:
    name, point = item.entry_point.name, item.entry_point
    if settings.disables(name, item.distribution):
        return PluginInfo(name, item.distribution, item.version, "disabled")
    if not _in(item, group):
        text = f"is written for {point.group}, this version of the kernel has {group}"
        problem = Problem(name, item.distribution, "discovery", text)
        return PluginInfo(name, item.distribution, item.version, "incompatible", (), (problem,))
    plugin, error = attempt(point.load)
    if error is not None:
        problem = Problem(name, item.distribution, "import", describe(error), error)
        return PluginInfo(name, item.distribution, item.version, "broken", (), (problem,))
    return LoadedPlugin(name, item.distribution, item.version, plugin)
