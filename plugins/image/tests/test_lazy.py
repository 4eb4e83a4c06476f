"""Pixel data that stay where they are until they are asked for."""

import gc
import io
import os
import pickle
import struct
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

import iodkit as ik
from counted import CountedSource, serve
from iodkit.errors import CorruptDataError, ReadError
from iodkit.testing import phantom
from iodkit_image import encode_frame

FRAME = 64 * 64 * 2


@pytest.fixture(scope="module")
def stored():
    """Content of a file, and its frames."""
    image = phantom.enhanced_ct(40, 64, 64)
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    frames = np.frombuffer(image.PixelData, np.uint16).reshape(40, 64, 64)
    return buffer.getvalue(), frames


@pytest.fixture(scope="module")
def path(stored, tmp_path_factory):
    target = tmp_path_factory.mktemp("lazy") / "image.dcm"
    target.write_bytes(stored[0])
    return target


def test_opening_reads_the_header_and_a_frame_reads_itself(stored):
    data, frames = stored
    source = CountedSource(data)
    image = ik.read(source)
    header = len(data) - frames.nbytes
    assert source.total <= 2 * header + (1 << 17)
    source.reads.clear()
    assert np.array_equal(image.get_stored_frame(7), frames[6])
    assert source.total == FRAME
    source.reads.clear()
    part = image.get_volume(slice_start=4, slice_end=6, row_start=11, row_end=21)
    assert part.shape == (2, 10, 64)
    assert source.total == 2 * 10 * 64 * 2
    assert image.deferred_pixel_data is not None


def test_imread_reads_everything_unless_told_not_to(stored):
    source = CountedSource(stored[0])
    assert ik.imread(source).deferred_pixel_data is None
    source = CountedSource(stored[0])
    assert ik.imread(source, lazy_frame_retrieval=True).deferred_pixel_data is not None


def _zip(stored, folder, method):
    target = folder / f"{method}.zip"
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("folder/one.dcm", stored[0])
    return target


def _memory_url(stored, tmp_path):
    import fsspec

    fsspec.filesystem("memory").pipe("/bucket/one.dcm", stored[0])
    return "memory://bucket/one.dcm"


SOURCES = {
    "path": lambda stored, path, tmp_path: path,
    "text": lambda stored, path, tmp_path: str(path),
    "bytes": lambda stored, path, tmp_path: stored[0],
    "file object": lambda stored, path, tmp_path: io.BytesIO(stored[0]),
    "file URL": lambda stored, path, tmp_path: path.as_uri(),
    "memory store": lambda stored, path, tmp_path: _memory_url(stored, tmp_path),
    "stored member": lambda stored, path, tmp_path: zipfile.Path(
        _zip(stored, tmp_path, zipfile.ZIP_STORED), "folder/one.dcm"
    ),
    "deflated member": lambda stored, path, tmp_path: zipfile.Path(
        _zip(stored, tmp_path, zipfile.ZIP_DEFLATED), "folder/one.dcm"
    ),
    "member by URL": lambda stored, path, tmp_path: (
        f"zip://folder/one.dcm::{_zip(stored, tmp_path, zipfile.ZIP_DEFLATED)}"
    ),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_gives_the_same_frames_also_after_pickling(kind, stored, path, tmp_path):
    where = SOURCES[kind](stored, path, tmp_path)
    image = ik.imread(where, lazy_frame_retrieval=True)
    assert np.array_equal(image.get_stored_frames([1, 40]), stored[1][[0, 39]])
    if kind == "file object":
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(image)
        return
    twin = pickle.loads(pickle.dumps(image))
    assert twin.deferred_pixel_data is not None
    assert np.array_equal(twin.get_stored_frame(13), stored[1][12])
    if kind in {"path", "text", "file URL", "memory store", "stored member"}:
        assert len(pickle.dumps(image)) < len(stored[0]) / 2


def test_a_stored_member_is_read_byte_by_byte(stored, tmp_path):
    archive = _zip(stored, tmp_path, zipfile.ZIP_STORED)
    image = ik.read(zipfile.Path(archive, "folder/one.dcm"))
    source, _ = image.deferred_pixel_data
    counted = []
    read = source._archive.read
    source._archive.read = lambda offset, length: counted.append(length) or read(offset, length)
    image.get_stored_frame(3)
    assert sum(counted) == FRAME


def test_members_that_are_not_there(stored, tmp_path):
    archive = _zip(stored, tmp_path, zipfile.ZIP_STORED)
    with pytest.raises(ReadError, match="no other"):
        ik.read(zipfile.Path(archive, "other"))
    (tmp_path / "no.zip").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "gone.zip", "w") as opened:
        opened.writestr("a", b"a")
    gone = zipfile.Path(tmp_path / "gone.zip", "a")
    (tmp_path / "gone.zip").unlink()
    with pytest.raises(ReadError, match="gone"):
        ik.read(gone)


