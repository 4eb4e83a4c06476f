"""Linear transforms of stored values, straight into their place (PS3.3 C.11.1, C.7.6.16.2.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.frames import FrameTable

__all__ = ["Rescaling", "rescale_into"]


@dataclass(frozen=True, slots=True, eq=False)
class Rescaling:
    """Slope and intercept of each frame.

    Attributes
    ----------
    dtype : numpy.dtype
        Type of the output.
    slopes, intercepts : numpy.ndarray
        Numbers for each frame, shape (frames,); 1 and 0 where nothing is to be done.
    """

    dtype: np.dtype[Any]
    slopes: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    @classmethod
    def of(
        cls, table: FrameTable, dtype: np.dtype[Any], apply_modality_transform: bool | None
    ) -> Rescaling:
        """Read slopes and intercepts of frames.

        Parameters
        ----------
        table : FrameTable
            Frames.
        dtype : numpy.dtype
            Type of the output.
        apply_modality_transform : bool | None
            Whether frames are rescaled; ``None`` for those that have a slope.

        Returns
        -------
        Rescaling
            The transform.

        Raises
        ------
        MissingAttributeError
            If a frame has no slope that needs one.
        """
        if apply_modality_transform is False:
            return cls(dtype, np.ones(len(table)), np.zeros(len(table)))
        stated = np.stack([table.rescale_slopes, table.rescale_intercepts])
        missing: Any = np.isnan(stated)
        if apply_modality_transform and missing.all(axis=0).any():
            raise MissingAttributeError(
                "a frame has no modality transformation",
                attribute="RescaleSlope",
                found=f"no value in frame {int(missing.all(axis=0).argmax()) + 1}",
                clause="PS3.3 C.11.1",
            )
        # An empty slope or intercept leaves values as they are.
        return cls(dtype, *np.where(missing, [[1.0], [0.0]], stated))

    def is_identity(self, frame_index: int) -> bool:
        """Tell whether stored values of a frame stay as they are."""
        return bool(self.slopes[frame_index] == 1 and self.intercepts[frame_index] == 0)

    def apply(self, stored: NDArray[Any], frame_index: int) -> NDArray[Any]:
        """Rescale values of a frame.

        Parameters
        ----------
        stored : numpy.ndarray
            Stored values of the frame, or of a part of it.
        frame_index : int
            Index of the frame, from 0.

        Returns
        -------
        numpy.ndarray
            New array of the same shape.

        Raises
        ------
        InvalidValueError
            If the type of the output does not hold the values.
        """
        out = np.empty(stored.shape, self.dtype)
        self.write(stored, frame_index, out)
        return out

    def write(self, stored: NDArray[Any], frame_index: int, out: NDArray[Any]) -> None:
        """Rescale values of a frame into an array; see :meth:`apply`."""
        rescale_into(
            stored, float(self.slopes[frame_index]), float(self.intercepts[frame_index]), out
        )


def rescale_into(stored: NDArray[Any], slope: float, intercept: float, out: NDArray[Any]) -> None:
    """Multiply by a slope and add an intercept, in the type of the output.

    Parameters
    ----------
    stored : numpy.ndarray
        Values of any shape.
    slope, intercept : float
        The numbers.
    out : numpy.ndarray
        Where the result goes, of the same shape; not `stored` itself.

    Raises
    ------
    InvalidValueError
        If the type of the output does not hold the values.
    """
    dtype = out.dtype
    _require_fit(stored, dtype, slope, intercept)
    if (slope, intercept) == (1, 0):
        out[...] = stored
    elif slope == 1 and dtype.kind == "f":
        np.add(stored, intercept, out=out, dtype=dtype, casting="unsafe")
    elif dtype.kind == "f":
        np.multiply(stored, slope, out=out, dtype=dtype, casting="unsafe")
        out += dtype.type(intercept)
    else:
        # Whole numbers that wrap on the way come out right, because the result fits.
        np.multiply(stored, int(slope), out=out, dtype=dtype, casting="unsafe")
        out += np.array(int(intercept)).astype(dtype)


def _require_fit(
    stored: NDArray[Any], dtype: np.dtype[Any], slope: float, intercept: float
) -> None:
    """Raise if values would be rounded or would not fit into an integer type."""
    is_same = (slope, intercept) == (1, 0)
    if dtype.kind == "f" or (is_same and np.can_cast(stored.dtype, dtype)) or not stored.size:
        return
    is_whole = not slope % 1 and not intercept % 1 and stored.dtype.kind in "ui"
    low, high = sorted(x * slope + intercept for x in (stored.min().item(), stored.max().item()))
    held = np.iinfo(dtype)
    if not is_whole or low < held.min or high > held.max:
        raise InvalidValueError(
            "the type does not hold the values",
            attribute="dtype",
            found=str(dtype),
            expected=f"a type for values from {low:g} to {high:g}"
            + ("" if is_whole else ", with fractions"),
        )
