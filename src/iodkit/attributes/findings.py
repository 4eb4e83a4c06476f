"""What a check says: findings, with where, what, which clause, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from iodkit.registry import RuleEntry

__all__ = ["Fault", "Finding", "Severity", "describe_found", "join_path", "last_keyword"]

_ITEM = re.compile(r"\[\d+\]$")
_SHOWN = 80


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The object breaks the standard."""

    WARNING = "warning"
    """It is allowed, or was, and makes trouble."""

    INFO = "info"
    """Something that cannot be decided from the object, or is merely worth knowing."""

    @property
    def rank(self) -> int:
        """int: 0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    severity : Severity
        How bad it is.
    code : str
        Stable, machine-readable name of the situation, for example ``"type-1-missing"``.
    path : str
        Where it is: keywords joined by dots, numbers of items from 1 as in the standard's
        texts, ``"SegmentSequence[2].SegmentLabel"``; empty for the object as a whole.
    keyword : str, optional
        Keyword of the attribute; by default the last of the path.
    found : object, optional
        What stands there; None if nothing does.
    expected : str, optional
        What should.
    clause : str, optional
        The clause of the standard that says so.
    remedy : str, optional
        What to do about it.
    count : int, optional
        In how many items of a sequence the same was found, the path naming the first.
    """

    severity: Severity
    code: str
    path: str
    keyword: str = ""
    found: Any = None
    expected: str = ""
    clause: str = ""
    remedy: str = ""
    count: int = 1

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "severity", Severity(self.severity))
        except ValueError:
            raise InvalidValueError(
                "no such severity",
                attribute="severity",
                found=self.severity,
                expected=f"one of {[str(each) for each in Severity]}",
            ) from None
        if not self.keyword:
            object.__setattr__(self, "keyword", last_keyword(self.path))

    def __str__(self) -> str:
        where = self.path or "object"
        text = f"{self.severity} {self.code}: {where}: {self.says}"
        return f"{text}. {self.remedy}" if self.remedy else text

    @property
    def says(self) -> str:
        """str: What was found and expected, with the clause."""
        text = f"found {describe_found(self.found)}"
        if self.expected:
            text += f", expected {self.expected}"
        if self.count > 1:
            text += f", in {self.count} items"
        return f"{text} ({self.clause})" if self.clause else text

    def below(self, prefix: str) -> Finding:
        """Return the finding with its path below another one.

        Parameters
        ----------
        prefix : str
            Path of the item that was checked on its own.

        Returns
        -------
        Finding
            The same finding, seen from the top of the object.
        """
        return replace(self, path=join_path(prefix, self.path))

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, for JSON.

        Returns
        -------
        dict[str, Any]
            Its fields; what was found as a text, or None.
        """
        return {
            "severity": str(self.severity),
            "code": self.code,
            "path": self.path,
            "keyword": self.keyword,
            "found": None if self.found is None else describe_found(self.found),
            "expected": self.expected,
            "clause": self.clause,
            "remedy": self.remedy,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule yields: a finding without what stands in the rule's record.

    Parameters
    ----------
    path : str
        Where it is, as in :class:`Finding`.
    found : object, optional
        What stands there; None if nothing does.
    expected : str, optional
        What should.
    remedy : str, optional
        What to do about it.
    count : int, optional
        In how many items the same was found.
    severity : Severity | None, optional
        Instead of that of the rule.
    clause : str, optional
        Instead of that of the rule.
    """

    path: str
    found: Any = None
    expected: str = ""
    remedy: str = ""
    count: int = 1
    severity: Severity | None = None
    clause: str = ""

    def to_finding(self, rule: RuleEntry) -> Finding:
        """Complete it with code, clause and severity of its rule.

        Parameters
        ----------
        rule : RuleEntry
            Record of the rule that yielded it.

        Returns
        -------
        Finding
            The finding.
        """
        return Finding(
            self.severity or Severity(rule.severity),
            rule.code,
            self.path,
            found=self.found,
            expected=self.expected,
            clause=self.clause or rule.clause,
            remedy=self.remedy,
            count=self.count,
        )


def join_path(prefix: str, path: str) -> str:
    """Join two paths of attributes.

    Parameters
    ----------
    prefix, path : str
        Paths; either may be empty.

    Returns
    -------
    str
        For example ``"SegmentSequence[2].SegmentLabel"``.
    """
    return f"{prefix}.{path}" if prefix and path else prefix or path


def last_keyword(path: str) -> str:
    """Return the keyword of the attribute that a path leads to.

    Parameters
    ----------
    path : str
        Path of an attribute or an item.

    Returns
    -------
    str
        For example ``"SegmentLabel"``.
    """
    return _ITEM.sub("", path.rpartition(".")[2])


def describe_found(value: object) -> str:
    """Say in a few words what was found.

    Parameters
    ----------
    value : object
        A value; None for none.

    Returns
    -------
    str
        Text of at most 80 characters.
    """
    if value is None:
        return "nothing"
    if isinstance(value, str):
        text = repr(str(value)) if value else "an empty value"
    elif isinstance(value, (bytes, bytearray)):
        text = f"{len(value)} bytes {bytes(value[:16])!r}"
    elif isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
        shown = [str(each) for each in value]  # type: ignore[attr-defined]
        text = "an empty value" if not shown else "\\".join(shown)
        text = text if not shown else repr(text)
    else:
        text = str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
