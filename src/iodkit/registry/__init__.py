"""The registry of IOD families: what is installed, found through entry points, imported on use.

The functions of this package are those of `registry`, the registry of this process.
"""

from iodkit.registry.core import Registry, registry
from iodkit.registry.hooks import hookimpl
from iodkit.registry.lifecycle import GROUP
from iodkit.registry.loader import Discovery, LoadedPlugin, load_group
from iodkit.registry.records import (
    CommandEntry,
    ConformanceEntry,
    ExportEntry,
    IODEntry,
    MacroEntry,
    ModuleEntry,
    RuleEntry,
    Severity,
    SummaryEntry,
)
from iodkit.registry.references import load_reference, read_resource
from iodkit.registry.settings import Settings
from iodkit.registry.states import PluginInfo, PluginState, Problem

__all__ = [
    "GROUP",
    "CommandEntry",
    "ConformanceEntry",
    "Discovery",
    "ExportEntry",
    "IODEntry",
    "LoadedPlugin",
    "MacroEntry",
    "ModuleEntry",
    "PluginInfo",
    "PluginState",
    "Problem",
    "Registry",
    "RuleEntry",
    "Settings",
    "Severity",
    "SummaryEntry",
    "commands",
    "conformance",
    "entries",
    "exports",
    "families",
    "hookimpl",
    "implementation",
    "load",
    "load_group",
    "load_reference",
    "lookup",
    "lookup_keyword",
    "macros",
    "module",
    "modules",
    "plugins",
    "prefer",
    "problems",
    "read_resource",
    "refresh",
    "register",
    "registry",
    "resolve",
    "rules",
    "summaries",
    "unregister",
]

commands = registry.commands
conformance = registry.conformance
entries = registry.entries
families = registry.families
implementation = registry.implementation
load = registry.load
lookup = registry.lookup
lookup_keyword = registry.lookup_keyword
macros = registry.macros
module = registry.module
modules = registry.modules
plugins = registry.plugins
prefer = registry.prefer
problems = registry.problems
refresh = registry.refresh
register = registry.register
resolve = registry.resolve
rules = registry.rules
summaries = registry.summaries
exports = registry.exports
unregister = registry.unregister
