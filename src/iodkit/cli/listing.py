"""``iodkit plugins``: what is installed, and what is wrong with it."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

from iodkit.errors import PluginWarning
from iodkit.registry import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.registry import PluginInfo, Problem

__all__ = ["list_plugins", "version"]

_HEADER = ("plugin", "distribution", "version", "state", "IODs")
_SHOWN = 3


def version() -> str:
    """Read the kernel's version from its metadata.

    Returns
    -------
    str
        For example ``"0.1.0"``.
    """
    return importlib.metadata.version("iodkit")


def list_plugins(*, as_json: bool = False) -> int:
    """Print the plugins to standard output.

    Parameters
    ----------
    as_json : bool, optional
        Print JSON with all SOP classes instead of a table.

    Returns
    -------
    int
        1 if there are problems, else 0.
    """
    with warnings.catch_warnings():
        # They are listed; saying them twice helps nobody.
        warnings.simplefilter("ignore", PluginWarning)
        plugins, problems = registry.plugins(), registry.problems()
    if as_json:
        print(json.dumps(_to_json(plugins, problems), indent=2))
    else:
        _print_table(plugins)
        for problem in problems:
            print(f"problem: {problem}")
    return 1 if problems else 0


def _to_json(plugins: Sequence[PluginInfo], problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "iodkit": version(),
        "plugins": [
            {
                "name": info.name,
                "distribution": info.distribution or None,
                "version": info.version or None,
                "state": info.state,
                "iods": [
                    {
                        "sop_class_uid": entry.sop_class_uid,
                        "keyword": entry.keyword,
                        "name": entry.name,
                        "family": entry.family,
                        "implementation": entry.implementation,
                    }
                    for entry in info.iods
                ],
                "problems": [_problem_to_json(problem) for problem in info.problems],
            }
            for info in plugins
        ],
        "problems": [_problem_to_json(problem) for problem in problems],
    }


def _problem_to_json(problem: Problem) -> dict[str, str | None]:
    return {
        "plugin": problem.plugin,
        "distribution": problem.distribution or None,
        "stage": problem.stage,
        "error": problem.error,
    }


def _row(info: PluginInfo) -> tuple[str, ...]:
    keywords = [entry.keyword for entry in info.iods]
    shown = ", ".join(keywords[:_SHOWN])
    if len(keywords) > _SHOWN:
        shown += f" and {len(keywords) - _SHOWN} more"
    return (info.name, info.distribution or "-", info.version or "-", info.state, shown or "-")


def _print_table(plugins: Sequence[PluginInfo]) -> None:
    if not plugins:
        print("No plugins are installed.")
        return
    rows = [_row(info) for info in plugins]
    if sys.stdout.isatty() and _print_rich(rows):
        return
    widths = [max(len(row[i]) for row in (_HEADER, *rows)) for i in range(len(_HEADER))]
    for row in (_HEADER, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _print_rich(rows: Sequence[tuple[str, ...]]) -> bool:
    """Print with rich, which is an extra; False if it is not installed."""
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        return False
    table = Table(*_HEADER)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
    return True
