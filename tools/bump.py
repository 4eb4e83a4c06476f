"""Set the version of every distribution of the workspace, and the pins between them, in step."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The release numbers that PEP 440 writes without an epoch or a local part.
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(?:a|b|rc)\d+)?(?:\.dev\d+)?")
OWN_VERSION = re.compile(r'(?m)^version = "[^"]+"$')
PIN = re.compile(r'"(iodkit(?:-[a-z]+)?(?:\[[a-z,]+\])?)>=[^",]+,<[^",]+"')


class BumpError(Exception):
    """The version, or a file of the workspace, is not of the form that can be bumped."""


def pin_range(version: str) -> str:
    """Return the range in which distributions of this version work together.

    Parameters
    ----------
    version : str
        Version such as ``"0.2.0"`` or ``"1.0.0rc1"``.

    Returns
    -------
    str
        ``">=X.Y,<X+1"``, or ``">=X.Y.Zrc1,<X+1"`` where X.Y would leave a pre-release out.

    Raises
    ------
    BumpError
        If it is no version of three numbers.
    """
    match = VERSION.fullmatch(version)
    if match is None:
        raise BumpError(f"{version!r} is no version such as 1.2.3, 1.2.3rc1 or 1.2.3.dev1")
    major, minor, patch = match.group(1, 2, 3)
    released = version == f"{major}.{minor}.{patch}"
    lower = f"{major}.{minor}" if released else version
    return f">={lower},<{int(major) + 1}"


def bump_pyproject(text: str, version: str) -> str:
    """Return the text of a ``pyproject.toml`` with the version and the pins of ours set."""
    changed, count = OWN_VERSION.subn(f'version = "{version}"', text, count=1)
    if count != 1:
        raise BumpError("there is no static version")
    wanted = pin_range(version)
    changed = PIN.sub(lambda match: f'"{match.group(1)}{wanted}"', changed)
    if tomllib.loads(changed)["project"]["version"] != version:
        raise BumpError("the first version in the file is not the project's")
    return changed


def bump_citation(text: str, version: str, date: str) -> str:
    """Return the text of ``CITATION.cff`` with version and date of release set."""
    text = re.sub(r"(?m)^version: .*$", f"version: {version}", text)
    return re.sub(r"(?m)^date-released: .*$", f"date-released: {date}", text)


def bump(root: Path, version: str) -> list[Path]:
    """Set the version everywhere below `root`.

    All files are worked out before the first is written, so that a bad one leaves all alone.

    Parameters
    ----------
    root : Path
        Folder of the workspace.
    version : str
        The new version.

    Returns
    -------
    list of Path
        The files that changed.

    Raises
    ------
    BumpError
        If the version, or a file, is not of the form expected.
    """
    pin_range(version)
    changes: dict[Path, str] = {}
    for path in [root / "pyproject.toml", *sorted(root.glob("plugins/*/pyproject.toml"))]:
        try:
            changes[path] = bump_pyproject(path.read_text(encoding="utf-8"), version)
        except BumpError as error:
            raise BumpError(f"{path}: {error}") from error
    citation = root / "CITATION.cff"
    if citation.exists():
        today = datetime.now(UTC).date().isoformat()
        changes[citation] = bump_citation(citation.read_text(encoding="utf-8"), version, today)
    for path, text in changes.items():
        path.write_text(text, encoding="utf-8")
    return list(changes)


def main(arguments: list[str] | None = None) -> int:
    """Bump, and print what changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--root", type=Path, default=ROOT)
    options = parser.parse_args(arguments)
    try:
        changed = bump(options.root, options.version)
    except BumpError as error:
        print(f"bump: {error}", file=sys.stderr)
        return 2
    for path in changed:
        print(f"{path.relative_to(options.root)}: {options.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
