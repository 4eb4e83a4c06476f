"""Random edits through the items of a document, beside the same ones on what pydicom reads."""

from __future__ import annotations

import copy
import io

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from iodkit import sr
from iodkit_sr._cases import _evidence as evidence

NAMES = [sr.CodedConcept(str(number), "99TEST", f"Name {number}") for number in range(3)]
MM = sr.CodedConcept("mm", "UCUM", "millimeter")
TITLE = sr.CodedConcept("126000", "DCM", "Imaging Measurement Report")
BELOW = {"relationship_type": "CONTAINS"}


def make_item(kind, name, value):
    if kind == "TEXT":
        return sr.TextContentItem(NAMES[name], f"text {value}", **BELOW)
    if kind == "NUM":
        return sr.NumContentItem(NAMES[name], value / 7, MM, **BELOW)
    item = sr.ContainerContentItem(NAMES[name], **BELOW)
    if value % 2:
        item.ContentSequence = sr.ContentSequence([make_item("TEXT", name, value)])
    return item


def make_plain(kind, name, value):
    """The same as pydicom reads it."""
    holder = Dataset()
    holder.ContentSequence = [make_item(kind, name, value)]
    return Dataset.from_json(holder.to_json()).ContentSequence[0]


def start(numbers):
    groups = []
    for number in numbers:
        group = sr.ContainerContentItem(NAMES[number % 3], **BELOW)
        group.ContentSequence = sr.ContentSequence(
            [make_item(kind, (number + 1) % 3, number) for kind in ("TEXT", "NUM", "CONTAINER")]
        )
        groups.append(group)
    root = sr.ContainerContentItem(TITLE)
    root.ContentSequence = sr.ContentSequence(groups)
    buffer = io.BytesIO()
    sr.ComprehensiveSR(evidence(), root).save_as(buffer)
    return buffer.getvalue()


def all_items(item, path=()):
    yield path, item
    for number, below in enumerate(item.get("ContentSequence") or ()):
        yield from all_items(below, (*path, number))


def at(item, path):
    for number in path:
        item = item.ContentSequence[number]
    return item


def insert(ours, plain, name, value):
    if plain.ValueType != "CONTAINER":
        return
    kind = ("TEXT", "NUM", "CONTAINER")[value % 3]
    new = (make_item(kind, name, value), make_plain(kind, name, value))
    for item, added in zip((ours, plain), new, strict=True):
        if not item.get("ContentSequence"):
            empty = sr.ContentSequence() if item is ours else Sequence()
            item.ContentSequence = empty
        item.ContentSequence.insert(value % (len(item.ContentSequence) + 1), added)


def delete(ours, plain, _name, value):
    for item in (ours, plain):
        if item.get("ContentSequence"):
            del item.ContentSequence[value % len(item.ContentSequence)]
            if not item.ContentSequence:
                del item.ContentSequence


def rename(ours, plain, name, value):
    for item in (ours, plain):
        item.ConceptNameCodeSequence[0].CodeMeaning = f"renamed {name} {value}"


def replace_name(ours, plain, name, _value):
    code = copy.deepcopy(NAMES[name])
    ours.ConceptNameCodeSequence = [code]
    plain.ConceptNameCodeSequence = [Dataset.from_json(code.to_json())]


def set_value(ours, plain, _name, value):
    for item in (ours, plain):
        if item.ValueType == "TEXT":
            item.TextValue = f"geändert {value}"
        elif item.ValueType == "NUM":
            item.MeasuredValueSequence[0].NumericValue = str(value)
            if "FloatingPointValue" in item.MeasuredValueSequence[0]:
                del item.MeasuredValueSequence[0].FloatingPointValue


def add_attribute(ours, plain, _name, value):
    for item in (ours, plain):
        item.ObservationUID = f"1.2.{value}"


def reverse(ours, plain, _name, _value):
    for item in (ours, plain):
        if item.get("ContentSequence"):
            items = list(item.ContentSequence)[::-1]
            item.ContentSequence = sr.ContentSequence(items) if item is ours else Sequence(items)


EDITS = [insert, delete, rename, replace_name, set_value, add_attribute, reverse]
steps = st.tuples(
    st.sampled_from(EDITS),
    st.integers(0, 10**6),
    st.integers(0, 2),
    st.integers(0, 50),
    st.sampled_from(["content", "tree", "sequence"]),
)


def item_of(document, path, way):
    """An item of a document, on one of the ways that lead to it."""
    if way == "tree":
        return document.tree[(1, *(number + 1 for number in path))].item
    return at(document.content[0] if way == "content" else document, path)


def assert_same(document, plain):
    """The index, the items and the file say what pydicom's tree says."""
    expected = list(all_items(plain))
    nodes = list(document.tree)
    assert [node.path for node in nodes] == [
        ".".join(map(str, (1, *(number + 1 for number in path)))) for path, _ in expected
    ]
    for node, (_, item) in zip(nodes, expected, strict=True):
        assert node.value_type == item.ValueType
        assert node.name.meaning == item.ConceptNameCodeSequence[0].CodeMeaning
        if node.value_type == "TEXT":
            assert node.value == item.TextValue
        elif node.value_type == "NUM":
            measured = item.MeasuredValueSequence[0]
            number = measured.get("FloatingPointValue", measured.NumericValue)
            assert node.value == pytest.approx(float(number))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=4), st.lists(steps, max_size=12))
@settings(deadline=None, max_examples=40)
def test_edits_through_items_are_always_seen(numbers, edits):
    content = start(numbers)
    document, plain = sr.srread(content), pydicom.dcmread(io.BytesIO(content))
    for edit, place, name, value, way in edits:
        paths = [path for path, _ in all_items(plain)]
        path = paths[place % len(paths)]
        edit(item_of(document, path, way), at(plain, path), name, value)
        assert_same(document, plain)
    buffer = io.BytesIO()
    document.save_as(buffer)
    again = pydicom.dcmread(io.BytesIO(buffer.getvalue()))
    assert again.get("ContentSequence") == plain.get("ContentSequence")
    assert again.ConceptNameCodeSequence == plain.ConceptNameCodeSequence
    assert_same(sr.srread(buffer.getvalue()), plain)
