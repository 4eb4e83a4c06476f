"""Ours against pydicom: encoding trees of many small elements.

    python benchmarks/writer.py [--frames 3000] [--groups 1000] [--rounds 5]

Prints CPU seconds (medians of interleaved rounds) and ratios beside `write_dataset` and the whole
`dcmwrite`, after checking that the bytes are the same.
"""

from __future__ import annotations

import argparse
import gc
import io
import statistics
import time
from typing import TYPE_CHECKING

from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from iodkit.io import encode_dataset, encode_file, join_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataelem import DataElement


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item


def functional_groups(frames: int) -> Dataset:
    """Per-frame functional groups of a segmentation, every element an object of its own."""
    series = "1.2.826.0.1.3680043.8.498.20260101"
    groups = []
    for frame in range(frames):
        source = Dataset()
        source.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        source.ReferencedSOPInstanceUID = f"{series}.{frame % 300}"
        source.PurposeOfReferenceCodeSequence = [code("121322", "DCM", "Source image")]
        derivation = Dataset()
        derivation.SourceImageSequence = [source]
        derivation.DerivationCodeSequence = [code("113076", "DCM", "Segmentation")]
        content = Dataset()
        content.DimensionIndexValues = [frame // 300 + 1, frame % 300 + 1]
        position = Dataset()
        position.ImagePositionPatient = [-125.0, -130.5, 1.25 * (frame % 300)]
        segment = Dataset()
        segment.ReferencedSegmentNumber = frame // 300 + 1
        group = Dataset()
        group.DerivationImageSequence = [derivation]
        group.FrameContentSequence = [content]
        group.PlanePositionSequence = [position]
        group.SegmentIdentificationSequence = [segment]
        groups.append(group)
    dataset = Dataset()
    dataset.PerFrameFunctionalGroupsSequence = groups
    return dataset


def shared_groups(frames: int) -> Dataset:
    """The same, with the sequences of a slice shared between its segments."""
    dataset = functional_groups(frames)
    groups = dataset.PerFrameFunctionalGroupsSequence
    for frame in range(300, frames):
        for keyword in ("DerivationImageSequence", "PlanePositionSequence"):
            shared: DataElement = groups[frame % 300][keyword]
            groups[frame]._dict[shared.tag] = shared
    return dataset


def measurements(groups: int) -> Dataset:
    """Measurement groups of a structured report (PS3.16 TID 1500), five numbers each."""
    tree = []
    for group in range(groups):
        content = []
        for number in range(5):
            measured = Dataset()
            measured.NumericValue = str(group * 5 + number / 4)
            measured.MeasurementUnitsCodeSequence = [code("mm", "UCUM", "millimeter")]
            item = Dataset()
            item.RelationshipType = "CONTAINS"
            item.ValueType = "NUM"
            item.ConceptNameCodeSequence = [code(f"1030{number}", "99X", f"Length {number}")]
            item.MeasuredValueSequence = [measured]
            content.append(item)
        uid = Dataset()
        uid.RelationshipType = "HAS OBS CONTEXT"
        uid.ValueType = "UIDREF"
        uid.ConceptNameCodeSequence = [code("112040", "DCM", "Tracking Unique Identifier")]
        uid.UID = generate_uid()
        container = Dataset()
        container.RelationshipType = "CONTAINS"
        container.ValueType = "CONTAINER"
        container.ConceptNameCodeSequence = [code("125007", "DCM", "Measurement Group")]
        container.ContinuityOfContent = "SEPARATE"
        container.ContentSequence = [uid, *content]
        tree.append(container)
    dataset = Dataset()
    dataset.ContentSequence = tree
    return dataset


def as_file(dataset: Dataset) -> Dataset:
    """Give a tree what a file needs."""
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    dataset.SOPInstanceUID = generate_uid()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def dataset_by_pydicom(dataset: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = False, True
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def dataset_by_us(dataset: Dataset) -> bytes:
    return join_pieces(encode_dataset(dataset))


def file_by_pydicom(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def file_by_us(dataset: Dataset) -> bytes:
    return join_pieces(encode_file(dataset))


WAYS = {
    "write_dataset": (dataset_by_pydicom, dataset_by_us),
    "dcmwrite": (file_by_pydicom, file_by_us),
}


def timed(function: Callable[[Dataset], bytes], dataset: Dataset) -> tuple[bytes, float]:
    gc.collect()
    start = time.process_time()
    data = function(dataset)
    return data, time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=3000)
    parser.add_argument("--groups", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cases = {
        f"functional groups, {options.frames} frames": functional_groups(options.frames),
        "the same, shared per slice": shared_groups(options.frames),
        f"SR, {options.groups} measurement groups": measurements(options.groups),
    }
    for title, dataset in cases.items():
        as_file(dataset)
        for way, functions in WAYS.items():
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(options.rounds):
                results = [timed(function, dataset) for function in functions]
                assert results[0][0] == results[1][0]
                for side, (_, seconds) in zip(times, results, strict=True):
                    side.append(seconds)
            theirs, ours = map(statistics.median, times)
            print(
                f"{title:35s} {way:13s} {theirs:7.3f} s   ours {ours:7.3f} s   "
                f"ratio {theirs / ours:5.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
