"""Segmentations of the phantom for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

import iodkit as ik
from iodkit.content import AlgorithmIdentificationSequence
from iodkit.testing import phantom
from iodkit_seg import SegmentDescription

EQUIPMENT = ik.Equipment(
    manufacturer="Tests",
    manufacturer_model_name="pytest",
    software_versions="1",
    device_serial_number="7",
)
ORGANS = (phantom.Organ.LIVER, phantom.Organ.HEART, phantom.Organ.VERTEBRAE)


def descriptions(count: int = 3, **changes: Any) -> list[SegmentDescription]:
    """Describe segments, numbered from 1."""
    algorithm = AlgorithmIdentificationSequence(
        name="Test", family=ik.codes.DCM.ArtificialIntelligence, version="1"
    )
    arguments = {
        "segmented_property_category": ik.codes.SCT.AnatomicalStructure,
        "segmented_property_type": ik.codes.SCT.Liver,
        "algorithm_type": "AUTOMATIC",
        "algorithm_identification": algorithm,
        **changes,
    }
    return [SegmentDescription(n, f"Segment {n}", **arguments) for n in range(1, count + 1)]


def organ_labels(planes: int, rows: int, columns: int, *, variant: str = "axial") -> np.ndarray:
    """Label map of three organs, numbered 1 to 3, in the order of the series."""
    _, labels = phantom.ct_arrays(planes, rows, columns, variant=variant)
    out = np.zeros_like(labels)
    for number, organ in enumerate(ORGANS, 1):
        out[labels == organ] = number
    assert set(np.unique(out)) == {0, 1, 2, 3}
    return out
