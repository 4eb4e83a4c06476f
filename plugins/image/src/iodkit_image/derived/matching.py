"""How planes and volumes are matched with the source frames they were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION, SAME_PLACE, SAME_SPACING
from iodkit.errors import GeometryError
from iodkit.frames import Ragged, require_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial import Volume
    from iodkit_image.derived.sources import SourceFrames

__all__ = ["align_volume", "fit_to_sources", "match_heights", "sources_between"]


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


def sources_between(
    low: NDArray[np.float64], high: NDArray[np.float64], sources: NDArray[np.float64]
) -> Ragged:
    """Find the source frames that planes touch, where no source frame lies in the plane itself.

    Parameters
    ----------
    low, high : numpy.ndarray
        Least and greatest distance of each plane's corners from the origin along the normal of
        the source frames in mm, shape (planes,).
    sources : numpy.ndarray
        Distance of the source frames, in any order.

    Returns
    -------
    Ragged
        Indices of source frames for each plane: those within its range, and the next one on
        either side if that is nearer than source frames are to each other.
    """
    gaps = np.diff(np.unique(np.around(sources, 4)))
    reach = float(gaps.max()) * (1 - SAME_PLACE) if len(gaps) else 0.5
    rows = []
    for bottom, top in zip(low.tolist(), high.tolist(), strict=True):
        below = sources[sources <= bottom]
        above = sources[sources >= top]
        first = below.max() if len(below) else bottom
        last = above.min() if len(above) else top
        inside = (sources >= max(first, bottom - reach)) & (sources <= min(last, top + reach))
        rows.append(np.flatnonzero(inside).tolist())
    return Ragged.from_rows(rows, np.intp)


def fit_to_sources(volume: Volume, sources: SourceFrames) -> Volume:
    """Bring a volume onto the rows and columns of the source frames, where that is exact.

    Rows and columns are cut off or added as zeros; nothing is interpolated.  A volume stays as it
    is whose pixels are no pixels of the source frames, or that has anything outside of these.

    Parameters
    ----------
    volume : Volume
        Volume in the frame of reference of the sources; see :func:`align_volume`.
    sources : SourceFrames
        Parallel frames that the volume was made from.

    Returns
    -------
    Volume
        Volume with the rows and columns of the source frames, or the same one.
    """
    offsets = _offsets_in_plane(volume, sources)
    if offsets is None:
        return volume
    shape = (sources.rows, sources.columns)
    parts = []
    for offset, old, new in zip(offsets, volume.spatial_shape[1:], shape, strict=True):
        parts.append((slice(max(0, -offset), max(0, min(old, new - offset))), offset, new))
    (rows, *_), (columns, *_) = parts
    kept = volume.array[:, rows, columns]
    if kept.size == 0 or np.count_nonzero(volume.array) != np.count_nonzero(kept):
        return volume
    part = volume[:, rows, columns]
    padding = [(0, 0)]
    for inside, offset, new in parts:
        before = inside.start + offset
        padding.append((before, new - before - (inside.stop - inside.start)))
    return part.pad(padding) if any(any(pair) for pair in padding) else part


def _offsets_in_plane(volume: Volume, sources: SourceFrames) -> tuple[int, int] | None:
    """Row and column of the source frames where the volume's first ones lie, if all are one."""
    cosines, spacing = sources.orientation(), sources.pixel_spacing()
    same = np.abs(np.asarray(volume.direction_cosines) - cosines).max() <= SAME_DIRECTION
    if not same or not np.allclose(volume.pixel_spacing, spacing, rtol=SAME_SPACING, atol=0):
        return None
    normal = np.cross(cosines[:3], cosines[3:])
    own = require_values(sources.table, "ImagePositionPatient", what="source frame")
    planes = np.zeros((volume.spatial_shape[0], 3))
    planes[:, 0] = np.arange(len(planes))
    positions = volume.map_indices_to_reference(planes)
    found = match_heights(positions @ normal, own @ normal)
    if not (found >= 0).any():
        return None
    shifts = positions[found >= 0] - own[found[found >= 0]]
    pixels = np.stack(
        [shifts @ cosines[3:] / spacing[0], shifts @ cosines[:3] / spacing[1]], axis=1
    )
    whole = np.rint(pixels)
    if (np.abs(pixels - whole) > SAME_PLACE).any() or (whole != whole[0]).any():
        return None
    return int(whole[0, 0]), int(whole[0, 1])
