"""A synthetic patient: deterministic, anatomical-looking images with known labels.

Nothing here comes from a person.  The same call always gives the same bytes.
"""

from iodkit.testing.phantom.ct import VARIANTS, ct_arrays, ct_series
from iodkit.testing.phantom.multiframe import enhanced_ct
from iodkit.testing.phantom.segments import SEGMENTS, Organ, PhantomSegment
from iodkit.testing.phantom.slide import slide_image

__all__ = [
    "SEGMENTS",
    "VARIANTS",
    "Organ",
    "PhantomSegment",
    "ct_arrays",
    "ct_series",
    "enhanced_ct",
    "slide_image",
]
