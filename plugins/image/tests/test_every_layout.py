"""Every layout of pixels: written here bit by bit, read as written, as pydicom reads it.

The bytes are made by the words of PS3.5 8.1 and Annex A.4, values by the equations of PS3.3.
"""

import itertools
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.pixels import pixel_array

import iodkit as ik
from iodkit.testing import phantom

# Layouts that the IOD of the phantom does not have.
pytestmark = pytest.mark.unvalidated

NATIVE = {
    "1.2.840.10008.1.2": "<",
    "1.2.840.10008.1.2.1": "<",
    "1.2.840.10008.1.2.1.99": "<",
    "1.2.840.10008.1.2.2": ">",
}
UNCOMPRESSED, RLE, DEFLATED = (
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.8.1",
)
ENCAPSULATED = (UNCOMPRESSED, RLE, DEFLATED)
TABLES = ("empty", "basic", "extended")
KEYWORDS = {32: "FloatPixelData", 64: "DoubleFloatPixelData"}


@dataclass(frozen=True)
class Layout:
    """What is written, and the numbers that choose its values."""

    syntax: str
    allocated: int
    stored: int
    high: int
    signed: bool
    is_float: bool
    color: str
    planar: int
    frames: int
    rows: int
    columns: int
    table: str
    fragments: int
    seed: int

    @property
    def samples(self):
        return 3 if self.color in {"RGB", "YBR_FULL", "YBR_FULL_422"} else 1

    @property
    def shape(self):
        shape = (self.frames, self.rows, self.columns)
        return (*shape, 3) if self.samples == 3 else shape

    @property
    def dtype(self):
        if self.is_float:
            return np.dtype(f"f{self.allocated // 8}")
        kind = "i" if self.signed and self.allocated > 1 else "u"
        return np.dtype(f"{kind}{max(self.allocated // 8, 1)}")


@st.composite
def layouts(draw):
    syntax = draw(st.sampled_from((*NATIVE, *ENCAPSULATED)))
    is_float = syntax in NATIVE and draw(st.integers(0, 5)) == 0
    allocated = draw(st.sampled_from((32, 64) if is_float else (1, 8, 8, 16, 16, 32)))
    assume(not (syntax == RLE and allocated == 1))
    stored = allocated if is_float else draw(st.integers(max(1, min(2, allocated)), allocated))
    high = (
        allocated - 1
        if is_float
        else draw(st.one_of(st.just(stored - 1), st.integers(stored - 1, allocated - 1)))
    )
    colors = ["MONOCHROME1", "MONOCHROME2"]
    if not is_float and allocated in {8, 16}:
        colors += ["RGB", "PALETTE COLOR"]
        if stored == allocated:
            # The equations are for all bits of a cell; subsampled frames are never by plane.
            colors += ["YBR_FULL"] + ["YBR_FULL_422"] * (syntax != RLE)
    color = draw(st.sampled_from(colors))
    columns = draw(st.integers(1, 9))
    if color == "YBR_FULL_422":
        columns += columns % 2
    grey = color.startswith("MONOCHROME")
    return Layout(
        syntax,
        allocated,
        stored,
        high,
        grey and allocated > 1 and not is_float and draw(st.booleans()),
        is_float,
        color,
        draw(st.integers(0, 1)) if color in {"RGB", "YBR_FULL"} else 0,
        draw(st.integers(1, 3)),
        draw(st.integers(1, 7)),
        columns,
        draw(st.sampled_from(TABLES)),
        draw(st.integers(1, 3)),
        draw(st.integers(0, 1 << 30)),
    )


def values_of(layout):
    """Stored values: samples in the order R, G, B or Y, CB, CR, all pixels written out."""
    rng = np.random.default_rng(layout.seed)
    if layout.is_float:
        return rng.normal(0, 1e3, layout.shape).astype(layout.dtype)
    low, high = (
        (-(1 << (layout.stored - 1)), 1 << (layout.stored - 1))
        if layout.signed and layout.allocated > 1
        else (0, 1 << layout.stored)
    )
    values = rng.integers(low, high, layout.shape).astype(layout.dtype)
    values.reshape(-1)[0], values.reshape(-1)[-1] = low, high - 1
    if layout.color == "YBR_FULL_422":
        # Two pixels share their chrominance.
        values[:, :, 1::2, 1:] = values[:, :, ::2, 1:]
    return values


