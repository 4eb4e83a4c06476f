"""The raw-sequence contract: encoded sequences in datasets, and what keeps them true."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from iodkit.frames.headers import Encoding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydicom.dataset import Dataset

__all__ = ["attach_sequences", "decode_all", "encoding_of"]

_CHARACTER_SET = BaseTag(0x00080005)


def encoding_of(
    dataset: Dataset, implicit_vr: bool | None = None, little_endian: bool | None = None
) -> Encoding:
    """Find out in which encoding a dataset will be written.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The dataset.
    implicit_vr, little_endian : bool, optional
        Taken if given; otherwise the transfer syntax of the file meta information, then the
        recorded encoding, then Explicit VR Little Endian.

    Returns
    -------
    Encoding
        With Python's codec names of SpecificCharacterSet.
    """
    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is not None and syntax.is_transfer_syntax and not syntax.is_private:
        implicit, little = bool(syntax.is_implicit_VR), bool(syntax.is_little_endian)
    else:
        recorded = dataset.original_encoding
        implicit = bool(recorded[0]) if recorded[0] is not None else False
        little = bool(recorded[1]) if recorded[1] is not None else True
    return Encoding(
        implicit if implicit_vr is None else implicit_vr,
        little if little_endian is None else little_endian,
        _codecs(dataset),
    )


def _codecs(dataset: Dataset) -> tuple[str, ...]:
    element = dataset.get(_CHARACTER_SET)
    terms = element.value if element is not None else None
    return tuple(convert_encodings(terms)) if terms else (default_encoding,)


def attach_sequences(dataset: Dataset, values: Mapping[int, bytes], encoding: Encoding) -> None:
    """Put encoded sequences into a dataset and record their encoding.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Gets each sequence as one encoded element.  Other elements that are still encoded in
        another way are decoded first.
    values : mapping of int to bytes
        Tag and encoded value of each sequence.
    encoding : Encoding
        How the values are encoded.
    """
    tags = {BaseTag(tag) for tag in values}
    _decode_foreign(dataset, encoding, tags)
    for tag in tags:
        value = values[tag]
        vr = None if encoding.implicit_vr else "SQ"
        dataset[tag] = RawDataElement(
            tag, vr, len(value), value, 0, encoding.implicit_vr, encoding.little_endian
        )
    # One codec is recorded as pydicom's reader does it: a list, which compares with the list
    # that SpecificCharacterSet converts to.
    dataset.set_original_encoding(
        encoding.implicit_vr, encoding.little_endian, cast("str", dataset._character_set)
    )


def _decode_foreign(dataset: Dataset, encoding: Encoding, replaced: set[BaseTag]) -> None:
    """Decode what is encoded in another way than will be recorded."""
    wanted = (encoding.implicit_vr, encoding.little_endian)
    same_text = dataset.original_character_set in (None, "", dataset._character_set)
    for tag in list(dataset._dict):
        element = dataset._dict[tag]
        if tag in replaced or not isinstance(element, RawDataElement):
            continue
        if (element.is_implicit_VR, element.is_little_endian) != wanted or not same_text:
            _decode_element(dataset, tag)


def decode_all(dataset: Dataset) -> None:
    """Decode every element of a dataset and of the items of its sequences.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset without encoded elements afterwards; its content is the same.
    """
    for tag in list(dataset._dict):
        _decode_element(dataset, tag)


def _decode_element(dataset: Dataset, tag: BaseTag) -> None:
    element = dataset[tag]
    if element.VR == "SQ":
        for item in element.value or ():
            decode_all(item)
