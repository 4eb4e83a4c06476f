"""Pixels of segments: frames brought together into one array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.reading.label_pixels import assemble_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from iodkit_image.pixels.store import FrameStore
    from iodkit_image.placement import Placement
    from iodkit_seg.reading.requests import SegmentRequest

# Bytes of bit planes that are read at once.
_BATCH_BYTES = 1 << 23

__all__ = ["SegmentFrames", "assemble"]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentFrames:
    """Frames that an output is made of, and where each of them goes.

    Parameters
    ----------
    placement : Placement
        Parts of frames, and their places in the output.
    segments : numpy.ndarray | None
        Number of the segment of each of them; ``None`` in a label map.
    """

    placement: Placement
    segments: NDArray[np.int64] | None

    def are_whole(self, store: FrameStore) -> bool:
        """Tell whether all of each frame is wanted, and fills a plane of the output."""
        _, rows, columns = self.placement.shape
        # A region inside of one tile, or a matrix smaller than its tile, is filled by a part.
        return (store.layout.rows, store.layout.columns) == (rows, columns) and bool(
            (self.placement.sources == (0, rows, 0, columns)).all()
        )


def assemble(
    store: FrameStore,
    kind: SegmentationTypeValues,
    frames: SegmentFrames,
    request: SegmentRequest,
    dtype: np.dtype[Any],
) -> NDArray[Any]:
    """Bring frames together.

    Parameters
    ----------
    store : FrameStore
        Frames of the segmentation.
    kind : SegmentationTypeValues
        Type of the segmentation.
    frames : SegmentFrames
        Frames, and where they go.
    request : SegmentRequest
        What is wanted of the segments.
    dtype : numpy.dtype
        Type of the output.

    Returns
    -------
    numpy.ndarray
        Shape (planes, rows, columns) if combined, else (planes, rows, columns, segments).

    Raises
    ------
    OverlappingSegmentsError
        If segments overlap in a combined output.
    """
    if kind is SegmentationTypeValues.LABELMAP:
        return assemble_labels(store, frames.placement, request, dtype)
    if request.combine:
        return _combine(store, kind, frames, request, dtype)
    out = np.zeros((len(request.numbers), *frames.placement.shape), dtype)
    for part, source in _sources(store, kind, frames, request):
        _paste(source, out[(part.channel, *part.target)])
    return np.moveaxis(out, 0, -1)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a frame of a segment that is wanted, and where it goes."""

    channel: int
    frame: int
    plane: int
    source: tuple[int, int, int, int]
    corner: tuple[int, int]

    @property
    def target(self) -> tuple[int, slice, slice]:
        top, bottom, left, right = self.source
        row, column = self.corner
        return self.plane, slice(row, row + bottom - top), slice(column, column + right - left)


def _parts(frames: SegmentFrames, request: SegmentRequest) -> list[_Part]:
    """Parts of frames of segments that are wanted, once for each time that they are."""
    channels: dict[int, list[int]] = {}
    for index, number in enumerate(request.numbers):
        channels.setdefault(number, []).append(index)
    placement, numbers = frames.placement, frames.segments
    assert numbers is not None  # of label maps only
    rows = zip(
        numbers.tolist(),
        placement.frames.tolist(),
        placement.slots.tolist(),
        placement.sources.tolist(),
        placement.targets.tolist(),
        strict=True,
    )
    return [
        _Part(channel, frame, plane, tuple(source), tuple(corner))
        for number, frame, plane, source, corner in rows
        for channel in channels.get(number, ())
    ]


@dataclass(frozen=True, slots=True)
class _Span:
    """Bytes of packed bits from the first to the last that is not zero."""

    start: int
    packed: NDArray[np.uint8]

    def unpack(self) -> NDArray[np.uint8]:
        """Give each pixel as 0 or 1."""
        return np.unpackbits(self.packed, bitorder="little")


def _sources(
    store: FrameStore,
    kind: SegmentationTypeValues,
    frames: SegmentFrames,
    request: SegmentRequest,
) -> Iterator[tuple[_Part, _Span | NDArray[Any]]]:
    """Read frames: as spans of bits if all of each is wanted, otherwise the part that is."""
    parts = _parts(frames, request)
    if frames.are_whole(store) and store.is_native and kind is SegmentationTypeValues.BINARY:
        yield from zip(parts, _bit_spans(store, [part.frame for part in parts]), strict=True)
        return
    rescale = kind is SegmentationTypeValues.FRACTIONAL and request.rescale_fractional
    for part in parts:
        top, bottom, left, right = part.source
        pixels = store.view(part.frame, slice(top, bottom))[:, left:right]
        yield part, pixels / np.float32(request.max_fractional_value or 1) if rescale else pixels


