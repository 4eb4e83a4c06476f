"""RLE Lossless frames: byte planes in PackBits, row by row (PS3.5 Annex G)."""

from __future__ import annotations

import struct
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import CorruptDataError, PixelDataError
from iodkit_image.pixels.decoders import imagecodecs_packbits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["decode_rle", "encode_rle"]

_HEADER = struct.Struct("<16I")
_MAX_SEGMENTS = 15
_MAX_RUN = 128
_CLAUSE = "PS3.5 G.5"
# By the first byte of a packet: how many bytes it stands for, and how many it takes.
_LENGTHS = np.array([*range(1, 129), 0, *range(128, 1, -1)], np.intp)
_STEPS = (*range(2, 130), 1, *[2] * 127)
# From this many bytes in a packet it is quicker to copy packets than bytes.
_LONG_PACKETS = 64


def encode_rle(frames: NDArray[Any]) -> list[bytes]:
    """Encode frames as RLE Lossless (PS3.5 Annex G).

    Parameters
    ----------
    frames : numpy.ndarray
        Integers of shape (frames, rows, columns) or (frames, rows, columns, samples).  Small
        frames are encoded faster together than one by one.

    Returns
    -------
    list[bytes]
        Of each frame the header, and one segment per byte of each sample, most significant
        first.

    Raises
    ------
    PixelDataError
        If the frames have more bytes per pixel than there can be segments.
    """
    little = np.ascontiguousarray(frames, frames.dtype.newbyteorder("<"))
    width = little.dtype.itemsize
    planes = little.view(np.uint8).reshape(*little.shape[:3], -1, width)
    count = planes.shape[3] * width
    if count > _MAX_SEGMENTS:
        raise PixelDataError(
            "too many bytes per pixel for RLE",
            found=count,
            expected=f"at most {_MAX_SEGMENTS}",
            clause=_CLAUSE,
        )
    segments = [
        _pack_rows(planes[..., sample, byte])
        for sample in range(planes.shape[3])
        for byte in range(width - 1, -1, -1)
    ]
    return [_with_header(of_frame) for of_frame in zip(*segments, strict=True)]


def _with_header(segments: tuple[bytes, ...]) -> bytes:
    offsets, position = [0] * _MAX_SEGMENTS, _HEADER.size
    for number, segment in enumerate(segments):
        offsets[number] = position
        position += len(segment)
    return _HEADER.pack(len(segments), *offsets) + b"".join(segments)


def _pack_rows(planes: NDArray[np.uint8]) -> list[bytes]:
    """PackBits of byte planes; no run crosses the end of a row (PS3.5 G.3.1)."""
    flat = np.ascontiguousarray(planes).reshape(-1)
    start, length, repeated = _packets(flat, planes.shape[2])
    payload = np.where(repeated, 1, length)
    first = np.searchsorted(start, np.arange(len(planes)) * planes[0].size)
    sizes = np.add.reduceat(payload + 1, first)
    # Each segment has an even length.
    ends = np.cumsum(sizes + sizes % 2)
    heads = np.cumsum(payload + 1) - payload - 1
    heads += np.repeat(np.cumsum(sizes % 2) - sizes % 2, np.diff(first, append=len(start)))
    out = np.zeros(int(ends[-1]), np.uint8)
    is_data = np.ones(len(out), np.bool_)
    is_data[heads] = False
    is_data[(ends - 1)[sizes % 2 == 1]] = False
    if repeated.any():
        keep = np.repeat(~repeated, length)
        keep[start] = True
        flat = flat[keep]
    out[is_data] = flat
    out[heads] = np.where(repeated, 257 - length, length - 1).astype(np.uint8)
    encoded = out.tobytes()
    return [encoded[a:b] for a, b in pairwise([0, *ends.tolist()])]


