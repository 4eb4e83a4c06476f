"""Division of a multi-frame object into the parts of a concatenation (PS3.3 C.7.6.16.2.2)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from iodkit.context import generate_uid
from iodkit.errors import InvalidValueError
from iodkit.frames.builder import PER_FRAME_GROUPS
from iodkit.frames.raw import attach_sequences, encoding_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["ConcatenationParts"]

_MOST_PARTS = 65535  # InConcatenationNumber has 16 bits


class ConcatenationParts:
    """The functional groups of a whole object, of which each part gets those of its frames.

    What is shared by all frames is the same in all parts.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Multi-frame object with encoded functional groups, as :class:`FunctionalGroups` attaches
        them.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._groups: bytes = cast("Any", dataset.get_item(PER_FRAME_GROUPS)).value
        self._encoding = encoding_of(dataset)
        self._edges = _item_edges(self._groups, self._encoding.little_endian)
        self._source_uid = str(dataset.SOPInstanceUID)
        self._uid = generate_uid()
        self._number = 0

    @property
    def item_lengths(self) -> NDArray[np.int64]:
        """numpy.ndarray: Number of bytes of the groups of each frame, shape (frames,)."""
        return np.diff(self._edges)

    def write(self, dataset: Dataset, start: int, stop: int, *, total: int) -> None:
        """Make the next part of the dataset.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The whole object, or what was made the part before of.
        start, stop : int
            Index of the first frame of the part, and the one after its last.
        total : int
            Number of parts.

        Raises
        ------
        InvalidValueError
            If there are too many parts.
        """
        if total > _MOST_PARTS:
            raise InvalidValueError(
                "a concatenation has too many parts",
                attribute="InConcatenationTotalNumber",
                found=total,
                expected=f"at most {_MOST_PARTS}",
                clause="PS3.3 C.7.6.16",
                remedy="Allow more frames or bytes in a file.",
            )
        self._number += 1
        groups = self._groups[int(self._edges[start]) : int(self._edges[stop])]
        attach_sequences(dataset, {PER_FRAME_GROUPS: groups}, self._encoding)
        dataset.NumberOfFrames = stop - start
        dataset.SOPInstanceUID = generate_uid()
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.ConcatenationUID = self._uid
        dataset.SOPInstanceUIDOfConcatenationSource = self._source_uid
        dataset.InConcatenationNumber = self._number
        dataset.InConcatenationTotalNumber = total
        dataset.ConcatenationFrameOffsetNumber = start


def _item_edges(value: bytes, little_endian: bool) -> NDArray[np.int64]:
    """Where items of defined length begin, and where the last ends."""
    unpack = struct.Struct("<I" if little_endian else ">I").unpack_from
    edges = [0]
    while edges[-1] < len(value):
        edges.append(edges[-1] + 8 + unpack(value, edges[-1] + 4)[0])
    return np.array(edges, np.int64)
