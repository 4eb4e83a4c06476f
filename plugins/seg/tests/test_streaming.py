"""Segmentations written as their pixels come are those that are made of whole arrays."""

import datetime as dt
import itertools
import os
import tempfile
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iodkit as ik
from iodkit.errors import InvalidTypeError, InvalidValueError, OutOfRangeError, WriteError
from iodkit.io import Spool
from iodkit.testing import phantom
from iodkit_seg import Segmentation, SegmentationWriter
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from referees import assert_valid, dcmqi_segments, highdicom, library
from segments import EQUIPMENT, descriptions, organ_labels

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
NATIVE, RLE, DEFLATED_FRAMES = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.8.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
SHAPE = (6, 13, 9)
SOURCES = {
    "series": phantom.ct_series(*SHAPE),
    "multiframe": [phantom.enhanced_ct(*SHAPE)],
    "cine": [phantom.ultrasound_cine(*SHAPE)],
}
SLIDES = {
    kind: phantom.slide_image(50, 70, 16, organization=kind)
    for kind in ("TILED_FULL", "TILED_SPARSE")
}


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def fixed():
    """Settings with which the same input gives the same bytes."""
    moment = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
    uids = ik.SeededUIDs("streaming")
    return ik.defaults(
        clock=lambda: moment, uid_generator=uids, equipment=EQUIPMENT, validate=False
    )


def made_whole(folder, *arguments, **options):
    with fixed():
        Segmentation(*arguments, **options).save_as(folder / "whole.dcm")
    return (folder / "whole.dcm").read_bytes()


