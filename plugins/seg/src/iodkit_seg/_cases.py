"""Cases for the conformance kit."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from iodkit.coding import codes
from iodkit.testing import phantom
from iodkit.testing.conformance import BadCall, ConformanceCase
from iodkit_seg.segments.description import SegmentDescription
from iodkit_seg.sop import Segmentation


def _inputs(kind: str, multiframe: bool) -> dict[str, Any]:
    images = [phantom.enhanced_ct(6, 24, 20)] if multiframe else phantom.ct_series(6, 24, 20)
    _, organs = phantom.ct_arrays(6, 24, 20)
    labels = np.zeros_like(organs)
    labels[organs == phantom.Organ.LIVER] = 1
    labels[organs == phantom.Organ.HEART] = 2
    return {
        "source_images": images,
        "pixel_array": labels,
        "segmentation_type": kind,
        "segment_descriptions": [
            SegmentDescription(1, "Liver", codes.SCT.Organ, codes.SCT.Liver, "MANUAL"),
            SegmentDescription(2, "Heart", codes.SCT.Organ, codes.SCT.Heart, "MANUAL"),
        ],
    }


def _case(kind: str, multiframe: bool) -> ConformanceCase:
    inputs = partial(_inputs, kind, multiframe)
    good = inputs()
    bad = (
        BadCall("source_images", {"source_images": []}),
        BadCall("pixel_array", {"pixel_array": good["pixel_array"][:-1]}),
        BadCall("pixel_array", {"segment_descriptions": good["segment_descriptions"][:1]}),
        BadCall("segment_descriptions", {"segment_descriptions": []}),
        BadCall("segmentation_type", {"segmentation_type": "MASK"}),
    )
    name = f"{kind} of {'a multi-frame image' if multiframe else 'a series'}"
    return ConformanceCase(name, Segmentation, inputs, bad)


def segmentations() -> list[ConformanceCase]:
    """Make a case for each type of segmentation by segments, and kind of source.

    Returns
    -------
    list[ConformanceCase]
        The cases.
    """
    return [_case(kind, multi) for kind in ("BINARY", "FRACTIONAL") for multi in (False, True)]


def label_maps() -> list[ConformanceCase]:
    """Make a case for label maps of each kind of source.

    Returns
    -------
    list[ConformanceCase]
        The cases.
    """
    return [_case("LABELMAP", multiframe) for multiframe in (False, True)]
