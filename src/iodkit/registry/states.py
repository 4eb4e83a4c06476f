"""What the registry says of plugins: their state, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from iodkit.registry.records import IODEntry

__all__ = ["PluginInfo", "PluginState", "Problem", "Stage"]

Stage = Literal["discovery", "import", "register", "hook", "records", "conflict", "resolve", "load"]
"""When a problem showed: from finding the plugin to loading what its records refer to."""

PluginState = Literal["active", "degraded", "broken", "disabled", "incompatible"]
"""All works; some records were left out; nothing works; switched off; for another API version."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a plugin.

    Parameters
    ----------
    plugin : str
        Name of its entry point, or the name that it was registered under.
    distribution : str
        The distribution that it comes from; empty if it was registered by hand.
    stage : str
        When the problem showed, one of `Stage`.
    error : str
        What happened.
    cause : BaseException, optional
        The exception behind it.
    """

    plugin: str
    distribution: str
    stage: Stage
    error: str
    cause: BaseException | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        origin = f" of {self.distribution}" if self.distribution else ""
        return f"plugin {self.plugin!r}{origin}, {self.stage}: {self.error}"


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin as the registry sees it.

    Parameters
    ----------
    name : str
        Name of its entry point, or the name that it was registered under.
    distribution : str
        The distribution that it comes from; empty if it was registered by hand.
    version : str
        Version of that distribution.
    state : str
        One of `PluginState`.
    iods : tuple of IODEntry
        The SOP classes that it claims.
    problems : tuple of Problem
        What is wrong with it.
    """

    name: str
    distribution: str
    version: str
    state: PluginState
    iods: tuple[IODEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
