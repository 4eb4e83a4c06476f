"""Finds segments that share pixels, on packed bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit_seg.enums import SegmentationTypeValues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from iodkit_seg.stored.frames import FrameSet

__all__ = ["find_overlap", "frames_by_place"]


def frames_by_place(places: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Give the positions of the frames at each place, in the order of the places.

    Parameters
    ----------
    places : numpy.ndarray
        Place of each frame.

    Yields
    ------
    numpy.ndarray
        Positions, ascending.
    """
    order = np.argsort(places, kind="stable")
    edges = np.flatnonzero(np.diff(places[order])) + 1
    yield from np.split(order, edges)


def find_overlap(frames: FrameSet, places: NDArray[np.intp]) -> tuple[int, int] | None:
    """Find two segments that share a pixel.

    Parameters
    ----------
    frames : FrameSet
        Frames of a segmentation.
    places : numpy.ndarray
        Place of each of them.

    Returns
    -------
    tuple[int, int] | None
        Positions of two frames of different segments that have a pixel in common; ``None`` if
        there are none, as in a label map.
    """
    segments = frames.segments
    if segments is None or frames.format.kind is SegmentationTypeValues.LABELMAP:
        return None
    for together in frames_by_place(places):
        if len(together) < 2 or len(np.unique(segments[together])) < 2:
            continue
        seen: list[tuple[int, NDArray[np.uint8]]] = []
        taken = np.zeros(0, np.uint8)
        for position in together.tolist():
            bits = frames.bits(position)
            if len(taken) and (taken & bits).any():
                for other, theirs in seen:
                    if segments[other] != segments[position] and (theirs & bits).any():
                        return other, position
            taken = bits | taken if len(taken) else bits
            seen.append((position, bits))
    return None
