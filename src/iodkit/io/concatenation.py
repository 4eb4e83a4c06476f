"""The files of a concatenation, read as the one object that they are parts of (PS3.3 C.7.6.16)."""

from __future__ import annotations

import struct
import warnings
from copy import copy, deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from iodkit.errors import InvalidValueError, IodkitWarning
from iodkit.io.fragments import FragmentRun, join_fragments
from iodkit.io.joined import JoinedSource, SourceRange
from iodkit.io.localsources import MemorySource
from iodkit.io.reader import read_dataset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.io.bytesource import ByteSource
    from iodkit.io.parsed import ParsedFile, PixelDataLocation

__all__ = ["ConcatenationSource"]

_CLAUSE = "PS3.3 C.7.6.16.2.2"
_PER_FRAME_GROUPS = BaseTag(0x52009230)
_OFFSETS = BaseTag(0x7FE00001), BaseTag(0x7FE00002)
_NUMBER_OF_FRAMES = BaseTag(0x00280008)
_PARTS_ONLY = (
    "ConcatenationUID",
    "ConcatenationFrameOffsetNumber",
    "InConcatenationNumber",
    "InConcatenationTotalNumber",
    "SOPInstanceUIDOfConcatenationSource",
)
# What may differ from part to part: identity and time of the instance, its place among the
# parts, and what depends on its frames.
_MAY_DIFFER = frozenset(
    (
        0x00080012,
        0x00080013,
        0x00080018,
        0x00080023,
        0x00080033,
        0x00200013,
        0x00209162,
        0x00209228,
        0x00280008,
        0x00280106,
        0x00280107,
        0x00286010,
        int(_PER_FRAME_GROUPS),
        *map(int, _OFFSETS),
    )
)
# Differences in these, in sequences and in what describes pixels leave no one object to read.
_IDENTITY = frozenset((0x00080005, 0x00080016, 0x0020000D, 0x0020000E, 0x00209161, 0x00200242))


class _LocatedPart(NamedTuple):
    """A file, the place of its pixel data, and the number of its frames."""

    file: ParsedFile
    pixels: PixelDataLocation
    frames: int


class ConcatenationSource(JoinedSource):
    """The pixel data of a concatenation; the dataset is that of the object before its division.

    Parameters
    ----------
    sources : Sequence[ByteSource]
        All parts, in any order.

    Raises
    ------
    InvalidValueError
        If they are not all parts of one concatenation.
    """

    def __init__(self, sources: Sequence[ByteSource]) -> None:
        self._sources = tuple(sources)
        parts = _in_order([read_dataset(each, stop_before_pixels=True) for each in sources])
        self._merged, ranges = _merge(parts)
        more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
        super().__init__(ranges, f"the concatenation of {_name(parts[0].source)}{more}")

    def parsed(self, *, stop_before_pixels: bool) -> ParsedFile:
        """Give the object of which the sources are parts; see :func:`read_dataset`.

        Parameters
        ----------
        stop_before_pixels : bool
            Whether pixel data is left out, and only its place recorded.

        Returns
        -------
        ParsedFile
            A new dataset each time.
        """
        merged = self._merged
        dataset = copy(merged.dataset)
        dataset._dict = dict(merged.dataset._dict)
        dataset.file_meta = deepcopy(merged.file_meta)
        location = merged.pixel_data
        if not stop_before_pixels and location is not None:
            # The delimiter is no part of the value of encapsulated pixel data.
            length = self.size - 8 if location.is_encapsulated else location.length
            implicit, little = dataset.original_encoding
            dataset[location.tag] = RawDataElement(
                location.tag,
                location.vr,
                location.length,
                self.read(0, length),
                0,
                bool(implicit),
                bool(little),
            )
        return replace(merged, dataset=dataset, file_meta=dataset.file_meta, source=self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._sources,)


def _name(source: ByteSource) -> str:
    return source.path or source.describe()


def _problem(message: str, attribute: str, found: object, expected: str) -> InvalidValueError:
    return InvalidValueError(
        message,
        attribute=attribute,
        found=found,
        expected=expected,
        clause=_CLAUSE,
        remedy="Give all files of one concatenation, and no others.",
    )


