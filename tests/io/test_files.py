import contextlib
import io
import pickle
import signal
import subprocess
import sys
import textwrap
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import RawDataElement

from iodkit.errors import IodkitError, WriteError
from iodkit.io import encode_file, join_pieces, open_source, read_dataset, write_file_atomically

FOLDER = Path(pydicom.data.__file__).parent / "test_files"
FILES = sorted(p for p in FOLDER.rglob("*.dcm") if p.stat().st_size < 2_000_000)


def readable(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            plain = dcmread(path)
            list(plain.iterall())
        except Exception:  # noqa: BLE001 - whatever pydicom raises
            return None
    return plain


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
@pytest.mark.filterwarnings("ignore")
def test_every_file_reads_as_with_pydicom(path):
    plain = readable(path)
    if plain is None:
        pytest.skip("pydicom does not read it either")
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes())):
        ours = read_dataset(source, allow_truncated=True).dataset
        assert ours.original_encoding == plain.original_encoding
        assert ours == plain
        assert ours.file_meta == plain.file_meta


def written(dataset):
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
@pytest.mark.parametrize("decoded", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_every_file_is_written_as_with_pydicom(path, decoded):
    plain = readable(path)
    if plain is None:
        pytest.skip("pydicom does not read it")
    plain = dcmread(path)
    again = dcmread(path)
    if decoded:
        list(plain.iterall()), list(again.iterall())
    try:
        expected = written(plain)
    except Exception:  # noqa: BLE001 - whatever pydicom raises
        pytest.skip("pydicom does not write it")
    assert join_pieces(encode_file(again)) == expected


def test_sequences_stay_encoded():
    path = next(p for p in FILES if p.name == "liver_1frame.dcm")
    dataset = read_dataset(path).dataset
    assert isinstance(dataset.get_item(0x52009230), RawDataElement)


def test_threads_read_from_one_source():
    path = FILES[0]
    content = path.read_bytes()
    source = pickle.loads(pickle.dumps(open_source(path)))
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda i: source.read(i, 64), range(0, 1000, 7)))
    assert parts == [content[i : i + 64] for i in range(0, 1000, 7)]


def test_a_file_that_changed_is_not_read_on(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"a" * 100)
    source = open_source(path)
    assert source.read(0, 4) == b"aaaa"
    path.write_bytes(b"b" * 90)
    with pytest.raises(IodkitError):
        source.read(0, 4)


SMALL = next(p for p in FILES if p.name == "CT_small.dcm").read_bytes()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2500), st.integers(0, 255), st.integers(300, len(SMALL)))
def test_broken_files_end_in_a_result_or_our_error(place, value, length):
    data = bytearray(SMALL[:length])
    data[min(place, length - 1)] = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(IodkitError):
            read_dataset(bytes(data))


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.dcm"
    target.write_bytes(b"old")

    def pieces():
        yield b"new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_file_atomically(target, [pieces()])
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    write_file_atomically(target, [b"n", [b"e", b"w"]])
    assert target.read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
def test_a_killed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.dcm"
    target.write_bytes(b"old")
    code = f"""
    import time
    from iodkit.io import write_file_atomically
    def pieces():
        yield b"new" * 100000
        print("half", flush=True)
        time.sleep(60)
    write_file_atomically({str(target)!r}, [pieces()])
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "half\n"
    child.kill()
    child.wait()
    child.stdout.close()
    assert target.read_bytes() == b"old"


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits of file sizes")
def test_a_full_disk_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.dcm"
    target.write_bytes(b"old")
    code = f"""
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    from iodkit.errors import WriteError
    from iodkit.io import write_file_atomically
    try:
        write_file_atomically({str(target)!r}, [b"x" * 100000])
    except WriteError as error:
        print("refused", error.errno is not None)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert result.stdout == "refused True\n"
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_written(tmp_path):
    with pytest.raises(WriteError):
        write_file_atomically(tmp_path / "none" / "a.dcm", [b"x"])
