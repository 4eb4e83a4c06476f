"""Rules on single items: their types, names, values and coordinates (PS3.3 C.17.3.3, C.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault
from iodkit.errors import IodkitError
from iodkit_sr.items.graphics import as_points, check_graphic
from iodkit_sr.rules.documents import open_document
from iodkit_sr.tree.gaps import attribute_path, find_missing_names, find_missing_values, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit_sr.tree.document_tree import ContentTree

__all__ = ["check_graphics", "check_names", "check_values"]

_DIMENSIONS = {"SCOORD": 2, "SCOORD3D": 3}


def check_values(dataset: Dataset) -> Iterator[Fault]:
    """Find items of no known value type, and those without the value of theirs.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Returns
    -------
    Iterator[Fault]
        One for each such item.
    """
    return find_missing_values(open_document(dataset).tree.index)


def check_names(dataset: Dataset) -> Iterator[Fault]:
    """Find items without a concept name that need one: values, and the root.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Returns
    -------
    Iterator[Fault]
        One for each such item.
    """
    return find_missing_names(open_document(dataset).tree.index)


def check_graphics(dataset: Dataset) -> Iterator[Fault]:
    """Find coordinates that make no graphic of the type that they name.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Yields
    ------
    Fault
        One for each such item.
    """
    tree = open_document(dataset).tree
    for kind in _DIMENSIONS:
        if kind.encode() in tree.index.kinds:
            for row in rows_of(tree.index, kind).tolist():
                yield from _judge_graphic(tree, row, kind)


def _judge_graphic(tree: ContentTree, row: int, kind: str) -> Iterator[Fault]:
    item = tree.item(row)
    data = item.get("GraphicData")
    if data is None or data == "":
        return
    numbers = np.atleast_1d(np.asarray(data, np.float64))
    dimensions = _DIMENSIONS[kind]
    if len(numbers) % dimensions:
        found, expected = f"{len(numbers)} numbers", f"{dimensions} for each point"
        yield Fault(attribute_path(tree.index, row, "GraphicData"), found, expected)
        return
    try:
        points = as_points(numbers.reshape(-1, dimensions), dimensions)
        check_graphic(str(item.get("GraphicType") or ""), points)
    except KeyError as error:
        found = error.args[0] or None
        yield Fault(attribute_path(tree.index, row, "GraphicType"), found, "a graphic type")
    except IodkitError as error:
        path = attribute_path(tree.index, row, "GraphicData")
        yield Fault(
            path, error.found, str(error.expected), error.message, clause=error.clause or ""
        )
