"""Access to attributes that may be missing, empty, shared or per frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import GeometryError, MissingAttributeError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["frame_group", "has_value", "number_of_frames", "read_numbers"]


def has_value(dataset: Dataset, keyword: str) -> bool:
    """Whether a dataset has an attribute that is not empty."""
    element = dataset.get(keyword)
    return (
        element is not None
        and element != ""
        and not (hasattr(element, "__len__") and len(element) == 0)
    )


def number_of_frames(dataset: Dataset) -> int:
    """Return the number of frames, which is one if the attribute is missing."""
    return int(dataset.NumberOfFrames) if has_value(dataset, "NumberOfFrames") else 1


def frame_group(dataset: Dataset, frame_index: int, keyword: str) -> Dataset | None:
    """Return a functional group's item for a frame, shared or per frame (PS3.3 C.7.6.16)."""
    for sequence, index in (
        ("SharedFunctionalGroupsSequence", 0),
        ("PerFrameFunctionalGroupsSequence", frame_index),
    ):
        items = dataset.get(sequence)
        if items and index < len(items):
            group = items[index].get(keyword)
            if group:
                item: Dataset = group[0]
                return item
    return None


def read_numbers(source: Dataset, keyword: str, count: int) -> tuple[float, ...]:
    """Return the numbers of an attribute that must be there.

    Raises
    ------
    MissingAttributeError
        If it is not there.
    GeometryError
        If it has another number of values, or they are not finite.
    """
    if not has_value(source, keyword):
        raise MissingAttributeError(
            f"the image has no {keyword}, so it is not placed in space",
            attribute=keyword,
            expected=f"{count} numbers",
            clause="PS3.3 C.7.6.2",
        )
    values = source[keyword].value
    numbers = tuple(float(v) for v in (values if count > 1 else [values]))
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise GeometryError(
            "wrong values", attribute=keyword, found=numbers, expected=f"{count} finite numbers"
        )
    return numbers
