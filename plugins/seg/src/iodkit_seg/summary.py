"""What summaries say of segmentations: their type and their segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.summaries import Section
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.overlay import segment_color
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.coding import CodedConcept
    from iodkit.summaries import Fact

__all__ = ["sections"]


def sections(dataset: Dataset) -> list[Section]:
    """Describe a segmentation.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    list[Section]
        One section with a row for each segment.
    """
    seg = (
        dataset
        if isinstance(dataset, Segmentation)
        else Segmentation.from_dataset(dataset, copy=False)
    )
    kind = seg.segmentation_type
    fractional = seg.segmentation_fractional_type
    facts: dict[str, Fact] = {
        "type": kind.value,
        "fractions": None if fractional is None else fractional.value,
        "segments": seg.number_of_segments,
        "source images": len(seg.get_source_image_uids()),
    }
    numbers = seg.frame_table.segment_numbers
    rows: list[tuple[Fact, ...]] = []
    for item in seg.segment_descriptions:
        count = int(np.count_nonzero(numbers == item.segment_number))
        algorithm = item.algorithm_identification
        rows.append(
            (
                item.segment_number,
                item.segment_label,
                _code(item.segmented_property_category),
                _code(item.segmented_property_type),
                "#{:02x}{:02x}{:02x}".format(*segment_color(seg, item)),
                item.algorithm_type.value,
                None if algorithm is None else algorithm.name,
                None if kind is SegmentationTypeValues.LABELMAP else count,
            )
        )
    columns = (
        "number",
        "label",
        "category",
        "property",
        "color",
        "algorithm type",
        "algorithm",
        "frames",
    )
    return [Section("Segmentation", facts, columns, tuple(rows))]


def _code(concept: CodedConcept) -> str:
    return f"{concept.meaning} ({concept.value}, {concept.scheme_designator})"
