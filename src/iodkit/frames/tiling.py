"""Frames of TILED_FULL images, whose order says where they are (PS3.3 C.7.6.17.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.slide import MICROMETRES
from iodkit.errors import InvalidValueError
from iodkit.spatial.tiling import place_in_order, tile_counts, tile_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.frames.peek import Snapshot

__all__ = ["FullTiling", "slide_orientation"]


def slide_orientation(snapshot: Snapshot) -> tuple[float, ...]:
    """Read ImageOrientationSlide, NaN where not given."""
    given = snapshot.value("ImageOrientationSlide")
    if given is None or isinstance(given, (str, bytes, float)) or len(given) != 6:
        return (np.nan,) * 6
    return tuple(np.nan if x in (None, "") else float(x) for x in given)


def _matrix_origin(snapshot: Snapshot) -> tuple[float, ...]:
    """Read the origin of the total pixel matrix in mm, NaN where not given."""
    for item in snapshot.items("TotalPixelMatrixOriginSequence")[:1]:
        x, y, z = (item.get(f"{axis}OffsetInSlideCoordinateSystem") for axis in "XYZ")
        if x is not None and y is not None:
            return float(x), float(y), float(z) / MICROMETRES if z is not None else 0.0
    return (np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class FullTiling:
    """The order of frames of a TILED_FULL image: columns, rows, focal planes, channels.

    Attributes
    ----------
    rows, columns : int
        Size of a tile.
    matrix_rows, matrix_columns : int
        Size of the total pixel matrix.
    focal_planes : int
        Number of focal planes.
    origin : tuple of float
        X and Y of the total pixel matrix's origin in mm, and Z in mm.
    orientation : tuple of float
        ImageOrientationSlide.
    first_frame : int
        Number of the first frame, from 0; not 0 in later parts of a concatenation.
    segments : tuple of int
        Numbers of the segments that the channels are; empty if they are none.
    optical_paths : tuple of str
        Identifiers of the optical paths that the channels are; empty if unknown.
    """

    rows: int
    columns: int
    matrix_rows: int
    matrix_columns: int
    focal_planes: int
    origin: tuple[float, ...]
    orientation: tuple[float, ...]
    first_frame: int = 0
    segments: tuple[int, ...] = ()
    optical_paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, snapshot: Snapshot) -> FullTiling | None:
        """Read the tiling of an instance; None if it is not TILED_FULL.

        Raises
        ------
        InvalidValueError
            If attributes that the order depends on are missing.
        """
        if snapshot.text("DimensionOrganizationType") != "TILED_FULL":
            return None
        names = ("Rows", "Columns", "TotalPixelMatrixRows", "TotalPixelMatrixColumns")
        sizes = [snapshot.whole_number(name) for name in names]
        for name, size in zip(names, sizes, strict=True):
            if size is None or size < 1:
                raise InvalidValueError(
                    "a TILED_FULL image needs it",
                    attribute=name,
                    found=size,
                    clause="PS3.3 C.7.6.17.3",
                )
        segments: list[int] = []
        if snapshot.text("SegmentationType") not in {None, "LABELMAP"}:
            segments = [
                int(item.get("SegmentNumber", 0)) for item in snapshot.items("SegmentSequence")
            ]
        paths = [
            str(item.get("OpticalPathIdentifier", ""))
            for item in snapshot.items("OpticalPathSequence")
        ]
        rows, columns, matrix_rows, matrix_columns = (int(size or 0) for size in sizes)
        return cls(
            rows,
            columns,
            matrix_rows,
            matrix_columns,
            snapshot.whole_number("TotalPixelMatrixFocalPlanes") or 1,
            _matrix_origin(snapshot),
            slide_orientation(snapshot),
            snapshot.whole_number("ConcatenationFrameOffsetNumber") or 0,
            tuple(segments),
            tuple(paths),
        )

    def indices(self, n: int) -> tuple[NDArray[np.int64], ...]:
        """Tile column, tile row, focal plane and channel of the first n frames, from 0."""
        across, down = tile_counts(self.matrix_rows, self.matrix_columns, self.rows, self.columns)
        frames = np.arange(self.first_frame, self.first_frame + n, dtype=np.int64)
        return place_in_order(frames, across, down, self.focal_planes)

    def matrix_positions(self, n: int) -> NDArray[np.int64]:
        """Row and column, from 1, of each frame's first pixel, shape ``(n, 2)``."""
        column, row, _, _ = self.indices(n)
        return np.stack([row * self.rows + 1, column * self.columns + 1], axis=1)

    def slide_positions(
        self, n: int, spacing: NDArray[np.float64], depth: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Position of each frame's first pixel in mm.

        Parameters
        ----------
        n : int
            Number of frames.
        spacing : numpy.ndarray
            Pixel spacing of each frame: between rows, between columns; shape ``(n, 2)``.
        depth : numpy.ndarray
            Spacing between focal planes, shape ``(n,)``; not used with one plane.

        Returns
        -------
        numpy.ndarray
            X, Y, Z in the slide coordinate system, shape ``(n, 3)``.
        """
        out = np.full((n, 3), np.nan)
        if np.isnan([*self.origin, *self.orientation]).any():
            return out
        corners = self.matrix_positions(n)[:, ::-1] - 1
        for one in np.unique(spacing[~np.isnan(spacing).any(axis=1)], axis=0):
            alike = (spacing == one).all(axis=1)
            out[alike] = tile_positions(corners[alike], self.origin, self.orientation, one)
        if self.focal_planes > 1:
            out[:, 2] += self.indices(n)[2] * depth
        return out

    def segment_numbers(self, n: int) -> NDArray[np.int64]:
        """Segment of each frame, -1 if the channels are no segments; shape ``(n,)``."""
        channel = self.indices(n)[3]
        known = np.append(np.array(self.segments, np.int64), -1)
        return known[np.minimum(channel, len(self.segments))]

    def optical_path_identifiers(self, n: int) -> NDArray[np.object_]:
        """Optical path of each frame, None if not known; shape ``(n,)``."""
        channel = self.indices(n)[3]
        known = np.array([*self.optical_paths, None], object)
        return known[np.minimum(channel, len(self.optical_paths))]
