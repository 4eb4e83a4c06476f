"""Attributes that depend on the type of a segmentation (PS3.3 C.8.20.2, C.7.6.17, A.51.5)."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from iodkit.context import generate_uid
from iodkit_seg.creation.dimensions import DimensionIndexSequence
from iodkit_seg.creation.modules import write_pixel_description, write_segmentation_type
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.stored.places import is_segment_dimension

if TYPE_CHECKING:
    from iodkit_seg.enums import SegmentationFractionalTypeValues
    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.frames import StoredFrames

__all__ = ["kind_attributes"]

_SEGMENTATION_STORAGE = "1.2.840.10008.5.1.4.1.1.66.4"
_LABEL_MAP_STORAGE = "1.2.840.10008.5.1.4.1.1.66.7"
_OF_ONE_KIND = ("SegmentationFractionalType", "MaximumFractionalValue", "PixelPaddingValue")


def kind_attributes(
    segmentation: Segmentation,
    frames: StoredFrames,
    fractional_type: SegmentationFractionalTypeValues | None = None,
    max_fractional_value: int = 255,
) -> dict[str, Any]:
    """Say what changes in a segmentation that gets another type.

    Parameters
    ----------
    segmentation : Segmentation
        Segmentation as it is.
    frames : StoredFrames
        Its frames, in the new type.
    fractional_type : SegmentationFractionalTypeValues | None, optional
        Meaning of fractions.
    max_fractional_value : int, optional
        Value that stands for 1.0.

    Returns
    -------
    dict[str, object]
        Keywords, and elements or values; ``None`` for attributes to be removed.
    """
    kind, chosen = frames.format.kind, frames.format
    attributes: dict[str, Any] = dict.fromkeys(_OF_ONE_KIND)
    scratch = Dataset()
    write_pixel_description(scratch, kind, chosen.rows, chosen.columns, chosen.bits)
    write_segmentation_type(
        scratch,
        kind,
        fractional_type=fractional_type,
        max_fractional_value=max_fractional_value,
        overlaps=None,
    )
    is_labelmap = kind is SegmentationTypeValues.LABELMAP
    scratch.SOPClassUID = _LABEL_MAP_STORAGE if is_labelmap else _SEGMENTATION_STORAGE
    attributes |= {keyword_for_tag(element.tag): element for element in scratch}
    organization = segmentation.get("DimensionOrganizationType")
    if organization == "3D":
        attributes["DimensionOrganizationType"] = None
    if organization != "TILED_FULL":
        attributes |= _dimensions(segmentation, with_segment=not is_labelmap)
    return attributes


def _dimensions(segmentation: Segmentation, *, with_segment: bool) -> dict[str, Any]:
    """Dimensions of before, with the segment or without (PS3.3 A.51.4)."""
    items = [
        deepcopy(item)
        for item in segmentation.get("DimensionIndexSequence") or ()
        if not is_segment_dimension(item.DimensionIndexPointer)
    ]
    if not items:
        items = list(DimensionIndexSequence("PATIENT", include_segment_number=False))
    if with_segment:
        items = [DimensionIndexSequence(None, include_segment_number=True)[0], *items]
    uid = generate_uid()
    for item in items:
        item.DimensionOrganizationUID = uid
    organization = Dataset()
    organization.DimensionOrganizationUID = uid
    return {"DimensionOrganizationSequence": [organization], "DimensionIndexSequence": items}
