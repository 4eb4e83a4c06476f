"""Checking objects that belong together: what only a set of them shows."""

from __future__ import annotations

import warnings
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iodkit.attributes import Finding, Report, Severity
from iodkit.validation.rules.identity import references
from iodkit.validation.validating import open_subject

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from pydicom.dataset import Dataset

    from iodkit.validation.subject import Subject

__all__ = ["validate_set"]

_KEYWORDS = (
    "SOPInstanceUID",
    "SOPClassUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "PatientID",
    "Modality",
    "FrameOfReferenceUID",
)
# What all objects of one series, or of one study, have in common, and where this is said.
_SHARED = (
    ("SeriesInstanceUID", "StudyInstanceUID", "PS3.3 A.1.2.3"),
    ("SeriesInstanceUID", "Modality", "PS3.3 C.7.3.1.1.1"),
    ("SeriesInstanceUID", "FrameOfReferenceUID", "PS3.3 A.1.2.5"),
    ("StudyInstanceUID", "PatientID", "PS3.3 A.1.2.2"),
)


@dataclass(frozen=True, slots=True)
class _Member:
    """What is kept of an object of the set."""

    number: int
    values: dict[str, str]
    references: dict[str, str]
    classes: dict[str, str]
    series: dict[str, str]

    def path(self, below: str) -> str:
        return f"[{self.number}].{below}"


def validate_set(
    datasets: Iterable[Dataset | str | bytes | os.PathLike[str] | BinaryIO],
) -> Report:
    """Check what only a set of objects shows: identifiers, references, and what they share.

    Parameters
    ----------
    datasets : iterable of pydicom.Dataset | str | bytes | os.PathLike | BinaryIO
        Objects, or paths, URLs, contents or open files of them, of one study or several.

    Returns
    -------
    Report
        What was found; paths begin with the number of the object in the set, from 1, as
        ``"[3].SOPInstanceUID"``.  The objects themselves are what :func:`validate` is for.

    Raises
    ------
    ReadError
        If a file cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        members = [_member(number, open_subject(each)) for number, each in enumerate(datasets, 1)]
    findings = [*_repeated(members), *_unequal(members)]
    by_uid = {member.values["SOPInstanceUID"]: member for member in members}
    for member in members:
        findings += _resolve(member, by_uid)
    return Report(tuple(findings), f"{len(members)} objects")


def _member(number: int, subject: Subject) -> _Member:
    values = {keyword: str(subject.get(keyword) or "") for keyword in _KEYWORDS}
    classes: dict[str, str] = {}
    series: dict[str, str] = {}
    for path, item in subject.items:
        uid = subject.get("ReferencedSOPInstanceUID", item)
        if uid is not None:
            classes.setdefault(str(uid), str(subject.get("ReferencedSOPClassUID", item) or ""))
        elif "ReferencedSeriesSequence[" in path and "SeriesInstanceUID" in item:
            instances: Any = subject.get("ReferencedInstanceSequence", item) or []
            for instance in instances:
                listed = str(subject.get("ReferencedSOPInstanceUID", instance) or "")
                series[listed] = str(subject.get("SeriesInstanceUID", item))
    return _Member(number, values, references(subject), classes, series)


def _repeated(members: list[_Member]) -> Iterator[Finding]:
    first: dict[str, _Member] = {}
    for member in members:
        uid = member.values["SOPInstanceUID"]
        if uid and uid in first:
            yield Finding(
                Severity.ERROR,
                "set-uid-repeated",
                member.path("SOPInstanceUID"),
                found=uid,
                expected=f"another UID than object {first[uid].number}",
                clause="PS3.5 9",
                remedy="Leave one of them out, or generate a new UID",
            )
        first.setdefault(uid, member)


def _unequal(members: list[_Member]) -> Iterator[Finding]:
    for group, keyword, clause in _SHARED:
        values: dict[str, dict[str, _Member]] = defaultdict(dict)
        for member in members:
            if member.values[group] and member.values[keyword]:
                values[member.values[group]].setdefault(member.values[keyword], member)
        for found in values.values():
            known, *others = found.items()
            for value, member in others:
                yield Finding(
                    Severity.ERROR,
                    "set-not-shared",
                    member.path(keyword),
                    found=value,
                    expected=f"{known[0]!r}, as object {known[1].number} of the same {group}",
                    clause=clause,
                )


def _resolve(member: _Member, by_uid: dict[str, _Member]) -> Iterator[Finding]:
    missing = [uid for uid in member.references if uid not in by_uid]
    if missing:
        yield Finding(
            Severity.WARNING,
            "set-reference-unresolved",
            member.path(member.references[missing[0]]),
            found=missing[0],
            expected="an object of the set",
            clause="PS3.3 C.12.2",
            remedy="Add the referenced objects to the set",
            count=len(missing),
        )
    for uid in dict.fromkeys((*member.references, *member.series)):
        target = by_uid.get(uid)
        if target is not None and target is not member:
            yield from _compare(member, uid, target)


def _compare(member: _Member, uid: str, target: _Member) -> Iterator[Finding]:
    """Compare what an object says of another one with what that one is."""
    path = member.path(member.references.get(uid, "ReferencedSeriesSequence"))
    for stated, keyword, clause in (
        (member.classes.get(uid), "SOPClassUID", "PS3.3 10.8"),
        (member.series.get(uid), "SeriesInstanceUID", "PS3.3 C.12.2"),
    ):
        if stated and stated != target.values[keyword]:
            yield Finding(
                Severity.ERROR,
                "set-reference-wrong",
                path,
                keyword,
                f"{keyword} {stated} of {uid}",
                f"{target.values[keyword]}, as object {target.number} has it",
                clause,
            )
    if uid not in member.references:
        return
    for keyword, clause in (
        ("StudyInstanceUID", "PS3.3 C.12.2"),
        ("FrameOfReferenceUID", "PS3.3 C.7.4.1"),
    ):
        own, other = member.values[keyword], target.values[keyword]
        if own and other and own != other:
            yield Finding(
                Severity.WARNING,
                "set-source-elsewhere",
                member.path(keyword),
                found=own,
                expected=f"{other}, that of the referenced object {target.number}",
                clause=clause,
                remedy="Viewers look for the source in the same study and frame of reference",
            )
