"""Rules on what documents refer to: other items, and other objects (PS3.3 C.17.2, C.17.3.2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.attributes import Fault
from iodkit.errors import IodkitError
from iodkit_sr.rules.documents import open_document
from iodkit_sr.tree.references import check_references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

__all__ = ["check_evidence", "check_item_references"]


def check_evidence(dataset: Dataset) -> Iterator[Fault]:
    """Find objects that items refer to and that are not listed as evidence.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Yields
    ------
    Fault
        One, with the first of them and their number.
    """
    document = open_document(dataset)
    listed = {str(instance) for _, _, instance, _ in document.get_evidence()}
    missing = [uid for uid in document.tree.list_referenced_instances() if uid not in listed]
    if missing:
        yield Fault(
            "CurrentRequestedProcedureEvidenceSequence",
            f"{len(missing)} instances not listed, the first {missing[0]}",
            "every instance that items refer to, here or in PertinentOtherEvidenceSequence",
            "Add study, series and instance; iodkit.sr.collect_evidence makes the items",
        )


def check_item_references(dataset: Dataset) -> Iterator[Fault]:
    """Find relationships by reference that lead nowhere, or in a circle.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Yields
    ------
    Fault
        At most one.
    """
    try:
        check_references(open_document(dataset).tree)
    except IodkitError as error:
        yield Fault("ContentSequence", error.found, str(error.expected), error.message)
