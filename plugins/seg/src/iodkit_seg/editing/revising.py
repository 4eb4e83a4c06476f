"""Descriptions of segments, revised without touching those that they are made from."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from iodkit.content import CIELabColor
from iodkit.elements import check_string, check_type
from iodkit.errors import InvalidValueError
from iodkit_seg.segments.description import SegmentDescription

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iodkit_seg.reading.queries import SegmentQueries

__all__ = ["require_segments", "revised", "with_changes"]


def revised(description: SegmentDescription, **attributes: Any) -> SegmentDescription:
    """Give a description other values of some attributes.

    Parameters
    ----------
    description : SegmentDescription
        Description; it is not changed.
    **attributes
        Keywords and values.

    Returns
    -------
    SegmentDescription
        A description that shares all its other elements.
    """
    twin = copy(description)
    for keyword, value in attributes.items():
        # A new element: setting the value of the old one would change the original.
        twin.pop(keyword, None)
        setattr(twin, keyword, value)
    return twin


def with_changes(
    segmentation: SegmentQueries,
    descriptions: Mapping[int, SegmentDescription],
    labels: Mapping[int, str],
    colors: Mapping[int, CIELabColor],
) -> list[SegmentDescription]:
    """Replace descriptions, labels and colours of segments.

    Parameters
    ----------
    segmentation : SegmentQueries
        Segmentation; it is not changed.
    descriptions : Mapping[int, SegmentDescription]
        New descriptions by the number of the segment that they replace.
    labels : Mapping[int, str]
        New labels by number.
    colors : Mapping[int, CIELabColor]
        New colours by number.

    Returns
    -------
    list[SegmentDescription]
        Descriptions of all segments.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If there is no such segment, or a value is not allowed.
    """
    require_segments(segmentation, [*descriptions, *labels, *colors])
    out = []
    for before in segmentation.segment_descriptions:
        number = before.segment_number
        item = before
        if number in descriptions:
            item = check_type(descriptions[number], SegmentDescription, "descriptions")
            item = revised(item, SegmentNumber=number)
        if number in labels:
            item = revised(item, SegmentLabel=check_string(labels[number], "LO", "SegmentLabel"))
        if number in colors:
            color = check_type(colors[number], CIELabColor, "colors")
            item = revised(item, RecommendedDisplayCIELabValue=list(color.value))
        out.append(item)
    return out


def require_segments(segmentation: SegmentQueries, numbers: Iterable[int]) -> list[int]:
    """Raise if a segment does not exist.

    Parameters
    ----------
    segmentation : SegmentQueries
        Segmentation.
    numbers : Iterable[int]
        Numbers of segments.

    Returns
    -------
    list[int]
        The numbers, each once.

    Raises
    ------
    InvalidValueError
        If a number is that of no segment, or there is none.
    """
    known = segmentation.segment_numbers
    wanted = list(dict.fromkeys(numbers))
    unknown = [number for number in wanted if number not in known]
    if unknown or not wanted:
        raise InvalidValueError(
            "no such segments" if unknown else "no segment is named",
            attribute="segment_numbers",
            found=unknown,
            expected=f"some of {known}",
        )
    return [int(number) for number in wanted]
