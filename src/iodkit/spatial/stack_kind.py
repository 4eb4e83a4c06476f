"""The kinds of arrangement that planes can have."""

from __future__ import annotations

from enum import Enum

__all__ = ["StackKind"]


class StackKind(Enum):
    """What planes are together."""

    REGULAR = "REGULAR"
    """Equally spaced along their normal."""
    SINGLE_PLANE = "SINGLE_PLANE"
    """One plane only."""
    MISSING_PLANES = "MISSING_PLANES"
    """Equally spaced, but some gaps are whole multiples of the spacing."""
    DUPLICATES = "DUPLICATES"
    """Some positions occur more than once."""
    REPEATED_STACKS = "REPEATED_STACKS"
    """Every position occurs equally often: time points, echoes, diffusion weightings."""
    TILTED = "TILTED"
    """Shifted in plane in proportion to the distance, as by a tilted gantry."""
    SEVERAL_STACKS = "SEVERAL_STACKS"
    """Stacks beside each other: parallel planes that are shifted against each other."""
    VARYING_SPACING = "VARYING_SPACING"
    """Gaps differ and are no whole multiples of one spacing."""
    MIXED_ORIENTATION = "MIXED_ORIENTATION"
    """Planes are not parallel."""
    MIXED_GRIDS = "MIXED_GRIDS"
    """Planes differ in pixel spacing or in the number of rows and columns."""
    MIXED_FRAMES_OF_REFERENCE = "MIXED_FRAMES_OF_REFERENCE"
    """Positions belong to different frames of reference, so they cannot be compared."""
