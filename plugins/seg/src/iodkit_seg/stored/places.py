"""Which frames of segmentations lie at the same place, in space and in all else but the segment."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.datadict import tag_for_keyword

from iodkit.frames.paths import parse_path
from iodkit.spatial import VOLUME_INDEX_CONVENTION, get_normal_vector

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from iodkit.frames import FrameTable

__all__ = [
    "TEMPORAL_INDEX",
    "dimension_values",
    "is_segment_dimension",
    "other_dimensions",
    "place_codes",
]

TEMPORAL_INDEX = 0x00209128
"""Tag of Temporal Position Index, which is an ordinal number itself (PS3.3 C.7.6.16.2.2)."""

# Coordinates of one place differ by rounding of decimal strings only, in mm.
_DECIMALS = 4
_SEGMENT = 0x0062000B
_POSITION = int(tag_for_keyword("ImagePositionPatient") or 0)
_IN_SPACE = frozenset(
    int(tag_for_keyword(keyword) or 0)
    for keyword in (
        "ImagePositionPatient",
        "StackID",
        "InStackPositionNumber",
        "RowPositionInTotalImagePixelMatrix",
        "ColumnPositionInTotalImagePixelMatrix",
        "XOffsetInSlideCoordinateSystem",
        "YOffsetInSlideCoordinateSystem",
        "ZOffsetInSlideCoordinateSystem",
    )
)


def is_segment_dimension(pointer: int) -> bool:
    """Tell whether a dimension is the segment."""
    return pointer == _SEGMENT


def place_codes(table: FrameTable) -> NDArray[np.intp]:
    """Number the places of frames.

    Parameters
    ----------
    table : FrameTable
        Frames of one segmentation, or of several on one grid.

    Returns
    -------
    numpy.ndarray
        Shape (frames,): equal numbers for equal places, from 0, in the order of the places:
        by time and other dimensions, then along the normal of the planes, or by focal plane,
        row and column of tiles.  Frames that lie nowhere are told apart by their label and by
        what they were made from.
    """
    columns = [_codes(_rows(table, *pair)) for pair in other_dimensions(table)]
    columns.append(table.temporal_positions)
    tiled, positions = table.matrix_positions, table.positions
    if (tiled > 0).all():
        columns += [_rounded(table.slide_positions[:, 2]), tiled[:, 0], tiled[:, 1]]
    elif not np.isnan(positions).any():
        columns += _along_normal(table)
    else:
        columns += _nowhere(table)
    return _combined(columns)


def dimension_values(
    table: FrameTable,
    pointers: Sequence[tuple[int, int]],
    origins: NDArray[np.intp],
    segments: NDArray[np.int64] | None,
    columns: Mapping[str, NDArray[Any]],
) -> NDArray[np.int64]:
    """Index the frames of a new segmentation.

    Parameters
    ----------
    table : FrameTable
        Frames that there are.
    pointers : Sequence[tuple[int, int]]
        Tags of the functional group and the attribute of each dimension.
    origins : numpy.ndarray
        Those that are taken, in the new order.
    segments : numpy.ndarray | None
        Their segments, if they have any.
    columns : Mapping[str, numpy.ndarray]
        Paths and columns of attributes that are new.

    Returns
    -------
    numpy.ndarray
        Shape (frames, dimensions): the segment, the time point, or the rank of the value that the
        dimension points to (PS3.3 C.7.6.17).
    """
    out = []
    new = {parse_path(path).leaf: values for path, values in columns.items()}
    for group, pointer in pointers:
        if pointer == _SEGMENT and segments is not None:
            out.append(segments)
        elif pointer == TEMPORAL_INDEX:
            times = table.integers(f"{group:08X}.{pointer:08X}")[origins]
            out.append(new.get(pointer, times))
        elif pointer in new and new[pointer].ndim == 1:
            out.append(1 + np.unique(new[pointer], return_inverse=True)[1].reshape(-1))
        elif pointer == _POSITION and not np.isnan(table.positions[origins]).any():
            out.append(1 + _combined(_along_normal(table, origins)))
        else:
            out.append(1 + _codes(_rows(table, group, pointer, origins)))
    return np.stack(out, axis=1).astype(np.int64)


def other_dimensions(table: FrameTable) -> list[tuple[int, int]]:
    """Group and attribute of the dimensions that are neither the segment nor in space."""
    pairs = zip(table.dimension_group_pointers, table.dimension_index_pointers, strict=True)
    return [(g, p) for g, p in pairs if p != _SEGMENT and p not in _IN_SPACE]


def _rows(
    table: FrameTable, group: int, pointer: int, frames: NDArray[np.intp] | None = None
) -> list[Hashable]:
    """Value of an attribute in each frame."""
    path = f"{group:08X}.{pointer:08X}" if group else f"{pointer:08X}"
    data = table.column(path).data
    chosen = range(len(table)) if frames is None else frames.tolist()
    return [tuple(data[frame].tolist()) for frame in chosen]


def _along_normal(
    table: FrameTable, frames: NDArray[np.intp] | None = None
) -> list[NDArray[np.int64]]:
    """Distance along the normal, and what tells planes at one distance apart."""
    chosen: Any = slice(None) if frames is None else frames
    positions, orientations = table.positions[chosen], table.orientations[chosen]
    columns = []
    if not np.isnan(orientations).any():
        normal = np.asarray(get_normal_vector(orientations[0].tolist(), VOLUME_INDEX_CONVENTION))
        columns = [*_rounded(orientations).T, _rounded(positions @ normal)]
    return [*columns, *_rounded(positions).T]


def _nowhere(table: FrameTable) -> list[NDArray[np.intp]]:
    """What tells frames apart that have no place: their label, and their sources."""
    sources = table.sources
    rows: list[list[Hashable]] = [[] for _ in range(len(table))]
    for at, frame in enumerate(sources.frames.tolist()):
        numbers = tuple(sources.frame_numbers[at].tolist())
        rows[frame].append((int(sources.instances[at]), numbers))
    labels = table.texts("FrameContentSequence.FrameLabel").tolist()
    return [_codes(label or "" for label in labels), _codes(map(tuple, rows))]


def _rounded(values: NDArray[np.float64]) -> NDArray[np.int64]:
    known = np.nan_to_num(values)
    return np.rint(known * 10**_DECIMALS).astype(np.int64)


def _codes(values: Iterable[Hashable]) -> NDArray[np.intp]:
    """Number values in ascending order, where they have one; else as they appear."""
    listed = list(values)
    distinct: Sequence[Any] = list(dict.fromkeys(listed))
    with contextlib.suppress(TypeError):
        distinct = sorted(distinct)
    number = {value: code for code, value in enumerate(distinct)}
    return np.array([number[value] for value in listed], np.intp)


def _combined(columns: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    """Number distinct combinations in ascending order."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        distinct, codes = np.unique(column, return_inverse=True)
        _, key = np.unique(key * len(distinct) + codes.reshape(-1), return_inverse=True)
    return key.reshape(-1).astype(np.intp)
