"""Segmentations and label maps (PS3.3 A.51): the segmentation family of iodkit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit_seg.conversion.files import combine_segmentations
    from iodkit_seg.description import SegmentDescription
    from iodkit_seg.dimensions import DimensionIndexSequence
    from iodkit_seg.enums import (
        SegmentAlgorithmTypeValues,
        SegmentationFractionalTypeValues,
        SegmentationTypeValues,
        SegmentsOverlapValues,
        SpatialLocationsPreservedValues,
    )
    from iodkit_seg.measurement.table import BoundingBox, SegmentRow, SegmentTable
    from iodkit_seg.pyramid import create_segmentation_pyramid
    from iodkit_seg.sop import Segmentation, segread

__all__ = [
    "BoundingBox",
    "DimensionIndexSequence",
    "SegmentAlgorithmTypeValues",
    "SegmentDescription",
    "SegmentRow",
    "SegmentTable",
    "Segmentation",
    "SegmentationFractionalTypeValues",
    "SegmentationTypeValues",
    "SegmentsOverlapValues",
    "SpatialLocationsPreservedValues",
    "combine_segmentations",
    "create_segmentation_pyramid",
    "segread",
]

# The registry imports this package when it looks for plugins, so nothing is imported until used.
_HOMES = {
    "conversion.files": ("combine_segmentations",),
    "description": ("SegmentDescription",),
    "dimensions": ("DimensionIndexSequence",),
    "enums": (
        "SegmentAlgorithmTypeValues",
        "SegmentationFractionalTypeValues",
        "SegmentationTypeValues",
        "SegmentsOverlapValues",
        "SpatialLocationsPreservedValues",
    ),
    "measurement.table": ("BoundingBox", "SegmentRow", "SegmentTable"),
    "pyramid": ("create_segmentation_pyramid",),
    "sop": ("Segmentation", "segread"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too, imported or not."""
    return sorted({*globals(), *__all__})