def test_a_server_sends_the_bytes_that_are_needed(stored, path):
    pytest.importorskip("aiohttp")
    with serve(path.parent) as server:
        image = ik.read(server.url(path.name))
        header = len(stored[0]) - stored[1].nbytes
        assert sum(server.sent) <= 2 * header + (1 << 17)
        server.sent.clear()
        assert np.array_equal(image.get_stored_frame(20), stored[1][19])
        assert server.sent == [FRAME]
        server.sent.clear()
        volume = image.get_volume(slice_start=3, slice_end=5)
        assert volume.spatial_shape[0] == 2
        assert server.sent == [FRAME, FRAME]


def test_what_a_server_does_not_have(tmp_path):
    pytest.importorskip("aiohttp")
    with serve(tmp_path) as server, pytest.raises(ReadError, match=r"no\.dcm"):
        ik.read(server.url("no.dcm"))


def test_threads_share_an_image(path, stored):
    image = ik.read(path)
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(image.get_stored_frame, list(range(1, 41)) * 3))
    assert np.array_equal(frames, np.tile(stored[1], (3, 1, 1)))


def _handles():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(sys.platform != "linux", reason="counts handles in /proc")
def test_many_open_images_hold_no_file_open(path):
    before = _handles()
    images = [ik.read(path) for _ in range(1500)]
    assert _handles() <= before + 1
    total = sum(int(image.get_stored_frame(1)[0, 0]) for image in images[::300])
    assert total == 5 * int(images[0].get_stored_frame(1)[0, 0])
    assert _handles() <= before + 1
    del images
    gc.collect()


def test_a_file_that_changes_is_noticed(tmp_path, stored):
    target = tmp_path / "a.dcm"
    target.write_bytes(stored[0])
    image = ik.read(target)
    target.write_bytes(stored[0] + b"\0\0")
    with pytest.raises(ReadError, match="changed"):
        image.get_stored_frame(1)


def test_four_gigabytes_of_native_frames(tmp_path):
    image = phantom.enhanced_ct(2, 16, 16)
    frames, rows = 508, 2048
    del image.PerFrameFunctionalGroupsSequence
    image.NumberOfFrames, image.Rows, image.Columns = frames, rows, rows
    image.PixelData = b""
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    head, size = buffer.getvalue()[:-4], rows * rows * 2
    target = tmp_path / "large.dcm"
    with target.open("wb") as file:
        file.write(head + struct.pack("<I", frames * size))
        file.seek(400 * size + 2 * rows * 100, os.SEEK_CUR)
        file.write(b"\x07\x00" * rows)
        file.truncate(len(head) + 4 + frames * size)
    assert target.stat().st_size > 4.2e9
    source = CountedSource(target)
    image = ik.read(source)
    source.reads.clear()
    frame = image.get_stored_frame(401)
    assert source.total == size
    assert (frame[100] == 7).all()
    assert frame.sum() == 7 * rows


def _sparse_file(target, frames, slot, index, encoded):
    """Write frames at regular places, all but one of them holes."""
    image = phantom.enhanced_ct(2, 16, 16)
    del image.PerFrameFunctionalGroupsSequence, image.PixelData
    image.NumberOfFrames, image.Rows, image.Columns = frames, 512, 512
    image.file_meta.TransferSyntaxUID = RLELossless
    image.add_new("ExtendedOffsetTable", "OV", (np.arange(frames, dtype="<u8") * slot).tobytes())
    lengths = np.full(frames, len(encoded), "<u8")
    image.add_new("ExtendedOffsetTableLengths", "OV", lengths.tobytes())
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    with target.open("wb") as file:
        file.write(buffer.getvalue())
        file.write(struct.pack("<HH2s2xI", 0x7FE0, 0x0010, b"OB", 0xFFFFFFFF))
        file.write(struct.pack("<HHI", 0xFFFE, 0xE000, 0))
        start = file.tell()
        file.seek(start + index * slot)
        file.write(struct.pack("<HHI", 0xFFFE, 0xE000, slot - 8) + encoded)
        file.seek(start + frames * slot)
        file.write(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))
    return len(buffer.getvalue())


