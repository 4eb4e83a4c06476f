"""Where the frames of encapsulated pixel data are (PS3.5 A.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import CorruptDataError, PixelDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_image.pixels.value import PixelValue

__all__ = ["FragmentIndex", "OffsetIndex", "index_fragments"]

_ITEM = 0xE000FFFE
_END = 0xE0DDFFFE
_HEADER = struct.Struct("<II")
_WINDOW = 1 << 16
_GLANCE = 64
_CLAUSE = "PS3.5 A.4"
# What codestreams begin with: JPEG and JPEG-LS, JPEG 2000, its file format.
_MARKERS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c\x6a\x50\x20\x20")


@dataclass(frozen=True, slots=True, eq=False)
class FragmentIndex:
    """Fragments of each frame, as ranges of bytes of the encapsulated value.

    Attributes
    ----------
    starts, lengths : numpy.ndarray
        Position and number of bytes of each fragment.
    first : numpy.ndarray
        Number of the first fragment of each frame, and the number of fragments.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    first: NDArray[np.int64]

    @property
    def number_of_frames(self) -> int:
        """Number of frames found."""
        return len(self.first) - 1

    def read(self, value: PixelValue, frame: int) -> bytes:
        """Read the encoded bytes of a frame, its fragments joined.

        Parameters
        ----------
        value : PixelValue
            The encapsulated value.
        frame : int
            Index of the frame, from 0.

        Returns
        -------
        bytes
            The encoded frame.
        """
        numbers = range(int(self.first[frame]), int(self.first[frame + 1]))
        parts = [value.view(int(self.starts[i]), int(self.lengths[i])) for i in numbers]
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class OffsetIndex:
    """Frames by the basic offset table, whose fragments are found when a frame is read.

    Attributes
    ----------
    heads : numpy.ndarray
        Position of the first item of each frame in the encapsulated value.
    """

    heads: NDArray[np.int64]

    @property
    def number_of_frames(self) -> int:
        """Number of frames in the table."""
        return len(self.heads)

    def read(self, value: PixelValue, frame: int) -> bytes:
        """Read the encoded bytes of a frame; see :meth:`FragmentIndex.read`."""
        is_last = frame == len(self.heads) - 1
        stop = value.size if is_last else int(self.heads[frame + 1])
        starts, lengths = _scan(value, int(self.heads[frame]), stop)
        is_whole = len(starts) and (is_last or int(starts[-1] + lengths[-1]) == stop)
        if not is_whole:
            raise CorruptDataError(
                f"the basic offset table does not point at fragments of frame {frame + 1}",
                attribute="PixelData",
                clause=_CLAUSE,
            )
        pairs = zip(starts.tolist(), lengths.tolist(), strict=True)
        parts = [value.view(start, length) for start, length in pairs]
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)


def _is_ascending(table: NDArray[np.int64], size: int) -> bool:
    """Tell whether offsets can be right; those of more than 4 GiB wrap."""
    steps: NDArray[np.int64] = np.diff(table)
    return bool(table[0] == 0 and (steps > 0).all() and table[-1] < size)


def index_fragments(
    value: PixelValue,
    number_of_frames: int,
    extended: tuple[bytes, bytes] | None = None,
    *,
    trust_table: bool = True,
) -> FragmentIndex | OffsetIndex:
    """Find the fragments of each frame.

    Parameters
    ----------
    value : PixelValue
        Encapsulated pixel data, from its basic offset table on.
    number_of_frames : int
        Number of frames that there should be.
    extended : tuple[bytes, bytes], optional
        Values of Extended Offset Table and Extended Offset Table Lengths (PS3.3 C.7.6.3.1.8).
    trust_table : bool, optional
        Whether fragments are looked for only where the basic offset table says they are.

    Returns
    -------
    FragmentIndex | OffsetIndex
        The index; where there is an offset table, no fragment has been looked at yet.

    Raises
    ------
    CorruptDataError
        If the items are broken.
    PixelDataError
        If fragments cannot be assigned to frames.
    """
    table, position = _basic_offsets(value)
    if extended is not None:
        index = _from_extended(value, extended, position, number_of_frames)
        if index is not None:
            return index
    if (
        trust_table
        and len(table) == number_of_frames > 1
        and _is_ascending(table, value.size - position)
    ):
        return OffsetIndex(table + position)
    starts, lengths = _scan(value, position)
    if len(starts) == number_of_frames:
        first = np.arange(number_of_frames + 1)
    elif number_of_frames == 1:
        first = np.array([0, len(starts)])
    elif len(table) == number_of_frames:
        first = _by_table(table, starts, position)
    else:
        first = _by_markers(value, starts, lengths, number_of_frames)
    if not len(starts):
        raise PixelDataError("the pixel data hold no frame", attribute="PixelData", clause=_CLAUSE)
    return FragmentIndex(starts, lengths, first.astype(np.int64))


