"""What was done to a specimen: collection, sampling, staining, processing (TID 8001 to 8003)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from iodkit.coding import CodedConcept
from iodkit.content.issuers import IssuerOfIdentifier
from iodkit.content.items import ContentItem, to_content_item
from iodkit.content.sequences import ContentSequence
from iodkit.content.values import CodeContentItem, TextContentItem
from iodkit.elements import check_string, check_type
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self, TypeAlias

    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

    _Substances: TypeAlias = "Sequence[Code | CodedConcept | str]"

__all__ = [
    "ProcedureContent",
    "SpecimenCollection",
    "SpecimenProcessing",
    "SpecimenSampling",
    "SpecimenStaining",
    "code_or_text_item",
    "find_values",
]

COLLECTION = ("17636008", "SCT", "Specimen collection")
SAMPLING = ("433465004", "SCT", "Sampling of tissue specimen")
STAINING = ("127790008", "SCT", "Staining")
PROCESSING = ("9265001", "SCT", "Specimen processing")
DESCRIPTION = ("111703", "DCM", "Processing step description")
_METHOD = ("111704", "DCM", "Sampling Method")
_PARENT_ID = ("111705", "DCM", "Parent Specimen Identifier")
_PARENT_ISSUER = ("111706", "DCM", "Issuer of Parent Specimen Identifier")
_PARENT_TYPE = ("111707", "DCM", "Parent specimen type")
_SUBSTANCE = ("424361007", "SCT", "Using substance")


def concept(code: tuple[str, str, str]) -> CodedConcept:
    """Make the concept of one of the codes that templates name."""
    return CodedConcept(*code)


def code_or_text_item(
    name: tuple[str, str, str], value: Code | CodedConcept | str
) -> CodeContentItem | TextContentItem:
    """Make a TEXT item for a string and a CODE item for a code."""
    if isinstance(value, str):
        return TextContentItem(concept(name), value)
    return CodeContentItem(concept(name), value)


def find_values(items: Iterable[Dataset], name: tuple[str, str, str]) -> list[ContentItem]:
    """Find the content items with a name; others are not looked into.

    Parameters
    ----------
    items : Iterable[pydicom.Dataset]
        Items of a content sequence.
    name : tuple[str, str, str]
        Value, scheme and meaning of the name's code.

    Returns
    -------
    list[ContentItem]
        The items, which share their elements with those given.
    """
    wanted = concept(name)
    return [
        to_content_item(item, copy=False)
        for item in items
        if "ConceptNameCodeSequence" in item
        and len(item.ConceptNameCodeSequence)
        and item.ConceptNameCodeSequence[0] == wanted
    ]


class ProcedureContent(ContentSequence):
    """The content items that describe one procedure within a preparation step (TID 8001).

    Attributes
    ----------
    processing_type : tuple[str, str, str]
        Code of the processing type that goes with the procedure.
    names : tuple[tuple[str, str, str], ...]
        Codes of the names of its items.
    """

    processing_type: ClassVar[tuple[str, str, str]]
    names: ClassVar[tuple[tuple[str, str, str], ...]]

    @classmethod
    def from_step(cls, items: Iterable[Dataset]) -> Self | None:
        """Pick the items of the procedure from those of a step.

        Parameters
        ----------
        items : Iterable[pydicom.Dataset]
            Content items of the step.

        Returns
        -------
        ProcedureContent | None
            The procedure, which shares its items with the step; ``None`` if it has no item.
        """
        chosen = [item for name in cls.names for item in find_values(items, name)]
        if not chosen:
            return None
        new = cls.__new__(cls)
        ContentSequence.__init__(new, chosen, is_sr=False)
        return new

    def _value(self, name: tuple[str, str, str]) -> CodedConcept | str:
        found = find_values(self, name)
        if not found:
            raise MissingAttributeError(
                f"{type(self).__name__} has no item with the name {name[2]!r}",
                attribute="ConceptNameCodeSequence",
                clause="PS3.16 TID 8001",
            )
        return item_value(found[0])

    def _code(self, name: tuple[str, str, str]) -> CodedConcept:
        value = self._value(name)
        if isinstance(value, str):
            raise InvalidValueError(
                "the value is a text",
                attribute="ValueType",
                found=value,
                expected="a code",
                clause="PS3.16 TID 8001",
            )
        return value


def item_value(item: ContentItem) -> CodedConcept | str:
    """Return the code or the text of an item."""
    if isinstance(item, (CodeContentItem, TextContentItem)):
        return item.value
    raise InvalidValueError(
        "the item is neither a code nor a text",
        attribute="ValueType",
        found=item.get("ValueType"),
        expected="CODE or TEXT",
        clause="PS3.16 TID 8001",
    )


class SpecimenCollection(ProcedureContent):
    """How a specimen was collected from the patient (PS3.16 TID 8001 row 7).

    Parameters
    ----------
    procedure : pydicom.sr.coding.Code | CodedConcept
        Procedure of collection, from context group 8109.

    Raises
    ------
    InvalidTypeError
        If `procedure` is no code.
    """

    processing_type = COLLECTION
    names = (COLLECTION,)

    def __init__(self, procedure: Code | CodedConcept) -> None:
        super().__init__([CodeContentItem(concept(COLLECTION), procedure)], is_sr=False)

    @property
    def procedure(self) -> CodedConcept:
        """Procedure of collection."""
        return self._code(COLLECTION)


class SpecimenSampling(ProcedureContent):
    """How a specimen was taken from another one (PS3.16 TID 8002).

    Parameters
    ----------
    method : pydicom.sr.coding.Code | CodedConcept
        Method of sampling, from context group 8110.
    parent_specimen_id : str
        Identifier of the specimen that it was taken from.
    parent_specimen_type : pydicom.sr.coding.Code | CodedConcept
        Type of that specimen, from context group 8103.
    issuer_of_parent_specimen_id : IssuerOfIdentifier | None, optional
        Who gave that identifier.

    Raises
    ------
    InvalidTypeError
        If an argument is of a wrong type.
    InvalidValueError
        If the identifier is empty or has more than 64 characters.
    """

    processing_type = SAMPLING
    names = (_METHOD, _PARENT_ID, _PARENT_ISSUER, _PARENT_TYPE)

    def __init__(
        self,
        method: Code | CodedConcept,
        parent_specimen_id: str,
        parent_specimen_type: Code | CodedConcept,
        issuer_of_parent_specimen_id: IssuerOfIdentifier | None = None,
    ) -> None:
        check_string(parent_specimen_id, "LO", "parent_specimen_id")
        items: list[ContentItem] = [
            CodeContentItem(concept(_METHOD), method),
            TextContentItem(concept(_PARENT_ID), parent_specimen_id),
        ]
        if issuer_of_parent_specimen_id is not None:
            issuer = check_type(
                issuer_of_parent_specimen_id, IssuerOfIdentifier, "issuer_of_parent_specimen_id"
            )
            items.append(TextContentItem(concept(_PARENT_ISSUER), issuer.hierarchic_designator))
        items.append(CodeContentItem(concept(_PARENT_TYPE), parent_specimen_type))
        super().__init__(items, is_sr=False)

    @property
    def method(self) -> CodedConcept:
        """Method of sampling."""
        return self._code(_METHOD)

    @property
    def parent_specimen_id(self) -> str:
        """Identifier of the specimen that it was taken from."""
        return str(self._value(_PARENT_ID))

    @property
    def parent_specimen_type(self) -> CodedConcept:
        """Type of the specimen that it was taken from."""
        return self._code(_PARENT_TYPE)

    @property
    def issuer_of_parent_specimen_id(self) -> IssuerOfIdentifier | None:
        """Who gave the identifier of the specimen that it was taken from, if that is known."""
        if not find_values(self, _PARENT_ISSUER):
            return None
        return IssuerOfIdentifier.from_hierarchic_designator(str(self._value(_PARENT_ISSUER)))


class SpecimenStaining(ProcedureContent):
    """How a specimen was stained (PS3.16 TID 8003).

    Parameters
    ----------
    substances : Sequence[pydicom.sr.coding.Code | CodedConcept | str]
        Stains that were used: codes of context group 8112, or texts; at least one.

    Raises
    ------
    InvalidTypeError
        If `substances` is no sequence of codes and texts.
    InvalidValueError
        If there are none.
    """

    processing_type = STAINING
    names = (_SUBSTANCE,)

    def __init__(self, substances: _Substances) -> None:
        if isinstance(substances, (str, CodedConcept)) or hasattr(substances, "scheme_designator"):
            raise InvalidTypeError(
                "one substance was given where a sequence is needed",
                attribute="substances",
                found=substances,
                expected="a sequence of codes and texts",
            )
        items = [code_or_text_item(_SUBSTANCE, substance) for substance in substances]
        if not items:
            raise InvalidValueError(
                "there is no substance", attribute="substances", expected="at least one"
            )
        super().__init__(items, is_sr=False)

    @property
    def substances(self) -> list[CodedConcept | str]:
        """Stains that were used: codes, and texts where there is no code."""
        return [item_value(item) for item in find_values(self, _SUBSTANCE)]


class SpecimenProcessing(ProcedureContent):
    """Another processing of a specimen, such as clearing or freezing (PS3.16 TID 8001).

    Parameters
    ----------
    description : pydicom.sr.coding.Code | CodedConcept | str
        What was done: a code of context group 8113, or a text.

    Raises
    ------
    InvalidTypeError
        If `description` is neither a code nor a string.
    """

    processing_type = PROCESSING
    names = (DESCRIPTION,)

    def __init__(self, description: Code | CodedConcept | str) -> None:
        super().__init__([code_or_text_item(DESCRIPTION, description)], is_sr=False)

    @property
    def description(self) -> CodedConcept | str:
        """What was done."""
        return self._value(DESCRIPTION)
