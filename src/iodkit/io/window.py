"""A window of bytes that moves over a byte source, so that parsing needs few, small reads."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from iodkit.errors import CorruptDataError

if TYPE_CHECKING:
    from iodkit.io.sources import ByteSource

__all__ = ["Window"]

_FIRST_READ = 1 << 16
_LARGEST_READ = 1 << 22
_DIRECT = 1 << 20
_long_little = struct.Struct("<I").unpack_from
_long_big = struct.Struct(">I").unpack_from


class Window:
    """Bytes around the position where a source is being parsed.

    Parameters
    ----------
    source : ByteSource
        The source.

    Attributes
    ----------
    data : bytes
        The bytes that are held.
    base : int
        Position of the first of them in the source.
    """

    __slots__ = ("_anchor", "_next_read", "_source", "base", "data", "size")

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.size = source.size
        self.base = 0
        self.data = b""
        self._next_read = _FIRST_READ
        self._anchor: int | None = None

    def locate(self, position: int, length: int) -> int:
        """Hold at least `length` bytes from a position on.

        Parameters
        ----------
        position : int
            Position in the source.
        length : int
            Number of bytes.

        Returns
        -------
        int
            Where the position is in `data`.

        Raises
        ------
        CorruptDataError
            If the source has fewer bytes.
        """
        index = position - self.base
        if index < 0 or index + length > len(self.data):
            self._move(position, length)
            index = position - self.base
        return index

    def anchor(self, position: int | None) -> None:
        """Keep all bytes from a position on until the anchor is lifted.

        Parameters
        ----------
        position : int | None
            The position, which the window holds; ``None`` lifts the anchor.
        """
        self._anchor = position

    def _move(self, position: int, length: int) -> None:
        if position + length > self.size:
            raise CorruptDataError(
                f"the data ends at byte {self.size}",
                found=f"{max(self.size - position, 0)} bytes from byte {position} on",
                expected=f"{length} bytes",
            )
        kept, start = b"", position
        if self._anchor is not None and self.base <= self._anchor <= self.base + len(self.data):
            kept = self.data[self._anchor - self.base :]
            start = self._anchor + len(kept)
        # What is kept grows by its own size, so that a long sequence is copied few times.
        count = max(position + length - start, self._next_read, len(kept))
        self._next_read = min(self._next_read * 2, _LARGEST_READ)
        self.data = kept + self._source.read(start, min(count, self.size - start))
        self.base = start - len(kept)

    def value(self, position: int, length: int) -> bytes:
        """Give the bytes of a value; large ones are read past the window.

        Parameters
        ----------
        position : int
            Position in the source.
        length : int
            Number of bytes.

        Returns
        -------
        bytes
            The bytes.

        Raises
        ------
        CorruptDataError
            If the source has fewer bytes.
        """
        if length >= _DIRECT and not self._holds(position, length):
            return self._source.read(position, length)
        start = self.locate(position, length)
        return self.data[start : start + length]

    def peek(self, position: int, length: int) -> bytes:
        """Give a few bytes from elsewhere, without moving the window.

        Parameters
        ----------
        position : int
            Position in the source.
        length : int
            Number of bytes.

        Returns
        -------
        bytes
            The bytes.
        """
        if self._holds(position, length):
            start = position - self.base
            return self.data[start : start + length]
        return self._source.read(position, length)

    def _holds(self, position: int, length: int) -> bool:
        index = position - self.base
        return index >= 0 and index + length <= len(self.data)

    def long(self, position: int, little_endian: bool) -> int:
        """Give the 32-bit number at a position."""
        start = self.locate(position, 4)
        unpack = _long_little if little_endian else _long_big
        number: int = unpack(self.data, start)[0]
        return number
