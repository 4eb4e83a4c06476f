"""Damaged functional groups end in pydicom's values or in our errors, soon, in little memory."""

from __future__ import annotations

import random
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.data import get_testdata_file

import iodkit as ik
from damaged_groups import Groups, check, dataset, frame, nested, originals
from functional_groups import encode_by_pydicom
from iodkit.errors import CorruptDataError
from iodkit.frames import FrameTable

ORIGINALS = originals(12)
POSITION = "PlanePositionSequence.ImagePositionPatient"


@pytest.mark.parametrize("number", range(len(ORIGINALS)))
def test_undamaged(number) -> None:
    assert check(ORIGINALS[number]) == "the same as pydicom"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", range(len(ORIGINALS)))
def test_a_sample(number) -> None:
    rng = random.Random(number)
    outcomes = {check(ORIGINALS[number].damaged(rng)) for _ in range(60)}
    assert outcomes <= {
        "the same as pydicom",
        "corrupt-data",
        "invalid-value",
        "read where pydicom fails",
    }
    assert "corrupt-data" in outcomes


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", range(len(ORIGINALS)))
def test_cut_off_anywhere(number) -> None:
    whole = ORIGINALS[number]
    for size in range(1, len(whole.value), 61):
        check(replace(whole, value=whole.value[:size]))


@pytest.mark.parametrize("lie", [0xFFFFFFFE, 0x7FFFFFFF, 0x10000])
def test_lying_lengths(lie) -> None:
    value = bytearray(ORIGINALS[0].value)
    value[4:8] = struct.pack("<I", lie)
    with pytest.raises(CorruptDataError, match="PerFrameFunctionalGroupsSequence"):
        FrameTable.from_dataset(dataset(bytes(value), implicit=False, little=True))


def test_values_of_undefined_length_that_are_no_sequences() -> None:
    """Without a VR they end at the next delimiter, which swallows items: that is an error."""
    value = next(
        whole.value
        for whole in ORIGINALS
        if whole.implicit and whole.value[4:8] == b"\xff\xff\xff\xff"
    )
    where = value.index(struct.pack("<HHI", 0x0008, 0x9124, 0xFFFFFFFF))
    broken = value[:where] + struct.pack("<HH", 0, 1) + value[where + 4 :]
    assert check(Groups(broken, implicit=True, little=True)) == "corrupt-data"


def test_sequences_in_place_of_values() -> None:
    """An attribute that was made a sequence has no values."""
    item, content, strange = Dataset(), Dataset(), Dataset()
    strange.StackID = "deep"
    content.add_new(0x00209056, "SQ", [strange])
    item.FrameContentSequence = [content]
    value = encode_by_pydicom([item])
    assert check(Groups(value, implicit=False, little=True)) == "the same as pydicom"
    table = FrameTable.from_dataset(dataset(value, implicit=False, little=True))
    assert table.stack_ids.tolist() == [None]
    assert not table.column("FrameContentSequence").valid.any()


def test_deep_nesting() -> None:
    """A thousand nested sequences are refused, not followed until the stack ends."""
    head = struct.pack("<HH2sHI", 0x20, 0x9113, b"SQ", 0, 0xFFFFFFFF)
    value = (struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + head) * 1000
    with pytest.raises(CorruptDataError):
        FrameTable.from_dataset(dataset(value, implicit=False, little=True))


def test_very_many_elements_in_one_item() -> None:
    """The longest item does not set the pace for all."""
    element = struct.pack("<HH2sH", 0x19, 0x1010, b"LO", 0)
    long = element * 50_000
    value = struct.pack("<HHI", 0xFFFE, 0xE000, len(long)) + long
    value += (struct.pack("<HHI", 0xFFFE, 0xE000, len(element)) + element) * 100
    table = FrameTable.from_dataset(dataset(value, implicit=False, little=True))
    assert len(table) == 101
    assert not table.column(POSITION).valid.any()


def test_asking_again_gives_the_same_error() -> None:
    """What made one column an error does not let the next one be read from a guess."""
    endless = nested(3, implicit=False, little=True)
    inner = struct.pack("<HHI", 0xFFFE, 0xE000, len(endless)) + endless
    head = struct.pack("<HH2sHI", 0x20, 0x9113, b"SQ", 0, len(inner))
    value = struct.pack("<HHI", 0xFFFE, 0xE000, len(head) + len(inner)) + head + inner
    table = FrameTable.from_dataset(dataset(value, implicit=False, little=True))
    seen = set()
    for _ in range(3):
        with pytest.raises(CorruptDataError) as caught:
            table.column("PlanePositionSequence.PlanePositionSequence.StackID")
        seen.add(str(caught.value))
    assert len(seen) == 1


def test_of_several_shared_items_the_first_counts() -> None:
    """As for everybody who takes item 0 of the sequence; the standard allows no other."""
    shared = [frame(1), frame(2)]
    value, empty = encode_by_pydicom(shared), encode_by_pydicom([Dataset(), Dataset()])
    groups = Groups(value, implicit=False, little=True, frames=empty)
    assert check(groups) == "the same as pydicom"
    table = FrameTable.from_dataset(groups.dataset())
    assert table.segment_numbers.tolist() == [1, 1]
    assert table.sources.uids == ("1.2.1.0",)
    assert table.sources.frames.tolist() == [0, 1]


def test_items_of_dimensions_with_a_broken_value() -> None:
    """A VR that there is not, in an item that is decoded later than its sequence."""
    path = get_testdata_file("liver_1frame.dcm", download=False)
    good = Path(path).read_bytes()
    pointer = struct.pack("<2H", 0x0020, 0x9167)
    assert pointer + b"AT" in good
    bad = ik.read(good.replace(pointer + b"AT", pointer + b"AP", 1))
    with pytest.raises(CorruptDataError, match="FunctionalGroupPointer"):
        _ = bad.frame_table
