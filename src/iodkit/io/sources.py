"""One small interface over everything that bytes are read from: paths, memory, files, URLs."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

from iodkit.errors import (
    CorruptDataError,
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
    ReadError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    SourceLike: TypeAlias = (
        "str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | ByteSource"
    )

__all__ = [
    "ByteSource",
    "FileObjectSource",
    "MemorySource",
    "PathSource",
    "URLSource",
    "open_source",
]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+(::[A-Za-z0-9+.\-]+)*://")
_HAS_PREAD = hasattr(os, "pread")


class ByteSource(ABC):
    """Bytes of a known number that can be read at any position, from several threads at once.

    Attributes
    ----------
    path : str | None
        Name of the file in the local file system, where there is one.
    """

    path: str | None = None
    is_reopenable: ClassVar[bool] = False
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


class MemorySource(ByteSource):
    """Bytes in memory.

    Parameters
    ----------
    data : bytes | bytearray | memoryview
        The bytes; they are not copied.
    name : str, optional
        What they are, for error messages.
    """

    is_reopenable: ClassVar[bool] = True

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

    is_reopenable: ClassVar[bool] = True

    path: str

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        try:
            self._state = _file_state(Path(self.path).stat())
        except OSError as error:
            raise _read_error(f"cannot open {self.path}", error) from error
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
        with self._open():
            yield self

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        """Share one descriptor among all who read at this moment."""
        with self._lock:
            if self._holders == 0:
                self._descriptor = self._open_unchanged()
            self._holders += 1
        try:
            yield self._descriptor
        finally:
            with self._lock:
                self._holders -= 1
                if self._holders == 0:
                    os.close(self._descriptor)
                    self._descriptor = -1

    def _open_unchanged(self) -> int:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise _read_error(f"cannot open {self.path}", error) from error
        state = _file_state(os.fstat(descriptor))
        if state != self._state:
            os.close(descriptor)
            raise ReadError(
                f"{self.path} has changed since it was opened",
                remedy="Open it again.",
            )
        return descriptor

    def _fill(self, offset: int, view: memoryview) -> int:
        try:
            with self._open() as descriptor:
                if _HAS_PREAD:
                    return os.preadv(descriptor, [view], offset)
                with self._lock:
                    os.lseek(descriptor, offset, os.SEEK_SET)
                    data = os.read(descriptor, view.nbytes)
                view[: len(data)] = data
                return len(data)
        except ReadError:
            raise
        except OSError as error:
            raise _read_error(f"cannot read {self.path}", error) from error

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position; see :meth:`ByteSource.read`."""
        self._check_range(offset, length)
        if not _HAS_PREAD:
            return super().read(offset, length)
        try:
            with self._open() as descriptor:
                data = os.pread(descriptor, length, offset)
        except ReadError:
            raise
        except OSError as error:
            raise _read_error(f"cannot read {self.path}", error) from error
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
            raise _read_error(f"cannot read {self.describe()}", error) from error
        view[: len(data)] = data
        return len(data)

    def __reduce__(self) -> tuple[Any, ...]:
        raise InvalidTypeError(
            f"{self.describe()} cannot be pickled", remedy="Read from a path or a URL instead."
        )


class URLSource(ByteSource):
    """A file in any store that fsspec knows: ``s3://``, ``https://``, ``memory://``, ….

    Parameters
    ----------
    url : str
        Address of the file.
    options : dict[str, Any] | None, optional
        Options of the store (credentials, endpoints), as fsspec takes them.

    Raises
    ------
    MissingDependencyError
        If fsspec, or what it needs for this store, is not installed.
    ReadError
        If there is no such file.
    """

    is_reopenable: ClassVar[bool] = True

    def __init__(self, url: str, options: dict[str, Any] | None = None) -> None:
        self._url = url
        self._options = dict(options or {})
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise MissingDependencyError(
                "reading from a URL needs fsspec", remedy="Run: pip install fsspec"
            ) from error
        try:
            self._store, self._key = url_to_fs(url, **self._options)
            size = self._store.info(self._key).get("size")
        except ImportError as error:
            raise MissingDependencyError(
                f"reading {url} needs another distribution: {error}"
            ) from error
        except Exception as error:
            raise _read_error(f"cannot open {url}", error) from error
        if size is None:
            raise ReadError(f"the size of {url} is not known, so it cannot be read in parts")
        self._size = int(size)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._size

    def describe(self) -> str:
        """Say what is read, for error messages."""
        return self._url

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position; see :meth:`ByteSource.read`."""
        self._check_range(offset, length)
        if length == 0:
            return b""
        try:
            data = self._store.cat_file(self._key, start=offset, end=offset + length)
        except Exception as error:
            raise _read_error(f"cannot read {self._url}", error) from error
        if len(data) != length:
            raise self._ended(offset, length)
        return bytes(data)

    def _fill(self, offset: int, view: memoryview) -> int:
        view[:] = self.read(offset, view.nbytes)
        return view.nbytes

    def __reduce__(self) -> tuple[Any, ...]:
        return (URLSource, (self._url, self._options))


def open_source(source: SourceLike, *, options: dict[str, Any] | None = None) -> ByteSource:
    """Make a byte source of a path, a URL, bytes, or a binary file object.

    Parameters
    ----------
    source : str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | ByteSource
        Where to read: name of a file, URL (``"s3://bucket/key"``; needs fsspec), bytes in
        memory, or an open binary file object that can seek.
    options : dict[str, Any] | None, optional
        Options of the store, for URLs.

    Returns
    -------
    ByteSource
        The source; a `ByteSource` is returned as it is.

    Raises
    ------
    InvalidTypeError
        If nothing can be read from such an object.
    ReadError
        If there is no such file, or it may not be read.
    MissingDependencyError
        If a URL needs a distribution that is not installed.
    """
    if isinstance(source, ByteSource):
        return source
    if isinstance(source, bytes | bytearray | memoryview):
        return MemorySource(source)
    if isinstance(source, str) and _URL.match(source):
        return _open_url(source, options)
    if isinstance(source, str | os.PathLike):
        return PathSource(source)
    if hasattr(source, "read") and hasattr(source, "seek"):
        return FileObjectSource(source)
    raise InvalidTypeError(
        "cannot read from this",
        found=type(source).__name__,
        expected="a path, a URL, bytes, or a binary file object",
    )


def _open_url(url: str, options: dict[str, Any] | None) -> ByteSource:
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return PathSource(url2pathname(parts.path))
    return URLSource(url, options)


def _read_error(message: str, error: Exception) -> ReadError:
    """Make our error of another one, with its number and file name."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    wrapped = ReadError(f"{message}: {reason}")
    wrapped.errno = getattr(error, "errno", None)
    wrapped.filename = getattr(error, "filename", None)
    return wrapped
