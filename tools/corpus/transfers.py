"""A valid object in other transfer syntaxes: nothing about it becomes wrong (PS3.5 A.1, A.3)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

__all__ = ["TRANSFERS", "transferred"]

TRANSFERS = {"implicit-vr": ImplicitVRLittleEndian, "big-endian": ExplicitVRBigEndian}
"""Kind, as mutations have one, and transfer syntax."""

_WORDS = {"OW": 2, "OL": 4, "OF": 4, "OV": 8, "OD": 8}


def transferred(dataset: Dataset) -> Iterator[tuple[str, Dataset]]:
    """Yield an object in each of the transfer syntaxes.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A valid object; those that are not in explicit VR little endian are passed over.

    Yields
    ------
    tuple of (str, pydicom.Dataset)
        The kind, and the object to be written.
    """
    if dataset.file_meta.TransferSyntaxUID != ExplicitVRLittleEndian:
        return
    for kind, syntax in TRANSFERS.items():
        twin = copy.deepcopy(dataset)
        twin.walk(_swap if kind == "big-endian" else _decode)
        twin.file_meta.TransferSyntaxUID = syntax
        yield kind, twin


def _decode(holder: Dataset, element: DataElement) -> None:
    """Do nothing: to have visited an element is to have decoded it."""


def _swap(holder: Dataset, element: DataElement) -> None:
    """Turn the bytes of words, which are values that nobody else decodes."""
    del holder
    width = _WORDS.get(element.VR)
    if width and element.value:
        element.value = np.frombuffer(element.value, f"u{width}").byteswap().tobytes()
