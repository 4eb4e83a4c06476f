"""What is larger than the memory: concatenations, arrays that are read in pieces, big files."""

import pickle
import tracemalloc

import dask.array as da
import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from counted import CountedSource
from iodkit.errors import InvalidValueError
from iodkit.testing import phantom
from iodkit_image.derived import pieces
from iodkit_seg import Segmentation, SegmentationWriter, segread
from referees import assert_valid, highdicom
from segments import EQUIPMENT, descriptions, organ_labels

NATIVE, RLE, DEFLATED_FRAMES = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.8.1"
SHAPE = (12, 45, 37)  # 1665 pixels: frames of single bits begin within bytes


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


def divided(folder, series, labels, kind, **options):
    """The files of a concatenation, and the same segmentation as one file."""
    options = {"sop_instance_uid": "1.2.3", "series_instance_uid": "1.2.4", **options}
    whole = {k: v for k, v in options.items() if not k.startswith("max_")}
    seed = folder.name
    with ik.defaults(uid_generator=ik.SeededUIDs(seed)):
        one = Segmentation(series, labels, kind, descriptions(), **whole)
    with (
        ik.defaults(uid_generator=ik.SeededUIDs(seed)),
        SegmentationWriter(folder / "seg.dcm", series, kind, descriptions(), **options) as writer,
    ):
        writer.write_array(labels)
    return writer.paths, one


CASES = [
    (kind, syntax, extended)
    for kind in ("BINARY", "LABELMAP", "FRACTIONAL")
    for syntax in (NATIVE, RLE, DEFLATED_FRAMES, "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2")
    for extended in (False, True)
    if (kind, syntax) != ("BINARY", RLE) and (syntax in {RLE, DEFLATED_FRAMES} or not extended)
]


