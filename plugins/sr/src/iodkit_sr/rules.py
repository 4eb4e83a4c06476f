"""Rules for validation: which items may be below which (PS3.3 A.35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit_sr.constraints import CONSTRAINTS, find_violations
from iodkit_sr.document import SRDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit_sr.constraints import Violation

__all__ = ["find_relationship_violations"]


def find_relationship_violations(dataset: Dataset) -> Iterator[Violation]:
    """Find the items of a document that its IOD does not allow where they are.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class, ours or not.

    Yields
    ------
    Violation
        What is wrong, with the path of the item; nothing for IODs whose content follows
        templates only.
    """
    constraints = CONSTRAINTS.get(str(dataset.get("SOPClassUID", "")))
    if constraints is None:
        return
    document = (
        dataset if isinstance(dataset, SRDocument) else SRDocument.from_dataset(dataset, copy=False)
    )
    yield from find_violations(document.tree, constraints)
