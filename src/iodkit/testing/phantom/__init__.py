"""A synthetic patient: deterministic, anatomical-looking images with known labels.

Nothing here comes from a person.  The same call always gives the same bytes.
"""

from iodkit.testing.phantom.ct import VARIANTS, ct_arrays, ct_series
from iodkit.testing.phantom.multiframe import enhanced_ct
from iodkit.testing.phantom.projection import chest_xray
from iodkit.testing.phantom.segments import SEGMENTS, Organ, PhantomSegment
from iodkit.testing.phantom.slide import slide_image
from iodkit.testing.phantom.ultrasound import ultrasound_cine

__all__ = [
    "SEGMENTS",
    "VARIANTS",
    "Organ",
    "PhantomSegment",
    "chest_xray",
    "ct_arrays",
    "ct_series",
    "enhanced_ct",
    "slide_image",
    "ultrasound_cine",
]
