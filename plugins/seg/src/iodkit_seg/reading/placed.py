"""Pixels of segments by place: volumes and total pixel matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.spatial import ChannelDescriptor
from iodkit_image.places import frame_places
from iodkit_image.regions import IndexRange
from iodkit_image.tiles import find_tiles, plan_matrix
from iodkit_image.volumes import FrameSet, VolumeOptions, as_volume, plan_volume
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.reading.coloring import color_labels
from iodkit_seg.reading.pixels import SegmentFrames, assemble
from iodkit_seg.reading.queries import SegmentQueries
from iodkit_seg.reading.requests import SegmentOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import DTypeLike, NDArray

    from iodkit.spatial import Volume, VolumeGeometry
    from iodkit_image.placement import Placement

__all__ = ["PlacedSegments"]

_SEGMENTS = ChannelDescriptor("ReferencedSegmentNumber")


class PlacedSegments(SegmentQueries):
    """An image of segments that lie in space.

    Methods that give pixels share these parameters:

    segment_numbers
        Segments that are wanted; all by default.
    combine_segments
        Whether one label map is returned; otherwise there is a mask for each segment, along the
        last axis.
    relabel
        Whether labels count from 1 in the order of `segment_numbers`.
    rescale_fractional
        Whether fractions are given between 0.0 and 1.0.
    skip_overlap_checks
        Whether segments may overlap in a label map; the highest label wins then.
    dtype
        Type of the pixels; by default the smallest unsigned one, and float32 for fractions.
    apply_palette_color_lut
        Whether colours of the palette are returned in place of labels, with red, green and blue
        along the last axis; needs `combine_segments`.
    apply_icc_profile
        Whether these colours are brought to sRGB (PS3.3 C.11.15); by default where there is a
        profile.
    """

    def get_volume_geometry(
        self,
        *,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
        allow_missing_positions: bool = True,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry | None:
        """Return the geometry of the volume that the frames fill.

        Parameters
        ----------
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.
        allow_missing_positions : bool, optional
            Whether planes may be missing: those in which no segment has a pixel often are.
        allow_duplicate_positions : bool, optional
            Whether several frames may lie in one plane.

        Returns
        -------
        VolumeGeometry | None
            Geometry with the axes slice, row and column; ``None`` if the frames make no regular
            volume.  :meth:`describe_frames` says why.
        """
        return super().get_volume_geometry(
            rtol=rtol,
            atol=atol,
            perpendicular_tol=perpendicular_tol,
            allow_missing_positions=allow_missing_positions,
            allow_duplicate_positions=allow_duplicate_positions,
        )

    def get_volume(  # type: ignore[override]  # segments take the place of pixel transforms
        self,
        *,
        slice_start: int | None = None,
        slice_end: int | None = None,
        row_start: int | None = None,
        row_end: int | None = None,
        column_start: int | None = None,
        column_end: int | None = None,
        as_indices: bool = False,
        dtype: DTypeLike | None = None,
        segment_numbers: Sequence[int] | None = None,
        combine_segments: bool = False,
        relabel: bool = False,
        rescale_fractional: bool = True,
        skip_overlap_checks: bool = False,
        apply_palette_color_lut: bool = False,
        apply_icc_profile: bool | None = None,
        allow_missing_positions: bool = True,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
        channels: Sequence[str | int] | str = (),
        select: Mapping[str, Any] | None = None,
        geometry: VolumeGeometry | None = None,
    ) -> Volume:
        """Bring the segments together into a volume.

        Parameters
        ----------
        slice_start, slice_end, row_start, row_end, column_start, column_end : int | None, optional
            Part of the volume: first position, and the one after the last.  Positions count from
            1, negative ones from the end.
        as_indices : bool, optional
            Whether positions count from 0.
        dtype, segment_numbers, combine_segments, relabel, rescale_fractional : optional
            See :class:`PlacedSegments`.
        skip_overlap_checks, apply_palette_color_lut, apply_icc_profile : optional
            See :class:`PlacedSegments`.
        allow_missing_positions : bool, optional
            Whether planes without a frame are filled with zeros.
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.
        channels : Sequence[str | int] | str, optional
            Attributes in which frames of one segment and place differ, each an axis of the
            volume, for example ``"TemporalPositionIndex"``.
        select : Mapping[str, Any] | None, optional
            Attributes of the frames to use, with the value, or values, of each: for example
            ``{"StackID": "1"}``.
        geometry : VolumeGeometry | None, optional
            Where frames lie, for segmentations that do not say it; see
            :meth:`iodkit.Image.get_volume`.

        Returns
        -------
        Volume
            Array of shape (slices, rows, columns), then the channels asked for, then the channel
            ``ReferencedSegmentNumber`` unless segments are combined, or red, green and blue.

        Raises
        ------
        GeometryError
            If the frames make no regular volume, or lie at one place without `channels`; the
            error has the report.
        OverlappingSegmentsError
            If segments overlap in a label map.
        """
        options = SegmentOptions(
            segment_numbers,
            combine_segments,
            relabel,
            rescale_fractional,
            skip_overlap_checks,
            dtype,
            apply_palette_color_lut,
            apply_icc_profile,
        )
        table = self.frame_table
        plan = plan_volume(
            FrameSet(
                table,
                self,
                (int(self.Rows), int(self.Columns)),
                lambda: frame_places(self, table),
                layers=self._layers,
                may_merge=True,
            ),
            VolumeOptions(
                ranges=(
                    IndexRange("slice", slice_start, slice_end, as_indices),
                    IndexRange("row", row_start, row_end, as_indices),
                    IndexRange("column", column_start, column_end, as_indices),
                ),
                tolerances={"rtol": rtol, "atol": atol, "perpendicular_tol": perpendicular_tol},
                allow_missing_positions=allow_missing_positions,
                channels=channels,
                select=select,
                geometry=geometry,
            ),
        )
        array = self._assemble(plan.placement, options)
        if options.apply_palette_color_lut:
            return as_volume(plan, array)
        numbers = options.request(self).numbers
        return as_volume(plan, array, (_SEGMENTS, numbers))

    def get_total_pixel_matrix(  # type: ignore[override]
        self,
        row_start: int | None = None,
        row_end: int | None = None,
        column_start: int | None = None,
        column_end: int | None = None,
        segment_numbers: Sequence[int] | None = None,
        combine_segments: bool = False,
        relabel: bool = False,
        rescale_fractional: bool = True,
        skip_overlap_checks: bool = False,
        dtype: DTypeLike | None = None,
        apply_palette_color_lut: bool = False,
        apply_icc_profile: bool | None = None,
        as_indices: bool = False,
        *,
        select: Mapping[str, Any] | None = None,
        focal_plane: int | None = None,
    ) -> NDArray[Any]:
        """Bring tiles together into the total pixel matrix, or a part of it.

        Only tiles that the part touches are read; places without a tile are zero.

        Parameters
        ----------
        row_start, row_end, column_start, column_end : int | None, optional
            Part of the matrix: first row or column, and the one after the last.  They count from
            1, negative ones from the end.
        segment_numbers, combine_segments, relabel, rescale_fractional : optional
            See :class:`PlacedSegments`.
        skip_overlap_checks, dtype, apply_palette_color_lut, apply_icc_profile : optional
            See :class:`PlacedSegments`.
        as_indices : bool, optional
            Whether rows and columns count from 0.
        select : Mapping[str, Any] | None, optional
            Attributes of the tiles to use, with the value, or values, of each.
        focal_plane : int | None, optional
            Number of the focal plane, from 1, where there are several.

        Returns
        -------
        numpy.ndarray
            Shape (rows, columns), (rows, columns, segments) or (rows, columns, 3).

        Raises
        ------
        GeometryError
            If the segmentation is not tiled, or several tiles of a segment have one place.
        OverlappingSegmentsError
            If segments overlap in a label map.
        """
        table = self.frame_table
        placement, _ = plan_matrix(
            self,
            table,
            find_tiles(self, table, select=select, focal_plane=focal_plane),
            (
                IndexRange("row", row_start, row_end, as_indices),
                IndexRange("column", column_start, column_end, as_indices),
            ),
            allow_missing_positions=True,
            layers=self._layers,
        )
        options = SegmentOptions(
            segment_numbers,
            combine_segments,
            relabel,
            rescale_fractional,
            skip_overlap_checks,
            dtype,
            apply_palette_color_lut,
            apply_icc_profile,
        )
        return self._assemble(placement, options)[0]

    @property
    def _frame_segments(self) -> NDArray[np.int64] | None:
        """Number of the segment of each frame; none in a label map."""
        if self.segmentation_type is SegmentationTypeValues.LABELMAP:
            return None
        return self.frame_table.segment_numbers

    @property
    def _layers(self) -> NDArray[np.intp] | None:
        """Index of the segment of each frame, which may share places with others."""
        segments = self._frame_segments
        if segments is None:
            return None
        return np.unique(segments, return_inverse=True)[1].reshape(-1)

    def _assemble(self, placement: Placement, options: SegmentOptions) -> NDArray[Any]:
        """Read the frames of a plan; of shape (planes, rows, columns, ...)."""
        request = options.request(self)
        in_color = options.apply_palette_color_lut
        dtype = request.output_dtype(None if in_color else options.dtype)
        segments = self._frame_segments
        frames = SegmentFrames(placement, None if segments is None else segments[placement.frames])
        with self.frame_store.held() as store:
            array = assemble(store, self.segmentation_type, frames, request, dtype)
        if in_color:
            return color_labels(array, self, options)
        return array
