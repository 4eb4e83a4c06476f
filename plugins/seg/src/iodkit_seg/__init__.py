"""Segmentations and label maps (PS3.3 A.51): the segmentation family of iodkit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit_seg.conversion.files import combine_segmentations
    from iodkit_seg.creation.dimensions import DimensionIndexSequence
    from iodkit_seg.enums import (
        SegmentAlgorithmTypeValues,
        SegmentationFractionalTypeValues,
        SegmentationTypeValues,
        SegmentsOverlapValues,
        SpatialLocationsPreservedValues,
    )
    from iodkit_seg.interchange.contours import (
        Contour,
        contours_to_labelled,
        segmentation_to_contours,
    )
    from iodkit_seg.interchange.dcmqi import (
        DcmqiMetadata,
        read_dcmqi,
        read_dcmqi_metadata,
        write_dcmqi,
    )
    from iodkit_seg.interchange.describing import describe_segments
    from iodkit_seg.interchange.label_table import read_label_table, write_label_table
    from iodkit_seg.interchange.labelled import LabelledVolume
    from iodkit_seg.interchange.labels import read_labels, write_labels
    from iodkit_seg.interchange.names import SegmentCodes, find_segment_codes
    from iodkit_seg.interchange.nifti import read_nifti, write_nifti
    from iodkit_seg.interchange.nrrd import read_seg_nrrd, write_seg_nrrd
    from iodkit_seg.interchange.polygons import mask_to_polygons, polygons_to_mask
    from iodkit_seg.interchange.records import SegmentRecord
    from iodkit_seg.measurement.table import BoundingBox, SegmentRow, SegmentTable
    from iodkit_seg.pyramid import create_segmentation_pyramid
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation, segread
    from iodkit_seg.streaming import SegmentationWriter

__all__ = [
    "BoundingBox",
    "Contour",
    "DcmqiMetadata",
    "DimensionIndexSequence",
    "LabelledVolume",
    "SegmentAlgorithmTypeValues",
    "SegmentCodes",
    "SegmentDescription",
    "SegmentRecord",
    "SegmentRow",
    "SegmentTable",
    "Segmentation",
    "SegmentationFractionalTypeValues",
    "SegmentationTypeValues",
    "SegmentationWriter",
    "SegmentsOverlapValues",
    "SpatialLocationsPreservedValues",
    "combine_segmentations",
    "contours_to_labelled",
    "create_segmentation_pyramid",
    "describe_segments",
    "find_segment_codes",
    "mask_to_polygons",
    "polygons_to_mask",
    "read_dcmqi",
    "read_dcmqi_metadata",
    "read_label_table",
    "read_labels",
    "read_nifti",
    "read_seg_nrrd",
    "segmentation_to_contours",
    "segread",
    "write_dcmqi",
    "write_label_table",
    "write_labels",
    "write_nifti",
    "write_seg_nrrd",
]

# The registry imports this package when it looks for plugins, so nothing is imported until used.
_HOMES = {
    "conversion.files": ("combine_segmentations",),
    "segments.description": ("SegmentDescription",),
    "creation.dimensions": ("DimensionIndexSequence",),
    "enums": (
        "SegmentAlgorithmTypeValues",
        "SegmentationFractionalTypeValues",
        "SegmentationTypeValues",
        "SegmentsOverlapValues",
        "SpatialLocationsPreservedValues",
    ),
    "measurement.table": ("BoundingBox", "SegmentRow", "SegmentTable"),
    "interchange.contours": (
        "Contour",
        "contours_to_labelled",
        "segmentation_to_contours",
    ),
    "interchange.dcmqi": (
        "DcmqiMetadata",
        "read_dcmqi",
        "read_dcmqi_metadata",
        "write_dcmqi",
    ),
    "interchange.describing": ("describe_segments",),
    "interchange.label_table": (
        "read_label_table",
        "write_label_table",
    ),
    "interchange.labelled": ("LabelledVolume",),
    "interchange.labels": (
        "read_labels",
        "write_labels",
    ),
    "interchange.names": (
        "SegmentCodes",
        "find_segment_codes",
    ),
    "interchange.nifti": (
        "read_nifti",
        "write_nifti",
    ),
    "interchange.nrrd": (
        "read_seg_nrrd",
        "write_seg_nrrd",
    ),
    "interchange.polygons": (
        "mask_to_polygons",
        "polygons_to_mask",
    ),
    "interchange.records": ("SegmentRecord",),
    "pyramid": ("create_segmentation_pyramid",),
    "sop": ("Segmentation", "segread"),
    "streaming": ("SegmentationWriter",),
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
