"""Enumerated Values, Defined Terms, and numbers of items, from what PS3.3 says of an attribute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydicom.datadict import dictionary_VM, dictionary_VR

from iodkit.attributes.conditions.expressions import Statement
from tools.tables.html import ValueList, read_description

if TYPE_CHECKING:
    from iodkit.attributes.conditions import Condition
    from tools.tables.html import Description
    from tools.tables.requirements import Phrasebook
    from tools.tables.source import Node

_HEADING = re.compile(
    r"(?:Value (?P<before>\d) )?(?P<kind>Enumerated Values?|Defined Terms?)"
    r"(?: for [Vv]alue (?P<after>\d))?(?: (?:if|when) (?P<condition>.*))?",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"See Section (?P<section>[\w.]*\w)(?:,? .[^.]*.)? for "
    r"(?:specific )?(?:Enumerated Values|Defined Terms)"
)
_HEADING_ELSEWHERE = re.compile(
    r"(?:Retired )?(?:Enumerated Values|Defined Terms)"
    r"(?: (?:for|of) [^(]*\([0-9A-F]{4},[0-9A-F]{4}\))?"
)
_SHALL_BE = re.compile(r"Value (?P<n>\d) shall (?:be|have the value(?: of)?) (?P<values>.*)")
_HEX = re.compile(r"([0-9A-F]{4})H")
_CODE_STRING = re.compile(r"[A-Z0-9_ ]{1,16}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_COUNTS = (
    (r"Zero or one Items?\b", "0-1"),
    (r"Zero or more Items\b", "0-n"),
    (r"(?:Only a single|Only one|One|A single|Exactly one) Items?\b(?! or)", "1"),
    (r"One or more Items\b", "1-n"),
    (r"One or two Items\b", "1-2"),
    (r"(?:Two|Exactly two) Items\b", "2"),
    (r"Two or more Items\b", "2-n"),
)
_ITEMS = re.compile(
    r"(?P<count>.*) (?:shall be|is|are|may be)(?: included| permitted| present)?"
    r"(?: permitted)?(?: (?:in|for) (?:this|the) Sequence)?"
)


def item_count(sentences: list[str]) -> str | None:
    """Return how many items there are: ``"1"``, ``"1-n"``; None if nothing is said of it."""
    for sentence in sentences:
        match = _ITEMS.fullmatch(sentence)
        if match:
            for pattern, count in _COUNTS:
                if re.fullmatch(pattern, match["count"]):
                    return count
    return None


def value_rules(tag: str, description: Description, book: Phrasebook) -> list[dict[str, Any]]:
    """Return what is said of the values: lists with their number and condition."""
    vr, multiple = dictionary_VR(tag), dictionary_VM(tag) != "1"
    rules = []
    for values in description.lists:
        rule = _rule(values, vr, book)
        # A list without a number, where the values have different meanings, is about one of them.
        if rule and ("position" in rule or not multiple or tag.upper() not in _BY_POSITION):
            rules.append(rule)
    rules += _in_words(description.sentences, vr)
    return rules


def referenced_rules(
    tag: str, node: Node, description: Description, book: Phrasebook
) -> list[dict[str, Any]]:
    """Return the lists of the section that a description refers to for its values.

    Only of a section that has one list, of current values and perhaps one of retired ones.
    """
    match = _ELSEWHERE.search(description.text)
    pages = [url for url in node.references if match and url.endswith(f"_{match['section']}")]
    if not match or not pages or tag.upper() in _BY_POSITION:
        return []
    section = read_description(book.sections.get(pages[0], ""))
    if re.search(r"\b(?:[Aa]ddition|additional)\b", section.text):
        return []
    lists = [each for each in section.lists if _HEADING_ELSEWHERE.fullmatch(each.heading)]
    if not lists or sum("Retired" not in each.heading for each in lists) != 1:
        return []
    kind = "Enumerated Values" if "Enumerated" in lists[0].heading else "Defined Terms"
    joined = ValueList(kind, list(dict.fromkeys(v for each in lists for v in each.values)))
    # One term alone is what a section adds to those of another.
    rule = _rule(joined, dictionary_VR(tag), book) if len(joined.values) > 1 else None
    return [rule] if rule else []


# Image Type, Frame Type, Image Type of segments, …: each of their values has a meaning of its own.
_BY_POSITION = {"00080008", "00089007", "00080022"}


def _rule(values: ValueList, vr: str, book: Phrasebook) -> dict[str, Any] | None:
    heading = _HEADING.fullmatch(values.heading)
    if not heading:
        return None
    terms = [_plain(value, vr) for value in values.values]
    if not all(_fits(term, vr) for term in terms):
        return None
    enumerated = heading["kind"].lower().startswith("enumerated")
    rule: dict[str, Any] = {"enumerated" if enumerated else "terms": terms}
    position = heading["before"] or heading["after"]
    if position:
        rule["position"] = int(position)
    if heading["condition"]:
        condition = _condition(heading["condition"], book)
        if isinstance(condition, Statement):
            return None
        rule["if"] = str(condition)
    return rule


def _condition(text: str, book: Phrasebook) -> Condition:
    text = re.sub(r"^Bits Stored = ", "Bits Stored (0028,0101) is ", text)
    return book.condition(text)


def _in_words(sentences: list[str], vr: str) -> list[dict[str, Any]]:
    rules = []
    for sentence in sentences:
        match = _SHALL_BE.fullmatch(sentence)
        values = re.split(r",? or |, ", match["values"]) if match else []
        if match and all(_fits(value, vr) and value.isupper() for value in values):
            rules.append({"enumerated": values, "position": int(match["n"])})
    return rules


def _plain(value: str, vr: str) -> str:
    value = value.strip().strip('"').rstrip(".:")
    hexadecimal = _HEX.fullmatch(value)
    return str(int(hexadecimal[1], 16)) if hexadecimal and vr in {"US", "SS", "AT"} else value


def _fits(value: str, vr: str) -> bool:
    """Whether a value can be one: what is a description is none."""
    if vr == "CS":
        return bool(_CODE_STRING.fullmatch(value))
    if vr in {"US", "SS", "UL", "SL", "FL", "FD", "DS", "IS", "US or SS"}:
        return bool(_NUMBER.fullmatch(value))
    return vr in {"LO", "SH", "LT", "UI", "AE"} and len(value) <= 64
