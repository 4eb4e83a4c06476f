"""Exports say what the document says, and change nothing."""

import html.parser
import json
import math

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement

import iodkit as ik
from iodkit import cli, sr
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr._cases import example_content
from iodkit_sr.constraints.tables import CONSTRAINTS

FINDING = sr.CodedConcept("121071", "DCM", "Finding")
TITLE = sr.CodedConcept("126000", "DCM", "Imaging Measurement Report")
LENGTH = sr.CodedConcept("410668003", "SCT", "Length")
RATIO = sr.CodedConcept("1", "UCUM", "no units")
MM = sr.CodedConcept("mm", "UCUM", "millimeter")
EVERYTHING = "1.2.840.10008.5.1.4.1.1.88.34"


def report():
    section = sr.ContainerContentItem(LENGTH, relationship_type="CONTAINS")
    section.ContentSequence = sr.ContentSequence(
        [
            sr.NumContentItem(LENGTH, 12.5, MM, relationship_type="CONTAINS"),
            sr.NumContentItem(FINDING, 2, RATIO, relationship_type="CONTAINS"),
            sr.CodeContentItem(FINDING, LENGTH, "CONTAINS"),
        ]
    )
    root = sr.ContainerContentItem(TITLE)
    root.ContentSequence = sr.ContentSequence(
        [
            sr.TextContentItem(FINDING, "<b>first</b> & last\nsecond", "CONTAINS"),
            section,
            sr.DateContentItem(FINDING, "20260102", "CONTAINS"),
        ]
    )
    return sr.ComprehensiveSR(evidence(), root, is_complete=True)


@pytest.fixture
def everything():
    images = evidence()
    return sr.Comprehensive3DSR(images, example_content(CONSTRAINTS[EVERYTHING], images[0]))


def test_outline():
    assert report().to_text() == (
        "Imaging Measurement Report\n"
        "  Finding: <b>first</b> & last\n"
        "      second\n"
        "  Length\n"
        "    Length: 12.5 mm\n"
        "    Finding: 2\n"
        "    Finding: Length\n"
        "  Finding: 2026-01-02"
    )
    assert "    1.2.1 Length: 12.5 mm\n" in report().to_text(paths=True)


