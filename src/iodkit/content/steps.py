"""Steps of the preparation of a specimen (PS3.16 TID 8001, Specimen Preparation)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeAlias

from iodkit.coding import CodedConcept
from iodkit.content.issuers import IssuerOfIdentifier
from iodkit.content.macros import is_empty
from iodkit.content.procedures import (
    COLLECTION,
    DESCRIPTION,
    SAMPLING,
    STAINING,
    SpecimenCollection,
    SpecimenProcessing,
    SpecimenSampling,
    SpecimenStaining,
    code_or_text_item,
    concept,
    find_values,
    item_value,
)
from iodkit.content.sequences import ContentSequence
from iodkit.content.values import CodeContentItem, DateTimeContentItem, TextContentItem
from iodkit.elements import DicomItem, check_string, check_type
from iodkit.errors import InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

    from iodkit.content.items import ContentItem

Procedure: TypeAlias = SpecimenCollection | SpecimenSampling | SpecimenStaining | SpecimenProcessing

__all__ = ["SpecimenPreparationStep"]

_CLAUSE = "PS3.16 TID 8001"
_KEYWORD = "SpecimenPreparationStepContentItemSequence"
_ID = ("121041", "DCM", "Specimen Identifier")
_ISSUER = ("111724", "DCM", "Issuer of Specimen Identifier")
_TYPE = ("111701", "DCM", "Processing type")
_DATETIME = ("111702", "DCM", "DateTime of processing")
_FIXATIVE = ("430864009", "SCT", "Tissue Fixative")
_EMBEDDING = ("430863003", "SCT", "Embedding medium")
_CONTAINER = ("434711009", "SCT", "Specimen container")
_SPECIMEN_TYPE = ("371439000", "SCT", "Specimen type")


class SpecimenPreparationStep(DicomItem):
    """One step in the preparation of a specimen: an item of its preparation sequence.

    Parameters
    ----------
    specimen_id : str
        Identifier of the specimen after the step; for sampling, of the new specimen.
    processing_procedure : SpecimenCollection | SpecimenSampling | SpecimenStaining | \
