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
    check_uid,
    coerce_enum,
)
from iodkit.errors import InvalidValueError
from iodkit.frames import FunctionalGroups, Ragged
from iodkit.standard.enums import DimensionOrganizationTypeValues
from iodkit_seg.creation.dimensions import DimensionIndexSequence
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.valuerep import PersonName

    from iodkit_image.derived import FrameArrangement, SourceFrames
    from iodkit_seg.encoding.frames import EncodedFrames

__all__ = [
    "SEGMENTATION_DERIVATION",
    "SOURCE_PURPOSE",
    "ContentIdentification",
    "PyramidLevel",
    "functional_groups",
    "write_dimensions",
    "write_pixel_description",
    "write_segmentation_type",
]

_TILED_FULL = DimensionOrganizationTypeValues.TILED_FULL
_TILED_SPARSE = DimensionOrganizationTypeValues.TILED_SPARSE
SEGMENTATION_DERIVATION = ("113076", "DCM", "Segmentation")
SOURCE_PURPOSE = ("121322", "DCM", "Source image for image processing operation")


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


@dataclass(frozen=True, slots=True)
class PyramidLevel:
    """The multi-resolution pyramid that a segmentation is a level of (PS3.3 C.8.12.14)."""

    uid: str | None
    label: str | None

    def write(self, dataset: Dataset) -> None:
        """Write the Multi-Resolution Pyramid module, if there is a pyramid.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset that receives the attributes.

        Raises
        ------
        InvalidValueError
            If there is a label without a pyramid.
        """
        if self.uid is None:
            if self.label is not None:
                raise InvalidValueError(
                    "a label without a pyramid",
                    attribute="pyramid_label",
                    found=self.label,
                    remedy="Pass pyramid_uid as well.",
                )
            return
        dataset.PyramidUID = check_uid(self.uid, "PyramidUID")
        if self.label is not None:
            dataset.PyramidLabel = check_text(self.label, "LO", "PyramidLabel")


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
    places: FrameArrangement,
    frames: EncodedFrames,
    organization_type: DimensionOrganizationTypeValues | str | None,
) -> None:
    """Write the Multi-frame Dimension module (PS3.3 C.7.6.17).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset that receives the attributes.
    places : FrameArrangement
        Places of the segmentation.
    frames : EncodedFrames
        Its frames.
    organization_type : DimensionOrganizationTypeValues | str | None
        What the caller asks for; by default ``"3D"`` where the frames of a label map fill a
        regular volume, and ``"TILED_SPARSE"`` for tiles.

    Raises
    ------
    InvalidValueError
        If the frames do not have the organisation that is asked for.
    """
    dimensions = DimensionIndexSequence.of(
        places.dimensions, include_segment_number=frames.segments is not None
    )
    item = Dataset()
    item.DimensionOrganizationUID = dimensions[0].DimensionOrganizationUID
    dataset.DimensionOrganizationSequence = [item]
    kind = _organization(places, frames, organization_type)
    if kind is not None:
        dataset.DimensionOrganizationType = kind.value
    if kind is not _TILED_FULL:
        dataset.DimensionIndexSequence = dimensions


def _organization(
    places: FrameArrangement,
    frames: EncodedFrames,
    wanted: DimensionOrganizationTypeValues | str | None,
) -> DimensionOrganizationTypeValues | None:
    per_place = 1 if frames.segments is None else len(np.unique(frames.segments))
    found = places.organization(frames.planes, per_place)
    if wanted is None:
        if found is DimensionOrganizationTypeValues.THREE_DIMENSIONAL:
            return found if frames.segments is None else None
        return found and _TILED_SPARSE
    kind = coerce_enum(wanted, DimensionOrganizationTypeValues, "dimension_organization_type")
    if kind is found or (kind is _TILED_SPARSE and found is _TILED_FULL):
        return kind
    raise InvalidValueError(
        "the frames do not have this organisation",
        attribute="dimension_organization_type",
        found=kind.value,
        expected=f"{found.value!r}, or None" if found else "None",
        clause="PS3.3 C.7.6.17",
        remedy="'3D' needs equally spaced planes without gaps; 'TILED_FULL' all tiles in order, "
        "so pass omit_empty_frames=False.",
    )


def functional_groups(
    dataset: Dataset, places: FrameArrangement, frames: EncodedFrames, sources: SourceFrames
) -> FunctionalGroups:
    """Make the functional groups of a segmentation (PS3.3 A.51.5).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The segmentation, with its dimensions.
    places : FrameArrangement
        Places of the segmentation.
    frames : EncodedFrames
        Its frames.
    sources : SourceFrames
        Frames of the source images.

    Returns
    -------
    FunctionalGroups
        Geometry, content, derivation and segment of each frame.  Of TILED_FULL segmentations
        the order of the frames says all but the derivation (PS3.3 C.7.6.17.3).
    """
    groups = FunctionalGroups(len(frames.planes))
    places.set_groups(groups, frames.planes)
    if dataset.get("DimensionOrganizationType") == _TILED_FULL.value:
        groups.forget("PlanePositionSlideSequence")
        # The group is mandatory, though none of its attributes is.
        everywhere = np.zeros(len(frames.planes), np.intp)
        groups.set_items("FrameContentSequence", [Dataset()], everywhere, placement="per_frame")
    else:
        indices = places.dimension_values[frames.planes]
        if frames.segments is not None:
            indices = np.column_stack([frames.segments, indices])
            # Shared would be allowed, but many programs look for it in each frame only.
            groups.set(
                "SegmentIdentificationSequence.ReferencedSegmentNumber",
                frames.segments,
                placement="per_frame",
            )
        groups.set("FrameContentSequence.DimensionIndexValues", indices)
    _set_derivation(groups, places, frames, sources)
    return groups


def _set_derivation(
    groups: FunctionalGroups, places: FrameArrangement, frames: EncodedFrames, sources: SourceFrames
) -> None:
    chosen = _sources_of(places.sources, frames.planes)
    if not len(chosen.values):
        return
    numbers = sources.referenced_frame_numbers
    arguments: dict[str, Any] = {}
    if numbers is not None:
        arguments["frame_numbers"] = Ragged(numbers[chosen.values], chosen.offsets)
    groups.set_sources(
        sources.class_uids,
        sources.table.instance_uids,
        Ragged(np.asarray(sources.table.instances)[chosen.values], chosen.offsets),
        purpose=CodedConcept(*SOURCE_PURPOSE),
        derivation=CodedConcept(*SEGMENTATION_DERIVATION),
        spatial_locations_preserved="YES" if places.on_source_grid else "NO",
        **arguments,
    )
    # Viewers look for the sources of each frame here.
    groups.place("DerivationImageSequence", "per_frame")


def _sources_of(known: NDArray[np.intp] | Ragged, places: NDArray[np.intp]) -> Ragged:
    """Source frames of some places."""
    if isinstance(known, Ragged):
        return Ragged.from_rows([known[place].tolist() for place in places.tolist()], np.intp)
    used = known[places]
    offsets = np.concatenate([[0], np.cumsum(used >= 0)])
    return Ragged(used[used >= 0], offsets.astype(np.intp))
