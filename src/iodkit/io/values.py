"""Encoding of the values of decoded data elements, VR by VR, as pydicom encodes them.

Every function returns the encoded value, or ``None`` for what it does not know how to encode
exactly as pydicom does; then pydicom encodes the element.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pydicom.charset import custom_encoders, python_encoding
from pydicom.multival import MultiValue
from pydicom.tag import _LUT_DESCRIPTOR_TAGS
from pydicom.valuerep import DSfloat, PersonName

from iodkit.elements.chinese import encode_name, encode_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LUT_DESCRIPTOR_TAGS", "VALUE_ENCODERS", "Codec"]

LUT_DESCRIPTOR_TAGS = frozenset(int(tag) for tag in _LUT_DESCRIPTOR_TAGS)

# Character sets in which the 95 graphic characters of ASCII are encoded as themselves, without
# escape sequences before or after them.
_ASCII_TRANSPARENT = frozenset(python_encoding.values()) - frozenset(custom_encoders)
_NUMBER_FORMATS = {
    "US": "H",
    "SS": "h",
    "UL": "L",
    "SL": "l",
    "UV": "Q",
    "SV": "q",
    "FL": "f",
    "FD": "d",
}


@dataclass(frozen=True, slots=True)
class Codec:
    """The character set of a dataset, as Python's names of the encodings.

    Attributes
    ----------
    names : list[str]
        Python's names of the encodings; the list must not be changed.
    ascii_is_plain : bool
        Whether text of ASCII characters is encoded as it stands.
    """

    names: list[str]
    ascii_is_plain: bool

    @classmethod
    def of(cls, names: list[str]) -> Codec:
        """Make the codec of a list of encodings."""
        return cls(names, names[0] in _ASCII_TRANSPARENT)


Encoder: TypeAlias = "Callable[[Any, Codec], bytes | None]"


def _values(value: Any) -> list[Any] | tuple[Any, ...] | None:
    """Give the values of a multi-valued element."""
    kind = type(value)
    if kind is MultiValue:
        return value._list
    return value if kind is list or kind is tuple else None


def _make_string_encoder(pad: bytes) -> Encoder:
    """AE, AS, CS, DA, DT, TM, UI, UR: text of the default repertoire."""

    def encode(value: Any, _codec: Codec) -> bytes | None:
        if not isinstance(value, str):
            values = _values(value)
            if values is None:
                return None
            value = "\\".join(values)
        data: bytes = value.encode("latin-1")
        return data + pad if len(data) & 1 else data

    return encode


def _number_string(value: Any, _codec: Codec) -> bytes | None:
    """DS and IS: the text that was read, or that of the number."""
    values = _values(value)
    text = _number_text(value) if values is None else "\\".join([_number_text(v) for v in values])
    data = text.encode("latin-1")
    return data + b" " if len(data) & 1 else data


def _number_text(value: Any) -> str:
    if type(value) is DSfloat:
        # The quick way for the numbers that trees are full of.
        text: str | None = value.__dict__.get("original_string")
        return float.__repr__(value) if text is None else text
    try:
        return value.original_string
    except AttributeError:
        return str(value)


def _text(value: Any, codec: Codec) -> bytes | None:
    """LO, LT, SH, ST, UC, UT: text of the dataset's character set."""
    if not isinstance(value, str):
        values = _values(value)
        if values is None or not all(isinstance(text, str) for text in values):
            return None
        data = b"\\".join([_encode_text(text, codec) for text in values])
    else:
        data = _encode_text(value, codec)
    return data + b" " if len(data) & 1 else data


def _encode_text(text: str, codec: Codec) -> bytes:
    if codec.ascii_is_plain and text.isascii():
        return text.encode()
    return encode_text(text, codec.names)


def _person_name(value: Any, codec: Codec) -> bytes | None:
    """PN: up to three component groups, each in an encoding of its own."""
    if isinstance(value, PersonName):
        data = encode_name(value, codec.names)
    else:
        values = _values(value)
        if values is None or not all(isinstance(name, PersonName) for name in values):
            return None
        data = b"\\".join([encode_name(name, codec.names) for name in values])
    return data + b" " if len(data) & 1 else data


@lru_cache(maxsize=512)
def _packer(count: int, letter: str) -> Callable[..., bytes]:
    return struct.Struct(f"<{count}{letter}").pack


def _make_number_encoder(letter: str) -> Encoder:
    """FD, FL, SL, SS, SV, UL, US, UV: binary numbers, little endian."""
    pack_one = _packer(1, letter)

    def encode(value: Any, _codec: Codec) -> bytes | None:
        if isinstance(value, int | float):
            return pack_one(value)
        values = _values(value)
        if values is None:
            return b"" if value == "" else None
        if len(values) > 64:
            return struct.pack(f"<{len(values)}{letter}", *values)
        return _packer(len(values), letter)(*values)

    return encode


def _tags(value: Any, _codec: Codec) -> bytes | None:
    """AT: tags as pairs of 16-bit numbers, little endian."""
    values = _values(value)
    if values is None:
        if not isinstance(value, int):
            return None
        values = (value,)
    if not all(isinstance(tag, int) for tag in values):
        return None
    return b"".join([struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in values])


def _octets(value: Any, _codec: Codec) -> bytes | None:
    """OB, OD, OF, OL, OV, OW: bytes as they are, padded to even length."""
    if not isinstance(value, bytes):
        return None
    if not len(value) & 1:
        return value
    # Large values get their padding as a piece of its own.
    return value + b"\0" if len(value) < 1 << 16 else None


def _unknown(value: Any, _codec: Codec) -> bytes | None:
    """UN: bytes as they are."""
    return value if isinstance(value, bytes) else None


VALUE_ENCODERS: dict[str, Encoder] = {
    **dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "TM", "UR"), _make_string_encoder(b" ")),
    **dict.fromkeys(("LO", "LT", "SH", "ST", "UC", "UT"), _text),
    **dict.fromkeys(("DS", "IS"), _number_string),
    **dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW"), _octets),
    **{vr: _make_number_encoder(letter) for vr, letter in _NUMBER_FORMATS.items()},
    "UI": _make_string_encoder(b"\0"),
    "PN": _person_name,
    "AT": _tags,
    "UN": _unknown,
}
