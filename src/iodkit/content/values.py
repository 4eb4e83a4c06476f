"""Content items whose value is a text, code, name, UID, date or time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydicom.uid import UID
from pydicom.valuerep import DA, DT, TM, PersonName

from iodkit.content.encoded import set_code, set_value
from iodkit.content.items import ContentItem, content_item_class, first_code
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import (
    check_person_name,
    check_string,
    check_uid,
    format_date,
    format_datetime,
    format_time,
)

if TYPE_CHECKING:
    import datetime as dt

    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = [
    "CodeContentItem",
    "DateContentItem",
    "DateTimeContentItem",
    "PnameContentItem",
    "TextContentItem",
    "TimeContentItem",
    "UIDRefContentItem",
]


@content_item_class(ValueTypeValues.TEXT)
class TextContentItem(ContentItem):
    """A content item whose value is a text.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : str
        Text, which may have several lines.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError
        If `value` is no string.
    InvalidValueError
        If `value` is empty.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.TEXT
    _value_keywords: ClassVar[tuple[str, ...]] = ("TextValue",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: str,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.TEXT, name, relationship_type)
        set_value(self, "TextValue", check_string(value, "UT", "TextValue"))

    @property
    def value(self) -> str:
        """The text."""
        return str(self.TextValue)


@content_item_class(ValueTypeValues.CODE)
class CodeContentItem(ContentItem):
    """A content item whose value is a coded concept.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : pydicom.sr.coding.Code | CodedConcept
        The concept.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError
        If `value` is no code.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.CODE
    _value_keywords: ClassVar[tuple[str, ...]] = ("ConceptCodeSequence",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: Code | CodedConcept,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.CODE, name, relationship_type)
        set_code(self, "ConceptCodeSequence", value, "value")

    @property
    def value(self) -> CodedConcept:
        """The concept."""
        return first_code(self, "ConceptCodeSequence")


@content_item_class(ValueTypeValues.PNAME)
class PnameContentItem(ContentItem):
    """A content item whose value is the name of a person.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : str | pydicom.PersonName
        Name, with its components joined by ``^``.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError
        If `value` is neither a string nor a person name.
    InvalidValueError
        If it has too many components, or is too long.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.PNAME
    _value_keywords: ClassVar[tuple[str, ...]] = ("PersonName",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: str | PersonName,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.PNAME, name, relationship_type)
        check_person_name(value)
        check_string(str(value), "UC", "PersonName")
        self.PersonName = PersonName(value)

    @property
    def value(self) -> PersonName:
        """The name."""
        name = PersonName(self["PersonName"].value)
        assert name is not None
        return name


@content_item_class(ValueTypeValues.UIDREF)
class UIDRefContentItem(ContentItem):
    """A content item whose value is a unique identifier.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : str | pydicom.uid.UID
        The identifier.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError
        If `value` is no string.
    InvalidValueError
        If it is no unique identifier.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.UIDREF
    _value_keywords: ClassVar[tuple[str, ...]] = ("UID",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: str | UID,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.UIDREF, name, relationship_type)
        set_value(self, "UID", check_uid(value, "UID"))

    @property
    def value(self) -> UID:
        """The identifier."""
        return UID(self["UID"].value)


@content_item_class(ValueTypeValues.DATE)
class DateContentItem(ContentItem):
    """A content item whose value is a date.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : str | datetime.date | pydicom.valuerep.DA
        Date, or its text ``YYYYMMDD``.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidValueError
        If the text is no date.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.DATE
    _value_keywords: ClassVar[tuple[str, ...]] = ("Date",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: str | dt.date | DA,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.DATE, name, relationship_type)
        set_value(self, "Date", format_date(value, "Date"))

    @property
    def value(self) -> DA:
        """The date."""
        date = DA(self["Date"].value)
        assert date is not None
        return date


@content_item_class(ValueTypeValues.TIME)
class TimeContentItem(ContentItem):
    """A content item whose value is a time of the day.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : str | datetime.time | pydicom.valuerep.TM
        Time, or its text ``HHMMSS.FFFFFF``.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidValueError
        If the text is no time.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.TIME
    _value_keywords: ClassVar[tuple[str, ...]] = ("Time",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: str | dt.time | TM,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.TIME, name, relationship_type)
        set_value(self, "Time", format_time(value, "Time"))

    @property
    def value(self) -> TM:
        """The time."""
        time = TM(self["Time"].value)
        assert time is not None
        return time


@content_item_class(ValueTypeValues.DATETIME)
class DateTimeContentItem(ContentItem):
    """A content item whose value is a moment.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : str | datetime.datetime | pydicom.valuerep.DT
        Moment, or its text ``YYYYMMDDHHMMSS.FFFFFF&ZZXX``.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidValueError
        If the text is no moment.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.DATETIME
    _value_keywords: ClassVar[tuple[str, ...]] = ("DateTime",)

    def __init__(
        self,
        name: Code | CodedConcept,
        value: str | dt.datetime | DT,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.DATETIME, name, relationship_type)
        set_value(self, "DateTime", format_datetime(value, "DateTime"))

    @property
    def value(self) -> DT:
        """The moment."""
        moment = DT(self["DateTime"].value)
        assert moment is not None
        return moment
