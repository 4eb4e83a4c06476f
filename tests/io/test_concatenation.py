"""Files of a concatenation are read as one object, and sets of files are written as one."""

import copy
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

import iodkit as ik
from iodkit.errors import CorruptDataError, InvalidValueError, WriteError
from iodkit.io import write_files_atomically
from iodkit.io.joined import JoinedSource, SourceRange
from iodkit.io.sources import MemorySource
from iodkit.testing import phantom


def split(image, *borders):
    """Divide a multi-frame image with pydicom alone, frame by frame."""
    frames = np.asarray(image.pixel_array)
    parts = []
    for number, (start, stop) in enumerate(itertools.pairwise(borders), 1):
        part = copy.deepcopy(image)
        part.SOPInstanceUID = part.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        part.NumberOfFrames = stop - start
        part.PerFrameFunctionalGroupsSequence = list(
            image.PerFrameFunctionalGroupsSequence[start:stop]
        )
        part.PixelData = frames[start:stop].tobytes()
        part.ConcatenationUID = "1.2.3"
        part.SOPInstanceUIDOfConcatenationSource = image.SOPInstanceUID
        part.InConcatenationNumber = number
        part.InConcatenationTotalNumber = len(borders) - 1
        part.ConcatenationFrameOffsetNumber = start
        parts.append(part)
    return parts


def saved(parts, folder):
    for number, part in enumerate(parts):
        part.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    return [folder / f"{number}.dcm" for number in range(len(parts))]


@pytest.fixture
def enhanced():
    return phantom.enhanced_ct(7, 11, 9)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless])
@pytest.mark.parametrize("undefined", [False, True])
def test_an_enhanced_ct_in_parts(syntax, undefined, enhanced, tmp_path):
    parts = split(enhanced, 0, 3, 4, 7)
    for part in parts:
        part["PerFrameFunctionalGroupsSequence"].is_undefined_length = undefined
        if syntax == RLELossless:
            part.compress(syntax, generate_instance_uid=False)
        part.file_meta.TransferSyntaxUID = syntax
    paths = saved(parts, tmp_path)
    back = ik.read(paths[::-1])
    assert type(back) is ik.Image
    assert back.SOPInstanceUID == enhanced.SOPInstanceUID
    assert "ConcatenationUID" not in back
    assert np.array_equal(back.get_stored_frames(), enhanced.pixel_array)
    assert np.array_equal(back.get_volume().array, ik.from_dataset(enhanced).get_volume().array)
    twin = ik.Image.from_file(paths, lazy_frame_retrieval=False)
    back.save_as(tmp_path / "back.dcm")
    assert ik.read(tmp_path / "back.dcm") == twin


@pytest.mark.parametrize("has_table", [False, True])
def test_frames_of_several_fragments(has_table, enhanced, tmp_path):
    parts = split(enhanced, 0, 3, 7)
    for part in parts:
        part.compress(RLELossless, generate_instance_uid=False)
        image = ik.from_dataset(part)
        raw = [image.get_raw_frame(n + 1) for n in range(image.number_of_frames)]
        part.PixelData = encapsulate(
            raw, fragments_per_frame=2 if has_table else 1, has_bot=has_table
        )
    back = ik.read(saved(parts, tmp_path))
    assert np.array_equal(back.get_stored_frames(), enhanced.pixel_array)


def test_what_is_no_part_or_has_no_pixels_is_refused(enhanced, tmp_path):
    first, second = split(enhanced, 0, 3, 7)
    del second.PixelData
    with pytest.raises(InvalidValueError, match="no pixels"):
        ik.read(saved([first, second], tmp_path))
    first, second = split(enhanced, 0, 3, 7)
    second.PixelData = second.PixelData[:100]
    with pytest.raises(InvalidValueError, match="too few pixels"):
        ik.read(saved([first, second], tmp_path))
    first, second = split(enhanced, 0, 3, 7)
    second.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    with pytest.raises(InvalidValueError, match="different transfer syntaxes"):
        ik.read(saved([first, second], tmp_path))


@settings(deadline=None, max_examples=200)
@given(st.data(), st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_bits_of_sources_are_joined(data, lengths):
    rows = [np.random.default_rng(n).integers(0, 2, n, np.uint8) for n in lengths]
    ranges = []
    for row in rows:
        packed = np.packbits(row, bitorder="little").tobytes()
        # What follows the bits of a range is something else.
        source = MemorySource(b"\xff\xff" + packed + b"\xff")
        ranges.append(SourceRange(source, 2, len(row)))
    joined = JoinedSource(ranges, "bits")
    expected = np.packbits(np.concatenate(rows), bitorder="little").tobytes()
    assert joined.size == len(expected)
    assert joined.read(0, joined.size) == expected
    start = data.draw(st.integers(0, len(expected)))
    stop = data.draw(st.integers(start, len(expected)))
    assert joined.read(start, stop - start) == expected[start:stop]
    with pytest.raises(CorruptDataError):
        joined.read(0, joined.size + 1)


def test_all_files_or_none(tmp_path):
    write_files_atomically([(tmp_path / "a", [b"1"]), (tmp_path / "b", [b"2"])])
    assert (tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes() == b"12"

    def failing():
        yield tmp_path / "a", [b"3"]
        yield tmp_path / "c", [b"4"]
        raise KeyError

    with pytest.raises(KeyError):
        write_files_atomically(failing())

    def refuse(path):
        assert path.read_bytes() == b"5"
        raise ValueError

    with pytest.raises(ValueError):
        write_files_atomically([(tmp_path / "a", [b"5"])], inspect=refuse)
    with pytest.raises(WriteError, match="exists"):
        write_files_atomically(
            [(tmp_path / "d", [b"6"]), (tmp_path / "b", [b"7"])], overwrite=False
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes() == b"12"


def test_files_that_took_their_names_are_removed_if_a_later_one_cannot(tmp_path, monkeypatch):
    from iodkit.io import atomic

    place = atomic._put_in_place

    def fail_for_b(partial, path, overwrite):
        if path.name == "b":
            raise OSError(5, "broken")
        place(partial, path, overwrite)

    monkeypatch.setattr(atomic, "_put_in_place", fail_for_b)
    with pytest.raises(WriteError, match="broken"):
        write_files_atomically([(tmp_path / "a", [b"1"]), (tmp_path / "b", [b"2"])])
    assert not list(tmp_path.iterdir())