def cells_of(values, layout):
    """Values in their cells, with anything in the bits that are not stored (PS3.5 8.1.1)."""
    if layout.is_float or layout.allocated == 1:
        return values
    cells = values.astype(np.int64) & ((1 << layout.stored) - 1)
    shift = layout.high + 1 - layout.stored
    junk = np.random.default_rng(layout.seed + 1).integers(0, 1 << layout.allocated, values.shape)
    used = ((1 << layout.stored) - 1) << shift
    return (cells << shift | (junk & ~used)).astype(f"u{layout.allocated // 8}")


def ordered(frame, layout):
    """Samples of a frame in the order in which they are stored (C.7.6.3.1.2 and 3)."""
    if layout.color == "YBR_FULL_422":
        pairs = frame.reshape(layout.rows, -1, 2, 3)
        four = [pairs[:, :, 0, 0], pairs[:, :, 1, 0], pairs[:, :, 0, 1], pairs[:, :, 0, 2]]
        return np.stack(four, -1).reshape(-1)
    return (np.moveaxis(frame, -1, 0) if layout.planar else frame).reshape(-1)


def bits_of(frames):
    """The first pixel is the lowest bit of the first byte (PS3.5 8.1.1)."""
    flat = frames.reshape(-1).tolist()
    return bytes(
        sum(bit << place for place, bit in enumerate(flat[start : start + 8]))
        for start in range(0, len(flat), 8)
    )


def native(cells, layout, order):
    """The value of native pixels, padded to even length."""
    if layout.allocated == 1:
        data = bits_of(cells)
    else:
        flat = np.concatenate([ordered(frame, layout) for frame in cells])
        data = flat.astype(flat.dtype.newbyteorder(order)).tobytes()
    return data + b"\0" * (len(data) % 2)


