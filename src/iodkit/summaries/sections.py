"""Summaries as values: sections of facts and tables, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = ["Fact", "Section", "Summary"]

Fact: TypeAlias = "str | int | float | bool | Sequence[int | float | str] | None"
"""A value that can be shown and written as JSON."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a summary.

    Parameters
    ----------
    title : str
        What it is about.
    facts : Mapping[str, Fact], optional
        Names and values; those that are None are left out.
    columns : tuple[str, ...], optional
        Names of the columns of its table.
    rows : tuple[tuple[Fact, ...], ...], optional
        Rows of its table, each with a value for every column.
    """

    title: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Fact, ...], ...] = ()

    def __str__(self) -> str:
        shown = {name: as_text(value) for name, value in self.facts.items() if value is not None}
        width = max(map(len, shown), default=0)
        lines = [self.title]
        lines += [f"  {name.ljust(width)}  {text}".rstrip() for name, text in shown.items()]
        return "\n".join([*lines, *self._table()])

    def _table(self) -> list[str]:
        if not self.rows:
            return []
        cells = [self.columns, *([as_text(value) for value in row] for row in self.rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(self.columns))]
        return [
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]

    def to_json(self) -> dict[str, Any]:
        """Turn it into what the module `json` writes.

        Returns
        -------
        dict
            Facts by name, and the rows of the table as a list of objects.
        """
        found: dict[str, Any] = {k: _plain(v) for k, v in self.facts.items() if v is not None}
        if self.columns:
            found["rows"] = [
                {name: _plain(value) for name, value in zip(self.columns, row, strict=True)}
                for row in self.rows
            ]
        return found


@dataclass(frozen=True, slots=True)
class Summary:
    """What an object is, in sections; ``str()`` gives readable text.

    Parameters
    ----------
    sections : tuple[Section, ...]
        Sections.
    """

    sections: tuple[Section, ...]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sections))

    def to_json(self) -> dict[str, Any]:
        """Turn it into what the module `json` writes.

        Returns
        -------
        dict
            Sections by title.
        """
        return {section.title: section.to_json() for section in self.sections}


def as_text(value: Fact) -> str:
    """Write a fact for people."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Sequence):
        return ", ".join(map(as_text, value))
    return str(value)


def _plain(value: Fact) -> Any:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return [_plain(each) for each in value]
