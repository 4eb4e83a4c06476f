"""Evidence of documents: the objects that they refer to, by study and series (PS3.3 C.17.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit.dataset.identification import require
from iodkit.elements import check_type, check_uid, peek_text
from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "check_evidence",
    "collect_evidence",
    "hierarchy",
    "list_instances",
    "referenced_instances",
    "sort_evidence",
]

_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID")


def check_evidence(evidence: Sequence[Dataset] | Dataset) -> list[Dataset]:
    """Check the evidence that a constructor is given.

    Parameters
    ----------
    evidence : Sequence[pydicom.Dataset]
        Objects; one alone is taken, too.

    Returns
    -------
    list[pydicom.Dataset]
        The objects.

    Raises
    ------
    InvalidTypeError
        If one is no dataset.
    InvalidValueError
        If there are none.
    """
    given = [evidence] if isinstance(evidence, Dataset) else evidence
    found = [check_type(each, Dataset, "evidence") for each in given]
    if not found:
        raise InvalidValueError(
            "a document needs evidence",
            attribute="evidence",
            expected="at least one dataset, which tells patient and study",
            clause="PS3.3 C.17.2",
        )
    return found


def collect_evidence(
    evidence: Sequence[Dataset], content: Dataset, study_instance_uid: str | None = None
) -> tuple[list[Dataset], list[Dataset]]:
    """Sort evidence into that of the current procedure, and other that is pertinent.

    Parameters
    ----------
    evidence : Sequence[pydicom.Dataset]
        Objects from which the content was made; each once or more often.
    content : pydicom.Dataset
        Root item of the content, or a document.
    study_instance_uid : str | None, optional
        The study of the document, whose objects are the current evidence; by default that of
        the first dataset.

    Returns
    -------
    tuple[list[pydicom.Dataset], list[pydicom.Dataset]]
        Items of Current Requested Procedure Evidence Sequence, and of Pertinent Other Evidence
        Sequence (PS3.3 C.17.2).

    Raises
    ------
    MissingAttributeError
        If a dataset has no UIDs.
    NotFoundError
        If the content refers to an object that is not in the evidence.
    """
    if study_instance_uid is not None:
        check_uid(study_instance_uid, "study_instance_uid")
    return sort_evidence(evidence, set(referenced_instances(content)), study_instance_uid)


def sort_evidence(
    evidence: Iterable[Dataset], referenced: set[str], study_instance_uid: str | None
) -> tuple[list[Dataset], list[Dataset]]:
    """Sort evidence by study; see :func:`collect_evidence`.

    Parameters
    ----------
    evidence : Iterable[pydicom.Dataset]
        The objects.
    referenced : set[str]
        SOP instance UIDs that have to be among them.
    study_instance_uid : str | None
        The study of the document.

    Returns
    -------
    tuple[list[pydicom.Dataset], list[pydicom.Dataset]]
        Items for current, and for other evidence.
    """
    known: dict[str, Dataset] = {}
    for dataset in evidence:
        check_type(dataset, Dataset, "evidence")
        for keyword in _UIDS:
            require(dataset, keyword, clause="PS3.3 C.17.2", what="evidence")
        known.setdefault(str(dataset.SOPInstanceUID), dataset)
    missing = sorted(uid for uid in referenced if uid not in known)
    if missing:
        raise NotFoundError(
            "the content refers to objects that are not in the evidence",
            attribute="evidence",
            found=missing[:3],
            clause="PS3.3 C.17.2",
            remedy="Give the datasets of these objects as evidence, too.",
        )

    everything = list(known.values())
    if study_instance_uid is None and everything:
        study_instance_uid = everything[0].StudyInstanceUID
    current = [each for each in everything if each.StudyInstanceUID == study_instance_uid]
    other = [each for each in everything if each.StudyInstanceUID != study_instance_uid]
    return hierarchy(current), hierarchy(other)


def referenced_instances(content: Any) -> Iterator[str]:
    """Find the objects that the items of a content tree refer to.

    Parameters
    ----------
    content : pydicom.Dataset
        Root item, or a document.

    Yields
    ------
    str
        SOP Instance UIDs.
    """
    waiting: list[Any] = [content]
    while waiting:
        item = waiting.pop()
        for reference in item.get("ReferencedSOPSequence") or ():
            uid = reference.get("ReferencedSOPInstanceUID")
            if uid:
                yield str(uid)
        waiting.extend(item.get("ContentSequence") or ())


def hierarchy(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Make items of the Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1).

    Parameters
    ----------
    datasets : Iterable[pydicom.Dataset]
        Objects with their UIDs.

    Returns
    -------
    list[pydicom.Dataset]
        One item for each study, with its series and their objects.
    """
    studies: dict[str, dict[str, dict[str, str]]] = {}
    for dataset in datasets:
        study, series, sop_class, instance = (peek_text(dataset, each) or "" for each in _UIDS)
        studies.setdefault(study, {}).setdefault(series, {})[instance] = sop_class
    items = []
    for study, all_series in studies.items():
        item = Dataset()
        item.StudyInstanceUID = study
        item.ReferencedSeriesSequence = [
            _series(uid, instances) for uid, instances in all_series.items()
        ]
        items.append(item)
    return items


def _series(uid: str, instances: dict[str, str]) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = uid
    references = []
    for instance, sop_class in instances.items():
        reference = Dataset()
        reference.ReferencedSOPClassUID = sop_class
        reference.ReferencedSOPInstanceUID = instance
        references.append(reference)
    item.ReferencedSOPSequence = references
    return item


def list_instances(items: object) -> Iterator[tuple[UID, UID, UID, UID]]:
    """List the objects in items of the Hierarchical SOP Instance Reference Macro.

    Parameters
    ----------
    items : Sequence[pydicom.Dataset] | None
        The items.

    Yields
    ------
    tuple[UID, UID, UID, UID]
        Study, series, SOP instance, and SOP class.

    Raises
    ------
    InvalidTypeError
        If these are no items.
    """
    try:
        studies = list(items or ())  # type: ignore[call-overload]
    except TypeError:
        raise InvalidTypeError("these are no items", found=items) from None
    for study in studies:
        for series in study.get("ReferencedSeriesSequence") or ():
            for reference in series.get("ReferencedSOPSequence") or ():
                yield (
                    UID(str(study.get("StudyInstanceUID", ""))),
                    UID(str(series.get("SeriesInstanceUID", ""))),
                    UID(str(reference.get("ReferencedSOPInstanceUID", ""))),
                    UID(str(reference.get("ReferencedSOPClassUID", ""))),
                )
