"""Temporary files without a name: records and bitmaps that are too large for the memory."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from array import array
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from iodkit.errors import OutOfRangeError
from iodkit.io.atomic import as_write_error
from iodkit.io.pieces import as_bytes_view

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO, Self

    from numpy.typing import NDArray

__all__ = ["BitmapFile", "Spool"]

_BUFFERED_BYTES = 1 << 16


class _TemporaryFile:
    """A temporary file that vanishes when it is closed, and if the process ends."""

    def __init__(self, folder: str | os.PathLike[str] | None) -> None:
        self._lock = threading.Lock()
        with as_write_error("a temporary file"):
            file = tempfile.TemporaryFile(dir=folder, buffering=_BUFFERED_BYTES)  # noqa: SIM115  # closed by close()
            self._file = cast("BinaryIO", file)

    def close(self) -> None:
        """Give back the space on the disk."""
        # What is still in the buffer is not wanted, though there may be no room for it.
        with contextlib.suppress(OSError):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        except_type: type[BaseException] | None,
        except_value: BaseException | None,
        except_trace: TracebackType | None,
    ) -> None:
        self.close()


class Spool(_TemporaryFile):
    """Byte strings on the disk, by number; sixteen bytes of memory for each.

    Parameters
    ----------
    folder : str | os.PathLike | None, optional
        Folder whose file system holds them; that of temporary files by default.

    Raises
    ------
    WriteError
        If there can be no file.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        super().__init__(folder)
        self._ends = array("q", (0,))
        self._is_flushed = True

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def size(self) -> int:
        """int: Number of bytes of all records."""
        return self._ends[-1]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """numpy.ndarray: Number of bytes of each record, shape (records,)."""
        ends = np.array(self._ends, np.int64)
        return ends[1:] - ends[:-1]

    def append(self, record: bytes | memoryview | NDArray[Any]) -> None:
        """Add a record.

        Parameters
        ----------
        record : bytes | memoryview | numpy.ndarray
            Contiguous memory.

        Raises
        ------
        WriteError
            If the disk is full.
        """
        view = as_bytes_view(record)
        with self._lock, as_write_error("a temporary file"):
            if not self._is_flushed:
                self._file.write(view)
            else:
                self._file.seek(0, os.SEEK_END)
                self._file.write(view)
                self._is_flushed = False
            self._ends.append(self._ends[-1] + view.nbytes)

    def __getitem__(self, number: int) -> bytes:
        """Read a record.

        Parameters
        ----------
        number : int
            Which, from 0.

        Returns
        -------
        bytes
            The record.
        """
        if not 0 <= number < len(self):
            raise OutOfRangeError("there is no such record", found=number)
        start = self._ends[number]
        with self._lock, as_write_error("a temporary file"):
            self._file.seek(start)  # writes what is still in the buffer
            self._is_flushed = True
            return self._file.read(self._ends[number + 1] - start)


class BitmapFile(_TemporaryFile):
    """Bitmaps of one size on the disk, all bits 0 at first.

    Parameters
    ----------
    bytes_each : int
        Number of bytes of a bitmap.
    folder : str | os.PathLike | None, optional
        Folder whose file system holds them; that of temporary files by default.
    """

    def __init__(self, bytes_each: int, folder: str | os.PathLike[str] | None = None) -> None:
        super().__init__(folder)
        self._bytes_each = bytes_each

    def merge(self, number: int, start: int, bits: NDArray[np.uint8]) -> bool:
        """Set bits of a bitmap, and tell whether any of them was set before.

        Parameters
        ----------
        number : int
            Which bitmap, from 0.
        start : int
            Its first byte that is changed.
        bits : numpy.ndarray
            Packed bits, type uint8.

        Returns
        -------
        bool
            Whether a bit of both was set.

        Raises
        ------
        WriteError
            If the disk is full.
        """
        position = number * self._bytes_each + start
        with self._lock, as_write_error("a temporary file"):
            self._file.seek(position)
            stored = np.frombuffer(self._file.read(len(bits)), np.uint8)
            before = np.zeros(len(bits), np.uint8)  # beyond its end, a file holds zeros
            before[: len(stored)] = stored
            self._file.seek(position)
            self._file.write((before | bits).tobytes())
        return bool((before & bits).any())
