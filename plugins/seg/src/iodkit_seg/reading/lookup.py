"""Frames of segments that were found by source or dimension, one plane for each query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError
from iodkit_image.placement import place_frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_image.placement import Placement

__all__ = ["place_queried"]


def place_queried(
    found: Sequence[NDArray[np.intp]],
    names: Sequence[Any],
    segments: NDArray[np.int64] | None,
    shape: tuple[int, int],
) -> Placement:
    """Place frames that were found, one plane for each query.

    Parameters
    ----------
    found : Sequence[numpy.ndarray]
        Indices of the frames for each query.
    names : Sequence[Any]
        What was asked for, for messages.
    segments : numpy.ndarray | None
        Number of the segment of each frame of the segmentation; ``None`` in a label map.
    shape : tuple[int, int]
        Rows and columns of a frame.

    Returns
    -------
    Placement
        One output plane for each query.

    Raises
    ------
    GeometryError
        If several frames of one segment answer one query.
    """
    for frames, name in zip(found, names, strict=True):
        kinds = np.zeros(len(frames), np.int64) if segments is None else segments[frames]
        numbers, counts = np.unique(kinds, return_counts=True)
        if len(counts) and counts.max() > 1:
            same = frames[kinds == numbers[counts.argmax()]]
            whose = "" if segments is None else f" of segment {numbers[counts.argmax()]}"
            raise GeometryError(
                f"{len(same)} frames{whose} answer one query",
                found=f"frames {', '.join(str(n + 1) for n in same[:4].tolist())} for {name}",
                expected="at most one frame",
                remedy="Use frame_table.find and get_stored_frames, or a more specific query.",
            )
    slots = np.repeat(np.arange(len(found)), [len(frames) for frames in found])
    frames = np.concatenate([np.empty(0, np.intp), *found]).astype(np.intp)
    corners = np.zeros((len(frames), 2), np.int64)
    window = (slice(0, shape[0]), slice(0, shape[1]))
    return place_frames(frames, slots, corners, shape, len(found), window)
