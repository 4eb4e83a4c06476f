"""Grids whose axes and voxels can be rearranged without interpolation."""

from __future__ import annotations

import operator
from abc import abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.spatial.indexing import SpatialIndex, index_ranges, range_as_slice
from iodkit.spatial.mapping import apply_affine
from iodkit.spatial.padding import normalize_pad_width, pad_array, parse_pad_mode
from iodkit.spatial.plane_items import PlanarGrid
from iodkit.standard.enums import PadModes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iodkit.spatial.vectors import FloatArray

__all__ = ["ArrangeableGrid", "axis_numbers"]


class ArrangeableGrid(PlanarGrid):
    """A grid that can be cropped, padded, flipped and permuted.

    Nothing here interpolates: every voxel of the result is a voxel of the original at its place,
    or is new.
    """

    @abstractmethod
    def _derive(
        self,
        affine: FloatArray,
        spatial_shape: Sequence[int],
        operation: Callable[[np.ndarray], np.ndarray],
    ) -> Self:
        """Return an object with a new geometry, its array (if any) changed by `operation`."""

    def __getitem__(self, index: SpatialIndex) -> Self:
        """Take voxels by index along up to three spatial axes.

        Parameters
        ----------
        index : int | slice | tuple[int | slice, ...]
            As in numpy, except that an integer keeps its axis, with a length of one.

        Returns
        -------
        Self
            The part; arrays are views.

        Raises
        ------
        OutOfRangeError
            If an index is out of range or nothing is left.
        InvalidTypeError
            If an index is neither integer nor slice.
        """
        ranges = index_ranges(index, self.spatial_shape)
        start = np.array([[float(r.start) for r in ranges]])
        affine = self._affine.copy()
        affine[:3, 3] = apply_affine(self._affine, start)[0]
        affine[:3, :3] *= [float(r.step) for r in ranges]
        slices = tuple(range_as_slice(r) for r in ranges)
        return self._derive(affine, [len(r) for r in ranges], operator.itemgetter(slices))

    def pad(
        self,
        pad_width: int | Sequence[int] | Sequence[Sequence[int]],
        *,
        mode: PadModes | str = PadModes.CONSTANT,
        constant_value: float = 0.0,
        per_channel: bool = False,
    ) -> Self:
        """Add voxels around the grid.

        Parameters
        ----------
        pad_width : int | Sequence[int] | Sequence[Sequence[int]]
            One number for all sides; a pair (before, after) for all axes; or a pair for each of
            the three axes.
        mode : PadModes | str, optional
            What the new voxels hold.
        constant_value : float, optional
            Value of new voxels in mode ``"CONSTANT"``.
        per_channel : bool, optional
            Whether minimum, maximum, mean and median are taken for each channel by itself.

        Returns
        -------
        Self
            The larger grid.

        Raises
        ------
        InvalidValueError
            If a width is negative or the mode is unknown.
        """
        widths = normalize_pad_width(pad_width)
        chosen = parse_pad_mode(mode)
        affine = self._affine.copy()
        before = np.array([[-float(w[0]) for w in widths]])
        affine[:3, 3] = apply_affine(self._affine, before)[0]
        shape = [n + sum(w) for n, w in zip(self.spatial_shape, widths, strict=True)]
        return self._derive(
            affine,
            shape,
            lambda array: pad_array(array, widths, chosen, constant_value, per_channel),
        )

    def permute_spatial_axes(self, indices: Sequence[int]) -> Self:
        """Reorder the spatial axes; positions of voxels stay.

        Parameters
        ----------
        indices : Sequence[int]
            For each axis of the result, the axis it comes from.

        Returns
        -------
        Self
            The rearranged grid; arrays are views.

        Raises
        ------
        InvalidValueError
            If `indices` is not a permutation of 0, 1 and 2.
        """
        order = [operator.index(i) for i in indices]
        if sorted(order) != [0, 1, 2]:
            raise InvalidValueError(
                "not a permutation", attribute="indices", found=order, expected="0, 1 and 2"
            )
        affine = self._affine[:, [*order, 3]].copy()
        shape = [self.spatial_shape[i] for i in order]
        return self._derive(
            affine, shape, lambda array: array.transpose(*order, *range(3, array.ndim))
        )

    def swap_spatial_axes(self, axis_1: int, axis_2: int) -> Self:
        """Swap two spatial axes; positions of voxels stay.

        Parameters
        ----------
        axis_1, axis_2 : int
            The two axes.

        Returns
        -------
        Self
            The rearranged grid; arrays are views.
        """
        first, second = axis_numbers([axis_1, axis_2])
        if first == second:
            raise InvalidValueError("the two axes are the same", found=first)
        order = [0, 1, 2]
        order[first], order[second] = second, first
        return self.permute_spatial_axes(order)

    def flip_spatial(self, axes: int | Sequence[int]) -> Self:
        """Reverse the direction of axes; positions of voxels stay.

        Parameters
        ----------
        axes : int | Sequence[int]
            Axis or axes to reverse.

        Returns
        -------
        Self
            The rearranged grid; arrays are views.

        Raises
        ------
        InvalidValueError
            If an axis is not 0, 1 or 2.
        """
        chosen = axis_numbers(axes)
        return self[tuple(slice(None, None, -1 if i in chosen else 1) for i in range(3))]


def axis_numbers(axes: int | Sequence[int]) -> list[int]:
    """Convert an axis or several to a list of numbers from 0 to 2."""
    items = [axes] if isinstance(axes, (int, np.integer)) else list(axes)
    numbers = [operator.index(i) for i in items]
    if not {0, 1, 2}.issuperset(numbers):
        raise InvalidValueError(
            "no such spatial axis", attribute="axes", found=numbers, expected="0, 1 or 2"
        )
    return numbers
