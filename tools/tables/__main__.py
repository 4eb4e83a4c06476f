"""Write the attribute tables from the package ``dicom-standard`` and what is kept by hand.

``python -m tools.tables`` writes the tables from the installed package, or from its wheel if that
is given, and with ``--check`` only says whether they are current.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from tools.tables.documents import iod_documents, table_document
from tools.tables.editing import apply_edits, read_edits
from tools.tables.folding import fold_macros
from tools.tables.requirements import Phrasebook
from tools.tables.source import Source, installed

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "src/iodkit/standard/tables"
SHA256 = "648aad3e57229c8891c7970533638584237b2347001cfcc78f84d7d19e8bdeac"
ORIGIN = {
    "source": "dicom-standard 0.1.0 (Innolitics, LLC), https://pypi.org/project/dicom-standard/",
    "licence": "MIT",
    "edition": "DICOM PS3.3, as published in April 2020",
    "later": "what later editions changed, and conditions that are not in the form of the others: "
    "tools/tables/hand, with a clause each",
    "generator": "python -m tools.tables; not to be edited by hand",
}


def documents(origin: Path) -> dict[str, Any]:
    """Return all documents, by path in the folder of tables."""
    source = Source(origin)
    hand = json.loads((HERE / "hand" / "conditions.json").read_text(encoding="utf-8"))
    book = Phrasebook(source.names, hand["conditions"], source.sections)
    modules, macros = source.modules(), source.macros()
    fold_macros([*modules, *macros], macros)
    found: dict[str, Any] = {}
    for kind, tables in (("modules", modules), ("macros", macros)):
        for table in tables:
            found[f"{kind}/{table.keyword}.json"] = table_document(table, book)
    for keyword, document in iod_documents(source, book).items():
        found[f"iods/{keyword}.json"] = document
    for text in sorted(set(book.hand) - book.used):
        print("translated by hand, and not met:", text)
    for path in sorted((HERE / "hand" / "editions").glob("*.json")):
        apply_edits(found, read_edits(path))
    found["index.json"] = {
        "origin": ORIGIN,
        "sop_classes": {
            uid: document["iod"]
            for path, document in sorted(found.items())
            if path.startswith("iods/")
            for uid in document["sop_classes"]
        },
    }
    return found


def render(document: Any) -> str:
    """Write a document: an attribute, or a usage, on a line."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the tables, or check that they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, nargs="?", help="by default the installed package")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.wheel and hashlib.sha256(options.wheel.read_bytes()).hexdigest() != SHA256:
        print(f"{options.wheel} is another wheel than that of dicom-standard 0.1.0")
        return 2
    origin = options.wheel or installed()
    texts = {path: render(document) for path, document in documents(origin).items()}
    there = {str(path.relative_to(TARGET)): path for path in TARGET.rglob("*.json")}
    if options.check:
        stale = [p for p, t in texts.items() if p not in there or there[p].read_text("utf-8") != t]
        stale += sorted(set(there) - set(texts))
        for path in stale:
            print("not current:", path)
        return int(bool(stale))
    for path in set(there) - set(texts):
        there[path].unlink()
    for name, text in texts.items():
        file = TARGET / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
