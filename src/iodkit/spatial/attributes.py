"""Access to attributes that may be missing, empty, shared or per frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from pydicom.tag import Tag

from iodkit.errors import GeometryError, MissingAttributeError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["frame_group", "has_value", "number_of_frames", "read_numbers", "value_of"]


# Looking up the tag of a keyword takes as long as reading the attribute.
_tag_of = lru_cache(maxsize=64)(Tag)


def value_of(dataset: Dataset, keyword: str) -> Any:
    """Return the value of an attribute, or None if it is missing or empty."""
    tag = _tag_of(keyword)
    if tag not in dataset:
        return None
    value = dataset[tag].value
    if value is None or (isinstance(value, (str, bytes, Sequence)) and len(value) == 0):
        return None
    return value


def has_value(dataset: Dataset, keyword: str) -> bool:
    """Whether a dataset has an attribute that is not empty."""
    return value_of(dataset, keyword) is not None


def number_of_frames(dataset: Dataset) -> int:
    """Return the number of frames, which is one if the attribute is missing.

    Raises
    ------
    GeometryError
        If the attribute holds no number.
    """
    value = value_of(dataset, "NumberOfFrames")
    try:
        return int(value or 1)
    except (TypeError, ValueError) as error:
        raise GeometryError(
            "not a number of frames",
            attribute="NumberOfFrames",
            found=value,
            expected="a positive integer",
            clause="PS3.3 C.7.6.6",
        ) from error


def frame_group(dataset: Dataset, frame_index: int, keyword: str) -> Dataset | None:
    """Return a functional group's item for a frame, shared or per frame (PS3.3 C.7.6.16)."""
    for sequence, index in (
        ("SharedFunctionalGroupsSequence", 0),
        ("PerFrameFunctionalGroupsSequence", frame_index),
    ):
        items = value_of(dataset, sequence)
        if items is not None and index < len(items):
            group = value_of(items[index], keyword)
            if group is not None:
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
    values = value_of(source, keyword)
    if values is None:
        raise MissingAttributeError(
            f"the image has no {keyword}, so it is not placed in space",
            attribute=keyword,
            expected=f"{count} numbers",
            clause="PS3.3 C.7.6.2",
        )
    is_several = isinstance(values, Sequence) and not isinstance(values, str)
    try:
        numbers = tuple(map(float, values if is_several else [values]))
    except (TypeError, ValueError):
        numbers = ()
    if len(numbers) != count or not all(map(isfinite, numbers)):
        raise GeometryError(
            "wrong values", attribute=keyword, found=values, expected=f"{count} finite numbers"
        )
    return numbers
