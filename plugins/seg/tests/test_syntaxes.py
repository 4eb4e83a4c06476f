"""Every type of segmentation in every transfer syntax: written and read equal, or refused."""

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import MPEG2MPML, ExplicitVRBigEndian

import iodkit as ik
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingDependencyError
from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME, JPEG_XL, is_compressed, syntax_name
from iodkit.testing import phantom
from iodkit_image.pixels import encoders
from iodkit_seg import Segmentation, segread
from iodkit_seg.encoding.syntaxes import SYNTAXES
from referees import assert_valid, highdicom, library
from segments import EQUIPMENT, descriptions, organ_labels

SHAPE = (4, 33, 27)
CASES = [("BINARY", 1), ("FRACTIONAL", 8), ("LABELMAP", 8), ("LABELMAP", 16)]
LIBRARIES = {"codecs": "imagecodecs", "jpeg2000": "openjpeg"}
WITH_LOSS = ["50", "51", "81", "91", "203", "111", "112"]
# dciodvfy inflates nothing; apart from the pixels, the objects are those of native syntaxes.
NOT_FOR_DCIODVFY = ("1.2.840.10008.1.2.1.99", DEFLATED_IMAGE_FRAME)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(scope="module")
def series():
    return phantom.ct_series(*SHAPE)


@pytest.fixture(scope="module")
def labels():
    return organ_labels(*SHAPE)


def make(series, labels, kind, bits, **arguments):
    made = descriptions()
    if bits == 16:
        wide = np.array([0, 1, 300, 65535], np.uint16)
        labels = wide[labels]
        for item, number in zip(made, (1, 300, 65535), strict=True):
            item.SegmentNumber = number
    return labels, Segmentation(series, labels, kind, made, **arguments)


def allowed(wanted=True):
    return [
        pytest.param(syntax, kind, bits, id=f"{syntax_name(syntax)}-{kind}-{bits}")
        for syntax, rule in SYNTAXES.items()
        for kind, bits in CASES
        if (bits in rule.bits) is wanted
    ]


@pytest.mark.referee
@pytest.mark.parametrize(("syntax", "kind", "bits"), allowed())
def test_what_is_allowed(syntax, kind, bits, series, labels, tmp_path):
    extended = kind != "LABELMAP" or bits == 16  # so that both ways occur with each syntax
    extra = SYNTAXES[syntax].extra
    if extra:
        library(LIBRARIES[extra], LIBRARIES[extra])
    path = tmp_path / "seg.dcm"
    labels, made = make(
        series,
        labels,
        kind,
        bits,
        transfer_syntax_uid=syntax,
        use_extended_offset_table=extended,
        omit_empty_frames=False,
    )
    made.save_as(path)
    if syntax not in NOT_FOR_DCIODVFY:
        assert_valid(path)
    seg = segread(path, lazy_frame_retrieval=True)
    assert seg.transfer_syntax_uid == syntax
    assert seg.BitsAllocated == bits
    assert ("ExtendedOffsetTable" in seg) is (extended and is_compressed(syntax))
    uids = [ds.SOPInstanceUID for ds in series]
    assert np.array_equal(seg.get_pixels_by_source_instance(uids, combine_segments=True), labels)
    raw = seg.get_raw_frame(2)
    if not is_compressed(syntax):
        assert len(raw) == -(-SHAPE[1] * SHAPE[2] * bits // 8)


@pytest.mark.referee
@pytest.mark.parametrize(("syntax", "kind", "bits"), allowed())
@pytest.mark.filterwarnings("ignore")
def test_others_decode_the_same(syntax, kind, bits, series, labels, tmp_path):
    """pydicom with its plugins, and highdicom, as far as they know the transfer syntax."""
    if syntax in JPEG_XL or syntax == DEFLATED_IMAGE_FRAME:
        pytest.skip("neither pydicom nor highdicom decode this transfer syntax")
    extra = SYNTAXES[syntax].extra
    if extra:
        library(LIBRARIES[extra], LIBRARIES[extra])
    path = tmp_path / "seg.dcm"
    _, made = make(series, labels, kind, bits, transfer_syntax_uid=syntax)
    made.save_as(path)
    assert np.array_equal(dcmread(path).pixel_array, segread(path).get_stored_frames())
    theirs = highdicom().seg.segread(path).get_volume(combine_segments=True)
    assert np.array_equal(theirs.array, made.get_volume(combine_segments=True).array)


@pytest.mark.parametrize(("syntax", "kind", "bits"), allowed(wanted=False))
def test_what_is_forbidden_names_the_clause(syntax, kind, bits, series, labels):
    with pytest.raises(InvalidValueError, match="transfer_syntax_uid") as caught:
        make(series, labels, kind, bits, transfer_syntax_uid=syntax)
    assert caught.value.clause == SYNTAXES[syntax].clause
    assert "Deflated Image Frame" in caught.value.expected


@pytest.mark.parametrize("end", WITH_LOSS)
@pytest.mark.parametrize(("kind", "bits"), CASES)
def test_loss_is_refused(end, kind, bits, series, labels):
    with pytest.raises(InvalidValueError, match="loss") as caught:
        make(series, labels, kind, bits, transfer_syntax_uid=f"1.2.840.10008.1.2.4.{end}")
    assert caught.value.clause == "PS3.3 C.8.20.2.2"


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, MPEG2MPML, "1.2.3"])
def test_other_transfer_syntaxes_are_refused(syntax, series, labels):
    with pytest.raises(InvalidValueError, match=r"PS3\.5 10"):
        make(series, labels, "BINARY", 1, transfer_syntax_uid=syntax)


