"""Summaries of any object: what the kernel knows, and what families add."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pydicom.uid import UID

from iodkit.dataset import implementation_for
from iodkit.errors import IodkitError, IodkitWarning
from iodkit.registry import registry
from iodkit.summaries.sections import Section, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydicom.dataset import Dataset

    from iodkit.registry import SummaryEntry
    from iodkit.summaries.sections import Fact

__all__ = ["summarise"]

# Nothing here names the patient or says when or where he was examined, and free texts, in which
# people write such things, stay out: compare PS3.15 Annex E.
_NUMBERS = (("series number", "SeriesNumber"), ("instance number", "InstanceNumber"))
_UIDS = (
    ("study", "StudyInstanceUID"),
    ("series", "SeriesInstanceUID"),
    ("instance", "SOPInstanceUID"),
    ("frame of reference", "FrameOfReferenceUID"),
)


def summarise(dataset: Dataset) -> Summary:
    """Say what an object is, without saying whose it is.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Object of any SOP class; pixels are not decoded.

    Returns
    -------
    Summary
        Sections of the kernel, and of the families that know the object.  What cannot be found
        out about a damaged object is said in the section that it belongs to.
    """
    sections = [_object(dataset), _identification(dataset)]
    uid = str(dataset.get("SOPClassUID") or "")
    for entry in registry.summaries(uid):
        sections += _added(entry, dataset)
    return Summary(tuple(sections))


def _added(entry: SummaryEntry, dataset: Dataset) -> Iterator[Section]:
    """Sections of a family; one that fails says why, and the others are shown all the same."""
    try:
        made: Iterable[Section] = registry.load(entry)(dataset)
        yield from made
    except (IodkitError, AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        name = entry.reference.partition(":")[0].partition(".")[0]
        yield Section(f"From {name}", {"problem": str(error) or type(error).__name__})


def _object(dataset: Dataset) -> Section:
    uid = UID(str(dataset.get("SOPClassUID") or ""))
    meta = getattr(dataset, "file_meta", None)
    syntax = UID(str(meta.get("TransferSyntaxUID") or "")) if meta is not None else UID("")
    with warnings.catch_warnings():
        # Which distribution is missing is said by whoever opens the file.
        warnings.simplefilter("ignore", IodkitWarning)
        try:
            kind: str | None = implementation_for(dataset).__name__
        except IodkitError as error:
            kind = str(error)
    equipment = (dataset.get("Manufacturer"), dataset.get("ManufacturerModelName"))
    facts: dict[str, Fact] = {
        "SOP class": uid.name or "none",
        "SOP class UID": str(uid) or None,
        "opened as": kind,
        "modality": _text(dataset, "Modality"),
        "equipment": " ".join(str(word) for word in equipment if word) or None,
        "transfer syntax": syntax.name or None,
        "transfer syntax UID": str(syntax) or None,
    }
    return Section("Object", facts)


def _identification(dataset: Dataset) -> Section:
    facts: dict[str, Fact] = {name: _text(dataset, keyword) for name, keyword in _UIDS}
    for name, keyword in _NUMBERS:
        facts[name] = _text(dataset, keyword)
    return Section("Identification", facts)


def _text(dataset: Dataset, keyword: str) -> str | None:
    value = dataset.get(keyword)
    return None if value in (None, "") else str(value)
