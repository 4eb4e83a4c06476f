"""Reading by pydicom's own parser, for files that are not laid out as the standard wants them."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.errors import InvalidDicomError
from pydicom.tag import BaseTag

from iodkit.errors import CorruptDataError, ReadError
from iodkit.io.parsed import PIXEL_TAGS, ParsedFile, PixelDataLocation
from iodkit.io.scan import UNDEFINED_LENGTH

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset
    from pydicom.uid import UID

    from iodkit.io.bytesource import ByteSource

__all__ = ["read_broken", "read_with_pydicom"]


class _SourceFile(io.RawIOBase):
    """A byte source as a file object."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._position = 0
        self.name = source.path or ""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._position, self._source.size)[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._position = base + offset
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        rest = max(self._source.size - self._position, 0)
        count = rest if size is None or size < 0 else min(size, rest)
        data = self._source.read(self._position, count) if count else b""
        self._position += count
        return data


def read_with_pydicom(source: ByteSource, stop_before_pixels: bool, *, force: bool) -> ParsedFile:
    """Read any file that pydicom reads."""
    try:
        dataset = dcmread(_SourceFile(source), force=force)
    except InvalidDicomError as error:
        raise ReadError(
            f"{source.describe()} is no DICOM file",
            expected="the prefix DICM after 128 bytes",
            clause="PS3.10 7.1",
            remedy="Read it with force=True if it is a dataset without preamble.",
        ) from error
    except ReadError:
        raise
    except (Exception, RecursionError) as error:
        raise CorruptDataError(f"{source.describe()} cannot be parsed: {error}") from error
    return _describe(source, dataset, stop_before_pixels)


def _describe(source: ByteSource, dataset: FileDataset, stop_before_pixels: bool) -> ParsedFile:
    dataset.buffer = None
    if source.path is None:
        dataset.filename = None
    syntax: UID | None = dataset.file_meta.get("TransferSyntaxUID", None)
    location = None
    for tag in PIXEL_TAGS & {int(tag) for tag in dataset._dict}:
        element = dataset._dict[BaseTag(tag)]
        if isinstance(element, RawDataElement):
            location = PixelDataLocation(
                element.tag, element.VR, element.value_tell, element.length
            )
        if stop_before_pixels:
            del dataset._dict[BaseTag(tag)]
    return ParsedFile(dataset, dataset.file_meta, dataset.preamble, syntax, location, source)


def read_broken(
    source: ByteSource, stop_before_pixels: bool, error: CorruptDataError
) -> ParsedFile:
    """Read a file with a broken structure if pydicom can, and if it is not truncated."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            parsed = read_with_pydicom(source, stop_before_pixels=False, force=False)
        except (ReadError, Warning):
            raise error from None
    for element in parsed.dataset._dict.values():
        if isinstance(element, RawDataElement) and element.length not in (
            len(element.value or b""),
            UNDEFINED_LENGTH,
        ):
            raise error
    return _describe(source, parsed.dataset, stop_before_pixels)