def _bit_spans(store: FrameStore, frames: Sequence[int]) -> Iterator[_Span]:
    """Read bit planes in batches, without the zeros at both ends that most of them have."""
    size = -(-store.layout.rows * store.layout.columns // 8)
    batch = max(1, _BATCH_BYTES // size)
    breaks = np.flatnonzero(np.diff(np.asarray(frames)) != 1) + 1
    for run in np.split(np.asarray(frames, np.intp), breaks):
        for begin in range(0, len(run), batch):
            part = run[begin : begin + batch]
            packed = store.packed_bits(int(part[0]), len(part))
            words = packed.view(np.uint64) if size % 8 == 0 else packed
            width = size // words.shape[1]
            is_set = words != 0
            starts = is_set.argmax(axis=1) * width
            stops = size - is_set[:, ::-1].argmax(axis=1) * width
            for row, start, stop in zip(packed, starts.tolist(), stops.tolist(), strict=True):
                yield _Span(start, row[start:stop])


def _paste(source: _Span | NDArray[Any], target: NDArray[Any]) -> None:
    """Add a frame to what frames before it left: a second frame of a segment adds its pixels."""
    if isinstance(source, _Span):
        flat = target.reshape(-1)[source.start * 8 :]
        bits = source.unpack()[: len(flat)]
        np.maximum(flat[: len(bits)], bits, out=flat[: len(bits)], casting="unsafe")
    else:
        np.maximum(target, source, out=target, casting="unsafe")


def _combine(
    store: FrameStore,
    kind: SegmentationTypeValues,
    frames: SegmentFrames,
    request: SegmentRequest,
    dtype: np.dtype[Any],
) -> NDArray[Any]:
    """Make a label map of segments."""
    out = np.zeros(frames.placement.shape, dtype)
    labels = [dtype.type(label) for label in request.labels]
    stored = replace(request, combine=False, rescale_fractional=False)
    # Whether a pixel is taken already is asked of packed bits, eight pixels at a time.
    is_whole = frames.are_whole(store)
    occupied = np.zeros((len(out), (out[0].size + 7) // 8), np.uint8) if is_whole else None
    for part, source in _sources(store, kind, frames, stored):
        label = labels[part.channel]
        target = out[part.target]
        if isinstance(source, _Span) and occupied is not None:
            first, mask = source.start, source.unpack()
            flat = target.reshape(-1)[first * 8 : first * 8 + len(mask)]
            taken = occupied[part.plane, first : first + len(source.packed)]
            meets = bool((taken & source.packed).any())
            taken |= source.packed
            mask = mask[: len(flat)]
        else:
            flat, mask = target, _as_mask(source, request)
            meets = bool(np.logical_and(flat, mask).any())
        if not meets:
            np.add(flat, mask * label, out=flat, casting="unsafe")
            continue
        if not request.skip_overlap_checks:
            _require_same(flat, mask, label, part, request)
        np.maximum(flat, mask * label, out=flat, casting="unsafe")
    return out


def _require_same(
    target: NDArray[Any], mask: NDArray[Any], label: Any, part: _Part, request: SegmentRequest
) -> None:
    """Raise if pixels belong to another segment already; a segment may meet itself."""
    there = target[mask != 0]
    if ((there != 0) & (there != label)).any():
        raise OverlappingSegmentsError.found_in(part.plane, request.numbers[part.channel])


def _as_mask(pixels: Any, request: SegmentRequest) -> NDArray[np.uint8]:
    """Turn stored values into zeros and ones; fractions have no place in a label map."""
    mask = pixels != 0
    maximum = request.max_fractional_value
    if maximum is not None and not np.isin(pixels, (0, maximum)).all():
        raise InvalidValueError(
            "segments with fractions cannot be combined into a label map",
            attribute="combine_segments",
            found=int(pixels[~np.isin(pixels, (0, maximum))][0]),
            expected=f"stored values of 0 and {maximum} only",
            clause="PS3.3 C.8.20.2.3.2",
            remedy="Get the segments one by one, and choose a threshold.",
        )
    return np.asarray(mask.view(np.uint8))
