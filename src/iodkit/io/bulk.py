"""Large values that are written in parts: given as buffers, or kept in a file object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedIOBase

    from iodkit.io.pieces import Buffer

__all__ = ["BufferedValue", "BulkValue"]


@dataclass(frozen=True, slots=True)
class BulkValue:
    """A large value, given as the buffers that it consists of.

    Attributes
    ----------
    vr : str
        Value representation: ``"OB"``, ``"OW"``, ….
    pieces : Iterable[Buffer]
        The buffers, in order; of a type that can be written only once if it is an iterator.
    length : int | None
        Number of bytes, padding included; ``None`` for encapsulated frames, whose length is
        undefined (PS3.5 A.4).
    """

    vr: str
    pieces: Iterable[Buffer]
    length: int | None


class BufferedValue:
    """The rest of a buffered value, read in parts each time that it is written."""

    def __init__(self, buffer: BufferedIOBase) -> None:
        self._buffer = buffer
        self._start = buffer.tell()

    def size(self) -> int:
        """Give the number of bytes."""
        end = self._buffer.seek(0, 2)
        self._buffer.seek(self._start)
        return end - self._start

    def start(self, count: int) -> bytes:
        """Give the first bytes."""
        data = self._buffer.read(count)
        self._buffer.seek(self._start)
        return data

    def __iter__(self) -> Iterator[bytes]:
        self._buffer.seek(self._start)
        try:
            while data := self._buffer.read(1 << 20):
                yield data
        finally:
            self._buffer.seek(self._start)
