"""What is kept by hand: changes of later editions, each with its clause, put into the tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Document = dict[str, Any]


def read_edits(path: Path) -> Document:
    """Read a file of ``tools/tables/hand/editions``."""
    edits: Document = json.loads(path.read_text(encoding="utf-8"))
    return edits


def apply_edits(documents: dict[str, Document], edits: Document) -> None:
    """Put new tables, and changes of rows, into the documents.

    Parameters
    ----------
    documents : dict
        All documents by path, ``"modules/SegmentationImage.json"``.
    edits : dict
        ``"tables"``: path → whole document; ``"changes"``: list of changes, each with ``"in"`` (a
        path), ``"clause"``, ``"at"`` (keywords of sequences, joined by dots), and ``"set"`` (rows
        to add or to change), ``"remove"`` (keywords of rows, or names of macros) or ``"iod"``
        (fields of an IOD, lists of modules and groups being added to).
    """
    documents.update(edits.get("tables", {}))
    for change in edits.get("changes", ()):
        document = documents[change["in"]]
        if "iod" in change:
            _change_iod(document, change)
            continue
        rows = _rows_at(document, change.get("at", ""))
        for row in change.get("set", ()):
            _set(rows, {**row, **_clause(document, change)}, change.get("before"))
        for name in change.get("remove", ()):
            _remove(rows, name)


def _clause(document: Document, change: Document) -> Document:
    clause = change["clause"]
    return {} if clause == document["clause"] else {"clause": clause}


def _rows_at(document: Document, path: str) -> list[Document]:
    rows: list[Document] = document["attributes"]
    for keyword in filter(None, path.split(".")):
        row = next(row for row in rows if row.get("keyword") == keyword)
        rows = row.setdefault("attributes", [])
    return rows


def _name(row: Document) -> str:
    return row.get("keyword") or row["include"]


def _set(rows: list[Document], row: Document, before: str | None) -> None:
    if "include" in row:
        row.pop("clause", None)
    for known in rows:
        if _name(known) == _name(row):
            known.update(row)
            for key in [key for key, value in known.items() if value is None]:
                del known[key]
            return
    names = [_name(each) for each in rows]
    rows.insert(names.index(before) if before else len(rows), row)


def _remove(rows: list[Document], name: str) -> None:
    kept = [row for row in rows if _name(row) != name]
    if len(kept) == len(rows):
        raise ValueError(f"no row {name} to remove")
    rows[:] = kept


def _change_iod(document: Document, change: Document) -> None:
    for field, value in change["iod"].items():
        if isinstance(value, list) and field != "sop_classes":
            usages = document.setdefault(field, [])
            for usage in value:
                kept = [each for each in usages if each["module"] != usage["module"]]
                document[field] = usages = [*kept, *([usage] if usage.get("usage") else [])]
        else:
            document[field] = value
