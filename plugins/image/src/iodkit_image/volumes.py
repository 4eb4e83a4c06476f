"""Plans of volumes: the grid that frames fill, the channels, and where each frame goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError
from iodkit.spatial import (
    RGB_COLOR_CHANNEL_DESCRIPTOR,
    GeometryMismatchError,
    NotAVolumeError,
    describe_positions,
)
from iodkit.standard.enums import RGBColorChannels
from iodkit_image.attributes import FRAME_NUMBER, frame_attribute, select_frames, varying_attributes
from iodkit_image.placement import Placement, place_frames
from iodkit_image.places import ToleranceOptions
from iodkit_image.regions import IndexRange, VolumeWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames import FrameTable
    from iodkit.spatial import ChannelDescriptor, StackReport, Volume, VolumeGeometry
    from iodkit_image.places import FramePlaces

__all__ = ["ChannelAxes", "FrameSet", "VolumeOptions", "VolumePlan", "as_volume", "plan_volume"]


WHOLE = tuple(IndexRange(name, None, None, as_indices=True) for name in ("slice", "row", "column"))


@dataclass(frozen=True, slots=True, eq=False)
class FrameSet:
    """The frames that a volume can be made of.

    Attributes
    ----------
    table : FrameTable
        Their columns.
    dataset : pydicom.Dataset
        The image, or the first of several instances.
    shape : tuple[int, int]
        Rows and columns of a frame.
    find_places : callable
        Gives the places of the frames, and raises if they have none.
    layers : numpy.ndarray | None
        Index of a layer for each frame, from 0, where frames of different layers may share a
        place: segments, for example.
    may_merge : bool
        Whether frames may share a place that differ in nothing but their number.
    """

    table: FrameTable
    dataset: Dataset
    shape: tuple[int, int]
    find_places: Callable[[], FramePlaces]
    layers: NDArray[np.intp] | None = None
    may_merge: bool = False


@dataclass(frozen=True, slots=True)
class VolumeOptions:
    """What the caller wants of a volume.

    Attributes
    ----------
    ranges : tuple[IndexRange, ...]
        Slices, rows and columns.
    tolerances : ToleranceOptions
        See :func:`iodkit.spatial.describe_positions`.
    allow_missing_positions : bool
        Whether places may stay empty.
    channels : Sequence[str | int]
        Attributes of frames that become axes.
    select : Mapping[str, Any] | None
        Values of attributes that frames must have.
    geometry : VolumeGeometry | None
        Where the frames lie, if the caller says it.
    """

    ranges: tuple[IndexRange, ...] = WHOLE
    tolerances: ToleranceOptions = field(default_factory=ToleranceOptions)
    allow_missing_positions: bool = False
    channels: Sequence[str | int] = ()
    select: Mapping[str, Any] | None = None
    geometry: VolumeGeometry | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ChannelAxes:
    """Axes of channels, and where on them each frame stands.

    Attributes
    ----------
    values : dict[ChannelDescriptor, list[Any]]
        Values along each axis.
    index : numpy.ndarray
        Flat index of each frame, shape (frames,); -1 of frames that are not chosen.
    """

    values: dict[ChannelDescriptor, list[Any]]
    index: NDArray[np.intp]

    @property
    def shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Length of each axis."""
        return tuple(len(values) for values in self.values.values())

    @classmethod
    def find(
        cls, frames: FrameSet, chosen: NDArray[np.bool_], names: Sequence[str | int]
    ) -> ChannelAxes:
        """Make axes of attributes of frames.

        Parameters
        ----------
        frames : FrameSet
            Frames.
        chosen : numpy.ndarray
            Which frames are used.
        names : Sequence[str | int]
            Attributes, one for each axis.

        Returns
        -------
        ChannelAxes
            The axes, values ascending.

        Raises
        ------
        GeometryError
            If a frame has no value.
        """
        values: dict[ChannelDescriptor, list[Any]] = {}
        index = np.where(chosen, 0, -1)
        for name in [names] if isinstance(names, str | int) else names:
            attribute = frame_attribute(frames.table, name, frames.dataset)
            unknown = chosen & ~attribute.known
            if unknown.any():
                raise GeometryError(
                    f"{int(unknown.sum())} of {int(chosen.sum())} frames have no value",
                    attribute=attribute.name,
                    found=f"no value in frame {int(unknown.argmax()) + 1}",
                )
            found, place = np.unique(attribute.values[chosen], return_inverse=True)
            values[attribute.descriptor] = found.tolist()
            index[chosen] = index[chosen] * len(found) + place.reshape(-1)
        return cls(values, index)


@dataclass(frozen=True, slots=True, eq=False)
class VolumePlan:
    """How a volume is made.

    Attributes
    ----------
    geometry : VolumeGeometry
        Geometry of the part that is wanted.
    channels : ChannelAxes
        Its channels.
    placement : Placement
        Frames, and where they go: planes of the first channel first.
    gaps : numpy.ndarray
        Output planes that frames do not fill.
    """

    geometry: VolumeGeometry
    channels: ChannelAxes
    placement: Placement
    gaps: NDArray[np.intp]


