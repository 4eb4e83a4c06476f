"""The generator of attribute tables: from the sentences of PS3.3 to conditions and values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tools.tables as generator
from tools.tables.editing import apply_edits
from tools.tables.folding import fold_macros
from tools.tables.html import read_description
from tools.tables.phrases import mark_attributes, translate
from tools.tables.requirements import Phrasebook, requirement
from tools.tables.source import Node, Table, to_clauses, to_keyword
from tools.tables.values import item_count, value_rules

import iodkit
from iodkit.attributes.conditions import parse_condition

NAMES = {
    "00080008": ("Image Type", "ImageType"),
    "00280004": ("Photometric Interpretation", "PhotometricInterpretation"),
    "00280002": ("Samples per Pixel", "SamplesPerPixel"),
    "00280301": ("Burned In Annotation", "BurnedInAnnotation"),
    "00080100": ("Code Value", "CodeValue"),
    "00080119": ("Long Code Value", "LongCodeValue"),
    "00620001": ("Segmentation Type", "SegmentationType"),
    "00540220": ("View Code Sequence", "ViewCodeSequence"),
}
BOOK = Phrasebook(NAMES, {"the moon is full": "BurnedInAnnotation is YES"})
TYPE, PHOTO, SAMPLES, VIEW = (
    "Image Type (0008,0008)",
    "Photometric Interpretation (0028,0004)",
    "Samples per Pixel (0028,0002)",
    "View Code Sequence (0054,0220)",
)
CODE, LONG = "Code Value (0008,0100)", "Long Code Value (0008,0119)"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (f"{TYPE} Value 1 is ORIGINAL or MIXED", "ImageType value 1 is ORIGINAL or MIXED"),
        (f"Value 3 of {TYPE} equals AXIAL", "ImageType value 3 is AXIAL"),
        (f"{PHOTO} has a value of PALETTE COLOR", 'PhotometricInterpretation is "PALETTE COLOR"'),
        (f"{PHOTO} equals other than RGB", "PhotometricInterpretation is not RGB"),
        (f"{PHOTO} is A, B, or C", "PhotometricInterpretation is A or B or C"),
        (f"{SAMPLES} has a value greater than 1", "SamplesPerPixel is greater than 1"),
        (f"{CODE} is present", "CodeValue is present"),
        (f"{CODE} is absent", "CodeValue is not present"),
        (f"{CODE} or {LONG} is present", "CodeValue is present or LongCodeValue is present"),
        (
            f"neither {CODE} nor {LONG} is present",
            "CodeValue is not present and LongCodeValue is not present",
        ),
        (
            f"{CODE} and {LONG} are not present",
            "CodeValue is not present and LongCodeValue is not present",
        ),
        (f"{CODE} is present and has a value", "CodeValue has a value"),
        (f"{CODE} is present and the value is A", "CodeValue is A"),
        (
            f"{CODE} is present and {PHOTO} is RGB",
            "CodeValue is present and PhotometricInterpretation is RGB",
        ),
        (
            f'{VIEW} contains an Item with the value (399162004, SCT, "x")',
            "ViewCodeSequence contains (399162004, SCT)",
        ),
        # What is not understood is a statement; the rest is evaluated all the same.
        (f"it was applied and {CODE} is present", '("it was applied") and CodeValue is present'),
        ("contrast media were applied", '"contrast media were applied"'),
        # Where "and" and "or" could be joined in two ways, nothing is claimed.
        (
            f"it rains or it snows and {CODE} is present",
            '"it rains or it snows and CodeValue is present"',
        ),
    ],
)
def test_translation(text, condition):
    assert str(translate(mark_attributes(text, NAMES))) == condition


@pytest.mark.parametrize(
    ("kind", "text", "row"),
    [
        ("1C", f"Required if {CODE} is present.", {"required": "CodeValue is present"}),
        (
            "1C",
            f"Required if {CODE} is present. May be present otherwise.",
            {"required": "CodeValue is present", "allowed": True},
        ),
        (
            "2C",
            f"Required if {CODE} is present; may be present otherwise.",
            {"required": "CodeValue is present", "allowed": True},
        ),
        (
            "1C",
            f"Shall be present if {CODE} is present. Shall not be present otherwise.",
            {"required": "CodeValue is present"},
        ),
        (
            "1C",
            f"Required if {CODE} is present. May be present otherwise only if {LONG} is absent.",
            {"required": "CodeValue is present", "allowed": "LongCodeValue is not present"},
        ),
        ("1C", "Required if the moon is full.", {"required": "BurnedInAnnotation is YES"}),
        ("3", "A number.", {}),
        (
            "3",
            f"Shall not be present if {CODE} is present.",
            {"allowed": "not (CodeValue is present)"},
        ),
        (
            "1C",
            "A number.",
            {"required": '"what PS3.3 says outside of the table"', "allowed": True},
        ),
    ],
)
def test_requirements(kind, text, row):
    assert requirement(kind, read_description(f"<p>{text}</p>").sentences, BOOK) == row


def listed(heading, *values):
    items = "".join(f"<dt>{value}</dt><dd><p>means {value}</p></dd>" for value in values)
    return f"<div><p><strong>{heading}</strong></p><dl>{items}</dl></div>"


@pytest.mark.parametrize(
    ("tag", "html", "rules"),
    [
        ("00280301", listed("Enumerated Values:", "YES", "NO"), [{"enumerated": ["YES", "NO"]}]),
        ("00080060", listed("Defined Terms:", "CT"), [{"terms": ["CT"]}]),
        (
            "00080008",
            listed("Enumerated Values for Value 1:", "ORIGINAL"),
            [{"enumerated": ["ORIGINAL"], "position": 1}],
        ),
        # Each value of Image Type has its own meaning: which one is meant here?
        ("00080008", listed("Enumerated Values:", "ORIGINAL"), []),
        (
            "00280100",
            listed("Enumerated Values if Segmentation Type (0062,0001) is BINARY:", "1"),
            [{"enumerated": ["1"], "if": "SegmentationType is BINARY"}],
        ),
        ("00280103", listed("Enumerated Values:", "0000H", "0001H"), [{"enumerated": ["0", "1"]}]),
        ("00280301", listed("Enumerated Values:", "any value you like"), []),
        (
            "00080008",
            "<p>Value 1 shall be DERIVED. Value 2 shall be PRIMARY.</p>",
            [
                {"enumerated": ["DERIVED"], "position": 1},
                {"enumerated": ["PRIMARY"], "position": 2},
            ],
        ),
        (
            "00280301",
            f"<div><h3>Note</h3>{listed('Enumerated Values:', 'YES')}</div>",
            [],
        ),
    ],
)
def test_values(tag, html, rules):
    assert value_rules(tag, read_description(html), BOOK) == rules


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("Only a single Item shall be included in this Sequence", "1"),
        ("Only a single Item is permitted in this Sequence", "1"),
        ("One or more Items shall be included in this Sequence", "1-n"),
        ("Zero or one Item shall be included in this Sequence", "0-1"),
        ("Two or more Items shall be included in this Sequence", "2-n"),
        ("The number of Items shall be identical to the value of Number of Blocks", None),
    ],
)
def test_numbers_of_items(sentence, count):
    assert item_count([sentence]) == count


def test_macros_are_found_again():
    def code():
        return [Node("00080100", "1", "a"), Node("00080102", "1", "b"), Node("00080104", "1", "c")]

    macro = Table("code", "Code", "Code", "", code())
    module = Table(
        "m", "M", "M", "", [Node("00540220", "1", "", (), [*code(), Node("1", "3", "")])]
    )
    fold_macros([module, macro], [macro])
    kept, other = module.rows[0].children
    assert kept == "Code"
    assert other.tag == "1"
    assert [row.tag for row in macro.rows] == ["00080100", "00080102", "00080104"]


def test_keywords_and_clauses():
    assert to_keyword("Contrast/Bolus") == "ContrastBolus"
    assert to_keyword("3D Spatial Coordinates") == "ThreeDSpatialCoordinates"
    pages = {"a": ("C.7.6", "C.7-9"), "b": ("C.7.6.2", "C.7-10"), "c": ("C.8.20.2", "C.8.20-2")}
    links = [
        {"id": key, "linkToStandard": f"part03/sect_{page}.html#table_{table}"}
        for key, (page, table) in pages.items()
    ]
    # The first clause below C.7.6 stands on its page.
    assert to_clauses(links) == {
        "a": "PS3.3 C.7.6.1",
        "b": "PS3.3 C.7.6.2",
        "c": "PS3.3 C.8.20.2",
    }


def test_edits():
    document = {
        "module": "M",
        "clause": "PS3.3 C.1",
        "attributes": [
            {"keyword": "A", "type": "3", "enumerated": ["X"]},
            {"keyword": "S", "type": "1", "attributes": [{"keyword": "B", "type": "3"}]},
            {"include": "Code"},
        ],
    }
    documents = {"modules/M.json": document}
    changes = [
        {
            "at": "",
            "set": [{"keyword": "A", "type": "1", "enumerated": None}],
            "clause": "PS3.3 C.1",
        },
        {"at": "S", "set": [{"keyword": "C", "type": "2"}], "remove": ["B"], "clause": "PS3.3 C.2"},
        {"remove": ["Code"], "clause": "PS3.3 C.1"},
    ]
    apply_edits(documents, {"changes": [{"in": "modules/M.json", **each} for each in changes]})
    assert document["attributes"] == [
        {"keyword": "A", "type": "1"},
        {
            "keyword": "S",
            "type": "1",
            "attributes": [{"keyword": "C", "type": "2", "clause": "PS3.3 C.2"}],
        },
    ]
    with pytest.raises(ValueError, match="no row"):
        apply_edits(documents, {"changes": [{"in": "modules/M.json", **changes[2]}]})


HAND = Path(generator.__file__).parent / "hand"
DATA = Path(iodkit.__file__).parent / "standard" / "tables"


def rows_at(document, path):
    rows = document["attributes"]
    for keyword in filter(None, path.split(".")):
        (row,) = (row for row in rows if row.get("keyword") == keyword)
        rows = row["attributes"]
    return {row.get("keyword") or row["include"]: row for row in rows}


@pytest.mark.parametrize("path", sorted((HAND / "editions").glob("*.json")), ids=lambda p: p.stem)
def test_what_is_kept_by_hand_is_in_the_tables(path):
    edits = json.loads(path.read_text("utf-8"))
    files = (json.loads(each.read_text("utf-8")) for each in path.parent.glob("*.json"))
    changed = {change["in"] for each in files for change in each.get("changes", ())}
    for name, document in edits.get("tables", {}).items():
        assert name in changed or json.loads((DATA / name).read_text("utf-8")) == document
    for change in edits.get("changes", ()):
        assert change["clause"].startswith("PS3.")
        document = json.loads((DATA / change["in"]).read_text("utf-8"))
        if "iod" in change:
            assert all(map(document.__contains__, change["iod"]))
            continue
        rows = rows_at(document, change.get("at", ""))
        assert not set(change.get("remove", ())) & set(rows)
        for row in change.get("set", ()):
            assert set(rows[row.get("keyword") or row["include"]]) >= {
                key for key, value in row.items() if value is not None
            }


def test_conditions_by_hand_are_in_the_language():
    conditions = json.loads((HAND / "conditions.json").read_text("utf-8"))["conditions"]
    assert len(conditions) > 50
    for text in conditions.values():
        parse_condition(text)
