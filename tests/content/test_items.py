from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID
from pydicom.valuerep import PersonName

from iodkit.coding import CodedConcept, codes
from iodkit.content import (
    CodeContentItem,
    ContentItem,
    ContentSequence,
    DateContentItem,
    DateTimeContentItem,
    NumContentItem,
    NumericContentItem,
    PnameContentItem,
    RelationshipTypeValues,
    TextContentItem,
    TimeContentItem,
    UIDRefContentItem,
    ValueTypeValues,
    to_content_item,
)
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

NAME = CodedConcept("1", "99ACME", "Name")
OTHER = CodedConcept("2", "99ACME", "Other")
MILLIMETER = codes.UCUM.Millimeter

EXAMPLES = [
    (TextContentItem, ("two\nlines",), "two\nlines", "TextValue"),
    (CodeContentItem, (OTHER,), OTHER, "ConceptCodeSequence"),
    (PnameContentItem, ("Doe^Jane",), PersonName("Doe^Jane"), "PersonName"),
    (UIDRefContentItem, ("1.2.3",), UID("1.2.3"), "UID"),
    (DateContentItem, (dt.date(2020, 1, 2),), dt.date(2020, 1, 2), "Date"),
    (TimeContentItem, (dt.time(1, 2, 3, 4),), dt.time(1, 2, 3, 4), "Time"),
    (DateTimeContentItem, ("20200102",), dt.datetime(2020, 1, 2), "DateTime"),
    (NumContentItem, (1.5, MILLIMETER), 1.5, "MeasuredValueSequence"),
    (NumericContentItem, (3, MILLIMETER), 3, "NumericValue"),
]


@pytest.mark.parametrize(("cls", "arguments", "value", "keyword"), EXAMPLES)
def test_values(cls, arguments, value, keyword: str) -> None:
    item = cls(NAME, *arguments)
    assert item.name == NAME
    assert item.value == value
    assert keyword in item
    assert item.value_type is ValueTypeValues(item.ValueType)
    assert item.relationship_type is None
    assert "RelationshipType" not in item


@pytest.mark.parametrize(("cls", "arguments", "value", "keyword"), EXAMPLES)
def test_reading(cls, arguments, value, keyword: str) -> None:
    plain = Dataset.from_json(cls(NAME, *arguments).to_json())
    item = to_content_item(plain)
    assert type(item) is cls
    assert item.value == value
    assert cls.from_dataset(plain).name == NAME
    for missing in ("ValueType", "ConceptNameCodeSequence", keyword):
        bad = Dataset.from_json(plain.to_json())
        delattr(bad, missing)
        with pytest.raises(MissingAttributeError) as caught:
            cls.from_dataset(bad)
        assert caught.value.attribute == missing
    plain.ValueType = "TABLE"
    with pytest.raises(InvalidValueError, match="another value type"):
        cls.from_dataset(plain)
    assert type(to_content_item(plain)) is ContentItem


def test_relationships() -> None:
    item = TextContentItem(NAME, "x", RelationshipTypeValues.HAS_OBS_CONTEXT)
    assert item.RelationshipType == "HAS OBS CONTEXT"
    assert item.relationship_type is RelationshipTypeValues.HAS_OBS_CONTEXT
    with pytest.raises(InvalidValueError, match="CONTAINS"):
        TextContentItem(NAME, "x", "contains")


def test_wrong_values() -> None:
    for make in (
        lambda: TextContentItem(NAME, ""),
        lambda: UIDRefContentItem(NAME, "1.02"),
        lambda: DateContentItem(NAME, "20200230"),
        lambda: TimeContentItem(NAME, "25"),
        lambda: DateTimeContentItem(NAME, "2020 01"),
        lambda: NumContentItem(NAME, math.nan, MILLIMETER),
        lambda: NumericContentItem(NAME, math.inf, MILLIMETER),
        lambda: PnameContentItem(NAME, "a^b^c^d^e^f"),
        lambda: ContentItem("TABLES", NAME, None),
    ):
        with pytest.raises(InvalidValueError):
            make()
    for make in (
        lambda: TextContentItem("name", "x"),
        lambda: CodeContentItem(NAME, "x"),
        lambda: NumContentItem(NAME, "x", MILLIMETER),
        lambda: NumContentItem(NAME, True, MILLIMETER),
        lambda: NumContentItem(NAME, 1, "mm"),
        lambda: DateContentItem(NAME, 2020),
    ):
        with pytest.raises(InvalidTypeError):
            make()


@settings(deadline=None, max_examples=80)
@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53)))
def test_numbers_lose_nothing(number: float) -> None:
    for item in (
        NumContentItem(NAME, number, MILLIMETER),
        NumericContentItem(NAME, number, MILLIMETER),
    ):
        assert item.value == number
        assert item.unit == MILLIMETER
        assert to_content_item(Dataset.from_json(item.to_json())).value == number
        again = to_content_item(item).value
        # Integers of more than 16 characters come back as floating point values.
        assert type(again) is type(number) or abs(number) >= 1e14


