"""Elements that are encoded when they are made: many times cheaper than decoded ones.

Documents have tens of thousands of items with the same few codes.  An encoded element is
decoded when somebody asks for it, so items share nothing that can be edited.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydicom.charset import default_encoding
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from iodkit.coding import CodedConcept, to_code
from iodkit.errors import InvalidValueError
from iodkit.io import encode_items

if TYPE_CHECKING:
    from iodkit.coding.concepts import CodeLike

__all__ = [
    "code_element",
    "encode_code",
    "encode_short",
    "encode_text",
    "set_bytes",
    "set_code",
    "set_encoded_item",
    "set_items",
    "set_term",
    "set_value",
    "start_item",
]

_VALUE, _SCHEME, _VERSION, _MEANING = 0x00080100, 0x00080102, 0x00080103, 0x00080104
_PARTS = frozenset((_VALUE, _SCHEME, _VERSION, _MEANING, 0x00080119, 0x00080120))
_PADDING = {"UI": b"\0"}


# pydicom's constructor sets some twenty attributes one by one, each with checks.
_prototype = Dataset()
_prototype.set_original_encoding(False, True, default_encoding)
_STATE = {k: v for k, v in _prototype.__dict__.items() if type(v) not in (dict, list)}
_MUTABLE = tuple((k, v.copy) for k, v in _prototype.__dict__.items() if k not in _STATE)
_ITEM = b"\xfe\xff\x00\xe0"
_pack_length = struct.Struct("<L").pack
_pack_short_length = struct.Struct("<H").pack
_pack_head = struct.Struct("<HH2s").pack


def start_item(item: Dataset) -> None:
    """Make an item that has been allocated an empty one, whose elements are encoded explicitly.

    Parameters
    ----------
    item : pydicom.Dataset
        An object of which no constructor has been called.
    """
    state = item.__dict__
    state.update(_STATE)
    for name, copy in _MUTABLE:
        state[name] = copy()


def _raw(tag: BaseTag, vr: str, data: bytes) -> RawDataElement:
    return RawDataElement(tag, vr, len(data), data, 0, False, True)


def encode_short(keyword: str, data: bytes) -> bytes:
    """Encode an element with a value of up to 65 534 bytes and a VR that has a short length.

    Parameters
    ----------
    keyword : str
        Keyword of the attribute.
    data : bytes
        Its value, of even length.

    Returns
    -------
    bytes
        The element in Explicit VR Little Endian (PS3.5 7.1.2).
    """
    return _short_head(keyword) + _pack_short_length(len(data)) + data


def set_encoded_item(item: Dataset, keyword: str, body: bytes) -> None:
    """Set a sequence of one item whose elements are encoded.

    Parameters
    ----------
    item : pydicom.Dataset
        Gets the sequence.
    keyword : str
        Keyword of the sequence.
    body : bytes
        The elements in the order of their tags, in Explicit VR Little Endian.
    """
    tag, _ = _attribute(keyword)
    item._dict[tag] = _raw(tag, "SQ", _ITEM + _pack_length(len(body)) + body)


@lru_cache(maxsize=1024)
def _attribute(keyword: str) -> tuple[BaseTag, str]:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise InvalidValueError("no such attribute", attribute=keyword)
    return BaseTag(tag), dictionary_VR(tag)


@lru_cache(maxsize=1024)
def _short_head(keyword: str) -> bytes:
    tag, vr = _attribute(keyword)
    return _pack_head(tag >> 16, tag & 0xFFFF, vr.encode())


def set_term(item: Dataset, keyword: str, term: str) -> None:
    """Set a code string, of which documents have few different ones and many items.

    Parameters
    ----------
    item : pydicom.Dataset
        Gets the element.
    keyword : str
        Keyword of the attribute.
    term : str
        Its value, which has been checked already.
    """
    element = _term(keyword, term)
    item._dict[element.tag] = element


@lru_cache(maxsize=1024)
def _term(keyword: str, term: str) -> RawDataElement:
    # Encoded elements are immutable: whoever decodes one replaces it in his item only.
    tag, vr = _attribute(keyword)
    return _raw(tag, vr, encode_text(term, vr))


def encode_text(text: str, vr: str) -> bytes:
    """Encode ASCII text and pad it to an even length (PS3.5 6.2).

    Parameters
    ----------
    text : str
        The text.
    vr : str
        Its VR.

    Returns
    -------
    bytes
        The value.
    """
    data = text.encode("ascii")
    return data + _PADDING.get(vr, b" ") if len(data) & 1 else data


def set_value(item: Dataset, keyword: str, value: Any) -> None:
    """Set a text or a number that has been checked already.

    Parameters
    ----------
    item : pydicom.Dataset
        Gets the element.
    keyword : str
        Keyword of the attribute.
    value : object
        Value as pydicom holds it; text of ASCII characters is encoded at once.
    """
    tag, vr = _attribute(keyword)
    if type(value) is str and value.isascii():
        item._dict[tag] = _raw(tag, vr, encode_text(value, vr))
    else:
        item._dict[tag] = DataElement(tag, vr, value, already_converted=True)


def set_bytes(item: Dataset, keyword: str, data: bytes) -> None:
    """Set a value that is encoded already, in Explicit VR Little Endian.

    Parameters
    ----------
    item : pydicom.Dataset
        Gets the element.
    keyword : str
        Keyword of the attribute.
    data : bytes
        The value, of even length and without characters beyond ASCII.
    """
    tag, vr = _attribute(keyword)
    item._dict[tag] = _raw(tag, vr, data)


def set_items(item: Dataset, keyword: str, items: list[Dataset]) -> None:
    """Set a sequence whose items are given.

    Parameters
    ----------
    item : pydicom.Dataset
        Gets the element.
    keyword : str
        Keyword of the sequence.
    items : list[pydicom.Dataset]
        Its items.
    """
    tag, vr = _attribute(keyword)
    item._dict[tag] = DataElement(tag, vr, Sequence(items), already_converted=True)


def set_code(item: Dataset, keyword: str, code: CodeLike, name: str) -> None:
    """Set a sequence with one code.

    Parameters
    ----------
    item : pydicom.Dataset
        Gets the element.
    keyword : str
        Keyword of the sequence.
    code : pydicom.sr.coding.Code | CodedConcept | pydicom.Dataset | tuple[str, ...]
        The code.
    name : str
        Name of the parameter, for the error.

    Raises
    ------
    InvalidTypeError
        If `code` is no code.
    InvalidValueError
        If it has a value that the Code Sequence Macro does not allow (PS3.3 8.8).
    """
    tag, _ = _attribute(keyword)
    item._dict[tag] = code_element(tag, code, name)


def code_element(tag: BaseTag, code: CodeLike, name: str) -> DataElement | RawDataElement:
    """Make an element of a sequence with one code.

    Parameters
    ----------
    tag : BaseTag
        Tag of the sequence.
    code : pydicom.sr.coding.Code | CodedConcept | pydicom.Dataset | tuple[str, ...]
        The code.
    name : str
        Name of the parameter, for the error.

    Returns
    -------
    DataElement | RawDataElement
        The element, encoded unless the code has more than ASCII characters, or attributes
        beyond the basic ones.
    """
    parts = _parts(code)
    element = None if parts is None else _encoded_code(tag, parts)
    if element is None:
        return DataElement(tag, "SQ", Sequence([to_code(code, name)]), already_converted=True)
    return element


def encode_code(keyword: str, code: CodeLike, name: str) -> bytes | None:
    """Encode a sequence with one code, its header included.

    Parameters
    ----------
    keyword : str
        Keyword of the sequence.
    code : pydicom.sr.coding.Code | CodedConcept | pydicom.Dataset | tuple[str, ...]
        The code.
    name : str
        Name of the parameter, for the error.

    Returns
    -------
    bytes | None
        The element in Explicit VR Little Endian; ``None`` if it cannot be encoded before the
        character set is known, see :func:`code_element`.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        As :func:`set_code`.
    """
    element = code_element(_attribute(keyword)[0], code, name)
    return _with_header(element) if isinstance(element, RawDataElement) else None


@lru_cache(maxsize=1024)
def _with_header(element: RawDataElement) -> bytes:
    tag, data = element.tag, element.value or b""
    head = _pack_head(tag >> 16, tag & 0xFFFF, b"SQ") + b"\0\0"
    return head + _pack_length(len(data)) + data


def _parts(code: Any) -> tuple[str, ...] | None:
    """Give value, scheme, meaning and version of a code that has nothing else."""
    if isinstance(code, tuple) and len(code) in {3, 4}:
        # A plain tuple: pydicom's codes are equal whatever they mean.
        parts = tuple(code if code[-1] is not None else code[:3])
        return parts if all(type(part) is str for part in parts) else None
    if not isinstance(code, CodedConcept):
        return None
    texts = {}
    for tag, element in code._dict.items():
        value = element.value
        if int(tag) not in _PARTS or type(value) is not str:
            return None
        texts[int(tag)] = value
    if _VALUE not in texts or _SCHEME not in texts or _MEANING not in texts:
        return None
    parts = (texts[_VALUE], texts[_SCHEME], texts[_MEANING])
    return (*parts, texts[_VERSION]) if _VERSION in texts else parts


@lru_cache(maxsize=8192)
def _encoded_code(tag: BaseTag, parts: tuple[str, ...]) -> RawDataElement | None:
    """Encode a code once; ``None`` if its bytes would depend on the character set."""
    if not all(part.isascii() for part in parts):
        return None
    return _raw(tag, "SQ", encode_items([CodedConcept(*parts)]))
