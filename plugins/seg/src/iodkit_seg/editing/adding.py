"""Segments and slices that are added to a segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import check_type
from iodkit.errors import GeometryError, InvalidValueError
from iodkit_seg.editing.remapping import by_segment
from iodkit_seg.editing.revising import revised
from iodkit_seg.editing.splitting import as_grid_array
from iodkit_seg.encoding.masks import Masks, OverlappingSegmentsError
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.segments.description import SegmentDescription
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.grid import SegmentationGrid
from iodkit_seg.stored.joining import joined, require_joinable
from iodkit_seg.stored.overlap import frames_by_place
from iodkit_seg.stored.places import place_codes
from iodkit_seg.stored.successor import Successor
from iodkit_seg.stored.times import at_times, at_times_of_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.sop import Segmentation

__all__ = ["add_segments", "add_slices"]

_TILED_FULL = "TILED_FULL"


def add_segments(
    segmentation: Segmentation,
    pixel_array: Any,
    descriptions: Sequence[SegmentDescription],
    source_images: Sequence[Dataset] | None,
) -> Successor:
    """Add segments; see :meth:`EditableSegmentation.with_segments`."""
    new = _numbered(segmentation, descriptions)
    before = segmentation.segment_descriptions
    derivation = f"Segments added: {', '.join(str(item.segment_number) for item in new)}"
    if source_images is None:
        frames = _on_own_frames(segmentation, pixel_array, new)
    else:
        # Numbered from 1, as the constructor wants them; their own numbers come with the frames.
        plain = [revised(item, SegmentNumber=at) for at, item in enumerate(new, 1)]
        part = _made(segmentation, source_images, pixel_array, plain)
        require_joinable([segmentation, part])
        part = at_times_of_sources(part, segmentation)
        own = {number: number for number in segmentation.segment_numbers}
        frames = joined(
            [segmentation, part],
            [own, {at: item.segment_number for at, item in enumerate(new, 1)}],
        )
    return Successor((segmentation,), derivation, [*before, *new], frames)


def add_slices(
    segmentation: Segmentation,
    pixel_array: Any,
    source_images: Sequence[Dataset],
    temporal_position_index: int | Sequence[int] | None,
) -> Successor:
    """Add slices; see :meth:`EditableSegmentation.with_slices`."""
    items = segmentation.segment_descriptions
    part = _made(segmentation, source_images, pixel_array, items)
    require_joinable([segmentation, part])
    part = at_times(part, segmentation, temporal_position_index)
    _require_new_places(segmentation, part)
    same = {item.segment_number: item.segment_number for item in items}
    count = len(np.unique(place_codes(part.frame_table)))
    return Successor(
        (segmentation,),
        f"Slices added: {count}",
        items,
        joined([segmentation, part], [same, same]),
        # What is called a volume need not be one any more; tiles stay tiles.
        attributes={} if segmentation.is_tiled else {"DimensionOrganizationType": None},
    )


def _numbered(
    segmentation: Segmentation, descriptions: Sequence[SegmentDescription]
) -> list[SegmentDescription]:
    """Check descriptions of new segments, and number them after those that there are."""
    items = [check_type(item, SegmentDescription, "segment_descriptions") for item in descriptions]
    if not items:
        raise InvalidValueError(
            "there is no segment to add",
            attribute="segment_descriptions",
            expected="one description or more",
        )
    known = segmentation.segment_numbers
    numbers = [item.segment_number for item in items]
    is_labelmap = segmentation.segmentation_type is SegmentationTypeValues.LABELMAP
    if is_labelmap and len({*known, *numbers, 0}) == len(known) + len(numbers) + 1:
        return items
    first = max(known) + 1
    return [revised(item, SegmentNumber=first + at) for at, item in enumerate(items)]


def _made(
    segmentation: Segmentation,
    source_images: Sequence[Dataset],
    pixel_array: Any,
    descriptions: Sequence[SegmentDescription],
) -> Segmentation:
    """Make a segmentation of new pixels, of the kind of an existing one."""
    from iodkit_seg.sop import Segmentation as Class

    kind = segmentation.segmentation_type
    fractional = segmentation.segmentation_fractional_type
    tiled = segmentation.is_tiled
    full = segmentation.get("DimensionOrganizationType") == _TILED_FULL
    options: dict[str, Any] = {}
    if fractional is not None:
        options["fractional_type"] = fractional
        options["max_fractional_value"] = int(segmentation.MaximumFractionalValue)
    if tiled:
        options["tile_pixel_array"] = True
        options["tile_size"] = (int(segmentation.Rows), int(segmentation.Columns))
    if full:
        options["omit_empty_frames"] = False
        options["dimension_organization_type"] = _TILED_FULL
    versions = segmentation.get("SoftwareVersions") or "unknown"
    return Class(
        source_images,
        pixel_array,
        kind,
        descriptions,
        manufacturer=str(segmentation.get("Manufacturer") or "unknown"),
        manufacturer_model_name=str(segmentation.get("ManufacturerModelName") or "unknown"),
        software_versions=versions if isinstance(versions, str) else tuple(versions),
        device_serial_number=str(segmentation.get("DeviceSerialNumber") or "unknown"),
        **options,
    )


def _require_new_places(segmentation: Segmentation, part: Segmentation) -> None:
    table = StoredFrames.of(segmentation, part).table
    places = place_codes(table)
    old, new = np.split(places, [segmentation.number_of_frames])
    both = np.intersect1d(old, new)
    if len(both):
        raise InvalidValueError(
            "slices are there already",
            attribute="source_images",
            found=f"{len(both)} of {len(np.unique(new))} places",
            expected="places that the segmentation has no frame at",
            remedy="Leave these images out, or change segments with with_segments.",
        )


def _on_own_frames(
    segmentation: Segmentation, pixel_array: Any, new: Sequence[SegmentDescription]
) -> StoredFrames:
    """Make frames of new segments at the places of the frames that there are."""
    grid, frames = SegmentationGrid.of(segmentation), StoredFrames.of(segmentation)
    numbers = [item.segment_number for item in new]
    masks = _masks(as_grid_array(pixel_array, grid, "pixel_array"), grid, numbers)
    if segmentation.segmentation_type is not SegmentationTypeValues.FRACTIONAL:
        masks.require_binary(segmentation.segmentation_type)
    _require_covered(masks, grid, frames)
    if frames.segments is None:
        return _painted(frames, grid, masks)
    first = [int(together[0]) for together in frames_by_place(place_codes(frames.table))]
    full = segmentation.get("DimensionOrganizationType") == _TILED_FULL
    maximum = int(segmentation.get("MaximumFractionalValue") or 1)
    rows, columns = frames.format.rows, frames.format.columns
    made: dict[int, NDArray[Any]] = {}
    taken = list(range(len(frames)))
    segments = frames.segments.tolist()
    for index, number in enumerate(numbers):
        for position in first:
            pixels = grid.cut(_plane_source(masks, index, number), position, rows, columns)
            if pixels.any() or full:
                made[len(taken)] = _stored(pixels, maximum)
                taken.append(position)
                segments.append(number)
    chosen = frames.take(taken).with_segments(np.array(segments, np.int64))
    return by_segment(chosen.with_pixels(made))


def _masks(array: NDArray[Any], grid: SegmentationGrid, numbers: Sequence[int]) -> Masks:
    """Check the pixels of new segments; whole numbers may count from 1, or be the numbers."""
    if array.ndim == 3 and array.dtype.kind in "ui" and array.size and len(numbers) >= 1:
        found = set(np.unique(array).tolist()) - {0}
        if not found <= set(numbers) and found <= set(range(1, len(numbers) + 1)):
            table = np.array([0, *numbers], np.uint16)
            array = table[array]
    masks = Masks.from_array(array, numbers)
    if masks.shape != grid.shape:
        raise InvalidValueError(
            "pixel_array does not fit the segmentation",
            attribute="pixel_array",
            found=masks.shape,
            expected=f"(planes, rows, columns) = {grid.shape}",
            remedy="Pass a Volume, or the source images as well.",
        )
    return masks


def _plane_source(masks: Masks, index: int, number: int) -> NDArray[Any]:
    return masks.array == number if masks.is_labelmap else masks.array[..., index]


def _stored(pixels: NDArray[Any], maximum: int) -> NDArray[np.uint8]:
    if pixels.dtype.kind == "f":
        return np.around(pixels * maximum).astype(np.uint8)
    return (pixels != 0).view(np.uint8) * np.uint8(maximum)


def _require_covered(masks: Masks, grid: SegmentationGrid, frames: StoredFrames) -> None:
    """Raise if pixels are set where no frame is that could lend its place and its sources."""
    covered = np.zeros(grid.shape, bool)
    for position in range(len(frames)):
        covered[grid.window(position, frames.format.rows, frames.format.columns)] = True
    inside = masks.array != 0
    if not masks.is_labelmap:
        inside = inside.any(axis=-1)
    outside = inside & ~covered
    if outside.any():
        planes = np.flatnonzero(outside.any(axis=(1, 2))).tolist()
        raise GeometryError(
            "pixels are set where the segmentation has no frame yet",
            attribute="pixel_array",
            found=f"planes {planes[:5]}",
            remedy="Pass source_images: they say the place and the sources of new frames.",
        )


def _painted(frames: StoredFrames, grid: SegmentationGrid, masks: Masks) -> StoredFrames:
    """Write the labels of new segments where no segment is."""
    chosen = frames.format.holding(max(masks.numbers))
    rows, columns = frames.format.rows, frames.format.columns
    labels = np.stack(list(masks.label_planes(np.uint16)))
    made: dict[int, NDArray[Any]] = {}
    for position in range(len(frames)):
        new = grid.cut(labels, position, rows, columns)
        if not new.any():
            continue
        old = frames.pixels(position)
        both = (old != 0) & (new != 0)
        if both.any():
            raise OverlappingSegmentsError(
                f"segments {int(old[both][0])} and {int(new[both][0])} overlap",
                attribute="pixel_array",
                found=f"{int(both.sum())} common pixels in frame {position + 1}",
                expected="no pixel in more than one segment",
                clause="PS3.3 C.8.20.2.3.3",
                remedy="Convert the label map to BINARY, which allows overlap.",
            )
        made[position] = np.where(new != 0, new, old).astype(chosen.dtype)
    return frames.with_pixels(made, chosen)
