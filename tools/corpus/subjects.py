"""The valid objects that are damaged: what every family makes, phantoms, and real ones."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
from pydicom.data import get_testdata_files
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from iodkit.registry import registry
from iodkit.testing import phantom
from iodkit.testing.conformance import cases_of, make_object
from tools.corpus.checkers import ours, theirs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import Dataset

__all__ = ["Specimen", "all_specimens", "made_specimens", "real_files"]

_LARGE = 200_000
# In these no mutant can have a wrong VR, or values would have to be turned.
_IMPLICIT_OR_BIG = (
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
# dciodvfy does not know these.
_UNKNOWN = ("1.2.840.10008.5.1.4.1.1.88.35",)
_PHANTOMS: dict[str, Callable[[], Dataset]] = {
    "chest X-ray": partial(phantom.chest_xray, 16, 16),
    "ultrasound cine": partial(phantom.ultrasound_cine, 2, 16, 16),
}


@dataclass(frozen=True, slots=True)
class Specimen:
    """A valid object.

    Parameters
    ----------
    name : str
        What it is.
    content : bytes
        Its file.
    """

    name: str
    content: bytes

    @property
    def dataset(self) -> Dataset:
        """pydicom.Dataset: The object, read anew."""
        return pydicom.dcmread(BytesIO(self.content), force=True)


def made_specimens() -> Iterator[Specimen]:
    """Yield the objects of the conformance cases of all families, and more of the phantom's.

    Yields
    ------
    Specimen
        In explicit VR little endian, unless their pixel data are compressed.
    """
    for claim in registry.entries():
        if claim.sop_class_uid in _UNKNOWN:
            continue
        for case in cases_of(claim.sop_class_uid):
            if not case.name.endswith("implicit VR"):
                yield Specimen(case.name, _encoded(_pruned(make_object(case))))
    for name, make in _PHANTOMS.items():
        yield Specimen(name, _encoded(make()))


def all_specimens() -> Iterator[Specimen]:
    """Yield what we make, and of real files without errors one of each kind.

    Yields
    ------
    Specimen
        Real ones are small, and in explicit VR.
    """
    yield from made_specimens()
    kinds = set()
    for path in map(Path, real_files()):
        if path.stat().st_size > _LARGE or ours(path) or theirs(path):
            continue
        dataset = pydicom.dcmread(path, force=True)
        syntax = dataset.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
        kind = (dataset.SOPClassUID, syntax)
        if syntax not in _IMPLICIT_OR_BIG and kind not in kinds:
            kinds.add(kind)
            yield Specimen(path.name, path.read_bytes())


def real_files() -> list[str]:
    """List the files of pydicom and pydicom-data.

    Returns
    -------
    list of str
        Paths of those that are DICOM objects, or what is left of such.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sorted(path for path in get_testdata_files("*.dcm") if "DICOMDIR" not in path)


def _pruned(dataset: Dataset) -> Dataset:
    """Cut the content of a document: of the items of each item, what it needs, or the first."""
    for item in dataset.get("ContentSequence", ()):
        below = item.get("ContentSequence", ())
        if len(below) > 1:
            needed = [each for each in below if each.RelationshipType == "SELECTED FROM"]
            item.ContentSequence = needed[:1] or below[:1]
    return dataset


def _encoded(dataset: Dataset) -> bytes:
    target = BytesIO()
    if not getattr(dataset, "file_meta", None) or "TransferSyntaxUID" not in dataset.file_meta:
        dataset.ensure_file_meta()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    pydicom.dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()
