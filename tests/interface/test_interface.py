"""The public interfaces: all that was published under these names, and no change by accident."""

import importlib
import os
from pathlib import Path

import pytest

from interface import conflicts, interface_of, line_of

FOLDER = Path(__file__).parent
MODULES = (
    "iodkit",
    "iodkit.coding",
    "iodkit.content",
    "iodkit.spatial",
    "iodkit_image",
    "iodkit_ko",
    "iodkit_seg",
    "iodkit_sr",
)
UPDATE = "IODKIT_UPDATE_INTERFACE"
# What differs on purpose is said in docs/coming-from-highdicom.md.
INTENDED = {"Comprehensive3DSR.__init__": ["contributing_equipment has another place"]}


@pytest.mark.parametrize("name", MODULES)
def test_changes_are_made_on_purpose(name):
    listing = FOLDER / "ours" / f"{name}.txt"
    found = interface_of(importlib.import_module(name))
    if os.environ.get(UPDATE) == "1":
        listing.write_text("\n".join(found) + "\n", "utf-8")
    listed = listing.read_text("utf-8").splitlines()
    gone = [f"gone: {line}" for line in listed if line not in found]
    new = [f"new: {line}" for line in found if line not in listed]
    assert found == listed, f"{UPDATE}=1 writes it down anew\n" + "\n".join(gone + new)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_published_is_taken(name):
    module = importlib.import_module(name)
    published = (FOLDER / "published" / f"{name}.txt").read_text("utf-8").splitlines()
    assert published
    found = {}
    for line in published:
        which = line.split("(", maxsplit=1)[0].split(" = ")[0]
        differences = conflicts(line, line_of(module, which))
        if differences != INTENDED.get(which, []):
            found[which] = differences
    assert not found, found


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        ("f(a, b=1)", "f(a, b=1, *, c=2)", []),
        ("f(a, b)", "f(a, b=None)", []),
        ("f(a, b=1)", "f(a)", ["no b"]),
        ("f(a, b=1)", "f(a, b=2)", ["b is 2 by default, not 1"]),
        ("f(a, b=1)", "f(a, *, b=1)", ["b is not taken by position"]),
        ("f(a, b)", "f(b, a)", ["a has another place", "b has another place"]),
        ("f(a)", "f(a, *, b)", ["b is needed"]),
        ("f(a, *, b=1)", "f(a, b=1)", []),
        ("a", "a()", ["it is a()"]),
        ("A.B = 'b'", "A.B = 'c'", ["it is A.B = 'c'"]),
    ],
)
def test_conflicts_are_found(theirs, ours, expected):
    assert conflicts(theirs, ours) == expected


def test_transformations_have_the_same_defaults_everywhere():
    lines = interface_of(importlib.import_module("iodkit_image"))
    first = next(line for line in lines if line.startswith("Image.get_frame("))
    switches = first[first.index("dtype=") : first.index(")", first.index("apply_icc_profile"))]
    having = [line for line in lines if "apply_icc_profile" in line]
    assert len(having) >= 7
    assert all(switches in line for line in having)


def test_drift_would_be_seen(monkeypatch):
    import iodkit.spatial

    before = set(interface_of(iodkit.spatial))

    def changed(self, axes=(0, 1)):
        return self, axes

    monkeypatch.setattr(iodkit.spatial.Volume, "random_flip_spatial", changed)
    assert set(interface_of(iodkit.spatial)) - before == {
        "Volume.random_flip_spatial(self, axes=(0, 1))"
    }
