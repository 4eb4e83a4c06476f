"""Queries for the segments of a segmentation (PS3.3 C.8.20.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.uid import UID

from iodkit.coding import CodedConcept, to_code
from iodkit.elements import coerce_enum
from iodkit.errors import OutOfRangeError
from iodkit_image import Image
from iodkit_seg.enums import (
    SegmentAlgorithmTypeValues,
    SegmentationFractionalTypeValues,
    SegmentationTypeValues,
)
from iodkit_seg.segments.description import SegmentDescription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pydicom.sr.coding import Code
    from pydicom.tag import BaseTag

__all__ = ["SEGMENT_DIMENSION", "SegmentQueries"]

SEGMENT_DIMENSION = 0x0062000B


class SegmentQueries(Image):
    """An image of segments: what they are, and which of them meet a condition."""

    @property
    def segmentation_type(self) -> SegmentationTypeValues:
        """SegmentationTypeValues: Whether masks, fractions or labels are stored."""
        return coerce_enum(self.SegmentationType, SegmentationTypeValues, "SegmentationType")

    @property
    def segmentation_fractional_type(self) -> SegmentationFractionalTypeValues | None:
        """SegmentationFractionalTypeValues | None: Meaning of fractions, if there are any."""
        if self.segmentation_type is not SegmentationTypeValues.FRACTIONAL:
            return None
        return coerce_enum(
            self.SegmentationFractionalType,
            SegmentationFractionalTypeValues,
            "SegmentationFractionalType",
        )

    def _descriptions(self) -> list[SegmentDescription]:
        """All descriptions but that of the background; edits go to this object."""
        items = [SegmentDescription.from_dataset(item, copy=False) for item in self.SegmentSequence]
        return [item for item in items if item.segment_number != 0]

    @property
    def segment_descriptions(self) -> list[SegmentDescription]:
        """list[SegmentDescription]: All segments; the background of a label map is none."""
        return self._descriptions()

    @property
    def segment_numbers(self) -> list[int]:
        """list[int]: Numbers of the segments; the background of a label map is none."""
        return [item.segment_number for item in self._descriptions()]

    @property
    def number_of_segments(self) -> int:
        """int: Number of segments; the background of a label map is none."""
        return len(self.segment_numbers)

    def get_segment_description(self, segment_number: int) -> SegmentDescription:
        """Return the description of a segment.

        Parameters
        ----------
        segment_number : int
            Number of the segment; 0 for the background of a label map.

        Returns
        -------
        SegmentDescription
            Its description; what is set in it is set in this object.

        Raises
        ------
        OutOfRangeError
            If no segment has this number.
        """
        for item in self.SegmentSequence:
            if int(item.SegmentNumber) == segment_number:
                return SegmentDescription.from_dataset(item, copy=False)
        raise OutOfRangeError(
            "no segment has this number",
            attribute="segment_number",
            found=segment_number,
            expected=f"one of {self.segment_numbers}",
        )

    def get_segment_numbers(
        self,
        segment_label: str | None = None,
        segmented_property_category: Code | CodedConcept | None = None,
        segmented_property_type: Code | CodedConcept | None = None,
        algorithm_type: SegmentAlgorithmTypeValues | str | None = None,
        tracking_uid: str | None = None,
        tracking_id: str | None = None,
    ) -> list[int]:
        """Find segments that meet all conditions.

        Parameters
        ----------
        segment_label : str | None, optional
            Label of the segment.
        segmented_property_category, segmented_property_type : Code | CodedConcept | None, optional
            Codes of the segmented property.
        algorithm_type : SegmentAlgorithmTypeValues | str | None, optional
            Who or what made the segment.
        tracking_uid, tracking_id : str | None, optional
            Identifiers of the tracked item.

        Returns
        -------
        list[int]
            Numbers of the segments.
        """
        wanted: dict[str, object] = {
            "segment_label": segment_label,
            "segmented_property_category": _code(segmented_property_category),
            "segmented_property_type": _code(segmented_property_type),
            "algorithm_type": _algorithm_type(algorithm_type),
            "tracking_uid": tracking_uid,
            "tracking_id": tracking_id,
        }
        return [item.segment_number for item in self._matching(wanted)]

    def _matching(self, wanted: dict[str, object]) -> list[SegmentDescription]:
        conditions = {name: value for name, value in wanted.items() if value is not None}
        return [
            item
            for item in self._descriptions()
            if all(getattr(item, name) == value for name, value in conditions.items())
        ]

    def get_tracking_ids(
        self,
        segmented_property_category: Code | CodedConcept | None = None,
        segmented_property_type: Code | CodedConcept | None = None,
        algorithm_type: SegmentAlgorithmTypeValues | str | None = None,
    ) -> list[tuple[str, UID]]:
        """List the tracked items among segments that meet all conditions.

        Parameters
        ----------
        segmented_property_category, segmented_property_type : Code | CodedConcept | None, optional
            Codes of the segmented property.
        algorithm_type : SegmentAlgorithmTypeValues | str | None, optional
            Who or what made the segment.

        Returns
        -------
        list[tuple[str, pydicom.uid.UID]]
            Text and unique identifier of each tracked item, once.
        """
        wanted: dict[str, object] = {
            "segmented_property_category": _code(segmented_property_category),
            "segmented_property_type": _code(segmented_property_type),
            "algorithm_type": _algorithm_type(algorithm_type),
        }
        found = {
            (item.tracking_id, UID(item.tracking_uid))
            for item in self._matching(wanted)
            if item.tracking_id is not None and item.tracking_uid is not None
        }
        return sorted(found)

    @property
    def segmented_property_categories(self) -> list[CodedConcept]:
        """list[CodedConcept]: Categories of the segmented properties, each once."""
        return _distinct(self._descriptions(), lambda item: item.segmented_property_category)

    @property
    def segmented_property_types(self) -> list[CodedConcept]:
        """list[CodedConcept]: Segmented properties, each once."""
        return _distinct(self._descriptions(), lambda item: item.segmented_property_type)

    def get_default_dimension_index_pointers(self) -> list[BaseTag]:
        """Return the dimensions that frames are looked up by, apart from the segment.

        Returns
        -------
        list[pydicom.tag.BaseTag]
            Tags of the attributes that the dimension indices point to.
        """
        pointers = self.dimension_index_pointers
        return [pointer for pointer in pointers if pointer != SEGMENT_DIMENSION]


def _code(code: Code | CodedConcept | None) -> CodedConcept | None:
    return None if code is None else to_code(code)


def _algorithm_type(
    value: SegmentAlgorithmTypeValues | str | None,
) -> SegmentAlgorithmTypeValues | None:
    return (
        None if value is None else coerce_enum(value, SegmentAlgorithmTypeValues, "algorithm_type")
    )


def _distinct(
    items: Iterable[SegmentDescription], code_of: Callable[[SegmentDescription], CodedConcept]
) -> list[CodedConcept]:
    found: Sequence[CodedConcept] = [code_of(item) for item in items]
    return list(dict.fromkeys(found))
