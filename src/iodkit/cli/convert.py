"""``iodkit convert``: objects in forms that other programs read, which plugins register."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from iodkit.dataset import read
from iodkit.errors import InvalidValueError, NotFoundError
from iodkit.io import write_file_atomically
from iodkit.registry import ExportEntry, registry

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["FORMS", "convert_file", "to_dicom_json"]

FORMS = (ExportEntry("dicom-json", ".dicom.json", "iodkit.cli.convert:to_dicom_json"),)
"""Forms of any object, in the way in which plugins register theirs."""


def to_dicom_json(dataset: Dataset) -> str:
    """Write an object in the DICOM JSON model (PS3.18 F).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Returns
    -------
    str
        JSON, pixel data included.
    """
    return f"{dataset.to_json()}\n"


def convert_file(path: str, target: str | None, form: str | None) -> int:
    """Write an object in another form.

    Parameters
    ----------
    path : str
        Path or URL of a DICOM file.
    target : str | None
        File to write, completely or not at all; standard output if there is none.
    form : str | None
        Name of the form; by default what the name of the file ends with.

    Returns
    -------
    int
        0.

    Raises
    ------
    NotFoundError
        If no plugin has such a form for such an object; the error lists those that there are.
    InvalidValueError
        If several plugins have it, or neither form nor file is given.
    """
    dataset = read(path)
    known = (*registry.exports(str(dataset.get("SOPClassUID", ""))), *FORMS)
    entry = _choose(known, target, form)
    content = (to_dicom_json if entry in FORMS else registry.load(entry))(dataset)
    data = content.encode() if isinstance(content, str) else bytes(content)
    if target is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_file_atomically(target, [data])
    return 0


def _choose(known: tuple[ExportEntry, ...], target: str | None, form: str | None) -> ExportEntry:
    names = ", ".join(sorted(f"{each.name} (*{each.suffix})" for each in known))
    if form is not None:
        found = [each for each in known if each.name == form]
    elif target is not None:
        fitting = [each for each in known if target.lower().endswith(each.suffix)]
        longest = max((len(each.suffix) for each in fitting), default=0)
        found = [each for each in fitting if len(each.suffix) == longest]
    else:
        raise InvalidValueError(
            "neither a form nor a file to write is given",
            attribute="--as",
            expected=names,
        )
    if not found:
        raise NotFoundError(
            "there is no such form for this object",
            attribute="--as" if form else "--output",
            found=form or target,
            expected=names,
            remedy="Install the family that has it, or choose another one.",
        )
    if len(found) > 1:
        raise InvalidValueError(
            "several plugins have this form: " + " and ".join(each.reference for each in found),
            attribute="--as",
            found=form or target,
            remedy="Choose one by its name, or switch a plugin off with IODKIT_DISABLE_PLUGINS.",
        )
    return found[0]
