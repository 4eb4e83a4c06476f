"""From trees of rows to the JSON documents that `iodkit.attributes.tables` reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag

from tools.tables.html import clean, read_description
from tools.tables.requirements import Phrasebook, requirement
from tools.tables.source import Node, Source, Table, iod_clause, to_keyword
from tools.tables.values import item_count, referenced_rules, value_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]
_TAGS = re.compile(r"<[^>]+>")
# Of streams (PS3.22), which are no objects.
_UNKNOWN = frozenset(("00060001",))
_OVERRIDES = re.compile(
    r"overrid\w+(?: \(specializing\))? the (?:optional |Type \d )?"
    r"(?:definition|requirement|type \d)",
    re.IGNORECASE,
)


def table_document(table: Table, book: Phrasebook) -> Document:
    """Write a module or macro as a document."""
    return {
        "module": table.keyword,
        "name": table.name,
        "clause": table.clause,
        "attributes": _rows(table.rows, book),
    }


def iod_documents(source: Source, book: Phrasebook) -> dict[str, Document]:
    """Write the IODs as documents, by keyword."""
    names = {
        kind: {e["id"]: e["name"] for e in source.load(kind)} for kind in ("modules", "macros")
    }
    classes: dict[str, list[str]] = {}
    for sop in source.load("sops"):
        classes.setdefault(_plain_name(sop["ciod"]), []).append(sop["id"])
    documents = {}
    for iod in source.load("ciods"):
        documents[iod["id"]] = {
            "iod": to_keyword(iod["name"]),
            "name": iod["name"],
            "clause": f"PS3.3 {iod_clause(iod['linkToStandard'])}",
            "sop_classes": classes.pop(_plain_name(iod["name"]), []),
            "modules": [],
        }
    if classes:
        print("SOP classes of unknown IODs:", classes)
    for row in source.load("ciod_to_modules"):
        usage = _usage(row, names["modules"][row["moduleId"]], book)
        documents[row["ciodId"]]["modules"].append(usage)
    for row in source.load("ciod_to_fg_macros"):
        usage = _usage(row, names["macros"][row["macroId"]], book)
        documents[row["ciodId"]].setdefault("groups", []).append(usage)
    return {document["iod"]: document for document in documents.values()}


def _plain_name(name: str) -> str:
    return name.removesuffix(" IOD").lower()


def _usage(row: dict[str, Any], name: str, book: Phrasebook) -> Document:
    usage: Document = {"module": to_keyword(name), "usage": row["usage"]}
    statement = (row["conditionalStatement"] or "").replace("\xa0", " ").strip()
    if row["usage"] == "C":
        sentences = [part.strip() for part in statement.replace("\n", " ").split(". ")]
        usage |= requirement("C", sentences, book)
    return usage


def _rows(rows: list[Node | str], book: Phrasebook) -> list[Document]:
    return [
        {"include": row} if isinstance(row, str) else document
        for row in _siblings(rows)
        for document in ([_attribute(row, book)] if isinstance(row, Node) else [{}])
        if isinstance(row, str) or document
    ]


def _siblings(rows: list[Node | str]) -> Iterator[Node | str]:
    """Yield rows; what the source has below a row that is no sequence belongs beside it."""
    for row in rows:
        yield row
        if isinstance(row, Node) and row.children and not _is_sequence(row.tag):
            yield from row.children


def _attribute(node: Node, book: Phrasebook) -> Document:
    tag = node.tag.replace("xx", "00")
    keyword = _keyword(node.tag)
    if not keyword:
        if node.tag not in _UNKNOWN:
            print("left out, as pydicom does not know it:", node.tag)
        return {}
    description = read_description(node.html)
    kind = node.type if node.type in {"1", "1C", "2", "2C"} else "3"
    row: Document = {"keyword": keyword, "type": kind}
    if tag != node.tag:
        row["tag"] = tag.upper()
    if _OVERRIDES.search(clean(_TAGS.sub(" ", node.html))):
        row["overrides"] = True
    row |= requirement(kind, description.sentences, book)
    rules = value_rules(tag, description, book) or referenced_rules(tag, node, description, book)
    if len(rules) == 1 and not {"position", "if"} & set(rules[0]):
        row |= rules[0]
    elif rules:
        row["values"] = rules
    if node.children and _is_sequence(node.tag):
        count = item_count(description.sentences)
        if count:
            row["items"] = count
        row["attributes"] = _rows(node.children, book)
    return row


def _is_sequence(tag: str) -> bool:
    return bool(_keyword(tag)) and dictionary_VR(tag.replace("xx", "00")) == "SQ"


def _keyword(tag: str) -> str:
    number = int(tag.replace("xx", "00"), 16)
    if "xx" in tag:
        return keyword_for_tag(number)
    return keyword_for_tag(number) if dictionary_has_tag(number) else ""
