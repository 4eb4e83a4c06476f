"""Rules on codes of documents: those of retired coding schemes (PS3.16 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault
from iodkit_sr.document import open_document
from iodkit_sr.tree.gaps import attribute_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit.coding import CodedConcept
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["check_retired_codes"]

_RETIRED = ("SRT", "SNM3", "99SDM")


def check_retired_codes(dataset: Dataset) -> Iterator[Fault]:
    """Find names and values that are codes of SNOMED-RT, in place of which SNOMED CT stands.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Yields
    ------
    Fault
        One for each code, which names its first item and the code to use, if it is known.
    """
    tree = open_document(dataset).tree
    seen: dict[tuple[str, str], list[str]] = {}
    for path, code in _codes(tree):
        scheme = str(code.get("CodingSchemeDesignator") or "")
        if scheme in _RETIRED:
            seen.setdefault((str(code.get("CodeValue") or ""), scheme), []).append(path)
    for (value, scheme), paths in seen.items():
        expected = "a code of SNOMED CT (SCT)"
        yield Fault(paths[0], f"({value}, {scheme})", expected, _REMEDY, count=len(paths))


_REMEDY = "Use the SNOMED CT code in new documents; iodkit treats known pairs as equal"


def _codes(tree: ContentTree) -> Iterator[tuple[str, CodedConcept]]:
    """Codes of names, one item of each, and of values."""
    index = tree.index
    _, rows = np.unique(index.name_ids, return_index=True)
    for row in sorted(rows.tolist()):
        code = index.name(row)
        if code is not None:
            yield attribute_path(index, row, "ConceptNameCodeSequence"), code
    for node in tree.select(value_type="CODE"):
        code = node.value
        if code is not None:
            yield attribute_path(index, node.row, "ConceptCodeSequence"), code
