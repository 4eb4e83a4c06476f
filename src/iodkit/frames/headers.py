"""Headers of elements and items, and the encoding that they are written in (PS3.5 7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import lru_cache

from pydicom.charset import default_encoding
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from iodkit.errors import InvalidValueError

__all__ = ["LONG_VRS", "Encoding", "element_header", "item_header", "sequence_prefix"]

LONG_VRS = frozenset(str(getattr(vr, "value", vr)) for vr in EXPLICIT_VR_LENGTH_32)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes are written: VR, byte order, character sets.

    Attributes
    ----------
    implicit_vr : bool
        Whether elements carry no VR.
    little_endian : bool
        Byte order.
    encodings : tuple of str
        Names of Python's codecs for text, as `pydicom.charset.convert_encodings` gives them.
    signed : bool
        Whether values of VR "US or SS" are signed, as PixelRepresentation says.
    """

    implicit_vr: bool = False
    little_endian: bool = True
    encodings: tuple[str, ...] = field(default=(default_encoding,))
    signed: bool = False

    @property
    def order(self) -> str:
        """Byte order as a character of `struct` and numpy."""
        return "<" if self.little_endian else ">"


@lru_cache(maxsize=8192)
def element_header(tag: int, vr: str, length: int, implicit_vr: bool, order: str) -> bytes:
    """Encode tag, VR and length of an element.

    Raises
    ------
    InvalidValueError
        If the value is too long for its VR's 16-bit length.
    """
    group, element = tag >> 16, tag & 0xFFFF
    if implicit_vr:
        return struct.pack(f"{order}HHI", group, element, length)
    if vr in LONG_VRS:
        return struct.pack(f"{order}HH2sHI", group, element, vr.encode(), 0, length)
    if length > 0xFFFF:
        raise InvalidValueError(
            "value is too long for its VR",
            attribute=f"({group:04X},{element:04X})",
            found=f"{length} bytes of VR {vr}",
            expected="at most 65534 bytes",
            clause="PS3.5 7.1.2",
        )
    return struct.pack(f"{order}HH2sH", group, element, vr.encode(), length)


def item_header(length: int, order: str) -> bytes:
    """Encode tag and length of an item."""
    return struct.pack(f"{order}HHI", 0xFFFE, 0xE000, length)


@lru_cache(maxsize=8192)
def sequence_prefix(tag: int, length: int, implicit_vr: bool, order: str) -> bytes:
    """Encode what stands before the content of a sequence of one item of that length."""
    head = element_header(tag, "SQ", length + 8, implicit_vr, order)
    return head + item_header(length, order)
