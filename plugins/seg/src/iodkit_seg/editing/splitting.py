"""Splitting a segment: by labels that the caller gives, or into connected components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import check_type
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
)
from iodkit.spatial import Volume
from iodkit_seg.editing.palettes import without_palette
from iodkit_seg.editing.remapping import by_segment
from iodkit_seg.editing.revising import require_segments, revised
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.segments.description import SegmentDescription
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.grid import SegmentationGrid
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_seg.sop import Segmentation

__all__ = ["as_grid_array", "component_labels", "segment_mask", "split"]

_TRACKING = ("TrackingID", "TrackingUID")


def split(
    segmentation: Segmentation,
    number: int,
    labels: Any,
    descriptions: Sequence[SegmentDescription] | None,
) -> Successor:
    """Split a segment; see :meth:`EditableSegmentation.with_split_segment`."""
    require_segments(segmentation, [number])
    frames, grid = StoredFrames.of(segmentation), SegmentationGrid.of(segmentation)
    parts = _checked_labels(labels, grid)
    mask = segment_mask(segmentation, grid, number)
    present = np.unique(parts[mask]).tolist()
    if len(present) < 2:
        raise InvalidValueError(
            "the segment is not split by these labels",
            attribute="labels",
            found=f"{len(present)} different values in segment {number}",
            expected="two values or more; 0 counts as the rest",
        )
    numbers, items = _descriptions(segmentation, number, present, descriptions)
    if frames.segments is None:
        attributes, others = without_palette(segmentation, segmentation.segment_descriptions)
        colors = {item.segment_number: item for item in others}
        kept = [colors[i.segment_number] for i in items if i.segment_number in colors]
        if attributes:
            items = [*kept, *(i for i in items if i.segment_number not in colors)]
        new_frames = _split_labels(frames, grid, parts, number, numbers)
    else:
        attributes = {}
        new_frames = _split_masks(frames, grid, parts, number, numbers, _keeps_empty(segmentation))
    return Successor(
        (segmentation,),
        f"Segment {number} split into {len(present)}",
        sorted(items, key=lambda item: item.segment_number),
        new_frames,
        attributes=attributes,
    )


def _descriptions(
    segmentation: Segmentation,
    number: int,
    present: Sequence[int],
    given: Sequence[SegmentDescription] | None,
) -> tuple[dict[int, int], list[SegmentDescription]]:
    """Number of each part by its label, and the descriptions of all segments."""
    before = segmentation.get_segment_description(number)
    if given is None:
        # A part is not the item that was tracked.
        plain = revised(before)
        for keyword in _TRACKING:
            plain.pop(keyword, None)
        plain.pop("RecommendedDisplayCIELabValue", None)
        given = [
            revised(plain, SegmentLabel=f"{before.segment_label[:57]} {at}")
            for at in range(1, len(present) + 1)
        ]
    if len(given) != len(present):
        raise InvalidValueError(
            "one description for each part is needed",
            attribute="descriptions",
            found=len(given),
            expected=f"{len(present)}, for the labels {list(present)[:10]}",
        )
    items = [check_type(item, SegmentDescription, "descriptions") for item in given]
    others = segmentation.segment_descriptions
    if segmentation.segmentation_type is SegmentationTypeValues.LABELMAP:
        highest = max(item.segment_number for item in others)
        new = [number, *range(highest + 1, highest + len(present))]
        kept = [item for item in others if item.segment_number != number]
    else:
        new = list(range(number, number + len(present)))
        kept = [
            item
            if item.segment_number < number
            else revised(item, SegmentNumber=item.segment_number + len(present) - 1)
            for item in others
            if item.segment_number != number
        ]
    made = [revised(item, SegmentNumber=at) for item, at in zip(items, new, strict=True)]
    return dict(zip(present, new, strict=True)), [*kept, *made]


def _split_masks(
    frames: StoredFrames,
    grid: SegmentationGrid,
    parts: NDArray[Any],
    number: int,
    numbers: dict[int, int],
    keep_empty: bool,
) -> StoredFrames:
    assert frames.segments is not None
    shift = len(numbers) - 1
    rows, columns = frames.format.rows, frames.format.columns
    taken: list[int] = []
    segments: list[int] = []
    made: dict[int, NDArray[Any]] = {}
    for position, segment in enumerate(frames.segments.tolist()):
        if segment != number:
            taken.append(position)
            segments.append(segment + shift if segment > number else segment)
            continue
        pixels = frames.pixels(position)
        labels = grid.cut(parts, position, rows, columns)
        for label, new in numbers.items():
            share = np.where(labels == label, pixels, 0)
            if share.any() or keep_empty:
                made[len(taken)] = share.astype(frames.format.dtype, copy=False)
                taken.append(position)
                segments.append(new)
    chosen = frames.take(taken).with_segments(np.array(segments, np.int64))
    return by_segment(chosen.with_pixels(made))


def _split_labels(
    frames: StoredFrames,
    grid: SegmentationGrid,
    parts: NDArray[Any],
    number: int,
    numbers: dict[int, int],
) -> StoredFrames:
    chosen = frames.format.holding(max(numbers.values()))
    made = {}
    for position in range(len(frames)):
        pixels = frames.pixels(position)
        inside = pixels == number
        if not inside.any():
            continue
        labels = grid.cut(parts, position, frames.format.rows, frames.format.columns)
        new = pixels.astype(chosen.dtype)
        for label, at in numbers.items():
            new[inside & (labels == label)] = at
        made[position] = new
    return frames.with_pixels(made, chosen)


def _keeps_empty(segmentation: Segmentation) -> bool:
    return segmentation.get("DimensionOrganizationType") == "TILED_FULL"


def segment_mask(
    segmentation: Segmentation, grid: SegmentationGrid, number: int
) -> NDArray[np.bool_]:
    """Bring a segment into the array that the frames fill.

    Parameters
    ----------
    segmentation : Segmentation
        Segmentation.
    grid : SegmentationGrid
        Its array.
    number : int
        Number of the segment.

    Returns
    -------
    numpy.ndarray
        Where the segment is, of the shape of the grid; fractions count if they are not 0.
    """
    out = np.zeros(grid.shape, bool)
    frames = StoredFrames.of(segmentation)
    rows, columns = frames.format.rows, frames.format.columns
    for position in range(len(frames)):
        if frames.segments is not None and frames.segments[position] != number:
            continue
        pixels = frames.pixels(position)
        inside = pixels == number if frames.segments is None else pixels != 0
        part = out[grid.window(position, rows, columns)]
        part |= inside[: part.shape[0], : part.shape[1]]
    return out


def component_labels(
    segmentation: Segmentation, number: int, connectivity: int, in_plane: bool
) -> NDArray[np.int32]:
    """Number the connected components of a segment, the largest first.

    Parameters
    ----------
    segmentation : Segmentation
        Segmentation.
    number : int
        Number of the segment.
    connectivity : int
        1: voxels connect through faces; 2: through edges too; 3: through corners too.
    in_plane : bool
        Whether voxels of different planes never connect.

    Returns
    -------
    numpy.ndarray
        Number of the component of each voxel, 0 outside of the segment.

    Raises
    ------
    GeometryError
        If planes would have to be neighbours, and the frames make no regular volume.
    MissingDependencyError
        If SciPy is not installed.
    """
    require_segments(segmentation, [number])
    if not isinstance(connectivity, int) or not 1 <= connectivity <= 3:
        raise InvalidValueError(
            "no such connectivity",
            attribute="connectivity",
            found=connectivity,
            expected="1 for faces, 2 for edges, 3 for corners",
        )
    grid = SegmentationGrid.of(segmentation)
    if grid.geometry is None and grid.shape[0] > 1 and not in_plane:
        raise GeometryError(
            f"it is not known which planes are neighbours: {grid.problem}",
            attribute="in_plane",
            remedy="Pass in_plane=True for components within planes, or labels of your own.",
        )
    try:
        from scipy import ndimage
    except ImportError:
        raise MissingDependencyError(
            "connected components need SciPy",
            remedy="pip install scipy, or pass labels of your own",
        ) from None
    structure: Any = ndimage.generate_binary_structure(3, connectivity)
    if in_plane:
        structure[[0, 2]] = False
    labelled: Any = ndimage.label(segment_mask(segmentation, grid, number), structure)
    found, count = labelled
    sizes = np.bincount(found.reshape(-1), minlength=count + 1)
    rank = np.zeros(count + 1, np.int32)
    rank[1 + np.argsort(-sizes[1:], kind="stable")] = np.arange(1, count + 1)
    components: NDArray[np.int32] = rank[found]
    return components


def _checked_labels(labels: Any, grid: SegmentationGrid) -> NDArray[Any]:
    array = as_grid_array(labels, grid, "labels")
    if array.dtype.kind not in "bui":
        raise InvalidTypeError(
            "labels are whole numbers", attribute="labels", found=str(array.dtype)
        )
    if array.shape != grid.shape:
        raise InvalidValueError(
            "labels do not fit the segmentation",
            attribute="labels",
            found=array.shape,
            expected=f"(planes, rows, columns) = {grid.shape}",
        )
    return array


def as_grid_array(given: Any, grid: SegmentationGrid, name: str) -> NDArray[Any]:
    """Bring what a caller gives into the array that the frames fill.

    Parameters
    ----------
    given : Volume | array-like
        A volume is permuted, flipped, cropped and padded to the geometry, without interpolation;
        an array has the shape already, without the planes if there is one.
    grid : SegmentationGrid
        The array.
    name : str
        Name of the argument, for errors.

    Returns
    -------
    numpy.ndarray
        Shape (planes, rows, columns), perhaps with one more dimension.

    Raises
    ------
    GeometryError
        If a volume is given and the frames make none, or it lies on another grid.
    """
    if isinstance(given, Volume):
        if grid.geometry is None:
            raise GeometryError(
                f"a Volume does not fit: {grid.problem}",
                attribute=name,
                expected=f"an array of shape {grid.shape}",
            )
        return np.asarray(given.match_geometry(grid.geometry).array)
    array = np.asarray(given)
    if array.ndim == 2 and grid.shape[0] == 1:
        array = array[np.newaxis]
    return array
