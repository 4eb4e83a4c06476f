"""What kinds of content items there are, and how they relate to the item above."""

from __future__ import annotations

from enum import Enum

__all__ = ["RelationshipTypeValues", "ValueTypeValues"]


class ValueTypeValues(Enum):
    """Value Type of a content item (PS3.3 C.17.3.2.1, and 10.2 for ``NUMERIC``)."""

    CODE = "CODE"
    COMPOSITE = "COMPOSITE"
    CONTAINER = "CONTAINER"
    DATE = "DATE"
    DATETIME = "DATETIME"
    IMAGE = "IMAGE"
    NUM = "NUM"
    # How the Content Item Macro, outside of SR documents, holds numbers.
    NUMERIC = "NUMERIC"
    PNAME = "PNAME"
    SCOORD = "SCOORD"
    SCOORD3D = "SCOORD3D"
    TABLE = "TABLE"
    TCOORD = "TCOORD"
    TEXT = "TEXT"
    TIME = "TIME"
    UIDREF = "UIDREF"
    WAVEFORM = "WAVEFORM"


class RelationshipTypeValues(Enum):
    """Relationship Type of a content item to the one above it (PS3.3 C.17.3.2.4)."""

    CONTAINS = "CONTAINS"
    HAS_ACQ_CONTEXT = "HAS ACQ CONTEXT"
    HAS_CONCEPT_MOD = "HAS CONCEPT MOD"
    HAS_OBS_CONTEXT = "HAS OBS CONTEXT"
    HAS_PROPERTIES = "HAS PROPERTIES"
    INFERRED_FROM = "INFERRED FROM"
    SELECTED_FROM = "SELECTED FROM"
