"""Indices along spatial axes, as ranges of voxels."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, TypeAlias

from iodkit.errors import InvalidTypeError, OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SpatialIndex", "index_ranges", "range_as_slice"]

SpatialIndex: TypeAlias = "int | slice | tuple[int | slice, ...]"


def index_ranges(index: object, shape: Sequence[int]) -> list[range]:
    """Convert an index to the range of voxels that it takes along each spatial axis."""
    items = list(index) if isinstance(index, tuple) else [index]
    if items.count(Ellipsis) == 1:
        at = items.index(Ellipsis)
        items[at : at + 1] = [slice(None)] * (len(shape) + 1 - len(items))
    if len(items) > len(shape):
        raise OutOfRangeError(
            "too many indices for the spatial axes",
            found=len(items),
            expected=f"at most {len(shape)}",
            remedy="Use get_channel() to select channels.",
        )
    items += [slice(None)] * (len(shape) - len(items))
    ranges = [_index_range(item, n) for item, n in zip(items, shape, strict=True)]
    if not all(ranges):
        raise OutOfRangeError("no voxel is left", attribute="index", found=index)
    return ranges


def _index_range(item: object, length: int) -> range:
    """Convert one index along an axis to a range."""
    if isinstance(item, slice):
        return range(length)[item]
    try:
        number = operator.index(item)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidTypeError(
            "wrong type of index", found=item, expected="integers and slices"
        ) from None
    if not -length <= number < length:
        raise OutOfRangeError(
            "index is out of range", found=number, expected=f"{-length} to {length - 1}"
        )
    return range(number % length, number % length + 1)


def range_as_slice(steps: range) -> slice:
    """Write a non-empty range as a slice; a stop below zero would count from the end."""
    return slice(steps.start, None if steps.stop < 0 else steps.stop, steps.step)
