"""Each check of the conformance kit fails for the fault that it is for, and for no other."""

from __future__ import annotations

import textwrap

import pytest

import faulty_iods
from faulty_iods import UID, Plugin, case
from iodkit.registry import registry
from iodkit.testing.conformance import (
    BadCall,
    ConformanceCase,
    ConformanceError,
    cases_of,
    check_all,
    check_imports,
    check_registration,
    suite,
    uncovered_sop_classes,
)


@pytest.fixture
def plant(monkeypatch):
    """Register a plugin for the test's duration; imports, which take a process, are left out."""
    light = tuple(check for check in suite.CLASS_CHECKS if check is not check_imports)
    monkeypatch.setattr(suite, "CLASS_CHECKS", light)
    names = []

    def register(plugin):
        names.append(registry.register(plugin, name="faulty"))

    yield register
    for name in names:
        registry.unregister(name)
    registry.refresh()


def failed(report):
    return {outcome.check for outcome in report.failures}


def test_a_sound_implementation_passes_every_check(plant):
    plant(Plugin("Sound", cases="faulty_iods:sound_cases"))
    report = check_all(UID)
    assert failed(report) == set(), str(report)
    report.raise_for_failures()
    assert len(report.outcomes) == 2 + 1 + 8
    check_imports(UID)
    assert "check_copies[a document]: passed" in str(report)
    assert uncovered_sop_classes(registry, family="faulty") == ()


@pytest.mark.unvalidated
@pytest.mark.parametrize(
    ("implementation", "check", "said"),
    [
        ("Undocumented", "check_registration", "no docstring"),
        ("OtherSOPClass", "check_round_trip", "SOPClassUID"),
        ("LosesClass", "check_round_trip", "another class"),
        ("ChangesOnWrite", "check_round_trip", "changes the bytes"),
        ("Unpicklable", "check_copies", "pickled"),
        ("SharesElements", "check_copies", "shares its elements"),
        ("NoJSON", "check_json", "another class"),
        ("BrokenJSON", "check_json", "does not survive"),
        ("OwnUIDs", "check_determinism", "SeriesInstanceUID"),
        ("OwnClock", "check_determinism", "ContentDate"),
        ("Counts", "check_determinism", "InstanceNumber"),
        ("SortsInput", "check_inputs_untouched", "titles"),
        ("KeepsInput", "check_inputs_untouched", "concepts"),
        ("AcceptsAll", "check_bad_calls", "is accepted"),
        ("ForeignError", "check_bad_calls", "another kind"),
        ("NamelessError", "check_bad_calls", "does not name"),
        ("BreaksRule", "check_rules", "forbidden"),
        pytest.param(
            "BreaksStandard", "check_dciodvfy", "BurnedInAnnotation", marks=pytest.mark.referee
        ),
    ],
)
def test_the_fault_is_found_by_its_check(plant, implementation, check, said):
    plant(Plugin(implementation))
    report = check_all(UID, [case(getattr(faulty_iods, implementation))])
    outcomes = [outcome for outcome in report.outcomes if outcome.check == check]
    if outcomes[0].state == "skipped":
        pytest.skip(str(outcomes[0].error))
    assert check in failed(report), str(report)
    assert said in str(outcomes[0].error)
    with pytest.raises(ConformanceError, match=check):
        report.raise_for_failures()
    # Some faults show in other places too, but never before an object is made.
    also = {
        "OtherSOPClass": {"check_copies", "check_dciodvfy", "check_json"},
        "LosesClass": {"check_copies"},
        "ChangesOnWrite": {"check_copies"},
        "BreaksStandard": {"check_rules"},
    }
    assert failed(report) - {check} <= also.get(implementation, set())


@pytest.mark.parametrize(
    ("plugin", "check", "said"),
    [
        (Plugin("Absent"), "check_registration", "cannot be imported"),
        (Plugin("NoSOPClass"), "check_registration", "SOPClass"),
        (Plugin("Sound", keyword="PDFStorage"), "check_registration", "keyword"),
        (Plugin("Sound", rule="faulty_iods:absent"), "check_hooks", "faulty_iods:absent"),
        (Plugin("Sound", cases="absent.module:cases"), "check_hooks", "absent"),
        (Plugin("Sound", cases="faulty_iods:no_cases"), "check_cases", "no case"),
    ],
    ids=["no class", "no SOPClass", "keyword", "rule", "cases", "no case"],
)
def test_the_fault_of_the_plugin_is_found(plant, plugin, check, said):
    plant(plugin)
    report = check_all(UID)
    outcome = next(o for o in report.outcomes if o.check == check)
    assert outcome.state == "failed"
    assert said in str(outcome.error)


