"""Damaged functional groups, and whether reading them ends as pydicom's or in our error."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from functional_groups import encode_by_pydicom, reference_column, undefine_lengths
from iodkit.errors import IodkitError
from iodkit.frames import FrameTable

if TYPE_CHECKING:
    import random

PER_FRAME = BaseTag(0x52009230)
SHARED = BaseTag(0x52009229)
LIES = (0, 1, 7, 8, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
PATHS = (
    "PlanePositionSequence.ImagePositionPatient",
    "FrameContentSequence.DimensionIndexValues",
    "FrameContentSequence.StackID",
    "SegmentIdentificationSequence.ReferencedSegmentNumber",
    "DerivationImageSequence.SourceImageSequence.ReferencedSOPInstanceUID",
    "DerivationImageSequence.SourceImageSequence.ReferencedFrameNumber",
)
SYNTAXES = ((False, True), (True, True), (False, False))
DEEPEST = 300


@dataclass(frozen=True)
class Groups:
    """Functional groups as they are read: one sequence that may be damaged, and the other.

    `value` is that of the per-frame groups, or of the shared ones if there are `frames`: whole
    per-frame groups, most of which lack what the shared ones have.
    """

    value: bytes
    implicit: bool
    little: bool
    frames: bytes | None = None

    def damaged(self, rng: random.Random) -> Groups:
        return replace(self, value=damage(self.value, rng, self.implicit, self.little))

    def dataset(self) -> Dataset:
        """Make the dataset that pydicom's reader would."""
        if self.frames is None:
            return dataset(self.value, self.implicit, self.little)
        ds = dataset(self.frames, self.implicit, self.little)
        ds[SHARED] = _raw(SHARED, self.value, self.implicit, self.little)
        return ds


def frame(i: int) -> Dataset:
    """Make an item of per-frame functional groups; every third lacks a group."""
    item, position, content, derived = Dataset(), Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = [str(-i), "0.25", f"{i * 1.5:g}"]
    item.PlanePositionSequence = [position]
    content.DimensionIndexValues, content.StackID = [i, i + 1], "x" * (1 + i % 3)
    item.FrameContentSequence = [content]
    if i % 3:
        sources = []
        for k in range(i % 3):
            source = Dataset()
            source.ReferencedSOPInstanceUID = f"1.2.{i}.{k}"
            source.ReferencedFrameNumber = k + 1
            sources.append(source)
        derived.SourceImageSequence = sources
        item.DerivationImageSequence = [derived]
        segment = Dataset()
        segment.ReferencedSegmentNumber = i
        item.SegmentIdentificationSequence = [segment]
    if i % 4 == 1:
        private = Dataset()
        private.add_new(0x00211150, "FD", i / 3)
        block = item.private_block(0x0021, "IODKIT TEST", create=True)
        block.add_new(0x01, "LO", "private")
        block.add_new(0x02, "SQ", [private])
    return item


def originals(frames: int = 24) -> list[Groups]:
    """Encode the same items in all ways, as per-frame groups and as shared ones."""
    made = []
    for undefined in (False, True):
        items = [frame(i) for i in range(frames)]
        shared, few = frame(5), [Dataset(), frame(0), Dataset()]
        if undefined:
            for item in [*items, shared, *few]:
                item.is_undefined_length_sequence_item = True
                undefine_lengths(item)
        for implicit, little in SYNTAXES:
            per_frame, of_all, lacking = (
                encode_by_pydicom(some, implicit_vr=implicit, little_endian=little)
                for some in (items, [shared], few)
            )
            made.append(Groups(per_frame, implicit, little))
            made.append(Groups(of_all, implicit, little, lacking))
    return made


def nested(depth: int, implicit: bool, little: bool) -> bytes:
    """Begin that many sequences, one inside the other, and end none of them."""
    order = "<" if little else ">"
    head = struct.pack(order + "HH", 0x20, 0x9113) + (b"" if implicit else b"SQ\0\0")
    head += struct.pack(order + "I", 0xFFFFFFFF)
    return (head + struct.pack(order + "HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)) * depth


def damage(value: bytes, rng: random.Random, implicit: bool, little: bool) -> bytes:
    """Damage a value in one to three places."""
    broken = bytearray(value)
    for _ in range(rng.randint(1, 3)):
        place, kind = rng.randrange(len(broken)), rng.randrange(7)
        if kind == 0:
            broken[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            broken[place] = rng.randrange(256)
        elif kind == 2:
            del broken[max(place, 16) :]
        elif kind == 3:
            broken[place : place + 4] = struct.pack("<I", rng.choice(LIES))
        elif kind == 4:
            broken[place:place] = broken[place : place + 2 * rng.randrange(1, 32)]
        elif kind == 5:
            # Half of them where an item begins, so that the scanner follows them.
            items = [8, *(n + 8 for n in range(len(broken)) if _is_item(broken, n, little))]
            place = rng.choice([place, rng.choice(items)])
            broken[place:place] = nested(rng.randrange(1, DEEPEST), implicit, little)
        else:
            del broken[place : place + 2 * rng.randrange(1, 8)]
        if not broken:
            return value
    return bytes(broken)


def _is_item(value: bytearray, place: int, little: bool) -> bool:
    return bytes(value[place : place + 4]) == (
        b"\xfe\xff\x00\xe0" if little else b"\xff\xfe\xe0\x00"
    )


def _raw(tag: BaseTag, value: bytes, implicit: bool, little: bool) -> RawDataElement:
    return RawDataElement(tag, None if implicit else "SQ", len(value), value, 0, implicit, little)


def dataset(value: bytes, implicit: bool, little: bool) -> Dataset:
    """Put a value into a dataset as pydicom's reader would."""
    ds = Dataset()
    ds[PER_FRAME] = _raw(PER_FRAME, value, implicit, little)
    ds.set_original_encoding(implicit, little, "iso8859")
    return ds


def check(groups: Groups) -> str:
    """Read all columns both ways: how it ended.

    Raises
    ------
    AssertionError
        If the values differ from pydicom's.
    """
    outcomes = set()
    try:
        table = FrameTable.from_dataset(groups.dataset())
    except IodkitError as error:
        return error.code
    reference = groups.dataset()
    for path in PATHS:
        try:
            column = table.column(path)
        except IodkitError as error:
            outcomes.add(error.code)
            continue
        outcomes.add(compare(column, reference, path))
    return max(outcomes)


def compare(column: Any, ds: Dataset, path: str) -> str:
    """Compare a column with what pydicom's objects say, if they can be read."""
    try:
        rows = reference_column(ds, path)
    except Exception:  # noqa: BLE001 - pydicom raises whatever comes up on damaged bytes
        return "read where pydicom fails"
    got = [[_plain(v) for v in row] for row in column.data]
    want = [[_plain(v) for v in row] for row in rows]
    # Text of padding only is one empty value for pydicom, and none for us.
    got, want = ([[] if row == [""] else row for row in rows] for rows in (got, want))
    differing = [pair for pair in zip(got, want, strict=True) if pair[0] != pair[1]]
    assert not differing, f"{path}: {differing[:2]}"
    return "the same as pydicom"


def _plain(value: Any) -> Any:
    """Numbers of whatever type by their value, NaN as itself, text without padding."""
    if isinstance(value, (float, np.floating)):
        return "nan" if value != value else float(value)  # noqa: PLR0124
    if isinstance(value, np.integer):
        return int(value)
    return value.rstrip("\0 ") if isinstance(value, str) else value
