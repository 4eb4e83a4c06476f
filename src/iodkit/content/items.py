"""Content items: pairs of a coded name and a value (PS3.3 10.2 and C.17.3)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from iodkit.coding import CodedConcept
from iodkit.content.encoded import set_code, set_term, start_item
from iodkit.content.macros import is_empty, require_attributes
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import DicomItem, coerce_enum, peek_text
from iodkit.errors import CorruptDataError, InvalidValueError
from iodkit.io import EncodedItem, split_items

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from pydicom.sr.coding import Code

    _ItemT = TypeVar("_ItemT", bound="ContentItem")

__all__ = ["ContentHolder", "ContentItem", "adopt_item", "content_item_class", "to_content_item"]

_CLASSES: dict[str, type[ContentItem]] = {}
_CONTENT = BaseTag(0x0040A730)
_WRAPPED = frozenset((_CONTENT, 0x0040A043, 0x0040A168, 0x0040A301))
_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")
# Two threads that ask for the items below one for the first time have to get the same objects.
_FIRST_ACCESS = threading.RLock()


class ContentHolder(DicomItem):
    """A dataset with items below it, which become objects when they are asked for.

    The encoded sequence is replaced by a :class:`~iodkit.content.sequences.ContentSequence`
    whose items stay encoded until each is looked at.
    """

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            tag = BaseTag(key if isinstance(key, BaseTag) else Tag(key))
            if tag in _WRAPPED and isinstance(self._dict.get(tag), RawDataElement):
                with _FIRST_ACCESS:
                    if tag == _CONTENT:
                        self._wrap()
                    else:
                        return self._decode_code(tag)
            key = tag
        return super().__getitem__(key)

    def _decode_code(self, tag: BaseTag) -> DataElement:
        """Decode a code sequence to concepts, which compare as such."""
        element: DataElement = super().__getitem__(tag)
        for item in element.value or ():
            # While a sequence is parsed its items become safe for threads, but nothing more.
            if type(item) in (Dataset, DicomItem) and any(each in item for each in _CODE_VALUES):
                item.__class__ = CodedConcept
        return element

    def _wrap(self) -> None:
        from iodkit.content.sequences import ContentSequence

        raw = self._dict.get(_CONTENT)
        if not isinstance(raw, RawDataElement):
            return
        # As pydicom decodes: a character set that has just been set is not that of the bytes.
        encodings: Any = self.original_character_set or self._character_set
        names = [encodings] if isinstance(encodings, str) else list(encodings)
        # Inside of UN there are no VRs (PS3.5 6.2.2).
        implicit = raw.is_implicit_VR or raw.VR == "UN"
        try:
            items = split_items(raw.value or b"", implicit, raw.is_little_endian, names)
        except CorruptDataError:
            return  # pydicom makes of it what it can
        sequence = ContentSequence.of_encoded(items)
        element = DataElement(_CONTENT, "SQ", sequence, already_converted=True)
        element.is_undefined_length = raw.length == 0xFFFFFFFF
        self._dict[_CONTENT] = element


class ContentItem(ContentHolder):
    """A content item of any value type; the base of the items of each type.

    Subclasses name the type and the attribute that holds the value.  A family that has items
    of more types derives its classes from this one and registers them with
    :func:`content_item_class`.

    Parameters
    ----------
    value_type : str | ValueTypeValues
        Type of the value.
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    relationship_type : str | RelationshipTypeValues | None
        Relationship to the item above; ``None`` for the root of a document and outside of
        documents.

    Raises
    ------
    InvalidTypeError
        If `name` is no code.
    InvalidValueError
        If value type or relationship type are unknown.
    """

    _value_type: ClassVar[ValueTypeValues | None] = None
    _value_keywords: ClassVar[tuple[str, ...]] = ()
    _clause: ClassVar[str] = "PS3.3 C.17.3"

    def __init__(
        self,
        value_type: str | ValueTypeValues,
        name: Code | CodedConcept,
        relationship_type: str | RelationshipTypeValues | None,
    ) -> None:
        start_item(self)
        kind = coerce_enum(value_type, ValueTypeValues, "ValueType")
        set_term(self, "ValueType", kind.value)
        if relationship_type is not None:
            related = coerce_enum(relationship_type, RelationshipTypeValues, "RelationshipType")
            set_term(self, "RelationshipType", related.value)
        set_code(self, "ConceptNameCodeSequence", name, "name")

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        require_attributes(dataset, ("ValueType",), cls.__name__, cls._clause)
        if cls._value_type is None:
            return
        if dataset.ValueType != cls._value_type.value:
            raise InvalidValueError(
                f"{cls.__name__} is made from items of another value type",
                attribute="ValueType",
                found=dataset.ValueType,
                expected=cls._value_type.value,
                clause=cls._clause,
            )
        require_attributes(
            dataset, ("ConceptNameCodeSequence", *cls._value_keywords), cls.__name__, cls._clause
        )

    @property
    def name(self) -> CodedConcept:
        """Concept that the value is about."""
        require_attributes(self, ("ConceptNameCodeSequence",), "the name", self._clause)
        return first_code(self, "ConceptNameCodeSequence")

    @property
    def value_type(self) -> ValueTypeValues:
        """Type of the value."""
        return coerce_enum(self.ValueType, ValueTypeValues, "ValueType")

    @property
    def relationship_type(self) -> RelationshipTypeValues | None:
        """Relationship to the item above, if there is one."""
        if is_empty(self, "RelationshipType"):
            return None
        return coerce_enum(self.RelationshipType, RelationshipTypeValues, "RelationshipType")


def first_code(dataset: Dataset, keyword: str) -> CodedConcept:
    """Return the first code of a code sequence; without a copy, so that it can be edited.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Item with the sequence.
    keyword : str
        Keyword of the sequence, which has an item.

    Returns
    -------
    CodedConcept
        The code.
    """
    code = dataset[keyword].value[0]
    return code if isinstance(code, CodedConcept) else CodedConcept.from_dataset(code, copy=False)


def content_item_class(value_type: ValueTypeValues) -> Callable[[type[_ItemT]], type[_ItemT]]:
    """Decorate a class to say that plain items of a value type are read as this class.

    Parameters
    ----------
    value_type : ValueTypeValues
        Value type of the items.

    Returns
    -------
    Callable
        The decorator.
    """

    def register(cls: type[_ItemT]) -> type[_ItemT]:
        _CLASSES[value_type.value] = cls
        return cls

    return register


def adopt_item(item: Dataset | EncodedItem) -> Dataset:
    """Make the content item that an encoded item is, without asking whether it is complete.

    Parameters
    ----------
    item : pydicom.Dataset | EncodedItem
        An item; datasets are returned as they are.

    Returns
    -------
    pydicom.Dataset
        Object of the class that is registered for its value type.
    """
    if not isinstance(item, EncodedItem):
        return item
    plain = item.decode()
    cls = _CLASSES.get(peek_text(plain, "ValueType") or "", ContentItem)
    new = cls.__new__(cls)
    new.__dict__.update(plain.__dict__)
    return new


def to_content_item(dataset: Dataset, copy: bool = True) -> ContentItem:
    """Make the content item of the class that fits the value type of a dataset.

    Parameters
    ----------
    dataset : pydicom.Dataset
        An item of a content sequence.
    copy : bool, optional
        Whether the elements are copied deeply.  Without a copy, a content item is returned as
        it is.

    Returns
    -------
    ContentItem
        Item of the class that is registered for the value type, else a plain `ContentItem`.

    Raises
    ------
    MissingAttributeError
        If the dataset lacks an attribute that its value type needs.
    """
    if isinstance(dataset, ContentItem):
        return type(dataset).from_dataset(dataset) if copy else dataset
    cls = _CLASSES.get(str(dataset.get("ValueType")), ContentItem)
    return cls.from_dataset(dataset, copy=copy)
