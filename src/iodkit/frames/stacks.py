"""What frames have to have, and have in common, to make a stack: one place for these checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements.tolerances import EQUAL_VALUES
from iodkit.errors import GeometryError
from iodkit.spatial import describe_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.frames.table import FrameTable
    from iodkit.spatial import StackReport

__all__ = ["common_values", "describe_stack", "require_known", "require_values"]

_CLAUSE = "PS3.3 C.7.6.2"
_PLACES = {
    "ImagePositionPatient": "positions",
    "ImageOrientationPatient": "orientations",
    "PixelSpacing": "pixel_spacings",
}


def require_known(
    values: NDArray[np.float64], keyword: str, *, what: str = "frame"
) -> NDArray[np.float64]:
    """Return values of frames, raising if one is missing.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n, k)``; NaN where there is none.
    keyword : str
        The attribute, for the message.
    what : str, optional
        What the rows are, for the message.

    Returns
    -------
    numpy.ndarray
        The same values.

    Raises
    ------
    GeometryError
        If a frame has no value.
    """
    missing: Any = np.isnan(values).any(axis=1)
    if missing.any():
        raise GeometryError(
            f"{int(missing.sum())} of {len(missing)} {what}s have no {keyword}",
            attribute=keyword,
            found=f"no value in {what} {int(missing.argmax()) + 1}",
            clause=_CLAUSE,
        )
    return values


def require_values(table: FrameTable, keyword: str, *, what: str = "frame") -> NDArray[np.float64]:
    """Return where the frames lie, raising if one does not say it.

    Parameters
    ----------
    table : FrameTable
        The frames.
    keyword : {"ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"}
        Which attribute; its column may have been given in another way.
    what : str, optional
        What the rows of the table are, for the message.

    Returns
    -------
    numpy.ndarray
        The column, of shape ``(n, 3)``, ``(n, 6)`` or ``(n, 2)``.

    Raises
    ------
    GeometryError
        If a frame has no value.
    """
    values: NDArray[np.float64] = getattr(table, _PLACES[keyword])
    return require_known(values, keyword, what=what)


def common_values(
    table: FrameTable, keyword: str, *, what: str = "frame", tolerance: float = EQUAL_VALUES
) -> NDArray[np.float64]:
    """Return what all frames have in common.

    Parameters
    ----------
    table : FrameTable
        The frames, one at least.
    keyword : {"ImageOrientationPatient", "PixelSpacing"}
        Which attribute.
    what : str, optional
        What the rows of the table are, for the message.
    tolerance : float, optional
        Largest difference, as a part of the largest value.

    Returns
    -------
    numpy.ndarray
        The value of the first frame, shape ``(6,)`` or ``(2,)``.

    Raises
    ------
    GeometryError
        If a frame has no value, or another one.
    """
    values = require_values(table, keyword, what=what)
    first = values[0]
    scale = max(float(np.abs(first).max()), 1e-12)
    differs = np.abs(values - first).max(axis=1) > tolerance * scale
    if differs.any():
        number = int(np.argmax(differs))
        raise GeometryError(
            f"the {what}s differ in {keyword}",
            attribute=keyword,
            found=f"{first.tolist()} and, in {what} {number + 1}, {values[number].tolist()}",
            expected="one value",
            clause=_CLAUSE,
            remedy="Make one object for each stack of parallel frames.",
        )
    return first


def describe_stack(table: FrameTable, *, what: str = "frame", **tolerances: Any) -> StackReport:
    """Describe how frames lie in space.

    Parameters
    ----------
    table : FrameTable
        The frames, one at least.
    what : str, optional
        What the rows of the table are, for the message.
    **tolerances
        As for `iodkit.spatial.describe_positions`.

    Returns
    -------
    StackReport
        Whether they make a regular volume, and if not, why.

    Raises
    ------
    GeometryError
        If a frame has no position, orientation or spacing.
    """
    positions = require_values(table, "ImagePositionPatient", what=what)
    orientations = require_values(table, "ImageOrientationPatient", what=what)
    spacings = require_values(table, "PixelSpacing", what=what)
    return describe_positions(positions, orientations, pixel_spacing=spacings, **tolerances)