@pytest.mark.parametrize(("kind", "syntax", "extended"), CASES)
def test_a_concatenation_is_read_as_one(
    kind, syntax, extended, series, labels, tmp_path, deterministic
):
    paths, one = divided(
        tmp_path,
        series,
        labels,
        kind,
        transfer_syntax_uid=syntax,
        use_extended_offset_table=extended,
        max_frames_per_file=5,
    )
    assert len(paths) == -(-one.number_of_frames // 5) > 1
    assert [p.name for p in paths] == [f"seg-{n}.dcm" for n in range(1, len(paths) + 1)]
    back = ik.read(list(paths[::-1]))
    assert type(back) is Segmentation
    one.save_as(tmp_path / "one.dcm")
    back.save_as(tmp_path / "back.dcm")
    if syntax != "1.2.840.10008.1.2.1.99":  # of deflated parts, the whole is not deflated
        assert (tmp_path / "back.dcm").read_bytes() == (tmp_path / "one.dcm").read_bytes()
    for read in (back, pickle.loads(pickle.dumps(back)), segread(list(paths))):
        assert read.SOPInstanceUID == "1.2.3"
        assert np.array_equal(read.get_stored_frames(), one.get_stored_frames())
        assert np.array_equal(
            read.get_volume(combine_segments=True).array,
            one.get_volume(combine_segments=True).array,
        )


@pytest.mark.referee
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_parts_are_objects_of_their_own(kind, series, labels, tmp_path):
    paths, _ = divided(tmp_path, series, labels, kind, max_frames_per_file=4)
    parts = [dcmread(path) for path in paths]
    assert len({part.SOPInstanceUID for part in parts}) == len(parts)
    assert len({part.ConcatenationUID for part in parts}) == 1
    assert {part.InstanceNumber for part in parts} == {1}
    assert {part.SOPInstanceUIDOfConcatenationSource for part in parts} == {"1.2.3"}
    assert all(
        part.SharedFunctionalGroupsSequence == parts[0].SharedFunctionalGroupsSequence
        for part in parts
    )
    frames = 0
    for number, (path, part) in enumerate(zip(paths, parts, strict=True), 1):
        assert (part.InConcatenationNumber, part.InConcatenationTotalNumber) == (
            number,
            len(parts),
        )
        assert part.ConcatenationFrameOffsetNumber == frames
        assert len(part.PerFrameFunctionalGroupsSequence) == part.NumberOfFrames <= 4
        frames += part.NumberOfFrames
        assert_valid(path)
    theirs = [hd.get_stored_frame(1) for hd in (highdicom().imread(path) for path in paths)]
    ours = ik.read(list(paths))
    starts = range(0, frames, 4)
    assert all(
        np.array_equal(a, ours.get_stored_frame(n + 1)) for a, n in zip(theirs, starts, strict=True)
    )


@pytest.mark.parametrize("syntax", [NATIVE, RLE])
def test_files_are_not_larger_than_is_allowed(syntax, series, labels, tmp_path):
    whole = Segmentation(series, labels, "LABELMAP", descriptions(), transfer_syntax_uid=syntax)
    whole.save_as(tmp_path / "one.dcm")
    limit = (tmp_path / "one.dcm").stat().st_size * 2 // 3
    paths, one = divided(
        tmp_path, series, labels, "LABELMAP", transfer_syntax_uid=syntax, max_bytes_per_file=limit
    )
    assert 1 < len(paths) < 12
    assert all(path.stat().st_size <= limit for path in paths)
    assert np.array_equal(ik.read(list(paths)).get_stored_frames(), one.get_stored_frames())


def test_what_fits_into_one_file_is_no_concatenation(series, labels, tmp_path):
    (path,), _ = divided(tmp_path, series, labels, "BINARY", max_frames_per_file=1000)
    assert path == tmp_path / "seg.dcm"
    assert "ConcatenationUID" not in dcmread(path)


def test_a_file_has_at_least_one_frame(series, labels, tmp_path):
    paths, one = divided(tmp_path, series, labels, "BINARY", max_bytes_per_file=1)
    assert len(paths) == one.number_of_frames
    with pytest.raises(InvalidValueError, match="at least one frame"):
        divided(tmp_path, series, labels, "BINARY", max_frames_per_file=0)


def test_parts_of_a_full_tiling_know_their_tiles(tmp_path):
    slide = phantom.slide_image(50, 70, 16, organization="TILED_FULL")
    matrix = np.zeros((1, 50, 70), np.uint8)
    matrix[0, 10:40, 20:60] = 2
    matrix[0, 45:, :8] = 1
    options = {
        "tile_pixel_array": True,
        "omit_empty_frames": False,
        "dimension_organization_type": "TILED_FULL",
        "max_frames_per_file": 7,
    }
    paths, _ = divided(tmp_path, [slide], matrix, "LABELMAP", **options)
    back = ik.read(list(paths))
    assert np.array_equal(back.get_total_pixel_matrix(combine_segments=True), matrix[0])
    first_of_second = ik.read(paths[1]).frame_table.matrix_positions[0].tolist()
    assert first_of_second == back.frame_table.matrix_positions[7].tolist()


def test_incomplete_and_mixed_sets_are_refused(series, labels, tmp_path):
    paths, _ = divided(tmp_path, series, labels, "BINARY", max_frames_per_file=5)
    (tmp_path / "other").mkdir()
    others, _ = divided(
        tmp_path / "other",
        series,
        labels,
        "BINARY",
        max_frames_per_file=5,
        sop_instance_uid="1.2.9",
        series_instance_uid="1.2.8",
    )
    Segmentation(series, labels, "BINARY", descriptions()).save_as(tmp_path / "whole.dcm")
    for files, text in (
        ([], "no file"),
        (paths[1:], r"missing: \[1\]"),
        ((*paths[:1], *paths[2:]), r"missing: \[2\]"),
        (paths[:-1], "missing"),
        ((*paths, paths[0]), "twice"),
        ((*paths[:-1], others[-1]), "different concatenations"),
        ((*paths, tmp_path / "whole.dcm"), "no part"),
    ):
        with pytest.raises(InvalidValueError, match=text):
            ik.read(list(files))
    for keyword, value, text in (
        ("Rows", 44, "differs"),
        ("SegmentSequence", [], "differs"),
        ("ConcatenationUID", "1.2.77", "different concatenations"),
        ("ConcatenationFrameOffsetNumber", 7, "frames are missing"),
        ("ConcatenationFrameOffsetNumber", 2, "in common"),
    ):
        part = dcmread(paths[1])
        setattr(part, keyword, value)
        part.save_as(tmp_path / "changed.dcm")
        with pytest.raises(InvalidValueError, match=text):
            ik.read([paths[0], tmp_path / "changed.dcm", *paths[2:]])
    part = dcmread(paths[1])
    part.SeriesDescription = "another"
    part.save_as(tmp_path / "changed.dcm")
    with pytest.warns(ik.IodkitWarning, match="differs"):
        ik.read([paths[0], tmp_path / "changed.dcm", *paths[2:]])


class Chunks:
    """Makes chunks of a dask array, and counts how often each is asked for."""

    def __init__(self, array):
        self.array, self.asked = array, {}

    def __call__(self, block_info=None):
        where = tuple(slice(*each) for each in block_info[None]["array-location"])
        key = tuple((s.start, s.stop) for s in where)
        self.asked[key] = self.asked.get(key, 0) + 1
        return self.array[where]

    def lazy(self, chunks):
        return da.map_blocks(
            self,
            chunks=da.core.normalize_chunks(chunks, self.array.shape),
            dtype=self.array.dtype,
            meta=np.empty((0,) * self.array.ndim, self.array.dtype),
        )


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
@pytest.mark.parametrize("room", [1, 10_000, 1 << 26])
def test_each_chunk_of_a_lazy_array_is_asked_for_once(
    kind, room, series, labels, monkeypatch, deterministic
):
    monkeypatch.setattr(pieces, "PIECE_BYTES", room)
    chunks = Chunks(labels)
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        lazy = Segmentation(series, chunks.lazy((5, 20, 37)), kind, descriptions())
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        assert lazy == Segmentation(series, labels, kind, descriptions())
    assert len(chunks.asked) == 9
    assert set(chunks.asked.values()) == {1}


@pytest.mark.parametrize("room", [1, 1000, 1 << 26])
@pytest.mark.parametrize(("chunk", "times"), [((32, 16), 1), ((50, 70), 1), ((17, 23), 4)])
def test_chunks_of_a_matrix_are_asked_for_once_if_they_are_of_whole_tiles(
    room, chunk, times, monkeypatch, tmp_path
):
    monkeypatch.setattr(pieces, "PIECE_BYTES", room)
    matrix = np.random.default_rng(0).integers(0, 4, (50, 70), np.uint8)
    chunks = Chunks(matrix)
    slide = phantom.slide_image(50, 70, 16)
    with SegmentationWriter(
        tmp_path / "seg.dcm", [slide], "LABELMAP", descriptions(), tile_pixel_array=True
    ) as writer:
        writer.write_array(chunks.lazy(chunk))
    assert max(chunks.asked.values()) <= times
    found = ik.read(tmp_path / "seg.dcm").get_total_pixel_matrix(combine_segments=True)
    assert np.array_equal(found, matrix)


class OnlyArray:
    """Something that only turns into an array."""

    def __init__(self, array):
        self._array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self._array, dtype)


