"""Who is right where the checkers disagree, by ``tests/validation/adjudications.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.corpus.checkers import Complaint
    from tools.corpus.comparing import Comparison

__all__ = ["Adjudication", "Judged", "judge", "read_adjudications"]

Patterns = str | tuple[str, ...]
TABLE = Path(__file__).resolve().parents[2] / "tests" / "validation" / "adjudications.toml"


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A kind of disagreement, and who is right by the text of the standard.

    Parameters
    ----------
    by : str
        Who reports an error that the other does not: ``"iodkit"`` or ``"dciodvfy"``; or
        ``"elsewhere"``, for our errors about another attribute than the one that was changed.
    right : str
        ``"iodkit"`` or ``"dciodvfy"``.
    clause : str
        The clause of the standard that decides it.
    why : str
        How, in one sentence.
    says : str or list of str, optional
        Pattern of what is reported: our code, or the text of dciodvfy.
    iod, kind, path : str or list of str, optional
        Patterns of SOP class, kind of mutation, and path without numbers: of what was changed,
        or, of a file, of what is reported.
    """

    by: Literal["iodkit", "dciodvfy", "elsewhere"]
    right: Literal["iodkit", "dciodvfy"]
    clause: str
    why: str
    says: Patterns = "*"
    iod: Patterns = "*"
    kind: Patterns = "*"
    path: Patterns = "*"

    def covers(self, by: str, comparison: Comparison, complaint: Complaint) -> bool:
        """Whether it is about an error that one of them reports."""
        place = comparison.place if comparison.path else complaint.place
        return by == self.by and all(
            any(fnmatchcase(text, pattern) for pattern in _listed(patterns))
            for text, patterns in (
                (complaint.text, self.says),
                (comparison.iod, self.iod),
                (comparison.kind, self.kind),
                (place, self.path),
            )
        )


@dataclass(frozen=True)
class Judged:
    """A comparison, and what decides each of its disagreements.

    Parameters
    ----------
    comparison : Comparison
        What both say.
    decided : tuple
        Each error that only one reports, with its adjudication if there is one.
    """

    comparison: Comparison
    decided: tuple[tuple[Complaint, Adjudication | None], ...]

    @property
    def unexplained(self) -> bool:
        """bool: Whether a disagreement is not adjudicated."""
        return any(adjudication is None for _, adjudication in self.decided)

    @cached_property
    def used(self) -> frozenset[Adjudication]:
        """frozenset of Adjudication: Those that were needed."""
        return frozenset(each for _, each in self.decided if each is not None)

    @property
    def is_faulty(self) -> bool:
        """bool: Whether the object has an error: both say so, or who is right."""
        comparison = self.comparison
        if bool(comparison.ours) == bool(comparison.theirs):
            return bool(comparison.ours)
        reporter = "iodkit" if comparison.ours else "dciodvfy"
        return any(each.right == reporter for each in self.used if each.by == reporter)

    def __str__(self) -> str:
        one = self.comparison
        lines = [f"{one.specimen} ({one.iod}): {one.path} {one.kind}"]
        lines += [
            f"    {complaint.path}: {complaint.text}"
            for complaint, adjudication in self.decided
            if adjudication is None
        ]
        return "\n".join(lines)


def read_adjudications() -> list[Adjudication]:
    """Read the table.

    Returns
    -------
    list of Adjudication
        In its order: the first that covers a disagreement decides it.
    """
    with TABLE.open("rb") as file:
        entries = tomllib.load(file)["adjudication"]
    return [
        Adjudication(**{name: _frozen(value) for name, value in entry.items()}) for entry in entries
    ]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _listed(patterns: Patterns) -> tuple[str, ...]:
    return (patterns,) if isinstance(patterns, str) else patterns


def judge(comparison: Comparison, adjudications: Sequence[Adjudication]) -> Judged:
    """Adjudicate a comparison.

    Parameters
    ----------
    comparison : Comparison
        What both say.
    adjudications : sequence of Adjudication
        The table.

    Returns
    -------
    Judged
        If both find errors they agree, but of a mutant ours must be about what was changed.
    """
    decided = []
    for by, complaints in _disagreements(comparison):
        for complaint in sorted(complaints):
            found = (one for one in adjudications if one.covers(by, comparison, complaint))
            decided.append((complaint, next(found, None)))
    return Judged(comparison, tuple(decided))


def _disagreements(comparison: Comparison) -> Iterable[tuple[str, Iterable[Complaint]]]:
    if comparison.ours and not comparison.theirs:
        yield "iodkit", comparison.ours
    if comparison.theirs and not comparison.ours:
        yield "dciodvfy", comparison.theirs
    if comparison.path and comparison.ours and not comparison.finds_place:
        yield "elsewhere", comparison.ours