def _packets(
    flat: NDArray[np.uint8], columns: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Start and length of each packet, and whether it repeats one byte."""
    size = flat.size
    changes = np.empty(size, np.bool_)
    changes[0] = True
    np.not_equal(flat[1:], flat[:-1], out=changes[1:])
    changes[::columns] = True
    run = np.flatnonzero(changes)
    is_run = np.diff(run, append=size) >= 3
    # A packet begins at a run, after a run, and with each row; the rest joins what is before.
    begins = np.empty(len(run), np.bool_)
    begins[0] = True
    np.logical_or(is_run[1:], is_run[:-1], out=begins[1:])
    begins[run % columns == 0] = True
    first = np.flatnonzero(begins)
    start, repeated = run[first], is_run[first]
    length = np.diff(start, append=size)
    return _split_long(start, length, repeated)


def _split_long(
    start: NDArray[np.intp], length: NDArray[np.intp], repeated: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Divide packets of more than 128 bytes."""
    pieces = (length + _MAX_RUN - 1) // _MAX_RUN
    if int(pieces.max()) == 1:
        return start, length, repeated
    owner = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    shorter = np.minimum(length[owner] - number * _MAX_RUN, _MAX_RUN)
    return start[owner] + number * _MAX_RUN, shorter, repeated[owner] & (shorter > 1)


def decode_rle(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    """Decode a frame of RLE Lossless (PS3.5 Annex G).

    Parameters
    ----------
    data : bytes
        The encoded frame.
    layout : PixelLayout
        Layout of its pixels.

    Returns
    -------
    numpy.ndarray
        Frame of the layout's shape and type.

    Raises
    ------
    CorruptDataError
        If header or segments are broken.
    """
    width = layout.dtype.itemsize
    samples, pixels = layout.samples_per_pixel, layout.rows * layout.columns
    offsets = _read_header(data, samples * width)
    values = np.empty((pixels, samples), f"u{width}")
    for sample in range(samples):
        for number in range(sample * width, (sample + 1) * width):
            segment = _unpack(data[offsets[number] : offsets[number + 1]], pixels)
            plane = np.frombuffer(segment, np.uint8)
            if number == sample * width:
                values[:, sample] = plane
            else:
                values[:, sample] <<= 8
                values[:, sample] |= plane
    return values.view(layout.dtype).reshape(layout.frame_shape)


def _read_header(data: bytes, expected: int) -> list[int]:
    """Where the segments begin, and where the last one ends."""
    if len(data) < _HEADER.size:
        raise CorruptDataError(
            "the RLE header is incomplete",
            attribute="PixelData",
            found=f"{len(data)} bytes",
            expected=f"{_HEADER.size} bytes",
            clause=_CLAUSE,
        )
    count, *offsets = _HEADER.unpack_from(data)
    if count != expected:
        raise CorruptDataError(
            "wrong number of RLE segments",
            attribute="PixelData",
            found=count,
            expected=f"{expected}, one per byte of each sample",
            clause=_CLAUSE,
        )
    used = [*offsets[:count], len(data)]
    if used[0] < _HEADER.size or any(a > b for a, b in pairwise(used)):
        raise CorruptDataError(
            "RLE segments lie outside the frame",
            attribute="PixelData",
            found=used,
            clause=_CLAUSE,
        )
    return used


def _unpack(data: bytes, size: int) -> bytes | bytearray | memoryview:
    """Decode a segment to exactly `size` bytes (PS3.5 G.3.2)."""
    decode = imagecodecs_packbits()
    if decode is not None:
        # It refuses what goes beyond the frame or ends too early: that is looked at here.
        with suppress(Exception):
            whole = decode(data, out=bytearray(size))
            if len(whole) == size:
                return whole
    plane = _expand(data, size)
    if len(plane) < size:
        raise CorruptDataError(
            "an RLE segment ends too early",
            attribute="PixelData",
            found=f"{len(plane)} bytes",
            expected=f"{size} bytes",
            clause="PS3.5 G.3.2",
        )
    return plane[:size]


def _expand(data: bytes, size: int) -> bytes | memoryview:
    """Decode a segment to `size` bytes or somewhat more, or to fewer if there are no more."""
    heads = np.array(_heads(data), np.intp)
    cells = np.frombuffer(data, np.uint8)
    # A few bytes may stand for very many.
    needed = int(np.searchsorted(np.cumsum(_LENGTHS[cells[heads]]), size)) + 1
    if needed < len(heads):
        cells, heads = cells[: heads[needed]], heads[:needed]
    if cells.size > _LONG_PACKETS * len(heads):
        return b"".join([_packet(data, head) for head in heads.tolist()])
    return _repeat(cells, heads).data


def _heads(data: bytes) -> list[int]:
    """Where the packets of a segment begin."""
    heads: list[int] = []
    add, steps = heads.append, _STEPS
    position, end = 0, len(data)
    while position < end:
        add(position)
        position += steps[data[position]]
    return heads


def _packet(data: bytes, head: int) -> bytes:
    """What one packet stands for."""
    code = data[head]
    if code < 128:
        return data[head + 1 : head + 2 + code]
    return data[head + 1 : head + 2] * (257 - code) if code > 128 else b""


def _repeat(cells: NDArray[np.uint8], heads: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Repeat each byte as often as its packet says; the heads of packets vanish."""
    codes = cells[heads]
    times = np.ones(cells.size + 1, np.intp)
    times[heads] = 0
    is_run = codes > 128
    times[heads[is_run] + 1] = _LENGTHS[codes[is_run]]
    return np.repeat(cells, times[:-1])
