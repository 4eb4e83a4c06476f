"""Damaged images end in pixels or in our errors, and small files do not take large memory."""

import random
import warnings
import zlib

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate

import iodkit as ik
from damaged_images import attempt, damage, originals
from iodkit.errors import CorruptDataError, PixelDataError
from iodkit.testing import phantom
from iodkit_image import Image, decode_frame, encode_frame
from iodkit_image.pixels.guard import read_header


@pytest.mark.parametrize("name", sorted(originals()))
def test_damage_ends_in_pixels_or_in_our_error(name):
    data = originals()[name]
    rng = random.Random(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = {attempt(damage(data, rng)) for _ in range(25)}
    assert outcomes <= {"pixels", "error"}


@pytest.mark.parametrize(
    "uid", ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.50"]
)
def test_codestreams_say_how_large_they_are(uid):
    if uid.endswith("90"):
        pytest.importorskip("openjpeg")
    if uid.endswith("50"):
        path = get_testdata_file("examples_ybr_color.dcm", download=False)
        image = ik.imread(path)
        assert read_header(image.get_raw_frame(1)) == (image.Rows, image.Columns, 3, 8)
        return
    frame = np.linspace(0, 255, 40 * 48).reshape(40, 48).astype(np.uint8)
    data = encode_frame(frame, uid, 8, 8, "MONOCHROME2")
    assert read_header(data) == (40, 48, 1, 8)
    with pytest.raises(CorruptDataError, match="40 rows"):
        decode_frame(data, uid, 80, 48, 1, 8, 8, "MONOCHROME2")


def test_large_frames_of_small_files_are_refused():
    data = encode_frame(np.zeros((64, 64), np.uint8), "1.2.840.10008.1.2.5", 8, 8, "MONOCHROME2")
    arguments = ("1.2.840.10008.1.2.5", 64, 64, 1, 8, 8, "MONOCHROME2")
    with ik.defaults(max_frame_bytes=4095), pytest.raises(PixelDataError, match="max_frame_bytes"):
        decode_frame(data, *arguments)
    with ik.defaults(max_frame_bytes=4096):
        assert decode_frame(data, *arguments).shape == (64, 64)
    with pytest.raises(ik.InvalidValueError), ik.defaults(max_frame_bytes=-1):
        pass


def test_deflated_frames_give_no_more_than_is_needed():
    dataset = phantom.ct_series(1, 16, 16)[0]
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bomb = packer.compress(b"\1" * 50_000_000) + packer.flush()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.8.1"
    dataset.PixelData = encapsulate([bomb])
    dataset["PixelData"].is_undefined_length = True
    assert Image.from_dataset(dataset).get_stored_frame(1).shape == (16, 16)


ROWS_AFTERWARDS = b"\xff\xdc\0\4\0\x64"


def rows_stated(where):
    """A JPEG frame of 100 rows, the number at the place that is wanted."""
    image = ik.imread(get_testdata_file("SC_rgb_jpeg_lossy_gdcm.dcm", download=False))
    data = image.get_raw_frame(1)
    header, end = data.index(b"\xff\xc0"), data.rindex(b"\xff\xd9")
    if where == "header":
        return data
    start = data[: header + 5] + b"\0\0" + data[header + 7 : end]
    return start + (ROWS_AFTERWARDS if where == "afterwards" else b"") + data[end:]


def test_rows_may_follow_the_first_scan():
    """The segment DNL of ISO 10918-1 B.2.5."""
    arguments = "1.2.840.10008.1.2.4.50", 100, 100, 3, 8, 8, "YBR_FULL_422"
    wanted = decode_frame(rows_stated("header"), *arguments)
    found = decode_frame(rows_stated("afterwards"), *arguments)
    np.testing.assert_array_equal(found, wanted)
    with pytest.raises(CorruptDataError, match="100 rows"):
        decode_frame(rows_stated("afterwards"), arguments[0], 200, *arguments[2:])


def test_rows_that_are_stated_nowhere_reach_no_decoder(monkeypatch):
    """A decoder that waits for them takes gigabytes."""
    monkeypatch.setattr("iodkit_image.pixels.codecs.decoders_for", lambda _: pytest.fail("asked"))
    with pytest.raises(CorruptDataError, match=r"how many rows.*B\.2\.5"):
        decode_frame(
            rows_stated("nowhere"), "1.2.840.10008.1.2.4.50", 100, 100, 3, 8, 8, "YBR_FULL_422"
        )


@pytest.mark.parametrize("length", [0, 1, 7, 0xFFFFFFFF])
def test_boxes_that_lead_nowhere(length):
    """With a length of 0, pydicom would look for the codestream for ever."""
    path = get_testdata_file("GDCMJ2K_TextGBR.dcm", download=False)
    image = ik.imread(path)
    data = image.get_raw_frame(1)
    assert data[4:8] == b"jP  "
    broken = data[:12] + length.to_bytes(4, "big") + data[16:]
    with pytest.raises(CorruptDataError, match=rf"{length} bytes.*I\.4"):
        decode_frame(broken, "1.2.840.10008.1.2.4.90", 400, 400, 3, 8, 8, "YBR_RCT")


@pytest.mark.parametrize(
    ("keyword", "allocated"),
    [("FloatPixelData", 1), ("FloatPixelData", 64), ("DoubleFloatPixelData", 8)],
)
def test_floating_point_numbers_of_no_size(keyword, allocated):
    dataset = phantom.ct_series(1, 16, 16)[0]
    del dataset.PixelData
    setattr(dataset, keyword, bytes(16 * 16 * 8))
    dataset.BitsAllocated = allocated
    image = Image.from_dataset(dataset)
    with pytest.raises(ik.InvalidValueError, match=r"BitsAllocated.*C\.7\.6\.2"):
        image.get_stored_frame(1)
