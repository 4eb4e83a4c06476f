"""Small looks into encoded items: single codes, numbers and texts without making datasets."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import UID
from pydicom.valuerep import DA, DT, TM, PersonName

from iodkit.coding import CodedConcept
from iodkit.elements import chinese
from iodkit.errors import IodkitError
from iodkit.io import split_items
from iodkit.io.scan import UNDEFINED_LENGTH
from iodkit_sr.tree.scan import read_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = [
    "decode_code",
    "decode_identifier",
    "decode_number",
    "decode_points",
    "decode_references",
    "decode_simple",
    "decode_text",
    "decode_times",
    "first_item",
]

_REFERENCED_CLASS, _REFERENCED_INSTANCE = 0x11500008, 0x11550008
_ITEM, _FLOAT, _DECIMAL, _UNITS = 0xE000FFFE, 0xA1610040, 0xA30A0040, 0x08EA0040
_header = struct.Struct("<LL").unpack_from
_unpack_double = struct.Struct("<d").unpack
_TEXT_DELIMITERS = {0x09, 0x0A, 0x0C, 0x0D}
_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")


def first_item(data: bytes, implicit_vr: bool, encodings: Sequence[str]) -> Dataset | None:
    """Decode the first item of an encoded sequence.

    Parameters
    ----------
    data : bytes
        Value of the sequence, in little endian.
    implicit_vr : bool
        Whether it is encoded without VRs.
    encodings : Sequence[str]
        Python's names of the character set.

    Returns
    -------
    pydicom.Dataset | None
        The item; ``None`` if there is none that can be read.
    """
    try:
        items = split_items(data, implicit_vr, True, list(encodings))
        return items[0].decode() if items else None
    except (IodkitError, struct.error):
        return None


def decode_code(data: bytes, implicit_vr: bool, encodings: Sequence[str]) -> CodedConcept | None:
    """Decode a code sequence.

    Parameters
    ----------
    data : bytes
        Value of the sequence, in little endian.
    implicit_vr : bool
        Whether it is encoded without VRs.
    encodings : Sequence[str]
        Python's names of the character set.

    Returns
    -------
    CodedConcept | None
        The first code; ``None`` if there is none, or if it has no value.
    """
    item = first_item(data, implicit_vr, encodings)
    try:
        if item is None or not any(item.get(keyword) for keyword in _CODE_VALUES):
            return None
    except (NotImplementedError, ValueError):
        return None
    code = CodedConcept.__new__(CodedConcept)
    code.__dict__.update(item.__dict__)
    return code


def decode_text(data: bytes, encodings: Sequence[str]) -> str:
    """Decode a text in the character set of the document.

    Parameters
    ----------
    data : bytes
        The encoded text.
    encodings : Sequence[str]
        Python's names of the character set.

    Returns
    -------
    str
        The text without padding.
    """
    if data.isascii() and b"\x1b" not in data:
        return data.decode().rstrip("\0 ")
    return chinese.decode_text(data, encodings, _TEXT_DELIMITERS).rstrip("\0 ")


def decode_identifier(data: bytes) -> tuple[int, ...]:
    """Decode Referenced Content Item Identifier (PS3.3 C.17.3.2.5).

    Parameters
    ----------
    data : bytes
        The encoded value, in little endian.

    Returns
    -------
    tuple[int, ...]
        Positions counted from 1; the first is that of the root.
    """
    count = len(data) // 4
    return struct.unpack(f"<{count}L", data[: 4 * count])


def decode_references(data: bytes, implicit_vr: bool) -> tuple[UID, UID] | None:
    """Decode the SOP class and the SOP instance of Referenced SOP Sequence.

    Parameters
    ----------
    data : bytes
        The encoded sequence, in little endian.
    implicit_vr : bool
        Whether it is encoded without VRs.

    Returns
    -------
    tuple[UID, UID] | None
        SOP Class UID and SOP Instance UID; ``None`` if there is no item.
    """
    fields = _first_fields(data, implicit_vr)
    if not fields:
        return None
    sop_class, instance = (
        UID(fields.get(tag, b"").decode("ascii", "replace").strip("\0 "))
        for tag in (_REFERENCED_CLASS, _REFERENCED_INSTANCE)
    )
    return sop_class, instance


def decode_points(data: bytes, dimensions: int) -> NDArray[np.float32]:
    """Decode Graphic Data (PS3.3 C.18.6, C.18.9).

    Parameters
    ----------
    data : bytes
        The encoded value, in little endian.
    dimensions : int
        Numbers for each point.

    Returns
    -------
    numpy.ndarray
        Points of shape (points, dimensions); what is left of an incomplete one is left out.
    """
    whole = len(data) // (4 * dimensions)
    points = np.frombuffer(data, "<f4", whole * dimensions)
    return points.astype(np.float32).reshape(-1, dimensions)


def decode_times(keyword: str, data: bytes) -> list[Any]:
    """Decode the value of temporal coordinates (PS3.3 C.18.7).

    Parameters
    ----------
    keyword : str
        Keyword of the attribute.
    data : bytes
        The encoded value, in little endian.

    Returns
    -------
    list
        Numbers of samples, offsets in seconds, or moments; text as it stands where it breaks
        its VR.
    """
    if keyword == "ReferencedSamplePositions":
        return [int(each) for each in np.frombuffer(data, "<u4", len(data) // 4)]
    kind = float if keyword == "ReferencedTimeOffsets" else DT
    found: list[Any] = []
    for text in data.decode("ascii", "replace").strip("\0 ").split("\\"):
        try:
            found.append(kind(text.strip()))
        except ValueError:
            found.append(text)
    return found


def decode_number(data: bytes, implicit_vr: bool) -> tuple[int | float | None, bytes]:
    """Decode Measured Value Sequence (PS3.3 C.18.1).

    Parameters
    ----------
    data : bytes
        The encoded sequence, in little endian.
    implicit_vr : bool
        Whether it is encoded without VRs.

    Returns
    -------
    tuple[int | float | None, bytes]
        Number, ``None`` if there is none or it makes no sense; the encoded sequence with its
        unit, empty if there is none.
    """
    fields = _first_fields(data, implicit_vr)
    units = fields.get(_UNITS, b"")
    precise = fields.get(_FLOAT)
    if precise is not None and len(precise) == 8:
        return _unpack_double(precise)[0], units
    text = fields.get(_DECIMAL, b"").decode("ascii", "replace").strip("\0 ")
    try:
        return (int(text) if text.lstrip("+-").isdigit() else float(text)), units
    except ValueError:
        return None, units


def _first_fields(data: bytes, implicit_vr: bool) -> dict[int, bytes]:
    """Give the encoded values of the elements of the first item, by tag."""
    fields: dict[int, bytes] = {}
    try:
        tag, length = _header(data, 0)
        if tag != _ITEM:
            return fields
        if length != UNDEFINED_LENGTH:
            position, stop = 8, 8 + length
            while position < stop:
                tag, _, length, start = read_header(data, position, implicit_vr)
                if length == UNDEFINED_LENGTH:
                    break
                position = start + length
                fields[tag] = data[start:position]
            else:
                return fields
    except struct.error:
        return fields
    item = first_item(data, implicit_vr, ["iso8859"])
    found = {} if item is None else {_swap(int(e.tag)): e.value for e in item._dict.values()}
    return {tag: value for tag, value in found.items() if isinstance(value, bytes)}


def _swap(tag: int) -> int:
    return (tag & 0xFFFF) << 16 | tag >> 16


_MOMENTS = {"Date": DA, "Time": TM, "DateTime": DT}


def decode_simple(keyword: str, data: bytes, encodings: Sequence[str]) -> Any:
    """Decode a text, a name, a UID, a date or a time.

    Parameters
    ----------
    keyword : str
        Keyword of the attribute.
    data : bytes
        The encoded value.
    encodings : Sequence[str]
        Python's names of the character set.

    Returns
    -------
    object
        The value; text as it stands where it breaks its VR.
    """
    if keyword == "PersonName":
        name: Any = PersonName(data.rstrip(b"\0 "), list(encodings))
        return chinese.clean_name(name.decode())
    if keyword == "TextValue":
        return decode_text(data, encodings)
    text = data.decode("ascii", "replace").strip("\0 ")
    if keyword == "UID":
        return UID(text)
    try:
        return _MOMENTS[keyword](text) if keyword in _MOMENTS else text
    except ValueError:
        return text