def test_a_missing_codec_is_named(series, labels, monkeypatch):
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"iodkit-image\[codecs\]"):
        make(series, labels, "LABELMAP", 8, transfer_syntax_uid="1.2.840.10008.1.2.4.110")


@pytest.mark.referee
@pytest.mark.parametrize("codec", ["imagecodecs", "openjpeg"])
def test_single_bits_in_jpeg_2000_whichever_codec_is_there(codec, series, labels, monkeypatch):
    """PS3.5 table 8.2.4-1: Bits Allocated may be 1."""
    library(codec, codec)
    if codec == "openjpeg":
        monkeypatch.setattr(
            encoders, "find_spec", lambda name: None if name == "imagecodecs" else find_spec(name)
        )
        labels = np.pad(labels, [(0, 0), (0, 0), (0, 5)])  # it wants 32 rows and columns
        series = phantom.ct_series(SHAPE[0], *labels.shape[1:])
    _, seg = make(series, labels, "BINARY", 1, transfer_syntax_uid="1.2.840.10008.1.2.4.90")
    stream = seg.get_raw_frame(1)
    marker = stream.find(b"\xff\x51")  # SIZ, ISO 15444-1 A.5.1
    assert stream[marker + 40] + 1 == 1  # bits of the component
    uids = [ds.SOPInstanceUID for ds in series]
    options = {"combine_segments": True, "assert_missing_frames_are_empty": True}
    assert np.array_equal(seg.get_pixels_by_source_instance(uids, **options), labels)


@pytest.mark.parametrize("workers", [2, ThreadPoolExecutor(2)], ids=["processes", "threads"])
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.8.1"])
def test_workers_give_the_same_bytes(workers, syntax, series, labels):
    _, alone = make(series, labels, "LABELMAP", 8, transfer_syntax_uid=syntax)
    _, shared = make(series, labels, "LABELMAP", 8, transfer_syntax_uid=syntax, workers=workers)
    assert shared.PixelData == alone.PixelData


@pytest.mark.referee
def test_threads_of_callers_are_safe_with_openjpeg(series, labels):
    library("openjpeg", "pylibjpeg-openjpeg")
    syntax = "1.2.840.10008.1.2.4.90"
    _, alone = make(series, labels, "LABELMAP", 8, transfer_syntax_uid=syntax)
    with ThreadPoolExecutor(4) as threads:
        for _ in range(3):
            _, shared = make(
                series, labels, "LABELMAP", 8, transfer_syntax_uid=syntax, workers=threads
            )
            assert shared.PixelData == alone.PixelData


def test_workers_of_a_wrong_type(series, labels):
    with pytest.raises(InvalidTypeError, match="workers"):
        make(
            series,
            labels,
            "LABELMAP",
            8,
            transfer_syntax_uid="1.2.840.10008.1.2.5",
            workers="two",
        )


def test_the_documentation_has_the_same_table():
    page = Path(__file__).parents[3] / "docs/segmentation-syntaxes.md"
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.read_text().splitlines()
        if line.startswith("|") and "PS3.5" in line
    ]
    expected = [
        [
            syntax_name(syntax),
            *("yes" if bits in rule.bits else "no" for _, bits in CASES),
            rule.clause,
            f"`iodkit-image[{rule.extra}]`" if rule.extra else "",
        ]
        for syntax, rule in SYNTAXES.items()
    ]
    assert rows == expected
