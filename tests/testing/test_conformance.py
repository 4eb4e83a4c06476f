"""The kit passes on our families, and each of its checks fails on a planted fault."""

import dataclasses
import sys
from pathlib import Path

import pytest

import iodkit as ik
from iodkit.dataset import SOPClass
from iodkit.registry import IODEntry, RuleEntry, hookimpl, registry
from iodkit.testing import kit as conformance
from iodkit.testing.kit import BadCall, ConformanceCase

UIDS = [
    "1.2.840.10008.5.1.4.1.1.66.4",
    "1.2.840.10008.5.1.4.1.1.66.7",
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.2.1",
    "1.2.840.10008.5.1.4.1.1.77.1.6",
]
CASES = [case for uid in UIDS for case in conformance.cases_of(uid)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
def test_our_families(case, check):
    check(case)


def test_every_registered_class_has_a_case():
    assert conformance.uncovered_sop_classes(UIDS) == []
    assert conformance.uncovered_sop_classes(UIDS[:2]) != []


def test_a_class_without_cases_is_said():
    with pytest.raises(ik.NotFoundError, match="iodkit_conformance_cases"):
        conformance.check_all("1.2.840.10008.5.1.4.1.1.104.1")


UID = "1.2.840.10008.5.1.4.1.1.104.3"


class Planted(SOPClass):
    """A class without a fault."""

    def __init__(self, title="Title", **kwargs):
        super().__init__(sop_class_uid=UID, modality="DOC", **kwargs)
        if not isinstance(title, str):
            raise ik.InvalidTypeError("wrong type", attribute="title", found=title)
        self.DocumentTitle = title


class Rewriting(Planted):
    """Reads another value than was written."""

    @classmethod
    def from_parsed(cls, parsed):
        made = super().from_parsed(parsed)
        made.DocumentTitle = "other"
        return made


class Forgetful(Planted):
    """Its copies lack an element."""

    def __deepcopy__(self, memo):
        twin = super().__deepcopy__(memo)
        del twin.DocumentTitle
        return twin


class Random(Planted):
    """Writes something else each time."""

    count = 0

    def __init__(self, title="Title"):
        super().__init__(title)
        Random.count += 1
        self.InstanceNumber = Random.count


class Plugin:
    """Registers one of the classes."""

    def __init__(self, name):
        self.name = name

    @hookimpl
    def iodkit_register_iods(self):
        return [
            IODEntry(
                UID,
                "EncapsulatedMTLStorage",
                family="planted",
                implementation=f"planted_faults:{self.name}",
            )
        ]

    @hookimpl
    def iodkit_validation_rules(self):
        return [RuleEntry("planted", "PS3.3", "error", "planted_faults:find_titles", (UID,))]


def find_titles(dataset):
    """A rule that finds a forbidden title."""
    return ["title"] if dataset.get("DocumentTitle") == "Forbidden" else []


@pytest.fixture
def planted(monkeypatch):
    monkeypatch.setitem(sys.modules, "planted_faults", sys.modules[__name__])
    names = []

    def plant(kind, **changes):
        names.append(registry.register(Plugin(kind.__name__), name="planted") or "planted")
        case = ConformanceCase("planted", UID, kind)
        return dataclasses.replace(case, **changes)

    yield plant
    for _ in names:
        registry.unregister("planted")


def test_a_class_without_a_fault_passes(planted):
    case = planted(Planted, bad_calls=(BadCall(lambda: Planted(7), "title"),))
    for check in conformance.CHECKS:
        check(case)


def faulty_inputs():
    return ([1],)


def changing(items):
    items.append(2)
    return Planted()


FAULTS = {
    "another class": (Planted, {"make": Rewriting}, conformance.check_registration),
    "round trip": (Rewriting, {}, conformance.check_round_trip),
    "copies": (Forgetful, {}, conformance.check_twins),
    "random": (Random, {}, conformance.check_determinism),
    "inputs": (Planted, {"make": changing, "inputs": faulty_inputs}, conformance.check_inputs),
    "accepted": (
        Planted,
        {"bad_calls": (BadCall(Planted, "title"),)},
        conformance.check_bad_calls,
    ),
    "not named": (
        Planted,
        {"bad_calls": (BadCall(lambda: Planted(7), "colour"),)},
        conformance.check_bad_calls,
    ),
    "rule": (Planted, {"make": lambda: Planted("Forbidden")}, conformance.check_rules),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_check_finds_its_fault(fault, planted):
    kind, changes, check = FAULTS[fault]
    with pytest.raises(AssertionError):
        check(planted(kind, **changes))


def test_a_class_that_nobody_registers_is_found():
    case = ConformanceCase("nobody", "1.2.3.4", Planted)
    with pytest.raises(AssertionError, match="no plugin"):
        conformance.check_registration(case)


def test_a_plugin_that_imports_numpy_is_found(tmp_path, monkeypatch):
    package = tmp_path / "heavy_plugin"
    package.mkdir()
    (package / "__init__.py").write_text("import numpy\n")
    (package / "_plugin.py").write_text("")
    info = tmp_path / "heavy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: heavy\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[iodkit.iods.v1]\nheavy = heavy_plugin._plugin\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(AssertionError, match="numpy"):
        conformance.check_import(CASES[0])


def test_the_third_party_example_passes(monkeypatch):
    source = Path(__file__).parents[1] / "thirdparty/acme-iod/src"
    monkeypatch.syspath_prepend(str(source))
    from acme_iod import _cases, _plugin

    registry.register(_plugin, name="acme")
    try:
        for case in _cases.cases():
            for check in conformance.CHECKS:
                if check is not conformance.check_import:  # it is not installed here
                    check(case)
    finally:
        registry.unregister("acme")
