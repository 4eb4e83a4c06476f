"""A functional group of one frame as items, while the others stay encoded."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataelem import RawDataElement

from functional_groups import SYNTAXES, as_file
from iodkit.errors import CorruptDataError, InvalidValueError, OutOfRangeError
from iodkit.frames import FrameTable

WINDOW, MEASURES = "FrameVOILUTSequence", "PixelMeasuresSequence"
MAPPING = "RealWorldValueMappingSequence"


def lut(first: int) -> Dataset:
    table = Dataset()
    table.add_new("LUTDescriptor", "SS", [2, first, 16])
    table.LUTExplanation = f"from {first}"
    table.add_new("LUTData", "OW", b"\1\0\2\0")
    group = Dataset()
    group.VOILUTSequence = [table]
    return group


def multi() -> Dataset:
    """Give three frames: with a window, with a table and two mappings, with nothing."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2.1", "2.25.99"
    ds.PixelRepresentation, ds.NumberOfFrames = 1, 3
    window, measures = Dataset(), Dataset()
    window.WindowCenter, window.WindowWidth = 40, 400
    measures.PixelSpacing = [1, 2]
    frames = [Dataset(), Dataset(), Dataset()]
    frames[0].FrameVOILUTSequence = [window]
    frames[1].FrameVOILUTSequence = [lut(-5)]
    mappings = [Dataset(), Dataset()]
    for number, item in enumerate(mappings):
        item.LUTLabel, item.RealWorldValueSlope = f"map {number}", 0.5
    frames[1].RealWorldValueMappingSequence = mappings
    ds.PerFrameFunctionalGroupsSequence = frames
    ds.SharedFunctionalGroupsSequence = [Dataset()]
    ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence = [measures]
    return ds


def in_little_endian(words: bytes, syntax: str) -> bytes:
    """Pydicom leaves words as they are in the file; the table's items are all little endian."""
    return np.frombuffer(words, ">u2" if syntax == "big" else "<u2").astype("<u2").tobytes()


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_items_are_those_of_pydicom(syntax, undefined) -> None:
    stored, reference = (as_file(multi(), syntax, undefined=undefined) for _ in range(2))
    raw = undefined or isinstance(stored._dict[0x52009230], RawDataElement)
    table = FrameTable.from_dataset(stored)
    for name in (WINDOW, MEASURES, MAPPING, "PlanePositionSequence"):
        for frame, item in enumerate(reference.PerFrameFunctionalGroupsSequence):
            shared = reference.SharedFunctionalGroupsSequence[0]
            want = item.get(name) or shared.get(name) or ()
            for table_item in (each.VOILUTSequence[0] for each in want if "VOILUTSequence" in each):
                table_item.LUTData = in_little_endian(table_item.LUTData, syntax)
            assert list(table.functional_group(name, frame)) == list(want)
    assert raw is (undefined or isinstance(stored._dict[0x52009230], RawDataElement))


@pytest.mark.parametrize("accessed", [False, True])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_values_that_depend_on_the_byte_order_and_on_pixels_being_signed(syntax, accessed) -> None:
    ds = as_file(multi(), syntax)
    if accessed:
        _ = ds.PerFrameFunctionalGroupsSequence
    table = pickle.loads(pickle.dumps(FrameTable.from_dataset(ds)))
    (item,) = table.functional_group(WINDOW, 1)
    want = in_little_endian(b"\1\0\2\0", syntax)
    assert list(item.VOILUTSequence[0].LUTDescriptor) == [2, -5, 16]
    assert item.VOILUTSequence[0].LUTData == want
    words = table.column(f"{WINDOW}.VOILUTSequence.LUTData")[1]
    # Without a VR in the file, the words of a table are numbers.
    got = np.frombuffer(words[0], "<u2") if words.dtype == object else words
    assert got.tolist() == np.frombuffer(want, "<u2").tolist()


@pytest.mark.parametrize("accessed", [False, True])
def test_items_are_copies(accessed) -> None:
    ds = multi() if accessed else as_file(multi(), "explicit")
    table = FrameTable.from_dataset(ds)
    table.functional_group(WINDOW, 0)[0].WindowCenter = 99
    assert table.functional_group(WINDOW, 0)[0].WindowCenter == 40
    assert ds.PerFrameFunctionalGroupsSequence[0].FrameVOILUTSequence[0].WindowCenter == 40


def test_frames_of_several_instances() -> None:
    single = Dataset()
    single.SOPInstanceUID = "2.25.1"
    single.RealWorldValueMappingSequence = [Dataset()]
    single.RealWorldValueMappingSequence[0].LUTLabel = "alone"
    table = FrameTable.from_instances([single, multi(), single, multi()])
    labels = [
        [item.LUTLabel for item in table.functional_group(MAPPING, frame)]
        for frame in range(len(table))
    ]
    both = ["map 0", "map 1"]
    assert labels == [["alone"], [], both, [], ["alone"], [], both, []]
    table.functional_group(MAPPING, 0)[0].LUTLabel = "edited"
    assert single.RealWorldValueMappingSequence[0].LUTLabel == "alone"


def test_only_the_group_is_decoded() -> None:
    """A broken group of the same frame and of the others is nobody's concern."""
    ds = as_file(multi(), "explicit")
    raw = ds._dict[0x52009230]
    broken = raw.value.index(b"map 1")
    value = raw.value[: broken - 2] + b"\xff\xff" + raw.value[broken:]
    ds._dict[0x52009230] = raw._replace(value=value)
    table = FrameTable.from_dataset(ds)
    assert table.functional_group(WINDOW, 0)[0].WindowWidth == 400
    with pytest.raises(CorruptDataError):
        table.functional_group(MAPPING, 1)


def test_wrong_arguments() -> None:
    table = FrameTable.from_dataset(multi())
    for frame in (-1, 3):
        with pytest.raises(OutOfRangeError, match="from 0 to 2"):
            table.functional_group(WINDOW, frame)
    with pytest.raises(InvalidValueError):
        table.functional_group("NoSuchSequence", 0)
