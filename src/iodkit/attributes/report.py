"""Reports: the findings on one object or a set, to filter, count, print and export."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from iodkit.attributes import export
from iodkit.attributes.findings import Finding, Severity
from iodkit.errors import InvalidValueError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Criterion", "Report"]

Criterion = Literal["severity", "code", "path", "keyword", "clause"]
_CRITERIA = ("severity", "code", "path", "keyword", "clause")


@dataclass(frozen=True, slots=True)
class Report:
    """What the checks found in an object, the worst first.

    Parameters
    ----------
    findings : tuple of Finding
        The findings; sorted by severity when the report is made, else kept in order.
    subject : str, optional
        What was checked: name of a file, or UID of an instance.
    sop_class : str, optional
        Name of the object's SOP class.
    """

    findings: tuple[Finding, ...] = ()
    subject: str = ""
    sop_class: str = ""

    def __post_init__(self) -> None:
        ordered = sorted(self.findings, key=lambda finding: finding.severity.rank)
        object.__setattr__(self, "findings", tuple(ordered))

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """tuple of Finding: Where the object breaks the standard."""
        return self.filter(severity=Severity.ERROR).findings

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """tuple of Finding: What makes trouble without being wrong."""
        return self.filter(severity=Severity.WARNING).findings

    @property
    def ok(self) -> bool:
        """bool: Whether there are no errors."""
        return not self.errors

    def filter(
        self,
        *,
        severity: Severity | str | None = None,
        at_least: Severity | str | None = None,
        code: str | None = None,
        path: str | None = None,
        keyword: str | None = None,
    ) -> Report:
        """Keep the findings that match all that is given.

        Parameters
        ----------
        severity : Severity | str | None, optional
            This severity.
        at_least : Severity | str | None, optional
            This severity, and worse ones.
        code, path, keyword : str | None, optional
            A text with ``*`` and ``?`` for any characters, ``"SegmentSequence[[]2]*"``; a path
            without them also matches what is below it.

        Returns
        -------
        Report
            A report with these findings only.
        """
        level = None if severity is None else _severity(severity)
        rank = (Severity.INFO if at_least is None else _severity(at_least)).rank

        def wanted(finding: Finding) -> bool:
            return (
                (level is None or finding.severity == level)
                and finding.severity.rank <= rank
                and (code is None or fnmatchcase(finding.code, code))
                and (keyword is None or fnmatchcase(finding.keyword, keyword))
                and (path is None or _is_below(finding.path, path))
            )

        return self._with(tuple(filter(wanted, self.findings)))

    def group(self, by: Criterion = "code") -> dict[str, Report]:
        """Split the findings by one of their fields.

        Parameters
        ----------
        by : {"code", "severity", "path", "keyword", "clause"}, optional
            The field.

        Returns
        -------
        dict[str, Report]
            A report for each value of the field, in order of appearance.

        Raises
        ------
        InvalidValueError
            There is no such field to group by.
        """
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(_field(finding, by), []).append(finding)
        return {name: self._with(tuple(group)) for name, group in groups.items()}

    def count(self, by: Criterion = "severity") -> dict[str, int]:
        """Count the findings by one of their fields.

        Parameters
        ----------
        by : {"severity", "code", "path", "keyword", "clause"}, optional
            The field.

        Returns
        -------
        dict[str, int]
            Number of findings for each value of the field that occurs.

        Raises
        ------
        InvalidValueError
            There is no such field to count by.
        """
        return dict(Counter(_field(finding, by) for finding in self.findings))

    def raise_for_errors(self, *, strict: bool = False) -> None:
        """Raise an error if the object breaks the standard.

        Parameters
        ----------
        strict : bool, optional
            Whether warnings count as errors.

        Raises
        ------
        ValidationError
            There are errors; it carries this report.
        """
        bad = self.errors + (self.warnings if strict else ())
        if bad:
            lines = "\n".join(f"  {finding}" for finding in bad[:10])
            more = f"\n  and {len(bad) - 10} more" if len(bad) > 10 else ""
            raise ValidationError(f"{self.headline}\n{lines}{more}", report=self)

    @property
    def headline(self) -> str:
        """str: What was checked, and how many findings there are."""
        what = " ".join(
            part for part in (self.subject, f"({self.sop_class})" if self.sop_class else "") if part
        )
        counts = self.count()
        parts = [
            f"{counts[level]} {export.plural(level, counts[level])}"
            for level in map(str, Severity)
            if level in counts
        ]
        if parts and not counts.keys() & {"error", "warning"}:
            parts.insert(0, "nothing wrong")
        summary = ", ".join(parts) or "nothing found"
        return f"{what}: {summary}" if what else summary

    def __str__(self) -> str:
        return export.to_text(self)

    def _repr_html_(self) -> str:
        return export.to_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values.

        Returns
        -------
        dict[str, Any]
            ``subject``, ``sop_class``, ``ok``, ``counts``, and ``findings``.
        """
        return {
            "subject": self.subject,
            "sop_class": self.sop_class,
            "ok": self.ok,
            "counts": self.count(),
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the report as JSON.

        Parameters
        ----------
        indent : int | None, optional
            Columns of indentation; None for a single line.

        Returns
        -------
        str
            The text.
        """
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def to_sarif(self) -> dict[str, Any]:
        """Return the report in the format of static analysis tools (SARIF 2.1.0).

        Returns
        -------
        dict[str, Any]
            A SARIF log with one run, as plain values.
        """
        return export.to_sarif([self])

    def _with(self, findings: tuple[Finding, ...]) -> Report:
        return Report(findings, self.subject, self.sop_class)


def _severity(value: Severity | str) -> Severity:
    try:
        return Severity(value)
    except ValueError:
        raise InvalidValueError(
            "no such severity",
            attribute="severity",
            found=value,
            expected=f"one of {[str(each) for each in Severity]}",
        ) from None


def _field(finding: Finding, by: str) -> str:
    if by not in _CRITERIA:
        raise InvalidValueError(
            "findings have no such field", attribute="by", found=by, expected=f"one of {_CRITERIA}"
        )
    return str(getattr(finding, by))


def _is_below(path: str, wanted: str) -> bool:
    if any(character in wanted for character in "*?"):
        return fnmatchcase(path, wanted)
    return path == wanted or path.startswith((f"{wanted}.", f"{wanted}["))
