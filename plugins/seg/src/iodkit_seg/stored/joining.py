"""Frames of several segmentations in one: what has to be equal, and how frames come together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION, SAME_SPACING
from iodkit.errors import GeometryError, InvalidValueError
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.overlap import frames_by_place
from iodkit_seg.stored.places import place_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from iodkit_seg.sop import Segmentation

__all__ = ["joined", "require_joinable"]

_EQUAL = (
    "StudyInstanceUID",
    "FrameOfReferenceUID",
    "SegmentationType",
    "SegmentationFractionalType",
    "MaximumFractionalValue",
    "Rows",
    "Columns",
    "TotalPixelMatrixRows",
    "TotalPixelMatrixColumns",
)


def require_joinable(parts: Sequence[Segmentation]) -> None:
    """Raise unless segmentations are of one study, type and grid.

    Parameters
    ----------
    parts : Sequence[Segmentation]
        Segmentations.

    Raises
    ------
    InvalidValueError
        If they differ in an attribute; the error names it and the values.
    GeometryError
        If orientation or spacing of their pixels differ.
    """
    for keyword in _EQUAL:
        values = [part.get(keyword) for part in parts]
        if any(value != values[0] for value in values):
            raise InvalidValueError(
                f"the segmentations differ in {keyword}",
                attribute=keyword,
                found=sorted({str(value) for value in values})[:5],
                expected="one value",
                remedy="Make them of one type, organisation and grid first.",
            )
    for name, keyword, tolerance in (
        ("orientations", "ImageOrientationPatient", SAME_DIRECTION),
        ("pixel_spacings", "PixelSpacing", SAME_SPACING),
    ):
        first = getattr(parts[0].frame_table, name)
        for part in parts:
            values = getattr(part.frame_table, name)
            if np.isnan(values).all() and np.isnan(first).all():
                continue
            if not np.allclose(values, first[0], rtol=tolerance, atol=tolerance):
                raise GeometryError(
                    f"the segmentations differ in {keyword}",
                    attribute=keyword,
                    found=values[0].tolist(),
                    expected=str(first[0].tolist()),
                    remedy="Resample them to one grid first.",
                )


def joined(parts: Sequence[Segmentation], numbers: Sequence[Mapping[int, int]]) -> StoredFrames:
    """Bring the frames of segmentations together.

    Parameters
    ----------
    parts : Sequence[Segmentation]
        Segmentations of one type and grid.
    numbers : Sequence[Mapping[int, int]]
        For each of them the new number of each of its segments.

    Returns
    -------
    StoredFrames
        Frames by segment, then by place; of label maps one for each place.

    Raises
    ------
    OverlappingSegmentsError
        If labels of different label maps share a pixel.
    InvalidValueError
        If a segment has two frames at one place.
    """
    frames = StoredFrames.of(*parts)
    places = place_codes(frames.table)
    if frames.segments is None:
        return _joined_labels(frames, places, numbers)
    segments = np.array(frames.segments)
    for begin, end, mapping in zip([0, *frames.ends[:-1]], frames.ends, numbers, strict=True):
        segments[begin:end] = [mapping[number] for number in segments[begin:end].tolist()]
    order = np.lexsort((places, segments))
    keys = np.stack([segments, places], axis=1)[order]
    twice = np.flatnonzero((np.diff(keys, axis=0) == 0).all(axis=1))
    if len(twice):
        raise InvalidValueError(
            "a segment has two frames at one place",
            attribute="ReferencedSegmentNumber",
            found=f"segment {int(keys[twice[0], 0])}, {len(twice)} times",
            expected="different places, or different segments",
        )
    return frames.with_segments(segments).take(order)


def _joined_labels(
    frames: StoredFrames, places: NDArray[np.intp], numbers: Sequence[Mapping[int, int]]
) -> StoredFrames:
    chosen = frames.format.holding(max(max(mapping.values()) for mapping in numbers))
    owners = np.searchsorted(frames.ends, frames.origins, side="right")
    tables = [_table(mapping, chosen.dtype) for mapping in numbers]
    made: dict[int, NDArray[Any]] = {}
    kept: list[int] = []
    for together in frames_by_place(places):
        labels = None
        for position in together.tolist():
            new = tables[owners[position]][frames.pixels(position)]
            if labels is None:
                labels = new
                continue
            both = (labels != 0) & (new != 0)
            if both.any():
                raise OverlappingSegmentsError(
                    f"segments {int(labels[both][0])} and {int(new[both][0])} overlap",
                    attribute="SegmentNumber",
                    found=f"{int(both.sum())} common pixels in one frame",
                    expected="no pixel in more than one segment",
                    clause="PS3.3 C.8.20.2.3.3",
                    remedy="Convert the label maps to BINARY, which allows overlap.",
                )
            labels = np.maximum(labels, new)
        assert labels is not None  # every place has a frame
        kept.append(int(together[0]))
        made[int(together[0])] = labels
    return frames.with_pixels(made, chosen).take(kept)


def _table(mapping: Mapping[int, int], dtype: Any) -> NDArray[Any]:
    table = np.zeros(65536, dtype)
    for old, new in mapping.items():
        table[old] = new
    return table
