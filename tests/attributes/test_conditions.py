"""The language of conditions: truth tables, reading and printing, and what is not in it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iodkit as ik
from iodkit.attributes.conditions import parse_condition
from iodkit.attributes.conditions.expressions import (
    AllOf,
    AnyOf,
    Contains,
    Exceeds,
    HasValue,
    Is,
    Not,
    Operand,
    Present,
    Statement,
)

TRUTHS = (True, False, None)


class Values:
    """Attributes as a dictionary; an error stands for one that cannot be read."""

    def __init__(self, **values):
        self.held = values

    def values(self, path):
        found = self.held.get(".".join(path))
        if isinstance(found, Exception):
            raise found
        return found

    codes = values


VALUES = Values(
    ImageType=("ORIGINAL", "PRIMARY"),
    Rows=("512",),
    LossyImageCompression=("01",),
    PatientID=(),
    SOPClassUID=("1.2.840.10008.5.1.4.1.1.2",),
    FrameIncrementPointer=("(0018,1063)",),
    StudyID=LookupError("damaged"),
    ViewCodeSequence=(("399162004", "SCT"), ("1", "99A")),
)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("ImageType is present", True),
        ("PatientID is present", True),
        ("Columns is present", False),
        ("Columns is not present", True),
        ("ImageType value 2 is present", True),
        ("PatientID has a value", False),
        ("PatientID has no value", True),
        ("Columns has no value", True),
        ("ImageType is PRIMARY", True),
        ("ImageType value 1 is PRIMARY", False),
        ("ImageType value 1 is ORIGINAL or MIXED", True),
        ("ImageType value 3 is AXIAL", False),
        ("ImageType value 1 is not ORIGINAL or MIXED", False),
        ("ImageType value 1 is not DERIVED", True),
        # What is not there is not of this value, and "is not" presupposes that it is there.
        ("Columns is 512", False),
        ("Columns is not 512", None),
        ("not (Columns is 512)", True),
        ("Rows is 512.0", True),
        ("LossyImageCompression is 01", True),
        ("Rows is greater than 511", True),
        ("Rows is less than 512", False),
        ("Columns is greater than 1", False),
        ("ImageType is greater than 1", None),
        ("SOPClassUID is CTImageStorage", True),
        ("SOPClassUID is MRImageStorage", False),
        ("FrameIncrementPointer is FrameTime", True),
        ("FrameIncrementPointer is FrameTimeVector", False),
        ("ViewCodeSequence contains (399162004, SCT)", True),
        ("ViewCodeSequence contains (399162004, DCM)", False),
        ("ConceptCodeSequence contains (1, DCM)", False),
        ("StudyID is present", None),
        ("StudyID is A", None),
        ('"contrast media were applied"', None),
        ('"contrast media were applied" and Columns is present', False),
        ('"contrast media were applied" or Rows is present', True),
        ("Rows is 1 or Rows is 512 and ImageType is present", True),
        ("(Rows is 1 or Rows is 512) and Columns is present", False),
    ],
)
def test_truth(text, truth):
    assert parse_condition(text).evaluate(VALUES) is truth


class Fixed(Statement):
    """A condition of a given truth."""

    def __init__(self, truth):
        super().__init__(str(truth))
        object.__setattr__(self, "truth", truth)

    __slots__ = ("truth",)

    def evaluate(self, lookup):
        return self.truth


@pytest.mark.parametrize(("a", "b"), [*product(TRUTHS, TRUTHS)])
def test_joined_truths_are_those_of_kleene(a, b):
    parts = (Fixed(a), Fixed(b))
    both = False if False in (a, b) else None if None in (a, b) else True
    either = True if True in (a, b) else None if None in (a, b) else False
    assert AllOf(parts).evaluate(VALUES) is both
    assert AnyOf(parts).evaluate(VALUES) is either
    assert Not(Fixed(a)).evaluate(VALUES) is (None if a is None else not a)


@pytest.mark.parametrize(
    "text",
    [
        "ImageType value 1 is ORIGINAL or MIXED",
        'PhotometricInterpretation is "PALETTE COLOR" or RGB or PixelPresentation is COLOR',
        "A is present and (B is not present or C has a value)",
        'A is present and ("it was applied")',
        'A is X or ("it was applied")',
        "not (A is X or B is present)",
        "A.B value 2 is not X",
        'A contains (1, "99 A")',
        'A is "is" or "greater"',
        "Rows is greater than 1.5",
    ],
)
def test_printed_as_written(text):
    assert str(parse_condition(text)) == text


names = st.sampled_from(["ImageType", "Rows", "SegmentSequence.SegmentLabel", "FrameType"])
operands = st.builds(
    Operand, names.map(lambda name: tuple(name.split("."))), st.none() | st.integers(1, 9)
)
words = st.text(
    st.characters(codec="ascii", exclude_characters='"', min_codepoint=32, max_codepoint=126),
    min_size=1,
    max_size=12,
)
tests = st.one_of(
    st.builds(Present, operands, st.booleans()),
    st.builds(HasValue, operands, st.booleans()),
    st.builds(Is, operands, st.lists(words, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(Exceeds, operands, st.integers(0, 1000).map(float), st.booleans()),
    st.builds(Contains, operands.map(lambda o: Operand(o.path)), words, words),
    st.builds(Statement, words),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(conditions)
def test_what_is_printed_is_read_as_the_same(condition):
    assert parse_condition(str(condition)) == condition


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ImageType",
        "ImageType is",
        "ImageType equals ORIGINAL",
        "ImageType value 0 is X",
        "ImageType value is X",
        "A has value",
        "A has some value",
        "A is X and",
        "(A is X",
        "A is X)",
        "A is greater than",
        "A is greater than many",
        "A contains 1",
        "A contains (1, DCM",
        'A is "X',
        "1A is X",
        "A is (",
    ],
)
def test_what_is_not_in_the_language(text):
    with pytest.raises(ik.InvalidValueError, match="not a condition"):
        parse_condition(text)


def test_operands():
    condition = parse_condition('A is X and (B.C is present or not (D has a value)) or "it"')
    assert [str(operand) for operand in condition.operands()] == ["A", "B.C", "D"]
