"""Frames of existing segmentations: chosen, put in order and changed without decoding the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from iodkit.frames import FrameTable
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.stored.pixelformat import PixelFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from iodkit_image.pixels.store import FrameStore
    from iodkit_seg.sop import Segmentation

__all__ = ["Made", "StoredFrames", "filled_span"]

Made: TypeAlias = "NDArray[Any] | Callable[[], NDArray[Any]]"
"""New pixels of a frame, or what makes them."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredFrames:
    """Frames for a new segmentation.

    Parameters
    ----------
    parts : tuple[Segmentation, ...]
        Segmentations that the frames are from.
    origins : numpy.ndarray
        Number of each frame among those of all parts, from 0, shape (frames,): its functional
        groups, and its pixels if there are no new ones.
    segments : numpy.ndarray | None
        Number of the segment of each frame; ``None`` in a label map.
    format : PixelFormat
        How the frames are to be stored.
    stores : tuple[FrameStore, ...]
        Frames of the parts as they are stored.
    ends : numpy.ndarray
        Number of frames up to the end of each part, shape (parts,).
    made : Mapping[int, numpy.ndarray | Callable[[], numpy.ndarray]]
        New pixels by position: shape (rows, columns), or packed bits, shape (bytes,); or what
        makes them when they are wanted, where all at once would take too much memory.
    """

    parts: tuple[Segmentation, ...]
    origins: NDArray[np.intp]
    segments: NDArray[np.int64] | None
    format: PixelFormat
    stores: tuple[FrameStore, ...]
    ends: NDArray[np.intp]
    made: Mapping[int, Made] = field(default_factory=dict)

    @classmethod
    def of(cls, *parts: Segmentation) -> StoredFrames:
        """Take all frames of segmentations of one type and size, as they are."""
        ends = np.cumsum([part.number_of_frames for part in parts])
        chosen = PixelFormat.of(parts[0])
        segments = None
        if chosen.kind is not SegmentationTypeValues.LABELMAP:
            segments = np.concatenate([part.frame_table.segment_numbers for part in parts])
        stores = tuple(part.frame_store for part in parts)
        return cls(parts, np.arange(ends[-1]), segments, chosen, stores, ends)

    def __len__(self) -> int:
        return len(self.origins)

    @property
    def table(self) -> FrameTable:
        """FrameTable: The frames of all parts, in their order."""
        if len(self.parts) == 1:
            return self.parts[0].frame_table
        return FrameTable.from_instances(self.parts)

    def take(self, positions: ArrayLike) -> StoredFrames:
        """Choose frames.

        Parameters
        ----------
        positions : array_like of int
            Their positions, in the new order.

        Returns
        -------
        StoredFrames
            The frames.
        """
        chosen = np.asarray(positions, np.intp)
        made = {new: self.made[old] for new, old in enumerate(chosen.tolist()) if old in self.made}
        segments = None if self.segments is None else self.segments[chosen]
        return replace(self, origins=self.origins[chosen], segments=segments, made=made)

    def with_segments(self, segments: NDArray[np.int64] | None) -> StoredFrames:
        """Give the frames other segments."""
        return replace(self, segments=segments)

    def with_pixels(
        self, made: Mapping[int, Made], chosen: PixelFormat | None = None
    ) -> StoredFrames:
        """Give some frames new pixels, and all of them another format, if there is one."""
        return replace(self, made={**self.made, **made}, format=chosen or self.format)

    def pixels(self, position: int) -> NDArray[Any]:
        """Decode a frame: shape (rows, columns), read-only perhaps."""
        made = self._made(position)
        if made is None:
            store, frame = self._locate(position)
            return store.view(frame)
        if made.ndim == 2:
            return made
        shape = self.format.rows, self.format.columns
        return np.unpackbits(made, bitorder="little", count=shape[0] * shape[1]).reshape(shape)

    def _made(self, position: int) -> NDArray[Any] | None:
        made = self.made.get(position)
        return made() if callable(made) else made

    def bits(self, position: int) -> NDArray[np.uint8]:
        """Give the packed bits of a frame of single bits; native ones are not unpacked."""
        made = self._made(position)
        if made is None:
            store, frame = self._locate(position)
            if store.is_native and store.layout.bits_allocated == 1:
                return store.packed_bits(frame, 1)[0]
            made = store.view(frame)
        if made.ndim == 1:
            return made
        return np.packbits(made.reshape(-1) != 0, bitorder="little")

    def filled_rows(self, position: int) -> tuple[int, NDArray[Any]]:
        """Decode the rows of a frame that may have anything but zeros.

        Parameters
        ----------
        position : int
            Position of the frame.

        Returns
        -------
        first : int
            First of the rows, from 0.
        pixels : numpy.ndarray
            Shape (rows, columns); no row of an empty frame of single bits.
        """
        if self.format.bits > 1:
            return 0, self.pixels(position)
        bits, columns = self.bits(position), self.format.columns
        start, stop = filled_span(bits)
        if start == stop:
            return 0, np.zeros((0, columns), np.uint8)
        top = 8 * start // columns
        bottom = min(-(-8 * stop // columns), self.format.rows)
        begin = top * columns // 8
        pixels = np.unpackbits(bits[begin : -(-bottom * columns // 8)], bitorder="little")
        pixels = pixels[top * columns - 8 * begin :][: (bottom - top) * columns]
        return top, pixels.reshape(bottom - top, columns)

    def encoded(self) -> Iterator[Any]:
        """Give the frames encoded, as they are stored wherever they are in the format already."""
        for start, stop in self._runs():
            store, frame = self._locate(start)
            if start in self.made or not self._is_stored_so(store):
                for at in range(start, stop):
                    made = self._made(at)
                    yield self.format.encode(self.pixels(at) if made is None else made)
            elif not store.is_native:
                yield from (store.raw(frame + step) for step in range(stop - start))
            elif self.format.bits == 1:
                yield from store.packed_bits(frame, stop - start)
            else:
                for step in range(stop - start):
                    yield self.format.encode(store.view(frame + step))

    def _is_stored_so(self, store: FrameStore) -> bool:
        layout, chosen = store.layout, self.format
        same_syntax = store.syntax == chosen.syntax or (store.is_native and chosen.is_native)
        return same_syntax and layout.bits_allocated == chosen.bits

    def _locate(self, position: int) -> tuple[FrameStore, int]:
        frame = int(self.origins[position])
        part = int(np.searchsorted(self.ends, frame, side="right"))
        return self.stores[part], frame - int(self.ends[part - 1] if part else 0)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Ranges of frames that are new, or that follow each other in one part."""
        n = len(self)
        if not n:
            return
        owner = np.searchsorted(self.ends, self.origins, side="right")
        new = np.zeros(n, bool)
        new[list(self.made)] = True
        follows = (np.diff(self.origins) == 1) & (np.diff(owner) == 0) & ~new[1:] & ~new[:-1]
        follows |= new[1:] & new[:-1]
        edges: Sequence[int] = [0, *(np.flatnonzero(~follows) + 1).tolist(), n]
        yield from pairwise(edges)


def filled_span(packed: NDArray[np.uint8]) -> tuple[int, int]:
    """Find the first byte that is not zero, and the one after the last; equal if all are zero."""
    raw = packed.tobytes()
    stop = len(raw.rstrip(b"\0"))
    return (len(raw) - len(raw.lstrip(b"\0")) if stop else 0), stop
