"""Pixels of segments by source image, source frame and dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.errors import InvalidValueError
from iodkit_image.queries import (
    frames_by_dimensions,
    frames_by_source_frame,
    frames_by_source_instance,
)
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.reading.lookup import place_queried
from iodkit_seg.reading.placed import PlacedSegments
from iodkit_seg.reading.queries import SEGMENT_DIMENSION
from iodkit_seg.reading.requests import SegmentOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import DTypeLike, NDArray
    from pydicom.tag import BaseTag

__all__ = ["SourcedSegments"]


class SourcedSegments(PlacedSegments):
    """An image of segments that can be asked for by what they were made from."""

    def are_dimension_indices_unique(
        self, dimension_index_pointers: Sequence[int | BaseTag | str]
    ) -> bool:
        """Tell whether dimension indices identify the frames of each segment.

        Parameters
        ----------
        dimension_index_pointers : Sequence[int | pydicom.tag.BaseTag | str]
            Tags or keywords of some of the attributes that the dimension indices point to.

        Returns
        -------
        bool
            Whether no two frames of one segment have the same values of these indices, so that
            :meth:`get_pixels_by_dimension_index_values` takes them.

        Raises
        ------
        NotFoundError
            If the segmentation has no such dimension.
        InvalidValueError
            If none is given.
        """
        table = self.frame_table
        columns = [table.dimension(each) for each in dimension_index_pointers]
        if columns and self.segmentation_type is not SegmentationTypeValues.LABELMAP:
            columns.append(table.segment_numbers)
        return table.is_unique(*columns)

    def get_pixels_by_source_instance(  # type: ignore[override]
        self,
        source_sop_instance_uids: Sequence[str],
        segment_numbers: Sequence[int] | None = None,
        combine_segments: bool = False,
        relabel: bool = False,
        ignore_spatial_locations: bool = False,
        assert_missing_frames_are_empty: bool = False,
        rescale_fractional: bool = True,
        skip_overlap_checks: bool = False,
        dtype: DTypeLike | None = None,
        apply_palette_color_lut: bool = False,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return the pixels of segments for single-frame source images.

        Parameters
        ----------
        source_sop_instance_uids : Sequence[str]
            SOP instance UIDs of the sources; the output has their order.
        segment_numbers, combine_segments, relabel, rescale_fractional : optional
            See :class:`PlacedSegments`.
        ignore_spatial_locations : bool, optional
            Whether frames count that may not lie where their sources do.
        assert_missing_frames_are_empty : bool, optional
            Whether sources that the segmentation does not refer to give zeros.
        skip_overlap_checks, dtype, apply_palette_color_lut, apply_icc_profile : optional
            See :class:`PlacedSegments`.

        Returns
        -------
        numpy.ndarray
            Shape (sources, rows, columns), (sources, rows, columns, segments) or
            (sources, rows, columns, 3); zeros where a segment has no frame.

        Raises
        ------
        NotFoundError
            If the segmentation does not refer to a source.
        GeometryError
            If a frame may not lie where its source does (PS3.3 C.7.6.16.2.6), or several frames
            of a segment were made from one source.
        OverlappingSegmentsError
            If segments overlap in a label map.
        """
        found = frames_by_source_instance(
            self,
            source_sop_instance_uids,
            ignore_spatial_locations=ignore_spatial_locations,
            assert_missing_frames_are_empty=assert_missing_frames_are_empty,
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
        return self._queried(found, source_sop_instance_uids, options)

    def get_pixels_by_source_frame(  # type: ignore[override]
        self,
        source_sop_instance_uid: str,
        source_frame_numbers: Sequence[int] | None = None,
        segment_numbers: Sequence[int] | None = None,
        combine_segments: bool = False,
        relabel: bool = False,
        ignore_spatial_locations: bool = False,
        assert_missing_frames_are_empty: bool = False,
        rescale_fractional: bool = True,
        skip_overlap_checks: bool = False,
        dtype: DTypeLike | None = None,
        apply_palette_color_lut: bool = False,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return the pixels of segments for frames of a multi-frame source image.

        Parameters
        ----------
        source_sop_instance_uid : str
            SOP instance UID of the source.
        source_frame_numbers : Sequence[int] | None, optional
            Numbers of its frames, from 1, in the order of the output; by default all, up to the
            highest that the segmentation refers to.
        segment_numbers, combine_segments, relabel, rescale_fractional : optional
            See :class:`PlacedSegments`.
        ignore_spatial_locations : bool, optional
            Whether frames count that may not lie where their sources do.
        assert_missing_frames_are_empty : bool, optional
            Whether sources that the segmentation does not refer to give zeros.
        skip_overlap_checks, dtype, apply_palette_color_lut, apply_icc_profile : optional
            See :class:`PlacedSegments`.

        Returns
        -------
        numpy.ndarray
            Shape (sources, rows, columns), (sources, rows, columns, segments) or
            (sources, rows, columns, 3); zeros where a segment has no frame.

        Raises
        ------
        NotFoundError
            If the segmentation does not refer to the source, or to no frame from one of the
            numbers on.
        GeometryError
            If a frame may not lie where its source does (PS3.3 C.7.6.16.2.6), or several frames
            of a segment were made from one source.
        OverlappingSegmentsError
            If segments overlap in a label map.
        """
        found = frames_by_source_frame(
            self,
            source_sop_instance_uid,
            source_frame_numbers,
            ignore_spatial_locations=ignore_spatial_locations,
            assert_missing_frames_are_empty=assert_missing_frames_are_empty,
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
        return self._queried(found, source_frame_numbers or range(1, len(found) + 1), options)

    def get_pixels_by_dimension_index_values(  # type: ignore[override]
        self,
        dimension_index_values: Sequence[Sequence[int]],
        dimension_index_pointers: Sequence[int | BaseTag | str] | None = None,
        segment_numbers: Sequence[int] | None = None,
        combine_segments: bool = False,
        relabel: bool = False,
        assert_missing_frames_are_empty: bool = False,
        rescale_fractional: bool = True,
        skip_overlap_checks: bool = False,
        dtype: DTypeLike | None = None,
        apply_palette_color_lut: bool = False,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return the pixels of segments with certain dimension index values.

        Parameters
        ----------
        dimension_index_values : Sequence[Sequence[int]]
            Combinations of values; the output has their order.
        dimension_index_pointers : Sequence[int | pydicom.tag.BaseTag | str] | None, optional
            Tags or keywords of the attributes that the values index, that of the segment
            excepted; by default :meth:`get_default_dimension_index_pointers`.
        segment_numbers, combine_segments, relabel, rescale_fractional : optional
            See :class:`PlacedSegments`.
        assert_missing_frames_are_empty : bool, optional
            Whether combinations that no frame has give zeros.
        skip_overlap_checks, dtype, apply_palette_color_lut, apply_icc_profile : optional
            See :class:`PlacedSegments`.

        Returns
        -------
        numpy.ndarray
            Shape (combinations, rows, columns), (combinations, rows, columns, segments) or
            (combinations, rows, columns, 3); zeros where a segment has no frame.

        Raises
        ------
        InvalidValueError
            If the segment is among the dimensions; `segment_numbers` is for it.
        NotFoundError
            If there is no such dimension, or no frame has such values (PS3.3 C.7.6.17).
        GeometryError
            If several frames of a segment have the same values.
        OverlappingSegmentsError
            If segments overlap in a label map.
        """
        pointers: Sequence[int | BaseTag | str] = (
            self.get_default_dimension_index_pointers()
            if dimension_index_pointers is None
            else dimension_index_pointers
        )
        if any(pointer in {SEGMENT_DIMENSION, "ReferencedSegmentNumber"} for pointer in pointers):
            raise InvalidValueError(
                "segments are chosen by their numbers",
                attribute="dimension_index_pointers",
                found="ReferencedSegmentNumber",
                remedy="Leave it out, and pass segment_numbers.",
            )
        found = frames_by_dimensions(
            self,
            dimension_index_values,
            pointers,
            assert_missing_frames_are_empty=assert_missing_frames_are_empty,
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
        return self._queried(found, dimension_index_values, options)

    def _queried(
        self, found: Sequence[NDArray[np.intp]], names: Sequence[Any], options: SegmentOptions
    ) -> NDArray[Any]:
        placement = place_queried(
            found, names, self._frame_segments, (int(self.Rows), int(self.Columns))
        )
        return self._assemble(placement, options)
