"""Pixel data of a new segmentation stay in pieces until somebody asks for all of them."""

import copy
import io
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

import iodkit as ik
from iodkit.io.memory import PiecesSource
from iodkit_seg import Segmentation, segread
from segments import EQUIPMENT, descriptions


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture
def labels(ct_series):
    rng = np.random.default_rng(4)
    shape = (len(ct_series), ct_series[0].Rows, ct_series[0].Columns)
    out = np.zeros(shape, np.uint8)
    out[1:4, 5:40, 7:33] = rng.integers(0, 3, (3, 35, 26))
    return out


def make(ct_series, labels, kind):
    return Segmentation(ct_series, labels, kind, descriptions(2))


def written(seg):
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return buffer.getvalue()


KINDS = ["BINARY", "FRACTIONAL", "LABELMAP"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_the_same_whether_they_were_joined_or_not(ct_series, labels, kind):
    seg = make(ct_series, labels, kind)
    assert seg.deferred_pixel_data is not None
    apart = written(seg)
    assert seg.deferred_pixel_data is not None  # writing joins nothing
    value = seg.PixelData
    assert type(value) is bytes
    assert seg.deferred_pixel_data is None
    assert written(seg) == apart
    assert pydicom.dcmread(io.BytesIO(apart)).PixelData == value


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_are_read_from_the_pieces(ct_series, labels, kind):
    seg = make(ct_series, labels, kind)
    back = segread(written(seg))
    assert np.array_equal(
        seg.get_volume(combine_segments=True, rescale_fractional=False).array,
        back.get_volume(combine_segments=True, rescale_fractional=False).array,
    )
    frame = seg.number_of_frames
    assert np.array_equal(seg.get_stored_frame(frame), back.get_stored_frame(frame))
    assert seg.deferred_pixel_data is not None
    assert np.array_equal(seg.pixel_array, back.pixel_array)


@pytest.mark.parametrize("kind", KINDS)
def test_what_callers_do_to_their_array_afterwards_stays_theirs(ct_series, labels, kind):
    masks = np.stack([labels == 1, labels == 2], axis=-1)
    for given in (labels, labels[:, ::-1], masks, masks.astype(np.float32), masks.astype(np.uint8)):
        mine = given.copy()
        seg = make(ct_series, mine, kind)
        before = written(seg)
        mine[...] = 1
        assert written(seg) == before


def test_a_volume_is_not_kept_either(ct_series, labels):
    volume = ik.get_volume_from_series(ct_series).with_array(labels)
    seg = Segmentation(ct_series, volume, "LABELMAP", descriptions(2))
    before = written(seg)
    volume.array[...] = 1
    assert written(seg) == before


@pytest.mark.parametrize(
    "twin_of",
    [
        copy.copy,
        copy.deepcopy,
        lambda seg: pickle.loads(pickle.dumps(seg)),
        lambda seg: Segmentation.from_dataset(seg, copy=True),
    ],
)
def test_copies_have_the_same_pixels(ct_series, labels, twin_of):
    seg = make(ct_series, labels, "BINARY")
    twin = twin_of(seg)
    assert written(twin) == written(seg)
    assert twin.PixelData == seg.PixelData
    del twin.PixelData
    assert "PixelData" in seg


def test_new_pixels_take_their_place(ct_series, labels):
    seg = make(ct_series, labels, "BINARY")
    empty = bytes(len(make(ct_series, labels, "BINARY").PixelData))
    seg.PixelData = empty
    assert seg.deferred_pixel_data is None
    assert pydicom.dcmread(io.BytesIO(written(seg))).PixelData == empty


def test_pydicom_writes_them_too(ct_series, labels):
    seg = make(ct_series, labels, "BINARY")
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, make(ct_series, labels, "BINARY"), enforce_file_format=True)
    assert pydicom.dcmread(io.BytesIO(buffer.getvalue())).PixelData == seg.PixelData
    assert seg.to_json_dict()["7FE00010"]["InlineBinary"]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_encodings_of_the_same_bytes(ct_series, labels, syntax):
    seg = make(ct_series, labels, "BINARY")
    seg.file_meta.TransferSyntaxUID = syntax
    data = written(seg)
    assert pydicom.dcmread(io.BytesIO(data)).PixelData == seg.PixelData


def test_threads_ask_for_them_at_once(ct_series, labels):
    wanted = make(ct_series, labels, "BINARY").PixelData
    for _ in range(20):
        seg = make(ct_series, labels, "BINARY")
        with ThreadPoolExecutor(8) as executor:
            found = list(executor.map(lambda _, seg=seg: seg.PixelData, range(16)))
        assert all(value == wanted for value in found)


def test_any_part_of_the_pieces_can_be_read():
    whole = bytes(range(200))
    source = PiecesSource([whole[:7], b"", np.frombuffer(whole[7:90], np.uint8), whole[90:]], "x")
    assert source.size == 200
    rng = np.random.default_rng(2)
    for begin, end in np.sort(rng.integers(0, 201, (300, 2)), axis=1).tolist():
        assert source.read(begin, end - begin) == whole[begin:end]
    assert pickle.loads(pickle.dumps(source)).read(0, 200) == whole
    with pytest.raises(ik.IodkitError, match="x"):
        source.read(150, 51)
