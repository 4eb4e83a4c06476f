"""Grids that can be cropped and padded to a shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from iodkit.errors import InvalidValueError
from iodkit.spatial.arranging import ArrangeableGrid
from iodkit.spatial.vectors import as_shape
from iodkit.standard.enums import PadModes

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ResizableGrid"]


class ResizableGrid(ArrangeableGrid):
    """A grid that can be cropped and padded to a shape, as evenly as possible on both sides."""

    def pad_to_spatial_shape(
        self,
        spatial_shape: Sequence[int],
        *,
        mode: PadModes = PadModes.CONSTANT,
        constant_value: float = 0.0,
        per_channel: bool = False,
    ) -> Self:
        """Pad to a shape, as evenly as possible on both sides.

        Parameters
        ----------
        spatial_shape : Sequence[int]
            Shape of the result; where an odd number is added, the end gets one more.
        mode, constant_value, per_channel
            As in `pad`.

        Returns
        -------
        Self
            The larger grid.

        Raises
        ------
        InvalidValueError
            If the grid is larger along an axis.
        """
        shape = as_shape(spatial_shape, "spatial_shape")
        missing = [m - n for n, m in zip(self.spatial_shape, shape, strict=True)]
        if min(missing) < 0:
            raise InvalidValueError(
                "the grid is larger than that",
                attribute="spatial_shape",
                found=shape,
                expected=f"at least {self.spatial_shape}",
            )
        widths = [(m // 2, m - m // 2) for m in missing]
        return self.pad(widths, mode=mode, constant_value=constant_value, per_channel=per_channel)

    def crop_to_spatial_shape(self, spatial_shape: Sequence[int]) -> Self:
        """Crop to a shape, as evenly as possible on both sides.

        Parameters
        ----------
        spatial_shape : Sequence[int]
            Shape of the result; where an odd number is removed, the end loses one more.

        Returns
        -------
        Self
            The part; arrays are views.

        Raises
        ------
        InvalidValueError
            If the grid is smaller along an axis.
        """
        shape = self._smaller_shape(spatial_shape)
        return self._crop(
            [(n - m) // 2 for n, m in zip(self.spatial_shape, shape, strict=True)], shape
        )

    def pad_or_crop_to_spatial_shape(
        self,
        spatial_shape: Sequence[int],
        *,
        mode: PadModes = PadModes.CONSTANT,
        constant_value: float = 0.0,
        per_channel: bool = False,
    ) -> Self:
        """Crop and pad to a shape, as evenly as possible on both sides.

        Parameters
        ----------
        spatial_shape : Sequence[int]
            Shape of the result.
        mode, constant_value, per_channel
            As in `pad`.

        Returns
        -------
        Self
            Grid of that shape.
        """
        shape = as_shape(spatial_shape, "spatial_shape")
        smaller = [min(n, m) for n, m in zip(self.spatial_shape, shape, strict=True)]
        return self.crop_to_spatial_shape(smaller).pad_to_spatial_shape(
            shape, mode=mode, constant_value=constant_value, per_channel=per_channel
        )

    def _smaller_shape(self, spatial_shape: Sequence[int]) -> tuple[int, int, int]:
        shape = as_shape(spatial_shape, "spatial_shape")
        if any(m > n for n, m in zip(self.spatial_shape, shape, strict=True)):
            raise InvalidValueError(
                "the grid is smaller than that",
                attribute="spatial_shape",
                found=shape,
                expected=f"at most {self.spatial_shape}",
            )
        return shape

    def _crop(self, starts: Sequence[int], shape: Sequence[int]) -> Self:
        return self[tuple(slice(s, s + n) for s, n in zip(starts, shape, strict=True))]
