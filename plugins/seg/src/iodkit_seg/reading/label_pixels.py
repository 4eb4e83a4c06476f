"""Pixels of label maps: frames of labels brought together, and the labels that are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit_seg.encoding.masks import OverlappingSegmentsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.pixels.store import FrameStore
    from iodkit_image.placement import Placement
    from iodkit_seg.reading.requests import SegmentRequest

__all__ = ["assemble_labels"]


def assemble_labels(
    store: FrameStore, placement: Placement, request: SegmentRequest, dtype: np.dtype[Any]
) -> NDArray[Any]:
    """Bring the frames of a label map together, and keep the labels that are wanted.

    Parameters
    ----------
    store : FrameStore
        Frames of the label map.
    placement : Placement
        Parts of frames, and their places in the output.
    request : SegmentRequest
        What is wanted of the segments.
    dtype : numpy.dtype
        Type of the output.

    Returns
    -------
    numpy.ndarray
        Shape (planes, rows, columns) if combined, else (planes, rows, columns, segments).

    Raises
    ------
    OverlappingSegmentsError
        If two frames give one pixel different labels.
    """
    stored = _read(store, placement, request)
    if request.combine:
        return _map_labels(stored, request, dtype)
    out = np.empty((len(request.numbers), *stored.shape), dtype)
    for mask, number in zip(out, request.numbers, strict=True):
        np.equal(stored, number, out=mask, casting="unsafe")
    return np.moveaxis(out, 0, -1)


def _read(store: FrameStore, placement: Placement, request: SegmentRequest) -> NDArray[Any]:
    """Read the stored labels; frames that share pixels are merged."""
    out = np.zeros(placement.shape, store.layout.dtype)
    disjoint = placement.is_disjoint((store.layout.rows, store.layout.columns))
    rows = zip(
        placement.frames.tolist(),
        placement.slots.tolist(),
        placement.sources.tolist(),
        placement.targets.tolist(),
        strict=True,
    )
    for frame, plane, (top, bottom, left, right), (row, column) in rows:
        target = out[plane, row : row + bottom - top, column : column + right - left]
        pixels = store.view(frame, slice(top, bottom))[:, left:right]
        if disjoint:
            target[...] = pixels
        else:
            _merge(target, pixels, plane, request)
    return out


def _merge(target: NDArray[Any], pixels: NDArray[Any], plane: int, request: SegmentRequest) -> None:
    """Two frames of a label map at one place: their labels may not overlap."""
    both = (target != 0) & (pixels != 0) & (target != pixels)
    if both.any() and not request.skip_overlap_checks:
        raise OverlappingSegmentsError.found_in(plane, int(pixels[both][0]))
    np.maximum(target, pixels, out=target)


def _map_labels(
    stored: NDArray[Any], request: SegmentRequest, dtype: np.dtype[Any]
) -> NDArray[Any]:
    """Give stored labels the labels of the output; those that are not wanted become zero."""
    table = np.zeros(int(stored.max(initial=0)) + 1, dtype)
    for number, label in zip(request.numbers, request.labels, strict=True):
        if number < len(table):
            table[number] = label
    if stored.dtype == dtype and np.array_equal(table, np.arange(len(table))):
        return stored
    return table[stored]
