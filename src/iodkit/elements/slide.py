"""Offsets in the slide coordinate system, which are stored in two units (PS3.3 C.8.12.6.1)."""

from __future__ import annotations

__all__ = ["MICROMETRES", "SLIDE_OFFSETS"]

SLIDE_OFFSETS = (
    "XOffsetInSlideCoordinateSystem",
    "YOffsetInSlideCoordinateSystem",
    "ZOffsetInSlideCoordinateSystem",
)
"""X and Y are stored in millimetres, Z in micrometres."""

MICROMETRES = 1000
"""Micrometres in a millimetre: what a stored Z is divided by to be in the unit of X and Y."""
