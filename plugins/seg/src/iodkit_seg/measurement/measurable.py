"""Segmentations that can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit_seg.stored.whole import SegmentationPart

if TYPE_CHECKING:
    from iodkit_seg.measurement.table import SegmentTable

__all__ = ["MeasurableSegmentation"]


class MeasurableSegmentation(SegmentationPart):
    """A segmentation whose segments can be had as a table with measurements."""

    def segment_table(self, threshold: float | None = None) -> SegmentTable:
        """List the segments: what they are, how much there is of them, and where.

        Parameters
        ----------
        threshold : float | None, optional
            Of FRACTIONAL segmentations: the fraction, above 0 and up to 1, from which a pixel
            counts; by default every pixel counts as the fraction that it has.

        Returns
        -------
        SegmentTable
            A row for each segment, with labels, codes, colour, algorithm, number of voxels,
            volume in ml, area in mm² (of one plane), bounding box in indices, and centroid in
            reference coordinates in mm.  What the geometry does not tell is ``None``, and
            `notes` say why: planes that make no regular volume, or no frame of reference.

        Raises
        ------
        InvalidValueError
            If the threshold is not allowed, or there are no fractions.
        """
        from iodkit_seg.measurement.measuring import measure_segments

        return measure_segments(self._whole, threshold)
