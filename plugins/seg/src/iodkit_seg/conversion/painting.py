"""Bit planes painted into label maps, and label maps split into bit planes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit_seg.encoding.bitplanes import label_bits
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from iodkit_seg.stored.frames import filled_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from iodkit_seg.stored.frames import StoredFrames

__all__ = ["paint_labels", "split_labels"]


def paint_labels(
    frames: StoredFrames, together: Sequence[int], labels: Mapping[int, int], dtype: np.dtype[Any]
) -> NDArray[Any]:
    """Paint the segments at one place into one label map.

    Parameters
    ----------
    frames : StoredFrames
        Frames of single bits, or of fractions that are all or nothing.
    together : Sequence[int]
        Positions of the frames at the place.
    labels : Mapping[int, int]
        Label of each segment.
    dtype : numpy.dtype
        Type of the labels.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns).

    Raises
    ------
    OverlappingSegmentsError
        If two segments share a pixel; the error names them.
    """
    assert frames.segments is not None
    count = frames.format.rows * frames.format.columns
    out = np.zeros(-(-count // 8) * 8, dtype)
    taken = np.zeros(-(-count // 8), np.uint8)
    for position in together:
        bits = frames.bits(position)
        span = slice(*filled_span(bits))
        if span.start == span.stop:
            continue
        if (taken[span] & bits[span]).any():
            raise _overlap(frames, together, position)
        taken[span] |= bits[span]
        mask = np.unpackbits(bits[span], bitorder="little")
        label = dtype.type(labels[int(frames.segments[position])])
        out[span.start * 8 : span.stop * 8] += mask * label
    return out[:count].reshape(frames.format.rows, frames.format.columns)


def _overlap(
    frames: StoredFrames, together: Iterable[int], position: int
) -> OverlappingSegmentsError:
    assert frames.segments is not None
    mine = frames.bits(position)
    common = {
        int(frames.segments[other]): int(np.unpackbits(frames.bits(other) & mine).sum())
        for other in together
        if other != position
    }
    other, size = max(common.items(), key=lambda item: item[1])
    pair = sorted((other, int(frames.segments[position])))
    return OverlappingSegmentsError(
        f"segments {pair[0]} and {pair[1]} overlap",
        attribute="SegmentSequence",
        found=f"{size} common pixels in frame {int(frames.origins[position]) + 1}",
        expected="no pixel in more than one segment",
        clause="PS3.3 C.8.20.2.3.3",
        remedy="Use to_labelmaps(), which divides the segments among several label maps.",
    )


def split_labels(
    planes: Iterable[NDArray[Any]], numbers: Sequence[int]
) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Split label maps into the packed bits of each segment.

    Parameters
    ----------
    planes : Iterable[numpy.ndarray]
        Labels, each of shape (rows, columns).
    numbers : Sequence[int]
        Labels that are wanted.

    Yields
    ------
    plane : int
        Index of the plane.
    segment : int
        Index of the segment in `numbers`.
    bits : numpy.ndarray
        Packed bits; of segments that are in the plane only.
    """
    for index, labels in enumerate(planes):
        size = -(-labels.size // 8)
        for frame in label_bits(labels[np.newaxis], numbers)(0):
            bits = np.zeros(size, np.uint8)
            bits[frame.start : frame.start + len(frame.packed)] = frame.packed
            yield index, frame.segment, bits
