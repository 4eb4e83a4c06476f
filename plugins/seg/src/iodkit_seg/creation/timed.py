"""Volumes with a channel for each time point, on source images of several time points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION, SAME_PLACE, SAME_SPACING
from iodkit.errors import GeometryError, InvalidValueError
from iodkit_image.derived import PlaneStacks, align_volume, arrange_planes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial import Volume, VolumeGeometry
    from iodkit_image.derived import FrameArrangement, SourceFrames

__all__ = ["has_times", "planes_in_time", "require_times", "times_of_sources"]

_CHANNEL = "TemporalPositionIndex"
_REMEDY = (
    f"Pass a Volume with a channel {_CHANNEL}, an array with a plane for each source frame, or "
    "the images of one time point only."
)


def has_times(volume: Volume | VolumeGeometry | Any) -> bool:
    """Tell whether a volume has a channel for each time point."""
    channels = getattr(volume, "channel_descriptors", ())
    return any(channel.keyword == _CHANNEL for channel in channels)


def require_times(sources: SourceFrames, error: GeometryError) -> None:
    """Say that a volume lacks time points, if that is why it has no place.

    Parameters
    ----------
    sources : SourceFrames
        Frames of the source images.
    error : GeometryError
        What came out.

    Raises
    ------
    GeometryError
        If the source images lie at several time points.
    """
    stacks = arrange_planes(sources)
    if isinstance(stacks, PlaneStacks) and stacks.times.max() > 1:
        raise GeometryError(
            "the source images lie at several time points, and the volume says not for which it is",
            attribute="source_images",
            found=f"{int(stacks.times.max())} time points",
            expected="one time point",
            clause="PS3.3 C.7.6.16.2.2",
            remedy=_REMEDY,
        ) from error


def times_of_sources(volume: Volume, sources: SourceFrames) -> FrameArrangement:
    """Find the planes of a volume that has time points: those of the source images.

    Parameters
    ----------
    volume : Volume
        The volume.
    sources : SourceFrames
        Frames of the source images.

    Returns
    -------
    FrameArrangement
        A plane for each source frame.

    Raises
    ------
    InvalidValueError
        If the source images have no such time points.
    GeometryError
        If they are of several stacks.
    """
    stacks = arrange_planes(sources)
    number = int(stacks.times.max()) if isinstance(stacks, PlaneStacks) else 1
    if isinstance(stacks, PlaneStacks) and stacks.number_of_stacks > 1:
        raise GeometryError(
            "the source images make several stacks, so a volume has no place among them",
            attribute="source_images",
            found=f"{stacks.number_of_stacks} stacks",
            remedy="Pass an array with a plane for each source frame.",
        )
    found = volume.get_channel_values(_CHANNEL)
    if not set(found) <= set(range(1, number + 1)):
        raise InvalidValueError(
            "the volume has time points that the source images do not have",
            attribute=_CHANNEL,
            found=found,
            expected=f"numbers from 1 to {number}, in the order of time",
            clause="PS3.3 C.7.6.16.2.2",
        )
    return stacks


def planes_in_time(volume: Volume, sources: SourceFrames, places: FrameArrangement) -> NDArray[Any]:
    """Take the planes of a volume apart that has a channel for each time point.

    Parameters
    ----------
    volume : Volume
        The volume; besides the time, it may have a channel for each segment.
    sources : SourceFrames
        Frames of the source images.
    places : FrameArrangement
        Their planes, as `times_of_sources` gives them.

    Returns
    -------
    numpy.ndarray
        Shape (source frames, rows, columns), and segments; empty where the volume has nothing.

    Raises
    ------
    GeometryError
        If voxels of the volume are no pixels of the source images.
    """
    turned = align_volume(volume, sources)
    corners = _corners(turned, sources)
    axis = [channel.keyword for channel in turned.channel_descriptors].index(_CHANNEL)
    in_time = np.moveaxis(turned.array, 3 + axis, 0)
    layer_of = {value: at for at, value in enumerate(turned.get_channel_values(_CHANNEL))}
    times = places.times if isinstance(places, PlaneStacks) else np.ones(len(corners), np.int64)
    out = np.zeros((len(corners), sources.rows, sources.columns, *in_time.shape[4:]), in_time.dtype)
    for frame, (time, (plane, row, column)) in enumerate(
        zip(times.tolist(), corners.tolist(), strict=True)
    ):
        if time in layer_of and 0 <= plane < in_time.shape[1]:
            layer = in_time[layer_of[time], plane]
            inside, target = _window((row, column), layer.shape[:2], out.shape[1:3])
            out[frame][target] = layer[inside]
    if np.count_nonzero(out) != np.count_nonzero(in_time):
        raise _other_grid("pixels are set where no source image has any")
    return out


def _corners(volume: Volume, sources: SourceFrames) -> NDArray[np.int64]:
    """Plane, row and column of the volume at the first pixel of each source frame."""
    cosines = np.asarray(volume.direction_cosines) - sources.orientation()
    spacing = sources.pixel_spacing()
    if np.abs(cosines).max() > SAME_DIRECTION or not np.allclose(
        volume.pixel_spacing, spacing, rtol=SAME_SPACING, atol=0
    ):
        raise _other_grid("its axes or pixel spacing are others")
    indices = volume.map_reference_to_indices(sources.table.positions)
    whole = np.rint(indices)
    if np.abs(indices - whole).max() > SAME_PLACE:
        raise _other_grid("its voxels lie beside the pixels of the source images")
    return whole.astype(np.int64)


def _window(
    corner: tuple[int, int], size: tuple[int, ...], wanted: tuple[int, ...]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Part of a plane that falls into another one, in both."""
    inside = tuple(
        slice(min(max(0, start), have), max(0, min(have, start + want)))
        for start, have, want in zip(corner, size, wanted, strict=True)
    )
    target = tuple(
        slice(part.start - start, part.stop - start)
        for part, start in zip(inside, corner, strict=True)
    )
    return inside, target


def _other_grid(reason: str) -> GeometryError:
    return GeometryError(
        "a volume with time points lies on another grid than the source images",
        attribute="pixel_array",
        found=reason,
        expected="the grid of the source images, cropped, padded or turned",
        remedy="Resample it to the geometry of the source images first.",
    )
