"""Planes in several stacks, or at several times at the same places (PS3.3 C.7.6.16.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION, SAME_PLACE
from iodkit.frames import require_values
from iodkit.spatial import get_normal_vector
from iodkit_image.attributes import varying_attributes
from iodkit_image.derived.planes import PlaneStack
from iodkit_image.derived.references import write_frame_of_reference
from iodkit_image.derived.repeats import rank_repeats

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

    from iodkit.frames import FunctionalGroups
    from iodkit.standard.enums import CoordinateSystemNames, DimensionOrganizationTypeValues
    from iodkit_image.derived.sources import SourceFrames

__all__ = ["PlaneStacks", "arrange_planes"]

_CONTENT = "FrameContentSequence"
_POSITION = ("ImagePositionPatient", "PlanePositionSequence")
_STACK, _PLACE, _TIME = (
    (keyword, _CONTENT) for keyword in ("StackID", "InStackPositionNumber", "TemporalPositionIndex")
)


def arrange_planes(sources: SourceFrames) -> PlaneStack | PlaneStacks:
    """Take the planes of source frames, in their order.

    Parameters
    ----------
    sources : SourceFrames
        Frames of one frame of reference, each with a position.

    Returns
    -------
    PlaneStack | PlaneStacks
        One stack if all frames are parallel, have one spacing, and lie at different places.

    Raises
    ------
    GeometryError
        If a frame has no position, orientation or spacing.
    """
    stacks = PlaneStacks.from_sources(sources)
    if stacks.number_of_stacks > 1 or stacks.times.max() > 1:
        return stacks
    return PlaneStack.from_sources(sources)


@dataclass(frozen=True, slots=True, eq=False)
class PlaneStacks:
    """Planes in the patient coordinate system that make no single stack.

    Parameters
    ----------
    positions : numpy.ndarray
        Position of the first pixel of each plane in mm, shape (planes, 3).
    orientations : numpy.ndarray
        Direction cosines of rows and columns of each, shape (planes, 6).
    pixel_spacings : numpy.ndarray
        Distance between rows and between columns of each in mm, shape (planes, 2).
    slice_thicknesses : numpy.ndarray
        Thickness of each in mm, NaN where it is not known, shape (planes,).
    stacks, places, times : numpy.ndarray
        Number of each plane's stack, of its place in the stack, and of its time among the planes
        at that place, from 1, shape (planes,).
    rows, columns : int
        Size of each plane.
    coordinate_system : CoordinateSystemNames
        Coordinate system of the positions.
    frame_of_reference_uid : pydicom.uid.UID
        Frame of reference of the positions.
    """

    positions: NDArray[np.float64]
    orientations: NDArray[np.float64]
    pixel_spacings: NDArray[np.float64]
    slice_thicknesses: NDArray[np.float64]
    stacks: NDArray[np.int64]
    places: NDArray[np.int64]
    times: NDArray[np.int64]
    rows: int
    columns: int
    coordinate_system: CoordinateSystemNames
    frame_of_reference_uid: UID

    on_source_grid = True

    @classmethod
    def from_sources(cls, sources: SourceFrames) -> PlaneStacks:
        """Sort source frames into stacks, and those at one place by time.

        Parameters
        ----------
        sources : SourceFrames
            Frames of one frame of reference, each with a position.

        Returns
        -------
        PlaneStacks
            One plane for each frame.

        Raises
        ------
        GeometryError
            If a frame has no position, orientation or spacing.
        """
        table = sources.table
        positions = require_values(table, "ImagePositionPatient", what="source frame")
        orientations = require_values(table, "ImageOrientationPatient", what="source frame")
        spacings = require_values(table, "PixelSpacing", what="source frame")
        kinds = _alike(np.hstack([orientations, spacings]))
        places = np.empty(len(kinds), np.int64)
        for kind in range(int(kinds.max()) + 1):
            of_kind = np.flatnonzero(kinds == kind)
            places[of_kind] = _place_numbers(positions[of_kind], orientations[of_kind[0]])
        layers, are_times = _layers(sources, kinds, places)
        times = layers if are_times else np.ones_like(layers)
        stacks = kinds if are_times else kinds * int(layers.max()) + layers - 1
        assert sources.coordinate_system is not None
        assert sources.frame_of_reference_uid is not None
        return cls(
            positions=positions,
            orientations=orientations,
            pixel_spacings=spacings,
            slice_thicknesses=table.slice_thickness,
            stacks=np.unique(stacks, return_inverse=True)[1].reshape(-1) + 1,
            places=places,
            times=times,
            rows=sources.rows,
            columns=sources.columns,
            coordinate_system=sources.coordinate_system,
            frame_of_reference_uid=sources.frame_of_reference_uid,
        )

    @property
    def number_of_places(self) -> int:
        """int: Number of planes."""
        return len(self.positions)

    @property
    def number_of_stacks(self) -> int:
        """int: Number of stacks."""
        return int(self.stacks.max())

    @property
    def sources(self) -> NDArray[np.intp]:
        """numpy.ndarray: Index of each plane's source frame."""
        return np.arange(self.number_of_places)

    @property
    def order(self) -> NDArray[np.intp]:
        """numpy.ndarray: Planes by stack, then by time, then by place."""
        return np.lexsort((self.places, self.times, self.stacks))

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """tuple: Stack and time, where there are several, and the place."""
        several_stacks = self.number_of_stacks > 1
        several_times = self.times.max() > 1
        return (
            *((_STACK,) if several_stacks else ()),
            *((_TIME,) if several_times else ()),
            _PLACE if several_stacks else _POSITION,
        )

    @property
    def dimension_values(self) -> NDArray[np.int64]:
        """numpy.ndarray: Dimension index values, shape (planes, 2 or 3)."""
        columns = {
            _STACK: self.stacks,
            _TIME: self.times,
            _PLACE: self.places,
            _POSITION: self.places,
        }
        return np.stack([columns[dimension] for dimension in self.dimensions], axis=1)

    def organization(
        self, places: NDArray[np.intp], frames_per_place: int
    ) -> DimensionOrganizationTypeValues | None:
        """Tell which organization frames have: none that all stacks share."""
        del places, frames_per_place
        return None

    def set_groups(self, groups: FunctionalGroups, places: NDArray[np.intp]) -> None:
        """Set spacing, orientation, position, stack and time of each frame.

        Parameters
        ----------
        groups : FunctionalGroups
            Groups of the derived image.
        places : numpy.ndarray
            Plane of each frame.
        """
        groups.set("PixelMeasuresSequence.PixelSpacing", self.pixel_spacings[places])
        groups.set("PixelMeasuresSequence.SliceThickness", self._thicknesses()[places])
        groups.set("PlaneOrientationSequence.ImageOrientationPatient", self.orientations[places])
        groups.set(
            f"{_POSITION[1]}.{_POSITION[0]}", self.positions, index=places, placement="per_frame"
        )
        if self.number_of_stacks > 1:
            groups.set(f"{_CONTENT}.StackID", [str(n) for n in self.stacks[places].tolist()])
            groups.set(f"{_CONTENT}.InStackPositionNumber", self.places[places])
        if self.times.max() > 1:
            groups.set(f"{_CONTENT}.TemporalPositionIndex", self.times[places])

    def _thicknesses(self) -> NDArray[np.float64]:
        """Thickness of each plane; where it is not known, the gap to its neighbours."""
        out = np.array(self.slice_thicknesses, np.float64)
        for stack in np.unique(self.stacks[np.isnan(out)]).tolist():
            of_stack = np.flatnonzero(self.stacks == stack)
            normal = get_normal_vector(self.orientations[of_stack[0]].tolist())
            gaps = np.diff(np.unique(np.around(self.positions[of_stack] @ normal, 4)))
            if len(gaps):
                out[of_stack] = np.where(np.isnan(out[of_stack]), np.median(gaps), out[of_stack])
        return out

    def write_modules(self, dataset: Dataset, source: Dataset) -> None:
        """Write the frame of reference.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The derived image.
        source : pydicom.Dataset
            Its first source image.
        """
        write_frame_of_reference(dataset, source, self.frame_of_reference_uid)


