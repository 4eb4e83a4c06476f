"""Encoders and decoders: what each syntax takes, which library is chosen, what is missing."""

import io
import itertools
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

import iodkit as ik
from iodkit.errors import (
    InvalidValueError,
    MissingDependencyError,
    PixelDataError,
    UnsupportedError,
)
from iodkit.testing import phantom
from iodkit_image import decode_frame, encode_frame, get_lossy_compression_attributes
from iodkit_image.pixels import decoders, encoders
from iodkit_image.pixels.colors import to_rgb
from iodkit_image.pixels.layout import PixelLayout

DOWN, ACROSS = np.mgrid[:40, :48]
FRAMES = {
    "8 bits": (((ACROSS * 3 + DOWN) % 256).astype(np.uint8), 8, "MONOCHROME2"),
    "16 bits": ((ACROSS * 1300 + DOWN * 20).astype(np.uint16), 16, "MONOCHROME1"),
    "12 of 16 bits": (((ACROSS * 80 + DOWN) % 4096).astype(np.uint16), 12, "MONOCHROME2"),
    "signed": ((ACROSS * 600 - DOWN * 700).astype(np.int16), 16, "MONOCHROME2"),
    "single bit": (((ACROSS * DOWN) % 3 == 1).astype(np.uint8), 1, "MONOCHROME2"),
    "palette": ((ACROSS % 7).astype(np.uint8), 8, "PALETTE COLOR"),
    "colour": (np.stack([ACROSS * 3, DOWN * 4, ACROSS + DOWN], -1).astype(np.uint8), 8, "RGB"),
}
GREY = {"8 bits", "16 bits", "12 of 16 bits"}
ALL = set(FRAMES)
LOSSLESS = {
    "1.2.840.10008.1.2": ALL,
    "1.2.840.10008.1.2.1": ALL,
    "1.2.840.10008.1.2.2": ALL,
    "1.2.840.10008.1.2.5": ALL - {"single bit"},
    "1.2.840.10008.1.2.8.1": ALL,
    "1.2.840.10008.1.2.4.57": ALL - {"single bit", "signed"},
    "1.2.840.10008.1.2.4.201": ALL - {"single bit"},
    "1.2.840.10008.1.2.4.202": ALL - {"single bit"},
    "1.2.840.10008.1.2.4.70": ALL - {"single bit", "signed"},
    "1.2.840.10008.1.2.4.80": ALL - {"single bit"},
    "1.2.840.10008.1.2.4.81": ALL - {"single bit", "palette"},
    "1.2.840.10008.1.2.4.90": ALL,
    "1.2.840.10008.1.2.4.110": ALL - {"single bit", "signed"},
}
# Greatest error that the encoders with loss make on smooth frames.
LOSSY = {
    ("1.2.840.10008.1.2.4.50", "8 bits"): 4,
    ("1.2.840.10008.1.2.4.91", "8 bits"): 3,
    ("1.2.840.10008.1.2.4.91", "16 bits"): 3,
    ("1.2.840.10008.1.2.4.91", "signed"): 3,
    ("1.2.840.10008.1.2.4.112", "8 bits"): 6,
}
NEEDS = {
    "57": "imagecodecs",
    "201": "imagecodecs",
    "202": "imagecodecs",
    "70": "imagecodecs",
    "90": "imagecodecs",
    "91": "imagecodecs",
}
NEEDS |= {"110": "imagecodecs", "112": "imagecodecs"}


def arguments(name):
    frame, stored, color = FRAMES[name]
    return {
        "bits_allocated": 1 if stored == 1 else frame.dtype.itemsize * 8,
        "bits_stored": stored,
        "photometric_interpretation": color,
        "pixel_representation": int(frame.dtype.kind == "i"),
        "planar_configuration": 0 if frame.ndim == 3 else None,
    }


def there_and_back(uid, name, **changes):
    frame = FRAMES[name][0]
    options = arguments(name) | changes
    encoded = encode_frame(frame, uid, **options)
    assert len(encoded) % 2 == 0 or not UID(uid).is_compressed
    samples = 3 if frame.ndim == 3 else 1
    found = decode_frame(encoded, uid, *frame.shape[:2], samples, **options)
    assert found.dtype == frame.dtype
    return found


def need(uid):
    module = NEEDS.get(uid.rsplit(".", 1)[1])
    if module:
        pytest.importorskip(module)


@pytest.mark.parametrize(("uid", "name"), list(itertools.product(LOSSLESS, FRAMES)))
def test_lossless_syntaxes(uid, name):
    need(uid)
    if name in LOSSLESS[uid]:
        np.testing.assert_array_equal(there_and_back(uid, name), FRAMES[name][0])
    else:
        with pytest.raises(InvalidValueError, match=r"PS3\.5 8\.2"):
            there_and_back(uid, name)


