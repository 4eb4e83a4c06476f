"""Content items whose value is a number with its unit: as SR documents hold it, and others."""

from __future__ import annotations

import struct
import sys
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar

from pydicom.dataset import Dataset

from iodkit.content.encoded import (
    encode_code,
    encode_short,
    encode_text,
    set_bytes,
    set_code,
    set_encoded_item,
    set_items,
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
_PLAIN = (int, float)
_LARGEST = sys.float_info.max


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
        units = encode_code("MeasurementUnitsCodeSequence", unit, "unit")
        text, double = _encode_number(value)
        if units is not None:
            set_encoded_item(self, "MeasuredValueSequence", _join(units, double, text))
        else:
            measured = Dataset()
            set_code(measured, "MeasurementUnitsCodeSequence", unit, "unit")
            _set_number(measured, text, double)
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
        _set_number(self, *_encode_number(value))
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


def _encode_number(value: Any) -> tuple[bytes, bytes]:
    """Give a number as decimal string, and as double, which is empty where it is not needed."""
    # Finite floats and integers are most of what there is, and need no further check.
    if type(value) in _PLAIN and -_LARGEST <= value <= _LARGEST:
        number = float(value)
    elif isinstance(value, bool):
        raise InvalidTypeError(
            "a truth value is no number", attribute="value", found=value, expected="a number"
        )
    else:
        (number,) = finite_numbers((value,), 1, "value")
    text = format_decimal(number)
    is_exact = isinstance(value, Integral) and float(text) == number
    return encode_text(text, "DS"), b"" if is_exact else _pack(number)


def _join(units: bytes, double: bytes, text: bytes) -> bytes:
    """Put the elements of a measured value together, in the order of their tags."""
    if double:
        double = encode_short("FloatingPointValue", double)
    return units + double + encode_short("NumericValue", text)


def _set_number(item: Dataset, text: bytes, double: bytes) -> None:
    set_bytes(item, "NumericValue", text)
    if double:
        set_bytes(item, "FloatingPointValue", double)


def _check_number(item: Dataset, cls: type[ContentItem]) -> None:
    require_attributes(
        item, ("NumericValue", "MeasurementUnitsCodeSequence"), cls.__name__, cls._clause
    )


def _number(item: Dataset) -> int | float:
    if not is_empty(item, "FloatingPointValue"):
        return float(item.FloatingPointValue)
    text = str(item.NumericValue).strip()
    return int(text) if text.lstrip("+-").isdigit() else float(text)
