"""One way to get at bytes, whatever the caller has: a path, a URL, memory, a file object."""

from __future__ import annotations

import os
import re
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

from iodkit.errors import InvalidTypeError
from iodkit.io.bytesource import ByteSource
from iodkit.io.localsources import FileObjectSource, MemorySource, PathSource
from iodkit.io.urlsource import URLSource
from iodkit.io.zipsource import ZipMemberSource

if TYPE_CHECKING:
    SourceLike: TypeAlias = (
        str
        | os.PathLike[str]
        | zipfile.Path
        | bytes
        | bytearray
        | memoryview
        | BinaryIO
        | ByteSource
        | list[Any]
        | tuple[Any, ...]
    )

__all__ = [
    "ByteSource",
    "FileObjectSource",
    "MemorySource",
    "PathSource",
    "URLSource",
    "ZipMemberSource",
    "open_source",
]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+(::[A-Za-z0-9+.\-]+)*://")


def open_source(source: SourceLike, *, options: dict[str, Any] | None = None) -> ByteSource:
    """Make a byte source of a path, a URL, bytes, or a binary file object.

    Parameters
    ----------
    source : str | os.PathLike | zipfile.Path | bytes-like | BinaryIO | ByteSource | list
        Where to read: name of a file, URL (``"s3://bucket/key"``; needs fsspec), member of an
        archive (``zipfile.Path("a.zip", "b.dcm")``), bytes in memory, or an open binary file
        object that can seek.  A list or tuple of these stands for the object that was divided
        into a concatenation (PS3.3 C.7.6.16.2.2), of which they are all parts, in any order.
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
    InvalidValueError
        If a list does not hold all parts of one concatenation.
    ReadError
        If there is no such file, or it may not be read.
    MissingDependencyError
        If a URL needs a distribution that is not installed.
    """
    if isinstance(source, ByteSource):
        return source
    if isinstance(source, list | tuple):
        # It reads the files, and so stands above the sources.
        from iodkit.io.concatenation import ConcatenationSource

        return ConcatenationSource([open_source(part, options=options) for part in source])
    if isinstance(source, bytes | bytearray | memoryview):
        return MemorySource(source)
    if isinstance(source, str) and _URL.match(source):
        return _open_url(source, options)
    if isinstance(source, str | os.PathLike):
        return PathSource(source)
    if isinstance(source, zipfile.Path):
        return _open_member(source)
    if hasattr(source, "read") and hasattr(source, "seek"):
        return FileObjectSource(source)
    raise InvalidTypeError(
        "cannot read from this",
        found=type(source).__name__,
        expected="a path, a URL, a member of an archive, bytes, or a binary file object",
    )


def _open_url(url: str, options: dict[str, Any] | None) -> ByteSource:
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return PathSource(url2pathname(parts.path))
    return URLSource(url, options)


def _open_member(path: zipfile.Path) -> ByteSource:
    archive, member = path.root.filename, path.at
    if archive is None:
        # The archive is an open file itself: the member cannot be read again once it is closed.
        return MemorySource(path.read_bytes(), member)
    return ZipMemberSource(os.fspath(archive), member)
