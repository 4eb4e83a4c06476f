"""Cropping: the frames, rows and columns of a part of the array that a segmentation fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError, InvalidValueError
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.grid import SegmentationGrid
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_image.regions import IndexRange
    from iodkit_seg.sop import Segmentation

__all__ = ["Window", "crop", "mark_moved"]

_POSITION = "PlanePositionSequence.ImagePositionPatient"


@dataclass(frozen=True, slots=True)
class Window:
    """Part of the array: first and last plane, row and column, the last ones excluded."""

    planes: tuple[int, int]
    rows: tuple[int, int]
    columns: tuple[int, int]

    @classmethod
    def resolve(cls, shape: tuple[int, int, int], ranges: Sequence[IndexRange]) -> Window:
        """Resolve ranges against the shape of the array."""
        ends = [
            wanted.resolve(length).indices(length)[:2]
            for wanted, length in zip(ranges, shape, strict=True)
        ]
        return cls(ends[0], ends[1], ends[2])

    @property
    def size(self) -> tuple[int, int]:
        """tuple[int, int]: Rows and columns."""
        return self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]

    def __str__(self) -> str:
        parts = zip(
            ("slices", "rows", "columns"), (self.planes, self.rows, self.columns), strict=True
        )
        return ", ".join(f"{name} {first + 1} to {end}" for name, (first, end) in parts)


def crop(segmentation: Segmentation, ranges: Sequence[IndexRange]) -> Successor:
    """Keep a part; see :meth:`EditableSegmentation.cropped`."""
    grid = SegmentationGrid.of(segmentation)
    window = Window.resolve(grid.shape, ranges)
    if segmentation.is_indexable_as_total_pixel_matrix():
        from iodkit_seg.editing.tilecrop import crop_tiles

        return crop_tiles(segmentation, grid, window)
    frames = StoredFrames.of(segmentation)
    inside = (grid.planes >= window.planes[0]) & (grid.planes < window.planes[1])
    if not inside.any():
        raise InvalidValueError(
            "no frame lies in this part",
            attribute="slice_start",
            found=str(window),
            expected=f"some of the planes {np.unique(grid.planes).tolist()[:20]}, from 0",
        )
    chosen = frames.take(np.flatnonzero(inside))
    moved = window.size != grid.shape[1:]
    if not moved:
        return Successor(
            (segmentation,),
            f"Cropped to {window}",
            segmentation.segment_descriptions,
            chosen,
            reindexed=True,
        )
    return Successor(
        (segmentation,),
        f"Cropped to {window}",
        segmentation.segment_descriptions,
        smaller := _cut(chosen, window),
        edits={"DerivationImageSequence": mark_moved},
        columns=_positions(segmentation, smaller, window),
        reindexed=True,
    )


def _cut(frames: StoredFrames, window: Window) -> StoredFrames:
    """Cut frames to their rows and columns; those that are empty then are left out."""
    from dataclasses import replace

    rows, columns = window.size
    part = slice(*window.rows), slice(*window.columns)
    made = {at: np.array(frames.pixels(at)[part]) for at in range(len(frames))}
    smaller = replace(frames, format=replace(frames.format, rows=rows, columns=columns), made=made)
    if frames.format.kind is SegmentationTypeValues.LABELMAP:
        return smaller
    filled = [at for at, pixels in made.items() if pixels.any()]
    return smaller.take(filled or [0])


def _positions(
    segmentation: Segmentation, frames: StoredFrames, window: Window
) -> dict[str, NDArray[Any]]:
    """Positions of the new first pixels, if the frames have any."""
    table = segmentation.frame_table
    positions = table.positions[frames.origins]
    if np.isnan(positions).all():
        return {}
    cosines, spacing = table.orientations[frames.origins], table.pixel_spacings[frames.origins]
    if np.isnan(positions).any() or np.isnan(cosines).any() or np.isnan(spacing).any():
        raise GeometryError(
            "frames have a position, but no orientation or spacing, so that the place of the "
            "part is not known",
            attribute="PixelSpacing",
            clause="PS3.3 C.7.6.2.1.1",
        )
    down = window.rows[0] * spacing[:, :1] * cosines[:, 3:]
    right = window.columns[0] * spacing[:, 1:] * cosines[:, :3]
    return {_POSITION: positions + down + right}


def mark_moved(group: Dataset) -> None:
    """Say that pixels no longer lie where those of the sources do that have their indices.

    Parameters
    ----------
    group : pydicom.Dataset
        Dataset with the Derivation Image functional group (PS3.3 C.7.6.16.2.6).
    """
    for derivation in group.DerivationImageSequence:
        for source in derivation.get("SourceImageSequence") or ():
            if source.get("SpatialLocationsPreserved") == "YES":
                source.SpatialLocationsPreserved = "NO"
