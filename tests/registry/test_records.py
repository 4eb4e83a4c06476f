import dataclasses
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.registry import (
    CommandEntry,
    ConformanceEntry,
    IODEntry,
    MacroEntry,
    ModuleEntry,
    Problem,
    RuleEntry,
    load_reference,
    read_resource,
)

GOOD = {
    IODEntry: {
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.66.4",
        "keyword": "SegmentationStorage",
        "family": "seg",
        "implementation": "pkg.sop:Segmentation",
        "name": "Segmentation Storage",
    },
    MacroEntry: {"sequence": "00191101", "reference": "pkg.frames:macros"},
    ModuleEntry: {"keyword": "SegmentationImage", "table": "pkg:tables/seg.json"},
    RuleEntry: {
        "code": "overlap",
        "clause": "PS3.3 C.8.20.2",
        "severity": "error",
        "reference": "pkg.rules:overlap",
        "sop_class_uids": ("1.2.3",),
    },
    CommandEntry: {"name": "seg-info", "help": "Tell", "reference": "pkg._cli:main"},
    ConformanceEntry: {"sop_class_uid": "1.2.3", "reference": "pkg._cases:cases"},
}


@pytest.mark.parametrize("kind", GOOD)
def test_good_records_are_frozen_slotted_hashable_and_picklable(kind):
    record = kind(**GOOD[kind])
    assert not hasattr(record, "__dict__")
    assert hash(record) == hash(kind(**GOOD[kind]))
    assert pickle.loads(pickle.dumps(record)) == record
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, next(iter(GOOD[kind])), "x")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (IODEntry, "sop_class_uid", "1.02.3"),
        (IODEntry, "sop_class_uid", ""),
        (IODEntry, "sop_class_uid", "1.2."),
        (IODEntry, "sop_class_uid", "1.2.3 "),
        (IODEntry, "sop_class_uid", "1." + "2" * 63),
        (IODEntry, "keyword", "Two Words"),
        (IODEntry, "family", "real-world"),
        (IODEntry, "family", "class"),
        (IODEntry, "implementation", "pkg.sop.Segmentation"),
        (IODEntry, "implementation", "pkg.sop:"),
        (IODEntry, "implementation", "pkg sop:x"),
        (MacroEntry, "sequence", ""),
        (MacroEntry, "sequence", "0019110"),
        (MacroEntry, "sequence", "Two Words"),
        (MacroEntry, "reference", "pkg.frames"),
        (ModuleEntry, "keyword", "1Module"),
        (ModuleEntry, "table", "tables/seg.json"),
        (ModuleEntry, "table", "pkg:../seg.json"),
        (ModuleEntry, "table", "pkg:/etc/passwd"),
        (RuleEntry, "severity", "fatal"),
        (RuleEntry, "code", ""),
        (RuleEntry, "sop_class_uids", ("1.2.3", "x")),
        (CommandEntry, "name", "Seg Info"),
        (CommandEntry, "name", "--seg"),
        (CommandEntry, "reference", "main"),
        (ConformanceEntry, "sop_class_uid", "abc"),
    ],
)
def test_wrong_values_name_the_field(kind, field, value):
    with pytest.raises(InvalidValueError) as caught:
        kind(**{**GOOD[kind], field: value})
    assert caught.value.attribute == field


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (IODEntry, "sop_class_uid", 123),
        (IODEntry, "implementation", IODEntry),
        (IODEntry, "name", None),
        (ModuleEntry, "table", b"pkg:x"),
        (RuleEntry, "reference", len),
        (RuleEntry, "sop_class_uids", "1.2.3"),
        (RuleEntry, "sop_class_uids", 5),
        (CommandEntry, "help", 3),
    ],
)
def test_wrong_types_name_the_field(kind, field, value):
    with pytest.raises(InvalidTypeError) as caught:
        kind(**{**GOOD[kind], field: value})
    assert caught.value.attribute == field


def test_a_rule_takes_a_list_and_applies_to_its_classes_only():
    rule = RuleEntry(**{**GOOD[RuleEntry], "sop_class_uids": ["1.2.3", "1.2.4"]})
    assert rule.sop_class_uids == ("1.2.3", "1.2.4")
    assert rule.applies_to("1.2.4")
    assert not rule.applies_to("1.2.5")
    assert RuleEntry(**{**GOOD[RuleEntry], "sop_class_uids": None}).applies_to("1.2.5")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=6))
def test_every_uid_of_plain_numbers_is_accepted_and_leading_zeros_are_not(parts):
    uid = ".".join(map(str, parts))
    ConformanceEntry(uid, "pkg:cases")
    with pytest.raises(InvalidValueError):
        ConformanceEntry(f"{uid}.0{parts[0]}", "pkg:cases")


def test_problem_reads_well_and_compares_without_its_cause():
    problem = Problem("seg", "iodkit-seg", "import", "ImportError: no", ImportError("no"))
    assert str(problem) == "plugin 'seg' of iodkit-seg, import: ImportError: no"
    assert problem == Problem("seg", "iodkit-seg", "import", "ImportError: no")


def test_references_are_imported_with_dotted_attributes():
    assert load_reference("os.path:join") is __import__("os").path.join
    assert load_reference("collections:OrderedDict.fromkeys")
    with pytest.raises(AttributeError):
        load_reference("os.path:nothing")


def test_resources_are_read_and_missing_ones_reported(world):
    world.install("res", "", files={"res/tables/a.json": "[1]"})
    assert read_resource("res:tables/a.json") == b"[1]"
    with pytest.raises(NotFoundError):
        read_resource("res:tables/b.json")
    with pytest.raises(NotFoundError):
        read_resource("no_such_package:a.json")


def test_resources_are_read_from_zip_files(world):
    world.install("zipres", "", files={"zipres/tables/a.json": "[2]"}, zipped=True)
    assert read_resource("zipres:tables/a.json") == b"[2]"
