"""Segment descriptions: what a segment is, and how it was made (PS3.3 C.8.20.2, C.8.20.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.coding import CodedConcept, to_code, to_codes
from iodkit.content import AlgorithmIdentificationSequence, CIELabColor
from iodkit.elements import DicomItem, check_string, check_type, check_uid, coerce_enum
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit_seg.enums import SegmentAlgorithmTypeValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

__all__ = ["SegmentDescription", "background_description", "check_descriptions"]

_REQUIRED = (
    "SegmentNumber",
    "SegmentLabel",
    "SegmentAlgorithmType",
    "SegmentedPropertyCategoryCodeSequence",
    "SegmentedPropertyTypeCodeSequence",
)


class SegmentDescription(DicomItem):
    """Item of the Segment Sequence (PS3.3 C.8.20.2).

    Parameters
    ----------
    segment_number : int
        Number of the segment, from 1; frames and label maps refer to it.  In a label map 0 may
        describe the background.
    segment_label : str
        Label that people read, at most 64 characters.
    segmented_property_category : pydicom.sr.coding.Code | CodedConcept
        Category of the property, for example ``(91723000, SCT, "Anatomical structure")``
        (CID 7150).
    segmented_property_type : pydicom.sr.coding.Code | CodedConcept
        Property, for example ``(10200004, SCT, "Liver")`` (CID 7151 and others).
    algorithm_type : str | SegmentAlgorithmTypeValues
        Whether the segment was made by a person, a program, or both.
    algorithm_identification : AlgorithmIdentificationSequence | None, optional
        The algorithm; needed unless the type is manual.
    tracking_uid : str | None, optional
        Unique identifier of the tracked item, together with `tracking_id`.
    tracking_id : str | None, optional
        Text identifier of the tracked item, together with `tracking_uid`.
    anatomic_regions : Sequence[Code | CodedConcept] | None, optional
        Anatomic regions where the segment lies.
    primary_anatomic_structures : Sequence[Code | CodedConcept] | None, optional
        Anatomic structures that are of interest.
    display_color : CIELabColor | None, optional
        Colour that viewers should use.
    segmented_property_type_modifiers : Sequence[Code | CodedConcept] | None, optional
        Modifiers of the property, such as ``(7771000, SCT, "Left")``.
    anatomic_region_modifiers : Sequence[Code | CodedConcept] | None, optional
        Modifiers of the anatomic region, of which there must be one then.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument has the wrong type or value.
    MissingAttributeError
        If the algorithm is not identified although there is one.
    """

    def __init__(
        self,
        segment_number: int,
        segment_label: str,
        segmented_property_category: Code | CodedConcept,
        segmented_property_type: Code | CodedConcept,
        algorithm_type: SegmentAlgorithmTypeValues | str,
        algorithm_identification: AlgorithmIdentificationSequence | None = None,
        tracking_uid: str | None = None,
        tracking_id: str | None = None,
        anatomic_regions: Sequence[Code | CodedConcept] | None = None,
        primary_anatomic_structures: Sequence[Code | CodedConcept] | None = None,
        display_color: CIELabColor | None = None,
        *,
        segmented_property_type_modifiers: Sequence[Code | CodedConcept] | None = None,
        anatomic_region_modifiers: Sequence[Code | CodedConcept] | None = None,
    ) -> None:
        super().__init__()
        self.SegmentNumber = _check_number(segment_number)
        self.SegmentLabel = check_string(segment_label, "LO", "SegmentLabel")
        self.SegmentedPropertyCategoryCodeSequence = [
            to_code(segmented_property_category, "segmented_property_category")
        ]
        self.SegmentedPropertyTypeCodeSequence = [
            to_code(segmented_property_type, "segmented_property_type")
        ]
        self._set_algorithm(algorithm_type, algorithm_identification)
        self._set_tracking(tracking_uid, tracking_id)
        if anatomic_regions is not None:
            self.AnatomicRegionSequence = to_codes(anatomic_regions, "anatomic_regions")
        if primary_anatomic_structures is not None:
            self.PrimaryAnatomicStructureSequence = to_codes(
                primary_anatomic_structures, "primary_anatomic_structures"
            )
        if display_color is not None:
            color = check_type(display_color, CIELabColor, "display_color")
            self.RecommendedDisplayCIELabValue = list(color.value)
        self._set_modifiers(segmented_property_type_modifiers, anatomic_region_modifiers)

    def _set_modifiers(
        self,
        of_type: Sequence[Code | CodedConcept] | None,
        of_region: Sequence[Code | CodedConcept] | None,
    ) -> None:
        if of_type is not None:
            item = self.SegmentedPropertyTypeCodeSequence[0]
            item.SegmentedPropertyTypeModifierCodeSequence = to_codes(
                of_type, "segmented_property_type_modifiers"
            )
        if of_region is not None:
            regions = list(self.get("AnatomicRegionSequence") or [])
            if len(regions) != 1:
                raise InvalidValueError(
                    "modifiers belong to one anatomic region",
                    attribute="anatomic_region_modifiers",
                    found=f"{len(regions)} anatomic regions",
                    clause="PS3.3 10.5",
                )
            regions[0].AnatomicRegionModifierSequence = to_codes(
                of_region, "anatomic_region_modifiers"
            )

    def _set_algorithm(
        self,
        algorithm_type: SegmentAlgorithmTypeValues | str,
        identification: AlgorithmIdentificationSequence | None,
    ) -> None:
        kind = coerce_enum(algorithm_type, SegmentAlgorithmTypeValues, "SegmentAlgorithmType")
        self.SegmentAlgorithmType = kind.value
        if identification is not None:
            check_type(identification, AlgorithmIdentificationSequence, "algorithm_identification")
            self.SegmentAlgorithmName = identification.name
            self.SegmentationAlgorithmIdentificationSequence = identification
        elif kind is not SegmentAlgorithmTypeValues.MANUAL:
            raise MissingAttributeError(
                "a segment that an algorithm made must name it",
                attribute="algorithm_identification",
                expected="an AlgorithmIdentificationSequence unless the type is MANUAL",
                clause="PS3.3 C.8.20.2",
            )

    def _set_tracking(self, uid: str | None, identifier: str | None) -> None:
        if (uid is None) != (identifier is None):
            missing = "tracking_uid" if uid is None else "tracking_id"
            raise MissingAttributeError(
                "tracking_uid and tracking_id need each other",
                attribute=missing,
                clause="PS3.3 C.8.20.4",
            )
        if uid is not None and identifier is not None:
            self.TrackingID = check_string(identifier, "UT", "TrackingID")
            self.TrackingUID = check_uid(uid, "TrackingUID")

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        for keyword in _REQUIRED:
            if keyword not in dataset:
                raise MissingAttributeError(
                    f"the item has no {keyword}, so it describes no segment",
                    attribute=keyword,
                    clause="PS3.3 C.8.20.2",
                )

    @property
    def segment_number(self) -> int:
        """int: Number of the segment."""
        return int(self.SegmentNumber)

    @property
    def segment_label(self) -> str:
        """str: Label of the segment."""
        return str(self.SegmentLabel)

    @property
    def segmented_property_category(self) -> CodedConcept:
        """CodedConcept: Category of the segmented property."""
        return CodedConcept.from_dataset(self.SegmentedPropertyCategoryCodeSequence[0], copy=False)

    @property
    def segmented_property_type(self) -> CodedConcept:
        """CodedConcept: The segmented property."""
        return CodedConcept.from_dataset(self.SegmentedPropertyTypeCodeSequence[0], copy=False)

    @property
    def algorithm_type(self) -> SegmentAlgorithmTypeValues:
        """SegmentAlgorithmTypeValues: Who or what made the segment."""
        return SegmentAlgorithmTypeValues(self.SegmentAlgorithmType)

    @property
    def algorithm_identification(self) -> AlgorithmIdentificationSequence | None:
        """AlgorithmIdentificationSequence | None: The algorithm, where it is identified."""
        items = self.get("SegmentationAlgorithmIdentificationSequence")
        if not items:
            return None
        return AlgorithmIdentificationSequence.from_sequence(items, copy=False)

    @property
    def tracking_uid(self) -> str | None:
        """str | None: Unique identifier of the tracked item."""
        return self.get("TrackingUID")

    @property
    def tracking_id(self) -> str | None:
        """str | None: Text identifier of the tracked item."""
        return self.get("TrackingID")

    @property
    def anatomic_regions(self) -> list[CodedConcept]:
        """list[CodedConcept]: Anatomic regions where the segment lies."""
        return _codes(self, "AnatomicRegionSequence")

    @property
    def segmented_property_type_modifiers(self) -> list[CodedConcept]:
        """list[CodedConcept]: Modifiers of the segmented property, such as the side."""
        item = self.SegmentedPropertyTypeCodeSequence[0]
        return _codes(item, "SegmentedPropertyTypeModifierCodeSequence")

    @property
    def anatomic_region_modifiers(self) -> list[CodedConcept]:
        """list[CodedConcept]: Modifiers of the first anatomic region."""
        regions = self.get("AnatomicRegionSequence")
        return _codes(regions[0], "AnatomicRegionModifierSequence") if regions else []

    @property
    def primary_anatomic_structures(self) -> list[CodedConcept]:
        """list[CodedConcept]: Anatomic structures that are of interest."""
        return _codes(self, "PrimaryAnatomicStructureSequence")

    @property
    def display_color(self) -> CIELabColor | None:
        """CIELabColor | None: Colour that viewers should use."""
        value = self.get("RecommendedDisplayCIELabValue")
        return None if not value else CIELabColor.from_dicom_value(list(value))


def _codes(item: Dataset, keyword: str) -> list[CodedConcept]:
    return [CodedConcept.from_dataset(each, copy=False) for each in item.get(keyword) or ()]


def _check_number(number: Any) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise InvalidTypeError(
            "wrong type",
            attribute="SegmentNumber",
            found=type(number).__name__,
            expected="an integer",
        )
    value = number.__index__()
    if not 0 <= value <= 65535:
        raise InvalidValueError(
            "value is not allowed",
            attribute="SegmentNumber",
            found=value,
            expected="a number from 1 to 65535, or 0 for the background of a label map",
            clause="PS3.3 C.8.20.4",
        )
    return value


def background_description() -> SegmentDescription:
    """Describe the background of a label map, as PS3.3 C.8.20.2.3.3 demands of each pixel value.

    Returns
    -------
    SegmentDescription
        Segment 0 with the code ``(125040, DCM, "Background")``.
    """
    code = CodedConcept("125040", "DCM", "Background")
    return SegmentDescription(0, "Background", code, code, SegmentAlgorithmTypeValues.MANUAL)


def check_descriptions(
    descriptions: Sequence[SegmentDescription], *, consecutive: bool
) -> list[int]:
    """Check the numbers of a set of segments.

    Parameters
    ----------
    descriptions : Sequence[SegmentDescription]
        Descriptions of the segments.
    consecutive : bool
        Whether numbers must be 1, 2, 3, … in this order (BINARY and FRACTIONAL).

    Returns
    -------
    list[int]
        Numbers of the segments.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If there is none, an item is no description, or the numbers are not allowed.
    """
    items = list(descriptions)
    if not items:
        raise InvalidValueError(
            "there is no segment",
            attribute="segment_descriptions",
            expected="one description or more",
            clause="PS3.3 C.8.20.2",
        )
    for item in items:
        check_type(item, SegmentDescription, "segment_descriptions")
    numbers = [item.segment_number for item in items]
    if consecutive and numbers != list(range(1, len(numbers) + 1)):
        raise InvalidValueError(
            "segments are not numbered in order",
            attribute="SegmentNumber",
            found=numbers,
            expected="1, 2, 3, … in the order of the descriptions",
            clause="PS3.3 C.8.20.4",
        )
    if len(set(numbers)) < len(numbers):
        raise InvalidValueError(
            "segment numbers are not unique",
            attribute="SegmentNumber",
            found=numbers,
            clause="PS3.3 C.8.20.4",
        )
    return numbers
