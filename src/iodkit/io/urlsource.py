"""Byte sources in stores elsewhere, through fsspec."""

from __future__ import annotations

from typing import Any

from iodkit.errors import MissingDependencyError, ReadError
from iodkit.io.bytesource import ByteSource, make_read_error

__all__ = ["URLSource"]


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

    is_reopenable: bool = True

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
            raise make_read_error(f"cannot open {url}", error) from error
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
            raise make_read_error(f"cannot read {self._url}", error) from error
        if len(data) != length:
            raise self._ended(offset, length)
        return bytes(data)

    def _fill(self, offset: int, view: memoryview) -> int:
        view[:] = self.read(offset, view.nbytes)
        return view.nbytes

    def __reduce__(self) -> tuple[Any, ...]:
        return (URLSource, (self._url, self._options))
