"""From frames in order to files: one, or the parts of a concatenation (PS3.3 C.7.6.16.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.context import current
from iodkit.dataset.checking import check_if_wanted
from iodkit.errors import InvalidValueError
from iodkit.frames import ConcatenationParts
from iodkit.io import BulkValue, encode_file, flatten_pieces, write_files_atomically
from iodkit_image.pixels.encapsulation import Encapsulation
from iodkit_seg.encoding.encapsulation import native_vr
from iodkit_seg.encoding.frames import pixel_type
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from iodkit.io.pieces import Piece
    from iodkit_seg.creation.plan import SegmentationPlan
    from iodkit_seg.encoding.frames import EncodedFrames
    from iodkit_seg.streaming.storage import SpooledFrames

__all__ = ["FileLimits", "SegmentationOutput"]

_PIXEL_DATA = 0x7FE00010
_LONGEST_VALUE = 2**32 - 2
# Of an encapsulated frame: header of its item, and its places in both extended offset tables.
_FRAME_OVERHEAD = 24
# Room for the attributes that tell the parts of a concatenation apart.
_CONCATENATION_BYTES = 512


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much goes into one file.

    Parameters
    ----------
    frames, bytes : int | None
        Largest number of frames, and of bytes; ``None`` for any.
    """

    frames: int | None = None
    bytes: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("frames", self.frames), ("bytes", self.bytes)):
            if value is not None and value < 1:
                raise InvalidValueError(
                    "a file has at least one frame",
                    attribute=f"max_{name}_per_file",
                    found=value,
                    expected="a positive number, or None",
                )

    @property
    def are_set(self) -> bool:
        """bool: Whether there is any."""
        return self.frames is not None or self.bytes is not None

    def divide(self, costs: NDArray[np.int64], overhead: int) -> list[int]:
        """Divide frames among files.

        Parameters
        ----------
        costs : numpy.ndarray
            Number of bytes of each frame, shape (frames,).
        overhead : int
            Number of bytes of a file apart from its frames.

        Returns
        -------
        list[int]
            Index of the first frame of each file, and the number of frames.
        """
        ends = np.cumsum(costs)
        borders = [0]
        while borders[-1] < len(costs):
            start = borders[-1]
            stop = len(costs) if self.frames is None else start + self.frames
            if self.bytes is not None:
                room = self.bytes - overhead + (ends[start - 1] if start else 0)
                stop = min(stop, int(np.searchsorted(ends, room, "right")))
            borders.append(min(max(stop, start + 1), len(costs)))
        return borders


