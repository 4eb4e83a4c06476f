"""Cropping of tiled segmentations: a part of the total pixel matrix, cut into tiles anew."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.coding import CodedConcept
from iodkit.elements import to_decimal_string
from iodkit.frames import Ragged
from iodkit_seg.creation.modules import SEGMENTATION_DERIVATION, SOURCE_PURPOSE
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from iodkit.frames import FunctionalGroups, SourceReferences
    from iodkit_seg.editing.cropping import Window
    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.grid import SegmentationGrid

__all__ = ["crop_tiles"]

_SLIDE = "PlanePositionSlideSequence"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a stored tile that falls into a new one: where it is in both."""

    position: int
    source: tuple[slice, slice]
    target: tuple[slice, slice]

    def is_whole(self, rows: int, columns: int) -> bool:
        """Whether it is all of both tiles."""
        whole = (slice(0, rows), slice(0, columns))
        return self.source == whole and self.target == whole

    @property
    def keeps_place(self) -> bool:
        """Whether pixels keep their indices in the tile."""
        return self.source == self.target


@dataclass(frozen=True, slots=True)
class _Key:
    """A new tile: its segment (0 in a label map), plane, and row and column of tiles."""

    segment: int
    plane: int
    row: int
    column: int


def crop_tiles(segmentation: Segmentation, grid: SegmentationGrid, window: Window) -> Successor:
    """Keep a part of the total pixel matrix.

    Parameters
    ----------
    segmentation : Segmentation
        Tiled segmentation.
    grid : SegmentationGrid
        Where its tiles are.
    window : Window
        Focal planes, rows and columns to keep.

    Returns
    -------
    Successor
        Tiles of the same size, from the first pixel of the part on.  Tiles that stay as they are
        are not decoded.
    """
    frames = StoredFrames.of(segmentation)
    is_full = segmentation.get("DimensionOrganizationType") == "TILED_FULL"
    tiles = _pieces(frames, grid, window)
    chosen, keys, pieces = _cut(frames, tiles, keep_empty=is_full)
    kept = all(len(parts) == 1 and parts[0].keeps_place for parts in pieces)
    corners = np.array([(key.row, key.column) for key in keys])
    corners *= (frames.format.rows, frames.format.columns)
    references = None if kept else _joined_sources(segmentation, frames, pieces)
    return Successor(
        (segmentation,),
        f"Cropped to {window}",
        segmentation.segment_descriptions,
        chosen,
        attributes=_matrix(segmentation, window),
        columns={} if is_full else _columns(segmentation, chosen, grid, window, corners),
        reindexed=not is_full,
        complete=references,
    )


def _pieces(
    frames: StoredFrames, grid: SegmentationGrid, window: Window
) -> dict[_Key, list[_Piece]]:
    """Which parts of stored tiles make up each new tile."""
    rows, columns = frames.format.rows, frames.format.columns
    segments = np.zeros(len(frames), np.int64) if frames.segments is None else frames.segments
    found: dict[_Key, list[_Piece]] = {}
    for position, (segment, plane, corner) in enumerate(
        zip(segments.tolist(), grid.planes.tolist(), grid.corners.tolist(), strict=True)
    ):
        if not window.planes[0] <= plane < window.planes[1]:
            continue
        down = list(_spans(corner[0] - window.rows[0], rows, window.size[0]))
        right = list(_spans(corner[1] - window.columns[0], columns, window.size[1]))
        for row, source_rows, target_rows in down:
            for column, source_columns, target_columns in right:
                piece = _Piece(
                    position, (source_rows, source_columns), (target_rows, target_columns)
                )
                found.setdefault(_Key(segment, plane, row, column), []).append(piece)
    return found


