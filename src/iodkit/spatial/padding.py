"""Widths of pads, and arrays with pads around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.standard.enums import PadModes

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PadWidths", "normalize_pad_width", "pad_array", "parse_pad_mode"]

PadWidths: TypeAlias = "tuple[tuple[int, int], tuple[int, int], tuple[int, int]]"

_SPATIAL = (0, 1, 2)


def normalize_pad_width(pad_width: int | Sequence[int] | Sequence[Sequence[int]]) -> PadWidths:
    """Convert pad widths to one pair (before, after) for each spatial axis.

    Parameters
    ----------
    pad_width : int | Sequence[int] | Sequence[Sequence[int]]
        One number for all six sides; a pair (before, after) for all axes; or one number in a
        sequence, or a pair, for each of the three axes.

    Returns
    -------
    tuple[tuple[int, int], ...]
        Three pairs.

    Raises
    ------
    InvalidTypeError
        If the widths are not integers.
    InvalidValueError
        If they are negative or arranged in another way.
    """
    try:
        widths = np.asarray(pad_width)
    except ValueError:
        widths = np.empty((0, 0), dtype=np.int64)
    if widths.dtype.kind not in "iu":
        raise InvalidTypeError(
            "widths are no integers", attribute="pad_width", found=pad_width, expected="integers"
        )
    if widths.shape not in {(), (2,), (1, 2), (3, 1), (3, 2)}:
        raise InvalidValueError(
            "widths are not arranged in a known way",
            attribute="pad_width",
            found=pad_width,
            expected="a number, a pair, or for each of three axes a pair",
        )
    if (widths < 0).any():
        raise InvalidValueError(
            "a width is negative", attribute="pad_width", found=pad_width, expected="at least 0"
        )
    first, second, third = np.broadcast_to(widths, (3, 2)).tolist()
    return (tuple(first), tuple(second), tuple(third))


def parse_pad_mode(mode: PadModes | str) -> PadModes:
    """Convert the name of a pad mode, in any case, to a member of `PadModes`."""
    name = mode.upper() if isinstance(mode, str) else mode
    try:
        return PadModes(name)
    except ValueError:
        raise InvalidValueError(
            "unknown pad mode",
            attribute="mode",
            found=mode,
            expected=str([m.value for m in PadModes]),
        ) from None


def pad_array(
    array: np.ndarray, widths: PadWidths, mode: PadModes, constant_value: float, per_channel: bool
) -> np.ndarray:
    """Pad the three spatial axes of an array.

    Parameters
    ----------
    array : numpy.ndarray
        Array of shape (a, b, c, *channels).
    widths : tuple[tuple[int, int], ...]
        Number of voxels before and after for each spatial axis.
    mode : PadModes
        What the new voxels hold.
    constant_value : float
        Value for `PadModes.CONSTANT`.
    per_channel : bool
        Whether minimum, maximum, mean and median are computed for each channel by itself.

    Returns
    -------
    numpy.ndarray
        New array of the same dtype.

    Raises
    ------
    InvalidValueError
        If the dtype cannot hold the constant value.
    """
    if mode is PadModes.EDGE:
        return np.pad(array, [*widths, *([(0, 0)] * (array.ndim - 3))], mode="edge")
    spatial = [n + sum(w) for n, w in zip(array.shape, widths, strict=False)]
    fill = _fill_value(array, mode, constant_value, per_channel)
    shape = (*spatial, *array.shape[3:])
    is_zero = not np.any(fill)
    # The system gives zeroed memory for free.
    padded = np.zeros(shape, array.dtype) if is_zero else np.empty(shape, array.dtype)
    inside = tuple(
        slice(before, before + n) for (before, _), n in zip(widths, array.shape, strict=False)
    )
    padded[inside] = array
    if is_zero:
        return padded
    # Only the borders are filled: six slabs that do not overlap.
    region = [slice(None)] * 3
    for axis in _SPATIAL:
        for side in (slice(0, inside[axis].start), slice(inside[axis].stop, None)):
            padded[(*region[:axis], side, *region[axis + 1 :])] = fill
        region[axis] = inside[axis]
    return padded


def _fill_value(array: np.ndarray, mode: PadModes, constant: float, per_channel: bool) -> Any:
    """Compute the value of new voxels: one, or one for each channel."""
    if mode is PadModes.CONSTANT:
        return check_fill_value(array.dtype, constant)
    axes = _SPATIAL if per_channel else None
    reduce: Any = {
        PadModes.MINIMUM: np.min,
        PadModes.MAXIMUM: np.max,
        PadModes.MEAN: np.mean,
        PadModes.MEDIAN: np.median,
    }[mode]
    return np.asarray(reduce(array, axis=axes)).astype(array.dtype)


def check_fill_value(dtype: np.dtype[Any], value: float) -> Any:
    """Return a value as the dtype; refuse one that an integer dtype cannot hold.

    Raises
    ------
    InvalidValueError
        If the value would change.
    """
    if dtype.kind not in "biu":
        return dtype.type(value)
    limits = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if value != int(value) or not limits[0] <= value <= limits[1]:
        raise InvalidValueError(
            f"arrays of {dtype} cannot hold this value",
            attribute="constant_value",
            found=value,
            expected=f"an integer from {limits[0]} to {limits[1]}",
        )
    return dtype.type(int(value))
