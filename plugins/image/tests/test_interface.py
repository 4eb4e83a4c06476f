"""The public interface: all that was published under these names, and no change by accident."""

from pathlib import Path

import pytest

import iodkit_image
from interfaces import conflicts, interface_of, line_of

FOLDER = Path(__file__).parent / "interface"
PUBLISHED = (FOLDER / "published.txt").read_text(encoding="utf-8").splitlines()
SWITCHES = [line for line in (FOLDER / "ours.txt").read_text().splitlines() if "apply_icc" in line]


@pytest.mark.parametrize("line", PUBLISHED, ids=lambda line: line.split("(")[0])
def test_what_is_published_is_taken(line):
    assert conflicts(line, line_of(iodkit_image, line.split("(", maxsplit=1)[0])) == []


def test_changes_are_made_on_purpose():
    committed = (FOLDER / "ours.txt").read_text(encoding="utf-8").splitlines()
    assert interface_of(iodkit_image) == committed, (
        "python tests/support/interfaces.py iodkit_image > plugins/image/tests/interface/ours.txt"
    )


@pytest.mark.parametrize("name", [line.split("(")[0] for line in SWITCHES])
def test_transformations_have_the_same_defaults_everywhere(name):
    usual = line_of(iodkit_image, "Image.get_frame")
    switches = usual[usual.index("dtype=") : usual.index(")", usual.index("apply_icc"))]
    assert switches in line_of(iodkit_image, name)


@pytest.mark.parametrize(
    ("published", "ours", "expected"),
    [
        ("f(a, b=1)", "f(a, b=1, *, c=2)", []),
        ("f(a, b=1)", "f(a)", ["no b"]),
        ("f(a, b=1)", "f(a, b=2)", ["b is 2 by default, not 1"]),
        ("f(a, b=1)", "f(a, *, b=1)", ["b is not taken by position"]),
        ("f(a, b)", "f(b, a)", ["a has another place", "b has another place"]),
        ("f(a)", "f(a, *, b)", ["b is needed"]),
        ("f(a, *, b=1)", "f(a, b=1)", []),
        ("a", "a()", ["a method instead of an attribute"]),
    ],
)
def test_conflicts_are_found(published, ours, expected):
    assert conflicts(published, ours) == expected
