"""Pixels of segments: frames brought together into one array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.masks import OverlappingSegmentsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    from iodkit_image.pixels.store import FrameStore

# Bytes of bit planes that are read at once.
_BATCH_BYTES = 1 << 23

__all__ = ["FrameSelection", "SegmentRequest", "assemble", "selected_numbers"]


@dataclass(frozen=True, slots=True)
class SegmentRequest:
    """What the caller wants to see of the segments.

    Parameters
    ----------
    numbers : tuple[int, ...]
        Numbers of the segments, in the order of the output.
    combine : bool
        Whether the output is one label map, or one mask for each segment.
    relabel : bool
        Whether labels count from 1 in the order of `numbers`; else they are the numbers.
    skip_overlap_checks : bool
        Whether segments may overlap in a label map; the highest label wins then.
    max_fractional_value : int | None
        Value that stands for 1.0, of a FRACTIONAL segmentation.
    rescale_fractional : bool
        Whether fractions are given between 0.0 and 1.0.
    """

    numbers: tuple[int, ...]
    combine: bool = False
    relabel: bool = False
    skip_overlap_checks: bool = False
    max_fractional_value: int | None = None
    rescale_fractional: bool = True

    @property
    def labels(self) -> tuple[int, ...]:
        """tuple[int, ...]: Label of each segment in a combined output."""
        return tuple(range(1, len(self.numbers) + 1)) if self.relabel else self.numbers

    @property
    def highest_value(self) -> int:
        """int: Highest value that the output can have."""
        if self.combine:
            return max(self.labels)
        if self.max_fractional_value is not None and not self.rescale_fractional:
            return self.max_fractional_value
        return 1

    def output_dtype(self, dtype: DTypeLike | None) -> np.dtype[Any]:
        """Choose and check the type of the output.

        Parameters
        ----------
        dtype : numpy.dtype | None
            What the caller asks for; by default the smallest type that holds the output.

        Returns
        -------
        numpy.dtype
            The type.

        Raises
        ------
        InvalidValueError
            If the type cannot hold the highest value.
        """
        fractions = self.max_fractional_value is not None and not self.combine
        if dtype is None:
            if fractions and self.rescale_fractional:
                return np.dtype(np.float32)
            return np.min_scalar_type(self.highest_value)
        chosen = np.dtype(dtype)
        if fractions and self.rescale_fractional:
            if chosen.kind != "f":
                raise _wrong_type(chosen, "a floating-point type: the output has fractions")
            return chosen
        if chosen.kind not in "buif":
            raise _wrong_type(chosen, "a boolean, integer or floating-point type")
        limit = 1 if chosen.kind == "b" else _limit(chosen)
        if self.highest_value > limit:
            raise _wrong_type(chosen, f"a type that holds {self.highest_value}")
        return chosen


def _limit(dtype: np.dtype[Any]) -> int:
    return int(np.iinfo(dtype).max) if dtype.kind in "ui" else int(np.finfo(dtype).max)


def _wrong_type(found: np.dtype[Any], expected: str) -> InvalidValueError:
    return InvalidValueError(
        "the type cannot hold the output", attribute="dtype", found=str(found), expected=expected
    )


@dataclass(frozen=True, slots=True, eq=False)
class FrameSelection:
    """Frames that an output is made of, and where each of them goes.

    Parameters
    ----------
    frames : numpy.ndarray
        Indices of the frames, shape (n,).
    planes : numpy.ndarray
        Index of the output plane for each of them, shape (n,).
    segments : numpy.ndarray | None
        Number of the segment of each of them, shape (n,); ``None`` in a label map.
    number_of_planes : int
        Number of planes of the output.
    rows, columns : slice
        Part of each frame that is wanted.
    """

    frames: NDArray[np.intp]
    planes: NDArray[np.intp]
    segments: NDArray[np.int64] | None
    number_of_planes: int
    rows: slice
    columns: slice


def assemble(
    store: FrameStore,
    kind: SegmentationTypeValues,
    selection: FrameSelection,
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
    selection : FrameSelection
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
    rows = len(range(*selection.rows.indices(store.layout.rows)))
    columns = len(range(*selection.columns.indices(store.layout.columns)))
    shape = (selection.number_of_planes, rows, columns)
    if kind is SegmentationTypeValues.LABELMAP:
        return _from_label_frames(store, selection, request, np.zeros(shape, dtype), dtype)
    if request.combine:
        return _combine(store, kind, selection, request, np.zeros(shape, dtype))
    out = np.zeros((len(request.numbers), *shape), dtype)
    wanted = list(_segment_frames(selection, request))
    sources = _read(store, kind, [frame for _, _, frame in wanted], request, selection)
    for (index, plane, _), source in zip(wanted, sources, strict=True):
        _paste(source, out[index, plane])
    return np.moveaxis(out, 0, -1)


def _segment_frames(
    selection: FrameSelection, request: SegmentRequest
) -> Iterator[tuple[int, int, int]]:
    """Output channel, output plane and frame, for the frames of segments that are wanted."""
    if selection.segments is None:
        return
    channels: dict[int, list[int]] = {}
    for index, number in enumerate(request.numbers):
        channels.setdefault(number, []).append(index)
    rows = zip(
        selection.segments.tolist(),
        selection.planes.tolist(),
        selection.frames.tolist(),
        strict=True,
    )
    for number, plane, frame in rows:
        for index in channels.get(number, ()):
            yield index, plane, frame


@dataclass(frozen=True, slots=True)
class _Span:
    """Bytes of packed bits from the first to the last that is not zero."""

    start: int
    packed: NDArray[np.uint8]

    def unpack(self) -> NDArray[np.uint8]:
        """Give each pixel as 0 or 1."""
        return np.unpackbits(self.packed, bitorder="little")


def _read(
    store: FrameStore,
    kind: SegmentationTypeValues,
    frames: Sequence[int],
    request: SegmentRequest,
    selection: FrameSelection,
) -> Iterator[_Span | NDArray[Any]]:
    """Read frames: as spans of bits if all of them is wanted, otherwise the part that is."""
    whole = selection.rows == slice(None) and selection.columns == slice(None)
    if whole and store.is_native and kind is SegmentationTypeValues.BINARY:
        yield from _bit_spans(store, frames)
        return
    rescale = kind is SegmentationTypeValues.FRACTIONAL and request.rescale_fractional
    for frame in frames:
        pixels = store.view(frame)[selection.rows, selection.columns]
        yield pixels / np.float32(request.max_fractional_value or 1) if rescale else pixels


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
    if isinstance(source, _Span):
        flat = target.reshape(-1)[source.start * 8 :]
        bits = source.unpack()[: len(flat)]
        flat[: len(bits)] = bits
    else:
        target[...] = source


def _combine(
    store: FrameStore,
    kind: SegmentationTypeValues,
    selection: FrameSelection,
    request: SegmentRequest,
    out: NDArray[Any],
) -> NDArray[Any]:
    labels = [out.dtype.type(label) for label in request.labels]
    stored = replace(request, combine=False, rescale_fractional=False)
    # Whether a pixel is taken already is asked of packed bits, eight pixels at a time.
    occupied = np.zeros((len(out), (out[0].size + 7) // 8), np.uint8)
    wanted = list(_segment_frames(selection, stored))
    sources = _read(store, kind, [frame for _, _, frame in wanted], stored, selection)
    for (index, plane, _), source in zip(wanted, sources, strict=True):
        if isinstance(source, _Span):
            span, first = source, source.start
            mask = span.unpack()
        else:
            mask = _as_mask(source, request).reshape(-1)
            span, first = _Span(0, np.packbits(mask, bitorder="little")), 0
        taken = occupied[plane, first : first + len(span.packed)]
        overlaps = bool((taken & span.packed).any())
        if overlaps and not request.skip_overlap_checks:
            raise _overlap(plane, request.numbers[index])
        taken |= span.packed
        target = out[plane].reshape(-1)[first * 8 : first * 8 + len(mask)]
        mask = mask[: len(target)]
        if overlaps:
            np.maximum(target, mask * labels[index], out=target)
        else:
            target += mask * labels[index]
    return out


def _as_mask(pixels: NDArray[Any], request: SegmentRequest) -> NDArray[np.uint8]:
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
    return mask.view(np.uint8)


def _overlap(plane: int, number: int) -> OverlappingSegmentsError:
    return OverlappingSegmentsError(
        f"segment {number} overlaps another one in plane {plane} of the output",
        attribute="combine_segments",
        expected="no pixel in more than one segment",
        remedy="Get the segments without combining them, or pass skip_overlap_checks=True: "
        "then the highest label wins.",
    )


def _from_label_frames(
    store: FrameStore,
    selection: FrameSelection,
    request: SegmentRequest,
    labels: NDArray[Any],
    dtype: np.dtype[Any],
) -> NDArray[Any]:
    """Read the frames of a label map, and keep the labels that are wanted."""
    stored = np.zeros(labels.shape, store.layout.dtype)
    seen = np.zeros(len(stored), bool)
    for plane, frame in zip(selection.planes.tolist(), selection.frames.tolist(), strict=True):
        pixels = store.read(frame)[selection.rows, selection.columns]
        if seen[plane]:
            _merge_label_frames(stored[plane], pixels, plane, request)
        else:
            stored[plane] = pixels
            seen[plane] = True
    if request.combine:
        table = np.zeros(int(stored.max(initial=0)) + 1, dtype)
        for number, label in zip(request.numbers, request.labels, strict=True):
            if number < len(table):
                table[number] = label
        if stored.dtype == dtype and np.array_equal(table, np.arange(len(table))):
            return stored
        return table[stored]
    out = np.empty((len(request.numbers), *labels.shape), dtype)
    for mask, number in zip(out, request.numbers, strict=True):
        np.equal(stored, number, out=mask, casting="unsafe")
    return np.moveaxis(out, 0, -1)


def _merge_label_frames(
    target: NDArray[Any], pixels: NDArray[Any], plane: int, request: SegmentRequest
) -> None:
    """Two frames of a label map at one place: their labels may not overlap."""
    both = (target != 0) & (pixels != 0) & (target != pixels)
    if both.any() and not request.skip_overlap_checks:
        raise _overlap(plane, int(pixels[both][0]))
    np.maximum(target, pixels, out=target)


def selected_numbers(wanted: Sequence[int] | None, known: Sequence[int]) -> tuple[int, ...]:
    """Check numbers of segments that a caller asks for.

    Parameters
    ----------
    wanted : Sequence[int] | None
        Numbers, or ``None`` for all.
    known : Sequence[int]
        Numbers of the segments that are described.

    Returns
    -------
    tuple[int, ...]
        The numbers.

    Raises
    ------
    InvalidValueError
        If there is none, or one that is not described.
    """
    if wanted is None:
        return tuple(known)
    numbers = tuple(int(number) for number in wanted)
    unknown = sorted(set(numbers) - set(known))
    if unknown or not numbers:
        raise InvalidValueError(
            "no such segments" if unknown else "no segment is asked for",
            attribute="segment_numbers",
            found=unknown or numbers,
            expected=f"some of {list(known)}",
        )
    return numbers
