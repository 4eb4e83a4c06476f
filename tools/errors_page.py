"""Write ``docs/errors.md``, the table of errors, from the classes of `iodkit.errors`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from iodkit import errors

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"
COMMAND = "python tools/errors_page.py"

HEAD = """\
# Errors

Everything that iodkit raises is an `iodkit.errors.IodkitError`, and at the same time the
built-in exception that Python users expect, so existing `except` clauses keep working:

```python
from iodkit.errors import InvalidValueError, IodkitError

try:
    raise InvalidValueError(
        "Not an allowed value",
        attribute="SegmentationType",
        found="BINRAY",
        expected="BINARY, FRACTIONAL or LABELMAP",
        clause="PS3.3 C.8.20.2",
    )
except ValueError as error:
    assert isinstance(error, IodkitError)
    assert error.code == "invalid-value"
    assert error.attribute == "SegmentationType"
    assert "BINRAY" in str(error)
```

Besides the message, an error carries what is known: `attribute` (keyword or path of the
attribute, or name of the parameter), `found`, `expected`, `clause` (of the standard) and
`remedy`. The `code` is stable, for programs and logs.

"""


def error_classes() -> list[type[errors.IodkitError]]:
    """Return the public error classes, bases before what derives from them."""
    found = [getattr(errors, name) for name in errors.__all__]
    chosen = [c for c in found if issubclass(c, errors.IodkitError)]
    order = {name: place for place, name in enumerate(vars(errors))}
    return sorted(chosen, key=lambda c: order[c.__name__])


def warning_classes() -> list[type[Warning]]:
    """Return the public warning classes."""
    found = [getattr(errors, name) for name in errors.__all__]
    return [c for c in found if issubclass(c, Warning)]


def builtin_base(cls: type[BaseException]) -> str:
    """Name the built-in exceptions that the class is an instance of, the nearest ones only."""
    builtin = [c for c in cls.__mro__ if c.__module__ == "builtins" and c is not object]
    nearest = [c for c in builtin if not any(o is not c and issubclass(o, c) for o in builtin)]
    return ", ".join(f"`{c.__name__}`" for c in nearest)


def situation(cls: type[BaseException]) -> str:
    """Return the first line of the class's docstring."""
    return (cls.__doc__ or "").strip().splitlines()[0]


def render() -> str:
    """Return the text of the page."""
    lines = [*_row("situation", "class", "code", "built-in base"), "|---|---|---|---|"]
    for cls in error_classes():
        lines += _row(situation(cls), f"`{cls.__name__}`", f"`{cls.code}`", builtin_base(cls))
    lines += ["", "## Warnings", ""]
    lines += [*_row("situation", "class", "built-in base"), "|---|---|---|"]
    for warning in warning_classes():
        lines += _row(situation(warning), f"`{warning.__name__}`", builtin_base(warning))
    return HEAD + "\n".join(lines) + "\n"


def _row(*cells: str) -> list[str]:
    return [f"| {' | '.join(cells)} |"]


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or only compare it with ``--check``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    text = render()
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"docs/errors.md is out of date: run {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
