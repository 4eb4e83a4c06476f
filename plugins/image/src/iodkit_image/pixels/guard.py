"""What a compressed frame says of its own size, before anything is decoded.

A few bytes can stand for gigabytes of pixels.  Frames whose codestream does not have the size that
the image states, or whose pixels would take more memory than allowed, are not handed to decoders.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from iodkit.context import current
from iodkit.errors import CorruptDataError, PixelDataError

if TYPE_CHECKING:
    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["declared_size", "require_size"]

_JPEG_START, _JPEG_2000_START = b"\xff\xd8", b"\xff\x4f\xff\x51"
_BOX_START = b"\x00\x00\x00\x0cjP  "
# Start of frame: all SOFn (ISO 10918-1 Table B.1) but DHT, JPG and DAC, and SOF55 of JPEG-LS.
_FRAME_MARKERS = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01, 0xFF}


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
        If the codestream states another size than the image.
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
    declared = declared_size(data)
    if declared is not None and declared != (layout.rows, layout.columns):
        raise CorruptDataError(
            "the compressed frame has another size than the image",
            attribute="PixelData",
            found=f"{declared[0]} rows, {declared[1]} columns",
            expected=f"{layout.rows} rows, {layout.columns} columns",
            clause="PS3.5 8.2",
        )


def declared_size(data: bytes) -> tuple[int, int] | None:
    """Read rows and columns from the header of a JPEG, JPEG-LS or JPEG 2000 codestream.

    Parameters
    ----------
    data : bytes
        The encoded frame.

    Returns
    -------
    tuple[int, int] | None
        Rows and columns; ``None`` if the header does not say.
    """
    view = bytes(data[: 1 << 16])
    if view.startswith(_BOX_START):
        start = view.find(_JPEG_2000_START)
        view = view[start:] if start >= 0 else b""
    if view.startswith(_JPEG_2000_START):
        return _jpeg_2000_size(view)
    return _jpeg_size(view) if view.startswith(_JPEG_START) else None


def _jpeg_2000_size(view: bytes) -> tuple[int, int] | None:
    """Size of the image area (ISO 15444-1 A.5.1)."""
    if len(view) < 24:
        return None
    right, bottom, left, top = struct.unpack(">4I", view[8:24])
    return bottom - top, right - left


def _jpeg_size(view: bytes) -> tuple[int, int] | None:
    """Size of the first frame header (ISO 10918-1 B.2.2)."""
    place = 2
    while place + 9 <= len(view):
        if view[place] != 0xFF:
            return None
        marker = view[place + 1]
        if marker in _STANDALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAME_MARKERS:
            rows, columns = struct.unpack(">2H", view[place + 5 : place + 9])
            # Rows may follow in a later segment.
            return (rows, columns) if rows else None
        place += 2 + int.from_bytes(view[place + 2 : place + 4], "big")
    return None
