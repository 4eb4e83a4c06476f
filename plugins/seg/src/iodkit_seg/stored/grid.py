"""The array that the frames of a segmentation fill, whatever kind they are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError
from iodkit_image.places import frame_places, tile_corners
from iodkit_seg.stored.places import place_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial import StackReport, VolumeGeometry
    from iodkit_image.places import FramePlaces
    from iodkit_seg.sop import Segmentation

__all__ = ["SegmentationGrid"]

_REPEATED = "several frames of one segment lie at one place, as those of different times do"


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationGrid:
    """Where the frames of a segmentation go in one array of planes.

    Attributes
    ----------
    shape : tuple[int, int, int]
        Planes, rows and columns.  Of a regular stack those of its volume, missing planes
        included; of tiles one plane for each focal plane; otherwise one for each distinct place.
    planes : numpy.ndarray
        Index of the plane of each frame, shape (frames,).
    corners : numpy.ndarray
        Row and column, from 0, of the first pixel of each frame in its plane, shape (frames, 2).
    geometry : VolumeGeometry | None
        Where the array lies; ``None`` if it is no regular volume.
    places : FramePlaces | None
        Where the frames lie; ``None`` if that is nowhere.
    report : StackReport | None
        How the planes lie to each other; ``None`` if they lie nowhere.
    problem : str | None
        Why there is no geometry.
    """

    shape: tuple[int, int, int]
    planes: NDArray[np.intp]
    corners: NDArray[np.int64]
    geometry: VolumeGeometry | None
    places: FramePlaces | None
    report: StackReport | None
    problem: str | None

    @classmethod
    def of(cls, segmentation: Segmentation) -> SegmentationGrid:
        """Find out where the frames of a segmentation go.

        Parameters
        ----------
        segmentation : Segmentation
            Segmentation of any kind.

        Returns
        -------
        SegmentationGrid
            The array that they fill.
        """
        table = segmentation.frame_table
        try:
            places = frame_places(segmentation, table)
            report = places.describe()
        except GeometryError as error:
            return _without_geometry(segmentation, None, None, error.message)
        if not segmentation.is_tiled and _repeats_places(segmentation, places.positions):
            return _without_geometry(segmentation, places, report, _REPEATED)
        try:
            geometry = places.geometry(report, allow_missing_positions=True)
        except GeometryError as error:
            return _without_geometry(segmentation, places, report, error.message)
        assert report.volume_positions is not None  # a geometry was made of the report
        planes = np.asarray(report.volume_positions)[places.plane_of_frame]
        count, rows, columns = geometry.spatial_shape
        return cls(
            (count, rows, columns),
            planes.astype(np.intp),
            places.corners,
            geometry,
            places,
            report,
            None,
        )

    def window(self, frame: int, rows: int, columns: int) -> tuple[int, slice, slice]:
        """Index of the part of the array that a frame fills; what exceeds the matrix is cut off."""
        top, left = self.corners[frame].tolist()
        return (
            int(self.planes[frame]),
            slice(top, min(top + rows, self.shape[1])),
            slice(left, min(left + columns, self.shape[2])),
        )

    def cut(self, array: NDArray[Any], frame: int, rows: int, columns: int) -> NDArray[Any]:
        """Take the pixels of a frame out of an array of this shape, with zeros beyond it."""
        part = array[self.window(frame, rows, columns)]
        if part.shape == (rows, columns):
            return part
        out = np.zeros((rows, columns), array.dtype)
        out[: part.shape[0], : part.shape[1]] = part
        return out


def _without_geometry(
    segmentation: Segmentation,
    places: FramePlaces | None,
    report: StackReport | None,
    problem: str,
) -> SegmentationGrid:
    """Make planes of distinct places; tiles of one depth are still one plane."""
    table, count = segmentation.frame_table, segmentation.number_of_frames
    rows, columns = int(segmentation.Rows), int(segmentation.Columns)
    corners = np.zeros((count, 2), np.int64)
    if segmentation.is_indexable_as_total_pixel_matrix():
        rows = int(segmentation.TotalPixelMatrixRows)
        columns = int(segmentation.TotalPixelMatrixColumns)
        corners = tile_corners(segmentation, table)
        depth = np.nan_to_num(table.slide_positions[:, 2]).round(9)
        _, planes = np.unique(depth, return_inverse=True)
    else:
        planes = place_codes(table)
    shape = (int(planes.max()) + 1, rows, columns)
    return SegmentationGrid(shape, planes.reshape(-1), corners, None, places, report, problem)


def _repeats_places(segmentation: Segmentation, positions: NDArray[np.float64]) -> bool:
    """Whether places differ in something else than space."""
    codes = place_codes(segmentation.frame_table)
    in_space = np.unique(np.round(positions, 4), axis=0)
    return int(codes.max()) + 1 > len(in_space)