@pytest.mark.parametrize("form", ["memmap", "list", "array protocol"])
def test_other_forms_of_arrays(form, series, labels, tmp_path, deterministic):
    given = labels.tolist() if form == "list" else OnlyArray(labels)
    if form == "memmap":
        given = np.memmap(tmp_path / "labels", np.uint8, "w+", shape=labels.shape)
        given[:] = labels
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        one = Segmentation(series, given, "LABELMAP", descriptions())
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        assert one == Segmentation(series, labels, "LABELMAP", descriptions())


def test_a_wrong_lazy_array_is_refused_before_it_is_read(series, labels):
    chunks = Chunks(labels)
    with pytest.raises(InvalidValueError, match="does not fit"):
        Segmentation(series, chunks.lazy((5, 45, 37))[:7], "BINARY", descriptions())
    assert not chunks.asked


def peak_of(job):
    """Largest memory that a job takes beyond what was there before, in bytes."""
    tracemalloc.start()
    try:
        job()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def header_of_slide(side):
    """A slide without pixels, of tiles of 256²."""
    slide = phantom.slide_image(256, 256, 256)
    slide.TotalPixelMatrixRows = slide.TotalPixelMatrixColumns = side
    slide.NumberOfFrames = (side // 256) ** 2
    del slide.PixelData
    return slide


def test_memory_is_bounded_whatever_the_size(tmp_path):
    tile = np.ones((256, 256), np.uint8)

    def write(side):
        arguments = ([header_of_slide(side)], "LABELMAP", descriptions(1))
        with (
            ik.defaults(validate=False),
            SegmentationWriter(tmp_path / "seg.dcm", *arguments, tile_pixel_array=True) as writer,
        ):
            for row in range(0, side, 256):
                for column in range(0, side, 256):
                    writer.write_region(tile, row, column)

    write(512)  # what is imported and kept once
    small, large = (peak_of(lambda side=side: write(side)) for side in (4096, 8192))
    assert (tmp_path / "seg.dcm").stat().st_size > 8192**2
    assert large - small < (32 * 32 - 16 * 16) * 1024  # less than 1 KB for each further frame


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_lazy_arrays_do_not_become_one(kind, series, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "PIECE_BYTES", 1 << 20)
    many = phantom.ct_series(64, 256, 256)
    blocks = da.ones((64, 256, 256, 4), dtype=np.float32, chunks=(1, 256, 256, 4))

    def make():
        with ik.defaults(validate=False):
            if kind == "BINARY":
                Segmentation(many, blocks, kind, descriptions(4))
                return
            with SegmentationWriter(tmp_path / "seg.dcm", many, kind, descriptions(4)) as writer:
                writer.write_array(blocks)

    make()
    assert peak_of(make) < blocks.nbytes / 5


def test_a_region_of_a_big_file_touches_few_bytes(tmp_path):
    slide = phantom.slide_image(2048, 2048, 64)
    matrix = np.random.default_rng(0).integers(0, 2, (2048, 2048), np.uint8)
    for syntax in (NATIVE, DEFLATED_FRAMES):
        for limit in (None, 300):
            with SegmentationWriter(
                tmp_path / "seg.dcm",
                [slide],
                "LABELMAP",
                descriptions(1),
                tile_pixel_array=True,
                transfer_syntax_uid=syntax,
                use_extended_offset_table=True,
                max_frames_per_file=limit,
            ) as writer:
                writer.write_array(matrix)
            sources = [CountedSource(path) for path in writer.paths]
            seg = ik.Image.from_file(sources if limit else sources[0], lazy_frame_retrieval=True)
            before = sum(source.total for source in sources)
            region = seg.get_total_pixel_matrix(101, 201, 301, 401, dtype=np.uint8)
            touched = sum(source.total for source in sources) - before
            assert np.array_equal(region, matrix[100:200, 300:400])
            assert touched < 9 * 64 * 64 * 1.1 + 65536
