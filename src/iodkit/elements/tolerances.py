"""Every default tolerance of places and directions, relative so that scale does not matter.

Lengths are judged as fractions of a spacing, a pixel or an extent, directions as numbers without
unit; so micrometres of a slide and millimetres of a patient are treated alike.  ``docs/space.md``
has the same table in words.
"""

from __future__ import annotations

__all__ = [
    "AFFINE_TOLERANCE",
    "COPLANAR_TOLERANCE",
    "DUPLICATE_RATIO",
    "EQUAL_VALUES",
    "EXACT_TOLERANCE",
    "GEOMETRY_TOLERANCE",
    "GEOMETRY_VOXELS",
    "ORIENTATION_TOLERANCE",
    "PERPENDICULAR_TOLERANCE",
    "PIXEL_DRIFT",
    "SAME_DIRECTION",
    "SAME_PLACE",
    "SAME_PLANE",
    "SAME_SPACING",
    "SPACING_DRIFT",
    "SPACING_TOLERANCE",
    "VOXEL_EDGE",
]

EXACT_TOLERANCE = 1e-5
"""Errors of orthonormality up to this one are rounding of the text: values are kept as given."""

EQUAL_VALUES = 1e-5
"""Largest relative difference between values of frames that count as one: texts are rounded."""

ORIENTATION_TOLERANCE = 2e-3
"""Largest error of direction cosines that is repaired: what three decimals can leave."""

AFFINE_TOLERANCE = 1e-4
"""Largest error of orthogonality of an affine matrix that is repaired."""

SPACING_TOLERANCE = 0.01
"""Largest difference between a gap and the spacing, as a fraction of the spacing."""

SPACING_DRIFT = 0.25
"""Largest error of a plane's place that defaults accept, as a fraction of the spacing."""

PIXEL_DRIFT = 0.5
"""Largest shift in plane that defaults accept, in pixels, where their size is known."""

PERPENDICULAR_TOLERANCE = 1e-3
"""Largest value of 1 - cos(angle) between the normal and the line from the first plane."""

SAME_DIRECTION = 1e-4
"""Largest difference between direction cosines of parallel planes."""

SAME_PLACE = 1e-2
"""Largest distance of a derived plane from its source, as a fraction of spacing or pixel."""

SAME_SPACING = 1e-4
"""Largest relative difference between pixel spacings of a derived plane and of its source."""

DUPLICATE_RATIO = 1e-3
"""Gaps smaller than this fraction of the next larger one are none: the positions are the same."""

SAME_PLANE = 1e-3
"""Two planes count as one if pixels of the one are no farther from the other, in pixels."""

COPLANAR_TOLERANCE = 1e-5
"""Largest distance of points from their plane, in the unit of the points, as in the interface."""

GEOMETRY_TOLERANCE = 1e-5
"""Largest distance between corresponding corners of equal grids, as a fraction of the diagonal."""

GEOMETRY_VOXELS = 1000.0
"""What a tolerance of 1 allows at most in voxels: the default then allows a hundredth."""

VOXEL_EDGE = 1e-6
"""Fraction of a voxel by which a place may miss a border, or a step, and still count as on it."""