SpecimenProcessing
        What was done.
    processing_description : str | pydicom.sr.coding.Code | CodedConcept | None, optional
        Description of the step; not for `SpecimenProcessing`, which is one itself.
    processing_datetime : datetime.datetime | None, optional
        When it was done.
    issuer_of_specimen_id : IssuerOfIdentifier | None, optional
        Who gave the identifier.
    fixative : pydicom.sr.coding.Code | CodedConcept | None, optional
        Fixative that was used, from context group 8114.
    embedding_medium : pydicom.sr.coding.Code | CodedConcept | None, optional
        Embedding medium that was used, from context group 8115.
    specimen_container : pydicom.sr.coding.Code | CodedConcept | None, optional
        Container of the specimen after the step, from context group 8101.
    specimen_type : pydicom.sr.coding.Code | CodedConcept | None, optional
        Type of the specimen after the step, from context group 8103.

    Raises
    ------
    InvalidTypeError
        If an argument is of a wrong type.
    InvalidValueError
        If the identifier is empty or too long, or if a `SpecimenProcessing` is described twice.
    """

    def __init__(
        self,
        specimen_id: str,
        processing_procedure: Procedure,
        processing_description: str | Code | CodedConcept | None = None,
        processing_datetime: dt.datetime | None = None,
        issuer_of_specimen_id: IssuerOfIdentifier | None = None,
        fixative: Code | CodedConcept | None = None,
        embedding_medium: Code | CodedConcept | None = None,
        specimen_container: Code | CodedConcept | None = None,
        specimen_type: Code | CodedConcept | None = None,
    ) -> None:
        super().__init__()
        _check_procedure(processing_procedure, processing_description)
        check_string(specimen_id, "LO", "specimen_id")
        items: list[ContentItem] = [TextContentItem(concept(_ID), specimen_id)]
        if issuer_of_specimen_id is not None:
            issuer = check_type(issuer_of_specimen_id, IssuerOfIdentifier, "issuer_of_specimen_id")
            items.append(TextContentItem(concept(_ISSUER), issuer.hierarchic_designator))
        items.append(CodeContentItem(concept(_TYPE), concept(processing_procedure.processing_type)))
        if processing_datetime is not None:
            check_type(processing_datetime, dt.datetime, "processing_datetime")
            items.append(DateTimeContentItem(concept(_DATETIME), processing_datetime))
        if processing_description is not None:
            items.append(code_or_text_item(DESCRIPTION, processing_description))
        items.extend(type(item).from_dataset(item) for item in processing_procedure)
        for name, code in (
            (_FIXATIVE, fixative),
            (_EMBEDDING, embedding_medium),
            (_CONTAINER, specimen_container),
            (_SPECIMEN_TYPE, specimen_type),
        ):
            if code is not None:
                items.append(CodeContentItem(concept(name), code))
        self.SpecimenPreparationStepContentItemSequence = ContentSequence(items, is_sr=False)

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        if is_empty(dataset, _KEYWORD):
            raise MissingAttributeError(
                "the item describes no step",
                attribute=_KEYWORD,
                expected="at least one content item",
                clause=_CLAUSE,
            )
        for name in (_ID, _TYPE):
            if not find_values(dataset[_KEYWORD].value, name):
                raise MissingAttributeError(
                    f"the step has no content item {name[2]!r}",
                    attribute=_KEYWORD,
                    expected=f"an item named ({', '.join(name)})",
                    clause=_CLAUSE,
                )

    @property
    def specimen_id(self) -> str:
        """Identifier of the specimen after the step."""
        return str(self._first(_ID))

    @property
    def processing_type(self) -> CodedConcept:
        """Kind of step, from context group 8111."""
        value = self._first(_TYPE)
        if not isinstance(value, CodedConcept):
            raise InvalidValueError(
                "the processing type is no code",
                attribute=_KEYWORD,
                found=value,
                expected="a code",
                clause=_CLAUSE,
            )
        return value

    @property
    def processing_procedure(self) -> Procedure | None:
        """What was done; ``None`` if the step has no items that describe it."""
        kinds: tuple[tuple[tuple[str, str, str], type[Procedure]], ...] = (
            (COLLECTION, SpecimenCollection),
            (SAMPLING, SpecimenSampling),
            (STAINING, SpecimenStaining),
        )
        kind = self.processing_type
        for code, cls in kinds:
            if kind == concept(code):
                return cls.from_step(self._items)
        return SpecimenProcessing.from_step(self._items)

    @property
    def fixative(self) -> CodedConcept | None:
        """Fixative that was used, if any."""
        return self._optional_code(_FIXATIVE)

    @property
    def embedding_medium(self) -> CodedConcept | None:
        """Embedding medium that was used, if any."""
        return self._optional_code(_EMBEDDING)

    @property
    def processing_description(self) -> str | CodedConcept | None:
        """Description of the step, if there is one."""
        return self._first(DESCRIPTION)

    @property
    def processing_datetime(self) -> dt.datetime | None:
        """When it was done, if that is known."""
        found = find_values(self._items, _DATETIME)
        return found[0].value if found and isinstance(found[0], DateTimeContentItem) else None

    @property
    def issuer_of_specimen_id(self) -> str | None:
        """Who gave the identifier: a hierarchic designator of HL7 v2, if that is known."""
        value = self._first(_ISSUER)
        return None if value is None else str(value)

    @property
    def specimen_container(self) -> CodedConcept | None:
        """Container of the specimen after the step, if that is given."""
        return self._optional_code(_CONTAINER)

    @property
    def specimen_type(self) -> CodedConcept | None:
        """Type of the specimen after the step, if that is given."""
        return self._optional_code(_SPECIMEN_TYPE)

    @property
    def _items(self) -> list[Dataset]:
        return list(self[_KEYWORD].value)

    def _first(self, name: tuple[str, str, str]) -> CodedConcept | str | None:
        found = find_values(self._items, name)
        return item_value(found[0]) if found else None

    def _optional_code(self, name: tuple[str, str, str]) -> CodedConcept | None:
        value = self._first(name)
        return value if isinstance(value, CodedConcept) else None


def _check_procedure(procedure: object, description: object) -> None:
    kinds = (SpecimenCollection, SpecimenSampling, SpecimenStaining, SpecimenProcessing)
    check_type(procedure, kinds, "processing_procedure")
    if isinstance(procedure, SpecimenProcessing) and description is not None:
        raise InvalidValueError(
            "a SpecimenProcessing is a description already",
            attribute="processing_description",
            found=description,
            expected="no further description",
            clause=_CLAUSE,
        )
