"""Measuring the segments of a segmentation, honest about what its geometry does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues
from iodkit_seg.measurement.extents import Extent, measure_extents
from iodkit_seg.measurement.table import BoundingBox, SegmentRow, SegmentTable
from iodkit_seg.overlay import segment_color
from iodkit_seg.stored.fractions import stored_limit
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.grid import SegmentationGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.coding import CodedConcept
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation

__all__ = ["measure_segments"]


def measure_segments(segmentation: Segmentation, threshold: float | None) -> SegmentTable:
    """Measure all segments; see :meth:`MeasurableSegmentation.segment_table`."""
    frames, grid = StoredFrames.of(segmentation), SegmentationGrid.of(segmentation)
    fractional = segmentation.segmentation_type is SegmentationTypeValues.FRACTIONAL
    if threshold is not None and not fractional:
        raise InvalidValueError(
            f"{segmentation.segmentation_type.value} has no fractions",
            attribute="threshold",
            found=threshold,
            expected="no threshold",
        )
    maximum = int(segmentation.MaximumFractionalValue) if fractional else None
    limit = None if threshold is None else stored_limit(threshold, maximum or 1)
    found = measure_extents(frames, grid, segmentation.segment_numbers, limit, maximum)
    scale = _Scale(segmentation, grid)
    rows = [
        _row(segmentation, item, found[item.segment_number], scale)
        for item in segmentation.segment_descriptions
    ]
    return SegmentTable(tuple(rows), tuple(_notes(segmentation, grid, scale, threshold)))


class _Scale:
    """What a voxel is worth, and where it lies, as far as that is known."""

    def __init__(self, segmentation: Segmentation, grid: SegmentationGrid) -> None:
        self.grid = grid
        self.voxel_ml: float | None = None
        self.pixel_mm2: float | None = None
        spacing = segmentation.frame_table.pixel_spacings
        one_spacing = not np.isnan(spacing).any() and bool(np.ptp(spacing, axis=0).max() < 1e-9)
        if one_spacing and grid.shape[0] == 1:
            self.pixel_mm2 = float(spacing[0].prod())
        slide = segmentation.coordinate_system is CoordinateSystemNames.SLIDE
        if grid.geometry is None or grid.report is None or slide:
            return
        between = grid.report.spacing
        if between is None and grid.places is not None:
            between = grid.places.spacing_hint
        if between is not None and one_spacing:
            self.voxel_ml = float(spacing[0].prod() * abs(between)) / 1000

    def centroid(self, extent: Extent) -> tuple[float, float, float] | None:
        """Mean place in mm."""
        if self.grid.geometry is None or not extent.weight:
            return None
        index = extent.moment / extent.weight
        x, y, z = self.grid.geometry.map_indices_to_reference(index[np.newaxis])[0].tolist()
        return x, y, z


def _row(
    segmentation: Segmentation, item: SegmentDescription, extent: Extent, scale: _Scale
) -> SegmentRow:
    algorithm = item.algorithm_identification
    name = algorithm.name if algorithm is not None else item.get("SegmentAlgorithmName") or None
    category, kind = item.segmented_property_category, item.segmented_property_type
    red, green, blue = segment_color(segmentation, item)
    ends = np.stack([extent.low, extent.high], axis=1).reshape(-1).tolist()
    return SegmentRow(
        number=item.segment_number,
        label=item.segment_label,
        property_category=category.meaning,
        property_category_code=_code(category),
        property_type=kind.meaning,
        property_type_code=_code(kind),
        anatomic_regions=tuple(region.meaning for region in item.anatomic_regions),
        color=f"#{red:02x}{green:02x}{blue:02x}",
        algorithm_type=item.algorithm_type.value,
        algorithm_name=name,
        tracking_id=item.tracking_id,
        tracking_uid=item.tracking_uid,
        voxels=extent.voxels,
        volume_ml=None if scale.voxel_ml is None else extent.weight * scale.voxel_ml,
        area_mm2=None if scale.pixel_mm2 is None else extent.weight * scale.pixel_mm2,
        bounding_box=BoundingBox(*ends) if extent.voxels else None,
        centroid=scale.centroid(extent),
    )


def _code(concept: CodedConcept) -> tuple[str, str]:
    return concept.value, concept.scheme_designator


def _notes(
    segmentation: Segmentation,
    grid: SegmentationGrid,
    scale: _Scale,
    threshold: float | None,
) -> Sequence[str]:
    notes = []
    if grid.problem is not None:
        notes.append(f"Neither volumes nor places: {grid.problem}.")
    elif scale.voxel_ml is None and scale.pixel_mm2 is None:
        notes.append("No volumes: the distance between planes is not known.")
    if segmentation.segmentation_type is SegmentationTypeValues.FRACTIONAL:
        meaning = segmentation.segmentation_fractional_type
        if threshold is not None:
            notes.append(f"Pixels count from a fraction of {threshold:g} on.")
        elif meaning is SegmentationFractionalTypeValues.PROBABILITY:
            notes.append("Volumes and areas are expected values: the sum of the probabilities.")
        else:
            notes.append("Volumes and areas are the sum of what pixels are occupied to.")
    return notes
