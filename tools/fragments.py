"""Check the changelog fragments in ``changes/``: names, kinds and contents."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# "+name.kind.md" stands alone, "123.kind.md" belongs to an issue.
NAME = re.compile(r"(?:\+[a-z0-9-]+|\d+)\.(?P<kind>[a-z]+)\.md")


def problems(folder: Path, kinds: set[str]) -> list[str]:
    """Return what is wrong with the fragments of a folder, one line each."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name in {"README.md", ".gitkeep"}:
            continue
        match = NAME.fullmatch(path.name)
        if match is None:
            found.append(f"{path.name}: not of the form +name.kind.md or number.kind.md")
        elif match["kind"] not in kinds:
            found.append(f"{path.name}: {match['kind']} is none of {', '.join(sorted(kinds))}")
        elif not path.read_text(encoding="utf-8").strip():
            found.append(f"{path.name}: empty")
    return found


def main() -> int:
    """Check the workspace's fragments; the exit status is 1 when one is wrong."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    settings = configuration["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in settings["type"]}
    found = problems(ROOT / settings["directory"], kinds)
    for line in found:
        print(f"{settings['directory']}/{line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
