"""Frames of native pixel data: from bytes to arrays (PS3.5 8.1, 8.2)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from iodkit.errors import UnsupportedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout
    from iodkit_image.pixels.value import PixelValue

__all__ = ["NativeFrames", "arrange_samples", "trim_unused_bits", "upsample_chrominance"]


class NativeFrames:
    """The frames of native pixel data.

    Parameters
    ----------
    value : PixelValue
        The value of the pixel data element.
    layout : PixelLayout
        Layout of the pixels.
    little_endian : bool, optional
        Byte order of the value.
    words : bool, optional
        Whether the value's VR is OW, whose bytes are swapped in pairs in big endian.

    Attributes
    ----------
    frame_bits : int
        Number of bits from a frame to the next.
    """

    def __init__(
        self,
        value: PixelValue,
        layout: PixelLayout,
        *,
        little_endian: bool = True,
        words: bool = False,
    ) -> None:
        self._value, self._layout = value, layout
        self._order: Literal["<", ">"] = "<" if little_endian else ">"
        self._cell = layout.dtype.newbyteorder(self._order)
        self._swap_pairs = not little_endian and words and layout.bits_allocated <= 8
        self._subsampled = layout.is_subsampled
        if self._subsampled:
            # There are files that claim subsampling and are not subsampled.
            whole = layout.frame_samples * layout.bits_allocated // 8 * layout.number_of_frames
            self._subsampled = value.size < whole
        # What does not change from frame to frame, of which there may be very many.
        self.frame_bits = layout.native_frame_bits
        if layout.is_subsampled and not self._subsampled:
            self.frame_bits = layout.frame_samples * layout.bits_allocated
        self._by_plane = layout.is_color and layout.planar_configuration == 1
        special = self._subsampled or self._by_plane or self._swap_pairs
        self._is_plain = (
            self._order == "<"
            and sys.byteorder == "little"
            and not special
            and layout.bits_allocated > 1
        )
        self._row_shape = layout.frame_shape[1:]
        self._row_bytes = self.frame_bits // 8 // layout.rows

    def raw(self, index: int) -> bytes:
        """Return the bytes that hold a frame; one of single bits is shifted to a byte border."""
        if self._layout.bits_allocated == 1:
            return self.packed(index, 1)[0].tobytes()
        size = self.frame_bits // 8
        return self._bytes(index * size, size).tobytes()

    def packed(self, start: int, count: int) -> NDArray[np.uint8]:
        """Return the packed bits of consecutive frames of single bits.

        Parameters
        ----------
        start : int
            Index of the first, from 0.
        count : int
            Number of frames.

        Returns
        -------
        numpy.ndarray
            Shape (count, bytes), each frame from a byte border on; read-only if they are so in
            the value, padded with zeros if not.
        """
        bits = self.frame_bits
        if bits % 8 == 0:
            return self._bytes(start * bits // 8, count * bits // 8).reshape(count, bits // 8)
        return np.packbits(self._bits(start, count).reshape(count, bits), axis=1, bitorder="little")

    def read(self, start: int, count: int = 1) -> NDArray[Any]:
        """Decode consecutive frames.

        Parameters
        ----------
        start : int
            Index of the first, from 0.
        count : int, optional
            Number of frames.

        Returns
        -------
        numpy.ndarray
            New or read-only array of shape (count, rows, columns) or (count, rows, columns,
            samples) and the type of the layout.
        """
        layout = self._layout
        if layout.bits_allocated == 1:
            return self._bits(start, count).reshape(count, *layout.frame_shape)
        size = self.frame_bits // 8
        flat = self._bytes(start * size, count * size).view(self._cell)
        if self._subsampled:
            return upsample_chrominance(flat.reshape(count, layout.rows, -1), layout.columns)
        samples = arrange_samples(flat, layout, count)
        if self._order == ">" and sys.byteorder == "little":
            samples = samples.astype(layout.dtype)
        return trim_unused_bits(samples, layout)

    def read_rows(self, index: int, first: int, stop: int) -> NDArray[Any]:
        """Decode some rows of a frame; other rows are not read if the layout allows it.

        Parameters
        ----------
        index : int
            Index of the frame, from 0.
        first, stop : int
            First row, from 0, and the one after the last.

        Returns
        -------
        numpy.ndarray
            New or read-only array of shape (rows, columns) or (rows, columns, samples).
        """
        layout = self._layout
        shape = (stop - first, *self._row_shape)
        if self._is_plain:
            begin = index * (self.frame_bits // 8) + first * self._row_bytes
            value = self._value.view(begin, shape[0] * self._row_bytes)
            return trim_unused_bits(np.ndarray(shape, self._cell, value), layout)
        if self._by_plane or self._subsampled or (first, stop) == (0, layout.rows):
            return self.read(index)[0][first:stop]
        width = self.frame_bits // layout.rows
        begin = index * self.frame_bits + first * width
        if layout.bits_allocated == 1:
            return self._bit_range(begin, begin + shape[0] * width).reshape(shape)
        flat = self._bytes(begin // 8, shape[0] * width // 8)
        samples = flat.view(self._cell).reshape(shape)
        if self._order == ">" and sys.byteorder == "little":
            samples = samples.astype(layout.dtype)
        return trim_unused_bits(samples, layout)

    def fill(self, start: int, out: NDArray[Any]) -> None:
        """Decode consecutive frames into an array of shape (count, ...) and the layout's type."""
        if self._is_plain and out.flags.c_contiguous and out.dtype == self._layout.dtype:
            self._value.fill(start * (self.frame_bits // 8), out)
            trim_unused_bits(out, self._layout, in_place=True)
        else:
            out[...] = self.read(start, len(out))

    def _bytes(self, offset: int, length: int) -> NDArray[np.uint8]:
        if not self._swap_pairs:
            return np.frombuffer(self._value.view(offset, length), np.uint8)
        begin, end = offset & ~1, (offset + length + 1) & ~1
        pairs = np.frombuffer(self._value.view(begin, end - begin), np.uint8)
        swapped = pairs.reshape(-1, 2)[:, ::-1].reshape(-1)
        return swapped[offset - begin : offset - begin + length]

    def _bits(self, start: int, count: int) -> NDArray[np.uint8]:
        """Unpack the bits of frames, which need not begin at a byte border."""
        return self._bit_range(start * self.frame_bits, (start + count) * self.frame_bits)

    def _bit_range(self, begin: int, end: int) -> NDArray[np.uint8]:
        first, last = begin // 8, -(-end // 8)
        unpacked = np.unpackbits(self._bytes(first, last - first), bitorder="little")
        return unpacked[begin - 8 * first : end - 8 * first]


def arrange_samples(flat: NDArray[Any], layout: PixelLayout, count: int = 1) -> NDArray[Any]:
    """Arrange samples as frames with colour last.

    Parameters
    ----------
    flat : numpy.ndarray
        Samples in stored order.
    layout : PixelLayout
        Layout of the pixels.
    count : int, optional
        Number of frames.

    Returns
    -------
    numpy.ndarray
        View of shape (count, rows, columns) or (count, rows, columns, samples).
    """
    if layout.is_color and layout.planar_configuration == 1:
        planes = flat.reshape(count, layout.samples_per_pixel, layout.rows, layout.columns)
        return np.moveaxis(planes, 1, -1)
    return flat.reshape(count, *layout.frame_shape)


def trim_unused_bits(
    samples: NDArray[Any], layout: PixelLayout, *, in_place: bool = False
) -> NDArray[Any]:
    """Keep only the stored bits of cells; the others may hold anything (PS3.5 8.1.1).

    Parameters
    ----------
    samples : numpy.ndarray
        Cells.
    layout : PixelLayout
        Layout of the pixels.
    in_place : bool, optional
        Whether the array is overwritten; otherwise a new one is made if needed.

    Returns
    -------
    numpy.ndarray
        The samples.
    """
    if layout.is_float or layout.bits_stored == layout.bits_allocated:
        return samples
    out = samples if in_place else None
    left = layout.bits_allocated - 1 - layout.high_bit
    right = layout.bits_allocated - layout.bits_stored
    if left == right and not layout.is_signed:
        return np.bitwise_and(samples, (1 << layout.bits_stored) - 1, out=out)
    shifted = np.left_shift(samples, left, out=out)
    return np.right_shift(shifted, right, out=shifted)


def upsample_chrominance(frames: NDArray[Any], columns: int) -> NDArray[Any]:
    """Give each pixel the chrominance of its pair (PS3.3 C.7.6.3.1.2, YBR_FULL_422).

    Parameters
    ----------
    frames : numpy.ndarray
        Samples Y Y Cb Cr of pairs of pixels, shape (frames, rows, 2 * columns).
    columns : int
        Number of columns.

    Returns
    -------
    numpy.ndarray
        Shape (frames, rows, columns, 3).
    """
    if columns % 2:
        raise UnsupportedError(
            "pairs of pixels need an even number of columns",
            attribute="Columns",
            found=columns,
            clause="PS3.3 C.7.6.3.1.2",
        )
    pairs = frames.reshape(*frames.shape[:2], columns // 2, 4)
    out = np.empty((*pairs.shape[:3], 2, 3), frames.dtype)
    out[..., 0] = pairs[..., :2]
    out[..., 1] = pairs[..., 2:3]
    out[..., 2] = pairs[..., 3:4]
    return out.reshape(*frames.shape[:2], columns, 3)
