"""Conversions between BINARY, FRACTIONAL and LABELMAP (PS3.3 C.8.20.2.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import ExplicitVRLittleEndian

from iodkit.elements import coerce_enum
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit_seg.conversion.kinds import kind_attributes
from iodkit_seg.conversion.painting import paint_labels, split_labels
from iodkit_seg.editing.palettes import without_palette
from iodkit_seg.editing.remapping import by_segment
from iodkit_seg.editing.revising import revised
from iodkit_seg.encoding.syntaxes import SYNTAXES
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues
from iodkit_seg.stored.fractions import stored_limit
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.overlap import frames_by_place, overlapping_segments
from iodkit_seg.stored.places import place_codes
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.frames import Made

__all__ = ["to_binary", "to_fractional", "to_labelmap", "to_labelmaps"]

_BINARY = SegmentationTypeValues.BINARY
_FRACTIONAL = SegmentationTypeValues.FRACTIONAL
_LABELMAP = SegmentationTypeValues.LABELMAP


@dataclass(frozen=True, slots=True, eq=False)
class _Masks:
    """A segmentation as frames of single bits, and what else is to change for that."""

    frames: StoredFrames
    descriptions: list[SegmentDescription]
    attributes: dict[str, Any]
    note: str


def to_binary(segmentation: Segmentation, threshold: float | None) -> Successor:
    """Convert to BINARY; see :meth:`ConvertibleSegmentation.to_binary`."""
    masks = _masks(segmentation, threshold)
    return Successor(
        (segmentation,),
        f"Converted from {segmentation.segmentation_type.value} to BINARY{masks.note}",
        masks.descriptions,
        masks.frames,
        attributes={**masks.attributes, **kind_attributes(segmentation, masks.frames)},
        reindexed=True,
    )


def to_fractional(
    segmentation: Segmentation,
    fractional_type: SegmentationFractionalTypeValues | str,
    maximum: int,
) -> Successor:
    """Convert to FRACTIONAL; see :meth:`ConvertibleSegmentation.to_fractional`."""
    meaning = coerce_enum(fractional_type, SegmentationFractionalTypeValues, "fractional_type")
    if not isinstance(maximum, int) or not 1 <= maximum <= 255:
        raise InvalidValueError(
            "value is not allowed",
            attribute="max_fractional_value",
            found=maximum,
            expected="a number from 1 to 255",
            clause="PS3.3 C.8.20.2.3.2",
        )
    masks = _masks(segmentation, None)
    made = {at: partial(_scaled, masks.frames, at, maximum) for at in range(len(masks.frames))}
    frames = masks.frames.with_pixels(made, replace(masks.frames.format, kind=_FRACTIONAL, bits=8))
    attributes = {
        **masks.attributes,
        **kind_attributes(segmentation, frames, meaning, maximum),
    }
    return Successor(
        (segmentation,),
        f"Converted from {segmentation.segmentation_type.value} to FRACTIONAL",
        masks.descriptions,
        frames,
        attributes=attributes,
        reindexed=True,
    )


def _scaled(masks: StoredFrames, position: int, maximum: int) -> NDArray[np.uint8]:
    return masks.pixels(position) * np.uint8(maximum)


def to_labelmap(
    segmentation: Segmentation, threshold: float | None, only: Sequence[int] | None = None
) -> Successor:
    """Convert to LABELMAP; see :meth:`ConvertibleSegmentation.to_labelmap`."""
    masks = _masks(segmentation, threshold)
    frames = masks.frames
    assert frames.segments is not None
    wanted = [item.segment_number for item in masks.descriptions] if only is None else list(only)
    labels = {number: number for number in wanted}
    bits = 8 if max(wanted) <= 255 else 16
    chosen = replace(frames.format, kind=_LABELMAP, bits=bits)
    inside = np.isin(frames.segments, wanted)
    made: dict[int, Made] = {}
    kept: list[int] = []
    for together in frames_by_place(place_codes(frames.table)[frames.origins]):
        mine = together[inside[together]].tolist()
        if not mine and only is not None:
            continue
        first = int(together[0])
        made[first] = partial(paint_labels, frames, mine, labels, chosen.dtype)
        kept.append(first)
    if not kept:
        kept, made = [0], {0: np.zeros((chosen.rows, chosen.columns), chosen.dtype)}
    new = replace(frames, made=made, format=chosen, segments=None).take(kept)
    return Successor(
        (segmentation,),
        f"Converted from {segmentation.segmentation_type.value} to LABELMAP{masks.note}",
        [item for item in masks.descriptions if item.segment_number in labels],
        new,
        attributes=kind_attributes(segmentation, new),
        reindexed=True,
    )


def to_labelmaps(segmentation: Segmentation, threshold: float | None) -> list[Successor]:
    """Convert to label maps without overlap; see :meth:`ConvertibleSegmentation.to_labelmaps`."""
    masks = _masks(segmentation, threshold)
    places = place_codes(masks.frames.table)[masks.frames.origins]
    conflicts = overlapping_segments(masks.frames, places)
    groups: list[list[int]] = []
    for item in masks.descriptions:
        number = item.segment_number
        for group in groups:
            if not conflicts.get(number, set()) & set(group):
                group.append(number)
                break
        else:
            groups.append([number])
    if len(groups) == 1:
        return [to_labelmap(segmentation, threshold)]
    return [to_labelmap(segmentation, threshold, group) for group in groups]


def _masks(segmentation: Segmentation, threshold: float | None) -> _Masks:
    """See a segmentation as frames of single bits."""
    kind = segmentation.segmentation_type
    descriptions = segmentation.segment_descriptions
    frames = StoredFrames.of(segmentation)
    if kind is not _FRACTIONAL and threshold is not None:
        raise InvalidValueError(
            f"{kind.value} has no fractions",
            attribute="threshold",
            found=threshold,
            expected="no threshold",
        )
    if 1 not in SYNTAXES[frames.format.syntax].bits:
        # What compresses labels and fractions need not hold single bits (PS3.5 8.2).
        frames = frames.with_pixels({}, replace(frames.format, syntax=ExplicitVRLittleEndian))
    if kind is _BINARY:
        return _Masks(frames, descriptions, {}, "")
    keep_empty = segmentation.get("DimensionOrganizationType") == "TILED_FULL"
    if kind is _FRACTIONAL:
        maximum = int(segmentation.MaximumFractionalValue)
        limit = _limit(frames, maximum, threshold)
        note = "" if threshold is None else f", from a fraction of {threshold:g} on"
        return _Masks(_thresholded(frames, limit, keep_empty), descriptions, {}, note)
    attributes, items = without_palette(segmentation, descriptions)
    numbers = [item.segment_number for item in items]
    made = _separated(frames, numbers, keep_empty)
    renumbered = [revised(item, SegmentNumber=at) for at, item in enumerate(items, 1)]
    changed = ", ".join(f"{old} to {at}" for at, old in enumerate(numbers, 1) if old != at)
    note = f"; segments renumbered: {changed}" if changed else ""
    return _Masks(made, renumbered, attributes, note)


def _limit(frames: StoredFrames, maximum: int, threshold: float | None) -> int:
    """Smallest stored value that counts as in the segment."""
    if threshold is not None:
        return stored_limit(threshold, maximum)
    for position in range(len(frames)):
        pixels = frames.pixels(position)
        between = (pixels != 0) & (pixels != maximum)
        if between.any():
            raise MissingAttributeError(
                "fractions need a threshold",
                attribute="threshold",
                found=f"{int(pixels[between][0])} of {maximum} in frame {position + 1}",
                expected="a fraction above 0, up to 1, from which a pixel is in the segment",
                clause="PS3.3 C.8.20.2.3.2",
            )
    return maximum


def _thresholded(frames: StoredFrames, limit: int, keep_empty: bool) -> StoredFrames:
    made = {}
    for position in range(len(frames)):
        inside = (frames.pixels(position) >= limit).view(np.uint8)
        if keep_empty or inside.any():
            made[position] = np.packbits(inside.reshape(-1), bitorder="little")
    if not made:
        size = -(-frames.format.rows * frames.format.columns // 8)
        made = {0: np.zeros(size, np.uint8)}
    chosen = replace(frames.format, kind=_BINARY, bits=1)
    return replace(frames, made=made, format=chosen).take(list(made))


def _separated(frames: StoredFrames, numbers: Sequence[int], keep_empty: bool) -> StoredFrames:
    """Split the labels of a label map into segments numbered from 1."""
    planes = (frames.pixels(position) for position in range(len(frames)))
    found = {(segment, plane): bits for plane, segment, bits in split_labels(planes, numbers)}
    empty = np.zeros(-(-frames.format.rows * frames.format.columns // 8), np.uint8)
    if keep_empty:
        keys = [(s, p) for s in range(len(numbers)) for p in range(len(frames))]
    else:
        keys = sorted(found) or [(0, 0)]
    made = {at: found.get(key, empty) for at, key in enumerate(keys)}
    segments = np.array([segment + 1 for segment, _ in keys], np.int64)
    chosen = replace(frames.format, kind=_BINARY, bits=1)
    taken = frames.take([plane for _, plane in keys])
    return by_segment(replace(taken, made=made, format=chosen, segments=segments))
