"""Byte sources on this machine: memory, files by name, file objects."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from iodkit.errors import InvalidTypeError, ReadError
from iodkit.io.bytesource import ByteSource, make_read_error

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FileObjectSource", "MemorySource", "PathSource"]

_HAS_PREAD = hasattr(os, "pread")


class MemorySource(ByteSource):
    """Bytes in memory.

    Parameters
    ----------
    data : bytes | bytearray | memoryview
        The bytes; they are not copied.
    name : str, optional
        What they are, for error messages.
    """

    is_reopenable: bool = True

    def __init__(self, data: bytes | bytearray | memoryview, name: str = "data in memory") -> None:
        view = memoryview(data)
        self._view = view.cast("B") if view.c_contiguous and view.nbytes else view
        if not view.c_contiguous or not view.nbytes:
            self._view = memoryview(view.tobytes())
        self._name = name

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._view.nbytes

    def describe(self) -> str:
        """Say what is read, for error messages."""
        return f"{self._name} ({self.size} bytes)"

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position; see :meth:`ByteSource.read`."""
        self._check_range(offset, length)
        return bytes(self._view[offset : offset + length])

    def _fill(self, offset: int, view: memoryview) -> int:
        part = self._view[offset : offset + view.nbytes]
        view[: part.nbytes] = part
        return part.nbytes

    def __reduce__(self) -> tuple[Any, ...]:
        return (MemorySource, (bytes(self._view), self._name))


class PathSource(ByteSource):
    """A file of the local file system, opened only while bytes are read.

    The file must not change while it is used: that is noticed, and is an error.

    Parameters
    ----------
    path : str | os.PathLike
        Name of the file.

    Raises
    ------
    ReadError
        If there is no such file, or it may not be read.
    """

    is_reopenable: bool = True

    path: str

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        try:
            self._state = _file_state(Path(self.path).stat())
        except OSError as error:
            raise make_read_error(f"cannot open {self.path}", error) from error
        except ValueError as error:
            raise ReadError(f"cannot open {self.path!r}: {error}") from error
        self._prepare()

    def _prepare(self) -> None:
        self._lock = threading.Lock()
        self._descriptor = -1
        self._holders = 0

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._state[0]

    def describe(self) -> str:
        """Say what is read, for error messages."""
        return f"file {self.path}"

    @contextlib.contextmanager
    def held(self) -> Iterator[ByteSource]:
        """Keep the file open during a run of reads; see :meth:`ByteSource.held`."""
        self._take()
        try:
            yield self
        finally:
            self._release()

    def _take(self) -> int:
        """Share one descriptor among all who read at this moment, until each releases it."""
        with self._lock:
            if self._holders == 0:
                self._descriptor = self._open_unchanged()
            self._holders += 1
            return self._descriptor

    def _release(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _open_unchanged(self) -> int:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise make_read_error(f"cannot open {self.path}", error) from error
        state = _file_state(os.fstat(descriptor))
        if state != self._state:
            os.close(descriptor)
            raise ReadError(
                f"{self.path} has changed since it was opened",
                remedy="Open it again.",
            )
        return descriptor

    def _fill(self, offset: int, view: memoryview) -> int:
        descriptor = self._take()
        try:
            if _HAS_PREAD:
                return os.preadv(descriptor, [view], offset)
            with self._lock:
                os.lseek(descriptor, offset, os.SEEK_SET)
                data = os.read(descriptor, view.nbytes)
            view[: len(data)] = data
            return len(data)
        except OSError as error:
            raise make_read_error(f"cannot read {self.path}", error) from error
        finally:
            self._release()

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position; see :meth:`ByteSource.read`."""
        self._check_range(offset, length)
        if not _HAS_PREAD:
            return super().read(offset, length)
        descriptor = self._take()
        try:
            data = os.pread(descriptor, length, offset)
        except OSError as error:
            raise make_read_error(f"cannot read {self.path}", error) from error
        finally:
            self._release()
        return data if len(data) == length else super().read(offset, length)

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "_state": self._state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._prepare()


def _file_state(status: os.stat_result) -> tuple[int, int, int, int]:
    """Size and identity of a file, which tell whether it is still the same."""
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise ReadError("only regular files can be read", found=kind)
    return (status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)


class FileObjectSource(ByteSource):
    """A binary file object with ``read``, ``seek`` and ``tell``.

    The position at which the object stands becomes position 0, and is restored after each read.

    Parameters
    ----------
    file : BinaryIO
        The file object; it stays the caller's to close.

    Raises
    ------
    InvalidTypeError
        If the object gives text, or cannot seek.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        try:
            if isinstance(file.read(0), str):
                raise InvalidTypeError(
                    "the file object gives text", remedy="Open it with mode 'rb'."
                )
            self._start = file.tell()
            self._size = file.seek(0, os.SEEK_END) - self._start
            file.seek(self._start)
        except (AttributeError, ValueError, OSError) as error:
            raise InvalidTypeError(
                f"the file object cannot be read at any position: {error}",
                found=type(file).__name__,
                expected="an open, seekable, binary file object",
            ) from error
        name = getattr(file, "name", None)
        self._name = name if isinstance(name, str) else type(file).__name__

    @property
    def size(self) -> int:
        """Number of bytes from the position on at which the object stood."""
        return self._size

    def describe(self) -> str:
        """Say what is read, for error messages."""
        return f"file object {self._name}"

    def _fill(self, offset: int, view: memoryview) -> int:
        try:
            with self._lock:
                before = self._file.tell()
                self._file.seek(self._start + offset)
                data = self._file.read(view.nbytes)
                self._file.seek(before)
        except (OSError, ValueError) as error:
            raise make_read_error(f"cannot read {self.describe()}", error) from error
        view[: len(data)] = data
        return len(data)

    def __reduce__(self) -> tuple[Any, ...]:
        raise InvalidTypeError(
            f"{self.describe()} cannot be pickled", remedy="Read from a path or a URL instead."
        )
