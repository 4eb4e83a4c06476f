"""Functional groups of many frames: written, opened, one column, one query.

    python -m benchmarks.frames [--frames 30000 300000] [--others 30000]

Beside pydicom: functional groups alone, with a column of positions and a query by segment and
source.  Beside highdicom, which has no columns: a whole segmentation, with the images that its
frames were made from as the query.  Prints CPU seconds, milliseconds and bytes per frame, and how
many times as long the others take.  Their objects take minutes and gigabytes for 300 000 frames:
they are measured up to the number that ``--others`` says.
"""

from __future__ import annotations

import argparse
import gc
import io
import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from benchmarks.data import ct_headers, plain_headers
from benchmarks.rows import DATA, describe
from iodkit.frames import FrameTable, FunctionalGroups
from iodkit.io import encode_file, join_pieces, read_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

PLANES = 300
# Seconds of ours by job, of the number of frames that is being measured.
OURS: dict[str, float] = {}
POSITION = "PlanePositionSequence.ImagePositionPatient"


def empty() -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "2.25.1"
    ds.file_meta = meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.66.4")
    meta.MediaStorageSOPInstanceUID = UID("2.25.1")
    return ds


def columns(frames: int) -> tuple[Any, Any, Any]:
    plane, segment = np.arange(frames) % PLANES, np.arange(frames) // PLANES + 1
    return plane, segment, np.stack([plane * 0.0, plane * 0.0, plane * 1.25], axis=1)


def write(frames: int) -> bytes:
    """Write positions, indices, segments and sources from columns."""
    plane, segment, positions = columns(frames)
    groups = FunctionalGroups(frames)
    groups.set(POSITION, positions)
    groups.set("FrameContentSequence.DimensionIndexValues", np.stack([segment, plane + 1], 1))
    groups.set("SegmentIdentificationSequence.ReferencedSegmentNumber", segment)
    uids = [f"1.2.826.0.1.3680043.8.498.1234567890.{k}" for k in range(PLANES)]
    groups.set_sources("1.2.840.10008.5.1.4.1.1.2", uids, plane)
    ds = empty()
    groups.attach(ds)
    return join_pieces(encode_file(ds))


def write_pydicom(frames: int) -> bytes:
    """Write the same with pydicom's objects."""
    plane, segment, positions = columns(frames)
    items = []
    for p, s, position in zip(plane.tolist(), segment.tolist(), positions.tolist(), strict=True):
        place, content, number, source = Dataset(), Dataset(), Dataset(), Dataset()
        place.ImagePositionPatient = position
        content.DimensionIndexValues = [s, p + 1]
        number.ReferencedSegmentNumber = s
        source.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        source.ReferencedSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.1234567890.{p}"
        derivation, item = Dataset(), Dataset()
        derivation.SourceImageSequence = [source]
        item.DerivationImageSequence, item.FrameContentSequence = [derivation], [content]
        item.PlanePositionSequence, item.SegmentIdentificationSequence = [place], [number]
        items.append(item)
    ds = empty()
    ds.PerFrameFunctionalGroupsSequence, ds.NumberOfFrames = items, frames
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def open_ours(content: bytes) -> FrameTable:
    return FrameTable.from_dataset(read_dataset(content).dataset)


def open_pydicom(content: bytes) -> Any:
    return dcmread(io.BytesIO(content)).PerFrameFunctionalGroupsSequence


def column_pydicom(items: Any) -> Any:
    return np.array([item.PlanePositionSequence[0].ImagePositionPatient for item in items], float)


def query_pydicom(items: Any) -> list[int]:
    """Find the frames of one segment that were made from one image."""
    uid = "1.2.826.0.1.3680043.8.498.1234567890.7"
    return [
        number
        for number, item in enumerate(items)
        if item.SegmentIdentificationSequence[0].ReferencedSegmentNumber == 3
        and item.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID == uid
    ]


def query_ours(table: FrameTable) -> list[int]:
    uid = "1.2.826.0.1.3680043.8.498.1234567890.7"
    return [int(i) for i in table.find(segment=3, source_uid=uid)]


def create(side: str, frames: int, path: Path) -> None:
    """Write a segmentation whose segments are everywhere in a number of small planes."""
    images = plain_headers(ct_headers(DATA / "headers-300x16x16", PLANES, 16, 16, pixels=False))
    segments = frames // PLANES
    mask = np.ones((PLANES, 16, 16, segments), np.uint8)
    library, codes = load(side)
    described = describe(library.seg, library.AlgorithmIdentificationSequence, codes, segments)
    uids = [None, None] if side == "ours" else [library.UID(), library.UID()]
    numbers = (uids[0], 1, uids[1], 1, "Bench", "Bench", "1", "1")
    library.seg.Segmentation(images, mask, "BINARY", described, *numbers).save_as(path)


def load(side: str) -> tuple[Any, Any]:
    """Import the library of one side, and its codes."""
    if side == "ours":
        import iodkit

        return iodkit, iodkit.codes
    import highdicom
    from pydicom.sr.codedict import codes

    return highdicom, codes


def read(side: str, path: Path) -> Any:
    return load(side)[0].seg.segread(path)


def measure(side: str, frames: int, job: str, function: Callable[..., Any], *given: Any) -> Any:
    """Do something once, print its time, and give its result."""
    gc.collect()
    start = time.process_time()
    result = function(*given)
    seconds = time.process_time() - start
    times = ""
    if side == "ours":
        OURS[job] = seconds
    elif job in OURS:
        times = f"{seconds / OURS[job]:8.0f} times ours"
    print(
        f"{frames:>8} {side:9} {job:28} {seconds:8.3f} s {seconds / frames * 1e3:9.4f} ms/frame"
        f"{times}",
        flush=True,
    )
    return result


def segmentations(frames: int, sides: list[str]) -> None:
    """Measure whole segmentations."""
    with TemporaryDirectory() as folder:
        for side in sides:
            path = Path(folder) / f"{side}.dcm"
            measure(side, frames, "segmentation: write", create, side, frames, path)
            image = measure(side, frames, "segmentation: open", read, side, path)
            uids = measure(side, frames, "segmentation: sources", image.get_source_image_uids)
            assert len(uids) == PLANES


def memory(content: bytes, frames: int) -> None:
    """Print what an opened table adds to the bytes of the file."""
    gc.collect()
    tracemalloc.start()
    table = open_ours(content)
    _ = table.positions, table.segment_numbers, table.sources
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"{frames:>8} ours      memory, three columns {kept / frames:8.0f} bytes/frame kept, "
        f"{peak / frames:.0f} at most; the file has {len(content) / frames:.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[30_000, 300_000])
    parser.add_argument("--others", type=int, default=30_000)
    options = parser.parse_args()
    for frames in options.frames:
        OURS.clear()
        content = measure("ours", frames, "write", write, frames)
        table = measure("ours", frames, "open", open_ours, content)
        positions = measure("ours", frames, "one column", lambda each: each.positions, table)
        found = measure("ours", frames, "query", query_ours, table)
        measure("ours", frames, "the query again", query_ours, table)
        memory(content, frames)
        others = frames <= options.others
        if others:
            theirs = measure("pydicom", frames, "write", write_pydicom, frames)
            items = measure("pydicom", frames, "open", open_pydicom, theirs)
            want = measure("pydicom", frames, "one column", column_pydicom, items)
            query = measure("pydicom", frames, "query", query_pydicom, items)
            assert (positions == want).all()
            assert found == query
            del items
        segmentations(frames, ["ours", "highdicom"] if others else ["ours"])


if __name__ == "__main__":
    main()
