"""Bytes that are in memory already, in pieces, seen as one source."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from iodkit.io.bytesource import ByteSource
from iodkit.io.pieces import flatten_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iodkit.io.pieces import Piece

__all__ = ["PiecesSource"]


class PiecesSource(ByteSource):
    """Buffers behind each other, which are not joined until somebody asks for all of them.

    Parameters
    ----------
    pieces : iterable of buffers
        The bytes, in order.  Nobody may change them afterwards.
    name : str
        What it is, for error messages.
    """

    is_reopenable = True

    def __init__(self, pieces: Iterable[Piece], name: str) -> None:
        self._name = name
        self._set(pieces)

    def _set(self, pieces: Iterable[Piece]) -> None:
        self._views = [view for view in flatten_pieces(pieces) if view.nbytes]
        self._starts = [0, *accumulate(view.nbytes for view in self._views)]

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._starts[-1]

    @property
    def pieces(self) -> tuple[memoryview, ...]:
        """The buffers, in order."""
        return tuple(self._views)

    def describe(self) -> str:
        """Say what is read, for error messages."""
        return self._name

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position; see `ByteSource.read`."""
        if offset == 0 and length == self.size:
            return b"".join(self._views)
        return super().read(offset, length)

    def _fill(self, offset: int, view: memoryview) -> int:
        if offset >= self.size:
            return 0
        number = bisect_right(self._starts, offset) - 1
        begin = offset - self._starts[number]
        part = self._views[number][begin : begin + view.nbytes]
        view[: part.nbytes] = part
        return part.nbytes

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self._name, "data": b"".join(self._views)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._name = state["name"]
        self._set([state["data"]])
