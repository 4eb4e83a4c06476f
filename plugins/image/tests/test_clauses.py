"""Sentences of the standard on look-up tables and windows, with values worked out by hand.

Each test names the clause of PS3.3; others are in `test_transforms.py`, `test_every_layout.py`.
"""

import numpy as np
import pytest
from pydicom.data import get_palette_files
from pydicom.dataset import Dataset

from iodkit.errors import CorruptDataError, InvalidValueError
from iodkit_image import (
    LUT,
    Image,
    ModalityLUT,
    PaletteColorLUT,
    PaletteColorLUTTransformation,
    SegmentedPaletteColorLUT,
    VOILUTTransformation,
    apply_voi_window,
)
from transformed import PLAIN, STORED, image_of


def value(x, center, width, function="LINEAR", low=0.0, high=255.0):
    return float(apply_voi_window(np.array([float(x)]), center, width, function, (low, high))[0])


@pytest.mark.parametrize(
    ("center", "width", "at"),
    [
        # The notes to C.11.2.1.2.1: where the output leaves its minimum, and reaches its maximum.
        (2048, 4096, {-1: 0, 0: 0, 1: 255 / 4095, 4094: 255 * 4094 / 4095, 4095: 255, 4096: 255}),
        (2048, 1, {2047: 0, 2047.5: 0, 2047.6: 255, 2048: 255}),
        (0, 100, {-51: 0, -50: 0, -49: 255 / 99, 0: 255 * 50 / 99, 48: 255 * 98 / 99, 49: 255}),
        (0, 1, {-1: 0, -0.5: 0, -0.4: 255, 0: 255}),
    ],
)
def test_linear_windows(center, width, at):
    for x, wanted in at.items():
        assert value(x, center, width) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    ("center", "width", "at"),
    [
        # The notes to C.11.2.1.3.2.
        (2048, 4096, {-1: 0, 0: 0, 1: 255 / 4096, 4095: 255 * 4095 / 4096, 4096: 255, 4097: 255}),
        (2048, 1, {2047.5: 0, 2047.75: 255 / 4, 2048: 255 / 2, 2048.5: 255, 2049: 255}),
        (0, 100, {-51: 0, -50: 0, -49: 255 / 100, 0: 255 / 2, 49: 255 * 99 / 100, 50: 255}),
        (0, 0.5, {-0.25: 0, 0: 255 / 2, 0.25: 255}),
    ],
)
def test_exactly_linear_windows(center, width, at):
    for x, wanted in at.items():
        assert value(x, center, width, "LINEAR_EXACT") == pytest.approx(wanted, abs=1e-9)


def test_sigmoid_windows():
    """C.11.2.1.3.1: half at the centre, 1 / (1 + e²) half a width below, never an end."""
    assert value(100, 100, 40, "SIGMOID", 0, 1) == 0.5
    assert value(80, 100, 40, "SIGMOID", 0, 1) == pytest.approx(0.11920292202211755)
    assert value(120, 100, 40, "SIGMOID", 0, 1) == pytest.approx(0.8807970779778823)
    assert value(120, 100, 40, "SIGMOID", -10, 10) == pytest.approx(7.615941559557649)
    assert value(-1e6, 100, 40, "SIGMOID", 0, 1) == 0
    assert value(1e6, 100, 40, "SIGMOID", 0, 1) == 1


@pytest.mark.parametrize(
    ("function", "width"),
    [("LINEAR", 0.99), ("LINEAR", 0), ("LINEAR_EXACT", 0), ("LINEAR_EXACT", -1), ("SIGMOID", 0)],
)
def test_widths_that_are_not_allowed(function, width):
    """C.11.2.1.2.1: always at least 1; C.11.2.1.3: more than 0."""
    with pytest.raises(InvalidValueError, match=r"window_width.*C\.11\.2\.1"):
        value(0, 0, width, function)


