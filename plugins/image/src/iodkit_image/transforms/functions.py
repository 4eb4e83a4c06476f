"""Look-up tables and windows on plain arrays (PS3.3 C.11.1, C.11.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import coerce_enum
from iodkit.errors import InvalidTypeError, InvalidValueError, OutOfRangeError
from iodkit.standard.enums import VOILUTFunctionValues

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

__all__ = ["apply_lut", "apply_voi_window", "check_output_range", "float_dtype"]


def apply_lut(
    array: NDArray[Any],
    lut_data: NDArray[Any],
    first_mapped_value: int,
    dtype: DTypeLike | None = None,
    clip: bool = True,
) -> NDArray[Any]:
    """Replace each value of an array by an entry of a look-up table.

    Parameters
    ----------
    array : numpy.ndarray
        Integers of any shape.
    lut_data : numpy.ndarray
        Entries, shape (entries,), or (entries, samples) for colours.
    first_mapped_value : int
        Value that the first entry is for.
    dtype : numpy.dtype | None, optional
        Type of the output; by default that of the entries.
    clip : bool, optional
        Whether values below the first and above the last mapped one get the first and the last
        entry (PS3.3 C.11.1.1); otherwise they are errors.

    Returns
    -------
    numpy.ndarray
        Entry for each value: the shape of `array`, with the samples last.

    Raises
    ------
    InvalidTypeError
        If the values are no integers.
    InvalidValueError
        If the table has no entry.
    OutOfRangeError
        If a value has no entry and `clip` is false.
    """
    values, entries = np.asarray(array), np.asarray(lut_data)
    if values.dtype.kind not in "ui":
        raise InvalidTypeError(
            "only integers have entries in a look-up table",
            attribute="array",
            found=str(values.dtype),
            expected="an integer type",
        )
    if entries.ndim not in {1, 2} or not len(entries):
        raise InvalidValueError(
            "not a look-up table",
            attribute="lut_data",
            found=entries.shape,
            expected="(entries,) or (entries, samples), with an entry at least",
        )
    if dtype is not None:
        entries = entries.astype(dtype)
    # Wide enough for every stored value less every first mapped value.
    index = values.astype(np.int64) - int(first_mapped_value)
    last = len(entries) - 1
    if not clip and values.size and (index.min() < 0 or index.max() > last):
        raise OutOfRangeError(
            "values have no entry in the look-up table",
            attribute="array",
            found=(int(values.min()), int(values.max())),
            expected=f"{first_mapped_value} to {first_mapped_value + last}",
            remedy="Pass clip=True to give them the first and the last entry.",
        )
    return entries[np.clip(index, 0, last)]


def apply_voi_window(
    array: NDArray[Any],
    window_center: float,
    window_width: float,
    voi_lut_function: str | VOILUTFunctionValues = VOILUTFunctionValues.LINEAR,
    output_range: tuple[float, float] = (0.0, 1.0),
    dtype: DTypeLike | None = np.float64,
    invert: bool = False,
) -> NDArray[Any]:
    """Map the values in a window to a range (PS3.3 C.11.2.1.2 and C.11.2.1.3).

    Parameters
    ----------
    array : numpy.ndarray
        Values of any shape.
    window_center, window_width : float
        Window.
    voi_lut_function : str | VOILUTFunctionValues, optional
        ``"LINEAR"``, ``"LINEAR_EXACT"`` or ``"SIGMOID"``.
    output_range : tuple[float, float], optional
        What the ends of the window become.
    dtype : numpy.dtype | None, optional
        Floating-point type of the output.
    invert : bool, optional
        Whether the ends of the range are exchanged.

    Returns
    -------
    numpy.ndarray
        Values between the ends of the range, of the shape of `array`.

    Raises
    ------
    InvalidValueError
        If the width or the range is wrong, or the type has no fractions.
    """
    function = coerce_enum(voi_lut_function, VOILUTFunctionValues, "voi_lut_function")
    low, high = check_output_range(output_range)
    chosen = float_dtype(dtype)
    center, width = float(window_center), float(window_width)
    linear = function is VOILUTFunctionValues.LINEAR
    if not (width >= 1 if linear else width > 0):
        raise InvalidValueError(
            "not the width of a window",
            attribute="window_width",
            found=window_width,
            expected="at least 1" if linear else "more than 0",
            clause="PS3.3 C.11.2.1.2" if linear else "PS3.3 C.11.2.1.3",
        )
    values = np.asarray(array).astype(chosen)
    if function is VOILUTFunctionValues.SIGMOID:
        with np.errstate(over="ignore"):
            fraction = 1 / (1 + np.exp(-4 * (values - center) / width))
    elif linear and width == 1:
        fraction = (values > center - 0.5).astype(chosen)
    else:
        # LINEAR counts the width in values, so that its ends are half a value further in.
        middle, extent = (center - 0.5, width - 1) if linear else (center, width)
        values -= middle
        values /= extent
        values += 0.5
        fraction = np.clip(values, 0, 1, out=values)
    if invert:
        low, high = high, low
    fraction *= high - low
    fraction += low
    return fraction.astype(chosen, copy=False)


def check_output_range(output_range: tuple[float, float]) -> tuple[float, float]:
    """Raise unless a range has two ends, the lower one first.

    Parameters
    ----------
    output_range : tuple[float, float]
        The range.

    Returns
    -------
    tuple[float, float]
        Its ends.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    ends = tuple(float(end) for end in output_range)
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise InvalidValueError(
            "not a range",
            attribute="output_range",
            found=output_range,
            expected="two numbers, the lower one first",
        )
    return ends[0], ends[1]


def float_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return a type that holds fractions.

    Parameters
    ----------
    dtype : numpy.dtype | None
        The type; float64 by default.

    Returns
    -------
    numpy.dtype
        The type.

    Raises
    ------
    InvalidValueError
        If it has no fractions.
    """
    chosen = np.dtype(np.float64 if dtype is None else dtype)
    if chosen.kind != "f":
        raise InvalidValueError(
            "the output has fractions",
            attribute="dtype",
            found=str(chosen),
            expected="a floating-point type",
        )
    return chosen
