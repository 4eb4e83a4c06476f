"""Bit planes: masks to packed bits and back (PS3.5 8.1.1 and 8.2, single-bit pixels).

Pixels of one bit are packed eight to a byte, the first into the lowest bit, and frames follow
each other without padding, so that a frame may begin within a byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Piece: TypeAlias = bytes | memoryview

__all__ = [
    "BitFrame",
    "PlaneBits",
    "bit_pieces",
    "frame_bits",
    "join_bit_frames",
    "label_bits",
    "mask_bits",
]


@dataclass(frozen=True, slots=True)
class BitFrame:
    """One frame of one segment: the bytes of its packed bits that are not all zero.

    Parameters
    ----------
    segment : int
        Position of the segment among the segments, from 0.
    plane : int
        Position of the plane among the planes, from 0.
    start : int
        Number of zero bytes before `packed`.
    packed : numpy.ndarray
        Packed bits, type uint8, padded to whole bytes.
    """

    segment: int
    plane: int
    start: int
    packed: NDArray[np.uint8]


if TYPE_CHECKING:
    PlaneBits = Callable[[int], Iterator[BitFrame]]
else:
    PlaneBits = object


def label_bits(labels: NDArray[np.unsignedinteger], numbers: Sequence[int]) -> PlaneBits:
    """Split the planes of a label map into the bits of each segment.

    Parameters
    ----------
    labels : numpy.ndarray
        Unsigned integers of shape (planes, rows, columns).
    numbers : Sequence[int]
        Value of each segment in the label map.

    Returns
    -------
    Callable[[int], Iterator[BitFrame]]
        Gives the frames of a plane, in the order of `numbers`, without those that are empty.
    """
    if labels.dtype == np.uint8:
        return _ByteLabels(labels, numbers)
    return _WideLabels(labels, numbers)


class _ByteLabels:
    """Labels of one byte: searching for the byte finds the range that a segment covers."""

    def __init__(self, labels: NDArray[np.unsignedinteger], numbers: Sequence[int]) -> None:
        self._labels = labels
        self._needles = [(i, n, bytes((n,))) for i, n in enumerate(numbers) if n <= 255]
        self._scratch = np.empty(labels[0].size + 8, bool)

    def __call__(self, plane: int) -> Iterator[BitFrame]:
        flat = np.ascontiguousarray(self._labels[plane]).reshape(-1)
        raw = flat.tobytes()
        find, rfind = raw.find, raw.rfind
        for index, number, needle in self._needles:
            first = find(needle)
            if first < 0:
                continue
            low, high = first >> 3, (rfind(needle) >> 3) + 1
            span = flat[low * 8 : high * 8]
            bits = self._scratch[: len(span)]
            np.equal(span, number, out=bits)
            yield BitFrame(index, plane, low, np.packbits(bits, bitorder="little"))


class _WideLabels:
    """Labels of more than one byte: one pass finds which are present."""

    def __init__(self, labels: NDArray[np.unsignedinteger], numbers: Sequence[int]) -> None:
        self._labels = labels
        self._index = {number: i for i, number in enumerate(numbers)}

    def __call__(self, plane: int) -> Iterator[BitFrame]:
        flat = np.ascontiguousarray(self._labels[plane]).reshape(-1)
        found = [
            (self._index[number], number)
            for number in np.unique(flat).tolist()
            if number in self._index
        ]
        for index, number in sorted(found):
            yield _frame(index, plane, flat == number)


def mask_bits(masks: NDArray[np.generic]) -> PlaneBits:
    """Split stacked masks into the bits of each segment.

    Parameters
    ----------
    masks : numpy.ndarray
        Array of shape (planes, rows, columns, segments); what is not zero is set.

    Returns
    -------
    Callable[[int], Iterator[BitFrame]]
        Gives the frames of a plane, without those that are empty.
    """

    def frames(plane: int) -> Iterator[BitFrame]:
        by_segment = np.moveaxis(masks[plane], -1, 0)
        for index, mask in enumerate(by_segment):
            bits = np.ascontiguousarray(mask).reshape(-1)
            if bits.dtype != bool:
                bits = bits != 0
            if bits.any():
                yield _frame(index, plane, bits)

    return frames


def _frame(segment: int, plane: int, bits: NDArray[np.bool_]) -> BitFrame:
    return BitFrame(segment, plane, 0, np.packbits(bits, bitorder="little"))


def join_bit_frames(frames: Sequence[BitFrame | None], pixels: int) -> bytes:
    """Join frames into the value of Pixel Data.

    Parameters
    ----------
    frames : Sequence[BitFrame | None]
        Frames in the order in which they are stored; ``None`` for an empty one.
    pixels : int
        Number of pixels in a frame.

    Returns
    -------
    bytes
        Packed bits, with a zero byte at the end if their number would be odd.
    """
    joined = b"".join(bit_pieces(frames, pixels))
    return joined + b"\0" * (len(joined) % 2)


def bit_pieces(frames: Iterable[BitFrame | None], pixels: int) -> Iterator[Piece]:
    """Give the packed bits of frames that follow each other without padding between them.

    Parameters
    ----------
    frames : Iterable[BitFrame | None]
        Frames in the order in which they are stored; ``None`` for an empty one.  They are taken
        one by one.
    pixels : int
        Number of pixels in a frame.

    Yields
    ------
    bytes | memoryview
        Packed bits of whole bytes; the last byte is filled up with zeros.
    """
    if pixels % 8:
        yield from _unaligned_pieces(frames, pixels)
        return
    zeros = memoryview(bytes(pixels // 8))
    for frame in frames:
        if frame is None:
            yield zeros
            continue
        yield zeros[: frame.start]
        yield frame.packed.data
        yield zeros[frame.start + len(frame.packed) :]


def _unaligned_pieces(frames: Iterable[BitFrame | None], pixels: int) -> Iterator[bytes]:
    """Shift frames behind each other; what does not fill a byte is carried to the next frame."""
    carried, used = 0, 0
    for frame in frames:
        bits = np.zeros((used + pixels + 15) // 8, np.uint8)
        if frame is not None:
            packed = frame.packed
            low = bits[frame.start : frame.start + len(packed)]
            low |= packed << used
            if used:
                high = bits[frame.start + 1 : frame.start + 1 + len(packed)]
                high |= packed >> (8 - used)
        bits[0] |= carried
        whole, used = divmod(used + pixels, 8)
        carried = int(bits[whole])
        yield bits[:whole].tobytes()
    if used:
        yield bytes((carried,))


def frame_bits(frame: BitFrame, pixels: int) -> NDArray[np.uint8]:
    """Unpack a frame.

    Parameters
    ----------
    frame : BitFrame
        The frame.
    pixels : int
        Number of its pixels.

    Returns
    -------
    numpy.ndarray
        Zeros and ones of shape (pixels,), type uint8.
    """
    bits = np.zeros(pixels, np.uint8)
    begin = frame.start * 8
    span = np.unpackbits(frame.packed, bitorder="little")[: pixels - begin]
    bits[begin : begin + len(span)] = span
    return bits
