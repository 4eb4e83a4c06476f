"""Expansion of segmented palettes (PS3.3 C.7.9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import CorruptDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["expand_segments"]

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_CLAUSE = "PS3.3 C.7.9.2"


def expand_segments(data: NDArray[Any], limit: int) -> NDArray[Any]:
    """Write out the entries that segments stand for.

    Parameters
    ----------
    data : numpy.ndarray
        Segments of type uint8 or uint16, shape (n,).
    limit : int
        Number of entries that there should be; more are an error.

    Returns
    -------
    numpy.ndarray
        Entries, of the type of `data`.

    Raises
    ------
    CorruptDataError
        If segments are cut off, unknown, refer to other indirect segments, or make too many
        entries.
    """
    reader = _Reader([int(v) for v in data.tolist()], data.dtype.itemsize, limit)
    position = 0
    while position < len(reader.words) and len(reader.entries) < limit:
        position = reader.read(position)
    return np.array(reader.entries, data.dtype)


class _Reader:
    """Reads segments into entries."""

    def __init__(self, words: list[int], word_size: int, limit: int) -> None:
        self.words = words
        self.entries: list[int] = []
        self._word_size = word_size
        self._limit = limit

    def read(self, position: int, *, nested: bool = False) -> int:
        """Read the segment at a position, and return where the next one begins."""
        kind, length = self._take(position, 2)
        if kind == _DISCRETE:
            self._add(self._take(position + 2, length))
            return position + 2 + length
        if kind == _LINEAR:
            (last,) = self._take(position + 2, 1)
            self._add_line(length, last)
            return position + 3
        if kind == _INDIRECT and not nested:
            return self._read_indirect(position, length)
        raise CorruptDataError(
            "unknown kind of segment",
            attribute="SegmentedPaletteColorLookupTableData",
            found=kind,
            expected="0, 1 or 2; 2 not within another",
            clause=_CLAUSE,
        )

    def _read_indirect(self, position: int, count: int) -> int:
        words = 4 // self._word_size
        parts = self._take(position + 2, words)
        bits = 8 * self._word_size
        offset = sum(part << (bits * place) for place, part in enumerate(parts))
        place = offset // self._word_size
        for _ in range(count):
            place = self.read(place, nested=True)
        return position + 2 + words

    def _take(self, position: int, count: int) -> list[int]:
        found = self.words[position : position + count]
        if len(found) < count:
            raise CorruptDataError(
                "a segment is cut off",
                attribute="SegmentedPaletteColorLookupTableData",
                found=f"{len(found)} values",
                expected=f"{count}",
                clause=_CLAUSE,
            )
        return found

    def _add_line(self, length: int, last: int) -> None:
        if not self.entries:
            raise CorruptDataError(
                "a linear segment comes first, so that it begins nowhere",
                attribute="SegmentedPaletteColorLookupTableData",
                clause=_CLAUSE,
            )
        line = np.linspace(self.entries[-1], last, length + 1)[1:]
        self._add(np.rint(line).astype(int).tolist())

    def _add(self, entries: list[int]) -> None:
        self.entries += entries
        if len(self.entries) > self._limit:
            raise CorruptDataError(
                "segments make more entries than the descriptor says",
                attribute="SegmentedPaletteColorLookupTableData",
                found=len(self.entries),
                expected=str(self._limit),
                clause=_CLAUSE,
            )