def test_one_frame_of_ten_gigabytes(tmp_path):
    rng = np.random.default_rng(3)
    frame = np.repeat(rng.integers(0, 4096, (512, 64)), 8, axis=1).astype(np.uint16)
    encoded = encode_frame(frame, RLELossless, 16, 12, "MONOCHROME2")
    header = _sparse_file(tmp_path / "a.dcm", 10240, 1 << 20, 9000, encoded)
    assert (tmp_path / "a.dcm").stat().st_size > 10 * 2**30
    source = CountedSource(tmp_path / "a.dcm")
    image = ik.read(source)
    assert np.array_equal(image.get_stored_frame(9001), frame)
    assert source.total <= 2 * header + (1 << 17) + len(encoded)
    source.reads.clear()
    image.get_stored_frame(9001)
    assert source.total == len(encoded)


def _compressed(frames, *, offsets):
    image = phantom.enhanced_ct(len(frames), *frames.shape[1:])
    encoded = [encode_frame(frame, RLELossless, 16, 12, "MONOCHROME2") for frame in frames]
    image.file_meta.TransferSyntaxUID = RLELossless
    image.PixelData = encapsulate(encoded, has_bot=offsets)
    image["PixelData"].is_undefined_length = True
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue(), [len(part) for part in encoded]


NOISE = np.random.default_rng(4).integers(0, 4096, (6, 128, 128)).astype(np.uint16)


@pytest.mark.parametrize("offsets", [True, False])
def test_only_fragments_of_the_frame_are_read(offsets):
    data, lengths = _compressed(NOISE, offsets=offsets)
    source = CountedSource(data)
    image = ik.read(source)
    opened = source.total
    assert np.array_equal(image.get_stored_frame(5), NOISE[4])
    # Where there is no offset table, headers of fragments are looked at, once.
    assert source.total - opened <= lengths[4] + (1000 if offsets else (1 << 16) + 1000)
    before = source.total
    assert np.array_equal(image.get_stored_frame(5), NOISE[4])
    assert source.total - before <= lengths[4] + (64 if offsets else 0)


def test_a_wrong_offset_table_is_seen_through():
    data, lengths = _compressed(NOISE, offsets=True)
    position = data.index(struct.pack("<HHI", 0xFFFE, 0xE000, 24)) + 8
    table = np.frombuffer(data, "<u4", 6, position).copy()
    table[2] += 6
    image = ik.read(data[:position] + table.tobytes() + data[position + 24 :])
    for number in (1, 2, 3, 6):
        assert np.array_equal(image.get_stored_frame(number), NOISE[number - 1])
    assert len(lengths) == 6


def test_frames_follow_edits_of_pixel_data():
    image = ik.from_dataset(phantom.enhanced_ct(3, 16, 16))
    before = image.get_stored_frame(2)
    assert image.frame_store is image.frame_store
    image.PixelData = image.PixelData[::-1][: len(image.PixelData)]
    after = image.get_stored_frame(2)
    assert not np.array_equal(before, after)
    image.NumberOfFrames, image.Rows = 3, 8
    assert image.frame_store.layout.rows == 8


def test_truncated_files_say_so(stored, tmp_path):
    target = tmp_path / "short.dcm"
    target.write_bytes(stored[0][: -3 * FRAME])
    with pytest.raises((CorruptDataError, ReadError), match=r"PixelData|ends|length"):
        ik.read(target).get_stored_frame(40)


def test_open_images_are_small(path):
    images = [ik.read(path) for _ in range(20)]
    assert max(len(pickle.dumps(image)) for image in images) < 64_000
    assert Path(images[0].deferred_pixel_data[0].path) == path
