"""Where the frames of a segmentation go in a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit_seg.pixels import FrameSelection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial import StackReport
    from iodkit_image.regions import VolumeWindow

__all__ = ["select_frames"]


def select_frames(
    report: StackReport,
    segments: NDArray[np.int64] | None,
    window: VolumeWindow,
) -> FrameSelection:
    """Choose the frames that lie in a part of a volume.

    Parameters
    ----------
    report : StackReport
        How the frames of the segmentation lie in space.
    segments : numpy.ndarray | None
        Number of the segment of each frame; ``None`` in a label map.
    window : VolumeWindow
        Part of the volume that is wanted.

    Returns
    -------
    FrameSelection
        Frames, and where they go.
    """
    assert report.volume_positions is not None  # a geometry was made of the report before
    first, last, _ = window.slices.indices(report.number_of_planes)
    positions = np.asarray(report.volume_positions)
    frames = np.flatnonzero((positions >= first) & (positions < last))
    return FrameSelection(
        frames=frames,
        planes=positions[frames] - first,
        segments=None if segments is None else segments[frames],
        number_of_planes=last - first,
        rows=window.rows,
        columns=window.columns,
    )
