"""Run the unit tests on several Pythons and pydicoms, each pair in its own environment."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
NEWEST = "newest"
PYDICOMS = ("3.0.1", NEWEST)
PYDICOM_RANGE = "pydicom>=3.0.1,<4"
SELECTION = "not referee and not environment"


@dataclass(frozen=True, slots=True)
class Cell:
    """One Python with one pydicom, written ``3.12:3.0.1`` or ``3.12:newest``."""

    python: str
    pydicom: str

    @classmethod
    def parse(cls, text: str) -> Cell:
        """Read a cell as written on the command line."""
        match = re.fullmatch(r"(\d+\.\d+):(\d+\.\d+\.\d+|newest)", text)
        if match is None:
            raise argparse.ArgumentTypeError(f"{text!r} is not of the form 3.12:3.0.1")
        return cls(match[1], match[2])

    @property
    def requirement(self) -> str:
        """What to ask of the installer."""
        return PYDICOM_RANGE if self.pydicom == NEWEST else f"pydicom=={self.pydicom}"

    @property
    def folder(self) -> Path:
        """The environment of this cell."""
        return ROOT / ".envs" / f"python{self.python}-pydicom-{self.pydicom}"

    def __str__(self) -> str:
        return f"Python {self.python}, pydicom {self.pydicom}"


def uv(
    *arguments: str, env: dict[str, str] | None = None, stderr: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the workspace's uv and return what it said on standard output."""
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "bootstrap.py"), *arguments],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=False,
    )


def pyenv_interpreter(python: str, root: Path) -> Path | None:
    """Find the newest ``python`` (such as 3.12) among pyenv's versions below `root`."""
    found = []
    for folder in root.glob(f"versions/{python}.*"):
        patch = folder.name.removeprefix(f"{python}.")
        executable = folder / "bin" / "python"
        if patch.isdigit() and executable.exists():
            found.append((int(patch), executable))
    return max(found)[1] if found else None


def find_interpreter(python: str) -> str | None:
    """Return the path of an interpreter of this version on this machine, or None."""
    search = ("python", "find", "--no-python-downloads", "--no-project", "--quiet")
    # pyenv's stand-ins complain at length about versions that are there but not switched on.
    result = uv(*search, "--system", python, stderr=subprocess.DEVNULL)
    if result.returncode == 0 and result.stdout.strip():
        return result.stdout.strip()
    pyenv = pyenv_interpreter(python, Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")))
    return None if pyenv is None else str(pyenv)


def prepare(cell: Cell, interpreter: str) -> int:
    """Make the environment as locked, then put the cell's pydicom into it."""
    status = uv(
        *("sync", "--quiet", "--frozen", "--inexact", "--all-packages", "--no-default-groups"),
        *("--group", "test", "--no-install-package", "pydicom", "--python", interpreter),
        env={"UV_PROJECT_ENVIRONMENT": str(cell.folder)},
    ).returncode
    if status:
        return status
    install = ("pip", "install", "--quiet", "--python", str(cell.folder), "--upgrade-package")
    return uv(*install, "pydicom", cell.requirement).returncode


def test(cell: Cell, arguments: list[str]) -> int:
    """Run the tests in the cell's environment."""
    command = [str(cell.folder / "bin" / "python"), "-m", "pytest", "-q", "-m", SELECTION]
    command += ["-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider", *arguments]
    env = dict(os.environ)
    for name in ("IODKIT_REQUIRE_REFEREES", "VIRTUAL_ENV"):
        env.pop(name, None)
    result = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    return result.returncode


def run(cell: Cell, arguments: list[str]) -> str:
    """Run one cell and return the word for the summary."""
    interpreter = find_interpreter(cell.python)
    if interpreter is None:
        return "skipped: no such Python here"
    print(f"\n=== {cell} ({interpreter})", flush=True)
    if prepare(cell, interpreter):
        return "FAILED: the environment could not be made"
    return "FAILED" if test(cell, arguments) else "ok"


def main(arguments: list[str] | None = None) -> int:
    """Run the cells given, or all, and sum up; the exit status is 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", nargs="*", type=Cell.parse, metavar="3.12:3.0.1")
    parser.add_argument("--tests", nargs="*", default=[], help="folders, instead of all tests")
    options = parser.parse_args(arguments)
    every = [Cell(python, pydicom) for python in PYTHONS for pydicom in PYDICOMS]
    verdicts = {cell: run(cell, options.tests) for cell in options.cells or every}
    print("\n=== matrix")
    for cell, verdict in verdicts.items():
        print(f"{cell}: {verdict}")
    if all(verdict.startswith("skipped") for verdict in verdicts.values()):
        return 1
    return 1 if any(verdict.startswith("FAILED") for verdict in verdicts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
