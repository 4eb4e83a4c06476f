"""A structured report of any SOP class: the document that users hold (PS3.3 A.35, C.17)."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from iodkit_sr.process import amend, verify
from iodkit_sr.readable import ReadableDocument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from pydicom.dataset import Dataset

    from iodkit.content.sequences import ContentSequence
    from iodkit_sr.creation import Observer

__all__ = ["SRDocument", "open_document"]

# Documents around datasets that are still in use, by identity: all rules of a validation look at
# one dataset, and its tree is found once.
_OPENED: dict[int, tuple[weakref.ref[Dataset], SRDocument]] = {}


class SRDocument(ReadableDocument):
    """A structured report (PS3.3 A.35, C.17): any SR document, whatever its template.

    Documents that are read are objects of this class or of a class derived from it.  Nothing
    is decoded when a document is opened; :attr:`tree` answers questions from one pass over the
    bytes, and :attr:`content` gives items that can be edited.
    """

    def verify(self, observer: Observer) -> Self:
        """Make a new instance that says that somebody has verified this document.

        Parameters
        ----------
        observer : Observer
            Who verified it.

        Returns
        -------
        Self
            Verified document with this one as predecessor.

        Raises
        ------
        InvalidValueError
            If the document is not complete.
        """
        return verify(self, observer)

    def amend(
        self,
        content: Dataset | ContentSequence | None = None,
        *,
        evidence: Sequence[Dataset] = (),
        is_complete: bool | None = None,
        is_final: bool | None = None,
    ) -> Self:
        """Make a new instance with other content, which nobody has verified.

        Parameters
        ----------
        content : pydicom.Dataset | pydicom.Sequence | None, optional
            Root item of the new content; the content stays by default.
        evidence : Sequence[pydicom.Dataset], optional
            Objects that the new content refers to and that the document does not list yet.
        is_complete, is_final : bool | None, optional
            New state; it stays by default.

        Returns
        -------
        Self
            Amended document with this one as predecessor.

        Raises
        ------
        InvalidValueError
            If the IOD does not allow an item where it is.
        NotFoundError
            If the content refers to objects that are neither listed nor in the evidence.
        """
        return amend(self, content, evidence=evidence, is_complete=is_complete, is_final=is_final)


def open_document(dataset: Dataset) -> SRDocument:
    """Look at a dataset as a document.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Object of any SR storage class; it is not changed.

    Returns
    -------
    SRDocument
        The document; it shares the elements of the dataset.
    """
    if isinstance(dataset, SRDocument):
        return dataset
    key = id(dataset)
    reference, known = _OPENED.get(key, (None, None))
    if known is not None and reference is not None and reference() is dataset:
        state = known.__dict__
        if all(state.get(name) is value for name, value in dataset.__dict__.items()):
            return known
    document = SRDocument.from_dataset(dataset, copy=False)
    _OPENED[key] = (weakref.ref(dataset, lambda _: _OPENED.pop(key, None)), document)
    return document
