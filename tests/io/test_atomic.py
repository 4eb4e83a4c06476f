"""Files that are whole or absent: permissions, links, existing files, and how errors look."""

import errno
import io
import os
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from iodkit.errors import InvalidTypeError, ReadError, UnsupportedError, WriteError
from iodkit.io import write_file_atomically

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_pieces_of_all_kinds(tmp_path):
    target = tmp_path / "a.bin"
    array = np.arange(3 << 20, dtype=np.uint16)
    small = [bytes([n % 256]) for n in range(3000)]
    write_file_atomically(target, [*small, array, b"", (row for row in array[:4].reshape(2, 2))])
    assert target.read_bytes() == b"".join(small) + array.tobytes() + array[:4].tobytes()
    write_file_atomically(target, lambda file: file.write(b"by a function"))
    assert target.read_bytes() == b"by a function"
    write_file_atomically(target, [])
    assert target.read_bytes() == b""
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("mistake", ["text", 5, ["text"]])
def test_wrong_pieces_leave_nothing(tmp_path, mistake):
    with pytest.raises(InvalidTypeError):
        write_file_atomically(tmp_path / "a", [b"good", mistake])
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, ReadError("gone")])
def test_errors_of_the_caller_come_through_as_they_are(tmp_path, error):
    def pieces():
        yield b"x"
        raise error

    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        write_file_atomically(tmp_path / "a", [pieces()])
    assert names(tmp_path) == []


def test_existing_files_are_kept_if_asked(tmp_path):
    target = tmp_path / "a"
    write_file_atomically(target, [b"1"], overwrite=False)
    with pytest.raises(WriteError) as caught:
        write_file_atomically(target, [b"2"], overwrite=False)
    assert caught.value.errno == errno.EEXIST
    assert target.read_bytes() == b"1"
    assert names(tmp_path) == ["a"]


def test_only_one_of_many_makes_a_new_file(tmp_path):
    target = tmp_path / "a"
    barrier = threading.Barrier(6)
    results = []

    def work(number):
        def pieces():
            barrier.wait()
            yield bytes([number]) * 1000

        try:
            write_file_atomically(target, [pieces()], overwrite=False)
            results.append(number)
        except WriteError:
            pass

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 1
    assert target.read_bytes() == bytes(results) * 1000
    assert names(tmp_path) == ["a"]


@posix
def test_permissions(tmp_path):
    target = tmp_path / "a"
    before = os.umask(0o027)
    try:
        write_file_atomically(target, [b"1"])
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
    finally:
        os.umask(before)
    target.chmod(0o604)
    write_file_atomically(target, [b"2"])
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@posix
def test_symbolic_links_stay(tmp_path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real", tmp_path / "link"
    link.symlink_to(real)
    for content in (b"new", b"newer"):
        write_file_atomically(link, [content])
        assert link.is_symlink()
        assert real.read_bytes() == content


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folders(tmp_path):
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(WriteError) as caught:
            write_file_atomically(tmp_path / "a", [b"x"])
        assert caught.value.errno == errno.EACCES
    finally:
        tmp_path.chmod(0o755)


def test_what_cannot_be_written(tmp_path):
    for target, number in ((tmp_path, errno.EISDIR), (tmp_path / "n" / "a", errno.ENOENT)):
        with pytest.raises(WriteError) as caught:
            write_file_atomically(target, [b"x"])
        assert caught.value.errno == number
    with pytest.raises(UnsupportedError):
        write_file_atomically("s3://bucket/key", [b"x"])
    with pytest.raises(InvalidTypeError):
        write_file_atomically(5, [b"x"])
    full = Path("/dev/full")
    if full.exists():
        with pytest.raises(WriteError):
            write_file_atomically(full, [b"x"])
        with full.open("wb", buffering=0) as file, pytest.raises(WriteError) as caught:
            write_file_atomically(file, [b"x" * 10_000])
        assert caught.value.errno == errno.ENOSPC


def test_long_names(tmp_path):
    target = tmp_path / ("n" * 250)
    write_file_atomically(target, [b"x"])
    assert target.read_bytes() == b"x"


class Dribbling(io.RawIOBase):
    """Takes a few bytes at a time, as raw files and sockets may."""

    def __init__(self):
        self.taken = b""

    def writable(self):
        return True

    def write(self, buffer):
        part = bytes(buffer[:7])
        self.taken += part
        return len(part)


def test_file_objects():
    memory, raw = io.BytesIO(), Dribbling()
    for file in (memory, raw):
        write_file_atomically(file, [b"abc", np.arange(100, dtype=np.uint8)])
    assert memory.getvalue() == raw.taken == b"abc" + bytes(range(100))
