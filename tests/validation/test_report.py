"""Findings and reports: fields, filters, texts, exports."""

from __future__ import annotations

import json

import pytest

from iodkit.attributes import Fault, Finding, Report, Severity
from iodkit.errors import InvalidValueError, ValidationError
from iodkit.registry import RuleEntry

LABEL = Finding(
    Severity.ERROR,
    "type-1-missing",
    "SegmentSequence[2].SegmentLabel",
    expected="a value",
    clause="PS3.3 C.8.20.2",
    remedy="Give the segment a label",
)
CODE = Finding("warning", "code-retired", "SegmentSequence[1]", found="T-62000", count=3)
NOTE = Finding("info", "condition-unknown", "Laterality", found="")


@pytest.fixture
def report():
    return Report((NOTE, CODE, LABEL), "a.dcm", "Segmentation Storage")


def test_the_worst_comes_first_and_keywords_come_from_paths(report):
    assert [f.severity for f in report] == ["error", "warning", "info"]
    assert [f.keyword for f in report] == ["SegmentLabel", "SegmentSequence", "Laterality"]


def test_a_wrong_severity_is_refused():
    with pytest.raises(InvalidValueError, match="severity"):
        Finding("fatal", "x", "")  # type: ignore[arg-type]


def test_filter_group_count(report):
    assert report.errors == (LABEL,)
    assert report.warnings == (CODE,)
    assert not report.ok
    assert report.filter(severity="warning", code="code-*").findings == (CODE,)
    assert report.filter(path="SegmentSequence").findings == (LABEL, CODE)
    assert report.filter(path="SegmentSequence[2]").findings == (LABEL,)
    assert report.filter(path="*.SegmentLabel").findings == (LABEL,)
    assert report.filter(keyword="Later*").ok
    assert {k: len(v) for k, v in report.group("keyword").items()} == report.count("keyword")
    assert report.count() == {"error": 1, "warning": 1, "info": 1}
    with pytest.raises(InvalidValueError, match="by"):
        report.group("colour")
    with pytest.raises(InvalidValueError, match="severity"):
        report.filter(severity="bad")


def test_text(report):
    assert str(report).splitlines() == [
        "a.dcm (Segmentation Storage): 1 error, 1 warning, 1 info",
        "error    SegmentSequence[2].SegmentLabel  [type-1-missing]",
        "         found nothing, expected a value (PS3.3 C.8.20.2)",
        "         → Give the segment a label",
        "warning  SegmentSequence[1]  [code-retired]",
        "         found 'T-62000', in 3 items",
        "info     Laterality  [condition-unknown]",
        "         found an empty value",
    ]
    assert str(Report()) == "nothing found"


def test_html_is_escaped():
    html = Report((Finding("error", "x", "PatientName", found="<script>"),))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_raise_for_errors(report):
    with pytest.raises(ValidationError, match=r"SegmentSequence\[2\].SegmentLabel") as caught:
        report.raise_for_errors()
    assert caught.value.report is report
    mild = report.filter(severity="warning")
    mild.raise_for_errors()
    with pytest.raises(ValidationError):
        mild.raise_for_errors(strict=True)


def test_json_and_sarif(report):
    values = json.loads(report.to_json())
    assert values["counts"] == {"error": 1, "warning": 1, "info": 1}
    assert values["findings"][0]["path"] == "SegmentSequence[2].SegmentLabel"
    assert values["findings"][0]["found"] is None
    run = json.loads(json.dumps(report.to_sarif()))["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    location = run["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "a.dcm"


def test_a_fault_takes_the_rest_from_its_rule():
    rule = RuleEntry("seg-numbers", "PS3.3 C.8.20.2", "error", "package.module:function")
    assert Fault("SegmentSequence[1]", 2, "1").to_finding(rule) == Finding(
        Severity.ERROR,
        "seg-numbers",
        "SegmentSequence[1]",
        "SegmentSequence",
        2,
        "1",
        "PS3.3 C.8.20.2",
    )
    mild = Fault("", severity=Severity.INFO, clause="PS3.5").to_finding(rule)
    assert (mild.severity, mild.clause) == ("info", "PS3.5")


def test_below():
    assert LABEL.below("X[1]").path == "X[1].SegmentSequence[2].SegmentLabel"
