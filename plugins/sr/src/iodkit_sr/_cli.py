"""The command ``iodkit report``: structured reports as text, pages, JSON and tables."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iodkit_sr.sop import srread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit_sr.document import SRDocument

__all__ = ["main"]


def _to_csv(document: SRDocument) -> str:
    out = io.StringIO()
    columns = document.to_columns()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


_FORMS = {
    "text": lambda document: document.to_text() + "\n",
    "html": lambda document: document.to_html(),
    "json": lambda document: document.tree.to_json(indent=2) + "\n",
    "csv": _to_csv,
}


def main(argv: Sequence[str]) -> int:
    """Run the command.

    Parameters
    ----------
    argv : Sequence[str]
        Arguments after the name of the command.

    Returns
    -------
    int
        Exit code.
    """
    parser = argparse.ArgumentParser(
        prog="iodkit report", description="Show a DICOM structured report."
    )
    parser.add_argument("file", help="DICOM file of any SR storage class")
    parser.add_argument("--as", dest="form", choices=_FORMS, default="text", help="form")
    parser.add_argument("-o", "--output", type=Path, help="file to write instead of the terminal")
    chosen = parser.parse_args(argv)
    text = _FORMS[chosen.form](srread(chosen.file))
    if chosen.output is None:
        sys.stdout.write(text)
    else:
        chosen.output.write_text(text, encoding="utf-8")
    return 0
