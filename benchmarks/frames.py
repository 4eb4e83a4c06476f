"""Functional groups of many frames: written, opened, one column, one query; beside pydicom.

    python -m benchmarks.frames [--frames 30000 300000] [--pydicom 30000]

Prints CPU seconds, milliseconds and bytes per frame.  pydicom's objects take minutes and
gigabytes for 300 000 frames: it is measured up to the number that ``--pydicom`` says.
"""

from __future__ import annotations

import argparse
import gc
import io
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from iodkit.frames import FrameTable, FunctionalGroups
from iodkit.io import encode_file, join_pieces, read_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

PLANES = 300
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


def measure(side: str, frames: int, job: str, function: Callable[..., Any], *given: Any) -> Any:
    """Do something once, print its time, and give its result."""
    gc.collect()
    start = time.process_time()
    result = function(*given)
    seconds = time.process_time() - start
    each = seconds / frames * 1e3
    print(f"{frames:>8} {side:8} {job:28} {seconds:8.3f} s {each:9.4f} ms/frame", flush=True)
    return result


def memory(content: bytes, frames: int) -> None:
    """Print what an opened table adds to the bytes of the file."""
    gc.collect()
    tracemalloc.start()
    table = open_ours(content)
    _ = table.positions, table.segment_numbers, table.sources
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"{frames:>8} ours     memory, three columns read   {kept / frames:8.0f} bytes/frame kept, "
        f"{peak / frames:.0f} at most; the file has {len(content) / frames:.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[30_000, 300_000])
    parser.add_argument("--pydicom", type=int, default=30_000)
    options = parser.parse_args()
    for frames in options.frames:
        content = measure("ours", frames, "write", write, frames)
        table = measure("ours", frames, "open", open_ours, content)
        positions = measure("ours", frames, "one column", lambda each: each.positions, table)
        found = measure("ours", frames, "query, two columns decoded", query_ours, table)
        measure("ours", frames, "the query again", query_ours, table)
        memory(content, frames)
        if frames <= options.pydicom:
            theirs = measure("pydicom", frames, "write", write_pydicom, frames)
            items = measure("pydicom", frames, "open", open_pydicom, theirs)
            want = measure("pydicom", frames, "one column", column_pydicom, items)
            query = measure("pydicom", frames, "query", query_pydicom, items)
            assert (positions == want).all()
            assert found == query


if __name__ == "__main__":
    main()
