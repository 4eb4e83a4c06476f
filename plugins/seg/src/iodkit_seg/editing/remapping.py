"""Segments that are given other numbers, put together or left out, frame by frame."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import IodkitWarning
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.stored.overlap import frames_by_place
from iodkit_seg.stored.places import place_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from iodkit_seg.stored.frames import StoredFrames

__all__ = ["by_segment", "remapped", "united"]


def remapped(frames: StoredFrames, numbers: Mapping[int, int]) -> StoredFrames:
    """Give segments other numbers.

    Parameters
    ----------
    frames : StoredFrames
        Frames.
    numbers : Mapping[int, int]
        New number of each segment; those without one are left out, and those with the same one
        are put together.

    Returns
    -------
    StoredFrames
        Frames by segment, then in the order of before.  Only those are decoded in which segments
        come together; of a label map, those in which a label changes.

    Warns
    -----
    IodkitWarning
        If no frame is left: one is kept and emptied, since an image has at least one frame.
    """
    if frames.segments is None:
        return _relabelled(frames, numbers)
    kept = np.isin(frames.segments, list(numbers))
    if not kept.any():
        warnings.warn(
            "No frame is left; an empty one is kept, since an image has at least one.",
            IodkitWarning,
            stacklevel=5,
        )
        empty = np.zeros((frames.format.rows, frames.format.columns), np.uint8)
        first = np.array([min(numbers.values())])
        return frames.take([0]).with_segments(first).with_pixels({0: empty})
    chosen = frames.take(np.flatnonzero(kept))
    assert chosen.segments is not None
    new = np.array([numbers[number] for number in chosen.segments.tolist()], np.int64)
    chosen = chosen.with_segments(new)
    if len(set(numbers.values())) < len(numbers):
        chosen = united(chosen, place_codes(chosen.table)[chosen.origins])
    return by_segment(chosen)


def by_segment(frames: StoredFrames) -> StoredFrames:
    """Put frames into the order of their segments, and of before within each."""
    if frames.segments is None or (np.diff(frames.segments) >= 0).all():
        return frames
    return frames.take(np.argsort(frames.segments, kind="stable"))


def united(frames: StoredFrames, places: NDArray[np.intp]) -> StoredFrames:
    """Put frames of one segment at one place together: a pixel is set where any of them is.

    Parameters
    ----------
    frames : StoredFrames
        Frames with segments.
    places : numpy.ndarray
        Place of each.

    Returns
    -------
    StoredFrames
        Frames with one for each segment and place; of fractions the largest.
    """
    assert frames.segments is not None
    keys = np.stack([frames.segments, places], axis=1)
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    if len(first) == len(keys):
        return frames
    made = {
        int(together[0]): _union(frames, together.tolist())
        for together in frames_by_place(group.reshape(-1))
        if len(together) > 1
    }
    return frames.with_pixels(made).take(np.sort(first))


def _union(frames: StoredFrames, positions: Sequence[int]) -> NDArray[Any]:
    if frames.format.kind is SegmentationTypeValues.BINARY:
        return np.bitwise_or.reduce([frames.bits(position) for position in positions])
    return np.maximum.reduce([frames.pixels(position) for position in positions])


def _relabelled(frames: StoredFrames, numbers: Mapping[int, int]) -> StoredFrames:
    """Map the labels of a label map; the background stays."""
    chosen = frames.format.holding(max(numbers.values()))
    table = np.zeros(1 << frames.format.bits, chosen.dtype)
    for old, new in numbers.items():
        table[old] = new
    changes = np.flatnonzero(table != np.arange(len(table)))
    made = {}
    for position in range(len(frames)):
        labels = frames.pixels(position)
        mapped = table[labels]
        if len(changes) and not np.array_equal(mapped, labels):
            made[position] = mapped
    return frames.with_pixels(made, chosen)
