"""Reading a DICOM file into encoded elements, touching no more bytes than are needed."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any, cast

from pydicom.charset import default_encoding
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.errors import BytesLengthException
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, PrivateTransferSyntaxes

from iodkit.errors import CorruptDataError, ReadError
from iodkit.io.fallback import read_broken, read_with_pydicom
from iodkit.io.parsed import ParsedFile, PixelDataLocation
from iodkit.io.parser import ElementParser, raw_element
from iodkit.io.scan import (
    UNDEFINED_LENGTH,
    Syntax,
)
from iodkit.io.sources import ByteSource, MemorySource, open_source
from iodkit.io.window import Window

if TYPE_CHECKING:
    from iodkit.io.sources import SourceLike

__all__ = ["ParsedFile", "PixelDataLocation", "read_dataset"]

_META_START = 132
_DELIMITER = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
# A deflated dataset that becomes larger than this is taken for an attack.
_INFLATED_LIMIT = 8 << 30


# What pydicom raises where elements that are needed at once (transfer syntax, character set) make
# no sense.
_SENSELESS = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NotImplementedError,
    BytesLengthException,
)


class _UnusualError(Exception):
    """The file is not laid out as the quick way expects; pydicom has rules for it."""


class _DeflateError(Exception):
    """The deflated dataset cannot be inflated."""

    def __init__(self, error: CorruptDataError) -> None:
        super().__init__(error)
        self.error = error


def read_dataset(
    source: SourceLike,
    *,
    stop_before_pixels: bool = False,
    force: bool = False,
    allow_truncated: bool = False,
) -> ParsedFile:
    """Read a DICOM file (PS3.10 7) without decoding its elements.

    Parameters
    ----------
    source : str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | ByteSource | list
        Where to read; see :func:`iodkit.io.open_source`.
    stop_before_pixels : bool, optional
        Whether pixel data is left out, and only its place recorded.  Then only the bytes of the
        other elements are read.
    force : bool, optional
        Whether a file without preamble and prefix is read all the same.
    allow_truncated : bool, optional
        Whether an element that goes beyond the end of the file is taken as far as it goes, as
        pydicom does, in place of an error.

    Returns
    -------
    ParsedFile
        Dataset, file meta information, and the place of the pixel data.

    Raises
    ------
    ReadError
        If the source cannot be read, or is no DICOM file.
    CorruptDataError
        If it is truncated, or lengths in it are wrong.
    """
    opened = open_source(source)
    known = opened.parsed(stop_before_pixels=stop_before_pixels)
    if known is not None:
        return known
    with opened.held():
        try:
            return _read_quickly(opened, stop_before_pixels)
        except _DeflateError as broken:
            # pydicom would inflate the data again, without a limit.
            raise broken.error from None
        except _UnusualError:
            return read_with_pydicom(opened, stop_before_pixels, force=force)
        except CorruptDataError as error:
            error.message = f"{opened.describe()}: {error.message}"
            # pydicom reads some broken files that people have; but it also takes a truncated
            # value without a word.
            if allow_truncated:
                return read_with_pydicom(opened, stop_before_pixels, force=force)
            return read_broken(opened, stop_before_pixels, error)
        except ReadError:
            raise
        except _SENSELESS:
            return read_with_pydicom(opened, stop_before_pixels, force=force)


def _read_quickly(source: ByteSource, stop_before_pixels: bool) -> ParsedFile:
    """Read a file that is laid out as the standard wants it."""
    window = Window(source)
    path = source.path
    start = window.value(0, _META_START) if window.size >= _META_START + 8 else b""
    if start[128:] != b"DICM":
        raise _UnusualError
    preamble = start[:128]
    meta, position = _read_meta(window)
    syntax_uid: UID | None = meta.get("TransferSyntaxUID", None)
    if not syntax_uid or position + 6 > window.size:
        raise _UnusualError
    if syntax_uid == DeflatedExplicitVRLittleEndian:
        source = _inflate(source, position)
        window, position = Window(source), 0
    syntax = _syntax_of(syntax_uid)
    _check_encoding(window, position, syntax)
    parser = ElementParser(window, syntax, stop_before_pixels)
    parser.parse(position)
    dataset = _make_dataset(path, parser.elements, preamble, meta, syntax)
    for tag in parser.mixed:
        # Written as they are, such items would contradict the transfer syntax.
        raw = cast("RawDataElement", dataset._dict[tag])
        dataset._dict[tag] = convert_raw_data_element(
            raw, encoding=dataset._character_set, ds=dataset
        )
    return ParsedFile(dataset, meta, preamble, syntax_uid, parser.pixel_data, source)


def _read_meta(window: Window) -> tuple[FileMetaDataset, int]:
    """Read the elements of group 0002, which are explicit VR little endian (PS3.10 7.1)."""
    syntax = Syntax(implicit_vr=False, little_endian=True)
    elements: dict[BaseTag, RawDataElement] = {}
    position = _META_START
    while position + 8 <= window.size:
        tag, vr, length, start = syntax.header(window, position)
        if tag >> 16 != 2:
            break
        if vr is None or length == UNDEFINED_LENGTH or start + length > window.size:
            raise _UnusualError
        elements[BaseTag(tag)] = raw_element(tag, vr, length, window, start, syntax)
        position = start + length
    if not elements:
        raise _UnusualError
    meta = FileMetaDataset(cast("Any", elements))
    meta.set_original_encoding(
        is_implicit_vr=False, is_little_endian=True, character_encoding=default_encoding
    )
    try:
        meta[next(iter(elements))]
    except NotImplementedError:
        raise _UnusualError from None
    return meta, position


def _syntax_of(uid: UID) -> Syntax:
    """Tell the encoding that belongs to a transfer syntax, as pydicom does (PS3.5 A)."""
    if uid in PrivateTransferSyntaxes:
        uid = PrivateTransferSyntaxes[PrivateTransferSyntaxes.index(uid)]
        return Syntax(uid.is_implicit_VR, uid.is_little_endian)
    return Syntax(uid == "1.2.840.10008.1.2", uid != "1.2.840.10008.1.2.2")


def _inflate(source: ByteSource, position: int) -> ByteSource:
    """Decompress the dataset of a deflated file (PS3.5 A.5)."""
    compressed = source.read(position, source.size - position)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    reason = f"it is truncated, or larger than {_INFLATED_LIMIT} bytes"
    try:
        data = inflater.decompress(compressed, _INFLATED_LIMIT)
    except zlib.error as error:
        data, reason = b"", str(error)
    if not inflater.eof:
        raise _DeflateError(
            CorruptDataError(
                f"{source.describe()}: the deflated dataset from byte {position} on is broken: "
                f"{reason}",
                clause="PS3.5 A.5",
            )
        )
    return MemorySource(data, f"inflated dataset of {source.describe()}")


def _check_encoding(window: Window, position: int, syntax: Syntax) -> None:
    """Leave files to pydicom whose first element is not encoded as the syntax says."""
    if position + 6 > window.size:
        raise _UnusualError
    first, second = window.value(position + 4, 2)
    has_vr = 0x40 < first < 0x5B and 0x40 < second < 0x5B
    if has_vr == syntax.implicit_vr or syntax.tag(window, position) >> 16 == 0:
        raise _UnusualError


def _make_dataset(
    path: str | None,
    elements: dict[BaseTag, RawDataElement],
    preamble: bytes | None,
    meta: FileMetaDataset,
    syntax: Syntax,
) -> FileDataset:
    dataset = FileDataset(
        path or io.BytesIO(),
        cast("dict[Any, Any]", elements),
        preamble,
        meta,
        syntax.implicit_vr,
        syntax.little_endian,
    )
    dataset.buffer = None
    dataset.set_original_encoding(syntax.implicit_vr, syntax.little_endian, dataset._character_set)
    return dataset