class Page(html.parser.HTMLParser):
    """Checks that elements are nested, and keeps text."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.deepest = [], "", 0

    def handle_starttag(self, tag, attrs):
        assert tag not in {"b", "script", "link", "img"}
        if tag != "meta":
            self.open.append(tag)
        self.deepest = max(self.deepest, self.open.count("ul"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Doe^Jane", "Doe, Jane"),
        ("Doe^Jane^Mary^Dr.^MD", "Doe, Dr. Jane Mary, MD"),
        ("Doe^", "Doe"),
        ("^Jane", "Jane"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田, 太郎, やまだ, たろう)"),
        ("=山田^太郎", "山田, 太郎"),
        ("<b>^&", "<b>, &"),
    ],
)
def test_names_of_persons_are_for_readers(stored, shown):
    content = sr.ContainerContentItem(TITLE)
    content.ContentSequence = [sr.PnameContentItem(FINDING, stored, "CONTAINS")]
    document = sr.ComprehensiveSR(evidence(), content)
    document.PatientName, document.PatientBirthDate = stored, "19540229"
    page = Page()
    page.feed(document.to_html())
    assert page.open == []
    assert f"Patient{shown}\n" in page.text
    assert "Born1954-02-29\n" in page.text
    assert f"Finding: {shown}\n" in page.text
    assert document.to_text().endswith(f": {shown}")
    assert document.to_dict()["items"][0]["value"] == stored


@pytest.mark.parametrize("kind", ["small", "everything", "empty"])
def test_page_is_well_formed_and_escaped(everything, kind):
    empty = sr.ComprehensiveSR(evidence(), sr.ContainerContentItem(TITLE))
    document = {"small": report(), "everything": everything, "empty": empty}[kind]
    page = Page()
    page.feed(document.to_html())
    assert page.open == []
    assert "Imaging Measurement Report" in page.text
    assert "Verification" in page.text
    if kind == "small":
        assert "<b>first</b> & last\nsecond" in page.text
        assert "12.5 mm" in page.text
        assert page.deepest == 2


def test_plain_data():
    found = report().to_dict()
    assert found["name"] == {
        "value": "126000",
        "scheme": "DCM",
        "meaning": "Imaging Measurement Report",
    }
    number = found["items"][1]["items"][0]
    assert number == {
        "path": "1.2.1",
        "relationship": "CONTAINS",
        "value_type": "NUM",
        "name": {"value": "410668003", "scheme": "SCT", "meaning": "Length"},
        "value": 12.5,
        "unit": {"value": "mm", "scheme": "UCUM", "meaning": "millimeter"},
    }
    assert json.loads(report().tree.to_json()) == found


def test_numbers_that_are_not_finite_are_no_json_numbers():
    document = report()
    document.tree["1.2.1"].item.MeasuredValueSequence[0].FloatingPointValue = math.inf
    assert json.loads(document.tree.to_json())["items"][1]["items"][0]["value"] == "inf"


def test_values_of_nodes_equal_those_of_items(everything):
    before = everything.tree
    values = [node.value for node in before]
    assert isinstance(everything.get_item("ContentSequence"), RawDataElement)
    for node, value in zip(before, values, strict=True):
        expected = getattr(node.item, "value", None)
        if isinstance(expected, np.ndarray):
            np.testing.assert_array_equal(value, expected)
        else:
            assert value == expected
    seen = {node.value_type for node in before}
    assert seen >= CONSTRAINTS[EVERYTHING].value_types


def test_exports_decode_nothing_for_good(everything):
    for document in (report(), everything):
        document.to_text(), document.to_html(), document.to_dict(), document.to_columns()
        assert isinstance(document.get_item("ContentSequence"), RawDataElement)


def test_tables(everything):
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    frame = report().to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["path"].tolist() == ["1", "1.1", "1.2", "1.2.1", "1.2.2", "1.2.3", "1.3"]
    row = frame.set_index("path").loc["1.2.1"]
    assert (row["number"], row["unit"], row["value"], row["depth"]) == (12.5, "mm", "12.5 mm", 2)
    assert frame["code_value"].dropna().tolist() == ["410668003"]
    table = everything.to_arrow()
    assert isinstance(table, arrow.Table)
    assert table.num_rows == len(everything.tree)
    assert table.column("sop_instance_uid").drop_null().to_pylist()
    assert report().to_arrow().schema == table.schema


REAL = ["reportsi.dcm", "reportsi_with_empty_number_tags.dcm", "test-SR.dcm"]


@pytest.mark.parametrize("name", REAL)
def test_real_reports(name):
    document = ik.read(get_testdata_file(name))
    lines = document.to_text(paths=True).splitlines()
    assert len(lines) >= len(document.tree)
    page = Page()
    page.feed(document.to_html())
    assert page.open == []
    assert len(document.to_columns()["path"]) == len(document.tree)
    json.loads(document.tree.to_json())


@pytest.mark.parametrize(
    ("form", "suffix"), [("text", "txt"), ("html", "html"), ("json", "json"), ("csv", "csv")]
)
def test_conversion(form, suffix, tmp_path, capsysbinary):
    path, out = tmp_path / "report.dcm", tmp_path / f"out.{suffix}"
    report().save_as(path)
    assert cli.main(["convert", str(path), "--as", form]) == 0
    printed = capsysbinary.readouterr().out.decode()
    assert "Imaging Measurement Report" in printed
    assert cli.main(["convert", str(path), "-o", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == printed
    assert cli.main(["convert", str(tmp_path / "absent.dcm"), "--as", form]) == 2


def test_summary(tmp_path, capsys):
    path = tmp_path / "report.dcm"
    document = report()
    document.save_as(path)
    assert cli.main(["info", "--json", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    section = found["Document"]
    assert section["items"] == len(document.tree)
    assert section["verified"] is False
    assert sum(row["items"] for row in section["rows"]) == len(document.tree)
    assert cli.main(["info", str(path)]) == 0
    assert "Imaging Measurement Report" in capsys.readouterr().out
