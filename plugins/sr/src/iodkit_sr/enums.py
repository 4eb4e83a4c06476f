"""Enumerated values of structured reports (PS3.3 C.17, C.18)."""

from __future__ import annotations

from enum import Enum

from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues

__all__ = [
    "GraphicTypeValues",
    "GraphicTypeValues3D",
    "PixelOriginInterpretationValues",
    "RelationshipTypeValues",
    "TemporalRangeTypeValues",
    "ValueTypeValues",
]


class GraphicTypeValues(Enum):
    """Graphic Type of image coordinates (PS3.3 C.18.6.1.2)."""

    CIRCLE = "CIRCLE"
    ELLIPSE = "ELLIPSE"
    MULTIPOINT = "MULTIPOINT"
    POINT = "POINT"
    POLYLINE = "POLYLINE"


class GraphicTypeValues3D(Enum):
    """Graphic Type of coordinates in the patient or on a slide (PS3.3 C.18.9.1.2)."""

    ELLIPSE = "ELLIPSE"
    ELLIPSOID = "ELLIPSOID"
    MULTIPOINT = "MULTIPOINT"
    POINT = "POINT"
    POLYGON = "POLYGON"
    POLYLINE = "POLYLINE"


class PixelOriginInterpretationValues(Enum):
    """What coordinates of tiled images are relative to (PS3.3 C.18.6.1)."""

    FRAME = "FRAME"
    VOLUME = "VOLUME"


class TemporalRangeTypeValues(Enum):
    """Temporal Range Type (PS3.3 C.18.7.1.1)."""

    BEGIN = "BEGIN"
    END = "END"
    MULTIPOINT = "MULTIPOINT"
    MULTISEGMENT = "MULTISEGMENT"
    POINT = "POINT"
    SEGMENT = "SEGMENT"
