"""Specimens and the steps of their preparation (PS3.3 C.7.6.22, PS3.16 TID 8001 and 8004)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit.coding import CodedConcept, to_code, to_codes
from iodkit.content.issuers import IssuerOfIdentifier
from iodkit.content.macros import finite_numbers, is_empty, require_attributes, set_text
from iodkit.content.numbers import NumContentItem, NumericContentItem
from iodkit.content.procedures import concept, find_values, item_value
from iodkit.content.sequences import ContentSequence
from iodkit.content.steps import SpecimenPreparationStep
from iodkit.content.values import TextContentItem
from iodkit.elements import DicomItem, check_string, check_type, check_uid
from iodkit.errors import InvalidTypeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from pydicom.sr.coding import Code

    _Location: TypeAlias = "str | tuple[float, float, float]"

__all__ = ["SpecimenDescription"]

_CLAUSE = "PS3.3 C.7.6.22"
_LOCATION = ("111718", "DCM", "Location of Specimen")
_MILLIMETER = ("mm", "UCUM", "mm")
_OFFSETS = (
    (("111719", "DCM", "Location of Specimen X offset"), _MILLIMETER),
    (("111720", "DCM", "Location of Specimen Y offset"), _MILLIMETER),
    (("111721", "DCM", "Location of Specimen Z offset"), ("um", "UCUM", "um")),
)


class SpecimenDescription(DicomItem):
    """A specimen in an image: an item of the Specimen Description Sequence (PS3.3 C.7.6.22).

    Parameters
    ----------
    specimen_id : str
        Identifier of the specimen, at most 64 characters.
    specimen_uid : str
        Unique identifier of the specimen.
    specimen_location : str | tuple[float, float, float] | None, optional
        Where the specimen lies in its container, for containers with several: a description,
        or X and Y in millimetres and Z in micrometres from the container's point of reference.
    specimen_preparation_steps : Sequence[SpecimenPreparationStep] | None, optional
        What was done to the specimen and to those it was taken from, in order of time.
    issuer_of_specimen_id : IssuerOfIdentifier | None, optional
        Who gave the identifier.
    primary_anatomic_structures : Sequence[pydicom.sr.coding.Code | CodedConcept] | None, optional
        Where in the patient the specimen comes from.
    specimen_type : pydicom.sr.coding.Code | CodedConcept | None, optional
        Type of specimen, from context group 8103.
    specimen_short_description : str | None, optional
        Description of at most 64 characters.
    specimen_detailed_description : str | None, optional
        Description of any length.

    Raises
    ------
    InvalidTypeError
        If an argument is of a wrong type.
    InvalidValueError
        If a value is empty, too long or not finite.
    """

    def __init__(
        self,
        specimen_id: str,
        specimen_uid: str,
        specimen_location: _Location | None = None,
        specimen_preparation_steps: Sequence[SpecimenPreparationStep] | None = None,
        issuer_of_specimen_id: IssuerOfIdentifier | None = None,
        primary_anatomic_structures: Sequence[Code | CodedConcept] | None = None,
        specimen_type: Code | CodedConcept | None = None,
        specimen_short_description: str | None = None,
        specimen_detailed_description: str | None = None,
    ) -> None:
        super().__init__()
        self.SpecimenIdentifier = check_string(specimen_id, "LO", "SpecimenIdentifier")
        self.SpecimenUID = check_uid(specimen_uid, "SpecimenUID")
        self.IssuerOfTheSpecimenIdentifierSequence = (
            [] if issuer_of_specimen_id is None else [_copy_issuer(issuer_of_specimen_id)]
        )
        self.SpecimenPreparationSequence = _copy_steps(specimen_preparation_steps)
        if specimen_location is not None:
            self.SpecimenLocalizationContentItemSequence = _locate(specimen_location)
        if primary_anatomic_structures is not None:
            self.PrimaryAnatomicStructureSequence = to_codes(
                primary_anatomic_structures, "primary_anatomic_structures"
            )
        if specimen_type is not None:
            self.SpecimenTypeCodeSequence = [to_code(specimen_type, "specimen_type")]
        set_text(self, "SpecimenShortDescription", "LO", specimen_short_description)
        set_text(self, "SpecimenDetailedDescription", "UT", specimen_detailed_description)

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        require_attributes(dataset, ("SpecimenIdentifier", "SpecimenUID"), cls.__name__, _CLAUSE)

    @property
    def specimen_id(self) -> str:
        """Identifier of the specimen."""
        return str(self.SpecimenIdentifier)

    @property
    def specimen_uid(self) -> UID:
        """Unique identifier of the specimen."""
        return UID(self.SpecimenUID)

    @property
    def specimen_location(self) -> _Location | None:
        """Where the specimen lies: a description, or X, Y (mm) and Z (µm)."""
        items = self.get("SpecimenLocalizationContentItemSequence") or []
        found = [find_values(items, name) for name, _ in _OFFSETS]
        offsets = [
            float(item.value)
            for values in found
            for item in values[:1]
            if isinstance(item, (NumContentItem, NumericContentItem)) and item.value is not None
        ]
        if len(offsets) == len(_OFFSETS):
            x, y, z = offsets
            return x, y, z
        texts = find_values(items, _LOCATION)
        return str(item_value(texts[0])) if texts else None

    @property
    def specimen_preparation_steps(self) -> list[SpecimenPreparationStep]:
        """What was done, in order of time."""
        return [
            SpecimenPreparationStep.from_dataset(item, copy=False)
            for item in self.get("SpecimenPreparationSequence") or []
        ]

    @property
    def specimen_type(self) -> CodedConcept | None:
        """Type of specimen, if one is given."""
        return next(iter(_codes(self, "SpecimenTypeCodeSequence")), None)

    @property
    def specimen_short_description(self) -> str | None:
        """Short description, if there is one."""
        return self.get("SpecimenShortDescription") or None

    @property
    def specimen_detailed_description(self) -> str | None:
        """Detailed description, if there is one."""
        return self.get("SpecimenDetailedDescription") or None

    @property
    def issuer_of_specimen_id(self) -> IssuerOfIdentifier | None:
        """Who gave the identifier, if that is known."""
        if is_empty(self, "IssuerOfTheSpecimenIdentifierSequence"):
            return None
        return IssuerOfIdentifier.from_dataset(
            self.IssuerOfTheSpecimenIdentifierSequence[0], copy=False
        )

    @property
    def primary_anatomic_structures(self) -> list[CodedConcept] | None:
        """Where in the patient the specimen comes from, if that is given."""
        return _codes(self, "PrimaryAnatomicStructureSequence") or None


def _copy_issuer(issuer: IssuerOfIdentifier) -> IssuerOfIdentifier:
    check_type(issuer, IssuerOfIdentifier, "issuer_of_specimen_id")
    return IssuerOfIdentifier.from_dataset(issuer)


def _copy_steps(steps: object) -> list[SpecimenPreparationStep]:
    if steps is None:
        return []
    if isinstance(steps, (str, Dataset)) or not isinstance(steps, Iterable):
        raise InvalidTypeError(
            "these are no steps",
            attribute="specimen_preparation_steps",
            found=type(steps).__name__,
            expected="a sequence of SpecimenPreparationStep",
        )
    return [
        SpecimenPreparationStep.from_dataset(
            check_type(step, SpecimenPreparationStep, "specimen_preparation_steps")
        )
        for step in steps
    ]


def _locate(location: _Location) -> ContentSequence:
    if isinstance(location, str):
        return ContentSequence([TextContentItem(concept(_LOCATION), location)], is_sr=False)
    numbers = finite_numbers(location, 3, "specimen_location")
    return ContentSequence(
        [
            NumericContentItem(concept(name), number, concept(unit))
            for number, (name, unit) in zip(numbers, _OFFSETS, strict=True)
        ],
        is_sr=False,
    )


def _codes(item: Dataset, keyword: str) -> list[CodedConcept]:
    return [CodedConcept.from_dataset(code, copy=False) for code in item.get(keyword) or []]
