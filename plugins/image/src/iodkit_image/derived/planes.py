"""Planes of a derived image in space, and the source frame that each of them belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION, SAME_PLACE, SAME_SPACING
from iodkit.errors import GeometryError
from iodkit.frames import Ragged, require_values
from iodkit.spatial import describe_positions
from iodkit.standard.enums import DimensionOrganizationTypeValues
from iodkit_image.derived.matching import match_heights, sources_between
from iodkit_image.derived.references import write_frame_of_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

    from iodkit.content import (
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
    )
    from iodkit.frames import FunctionalGroups
    from iodkit.spatial import StackReport, Volume
    from iodkit.standard.enums import CoordinateSystemNames
    from iodkit_image.derived.sources import SourceFrames

__all__ = ["PlaneStack"]

_POSITION, _POSITION_GROUP = "ImagePositionPatient", "PlanePositionSequence"


@dataclass(frozen=True, eq=False)
class PlaneStack:
    """Parallel planes in the patient coordinate system.

    Parameters
    ----------
    positions : numpy.ndarray
        Position of the first pixel of each plane in mm, shape (planes, 3).
    orientation : numpy.ndarray
        Direction cosines of rows and columns, shape (6,).
    pixel_spacing : numpy.ndarray
        Distance between rows and between columns in mm, shape (2,).
    slice_thickness : float | None
        Thickness in mm, where it is known.
    rows, columns : int
        Size of each plane.
    coordinate_system : CoordinateSystemNames
        Coordinate system of the positions.
    frame_of_reference_uid : pydicom.uid.UID
        Frame of reference of the positions.
    sources : numpy.ndarray | Ragged
        For each plane the index of its source frame, -1 if there is none, shape (planes,); or the
        indices of all source frames that it touches.
    on_source_grid : bool
        Whether each pixel lies where a pixel of the source frame lies that has its indices.
    """

    positions: NDArray[np.float64]
    orientation: NDArray[np.float64]
    pixel_spacing: NDArray[np.float64]
    slice_thickness: float | None
    rows: int
    columns: int
    coordinate_system: CoordinateSystemNames
    frame_of_reference_uid: UID
    sources: NDArray[np.intp] | Ragged
    on_source_grid: bool

    @classmethod
    def from_sources(cls, sources: SourceFrames) -> PlaneStack:
        """Take the planes of the source frames, in their order.

        Parameters
        ----------
        sources : SourceFrames
            Parallel frames of one frame of reference.

        Returns
        -------
        PlaneStack
            One plane for each frame.

        Raises
        ------
        GeometryError
            If the frames have no position in space, or are not parallel.
        """
        if sources.coordinate_system is None or sources.frame_of_reference_uid is None:
            raise GeometryError(
                "the source images have no frame of reference",
                attribute="FrameOfReferenceUID",
                expected="images with a position in space",
                clause="PS3.3 C.7.4.1",
            )
        positions = require_values(sources.table, "ImagePositionPatient", what="source frame")
        thickness = sources.table.slice_thickness
        return cls(
            positions=positions,
            orientation=sources.orientation(),
            pixel_spacing=sources.pixel_spacing(),
            slice_thickness=None if np.isnan(thickness[0]) else float(thickness[0]),
            rows=sources.rows,
            columns=sources.columns,
            coordinate_system=sources.coordinate_system,
            frame_of_reference_uid=sources.frame_of_reference_uid,
            sources=np.arange(len(positions)),
            on_source_grid=True,
        )

    @classmethod
    def from_volume(cls, volume: Volume, sources: SourceFrames) -> PlaneStack:
        """Take the planes of a volume, and match them to the source frames by their place.

        Parameters
        ----------
        volume : Volume
            Volume in the frame of reference of the sources; see :func:`align_volume`.
        sources : SourceFrames
            Frames that the volume was made from.

        Returns
        -------
        PlaneStack
            One plane for each index along the first axis of the volume.

        Raises
        ------
        GeometryError
            If the volume has another frame of reference than the sources.
        """
        own = cls.from_sources(sources)
        uid = volume.frame_of_reference_uid
        if uid is not None and uid != own.frame_of_reference_uid:
            raise GeometryError(
                "volume and source images have different frames of reference",
                attribute="FrameOfReferenceUID",
                found=str(uid),
                expected=str(own.frame_of_reference_uid),
                clause="PS3.3 C.7.4.1.1.1",
            )
        planes, rows, columns = volume.spatial_shape
        indices = np.zeros((planes, 3))
        indices[:, 0] = np.arange(planes)
        stack = replace(
            own,
            positions=volume.map_indices_to_reference(indices),
            orientation=np.asarray(volume.direction_cosines),
            pixel_spacing=np.asarray(volume.pixel_spacing),
            rows=rows,
            columns=columns,
            sources=np.full(planes, -1),
            on_source_grid=False,
        )
        return stack.matched_to(own)

    def matched_to(self, own: PlaneStack) -> PlaneStack:
        """Find the source frame in whose plane each plane lies.

        Parameters
        ----------
        own : PlaneStack
            Planes of the source frames.

        Returns
        -------
        PlaneStack
            The same planes with their source frames.

        Raises
        ------
        GeometryError
            If several source frames lie in one plane.
        """
        normal = np.cross(own.orientation[:3], own.orientation[3:])
        theirs = own.positions @ normal
        if np.abs(self.orientation - own.orientation).max() > SAME_DIRECTION:
            return replace(
                self,
                slice_thickness=None,
                sources=sources_between(*self._range_along(normal), theirs),
                on_source_grid=False,
            )
        heights = self.positions @ normal
        found = match_heights(heights, theirs)
        matched = found >= 0
        shift = self.positions[matched] - own.positions[found[matched]]
        in_place = (
            matched.any()
            and (self.rows, self.columns) == (own.rows, own.columns)
            and np.allclose(self.pixel_spacing, own.pixel_spacing, rtol=SAME_SPACING, atol=0)
            and np.abs(shift).max() <= SAME_PLACE * float(own.pixel_spacing.min())
        )
        near = sources_between(heights[~matched], heights[~matched], theirs)
        if not len(near.values):
            return replace(self, sources=found, on_source_grid=bool(in_place))
        rows = [[index] if index >= 0 else [] for index in found.tolist()]
        for plane, touched in zip(np.flatnonzero(~matched).tolist(), near, strict=True):
            rows[plane] = touched.tolist()
        return replace(self, sources=Ragged.from_rows(rows, np.intp), on_source_grid=False)

    def _range_along(
        self, normal: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Least and greatest coordinate of each plane's pixels along a direction."""
        right = (self.columns - 1) * self.pixel_spacing[1] * self.orientation[:3]
        down = (self.rows - 1) * self.pixel_spacing[0] * self.orientation[3:]
        across, along = right @ normal, down @ normal
        steps = np.array([0.0, across, along, across + along])
        start = self.positions @ normal
        return start + steps.min(), start + steps.max()

    def with_overrides(
        self,
        pixel_measures: PixelMeasuresSequence | None,
        plane_orientation: PlaneOrientationSequence | None,
        plane_positions: Sequence[PlanePositionSequence] | None,
    ) -> PlaneStack:
        """Replace what the caller knows better than the sources.

        Parameters
        ----------
        pixel_measures : PixelMeasuresSequence | None
            Spacing of the pixels.
        plane_orientation : PlaneOrientationSequence | None
            Direction of the planes.
        plane_positions : Sequence[PlanePositionSequence] | None
            Position of each plane.

        Returns
        -------
        PlaneStack
            Planes with the new geometry, matched to the source frames again.
        """
        if pixel_measures is None and plane_orientation is None and plane_positions is None:
            return self
        new = self
        if pixel_measures is not None:
            item = pixel_measures[0]
            thickness = item.get("SliceThickness")
            new = replace(
                new,
                pixel_spacing=np.array([float(v) for v in item.PixelSpacing]),
                slice_thickness=None if thickness is None else float(thickness),
            )
        if plane_orientation is not None:
            cosines = [float(v) for v in plane_orientation[0].ImageOrientationPatient]
            new = replace(new, orientation=np.array(cosines))
        if plane_positions is not None:
            new = replace(
                new,
                positions=np.array(
                    [[float(v) for v in p[0].ImagePositionPatient] for p in plane_positions]
                ),
                sources=np.full(len(plane_positions), -1),
            )
        return new.matched_to(self)

    def resized(self, rows: int, columns: int) -> PlaneStack:
        """Give the planes another size, with the first pixel at its place.

        Parameters
        ----------
        rows, columns : int
            New size of each plane.

        Returns
        -------
        PlaneStack
            The planes.
        """
        if (rows, columns) == (self.rows, self.columns):
            return self
        return replace(self, rows=rows, columns=columns, on_source_grid=False)

    @property
    def number_of_places(self) -> int:
        """int: Number of planes."""
        return len(self.positions)

    @cached_property
    def report(self) -> StackReport:
        """StackReport: How the planes follow each other."""
        return describe_positions(self.positions, self.orientation)

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """numpy.ndarray: Place of each plane among all, from 1; equal positions share theirs."""
        order = self.report.order
        along = (self.positions @ self.report.normal)[order]
        steps = np.diff(along)
        apart = (
            steps > SAME_PLACE * float(np.median(steps[steps > 0])) if steps.any() else steps > 0
        )
        ranks = np.empty(len(order), np.int64)
        ranks[order] = 1 + np.concatenate([[0], np.cumsum(apart)])
        return ranks

    @property
    def order(self) -> NDArray[np.intp]:
        """numpy.ndarray: Indices of the planes in the order in which frames are stored."""
        return np.argsort(self.ranks, kind="stable")

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """tuple: The position, and its functional group."""
        return ((_POSITION, _POSITION_GROUP),)

    @property
    def dimension_values(self) -> NDArray[np.int64]:
        """numpy.ndarray: Place of each plane among all, from 1, shape (planes, 1)."""
        return self.ranks[:, np.newaxis]

    def organization(
        self, places: NDArray[np.intp], frames_per_place: int
    ) -> DimensionOrganizationTypeValues | None:
        """Tell which organization frames have.

        Parameters
        ----------
        places : numpy.ndarray
            Plane of each frame.
        frames_per_place : int
            How many frames a plane has where it has any.

        Returns
        -------
        DimensionOrganizationTypeValues | None
            ``3D`` if the frames are equally spaced without gaps; else ``None``.
        """
        if not self.report.is_volume:
            return None
        ranks = np.unique(self.ranks[places])
        gapless = int(ranks[-1] - ranks[0]) + 1 == len(ranks)
        if gapless and len(ranks) * frames_per_place == len(places):
            return DimensionOrganizationTypeValues.THREE_DIMENSIONAL
        return None

    def set_groups(self, groups: FunctionalGroups, places: NDArray[np.intp]) -> None:
        """Set the spacing of the pixels, the orientation, and the position of each frame.

        Parameters
        ----------
        groups : FunctionalGroups
            Groups of the derived image.
        places : numpy.ndarray
            Plane of each frame.
        """
        groups.set_constant("PixelMeasuresSequence.PixelSpacing", self.pixel_spacing)
        spacing = self.spacing_between_slices
        thickness = spacing if self.slice_thickness is None else self.slice_thickness
        if thickness is not None:
            groups.set_constant("PixelMeasuresSequence.SliceThickness", thickness)
        if spacing is not None:
            groups.set_constant("PixelMeasuresSequence.SpacingBetweenSlices", spacing)
        groups.set_constant("PlaneOrientationSequence.ImageOrientationPatient", self.orientation)
        groups.set(
            f"{_POSITION_GROUP}.{_POSITION}", self.positions, index=places, placement="per_frame"
        )

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

    @property
    def spacing_between_slices(self) -> float | None:
        """float | None: Distance between neighbouring planes, if they are regular."""
        spacing = self.report.spacing
        return None if spacing is None else abs(spacing)
