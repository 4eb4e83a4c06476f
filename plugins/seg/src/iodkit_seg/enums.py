"""Enumerated values of the segmentation modules (PS3.3 C.8.20)."""

from __future__ import annotations

from enum import Enum

__all__ = [
    "SegmentAlgorithmTypeValues",
    "SegmentationFractionalTypeValues",
    "SegmentationTypeValues",
    "SegmentsOverlapValues",
    "SpatialLocationsPreservedValues",
]


class SegmentAlgorithmTypeValues(Enum):
    """Segment Algorithm Type (PS3.3 C.8.20.4)."""

    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    MANUAL = "MANUAL"


class SegmentationFractionalTypeValues(Enum):
    """Segmentation Fractional Type (PS3.3 C.8.20.2.3.2)."""

    PROBABILITY = "PROBABILITY"
    OCCUPANCY = "OCCUPANCY"


class SegmentationTypeValues(Enum):
    """Segmentation Type (PS3.3 C.8.20.2.3)."""

    BINARY = "BINARY"
    FRACTIONAL = "FRACTIONAL"
    LABELMAP = "LABELMAP"


class SegmentsOverlapValues(Enum):
    """Segments Overlap (PS3.3 C.8.20.2)."""

    YES = "YES"
    UNDEFINED = "UNDEFINED"
    NO = "NO"


class SpatialLocationsPreservedValues(Enum):
    """Spatial Locations Preserved (PS3.3 C.7.6.16.2.6)."""

    YES = "YES"
    NO = "NO"
    REORIENTED_ONLY = "REORIENTED_ONLY"
