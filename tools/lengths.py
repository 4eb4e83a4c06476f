"""Measure modules and functions, and fail for those that are longer than the workspace allows."""

from __future__ import annotations

import argparse
import ast
import sys
from dataclasses import dataclass
from pathlib import Path

MODULE_LIMIT = 600
FUNCTION_LIMIT = 60
SHOWN = 10
ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "plugins", "tools", "benchmarks", "examples", "tests/support")


@dataclass(frozen=True, slots=True)
class Measured:
    """A module or function, and its length in lines."""

    where: str
    lines: int


def measure(path: Path, name: str) -> tuple[Measured, list[Measured]]:
    """Measure one file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How to call it in the result.

    Returns
    -------
    tuple
        The module, and its functions and methods with ``name:line qualified_name``.
        What counts of a function is its body without the docstring: explanations are no
        fault, and the parameters of constructors are given by the published interface.
    """
    source = path.read_text(encoding="utf-8")
    functions: list[Measured] = []
    _collect(ast.parse(source, filename=str(path)), name, "", functions)
    return Measured(name, len(source.splitlines())), functions


def _collect(node: ast.AST, name: str, prefix: str, found: list[Measured]) -> None:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.ClassDef):
            inner = f"{prefix}{child.name}."
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(Measured(f"{name}:{child.lineno} {prefix}{child.name}", _length(child)))
            inner = f"{prefix}{child.name}."
        _collect(child, name, inner, found)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    documented = ast.get_docstring(function, clean=False) is not None
    body = function.body[1:] if documented else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def sources(root: Path) -> list[Path]:
    """Return the Python files that are measured, sorted."""
    found: list[Path] = []
    for folder in FOLDERS:
        found += (root / folder).rglob("*.py")
    return sorted(p for p in found if not {".venv", "build", "dist"} & set(p.parts))


def report(title: str, measured: list[Measured], limit: int, shown: int) -> list[Measured]:
    """Print the longest, and return those over the limit."""
    ranked = sorted(measured, key=lambda m: (-m.lines, m.where))
    if shown:
        print(f"{title} (limit {limit} lines):")
        for item in ranked[:shown]:
            mark = "  TOO LONG" if item.lines > limit else ""
            print(f"  {item.lines:5d}  {item.where}{mark}")
    return [m for m in ranked if m.lines > limit]


def main(arguments: list[str] | None = None) -> int:
    """Measure the workspace; the exit status is 1 when something is too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--shown", type=int, default=SHOWN, help="how many of each to print")
    options = parser.parse_args(arguments)
    modules: list[Measured] = []
    functions: list[Measured] = []
    for path in sources(options.root):
        module, inside = measure(path, str(path.relative_to(options.root)))
        modules.append(module)
        functions += inside
    long = report("Longest modules", modules, MODULE_LIMIT, options.shown)
    long += report("Longest function bodies", functions, FUNCTION_LIMIT, options.shown)
    for item in long:
        print(f"too long: {item.where} has {item.lines} lines", file=sys.stderr)
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())