@st.composite
def pixels(draw, shape, kind):
    """Labels, masks or fractions of three segments; some planes are empty."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, shape).astype(draw(st.sampled_from([np.uint8, np.int64])))
    labels[rng.random(shape[0]) < 0.3] = 0
    labels[0, 0, 0] = 3
    form = draw(st.sampled_from(["labels", "masks"]))
    if form == "labels":
        return labels
    masks = np.stack([labels == number for number in (1, 2, 3)], axis=-1)
    if kind == "LABELMAP":
        return masks
    if kind == "FRACTIONAL":
        return (masks * rng.random(masks.shape)).astype(np.float32)
    return masks | (np.stack([labels == 3] * 3, axis=-1) & draw(st.booleans()))


def options(draw, kind):
    syntaxes = [NATIVE, DEFLATED_FRAMES, DEFLATED] + ([] if kind == "BINARY" else [RLE])
    return {
        "transfer_syntax_uid": draw(st.sampled_from(syntaxes)),
        "omit_empty_frames": draw(st.booleans()),
        "use_extended_offset_table": draw(st.booleans()),
    }


def write_in_parts(writer, array, rng, kind):
    """Write slabs of planes in random order, in one of several ways."""
    count = len(array)
    cuts = np.unique([0, count, *rng.integers(0, count, 3)])
    slabs = [np.arange(a, b) for a, b in itertools.pairwise(cuts)]
    one_by_one = array.ndim == 4 and kind != "LABELMAP" and bool(rng.integers(2))
    jobs = [(slab, n) for slab in slabs for n in ((1, 2, 3) if one_by_one else (None,))]
    for index in rng.permutation(len(jobs)):
        slab, segment = jobs[index]
        shuffled = rng.permutation(slab)
        part = array[shuffled] if segment is None else array[shuffled][..., segment - 1]
        writer.write_planes(part, shuffled.tolist(), segment=segment)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(TYPES), st.sampled_from(list(SOURCES)))
def test_parts_in_any_order_make_the_same_file(data, kind, source):
    array = data.draw(pixels(SHAPE, kind))
    keywords = options(data.draw, kind)
    arguments = (kind, descriptions())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = made_whole(folder, SOURCES[source], array, *arguments, **keywords)
        with (
            fixed(),
            SegmentationWriter(
                folder / "seg.dcm", SOURCES[source], *arguments, **keywords
            ) as writer,
        ):
            rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
            write_in_parts(writer, array, rng, kind)
        assert (folder / "seg.dcm").read_bytes() == whole
        assert sorted(p.name for p in folder.iterdir()) == ["seg.dcm", "whole.dcm"]


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(TYPES), st.sampled_from(list(SLIDES)))
def test_regions_of_a_slide_make_the_same_file(data, kind, organization):
    array = data.draw(pixels((1, 50, 70), kind))
    tile = data.draw(st.sampled_from([None, (10, 12), (32, 64)]))
    keywords = {**options(data.draw, kind), "tile_pixel_array": True, "tile_size": tile}
    if not keywords["omit_empty_frames"]:
        keywords["dimension_organization_type"] = "TILED_FULL"
    arguments = (kind, descriptions())
    rows, columns = tile or (16, 16)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = made_whole(folder, [SLIDES[organization]], array, *arguments, **keywords)
        with (
            fixed(),
            SegmentationWriter(
                folder / "seg.dcm", [SLIDES[organization]], *arguments, **keywords
            ) as writer,
        ):
            corners = [(r, c) for r in range(0, 50, 2 * rows) for c in range(0, 70, 3 * columns)]
            for index in np.random.default_rng(0).permutation(len(corners)):
                r, c = corners[index]
                writer.write_region(array[0, r : r + 2 * rows, c : c + 3 * columns], r, c)
            assert not len(writer.unwritten)
        assert (folder / "seg.dcm").read_bytes() == whole


@pytest.mark.parametrize("kind", TYPES)
def test_what_never_comes_is_empty(kind, tmp_path, ct_series):
    labels = organ_labels(12, 48, 40)
    labels[:4] = labels[9:] = 0
    whole = made_whole(tmp_path, ct_series, labels, kind, descriptions())
    with (
        fixed(),
        SegmentationWriter(tmp_path / "seg.dcm", ct_series, kind, descriptions()) as writer,
    ):
        writer.write_planes(labels[4:9], 4)
        assert writer.unwritten.tolist() == [0, 1, 2, 3, 9, 10, 11]
    assert (tmp_path / "seg.dcm").read_bytes() == whole


@pytest.mark.parametrize("kind", TYPES)
def test_without_any_pixel_all_frames_are_kept(kind, tmp_path, ct_series):
    with pytest.warns(ik.IodkitWarning, match="No pixel"):
        whole = made_whole(
            tmp_path, ct_series, np.zeros((12, 48, 40), np.uint8), kind, descriptions()
        )
    with pytest.warns(ik.IodkitWarning, match="No pixel"), fixed():
        SegmentationWriter(tmp_path / "seg.dcm", ct_series, kind, descriptions()).close()
    assert (tmp_path / "seg.dcm").read_bytes() == whole


def test_settings_of_the_block_in_which_a_writer_was_made_hold(tmp_path, ct_series):
    labels = organ_labels(12, 48, 40)
    whole = made_whole(tmp_path, ct_series, labels, "BINARY", descriptions())
    with fixed():
        writer = SegmentationWriter(tmp_path / "seg.dcm", ct_series, "BINARY", descriptions())
    writer.write_array(labels)
    writer.close()
    assert (tmp_path / "seg.dcm").read_bytes() == whole


@pytest.mark.parametrize("at", ["start", "middle", "close"])
def test_an_exception_leaves_nothing(at, tmp_path, ct_series, monkeypatch):
    (tmp_path / "seg.dcm").write_bytes(b"before")

    def fail(*_):
        raise KeyboardInterrupt

    with (  # noqa: PT012
        pytest.raises(KeyboardInterrupt),
        SegmentationWriter(tmp_path / "seg.dcm", ct_series, "BINARY", descriptions()) as writer,
    ):
        if at != "start":
            writer.write_planes(organ_labels(12, 48, 40)[:5])
        if at == "close":
            monkeypatch.setattr("iodkit.io.atomic._put_in_place", fail)
        else:
            raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["seg.dcm"]
    assert (tmp_path / "seg.dcm").read_bytes() == b"before"


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path, ct_series):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = np.random.default_rng(0).integers(0, 4, (12, 48, 40), np.uint8)
    try:
        with (  # noqa: PT012
            pytest.raises(WriteError, match="temporary file") as caught,
            SegmentationWriter(
                tmp_path / "seg.dcm", ct_series, "FRACTIONAL", descriptions()
            ) as writer,
        ):
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
            writer.write_array(noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.errno
    assert not list(tmp_path.iterdir())
    with pytest.raises(WriteError, match="closed"):
        writer.write_planes(noise[:1])


def test_a_target_that_cannot_be_written_is_refused_at_once(tmp_path, ct_series):
    (tmp_path / "seg.dcm").write_bytes(b"before")
    arguments = (ct_series, "BINARY", descriptions())
    with pytest.raises(WriteError, match="exists"):
        SegmentationWriter(tmp_path / "seg.dcm", *arguments, overwrite=False)
    with pytest.raises(WriteError, match="folder"):
        SegmentationWriter(tmp_path / "nowhere" / "seg.dcm", *arguments)


def test_wrong_planes_are_not_taken_and_do_no_harm(tmp_path, ct_series):
    labels = organ_labels(12, 48, 40)
    whole = made_whole(tmp_path, ct_series, labels, "BINARY", descriptions())
    with (
        fixed(),
        SegmentationWriter(tmp_path / "seg.dcm", ct_series, "BINARY", descriptions()) as writer,
    ):
        writer.write_planes(labels[:3])
        for wrong, start, segment, error, text in (
            (labels[:, :5], 0, None, InvalidValueError, "shape"),
            (labels[:2], 2, None, InvalidValueError, "twice"),
            (labels[2], 2, 1, InvalidValueError, "twice"),
            (labels[:2], [5, 5], None, InvalidValueError, "twice"),
            (labels[:2], [5], None, InvalidValueError, "index for each plane"),
            (labels[:2], 11, None, OutOfRangeError, "no such plane"),
            (labels[4] + 9, 4, None, InvalidValueError, "no description"),
            (labels[4] * 0.5, 4, 1, InvalidValueError, "outside of 0 to 1|fractions"),
            (labels[4] > 0, 4, 7, InvalidValueError, "no description"),
        ):
            with pytest.raises(error, match=text):
                writer.write_planes(wrong, start, segment=segment)
        with pytest.raises(InvalidValueError, match="twice"):
            writer.write_array(labels)
        with pytest.raises(InvalidValueError, match="as a whole"):
            writer.write_region(labels[0], 0, 0)
        writer.write_planes(labels[3:], 3)
    assert (tmp_path / "seg.dcm").read_bytes() == whole


@pytest.mark.parametrize(
    ("rows", "columns", "corner"),
    [(16, 16, (1, 0)), (16, 16, (0, 3)), (15, 16, (0, 0)), (16, 80, (0, 0)), (16, 16, (-16, 0))],
)
def test_regions_are_of_whole_tiles(rows, columns, corner, tmp_path):
    with (
        pytest.raises(InvalidValueError, match="whole tiles"),
        SegmentationWriter(
            tmp_path / "seg.dcm",
            [SLIDES["TILED_FULL"]],
            "BINARY",
            descriptions(),
            tile_pixel_array=True,
        ) as writer,
    ):
        writer.write_region(np.ones((rows, columns), np.uint8), *corner)
    assert not list(tmp_path.iterdir())


def test_segments_of_a_label_map_come_together_and_do_not_overlap(tmp_path, ct_series):
    masks = np.ones((1, 48, 40, 3), bool)
    writer = SegmentationWriter(tmp_path / "seg.dcm", ct_series, "LABELMAP", descriptions())
    with pytest.raises(InvalidValueError, match="together"):
        writer.write_planes(masks[..., 0], segment=1)
    with pytest.raises(OverlappingSegmentsError):
        writer.write_planes(masks)
    with pytest.raises(WriteError, match="closed"):
        writer.close()


def test_overlap_of_segments_that_come_one_by_one_is_found(tmp_path, ct_series):
    for shift, expected in ((0, "YES"), (1, "NO")):
        with SegmentationWriter(
            tmp_path / "seg.dcm", ct_series, "BINARY", descriptions(2)
        ) as writer:
            for segment in (1, 2):
                mask = np.zeros((48, 40), bool)
                mask[7, 3 + shift * segment] = True
                writer.write_planes(mask, 5, segment=segment)
        assert ik.read(tmp_path / "seg.dcm").SegmentsOverlap == expected


def test_native_pixels_that_fit_into_no_file_are_refused_early(tmp_path, monkeypatch):
    monkeypatch.setattr("iodkit_seg.streaming.output._LONGEST_VALUE", 20_000)
    series, labels = phantom.ct_series(12, 48, 40), organ_labels(12, 48, 40)
    arguments = (tmp_path / "seg.dcm", series, "LABELMAP", descriptions())
    with pytest.raises(InvalidValueError, match="max_bytes_per_file"):
        SegmentationWriter(*arguments, omit_empty_frames=False)
    with (
        pytest.raises(InvalidValueError, match="max_bytes_per_file"),
        SegmentationWriter(*arguments) as writer,
    ):
        writer.write_array(labels)
    with SegmentationWriter(*arguments, max_frames_per_file=100) as writer:
        writer.write_array(labels)
    assert len(writer.paths) == 2


def test_a_geometry_of_its_own(tmp_path, ct_series):
    labels = organ_labels(12, 48, 40)
    volume = Segmentation(ct_series, labels, "LABELMAP", descriptions()).get_volume(
        combine_segments=True
    )
    smaller = volume[:, 4:20, 6:30]
    with fixed():
        # Not fitted to the source's rows and columns, which would need all pixels at once.
        plain = SegmentationWriter(
            tmp_path / "seg.dcm",
            ct_series,
            "LABELMAP",
            descriptions(),
            geometry=smaller.get_geometry(),
            omit_empty_frames=False,
        )
        with plain as writer:
            writer.write_planes(smaller.array)
    back = ik.read(tmp_path / "seg.dcm").get_volume(combine_segments=True)
    assert np.array_equal(back.array, smaller.array)
    assert np.allclose(back.affine, smaller.affine)
    with pytest.raises(InvalidValueError, match="do not lie"):
        SegmentationWriter(
            tmp_path / "seg.dcm",
            ct_series,
            "LABELMAP",
            descriptions(),
            geometry=smaller.permute_spatial_axes([2, 1, 0]).get_geometry(),
        )


@pytest.mark.parametrize("workers", [2, ThreadPoolExecutor(2)], ids=["processes", "threads"])
@pytest.mark.parametrize("kind", TYPES)
def test_workers_make_the_same_file(workers, kind, tmp_path):
    """More frames than may wait, from memory that is used again at once."""
    series = phantom.ct_series(30, *SHAPE[1:])
    labels = np.random.default_rng(3).integers(0, 4, (30, *SHAPE[1:]), np.uint8)
    arguments, keywords = (kind, descriptions()), {"transfer_syntax_uid": DEFLATED_FRAMES}
    whole = made_whole(tmp_path, series, labels, *arguments, **keywords)
    buffer = np.empty(SHAPE[1:], np.uint8)
    with (
        fixed(),
        SegmentationWriter(
            tmp_path / "seg.dcm", series, *arguments, workers=workers, **keywords
        ) as writer,
    ):
        for plane in range(30):
            buffer[:] = labels[plane]
            writer.write_planes(buffer, plane)
            buffer[:] = 1
    assert (tmp_path / "seg.dcm").read_bytes() == whole


class Counting(Executor):
    """Does a job only when its result is asked for, and counts those that wait."""

    def __init__(self, fails_at=None):
        self.waiting, self.most, self.done, self.fails_at = 0, 0, 0, fails_at

    def submit(self, function, /, *arguments):
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future = Future()
        future.result = lambda: self._finish(function, arguments)
        return future

    def _finish(self, function, arguments):
        self.waiting -= 1
        self.done += 1
        if self.done == self.fails_at:
            raise OSError("a worker died")
        return function(*arguments)


def test_few_frames_wait_for_workers(tmp_path):
    executor = Counting()
    series = phantom.ct_series(100, *SHAPE[1:])
    with SegmentationWriter(
        tmp_path / "seg.dcm",
        series,
        "LABELMAP",
        descriptions(1),
        transfer_syntax_uid=RLE,
        workers=executor,
    ) as writer:
        writer.write_array(np.ones((100, *SHAPE[1:]), np.uint8))
    assert executor.done == 100
    assert executor.most <= 4 * (os.cpu_count() or 1) + 1
    read = ik.seg.segread(tmp_path / "seg.dcm")
    assert (read.get_stored_frames() == 1).all()


def test_a_worker_that_fails_leaves_nothing(tmp_path):
    series = phantom.ct_series(3, *SHAPE[1:])
    with (
        pytest.raises(OSError, match="a worker died"),
        SegmentationWriter(
            tmp_path / "seg.dcm",
            series,
            "LABELMAP",
            descriptions(1),
            transfer_syntax_uid=RLE,
            workers=Counting(fails_at=2),
        ) as writer,
    ):
        writer.write_array(np.ones((3, *SHAPE[1:]), np.uint8))
    assert not list(tmp_path.iterdir())


def test_workers_of_a_wrong_type_are_named(tmp_path, ct_series):
    with pytest.raises(InvalidTypeError, match="workers"):
        SegmentationWriter(
            tmp_path / "seg.dcm",
            ct_series,
            "LABELMAP",
            descriptions(1),
            transfer_syntax_uid=RLE,
            workers="two",
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", TYPES)
def test_planes_of_a_shape_of_their_own(kind, tmp_path):
    """With positions of their own, planes need not have the size of the source images."""
    series = SOURCES["series"]
    volume = ik.get_volume_from_series(series)[1:5, 2:9, 3:8]
    labels = np.random.default_rng(4).integers(0, 4, volume.shape).astype(np.uint8)
    keywords = {
        "plane_positions": volume.get_plane_positions(),
        "plane_orientation": volume.get_plane_orientation(),
        "pixel_measures": volume.get_pixel_measures(),
    }
    arguments = (kind, descriptions())
    whole = made_whole(tmp_path, series, labels, *arguments, **keywords)
    with (
        fixed(),
        SegmentationWriter(
            tmp_path / "seg.dcm", series, *arguments, plane_shape=(7, 5), **keywords
        ) as writer,
    ):
        assert writer.number_of_places == 4
        writer.write_planes(labels[2:], 2)
        writer.write_planes(labels[:2], 0)
    assert (tmp_path / "seg.dcm").read_bytes() == whole
    found = ik.seg.segread(tmp_path / "seg.dcm").get_volume(combine_segments=True)
    assert np.allclose(found.affine, volume.affine, atol=1e-4)
    assert np.array_equal(found.array, labels)


def test_a_level_of_a_pyramid_has_a_matrix_of_its_own(tmp_path):
    slide = SLIDES["TILED_FULL"]
    matrix = np.random.default_rng(5).integers(0, 2, (1, 25, 35)).astype(np.uint8)
    keywords = {"tile_pixel_array": True, "pyramid_uid": "2.25.3", "tile_size": (16, 16)}
    arguments = ("BINARY", descriptions(1))
    whole = made_whole(tmp_path, [slide], matrix, *arguments, **keywords)
    with (
        fixed(),
        SegmentationWriter(
            tmp_path / "seg.dcm", [slide], *arguments, plane_shape=(25, 35), **keywords
        ) as writer,
    ):
        writer.write_region(matrix[0, 16:], 16, 0)
        writer.write_region(matrix[0, :16], 0, 0)
    assert (tmp_path / "seg.dcm").read_bytes() == whole
    found = ik.seg.segread(tmp_path / "seg.dcm")
    assert np.array_equal(found.get_total_pixel_matrix(combine_segments=True), matrix[0])


@pytest.mark.parametrize("shape", [(8, 9), (13, 8), (0, 9), (13,)])
def test_a_shape_that_does_not_fit_is_refused(shape, tmp_path):
    with pytest.raises(InvalidValueError, match=r"plane_shape.*\(13, 9\)"):
        SegmentationWriter(
            tmp_path / "seg.dcm",
            SOURCES["series"],
            "BINARY",
            descriptions(1),
            plane_shape=shape,
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.referee
@pytest.mark.parametrize("kind", TYPES)
def test_referees_read_the_same(kind, tmp_path, ct_series):
    sitk, hd = library("SimpleITK", "SimpleITK"), highdicom()
    labels = organ_labels(12, 48, 40)
    with SegmentationWriter(tmp_path / "seg.dcm", ct_series, kind, descriptions()) as writer:
        for index in np.array([7, 2, 11, 0, 1, 3, 4, 5, 6, 8, 9, 10]):
            writer.write_planes(labels[index], index)
    assert_valid(tmp_path / "seg.dcm")
    volume = ik.read(tmp_path / "seg.dcm").get_volume(combine_segments=True)
    theirs = hd.seg.segread(tmp_path / "seg.dcm").get_volume(combine_segments=True)
    assert np.array_equal(theirs.array, volume.array)
    if kind == "LABELMAP":
        return  # which dcmqi does not read
    found = dcmqi_segments(tmp_path / "seg.dcm", tmp_path)
    counts = {n: int((sitk.GetArrayFromImage(image) != 0).sum()) for n, image in found.items()}
    assert counts == {n: int((labels == n).sum()) for n in (1, 2, 3)}


def test_a_spool_keeps_records_apart_and_takes_more_after_reading(tmp_path):
    with Spool(tmp_path) as spool:
        records = [bytes([n]) * n for n in range(1, 40)]
        for n, record in enumerate(records):
            spool.append(record)
            assert spool[n // 2] == records[n // 2]
        assert [spool[n] for n in range(len(records))] == records
        assert spool.lengths.tolist() == [len(record) for record in records]
        assert spool.size == sum(map(len, records))
        with pytest.raises(OutOfRangeError):
            spool[len(records)]
        assert not list(tmp_path.iterdir()) or not hasattr(__import__("os"), "O_TMPFILE")
