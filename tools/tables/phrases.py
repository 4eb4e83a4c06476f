"""Translating what PS3.3 says of conditions into the language of `iodkit.attributes.conditions`.

What is understood becomes a test; what is not becomes a statement in quotes, which nobody decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iodkit.attributes.conditions.expressions import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    Exceeds,
    HasValue,
    Is,
    Operand,
    Present,
    Statement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ATTRIBUTE = r"(?:the )?(?:value (?:of|for) )?(?:the )?@(?P<a>\w+)(?:,? [Vv]alue(?: (?P<n>\d))?,?)?"
_WORD = r"(?:[A-Z0-9_][A-Z0-9_/+-]*|[\d.]+)"
_VALUE = rf'(?:"[^"@]+"|{_WORD}(?: {_WORD})*)'
_VALUES = rf"{_VALUE}(?:(?:, or|,| or|/) {_VALUE})*"
_EQUALS = (
    r"(?:is equal to|equals|is set to|has a value of|has the value|has value|is either|"
    r"is one of|has a value|is|=|are)"
)
_NAMES = re.compile(r"@(\w+)")
# What adds nothing to a condition, or says what others say in other words.
_PLAINER = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bSOP Class UID\b", "@SOPClassUID"),
        (r'("?1\.2\.840\.10008[\d.]+"?) \([^()]*\)', r"\1"),
        (r'(?<=") and not (?=")', " or "),
        (r"\bequals other than\b", "is not"),
        (r"(@FrameIncrementPointer) (?:includes the Tag for|points to|is) @(\w+)", r"\1 is \2"),
        (r"(?<=\d) of this frame\b", ""),
        (r"\ba value of (?=@)", ""),
        (r"\b[Vv]alue (\d) of (@\w+)", r"\2 Value \1"),
        (r"(@\w+) at the image level", r"\1"),
        (r"\bthe selected (?=@)", ""),
        (r"\bnot-present\b", "not present"),
        (r"\bObserver Type\b(?! \()", "@ObserverType"),
        (r"\bTransfer Function\b (?=is TABLE)", "@RGBLUTTransferFunction "),
        (r"^value (?=@)", ""),
        (r"^the third value of (@\w+)", r"\1 Value 3"),
        (r"(@\w+) is \w+(?: \w+)* Storage \((\"[\d.]+\")\)", r"\1 is \2"),
    )
)

_PRESENT = re.compile(
    r"(?P<list>(?:either |both |neither )?(?:the )?@\w+"
    r"(?:(?:, and|, or|,| and| or| nor) (?:the )?@\w+)*)"
    r" (?:is|are) (?:both )?(?P<how>not present|absent|present|both present|present and has a value"
    r"|present and not empty|not present or empty)"
)
_IS = re.compile(rf"(?:{_ATTRIBUTE}) {_EQUALS} (?P<values>{_VALUES})")
_IS_NOT = re.compile(
    rf"(?:{_ATTRIBUTE}) (?:is not equal to|does not equal|is not|is other than"
    rf"|has a value other than) (?P<values>{_VALUES})"
)
_NOT_ZERO = re.compile(
    rf"(?:{_ATTRIBUTE}) (?:is present and has a non-zero value|is non-zero|has a non-zero value)"
)
_EXCEEDS = re.compile(
    rf"(?:{_ATTRIBUTE}) (?:is|has a value) (?:greater|more) than (?P<limit>[\d.]+|one|zero)"
)
_LIMITS = {"zero": "0", "one": "1"}
_HAS_VALUE = re.compile(
    rf"(?:{_ATTRIBUTE}) (?:has a value|is not empty|is not zero length|is non-zero length"
    r"|is non-null)"
)
_HAS_NONE = re.compile(rf"(?:{_ATTRIBUTE}) (?:is empty|is zero[- ]length)")
_PRESENT_AND = re.compile(
    rf"(?:{_ATTRIBUTE}) is present and (?:the value is|is|equals|has a value of|equal to"
    rf"|its value is) (?P<values>{_VALUES})"
)
_CONTAINS = re.compile(
    r"(?:the )?@(?P<a>\w+) contains an Item with the value (?P<codes>\([^()]+\)(?: or \([^()]+\))*)"
)
_CODE = re.compile(r'\(([^,()]+), ([^,()]+), "[^"]*"\)|\(([A-Z]+), ([^,()]+), "[^"]*"\)')
# Of control points: the first one must have everything, later ones what changes.
_FIRST = re.compile(
    r"(?:first Item (?:of|in) (?:Ion )?Control Point Sequence|Control Point 0 of @(?P<record>\w+))"
    r"(?: if (?P<also>@\w+ is non-zero))?"
    r",? (?:or|and in subsequent control points) if (?P<change>[^,]*)(?:,? and (?P<alone>@.*))?"
)
_SPLIT = re.compile(r",? (and|or) (?:if )?")


def mark_attributes(text: str, names: Mapping[str, tuple[str, str]]) -> str:
    """Write ``@ImageType`` for ``Image Type (0008,0008)``.

    Parameters
    ----------
    text : str
        A sentence.
    names : mapping
        Tag as 8 digits → name, keyword.
    """

    def keyword(match: re.Match[str]) -> str:
        name, word = names.get(match[0][1:-1].replace(",", "").lower(), ("", ""))
        return f"{name}\0@{word}" if word else match[0]

    marked = re.sub(r"\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)", keyword, text)
    # The name stands before the tag, and once more from the dictionary: both go.
    marked = re.sub(r"(?i)\b([^@\0\s][^@\0]*?) ?\1\0(?=@)", "", marked)
    # Where the name differs from the dictionary's, it is the capitalized words before it.
    marked = re.sub(r"(?:\b[A-Z0-9][\w'/-]*\s+)+[^@\0]*\0(?=@)", _last_words, marked)
    marked = marked.replace("\0", "")
    for pattern, plain in _PLAINER:
        marked = pattern.sub(plain, marked)
    return marked


def _last_words(match: re.Match[str]) -> str:
    words = match[0].split()
    kept = [index for index, word in enumerate(words) if word.islower() and len(word) > 3]
    return " ".join([*words[: kept[-1] + 1], ""]) if kept else ""


def translate(text: str) -> Condition:
    """Translate the part after "Required if"."""
    text = text.strip(" .;,")
    first = _FIRST.fullmatch(text)
    if first:
        return _first_control_point(first)
    found = _strict(text)
    return found if found is not None else _loose(text)


def _first_control_point(match: re.Match[str]) -> Condition:
    """Decide for the first control point, and leave the others undecided."""
    number = "ReferencedControlPointIndex" if match["record"] else "ControlPointIndex"
    first: Condition = Is(Operand((number,)), ("0",))
    if match["also"]:
        first = AllOf((first, translate(match["also"])))
    either = AnyOf((first, _statement(match["change"])))
    return AllOf((either, translate(match["alone"]))) if match["alone"] else either


def _strict(text: str) -> Condition | None:
    """Translate all of it, or nothing."""
    text = text.strip(" .;,").removeprefix("if ")
    found = _atom(text)
    if found is not None:
        return found
    for word, kind in (("or", AnyOf), ("and", AllOf)):
        for match in _SPLIT.finditer(text):
            if match[1] == word and _balanced(text[: match.start()]):
                left, right = _strict(text[: match.start()]), _strict(text[match.end() :])
                if left is not None and right is not None:
                    return kind((*_parts(left, kind), *_parts(right, kind)))
    return None


def _loose(text: str) -> Condition:
    """Translate what can be, if the joining words leave no doubt; the rest are statements."""
    splits = [m for m in _SPLIT.finditer(text) if _balanced(text[: m.start()])]
    for word, kind in (("and", AllOf), ("or", AnyOf)):
        pieces, start = [], 0
        for match in splits:
            if match[1] == word:
                pieces.append(text[start : match.start()])
                start = match.end()
        pieces.append(text[start:])
        parts = [_strict(piece) for piece in pieces]
        rest = [piece for piece, part in zip(pieces, parts, strict=True) if part is None]
        if len(rest) == len(pieces) or any(_SPLIT.search(piece) for piece in rest):
            continue
        made = (part or _statement(piece) for piece, part in zip(pieces, parts, strict=True))
        return kind(tuple(made))
    return _statement(text)


def _statement(text: str) -> Statement:
    return Statement(_NAMES.sub(r"\1", text).replace('"', "'").strip(" ,;."))


def _parts(condition: Condition, kind: type[AllOf | AnyOf]) -> Iterator[Condition]:
    if isinstance(condition, kind):
        yield from condition.parts
    else:
        yield condition


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0


def _atom(text: str) -> Condition | None:
    for pattern, build in _ATOMS:
        match = pattern.fullmatch(text)
        if match:
            return build(match)
    return None


def _operand(match: re.Match[str]) -> Operand:
    number = match["n"]
    return Operand((match["a"],), int(number) if number else None)


def _listed(match: re.Match[str]) -> tuple[str, ...]:
    values = re.findall(r'"([^"]+)"|([^,"]+)', re.sub(r",? or |/(?= )", ",", match["values"]))
    return tuple(value.strip() for pair in values if (value := pair[0] or pair[1]).strip())


def _present(match: re.Match[str]) -> Condition:
    names = _NAMES.findall(match["list"])
    how, any_of = match["how"], " or " in match["list"]
    if match["list"].startswith("neither "):
        how, any_of = "not present", False
    negated = how in {"not present", "absent", "not present or empty"}
    valued = how in {"present and has a value", "present and not empty", "not present or empty"}
    tests = [(HasValue if valued else Present)(Operand((name,)), negated) for name in names]
    if len(tests) == 1:
        return tests[0]
    # "A or B are not present" is said of what may stand in the place of each other: none is there.
    return AnyOf(tuple(tests)) if any_of and not negated else AllOf(tuple(tests))


def _contains(match: re.Match[str]) -> Condition | None:
    tests = []
    for code, scheme, scheme_first, code_second in _CODE.findall(match["codes"]):
        pair = (code_second, scheme_first) if scheme_first else (code, scheme)
        if pair[0] in {"DCM", "SCT"}:
            pair = (pair[1], pair[0])
        tests.append(Contains(Operand((match["a"],)), *pair))
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _limit(text: str) -> float:
    return float(_LIMITS.get(text, text))


_ATOMS = (
    (_PRESENT, _present),
    (_EXCEEDS, lambda m: Exceeds(_operand(m), _limit(m["limit"]))),
    (_NOT_ZERO, lambda m: AllOf((HasValue(_operand(m)), Is(_operand(m), ("0",), True)))),
    (_HAS_VALUE, lambda m: HasValue(_operand(m))),
    (_HAS_NONE, lambda m: HasValue(_operand(m), True)),
    (_PRESENT_AND, lambda m: Is(_operand(m), _listed(m))),
    (_IS_NOT, lambda m: Is(_operand(m), _listed(m), True)),
    (_IS, lambda m: Is(_operand(m), _listed(m))),
    (_CONTAINS, _contains),
)
