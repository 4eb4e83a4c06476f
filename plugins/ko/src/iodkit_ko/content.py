"""The content of a key object selection: title, modifiers, observers, references (TID 2010)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit.coding import CodedConcept, to_codes
from iodkit.content.sequences import ContentSequence
from iodkit.dataset.identification import require
from iodkit.elements import check_type, coerce_enum, peek_text
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit_ko.titles import is_modifiable
from iodkit_sr.enums import ValueTypeValues
from iodkit_sr.templates.base import Template, find_value
from iodkit_sr.templates.observers import DEVICE, PERSON, ObserverContext, read_observers
from iodkit_sr.value_types import (
    CodeContentItem,
    CompositeContentItem,
    ContainerContentItem,
    ImageContentItem,
    TextContentItem,
    WaveformContentItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from pydicom.sr.coding import Code

    Reference = ImageContentItem | CompositeContentItem | WaveformContentItem

__all__ = ["KeyObjectSelection"]

_MODIFIER = CodedConcept("113011", "DCM", "Document Title Modifier")
_DESCRIPTION = CodedConcept("113012", "DCM", "Key Object Description")
_SOURCE = CodedConcept("260753009", "SCT", "Source")
_TEMPLATE = "2010"
_REFERENCES = frozenset({"IMAGE", "COMPOSITE", "WAVEFORM"})
_WAVEFORMS = "1.2.840.10008.5.1.4.1.1.9."


class KeyObjectSelection(Template):
    """Content of a key object selection (PS3.16 TID 2010).

    Parameters
    ----------
    document_title : Code | CodedConcept
        Title, of CID 7010: why the objects are selected.
    referenced_objects : Sequence[pydicom.Dataset]
        The objects.
    observer_person_context, observer_device_context : ObserverContext | None, optional
        Who selected them.
    description : str | None, optional
        What is to be said about the selection.
    title_modifiers : Sequence[Code | CodedConcept], optional
        Why objects are rejected (CID 7011), or what they are best of (CID 7012).

    Raises
    ------
    InvalidTypeError, InvalidValueError, MissingAttributeError
        If an argument is of another kind, nothing is selected, an object is selected twice, or
        the title has no modifiers.
    """

    def __init__(
        self,
        document_title: Code | CodedConcept,
        referenced_objects: Sequence[Dataset],
        observer_person_context: ObserverContext | None = None,
        observer_device_context: ObserverContext | None = None,
        description: str | None = None,
        title_modifiers: Sequence[Code | CodedConcept] = (),
    ) -> None:
        root = ContainerContentItem(document_title, True, _TEMPLATE)
        if title_modifiers and not is_modifiable(root.name):
            raise InvalidValueError(
                "this title has no modifiers",
                attribute="title_modifiers",
                found=root.name.meaning,
                expected="(113001, DCM), (113010, DCM) or (113013, DCM) as title",
                clause="PS3.16 TID 2010",
            )
        below: list[Any] = [
            CodeContentItem(_MODIFIER, code, "HAS CONCEPT MOD")
            for code in to_codes(title_modifiers, "title_modifiers")
        ]
        below += _observers(observer_person_context, PERSON, "observer_person_context")
        below += _observers(observer_device_context, DEVICE, "observer_device_context")
        if description is not None:
            below.append(TextContentItem(_DESCRIPTION, description, "CONTAINS"))
        below += _references(referenced_objects)
        root.ContentSequence = ContentSequence(below)
        super().__init__([root], is_root=True)

    # The published interface has roots by default.
    @classmethod
    def from_sequence(  # type: ignore[override]
        cls,
        sequence: Iterable[Dataset] | Dataset,
        is_root: bool = True,
        is_sr: bool = True,
        copy: bool = True,
    ) -> Self:
        """Make a selection from the root item of a document.

        Parameters
        ----------
        sequence : pydicom.Sequence
            Sequence with the root alone.
        is_root, is_sr, copy : bool, optional
            As for content sequences.

        Returns
        -------
        KeyObjectSelection
            The selection.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If it is no root.
        """
        return super().from_sequence(sequence, is_root, is_sr, copy)

    @property
    def _below(self) -> list[Any]:
        return list(self[0].get("ContentSequence") or ())

    @property
    def title(self) -> CodedConcept:
        """CodedConcept: Why the objects are selected."""
        return self[0].name

    @property
    def title_modifiers(self) -> list[CodedConcept]:
        """list[CodedConcept]: Why objects are rejected, or what they are best of."""
        return [
            item.value
            for item in self._below
            if item.get("ConceptNameCodeSequence") and item.name == _MODIFIER
        ]

    @property
    def description(self) -> str | None:
        """str | None: What is said about the selection."""
        found = find_value(self._below, _DESCRIPTION)
        return None if found is None else str(found)

    def get_observer_contexts(
        self, observer_type: CodedConcept | Code | None = None
    ) -> list[ObserverContext]:
        """List who selected the objects.

        Parameters
        ----------
        observer_type : CodedConcept | Code | None, optional
            Only persons, or only devices.

        Returns
        -------
        list[ObserverContext]
            The observers.
        """
        found = read_observers(self._below)
        if observer_type is None:
            return found
        return [each for each in found if each.observer_type == observer_type]

    def get_references(
        self,
        value_type: ValueTypeValues | str | None = None,
        sop_class_uid: str | None = None,
    ) -> list[Reference]:
        """List the references to the selected objects.

        Parameters
        ----------
        value_type : ValueTypeValues | str | None, optional
            Only images, composite objects, or waveforms.
        sop_class_uid : str | None, optional
            Only objects of this SOP class.

        Returns
        -------
        list[ImageContentItem | CompositeContentItem | WaveformContentItem]
            The items, in the order of the document.

        Raises
        ------
        InvalidValueError
            If `value_type` is that of no references.
        """
        kinds = _REFERENCES
        if value_type is not None:
            kind = coerce_enum(value_type, ValueTypeValues, "value_type").value
            if kind not in _REFERENCES:
                raise InvalidValueError(
                    "no references have this value type",
                    attribute="value_type",
                    found=kind,
                    expected=" or ".join(sorted(_REFERENCES)),
                    clause="PS3.16 TID 2010",
                )
            kinds = frozenset({kind})
        return [
            item
            for item in self._below
            if peek_text(item, "ValueType") in kinds
            and item.get("ReferencedSOPSequence")
            and (sop_class_uid is None or item.referenced_sop_class_uid == sop_class_uid)
        ]


def _observers(
    context: ObserverContext | None, expected: tuple[str, str, str], name: str
) -> list[Any]:
    if context is None:
        return []
    check_type(context, ObserverContext, name)
    if context.observer_type != CodedConcept(*expected):
        raise InvalidValueError(
            "the observer is of the other type",
            attribute=name,
            found=context.observer_type.meaning,
            expected=expected[2],
            clause="PS3.16 TID 1002",
        )
    return list(context)


def _references(objects: Sequence[Dataset]) -> list[Reference]:
    given = [objects] if isinstance(objects, Dataset) else list(objects)
    found: dict[str, Reference] = {}
    for each in given:
        if not isinstance(each, Dataset):
            raise InvalidTypeError(
                "objects are given as datasets",
                attribute="referenced_objects",
                found=type(each).__name__,
            )
        for keyword in ("SOPClassUID", "SOPInstanceUID"):
            require(each, keyword, clause="PS3.3 C.18.3", what="referenced object")
        uid = str(each.SOPInstanceUID)
        if uid in found:
            raise InvalidValueError(
                "an object is selected twice", attribute="referenced_objects", found=uid
            )
        found[uid] = _reference(each)
    if not found:
        raise InvalidValueError(
            "nothing is selected",
            attribute="referenced_objects",
            expected="at least one dataset",
            clause="PS3.16 TID 2010, rows 6 to 8",
        )
    return list(found.values())


def _reference(dataset: Dataset) -> Reference:
    sop_class, instance = UID(dataset.SOPClassUID), UID(dataset.SOPInstanceUID)
    if sop_class.startswith(_WAVEFORMS):
        return WaveformContentItem(_SOURCE, sop_class, instance, relationship_type="CONTAINS")
    if "Rows" in dataset or " Image Storage" in sop_class.name:
        return ImageContentItem(_SOURCE, sop_class, instance, relationship_type="CONTAINS")
    return CompositeContentItem(_SOURCE, sop_class, instance, relationship_type="CONTAINS")
