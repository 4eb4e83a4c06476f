"""Typed columns of what frames have in common: where, when, of what, made from what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements.slide import MICROMETRES
from iodkit.frames.columns import ColumnTable
from iodkit.frames.moments import parse_datetimes
from iodkit.frames.real_world import RealWorldMappings, read_mappings
from iodkit.frames.sources import SourceReferences, read_sources

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.frames.tiling import FullTiling

__all__ = ["TypedColumns"]

_SLIDE = "PlanePositionSlideSequence"


class TypedColumns(ColumnTable):
    """Columns of frames by name; part of `FrameTable`."""

    @property
    def _tiling(self) -> FullTiling | None:
        """The order of frames if there is one instance and the order says where they are."""
        return self._instances[0].tiling if len(self._instances) == 1 else None

    @property
    def instance_uids(self) -> tuple[str, ...]:
        """SOP instance UID of each instance, empty where it has none."""
        return tuple(instance.uid for instance in self._instances)

    @property
    def instances(self) -> NDArray[np.intp]:
        """Index of the instance that each frame belongs to, shape ``(n,)``."""
        counts = [instance.number_of_frames for instance in self._instances]
        return self._kept("instances", lambda: np.repeat(np.arange(len(counts)), counts))

    @property
    def frame_numbers(self) -> NDArray[np.int64]:
        """Number of each frame in its instance, from 1; shape ``(n,)``."""

        def make() -> NDArray[Any]:
            counts = np.array([instance.number_of_frames for instance in self._instances], int)
            starts = np.repeat(np.cumsum(counts) - counts, counts)
            return np.arange(len(starts)) - starts + 1

        return self._kept("frame_numbers", make)

    @property
    def positions(self) -> NDArray[np.float64]:
        """ImagePositionPatient in mm, shape ``(n, 3)`` (PS3.3 C.7.6.16.2.3)."""
        return self.numbers("PlanePositionSequence.ImagePositionPatient", 3)

    @property
    def slide_positions(self) -> NDArray[np.float64]:
        """X, Y and Z offset in the slide coordinate system, all in mm; shape ``(n, 3)``.

        Of a TILED_FULL image without positions they follow from the order of its frames
        (PS3.3 C.8.12.6.1, C.7.6.17.3).
        """

        def make() -> NDArray[Any]:
            x, y, z = (
                self.numbers(f"{_SLIDE}.{axis}OffsetInSlideCoordinateSystem") for axis in "XYZ"
            )
            given = np.stack([x, y, z / MICROMETRES], axis=1)
            if self._tiling is None or not np.isnan(given).all():
                return given
            return self._tiling.slide_positions(
                len(self), self.pixel_spacings, self.spacing_between_slices
            )

        return self._kept("slide_positions", make)

    @property
    def matrix_positions(self) -> NDArray[np.int64]:
        """Row and column, from 1, of the first pixel in the total pixel matrix; shape ``(n, 2)``.

        Of a TILED_FULL image without positions they follow from the order of its frames.
        """

        def make() -> NDArray[Any]:
            names = ("RowPositionInTotalImagePixelMatrix", "ColumnPositionInTotalImagePixelMatrix")
            given = np.stack([self.integers(f"{_SLIDE}.{name}") for name in names], axis=1)
            if self._tiling is None or (given != -1).any():
                return given
            return self._tiling.matrix_positions(len(self))

        return self._kept("matrix_positions", make)

    @property
    def orientations(self) -> NDArray[np.float64]:
        """ImageOrientationPatient, or else ImageOrientationSlide; shape ``(n, 6)``."""

        def make() -> NDArray[Any]:
            given = self.numbers("PlaneOrientationSequence.ImageOrientationPatient", 6)
            missing: Any = np.isnan(given).all(axis=1)
            if not missing.any():
                return given
            slide = np.array([instance.slide_orientation for instance in self._instances])
            return np.where(missing[:, None], slide.reshape(-1, 6)[self.instances], given)

        return self._kept("orientations", make)

    @property
    def pixel_spacings(self) -> NDArray[np.float64]:
        """PixelSpacing in mm: between rows, between columns; shape ``(n, 2)``."""
        return self.numbers("PixelMeasuresSequence.PixelSpacing", 2)

    @property
    def slice_thickness(self) -> NDArray[np.float64]:
        """SliceThickness in mm, shape ``(n,)``."""
        return self.numbers("PixelMeasuresSequence.SliceThickness")

    @property
    def spacing_between_slices(self) -> NDArray[np.float64]:
        """SpacingBetweenSlices in mm, shape ``(n,)``."""
        return self.numbers("PixelMeasuresSequence.SpacingBetweenSlices")

    @property
    def dimension_index_values(self) -> NDArray[np.int64]:
        """DimensionIndexValues, shape ``(n, k)``; k is 0 if no frame has any."""

        def make() -> NDArray[Any]:
            column = self.column("FrameContentSequence.DimensionIndexValues")
            width = int(column.data.counts.max(initial=0))
            if width == 0:
                return np.zeros((len(self), 0), np.int64)
            return column.array().reshape(len(self), width)

        return self._kept("dimension_index_values", make)

    @property
    def dimension_group_pointers(self) -> tuple[int, ...]:
        """Tags of the functional groups that hold what the dimensions index, 0 if none does."""
        pointers = self._instances[0].dimension_pointers if self._instances else ()
        return tuple(group for group, _ in pointers)

    @property
    def dimension_index_pointers(self) -> tuple[int, ...]:
        """Tags of what the dimensions index (PS3.3 C.7.6.17), of the first instance."""
        pointers = self._instances[0].dimension_pointers if self._instances else ()
        return tuple(attribute for _, attribute in pointers)

    @property
    def segment_numbers(self) -> NDArray[np.int64]:
        """ReferencedSegmentNumber, shape ``(n,)`` (PS3.3 C.8.20.3.1); known for TILED_FULL too."""

        def make() -> NDArray[Any]:
            given = self.integers("SegmentIdentificationSequence.ReferencedSegmentNumber")
            if self._tiling is None or (given != -1).any():
                return given
            return self._tiling.segment_numbers(len(self))

        return self._kept("segment_numbers", make)

    @property
    def optical_paths(self) -> NDArray[np.object_]:
        """OpticalPathIdentifier, shape ``(n,)``; known for TILED_FULL too (PS3.3 C.8.12.6.2)."""

        def make() -> NDArray[Any]:
            path = "OpticalPathIdentificationSequence.OpticalPathIdentifier"
            given = self.texts(path)
            shared = self.column(path).shared and self._tiling is not None
            paths = self._tiling.optical_paths if self._tiling is not None else ()
            if self._tiling is None or (not shared and (given != None).any()):  # noqa: E711
                return given
            if shared and len(paths) < 2:
                return given
            return self._tiling.optical_path_identifiers(len(self))

        return self._kept("optical_paths", make)

    @property
    def stack_ids(self) -> NDArray[np.object_]:
        """StackID, shape ``(n,)``."""
        return self.texts("FrameContentSequence.StackID")

    @property
    def in_stack_positions(self) -> NDArray[np.int64]:
        """InStackPositionNumber, shape ``(n,)``."""
        return self.integers("FrameContentSequence.InStackPositionNumber")

    @property
    def temporal_positions(self) -> NDArray[np.int64]:
        """TemporalPositionIndex, shape ``(n,)``."""
        return self.integers("FrameContentSequence.TemporalPositionIndex")

    @property
    def acquisition_datetimes(self) -> NDArray[np.datetime64]:
        """FrameAcquisitionDateTime, or that of the instance, as written; shape ``(n,)``.

        Type ``datetime64[us]``, NaT where missing.  The time zone, where one is given, is left
        out; it is in the text that ``column(...)`` gives.
        """

        def make() -> NDArray[Any]:
            moments = parse_datetimes(self.texts("FrameContentSequence.FrameAcquisitionDateTime"))
            if not np.isnat(moments).any():
                return moments
            days, times = self.texts("AcquisitionDate"), self.texts("AcquisitionTime")
            joined = [d + t if d and t else None for d, t in zip(days, times, strict=True)]
            return np.where(np.isnat(moments), parse_datetimes(joined), moments)

        return self._kept("acquisition_datetimes", make)

    @property
    def reference_datetimes(self) -> NDArray[np.datetime64]:
        """FrameReferenceDateTime as written, NaT where missing; shape ``(n,)``."""
        path = "FrameContentSequence.FrameReferenceDateTime"
        return self._kept("reference_datetimes", lambda: parse_datetimes(self.texts(path)))

    @property
    def content_times(self) -> NDArray[np.object_]:
        """ContentTime of each frame's instance as text, shape ``(n,)``."""

        def make() -> NDArray[Any]:
            times = np.array([i.content_time for i in self._instances], object)
            return times[self.instances]

        return self._kept("content_times", make)

    @property
    def window_centers(self) -> NDArray[np.float64]:
        """WindowCenter, shape ``(n, k)`` (PS3.3 C.7.6.16.2.10)."""
        return self._matrix("FrameVOILUTSequence.WindowCenter")

    @property
    def window_widths(self) -> NDArray[np.float64]:
        """WindowWidth, shape ``(n, k)``."""
        return self._matrix("FrameVOILUTSequence.WindowWidth")

    def _matrix(self, path: str) -> NDArray[np.float64]:
        array = self.numbers(path, None)
        return array.reshape(len(self), -1) if len(self) else array.reshape(0, 1)

    @property
    def rescale_slopes(self) -> NDArray[np.float64]:
        """RescaleSlope, shape ``(n,)`` (PS3.3 C.7.6.16.2.9)."""
        return self.numbers("PixelValueTransformationSequence.RescaleSlope")

    @property
    def rescale_intercepts(self) -> NDArray[np.float64]:
        """RescaleIntercept, shape ``(n,)``."""
        return self.numbers("PixelValueTransformationSequence.RescaleIntercept")

    @property
    def rescale_types(self) -> NDArray[np.object_]:
        """RescaleType, such as ``"HU"``, shape ``(n,)``."""
        return self.texts("PixelValueTransformationSequence.RescaleType")

    @property
    def real_world_mappings(self) -> RealWorldMappings:
        """Mappings of stored values to values with units (PS3.3 C.7.6.16.2.11)."""
        found = self._arrays.get("real_world_mappings")
        if found is None:
            found = self._arrays.setdefault("real_world_mappings", read_mappings(self._source))
        kept: RealWorldMappings = found
        return kept

    @property
    def sources(self) -> SourceReferences:
        """References to the images that the frames were made from."""
        found = self._arrays.get("sources")
        if found is None:
            found = self._arrays.setdefault("sources", read_sources(self._source))
        kept: SourceReferences = found
        return kept
