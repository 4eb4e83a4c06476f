"""Text with Simplified Chinese by code extension, ISO 2022 IR 58 (PS3.3 C.12.1.1.2, PS3.5 K).

pydicom writes its characters without the escape sequence that says what they are, and leaves
the sequence in texts that it reads.  All other character sets are its own matter.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydicom.charset import ENCODINGS_TO_CODES, decode_bytes, encode_string
from pydicom.multival import MultiValue
from pydicom.valuerep import PersonName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataelem import DataElement

__all__ = [
    "TEXT_VRS",
    "clean_element",
    "clean_name",
    "decode_text",
    "encode_name",
    "encode_text",
    "has_escape",
]

TEXT_VRS = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
"""VRs in which Specific Character Set counts (PS3.5 6.1.2.3)."""

_CHINESE = "iso_ir_58"
_ESCAPE = b"\x1b$)A"
_ESCAPE_TEXT = _ESCAPE.decode("ascii")
_ASCII = b"\x1b(B"


def has_escape(value: object) -> bool:
    """Tell whether an encoded value has Chinese characters by code extension.

    Parameters
    ----------
    value : object
        Value of an encoded element.

    Returns
    -------
    bool
        Whether the escape sequence is in it.
    """
    return isinstance(value, bytes) and _ESCAPE in value


def decode_text(value: bytes, names: Sequence[str], delimiters: set[int]) -> str:
    """Decode a text, as `pydicom.charset.decode_bytes` does.

    Parameters
    ----------
    value : bytes
        The encoded text.
    names : Sequence[str]
        Python's names of the character sets.
    delimiters : set of int
        Characters after which the first character set holds again.

    Returns
    -------
    str
        The text, without escape sequences.
    """
    text = decode_bytes(value, list(names), delimiters)
    return text.replace(_ESCAPE_TEXT, "") if _CHINESE in names else text


def encode_text(text: str, names: Sequence[str]) -> bytes:
    """Encode a text, as `pydicom.charset.encode_string` does.

    Parameters
    ----------
    text : str
        The text.
    names : Sequence[str]
        Python's names of the character sets.

    Returns
    -------
    bytes
        The text; what is in Chinese stands between escape sequences (PS3.5 K.3).
    """
    if _CHINESE not in names[1:] or text.isascii():
        return encode_string(text, names)
    return _encode(text, names, ENCODINGS_TO_CODES.get(names[0], _ASCII))


def encode_name(name: PersonName | str, names: Sequence[str]) -> bytes:
    """Encode the name of a person, as its method ``encode`` does.

    Parameters
    ----------
    name : PersonName | str
        The name.
    names : Sequence[str]
        Python's names of the character sets.

    Returns
    -------
    bytes
        The name; each component begins in the first character set (PS3.5 6.1.2.5.3).
    """
    if _CHINESE not in names[1:] or str(name).isascii():
        whole = PersonName(name) if isinstance(name, str) else name
        return b"" if whole is None else whole.encode(list(names))
    groups = [
        b"^".join(_encode(part, names, b"") for part in group.split("^"))
        for group in str(name).rstrip("=").split("=")
    ]
    return b"=".join(groups)


def clean_element(element: DataElement) -> DataElement:
    """Take out of a decoded text the escape sequences that pydicom has left in it.

    Parameters
    ----------
    element : pydicom.DataElement
        A text, of one value or several; it is changed.

    Returns
    -------
    pydicom.DataElement
        The element itself.
    """
    value: Any = element.value
    if isinstance(value, MultiValue):
        value[:] = [_clean(each) for each in value]
    else:
        element.value = _clean(value)
    return element


def _clean(value: Any) -> Any:
    if isinstance(value, PersonName):
        return clean_name(value)
    return value.replace(_ESCAPE_TEXT, "") if isinstance(value, str) else value


def clean_name(name: PersonName) -> PersonName:
    """Take the escape sequences out of a name that pydicom has left in it.

    Parameters
    ----------
    name : PersonName
        The name.

    Returns
    -------
    PersonName
        The name itself if there are none.
    """
    text = str(name)
    if _ESCAPE_TEXT not in text:
        return name
    clean = PersonName(text.replace(_ESCAPE_TEXT, ""))
    assert clean is not None
    return clean


def _encode(text: str, names: Sequence[str], end: bytes) -> bytes:
    """Encode runs of Chinese characters, each between its escape sequence and an end."""
    others = [name for name in names if name != _CHINESE]
    parts: list[bytes] = []
    clean = text.replace(_ESCAPE_TEXT, "")
    for chinese, run in groupby(clean, lambda each: _is_chinese(each, names[0])):
        part = "".join(run)
        if chinese:
            parts += (_ESCAPE, part.encode(_CHINESE), end)
        else:
            parts.append(encode_string(part, others))
    return b"".join(parts)


def _is_chinese(character: str, first: str) -> bool:
    """Whether a character is of the Chinese set, and not of the first one."""
    return not _encodes(character, first) and _encodes(character, _CHINESE)


def _encodes(character: str, name: str) -> bool:
    try:
        character.encode(name)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
