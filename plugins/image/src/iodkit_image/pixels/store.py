"""The frames of one image: raw bytes and decoded samples, in memory or in the file."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian

from iodkit.errors import (
    CorruptDataError,
    IodkitError,
    MissingAttributeError,
    OutOfRangeError,
    PixelDataError,
    UnsupportedError,
)
from iodkit.standard.syntaxes import is_compressed
from iodkit_image.pixels.codecs import decode_compressed
from iodkit_image.pixels.colors import to_rgb
from iodkit_image.pixels.fragments import FragmentIndex, OffsetIndex, index_fragments
from iodkit_image.pixels.layout import PIXEL_KEYWORDS, PixelLayout
from iodkit_image.pixels.native import NativeFrames
from iodkit_image.pixels.value import MemoryValue, PixelValue, SourceValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.io import ByteSource

__all__ = ["FrameStore", "pixel_element"]

_UNDEFINED_LENGTH = 0xFFFFFFFF
# 1.2.840.10008.1.2.4.100 to .109, with the fragmentable ones below them (PS3.5 A.4.5 to A.4.8).
_VIDEO = "1.2.840.10008.1.2.4.10"


class FrameStore:
    """The frames of an image.

    Parameters
    ----------
    value : PixelValue
        Value of the pixel data element.
    layout : PixelLayout
        Layout of the pixels.
    syntax : pydicom.uid.UID
        Transfer syntax.
    words : bool, optional
        Whether the VR of the element is OW.
    extended : tuple[bytes, bytes], optional
        Extended offset table and lengths.
    """

    def __init__(
        self,
        value: PixelValue,
        layout: PixelLayout,
        syntax: UID,
        *,
        words: bool = False,
        extended: tuple[bytes, bytes] | None = None,
    ) -> None:
        self.layout = layout
        self.syntax = syntax
        self._value = value
        self._extended = extended
        self._index: FragmentIndex | OffsetIndex | None = None
        self._native: NativeFrames | None = None
        if not is_compressed(syntax):
            self._native = NativeFrames(
                value, layout, little_endian=bool(syntax.is_little_endian), words=words
            )

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset,
        source: ByteSource | None = None,
        layout: PixelLayout | None = None,
    ) -> FrameStore:
        """Open the frames of a dataset.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The image.  Pixel data that is still in the source stays there.
        source : ByteSource, optional
            Where the pixel data is, if not in the dataset.
        layout : PixelLayout, optional
            Layout of the pixels, if it is known already.

        Returns
        -------
        FrameStore
            The frames.

        Raises
        ------
        MissingAttributeError
            If there is no pixel data, or an attribute is missing that it needs.
        """
        layout = PixelLayout.from_dataset(dataset) if layout is None else layout
        element = pixel_element(dataset)
        if isinstance(element, RawDataElement) and element.value is None and source is not None:
            encapsulated = element.length == _UNDEFINED_LENGTH
            size = source.size - element.value_tell if encapsulated else element.length
            value: PixelValue = SourceValue(source, element.value_tell, size)
        else:
            value = MemoryValue(_in_memory(element))
        extended = None
        if "ExtendedOffsetTable" in dataset and "ExtendedOffsetTableLengths" in dataset:
            extended = (dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths)
        return cls(
            value,
            layout,
            _transfer_syntax(dataset),
            words=element.VR == "OW",
            extended=extended,
        )

    @property
    def is_native(self) -> bool:
        """Whether frames are not compressed."""
        return self._native is not None

    @property
    def blank_pixel(self) -> NDArray[Any]:
        """One pixel of zeros: a frame of one row and column."""
        return np.zeros((1, 1, *self.layout.frame_shape[2:]), self.layout.dtype)

    @contextmanager
    def held(self) -> Iterator[FrameStore]:
        """Keep the source open during a run of reads.

        Yields
        ------
        FrameStore
            The store itself.
        """
        with self._value.held():
            yield self

    def raw(self, index: int) -> bytes:
        """Return the encoded bytes of a frame.

        Parameters
        ----------
        index : int
            Index of the frame, from 0.

        Returns
        -------
        bytes
            As stored, fragments joined; one of single bits is shifted to a byte border.
        """
        self._check(index)
        if self._native is not None:
            return self._native.raw(index)
        if self.is_video:
            raise UnsupportedError(
                "frames of a video stream cannot be had one by one",
                attribute="TransferSyntaxUID",
                found=self.syntax.name,
                clause="PS3.5 8.2.5 to 8.2.8",
                remedy="Write get_video_stream() to a file for a video player or decoder.",
            )
        fragments = self._fragments
        try:
            return fragments.read(self._value, index)
        except CorruptDataError:
            if not isinstance(fragments, OffsetIndex):
                raise
        # The offset table is wrong; the fragments may tell the frames all the same.
        self._index = index_fragments(
            self._value, self.layout.number_of_frames, self._extended, trust_table=False
        )
        return self._index.read(self._value, index)

    @property
    def is_video(self) -> bool:
        """Whether frames are one stream of MPEG-2, MPEG-4 AVC or HEVC."""
        return self.syntax.startswith(_VIDEO)

    def stream(self) -> bytes:
        """Return the whole encoded value: all fragments of all frames, joined.

        Returns
        -------
        bytes
            Of a video, what players and decoders read.

        Raises
        ------
        PixelDataError
            If the pixel data are not encapsulated.
        """
        if self._native is not None:
            raise PixelDataError(
                "native pixel data are no stream", attribute="PixelData", found=self.syntax.name
            )
        whole = index_fragments(self._value, 1)
        return whole.read(self._value, 0)

    def packed_bits(self, first: int, count: int) -> NDArray[np.uint8]:
        """Return the packed bits of consecutive native frames of single bits.

        Parameters
        ----------
        first : int
            Index of the first frame, from 0.
        count : int
            Number of frames.

        Returns
        -------
        numpy.ndarray
            Shape (count, bytes): eight pixels to a byte, each frame from a byte border on.

        Raises
        ------
        PixelDataError
            If the frames are compressed or have more than one bit.
        """
        self._check(first)
        self._check(first + count - 1)
        if self._native is None or self.layout.bits_allocated != 1:
            raise PixelDataError(
                "frames are no native bit planes",
                attribute="BitsAllocated",
                found=self.layout.bits_allocated,
                expected="1, not compressed",
            )
        return self._native.packed(first, count)

    def view(self, index: int, rows: slice = slice(None)) -> NDArray[Any]:
        """Decode a frame; the array may be a read-only view of the stored bytes.

        Parameters
        ----------
        index : int
            Index of the frame, from 0.
        rows : slice, optional
            Rows that are wanted.

        Returns
        -------
        numpy.ndarray
            Frame of shape (rows, columns) or (rows, columns, samples); colour as RGB.
        """
        self._check(index)
        try:
            if self._native is None:
                return decode_compressed(self.raw(index), self.layout, self.syntax)[rows]
            first, stop, _ = rows.indices(self.layout.rows)
            return to_rgb(self._native.read_rows(index, first, stop), self.layout)
        except IodkitError as error:
            error.args = (f"frame {index + 1}: {error.message}",)
            error.message = error.args[0]
            raise

    def read(self, index: int) -> NDArray[Any]:
        """Decode a frame into a new, writable array; see :meth:`view`."""
        out = self.view(index)
        return out if out.flags.writeable and out.flags.owndata else np.array(out, order="C")

    def read_many(self, indices: Sequence[int]) -> NDArray[Any]:
        """Decode frames into one new array.

        Parameters
        ----------
        indices : Sequence[int]
            Indices of the frames, from 0.

        Returns
        -------
        numpy.ndarray
            Shape (frames, rows, columns) or (frames, rows, columns, samples).
        """
        out = np.empty((len(indices), *self.layout.frame_shape), self.layout.dtype)
        for start, stop in _runs(indices):
            self.fill(indices[start], out[start:stop])
        return out

    def fill(self, first: int, out: NDArray[Any]) -> None:
        """Decode consecutive frames into an array.

        Parameters
        ----------
        first : int
            Index of the first frame, from 0.
        out : numpy.ndarray
            Array of shape (frames, rows, columns) or (frames, rows, columns, samples), of any
            type that holds the samples.
        """
        if not len(out):
            return
        self._check(first)
        self._check(first + len(out) - 1)
        if self._native is not None and not self.layout.is_color:
            self._native.fill(first, out)
            return
        for number in range(len(out)):
            out[number] = self.view(first + number)

    @property
    def _fragments(self) -> FragmentIndex | OffsetIndex:
        if self._index is None:
            self._index = index_fragments(self._value, self.layout.number_of_frames, self._extended)
        return self._index

    def _check(self, index: int) -> None:
        if not 0 <= index < self.layout.number_of_frames:
            raise OutOfRangeError(
                "there is no such frame",
                found=f"frame {index + 1} (index {index})",
                expected=f"1 to {self.layout.number_of_frames}",
            )


def pixel_element(dataset: Dataset) -> Any:
    """Find the pixel data element of an image, without decoding or reading it.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The image.

    Returns
    -------
    pydicom.DataElement | pydicom.RawDataElement
        The element as it is stored.

    Raises
    ------
    MissingAttributeError
        If there is none.
    """
    for keyword in PIXEL_KEYWORDS:
        tag = Tag(keyword)
        if tag in dataset:
            return dataset.get_item(tag, keep_deferred=True)
    raise MissingAttributeError(
        "the object has no pixel data",
        attribute="PixelData",
        expected=f"one of {', '.join(PIXEL_KEYWORDS)}",
        clause="PS3.3 C.7.6.3, C.7.6.24",
    )


def _in_memory(element: Any) -> Any:
    """Value of an element, which may be a buffered file object."""
    value = element.value
    if hasattr(value, "read"):
        position = value.tell()
        value.seek(0)
        data = value.read()
        value.seek(position)
        return data
    if not isinstance(value, bytes | bytearray | memoryview):
        raise PixelDataError(
            "the pixel data have no value", attribute="PixelData", found=type(value).__name__
        )
    return value


def _transfer_syntax(dataset: Dataset) -> UID:
    """Transfer syntax of the pixel data; without file meta information that of the reader."""
    meta = getattr(dataset, "file_meta", None)
    if meta is not None and meta.get("TransferSyntaxUID"):
        return UID(meta.TransferSyntaxUID)
    element = pixel_element(dataset)
    little = dataset.original_encoding[1]
    if getattr(element, "is_undefined_length", False):
        raise MissingAttributeError(
            "pixel data are compressed, but there is no transfer syntax",
            attribute="TransferSyntaxUID",
            clause="PS3.10 7.1",
            remedy="Set dataset.file_meta.TransferSyntaxUID.",
        )
    return UID("1.2.840.10008.1.2.2") if little is False else ExplicitVRLittleEndian


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges of positions whose indices follow each other."""
    if not len(indices):
        return []
    breaks = np.flatnonzero(np.diff(np.asarray(indices)) != 1) + 1
    edges = [0, *breaks.tolist(), len(indices)]
    return list(pairwise(edges))