def test_windows_are_for_modality_values():
    """C.11.2.1.2.1: the window is applied to the output of the modality transformation."""
    # 1000 · 2 − 1024 = 976; (976 − 999.5) / 199 + 0.5
    image = Image.from_dataset(
        image_of(STORED, RescaleSlope=2, RescaleIntercept=-1024, WindowCenter=1000, WindowWidth=200)
    )
    found = image.get_frame(1, apply_voi_transform=True)[1, 0]
    assert found == pytest.approx(0.3819095477386935)


@pytest.mark.parametrize(
    ("meaning", "shape", "is_inverse"),
    [
        ("MONOCHROME1", None, True),
        ("MONOCHROME2", None, False),
        # They say the same, so that once is enough.
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
    ],
)
def test_dark_and_bright(meaning, shape, is_inverse):
    """C.7.6.3.1.2: the lowest value is white, or black; C.11.6: INVERSE exchanges them."""
    image = Image.from_dataset(
        image_of(
            STORED,
            PhotometricInterpretation=meaning,
            PresentationLUTShape=shape,
            WindowCenter=50,
            WindowWidth=100,
            **PLAIN,
        )
    )
    shown = image.get_frame(1, apply_voi_transform=True)
    assert shown[0, 0] == is_inverse
    assert shown[1, 3] == (not is_inverse)


def table_of(keyword_entries, bits, first, count, vr="OW", signed=False):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if signed else "US", [count, first, bits])
    item.add_new("LUTData", vr, keyword_entries)
    return LUT.from_dataset(item)


@pytest.mark.parametrize("bits", range(8, 17))
def test_bits_of_entries(bits):
    """C.11.1.1: the third value is the number of bits of each entry; C.11.2.1.1: 8 to 16."""
    entries = np.array([0, (1 << bits) - 1, 1 << (bits - 1)], "<u2")
    table = table_of(entries.tobytes(), bits, 0, 3)
    assert table.bits_per_entry == bits
    assert table.apply(np.array([0, 1, 2, 3])).tolist() == [*entries.tolist(), entries[2]]
    shown = VOILUTTransformation(voi_luts=[_voi(entries, bits)]).apply(
        np.array([0, 1, 2]), (0, 1), prefer_lut=True
    )
    np.testing.assert_allclose(shown, entries / ((1 << bits) - 1))


def _voi(entries, bits):
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), 0, bits])
    item.add_new("LUTData", "OW", entries.tobytes())
    from iodkit_image import VOILUT

    return VOILUT.from_dataset(item)


def test_entries_of_eight_bits():
    """C.11.1.1: two to a word, or one to a word, or as numbers of VR US."""
    numbers = [7, 8, 9]
    packed, wide = bytes([*numbers, 0]), np.array(numbers, "<u2").tobytes()
    for data, vr in ((packed, "OW"), (wide, "OW"), (numbers, "US")):
        assert table_of(data, 8, 0, 3, vr).lut_data.tolist() == numbers


def test_first_values_below_zero():
    """C.11.1.1: the second value is signed like the pixels; below and above are the ends."""
    table = table_of(np.array([5, 6, 7], "<u2").tobytes(), 16, -2, 3, signed=True)
    found = table.apply(np.array([-32768, -3, -2, -1, 0, 1, 32767], np.int16))
    assert found.tolist() == [5, 5, 5, 6, 7, 7, 7]


@pytest.mark.parametrize("signed", [False, True])
def test_no_entries_are_all_entries(signed):
    """C.11.1.1: a first value of 0 means 65536 entries."""
    entries = np.arange(65536, dtype="<u2")[::-1].copy()
    table = table_of(entries.tobytes(), 16, -32768 if signed else 0, 0, signed=signed)
    assert table.number_of_entries == 65536
    lowest = table.first_mapped_value
    assert table.apply(np.array([lowest, lowest + 65535])).tolist() == [65535, 0]


