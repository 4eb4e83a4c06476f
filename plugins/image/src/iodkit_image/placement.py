"""Which part of which frame goes where in an output array, and what stays empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Placement", "TileGrid", "place_frames"]


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Frames, the parts of them that are wanted, and where these go.

    Attributes
    ----------
    frames : numpy.ndarray
        Indices of the frames, ascending, shape (n,).
    slots : numpy.ndarray
        Index of the output plane of each, shape (n,).
    sources : numpy.ndarray
        First row, row after the last, first column, column after the last of the part of each
        frame, shape (n, 4).
    targets : numpy.ndarray
        Row and column of the output where each part begins, shape (n, 2).
    shape : tuple[int, int, int]
        Planes, rows and columns of the output.
    """

    frames: NDArray[np.intp]
    slots: NDArray[np.intp]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    shape: tuple[int, int, int]

    def find_ambiguous(self, layers: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
        """Return the frames that share one place, the first such place only.

        Parameters
        ----------
        layers : numpy.ndarray | None, optional
            Index of a layer for each frame of the image, from 0: those of different layers may
            share a place.

        Returns
        -------
        numpy.ndarray
            Indices of at least two frames, or of none.
        """
        # Frames may overlap; those whose first pixels coincide claim to be the same.
        corners = self.targets - self.sources[:, ::2]
        corners = corners - corners.min(axis=0, initial=0)
        rows, columns = corners.T
        widths = (corners.max(axis=0, initial=0) + 1).tolist()
        slots, depth = self.slots, self.shape[0]
        if layers is not None:
            slots = slots + layers[self.frames] * depth
            depth *= int(layers.max(initial=0)) + 1
        place = np.ravel_multi_index((slots, rows, columns), (depth, *widths))
        order = np.argsort(place, kind="stable")
        repeated = np.flatnonzero(np.diff(place[order]) == 0)
        if not len(repeated):
            return np.empty(0, np.intp)
        return self.frames[place == place[order[repeated[0]]]]

    def is_disjoint(self, frame_shape: tuple[int, int]) -> bool:
        """Tell whether frames lie on one lattice of their size, each at a place of its own.

        Parameters
        ----------
        frame_shape : tuple[int, int]
            Rows and columns of a frame.

        Returns
        -------
        bool
            Whether no two frames share a pixel; false as well where only counting could tell.
        """
        if len(self.frames) < 2:
            return True
        corners = self.targets - self.sources[:, ::2]
        phases = corners % np.array(frame_shape)
        if (phases != phases[0]).any():
            return False
        corners = corners - corners.min(axis=0)
        width = corners.max(axis=0) + 1
        places = (self.slots * width[0] + corners[:, 0]) * width[1] + corners[:, 1]
        return len(np.unique(places)) == len(places)

    def find_gaps(self) -> NDArray[np.intp]:
        """Return the output planes that frames do not fill.

        Returns
        -------
        numpy.ndarray
            Indices of the planes, ascending.
        """
        _, rows, columns = self.shape
        sizes = self.sources[:, 1::2] - self.sources[:, ::2]
        whole = (sizes == (rows, columns)).all(axis=1)
        filled = np.zeros(self.shape[0], np.bool_)
        filled[self.slots[whole]] = True
        for slot in np.unique(self.slots[~whole]).tolist():
            if not filled[slot]:
                parts = self.slots == slot
                filled[slot] = _covers(self.targets[parts], sizes[parts], rows, columns)
        return np.flatnonzero(~filled)


def _covers(starts: NDArray[np.int64], sizes: NDArray[np.int64], rows: int, columns: int) -> bool:
    """Tell whether rectangles cover an area, counting on the grid of their edges."""
    stops = starts + sizes
    downs = np.unique(np.concatenate([starts[:, 0], stops[:, 0], [0, rows]]))
    acrosses = np.unique(np.concatenate([starts[:, 1], stops[:, 1], [0, columns]]))
    top, bottom = np.searchsorted(downs, starts[:, 0]), np.searchsorted(downs, stops[:, 0])
    left, right = np.searchsorted(acrosses, starts[:, 1]), np.searchsorted(acrosses, stops[:, 1])
    steps = np.zeros((len(downs), len(acrosses)), np.int64)
    np.add.at(steps, (top, left), 1)
    np.add.at(steps, (bottom, right), 1)
    np.add.at(steps, (top, right), -1)
    np.add.at(steps, (bottom, left), -1)
    counts: Any = steps.cumsum(axis=0).cumsum(axis=1)
    return bool((counts[:-1, :-1] > 0).all())


def place_frames(
    frames: NDArray[np.intp],
    slots: NDArray[np.intp],
    corners: NDArray[np.int64],
    frame_shape: tuple[int, int],
    number_of_slots: int,
    window: tuple[slice, slice],
) -> Placement:
    """Cut frames to a part of their planes.

    Parameters
    ----------
    frames : numpy.ndarray
        Indices of the frames, shape (n,).
    slots : numpy.ndarray
        Output plane of each, shape (n,).
    corners : numpy.ndarray
        Row and column, from 0, of each frame's first pixel in its plane, shape (n, 2).
    frame_shape : tuple[int, int]
        Rows and columns of a frame.
    number_of_slots : int
        Number of output planes.
    window : tuple[slice, slice]
        Rows and columns of the planes that are wanted, with start and stop.

    Returns
    -------
    Placement
        The parts that lie in the window.
    """
    first = np.array([window[0].start, window[1].start])
    last = np.array([window[0].stop, window[1].stop])
    sides = zip(corners.T, frame_shape, window, strict=True)
    order = np.flatnonzero(
        np.logical_and.reduce(
            [(side < part.stop) & (side > part.start - length) for side, length, part in sides]
        )
    )
    order = order[np.argsort(frames[order], kind="stable")]
    corner = corners[order]
    begin = np.maximum(corner, first)
    end = np.minimum(corner + np.array(frame_shape), last)
    sources = np.stack([begin - corner, end - corner], axis=2).reshape(-1, 4)
    rows, columns = (last - first).tolist()
    return Placement(
        frames[order], slots[order], sources, begin - first, (number_of_slots, rows, columns)
    )


@dataclass(frozen=True, slots=True, eq=False)
class TileGrid:
    """Tiles of one total pixel matrix.

    Attributes
    ----------
    frames : numpy.ndarray
        Indices of the frames, shape (n,).
    corners : numpy.ndarray
        Row and column, from 0, of the first pixel of each, shape (n, 2).
    tile_shape, matrix_shape : tuple[int, int]
        Rows and columns of a tile, and of the matrix.
    """

    frames: NDArray[np.intp]
    corners: NDArray[np.int64]
    tile_shape: tuple[int, int]
    matrix_shape: tuple[int, int]

    def place(self, window: tuple[slice, slice]) -> Placement:
        """Choose the tiles in a part of the matrix.

        Parameters
        ----------
        window : tuple[slice, slice]
            Rows and columns, with start and stop.

        Returns
        -------
        Placement
            Parts of tiles in one output plane.
        """
        slots = np.zeros(len(self.frames), np.intp)
        return place_frames(self.frames, slots, self.corners, self.tile_shape, 1, window)
