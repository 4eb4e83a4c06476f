"""Encoding of datasets, and of the items of sequences, in any transfer syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.charset import default_encoding

from iodkit.io.bigendian import encode_big_endian, encode_item_big_endian
from iodkit.io.bulk import BulkValue
from iodkit.io.pieces import join_pieces, merge_small_pieces
from iodkit.io.tree import TreeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

    from iodkit.io.pieces import Piece

__all__ = ["BulkValue", "encode_dataset", "encode_items"]


def encode_dataset(
    dataset: Dataset,
    *,
    implicit_vr: bool = False,
    little_endian: bool = True,
    parent_encoding: str | list[str] = default_encoding,
    bulk: Mapping[int, BulkValue | DataElement] | None = None,
) -> list[Piece]:
    """Encode a dataset as `pydicom.filewriter.write_dataset` does (PS3.5 7).

    Encoded elements are taken as they are where the recorded encoding of their dataset is the
    one that is written.  The dataset is not changed, but that encoded elements get decoded
    where they have to be written in another encoding.

    Parameters
    ----------
    dataset : pydicom.Dataset
        What to encode.
    implicit_vr : bool, optional
        Whether the VR is left out.
    little_endian : bool, optional
        Byte order.  Big endian goes to pydicom, which does not swap the bytes of values of VR
        OB, OW, OF, OD, OL, OV and UN.
    parent_encoding : str | list[str], optional
        Character set (Python's names) where the dataset has none of its own.
    bulk : Mapping[int, BulkValue], optional
        Values by tag that are written in place of, or beside, the elements of the dataset.

    Returns
    -------
    list
        Buffers, and iterables of buffers, whose bytes are the encoded dataset.  Values of
        64 KiB and more are the objects of the dataset themselves.

    Raises
    ------
    InvalidValueError
        If an element cannot be encoded; the error names it.
    """
    if not little_endian:
        return [encode_big_endian(dataset, implicit_vr, parent_encoding, bulk)]
    encoder = TreeEncoder(implicit_vr)
    encoder.add_dataset(dataset, encoder.book(parent_encoding), None, bulk)
    return merge_small_pieces(encoder.out)


def encode_items(
    items: Iterable[Dataset],
    *,
    implicit_vr: bool = False,
    little_endian: bool = True,
    parent_encoding: str | list[str] = default_encoding,
    parent: Dataset | None = None,
) -> bytes:
    """Encode the items of a sequence: the value of an element of VR SQ (PS3.5 7.5).

    Parameters
    ----------
    items : Iterable[pydicom.Dataset]
        The items.
    implicit_vr : bool, optional
        Whether the VR is left out.
    little_endian : bool, optional
        Byte order.
    parent_encoding : str | list[str], optional
        Character set (Python's names) of the dataset around the items.
    parent : pydicom.Dataset, optional
        The dataset around the items, or as much of it as VRs depend on: its
        PixelRepresentation decides whether values are signed.  Little endian only.

    Returns
    -------
    bytes
        The items with their headers; lengths are undefined where the items say so
        (``is_undefined_length_sequence_item``).

    Raises
    ------
    InvalidValueError
        If an element cannot be encoded; the error names it.
    """
    if not little_endian:
        return b"".join(
            encode_item_big_endian(item, implicit_vr, parent_encoding) for item in items
        )
    encoder = TreeEncoder(implicit_vr)
    encoder.add_items(
        items, encoder.book(parent_encoding), None if parent is None else (parent, None)
    )
    return join_pieces(encoder.out)