def rle(frame, layout):
    """Literal packets only (PS3.5 Annex G)."""
    planes = frame.reshape(-1, layout.samples)
    segments = []
    for sample, byte in itertools.product(
        range(layout.samples), reversed(range(layout.allocated // 8))
    ):
        data = (planes[:, sample] >> (8 * byte) & 255).astype(np.uint8).tobytes()
        rows = [data[n : n + layout.columns] for n in range(0, len(data), layout.columns)]
        packets = b"".join(bytes([len(row) - 1]) + row for row in rows)
        segments.append(packets + b"\x80" * (len(packets) % 2))
    places = [64 + sum(map(len, segments[:n])) for n in range(len(segments))]
    header = struct.pack("<16I", len(segments), *places, *[0] * (15 - len(segments)))
    return header + b"".join(segments)


def encoded(cells, layout):
    """Bytes of one frame, of even length."""
    if layout.syntax == RLE:
        return rle(cells, layout)
    data = native(cells[None], layout, "<")
    if layout.syntax == DEFLATED:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        data = packer.compress(data) + packer.flush()
    return data + b"\0" * (len(data) % 2)


def item(data):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(data)) + data


def fragmented(data, layout):
    """Fragments of a frame: one where nothing would tell where the next frame begins."""
    one = layout.table == "extended" or (layout.table == "empty" and layout.frames > 1)
    count = 1 if one or layout.syntax == RLE else layout.fragments
    size = max(2, -(-len(data) // count) // 2 * 2)
    return [data[n : n + size] for n in range(0, len(data), size)]


def encapsulated(frames, layout):
    """The value, its tables (PS3.5 A.4, PS3.3 C.7.6.3.1.8)."""
    whole = [b"".join(map(item, fragmented(frame, layout))) for frame in frames]
    places = [sum(map(len, whole[:n])) for n in range(len(whole))]
    table = struct.pack(f"<{len(places)}I", *places) if layout.table == "basic" else b""
    value = item(table) + b"".join(whole)
    extended = None
    if layout.table == "extended":
        lengths = [len(frame) for frame in frames]
        extended = [struct.pack(f"<{len(places)}Q", *each) for each in (places, lengths)]
    return value, extended


def described(layout):
    """A dataset that says how its pixels are laid out."""
    dataset = phantom.ct_series(1, 8, 8)[0]
    unwanted = ["WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "PixelData"]
    if layout.is_float:
        unwanted += ["BitsStored", "HighBit", "PixelRepresentation"]
    for keyword in unwanted:
        if keyword in dataset:
            del dataset[keyword]
    dataset.Rows, dataset.Columns = layout.rows, layout.columns
    dataset.NumberOfFrames = layout.frames
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = layout.samples, layout.color
    dataset.BitsAllocated = layout.allocated
    if layout.samples == 3:
        dataset.PlanarConfiguration = layout.planar
    if not layout.is_float:
        dataset.BitsStored, dataset.HighBit = layout.stored, layout.high
        dataset.PixelRepresentation = int(layout.signed)
    dataset.file_meta.TransferSyntaxUID = layout.syntax
    return dataset


def file_of(layout, **attributes):
    """Write a file; give its bytes and the stored values."""
    values = values_of(layout)
    cells = cells_of(values, layout)
    dataset = described(layout)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    keyword = KEYWORDS[layout.allocated] if layout.is_float else "PixelData"
    if layout.syntax in NATIVE:
        setattr(dataset, keyword, native(cells, layout, NATIVE[layout.syntax]))
        if not layout.is_float:
            implicit = layout.syntax == "1.2.840.10008.1.2"
            dataset["PixelData"].VR = "OW" if layout.allocated > 8 or implicit else "OB"
    else:
        value, extended = encapsulated([encoded(frame, layout) for frame in cells], layout)
        dataset.PixelData = value
        dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
        if extended:
            dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = extended
    buffer = BytesIO()
    if layout.syntax == DEFLATED:
        # pydicom does not know it, and writes nothing of it.
        ik.from_dataset(dataset).save_as(buffer)
    else:
        dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue(), values


def as_rgb(values, layout):
    """The equations of C.7.6.3.1.2, solved for red, green and blue."""
    if not layout.color.startswith("YBR"):
        return values
    y, cb, cr = np.moveaxis(values.astype(np.float64), -1, 0)
    half, top = 1 << (layout.stored - 1), (1 << layout.stored) - 1
    red, blue = y + 1.402 * (cr - half), y + 1.772 * (cb - half)
    green = (y - 0.299 * red - 0.114 * blue) / 0.587
    return np.clip(np.rint(np.stack([red, green, blue], -1)), 0, top)


def by_pydicom(data):
    """Frames as pydicom reads them; None if it does not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pixel_array(dcmread(BytesIO(data)))
    except Exception:  # noqa: BLE001 - whatever it says
        return None


def check(layout):
    """Compare stored frames; tell whether pydicom has read them as well."""
    data, values = file_of(layout)
    image = ik.read(data)
    found = np.stack([image.get_stored_frame(n + 1) for n in range(layout.frames)])
    assert found.dtype == layout.dtype
    # Constants of the equations have four digits, so that neighbouring values are as right.
    tolerance = (1 if layout.allocated == 8 else 4) * layout.color.startswith("YBR")
    wanted = as_rgb(values, layout)
    np.testing.assert_allclose(found.astype(float), wanted, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(image.get_stored_frames(), found)
    # It takes the highest stored bit for the one below Bits Stored, and makes no RGB of 16 bits.
    if layout.high != layout.stored - 1 or (
        layout.color.startswith("YBR") and layout.allocated > 8
    ):
        return False
    theirs = by_pydicom(data)
    if theirs is not None:
        np.testing.assert_array_equal(found, theirs.reshape(found.shape))
    return theirs is not None


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(layout=layouts())
def test_stored_frames(layout):
    check(layout)


@pytest.mark.parametrize("syntax", [*NATIVE, *ENCAPSULATED])
def test_stored_frames_that_pydicom_reads(syntax):
    """So that it is not always absent beside us."""
    read = []
    for allocated, color in ((1, "MONOCHROME2"), (8, "RGB"), (16, "MONOCHROME2")):
        if syntax == RLE and allocated == 1:
            continue
        stored, signed = (12, True) if allocated == 16 else (allocated, False)
        size = (0, 3, 3, 5)
        for table in TABLES:
            bits = (allocated, stored, stored - 1, signed, False)
            read.append(check(Layout(syntax, *bits, color, *size, table, 1, allocated)))
    assert all(read) if syntax in {*NATIVE, RLE} else not any(read)


def windowed(x, center, width, function):
    """The pseudo-code of C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, to a range from 0 to 1."""
    if function == "SIGMOID":
        # 1 / (1 + exp(-4 (x - c) / w)), written so that nothing overflows
        return (1 + np.tanh(2 * (x - center) / width)) / 2
    c, w = (center - 0.5, width - 1) if function == "LINEAR" else (center, width)
    if x <= c - w / 2:
        return 0.0
    return 1.0 if x > c + w / 2 else (x - c) / w + 0.5


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    layout=layouts(),
    slope=st.sampled_from((1, -1, 2, 0.5, 0.001, 1e3)),
    intercept=st.sampled_from((0, -1024, 0.25)),
    window=st.tuples(st.integers(-300, 300), st.integers(1, 2000)),
    function=st.sampled_from(("LINEAR", "LINEAR_EXACT", "SIGMOID")),
)
def test_transformed_frames(layout, slope, intercept, window, function):
    assume(layout.color.startswith("MONOCHROME"))
    data, values = file_of(
        layout,
        RescaleSlope=slope,
        RescaleIntercept=intercept,
        WindowCenter=window[0],
        WindowWidth=window[1],
        VOILUTFunction=function,
    )
    image = ik.read(data)
    modality = values.astype(float) * slope + intercept
    shown = np.vectorize(windowed, otypes=[float])(modality, *window, function)
    for number in range(1, layout.frames + 1):
        found = image.get_frame(number, apply_presentation_lut=False)
        np.testing.assert_allclose(found, modality[number - 1], rtol=1e-12, atol=1e-9)
        options = {"apply_voi_transform": True, "apply_presentation_lut": False}
        grey = image.get_frame(number, **options)
        np.testing.assert_allclose(grey, shown[number - 1], rtol=1e-9, atol=1e-9)
        # MONOCHROME1: the lowest value is meant to be white (C.7.6.3.1.2).
        wanted = 1 - grey if layout.color == "MONOCHROME1" else grey
        seen = image.get_frame(number, apply_voi_transform=True)
        np.testing.assert_allclose(seen, wanted, atol=1e-12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    layout=layouts(),
    count=st.integers(1, 300),
    first=st.sampled_from((0, 3, 200)),
    bits=st.sampled_from((8, 16)),
)
def test_coloured_frames(layout, count, first, bits):
    assume(layout.color == "PALETTE COLOR")
    rng = np.random.default_rng(layout.seed)
    entries = rng.integers(0, 1 << bits, (count, 3))
    attributes = {}
    for name, column in zip(("Red", "Green", "Blue"), entries.T, strict=True):
        packed = column.astype(f"<u{bits // 8}").tobytes()
        if layout.syntax == "1.2.840.10008.1.2.2":
            # Words, of which pydicom writes the bytes as they are given (PS3.5 6.2, OW).
            padded = packed + b"\0" * (len(packed) % 2)
            packed = np.frombuffer(padded, "<u2").astype(">u2").tobytes()
        attributes[f"{name}PaletteColorLookupTableDescriptor"] = [count, first, bits]
        attributes[f"{name}PaletteColorLookupTableData"] = packed + b"\0" * (len(packed) % 2)
    data, values = file_of(layout, **attributes)
    # Values outside get the first or the last entry (C.7.6.3.1.5).
    wanted = [[entries[min(max(int(v) - first, 0), count - 1)] for v in f.flat] for f in values]
    frames = ik.read(data).get_frames(dtype=np.uint16)
    np.testing.assert_array_equal(frames, np.reshape(wanted, frames.shape))
