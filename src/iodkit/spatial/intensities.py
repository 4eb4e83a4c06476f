"""Values of voxels: limits, normalization, and where the foreground is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.spatial.channeled import ChanneledGrid
from iodkit.spatial.foreground import bounding_box, foreground_mask

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["IntensityGrid"]


class IntensityGrid(ChanneledGrid):
    """A grid whose values can be limited and normalized, and cropped to what is not background."""

    def clip(self, a_min: float | None, a_max: float | None) -> Self:
        """Limit the values of voxels.

        Parameters
        ----------
        a_min, a_max : float | None
            Smallest and largest value; ``None`` for no limit.

        Returns
        -------
        Volume
            Volume with a new array.
        """
        if a_min is None and a_max is None:
            return self._with_values(self._array.copy())
        return self._with_values(np.clip(self._array, a_min, a_max))

    def normalize_mean_std(
        self, per_channel: bool = True, output_mean: float = 0.0, output_std: float = 1.0
    ) -> Self:
        """Shift and scale the values to a mean and a standard deviation.

        Parameters
        ----------
        per_channel : bool, optional
            Whether each channel is normalized by itself.
        output_mean, output_std : float, optional
            Mean and standard deviation of the result.

        Returns
        -------
        Volume
            Volume of floats; constant values become `output_mean`.
        """
        if output_std <= 0:
            raise InvalidValueError(
                "value is not positive", attribute="output_std", found=output_std
            )
        values = self._as_floats()
        axes = (0, 1, 2) if per_channel else None
        mean = values.mean(axis=axes, keepdims=True, dtype=np.float64)
        spread = values.std(axis=axes, keepdims=True, dtype=np.float64)
        scale = np.where(spread > 0, output_std / np.where(spread > 0, spread, 1), 0)
        return self._scaled(values, scale, output_mean - mean * scale)

    def normalize_min_max(
        self, output_min: float = 0.0, output_max: float = 1.0, per_channel: bool = False
    ) -> Self:
        """Shift and scale the values to a range.

        Parameters
        ----------
        output_min, output_max : float, optional
            Smallest and largest value of the result.
        per_channel : bool, optional
            Whether each channel is normalized by itself.

        Returns
        -------
        Volume
            Volume of floats; constant values become `output_min`.
        """
        if output_max <= output_min:
            raise InvalidValueError(
                "output_max is not above output_min", found=(output_min, output_max)
            )
        values = self._as_floats()
        axes = (0, 1, 2) if per_channel else None
        lowest = values.min(axis=axes, keepdims=True).astype(np.float64)
        extent = values.max(axis=axes, keepdims=True).astype(np.float64) - lowest
        scale = np.where(extent > 0, (output_max - output_min) / np.where(extent > 0, extent, 1), 0)
        return self._scaled(values, scale, output_min - lowest * scale)

    def _as_floats(self) -> np.ndarray:
        if self._array.dtype.kind not in "fiub":
            raise InvalidTypeError("voxels are no real numbers", found=str(self._array.dtype))
        return self._array if self._array.dtype.kind == "f" else self._array.astype(np.float64)

    def _scaled(self, values: np.ndarray, scale: Any, offset: Any) -> Self:
        result = values.astype(np.float64)
        result *= scale
        result += offset
        return self._with_values(result.astype(values.dtype, copy=False))

    def get_bounding_box(
        self, foreground: Callable[[np.ndarray], np.ndarray] | float | None = None
    ) -> tuple[slice, slice, slice] | None:
        """Find the smallest box that holds all foreground.

        Parameters
        ----------
        foreground : callable | float | None, optional
            A function from the array to a mask of the same shape; a value above which voxels are
            foreground; by default voxels that are not zero, in any channel.

        Returns
        -------
        tuple[slice, slice, slice] | None
            Indices along the three axes, or None if nothing is foreground.
        """
        return bounding_box(foreground_mask(self._array, foreground))

    def crop_to_foreground(
        self,
        foreground: Callable[[np.ndarray], np.ndarray] | float | None = None,
        *,
        margin: int = 0,
    ) -> Self:
        """Crop to the smallest box that holds all foreground.

        Parameters
        ----------
        foreground : callable | float | None, optional
            As in `get_bounding_box`.
        margin : int, optional
            Number of voxels to keep around the box, where there are any.

        Returns
        -------
        Volume
            The part; its array is a view.

        Raises
        ------
        NotFoundError
            If nothing is foreground.
        """
        if margin < 0:
            raise InvalidValueError("value is negative", attribute="margin", found=margin)
        box = self.get_bounding_box(foreground)
        if box is None:
            raise NotFoundError("the volume has no foreground")
        return self[
            tuple(
                slice(max(s.start - margin, 0), min(s.stop + margin, n))
                for s, n in zip(box, self.spatial_shape, strict=True)
            )
        ]
