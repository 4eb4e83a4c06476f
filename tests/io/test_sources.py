"""Byte sources: the same bytes from anywhere, in any order, from any thread."""

import io
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.errors import (
    CorruptDataError,
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
    ReadError,
)
from iodkit.io import open_source, read_dataset
from iodkit.io.window import Window

CONTENT = bytes(np.random.default_rng(0).integers(0, 256, 300_000, dtype=np.uint8))


@pytest.fixture(params=["path", "bytes", "memoryview", "object", "file", "url"])
def source(request, tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(CONTENT)
    match request.param:
        case "path":
            yield open_source(path)
        case "bytes":
            yield open_source(CONTENT)
        case "memoryview":
            yield open_source(memoryview(np.frombuffer(CONTENT, "<u2")))
        case "object":
            yield open_source(io.BytesIO(CONTENT))
        case "file":
            with path.open("rb") as file:
                yield open_source(file)
        case "url":
            fsspec = pytest.importorskip("fsspec")
            with fsspec.open("memory://iodkit/data.bin", "wb") as file:
                file.write(CONTENT)
            yield open_source("memory://iodkit/data.bin")


def test_reads_at_any_position(source):
    assert source.size == len(CONTENT)
    for offset, length in ((0, 10), (299_990, 10), (5, 0), (300_000, 0), (1234, 100_000)):
        assert source.read(offset, length) == CONTENT[offset : offset + length]
    array = np.zeros((3, 7), np.uint32)
    source.readinto(17, array)
    assert array.tobytes() == CONTENT[17 : 17 + array.nbytes]
    source.readinto(0, np.zeros(0))
    assert source.describe()


def test_refuses_what_is_not_there(source):
    with pytest.raises(CorruptDataError):
        source.read(len(CONTENT) - 5, 6)
    with pytest.raises(CorruptDataError):
        source.read(0, 1 << 60)
    with pytest.raises(InvalidValueError):
        source.read(-1, 5)
    with pytest.raises(InvalidValueError):
        source.read(0, -5)
    for memory in (bytes(4), np.zeros((4, 4))[:, ::2], "text"):
        with pytest.raises(InvalidTypeError):
            source.readinto(0, memory)


def test_eight_threads_at_once(source):
    barrier = threading.Barrier(8)
    places = np.random.default_rng(1).integers(0, 290_000, (8, 100)).tolist()

    def work(mine):
        barrier.wait()
        return all(source.read(p, 999) == CONTENT[p : p + 999] for p in mine)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, places))


def test_pickles_where_the_origin_allows(source):
    if not source.is_reopenable:
        with pytest.raises(InvalidTypeError):
            pickle.dumps(source)
        return
    twin = pickle.loads(pickle.dumps(source))
    assert twin.read(100, 50) == CONTENT[100:150]


def count_open_files():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_paths_hold_no_files_open(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    sources = [open_source(path) for _ in range(50)]
    before = count_open_files()
    for source in sources:
        assert source.read(0, 3) == b"abc"
    with sources[0].held() as held:
        assert held.read(1, 1) == b"b"
        path.unlink()
        assert held.read(2, 1) == b"c"
    after = count_open_files()
    assert before == after
    with pytest.raises(ReadError):
        sources[0].read(0, 1)


def test_file_objects_start_where_they_stand_and_stay_there():
    file = io.BytesIO(b"xyz" + CONTENT)
    file.seek(3)
    source = open_source(file)
    assert source.read(0, 5) == CONTENT[:5]
    assert file.tell() == 3
    file.close()
    with pytest.raises(ReadError):
        source.read(0, 5)


def test_what_cannot_be_read():
    for wrong in (None, 3, object(), io.StringIO("text")):
        with pytest.raises(InvalidTypeError):
            open_source(wrong)
    for missing in ("no/such/file", "file:///no/such/file", "a\0b", "memory://iodkit/none"):
        with pytest.raises(ReadError):
            open_source(missing)
    with pytest.raises((MissingDependencyError, ReadError)):
        open_source("nosuchprotocol://a/b")


def test_fsspec_is_asked_for(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    with pytest.raises(MissingDependencyError, match="pip install fsspec"):
        read_dataset("memory://iodkit/any.dcm")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 299_999), st.integers(1, 150_000)), max_size=12))
def test_a_window_gives_the_same_bytes(parts):
    window = Window(open_source(CONTENT))
    for offset, length in parts:
        count = min(length, len(CONTENT) - offset)
        assert window.value(offset, count) == CONTENT[offset : offset + count]


def test_an_anchored_window_keeps_what_it_has():
    window = Window(open_source(CONTENT))
    window.locate(1000, 8)
    window.anchor(1000)
    for place in range(1000, 290_000, 30_011):
        start = window.locate(place, 8)
        assert window.data[start : start + 8] == CONTENT[place : place + 8]
        assert window.base <= 1000
    window.anchor(None)
    assert window.value(1000, 250_000) == CONTENT[1000:251_000]
