"""Numbers that callers pass in, checked and turned into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from iodkit.errors import InvalidTypeError, InvalidValueError

__all__ = [
    "FloatArray",
    "IntArray",
    "NumberArray",
    "as_floats",
    "as_numbers",
    "as_points",
    "as_shape",
    "as_spacing",
    "as_vector",
    "positive",
    "readonly",
]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
NumberArray: TypeAlias = NDArray[Any]


def as_floats(value: object, name: str, expected: str) -> FloatArray:
    """Convert a sequence or array of finite numbers to an array of float64.

    Raises
    ------
    InvalidTypeError
        If it is no sequence.
    InvalidValueError
        If it holds anything but finite numbers, or lists of different lengths.
    """
    if not isinstance(value, (np.ndarray, Sequence)) and not hasattr(value, "__array__"):
        raise InvalidTypeError("wrong type", attribute=name, found=value, expected=expected)
    if isinstance(value, (str, bytes)) or (isinstance(value, np.ndarray) and value.ndim == 0):
        raise InvalidTypeError("wrong type", attribute=name, found=value, expected=expected)
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(
            "values are no numbers", attribute=name, found=value, expected=expected
        ) from error
    if not np.isfinite(array).all():
        raise InvalidValueError(
            "values are not finite", attribute=name, found=array.tolist(), expected=expected
        )
    return array


def as_vector(value: object, length: int, name: str) -> FloatArray:
    """Convert a sequence of `length` finite numbers to an array.

    Raises
    ------
    InvalidTypeError
        If it is not a sequence.
    InvalidValueError
        If it has another length or holds anything but finite numbers.
    """
    expected = f"a sequence of {length} numbers"
    array = as_floats(value, name, expected)
    if array.shape != (length,):
        raise InvalidValueError(
            f"shape is {array.shape}", attribute=name, found=array.tolist(), expected=expected
        )
    return array


def as_numbers(value: object, dimensions: int, name: str) -> NumberArray:
    """Check points and return them as an array of shape (n, `dimensions`) of real numbers.

    Raises
    ------
    InvalidTypeError
        If `value` is not an array of real numbers.
    InvalidValueError
        If it has another shape.
    """
    expected = f"an array of shape (n, {dimensions})"
    if value is None or isinstance(value, (str, bytes, dict, set)):
        raise InvalidTypeError("wrong type", attribute=name, found=value, expected=expected)
    try:
        array = np.asarray(value)
        points = array.astype(np.float64) if array.dtype.kind == "O" else array
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(
            "values are no numbers", attribute=name, expected=expected
        ) from error
    if points.dtype.kind not in "iuf":
        raise InvalidTypeError(
            "values are no real numbers",
            attribute=name,
            found=str(points.dtype),
            expected=expected,
        )
    if points.ndim != 2 or points.shape[1] != dimensions:
        raise InvalidValueError(
            "wrong shape", attribute=name, found=points.shape, expected=expected
        )
    return points


def as_points(value: object, dimensions: int, name: str) -> FloatArray:
    """Check points as `as_numbers` does, and convert them to float64."""
    return as_numbers(value, dimensions, name).astype(np.float64, copy=False)


def positive(value: object, name: str) -> float:
    """Convert one number that must be finite and above zero."""
    try:
        number = None if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = None
    if number is None:
        raise InvalidTypeError(
            "value is no number", attribute=name, found=value, expected="a positive number"
        )
    if not (np.isfinite(number) and number > 0):
        raise InvalidValueError(
            "value is not positive", attribute=name, found=number, expected="a positive number"
        )
    return number


def as_spacing(value: object, length: int, name: str) -> FloatArray:
    """Convert spacings: one positive number for all axes, or one for each axis."""
    if np.ndim(value) == 0 and not isinstance(value, (str, bytes)):  # type: ignore[arg-type]
        return np.full(length, positive(value, name))
    array = as_vector(value, length, name)
    if (array <= 0).any():
        raise InvalidValueError(
            "spacing is not positive",
            attribute=name,
            found=array.tolist(),
            expected="positive numbers",
        )
    return array


def as_shape(value: Sequence[int] | Any, name: str) -> tuple[int, int, int]:
    """Convert a spatial shape: three integers of at least one."""
    expected = "three integers of at least 1"
    if isinstance(value, (str, bytes)) or np.ndim(value) != 1:
        raise InvalidTypeError("wrong type", attribute=name, found=value, expected=expected)
    array = np.asarray(value)
    if array.shape != (3,) or array.dtype.kind not in "iu" or (array < 1).any():
        raise InvalidValueError("wrong shape", attribute=name, found=value, expected=expected)
    return (int(array[0]), int(array[1]), int(array[2]))


def readonly(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array with writing switched off."""
    array.flags.writeable = False
    return array
