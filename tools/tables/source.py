"""The tables of PS3.3 as the package ``dicom-standard`` has them, as trees of rows."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = "dicom_standard-0.1.0.data/data/standard"
_LINK = re.compile(
    r"sect_(?P<page>[\w.]+)\.html#(?:table|sect)_(?:PS3\.3_)?(?P<table>[\w.]+?)(?:-[\w.]+)?$"
)
# On a page with more than one level of clauses above them.
_CLAUSES = {
    "patient": "C.7.1.1",
    "clinical-trial-subject": "C.7.1.3",
    "cr-series": "C.8.1.1",
    "cr-image": "C.8.1.2",
}
_NUMBERS = {"2D": "TwoD", "3D": "ThreeD", "4D": "FourD", "12": "Twelve"}


@dataclass
class Node:
    """An attribute in a table, with those of its items."""

    tag: str
    type: str
    html: str
    references: tuple[str, ...] = ()
    children: list[Node | str] = field(default_factory=list)

    @cached_property
    def mark(self) -> tuple[Any, ...]:
        """What is equal for equal rows."""
        below = tuple(c if isinstance(c, str) else c.mark for c in self.children)
        return (self.tag, self.type, self.html, below)


@dataclass
class Table:
    """A module or a macro."""

    identifier: str
    keyword: str
    name: str
    clause: str
    rows: list[Node | str]


def to_keyword(name: str) -> str:
    """Make an identifier of a name: ``Image Pixel`` → ``ImagePixel``."""
    words = re.findall(r"[A-Za-z0-9]+", name.replace("'", ""))
    if words[0] in _NUMBERS:
        words[0] = _NUMBERS[words[0]]
    return "".join(word[0].upper() + word[1:] for word in words)


def to_clauses(entries: list[dict[str, Any]]) -> dict[str, str]:
    """Find the clauses of modules, macros or IODs, by identifier, from the links to their tables.

    The first clause below another stands on the page of the one above.
    """
    links = {each["id"]: _LINK.search(each["linkToStandard"]) for each in entries}
    pages = {match["page"] for match in links.values() if match}
    clauses = {}
    for identifier, match in links.items():
        number = "" if match is None else match["page"]
        if match is not None and len(match["table"].split(".")) > len(number.split(".")):
            number = match["table"]
        elif any(page.startswith(f"{number}.") for page in pages):
            number += ".1"
        clauses[identifier] = f"PS3.3 {_CLAUSES.get(identifier, number)}"
    return clauses


def iod_clause(link: str) -> str:
    """Take the clause of an IOD out of the link to its table of modules."""
    match = _LINK.search(link)
    return match["table"] if match else ""


def installed() -> Path:
    """Return the folder into which the package puts its JSON files."""
    for file in distribution("dicom-standard").files or ():
        if file.name == "modules.json":
            return Path(str(file.locate())).resolve().parent
    raise FileNotFoundError("dicom-standard is installed without its JSON files")


class Source:
    """The JSON files: of a wheel, or in a folder."""

    def __init__(self, origin: Path) -> None:
        self._folder = origin if origin.is_dir() else zipfile.Path(origin) / _FOLDER

    def load(self, name: str) -> Any:
        """Read one of the files."""
        return json.loads((self._folder / f"{name}.json").read_bytes())

    @cached_property
    def names(self) -> dict[str, tuple[str, str]]:
        """Tag as 8 digits → name, keyword."""
        return {
            each["id"].lower(): (each["name"], each["keyword"]) for each in self.load("attributes")
        }

    @cached_property
    def sections(self) -> dict[str, str]:
        """Address of a section → its HTML."""
        sections: dict[str, str] = self.load("references")
        return sections

    def modules(self) -> list[Table]:
        """Return the modules."""
        return self._tables("modules", "module_to_attributes", "moduleId")

    def macros(self) -> list[Table]:
        """Return the macros, functional groups among them."""
        return self._tables("macros", "macro_to_attributes", "macroId")

    def _tables(self, names: str, rows: str, key: str) -> list[Table]:
        grouped: dict[str, list[dict[str, Any]]] = {}
        for row in self.load(rows):
            grouped.setdefault(row[key], []).append(row)
        entries = self.load(names)
        clauses = to_clauses(entries)
        return [
            Table(
                each["id"],
                to_keyword(each["name"]),
                each["name"],
                clauses[each["id"]],
                list(_trees(grouped.get(each["id"], []))),
            )
            for each in entries
        ]


def _trees(rows: list[dict[str, Any]]) -> Iterator[Node]:
    """Nest rows by their paths; a row belongs to the last one with the path above."""
    latest: dict[str, Node] = {}
    for row in rows:
        path = row["path"].partition(":")[2]
        above, _, tag = path.rpartition(":")
        node = latest[path] = Node(
            tag,
            row["type"],
            row["description"],
            tuple(each["sourceUrl"] for each in row["externalReferences"]),
        )
        if above:
            latest[above].children.append(node)
        else:
            yield node
