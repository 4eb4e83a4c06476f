"""Checking one mutant with both checkers, and keeping what each newly reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zlib import crc32

import pydicom
from pydicom.uid import UID

from iodkit.registry import registry
from tools.corpus.checkers import Complaint, ours, theirs, without_numbers
from tools.corpus.mutations import applied, mutations
from tools.corpus.transfers import transferred

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydicom.dataset import Dataset

    from tools.corpus.subjects import Specimen

__all__ = ["Comparison", "Key", "Portion", "compare_file", "compare_mutants"]

Key = tuple[str, str, str]
"""Of a mutant: specimen, kind, path."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Which mutants are taken: always the same ones.

    Parameters
    ----------
    every : int, optional
        One of so many.
    part : int, optional
        Which ones, from 0: all parts together are all mutants.
    """

    every: int = 1
    part: int = 0

    def has(self, specimen: str, mutant: str) -> bool:
        """Whether a mutant is taken.

        Parameters
        ----------
        specimen, mutant : str
            Their names.

        Returns
        -------
        bool
            True for one of so many.
        """
        return crc32(f"{specimen} {mutant}".encode()) % self.every == self.part


ALL = Portion()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both say of one object.

    Parameters
    ----------
    specimen : str
        Name of the valid object, or of a file.
    iod : str
        Keyword of its SOP class.
    kind : str
        Kind of mutation; ``"file"`` if it is as it was found.
    path : str
        What was changed; empty for files.
    ours, theirs : frozenset of Complaint
        The errors that the unchanged object does not have.
    """

    specimen: str
    iod: str
    kind: str
    path: str
    ours: frozenset[Complaint]
    theirs: frozenset[Complaint]

    @property
    def key(self) -> Key:
        """tuple of (str, str, str): What tells it apart from others of a run."""
        return self.specimen, self.kind, self.path

    @property
    def place(self) -> str:
        """str: The path without numbers of items."""
        return without_numbers(self.path)

    @property
    def finds_place(self) -> bool:
        """bool: Whether one of our errors is where the change is, or names it as the reason."""
        keyword = self.place.rpartition(".")[2]
        return any(
            _is_along(self.path, each.path) or keyword in each.expected.split()
            for each in self.ours
        )


def compare_mutants(
    specimen: Specimen,
    portion: Portion = ALL,
    kept: Mapping[Key, frozenset[Complaint]] | None = None,
) -> Iterator[Comparison]:
    """Check the mutants of an object, and the object in other transfer syntaxes.

    Parameters
    ----------
    specimen : Specimen
        The object.
    portion : Portion, optional
        Which mutants are taken.
    kept : mapping, optional
        What dciodvfy said of mutants in an earlier run.

    Yields
    ------
    Comparison
        One for each mutant.
    """
    dataset = specimen.dataset
    iod = _iod(dataset)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mutant.dcm"
        path.write_bytes(specimen.content)
        our_base, their_base = ours(path), theirs(path)
        for kind, place in _written(specimen, dataset, path, portion):
            said = (kept or {}).get((specimen.name, kind, place))
            if said is None:
                said = theirs(path) - their_base
            yield Comparison(specimen.name, iod, kind, place, ours(path) - our_base, said)


def _written(
    specimen: Specimen, dataset: Dataset, path: Path, portion: Portion
) -> Iterator[tuple[str, str]]:
    """Write one mutant after the other to a file, and yield what has been done to each."""
    for mutation in mutations(specimen.dataset):
        if portion.has(specimen.name, mutation.name):
            with applied(mutation, dataset):
                pydicom.dcmwrite(path, dataset)
            yield mutation.kind, mutation.place.path
    for kind, twin in transferred(specimen.dataset) if portion.part == 0 else ():
        pydicom.dcmwrite(path, twin)
        yield kind, "TransferSyntaxUID"


def compare_file(path: Path) -> Comparison:
    """Check a file as it is.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Comparison
        All errors of both.
    """
    try:
        iod = _iod(pydicom.dcmread(path, force=True, stop_before_pixels=True))
    except Exception:  # noqa: BLE001 - of a damaged file, any
        iod = ""
    return Comparison(path.name, iod, "file", "", ours(path), theirs(path))


def _iod(dataset: Dataset) -> str:
    uid = str(dataset.get("SOPClassUID", ""))
    claim = registry.lookup(uid)
    return claim.keyword if claim is not None else UID(uid).keyword


def _is_along(one: str, other: str) -> bool:
    first, second = sorted((one, other), key=len)
    return second == first or second.startswith((f"{first}.", f"{first}["))