def test_modality_tables_come_before_windows():
    """C.11.1: stored values are replaced first; the window sees the entries."""
    entries = np.array([1000, 2000, 3000], np.uint16)
    image = Image.from_dataset(
        image_of(
            np.array([[0, 1], [2, 9]], np.uint8),
            ModalityLUTSequence=[ModalityLUT("US", 0, entries)],
            WindowCenter=2000.5,
            WindowWidth=2001,
            **PLAIN,
        )
    )
    assert image.get_frame(1).tolist() == [[1000, 2000], [3000, 3000]]
    shown = image.get_frame(1, apply_voi_transform=True)
    np.testing.assert_allclose(shown, [[0, 0.5], [1, 1]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_segments_of_every_kind(dtype):
    """C.7.9.2: discrete, linear, and indirect, whose offset counts bytes from the beginning."""
    size = np.dtype(dtype).itemsize
    discrete, linear = [0, 3, 10, 0, 40], [1, 4, 200]
    # Two segments from the linear one on: the linear, now from 200 on, and a discrete one.
    again, offset = [0, 1, 8], len(discrete) * size
    parts = [offset, 0, 0, 0] if size == 1 else [offset, 0]
    segments = np.array([*discrete, *linear, *again, 2, 2, *parts], dtype)
    table = SegmentedPaletteColorLUT(0, segments, "green")
    first = [10, 0, 40, 80, 120, 160, 200, 8]
    # From 8 to 200 in four steps of 48.
    assert table.lut_data.tolist() == [*first, 56, 104, 152, 200, 8]


def test_lines_that_fall_and_are_rounded():
    """C.7.9.2.2: from the last value to the new one, which is the last of the segment."""
    table = SegmentedPaletteColorLUT(0, np.array([0, 1, 100, 1, 3, 0], np.uint16), "blue")
    assert table.lut_data.tolist() == [100, 67, 33, 0]


def test_indirect_segments_do_not_lead_to_others():
    """C.7.9.2.3: they copy discrete and linear segments."""
    segments = np.array([0, 1, 5, 2, 1, 6, 0], np.uint16)
    with pytest.raises(CorruptDataError, match=r"C\.7\.9\.2"):
        SegmentedPaletteColorLUT(0, segments, "red")


def test_alpha_is_for_blending_only():
    """C.7.9: red, green and blue are the colours; alpha comes in when images are blended."""
    dataset = image_of(
        np.array([[0, 1]], np.uint8), PhotometricInterpretation="PALETTE COLOR", **PLAIN
    )
    for color, entries in (("Red", [1, 2]), ("Green", [3, 4]), ("Blue", [5, 6]), ("Alpha", [0, 9])):
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [2, 0, 8])
        setattr(dataset, f"{color}PaletteColorLookupTableData", bytes(entries))
    found = Image.from_dataset(dataset).get_frame(1, dtype=np.uint8)
    assert found.tolist() == [[[1, 3, 5], [2, 4, 6]]]


def test_palettes_of_pydicom():
    """The well-known palettes of PS3.6 Annex B, which pydicom brings as files."""
    from pydicom import dcmread

    names = []
    for path in get_palette_files("*.dcm"):
        dataset = dcmread(path, force=True)
        palette = PaletteColorLUTTransformation.extract_from_dataset(dataset)
        assert palette.combined_lut_data.shape == (256, 3)
        red = dataset.get("RedPaletteColorLookupTableData")
        if red is not None:
            assert palette.combined_lut_data[:, 0].tolist() == list(red[:256])
        names.append(dataset.get("ContentLabel"))
    assert {"HOT_IRON", "PET", "HOT_METAL_BLUE", "PET_20_STEP"} <= set(names)


def test_the_hot_iron_palette():
    """PS3.6 B.1.1: red rises by two to 255 at entry 128."""
    from pydicom import dcmread

    path = next(path for path in get_palette_files("*.dcm") if path.endswith("hotiron.dcm"))
    palette = PaletteColorLUTTransformation.extract_from_dataset(dcmread(path, force=True))
    found = palette.apply(np.array([0, 1, 127, 128, 129, 200, 255]))
    assert found[:, 0].tolist() == [0, 2, 254, 255, 255, 255, 255]
    assert found[:3, 1:].max() == 0
    assert found[-1].tolist() == [255, 255, 255]
    assert isinstance(palette.red_lut, PaletteColorLUT)
