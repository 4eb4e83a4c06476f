"""Documents as files for other programs: what ``iodkit convert`` writes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from iodkit_sr.document import open_document

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["to_csv", "to_html", "to_json", "to_text"]


def to_text(dataset: Dataset) -> str:
    """Write a document as an outline.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Document of any SR storage class.

    Returns
    -------
    str
        Lines of text.
    """
    return open_document(dataset).to_text() + "\n"


def to_html(dataset: Dataset) -> str:
    """Write a document as a page.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Document of any SR storage class.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    return open_document(dataset).to_html()


def to_json(dataset: Dataset) -> str:
    """Write a document as plain data.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Document of any SR storage class.

    Returns
    -------
    str
        JSON with the items and their paths.
    """
    return open_document(dataset).tree.to_json(indent=2) + "\n"


def to_csv(dataset: Dataset) -> str:
    """Write a document as a table.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Document of any SR storage class.

    Returns
    -------
    str
        A row for each item, after one with the names of the columns.
    """
    out = io.StringIO()
    columns = open_document(dataset).to_columns()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()
