"""From planes, as they come, to frames in order (PS3.3 C.8.20.2.1)."""

from __future__ import annotations

import warnings
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, IodkitWarning
from iodkit_seg.encoding.bitplanes import label_bits, mask_bits
from iodkit_seg.encoding.frames import EncodedFrames, pixel_type
from iodkit_seg.encoding.masks import share_pixels
from iodkit_seg.encoding.syntaxes import bits_of
from iodkit_seg.enums import SegmentationTypeValues

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from iodkit_seg.encoding.frames import FrameStorage, Payload
    from iodkit_seg.encoding.masks import Masks

__all__ = ["FrameEncoder"]


class FrameEncoder:
    """Makes the frames of planes that come in any order.

    Parameters
    ----------
    kind : SegmentationTypeValues
        Type of the segmentation.
    numbers : Sequence[int]
        Numbers of all segments, without that of the background.
    max_fractional_value : int
        Value that stands for 1.0 (FRACTIONAL).
    storage : FrameStorage
        Where frames are kept.

    Raises
    ------
    InvalidValueError
        If the value that stands for 1.0 does not fit into 8 bits.
    """

    def __init__(
        self,
        kind: SegmentationTypeValues,
        numbers: Sequence[int],
        max_fractional_value: int,
        storage: FrameStorage,
    ) -> None:
        is_fractional = kind is SegmentationTypeValues.FRACTIONAL
        if is_fractional and not 1 <= max_fractional_value <= 255:
            raise InvalidValueError(
                "value is not allowed",
                attribute="max_fractional_value",
                found=max_fractional_value,
                expected="a number from 1 to 255",
                clause="PS3.3 C.8.20.2.3.2",
            )
        self._kind = kind
        self._numbers = np.array(numbers, np.int64)
        self._index_of = {number: index for index, number in enumerate(numbers)}
        self._maximum = max_fractional_value
        self._storage = storage
        self._bits = bits_of(kind, numbers)
        # Sixteen bytes for each frame that is kept.
        self._places, self._segments = array("q"), array("q")
        self.overlaps = False
        """bool: Whether segments of any masks so far share pixels."""

    @property
    def number_of_frames(self) -> int:
        """int: Number of frames so far that are not empty."""
        return len(self._places)

    def add(self, masks: Masks, places: NDArray[np.intp]) -> None:
        """Make and keep the frames of some planes that are not empty.

        Parameters
        ----------
        masks : Masks
            Pixels of all segments, or of some.
        places : numpy.ndarray
            Place of each plane.
        """
        at, indices = places.tolist(), [self._index_of[number] for number in masks.numbers]
        for plane, segment, payload in self._frames_of(masks):
            self._storage.append(payload)
            self._places.append(at[plane])
            self._segments.append(indices[segment])

    def _frames_of(self, masks: Masks) -> Iterator[tuple[int, int, Payload]]:
        if self._kind is SegmentationTypeValues.FRACTIONAL:
            return self._fractional_frames(masks)
        masks.require_binary(self._kind)
        self.overlaps = self.overlaps or masks.overlaps()
        if self._kind is SegmentationTypeValues.BINARY:
            return _binary_frames(masks)
        return _label_frames(masks, pixel_type(self._bits).type)

    def _fractional_frames(self, masks: Masks) -> Iterator[tuple[int, int, Payload]]:
        fractions = _Fractions(masks, self._maximum)
        for plane in masks.filled_planes().tolist():
            frames = enumerate(fractions.of_plane(plane))
            kept = {index: frame for index, frame in frames if frame.max()}
            for index, frame in kept.items():
                yield plane, index, frame
            # What is so small that it is stored as 0 shares no pixel with anything.
            self.overlaps = self.overlaps or share_pixels(kept.values())

    def finish(self, order: NDArray[np.intp], *, omit_empty: bool) -> EncodedFrames:
        """Put the frames in order: by segment, then by plane.

        Parameters
        ----------
        order : numpy.ndarray
            Indices of all places in the order in which frames are stored.
        omit_empty : bool
            Whether frames without any set pixel are left out.

        Returns
        -------
        EncodedFrames
            The frames.

        Warns
        -----
        IodkitWarning
            If all frames are empty: they are kept, since an image needs a frame.
        """
        places = np.array(self._places, np.intp)
        segments = np.array(self._segments, np.intp)
        if omit_empty and not len(places):
            _warn_empty()
            omit_empty = False
        ranks = np.empty(len(order), np.intp)
        ranks[order] = np.arange(len(order))
        if omit_empty:
            kept_as = np.lexsort((ranks[places], segments))
            planes, indices = places[kept_as], segments[kept_as]
        else:
            count = 1 if self._is_labelmap else len(self._numbers)
            table = np.full((count, len(order)), -1, np.intp)
            table[segments, ranks[places]] = np.arange(len(places))
            kept_as = table.reshape(-1)
            planes, indices = np.tile(order, count), np.repeat(np.arange(count), len(order))
        return EncodedFrames(
            planes=planes,
            segments=None if self._is_labelmap else self._numbers[indices],
            bits_allocated=self._bits,
            overlaps=self.overlaps,
            storage=self._storage,
            kept_as=kept_as,
        )

    @property
    def _is_labelmap(self) -> bool:
        return self._kind is SegmentationTypeValues.LABELMAP