@dataclass(frozen=True, eq=False)
class SegmentationOutput:
    """Writes the files of a segmentation.

    Parameters
    ----------
    plan : SegmentationPlan
        All of it but its pixels and what identifies it.
    dataset : Segmentation
        The object, with what identifies it.
    storage : SpooledFrames
        Where its frames are.
    compress : Callable[[numpy.ndarray], bytes] | None
        Compresses a frame; ``None`` if frames are native.
    limits : FileLimits
        How much goes into one file.
    """

    plan: SegmentationPlan
    dataset: Segmentation
    storage: SpooledFrames
    compress: Callable[[NDArray[Any]], bytes] | None
    limits: FileLimits

    def require_size(self, number_of_frames: int) -> None:
        """Raise if native frames do not fit into one file, and are not to be divided.

        Parameters
        ----------
        number_of_frames : int
            Number of frames so far that are not empty.

        Raises
        ------
        InvalidValueError
            If they do not.
        """
        if self.compress is not None or self.limits.are_set:
            return
        plan = self.plan
        if not plan.options.omit_empty_frames:
            per_place = 1 if plan.kind is SegmentationTypeValues.LABELMAP else len(plan.numbers)
            number_of_frames = plan.places.number_of_places * per_place
        size = number_of_frames * plan.places.rows * plan.places.columns * plan.bits_allocated // 8
        if size > _LONGEST_VALUE:
            raise InvalidValueError(
                "native pixel data of one file are limited",
                attribute="PixelData",
                found=f"{size} bytes",
                expected=f"at most {_LONGEST_VALUE} bytes",
                clause="PS3.5 7.1.1",
                remedy="Pass max_bytes_per_file, or a transfer_syntax_uid that encapsulates "
                "frames, such as RLE Lossless (1.2.840.10008.1.2.5).",
            )

    def write(self, frames: EncodedFrames, path: Path, *, overwrite: bool) -> tuple[Path, ...]:
        """Write all files, or none.

        Parameters
        ----------
        frames : EncodedFrames
            The frames.
        path : pathlib.Path
            File to write, or what the names of several are made of.
        overwrite : bool
            Whether existing files are replaced.

        Returns
        -------
        tuple[pathlib.Path, ...]
            The files.
        """
        self.plan.write_modules(self.dataset, frames)
        parts = ConcatenationParts(self.dataset) if self.limits.are_set else None
        borders = [0, len(frames)] if parts is None else self._borders(frames, parts)
        names = _part_names(path, len(borders) - 1)
        files = self._files(frames, names, borders, parts if len(names) > 1 else None)
        inspect = _validate if current().validate else None
        write_files_atomically(files, overwrite=overwrite, inspect=inspect)
        return tuple(names)

    def _files(
        self,
        frames: EncodedFrames,
        names: list[Path],
        borders: list[int],
        parts: ConcatenationParts | None,
    ) -> Iterator[tuple[Path, list[Piece]]]:
        """Give the content of each file; that of one must be written before the next."""
        extended = self.plan.options.use_extended_offset_table
        if extended is None and self.compress is not None:
            # All parts have the table if their frames need it as one.
            extended = Encapsulation.plan(self._lengths(frames), extended=None).is_extended
        for name, (start, stop) in zip(names, pairwise(borders), strict=True):
            if parts is not None:
                parts.write(self.dataset, start, stop, total=len(names))
            bulk = self._pixel_data(frames.part(start, stop), bool(extended))
            yield name, encode_file(self.dataset, bulk={_PIXEL_DATA: bulk})

    def _pixel_data(self, frames: EncodedFrames, extended: bool) -> BulkValue:
        size = self._size
        if self.compress is None:
            vr = native_vr(frames.bits_allocated)
            return BulkValue(vr, frames.native_pieces(*size), frames.native_length(*size))
        encapsulation = Encapsulation.plan(self._lengths(frames), extended=extended)
        encapsulation.write_tables(self.dataset)
        codestreams = (
            self._empty if codestream is None else codestream for codestream in frames.payloads()
        )
        return BulkValue("OB", encapsulation.pieces(codestreams), None)

    @cached_property
    def _empty(self) -> bytes:
        """An empty frame, compressed; only where frames are."""
        assert self.compress is not None
        return self.compress(np.zeros(self._size, pixel_type(self.plan.bits_allocated)))

    @property
    def _size(self) -> tuple[int, int]:
        return self.plan.places.rows, self.plan.places.columns

    def _lengths(self, frames: EncodedFrames) -> NDArray[np.int64]:
        """Bytes of each frame as it is stored."""
        if self.compress is None:
            pixels = self.plan.places.rows * self.plan.places.columns
            return np.full(len(frames), (pixels * frames.bits_allocated + 7) // 8, np.int64)
        known, is_empty = self.storage.lengths, frames.kept_as < 0
        if not is_empty.any():
            return known[frames.kept_as]
        return np.where(is_empty, len(self._empty), np.append(known, 0)[frames.kept_as])

    def _borders(self, frames: EncodedFrames, parts: ConcatenationParts) -> list[int]:
        most = self.limits.bytes
        if self.compress is None:
            most = min(most or _LONGEST_VALUE, _LONGEST_VALUE)
        header = sum(piece.nbytes for piece in flatten_pieces(encode_file(self.dataset)))
        overhead = header - int(parts.item_lengths.sum()) + _CONCATENATION_BYTES
        costs = self._lengths(frames) + parts.item_lengths + _FRAME_OVERHEAD
        return FileLimits(self.limits.frames, most).divide(costs, overhead)


def _part_names(path: Path, count: int) -> list[Path]:
    """Name the files of a concatenation after one."""
    if count == 1:
        return [path]
    width = len(str(count))
    return [path.with_stem(f"{path.stem}-{number:0{width}}") for number in range(1, count + 1)]


def _validate(path: Path) -> None:
    check_if_wanted(Segmentation.from_file(path, lazy_frame_retrieval=True))
