"""Rules on single items: their types, names, values and coordinates (PS3.3 C.17.3.3, C.18)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault
from iodkit.errors import IodkitError
from iodkit_sr.document import open_document
from iodkit_sr.enums import GraphicTypeValues, GraphicTypeValues3D
from iodkit_sr.items.graphics import as_points, check_graphic
from iodkit_sr.tree.gaps import (
    attribute_path,
    find_hollow_items,
    find_incomplete_numbers,
    find_missing_names,
    find_missing_values,
    find_unknown_continuity,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["check_graphics", "check_names", "check_values"]

_GRAPHICS = {"SCOORD": (2, GraphicTypeValues), "SCOORD3D": (3, GraphicTypeValues3D)}


def check_values(dataset: Dataset) -> Iterator[Fault]:
    """Find items of no known value type, and those whose value is missing or incomplete.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A document of any SR storage class.

    Returns
    -------
    Iterator[Fault]
        One for each such item.
    """
    tree = open_document(dataset).tree
    index = tree.index
    return chain(
        find_missing_values(tree),
        find_incomplete_numbers(index),
        find_hollow_items(index),
        find_unknown_continuity(index),
    )


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
    for kind in _GRAPHICS:
        for row in rows_of(tree.index, kind).tolist():
            yield from _judge_graphic(tree, row, kind)


def _judge_graphic(tree: ContentTree, row: int, kind: str) -> Iterator[Fault]:
    item = tree.item(row)
    dimensions, types = _GRAPHICS[kind]
    graphic, data = item.get("GraphicType") or "", item.get("GraphicData")
    if graphic not in {each.value for each in types}:
        yield Fault(attribute_path(tree.index, row, "GraphicType"), graphic, "a graphic type")
        return
    path = attribute_path(tree.index, row, "GraphicData")
    numbers = np.atleast_1d(np.asarray([] if data in (None, "") else data, np.float64))
    if not len(numbers):
        return
    if len(numbers) % dimensions:
        yield Fault(path, f"{len(numbers)} numbers", f"{dimensions} for each point")
        return
    try:
        check_graphic(graphic, as_points(numbers.reshape(-1, dimensions), dimensions))
    except IodkitError as error:
        clause = error.clause or ""
        yield Fault(path, error.found, str(error.expected), error.message, clause=clause)
