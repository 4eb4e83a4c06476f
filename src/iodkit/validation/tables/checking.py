"""Checking an object against the tables of its IOD: its modules, then its functional groups."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from pydicom.uid import UID

from iodkit.attributes.tables import tables_for
from iodkit.validation.tables.attributes import check_item
from iodkit.validation.tables.groups import check_groups, group_items
from iodkit.validation.tables.reporting import report
from iodkit.validation.tables.scope import Scope
from iodkit.validation.tables.usage import contents_of, used_modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iodkit.attributes import Finding
    from iodkit.attributes.tables import Tables
    from iodkit.validation.subject import Subject

__all__ = ["check_attributes"]

# UIDs that PS3.6 registers for standards that build on DICOM.
_ELSEWHERE = {
    "1.2.840.10008.5.1.4.1.1.501.": "DICOS (NEMA IIC 1)",
    "1.2.840.10008.5.1.4.1.1.601.": "DICONDE (ASTM E2339)",
}


def check_attributes(subject: Subject) -> Iterator[Finding]:
    """Find attributes that are not as the tables of the IOD want them.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Finding
        What is wrong, and which conditions could not be decided.
    """
    tables = tables_for(subject.sop_class_uid)
    if tables is None:
        yield from _check_sop_class(subject)
        return
    groups = group_items(subject.reduced)
    bare = Scope(subject.reduced, None, groups=groups)
    contents = contents_of(tables, used_modules(tables, bare))
    scope = Scope(subject.reduced, contents, groups=groups)
    yield from _check_frames(subject, tables)
    findings = chain(check_item(scope, contents), check_groups(scope, tables))
    placed = (replace(each, path=subject.original_path(each.path)) for each in findings)
    yield from _undecided_once(subject.weigh(placed))


def _check_frames(subject: Subject, tables: Tables) -> Iterator[Finding]:
    """Find several frames in an object of an IOD for single frames, as PS3.3 A.8.1.1."""
    frames = subject.number("NumberOfFrames") or 1
    if frames > 1:
        modules = tuple(usage.module for usage in tables.iod.modules)
        if "NumberOfFrames" not in contents_of(tables, modules).keywords:
            finding = report("frames-not-allowed", "NumberOfFrames", found=f"{frames} frames")
            yield replace(finding, expected="one frame", clause=tables.iod.clause)


def _check_sop_class(subject: Subject) -> Iterator[Finding]:
    """Say why there is no table; directories have no SOP class (PS3.3 F.3)."""
    if subject.sop_class_uid:
        uid = UID(subject.sop_class_uid)
        found = uid if uid.name == uid else f"{uid}, {uid.name}"
        is_retired = bool(uid.type) and uid.is_retired
        code = "iod-retired" if is_retired else "iod-unknown"
        yield report(code, "SOPClassUID", found=found, expected=_why_no_table(uid))
    elif "DirectoryRecordSequence" not in subject.dataset:
        expected = "the SOP class, which says of which IOD the object is (type 1)"
        yield report("attribute-missing", "SOPClassUID", expected=expected)


def _why_no_table(uid: UID) -> str:
    """Say where a SOP class is defined, if not in PS3.3."""
    where = next((text for prefix, text in _ELSEWHERE.items() if uid.startswith(prefix)), "")
    return where and f"the tables of another standard, {where}: only the rules are checked"


def _undecided_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Say of each condition once that it cannot be decided, wherever it stands."""
    undecided: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        if finding.code != "condition-undecided":
            yield finding
            continue
        key = (finding.keyword, finding.expected, finding.clause)
        known = undecided.get(key)
        undecided[key] = (
            finding if known is None else replace(known, count=known.count + finding.count)
        )
    yield from undecided.values()
