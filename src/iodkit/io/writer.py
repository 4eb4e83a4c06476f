"""The DICOM file format around an encoded dataset: preamble, file meta information, deflate."""

from __future__ import annotations

import zlib
from copy import copy, deepcopy
from typing import TYPE_CHECKING, Any, cast

from pydicom import config
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit.io.encode import encode_dataset
from iodkit.io.pieces import flatten_pieces
from iodkit.standard.syntaxes import is_compressed, vr_and_byte_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

    from iodkit.io.encode import BulkValue
    from iodkit.io.pieces import Piece

__all__ = ["encode_file"]

_PIXEL_DATA = 0x7FE00010


def encode_file(dataset: Dataset, *, bulk: Mapping[int, BulkValue] | None = None) -> list[Piece]:
    """Encode a dataset in the DICOM file format (PS3.10 7).

    The bytes are those of ``pydicom.dcmwrite(…, dataset, enforce_file_format=True)``: preamble,
    file meta information with its group length and the UIDs of the dataset, and the dataset in
    the transfer syntax that ``dataset.file_meta`` names.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset with its ``file_meta``.
    bulk : Mapping[int, BulkValue], optional
        Values by tag, such as pixel data in pieces, that are written in place of, or beside,
        the elements of the dataset.

    Returns
    -------
    list
        Buffers, and iterables of buffers, whose bytes are the file.  Large values are the
        objects of the dataset themselves.

    Raises
    ------
    MissingAttributeError
        If the transfer syntax, the SOP class UID or the SOP instance UID is missing.
    InvalidValueError
        If the dataset has elements of groups 0000 or 0002, a preamble of a wrong length, a UID
        in place of the transfer syntax that is none, or elements that cannot be encoded.
    """
    _check_groups(dataset)
    meta = deepcopy(getattr(dataset, "file_meta", None)) or FileMetaDataset()
    encoding = _choose_encoding(dataset, meta)
    _complete_meta(meta, dataset, encoding)
    syntax: UID = meta.TransferSyntaxUID
    replaced: dict[int, Any] = dict(bulk or {})
    public = not syntax.is_private and vr_and_byte_order(syntax) is not None
    if public and _PIXEL_DATA in dataset and _PIXEL_DATA not in replaced:
        # Encapsulated pixel data has undefined length, native pixel data has not (PS3.5 A.4).
        element: DataElement = copy(dataset[_PIXEL_DATA])
        element.is_undefined_length = is_compressed(syntax)
        replaced[_PIXEL_DATA] = element
    body = encode_dataset(
        dataset, implicit_vr=encoding[0], little_endian=encoding[1], bulk=replaced
    )
    if syntax == DeflatedExplicitVRLittleEndian:
        body = [_deflate(body)]
    return [_encode_start(dataset, meta), *body]


def _check_groups(dataset: Dataset) -> None:
    for tag in dataset._dict:
        if tag >> 16 in (0, 2):
            raise InvalidValueError(
                f"the dataset has element {tag}",
                attribute=str(tag),
                expected="elements of the command set nowhere, those of group 0002 in file_meta",
                clause="PS3.10 7",
            )


def _choose_encoding(dataset: Dataset, meta: FileMetaDataset) -> tuple[bool, bool]:
    """Tell implicit VR and little endian from the transfer syntax, or else from the dataset."""
    syntax: UID | None = meta.get("TransferSyntaxUID", None)
    known = vr_and_byte_order(syntax) if syntax else None
    if known is not None:
        return known
    if syntax and not syntax.is_private:
        raise InvalidValueError(
            "the UID is no transfer syntax",
            attribute="TransferSyntaxUID",
            found=str(syntax),
            clause="PS3.6 A",
        )
    chosen: tuple[Any, Any] = (None, None)
    if not config._use_future:
        chosen = (dataset.is_implicit_VR, dataset.is_little_endian)
    if None in chosen:
        chosen = dataset.original_encoding
    if None in chosen:
        raise MissingAttributeError(
            "the transfer syntax is not known",
            attribute="TransferSyntaxUID",
            clause="PS3.10 7.1",
            remedy="Set dataset.file_meta.TransferSyntaxUID.",
        )
    if chosen == (True, False):
        raise InvalidValueError("there is no implicit VR in big endian", clause="PS3.5 A")
    return cast("tuple[bool, bool]", chosen)


def _complete_meta(meta: FileMetaDataset, dataset: Dataset, encoding: tuple[bool, bool]) -> None:
    """Supply what the dataset tells: the transfer syntax, the SOP class and instance UIDs."""
    if meta.get("TransferSyntaxUID", None) is None:
        if encoding == (True, True):
            meta.TransferSyntaxUID = ImplicitVRLittleEndian
        elif encoding == (False, False):
            meta.TransferSyntaxUID = ExplicitVRBigEndian
    pairs = (
        ("MediaStorageSOPClassUID", "SOPClassUID"),
        ("MediaStorageSOPInstanceUID", "SOPInstanceUID"),
    )
    for meta_keyword, keyword in pairs:
        own = meta.get(meta_keyword, None)
        current = dataset.get(keyword, None)
        if own is None or (current and current != own):
            setattr(meta, meta_keyword, current)
    for keyword in ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID"):
        if keyword not in meta or meta[keyword].is_empty:
            raise MissingAttributeError(
                "the file meta information lacks a value",
                attribute=keyword,
                clause="PS3.10 7.1",
            )


def _encode_start(dataset: Dataset, meta: FileMetaDataset) -> bytes:
    """Encode preamble, prefix and file meta information."""
    preamble: bytes = getattr(dataset, "preamble", None) or bytes(128)
    if len(preamble) != 128:
        raise InvalidValueError(
            "the preamble has a wrong length",
            attribute="preamble",
            found=len(preamble),
            expected="128 bytes",
            clause="PS3.10 7.1",
        )
    buffer = DicomBytesIO()
    try:
        write_file_meta_info(buffer, meta, enforce_standard=True)
    except Exception as error:
        raise InvalidValueError(
            f"the file meta information cannot be encoded: {error}", clause="PS3.10 7.1"
        ) from error
    return preamble + b"DICM" + buffer.getvalue()


def _deflate(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Compress an encoded dataset as its pieces come (PS3.5 A.5)."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    size = 0
    for piece in flatten_pieces(pieces):
        deflated = compressor.compress(piece)
        size += len(deflated)
        yield deflated
    deflated = compressor.flush()
    yield deflated
    if (size + len(deflated)) % 2:
        yield b"\0"
