"""Linear transforms of stored values, straight into their place (PS3.3 C.11.1, C.7.6.16.2.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.frames import FrameTable

__all__ = ["Rescaling"]


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
        InvalidValueError
            If a frame has no slope that needs one.
        """
        slopes, intercepts = np.ones(len(table)), np.zeros(len(table))
        if apply_modality_transform is False:
            return cls(dtype, slopes, intercepts)
        stated = np.stack([table.rescale_slopes, table.rescale_intercepts])
        given = np.logical_not(np.isnan(stated).any(axis=0))
        if apply_modality_transform and not given.all():
            raise InvalidValueError(
                "a frame has no modality transform",
                attribute="RescaleSlope",
                found=f"no value in frame {int(given.argmin()) + 1}",
                clause="PS3.3 C.11.1",
            )
        slopes[given], intercepts[given] = stated[:, given]
        return cls(dtype, slopes, intercepts)

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
        slope, intercept = float(self.slopes[frame_index]), float(self.intercepts[frame_index])
        _require_fit(stored, self.dtype, slope, intercept)
        if (slope, intercept) == (1.0, 0.0):
            out[...] = stored
        elif slope == 1 and self.dtype.kind in "fc":
            np.add(stored, intercept, out=out, dtype=self.dtype, casting="unsafe")
        elif self.dtype.kind in "fc":
            np.multiply(stored, slope, out=out, dtype=self.dtype, casting="unsafe")
            out += self.dtype.type(intercept)
        else:
            # Whole numbers that wrap on the way come out right, because the result fits.
            np.multiply(stored, int(slope), out=out, dtype=self.dtype, casting="unsafe")
            out += np.array(int(intercept)).astype(self.dtype)


def _require_fit(
    stored: NDArray[Any], dtype: np.dtype[Any], slope: float, intercept: float
) -> None:
    """Raise if values would be rounded or would not fit into an integer type."""
    is_same = (slope, intercept) == (1.0, 0.0)
    if dtype.kind in "fc" or (is_same and np.can_cast(stored.dtype, dtype)) or not stored.size:
        return
    is_whole = slope.is_integer() and intercept.is_integer() and stored.dtype.kind in "bui"
    low, high = sorted(float(x) * slope + intercept for x in (stored.min(), stored.max()))
    least, most = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if not is_whole or low < least or high > most:
        raise InvalidValueError(
            "the type does not hold the values",
            attribute="dtype",
            found=str(dtype),
            expected=f"a type for values from {low:g} to {high:g}"
            + ("" if is_whole else ", with fractions"),
        )
