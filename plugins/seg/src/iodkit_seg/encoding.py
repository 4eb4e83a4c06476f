"""Frames of a segmentation: which there are, and the bytes of their pixels (PS3.3 C.8.20.2.1)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, IodkitWarning
from iodkit_seg.bitplanes import BitFrame, join_bit_frames, label_bits, mask_bits, unpack_bits
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.syntaxes import bits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from iodkit_seg.masks import Masks

__all__ = ["EncodedFrames", "encode_frames"]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedFrames:
    """Frames in the order in which they are stored.

    Parameters
    ----------
    planes : numpy.ndarray
        Index of the plane of each frame, shape (frames,).
    segments : numpy.ndarray | None
        Number of the segment of each frame, shape (frames,); ``None`` in a label map.
    pixels : bytes | list[numpy.ndarray]
        Native pixel data of all frames, or arrays of frames that are still to be compressed.
    bits_allocated : int
        1, 8 or 16.
    """

    planes: NDArray[np.intp]
    segments: NDArray[np.int64] | None
    pixels: bytes | list[NDArray[Any]]
    bits_allocated: int

    def native_pixel_data(self) -> bytes:
        """Join the frames into the value of Pixel Data, padded to an even length."""
        if isinstance(self.pixels, bytes):
            return self.pixels
        pieces: list[Any] = [np.ascontiguousarray(frame).data for frame in self.pixels]
        if sum(frame.nbytes for frame in self.pixels) % 2:
            pieces.append(b"\0")
        return b"".join(pieces)

    def arrays(self, rows: int, columns: int) -> Iterator[NDArray[Any]]:
        """Give the frames one by one, each of shape (rows, columns), single bits as 0 and 1."""
        if not isinstance(self.pixels, bytes):
            yield from self.pixels
            return
        packed = np.frombuffer(self.pixels, np.uint8)
        for frame in range(len(self.planes)):
            yield unpack_bits(packed, frame, rows * columns).reshape(rows, columns)


def encode_frames(
    masks: Masks,
    kind: SegmentationTypeValues,
    order: NDArray[np.intp],
    *,
    omit_empty: bool,
    max_fractional_value: int,
) -> EncodedFrames:
    """Make the frames of a segmentation.

    Parameters
    ----------
    masks : Masks
        Pixels of all segments.
    kind : SegmentationTypeValues
        Type of the segmentation.
    order : numpy.ndarray
        Indices of the planes in the order in which they are stored.
    omit_empty : bool
        Whether frames without any set pixel are left out.
    max_fractional_value : int
        Value that stands for 1.0 (FRACTIONAL).

    Returns
    -------
    EncodedFrames
        Frames, ordered by segment, then by plane.

    Warns
    -----
    IodkitWarning
        If all frames are empty: they are kept, since an image needs a frame.
    """
    if kind is SegmentationTypeValues.BINARY:
        masks.require_binary(kind)
        return _encode_binary(masks, order, omit_empty)
    if kind is SegmentationTypeValues.LABELMAP:
        masks.require_binary(kind)
        return _encode_labelmap(masks, order, omit_empty)
    return _encode_fractional(masks, order, omit_empty=omit_empty, maximum=max_fractional_value)


def _warn_empty() -> None:
    warnings.warn(
        "No pixel of any segment is set; all frames are kept although empty ones were to be left "
        "out, since an image has at least one frame.",
        IodkitWarning,
        stacklevel=6,
    )


def _encode_binary(masks: Masks, order: NDArray[np.intp], omit_empty: bool) -> EncodedFrames:
    bits_of = (
        label_bits(masks.array, masks.numbers) if masks.is_labelmap else mask_bits(masks.array)
    )
    found: list[list[BitFrame]] = [[] for _ in masks.numbers]
    for plane in order.tolist():
        for frame in bits_of(plane):
            found[frame.segment].append(frame)
    if omit_empty and not any(found):
        _warn_empty()
        omit_empty = False
    frames: list[BitFrame | None]
    if omit_empty:
        stored = [frame for segment in found for frame in segment]
        frames = list(stored)
        planes = np.array([frame.plane for frame in stored], np.intp)
        counts = [len(segment) for segment in found]
    else:
        by_plane = [{frame.plane: frame for frame in segment} for segment in found]
        frames = [segment.get(plane) for segment in by_plane for plane in order.tolist()]
        planes = np.tile(order, len(found))
        counts = [len(order)] * len(found)
    _, rows, columns = masks.shape
    return EncodedFrames(
        planes=planes,
        segments=np.repeat(np.array(masks.numbers, np.int64), counts),
        pixels=join_bit_frames(frames, rows * columns),
        bits_allocated=1,
    )


def _encode_labelmap(masks: Masks, order: NDArray[np.intp], omit_empty: bool) -> EncodedFrames:
    bits = bits_of(SegmentationTypeValues.LABELMAP, masks.numbers)
    dtype: type[np.unsignedinteger] = np.uint8 if bits == 8 else np.uint16
    planes = list(masks.label_planes(dtype))
    kept = [p for p in order.tolist() if not omit_empty or planes[p].any()]
    if not kept:
        _warn_empty()
        kept = order.tolist()
    return EncodedFrames(
        planes=np.array(kept, np.intp),
        segments=None,
        pixels=[planes[p] for p in kept],
        bits_allocated=bits,
    )


def _encode_fractional(
    masks: Masks, order: NDArray[np.intp], *, omit_empty: bool, maximum: int
) -> EncodedFrames:
    if not 1 <= maximum <= 255:
        raise InvalidValueError(
            "value is not allowed",
            attribute="max_fractional_value",
            found=maximum,
            expected="a number from 1 to 255",
            clause="PS3.3 C.8.20.2.3.2",
        )
    planes: list[int] = []
    numbers: list[int] = []
    pixels: list[NDArray[Any]] = []
    for index, number in enumerate(masks.numbers):
        for plane in order.tolist():
            frame = _fractions(masks, plane, index, number, maximum)
            if not omit_empty or frame.any():
                planes.append(plane)
                numbers.append(number)
                pixels.append(frame)
    if not pixels:
        _warn_empty()
        return _encode_fractional(masks, order, omit_empty=False, maximum=maximum)
    return EncodedFrames(np.array(planes, np.intp), np.array(numbers, np.int64), pixels, 8)


def _fractions(
    masks: Masks, plane: int, index: int, number: int, maximum: int
) -> NDArray[np.uint8]:
    if masks.is_labelmap:
        return (masks.array[plane] == number).view(np.uint8) * np.uint8(maximum)
    mask = masks.array[plane][..., index]
    if mask.dtype.kind == "f":
        return np.around(mask * maximum).astype(np.uint8)
    return (mask != 0).view(np.uint8) * np.uint8(maximum)
