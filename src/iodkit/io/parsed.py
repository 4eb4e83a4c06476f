"""What reading a file gives: its elements, still encoded, and the place of its pixel data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iodkit.io.scan import UNDEFINED_LENGTH

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.tag import BaseTag
    from pydicom.uid import UID

    from iodkit.io.bytesource import ByteSource

__all__ = ["PIXEL_TAGS", "ParsedFile", "PixelDataLocation"]

# Float, double and integer pixel data (PS3.3 C.7.6.24, C.7.6.25, C.7.6.3).
PIXEL_TAGS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))


@dataclass(frozen=True, slots=True)
class PixelDataLocation:
    """Where the value of the pixel data is in its source.

    Attributes
    ----------
    tag : pydicom.tag.BaseTag
        (7FE0,0010), (7FE0,0008) or (7FE0,0009).
    vr : str | None
        Value representation in the file; ``None`` where it has none (implicit VR).
    offset : int
        Position of the value; of encapsulated pixel data, of its first item: the basic offset
        table (PS3.5 A.4).
    length : int
        Number of bytes; ``0xFFFFFFFF`` if the pixel data is encapsulated.
    """

    tag: BaseTag
    vr: str | None
    offset: int
    length: int

    @property
    def is_encapsulated(self) -> bool:
        """Whether the value is a sequence of fragments."""
        return self.length == UNDEFINED_LENGTH


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A DICOM file whose elements are still encoded.

    Attributes
    ----------
    dataset : pydicom.FileDataset
        The dataset, as `pydicom.dcmread` would give it, with elements that pydicom decodes when
        they are asked for.  A sequence of undefined length is one encoded element too: its
        ``value`` holds the items without the delimiter, and its ``length`` stays 0xFFFFFFFF, so
        that it is written as it was.  Without pixel data if that was not to be read.
    file_meta : pydicom.FileMetaDataset
        File meta information; also ``dataset.file_meta``.
    preamble : bytes | None
        The 128 bytes before the prefix; ``None`` in a file that has neither.
    transfer_syntax : pydicom.uid.UID | None
        Transfer syntax UID of the file meta information.
    pixel_data : PixelDataLocation | None
        Where the pixel data is, if there is any.
    source : ByteSource
        What positions refer to: the source that was read, or the inflated bytes of a file in a
        deflated transfer syntax.
    """

    dataset: FileDataset
    file_meta: FileMetaDataset
    preamble: bytes | None
    transfer_syntax: UID | None
    pixel_data: PixelDataLocation | None
    source: ByteSource
