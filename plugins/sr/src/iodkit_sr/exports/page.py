"""Documents as a page that a browser shows: self-contained, every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from iodkit_sr.exports.tables import list_paths
from iodkit_sr.exports.values import format_code, format_date, format_item, format_person

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit_sr.tree.content_tree import ContentTree

__all__ = ["to_page"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2430; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; padding: .75rem 1rem;
  background: #f2f5f8; border-radius: 6px; }
dt { color: #5a6675; } dd { margin: 0; }
ul { list-style: none; margin: 0; padding-left: 1.1rem; border-left: 2px solid #dde4eb; }
main > ul { padding-left: 0; border: 0; }
li { margin: .2rem 0; overflow-wrap: anywhere; }
.heading { font-weight: 600; font-size: 1.08rem; display: block; margin-top: .7rem; }
.name { color: #5a6675; } .value { white-space: pre-wrap; }
.number { font-weight: 600; font-variant-numeric: tabular-nums; }
.reference { font: 13px ui-monospace, monospace; color: #5a6675; }
"""
_CLASSES = {
    "NUM": "value number",
    "IMAGE": "reference",
    "COMPOSITE": "reference",
    "WAVEFORM": "reference",
    "UIDREF": "reference",
}
_HEADER = (
    ("Patient", "PatientName"),
    ("Patient ID", "PatientID"),
    ("Born", "PatientBirthDate"),
    ("Sex", "PatientSex"),
    ("Study", "StudyDescription"),
    ("Study date", "StudyDate"),
    ("Accession number", "AccessionNumber"),
    ("Content date", "ContentDate"),
    ("Institution", "InstitutionName"),
    ("Completion", "CompletionFlag"),
    ("Verification", "VerificationFlag"),
)
_VERIFIERS = ("VerifyingObserverName", "VerifyingOrganization")


def to_page(tree: ContentTree) -> str:
    """Write a tree as a page; see :meth:`Exportable.to_html`."""
    title = escape(format_code(tree.index.name(0)) or "Structured report")
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n"
        f"<h1>{title}</h1>\n{_header(tree.owner)}</header>\n<main>\n{_items(tree)}</main>\n"
        "</body>\n</html>\n"
    )


def _header(dataset: Dataset) -> str:
    facts = [(label, _fact(dataset, keyword)) for label, keyword in _HEADER]
    facts += [
        ("Verified by", "; ".join(filter(None, (_fact(each, keyword) for keyword in _VERIFIERS))))
        for each in dataset.get("VerifyingObserverSequence") or ()
    ]
    lines = [f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>\n" for label, text in facts if text]
    return f"<dl>\n{''.join(lines)}</dl>\n" if lines else ""


def _fact(dataset: Dataset, keyword: str) -> str:
    text = str(dataset.get(keyword) or "")
    if keyword.endswith("Name") and keyword != "InstitutionName":
        return format_person(text)
    return format_date(text) if keyword.endswith("Date") else text


def _items(tree: ContentTree) -> str:
    depths = [*tree.index.depths.tolist(), 0]
    lines = []
    for row, path in enumerate(list_paths(tree)):
        if row:
            lines.append(f'<li id="i{path}">{_item(tree, row)}')
        lines.append("\n<ul>\n" if depths[row + 1] > depths[row] else "</li>\n" if row else "")
        lines.extend(["</ul>\n</li>\n"] * (depths[row] - depths[row + 1]))
    # The list below the root stands in no item.
    page = "".join(lines)
    return page.removesuffix("</li>\n") if len(tree) > 1 else page


def _item(tree: ContentTree, row: int) -> str:
    kind = tree.index.kind(row)
    name, value = escape(format_code(tree.index.name(row))), escape(format_item(tree, row))
    if row - 1 in tree.index.scan.references:
        target = escape(tree.reference_path(row))
        return f'<span class="name">{name}</span> <a href="#i{target}">→ {target}</a>'
    if kind == "CONTAINER":
        return f'<span class="heading">{name}</span>'
    label = f'<span class="name">{name}:</span> ' if name else ""
    return f'{label}<span class="{_CLASSES.get(kind, "value")}">{value}</span>'
