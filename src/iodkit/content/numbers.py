"""Content items whose value is a number with its unit: as SR documents hold it, and others."""

from __future__ import annotations

import struct
from numbers import Integral
from typing import TYPE_CHECKING, ClassVar, cast

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from iodkit.content.encoded import (
    set_bytes,
    set_code,
    set_encoded_item,
    set_items,
    set_value,
    start_item,
)
from iodkit.content.items import ContentItem, content_item_class, first_code
from iodkit.content.macros import finite_numbers, is_empty, require_attributes
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import format_decimal
from iodkit.errors import InvalidTypeError, MissingAttributeError

if TYPE_CHECKING:
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept
__all__ = ["NumContentItem", "NumericContentItem"]

_pack = struct.Struct("<d").pack


@content_item_class(ValueTypeValues.NUM)
class NumContentItem(ContentItem):
    """A content item of an SR document whose value is a number (PS3.3 C.18.1).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : float
        A finite number.  It is written with 16 characters and, unless it is an integer that
        fits, as floating point value, too, so that nothing is lost.
    unit : pydicom.sr.coding.Code | CodedConcept
        Unit of measurement, of UCUM.
    qualifier : pydicom.sr.coding.Code | CodedConcept | None, optional
        Qualification of the number, from context group 42.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError
        If `value` is no number, or a code no code.
    InvalidValueError
        If `value` is not finite.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.NUM
    _clause: ClassVar[str] = "PS3.3 C.18.1"

    def __init__(
        self,
        name: Code | CodedConcept,
        value: float,
        unit: Code | CodedConcept,
        qualifier: Code | CodedConcept | None = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.NUM, name, relationship_type)
        measured = Dataset.__new__(Dataset)
        start_item(measured)
        set_code(measured, "MeasurementUnitsCodeSequence", unit, "unit")
        _set_number(measured, value)
        elements = [measured._dict[tag] for tag in sorted(measured._dict)]
        if all(isinstance(each, RawDataElement) for each in elements):
            set_encoded_item(self, "MeasuredValueSequence", cast("list[RawDataElement]", elements))
        else:
            set_items(self, "MeasuredValueSequence", [measured])
        if qualifier is not None:
            set_code(self, "NumericValueQualifierCodeSequence", qualifier, "qualifier")

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        super()._check_dataset(dataset)
        if "MeasuredValueSequence" not in dataset:
            raise MissingAttributeError(
                f"{cls.__name__} needs an attribute that the item lacks",
                attribute="MeasuredValueSequence",
                clause=cls._clause,
            )
        for measured in dataset.MeasuredValueSequence:
            _check_number(measured, cls)

    @property
    def value(self) -> int | float | None:
        """The number; ``None`` if the item says that there is none (PS3.3 C.18.1)."""
        return _number(self.MeasuredValueSequence[0]) if self.MeasuredValueSequence else None

    @property
    def unit(self) -> CodedConcept | None:
        """The unit of measurement; ``None`` if there is no number."""
        if not self.MeasuredValueSequence:
            return None
        return first_code(self.MeasuredValueSequence[0], "MeasurementUnitsCodeSequence")

    @property
    def qualifier(self) -> CodedConcept | None:
        """Qualification of the number, or why there is none."""
        if is_empty(self, "NumericValueQualifierCodeSequence"):
            return None
        return first_code(self, "NumericValueQualifierCodeSequence")


@content_item_class(ValueTypeValues.NUMERIC)
class NumericContentItem(ContentItem):
    """A content item outside of SR documents whose value is a number (PS3.3 Table 10-2).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the value is about.
    value : float
        A finite number.
    unit : pydicom.sr.coding.Code | CodedConcept
        Unit of measurement, of UCUM.

    Raises
    ------
    InvalidTypeError
        If `value` is no number, or a code no code.
    InvalidValueError
        If `value` is not finite.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.NUMERIC
    _clause: ClassVar[str] = "PS3.3 Table 10-2"

    def __init__(self, name: Code | CodedConcept, value: float, unit: Code | CodedConcept) -> None:
        super().__init__(ValueTypeValues.NUMERIC, name, None)
        _set_number(self, value)
        set_code(self, "MeasurementUnitsCodeSequence", unit, "unit")

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        super()._check_dataset(dataset)
        _check_number(dataset, cls)

    @property
    def value(self) -> int | float:
        """The number."""
        return _number(self)

    @property
    def unit(self) -> CodedConcept:
        """The unit of measurement."""
        return first_code(self, "MeasurementUnitsCodeSequence")


def _set_number(item: Dataset, value: object) -> None:
    if isinstance(value, bool):
        raise InvalidTypeError(
            "a truth value is no number", attribute="value", found=value, expected="a number"
        )
    (number,) = finite_numbers((value,), 1, "value")
    text = format_decimal(number)
    set_value(item, "NumericValue", text)
    if not isinstance(value, Integral) or float(text) != number:
        set_bytes(item, "FloatingPointValue", _pack(number))


def _check_number(item: Dataset, cls: type[ContentItem]) -> None:
    require_attributes(
        item, ("NumericValue", "MeasurementUnitsCodeSequence"), cls.__name__, cls._clause
    )


def _number(item: Dataset) -> int | float:
    if not is_empty(item, "FloatingPointValue"):
        return float(item.FloatingPointValue)
    text = str(item.NumericValue).strip()
    return int(text) if text.lstrip("+-").isdigit() else float(text)
