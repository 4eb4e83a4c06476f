from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.valuerep import PersonName

from iodkit.elements import (
    check_code_string,
    check_person_name,
    check_string,
    check_text,
    check_type,
    check_uid,
    coerce_enum,
)
from iodkit.errors import InvalidTypeError, InvalidValueError, IodkitWarning
from iodkit.standard.enums import CoordinateSystemNames

LIMITS = {"AE": 16, "LO": 64, "SH": 16, "ST": 1024, "LT": 10240}
printable = st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_characters="\\\x7f")


@pytest.mark.parametrize(("vr", "limit"), LIMITS.items())
def test_length_limits(vr: str, limit: int) -> None:
    assert check_string("x" * limit, vr, "K") == "x" * limit
    with pytest.raises(InvalidValueError, match=f"{limit + 1} characters") as caught:
        check_string("x" * (limit + 1), vr, "K")
    assert caught.value.attribute == "K"


@pytest.mark.parametrize("vr", ["UC", "UT"])
def test_unlimited_texts(vr: str) -> None:
    assert check_string("x" * 100_000, vr, "K")


@settings(deadline=None, max_examples=60)
@given(st.text(printable, min_size=1, max_size=64).filter(str.strip))
def test_any_printable_text_is_a_long_string(text: str) -> None:
    assert check_string(text, "LO", "K") == text


@pytest.mark.parametrize("text", ["a\\b", "a\nb", "a\x00b", "a\x7fb"])
def test_forbidden_characters(text: str) -> None:
    with pytest.raises(InvalidValueError, match="forbids"):
        check_string(text, "LO", "K")


def test_texts_may_have_lines_and_backslashes() -> None:
    for vr in ("ST", "LT", "UT"):
        assert check_string("a\\b\r\nc\td", vr, "K")
        with pytest.raises(InvalidValueError):
            check_string("a\x00b", vr, "K")


def test_empty_texts() -> None:
    for empty in ("", "   "):
        with pytest.raises(InvalidValueError, match="empty"):
            check_string(empty, "LO", "K")
        assert check_string(empty, "LO", "K", allow_empty=True) == empty
    assert check_text(None, "LO", "K") is None
    with pytest.raises(InvalidTypeError):
        check_text(None, "LO", "K", required=True)


def test_types() -> None:
    assert check_type(3, int, "n") == 3
    with pytest.raises(InvalidTypeError, match="int or float"):
        check_type("3", (int, float), "n")
    with pytest.raises(InvalidTypeError):
        check_string(3, "LO", "K")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["A", "HAS 1_", "X" * 16])
def test_code_strings(value: str) -> None:
    assert check_code_string(value, "K") == value


@pytest.mark.parametrize("value", ["", "a", "A-B", "X" * 17, "Ä"])
def test_no_code_strings(value: str) -> None:
    with pytest.raises(InvalidValueError):
        check_code_string(value, "K")


def test_allowed_code_strings() -> None:
    assert check_code_string("DOC", "K", ["DOC", "OWL"]) == "DOC"
    with pytest.raises(InvalidValueError, match="OWL"):
        check_code_string("CSV", "K", ["DOC", "OWL"])


@pytest.mark.parametrize("uid", ["1.2", "0.1", "2.25." + "9" * 39, "1." + "2" * 62])
def test_uids(uid: str) -> None:
    assert check_uid(uid, "K") == uid


@pytest.mark.parametrize(
    "uid", ["", "1", "1.", ".1", "1..2", "1.02", "1.a", "1." + "2" * 63, "1.2 "]
)
def test_no_uids(uid: str) -> None:
    with pytest.raises(InvalidValueError, match="no UID"):
        check_uid(uid, "K")


@pytest.mark.parametrize(
    "name", ["Doe^John", PersonName("Doe^John"), "Doe^", "", "山田^太郎=ヤ^タ"]
)
def test_person_names(name: str | PersonName) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_person_name(name)


def test_wrong_person_names() -> None:
    with pytest.warns(IodkitWarning, match="one component"):
        check_person_name("John Doe")
    for name in ("a^b^c^d^e^f", "a^b=c^d=e^f=g^h", "a^" + "b" * 64):
        with pytest.raises(InvalidValueError):
            check_person_name(name)
    with pytest.raises(InvalidTypeError):
        check_person_name(3)  # type: ignore[arg-type]


def test_enumerations() -> None:
    for value in ("SLIDE", CoordinateSystemNames.SLIDE):
        member = coerce_enum(value, CoordinateSystemNames, "n")
        assert member is CoordinateSystemNames.SLIDE
    with pytest.raises(InvalidValueError, match="PATIENT"):
        coerce_enum("slide", CoordinateSystemNames, "n")
