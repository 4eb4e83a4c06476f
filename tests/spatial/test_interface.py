"""The interface of `iodkit.spatial` is the one that was agreed: no name or default drifts."""

import difflib
from pathlib import Path

import iodkit.spatial
from signatures import interface

# A change that is meant goes into the changelog, and into this file with
# PYTHONPATH=tests/support python tests/spatial/test_interface.py
AGREED = Path(__file__).with_name("interface.txt")


def test_names_parameters_order_and_defaults_are_those_agreed():
    agreed = AGREED.read_text(encoding="utf-8").splitlines()
    found = interface(iodkit.spatial)
    drift = [
        line
        for line in difflib.unified_diff(agreed, found, "agreed", "found", n=0, lineterm="")
        if not line.startswith("@@")
    ]
    assert not drift, "\n".join(drift)
    assert found == agreed


def test_drift_would_be_seen(monkeypatch):
    before = interface(iodkit.spatial)

    def tile_pixel_matrix(rows, columns):
        return rows, columns

    def changed(self, axes=(0, 1)):
        return self, axes

    with monkeypatch.context() as patched:
        patched.setattr(iodkit.spatial, "tile_pixel_matrix", tile_pixel_matrix)
        assert set(before) - set(interface(iodkit.spatial)) == {
            line for line in before if line.startswith("tile_pixel_matrix(")
        }
    monkeypatch.setattr(iodkit.spatial.Volume, "random_flip_spatial", changed)
    assert set(interface(iodkit.spatial)) - set(before) == {
        "Volume.random_flip_spatial(self, axes=(0, 1))"
    }


if __name__ == "__main__":
    AGREED.write_text("\n".join(interface(iodkit.spatial)) + "\n", encoding="utf-8")