def _spans(start: int, size: int, length: int) -> Iterator[tuple[int, slice, slice]]:
    """New tiles that a tile from `start` on reaches along one axis, and the parts of both."""
    first, end = max(start, 0), min(start + size, length)
    for tile in range(first // size, -(-end // size) if end > first else 0):
        begin, stop = max(first, tile * size), min(end, (tile + 1) * size)
        yield (
            tile,
            slice(begin - start, stop - start),
            slice(begin - tile * size, stop - tile * size),
        )


def _cut(
    frames: StoredFrames, tiles: dict[_Key, list[_Piece]], *, keep_empty: bool
) -> tuple[StoredFrames, list[_Key], list[list[_Piece]]]:
    """Make the new tiles in their order; those that are empty are left out where they may be."""
    rows, columns = frames.format.rows, frames.format.columns
    keys: list[_Key] = []
    made: dict[int, NDArray[Any]] = {}
    ordered = sorted(tiles, key=lambda key: (key.segment, key.plane, key.row, key.column))
    for key in ordered:
        parts = tiles[key]
        if len(parts) == 1 and parts[0].is_whole(rows, columns):
            keys.append(key)
            continue
        tile = np.zeros((rows, columns), frames.format.dtype)
        for part in parts:
            tile[part.target] = frames.pixels(part.position)[part.source]
        if tile.any() or keep_empty:
            made[len(keys)] = tile
            keys.append(key)
    if not keys:
        keys = ordered[:1]
        made[0] = np.zeros((rows, columns), frames.format.dtype)
    pieces = [tiles[key] for key in keys]
    chosen = frames.take([parts[0].position for parts in pieces])
    return chosen.with_pixels(made), keys, pieces


def _axes(segmentation: Segmentation) -> NDArray[np.float64]:
    """Steps in mm from row to row and from column to column, shape (2, 3)."""
    table = segmentation.frame_table
    across, down = table.orientations[0].reshape(2, 3)
    spacing = table.pixel_spacings[0]
    return np.stack([spacing[0] * down, spacing[1] * across])


def _matrix(segmentation: Segmentation, window: Window) -> dict[str, Any]:
    """Attributes of the new total pixel matrix (PS3.3 C.8.12.14)."""
    attributes: dict[str, Any] = {
        "TotalPixelMatrixRows": window.size[0],
        "TotalPixelMatrixColumns": window.size[1],
    }
    if "TotalPixelMatrixFocalPlanes" in segmentation:
        attributes["TotalPixelMatrixFocalPlanes"] = window.planes[1] - window.planes[0]
    origins = deepcopy(segmentation.get("TotalPixelMatrixOriginSequence"))
    if origins:
        shift = np.array([window.rows[0], window.columns[0]]) @ _axes(segmentation)
        for axis, step in zip("XY", shift[:2].tolist(), strict=True):
            keyword = f"{axis}OffsetInSlideCoordinateSystem"
            before = origins[0].get(keyword)
            if before is not None:
                setattr(origins[0], keyword, to_decimal_string(float(before) + step))
        attributes["TotalPixelMatrixOriginSequence"] = origins
    return attributes


def _columns(
    segmentation: Segmentation,
    frames: StoredFrames,
    grid: SegmentationGrid,
    window: Window,
    corners: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    """Places of the new tiles."""
    table = segmentation.frame_table
    columns: dict[str, NDArray[Any]] = {
        f"{_SLIDE}.RowPositionInTotalImagePixelMatrix": corners[:, 0] + 1,
        f"{_SLIDE}.ColumnPositionInTotalImagePixelMatrix": corners[:, 1] + 1,
    }
    before = table.slide_positions[frames.origins]
    if not np.isnan(before).any():
        start = np.array([window.rows[0], window.columns[0]])
        offsets = corners + start - grid.corners[frames.origins]
        new = before + offsets @ _axes(segmentation)
        columns[f"{_SLIDE}.XOffsetInSlideCoordinateSystem"] = new[:, 0]
        columns[f"{_SLIDE}.YOffsetInSlideCoordinateSystem"] = new[:, 1]
        # Of the three offsets only Z is in micrometres.
        columns[f"{_SLIDE}.ZOffsetInSlideCoordinateSystem"] = new[:, 2] * 1000
    return columns


@dataclass(frozen=True, slots=True)
class _JoinedSources:
    """References of new tiles to all sources of the tiles that they are made of."""

    sources: SourceReferences
    index: Ragged
    numbers: Ragged | None

    def __call__(self, groups: FunctionalGroups) -> None:
        """Set the Derivation Image functional group."""
        groups.set_sources(
            self.sources.class_uids,
            self.sources.uids,
            self.index,
            frame_numbers=self.numbers,
            purpose=CodedConcept(*SOURCE_PURPOSE),
            derivation=CodedConcept(*SEGMENTATION_DERIVATION),
            spatial_locations_preserved="NO",
        )


def _joined_sources(
    segmentation: Segmentation, frames: StoredFrames, pieces: Sequence[Sequence[_Piece]]
) -> _JoinedSources | None:
    sources = segmentation.frame_table.sources
    if not len(sources.uids):
        return None
    of_frame: list[list[tuple[int, int]]] = [[] for _ in range(len(frames))]
    numbered = bool(len(sources.frame_numbers.values))
    for at, frame in enumerate(sources.frames.tolist()):
        numbers = sources.frame_numbers[at].tolist() or [0]
        of_frame[frame] += [(int(sources.instances[at]), number) for number in numbers]
    rows = [
        list(dict.fromkeys(pair for part in parts for pair in of_frame[part.position]))
        for parts in pieces
    ]
    if numbered:
        # A reference to all frames has no number beside those that have one.
        rows = [[pair for pair in row if pair[1]] for row in rows]
    index = Ragged.from_rows([[instance for instance, _ in row] for row in rows], np.intp)
    numbers = Ragged.from_rows([[number for _, number in row] for row in rows], np.int64)
    return _JoinedSources(sources, index, numbers if numbered else None)
