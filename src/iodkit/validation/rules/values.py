"""Values against their VR: lengths, characters, and texts that can be decoded (PS3.5 6.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydicom.charset import convert_encodings
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag
from pydicom.valuerep import TEXT_VR_DELIMS

from iodkit.attributes import Fault
from iodkit.attributes.findings import join_path
from iodkit.elements.chinese import decode_text
from iodkit.validation.subject import name_of, vr_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import Dataset

    from iodkit.validation.representatives import DistinctValue
    from iodkit.validation.subject import Subject

__all__ = ["check_characters", "check_decodable", "check_lengths", "problem_of", "soundness"]

_LENGTHS = {"AE": 16, "CS": 16, "DS": 16, "IS": 12, "LO": 64, "LT": 10240, "SH": 16, "ST": 1024}
_LENGTHS |= {"AS": 4, "DT": 26, "TM": 16, "UI": 64}
_GROUP = 64
_TEXT = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_SINGLE = frozenset(("LT", "ST", "UT", "UR"))
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)"
_CLOCK = r"([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?"
_TIME = r"([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?"
_DAY = r"\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])%s)?)?"
_FORMS = {
    "AE": (r"[\x20-\x5b\x5d-\x7e]*", "printable characters"),
    "AS": (r"\d{3}[DWMY]", "three digits and D, W, M or Y"),
    "CS": (r"[A-Z0-9 _]*", "capital letters, digits, spaces and underscores"),
    "DA": (r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", "a date as YYYYMMDD"),
    "DS": (rf" *{_NUMBER}([Ee][+-]?\d+)? *", "a decimal number"),
    "DT": (
        _DAY % rf"({_TIME})?" + r"([+-]\d{4})?",
        "a date and time as YYYYMMDDHHMMSS.FFFFFF&ZZXX",
    ),
    "IS": (r" *[+-]?\d+ *", "a whole number"),
    "TM": (_TIME, "a time as HHMMSS.FFFFFF"),
    "UI": (r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*", "numbers without leading zeros, joined by dots"),
    "LO": (r"[^\x00-\x1a\x1c-\x1f\x7f]*", "text without control characters"),
    "SH": (r"[^\x00-\x1a\x1c-\x1f\x7f]*", "text without control characters"),
    "PN": (r"[^\x00-\x1a\x1c-\x1f\x7f]*", "text without control characters"),
}
for _name in ("LT", "ST", "UT", "UC"):
    _FORMS[_name] = (
        r"[^\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]*",
        "text without control characters, but for tabs and ends of lines",
    )
_PATTERNS = {vr: re.compile(pattern) for vr, (pattern, _) in _FORMS.items()}
_CHECKED = frozenset(_FORMS)
_CHARACTER_SET = BaseTag(0x00080005)


def check_lengths(subject: Subject) -> Iterator[Fault]:
    """Find values that are longer than their VR allows.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such value.
    """
    for path, vr, text, count in _texts(subject):
        limit = _LENGTHS.get(vr)
        if vr == "PN":
            long = [part for part in text.split("=") if len(part) > _GROUP]
            if long:
                yield Fault(
                    path, long[0], f"at most {_GROUP} characters in each group", count=count
                )
        elif limit is not None and len(text) > limit:
            expected = f"at most {limit} characters in {vr}, not {len(text)}"
            yield Fault(path, text, expected, "Shorten the value", count=count)


def check_characters(subject: Subject) -> Iterator[Fault]:
    """Find values with characters, or in a form, that their VR does not allow.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such value.
    """
    for path, vr, text, count in _texts(subject):
        problem = problem_of(vr, text)
        if problem:
            yield Fault(path, text, problem, count=count)


def check_decodable(subject: Subject) -> Iterator[Fault]:
    """Find texts that do not fit their SpecificCharacterSet, and sequences that are damaged.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such element.
    """
    remedy = "Set SpecificCharacterSet to what the text is encoded in"
    for path, item in subject.items:
        terms, codecs = _character_set(subject, item)
        for tag in item.keys():  # noqa: SIM118 - iterating a dataset decodes its elements
            element = item.get_item(tag, keep_deferred=True)
            if not isinstance(element, RawDataElement) or vr_of(element) not in _TEXT:
                continue
            if not _decodes(element.value or b"", codecs, default=not terms):
                expected = f"text in {terms or 'the default repertoire (ASCII)'}"
                yield Fault(join_path(path, name_of(tag)), element.value, expected, remedy)
    yield from subject.damage


def problem_of(vr: str, text: str) -> str:
    """Say what a value should have been instead.

    Parameters
    ----------
    vr : str
        Its VR.
    text : str
        One value.

    Returns
    -------
    str
        What is expected; empty if the value is right.
    """
    pattern = _PATTERNS.get(vr)
    if not text or pattern is None:
        return ""
    if pattern.fullmatch(text):
        if vr == "IS" and not -(2**31) <= int(text) < 2**31:
            return "a whole number of 32 bits"
        return ""
    return _FORMS[vr][1]


def soundness(subject: Subject) -> Callable[[str, bytes], bool]:
    """Make a test whether the rules of this module find nothing in a value.

    Parameters
    ----------
    subject : Subject
        The object, whose character set counts.

    Returns
    -------
    callable
        Tells of a VR and an encoded value; only of values in ASCII, and of single texts.
    """
    terms, codecs = _character_set(subject, subject.dataset)

    def is_sound(vr: str, value: bytes) -> bool:
        if vr not in _CHECKED:
            return False
        if not value.isascii() and (
            vr not in _SINGLE or not _decodes(value, codecs, default=not terms)
        ):
            return False
        limit = _GROUP if vr == "PN" else _LENGTHS.get(vr, len(value))
        texts = _split_bytes(value, vr, codecs)
        return all(len(text) <= limit and not problem_of(vr, text) for text in texts)

    return is_sound


def _texts(subject: Subject) -> Iterator[tuple[str, str, str, int]]:
    """Path, VR, text, and number of occurrences of each value that has a form."""
    for path, item in subject.items:
        _, codecs = _character_set(subject, item)
        for tag in item.keys():  # noqa: SIM118 - iterating a dataset decodes its elements
            element = item.get_item(tag, keep_deferred=True)
            vr = vr_of(element)
            if vr in _CHECKED:
                where = join_path(path, name_of(tag))
                for text in _split(element, vr, codecs):
                    yield where, vr, text, 1
    _, codecs = _character_set(subject, subject.dataset)
    for other in subject.other_values:
        vr = other.vr or _dictionary(other)
        if vr in _CHECKED:
            for text in _split_bytes(other.value, vr, codecs):
                yield _path_of(other), vr, text, other.count


def _split(element: Any, vr: str, codecs: list[str]) -> list[str]:
    if isinstance(element, RawDataElement):
        return _split_bytes(element.value or b"", vr, codecs)
    value = element.value
    if value is None:
        return []
    values = value if element.VM > 1 or isinstance(value, (list, tuple)) else [value]
    return [str(getattr(one, "original_string", None) or one) for one in values]


def _split_bytes(value: bytes, vr: str, codecs: list[str]) -> list[str]:
    is_text = vr in _TEXT
    text = decode_text(value, codecs, TEXT_VR_DELIMS) if is_text else value.decode("latin-1")
    texts = [text] if vr in _SINGLE else text.split("\\")
    return [one.rstrip("\0 ") if vr == "UI" else one.strip(" ") for one in texts]


def _character_set(subject: Subject, item: Dataset) -> tuple[str, list[str]]:
    # An item without one of its own has that of what it is in (PS3.3 C.12.1.1.2).
    holder = item if _CHARACTER_SET in item else subject.dataset
    terms = subject.get("SpecificCharacterSet", holder)
    if not terms:
        return "", ["iso8859"]
    shown = terms if isinstance(terms, str) else "\\".join(map(str, terms))
    try:
        return shown, list(convert_encodings(terms))
    except LookupError:
        return shown, ["iso8859"]


def _decodes(value: bytes, codecs: list[str], *, default: bool) -> bool:
    if value.isascii():
        return True
    if default:
        return False
    if len(codecs) > 1 or b"\x1b" in value:
        return "�" not in decode_text(value, codecs, TEXT_VR_DELIMS)
    try:
        value.decode(codecs[0])
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _dictionary(other: DistinctValue) -> str:
    from pydicom.datadict import dictionary_VR

    try:
        return dictionary_VR(other.tags[-1])
    except KeyError:
        return "UN"


def _path_of(other: DistinctValue) -> str:
    names = ["PerFrameFunctionalGroupsSequence", *map(name_of, other.tags[:-1])]
    steps = [f"{name}[{number}]" for name, number in zip(names, other.numbers, strict=True)]
    return ".".join((*steps, name_of(other.tags[-1])))
