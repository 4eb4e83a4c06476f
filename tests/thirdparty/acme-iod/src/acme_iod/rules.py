"""Validation rules for Encapsulated PDF objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom import Dataset

__all__ = ["Finding", "check_mime_type"]


class Finding(NamedTuple):
    """What a rule found.

    Parameters
    ----------
    path : str
        Where.
    found : object
        The value there.
    expected : str
        What the standard wants.
    """

    path: str
    found: object
    expected: str


def check_mime_type(dataset: Dataset) -> Iterator[Finding]:
    """Check that the document is said to be a PDF (PS3.3 A.45.1.4.1).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Finding
        If it is not.
    """
    found = dataset.get("MIMETypeOfEncapsulatedDocument")
    if found != "application/pdf":
        yield Finding("MIMETypeOfEncapsulatedDocument", found, "application/pdf")
