"""Encoding: the same bytes as pydicom's, whatever the tree, and nothing copied that is large."""

import contextlib
import copy
import io
import warnings
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread, dcmwrite
from pydicom.charset import python_encoding
from pydicom.data import get_charset_files
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.tag import Tag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)
from pydicom.valuerep import IS, DSfloat

from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.io import BulkValue, encode_dataset, encode_file, encode_items, join_pieces

FOLDER = Path(pydicom.data.__file__).parent
SETTINGS = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


def by_pydicom(dataset, *, implicit_vr=False, little_endian=True):
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = implicit_vr, little_endian
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def assert_same(dataset, **options):
    """Compare with pydicom, which changes what it writes and so gets a copy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = by_pydicom(copy.deepcopy(dataset), **options)
        except Exception:  # noqa: BLE001 - whatever pydicom raises, ours is one error
            with pytest.raises(InvalidValueError):
                encode_dataset(dataset, **options)
            return
        assert join_pieces(encode_dataset(dataset, **options)) == expected


def optional(values):
    return st.one_of(st.none(), values, st.lists(values, max_size=4))


plain = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _", max_size=12)
texts = st.text(
    st.characters(blacklist_characters="\\", blacklist_categories=("Cc", "Cs")), max_size=12
)
names = st.builds(
    "{}^{}={}".format,
    *[st.text(st.characters(blacklist_characters="\\=^", categories=("L",)), max_size=6)] * 3,
)
VALUES = {
    "CS": (["ImageType", "Modality"], optional(plain)),
    "LO": (["PatientID", "Manufacturer"], optional(texts)),
    "SH": (["AccessionNumber"], optional(texts)),
    "LT": (["AdditionalPatientHistory"], st.one_of(st.none(), texts)),
    "UT": (["TextValue"], st.one_of(st.none(), texts)),
    "UC": (["LongCodeValue"], optional(texts)),
    "UR": (["RetrieveURL"], st.one_of(st.none(), plain)),
    "PN": (["PatientName", "OtherPatientNames"], optional(names)),
    "DS": (
        ["ImagePositionPatient", "RescaleSlope"],
        optional(st.one_of(st.integers(-999, 999).map(lambda n: n / 8), st.just("1.50"))),
    ),
    "IS": (["InstanceNumber"], optional(st.integers(-(2**31), 2**31 - 1))),
    "DA": (["StudyDate"], optional(st.just("20240229"))),
    "TM": (["StudyTime"], optional(st.sampled_from(["1200", "235959.999999"]))),
    "UI": (["SOPInstanceUID"], optional(st.integers(0, 99).map(lambda n: f"1.2.{n}"))),
    "US": (["Rows", "DimensionIndexValues"], optional(st.integers(0, 65535))),
    "UL": (["RegionFlags", "FrameIncrementPointer"], optional(st.integers(0, 2**31))),
    "FD": (["RealWorldValueSlope"], optional(st.floats(allow_nan=False))),
    "FL": (["TableOfParameterValues"], optional(st.floats(width=32, allow_nan=False))),
    "SL": (["DisplayedAreaTopLeftHandCorner"], optional(st.integers(-(2**31), 2**31 - 1))),
    "OB": (["ICCProfile", "EncapsulatedDocument"], st.one_of(st.none(), st.binary(max_size=9))),
    "OW": (["RedPaletteColorLookupTableData"], st.one_of(st.none(), st.binary(max_size=9))),
    "UN": ([0x00091001], st.binary(max_size=9)),
    "US or SS": (
        ["SmallestImagePixelValue", "PixelPaddingValue"],
        st.integers(0, 32767),
    ),
}


@st.composite
def elements(draw):
    vr = draw(st.sampled_from(sorted(VALUES)))
    keywords, values = VALUES[vr]
    return DataElement(draw(st.sampled_from(keywords)), vr, draw(values))


@st.composite
def datasets(draw, depth=2):
    dataset = Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for element in draw(st.lists(elements(), max_size=5)):
            dataset.add(element)
        charset = draw(st.sampled_from([None, None, *CHARSETS]))
        if charset:
            dataset.SpecificCharacterSet = charset
        if draw(st.booleans()):
            dataset.PixelRepresentation = draw(st.integers(0, 1))
        if depth and draw(st.booleans()):
            items = draw(st.lists(datasets(depth - 1), max_size=3))
            for item in items:
                item.is_undefined_length_sequence_item = draw(st.booleans())
            dataset.ContentSequence = items
            dataset["ContentSequence"].is_undefined_length = draw(st.booleans())
    return dataset


CHARSETS = [
    "ISO_IR 100",
    "ISO_IR 192",
    "ISO_IR 13",
    "GB18030",
    ["", "ISO 2022 IR 87"],
    ["ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 159"],
    ["ISO 2022 IR 6", "ISO 2022 IR 149"],
    ["ISO_IR 100", "ISO 2022 IR 144", "ISO 2022 IR 126"],
]


@SETTINGS
@given(datasets(), st.booleans(), st.booleans())
def test_any_tree_is_written_as_by_pydicom(dataset, implicit_vr, raw):
    if raw:
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dcmwrite(buffer, dataset, implicit_vr=True, little_endian=True)
            dataset = dcmread(buffer, force=True) if buffer.tell() else dataset
            dataset.is_undefined_length_sequence_item = False
    assert_same(dataset, implicit_vr=implicit_vr)


# pydicom writes this one without its escape sequences; see tests/elements/test_chinese.py.
@pytest.mark.parametrize("terms", sorted(set(python_encoding) - {"ISO 2022 IR 58"}))
@pytest.mark.parametrize("text", ["plain", "\\", "~", "äöü", "Ω", "Ж", "山田", "김", "ｱ", "ก"])
def test_every_character_set(terms, text):
    dataset = Dataset()
    item = Dataset()
    item.PatientName = f"{text}^{text}={text}"
    item.StudyDescription = text
    item.ImageComments = f"{text}\r\n{text}"
    dataset.SpecificCharacterSet = terms or None
    dataset.ReferencedPatientSequence = [item]
    assert_same(dataset)
    dataset.SpecificCharacterSet = ["ISO 2022 IR 6", terms]
    assert_same(dataset)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("implicit_vr", [False, True])
def test_every_file_in_the_other_encoding(implicit_vr):
    compared = 0
    for path in FOLDER.rglob("*.dcm"):
        if path.stat().st_size > 30_000:
            continue
        try:
            dataset = dcmread(path)
            expected = by_pydicom(dcmread(path), implicit_vr=implicit_vr)
        except Exception:  # noqa: BLE001 - what pydicom cannot do is not compared
            continue
        if dataset.original_encoding[1]:
            assert join_pieces(encode_dataset(dataset, implicit_vr=implicit_vr)) == expected, path
            compared += 1
    assert compared > 50


def file_like(syntax=ExplicitVRLittleEndian):
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.SOPInstanceUID = generate_uid()
    dataset.BitsAllocated = 16
    dataset.PixelRepresentation = 0
    dataset.PixelPaddingValue = 7
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    return dataset


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
    ],
)
def test_files_in_every_kind_of_syntax_and_the_user_s_objects_stay(syntax):
    dataset = file_like(syntax)
    frames = encapsulate([bytes(11), bytes(12)])
    dataset.PixelData = frames if syntax.is_compressed else bytes(100)
    dataset["PixelData"].VR = "OB or OW"
    before = copy.deepcopy(dataset)
    data = join_pieces(encode_file(dataset))
    assert dataset["PixelPaddingValue"].VR == "US or SS"
    assert dataset["PixelData"].VR == "OB or OW"
    assert not dataset["PixelData"].is_undefined_length
    assert dataset.file_meta == before.file_meta
    expected = io.BytesIO()
    dcmwrite(expected, dataset, enforce_file_format=True)
    assert data == expected.getvalue()


def test_large_values_are_not_copied():
    dataset = file_like()
    del dataset.PixelPaddingValue  # its VR is ambiguous, which raw writing leaves alone
    pixels = bytes(1 << 20)
    dataset.add(DataElement("PixelData", "OW", pixels))
    assert any(piece is pixels for piece in encode_file(dataset))
    lut = bytes(1 << 17)
    dataset._dict[Tag(0x00281201)] = RawDataElement(
        Tag(0x00281201), "OW", len(lut), lut, 0, False, True
    )
    dataset.set_original_encoding(False, True, "iso8859")
    assert any(piece is lut for piece in encode_file(dataset))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_pixels_in_pieces(syntax):
    dataset = file_like(syntax)
    frames = np.arange(6000, dtype=np.uint16).reshape(2, 50, 60)
    value = BulkValue("OW", list(frames), frames.nbytes)
    data = join_pieces(encode_file(dataset, bulk={0x7FE00010: value}))
    assert dcmread(io.BytesIO(data)).PixelData == frames.tobytes()
    assert "PixelData" not in dataset
    lazily = BulkValue("OW", (frame for frame in frames), frames.nbytes)
    assert join_pieces(encode_file(dataset, bulk={0x7FE00010: lazily})) == data


def test_encapsulated_pixels_in_pieces():
    dataset = file_like(RLELossless)
    frames = encapsulate([b"abcd", b"efgh"])
    value = BulkValue("OB", [frames[:5], frames[5:]], None)
    data = join_pieces(encode_file(dataset, bulk={0x7FE00010: value}))
    dataset.PixelData = frames
    dataset["PixelData"].VR = "OB"
    assert join_pieces(encode_file(dataset)) == data


@pytest.mark.parametrize("size", [0, 8, 9, 3_000_000])
def test_buffered_values(size):
    dataset = Dataset()
    dataset.add(DataElement("EncapsulatedDocument", "OB", io.BytesIO(b"x" * size)))
    item = Dataset()
    item.add(DataElement("EncapsulatedDocument", "OB", io.BytesIO(b"y" * size)))
    dataset.ContentSequence = [item, item]
    expected = by_pydicom(dataset)
    assert join_pieces(encode_dataset(dataset)) == expected
    assert join_pieces(encode_dataset(dataset)) == expected


def test_shared_elements_and_items():
    code = Dataset()
    code.CodeValue, code.CodeMeaning = "1", "höher"
    item = Dataset()
    item.ConceptNameCodeSequence = [code]
    latin = Dataset()
    latin.SpecificCharacterSet = "ISO_IR 100"
    latin.ContentSequence = [item, item]
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ContentSequence = [latin, item, item]
    for element in (item["ConceptNameCodeSequence"], code["CodeMeaning"]):
        other = Dataset()
        other._dict[element.tag] = element
        dataset.ContentSequence.append(other)
    assert_same(dataset)


def test_items_are_the_value_of_a_sequence():
    items = [Dataset(), Dataset()]
    items[0].PatientName = "A^B"
    items[1].is_undefined_length_sequence_item = True
    for implicit_vr, little_endian in ((False, True), (True, True), (False, False)):
        dataset = Dataset()
        dataset.ContentSequence = items
        options = {"implicit_vr": implicit_vr, "little_endian": little_endian}
        expected = by_pydicom(dataset, **options)
        assert encode_items(items, **options) == expected[8 if implicit_vr else 12 :]


@pytest.mark.filterwarnings("ignore:The value length")
def test_lut_descriptors_and_values_that_are_too_long():
    dataset = Dataset()
    dataset.PixelRepresentation = 1
    dataset.add(DataElement(0x00281101, "US or SS", [65535, -5, 16]))
    dataset.add(DataElement("PatientComments", "LT", "x" * 70_000))
    assert_same(dataset)
    assert_same(dataset, implicit_vr=True)


def test_ambiguous_values_take_the_pixel_representation_around_them():
    inner, middle, dataset = Dataset(), Dataset(), Dataset()
    inner.add(DataElement("PixelPaddingValue", "US or SS", 5))
    inner.add(DataElement("SmallestImagePixelValue", "US or SS", b"\x01\x80"))
    middle.ContentSequence = [inner]
    dataset.ContentSequence = [middle]
    for level in (inner, middle, dataset):
        level.PixelRepresentation = 1
        assert_same(dataset)
        del level.PixelRepresentation
    assert_same(dataset)


def test_what_cannot_be_encoded_is_named():
    dataset = Dataset()
    dataset.add(DataElement("Rows", "US", 5))
    dataset["Rows"]._value = -1
    with pytest.raises(InvalidValueError, match=r"0028,0010"):
        encode_dataset(dataset)
    item = Dataset()
    item.ContentSequence = [dataset]
    with pytest.raises(InvalidValueError, match=r"0028,0010"):
        encode_dataset(item)
    lut = Dataset()
    lut.add(DataElement("LUTData", "US or OW", b"ab"))
    with pytest.raises(InvalidValueError, match=r"0028,3006"):
        encode_dataset(lut)


def test_files_that_lack_something():
    dataset = file_like()
    del dataset.SOPClassUID
    with pytest.raises(MissingAttributeError, match="MediaStorageSOPClassUID"):
        encode_file(dataset)
    with pytest.raises(MissingAttributeError, match="TransferSyntaxUID"):
        encode_file(Dataset())
    dataset = file_like()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.1"
    with pytest.raises(InvalidValueError, match="TransferSyntaxUID"):
        encode_file(dataset)
    dataset = file_like(RLELossless)
    dataset.PixelData = b"abcd"
    dataset["PixelData"].VR = "OB"
    with pytest.raises(InvalidValueError, match="encapsulated"):
        encode_file(dataset)
    dataset = file_like()
    dataset.add(DataElement(0x00000002, "UI", "1.2"))
    with pytest.raises(InvalidValueError, match="command set"):
        encode_file(dataset)
    dataset = file_like()
    dataset.preamble = b"short"
    with pytest.raises(InvalidValueError, match="preamble"):
        encode_file(dataset)


def test_pieces_are_buffers():
    with pytest.raises(InvalidTypeError):
        join_pieces(["text"])
    with pytest.raises(InvalidTypeError):
        join_pieces([3])
    array = np.arange(12, dtype=np.uint16).reshape(3, 4)
    assert join_pieces([array[:, ::2], array[:0]]) == array[:, ::2].tobytes()


def test_a_changed_character_set_is_written_in_the_new_one():
    (path,) = get_charset_files("chrSQEncoding.dcm")
    ours, plain = dcmread(path), dcmread(path)
    for dataset in (ours, plain):
        dataset.SpecificCharacterSet = "ISO_IR 192"
    assert join_pieces(encode_dataset(ours)) == by_pydicom(plain)


def element(tag, vr, value):
    """An element whose value nobody converted."""
    made = DataElement(tag, vr, None)
    made._value = value
    return made


@pytest.mark.parametrize("implicit_vr", [False, True])
@pytest.mark.parametrize(
    ("vr", "values"),
    [
        ("US", [1, True, 1.0, "1", None, "", [1, True], 2]),
        ("DS", [DSfloat(1.0), DSfloat("1.00"), DSfloat(2 / 3, auto_format=True), 1, "1", 1.5]),
        ("IS", [IS(7), IS("007"), 7, 7.0, "7"]),
        ("FD", [0.0, -0.0, 0, False]),
        ("LO", ["1.2", UID("1.2"), "1.23", ["1.2", "3"], "é", None, b"1.2"]),
        ("UI", ["1.2", UID("1.2"), "1.2.3", ["1.2", "1.2.3"], None]),
        ("OB", [b"", b"a", b"ab", bytearray(b"abc"), None]),
        ("UN", [b"", b"a", b"ab", None]),
    ],
)
def test_equal_values_are_told_apart_where_their_bytes_differ(vr, values, implicit_vr):
    """Each value alone, for pydicom refuses some, and all that it takes in items of one tree."""
    taken = []
    for value in values:
        item = Dataset()
        item.add(element(0x00091001, vr, value))
        assert_same(item, implicit_vr=implicit_vr)
        with contextlib.suppress(Exception):
            by_pydicom(copy.deepcopy(item), implicit_vr=implicit_vr)
            taken.append(item)
    for order in (taken, taken[::-1]):
        dataset = Dataset()
        dataset.ContentSequence = [copy.deepcopy(item) for item in order]
        assert_same(dataset, implicit_vr=implicit_vr)


def test_items_with_the_same_tags_differ_in_order_vr_and_character_set():
    items = []
    for charset in (None, "ISO_IR 100", "ISO_IR 192", ["", "ISO 2022 IR 87"], "ISO_IR 100"):
        for vr, order in (("LO", 1), ("UT", -1), ("UI", -1), ("SQ", 1), ("UT", 1)):
            item = Dataset()
            tags = [0x00080104, 0x00091001, 0x00090010, 0x00090000, 0x0040A043][::order]
            for tag in tags:
                value = [Dataset()] if vr == "SQ" else "1.2.3"
                private = tag == 0x00091001
                item.add(element(tag, vr if private else "LO", value if private else "1.2.3"))
            item[0x0040A043].VR = "SQ"
            item[0x0040A043].value = [Dataset()]
            if charset is not None:
                item.SpecificCharacterSet = charset
            items.append(item)
    dataset = Dataset()
    dataset.ContentSequence = items
    assert_same(dataset)
    assert_same(dataset, implicit_vr=True)


@pytest.mark.parametrize("vr", ["OB", "UN", "UL", "UT"])
@pytest.mark.parametrize("size", [65_534, 65_535, 65_536, 65_537])
def test_values_around_the_size_that_is_not_copied(vr, size):
    value = {"UL": list(range(size // 4)), "UT": "x" * size}.get(vr, b"x" * size)
    dataset = Dataset()
    dataset.add(element(0x00091001, vr, value))
    assert_same(dataset)
    assert_same(dataset, implicit_vr=True)
    if vr in {"OB", "UN"} and size >= 1 << 16:
        assert any(piece is value for piece in encode_dataset(dataset))
