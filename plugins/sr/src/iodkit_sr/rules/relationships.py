"""The rule on which items may be below which (PS3.3 A.35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.attributes import Fault
from iodkit_sr.constraints.tables import CONSTRAINTS
from iodkit_sr.constraints.violations import find_violations
from iodkit_sr.document import open_document
from iodkit_sr.tree.index import parse_path, to_attribute_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

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
    for violation in find_violations(open_document(dataset).tree, constraints):
        yield Fault(
            to_attribute_path(parse_path(violation.path), violation.attribute),
            violation.found,
            violation.expected,
            remedy=f"Item {violation.path} of the document: {violation.message}",
            clause=constraints.clause,
        )