def _basic_offsets(value: PixelValue) -> tuple[NDArray[np.int64], int]:
    """Offsets of the frames, if given, and the position of the first fragment."""
    tag, length = _HEADER.unpack(value.view(0, 8))
    if tag != _ITEM or length % 4:
        raise CorruptDataError(
            "encapsulated pixel data begin with an offset table",
            attribute="PixelData",
            found=f"tag {tag:08X}, length {length}",
            expected="an item whose length is a multiple of 4",
            clause=_CLAUSE,
        )
    table = np.frombuffer(value.view(8, length), "<u4").astype(np.int64)
    return table, 8 + length


def _from_extended(
    value: PixelValue, extended: tuple[bytes, bytes], start: int, number_of_frames: int
) -> FragmentIndex | None:
    """Index of one fragment per frame; nothing if the table is not of this image."""
    offsets, lengths = (np.frombuffer(part, "<u8").astype(np.int64) for part in extended)
    if len(offsets) != number_of_frames or len(lengths) != number_of_frames:
        return None
    starts = offsets + start + 8
    if (starts + lengths > value.size).any() or (lengths < 0).any() or (offsets < 0).any():
        return None
    return FragmentIndex(starts, lengths, np.arange(number_of_frames + 1))


def _scan(
    value: PixelValue, position: int, stop: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Walk from fragment to fragment; next to large ones only headers are read."""
    starts: list[int] = []
    lengths: list[int] = []
    window, window_start = memoryview(b""), 0
    size = _WINDOW if stop is None else _GLANCE
    end = value.size if stop is None else stop
    while position + 8 <= end:
        local = position - window_start
        if not 0 <= local <= window.nbytes - 8:
            window_start, local = position, 0
            window = value.view(position, min(size, value.size - position))
        tag, length = _HEADER.unpack_from(window, local)
        if tag == _END:
            break
        if tag != _ITEM or position + 8 + length > value.size:
            raise CorruptDataError(
                f"fragment {len(starts) + 1} of the pixel data is broken",
                attribute="PixelData",
                found=f"tag {tag:08X}, length {length} at byte {position}",
                expected=f"an item within {value.size} bytes",
                clause=_CLAUSE,
            )
        starts.append(position + 8)
        lengths.append(length)
        size = _GLANCE if stop is not None or length >= _WINDOW // 4 else _WINDOW
        position += 8 + length
    return np.array(starts, np.int64), np.array(lengths, np.int64)


def _by_table(
    table: NDArray[np.int64], starts: NDArray[np.int64], position: int
) -> NDArray[np.int64]:
    """First fragment of each frame from the basic offset table."""
    heads = starts - 8 - position
    first = np.searchsorted(heads, table)
    exact = first < len(heads)
    if not exact.all() or not np.array_equal(heads[first], table) or (np.diff(first) < 1).any():
        raise PixelDataError(
            "the basic offset table does not point at fragments",
            attribute="PixelData",
            clause=_CLAUSE,
        )
    return np.append(first, len(starts))


def _by_markers(
    value: PixelValue,
    starts: Sequence[int] | NDArray[np.int64],
    lengths: NDArray[np.int64],
    number_of_frames: int,
) -> NDArray[np.int64]:
    """First fragment of each frame where only the codestreams tell."""
    heads = [
        bytes(value.view(int(start), min(int(length), 8))).startswith(_MARKERS)
        for start, length in zip(starts, lengths, strict=True)
    ]
    first = np.flatnonzero(heads)
    if len(first) != number_of_frames or (len(first) and first[0]):
        raise PixelDataError(
            "fragments cannot be assigned to frames",
            attribute="PixelData",
            found=f"{len(starts)} fragments, no offset table",
            expected=f"{number_of_frames} frames",
            clause=_CLAUSE,
        )
    return np.append(first, len(starts))
