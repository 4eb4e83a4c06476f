"""Colours for segments that have none, since viewers rely on them (PS3.3 C.8.20.4)."""

from __future__ import annotations

import math
from copy import copy
from typing import TYPE_CHECKING

from iodkit.content import CIELabColor

if TYPE_CHECKING:
    from iodkit_seg.description import SegmentDescription

__all__ = ["default_color", "with_color"]

# Turning by this angle keeps any number of hues well apart.
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_LIGHTNESS = (68.0, 52.0, 82.0)
_CHROMA = 58.0


def default_color(segment_number: int) -> CIELabColor:
    """Choose a colour that differs from those of other segments.

    Parameters
    ----------
    segment_number : int
        Number of the segment; 0 for the background.

    Returns
    -------
    CIELabColor
        Always the same one for a number; black for the background.
    """
    if segment_number == 0:
        return CIELabColor(0.0, 0.0, 0.0)
    hue = segment_number * _GOLDEN_ANGLE
    lightness = _LIGHTNESS[segment_number % len(_LIGHTNESS)]
    return CIELabColor(lightness, _CHROMA * math.cos(hue), _CHROMA * math.sin(hue))


def with_color(description: SegmentDescription) -> SegmentDescription:
    """Give a description a colour, if it has none.

    Parameters
    ----------
    description : SegmentDescription
        Description; it is not changed.

    Returns
    -------
    SegmentDescription
        The same, or a copy with a colour.
    """
    if description.display_color is not None:
        return description
    twin = copy(description)
    twin.RecommendedDisplayCIELabValue = list(default_color(description.segment_number).value)
    return twin
