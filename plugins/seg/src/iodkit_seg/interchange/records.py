"""Segments as plain records, the common ground of all text formats that describe segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iodkit.content import AlgorithmIdentificationSequence, CIELabColor
from iodkit.elements import check_string, coerce_enum
from iodkit.errors import MissingAttributeError
from iodkit_seg.enums import SegmentAlgorithmTypeValues
from iodkit_seg.interchange.codes import make_code
from iodkit_seg.segments.description import SegmentDescription

if TYPE_CHECKING:
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = ["SegmentRecord"]


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """What text formats say of a segment.

    Parameters
    ----------
    number : int
        Number of the segment, or its value in a label map.
    label : str
        Label that people read.
    category, type : pydicom.sr.coding.Code | None, optional
        Segmented property; None where the format does not know the code.
    type_modifiers : tuple[Code, ...], optional
        Modifiers of the type, such as the side.
    region : Code | None, optional
        Anatomic region where the segment lies.
    region_modifiers : tuple[Code, ...], optional
        Modifiers of the region.
    algorithm_type : str | None, optional
        ``"AUTOMATIC"``, ``"SEMIAUTOMATIC"`` or ``"MANUAL"``.
    algorithm_name : str | None, optional
        Name of the algorithm.
    description : str | None, optional
        Description of the segment.
    tracking_id, tracking_uid : str | None, optional
        Identifiers of the tracked item.
    rgb : tuple[int, int, int] | None, optional
        Colour, three numbers from 0 to 255.
    """

    number: int
    label: str
    category: Code | None = None
    type: Code | None = None
    type_modifiers: tuple[Code, ...] = ()
    region: Code | None = None
    region_modifiers: tuple[Code, ...] = ()
    algorithm_type: str | None = None
    algorithm_name: str | None = None
    description: str | None = None
    tracking_id: str | None = None
    tracking_uid: str | None = None
    rgb: tuple[int, int, int] | None = None

    @classmethod
    def from_description(cls, description: SegmentDescription) -> SegmentRecord:
        """Take the facts out of a description.

        Parameters
        ----------
        description : SegmentDescription
            Description of a segment.

        Returns
        -------
        SegmentRecord
            The same facts, as far as text formats have a place for them.
        """
        regions = description.anatomic_regions
        color = description.display_color
        return cls(
            number=description.segment_number,
            label=description.segment_label,
            category=_plain(description.segmented_property_category),
            type=_plain(description.segmented_property_type),
            type_modifiers=_plain_all(description.segmented_property_type_modifiers),
            region=_plain(regions[0]) if regions else None,
            region_modifiers=_plain_all(description.anatomic_region_modifiers),
            algorithm_type=description.algorithm_type.value,
            algorithm_name=description.get("SegmentAlgorithmName") or None,
            description=description.get("SegmentDescription") or None,
            tracking_id=description.tracking_id,
            tracking_uid=description.tracking_uid,
            rgb=None if color is None else color.to_rgb(clip=True),
        )

    def to_description(
        self, algorithm: AlgorithmIdentificationSequence | None = None
    ) -> SegmentDescription:
        """Make a description.

        Parameters
        ----------
        algorithm : AlgorithmIdentificationSequence | None, optional
            The algorithm; where the record names its type, that is kept, and automatic
            otherwise.

        Returns
        -------
        SegmentDescription
            Description with all that the record holds; manual if nothing names an algorithm.

        Raises
        ------
        MissingAttributeError
            If there is no code for the segmented property, or no name for an algorithm.
        """
        if self.category is None or self.type is None:
            missing = "category" if self.category is None else "type"
            raise MissingAttributeError(
                f"segment {self.number} ({self.label!r}) has no code for its {missing}",
                attribute=f"segment {self.number}",
                expected="a code for the category and one for the type of the property",
                clause="PS3.3 C.8.20.2",
                remedy="Name the codes; find_segment_codes() suggests them for common names.",
            )
        item = SegmentDescription(
            self.number,
            self.label,
            self.category,
            self.type,
            SegmentAlgorithmTypeValues.MANUAL,
            tracking_uid=self.tracking_uid if self.tracking_id else None,
            tracking_id=self.tracking_id if self.tracking_uid else None,
            anatomic_regions=None if self.region is None else [self.region],
            display_color=None if self.rgb is None else CIELabColor.from_rgb(*self.rgb),
            segmented_property_type_modifiers=self.type_modifiers or None,
            anatomic_region_modifiers=self.region_modifiers or None,
        )
        if self.description is not None:
            item.SegmentDescription = check_string(self.description, "ST", "SegmentDescription")
        self._name_algorithm(item, algorithm)
        return item

    def _name_algorithm(
        self, item: SegmentDescription, algorithm: AlgorithmIdentificationSequence | None
    ) -> None:
        """Set type and name of the algorithm; text formats know its name at most."""
        default = SegmentAlgorithmTypeValues.MANUAL
        if algorithm is not None:
            default = SegmentAlgorithmTypeValues.AUTOMATIC
        kind = coerce_enum(self.algorithm_type or default, SegmentAlgorithmTypeValues, "algorithm")
        name = algorithm.name if algorithm is not None else self.algorithm_name
        if kind is SegmentAlgorithmTypeValues.MANUAL:
            return
        if not name:
            raise MissingAttributeError(
                f"segment {self.number} ({self.label!r}) does not name its algorithm",
                attribute="SegmentAlgorithmName",
                expected="a name unless the type is MANUAL",
                clause="PS3.3 C.8.20.2",
            )
        item.SegmentAlgorithmType = kind.value
        item.SegmentAlgorithmName = check_string(name, "LO", "SegmentAlgorithmName")
        if algorithm is not None:
            item.SegmentationAlgorithmIdentificationSequence = algorithm


def _plain(concept: CodedConcept) -> Code:
    return make_code(
        concept.value, concept.scheme_designator, concept.meaning, concept.scheme_version
    )


def _plain_all(concepts: list[CodedConcept]) -> tuple[Code, ...]:
    return tuple(_plain(concept) for concept in concepts)
