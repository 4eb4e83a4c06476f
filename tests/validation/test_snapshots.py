"""Reports on pydicom's own test files are those that were reviewed.

To renew the snapshot after a review: ``python tests/validation/test_snapshots.py``.  Why errors
are true that dciodvfy does not share stands in ``snapshots/reviewed.toml``.
"""

from __future__ import annotations

from pathlib import Path

import pydicom

import iodkit as ik

SNAPSHOT = Path(__file__).parent / "snapshots" / "pydicom.txt"
FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"


def describe(path):
    try:
        report = ik.validate(path).filter(at_least="warning")
    except ik.IodkitError as error:
        return [f"{path.name}: {type(error).__name__}"]
    return [f"{path.name}: {f.severity} {f.code} {f.path}: {f.says}" for f in report]


def lines():
    return [line for path in sorted(FOLDER.glob("*.dcm")) for line in describe(path)]


def test_reports_are_the_reviewed_ones():
    reviewed = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    assert len(reviewed) > 20
    assert lines() == reviewed


if __name__ == "__main__":
    SNAPSHOT.parent.mkdir(exist_ok=True)
    SNAPSHOT.write_text("\n".join(lines()) + "\n", encoding="utf-8")
