"""Frames of a segmentation in the order in which they are stored, wherever their pixels are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from iodkit_seg.encoding.bitplanes import BitFrame, bit_pieces, frame_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = [
    "EncodedFrames",
    "FrameStorage",
    "FramesInMemory",
    "Payload",
    "as_array",
    "pixel_type",
]

Payload = Any
"""Pixels of a frame: a `BitFrame` or an array; bytes where a storage compresses them."""

_MANY = 2048


class FrameStorage(Protocol):
    """Where frames are kept until it is known in which order they are stored."""

    def append(self, payload: Payload, /) -> None:
        """Keep a frame."""

    def __getitem__(self, index: int, /) -> Payload:
        """Give back the frame that was kept as the n-th."""


class FramesInMemory(list[Payload]):
    """Frames that share no memory with what the caller gave: a later change of that stays his.

    Parameters
    ----------
    given : object
        What the caller gave as pixels.
    """

    def __init__(self, given: object = None) -> None:
        super().__init__()
        self._given = given if isinstance(given, np.ndarray) else None

    def shares_memory(self, array: NDArray[Any]) -> bool:
        """Tell whether an array is, or may be, in the memory of what the caller gave."""
        return self._given is None or np.may_share_memory(array, self._given)

    def append(self, payload: Payload, /) -> None:
        """Keep a frame, or a copy of it."""
        if isinstance(payload, np.ndarray) and self.shares_memory(payload):
            payload = payload.copy()
        super().append(payload)


@dataclass(frozen=True, slots=True, eq=False)
class EncodedFrames:
    """Frames in the order in which they are stored.

    Parameters
    ----------
    planes : numpy.ndarray
        Index of the plane of each frame, shape (frames,).
    segments : numpy.ndarray | None
        Number of the segment of each frame, shape (frames,); ``None`` in a label map.
    bits_allocated : int
        1, 8 or 16.
    overlaps : bool
        Whether segments share pixels.
    storage : FrameStorage
        Where the pixels are.
    kept_as : numpy.ndarray
        For each frame its number in the storage; -1 if it is empty.
    """

    planes: NDArray[np.intp]
    segments: NDArray[np.int64] | None
    bits_allocated: int
    overlaps: bool
    storage: FrameStorage
    kept_as: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.planes)

    def part(self, start: int, stop: int) -> EncodedFrames:
        """Take consecutive frames.

        Parameters
        ----------
        start, stop : int
            Index of the first frame, and the one after the last.

        Returns
        -------
        EncodedFrames
            The frames; they share the storage.
        """
        return replace(
            self,
            planes=self.planes[start:stop],
            segments=None if self.segments is None else self.segments[start:stop],
            kept_as=self.kept_as[start:stop],
        )

    def payloads(self) -> Iterator[Payload | None]:
        """Give the pixels of the frames one by one; ``None`` for an empty one."""
        for start in range(0, len(self.kept_as), _MANY):
            for number in self.kept_as[start : start + _MANY].tolist():
                yield None if number < 0 else self.storage[number]

    def native_length(self, rows: int, columns: int) -> int:
        """Number of bytes of native pixel data, padded to an even length (PS3.5 8.1.1)."""
        size = (len(self) * rows * columns * self.bits_allocated + 7) // 8
        return size + size % 2

    def native_pieces(self, rows: int, columns: int) -> Iterator[Any]:
        """Give the value of native pixel data as buffers that follow each other."""
        if self.bits_allocated == 1:
            yield from bit_pieces(self.payloads(), rows * columns)
        else:
            empty = bytes(rows * columns * self.bits_allocated // 8)
            for payload in self.payloads():
                yield empty if payload is None else np.ascontiguousarray(payload).data
        if (len(self) * rows * columns * self.bits_allocated + 7) // 8 % 2:
            yield b"\0"

    def arrays(self, rows: int, columns: int) -> Iterator[NDArray[Any]]:
        """Give the frames one by one, each of shape (rows, columns), single bits as 0 and 1."""
        empty = np.zeros((rows, columns), pixel_type(self.bits_allocated))
        for payload in self.payloads():
            yield empty if payload is None else as_array(payload, rows, columns)


def pixel_type(bits_allocated: int) -> np.dtype[Any]:
    """Give the type of arrays of frames: single bits are 0 and 1."""
    return np.dtype(np.uint16 if bits_allocated == 16 else np.uint8)


def as_array(payload: Payload, rows: int, columns: int) -> NDArray[Any]:
    """Give the pixels of a frame as an array.

    Parameters
    ----------
    payload : BitFrame | numpy.ndarray
        The frame.
    rows, columns : int
        Its size.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns); single bits as 0 and 1.
    """
    if isinstance(payload, BitFrame):
        return frame_bits(payload, rows * columns).reshape(rows, columns)
    array: NDArray[Any] = payload
    return array
