"""From the HTML of a description in PS3.3 to its sentences and its lists of values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SPACES = re.compile(r"[\s\xa0]+")
# A full stop ends a sentence if a capital follows; not after abbreviations.
_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!vs)(?<!etc)[.](?=\s+[\"(A-Z]|\s*$)")


@dataclass
class ValueList:
    """A list of Enumerated Values or Defined Terms, with its heading."""

    heading: str
    values: list[str] = field(default_factory=list)


@dataclass
class Description:
    """What a table says of an attribute, without its notes."""

    paragraphs: list[str]
    lists: list[ValueList]

    @property
    def text(self) -> str:
        """The paragraphs as one text."""
        return " ".join(self.paragraphs)

    @property
    def sentences(self) -> list[str]:
        """The sentences of all paragraphs."""
        found = [part.strip() for text in self.paragraphs for part in _END.split(text)]
        return [part for part in found if part]


def clean(text: str) -> str:
    """Join white space, and write quotes plainly."""
    return _SPACES.sub(" ", text).replace("“", '"').replace("”", '"').strip()


class _Reader(HTMLParser):
    """Collects paragraphs and lists; what stands in a note is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.lists: list[ValueList] = []
        self._text: list[str] = []
        self._notes: list[bool] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "div":
            self._notes.append(False)
        if tag in {"p", "dt", "strong", "li", "h3"} and self._inside not in {"dt", "dd"}:
            self._text = []
        if tag in {"dt", "dd", "strong", "h3"}:
            self._inside = tag
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        text = clean("".join(self._text))
        if tag == "div" and self._notes:
            self._notes.pop()
        elif tag == "h3" and text.startswith("Note") and self._notes:
            self._notes[-1] = True
        elif any(self._notes):
            pass
        elif tag == "strong" and text:
            self.lists.append(ValueList(text.rstrip(":")))
        elif tag == "dt" and text and self.lists:
            self.lists[-1].values.append(text)
        elif tag in {"p", "li"} and text and self._inside not in {"dt", "dd"}:
            self.paragraphs.append(text)
        if tag in {"dt", "strong", "dd", "h3"}:
            self._inside = ""
        if tag in {"p", "dt", "strong", "dd", "li", "h3"} and self._inside not in {"dt", "dd"}:
            self._text = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)


def read_description(html: str) -> Description:
    """Take a description apart."""
    reader = _Reader()
    reader.feed(html)
    return Description(reader.paragraphs, [each for each in reader.lists if each.values])