def _warn_empty() -> None:
    warnings.warn(
        "No pixel of any segment is set; all frames are kept although empty ones were to be left "
        "out, since an image has at least one frame.",
        IodkitWarning,
        stacklevel=7,
    )


def _binary_frames(masks: Masks) -> Iterator[tuple[int, int, Payload]]:
    bits_of = (
        label_bits(masks.array, masks.numbers) if masks.is_labelmap else mask_bits(masks.array)
    )
    for plane in masks.filled_planes().tolist():
        for frame in bits_of(plane):
            yield plane, frame.segment, frame


def _label_frames(
    masks: Masks, dtype: type[np.unsignedinteger]
) -> Iterator[tuple[int, int, Payload]]:
    filled = set(masks.filled_planes().tolist())
    for index, plane in enumerate(masks.label_planes(dtype)):
        if index in filled:
            yield index, 0, plane


class _Fractions:
    """Turns masks into planes of whole numbers, in memory that all planes share.

    Parameters
    ----------
    masks : Masks
        Fractions, masks or labels.
    maximum : int
        Value that stands for 1.0.
    """

    def __init__(self, masks: Masks, maximum: int) -> None:
        self._masks, self._maximum = masks, np.uint8(maximum)
        shape, kind = masks.array.shape[1:], masks.array.dtype
        if kind.kind == "f":
            self._scaled, self._rounded = np.empty(shape, kind), np.empty(shape, np.uint8)

    def of_plane(self, plane: int) -> Iterator[NDArray[np.uint8]]:
        """Give the frame of each segment, of shape (rows, columns)."""
        masks = self._masks
        if masks.is_labelmap:
            for number in masks.numbers:
                yield (masks.array[plane] == number).view(np.uint8) * self._maximum
            return
        # Segments lie side by side: all at once is several times as fast as one after the other.
        values = self._whole_numbers(masks.array[plane])
        for segment in range(len(masks.numbers)):
            yield np.ascontiguousarray(values[..., segment])

    def _whole_numbers(self, pixels: NDArray[Any]) -> NDArray[np.uint8]:
        if pixels.dtype.kind != "f":
            return (pixels != 0).view(np.uint8) * self._maximum
        np.multiply(pixels, self._maximum, out=self._scaled)
        self._rounded[...] = np.rint(self._scaled, out=self._scaled)
        # With one segment frames would else be the shared memory itself.
        return self._rounded.copy() if pixels.shape[-1] == 1 else self._rounded
