"""Finds segments that share pixels, on packed bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit_seg.enums import SegmentationTypeValues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from iodkit_seg.stored.frames import StoredFrames

__all__ = ["find_overlap", "frames_by_place", "overlapping_segments"]


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


def find_overlap(frames: StoredFrames, places: NDArray[np.intp]) -> tuple[int, int] | None:
    """Find two segments that share a pixel.

    Parameters
    ----------
    frames : StoredFrames
        Frames of a segmentation.
    places : numpy.ndarray
        Place of each of them.

    Returns
    -------
    tuple[int, int] | None
        Positions of two frames of different segments that have a pixel in common; ``None`` if
        there are none, as in a label map.
    """
    return next(_overlaps(frames, places), None)


def overlapping_segments(frames: StoredFrames, places: NDArray[np.intp]) -> dict[int, set[int]]:
    """Find all segments that share pixels.

    Parameters
    ----------
    frames : StoredFrames
        Frames of a segmentation.
    places : numpy.ndarray
        Place of each of them.

    Returns
    -------
    dict[int, set[int]]
        For each segment that overlaps others the numbers of those.
    """
    found: dict[int, set[int]] = {}
    for one, other in _overlaps(frames, places):
        assert frames.segments is not None
        first, second = int(frames.segments[one]), int(frames.segments[other])
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def _overlaps(frames: StoredFrames, places: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Positions of two frames each that are of different segments and share a pixel."""
    segments = frames.segments
    if segments is None or frames.format.kind is SegmentationTypeValues.LABELMAP:
        return
    for together in frames_by_place(places):
        if len(together) < 2:
            continue
        seen: list[tuple[int, NDArray[np.uint8]]] = []
        taken: NDArray[np.uint8] | None = None
        for position in together.tolist():
            bits = frames.bits(position)
            if taken is None:
                taken = bits
            else:
                if (taken & bits).any():
                    for other, theirs in seen:
                        if segments[other] != segments[position] and (theirs & bits).any():
                            yield other, position
                taken = taken | bits
            seen.append((position, bits))