def _in_order(parts: list[ParsedFile]) -> list[ParsedFile]:
    """Sort parts by their frames, and raise unless they are all parts of one object."""
    if not parts:
        raise _problem("there is no file", "ConcatenationUID", None, "one file or more")
    for part in parts:
        for keyword in ("ConcatenationUID", "ConcatenationFrameOffsetNumber"):
            if part.dataset.get(keyword) is None:
                raise _problem(
                    f"{_name(part.source)} is no part of a concatenation", keyword, None, "a value"
                )
    uids = sorted({str(part.dataset.ConcatenationUID) for part in parts})
    if len(uids) > 1:
        raise _problem("files of different concatenations", "ConcatenationUID", uids[:5], "one UID")
    ordered = sorted(parts, key=lambda part: int(part.dataset.ConcatenationFrameOffsetNumber))
    _require_complete(ordered)
    for part in ordered[1:]:
        _require_same(ordered[0], part)
    return ordered


def _require_complete(ordered: list[ParsedFile]) -> None:
    """Raise if parts are missing, or there is one twice."""
    numbers = [part.dataset.get("InConcatenationNumber") for part in ordered]
    totals = {part.dataset.get("InConcatenationTotalNumber") for part in ordered} - {None}
    total = max(totals, default=None)
    if total is not None and sorted(filter(None, numbers)) != list(range(1, total + 1)):
        missing = sorted(set(range(1, total + 1)) - set(numbers))
        raise _problem(
            f"parts are missing: {missing[:10]}" if missing else "there are parts twice",
            "InConcatenationNumber",
            numbers[:20],
            f"1 to {total}",
        )
    first_frame = 0
    for part in ordered:
        offset = int(part.dataset.ConcatenationFrameOffsetNumber)
        if offset != first_frame:
            raise _problem(
                "frames are missing between parts"
                if offset > first_frame
                else "parts have frames in common",
                "ConcatenationFrameOffsetNumber",
                offset,
                str(first_frame),
            )
        first_frame += _number_of_frames(part)


def _number_of_frames(part: ParsedFile) -> int:
    return int(part.dataset.get("NumberOfFrames") or 1)


def _require_same(first: ParsedFile, other: ParsedFile) -> None:
    """Raise if parts differ in what all parts share; of what matters less, warn."""
    if first.transfer_syntax != other.transfer_syntax:
        syntaxes = [str(first.transfer_syntax), str(other.transfer_syntax)]
        raise _problem(
            "parts have different transfer syntaxes", "TransferSyntaxUID", syntaxes, "one"
        )
    tags = set(first.dataset._dict) | set(other.dataset._dict)
    harmless = []
    for tag in sorted(tags - _MAY_DIFFER):
        mine, theirs = (each.dataset._dict.get(tag) for each in (first, other))
        if getattr(mine, "value", None) == getattr(theirs, "value", None) or tag.is_private:
            continue
        vr = getattr(mine or theirs, "VR", None)
        if vr == "SQ" or tag in _IDENTITY or tag.group == 0x0028:
            raise _problem(
                f"{_name(other.source)} differs from {_name(first.source)}",
                str(tag),
                "another value",
                "the same in all parts",
            )
        harmless.append(str(tag))
    if harmless:
        warnings.warn(
            f"{_name(other.source)} differs from {_name(first.source)} in {harmless[:10]}; the "
            f"values of the first part are taken.",
            IodkitWarning,
            stacklevel=2,
        )


