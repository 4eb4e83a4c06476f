"""Encoding in the retired big endian transfer syntax (PS3.5 A.3), which pydicom does for us."""

from __future__ import annotations

import struct
from copy import copy, deepcopy
from typing import TYPE_CHECKING

from pydicom.dataelem import DataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.tag import BaseTag

from iodkit.errors import InvalidValueError
from iodkit.io.bulk import BulkValue
from iodkit.io.pieces import join_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydicom.dataset import Dataset

__all__ = ["encode_big_endian", "encode_item_big_endian"]


def encode_big_endian(
    dataset: Dataset,
    implicit_vr: bool,
    encoding: str | list[str],
    bulk: Mapping[int, BulkValue | DataElement] | None = None,
) -> bytes:
    """Encode a dataset; see :func:`iodkit.io.encode_dataset`."""
    # pydicom resolves ambiguous VRs in what it writes, which is not ours to change.
    dataset = deepcopy(_replace(dataset, bulk))
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = implicit_vr, False
    try:
        write_dataset(buffer, dataset, encoding)
    except Exception as error:
        raise InvalidValueError(f"the dataset cannot be encoded: {error}") from error
    return buffer.getvalue()


def encode_item_big_endian(item: Dataset, implicit_vr: bool, encoding: str | list[str]) -> bytes:
    """Encode an item of a sequence with its header."""
    data = encode_big_endian(item, implicit_vr, encoding)
    if getattr(item, "is_undefined_length_sequence_item", False):
        return b"\xff\xfe\xe0\x00\xff\xff\xff\xff" + data + b"\xff\xfe\xe0\x0d\0\0\0\0"
    return b"\xff\xfe\xe0\x00" + struct.pack(">I", len(data)) + data


def _replace(dataset: Dataset, bulk: Mapping[int, BulkValue | DataElement] | None) -> Dataset:
    """Put values in place of elements, on a copy of the dataset that shares the others."""
    if not bulk:
        return dataset
    twin = copy(dataset)
    twin.__dict__["_dict"] = dict(dataset._dict)
    for tag, value in bulk.items():
        if isinstance(value, BulkValue):
            element = DataElement(tag, value.vr, join_pieces(value.pieces))
            element.is_undefined_length = value.length is None
            twin._dict[BaseTag(tag)] = element
        else:
            twin._dict[BaseTag(tag)] = value
    return twin
