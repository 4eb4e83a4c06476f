"""Damaged functional groups, and whether reading them ends as pydicom's or in our error."""

from __future__ import annotations

import struct
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
LIES = (0, 1, 7, 8, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
PATHS = (
    "PlanePositionSequence.ImagePositionPatient",
    "FrameContentSequence.DimensionIndexValues",
    "FrameContentSequence.StackID",
    "SegmentIdentificationSequence.ReferencedSegmentNumber",
    "DerivationImageSequence.SourceImageSequence.ReferencedSOPInstanceUID",
    "DerivationImageSequence.SourceImageSequence.ReferencedFrameNumber",
)


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
    return item


def originals(frames: int = 24) -> list[tuple[bytes, bool, bool]]:
    """Encode the same items in all ways: value, implicit VR, little endian."""
    made = []
    for undefined in (False, True):
        items = [frame(i) for i in range(frames)]
        if undefined:
            for item in items:
                item.is_undefined_length_sequence_item = True
                undefine_lengths(item)
        for implicit, little in ((False, True), (True, True), (False, False)):
            value = encode_by_pydicom(items, implicit_vr=implicit, little_endian=little)
            made.append((value, implicit, little))
    return made


def damage(value: bytes, rng: random.Random) -> bytes:
    """Damage a value in one to three places."""
    broken = bytearray(value)
    for _ in range(rng.randint(1, 3)):
        place, kind = rng.randrange(len(broken)), rng.randrange(6)
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
        else:
            del broken[place : place + 2 * rng.randrange(1, 8)]
        if not broken:
            return value
    return bytes(broken)


def dataset(value: bytes, implicit: bool, little: bool) -> Dataset:
    """Put a value into a dataset as pydicom's reader would."""
    ds = Dataset()
    vr = None if implicit else "SQ"
    ds[PER_FRAME] = RawDataElement(PER_FRAME, vr, len(value), value, 0, implicit, little)
    ds.set_original_encoding(implicit, little, "iso8859")
    return ds


def check(value: bytes, implicit: bool, little: bool) -> str:
    """Read all columns both ways: how it ended.

    Raises
    ------
    AssertionError
        If the values differ from pydicom's.
    """
    outcomes = set()
    try:
        table = FrameTable.from_dataset(dataset(value, implicit, little))
    except IodkitError as error:
        return error.code
    reference = dataset(value, implicit, little)
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