def _alike(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number rows, from 0, so that those that are almost equal have the same number."""
    out = np.full(len(values), -1, np.int64)
    number = 0
    while (out < 0).any():
        first = values[(out < 0).argmax()]
        close = (np.abs(values - first) <= SAME_DIRECTION * np.maximum(1, np.abs(first))).all(
            axis=1
        )
        out[close & (out < 0)] = number
        number += 1
    return out


def _place_numbers(
    positions: NDArray[np.float64], orientation: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Number the places of parallel planes along their normal, from 1; equal ones share theirs."""
    heights = positions @ get_normal_vector(orientation.tolist())
    order = np.argsort(heights, kind="stable")
    steps = np.diff(heights[order])
    apart = steps > SAME_PLACE * (np.median(steps[steps > 1e-6]) if (steps > 1e-6).any() else 1.0)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = 1 + np.concatenate([[0], np.cumsum(apart)])
    return numbers


def _layers(
    sources: SourceFrames, kinds: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], bool]:
    """Number planes at one place, from 1, and tell whether it is time in which they differ."""
    cells = kinds * (int(places.max()) + 1) + places
    _, first, counts = np.unique(cells, return_index=True, return_counts=True)
    if counts.max() == 1:
        return np.ones(len(cells), np.int64), True
    same = np.flatnonzero(cells == cells[first[counts.argmax()]])
    names = varying_attributes(sources.table, sources.images[0], same)
    return rank_repeats(sources, cells, names)
