"""What summaries say of documents: their state, and what they hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from iodkit.summaries import Section
from iodkit_sr.document import open_document

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.summaries import Fact

__all__ = ["sections"]


def sections(dataset: Dataset) -> list[Section]:
    """Describe a document without what it says of the patient.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Document of any SR storage class.

    Returns
    -------
    list[Section]
        One section with a row for each value type.
    """
    document = open_document(dataset)
    tree = document.tree
    title = tree.root.name
    facts: dict[str, Fact] = {
        "title": None if title is None else str(title.get("CodeMeaning") or ""),
        "template": tree.root.template_id,
        "complete": document.is_complete,
        "verified": document.is_verified,
        "items": len(tree),
        "deepest level": int(tree.index.depths.max()),
        "objects as evidence": len(document.get_evidence()),
        "objects referred to": len(tree.list_referenced_instances()),
        "documents before it": len(document.predecessors),
    }
    index = tree.index
    counted = Counter(index.kind_ids.tolist()).most_common()
    names = [kind.decode("ascii", "replace") or "by reference" for kind in index.kinds]
    rows = tuple((names[kind], count) for kind, count in counted)
    return [Section("Document", facts, ("value type", "items"), rows)]