def test_what_is_not_registered_is_said():
    report = check_all("1.2.3.4", [])
    assert failed(report) == {
        "check_registration",
        "check_hooks",
        "check_imports",
        "check_cases",
    }
    with pytest.raises(ConformanceError, match="not registered"):
        check_registration("1.2.3.4")


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ((), "no conformance case"),
        ((case(faulty_iods.Sound, bad_calls=()),), "must be refused"),
        ((case(faulty_iods.Sound), case(faulty_iods.Sound)), "one name"),
    ],
)
def test_cases_that_say_nothing_are_refused(plant, cases, said):
    plant(Plugin("Sound"))
    report = check_all(UID, cases)
    assert failed(report) == {"check_cases"}
    assert said in str(report.failures[0].error)


def test_inputs_must_be_new_at_each_call(plant):
    plant(Plugin("Sound"))
    shared = {"count": 0}

    def inputs():
        shared["count"] += 1
        return {**faulty_iods.inputs(), "titles": [f"Title {shared['count']}"]}

    unsteady = ConformanceCase(
        "unsteady", faulty_iods.Sound, inputs, case(faulty_iods.Sound).bad_calls
    )
    assert "check_inputs_untouched" in failed(check_all(UID, [unsteady]))


def test_a_case_checks_itself():
    with pytest.raises(TypeError, match="make"):
        ConformanceCase("x", "faulty_iods:Sound")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="changes"):
        BadCall("document", {})
    with pytest.raises(ValueError, match="attribute"):
        BadCall("", {"document": b""})


def test_classes_without_cases_are_listed(plant):
    plant(Plugin("Sound"))
    assert uncovered_sop_classes(registry, family="faulty") == (UID,)
    assert uncovered_sop_classes(registry, [UID], family="faulty") == ()
    assert cases_of(UID) == ()


PLUGIN = """
from iodkit.registry import IODEntry, hookimpl

@hookimpl
def iodkit_register_iods():
    return [IODEntry("1.2.826.0.1.3680043.10.1", "WeightyStorage", "weighty", "weighty.sop:Thing")]
"""
SOP = """
from iodkit.dataset import SOPClass

class Thing(SOPClass):
    "A thing."
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution on the path, with the given files."""

    def write(requires="iodkit", **changes):
        files = {"__init__": "", "_plugin": PLUGIN, "sop": SOP, **changes}
        package = tmp_path / "weighty"
        info = tmp_path / "weighty-1.0.dist-info"
        package.mkdir()
        info.mkdir()
        for name, text in files.items():
            (package / f"{name}.py").write_text(textwrap.dedent(text))
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: weighty\nVersion: 1.0\nRequires-Dist: {requires}\n"
        )
        (info / "entry_points.txt").write_text("[iodkit.iods.v1]\nweighty = weighty._plugin\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        registry.refresh()
        return "1.2.826.0.1.3680043.10.1"

    yield write
    monkeypatch.undo()
    import sys

    for name in [name for name in sys.modules if name.partition(".")[0] == "weighty"]:
        del sys.modules[name]
    registry.refresh()


def test_a_light_plugin_passes(install):
    check_imports(install())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"__init__": "import numpy"}, "numpy"),
        ({"__init__": "from weighty.sop import Thing"}, "numpy and pydicom"),
        ({"_plugin": "import pydicom\n" + PLUGIN}, "pydicom"),
        ({"sop": "import iodkit_seg\n" + SOP}, "iodkit_seg"),
        ({"sop": "import iodkit_seg\n" + SOP, "requires": "iodkit-image"}, "iodkit_seg"),
    ],
)
def test_a_heavy_plugin_does_not(install, changes, said):
    uid = install(**changes)
    with pytest.raises(ConformanceError, match=said):
        check_imports(uid)


def test_a_required_family_may_be_imported(install):
    check_imports(install(sop="import iodkit_seg, iodkit_image\n" + SOP, requires="iodkit-seg"))


def test_a_hook_that_gives_no_record_is_found(install):
    body = PLUGIN + "\n@hookimpl\ndef iodkit_cli_commands():\n    return ['no record']\n"
    with pytest.warns(UserWarning, match="works in part"):
        report = check_all(install(_plugin=body), [])
    assert failed(report) == {"check_hooks", "check_cases"}
