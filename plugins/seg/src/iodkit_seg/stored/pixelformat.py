"""How the pixels of a segmentation are stored: one frame to bytes, frames to Pixel Data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import UID, ExplicitVRLittleEndian

from iodkit.errors import InvalidValueError
from iodkit.standard.syntaxes import is_compressed
from iodkit_image.pixels.encoding import encode_frame
from iodkit_seg.encoding.bitplanes import BitFrame, join_bit_frames
from iodkit_seg.encoding.encapsulation import native_vr, write_fragments
from iodkit_seg.encoding.frames import pixel_type
from iodkit_seg.encoding.syntaxes import SYNTAXES, require_syntax

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.enums import SegmentationTypeValues
    from iodkit_seg.reading.queries import SegmentQueries

__all__ = ["PixelFormat"]

_PIXEL_DATA = 0x7FE00010
_OFFSETS = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How frames are stored.

    Parameters
    ----------
    kind : SegmentationTypeValues
        Type of the segmentation.
    rows, columns : int
        Size of a frame.
    bits : int
        Bits allocated: 1, 8 or 16.
    syntax : pydicom.uid.UID
        Transfer syntax.
    extended_offsets : bool
        Whether compressed frames have an extended offset table (PS3.3 C.7.6.3.1.8).
    """

    kind: SegmentationTypeValues
    rows: int
    columns: int
    bits: int
    syntax: UID
    extended_offsets: bool = False

    @classmethod
    def of(cls, segmentation: SegmentQueries) -> PixelFormat:
        """Read the format of a segmentation; successors of those with loss are native."""
        syntax = segmentation.transfer_syntax_uid
        return cls(
            segmentation.segmentation_type,
            int(segmentation.Rows),
            int(segmentation.Columns),
            int(segmentation.BitsAllocated),
            syntax if syntax in SYNTAXES else ExplicitVRLittleEndian,
            "ExtendedOffsetTable" in segmentation,
        )

    @property
    def is_native(self) -> bool:
        """bool: Whether frames are not compressed."""
        return not is_compressed(self.syntax)

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy.dtype: Type of the pixels of a decoded frame."""
        return pixel_type(self.bits)

    def holding(self, highest: int) -> PixelFormat:
        """Widen the format of a label map, if a label needs it.

        Parameters
        ----------
        highest : int
            Highest label.

        Returns
        -------
        PixelFormat
            Format with 16 bits for labels above 255.

        Raises
        ------
        InvalidValueError
            If no label map holds the label.
        """
        if highest > 65535:
            raise InvalidValueError(
                "value is not allowed",
                attribute="SegmentNumber",
                found=highest,
                expected="a number from 1 to 65535",
                clause="PS3.3 C.8.20.4",
            )
        return replace(self, bits=16) if highest > 255 and self.bits == 8 else self

    def describe(self, dataset: Dataset) -> None:
        """Write the attributes of such pixels (PS3.3 C.7.6.3, C.8.20.2.1).

        Parameters
        ----------
        dataset : pydicom.Dataset
            The new object.
        """
        require_syntax(self.syntax, self.bits)
        dataset.file_meta.TransferSyntaxUID = UID(self.syntax)
        dataset.Rows, dataset.Columns = self.rows, self.columns
        dataset.BitsAllocated = dataset.BitsStored = self.bits
        dataset.HighBit = self.bits - 1

    def encode(self, pixels: NDArray[Any]) -> Any:
        """Encode a frame.

        Parameters
        ----------
        pixels : numpy.ndarray
            Shape (rows, columns), or packed bits, shape (bytes,).

        Returns
        -------
        bytes | numpy.ndarray
            The frame from a byte border on.
        """
        if pixels.ndim == 1 and self.is_native:
            return pixels
        if pixels.ndim == 1:
            count = self.rows * self.columns
            pixels = np.unpackbits(pixels, bitorder="little", count=count)
            pixels = pixels.reshape(self.rows, self.columns)
        if self.is_native and self.bits > 1:
            return np.ascontiguousarray(pixels, self.dtype.newbyteorder("<"))
        frame = pixels.astype(self.dtype, copy=False)
        return encode_frame(frame, self.syntax, self.bits, self.bits, "MONOCHROME2")

    def write(self, dataset: Dataset, frames: Iterable[Any]) -> None:
        """Write encoded frames as Pixel Data.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The new object.
        frames : iterable of buffers
            Encoded frames, each from a byte border on.
        """
        for keyword in _OFFSETS:
            if keyword in dataset:
                delattr(dataset, keyword)
        if self.is_native:
            dataset.add_new(_PIXEL_DATA, native_vr(self.bits), self._joined(frames))
            return
        write_fragments(
            dataset, list(map(bytes, frames)), use_extended_offset_table=self.extended_offsets
        )

    def _joined(self, frames: Iterable[Any]) -> bytes:
        if self.bits == 1:
            packed = [BitFrame(0, 0, 0, np.frombuffer(frame, np.uint8)) for frame in frames]
            return join_bit_frames(packed, self.rows * self.columns)
        # Frames that are made one by one are never there all at once.
        joined = BytesIO()
        for frame in frames:
            joined.write(frame)
        if joined.tell() % 2:
            joined.write(b"\0")
        return joined.getvalue()
