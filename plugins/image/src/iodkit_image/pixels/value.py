"""The value of a pixel data element, in memory or still in its source."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import CorruptDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.io import ByteSource

__all__ = ["MemoryValue", "PixelValue", "SourceValue"]


class MemoryValue:
    """A value in memory.

    Parameters
    ----------
    data : bytes-like
        The value; it is not copied.
    """

    def __init__(self, data: Any) -> None:
        self._view = memoryview(data).cast("B") if len(data) else memoryview(b"")

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._view.nbytes

    def view(self, offset: int, length: int) -> memoryview:
        """Return bytes without copying them.

        Raises
        ------
        CorruptDataError
            If the value ends before them.
        """
        self._check(offset, length)
        return self._view[offset : offset + length]

    def held(self) -> contextlib.AbstractContextManager[Any]:
        """Do nothing: memory is always open."""
        return contextlib.nullcontext()

    def fill(self, offset: int, out: NDArray[Any]) -> None:
        """Copy bytes into a contiguous array, all of it."""
        self._check(offset, out.nbytes)
        target = out.reshape(-1).view(np.uint8)
        target[:] = np.frombuffer(self._view, np.uint8, out.nbytes, offset)

    def _check(self, offset: int, length: int) -> None:
        if offset + length > self.size:
            raise _too_short(self.size, offset, length)


class SourceValue:
    """A value that is still in its source.

    Parameters
    ----------
    source : ByteSource
        Where the bytes are.
    start : int
        Position of the value's first byte.
    size : int
        Number of bytes.
    """

    def __init__(self, source: ByteSource, start: int, size: int) -> None:
        self._source, self._start, self._size = source, start, size

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._size

    def view(self, offset: int, length: int) -> memoryview:
        """Read bytes."""
        self._check(offset, length)
        return memoryview(self._source.read(self._start + offset, length))

    def held(self) -> contextlib.AbstractContextManager[Any]:
        """Keep the source open during a run of reads."""
        return self._source.held()

    def fill(self, offset: int, out: NDArray[Any]) -> None:
        """Read bytes into a contiguous array, all of it."""
        self._check(offset, out.nbytes)
        if out.nbytes:
            self._source.readinto(self._start + offset, out.reshape(-1).view(np.uint8))

    def _check(self, offset: int, length: int) -> None:
        if offset + length > self._size:
            raise _too_short(self._size, offset, length)


PixelValue = MemoryValue | SourceValue


def _too_short(size: int, offset: int, length: int) -> CorruptDataError:
    return CorruptDataError(
        "the pixel data end too early",
        attribute="PixelData",
        found=f"{size} bytes",
        expected=f"{length} bytes from byte {offset} on",
        clause="PS3.5 8.1.1",
    )
