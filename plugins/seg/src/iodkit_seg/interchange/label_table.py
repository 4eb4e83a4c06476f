"""Tables of labels: CSV with a code triplet for each property of a segment."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from iodkit.errors import InvalidValueError, MissingFileError
from iodkit_seg.interchange.codes import code_from_triplet, code_to_triplet
from iodkit_seg.interchange.describing import describe_records
from iodkit_seg.interchange.labels import check_rgb
from iodkit_seg.interchange.records import SegmentRecord

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from pydicom.sr.coding import Code

    from iodkit.content import AlgorithmIdentificationSequence
    from iodkit_seg.interchange.names import SegmentCodes
    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["read_label_table", "write_label_table"]

_PARTS = ("scheme", "code", "meaning")
_CODES = ("category", "type", "type_modifier", "region", "region_modifier")
_COLORS = ("red", "green", "blue")
_TEXTS = ("algorithm_type", "algorithm_name", "description", "tracking_id", "tracking_uid")
COLUMNS = (
    "number",
    "label",
    *(f"{code}_{part}" for code in _CODES for part in _PARTS),
    *_COLORS,
    *_TEXTS,
)
"""Columns of the table; all but ``number`` and ``label`` may be missing or empty."""


def read_label_table(
    path: str | os.PathLike[str],
    *,
    codes: Mapping[str, SegmentCodes] | None = None,
    algorithm: AlgorithmIdentificationSequence | None = None,
) -> list[SegmentDescription]:
    """Read descriptions of segments from a CSV file.

    Parameters
    ----------
    path : str | os.PathLike
        File in UTF-8 with a row of titles: ``number``, ``label``, and any of
        ``category_scheme``, ``category_code``, ``category_meaning``, the same for ``type``,
        ``type_modifier``, ``region`` and ``region_modifier``, ``red``, ``green``, ``blue``,
        ``algorithm_type``, ``algorithm_name``, ``description``, ``tracking_id``,
        ``tracking_uid``.
    codes : Mapping[str, SegmentCodes] | None, optional
        Codes by label, for rows without codes.
    algorithm : AlgorithmIdentificationSequence | None, optional
        The algorithm that made the segments.

    Returns
    -------
    list[SegmentDescription]
        Descriptions in the order of the rows.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InvalidValueError
        If a column is unknown or missing, or a value is wrong; the error names the line.
    NotFoundError
        If rows have no code, and none is known for their labels.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_titles(list(reader.fieldnames or ()))
            records = [_record(row, f"line {reader.line_num}") for row in reader]
    except FileNotFoundError as error:
        raise MissingFileError("there is no such file", found=str(path)) from error
    return describe_records(records, codes=codes, algorithm=algorithm)


def write_label_table(descriptions: Iterable[SegmentDescription]) -> str:
    """Write descriptions of segments as CSV; of several modifiers the first one.

    Parameters
    ----------
    descriptions : Iterable[SegmentDescription]
        Descriptions.

    Returns
    -------
    str
        Table with the columns that :func:`read_label_table` reads.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for description in descriptions:
        record = SegmentRecord.from_description(description)
        codes = (
            record.category,
            record.type,
            _first(record.type_modifiers),
            record.region,
            _first(record.region_modifiers),
        )
        writer.writerow(
            [
                record.number,
                record.label,
                *(part for code in codes for part in code_to_triplet(code)),
                *(record.rgb or ("", "", "")),
                *(getattr(record, name) or "" for name in _TEXTS),
            ]
        )
    return out.getvalue()


def _first(codes: tuple[Code, ...]) -> Code | None:
    return codes[0] if codes else None


def _check_titles(titles: list[str]) -> None:
    unknown = [title for title in titles if title not in COLUMNS]
    missing = [title for title in ("number", "label") if title not in titles]
    if unknown or missing:
        raise InvalidValueError(
            f"the table lacks {missing}" if missing else "the table has unknown columns",
            attribute="titles",
            found=titles,
            expected=f"number, label, and any of {', '.join(COLUMNS[2:])}",
        )


def _record(row: Mapping[str | None, str | None], where: str) -> SegmentRecord:
    cells = {str(title): (row.get(title) or "").strip() for title in COLUMNS}
    if None in row:
        raise InvalidValueError("more cells than titles", attribute=where, found=row[None])
    if not cells["number"].isdecimal():
        raise InvalidValueError(
            "not a number of a segment", attribute=f"{where}: number", found=cells["number"]
        )
    codes = {
        name: code_from_triplet([cells[f"{name}_{part}"] for part in _PARTS], f"{where}: {name}")
        for name in _CODES
    }
    color = [cells[name] for name in _COLORS]
    return SegmentRecord(
        int(cells["number"]),
        cells["label"],
        category=codes["category"],
        type=codes["type"],
        type_modifiers=_all(codes["type_modifier"]),
        region=codes["region"],
        region_modifiers=_all(codes["region_modifier"]),
        rgb=_rgb(color, where) if any(color) else None,
        **{name: cells[name] for name in _TEXTS if cells[name]},
    )


def _all(code: Code | None) -> tuple[Code, ...]:
    return () if code is None else (code,)


def _rgb(cells: list[str], where: str) -> tuple[int, int, int]:
    numbers = [int(cell) if cell.isdecimal() else cell for cell in cells]
    return check_rgb(numbers, f"{where}: red, green, blue")
