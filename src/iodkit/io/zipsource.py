"""Byte sources inside ZIP archives."""

from __future__ import annotations

import struct
import threading
import zipfile
from typing import Any

from iodkit.errors import CorruptDataError, ReadError
from iodkit.io.bytesource import ByteSource, make_read_error
from iodkit.io.localsources import MemorySource, PathSource

__all__ = ["ZipMemberSource"]

_LOCAL_HEADER = struct.Struct("<4s22xHH")
# A member that becomes larger than this is taken for an attack.
_INFLATED_LIMIT = 8 << 30


class ZipMemberSource(ByteSource):
    """A member of a ZIP archive in the local file system.

    Of a member that is stored without compression, only the bytes that are asked for are read.
    A compressed one is inflated into memory when it is first read.

    Parameters
    ----------
    archive : str
        Name of the archive.
    member : str
        Name of the member.

    Raises
    ------
    ReadError
        If there is no such archive or member, it is encrypted, or larger than 8 GiB when
        inflated.
    """

    is_reopenable: bool = True

    def __init__(self, archive: str, member: str) -> None:
        self._name = (archive, member)
        self._archive = PathSource(archive)
        self._lock = threading.Lock()
        self._inflated: MemorySource | None = None
        try:
            with zipfile.ZipFile(archive) as opened:
                info = opened.getinfo(member)
        except KeyError as error:
            raise ReadError(f"there is no {member} in {archive}") from error
        except (zipfile.BadZipFile, OSError) as error:
            raise make_read_error(f"cannot open {archive}", error) from error
        if info.flag_bits & 1:
            raise ReadError(f"{self.describe()} is encrypted")
        if info.file_size > _INFLATED_LIMIT:
            raise ReadError(
                f"{self.describe()} is too large",
                found=f"{info.file_size} bytes",
                expected=f"at most {_INFLATED_LIMIT}",
            )
        self._size = info.file_size
        is_stored = info.compress_type == zipfile.ZIP_STORED
        self._start = self._data_start(info.header_offset) if is_stored else None

    def _data_start(self, header: int) -> int:
        """Position of the member's first byte in the archive."""
        signature, name, extra = _LOCAL_HEADER.unpack(
            self._archive.read(header, _LOCAL_HEADER.size)
        )
        start: int = header + _LOCAL_HEADER.size + name + extra
        if signature != b"PK\x03\x04" or start + self._size > self._archive.size:
            raise CorruptDataError(f"{self.describe()} is not where the archive says")
        return start

    @property
    def size(self) -> int:
        """Number of bytes, inflated."""
        return self._size

    def describe(self) -> str:
        """Say what is read, for error messages."""
        archive, member = self._name
        return f"{member} in {archive}"

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes at a position; see :meth:`ByteSource.read`."""
        self._check_range(offset, length)
        if self._start is None:
            return self._inflate().read(offset, length)
        return self._archive.read(self._start + offset, length)

    def _fill(self, offset: int, view: memoryview) -> int:
        if self._start is None:
            self._inflate().readinto(offset, view)
        else:
            self._archive.readinto(self._start + offset, view)
        return view.nbytes

    def _inflate(self) -> MemorySource:
        with self._lock:
            if self._inflated is None:
                archive, member = self._name
                try:
                    with zipfile.ZipFile(archive) as opened:
                        data = opened.read(member)
                except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
                    raise make_read_error(f"cannot read {self.describe()}", error) from error
                if len(data) != self._size:
                    raise ReadError(f"{archive} has changed since it was opened")
                self._inflated = MemorySource(data, self.describe())
            return self._inflated

    def __reduce__(self) -> tuple[Any, ...]:
        return (ZipMemberSource, self._name)
