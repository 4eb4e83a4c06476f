"""Finding macros again where the source has written out what they include."""

from __future__ import annotations

from tools.tables.source import Node, Table

_LEAST = 2


def fold_macros(tables: list[Table], macros: list[Table]) -> None:
    """Replace runs of rows that are those of a macro by its keyword, in place.

    Parameters
    ----------
    tables : list of Table
        Where to look: modules, and the macros themselves.
    macros : list of Table
        The macros, as the source has them.
    """
    runs = [(macro.keyword, [_mark(row) for row in macro.rows]) for macro in macros]
    runs = [run for run in runs if len(run[1]) >= _LEAST]
    runs.sort(key=lambda run: -sum(map(_size, run[1])))
    # Marks are those of unfolded rows: they are taken before anything is replaced.
    for table in tables:
        _remember(table.rows)
    for table in tables:
        _fold(table.rows, runs, table.keyword if table in macros else "")


def _fold(rows: list[Node | str], runs: list[tuple[str, list[object]]], own: str) -> None:
    marks: list[object] = [row if isinstance(row, str) else row.mark for row in rows]
    for keyword, run in runs:
        if keyword == own and len(run) == len(marks):
            continue
        at = _find(marks, run)
        while at is not None:
            rows[at : at + len(run)] = [keyword]
            marks[at : at + len(run)] = [keyword]
            at = _find(marks, run)
    for row in rows:
        if isinstance(row, Node):
            _fold(row.children, runs, "")


def _find(marks: list[object], run: list[object]) -> int | None:
    for at in range(len(marks) - len(run) + 1):
        if marks[at : at + len(run)] == run:
            return at
    return None


def _mark(row: Node | str) -> object:
    return row if isinstance(row, str) else row.mark


def _remember(rows: list[Node | str]) -> None:
    for row in rows:
        if isinstance(row, Node):
            _ = row.mark
            _remember(row.children)


def _size(mark: object) -> int:
    return 1 + sum(map(_size, mark[3])) if isinstance(mark, tuple) else 1
