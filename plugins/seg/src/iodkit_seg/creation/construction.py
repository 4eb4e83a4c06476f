"""From the arguments of a constructor to an identified segmentation, and the plan of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.uid import UID, ExplicitVRLittleEndian

from iodkit.context import Equipment, current
from iodkit.dataset import SOPClass, SOPClassOptions, require_enhanced
from iodkit.elements import coerce_enum
from iodkit_seg.creation.arrangement import PlaneOverrides, Tiling
from iodkit_seg.creation.modules import ContentIdentification, PyramidLevel
from iodkit_seg.creation.plan import SegmentationOptions, SegmentationPlan
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues
from iodkit_seg.segments.palette import LabelPalette

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from typing import Unpack

    from pydicom.dataset import Dataset
    from pydicom.valuerep import PersonName

    from iodkit.content import (
        ContentCreatorIdentificationCodeSequence,
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
    )
    from iodkit.dataset import ContributingEquipment
    from iodkit.standard.enums import DimensionOrganizationTypeValues
    from iodkit_image.transforms import PaletteColorLUTTransformation
    from iodkit_seg.creation.arrangement import PixelExtent
    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["SEGMENTATION_SOP_CLASSES", "SegmentationParameters", "begin"]

SEGMENTATION_STORAGE = UID("1.2.840.10008.5.1.4.1.1.66.4")
LABEL_MAP_SEGMENTATION_STORAGE = UID("1.2.840.10008.5.1.4.1.1.66.7")
SEGMENTATION_SOP_CLASSES = (SEGMENTATION_STORAGE, LABEL_MAP_SEGMENTATION_STORAGE)

_EQUIPMENT = (
    "manufacturer",
    "manufacturer_model_name",
    "software_versions",
    "device_serial_number",
)
_OVERRIDES = ("pixel_measures", "plane_orientation", "plane_positions")


class SegmentationParameters(SOPClassOptions, total=False):
    """Arguments of :class:`Segmentation` that describe all of it but its pixels."""

    series_instance_uid: str | None
    series_number: int | None
    sop_instance_uid: str | None
    instance_number: int | None
    manufacturer: str | None
    manufacturer_model_name: str | None
    software_versions: str | tuple[str, ...] | None
    device_serial_number: str | None
    fractional_type: str | SegmentationFractionalTypeValues | None
    max_fractional_value: int
    content_description: str | None
    content_creator_name: str | PersonName | None
    transfer_syntax_uid: str | UID
    pixel_measures: PixelMeasuresSequence | None
    plane_orientation: PlaneOrientationSequence | None
    plane_positions: Sequence[PlanePositionSequence] | None
    omit_empty_frames: bool
    content_label: str | None
    content_creator_identification: ContentCreatorIdentificationCodeSequence | None
    dimension_organization_type: DimensionOrganizationTypeValues | str | None
    tile_pixel_array: bool
    tile_size: Sequence[int] | None
    pyramid_uid: str | None
    pyramid_label: str | None
    further_source_images: Sequence[Dataset] | None
    palette_color_lut_transformation: PaletteColorLUTTransformation | None
    icc_profile: bytes | None
    contributing_equipment: Sequence[ContributingEquipment] | None
    use_extended_offset_table: bool | None
    workers: int | Executor


def begin(
    dataset: SOPClass,
    source_images: Sequence[Dataset],
    extent: PixelExtent,
    segmentation_type: str | SegmentationTypeValues,
    segment_descriptions: Sequence[SegmentDescription],
    **parameters: Unpack[SegmentationParameters],
) -> SegmentationPlan:
    """Check all arguments, and write what identifies the segmentation.

    Parameters
    ----------
    dataset : SOPClass
        The new object, without any element.
    source_images : Sequence[pydicom.Dataset]
        Images that were segmented.
    extent : PixelExtent
        How far the pixels extend.
    segmentation_type : str | SegmentationTypeValues
        Type of the segmentation.
    segment_descriptions : Sequence[SegmentDescription]
        The segments.
    **parameters
        Further arguments of :class:`Segmentation`.

    Returns
    -------
    SegmentationPlan
        What is still to be written, as soon as there are frames.

    Raises
    ------
    IodkitError
        If an argument is wrong, or does not fit the others.
    """
    given: dict[str, Any] = dict(parameters)
    kind = coerce_enum(segmentation_type, SegmentationTypeValues, "segmentation_type")
    equipment = Equipment(
        *(given.pop(name, None) for name in _EQUIPMENT),
    ).over(current().equipment)
    require_enhanced(equipment)
    plan = SegmentationPlan.make(
        source_images,
        extent,
        kind,
        segment_descriptions,
        further_source_images=given.pop("further_source_images", None),
        overrides=PlaneOverrides(*(given.pop(name, None) for name in _OVERRIDES)),
        tiling=Tiling(
            given.pop("tile_pixel_array", False),
            given.pop("tile_size", None),
            resampled=given.get("pyramid_uid") is not None,
        ),
        options=_take_options(given, kind),
    )
    is_labelmap = kind is SegmentationTypeValues.LABELMAP
    SOPClass.__init__(
        dataset,
        study_instance_uid=str(plan.study.StudyInstanceUID),
        sop_class_uid=LABEL_MAP_SEGMENTATION_STORAGE if is_labelmap else SEGMENTATION_STORAGE,
        modality="SEG",
        **{name: getattr(equipment, name) for name in _EQUIPMENT},
        **given,
    )
    dataset.copy_patient_and_study_information(plan.study)
    return plan


def _take_options(given: dict[str, Any], kind: SegmentationTypeValues) -> SegmentationOptions:
    """Take out of the arguments how the segmentation is stored and described."""
    return SegmentationOptions(
        pyramid=PyramidLevel(given.pop("pyramid_uid", None), given.pop("pyramid_label", None)),
        content=ContentIdentification(
            given.pop("content_label", None),
            given.pop("content_description", None),
            given.pop("content_creator_name", None),
            given.pop("content_creator_identification", None),
        ),
        fractional_type=given.pop("fractional_type", SegmentationFractionalTypeValues.PROBABILITY),
        max_fractional_value=given.pop("max_fractional_value", 255),
        omit_empty_frames=given.pop("omit_empty_frames", True),
        organization_type=given.pop("dimension_organization_type", None),
        contributing_equipment=given.pop("contributing_equipment", None),
        use_extended_offset_table=given.pop("use_extended_offset_table", False),
        transfer_syntax_uid=given.get("transfer_syntax_uid", ExplicitVRLittleEndian),
        workers=given.pop("workers", 0),
        palette=LabelPalette.of(
            given.pop("palette_color_lut_transformation", None),
            given.pop("icc_profile", None),
            kind,
        ),
    )
