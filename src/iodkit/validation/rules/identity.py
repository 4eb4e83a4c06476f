"""Identity and references: unique identifiers, and instances that are listed (PS3.3 C.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.attributes import Fault
from iodkit.attributes.findings import join_path
from iodkit.attributes.tables import tables_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.validation.subject import Subject

__all__ = [
    "check_distinct_identifiers",
    "check_file_meta",
    "check_listed_references",
    "check_needless_lists",
    "check_own_references",
    "references",
]

_OWN = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
_LISTS = ("ReferencedSeriesSequence", "StudiesContainingOtherReferencedInstancesSequence")
_COMMON_REFERENCE = "CommonInstanceReference"
# Modules in which the attribute of the same name is another one.
_OTHER_LISTS = frozenset(("PresentationStateRelationship", "PresentationStateBlending"))
_REFERENCED = (0x00081155, "ReferencedSOPInstanceUID")
_PER_FRAME = "PerFrameFunctionalGroupsSequence"
_COMMON_REFERENCE_IODS = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.66.4",
        "1.2.840.10008.5.1.4.1.1.66.7",
        "1.2.840.10008.5.1.4.1.1.30",
        "1.2.840.10008.5.1.4.1.1.91.1",
    )
)


def references(subject: Subject) -> dict[str, str]:
    """Find the instances that an object refers to, outside its lists of references.

    Parameters
    ----------
    subject : Subject
        The object.

    Returns
    -------
    dict[str, str]
        SOP Instance UID and the path where it is first referenced.
    """
    found: dict[str, str] = {}
    for path, item in subject.items:
        uid = subject.get(_REFERENCED[1], item)
        if uid is not None and not path.startswith(_LISTS):
            found.setdefault(str(uid), join_path(path, _REFERENCED[1]))
    for other in subject.other_values:
        if other.tags[-1] == _REFERENCED[0]:
            uid = other.value.decode("latin-1").rstrip("\0 ")
            found.setdefault(uid, f"{_PER_FRAME}[{other.numbers[0]}]")
    return found


def check_own_references(subject: Subject) -> Iterator[Fault]:
    """Find objects that refer to themselves.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    own = str(subject.get("SOPInstanceUID") or "")
    path = references(subject).get(own) if own else None
    if path:
        yield Fault(path, own, "the UID of another instance")


def check_distinct_identifiers(subject: Subject) -> Iterator[Fault]:
    """Find one identifier used for several of instance, series, study and frame of reference.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each repeated use.
    """
    known: dict[str, str] = {}
    for keyword in (*_OWN, "FrameOfReferenceUID"):
        uid = str(subject.get(keyword) or "")
        if uid and uid in known:
            yield Fault(keyword, uid, f"another UID than {known[uid]}", "Generate a new UID")
        known.setdefault(uid, keyword)


def check_file_meta(subject: Subject) -> Iterator[Fault]:
    """Find file meta information that contradicts the object (PS3.10 7.1).

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each contradiction.
    """
    for keyword, of in (
        ("MediaStorageSOPClassUID", "SOPClassUID"),
        ("MediaStorageSOPInstanceUID", "SOPInstanceUID"),
    ):
        stated, own = subject.meta(keyword), subject.get(of)
        if stated and own and stated != str(own):
            yield Fault(keyword, stated, f"the {of}, {own}")


def check_listed_references(subject: Subject) -> Iterator[Fault]:
    """Find references to instances that the object does not list by series.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One, with the number of instances that are not listed.
    """
    if subject.sop_class_uid not in _COMMON_REFERENCE_IODS:
        return
    listed = {
        str(subject.get(_REFERENCED[1], item))
        for path, item in subject.items
        if path.startswith(_LISTS)
    }
    missing = [(uid, path) for uid, path in references(subject).items() if uid not in listed]
    if missing:
        uid, path = missing[0]
        yield Fault(
            path,
            uid,
            "an instance that ReferencedSeriesSequence lists",
            "Add the instance to ReferencedSeriesSequence, under its series",
            count=len(missing),
        )


def check_needless_lists(subject: Subject) -> Iterator[Fault]:
    """Find lists of series in objects that refer to no instance.

    The lists are of type 1C, without "may be present otherwise".

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each list.
    """
    present = [keyword for keyword in _LISTS if keyword in subject.dataset]
    tables = tables_for(subject.sop_class_uid) if present else None
    modules = {usage.module for usage in tables.iod.modules} if tables is not None else set()
    if _COMMON_REFERENCE not in modules or modules & _OTHER_LISTS or references(subject):
        return
    for keyword in present:
        remedy = f"Remove {keyword}, or refer to the instances where they are used"
        yield Fault(keyword, "the attribute", "none, as no instance is referenced", remedy)
