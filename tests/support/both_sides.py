"""Segmentations by highdicom and by us: the same calls on both sides, and what may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.datadict import keyword_for_tag

import iodkit as ik
from iodkit_seg import (
    DimensionIndexSequence,
    Segmentation,
    SegmentDescription,
    create_segmentation_pyramid,
    segread,
)
from iodkit_seg.utils import iter_segments
from referees import highdicom

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

SHAPE = (6, 24, 20)
KINDS = ["BINARY", "FRACTIONAL", "LABELMAP"]
# New in each object, or a statement about the library that wrote it.
INDIVIDUAL = {
    "DimensionOrganizationUID",
    "ContentDate",
    "ContentTime",
    "InstanceCreationDate",
    "InstanceCreationTime",
    "SeriesDate",
    "SeriesTime",
    "SpecificCharacterSet",
    "PixelData",
    "TimezoneOffsetFromUTC",
}


def one_side(which):
    """Classes and functions of one side, under the same names."""
    if which == "ours":
        return {
            "description": SegmentDescription,
            "segmentation": Segmentation,
            "read": segread,
            "pyramid": create_segmentation_pyramid,
            "dimensions": DimensionIndexSequence,
            "algorithm": ik.AlgorithmIdentificationSequence,
            "color": ik.CIELabColor,
            "measures": ik.PixelMeasuresSequence,
            "orientation": ik.PlaneOrientationSequence,
            "position": ik.PlanePositionSequence,
            "equipment": ik.ContributingEquipment,
            "volume": ik.Volume,
            "iterate": iter_segments,
        }
    hd = highdicom()
    return {
        "description": hd.seg.SegmentDescription,
        "segmentation": hd.seg.Segmentation,
        "read": hd.seg.segread,
        "pyramid": hd.seg.create_segmentation_pyramid,
        "dimensions": hd.seg.DimensionIndexSequence,
        "algorithm": hd.AlgorithmIdentificationSequence,
        "color": hd.color.CIELabColor,
        "measures": hd.PixelMeasuresSequence,
        "orientation": hd.PlaneOrientationSequence,
        "position": hd.PlanePositionSequence,
        "equipment": hd.ContributingEquipment,
        "volume": hd.Volume,
        "iterate": hd.seg.utils.iter_segments,
    }


def describe(side, count=3):
    algorithm = side["algorithm"]("Net", ik.codes.DCM.ArtificialIntelligence, "2")
    return [
        side["description"](
            number,
            f"Segment {number}",
            ik.codes.SCT.Organ,
            ik.codes.SCT.Liver,
            "AUTOMATIC",
            algorithm,
            tracking_uid=f"2.25.{number}",
            tracking_id=f"item {number}",
            anatomic_regions=[ik.codes.SCT.Abdomen],
            display_color=side["color"](50.0, 10.0 * number, -20.0),
        )
        for number in range(1, count + 1)
    ]


IDENTITY = ("2.25.11", 4, "2.25.12", 5, "Maker", "Model", "1.0", "77")


def make(side, images, pixels, kind, count=3, **arguments):
    made = side["segmentation"](images, pixels, kind, describe(side, count), *IDENTITY, **arguments)
    assert str(made.SOPInstanceUID) == IDENTITY[2]
    return made


def flat(dataset: Dataset, path=""):
    """Values by path, without what is individual."""
    out = {}
    for element in dataset:
        keyword = keyword_for_tag(element.tag)
        if keyword in INDIVIDUAL:
            continue
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                out.update(flat(item, f"{path}{keyword}[{number}]."))
            continue
        value = element.value
        if isinstance(value, bytes):
            out[path + keyword] = value
        else:
            many = value if hasattr(value, "__len__") and not isinstance(value, str) else [value]
            out[path + keyword] = tuple(
                round(v, 4) if isinstance(v, float) else str(v) for v in many
            )
    return out


# What differs on purpose, listed in docs/coming-from-highdicom.md.
DIFFERENT = (
    "ContentDescription",  # empty by default, as type 2 allows
    "ContentLabel",  # SEGMENTATION by default, whatever the modality
    "DimensionDescriptionLabel",  # the name that the standard gives
    "SegmentAlgorithmType",  # of the background, which no algorithm finds
    "SegmentAlgorithmName",
)
THEIRS_ONLY = (
    "ContributingEquipmentSequence",  # the library itself, and the moment
    "SegmentAlgorithmName",
    "SourceImageSequence[",  # ReferencedSeriesSequence says the same
)
OURS_ONLY = (
    "ContentCreatorName",  # type 2, so it is there though empty
    "ContributingEquipmentSequence",  # date of the acquisition
    "DerivationImageSequence",  # also where planes have another geometry
)


def is_listed(path, names):
    return any(path.startswith(name) or path.rpartition(".")[2] == name for name in names)
