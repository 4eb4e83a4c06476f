"""Thresholds of fractions, as the values in which fractions are stored."""

from __future__ import annotations

import math

from iodkit.errors import InvalidTypeError, InvalidValueError

__all__ = ["stored_limit"]

# So that 0.2 of 255 is 51, whatever the last bit of the product says.
_ROUNDING = 1e-9


def stored_limit(threshold: float, maximum: int) -> int:
    """Turn a threshold into the smallest stored value that reaches it.

    Parameters
    ----------
    threshold : float
        A fraction above 0, up to 1.
    maximum : int
        Stored value that stands for 1.0.

    Returns
    -------
    int
        The stored value.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is no such fraction.
    """
    expected = "a fraction above 0, up to 1"
    if isinstance(threshold, bool) or not hasattr(threshold, "__float__"):
        raise InvalidTypeError(
            "a threshold is a number",
            attribute="threshold",
            found=type(threshold).__name__,
            expected=expected,
        )
    if not 0 < float(threshold) <= 1:
        raise InvalidValueError(
            "value is not allowed", attribute="threshold", found=threshold, expected=expected
        )
    return math.ceil(float(threshold) * maximum - _ROUNDING)
