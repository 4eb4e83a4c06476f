"""Encapsulated pixel data: one fragment for each frame, with tables of offsets (PS3.5 A.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["Encapsulation"]

_ITEM = b"\xfe\xff\x00\xe0"
_HEADER_BYTES = 8
_LARGEST_OFFSET = 2**32 - 1
_LARGEST_FRAGMENT = 2**32 - 2


@dataclass(frozen=True, slots=True, eq=False)
class Encapsulation:
    """How compressed frames follow each other.

    Parameters
    ----------
    lengths : numpy.ndarray
        Number of bytes of each fragment, padded to even ones, shape (frames,).
    is_extended : bool
        Whether the offsets are in an extended offset table, and the basic one is empty.
    """

    lengths: NDArray[np.int64]
    is_extended: bool

    @classmethod
    def plan(
        cls, lengths: Sequence[int] | NDArray[np.int64], *, extended: bool | None = False
    ) -> Encapsulation:
        """Plan the encapsulation of frames of known lengths.

        Parameters
        ----------
        lengths : Sequence[int]
            Number of bytes of each compressed frame.
        extended : bool | None, optional
            Whether there is an extended offset table (PS3.3 C.7.6.3.1.8); ``None`` for only
            where the basic one cannot hold the offsets.

        Returns
        -------
        Encapsulation
            The plan.

        Raises
        ------
        InvalidValueError
            If the basic offset table cannot hold the offsets, or a frame is too long for a
            fragment.
        """
        given = np.asarray(lengths, np.int64)
        plan = cls(given + given % 2, bool(extended))
        if len(given) and int(plan.lengths.max()) > _LARGEST_FRAGMENT:
            raise InvalidValueError(
                "a compressed frame is too long for a fragment",
                attribute="PixelData",
                found=int(plan.lengths.max()),
                expected=f"at most {_LARGEST_FRAGMENT} bytes",
                clause="PS3.5 A.4",
            )
        if plan.is_extended or not len(given) or int(plan.offsets[-1]) <= _LARGEST_OFFSET:
            return plan
        if extended is None:
            return cls(plan.lengths, True)
        raise InvalidValueError(
            "the basic offset table holds offsets of 32 bits",
            attribute="PixelData",
            found=f"a frame at byte {int(plan.offsets[-1])}",
            expected=f"offsets up to {_LARGEST_OFFSET}",
            clause="PS3.5 A.4",
            remedy="Pass use_extended_offset_table=True.",
        )

    @property
    def offsets(self) -> NDArray[np.int64]:
        """numpy.ndarray: Position of each frame's item, from that of the first, shape (frames,)."""
        return np.concatenate([[0], np.cumsum(self.lengths[:-1] + _HEADER_BYTES)])[
            : len(self.lengths)
        ]

    def write_tables(self, dataset: Dataset) -> None:
        """Write the extended offset table and lengths, if there are to be any.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset that receives the attributes.
        """
        if self.is_extended:
            dataset.ExtendedOffsetTable = self.offsets.astype("<u8").tobytes()
            dataset.ExtendedOffsetTableLengths = self.lengths.astype("<u8").tobytes()

    def pieces(self, codestreams: Iterable[bytes]) -> Iterator[Any]:
        """Give the value of Pixel Data, without the delimiter at its end.

        Parameters
        ----------
        codestreams : Iterable[bytes]
            Compressed frames of the planned lengths; they are taken one by one.

        Yields
        ------
        bytes
            Basic offset table, item headers and frames.
        """
        table = b"" if self.is_extended else self.offsets.astype("<u4").tobytes()
        yield _ITEM + struct.pack("<I", len(table)) + table
        for length, codestream in zip(self.lengths.tolist(), codestreams, strict=True):
            yield _ITEM + struct.pack("<I", length)
            yield codestream
            if len(codestream) < length:
                yield b"\0"
