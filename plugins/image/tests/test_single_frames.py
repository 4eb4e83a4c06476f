"""Frames without an image around them, and files that stay closed between reads."""

import io
import itertools

import numpy as np
import pytest
from pydicom.data import get_testdata_file

import iodkit as ik
from iodkit.errors import IodkitError, OutOfRangeError, PixelDataError, ReadError
from iodkit.testing import phantom
from iodkit_image import (
    ImageFileReader,
    decode_frame,
    encode_frame,
    get_lossy_compression_attributes,
)

LOSSLESS = {
    "explicit": "1.2.840.10008.1.2.1",
    "RLE": "1.2.840.10008.1.2.5",
    "JPEG-LS": "1.2.840.10008.1.2.4.80",
    "JPEG 2000": "1.2.840.10008.1.2.4.90",
}


@pytest.mark.parametrize(
    ("syntax", "dtype", "color"),
    list(itertools.product(LOSSLESS, [np.uint8, np.uint16, np.int16], [False, True])),
)
def test_frames_survive(syntax, dtype, color):
    if syntax == "JPEG 2000":
        pytest.importorskip("openjpeg")
    if color and dtype != np.uint8:
        pytest.skip("colour has eight bits")
    if syntax == "JPEG-LS" and dtype == np.int16:
        pytest.skip("JPEG-LS has no signed samples")
    info = np.iinfo(dtype)
    shape = (40, 48, 3) if color else (40, 48)
    ramp = np.linspace(info.min, info.max, np.prod(shape)).reshape(shape)
    frame = ramp.astype(dtype)
    frame[3:9, 5:11] = info.max
    arguments = {
        "bits_allocated": info.bits,
        "bits_stored": info.bits,
        "photometric_interpretation": "RGB" if color else "MONOCHROME2",
        "pixel_representation": int(info.min < 0),
        "planar_configuration": 0 if color else None,
    }
    uid = LOSSLESS[syntax]
    encoded = encode_frame(frame, uid, **arguments)
    found = decode_frame(
        encoded, uid, rows=40, columns=48, samples_per_pixel=3 if color else 1, **arguments
    )
    assert found.dtype == dtype
    assert np.array_equal(found, frame)
    found[:] = 0


@pytest.mark.parametrize("index", range(9))
def test_single_bits_begin_anywhere(index):
    frames = np.random.default_rng(1).integers(0, 2, (9, 5, 7), np.uint8)
    packed = np.packbits(frames.reshape(-1), bitorder="little").tobytes()
    first = index * 35 // 8
    found = decode_frame(
        packed[first:], LOSSLESS["explicit"], 5, 7, 1, 1, 1, "MONOCHROME2", index=index
    )
    assert np.array_equal(found, frames[index])


@pytest.mark.parametrize("planar", [0, 1])
def test_planar_configurations(planar):
    frame = np.random.default_rng(2).integers(0, 256, (4, 6, 3), np.uint8)
    encoded = encode_frame(frame, LOSSLESS["explicit"], 8, 8, "RGB", 0, planar)
    found = decode_frame(
        encoded, LOSSLESS["explicit"], 4, 6, 3, 8, 8, "RGB", planar_configuration=planar
    )
    assert np.array_equal(found, frame)


@pytest.mark.parametrize("keyword", ["FloatPixelData", "DoubleFloatPixelData"])
def test_floating_point(keyword):
    dtype = np.float32 if keyword == "FloatPixelData" else np.float64
    frame = np.linspace(-1, 1, 12).reshape(3, 4).astype(dtype)
    bits = 8 * frame.itemsize
    found = decode_frame(
        frame.tobytes(),
        LOSSLESS["explicit"],
        3,
        4,
        1,
        bits,
        bits,
        "MONOCHROME2",
        pixel_keyword=keyword,
    )
    assert np.array_equal(found, frame)


@pytest.mark.parametrize(
    "changes",
    [
        {"value": b"\0" * 5},
        {"rows": 0},
        {"bits_allocated": 12},
        {"bits_stored": 9},
        {"photometric_interpretation": "GREY"},
        {"transfer_syntax_uid": LOSSLESS["RLE"]},
        {"transfer_syntax_uid": LOSSLESS["JPEG-LS"]},
    ],
)
def test_what_cannot_be_decoded(changes):
    arguments = {
        "value": b"\0" * 6,
        "transfer_syntax_uid": LOSSLESS["explicit"],
        "rows": 2,
        "columns": 3,
        "samples_per_pixel": 1,
        "bits_allocated": 8,
        "bits_stored": 8,
        "photometric_interpretation": "MONOCHROME2",
        **changes,
    }
    with pytest.raises(IodkitError):
        decode_frame(**arguments)


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        (LOSSLESS["explicit"], ("00", None)),
        (LOSSLESS["JPEG-LS"], ("00", None)),
        ("1.2.840.10008.1.2.4.50", ("01", "ISO_10918_1")),
        ("1.2.840.10008.1.2.4.81", ("01", "ISO_14495_1")),
        ("1.2.840.10008.1.2.4.91", ("01", "ISO_15444_1")),
        ("1.2.840.10008.1.2.4.203", ("01", "ISO_15444_15")),
        ("1.2.840.10008.1.2.4.102", ("01", "ISO_14496_10")),
    ],
)
def test_loss(uid, expected):
    assert get_lossy_compression_attributes(uid) == expected


def test_the_reader(tmp_path, enhanced_ct):
    path = tmp_path / "image.dcm"
    enhanced_ct.save_as(path, enforce_file_format=True)
    reader = ImageFileReader(path)
    with pytest.raises(ReadError, match="not open"):
        _ = reader.metadata
    for source in (path, str(path), io.BytesIO(path.read_bytes())):
        with ImageFileReader(source) as opened:
            assert opened.number_of_frames == 12
            assert opened.transfer_syntax_uid == "1.2.840.10008.1.2.1"
            assert opened.metadata.SOPInstanceUID == enhanced_ct.SOPInstanceUID
            expected = ik.imread(path).get_stored_frames()
            for index in (11, 0, 5):
                assert np.array_equal(opened.read_frame(index), expected[index])
                assert opened.read_frame_raw(index) == expected[index].tobytes()
            with pytest.raises(OutOfRangeError):
                opened.read_frame(12)
    with pytest.raises(ReadError):
        opened.read_frame(0)
    assert ImageFileReader(str(path)).filename == str(path)


@pytest.mark.referee
def test_colours_of_the_reader_beside_highdicom(tmp_path):
    import highdicom

    slide = phantom.slide_image(64, 64, 32)
    path = tmp_path / "slide.dcm"
    slide.save_as(path, enforce_file_format=True)
    with ImageFileReader(path) as mine, highdicom.io.ImageFileReader(path) as theirs:
        for index in range(4):
            for correct in (True, False):
                found = mine.read_frame(index, correct_color=correct)
                expected = theirs.read_frame(index, correct_color=correct)
                assert np.abs(found.astype(int) - expected).max() <= 1


def test_a_damaged_frame_is_named(tmp_path):
    path = get_testdata_file("JPEG-LL.dcm", download=False)
    if path is None:
        pytest.skip("JPEG-LL.dcm is not installed")
    image = ik.imread(path)
    image.PixelData = image.PixelData[:200]
    with pytest.raises((PixelDataError, IodkitError)):
        image.get_frame(1)
