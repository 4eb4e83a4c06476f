"""Counting pixels of segments, frame by frame, by row and by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_seg.stored.frames import StoredFrames
    from iodkit_seg.stored.grid import SegmentationGrid

__all__ = ["Extent", "measure_extents"]


@dataclass(slots=True)
class Extent:
    """What is known of a segment after some of its frames.

    Attributes
    ----------
    voxels : int
        Voxels that are in the segment at all.
    weight : float
        Sum of their weights: 1 each, or the fraction.
    moment : numpy.ndarray
        Sum of weight times index, shape (3,).
    low, high : numpy.ndarray
        Smallest index of a voxel, and one after the largest, shape (3,).
    """

    voxels: int
    weight: float
    moment: NDArray[np.float64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @classmethod
    def nothing(cls) -> Extent:
        """Start without any voxel."""
        low = np.full(3, np.iinfo(np.int64).max)
        return cls(0, 0.0, np.zeros(3), low, np.full(3, -1))

    def add(
        self,
        plane: int,
        corner: tuple[int, int],
        counts: tuple[NDArray[Any], NDArray[Any]],
        weights: tuple[NDArray[Any], NDArray[Any]],
    ) -> None:
        """Add a frame.

        Parameters
        ----------
        plane : int
            Index of its plane.
        corner : tuple[int, int]
            Row and column of its first pixel.
        counts : tuple[numpy.ndarray, numpy.ndarray]
            Number of pixels of the segment in each row, and in each column.
        weights : tuple[numpy.ndarray, numpy.ndarray]
            Sum of their weights.
        """
        total, weight = int(counts[0].sum()), float(weights[0].sum())
        if not total:
            return
        self.voxels += total
        self.weight += weight
        self.moment[0] += plane * weight
        self.low[0], self.high[0] = min(self.low[0], plane), max(self.high[0], plane + 1)
        for axis, (first, along, sums) in enumerate(zip(corner, counts, weights, strict=True), 1):
            filled = np.flatnonzero(along)
            self.low[axis] = min(self.low[axis], first + filled[0])
            self.high[axis] = max(self.high[axis], first + filled[-1] + 1)
            self.moment[axis] += float(sums @ (first + np.arange(len(sums))))


def measure_extents(
    frames: StoredFrames,
    grid: SegmentationGrid,
    numbers: Sequence[int],
    limit: int | None = None,
    maximum: int | None = None,
) -> dict[int, Extent]:
    """Measure all segments.

    Parameters
    ----------
    frames : StoredFrames
        Frames of a segmentation.
    grid : SegmentationGrid
        Where they are in one array.
    numbers : Sequence[int]
        Segments to measure.
    limit : int | None, optional
        Of fractions: smallest stored value that counts, with a weight of 1; by default all but 0
        count, with the fraction as weight.
    maximum : int | None, optional
        Stored value that stands for 1.0, of fractions.

    Returns
    -------
    dict[int, Extent]
        What there is of each segment.
    """
    found = {number: Extent.nothing() for number in numbers}
    order = np.array(list(numbers), np.int64)
    codes = np.zeros(65536, np.intp)
    codes[order] = np.arange(1, len(order) + 1)
    for position in range(len(frames)):
        plane, rows, columns = grid.window(position, frames.format.rows, frames.format.columns)
        number = None if frames.segments is None else int(frames.segments[position])
        if number is not None and number not in found:
            continue
        first, pixels = frames.filled_rows(position)
        corner = rows.start + first, columns.start
        pixels = pixels[: rows.stop - corner[0], : columns.stop - columns.start]
        if number is None:
            _add_labels(found, order, codes, pixels, plane, corner)
            continue
        inside = pixels if frames.format.bits == 1 else pixels >= (limit or 1)
        counts = inside.sum(axis=1, dtype=np.int64), inside.sum(axis=0, dtype=np.int64)
        weights: tuple[NDArray[Any], NDArray[Any]] = counts
        if maximum is not None and limit is None:
            shares = pixels.astype(np.float64) / maximum
            weights = shares.sum(axis=1), shares.sum(axis=0)
        found[number].add(plane, corner, counts, weights)
    return found


def _add_labels(
    found: dict[int, Extent],
    order: NDArray[np.int64],
    codes: NDArray[np.intp],
    pixels: NDArray[Any],
    plane: int,
    corner: tuple[int, int],
) -> None:
    """Add a frame of a label map: histograms of labels by row and by column."""
    labels = codes[pixels]
    present = np.flatnonzero(np.bincount(labels.reshape(-1), minlength=len(order) + 1)[1:]) + 1
    if not len(present):
        return
    compact = np.zeros(len(order) + 1, np.intp)
    compact[present] = np.arange(1, len(present) + 1)
    labels = compact[labels]
    rows, columns = labels.shape
    size = len(present) + 1
    by_row = np.bincount(
        (labels + size * np.arange(rows)[:, np.newaxis]).reshape(-1), minlength=size * rows
    ).reshape(rows, size)
    by_column = np.bincount(
        (labels + size * np.arange(columns)).reshape(-1), minlength=size * columns
    ).reshape(columns, size)
    for at, code in enumerate(present.tolist(), 1):
        counts = by_row[:, at], by_column[:, at]
        found[int(order[code - 1])].add(plane, corner, counts, counts)
