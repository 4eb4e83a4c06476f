"""Structured reports of many items: create, query and flatten, each beside highdicom."""

from __future__ import annotations

import io
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydicom.sr.coding import Code

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    import pydicom

DATA = Path(__file__).resolve().parent.parent / ".benchdata"
NAMES = [Code(str(10000 + n), "99BENCH", f"Measurement {n}") for n in range(20)]
GROUP = Code("125007", "DCM", "Measurement Group")
TITLE = Code("126000", "DCM", "Imaging Measurement Report")
FINDING = Code("121071", "DCM", "Finding")
MM = Code("mm", "UCUM", "millimeter")
CONTAINS = "CONTAINS"


@cache
def _evidence() -> list[Any]:
    from iodkit.testing import phantom

    return list(phantom.ct_series(1, 8, 8))


def build(side: Any, items: int) -> Any:
    """Build a report of groups of ten items with the classes of one side."""
    groups = []
    for number in range(items // 10):
        below = [side.CodeContentItem(FINDING, GROUP, CONTAINS)]
        below.extend(
            side.NumContentItem(NAMES[n], number + n / 8, MM, relationship_type=CONTAINS)
            for n in range(7)
        )
        below.append(side.TextContentItem(FINDING, f"text {number}", CONTAINS))
        group = side.ContainerContentItem(GROUP, relationship_type=CONTAINS)
        group.ContentSequence = side.ContentSequence(below)
        groups.append(group)
    root = side.ContainerContentItem(TITLE)
    root.ContentSequence = side.ContentSequence(groups)
    return side.ComprehensiveSR(_evidence(), root, "1.2.3", 1, "1.2.3.4", 1, manufacturer="Bench")


def _sides() -> tuple[Any, Any]:
    import highdicom as hd

    from iodkit import sr

    return sr, hd.sr


def _write(which: int, items: int) -> int:
    buffer = io.BytesIO()
    build(_sides()[which], items).save_as(buffer)
    return len(buffer.getvalue())


def _file(items: int) -> Path:
    path = DATA / f"report-{items}.dcm"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        build(_sides()[0], items).save_as(path)
    return path


def _query_ours(path: Path) -> float:
    document = _sides()[0].srread(path)
    return float(sum(document.tree.select(NAMES[3], "NUM", under=GROUP).values))


def _query_highdicom(path: Path) -> float:
    hd = _sides()[1]
    document = hd.srread(path)
    found = hd.utils.find_content_items(
        document, name=NAMES[3], value_type=hd.ValueTypeValues.NUM, recursive=True
    )
    return float(sum(item.MeasuredValueSequence[0].NumericValue for item in found))


def _flatten_ours(path: Path) -> int:
    return len(_sides()[0].srread(path).to_columns()["value"])


def _flatten_highdicom(path: Path) -> int:
    rows = []

    def walk(item: pydicom.Dataset, path: str) -> None:
        names = item.get("ConceptNameCodeSequence")
        value = item.get("TextValue")
        if "MeasuredValueSequence" in item:
            value = item.MeasuredValueSequence[0].NumericValue
        if "ConceptCodeSequence" in item:
            value = item.ConceptCodeSequence[0].CodeMeaning
        rows.append((path, names[0].CodeMeaning if names else None, value))
        for number, below in enumerate(item.get("ContentSequence", ()), 1):
            walk(below, f"{path}.{number}")

    walk(_sides()[1].srread(path), "1")
    return len(rows)


def _row(
    name: str,
    prepare: Callable[[], Any],
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    target: float = 30,
) -> Row:
    return Row(f"report {name}", target, prepare, ours, theirs)


def rows() -> list[Row]:
    """List the rows."""
    found = []
    for items in (10_000, 100_000):
        label = f"{items:,} items".replace(",", " ")
        file = partial(_file, items)
        found += [
            _row(
                f"create and write {label}",
                partial(int, items),
                partial(_write, 0),
                partial(_write, 1),
            ),
            _row(f"open and query {label}", file, _query_ours, _query_highdicom),
            _row(f"open and flatten {label}", file, _flatten_ours, _flatten_highdicom, 15),
        ]
    return found
