"""Documents as a process: verifying and amending make new instances (PS3.3 C.17.2)."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, TypeVar

from iodkit.context import generate_uid, now
from iodkit.elements import check_type, format_date, format_time
from iodkit.errors import InvalidValueError
from iodkit_sr.checks import check_content
from iodkit_sr.creation import Content, Observer, write_observer
from iodkit_sr.evidence import hierarchy, sort_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit_sr.readable import ReadableDocument

__all__ = ["amend", "list_identical", "verify"]

_DocumentT = TypeVar("_DocumentT", bound="ReadableDocument")
_CURRENT = "CurrentRequestedProcedureEvidenceSequence"


def _new_instance(document: _DocumentT) -> _DocumentT:
    """Copy a document under a UID of its own, with itself as predecessor."""
    new = deepcopy(document)
    uid = generate_uid()
    moment = now()
    new.SOPInstanceUID = uid
    meta = getattr(new, "file_meta", None)
    if meta is not None:
        meta.MediaStorageSOPInstanceUID = uid
    new.InstanceCreationDate = format_date(moment.date(), "InstanceCreationDate")
    new.InstanceCreationTime = format_time(moment.time(), "InstanceCreationTime")
    new.ContentDate = format_date(moment.date(), "ContentDate")
    new.ContentTime = format_time(moment.time(), "ContentTime")
    new.PredecessorDocumentsSequence = hierarchy([document])
    # They are identical to the document as it was.
    if "IdenticalDocumentsSequence" in new:
        del new.IdenticalDocumentsSequence
    return new


def verify(document: _DocumentT, observer: Observer) -> _DocumentT:
    """Make a new instance of a document that says that somebody has verified it.

    Parameters
    ----------
    document : ReadableDocument
        A complete document; it is not changed.
    observer : Observer
        Who verified it.

    Returns
    -------
    ReadableDocument
        Verified document with the first one as predecessor.

    Raises
    ------
    InvalidValueError
        If the document is not complete.
    """
    check_type(observer, Observer, "observer")
    if not document.is_complete:
        raise InvalidValueError(
            "only a complete document can be verified",
            attribute="CompletionFlag",
            found=document.get("CompletionFlag"),
            expected="COMPLETE",
            remedy="Amend it with is_complete=True first.",
        )
    new = _new_instance(document)
    write_observer(new, observer)
    return new


def amend(
    document: _DocumentT,
    content: object = None,
    *,
    evidence: Sequence[Dataset] = (),
    is_complete: bool | None = None,
    is_final: bool | None = None,
) -> _DocumentT:
    """Make a new instance of a document with other content; it is not verified.

    Parameters
    ----------
    document : ReadableDocument
        The document; it is not changed.
    content : pydicom.Dataset | pydicom.Sequence | None, optional
        Root item of the new content; the content stays by default.
    evidence : Sequence[pydicom.Dataset], optional
        Objects that the new content refers to and that the document does not list yet.
    is_complete, is_final : bool | None, optional
        New state; it stays by default.

    Returns
    -------
    ReadableDocument
        Amended document with the first one as predecessor.

    Raises
    ------
    InvalidValueError
        If the IOD does not allow an item where it is.
    NotFoundError
        If the content refers to objects that are neither listed nor in the evidence.
    """
    new = _new_instance(document)
    if content is not None:
        checked = Content(content)
        for keyword in ("ContentSequence", "ContentTemplateSequence"):
            if keyword in new:
                delattr(new, keyword)
        checked.write(new)
        check_content(new.tree, str(new.SOPClassUID))
    if content is not None or evidence:
        _extend_evidence(new, evidence)
    if is_complete is not None:
        new.CompletionFlag = "COMPLETE" if is_complete else "PARTIAL"
    if is_final is not None:
        new.PreliminaryFlag = "FINAL" if is_final else "PRELIMINARY"
    new.VerificationFlag = "UNVERIFIED"
    if "VerifyingObserverSequence" in new:
        del new.VerifyingObserverSequence
    return new


def _extend_evidence(document: ReadableDocument, evidence: Sequence[Dataset]) -> None:
    """Add objects to the evidence of a document, and check that what is needed is there."""
    listed = {str(instance) for _, _, instance, _ in document.get_evidence()}
    wanted = set(document.tree.list_referenced_instances()) - listed
    new = [each for each in evidence if str(each.get("SOPInstanceUID")) not in listed]
    current, other = sort_evidence(new, wanted, document.StudyInstanceUID)
    for keyword, items in ((_CURRENT, current), ("PertinentOtherEvidenceSequence", other)):
        if items:
            before = [deepcopy(each) for each in document.get(keyword) or ()]
            setattr(document, keyword, [*before, *items])


def list_identical(documents: Sequence[_DocumentT]) -> list[_DocumentT]:
    """Make documents of the same content say that they are identical (PS3.3 C.17.2.2).

    Parameters
    ----------
    documents : Sequence[ReadableDocument]
        Two documents or more, one for each study that they belong to; they are not changed.

    Returns
    -------
    list[ReadableDocument]
        The same documents, each with the others as identical ones.

    Raises
    ------
    InvalidValueError
        If there are fewer than two, or their content differs.
    """
    found = list(documents)
    first = found[0].tree.index.scan.data if found else b""
    if len(found) < 2 or any(each.tree.index.scan.data != first for each in found[1:]):
        raise InvalidValueError(
            "identical documents are several documents of the same content",
            attribute="documents",
            found=f"{len(found)} documents",
            clause="PS3.3 C.17.2.2",
        )
    listed = [deepcopy(each) for each in found]
    for each, original in zip(listed, found, strict=True):
        others = [other for other in found if other is not original]
        each.IdenticalDocumentsSequence = hierarchy(others)
    return listed
