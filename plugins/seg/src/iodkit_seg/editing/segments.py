"""Edits of segments as wholes: described anew, left out, renumbered, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.elements import check_type
from iodkit.errors import InvalidValueError
from iodkit_seg.editing.palettes import without_palette
from iodkit_seg.editing.remapping import remapped
from iodkit_seg.editing.revising import require_segments, revised, with_changes
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.segments.description import SegmentDescription
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iodkit.content import CIELabColor
    from iodkit_seg.sop import Segmentation

__all__ = ["describe", "drop_palette", "keep", "merge", "remove", "renumber"]


def describe(
    segmentation: Segmentation,
    descriptions: Mapping[int, SegmentDescription],
    labels: Mapping[int, str],
    colors: Mapping[int, CIELabColor],
) -> Successor:
    """Change what is said of segments; see :meth:`EditableSegmentation.with_descriptions`."""
    if colors and segmentation.get("PhotometricInterpretation") == "PALETTE COLOR":
        raise InvalidValueError(
            "the palette says the colours of this label map",
            attribute="colors",
            found="PhotometricInterpretation PALETTE COLOR",
            clause="PS3.3 C.8.20.2",
            remedy="Change the palette, or remove it with without_palette().",
        )
    changed = [*descriptions, *labels, *colors]
    return Successor(
        (segmentation,),
        f"Descriptions of segments changed: {_listed(changed)}",
        with_changes(segmentation, descriptions, labels, colors),
    )


def drop_palette(segmentation: Segmentation) -> Successor:
    """Let descriptions say the colours that a palette says."""
    attributes, descriptions = without_palette(segmentation, segmentation.segment_descriptions)
    return Successor(
        (segmentation,),
        "Colours of the palette moved to the descriptions of the segments",
        descriptions,
        attributes=attributes,
    )


def remove(segmentation: Segmentation, numbers: Iterable[int]) -> Successor:
    """Leave segments out; see :meth:`EditableSegmentation.without_segments`."""
    dropped = require_segments(segmentation, numbers)
    kept = [number for number in segmentation.segment_numbers if number not in dropped]
    if not kept:
        raise InvalidValueError(
            "no segment is left",
            attribute="segment_numbers",
            found=dropped,
            expected="at least one segment that stays",
            clause="PS3.3 C.8.20.2",
        )
    return _assigned(
        segmentation, {old: [old] for old in kept}, f"Segments removed: {_listed(dropped)}"
    )


def keep(segmentation: Segmentation, numbers: Iterable[int]) -> Successor:
    """Leave out all other segments; see :meth:`EditableSegmentation.with_only_segments`."""
    kept = require_segments(segmentation, numbers)
    members = {old: [old] for old in segmentation.segment_numbers if old in kept}
    return _assigned(segmentation, members, f"Segments kept: {_listed(members)}")


def renumber(segmentation: Segmentation, numbers: Mapping[int, int]) -> Successor:
    """Give segments other numbers; see :meth:`EditableSegmentation.renumbered`."""
    require_segments(segmentation, numbers)
    new = {old: int(numbers.get(old, old)) for old in segmentation.segment_numbers}
    if len(set(new.values())) < len(new):
        raise InvalidValueError(
            "two segments would have one number",
            attribute="numbers",
            found=dict(numbers),
            expected="a number of its own for each segment",
            clause="PS3.3 C.8.20.4",
            remedy="Use with_merged_segments to put segments together.",
        )
    expected = list(range(1, len(new) + 1))
    if not _is_labelmap(segmentation) and sorted(new.values()) != expected:
        raise InvalidValueError(
            "segments would not be numbered from 1 by 1",
            attribute="numbers",
            found=sorted(new.values()),
            expected=str(expected),
            clause="PS3.3 C.8.20.4",
        )
    if min(new.values()) < 1 or max(new.values()) > 65535:
        raise InvalidValueError(
            "value is not allowed",
            attribute="numbers",
            found=dict(numbers),
            expected="numbers from 1 to 65535; 0 is the background",
            clause="PS3.3 C.8.20.4",
        )
    attributes, items = without_palette(segmentation, segmentation.segment_descriptions)
    changed = [revised(item, SegmentNumber=new[item.segment_number]) for item in items]
    pairs = ", ".join(f"{old} to {now}" for old, now in new.items() if old != now)
    return Successor(
        (segmentation,),
        f"Segments renumbered: {pairs or 'none'}",
        sorted(changed, key=lambda item: item.segment_number),
        remapped(StoredFrames.of(segmentation), new),
        attributes=attributes,
    )


def merge(
    segmentation: Segmentation, numbers: Sequence[int], description: SegmentDescription | None
) -> Successor:
    """Put segments together; see :meth:`EditableSegmentation.with_merged_segments`."""
    together = require_segments(segmentation, numbers)
    if len(together) < 2:
        raise InvalidValueError(
            "one segment cannot be merged",
            attribute="segment_numbers",
            found=together,
            expected="two segments or more",
        )
    first = together[0]
    rest = [number for number in segmentation.segment_numbers if number not in together[1:]]
    return _assigned(
        segmentation,
        {number: together if number == first else [number] for number in rest},
        f"Segments merged: {_listed(together)}",
        {} if description is None else {first: description},
    )


def _assigned(
    segmentation: Segmentation,
    members: Mapping[int, Sequence[int]],
    derivation: str,
    descriptions: Mapping[int, SegmentDescription] | None = None,
) -> Successor:
    """Make segments of those of before; they are numbered from 1 by 1 where they have to be."""
    is_labelmap = _is_labelmap(segmentation)
    new = {old: old if is_labelmap else at for at, old in enumerate(members, 1)}
    numbers = {old: new[first] for first, olds in members.items() for old in olds}
    given = {
        number: check_type(item, SegmentDescription, "description")
        for number, item in (descriptions or {}).items()
    }
    items = [
        revised(given.get(item.segment_number, item), SegmentNumber=new[item.segment_number])
        for item in segmentation.segment_descriptions
        if item.segment_number in members
    ]
    frames = remapped(StoredFrames.of(segmentation), numbers)
    return Successor((segmentation,), derivation, items, frames)


def _is_labelmap(segmentation: Segmentation) -> bool:
    return segmentation.segmentation_type is SegmentationTypeValues.LABELMAP


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, dict.fromkeys(numbers)))
