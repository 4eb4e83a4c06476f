"""Several instances of one, and one of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.context import generate_uid
from iodkit.elements import check_type
from iodkit.errors import InvalidValueError
from iodkit_seg.editing.palettes import without_palette
from iodkit_seg.editing.revising import revised
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.sop import Segmentation
from iodkit_seg.stored.joining import joined, require_joinable
from iodkit_seg.stored.successor import Successor
from iodkit_seg.stored.tiling import tiled_alike

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from iodkit_seg.stored.options import InstanceOptions

__all__ = ["combine_segmentations", "in_one_series"]


def in_one_series(
    changes: Sequence[Successor], **options: Unpack[InstanceOptions]
) -> list[Segmentation]:
    """Make several new instances of one series.

    Parameters
    ----------
    changes : Sequence[Successor]
        What they are made of.
    **options : Unpack[InstanceOptions]
        Attributes that they share; `instance_number` is that of the first.

    Returns
    -------
    list[Segmentation]
        The new instances.
    """
    identifier = options.get("sop_instance_uid")
    if identifier is not None:
        raise InvalidValueError(
            "several instances cannot have one identifier",
            attribute="sop_instance_uid",
            found=identifier,
            remedy="Leave it out.",
        )
    first = options.get("instance_number") or 1
    common: InstanceOptions = {**options}
    common["series_instance_uid"] = options.get("series_instance_uid") or generate_uid()
    made = []
    for number, change in enumerate(changes, first):
        common["instance_number"] = number
        made.append(change.make(**common))
    return made


def combine_segmentations(
    segmentations: Sequence[Segmentation], **options: Unpack[InstanceOptions]
) -> Segmentation:
    """Bring the segments of several segmentations into one.

    Parameters
    ----------
    segmentations : Sequence[Segmentation]
        Segmentations of one study, frame of reference, type and grid; not of the same places, if
        the grid has gaps.  They are not changed.
    **options : Unpack[InstanceOptions]
        Attributes of the new instance; see :class:`InstanceOptions`.

    Returns
    -------
    Segmentation
        A new instance that refers to all of them, in the transfer syntax of the first.  Segments
        are numbered from 1 by 1 in the order given; those of label maps keep their numbers where
        these are free.

    Raises
    ------
    InvalidValueError
        If there are fewer than two, or they differ in type or grid; the error names the attribute.
    GeometryError
        If orientation or spacing of their pixels differ.
    OverlappingSegmentsError
        If segments of label maps would overlap.
    """
    parts = [check_type(part, Segmentation, "segmentations") for part in segmentations]
    uids = [str(part.SOPInstanceUID) for part in parts]
    if len(parts) < 2 or len(set(uids)) < len(uids):
        raise InvalidValueError(
            "one segmentation cannot be combined"
            if len(parts) < 2
            else "a segmentation is given twice",
            attribute="segmentations",
            found=uids,
            expected="two different segmentations or more",
        )
    require_joinable(parts)
    tiled, organization = tiled_alike(parts)
    is_labelmap = parts[0].segmentation_type is SegmentationTypeValues.LABELMAP
    # Palettes of several label maps are not one palette: descriptions say the colours.
    plain = [without_palette(part, part.segment_descriptions) for part in parts]
    numbers = _numbers([part.segment_numbers for part in parts], is_labelmap)
    items = [
        revised(item, SegmentNumber=mapping[item.segment_number])
        for (_, descriptions), mapping in zip(plain, numbers, strict=True)
        for item in descriptions
    ]
    return Successor(
        tuple(parts),
        f"{len(parts)} segmentations combined",
        sorted(items, key=lambda item: item.segment_number),
        joined(tiled, numbers),
        attributes={**plain[0][0], **organization},
    ).make(**options)


def _numbers(groups: Sequence[Sequence[int]], may_have_gaps: bool) -> list[Mapping[int, int]]:
    """New number of each segment of each part."""
    flat = [number for group in groups for number in group]
    if may_have_gaps and len(set(flat)) == len(flat):
        return [{number: number for number in group} for group in groups]
    found: list[Mapping[int, int]] = []
    taken: set[int] = set()
    following = 1
    for group in groups:
        mapping = {}
        for number in group:
            if may_have_gaps and number not in taken:
                mapping[number] = number
            else:
                while following in taken or (may_have_gaps and following in flat):
                    following += 1
                mapping[number] = following
            taken.add(mapping[number])
        found.append(mapping)
    return found
