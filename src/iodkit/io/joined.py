"""Bytes and bits of several sources behind each other, seen as one source."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from iodkit.io.bytesource import ByteSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["JoinedSource", "SourceRange"]

# Processes may open some hundreds of files at a time.
_MOST_OPEN = 64


class SourceRange:
    """Bits of a source, from a byte border on.

    Parameters
    ----------
    source : ByteSource
        The source.
    start : int
        Position of the first byte.
    bits : int
        Number of bits, the lowest of each byte first.
    """

    def __init__(self, source: ByteSource, start: int, bits: int) -> None:
        self.source, self.start, self.bits = source, start, bits


class JoinedSource(ByteSource):
    """Ranges of sources behind each other; those of single bits need not end at byte borders.

    Nothing is read before it is asked for, and then from the ranges that are touched only.

    Parameters
    ----------
    ranges : Sequence[SourceRange]
        The ranges, in order.  What is left of the last byte is filled up with zeros.
    name : str
        What it is, for error messages.
    """

    def __init__(self, ranges: Sequence[SourceRange], name: str) -> None:
        self._ranges = [each for each in ranges if each.bits]
        self._name = name
        self._starts = [0]
        for each in self._ranges:
            self._starts.append(self._starts[-1] + each.bits)
        self.is_reopenable = all(each.source.is_reopenable for each in self._ranges)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return (self._starts[-1] + 7) // 8

    def describe(self) -> str:
        """Say what is read, for error messages."""
        return self._name

    @contextlib.contextmanager
    def held(self) -> Iterator[ByteSource]:
        """Keep sources open during a run of reads, unless they are many; see `ByteSource.held`."""
        sources = {id(each.source): each.source for each in self._ranges}
        with contextlib.ExitStack() as stack:
            for source in sources.values() if len(sources) <= _MOST_OPEN else ():
                stack.enter_context(source.held())
            yield self

    def _fill(self, offset: int, view: memoryview) -> int:
        """Fill bytes up to the end of a range, or one byte that ranges share."""
        first = bisect_right(self._starts, offset * 8) - 1
        begin, end = self._starts[first], self._starts[first + 1]
        count = min(view.nbytes, end // 8 - offset)
        if count <= 0:
            view[0] = self._shared_byte(offset, first)
            return 1
        each, skipped = self._ranges[first], offset * 8 - begin
        position, shift = each.start + skipped // 8, skipped % 8
        if not shift:
            each.source.readinto(position, view[:count])
            return count
        # The bits are a number whose lowest come first; the last byte may lie beyond the range.
        available = (each.bits + 7) // 8 - skipped // 8
        data = each.source.read(position, min(count + 1, available))
        number = int.from_bytes(data, "little") >> shift
        view[:count] = (number & ((1 << 8 * count) - 1)).to_bytes(count, "little")
        return count

    def _shared_byte(self, offset: int, first: int) -> int:
        """Put a byte together from the ranges that have bits of it."""
        byte, at = 0, offset * 8
        while first < len(self._ranges) and self._starts[first] < (offset + 1) * 8:
            each, begin = self._ranges[first], self._starts[first]
            low = max(at, begin)
            high = min((offset + 1) * 8, self._starts[first + 1])
            position, shift = divmod(low - begin, 8)
            needed = (shift + high - low + 7) // 8
            number = int.from_bytes(each.source.read(each.start + position, needed), "little")
            byte |= (number >> shift & ((1 << (high - low)) - 1)) << (low - at)
            first += 1
        return byte

    def __getstate__(self) -> dict[str, Any]:
        return dict(vars(self))
