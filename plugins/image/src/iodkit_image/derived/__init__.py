"""What every image that is derived from other images needs: its sources, planes and references."""

from iodkit_image.derived.planes import PlaneStack, align_volume
from iodkit_image.derived.references import (
    lossy_compression_of,
    write_frame_of_reference,
    write_referenced_series,
)
from iodkit_image.derived.sources import SourceFrames, require_identified

__all__ = [
    "PlaneStack",
    "SourceFrames",
    "align_volume",
    "lossy_compression_of",
    "require_identified",
    "write_frame_of_reference",
    "write_referenced_series",
]
