"""Codes for the names that models and people give to segments, or an honest "none is known".

Names are compared with the meanings of the codes in the context groups that PS3.16 defines for
segmented properties, by their words: ``kidney_left`` is the kidney with the modifier left,
``vertebrae_L1`` the L1 vertebra.  Nothing is guessed: a name that stands for no code, or for
several, gets none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from iodkit.coding import codes
from iodkit.elements import check_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.sr.coding import Code

__all__ = ["SegmentCodes", "find_segment_codes"]

# Context groups of properties with the category that PS3.16 CID 7150 pairs with each; where a
# name is in several, the first one has it.
_GROUPS = (
    (7192, "AnatomicalStructure"),
    (7191, "Tissue"),
    (7194, "MorphologicallyAbnormalStructure"),
    (7193, "PhysicalObject"),
    (7197, "BodySubstance"),
    (7195, "Function"),
    (7196, "SpatialAndRelationalConcept"),
    (7198, "Substance"),
    (8134, "AnatomicalStructure"),
)
_SIDES = {"left": "Left", "right": "Right", "bilateral": "Bilateral"}
_FILLERS = frozenset({"a", "an", "of", "the", "structure", "body", "entire"})
# Words that data sets use, in those of PS3.16; Latin ones above all.
_WORDS = {
    "1st": "1", "2nd": "2", "3rd": "3",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6",
    "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12",
    "clavicula": "clavicle", "vertebrae": "vertebra", "vena": "vein", "venous": "vein",
    "arteria": "artery", "oesophagus": "esophagus", "tumour": "neoplasm", "tumor": "neoplasm",
    "lt": "left", "rt": "right", "l": "left", "r": "right",
}  # fmt: skip
# Names of several words for what PS3.16 names otherwise.
_PHRASES = (
    (("bladder", "urinary"), ("bladder",)),
    (("gland", "thyroid"), ("thyroid",)),
    (("bowel", "small"), ("intestine", "small")),
    (("bowel", "large"), ("intestine", "large")),
    (("brainstem",), ("brain", "stem")),
    (("atrium", "heart"), ("atrium",)),
    (("heart", "ventricle"), ("ventricle",)),
)
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])\d*|[A-Z]\d+|\d+(?:st|nd|rd|th)?|[a-z]\d+")

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SegmentCodes:
    """What a name of a segment stands for.

    Parameters
    ----------
    category : pydicom.sr.coding.Code
        Category of the property (PS3.16 CID 7150).
    type : pydicom.sr.coding.Code
        The property (PS3.16 CID 7191 to 7198, CID 8134).
    modifiers : tuple[Code, ...], optional
        Modifiers of the type: the side (PS3.16 CID 244).
    """

    category: Code
    type: Code
    modifiers: tuple[Code, ...] = ()


def find_segment_codes(name: str) -> SegmentCodes | None:
    """Find the codes that a name of a segment stands for.

    Parameters
    ----------
    name : str
        Name such as ``"liver"``, ``"kidney_left"``, ``"vertebrae_L1"`` or ``"Left Femur"``.

    Returns
    -------
    SegmentCodes | None
        Codes of PS3.16 with the same words, whatever their order, case and number; None if no
        code has them, or several have.
    """
    words = _words(check_type(name, str, "name"))
    found = _look_up(words)
    if found is not None:
        return found
    sides = [word for word in words if word in _SIDES]
    if len(sides) != 1:
        return None
    found = _look_up(tuple(word for word in words if word not in _SIDES))
    if found is None:
        return None
    side: Code = getattr(codes.cid(244), _SIDES[sides[0]])
    return SegmentCodes(found.category, found.type, (side,))


def _look_up(words: _Key) -> SegmentCodes | None:
    found = _index().get(words) if words else None
    return found[0] if found is not None and len(found) == 1 else None


@cache
def _index() -> dict[_Key, tuple[SegmentCodes, ...]]:
    """Index the context groups by the words of the meanings; earlier groups hide later ones."""
    index: dict[_Key, tuple[SegmentCodes, ...]] = {}
    for number, keyword in _GROUPS:
        category: Code = getattr(codes.cid(7150), keyword)
        of_group: dict[_Key, dict[str, SegmentCodes]] = {}
        for code in codes.cid(number):
            for meaning in _spellings(code.meaning):
                key = _words(meaning)
                of_group.setdefault(key, {})[code.value] = SegmentCodes(category, code)
        for key, found in of_group.items():
            index.setdefault(key, tuple(found.values()))
    return index


def _spellings(meaning: str) -> Iterable[str]:
    """A meaning, and without the kind of thing that SNOMED CT appends in parentheses."""
    yield re.sub(r"\s*\([^)]*\)$", "", meaning)


def _words(name: str) -> _Key:
    words = {_word(token.lower()) for token in _TOKEN.findall(name)} - _FILLERS
    for phrase, same in _PHRASES:
        if words.issuperset(phrase):
            words = words.difference(phrase).union(same)
    return tuple(sorted(words))


def _word(token: str) -> str:
    """The one spelling of a word: synonyms, ordinals, singular."""
    token = _WORDS.get(token, token)
    if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is", "as")):
        token = token[:-1]
    return _WORDS.get(token, token)
