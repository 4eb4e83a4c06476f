"""Small segmentations whose every pixel is known, for tests of edits and conversions."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from hypothesis import strategies as st

import iodkit as ik
from iodkit.testing import phantom
from iodkit_seg import Segmentation, SegmentDescription
from segments import EQUIPMENT, descriptions

TYPES = ("BINARY", "FRACTIONAL", "LABELMAP")
# Sizes divisible by 8 and not.
SHAPES = ((3, 16, 16), (4, 13, 17), (2, 15, 16))


@lru_cache
def sources(shape: tuple[int, int, int]) -> tuple[Any, ...]:
    """A series of this size; nobody changes it."""
    return tuple(phantom.ct_series(*shape))


def make(labels_or_masks: np.ndarray, kind: str, count: int, **options: Any) -> Segmentation:
    """Make a segmentation of pixels in the order of the series."""
    shape = labels_or_masks.shape[:3]
    with ik.defaults(equipment=EQUIPMENT):
        return Segmentation(
            list(sources(shape)), labels_or_masks, kind, descriptions(count), **options
        )


def example(kind: str = "BINARY", count: int = 3) -> tuple[Segmentation, np.ndarray]:
    """Blocks of segments in planes that differ."""
    labels = np.zeros(SHAPES[1], np.uint8)
    for number in range(1, count + 1):
        labels[number - 1 :, 3 * number : 3 * number + 2, 2:9] = number
    return make(labels, kind, count), labels


def new_descriptions(count: int) -> list[SegmentDescription]:
    """Descriptions that are not those of `make`."""
    return [
        SegmentDescription(n, f"New {n}", ik.codes.SCT.Organ, ik.codes.SCT.Heart, "MANUAL")
        for n in range(1, count + 1)
    ]


def masks_of(seg: Segmentation, planes: int | None = None) -> np.ndarray:
    """All masks by source image: (planes, rows, columns, segments), zeros where no frame is."""
    shape = next(s for s in SHAPES if planes in {None, s[0]} and _is_of(seg, s))
    uids = [str(image.SOPInstanceUID) for image in sources(shape)]
    return np.asarray(
        seg.get_pixels_by_source_instance(
            uids, ignore_spatial_locations=True, assert_missing_frames_are_empty=True
        )
    )


def _is_of(seg: Segmentation, shape: tuple[int, int, int]) -> bool:
    series = str(sources(shape)[0].SeriesInstanceUID)
    return any(str(item.SeriesInstanceUID) == series for item in seg.ReferencedSeriesSequence)


def saved(seg: Segmentation) -> bytes:
    """The file that it would be written to."""
    out = BytesIO()
    seg.save_as(out)
    return out.getvalue()


@st.composite
def labelled(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    """A label map of several segments, of which some may be empty, and their number."""
    shape = draw(st.sampled_from(SHAPES))
    count = draw(st.integers(2, 4))
    seed = draw(st.integers(0, 2**32 - 1))
    density = draw(st.sampled_from([0.02, 0.3, 0.9]))
    random = np.random.default_rng(seed)
    labels = random.integers(1, count + 1, shape).astype(np.uint8)
    labels[random.random(shape) > density] = 0
    labels[random.random(shape[0]) > 0.7] = 0
    labels[0, 0, 0] = 1
    return labels, count


@st.composite
def masked(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    """Masks of several segments that may overlap, and their number."""
    labels, count = draw(labelled())
    masks = np.stack([labels == number for number in range(1, count + 1)], axis=-1)
    for number in range(1, count):
        if draw(st.booleans()):
            masks[..., number] |= np.roll(masks[..., number - 1], 1, axis=2)
    return masks.astype(np.uint8), count
