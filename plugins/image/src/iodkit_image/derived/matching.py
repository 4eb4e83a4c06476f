"""How planes and volumes are matched with the source frames they were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION, SAME_PLACE
from iodkit.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial import Volume
    from iodkit_image.derived.sources import SourceFrames

__all__ = ["align_volume", "match_heights"]


def match_heights(heights: NDArray[np.float64], sources: NDArray[np.float64]) -> NDArray[np.intp]:
    """Find for each plane the source frame that lies in it.

    Parameters
    ----------
    heights : numpy.ndarray
        Distance of each plane from the origin along the common normal in mm, shape (planes,).
    sources : numpy.ndarray
        The same of the source frames, in any order.

    Returns
    -------
    numpy.ndarray
        Index of the source frame for each plane, -1 where none lies in it.

    Raises
    ------
    GeometryError
        If several source frames lie in one plane.
    """
    order = np.argsort(sources, kind="stable")
    ascending = sources[order]
    gaps = np.diff(ascending)
    tolerance = SAME_PLACE * (gaps[gaps > 0].min() if (gaps > 0).any() else 1.0)
    if (gaps <= tolerance).any():
        raise GeometryError(
            "several source frames lie in one plane, so planes of a volume match none of them",
            attribute="source_images",
            found=f"{len(sources)} frames in {1 + int((gaps > tolerance).sum())} planes",
            remedy="Give only the frames that the volume was made from.",
        )
    nearest = _nearest(ascending, heights)
    matched = np.abs(ascending[nearest] - heights) <= tolerance
    return np.where(matched, order[nearest], -1)


def _nearest(ascending: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Index of the nearest of some ascending numbers for each value."""
    above = np.clip(np.searchsorted(ascending, values), 1, max(len(ascending) - 1, 1))
    above = np.minimum(above, len(ascending) - 1)
    below = np.maximum(above - 1, 0)
    nearer_below = np.abs(ascending[below] - values) <= np.abs(ascending[above] - values)
    return np.where(nearer_below, below, above)


def align_volume(volume: Volume, sources: SourceFrames) -> Volume:
    """Turn a volume so that its planes lie like the source frames, where that is exact.

    Axes are permuted and flipped, voxels keep their places and values; nothing is interpolated.
    A volume whose axes are not those of the sources is returned as it is.

    Parameters
    ----------
    volume : Volume
        Volume in the frame of reference of the sources.
    sources : SourceFrames
        Frames that the volume was made from.

    Returns
    -------
    Volume
        Volume with the axes (slice, row, column) of the source frames.
    """
    cosines = sources.orientation()
    wanted = np.stack([np.cross(cosines[:3], cosines[3:]), cosines[3:], cosines[:3]])
    along = wanted @ np.stack(volume.unit_vectors(), axis=1)
    axes = np.abs(along).argmax(axis=1)
    aligned = np.abs(along)[np.arange(3), axes]
    if len(set(axes.tolist())) < 3 or (aligned < 1 - SAME_DIRECTION).any():
        return volume
    turned = volume.permute_spatial_axes(axes.tolist())
    signs = along[np.arange(3), axes]
    reversed_axes = [axis for axis in (1, 2) if signs[axis] < 0]
    return turned.flip_spatial(reversed_axes) if reversed_axes else turned
