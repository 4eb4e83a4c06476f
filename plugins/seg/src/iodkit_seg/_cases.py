"""Cases for the conformance kit."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from iodkit.coding import codes
from iodkit.testing import phantom
from iodkit.testing.kit import BadCall, ConformanceCase
from iodkit_seg.description import SegmentDescription
from iodkit_seg.sop import LABEL_MAP_SEGMENTATION_STORAGE, SEGMENTATION_STORAGE, Segmentation

_EQUIPMENT: dict[str, Any] = {
    "manufacturer": "iodkit",
    "manufacturer_model_name": "Conformance",
    "software_versions": "1",
    "device_serial_number": "1",
}


def _inputs(multiframe: bool = False) -> tuple[Any, ...]:
    images = [phantom.enhanced_ct(6, 24, 20)] if multiframe else phantom.ct_series(6, 24, 20)
    _, organs = phantom.ct_arrays(6, 24, 20)
    segments = [
        SegmentDescription(1, "Liver", codes.SCT.Organ, codes.SCT.Liver, "MANUAL"),
        SegmentDescription(2, "Heart", codes.SCT.Organ, codes.SCT.Heart, "MANUAL"),
    ]
    labels = np.zeros_like(organs)
    labels[organs == phantom.Organ.LIVER] = 1
    labels[organs == phantom.Organ.HEART] = 2
    return images, labels, segments


def _make(kind: str, images: Any, labels: Any, segments: Any) -> Segmentation:
    return Segmentation(images, labels, kind, segments, **_EQUIPMENT)


def _bad_calls(kind: str) -> tuple[BadCall, ...]:
    images, labels, segments = _inputs()
    return (
        BadCall(lambda: _make(kind, [], labels, segments), "source_images"),
        BadCall(lambda: _make(kind, images, labels[:-1], segments), "pixel_array"),
        BadCall(lambda: _make(kind, images, labels, segments[:1]), "pixel_array"),
        BadCall(lambda: _make(kind, images, labels, []), "segment_descriptions"),
        BadCall(lambda: _make("MASK", images, labels, segments), "segmentation_type"),
    )


def cases() -> list[ConformanceCase]:
    """Make a case for each type of segmentation and kind of source.

    Returns
    -------
    list[ConformanceCase]
        The cases.
    """
    return [
        ConformanceCase(
            f"{kind} of {'a multi-frame image' if multiframe else 'a series'}",
            str(LABEL_MAP_SEGMENTATION_STORAGE if kind == "LABELMAP" else SEGMENTATION_STORAGE),
            partial(_make, kind),
            partial(_inputs, multiframe),
            _bad_calls(kind),
        )
        for kind in ("BINARY", "FRACTIONAL", "LABELMAP")
        for multiframe in (False, True)
    ]
