"""What all rules on documents begin with: the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit_sr.document import SRDocument

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["open_document"]


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
    return SRDocument.from_dataset(dataset, copy=False)
