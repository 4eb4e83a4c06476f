"""When an attribute must be there and when it may, from the sentences that describe it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iodkit.attributes.conditions import Condition, parse_condition
from iodkit.attributes.conditions.expressions import AnyOf, Not, Statement
from tools.tables.phrases import mark_attributes, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

_REQUIRED = re.compile(
    r"(?:It |This Attribute |This |C - |The Attribute )?(?:is |Is )?"
    r"(?:[Rr]equired|[Ss]hall be present|Only required|[Ss]hall only be present)"
    r"(?: only)?(?:,? if| when| where|,? for|:)? (?P<what>.*)"
)
_OTHERWISE = re.compile(
    r"[;,.(]? ?(?:and |but )?\(?(?P<how>may(?: only)? be present|shall not be present) otherwise\)?"
    r"(?: only if (?P<only>.*)| if (?P<only2>.*))?$",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"May (?:also )?(?:only )?be present (?:for other SOP Classes )?"
    r"(?:only )?(?:if|when) (?P<what>.*)"
)
_SHALL_NOT = re.compile(r"(?:This Attribute )?[Ss]hall not be present(?: if| when) (?P<what>.*)")


@dataclass
class Sentences:
    """What was understood of the sentences about one attribute."""

    required: list[Condition] = field(default_factory=list)
    allowed: list[Condition] = field(default_factory=list)
    otherwise: bool | None = None
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Phrasebook:
    """Names of attributes, and what was translated by hand.

    Parameters
    ----------
    names : mapping
        Tag as 8 digits → name, keyword.
    hand : mapping
        Part of a sentence → condition.
    sections : mapping
        Address of a section → its HTML.
    """

    names: Mapping[str, tuple[str, str]]
    hand: Mapping[str, str]
    sections: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def condition(self, text: str) -> Condition:
        """Translate a condition."""
        marked = mark_attributes(text, self.names).strip(" .;,")
        if marked in self.hand:
            self.used.add(marked)
            return parse_condition(self.hand[marked])
        return translate(marked)


def read_sentences(sentences: list[str], book: Phrasebook) -> Sentences:
    """Sort sentences into when it is required, when else it may be, and what was not understood."""
    found = Sentences()
    for sentence in sentences:
        _read(sentence, found, book)
    return found


def _read(sentence: str, found: Sentences, book: Phrasebook) -> None:
    otherwise = _OTHERWISE.search(sentence)
    if otherwise:
        only = otherwise["only"] or otherwise["only2"]
        if otherwise["how"].lower().startswith("shall not"):
            found.otherwise = False
        elif only:
            found.allowed.append(book.condition(only))
        else:
            found.otherwise = True
        sentence = sentence[: otherwise.start()]
    shall_not = _SHALL_NOT.fullmatch(sentence)
    if shall_not:
        found.allowed.append(Not(book.condition(shall_not["what"])))
        return
    may = _MAY.fullmatch(sentence)
    if may:
        found.allowed.append(book.condition(may["what"]))
        return
    required = _REQUIRED.fullmatch(sentence)
    if required:
        found.required.append(book.condition(required["what"]))
    elif re.search(r"\b(required|shall be present|may be present)\b", sentence, re.IGNORECASE):
        found.unread.append(sentence)


def requirement(kind: str, sentences: list[str], book: Phrasebook) -> dict[str, Any]:
    """Return the fields ``required`` and ``allowed`` of a row.

    Parameters
    ----------
    kind : str
        Type of the attribute, or usage of the module: with ``C`` if there is a condition.
    sentences : list of str
        What is said of it.
    book : Phrasebook
        Names and translations.
    """
    found = read_sentences(sentences, book)
    row: dict[str, Any] = {}
    if kind.endswith("C"):
        if found.required:
            parts = tuple(found.required)
            row["required"] = str(parts[0] if len(parts) == 1 else AnyOf(parts))
        else:
            text = " ".join(found.unread) or "what PS3.3 says outside of the table"
            row["required"] = str(Statement(text.replace('"', "'")))
            row["allowed"] = True
        if found.otherwise is not None:
            row["allowed"] = found.otherwise
    negations = [part for part in found.allowed if isinstance(part, Not)]
    if negations and (not kind.endswith("C") or found.otherwise):
        row["allowed"] = " and ".join(map(str, negations))
    elif found.allowed and kind.endswith("C") and found.otherwise is not True:
        positive = [part for part in found.allowed if not isinstance(part, Not)]
        if positive:
            row["allowed"] = str(positive[0] if len(positive) == 1 else AnyOf(tuple(positive)))
    if row.get("allowed") is (not kind.endswith("C")):
        del row["allowed"]
    return row
