"""Palettes of label maps, which say colours by label: what becomes of them when labels change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.content import CIELabColor
from iodkit_seg.editing.revising import revised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation

__all__ = ["without_palette"]

_PALETTE = (
    "ICCProfile",
    "ColorSpace",
    "PaletteColorLookupTableUID",
    *(
        f"{prefix}{color}PaletteColorLookupTable{part}"
        for color in ("Red", "Green", "Blue", "Alpha")
        for prefix, part in (("", "Descriptor"), ("", "Data"), ("Segmented", "Data"))
    ),
)


def without_palette(
    segmentation: Segmentation, descriptions: Sequence[SegmentDescription]
) -> tuple[dict[str, Any], list[SegmentDescription]]:
    """Let descriptions say the colours that a palette says.

    Parameters
    ----------
    segmentation : Segmentation
        Segmentation, with a palette or not.
    descriptions : Sequence[SegmentDescription]
        Its segments, numbered as there.

    Returns
    -------
    attributes : dict[str, object]
        Attributes of a segmentation without palette; ``None`` for those to be removed.  None at
        all if there is no palette.
    descriptions : list[SegmentDescription]
        The segments, each with the colour that it has in the palette.
    """
    if segmentation.get("PhotometricInterpretation") != "PALETTE COLOR":
        return {}, list(descriptions)
    from iodkit_seg.overlay import segment_color

    attributes: dict[str, Any] = dict.fromkeys(_PALETTE)
    attributes |= {
        "PhotometricInterpretation": "MONOCHROME2",
        "PresentationLUTShape": "IDENTITY",
    }
    colored = [
        revised(
            item,
            RecommendedDisplayCIELabValue=list(
                CIELabColor.from_rgb(*segment_color(segmentation, item)).value
            ),
        )
        for item in descriptions
    ]
    return attributes, colored
