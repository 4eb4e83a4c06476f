"""Grids that can be turned and cropped at random, for training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.spatial.arranging import axis_numbers
from iodkit.spatial.resizing import ResizableGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RandomizableGrid"]


class RandomizableGrid(ResizableGrid):
    """A grid that can be turned and cropped at random; voxels stay at their places."""

    def random_permute_spatial_axes(
        self, axes: Sequence[int] = (0, 1, 2), *, rng: np.random.Generator | None = None
    ) -> Self:
        """Permute some of the axes at random.

        Parameters
        ----------
        axes : Sequence[int], optional
            Two or three axes that change places among each other.
        rng : numpy.random.Generator, optional
            Source of random numbers; a new one by default.

        Returns
        -------
        Self
            The rearranged grid.
        """
        chosen = _distinct_axes(axes)
        if len(chosen) < 2:
            raise InvalidValueError("fewer than two axes", attribute="axes", found=axes)
        drawn = _generator(rng).permutation(chosen)
        order = [0, 1, 2]
        for axis, source in zip(sorted(chosen), drawn.tolist(), strict=True):
            order[axis] = source
        return self.permute_spatial_axes(order)

    def random_flip_spatial(
        self, axes: Sequence[int] = (0, 1, 2), *, rng: np.random.Generator | None = None
    ) -> Self:
        """Flip each of some axes with a probability of one half.

        Parameters
        ----------
        axes : Sequence[int], optional
            Axes that may be flipped.
        rng : numpy.random.Generator, optional
            Source of random numbers; a new one by default.

        Returns
        -------
        Self
            The rearranged grid.
        """
        chosen = _distinct_axes(axes)
        drawn = _generator(rng).integers(0, 2, size=len(chosen))
        return self.flip_spatial([a for a, flip in zip(chosen, drawn, strict=True) if flip])

    def random_spatial_crop(
        self, spatial_shape: Sequence[int], *, rng: np.random.Generator | None = None
    ) -> Self:
        """Crop to a shape at a random place.

        Parameters
        ----------
        spatial_shape : Sequence[int]
            Shape of the result.
        rng : numpy.random.Generator, optional
            Source of random numbers; a new one by default.

        Returns
        -------
        Self
            The part.
        """
        shape = self._smaller_shape(spatial_shape)
        room = [n - m for n, m in zip(self.spatial_shape, shape, strict=True)]
        starts = _generator(rng).integers(0, np.array(room) + 1).tolist()
        return self._crop(starts, shape)


def _distinct_axes(axes: Sequence[int]) -> list[int]:
    numbers = axis_numbers(axes)
    if len(set(numbers)) != len(numbers):
        raise InvalidValueError("an axis is given twice", attribute="axes", found=numbers)
    return numbers


def _generator(rng: np.random.Generator | None) -> np.random.Generator:
    return np.random.default_rng() if rng is None else rng
