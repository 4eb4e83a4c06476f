"""How reports look: in a terminal, in a notebook, and for other programs (SARIF)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.attributes.findings import Finding
    from iodkit.attributes.report import Report

__all__ = ["SARIF_SCHEMA", "plural", "to_html", "to_sarif", "to_text"]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_COLORS = {"error": "#b3261e", "warning": "#8a5a00", "info": "#3c5a78"}
_SHOWN_IN_NOTEBOOK = 200
_INFOS_IN_FULL = 3


def plural(severity: str, count: int) -> str:
    """Name findings of a severity.

    Parameters
    ----------
    severity : str
        The severity.
    count : int
        How many there are.

    Returns
    -------
    str
        For example ``"errors"``.
    """
    return severity if count == 1 or severity == "info" else f"{severity}s"


def to_text(report: Report) -> str:
    """Write a report for a terminal.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    str
        A headline, and two or three lines for each finding; one line for many that are merely
        worth knowing.
    """
    lines = [report.headline]
    many = _many_alike(report)
    for finding in report.findings:
        if finding.code in many:
            continue
        lines.append(f"{finding.severity:<8} {finding.path or '(object)'}  [{finding.code}]")
        lines.append(f"         {finding.says}")
        if finding.remedy:
            lines.append(f"         → {finding.remedy}")
    for code, names in many.items():
        lines.append(f"info     {len(names)} × {', '.join(dict.fromkeys(names))}  [{code}]")
    return "\n".join(lines)


def _many_alike(report: Report) -> dict[str, list[str]]:
    """Code → keywords, of what is merely worth knowing and is said of many attributes."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.severity == "info":
            found.setdefault(finding.code, []).append(finding.keyword)
    return {code: names for code, names in found.items() if len(names) > _INFOS_IN_FULL}


def to_html(report: Report) -> str:
    """Write a report for a notebook.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    str
        A table; all texts of the object are escaped.
    """
    rows = "".join(_html_row(finding) for finding in report.findings[:_SHOWN_IN_NOTEBOOK])
    hidden = len(report) - _SHOWN_IN_NOTEBOOK
    more = f"<p>and {hidden} more</p>" if hidden > 0 else ""
    titles = ("", "where", "found", "expected", "clause", "what to do")
    head = "".join(f"<th style='text-align:left'>{title}</th>" for title in titles)
    table = f"<table><tr>{head}</tr>{rows}</table>{more}" if report.findings else ""
    return f"<p><b>{escape(report.headline)}</b></p>{table}"


def _html_row(finding: Finding) -> str:
    from iodkit.attributes.findings import describe_found

    color = _COLORS[finding.severity]
    found = describe_found(finding.found)
    if finding.count > 1:
        found += f" ({finding.count} items)"
    cells = (finding.path or "object", found, finding.expected, finding.clause, finding.remedy)
    texts = "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in cells)
    title = escape(finding.code, quote=True)
    return f"<tr><td title='{title}' style='color:{color}'>{finding.severity}</td>{texts}</tr>"


def to_sarif(reports: Sequence[Report]) -> dict[str, Any]:
    """Write reports as a log of static analysis results (SARIF 2.1.0).

    Parameters
    ----------
    reports : sequence of Report
        Reports on files; their subjects become the artifacts.

    Returns
    -------
    dict[str, Any]
        A log with one run, as plain values.
    """
    codes = sorted({finding.code for report in reports for finding in report.findings})
    clauses = {f.code: f.clause for report in reports for f in report.findings if f.clause}
    rules = [_sarif_rule(code, clauses.get(code, "")) for code in codes]
    numbers = {code: number for number, code in enumerate(codes)}
    results = [
        _sarif_result(report, finding, numbers[finding.code])
        for report in reports
        for finding in report.findings
    ]
    driver = {"name": "iodkit", "rules": rules}
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
        ],
    }


def _sarif_rule(code: str, clause: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    if clause:
        rule["shortDescription"] = {"text": f"See DICOM {clause}"}
    return rule


def _sarif_result(report: Report, finding: Finding, number: int) -> dict[str, Any]:
    text = f"{finding.path or 'object'}: {finding.says}"
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": finding.path or "object", "kind": "member"}]
    }
    if report.subject:
        location["physicalLocation"] = {"artifactLocation": {"uri": report.subject}}
    return {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{text}. {finding.remedy}" if finding.remedy else text},
        "locations": [location],
        "properties": {"clause": finding.clause, "count": finding.count},
    }
