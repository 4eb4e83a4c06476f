"""Validation rules for frames of segmentations: what they share, and what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.sop import Segmentation
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.overlap import find_overlap, frames_by_place
from iodkit_seg.stored.places import place_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.dataset import SOPClass

__all__ = ["check_derivation", "check_overlap"]

_SEQUENCE = "DerivationImageSequence"
# Code of each sequence, and what it means (PS3.3 A.51.5.1).
_CODES = (
    ("DerivationCodeSequence", "113076", "Segmentation"),
    (
        "SourceImageSequence.PurposeOfReferenceCodeSequence",
        "121322",
        "Source Image for Image Processing Operation",
    ),
)


def check_overlap(dataset: Dataset) -> Iterator[Fault]:
    """Find segments that overlap although there is to be no overlap (PS3.3 C.8.20.2.3).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        At most one: where SegmentsOverlap is NO, and in label maps, of which two frames may lie
        at one place.
    """
    is_map = dataset.get("SegmentationType") == "LABELMAP"
    if not is_map and dataset.get("SegmentsOverlap") != "NO":
        return
    if "PerFrameFunctionalGroupsSequence" not in dataset and not _is_full(dataset):
        return  # where frames lie is not known: nothing says that it is one place
    frames = StoredFrames.of(Segmentation.from_dataset(dataset, copy=False))
    places = place_codes(frames.table)
    if frames.format.kind is SegmentationTypeValues.LABELMAP:
        found = _differing_labels(frames, places)
    else:
        found = find_overlap(frames, places)
    if found is not None:
        where = f"frames {found[0] + 1} and {found[1] + 1} share pixels"
        remedy = "Divide the segments among instances" if is_map else "Write YES"
        yield Fault("PixelData", where, "segments that do not overlap", remedy)


def _is_full(dataset: Dataset) -> bool:
    return bool(dataset.get("DimensionOrganizationType") == "TILED_FULL")


def _differing_labels(frames: StoredFrames, places: NDArray[np.intp]) -> tuple[int, int] | None:
    """Positions of two frames at one place that label a pixel differently."""
    for together in frames_by_place(places):
        for at, one in enumerate(together.tolist()):
            for other in together[at + 1 :].tolist():
                first, second = frames.pixels(one), frames.pixels(other)
                if ((first != second) & (first != 0) & (second != 0)).any():
                    return one, other
    return None


def check_derivation(dataset: SOPClass) -> Iterator[Fault]:
    """Find frames whose derivation, or purpose of reference, is not segmentation.

    Parameters
    ----------
    dataset : SOPClass
        The object.

    Yields
    ------
    Fault
        At most one for each of the two codes, at its first frame.
    """
    table = dataset.frame_table
    for path, code, meaning in _CODES:
        column = table.column(f"{_SEQUENCE}.{path}.CodeValue")
        values = np.asarray(column.data.values, object)
        wrong = np.flatnonzero(values != code)
        if len(wrong):
            owners = np.repeat(np.arange(len(table)), column.data.counts)
            frame = int(owners[wrong[0]]) + 1
            inner = ".".join(f"{name}[1]" for name in f"{_SEQUENCE}.{path}".split("."))
            where = f"PerFrameFunctionalGroupsSequence[{frame}].{inner}.CodeValue"
            yield Fault(where, values[wrong[0]], f"{code} ({meaning})", count=len(wrong))
