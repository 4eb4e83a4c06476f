"""Checks of what importing a plugin loads, in a process of its own."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys

from iodkit.registry import GROUP, registry
from iodkit.testing.conformance.failures import ConformanceError
from iodkit.testing.conformance.registration import entry_of, plugin_of

__all__ = ["check_imports"]

_HEAVY = ("numpy", "pydicom")
_SCRIPT = """
import importlib, json, sys
uid, implementation, plugin = json.loads(sys.argv[1])
report = {}
if plugin:
    importlib.import_module(plugin)
    report["plugin"] = sorted(sys.modules)
    from iodkit.registry import registry
    report["found"] = registry.lookup(uid) is not None
    report["lookup"] = sorted(sys.modules)
for name in [name for name in sys.modules if name in json.loads(sys.argv[2])]:
    del sys.modules[name]
importlib.import_module(implementation.partition(":")[0])
report["implementation"] = sorted(sys.modules)
print(json.dumps(report))
"""


def check_imports(sop_class_uid: str) -> None:
    """Check what is loaded when a plugin is discovered, looked up, and used.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.

    Raises
    ------
    ConformanceError
        If importing the plugin's module, or looking the SOP class up, loads NumPy or pydicom (of
        a plugin that was registered by hand nothing is discovered, so this is not asked of it);
        or if the implementation loads a family that its distribution does not require.
    """
    entry = entry_of(sop_class_uid)
    info = plugin_of(entry)
    plugin = _plugin_module(info.name, info.distribution)
    package = _top(entry.implementation)
    others = {
        _top(each.implementation): each_info.distribution
        for each_info in registry.plugins()
        for each in each_info.iods
        if _top(each.implementation) != package
    }
    report = _run((sop_class_uid, entry.implementation, plugin), sorted(others))
    for stage, what in (("plugin", "importing the plugin"), ("lookup", "looking the class up")):
        heavy = [name for name in _HEAVY if name in report.get(stage, [])]
        if heavy:
            raise ConformanceError(
                f"{what} loads {' and '.join(heavy)}",
                found=plugin,
                remedy=f"Import inside functions; {package}/__init__.py has to be lazy (PEP 562).",
            )
    required = _required(info.distribution)
    foreign = {
        name
        for name in others
        if name in report["implementation"] and _normal(others[name]) not in required
    }
    if foreign:
        raise ConformanceError(
            f"importing {entry.implementation} loads families that it does not require",
            found=sorted(foreign),
            expected=f"families that {info.distribution or package} names as requirements",
        )


def _top(reference: str) -> str:
    return re.split(r"[.:]", reference, maxsplit=1)[0]


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _plugin_module(name: str, distribution: str) -> str | None:
    """Module that the plugin's entry point names; None for one that was registered by hand."""
    for point in importlib.metadata.entry_points(group=GROUP, name=name):
        owner = point.dist.name if point.dist is not None else ""
        if distribution and _normal(owner) == _normal(distribution):
            return point.module
    return None


def _required(distribution: str) -> frozenset[str]:
    """Distributions that a distribution needs, with what these need in turn."""
    found: set[str] = set()
    todo = [distribution] if distribution else []
    while todo:
        try:
            requirements = importlib.metadata.requires(todo.pop()) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        for requirement in requirements:
            match = re.match(r"[\w.-]+", requirement)
            if match and "extra ==" not in requirement and _normal(match[0]) not in found:
                found.add(_normal(match[0]))
                todo.append(match[0])
    return frozenset(found)


def _run(arguments: tuple[object, ...], others: list[str]) -> dict[str, list[str]]:
    path = os.pathsep.join(part for part in sys.path if part)
    command = [sys.executable, "-c", _SCRIPT, json.dumps(arguments), json.dumps(others)]
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        command,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ConformanceError(f"the plugin cannot be imported alone: {done.stderr.strip()[-800:]}")
    report = json.loads(done.stdout.splitlines()[-1])
    if report.pop("found", True) is False:
        raise ConformanceError("the SOP class is found in this process, but not in a fresh one")
    return {stage: list(names) for stage, names in report.items()}
