"""Functional group macros as data."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword

from iodkit.errors import InvalidValueError
from iodkit.frames import (
    FunctionalGroups,
    Macro,
    Placement,
    find_macro,
    known_macros,
    macros,
    register_macro,
)

DOCS = Path(__file__).parents[2] / "docs" / "frames.md"


def test_known_macros_are_in_the_data_dictionary() -> None:
    known = known_macros()
    assert len(known) > 80
    for macro in known:
        assert dictionary_VR(tag_for_keyword(macro.sequence)) == "SQ"
        assert macro.clause.startswith("PS3.3 C.")
        for field in macro.fields:
            assert field.path.startswith(f"{macro.sequence}.")
            assert field.vr
            assert field.vm


def test_fields() -> None:
    macro = find_macro("PlanePositionSequence")
    assert macro is not None
    assert macro.name == "Plane Position (Patient)"
    (field,) = macro.fields
    assert (field.vr, field.vm) == ("DS", "3")
    assert find_macro(0x00209111).placement is Placement.PER_FRAME
    assert find_macro("PatientName") is None
    nested = find_macro("DerivationImageSequence").fields
    assert any(f.path.endswith("SourceImageSequence.ReferencedSOPInstanceUID") for f in nested)


def test_register(monkeypatch) -> None:
    known = {**macros._macros()}
    monkeypatch.setattr(macros, "_macros", lambda: known)
    mine = Macro("00191101", "Mine", "vendor", ("StackID",), Placement.SHARED)
    register_macro(mine)
    assert find_macro(0x00191101) is mine
    groups = FunctionalGroups(2)
    groups.set("00191101.StackID", ["a", "b"])
    with pytest.raises(InvalidValueError, match="cannot be shared"):
        groups.encode()
    for bad in ("NoSuchSequence", "PatientName", "PlanePositionSequence.StackID"):
        with pytest.raises(InvalidValueError):
            register_macro(Macro(bad, "x", "x"))
    with pytest.raises(InvalidValueError):
        register_macro(Macro("PlanePositionSequence", "x", "x", ("Nonsense",)))


def test_examples_in_the_documentation() -> None:
    names: dict[str, object] = {}
    for block in DOCS.read_text().split("```python\n")[1:]:
        exec(block.split("```")[0], names)  # our own documentation
    assert "table" in names
