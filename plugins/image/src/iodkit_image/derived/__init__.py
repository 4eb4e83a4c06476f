"""What every image that is derived from other images needs: its sources, planes and references."""

from iodkit_image.derived.arrangement import FrameArrangement, require_shape
from iodkit_image.derived.matching import align_volume, fit_to_sources
from iodkit_image.derived.pieces import (
    PixelPiece,
    as_sliceable,
    corner_of_region,
    cut_block,
    matrix_pieces,
    plane_pieces,
)
from iodkit_image.derived.planes import PlaneStack
from iodkit_image.derived.references import (
    lossy_compression_of,
    write_frame_of_reference,
    write_referenced_series,
)
from iodkit_image.derived.sources import SourceFrames, require_identified
from iodkit_image.derived.stacks import PlaneStacks, arrange_planes
from iodkit_image.derived.tiles import TileGrid
from iodkit_image.derived.unplaced import UnplacedFrames

__all__ = [
    "FrameArrangement",
    "PixelPiece",
    "PlaneStack",
    "PlaneStacks",
    "SourceFrames",
    "TileGrid",
    "UnplacedFrames",
    "align_volume",
    "arrange_planes",
    "as_sliceable",
    "corner_of_region",
    "cut_block",
    "fit_to_sources",
    "lossy_compression_of",
    "matrix_pieces",
    "plane_pieces",
    "require_identified",
    "require_shape",
    "write_frame_of_reference",
    "write_referenced_series",
]
