"""Terminology of 3D Slicer: what a segment is, as one line of a ``.seg.nrrd`` file says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iodkit.errors import InvalidValueError
from iodkit_seg.interchange.codes import code_from_triplet, code_to_triplet

if TYPE_CHECKING:
    from pydicom.sr.coding import Code

    from iodkit_seg.interchange.records import SegmentRecord

__all__ = ["SlicerTerms", "parse_tags"]

TERMINOLOGY = "TerminologyEntry"
_PROPERTIES = "Segmentation category and type - DICOM master list"
_REGIONS = "Anatomic codes - DICOM master list"


@dataclass(frozen=True, slots=True)
class SlicerTerms:
    """Codes of a segment as 3D Slicer keeps them: one code for each, and one modifier.

    Parameters
    ----------
    category, type, type_modifier : pydicom.sr.coding.Code | None
        The segmented property.
    region, region_modifier : pydicom.sr.coding.Code | None
        The anatomic region.
    """

    category: Code | None = None
    type: Code | None = None
    type_modifier: Code | None = None
    region: Code | None = None
    region_modifier: Code | None = None

    @classmethod
    def of_record(cls, record: SegmentRecord) -> SlicerTerms:
        """Take the codes of a segment, the first one where there are several modifiers."""
        return cls(
            record.category,
            record.type,
            next(iter(record.type_modifiers), None),
            record.region,
            next(iter(record.region_modifiers), None),
        )

    @classmethod
    def parse(cls, text: str, attribute: str) -> SlicerTerms:
        """Read the value of the tag ``TerminologyEntry``.

        Parameters
        ----------
        text : str
            Seven parts joined by ``~``: a context, category, type, its modifier, a context,
            region, its modifier; codes are ``scheme^value^meaning``.
        attribute : str
            Where it stands, for errors.

        Returns
        -------
        SlicerTerms
            The codes.

        Raises
        ------
        InvalidValueError
            If it has another form.
        """
        parts = text.split("~")
        if len(parts) not in (4, 7):
            raise InvalidValueError(
                "not a terminology entry",
                attribute=attribute,
                found=text,
                expected="seven parts joined by ~, as 3D Slicer writes them",
            )
        codes = [
            code_from_triplet(part.split("^"), attribute)
            for place, part in enumerate(parts)
            if place not in (0, 4)
        ]
        return cls(*codes)

    def format(self) -> str:
        """Write the value of the tag ``TerminologyEntry``."""
        category, kind, modifier, region, of_region = (
            "^".join(code_to_triplet(code))
            for code in (
                self.category,
                self.type,
                self.type_modifier,
                self.region,
                self.region_modifier,
            )
        )
        return f"{_PROPERTIES}~{category}~{kind}~{modifier}~{_REGIONS}~{region}~{of_region}"


def parse_tags(text: str) -> dict[str, str]:
    """Read the tags of a segment, ``name:value|name:value|``."""
    pairs = (tag.partition(":") for tag in text.split("|") if tag)
    return {name: value for name, _, value in pairs}
