"""Helpers for segmentations of any origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["iter_segments"]


def iter_segments(
    dataset: Dataset,
) -> Iterator[tuple[NDArray[Any], tuple[Dataset, ...], SegmentDescription]]:
    """Go through the segments of a segmentation.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation; of our class or not.

    Yields
    ------
    frames : numpy.ndarray
        Stored values of the segment's frames, shape (frames, rows, columns); of a label map masks
        of 0 and 1, for those of its frames that hold the segment.
    items : tuple[pydicom.Dataset, ...]
        Per-frame functional groups of these frames.
    description : SegmentDescription
        The segment.

    Raises
    ------
    SOPClassError
        If the dataset is no segmentation.
    """
    segmentation = (
        dataset
        if isinstance(dataset, Segmentation)
        else Segmentation.from_dataset(dataset, copy=False)
    )
    store = segmentation.frame_store
    groups = segmentation.get("PerFrameFunctionalGroupsSequence") or ()
    is_labelmap = segmentation.segmentation_type is SegmentationTypeValues.LABELMAP
    labels = store.read_many(range(segmentation.number_of_frames)) if is_labelmap else None
    numbers = segmentation.frame_table.segment_numbers
    for description in segmentation.segment_descriptions:
        if labels is not None:
            masks = (labels == description.segment_number).view(np.uint8)
            frames = np.flatnonzero(masks.any(axis=(1, 2)))
            pixels: NDArray[Any] = masks[frames]
        else:
            frames = np.flatnonzero(numbers == description.segment_number)
            pixels = store.read_many(frames.tolist())
        # TILED_FULL segmentations need no functional groups of each frame.
        items = tuple(groups[frame] for frame in frames.tolist()) if len(groups) else ()
        yield pixels, items, description
