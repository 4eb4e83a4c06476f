"""What is checked of the content of every document that is made (PS3.3 A.35, C.17.3)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from iodkit.attributes import Severity
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit_sr.constraints.tables import CONSTRAINTS
from iodkit_sr.constraints.violations import check_tree
from iodkit_sr.tree.gaps import (
    find_hollow_items,
    find_incomplete_numbers,
    find_missing_names,
    find_missing_values,
    find_unknown_continuity,
)
from iodkit_sr.tree.lengths import find_unfit_texts

if TYPE_CHECKING:
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["check_content"]


def check_content(tree: ContentTree, sop_class_uid: str) -> None:
    """Check which items are where, and that each has its name and its value.

    Parameters
    ----------
    tree : ContentTree
        Content of a new document.
    sop_class_uid : str
        SOP class of the document.

    Raises
    ------
    InvalidValueError
        If an item is not allowed where it is, or a value does not fit; the error names its path.
    MissingAttributeError
        If an item lacks what it needs; the error names the path of the attribute.
    NotFoundError
        If a relationship by reference leads nowhere.
    """
    constraints = CONSTRAINTS.get(sop_class_uid)
    if constraints is not None:
        check_tree(tree, constraints)
    index = tree.index
    for fault in chain(
        find_missing_values(tree),
        find_missing_names(index),
        find_incomplete_numbers(index),
        find_hollow_items(index),
    ):
        if fault.severity is not Severity.INFO:
            raise MissingAttributeError(
                "a content item is not whole",
                attribute=fault.path,
                found=fault.found,
                expected=fault.expected,
                clause=fault.clause or "PS3.3 C.17.3.3",
            )
    for fault in chain(find_unfit_texts(index), find_unknown_continuity(index)):
        raise InvalidValueError(
            "a value of a content item does not fit",
            attribute=fault.path,
            found=fault.found,
            expected=fault.expected,
            clause=fault.clause or "PS3.5 6.2",
        )