def plan_volume(frames: FrameSet, options: VolumeOptions) -> VolumePlan:
    """Plan a volume.

    Parameters
    ----------
    frames : FrameSet
        Frames.
    options : VolumeOptions
        What is wanted.

    Returns
    -------
    VolumePlan
        The plan; nothing has been read yet.

    Raises
    ------
    GeometryError
        If the frames make no regular volume, several of them lie at one place, or places stay
        empty that may not.
    """
    chosen = select_frames(frames.table, frames.dataset, options.select)
    if options.geometry is None:
        geometry, planes, corners, report = _found_grid(frames, chosen, options)
    else:
        geometry, planes, report = _given_grid(frames, chosen, options.geometry)
        corners = np.zeros((len(planes), 2), np.int64)
    window = VolumeWindow.resolve(geometry, options.ranges)
    first, last, _ = window.slices.indices(geometry.spatial_shape[0])
    axes = ChannelAxes.find(frames, chosen, options.channels)
    used = np.flatnonzero(chosen & (planes >= first) & (planes < last))
    depth = last - first
    placement = place_frames(
        used,
        axes.index[used] * depth + planes[used] - first,
        corners[used],
        frames.shape,
        depth * int(np.prod(axes.shape)),
        (
            slice(*window.rows.indices(geometry.spatial_shape[1])[:2]),
            slice(*window.columns.indices(geometry.spatial_shape[2])[:2]),
        ),
    )
    _require_unique(frames, placement, report)
    gaps = placement.find_gaps()
    if len(gaps) and not options.allow_missing_positions:
        raise _incomplete(placement, gaps, report)
    return VolumePlan(window.crop(geometry), axes, placement, gaps)


def _found_grid(
    frames: FrameSet, chosen: NDArray[np.bool_], options: VolumeOptions
) -> tuple[VolumeGeometry, NDArray[np.intp], NDArray[np.int64], StackReport]:
    """Grid that the frames fill, plane and corner of each frame, and the report on the planes."""
    places = frames.find_places()
    kept = np.unique(places.plane_of_frame[chosen])
    part = places.take(kept)
    report = part.describe(**options.tolerances)
    geometry = part.geometry(report, allow_missing_positions=options.allow_missing_positions)
    assert report.volume_positions is not None  # a geometry was made of it
    planes = np.full(len(places.positions), -1, np.intp)
    planes[kept] = report.volume_positions
    return geometry, planes[places.plane_of_frame], places.corners, report


def _given_grid(
    frames: FrameSet, chosen: NDArray[np.bool_], geometry: VolumeGeometry
) -> tuple[VolumeGeometry, NDArray[np.intp], StackReport]:
    """Grid that the caller gives: all frames in its one slice, or each frame one slice."""
    geometry = geometry.get_geometry()
    depth, *plane = geometry.spatial_shape
    count = int(chosen.sum())
    if tuple(plane) != frames.shape or depth not in {1, count}:
        raise GeometryMismatchError(
            "the geometry does not fit the frames",
            attribute="geometry",
            found=geometry.spatial_shape,
            expected=f"{(1, *frames.shape)} or {(count, *frames.shape)}",
        )
    planes = np.zeros(len(chosen), np.intp)
    if depth > 1:
        planes[chosen] = np.arange(count)
    positions = np.array(geometry.position) + np.outer(planes[chosen], geometry.affine[:3, 0])
    return geometry, planes, describe_positions(positions, geometry.direction_cosines)


def _require_unique(frames: FrameSet, placement: Placement, report: StackReport) -> None:
    same = placement.find_ambiguous(frames.layers)
    if not len(same):
        return
    names = varying_attributes(frames.table, frames.dataset, same)
    if frames.may_merge and names == [FRAME_NUMBER.keyword]:
        return
    numbers = ", ".join(str(number + 1) for number in same[:4].tolist())
    raise NotAVolumeError(
        f"several frames lie at one place (first: frames {numbers}); they differ in "
        f"{' and '.join(names)}",
        report=report,
        clause="PS3.3 C.7.6.17",
        remedy=f"Make channels of them, channels={names}, or choose: select={{{names[0]!r}: ...}}.",
    )


def _incomplete(
    placement: Placement, gaps: NDArray[np.intp], report: StackReport
) -> NotAVolumeError:
    return NotAVolumeError(
        f"{len(gaps)} of {placement.shape[0]} planes are not filled by frames",
        report=report,
        clause="PS3.3 C.7.6.17.3",
        remedy="Pass allow_missing_positions=True to fill what is missing with fill_value.",
    )


def as_volume(
    plan: VolumePlan,
    array: NDArray[Any],
    last: tuple[ChannelDescriptor, Sequence[Any]] = (
        RGB_COLOR_CHANNEL_DESCRIPTOR,
        tuple(RGBColorChannels),
    ),
) -> Volume:
    """Make a volume of the planes that a plan asks for.

    Parameters
    ----------
    plan : VolumePlan
        The plan.
    array : numpy.ndarray
        Planes in the plan's order: (planes, rows, columns), or (planes, rows, columns, samples).
    last : tuple[ChannelDescriptor, Sequence[Any]], optional
        Channel that the samples are, and its values; of colour by default.

    Returns
    -------
    Volume
        Channels in the order asked for, that of the samples last.
    """
    channels: dict[Any, Any] = dict(plan.channels.values)
    axes = plan.channels.shape
    stacked = array.reshape(*axes, *plan.geometry.spatial_shape, *array.shape[3:])
    if array.ndim > 3:
        channels[last[0]] = list(last[1])
    moved = np.moveaxis(stacked, range(len(axes)), range(3, 3 + len(axes)))
    return plan.geometry.with_array(moved, channels or None)
