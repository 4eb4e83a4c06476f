"""Rules for validation: which items may be below which (PS3.3 A.35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.attributes import Fault
from iodkit_sr.constraints import CONSTRAINTS, find_violations
from iodkit_sr.document import SRDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit_sr.constraints import Violation

__all__ = ["check_relationships"]


def check_relationships(dataset: Dataset) -> Iterator[Fault]:
    """Find the items of a document that its IOD does not allow where they are.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class, ours or not.

    Yields
    ------
    Fault
        One for each such item; none for IODs whose content follows templates only.
    """
    constraints = CONSTRAINTS.get(str(dataset.get("SOPClassUID", "")))
    if constraints is None:
        return
    document = (
        dataset if isinstance(dataset, SRDocument) else SRDocument.from_dataset(dataset, copy=False)
    )
    for violation in find_violations(document.tree, constraints):
        yield Fault(
            _to_path(violation),
            violation.found,
            violation.expected,
            remedy=f"Item {violation.path} of the document: {violation.message}",
            clause=constraints.clause,
        )


def _to_path(violation: Violation) -> str:
    """Turn the path of an item, "1.2.3", into that of its attribute."""
    _, *steps = violation.path.split(".")
    items = [f"ContentSequence[{step}]" for step in steps]
    return ".".join([*items, violation.attribute])
