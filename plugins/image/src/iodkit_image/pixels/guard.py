"""What a compressed frame says of its own size, before anything is decoded.

A few bytes can stand for gigabytes of pixels.  Frames whose codestream does not have the size that
the image states, or whose pixels would take more memory than allowed, are not handed to decoders.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from iodkit.context import current
from iodkit.errors import CorruptDataError, PixelDataError

if TYPE_CHECKING:
    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["CodestreamHeader", "read_header", "require_size", "state_rows"]

_JPEG_START, _JPEG_2000_START = b"\xff\xd8", b"\xff\x4f\xff\x51"
_BOX_START = b"\x00\x00\x00\x0cjP  "
# Start of frame: all SOFn (ISO 10918-1 Table B.1) but DHT, JPG and DAC, SOF55 of JPEG-LS, and DHP,
# which says it for a whole hierarchy.
_FRAME_MARKERS = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7, 0xDE}
# Marker and length of the segment that gives the rows after the first scan (ISO 10918-1 B.2.5).
_ROWS_FOLLOW = b"\xff\xdc\x00\x04"
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01, 0xFF}


class CodestreamHeader(NamedTuple):
    """What a codestream says of itself: rows, columns, samples of a pixel, bits of a sample."""

    rows: int
    columns: int
    samples: int
    precision: int


def require_size(data: bytes, layout: PixelLayout) -> None:
    """Raise unless a compressed frame has the size that the image states, within the limit.

    Parameters
    ----------
    data : bytes
        The encoded frame.
    layout : PixelLayout
        Layout of its pixels.

    Raises
    ------
    PixelDataError
        If the decoded frame would be larger than `iodkit.defaults(max_frame_bytes=...)` allows.
    CorruptDataError
        If the codestream states another size than the image, or boxes around it are broken.
    """
    limit = current().max_frame_bytes
    size = layout.frame_samples * max(layout.dtype.itemsize, 1)
    if size > limit:
        raise PixelDataError(
            "the decoded frame would take more memory than is allowed",
            attribute="Rows",
            found=f"{size} bytes from {len(data)}",
            expected=f"at most {limit}",
            remedy="Trust the file, and use iodkit.defaults(max_frame_bytes=...).",
        )
    _require_boxes(data)
    header = read_header(data)
    wanted = (layout.rows, layout.columns, layout.samples_per_pixel)
    if header is not None and header[:3] != wanted:
        raise CorruptDataError(
            "the compressed frame has another size than the image",
            attribute="PixelData",
            found="{} rows, {} columns, {} samples".format(*header[:3]),
            expected="{} rows, {} columns, {} samples".format(*wanted),
            clause="PS3.5 8.2",
        )


def state_rows(data: bytes) -> bytes:
    """Let a JPEG codestream say at its start how many rows it has.

    It may do so after its first scan only.  Few decoders read that, and one takes all memory that
    there is until it comes.

    Parameters
    ----------
    data : bytes
        The encoded frame.

    Returns
    -------
    bytes
        The same, with the number of rows in the header of the frame.

    Raises
    ------
    CorruptDataError
        If the number of rows is stated nowhere.
    """
    place = _jpeg_frame_header(data) if data[:2] == _JPEG_START else None
    if place is None or any(data[place + 5 : place + 7]):
        return data
    found = data.find(_ROWS_FOLLOW, place)
    rows = data[found + 4 : found + 6]
    if found < 0 or not any(rows):
        raise CorruptDataError(
            "the compressed frame does not say how many rows it has",
            attribute="PixelData",
            found="0 in the frame header, and no DNL segment",
            clause="ISO 10918-1 B.2.5",
        )
    return data[: place + 5] + rows + data[place + 7 :]


def read_header(data: bytes) -> CodestreamHeader | None:
    """Read the header of a JPEG, JPEG-LS or JPEG 2000 codestream.

    Parameters
    ----------
    data : bytes
        The encoded frame.

    Returns
    -------
    CodestreamHeader | None
        What it says; ``None`` if it does not say the size.
    """
    view = bytes(data[: 1 << 16])
    if view.startswith(_BOX_START):
        start = view.find(_JPEG_2000_START)
        view = view[start:] if start >= 0 else b""
    if view.startswith(_JPEG_2000_START):
        return _jpeg_2000_header(view)
    return _jpeg_header(view) if view.startswith(_JPEG_START) else None


def _require_boxes(data: bytes) -> None:
    """Raise unless boxes around a JPEG 2000 codestream, which there should not be, lead to it.

    There are decoders that follow a length of zero for ever.
    """
    if not data.startswith(_BOX_START):
        return
    place = 0
    while data[place + 4 : place + 8] != b"jp2c":
        length = int.from_bytes(data[place : place + 4], "big")
        place += length
        if length < 8 or place + 8 > len(data):
            raise CorruptDataError(
                "the boxes of a JPEG 2000 frame do not lead to its codestream",
                attribute="PixelData",
                found=f"a box of {length} bytes",
                clause="ISO 15444-1 I.4",
                remedy="Take the boxes off: frames are bare codestreams (PS3.5 A.4.4).",
            )


def _jpeg_2000_header(view: bytes) -> CodestreamHeader | None:
    """Size of the image area and depth of the first component (ISO 15444-1 A.5.1)."""
    if len(view) < 43:
        return None
    right, bottom, left, top = struct.unpack(">4I", view[8:24])
    (samples,) = struct.unpack(">H", view[40:42])
    return CodestreamHeader(bottom - top, right - left, samples, (view[42] & 0x7F) + 1)


def _jpeg_header(view: bytes) -> CodestreamHeader | None:
    """Size and precision of the first frame header (ISO 10918-1 B.2.2)."""
    place = _jpeg_frame_header(view)
    if place is None:
        return None
    precision, rows, columns, samples = struct.unpack_from(">B2HB", view, place + 4)
    return CodestreamHeader(rows, columns, samples, precision)


def _jpeg_frame_header(view: bytes) -> int | None:
    """Where the marker of the first frame header is."""
    place = 2
    while place + 10 <= len(view):
        if view[place] != 0xFF:
            return None
        marker = view[place + 1]
        if marker in _STANDALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAME_MARKERS:
            return place
        place += 2 + int.from_bytes(view[place + 2 : place + 4], "big")
    return None
