"""Write the list of rules at the end of ``docs/validation.md`` from their records."""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path

from iodkit.registry import RuleEntry, registry
from iodkit.registry.references import load_reference
from iodkit.validation.catalogue import RULES
from iodkit.validation.profiles import PROFILES
from iodkit.validation.tables import CODES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "validation.md"
COMMAND = "python tools/rules_page.py"
MARK = "## The rules\n"


def families() -> list[RuleEntry]:
    """Return the rules of the installed families, each once."""
    found = [rule for entry in registry.entries() for rule in registry.rules(entry.sop_class_uid)]
    return list(dict.fromkeys(found))


def table(rules: list[RuleEntry]) -> str:
    """Write the records as a table; the first sentence of each function says what it finds."""
    lines = ["| code | severity | finds | clause |", "|---|---|---|---|"]
    for rule in rules:
        text = (inspect.getdoc(load_reference(rule.reference)) or "").splitlines()[0]
        says = text.removesuffix(".").removeprefix("Find ")
        lines.append(f"| `{rule.code}` | {rule.severity} | {says} | {rule.clause} |")
    return "\n".join(lines)


def codes_of_tables() -> str:
    """Write what the check against the tables can find."""
    lines = ["| code | severity | finds | clause |", "|---|---|---|---|"]
    lines += [f"| `{c.code}` | {c.severity} | {c.finds} | {c.clause} |" for c in CODES.values()]
    return "\n".join(lines)


def page() -> str:
    """Return the whole page with a new list."""
    written = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    viewers = list(dict.fromkeys(rule for rules in PROFILES.values() for rule in rules))
    return (
        f"{written}{MARK}\nOf the tables of attributes:\n\n{codes_of_tables()}\n\n"
        f"Of any object:\n\n{table(list(RULES))}\n\n"
        f"Of the families:\n\n{table(families())}\n\n"
        f"Of viewers, by profile:\n\n{table(viewers)}\n"
    )


def main() -> int:
    """Write the page, or check that it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") != page():
        print(f"{PAGE} is not current: run {COMMAND}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