@pytest.mark.parametrize(("uid", "name"), LOSSY)
def test_lossy_syntaxes(uid, name):
    need(uid)
    frame = FRAMES[name][0].astype(int)
    error = np.abs(there_and_back(uid, name).astype(int) - frame).max()
    assert error <= LOSSY[uid, name]
    assert get_lossy_compression_attributes(uid)[0] == "01"


@pytest.mark.parametrize(
    ("end", "meaning", "error"),
    [("50", "YBR_FULL_422", 24), ("90", "YBR_RCT", 0), ("91", "YBR_ICT", 4), ("112", "XYB", 24)],
)
def test_encoders_convert_colours(end, meaning, error):
    need(f".{end}")
    found = there_and_back(
        f"1.2.840.10008.1.2.4.{end}", "colour", photometric_interpretation=meaning
    )
    assert np.abs(found.astype(int) - FRAMES["colour"][0]).max() <= error


@pytest.mark.parametrize(
    ("uid", "changes"),
    [
        ("1.2.840.10008.1.2.1", {"photometric_interpretation": "YBR_RCT"}),
        ("1.2.840.10008.1.2.1", {"photometric_interpretation": "YBR_FULL_422"}),
        ("1.2.840.10008.1.2.1", {"photometric_interpretation": "MONOCHROME2"}),
        ("1.2.840.10008.1.2.4.50", {}),
        ("1.2.840.10008.1.2.4.80", {"photometric_interpretation": "YBR_ICT"}),
        ("1.2.840.10008.1.2.4.112", {}),
        ("1.2.840.10008.1.2.4.110", {"photometric_interpretation": "XYB"}),
        ("1.2.840.10008.1.2.4.91", {"photometric_interpretation": "XYB"}),
        ("1.2.840.10008.1.2.1", {"bits_stored": 9}),
    ],
)
def test_what_the_standard_does_not_allow(uid, changes):
    with pytest.raises(InvalidValueError, match=r"PS3\.5 8\.2"):
        there_and_back(uid, "colour", **changes)


@pytest.mark.unvalidated
@pytest.mark.parametrize("bits", [8, 16])
def test_images_of_jpeg_xl_with_loss(bits):
    """Colour is XYB in the codestream and in its attribute, RGB before and after (PS3.5 8.2.15)."""
    need(".112")
    uid, frame = "1.2.840.10008.1.2.4.112", FRAMES["colour"][0]
    array = frame if bits == 8 else frame.astype(np.uint16) * 257
    data = encode_frame(array, uid, bits, bits, "XYB", planar_configuration=0)
    lossy, method = get_lossy_compression_attributes(uid)
    assert (lossy, method) == ("01", "ISO_18181_1")
    dataset = phantom.ct_series(1, 8, 8)[0]
    dataset.Rows, dataset.Columns = array.shape[:2]
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit, dataset.PixelRepresentation = bits - 1, 0
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation = "XYB"
    dataset.LossyImageCompression, dataset.LossyImageCompressionMethod = lossy, method
    dataset.LossyImageCompressionRatio = array.nbytes / len(data)
    dataset.file_meta.TransferSyntaxUID = uid
    dataset.PixelData = encapsulate([data])
    dataset["PixelData"].is_undefined_length = True
    buffer = io.BytesIO()
    ik.from_dataset(dataset).save_as(buffer)
    found = ik.read(buffer.getvalue()).get_frame(1, dtype=array.dtype)
    error = np.abs(found.astype(int) - array) / (1 if bits == 8 else 257)
    assert error.max() <= 24
    assert error.mean() <= 2


@pytest.mark.parametrize("end", ["51", "102", "203"])
def test_syntaxes_without_encoder(end):
    with pytest.raises(UnsupportedError, match="JPEG-LS Lossless"):
        there_and_back(f"1.2.840.10008.1.2.4.{end}", "8 bits")


@pytest.fixture
def without(monkeypatch):
    """Make libraries look as if they were not installed, for us and for pydicom."""

    def hide(*modules):
        for where in (decoders, encoders):
            monkeypatch.setattr(
                where, "find_spec", lambda name: None if name in modules else object()
            )

        class NoPlugins:
            available_plugins = ()
            is_available = False

        monkeypatch.setattr(decoders, "get_decoder", lambda _uid: NoPlugins)
        monkeypatch.setattr(encoders, "get_encoder", lambda _uid: NoPlugins)

    return hide


@pytest.mark.parametrize(
    ("end", "what"),
    [
        ("70", r"iodkit-image\[jpeg\]"),
        ("80", "pyjpegls"),
        ("90", r"iodkit-image\[jpeg2000\]"),
        ("110", r"iodkit-image\[codecs\]"),
        ("201", r"iodkit-image\[jpeg2000\]"),
    ],
)
def test_a_missing_codec_names_the_extra(without, end, what):
    uid = f"1.2.840.10008.1.2.4.{end}"
    without("imagecodecs", "jpeg_ls", "openjpeg", "libjpeg")
    wanted = what if end in {"80", "90"} else r"iodkit-image\[codecs\]"
    with pytest.raises(MissingDependencyError, match=wanted):
        encode_frame(FRAMES["8 bits"][0], uid, 8, 8, "MONOCHROME2")
    with pytest.raises(MissingDependencyError, match=what):
        decode_frame(b"\0\0", uid, 40, 48, 1, 8, 8, "MONOCHROME2")


