"""The attribute tables: whole, true to the dictionary, small, and read only as far as needed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.uid import UID

import iodkit as ik
from iodkit.attributes.tables import AttributeRow, Contents, Include, ItemCount, tables_for
from iodkit.attributes.tables.reading import read_iod_table, read_module_table
from iodkit.registry import IODEntry, ModuleEntry, hookimpl, registry

FOLDER = Path(ik.__file__).parent / "standard" / "tables"
HOME = "iodkit.standard:tables"
IODS = sorted(path.stem for path in (FOLDER / "iods").glob("*.json"))
PARTS = sorted(
    f"{kind}/{path.stem}" for kind in ("modules", "macros") for path in (FOLDER / kind).glob("*")
)


def rows_of(rows):
    for row in rows:
        yield row
        if isinstance(row, AttributeRow):
            yield from rows_of(row.content)


def conditions_of(row):
    if isinstance(row, Include):
        yield row.condition
        return
    yield row.requirement.required
    yield row.requirement.allowed
    for rule in row.values:
        yield rule.condition


@pytest.mark.parametrize("part", PARTS)
def test_each_table_is_true_to_the_dictionary(part):
    table = read_module_table(f"{HOME}/{part}.json")
    assert table.clause.startswith(("PS3.3 ", "PS3.10 "))
    for row in rows_of(table.rows):
        for condition in conditions_of(row):
            if condition is None or isinstance(condition, bool):
                continue
            for operand in condition.operands():
                assert all(map(tag_for_keyword, operand.path)), f"{condition}"
        if isinstance(row, Include):
            assert f"macros/{row.macro}" in PARTS
            continue
        assert keyword_for_tag(row.tag) == row.keyword
        is_sequence = dictionary_VR(row.tag) == "SQ"
        assert is_sequence or not (row.content or row.items), row.keyword
        assert not (is_sequence and row.values), row.keyword


@pytest.mark.parametrize("name", IODS)
def test_each_iod_finds_its_parts(name):
    iod = read_iod_table(f"{HOME}/iods/{name}.json")
    assert iod.keyword == name
    assert all(f"modules/{usage.module}" in PARTS for usage in iod.modules)
    assert all(f"macros/{usage.module}" in PARTS for usage in iod.groups)
    assert len({usage.module for usage in iod.modules}) == len(iod.modules)
    for uid in iod.sop_classes:
        assert tables_for(uid).iod is iod


def test_the_index_states_its_origin():
    index = json.loads((FOLDER / "index.json").read_text("utf-8"))
    assert {"source", "licence", "edition"} < set(index["origin"])
    assert "dicom-standard 0.1.0" in index["origin"]["source"]


def test_size_in_a_wheel():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in FOLDER.rglob("*.json"):
            archive.write(path, path.relative_to(FOLDER))
    assert len(memory.getvalue()) < 2_000_000


READS = """
import sys
from iodkit.registry import references
from iodkit.testing import phantom
import iodkit.attributes.tables.reading as reading
import iodkit.validation
read = []
kept = reading.read_resource
reading.read_resource = lambda reference: read.append(reference) or kept(reference)
iodkit.validation.validate(phantom.ct_series(1, 8, 8)[0])
print(*read)
"""


def test_one_object_reads_only_its_own_tables():
    done = subprocess.run([sys.executable, "-c", READS], capture_output=True, text=True, check=True)
    read = done.stdout.split()
    names = {reference.partition(":tables/")[2] for reference in read}
    assert len(read) == len(names)
    assert "iods/CTImage.json" in names
    assert sum(name.startswith("iods/") for name in names) == 1
    modules = {usage.module for usage in tables_for(UID("1.2.840.10008.5.1.4.1.1.2")).iod.modules}
    assert {n[8:-5] for n in names if n.startswith("modules/")} <= modules
    assert len(names) < len(PARTS) / 8


def test_segment_algorithm_name_is_type_1c():
    tables = tables_for("1.2.840.10008.5.1.4.1.1.66.4")
    module = tables.module("SegmentationImage")
    contents = Contents([(module.rows, module)], tables)
    segments = contents.entries[tag_for_keyword("SegmentSequence")]
    content = segments.content((True,) * len(segments.definitions))
    (definition,) = content.entries[tag_for_keyword("SegmentAlgorithmName")].definitions
    assert definition.row.type == "1C"
    assert definition.clause == "PS3.3 C.8.20.2"
    requirement = definition.row.requirement
    assert str(requirement.required) == "SegmentAlgorithmType is not MANUAL"
    assert (
        str(requirement) == "required if SegmentAlgorithmType is not MANUAL, not allowed otherwise"
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [((1, 1), "1 item"), ((2, 2), "2 items"), ((1, None), "1 or more items"), ((0, 1), "0 to 1")],
)
def test_numbers_of_items_read_well(count, text):
    assert str(ItemCount(*count)).startswith(text)


BAD = {
    "no object": "[]",
    "no JSON": "{",
    "another kind": '{"iod": "X"}',
    "no rows": '{"module": "X"}',
    "no type": '{"module": "X", "attributes": [{"keyword": "Rows"}]}',
    "other type": '{"module": "X", "attributes": [{"keyword": "Rows", "type": "4"}]}',
    "no condition": '{"module": "X", "attributes": [{"keyword": "Rows", "type": "1C"}]}',
    "unknown keyword": '{"module": "X", "attributes": [{"keyword": "Rose", "type": "1"}]}',
    "no language": '{"module": "X", "attributes": '
    '[{"keyword": "Rows", "type": "1C", "required": "if it rains"}]}',
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_tables_that_cannot_be_read(tmp_path, monkeypatch, content):
    package = tmp_path / "bad_tables"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "table.json").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    read_module_table.cache_clear()
    with pytest.raises(ik.InvalidValueError):
        read_module_table("bad_tables:table.json")
    monkeypatch.delitem(sys.modules, "bad_tables")


def test_unknown_sop_classes_have_no_tables():
    assert tables_for("1.2.3.4") is None
    with pytest.raises(ik.NotFoundError):
        tables_for("1.2.840.10008.5.1.4.1.1.2").module("NoSuchModule")


UNKNOWN = "1.2.826.0.1.3680043.10.1"
IOD = {
    "iod": "Note",
    "clause": "Acme 1",
    "sop_classes": [UNKNOWN],
    "modules": [
        {"module": "SOPCommon", "usage": "M"},
        {"module": "NoteText", "usage": "M"},
        {"module": "GeneralEquipment", "usage": "M"},
    ],
}
MODULE = {
    "module": "NoteText",
    "clause": "Acme 2",
    "attributes": [
        {"keyword": "TextValue", "type": "1"},
        {"keyword": "Modality", "type": "1", "enumerated": ["NOTE"]},
        {
            "keyword": "NoteLevel",
            "tag": "00110010",
            "creator": "ACME 1.0",
            "vr": "US",
            "type": "1C",
            "required": "Modality is NOTE",
        },
    ],
}


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    package = tmp_path / "note_iod"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "iod.json").write_text(json.dumps(IOD))
    (package / "module.json").write_text(json.dumps(MODULE))
    # A table of its own in the place of the standard's.
    equipment = {"module": "GeneralEquipment", "clause": "Acme 3", "attributes": []}
    (package / "equipment.json").write_text(json.dumps(equipment))
    monkeypatch.syspath_prepend(tmp_path)

    class Plugin:
        @hookimpl
        def iodkit_register_iods(self):
            implementation = "iodkit.dataset:SOPClass"
            return [IODEntry(UNKNOWN, "Note", "note", implementation, table="note_iod:iod.json")]

        @hookimpl
        def iodkit_register_modules(self):
            return [
                ModuleEntry("NoteText", "note_iod:module.json"),
                ModuleEntry("GeneralEquipment", "note_iod:equipment.json"),
            ]

    plugin = Plugin()
    registry.register(plugin, name="note")
    yield
    registry.unregister("note")
    sys.modules.pop("note_iod", None)


def note():
    from pydicom.dataset import Dataset

    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = UNKNOWN, "1.2.3"
    ds.TextValue, ds.Modality = "Hello", "NOTE"
    ds.private_block(0x0011, "ACME 1.0", create=True).add_new(0x10, "US", 3)
    return ds


@pytest.mark.usefixtures("plugin")
def test_tables_of_a_plugin():
    assert ik.validate(note()).ok
    ds = note()
    del ds.TextValue
    del ds[0x00111010]
    ds.Modality = "MEMO"
    found = {(f.code, f.keyword, f.clause) for f in ik.validate(ds).errors}
    assert found == {
        ("attribute-missing", "TextValue", "Acme 2"),
        ("value-not-enumerated", "Modality", "Acme 2"),
    }
    ds.Modality = "NOTE"
    found = {(f.code, f.keyword) for f in ik.validate(ds).errors}
    assert ("attribute-missing", "NoteLevel") in found


@pytest.mark.usefixtures("plugin")
def test_private_attributes_are_found_by_their_creator():
    ds = note()
    del ds[0x00110010], ds[0x00111010]
    ds.private_block(0x0011, "OTHER", create=True).add_new(0x10, "US", 3)
    ds.private_block(0x0011, "ACME 1.0", create=True).add_new(0x10, "SS", -3)
    found = {(f.code, f.path) for f in ik.validate(ds).errors}
    assert found == {("attribute-vr", "NoteLevel")}


@pytest.mark.usefixtures("plugin")
def test_tables_of_a_plugin_are_for_its_own_sop_classes():
    tables = tables_for("1.2.840.10008.5.1.4.1.1.2")
    assert tables.module("GeneralEquipment").clause == "PS3.3 C.7.5.1"
    assert tables_for(UNKNOWN).module("GeneralEquipment").clause == "Acme 3"
