"""Reading: which bytes are touched, where pixels are, what broken files give."""

import importlib.util
import io
import random
import struct
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)

from iodkit.errors import CorruptDataError, ReadError
from iodkit.io import open_source, read_dataset
from iodkit.io.bytesource import ByteSource

FOLDER = Path(pydicom.data.__file__).parent


class CountingSource(ByteSource):
    def __init__(self, data):
        self.data = data
        self.reads = []

    @property
    def size(self):
        return len(self.data)

    def describe(self):
        return "counted bytes"

    def _fill(self, offset, view):
        part = self.data[offset : offset + len(view)]
        view[: len(part)] = part
        self.reads.append((offset, len(part)))
        return len(part)

    @property
    def total(self):
        return sum(length for _, length in self.reads)


@pytest.fixture
def no_fallback(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the file went to pydicom")

    monkeypatch.setattr("iodkit.io.reader.read_with_pydicom", refuse)
    monkeypatch.setattr("iodkit.io.reader.read_broken", refuse)


def make_file(pixels=None, *, syntax=ExplicitVRLittleEndian, undefined=False, frames=0):
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.SOPInstanceUID = generate_uid()
    dataset.BitsAllocated = 8
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    if frames:
        groups = []
        for number in range(frames):
            content = Dataset()
            content.DimensionIndexValues = [1, number + 1]
            group = Dataset()
            group.FrameContentSequence = [content]
            group["FrameContentSequence"].is_undefined_length = undefined
            group.is_undefined_length_sequence_item = undefined
            content.is_undefined_length_sequence_item = undefined
            groups.append(group)
        dataset.PerFrameFunctionalGroupsSequence = groups
        dataset["PerFrameFunctionalGroupsSequence"].is_undefined_length = undefined
    if pixels is not None:
        dataset.PixelData = pixels
        dataset["PixelData"].VR = "OB"
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.usefixtures("no_fallback")
def test_lazy_reading_touches_only_the_header():
    pixels = bytes(8 << 20)
    source = CountingSource(make_file(pixels))
    parsed = read_dataset(source, stop_before_pixels=True)
    assert source.total <= 1 << 17
    assert len(source.reads) <= 2
    assert "PixelData" not in parsed.dataset
    place = parsed.pixel_data
    assert (place.vr, place.length, place.is_encapsulated) == ("OB", len(pixels), False)
    assert parsed.source.read(place.offset, place.length) == pixels


@pytest.mark.usefixtures("no_fallback")
def test_lazy_reading_of_encapsulated_frames_touches_the_header_and_the_end():
    frames = [bytes([n]) * 100_000 for n in range(40)]
    source = CountingSource(make_file(encapsulate(frames), syntax=RLELossless))
    place = read_dataset(source, stop_before_pixels=True).pixel_data
    assert source.total <= 1 << 17
    assert len(source.reads) <= 2
    assert place.is_encapsulated
    assert source.read(place.offset, 4) == b"\xfe\xff\x00\xe0"


@pytest.mark.usefixtures("no_fallback")
@pytest.mark.parametrize("trailing", [False, True])
def test_encapsulated_frames_larger_than_the_window(trailing):
    frames = [bytes([n]) * 70_000 for n in range(30)]
    data = make_file(encapsulate(frames), syntax=RLELossless)
    if trailing:
        data += struct.pack("<HH2sHI", 0xFFFC, 0xFFFC, b"OB", 0, 4) + bytes(4)
    source = CountingSource(data)
    parsed = read_dataset(source)
    assert parsed.dataset == dcmread(io.BytesIO(data))
    assert ("DataSetTrailingPadding" in parsed.dataset) == trailing
    lazy = read_dataset(data, stop_before_pixels=True)
    assert ("DataSetTrailingPadding" in lazy.dataset) == trailing
    if not trailing:
        assert source.total <= len(data) + (1 << 17)


@pytest.mark.usefixtures("no_fallback")
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("undefined", [False, True])
def test_a_long_sequence_stays_one_encoded_element(syntax, undefined):
    data = make_file(b"ab", syntax=syntax, undefined=undefined, frames=2000)
    source = CountingSource(data)
    parsed = read_dataset(source)
    element = parsed.dataset.get_item("PerFrameFunctionalGroupsSequence")
    assert isinstance(element, RawDataElement)
    assert element.value.startswith(b"\xfe\xff\x00\xe0")
    assert source.total <= 2 * len(data)
    plain = dcmread(io.BytesIO(data))
    assert parsed.dataset == plain
    assert parsed.dataset["PerFrameFunctionalGroupsSequence"].is_undefined_length == undefined
    again = io.BytesIO()
    read_dataset(data).dataset.save_as(again, enforce_file_format=True)
    assert again.getvalue() == data


@pytest.mark.usefixtures("no_fallback")
def test_deflated_files_refer_to_the_inflated_bytes():
    data = make_file(b"\x01\x02\x03\x04" * 1000, syntax=DeflatedExplicitVRLittleEndian)
    parsed = read_dataset(data, stop_before_pixels=True)
    place = parsed.pixel_data
    assert parsed.source.read(place.offset, place.length) == b"\x01\x02\x03\x04" * 1000
    with pytest.raises(CorruptDataError, match=r"deflated"):
        read_dataset(data[:-20])


def test_a_file_read_from_a_path_knows_it():
    path = get_testdata_file("image_dfl.dcm")
    plain, ours = dcmread(path), read_dataset(path).dataset
    assert (ours.filename, ours.timestamp) == (plain.filename, plain.timestamp)
    assert ours.original_character_set == plain.original_character_set


def test_items_encoded_without_vr_are_written_with_vr():
    path = get_testdata_file("UN_sequence.dcm")
    ours, plain = io.BytesIO(), io.BytesIO()
    read_dataset(path).dataset.save_as(ours)
    dcmread(path).save_as(plain)
    assert ours.getvalue() == plain.getvalue()


@pytest.mark.parametrize("name", ["MR_truncated.dcm", "rtplan_truncated.dcm"])
def test_truncated_files_are_refused_unless_allowed(name):
    path = get_testdata_file(name)
    with pytest.raises(CorruptDataError) as caught:
        read_dataset(path)
    assert caught.value.attribute.startswith("(")
    assert name in str(caught.value)
    assert "at byte" in str(caught.value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        allowed = read_dataset(path, allow_truncated=True).dataset
        assert set(allowed.keys()) == set(dcmread(path).keys())


def test_truncated_pixels_are_noticed_without_reading_them():
    data = make_file(bytes(100_000))
    with pytest.raises(CorruptDataError, match=r"7FE0,0010"):
        read_dataset(data[:-1000], stop_before_pixels=True)


def test_a_lying_length_allocates_nothing():
    data = bytearray(make_file(b"abcd"))
    place = data.rindex(b"\xe0\x7f\x10\x00OB\0\0") + 8
    data[place : place + 4] = struct.pack("<I", 0xFFFFFFFE)
    with pytest.raises(CorruptDataError):
        read_dataset(bytes(data))


def test_sequences_nested_too_deeply_are_refused():
    header = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    data = make_file() + header * 5000
    with pytest.raises(CorruptDataError):
        read_dataset(data)


def test_what_is_no_dicom_file():
    for data in (b"", b"no", b"x" * 1000):
        with pytest.raises(ReadError, match="no DICOM file"):
            read_dataset(data)
    with pytest.raises(ReadError) as caught:
        read_dataset("/no/such/file.dcm")
    assert caught.value.errno == 2
    with pytest.raises(ReadError):
        read_dataset(FOLDER)


@pytest.mark.filterwarnings("ignore")
def test_a_dataset_without_header_is_read_by_force():
    path = get_testdata_file("no_meta.dcm")
    with pytest.raises(ReadError):
        read_dataset(path)
    assert read_dataset(path, force=True).dataset == dcmread(path, force=True)


def test_senseless_character_sets_and_headers_are_our_error():
    data = make_file()
    bad = struct.pack("<HH2sH", 8, 5, b"CS", 6) + b"a\0b\\c "
    place = data.index(b"\x08\x00\x16\x00UI")
    with pytest.raises(CorruptDataError):
        read_dataset(data[:place] + bad + data[place:])
    with pytest.raises(CorruptDataError):
        read_dataset(data.replace(b"\x02\x00\x10\x00UI", b"\x02\x00\x10\x00UA"))
    with pytest.raises(CorruptDataError):
        read_dataset(data.replace(b"\x02\x00\x00\x00UL\x04\x00", b"\x02\x00\x00\x00UL\x05\x00"))


def test_all_kinds_of_sources_give_the_same(tmp_path):
    path = get_testdata_file("CT_small.dcm")
    content = Path(path).read_bytes()
    plain = dcmread(path)
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://iodkit/ct.dcm", "wb") as file:
        file.write(content)
    with Path(path).open("rb") as file:
        sources = [path, content, bytearray(content), memoryview(content), io.BytesIO(content)]
        for source in [*sources, file, "memory://iodkit/ct.dcm", Path(path).as_uri()]:
            opened = open_source(source)
            assert opened.size == len(content)
            assert read_dataset(opened).dataset == plain
            assert opened.describe()


@pytest.mark.usefixtures("no_fallback")
def test_a_deflated_dataset_is_not_inflated_without_limit(monkeypatch):
    data = make_file(bytes(1 << 20), syntax=DeflatedExplicitVRLittleEndian)
    monkeypatch.setattr("iodkit.io.reader._INFLATED_LIMIT", 1 << 16)
    with pytest.raises(CorruptDataError, match="larger than 65536 bytes"):
        read_dataset(data)


def load_fuzzer():
    path = Path(__file__).parents[2] / "tools" / "fuzz_reader.py"
    spec = importlib.util.spec_from_file_location("fuzz_reader", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "liver_1frame.dcm", "nested_priv_SQ.dcm", "UN_sequence.dcm"]
)
def test_damaged_files_give_what_pydicom_gives_or_our_error(name):
    fuzzer = load_fuzzer()
    content = Path(get_testdata_file(name)).read_bytes()
    rng = random.Random(name)
    found = Counter(fuzzer.outcome(fuzzer.damage(content, rng)) for _ in range(80))
    assert set(found) <= {"error", "equal", "pydicom fails"}
    assert found["error"] > 5
    assert found["equal"] > 5


def test_threads_read_one_file_at_once():
    path = get_testdata_file("CT_small.dcm")
    source, plain = open_source(path), dcmread(path)
    with ThreadPoolExecutor(8) as pool:
        parsed = list(pool.map(lambda _: read_dataset(source), range(40)))
    assert all(file.dataset == plain for file in parsed)
