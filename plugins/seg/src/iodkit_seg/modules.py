"""Writers of the modules and functional groups of segmentations (PS3.3 A.51, C.8.20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

from iodkit.coding import CodedConcept
from iodkit.content import ContentCreatorIdentificationCodeSequence
from iodkit.context import current
from iodkit.elements import (
    check_code_string,
    check_person_name,
    check_text,
    check_type,
    coerce_enum,
)
from iodkit.errors import InvalidValueError
from iodkit.frames import FunctionalGroups
from iodkit.standard.enums import DimensionOrganizationTypeValues
from iodkit_seg.dimensions import DimensionIndexSequence
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues

if TYPE_CHECKING:
    from pydicom.valuerep import PersonName

    from iodkit_image.derived import PlaneStack, SourceFrames
    from iodkit_seg.encoding import EncodedFrames

__all__ = [
    "ContentIdentification",
    "functional_groups",
    "write_dimensions",
    "write_pixel_description",
    "write_segmentation_type",
]

_SEGMENTATION = ("113076", "DCM", "Segmentation")
_SOURCE_PURPOSE = ("121322", "DCM", "Source image for image processing operation")


@dataclass(frozen=True, slots=True)
class ContentIdentification:
    """What people call the content, and who made it (PS3.3 Table 10-12)."""

    label: str | None
    description: str | None
    creator_name: str | PersonName | None
    creator_identification: ContentCreatorIdentificationCodeSequence | None

    def write(self, dataset: Dataset) -> None:
        """Write the Content Identification macro.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset that receives the attributes.
        """
        dataset.ContentLabel = check_code_string(self.label or "SEGMENTATION", "ContentLabel")
        dataset.ContentDescription = check_text(self.description, "LO", "ContentDescription") or ""
        creator = self.creator_name or current().content_creator_name
        if creator is not None:
            check_person_name(creator)
        dataset.ContentCreatorName = "" if creator is None else creator
        if self.creator_identification is not None:
            dataset.ContentCreatorIdentificationCodeSequence = check_type(
                self.creator_identification,
                ContentCreatorIdentificationCodeSequence,
                "content_creator_identification",
            )


def write_segmentation_type(
    dataset: Dataset,
    kind: SegmentationTypeValues,
    *,
    fractional_type: str | SegmentationFractionalTypeValues | None,
    max_fractional_value: int,
    overlaps: bool | None,
) -> None:
    """Write what kind of segmentation it is (PS3.3 C.8.20.2).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset that receives the attributes.
    kind : SegmentationTypeValues
        Type of the segmentation.
    fractional_type : str | SegmentationFractionalTypeValues | None
        Meaning of fractions.
    max_fractional_value : int
        Value that stands for 1.0.
    overlaps : bool | None
        Whether segments share pixels; ``None`` if that is not known.
    """
    dataset.SegmentationType = kind.value
    if kind is SegmentationTypeValues.FRACTIONAL:
        dataset.SegmentationFractionalType = coerce_enum(
            fractional_type, SegmentationFractionalTypeValues, "fractional_type"
        ).value
        dataset.MaximumFractionalValue = max_fractional_value
    dataset.SegmentsOverlap = {None: "UNDEFINED", True: "YES", False: "NO"}[overlaps]


def write_pixel_description(
    dataset: Dataset, kind: SegmentationTypeValues, rows: int, columns: int, bits: int
) -> None:
    """Write the attributes of the pixels (PS3.3 C.7.6.3, C.8.20.2).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset that receives the attributes.
    kind : SegmentationTypeValues
        Type of the segmentation.
    rows, columns : int
        Size of a frame.
    bits : int
        Bits allocated: 1, 8 or 16.
    """
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows = rows
    dataset.Columns = columns
    dataset.BitsAllocated = bits
    dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    dataset.PixelRepresentation = 0
    dataset.PresentationLUTShape = "IDENTITY"
    if kind is SegmentationTypeValues.LABELMAP:
        # The background is padding, so that viewers can leave it out (PS3.3 C.7.5.1.1.2).
        dataset.add_new(0x00280120, "US", 0)


def write_dimensions(
    dataset: Dataset,
    stack: PlaneStack,
    frames: EncodedFrames,
    organization_type: DimensionOrganizationTypeValues | str | None,
) -> None:
    """Write the Multi-frame Dimension module (PS3.3 C.7.6.17).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset that receives the attributes.
    stack : PlaneStack
        Planes of the segmentation.
    frames : EncodedFrames
        Its frames.
    organization_type : DimensionOrganizationTypeValues | str | None
        What the caller asks for; by default ``"3D"`` where the frames of a label map fill a
        regular volume.

    Raises
    ------
    InvalidValueError
        If ``"3D"`` is asked for and the frames are no regular volume, or a tiled type for
        frames that are no tiles.
    """
    dimensions = DimensionIndexSequence(
        stack.coordinate_system, include_segment_number=frames.segments is not None
    )
    organization = Dataset()
    organization.DimensionOrganizationUID = dimensions[0].DimensionOrganizationUID
    dataset.DimensionOrganizationSequence = [organization]
    dataset.DimensionIndexSequence = dimensions
    regular = _fill_a_volume(stack, frames)
    if organization_type is None:
        if regular and frames.segments is None:
            dataset.DimensionOrganizationType = "3D"
        return
    kind = coerce_enum(
        organization_type, DimensionOrganizationTypeValues, "dimension_organization_type"
    )
    if kind is not DimensionOrganizationTypeValues.THREE_DIMENSIONAL or not regular:
        raise InvalidValueError(
            "the frames do not have this organisation",
            attribute="dimension_organization_type",
            found=kind.value,
            expected="'3D' for equally spaced planes without gaps, or none",
            clause="PS3.3 C.7.6.17",
        )
    dataset.DimensionOrganizationType = kind.value


def _fill_a_volume(stack: PlaneStack, frames: EncodedFrames) -> bool:
    if not stack.report.is_volume:
        return False
    planes = np.unique(stack.ranks[frames.planes])
    per_segment = 1 if frames.segments is None else len(np.unique(frames.segments))
    gapless = int(planes[-1] - planes[0]) + 1 == len(planes)
    return gapless and len(planes) * per_segment == len(frames.planes)


def functional_groups(
    stack: PlaneStack, frames: EncodedFrames, sources: SourceFrames
) -> FunctionalGroups:
    """Make the functional groups of a segmentation (PS3.3 A.51.5).

    Parameters
    ----------
    stack : PlaneStack
        Planes of the segmentation.
    frames : EncodedFrames
        Its frames.
    sources : SourceFrames
        Frames of the source images.

    Returns
    -------
    FunctionalGroups
        Pixel measures and orientation for all frames; content, position, derivation and
        segment for each.
    """
    groups = FunctionalGroups(len(frames.planes))
    groups.set_constant("PixelMeasuresSequence.PixelSpacing", stack.pixel_spacing)
    spacing = stack.spacing_between_slices
    thickness = spacing if stack.slice_thickness is None else stack.slice_thickness
    if thickness is not None:
        groups.set_constant("PixelMeasuresSequence.SliceThickness", thickness)
    if spacing is not None:
        groups.set_constant("PixelMeasuresSequence.SpacingBetweenSlices", spacing)
    groups.set_constant("PlaneOrientationSequence.ImageOrientationPatient", stack.orientation)
    ranks = stack.ranks[frames.planes]
    if frames.segments is None:
        indices = ranks[:, np.newaxis]
    else:
        indices = np.stack([frames.segments, ranks], axis=1)
        groups.set("SegmentIdentificationSequence.ReferencedSegmentNumber", frames.segments)
    groups.set("FrameContentSequence.DimensionIndexValues", indices)
    groups.set(
        "PlanePositionSequence.ImagePositionPatient",
        stack.positions,
        index=frames.planes,
        placement="per_frame",
    )
    if (stack.sources >= 0).any():
        _set_derivation(groups, stack, frames, sources)
    return groups


def _set_derivation(
    groups: FunctionalGroups, stack: PlaneStack, frames: EncodedFrames, sources: SourceFrames
) -> None:
    numbers = sources.referenced_frame_numbers
    used = stack.sources[frames.planes]
    instances = np.asarray(sources.table.instances)
    arguments: dict[str, Any] = {}
    if numbers is None:
        index = np.where(used >= 0, instances[used], -1)
    else:
        index = np.where(used >= 0, instances[used], -1)
        arguments["frame_numbers"] = np.where(used >= 0, numbers[used], -1)
    groups.set_sources(
        sources.class_uids,
        sources.table.instance_uids,
        index,
        purpose=CodedConcept(*_SOURCE_PURPOSE),
        derivation=CodedConcept(*_SEGMENTATION),
        spatial_locations_preserved="YES" if stack.on_source_grid else "NO",
        **arguments,
    )
