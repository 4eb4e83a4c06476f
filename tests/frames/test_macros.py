"""Functional group macros as data."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword

from iodkit.errors import InvalidValueError, PluginConflictError, PluginError
from iodkit.frames import (
    FrameTable,
    FunctionalGroups,
    Macro,
    Placement,
    find_macro,
    known_macros,
    macro_catalogue,
    register_macro,
)
from iodkit.registry import MacroEntry, Registry, hookimpl
from referees import library


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


def test_the_macros_of_the_standard_are_there() -> None:
    """One of each clause that has macros, with what makes it special."""
    for sequence, many in (
        ("CameraPositionGroupSequence", False),
        ("FunctionalMRSequence", False),
        ("MRReceiveCoilSequence", True),
        ("MultienergyCTProcessingSequence", True),
        ("BiopsyTargetSequence", True),
        ("XRayGridSequence", False),
        ("RealWorldValueMappingSequence", True),
    ):
        macro = find_macro(sequence)
        assert macro is not None, sequence
        assert macro.many_items is many
    assert find_macro("CTAdditionalXRaySourceSequence").placement is Placement.SHARED


# That table lists attributes of the grid beside its sequence, where they are inside of it.
_MISPLACED = frozenset(
    f"Grid{name}"
    for name in (
        "ID",
        "AbsorbingMaterial",
        "SpacingMaterial",
        "Thickness",
        "Pitch",
        "AspectRatio",
        "Period",
        "FocalDistance",
    )
)


@pytest.mark.referee
def test_no_macro_of_a_newer_edition_is_missing() -> None:
    """The tables of attributes that highdicom carries as data know no group that we do not."""
    folder = Path(library("highdicom", "highdicom").__file__).parent / "_standard"
    modules = json.loads((folder / "module_attribute_map.json").read_text())
    groups: dict[str, set[str]] = {}
    for name, attributes in modules.items():
        if not name.endswith("multi-frame-functional-groups"):
            continue
        for attribute in attributes:
            where, *inside = attribute["path"] or [""]
            if where not in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
                continue
            if not inside:
                groups.setdefault(attribute["keyword"], set())
            elif len(inside) == 1:
                groups.setdefault(inside[0], set()).add(attribute["keyword"])
    assert len(groups) > 100
    for sequence in groups.keys() - _MISPLACED:
        macro = find_macro(sequence)
        assert macro is not None, sequence
        known = {path.split(".")[0] for path in macro.attributes}
        assert not groups[sequence] - known, sequence


@pytest.fixture
def by_hand(monkeypatch):
    monkeypatch.setattr(macro_catalogue, "_BY_HAND", {})


@pytest.mark.usefixtures("by_hand")
def test_register() -> None:
    mine = Macro("00191101", "Mine", "vendor", ("StackID",), Placement.SHARED)
    register_macro(mine)
    assert find_macro(0x00191101) is mine
    assert mine in known_macros()
    groups = FunctionalGroups(2)
    groups.set("00191101.StackID", ["a", "b"])
    with pytest.raises(InvalidValueError, match="cannot be shared"):
        groups.encode()


@pytest.mark.parametrize(
    ("sequence", "attributes"),
    [
        ("NoSuchSequence", ()),
        ("PatientName", ()),
        ("PlanePositionSequence.StackID", ()),
        ("PlanePositionSequence", ("Nonsense",)),
        ("00191101", ("00191110:XX",)),
    ],
)
def test_wrong_macros(sequence, attributes) -> None:
    with pytest.raises(InvalidValueError):
        Macro(sequence, "x", "x", attributes)


DOSE = Macro("00191101", "Dose", "vendor", ("00191110:DS", "StackID"), Placement.PER_FRAME)
LIMIT = Macro("00191102", "Limit", "vendor", ("00191111:FD",))
CALLS: list[str] = []


def vendor_macros() -> list[Macro]:
    CALLS.append("vendor")
    return [DOSE, LIMIT]


def other_macros() -> list[Macro]:
    return [Macro("00191101", "Other dose", "other vendor")]


def no_macros() -> list[str]:
    return ["00191101"]


class Plugin:
    def __init__(self, reference: str, *sequences: str) -> None:
        self.entries = [MacroEntry(sequence, reference) for sequence in sequences]

    @hookimpl
    def iodkit_register_macros(self) -> list[MacroEntry]:
        return self.entries


@pytest.fixture
def plugins(monkeypatch):
    """A registry without plugins, and this module as one of theirs."""
    made = Registry("test.none.v1")
    monkeypatch.setattr(macro_catalogue, "registry", made)
    monkeypatch.setattr(macro_catalogue, "_LOADED", {})
    monkeypatch.setitem(sys.modules, "vendor_of_macros", sys.modules[__name__])
    CALLS.clear()
    return made


def test_macros_of_plugins(plugins) -> None:
    """A private group: its place and the VR of its attributes come from the plugin's macro."""
    plugins.register(Plugin("vendor_of_macros:vendor_macros", "00191101", "00191102"), "vendor")
    assert find_macro("PixelMeasuresSequence").name == "Pixel Measures"
    assert CALLS == []
    groups = FunctionalGroups(3)
    groups.set("00191101.00191110", [1.5, 1.5, 1.5])
    groups.set("00191102.00191111", [2.0, 2.0, 2.0])
    with pytest.raises(InvalidValueError, match="has to be per_frame"):
        groups.place("00191101", "shared")
    for implicit_vr in (False, True):
        ds = Dataset()
        groups.attach(ds, implicit_vr=implicit_vr)
        table = FrameTable.from_dataset(ds)
        assert table.column("00191101.00191110").array(1).tolist() == [1.5, 1.5, 1.5]
        dose, limit = table.column("00191101.00191110"), table.column("00191102.00191111")
        assert (dose.shared, limit.shared) == (False, True)
        assert limit.vr == "FD"
    assert len(CALLS) == 2  # once per record
    assert {DOSE, LIMIT} <= set(known_macros())


def test_plugins_that_contradict_each_other(plugins, by_hand) -> None:
    plugins.register(Plugin("vendor_of_macros:vendor_macros", "00191101"), "vendor")
    plugins.register(Plugin("vendor_of_macros:other_macros", "00191101"), "other")
    with pytest.raises(PluginConflictError, match=r"other_macros and .*vendor_macros"):
        find_macro("00191101")
    assert find_macro("PixelMeasuresSequence") is not None
    register_macro(DOSE)
    assert find_macro("00191101") is DOSE


@pytest.mark.parametrize("name", ["no_macros", "nothing_there"])
def test_plugins_without_the_macro_that_they_name(plugins, name) -> None:
    plugins.register(Plugin(f"vendor_of_macros:{name}", "00191101"), "vendor")
    with pytest.raises(PluginError, match=name):
        find_macro("00191101")


def test_private_attributes_that_no_macro_tells_of(plugins) -> None:
    groups = FunctionalGroups(1)
    with pytest.raises(InvalidValueError, match="cannot be set as a column"):
        groups.set("00191101.00191110", [1.5])