def test_numbers_with_qualifier_and_without_value() -> None:
    item = NumContentItem(NAME, 1, MILLIMETER, codes.DCM.NotANumber, "CONTAINS")
    assert item.qualifier == codes.DCM.NotANumber
    assert item.MeasuredValueSequence[0].NumericValue == 1
    assert "FloatingPointValue" not in item.MeasuredValueSequence[0]
    item.MeasuredValueSequence = []
    empty = NumContentItem.from_dataset(item)
    assert (empty.value, empty.unit) == (None, None)
    assert NumContentItem(NAME, 1, MILLIMETER).qualifier is None


def text(value: str = "x", relationship: str | None = "CONTAINS", name=NAME) -> TextContentItem:
    return TextContentItem(name, value, relationship)


def container(relationship: str | None = "CONTAINS") -> ContentItem:
    item = ContentItem("CONTAINER", OTHER, relationship)
    item.ContentSequence = ContentSequence([text("below")])
    return item


def test_sequences() -> None:
    items = [text("a"), text("b", name=OTHER), container()]
    sequence = ContentSequence(items)
    assert sequence.is_sr
    assert not sequence.is_root
    assert list(sequence) == items
    assert [item.name for item in sequence.find(OTHER)] == [OTHER, OTHER]
    assert sequence.find(NAME)[0] is items[0]
    assert sequence.find(codes.SCT.Liver) == []
    assert list(sequence.get_nodes()) == [items[2]]
    assert sequence.index(items[1]) == 1
    assert items[1] in sequence
    assert text("c") not in sequence
    sequence.insert(0, text("first"))
    sequence.append(text("last"))
    sequence.extend([text("end")])
    assert [i.TextValue for i in sequence.find(NAME)] == ["first", "a", "last", "end"]


def test_rules_of_sequences() -> None:
    sequence = ContentSequence()
    for add in (
        sequence.append,
        lambda item: sequence.extend([text(), item]),
        lambda item: sequence.insert(0, item),
    ):
        with pytest.raises(MissingAttributeError, match="RelationshipType"):
            add(text(relationship=None))
        with pytest.raises(InvalidTypeError):
            add(Dataset())
    assert len(sequence) == 0
    sequence.append(text())
    with pytest.raises(InvalidTypeError):
        sequence[0] = Dataset()
    with pytest.raises(InvalidValueError):
        ContentSequence([text()], is_sr=False)
    with pytest.raises(InvalidValueError):
        ContentSequence([], is_root=True, is_sr=False)
    assert len(ContentSequence([text(relationship=None)], is_sr=False)) == 1


def test_roots() -> None:
    root = ContentSequence([container(None)], is_root=True)
    assert root.is_root
    for items in ([container()], [text(relationship=None)], [container(None), container(None)]):
        with pytest.raises(InvalidValueError, match="root"):
            ContentSequence(items, is_root=True)
    with pytest.raises(InvalidValueError, match="root"):
        root.append(container(None))


def test_sequences_that_are_read() -> None:
    plain = Sequence([Dataset.from_json(i.to_json()) for i in (text(), container())])
    sequence = ContentSequence.from_sequence(plain)
    assert type(sequence[0]) is TextContentItem
    assert isinstance(sequence[1], ContentItem)
    assert sequence[0] is not plain[0]
    sequence[0].TextValue = "changed"
    assert plain[0].TextValue == "x"
    shared = ContentSequence.from_sequence(plain, copy=False)
    shared[0].TextValue = "changed"
    assert plain[0].TextValue == "changed"
    del plain[0].TextValue
    with pytest.raises(MissingAttributeError, match="TextValue"):
        ContentSequence.from_sequence(plain)


def test_items_with_equal_values_share_nothing_that_can_be_edited() -> None:
    first, second = (
        NumContentItem(NAME, 1.5, MILLIMETER, relationship_type="CONTAINS") for _ in "ab"
    )
    first.ConceptNameCodeSequence[0].CodeMeaning = "Other"
    first.RelationshipType = "HAS PROPERTIES"
    first.MeasuredValueSequence[0].NumericValue = "7"
    first.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue = "cm"
    third = NumContentItem(NAME, 1.5, MILLIMETER, relationship_type="CONTAINS")
    for other in (second, third):
        assert other.name.meaning == NAME.meaning
        assert other.relationship_type is RelationshipTypeValues.CONTAINS
        assert (other.value, other.unit.value) == (1.5, MILLIMETER.value)


@pytest.mark.parametrize("value", [10**400, float("inf"), float("nan"), np.float32("inf")])
def test_numbers_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(InvalidValueError, match="value"):
        NumContentItem(NAME, value, MILLIMETER)


@pytest.mark.parametrize("value", [3, np.int16(3), np.float32(0.1), 1 / 3, -0.0, 2**60, 1e-300])
def test_numbers_come_back_as_they_were(value: float) -> None:
    item = NumContentItem(NAME, value, MILLIMETER)
    assert item.value == value
    assert len(str(item.MeasuredValueSequence[0].NumericValue)) <= 16
