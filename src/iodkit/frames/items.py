"""Items of sequences as bytes: encoding, and the general path for what is not read in bulk."""

from __future__ import annotations

import copy
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.values import convert_SQ

from iodkit.errors import CorruptDataError, IodkitError
from iodkit.frames.levels import Irregular
from iodkit.frames.normalise import define_lengths
from iodkit.frames.raw import decode_all
from iodkit.io import encode_items as encode_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iodkit.frames.headers import Encoding

__all__ = ["encode_items", "parsed_anew", "with_defined_lengths"]

# VRs of words whose values pydicom gives as bytes, and the size of a word.
_WORDS = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}

_PARSE_ERRORS = (
    ArithmeticError, AttributeError, BytesLengthException, EOFError, LookupError,
    NotImplementedError, OSError, RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip


def encode_items(items: Iterable[Dataset], encoding: Encoding) -> bytes:
    """Encode items as the value of a sequence.

    Parameters
    ----------
    items : iterable of pydicom.Dataset
        The items; they are not changed.
    encoding : Encoding
        VR, byte order and character sets.

    Returns
    -------
    bytes
        The items with their headers.
    """
    codecs = list(encoding.encodings)
    around = Dataset()
    around.PixelRepresentation = int(encoding.signed)
    return encode_plain(
        [_in_encoding(item, codecs, encoding.little_endian) for item in items],
        implicit_vr=encoding.implicit_vr,
        little_endian=encoding.little_endian,
        parent_encoding=codecs,
        parent=around if encoding.little_endian else None,
    )


def _in_encoding(item: Dataset, codecs: list[str], little_endian: bool) -> Dataset:
    """An item that can be written with other codecs and in another byte order than it was read."""
    if item.original_encoding == (None, None):
        return item
    recorded = item.original_character_set
    own = [recorded] if isinstance(recorded, str) else list(recorded or codecs)
    swapped = item.original_encoding[1] is not little_endian
    if own == codecs and not swapped:
        return item
    decoded = copy.deepcopy(item)
    decode_all(decoded)
    if swapped:
        _swap_words(decoded)
    return decoded


def _swap_words(item: Dataset) -> None:
    """Swap what pydicom leaves in the byte order of the file (PS3.5 7.3)."""
    for element in item:
        if element.VR == "SQ":
            for inner in element.value or ():
                _swap_words(inner)
        elif element.VR in _WORDS and isinstance(element.value, bytes):
            size = _WORDS[element.VR]
            if len(element.value) % size == 0:
                element.value = np.frombuffer(element.value, f"u{size}").byteswap().tobytes()


def with_defined_lengths(value: bytes, encoding: Encoding, name: str) -> tuple[bytes, Encoding]:
    """Give undefined lengths their values; what is not plain little endian stays as it is.

    Parameters
    ----------
    value : bytes
        Value of a sequence.
    encoding : Encoding
        Its encoding.
    name : str
        For errors.

    Returns
    -------
    value : bytes
        The same items.
    encoding : Encoding
        Their encoding.

    Raises
    ------
    CorruptDataError
        If lengths contradict each other or the value is cut off.
    """
    if not encoding.little_endian:
        return value, encoding
    try:
        return define_lengths(value, encoding.implicit_vr), encoding
    except Irregular:
        return value, encoding
    except CorruptDataError as error:
        error.attribute = error.attribute or name
        raise


def parsed_anew(value: bytes, encoding: Encoding, name: str) -> tuple[bytes, Encoding]:
    """Let pydicom parse items and encode them in the form that is read in bulk.

    Parameters
    ----------
    value : bytes
        Value of a sequence, in whatever form pydicom reads.
    encoding : Encoding
        Its encoding.
    name : str
        For errors.

    Returns
    -------
    value : bytes
        The same items with defined lengths, in Explicit VR Little Endian.
    encoding : Encoding
        Their encoding.

    Raises
    ------
    CorruptDataError
        If pydicom cannot read the value either.
    """
    regular = replace(encoding, implicit_vr=False, little_endian=True)
    try:
        items = convert_SQ(
            value, encoding.implicit_vr, encoding.little_endian, list(encoding.encodings)
        )
        _define_lengths(items)
        return encode_items(items, regular), regular
    except IodkitError as error:
        raise CorruptDataError(f"items cannot be read: {error}", attribute=name) from error
    except _PARSE_ERRORS as error:
        raise CorruptDataError(
            f"items cannot be read: {error}", attribute=name, clause="PS3.5 7.5"
        ) from error


def _define_lengths(items: Any) -> None:
    """Mark all parsed sequences and items as having defined lengths."""
    items.is_undefined_length = False
    for item in items:
        item.is_undefined_length_sequence_item = False
        for tag in list(item._dict):
            stored = item._dict[tag]
            if isinstance(stored, RawDataElement) and stored.VR not in {"SQ", "UN", None}:
                continue
            element = item[tag]
            if element.VR == "SQ":
                element.is_undefined_length = False
                _define_lengths(element.value)
