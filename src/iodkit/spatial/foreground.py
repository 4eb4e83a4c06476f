"""Where the voxels are that matter: bounding boxes of foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["bounding_box", "foreground_mask"]


def foreground_mask(
    array: np.ndarray, foreground: Callable[[np.ndarray], np.ndarray] | float | None
) -> np.ndarray:
    """Return which voxels are foreground, in any channel.

    Parameters
    ----------
    array : numpy.ndarray
        Array of shape (a, b, c, *channels).
    foreground : callable | float | None
        A function from the array to a mask of the same shape; a value above which voxels are
        foreground; or None for voxels that are not zero.

    Returns
    -------
    numpy.ndarray
        Array of bool, of shape (a, b, c).
    """
    if foreground is None:
        mask = array != 0
    elif callable(foreground):
        mask = np.asarray(foreground(array), dtype=bool)
        if mask.shape != array.shape:
            raise InvalidValueError(
                "the mask does not have the shape of the array",
                attribute="foreground",
                found=mask.shape,
                expected=str(array.shape),
            )
    else:
        mask = array > foreground
    return np.asarray(mask.any(axis=tuple(range(3, mask.ndim)))) if mask.ndim > 3 else mask


def bounding_box(mask: np.ndarray) -> tuple[slice, slice, slice] | None:
    """Return the smallest box that holds all voxels of a mask, or None if there are none."""
    slices = []
    for axis in range(3):
        others = tuple(i for i in range(3) if i != axis)
        found = np.flatnonzero(mask.any(axis=others))
        if found.size == 0:
            return None
        slices.append(slice(int(found[0]), int(found[-1]) + 1))
    return (slices[0], slices[1], slices[2])
