"""Recall and precision of both checkers, printed and written into the documentation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.corpus.adjudicating import Judged

__all__ = ["Figures", "figures", "summary", "write_page"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "validation.md"
BEGIN = "<!-- figures: python -m tools.corpus --page -->\n"
_COLUMNS = (
    "",
    "objects",
    "with an error",
    "only iodkit reports one",
    "only dciodvfy does",
    "recall",
    "precision",
    "dciodvfy's recall",
    "its precision",
)
END = "<!-- end of figures -->\n"


@dataclass(frozen=True, slots=True)
class Figures:
    """How often a checker is right on whether an object has an error.

    Parameters
    ----------
    hits, misses, false_alarms : int
        Faulty objects that it reports, faulty ones that it does not, and others that it reports.
    """

    hits: int
    misses: int
    false_alarms: int

    @property
    def recall(self) -> float:
        """float: The part of the faulty objects that it reports."""
        return self.hits / max(self.hits + self.misses, 1)

    @property
    def precision(self) -> float:
        """float: The part of what it reports that is faulty."""
        return self.hits / max(self.hits + self.false_alarms, 1)


def figures(reports: Iterable[tuple[bool, bool]]) -> Figures:
    """Count.

    Parameters
    ----------
    reports : iterable of tuple of (bool, bool)
        Whether an object is faulty, and whether the checker reports an error.

    Returns
    -------
    Figures
        The counts.
    """
    count = Counter(reports)
    return Figures(count[True, True], count[True, False], count[False, True])


def summary(judged: Sequence[Judged], taken: str) -> str:
    """Say in a few lines, in Markdown, what came out.

    Parameters
    ----------
    judged : sequence of Judged
        All comparisons.
    taken : str
        Which mutants were taken.

    Returns
    -------
    str
        A table, and what it is about.
    """
    mutants = [each for each in judged if each.comparison.path]
    files = [each for each in judged if not each.comparison.path]
    specimens = len({each.comparison.specimen for each in mutants})
    lines = [
        f"{len(mutants)} mutants of {specimens} valid objects ({taken}), {len(files)} real files:",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
    ]
    kinds = sorted({each.comparison.kind for each in mutants})
    rows = [(f"`{kind}`", [e for e in mutants if e.comparison.kind == kind]) for kind in kinds]
    lines += [_row(*row) for row in (*rows, ("all mutants", mutants), ("real files", files))]
    found = [each for each in mutants if each.comparison.ours]
    placed = sum(each.comparison.finds_place for each in found)
    unexplained = sum(each.unexplained for each in judged)
    lines += [
        "",
        f"Of {len(found)} mutants that iodkit reports, {placed} have a finding at the place of the",
        "change, or one whose condition names it.",
        f"Objects with a disagreement that is not adjudicated: {unexplained}.",
    ]
    return "\n".join(lines) + "\n"


def write_page(judged: Sequence[Judged], taken: str) -> None:
    """Put the figures into ``docs/validation.md``.

    Parameters
    ----------
    judged : sequence of Judged
        All comparisons.
    taken : str
        Which mutants were taken.
    """
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = f"{before}{BEGIN}\n{summary(judged, taken)}\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8")


def _row(name: str, judged: list[Judged]) -> str:
    faulty = [each.is_faulty for each in judged]
    reported = [bool(each.comparison.ours) for each in judged]
    by_them = [bool(each.comparison.theirs) for each in judged]
    us = figures(zip(faulty, reported, strict=True))
    them = figures(zip(faulty, by_them, strict=True))
    only_us = sum(a and not b for a, b in zip(reported, by_them, strict=True))
    only_them = sum(b and not a for a, b in zip(reported, by_them, strict=True))
    shares = " | ".join(each for one in (us, them) for each in _shares(one))
    count = f"{len(judged)} | {sum(faulty)} | {only_us} | {only_them}"
    return f"| {name} | {count} | {shares} |"


def _shares(one: Figures) -> tuple[str, str]:
    """Write recall and precision, or a dash where there is nothing to share."""
    recall = f"{one.recall:.3f}" if one.hits + one.misses else "–"
    precision = f"{one.precision:.3f}" if one.hits + one.false_alarms else "–"
    return recall, precision
