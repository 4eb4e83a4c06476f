"""Datasets that know where they were read from, and that are written whole or not at all."""

from __future__ import annotations

import io
from copy import copy, deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydicom.dataelem import RawDataElement
from pydicom.filewriter import dcmwrite
from pydicom.tag import Tag
from pydicom.uid import UID

from iodkit.dataset.checking import check_if_wanted
from iodkit.errors import MissingAttributeError
from iodkit.frames import FrameOwner, encoding_of
from iodkit.io import (
    BulkValue,
    PixelDataLocation,
    encode_file,
    read_dataset,
    write_file_atomically,
)
from iodkit.io.memory import PiecesSource
from iodkit.io.pieces import flatten_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from pydicom.dataset import Dataset

    from iodkit.io import ByteSource, ParsedFile
    from iodkit.io.pieces import Piece
    from iodkit.io.sources import SourceLike

__all__ = ["StoredDataset", "attach_pixel_data"]

_PIXEL_DATA = Tag("PixelData")

_LARGE = tuple(
    Tag(keyword)
    for keyword in (
        "PixelData",
        "FloatPixelData",
        "DoubleFloatPixelData",
        "ExtendedOffsetTable",
        "ExtendedOffsetTableLengths",
    )
)


class StoredDataset(FrameOwner):
    """A dataset that reads large values when they are asked for, and writes files atomically."""

    _shared_by_copies: ClassVar[frozenset[str]] = FrameOwner._shared_by_copies | {"_source"}
    _source: ByteSource | None = None
    _pixel_location: PixelDataLocation | None = None

    @classmethod
    def from_file(cls, fp: SourceLike, lazy_frame_retrieval: bool = False) -> Self:
        """Read a file as an object of this class.

        Parameters
        ----------
        fp : str | bytes | os.PathLike | BinaryIO | list
            Path, URL, content, or open file of a DICOM file (PS3.10); or a list of all parts of a
            concatenation.
        lazy_frame_retrieval : bool, optional
            Whether pixel data stay in the file until they are asked for.

        Returns
        -------
        Self
            Object of this class.

        Raises
        ------
        ReadError
            If the file cannot be read, or is no DICOM file.
        SOPClassError
            If it holds an object of another class.
        """
        return cls.from_parsed(read_dataset(fp, stop_before_pixels=lazy_frame_retrieval))

    @classmethod
    def from_parsed(cls, parsed: ParsedFile) -> Self:
        """Make an object of this class from a file that has been read.

        Parameters
        ----------
        parsed : ParsedFile
            File as :func:`iodkit.io.read_dataset` gives it.  Pixel data that were left in the
            source are read from there when they are asked for.

        Returns
        -------
        Self
            Object of this class.
        """
        dataset, location = parsed.dataset, parsed.pixel_data
        deferred = location is not None and location.tag not in dataset
        if location is not None and deferred:
            implicit, little = dataset.original_encoding
            dataset._dict[location.tag] = RawDataElement(
                location.tag,
                location.vr,
                location.length,
                None,
                location.offset,
                bool(implicit),
                bool(little),
            )
        instance = cls.from_dataset(dataset, copy=False)
        if deferred:
            instance._source = parsed.source
            instance._pixel_location = location
        return instance

    def copy_without(self, keywords: Iterable[str] = ()) -> Self:
        """Copy all elements but some, so that changes of the copy do not reach this object.

        Parameters
        ----------
        keywords : Iterable[str], optional
            Keywords of the elements to leave out.

        Returns
        -------
        Self
            Object of this class.  The bytes of pixel data are shared, and stay in their source
            if they have not been read.
        """
        twin = copy(self)
        for keyword in keywords:
            twin._dict.pop(Tag(keyword), None)
        # Their values cannot be changed in place, so that new elements may share them.
        large = {tag: copy(twin._dict.pop(tag)) for tag in _LARGE if tag in twin._dict}
        new = deepcopy(twin)
        new._dict.update(large)
        return new

    @property
    def deferred_pixel_data(self) -> tuple[ByteSource, PixelDataLocation] | None:
        """tuple[ByteSource, PixelDataLocation] | None: Where pixel data are still to be read."""
        source, location = self._source, self._pixel_location  # another thread may load them
        if source is None or location is None:
            return None
        return (source, location) if _is_deferred(self._dict.get(location.tag)) else None

    @property
    def transfer_syntax_uid(self) -> UID:
        """pydicom.UID: Transfer syntax in which the object is, or will be, encoded."""
        meta = getattr(self, "file_meta", None)
        if meta is None or "TransferSyntaxUID" not in meta:
            raise MissingAttributeError(
                "the object has no file meta information",
                attribute="TransferSyntaxUID",
                clause="PS3.10 7.1",
                remedy="Set object.file_meta.TransferSyntaxUID.",
            )
        return UID(meta.TransferSyntaxUID)

    def __getitem__(self, key: Any) -> Any:
        if self._source is not None:
            self._load(key)
        return super().__getitem__(key)

    def get_item(self, key: Any, *, keep_deferred: bool = False) -> Any:
        """Return an element as it is stored; see `pydicom.Dataset.get_item`."""
        if self._source is not None and not keep_deferred:
            self._load(key)
        return super().get_item(key, keep_deferred=keep_deferred)

    def _load(self, key: Any) -> None:
        """Read pixel data that are still in the source, if they are asked for."""
        located = self.deferred_pixel_data
        if located is None:
            return
        source, location = located
        if not isinstance(key, slice) and Tag(key) != location.tag:
            return
        if location.is_encapsulated:
            element: Any = read_dataset(source).dataset.get_item(location.tag)
        else:
            stored = self._dict[location.tag]
            if not _is_deferred(stored):
                return
            value = source.read(location.offset, location.length)
            element = cast("RawDataElement", stored)._replace(value=value)
        self._dict[location.tag] = element
        if isinstance(source, PiecesSource):
            self._source = self._pixel_location = None  # which would keep the bytes twice

    def _pieces(self) -> dict[int, BulkValue]:
        """Pixel data in pieces, which are written as they are."""
        source, location = self.deferred_pixel_data or (None, None)
        if location is None or not isinstance(source, PiecesSource):
            return {}
        return {int(location.tag): BulkValue(str(location.vr), source.pieces, source.size)}

    def save_as(
        self,
        filename: Any,
        /,
        *args: Any,
        implicit_vr: bool | None = None,
        little_endian: bool | None = None,
        enforce_file_format: bool = True,
        overwrite: bool = True,
        **kwargs: Any,
    ) -> None:
        """Write the object as a DICOM file (PS3.10).

        The file is complete, or as it was before: bytes go to a temporary file in the same
        folder, which takes the name when it is whole.

        Parameters
        ----------
        filename : str | os.PathLike | BinaryIO
            Where to write.
        implicit_vr, little_endian : bool | None, optional
            Encoding, where it is not the one that the transfer syntax says.
        enforce_file_format : bool, optional
            Whether preamble and file meta information are written, completed where needed.
        overwrite : bool, optional
            Whether an existing file is replaced.

        Raises
        ------
        WriteError
            If the file cannot be written.
        MissingAttributeError
            If file meta information is missing that cannot be completed.
        ValidationError
            If the object has errors, and ``iodkit.defaults(validate=True)`` holds.
        """
        self.decode_for_writing()
        check_if_wanted(self)
        if args or kwargs or implicit_vr is not None or little_endian is not None:
            buffer = io.BytesIO()
            dcmwrite(
                buffer,
                self,
                *args,
                implicit_vr=implicit_vr,
                little_endian=little_endian,
                enforce_file_format=enforce_file_format,
                **kwargs,
            )
            write_file_atomically(filename, [buffer.getbuffer()], overwrite=overwrite)
            return
        pieces = encode_file(self, bulk=self._pieces())
        write_file_atomically(filename, pieces, overwrite=overwrite)


def attach_pixel_data(dataset: Dataset, vr: str, pieces: Iterable[Piece]) -> None:
    """Give a new object its native pixel data in pieces, which are joined when they are asked for.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object; one of another class gets the bytes as one value.
    vr : str
        Value representation: ``"OB"`` or ``"OW"``.
    pieces : iterable of buffers
        The value in little endian, of an even length.  Nobody may change the buffers afterwards.
    """
    encoding = encoding_of(dataset)
    if not isinstance(dataset, StoredDataset) or encoding.implicit_vr or encoding.order != "<":
        dataset.add_new(_PIXEL_DATA, vr, b"".join(flatten_pieces(pieces)))
        return
    source = PiecesSource(pieces, "the pixel data of a new object")
    dataset._dict[_PIXEL_DATA] = RawDataElement(
        _PIXEL_DATA, vr, source.size, None, 0, is_implicit_VR=False, is_little_endian=True
    )
    dataset._source = source
    dataset._pixel_location = PixelDataLocation(_PIXEL_DATA, vr, 0, source.size)


def _is_deferred(stored: object) -> bool:
    return isinstance(stored, RawDataElement) and stored.value is None and stored.length != 0
