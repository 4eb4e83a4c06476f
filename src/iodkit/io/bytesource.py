"""The interface of everything that bytes are read from, at any position and from any thread."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from iodkit.errors import (
    CorruptDataError,
    InvalidTypeError,
    InvalidValueError,
    MissingFileError,
    ReadError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.io.parsed import ParsedFile

__all__ = ["ByteSource", "make_read_error"]


class ByteSource(ABC):
    """Bytes of a known number that can be read at any position, from several threads at once.

    Attributes
    ----------
    path : str | None
        Name of the file in the local file system, where there is one.
    """

    path: str | None = None
    is_reopenable: bool = False
    """bool: Whether the bytes can be read again later, whatever the caller closes."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of bytes."""

    @abstractmethod
    def describe(self) -> str:
        """Say what is read, for error messages."""

    @abstractmethod
    def _fill(self, offset: int, view: memoryview) -> int:
        """Fill the view from the offset on; return the number of bytes, 0 at the end."""

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position.

        Parameters
        ----------
        offset : int
            Position of the first byte.
        length : int
            Number of bytes.

        Returns
        -------
        bytes
            Exactly `length` bytes.

        Raises
        ------
        CorruptDataError
            If the source ends before them.
        ReadError
            If reading fails.
        """
        self._check_range(offset, length)
        buffer = bytearray(length)
        self.readinto(offset, buffer)
        return bytes(buffer)

    def readinto(self, offset: int, buffer: bytearray | memoryview | Any) -> None:
        """Read bytes at a position into memory, for example that of a numpy array.

        Parameters
        ----------
        offset : int
            Position of the first byte.
        buffer : writable buffer
            Contiguous memory; all of it is filled.

        Raises
        ------
        InvalidTypeError
            If the memory is not writable or not contiguous.
        CorruptDataError
            If the source ends before the memory is full.
        ReadError
            If reading fails.
        """
        view = _writable_view(buffer)
        self._check_range(offset, view.nbytes)
        done = 0
        while done < view.nbytes:
            count = self._fill(offset + done, view[done:])
            if count == 0:
                raise self._ended(offset, view.nbytes)
            done += count

    def parsed(self, *, stop_before_pixels: bool) -> ParsedFile | None:
        """Give the DICOM object, of sources that know it and are no file by themselves.

        Parameters
        ----------
        stop_before_pixels : bool
            Whether pixel data is left out, and only its place recorded.

        Returns
        -------
        ParsedFile | None
            The object; ``None`` where it has to be read from the bytes.
        """
        del stop_before_pixels
        return None

    @contextlib.contextmanager
    def held(self) -> Iterator[ByteSource]:
        """Keep what is needed for reading open during a run of reads.

        Yields
        ------
        ByteSource
            The source itself.
        """
        yield self

    def _check_range(self, offset: int, length: int) -> None:
        if offset < 0 or length < 0:
            raise InvalidValueError(
                "position and length must not be negative", found=(offset, length)
            )
        if offset + length > self.size:
            raise self._ended(offset, length)

    def _ended(self, offset: int, length: int) -> CorruptDataError:
        return CorruptDataError(
            f"{self.describe()} ends too early",
            found=f"{self.size} bytes",
            expected=f"{length} bytes from position {offset} on",
        )


def _writable_view(buffer: Any) -> memoryview:
    try:
        view = memoryview(buffer)
    except TypeError:
        view = memoryview(b"")
    if view.readonly or not view.c_contiguous:
        raise InvalidTypeError(
            "bytes can be read into writable, contiguous memory only",
            found=type(buffer).__name__,
        )
    return view.cast("B") if view.nbytes else memoryview(bytearray())


def make_read_error(message: str, error: Exception) -> ReadError:
    """Make our error of another one, with its number and file name."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    kind = MissingFileError if isinstance(error, FileNotFoundError) else ReadError
    wrapped = kind(f"{message}: {reason}")
    wrapped.errno = getattr(error, "errno", None)
    wrapped.filename = getattr(error, "filename", None)
    return wrapped