def _merge(parts: list[ParsedFile]) -> tuple[ParsedFile, list[SourceRange]]:
    """Make the dataset of the whole object, and find its pixel data in the parts."""
    first = parts[0]
    dataset = first.dataset
    # Decoded before attributes go, so that the identity of the whole is known.
    uid = dataset.get("SOPInstanceUIDOfConcatenationSource") or dataset.SOPInstanceUID
    for keyword in _PARTS_ONLY:
        if keyword in dataset:
            del dataset[keyword]
    dataset.SOPInstanceUID = first.file_meta.MediaStorageSOPInstanceUID = uid
    frames = [_number_of_frames(part) for part in parts]
    dataset.NumberOfFrames = sum(frames)
    _join_groups(dataset, parts)
    syntax = first.transfer_syntax
    if syntax == DeflatedExplicitVRLittleEndian:
        # The parts are inflated, and so is their union.
        syntax = first.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    location = first.pixel_data
    ranges: list[SourceRange] = []
    if location is not None:
        located = [
            _LocatedPart(part, _located(part), count)
            for part, count in zip(parts, frames, strict=True)
        ]
        if location.is_encapsulated:
            ranges = _encapsulated(dataset, located)
            location = replace(location, offset=0)
        else:
            ranges = _native(dataset, located)
            size = (sum(each.bits for each in ranges) + 7) // 8
            location = replace(location, offset=0, length=size)
    return replace(first, transfer_syntax=syntax, pixel_data=location), ranges


def _join_groups(dataset: Any, parts: list[ParsedFile]) -> None:
    raws = [part.dataset._dict.get(_PER_FRAME_GROUPS) for part in parts]
    values = [getattr(raw, "value", None) for raw in raws]
    if all(isinstance(value, bytes) for value in values):
        joined = b"".join(values)  # type: ignore[arg-type]
        dataset._dict[_PER_FRAME_GROUPS] = raws[0]._replace(value=joined, length=len(joined))  # type: ignore[union-attr]
    elif any(value is not None for value in values):
        items = [part.dataset.get("PerFrameFunctionalGroupsSequence") or [] for part in parts]
        dataset.PerFrameFunctionalGroupsSequence = [item for each in items for item in each]


def _located(part: ParsedFile) -> PixelDataLocation:
    if part.pixel_data is None:
        raise _problem(f"{_name(part.source)} has no pixels", "PixelData", None, "a value")
    return part.pixel_data


def _native(dataset: Any, parts: list[_LocatedPart]) -> list[SourceRange]:
    bits = int(dataset.Rows) * int(dataset.Columns) * int(dataset.get("SamplesPerPixel") or 1)
    bits *= {0x7FE00008: 32, 0x7FE00009: 64}.get(parts[0].pixels.tag) or int(dataset.BitsAllocated)
    if str(dataset.get("PhotometricInterpretation")) in {"YBR_FULL_422", "YBR_PARTIAL_422"}:
        bits = bits * 2 // 3
    ranges = []
    for file, where, frames in parts:
        wanted = bits * frames
        if where.length * 8 < wanted:
            raise _problem(
                f"{_name(file.source)} has too few pixels",
                "PixelData",
                f"{where.length} bytes",
                f"{(wanted + 7) // 8} bytes",
            )
        ranges.append(SourceRange(file.source, where.offset, wanted))
    size = (sum(each.bits for each in ranges) + 7) // 8
    padding = size * 8 - sum(each.bits for each in ranges) + size % 2 * 8
    ranges.append(SourceRange(MemorySource(bytes(2)), 0, padding))
    return ranges


def _encapsulated(dataset: Any, parts: list[_LocatedPart]) -> list[SourceRange]:
    runs = []
    for file, where, frames in parts:
        raws = [file.dataset._dict.get(tag) for tag in _OFFSETS]
        extended = tuple(bytes(raw.value) for raw in raws if raw is not None and raw.value)
        runs.append(FragmentRun.find(file.source, where.offset, frames, extended))
    joined = join_fragments(runs)
    for tag, value in zip(_OFFSETS, joined.extended or (None, None), strict=True):
        if value is None:
            dataset._dict.pop(tag, None)
        else:
            raw = dataset._dict[tag]
            dataset._dict[tag] = raw._replace(value=value, length=len(value))
    head = struct.pack("<HHI", 0xFFFE, 0xE000, len(joined.basic)) + joined.basic
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return [
        SourceRange(MemorySource(head), 0, 8 * len(head)),
        *(SourceRange(run.source, run.start, 8 * run.size) for run in runs),
        SourceRange(MemorySource(end), 0, 8 * len(end)),
    ]