@pytest.mark.parametrize("end", ["80", "90", "70"])
@pytest.mark.parametrize("name", ["8 bits", "16 bits", "12 of 16 bits", "signed", "colour"])
def test_every_installed_decoder_gives_the_same(end, name):
    """One after the other, whatever is preferred; and pydicom's own order stays as it was."""
    uid = f"1.2.840.10008.1.2.4.{end}"
    if name not in LOSSLESS[uid]:
        pytest.skip("not allowed in this syntax")
    need(f".{end}")
    frame = FRAMES[name][0]
    options = arguments(name)
    data = encode_frame(frame, uid, **options)
    layout = PixelLayout(
        rows=40,
        columns=48,
        samples_per_pixel=3 if frame.ndim == 3 else 1,
        bits_allocated=options["bits_allocated"],
        bits_stored=options["bits_stored"],
        high_bit=options["bits_stored"] - 1,
        is_signed=bool(options["pixel_representation"]),
        photometric_interpretation=options["photometric_interpretation"],
    )
    before = get_decoder(UID(uid)).available_plugins
    found = decoders.decoders_for(uid)
    names = {each.name for each in found}
    if len(names) < 2 and not find_spec("imagecodecs"):
        pytest.skip("there is one decoder only without imagecodecs")
    assert len(names) >= 2
    differing = {
        each.name
        for each in found
        if not np.array_equal(each.decode(data, layout, uid).reshape(frame.shape), frame)
    }
    assert not differing
    assert get_decoder(UID(uid)).available_plugins == before


@pytest.mark.parametrize("end", ["80", "90", "110"])
def test_codecs_work_in_threads(end):
    need(f".{end}")
    uid = f"1.2.840.10008.1.2.4.{end}"
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: there_and_back(uid, "16 bits"), range(40)))
    assert all(np.array_equal(each, FRAMES["16 bits"][0]) for each in results)


def test_a_decoder_that_fails_is_followed_by_the_next(monkeypatch):
    uid = "1.2.840.10008.1.2.4.80"
    data = encode_frame(FRAMES["8 bits"][0], uid, 8, 8, "MONOCHROME2")

    def fail(*_):
        raise RuntimeError("out of order")

    broken = decoders.Decoder("broken", "numpy", frozenset((uid,)), fail)
    monkeypatch.setattr(decoders, "_DIRECT", (broken, *decoders._DIRECT))
    found = decode_frame(data, uid, 40, 48, 1, 8, 8, "MONOCHROME2")
    np.testing.assert_array_equal(found, FRAMES["8 bits"][0])
    with pytest.raises(PixelDataError, match="broken: out of order; "):
        decode_frame(b"\xff\xd8\xff\xd9", uid, 40, 48, 1, 8, 8, "MONOCHROME2")


def test_a_decoder_that_may_end_the_process_comes_last(monkeypatch):
    pytest.importorskip("gdcm")
    uid = "1.2.840.10008.1.2.4.70"
    assert "gdcm" not in {each.name for each in decoders.decoders_for(uid)}
    monkeypatch.setattr(decoders, "_DIRECT", ())
    monkeypatch.setattr(decoders, "_PYDICOM_PLUGINS", ())
    assert [each.name for each in decoders.decoders_for(uid)] == ["gdcm"]
    if find_spec("imagecodecs"):
        np.testing.assert_array_equal(there_and_back(uid, "16 bits"), FRAMES["16 bits"][0])


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("meaning", ["YBR_FULL", "YBR_PARTIAL_420"])
def test_colours_of_any_depth(bits, meaning):
    """Against the equations of PS3.3 C.7.6.3.1.2, which go from RGB to YBR."""
    full = (1 << bits) - 1
    rgb = np.array([[[0, 0, 0], [full, full, full], [full // 2, full // 3, full // 5]]])
    unit, half = 1 << (bits - 8), 1 << (bits - 1)
    if meaning == "YBR_FULL":
        matrix = [[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]]
        ybr = rgb @ np.array(matrix).T + [0, half, half]
    else:
        matrix = [[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]]
        ybr = rgb @ np.array(matrix).T + [16 * unit, half, half]
    dtype = np.uint8 if bits == 8 else np.uint16
    layout = PixelLayout(
        rows=1,
        columns=3,
        samples_per_pixel=3,
        bits_allocated=8 * np.dtype(dtype).itemsize,
        bits_stored=bits,
        high_bit=bits - 1,
        is_signed=False,
        photometric_interpretation=meaning,
    )
    found = to_rgb(np.rint(ybr).astype(dtype), layout)
    assert found.dtype == dtype
    assert np.abs(found.astype(int) - rgb).max() <= 2 * max(1, unit // 4)
