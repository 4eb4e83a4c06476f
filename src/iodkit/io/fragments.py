"""Runs of fragments of encapsulated pixel data that are put behind each other (PS3.5 A.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from iodkit.errors import CorruptDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit.io.bytesource import ByteSource

__all__ = ["FragmentRun", "JoinedTables", "join_fragments"]

_ITEM = 0xE000FFFE
_END = 0xE0DDFFFE
_HEADER = struct.Struct("<II")
_LARGEST_OFFSET = 2**32 - 1


@dataclass(frozen=True, slots=True, eq=False)
class FragmentRun:
    """Fragments of all frames of one file.

    Parameters
    ----------
    source : ByteSource
        The file.
    start, size : int
        Position of the first fragment's header, and number of bytes up to the delimiter.
    offsets : numpy.ndarray | None
        Position of each frame from `start` on, if there is an offset table.
    lengths : numpy.ndarray | None
        Number of bytes of each frame, if there is an extended offset table.
    """

    source: ByteSource
    start: int
    size: int
    offsets: NDArray[np.uint64] | None
    lengths: NDArray[np.uint64] | None

    @classmethod
    def find(
        cls, source: ByteSource, offset: int, frames: int, extended: Sequence[bytes]
    ) -> FragmentRun:
        """Find the fragments of a file.

        Parameters
        ----------
        source : ByteSource
            The file.
        offset : int
            Position of the basic offset table's item.
        frames : int
            Number of frames.
        extended : Sequence[bytes]
            Values of Extended Offset Table and Extended Offset Table Lengths, if there are any.

        Returns
        -------
        FragmentRun
            The fragments, of which only the last frame's headers were read.

        Raises
        ------
        CorruptDataError
            If the items are broken.
        """
        tag, length = _HEADER.unpack(source.read(offset, 8))
        if tag != _ITEM:
            raise _broken(source, offset)
        start = offset + 8 + length
        offsets: NDArray[np.uint64] | None = None
        lengths: NDArray[np.uint64] | None = None
        if len(extended) == 2 and len(extended[0]) == len(extended[1]) == 8 * frames:
            offsets, lengths = (np.frombuffer(table, "<u8") for table in extended)
        elif length == 4 * frames:
            offsets = np.frombuffer(source.read(offset + 8, length), "<u4").astype(np.uint64)
        end = start if offsets is None else start + int(offsets[-1])
        while True:
            tag, length = _HEADER.unpack(source.read(end, 8))
            if tag == _END:
                return cls(source, start, end - start, offsets, lengths)
            if tag != _ITEM:
                raise _broken(source, end)
            end += 8 + length


class JoinedTables(NamedTuple):
    """Offset tables of joined runs.

    Attributes
    ----------
    basic : bytes
        Value of the basic offset table; empty if it does not hold the offsets.
    extended : tuple[bytes, bytes] | None
        Values of Extended Offset Table and Extended Offset Table Lengths.
    """

    basic: bytes
    extended: tuple[bytes, bytes] | None


def join_fragments(runs: Sequence[FragmentRun]) -> JoinedTables:
    """Make the offset tables of runs that are put behind each other.

    Parameters
    ----------
    runs : Sequence[FragmentRun]
        The runs.

    Returns
    -------
    JoinedTables
        Tables for all frames, as far as all runs have them.
    """
    bases = np.concatenate([[0], np.cumsum([run.size for run in runs])]).astype(np.uint64)
    known = [
        run.offsets + base
        for run, base in zip(runs, bases, strict=False)
        if run.offsets is not None
    ]
    if len(known) < len(runs):
        return JoinedTables(b"", None)
    offsets = np.concatenate(known)
    lengths = [run.lengths for run in runs if run.lengths is not None]
    if len(lengths) == len(runs):
        tables = (offsets.astype("<u8").tobytes(), np.concatenate(lengths).astype("<u8").tobytes())
        return JoinedTables(b"", tables)
    if int(offsets[-1]) > _LARGEST_OFFSET:
        return JoinedTables(b"", None)
    return JoinedTables(offsets.astype("<u4").tobytes(), None)


def _broken(source: ByteSource, position: int) -> CorruptDataError:
    return CorruptDataError(
        f"{source.describe()}: no item of encapsulated pixel data at byte {position}",
        attribute="PixelData",
        clause="PS3.5 A.4",
    )
