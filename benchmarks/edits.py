"""Rows of edits and conversions: ours beside reading and creating again with highdicom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["rows"]

_Job = tuple[Any, Any, int, str, "Path"]


def rows(label: str, job: Callable[[], _Job], file: Callable[[], Path]) -> list[Row]:
    """List the rows of one segmentation.

    `job` gives its source images, labels, number of segments, type and folder; `file` the path
    of the file that highdicom wrote of them.
    """

    def prepare() -> tuple[_Job, Path]:
        return job(), file()

    return [
        Row(f"edit {name} {label}", target, prepare, ours, theirs)
        for name, target, ours, theirs in (
            ("remove a segment", 10, _remove, _remove_again),
            ("change a label", 20, _describe, _describe_again),
            ("merge two segments", 10, _merge, _merge_again),
            ("to label map", 5, _to_labelmap, _to_labelmap_again),
            ("measure", 5, _measure, _measure_again),
        )
    ]


def _ours(path: Path) -> Any:
    import iodkit as ik

    return ik.seg.segread(path)


def _remove(given: tuple[_Job, Path]) -> None:
    (*_, folder), path = given
    _ours(path).without_segments([2]).save_as(folder / "edited.dcm")


def _describe(given: tuple[_Job, Path]) -> None:
    (*_, folder), path = given
    _ours(path).with_descriptions(labels={1: "Another"}).save_as(folder / "edited.dcm")


def _merge(given: tuple[_Job, Path]) -> None:
    (*_, folder), path = given
    _ours(path).with_merged_segments([1, 2]).save_as(folder / "edited.dcm")


def _to_labelmap(given: tuple[_Job, Path]) -> None:
    (*_, folder), path = given
    _ours(path).to_labelmap().save_as(folder / "edited.dcm")


def _measure(given: tuple[_Job, Path]) -> object:
    return _ours(given[1]).segment_table()


def _read_again(path: Path) -> tuple[Any, Any]:
    import highdicom as hd

    seg = hd.seg.segread(path)
    return seg, seg.get_volume(combine_segments=True)


def _create_again(
    given: tuple[_Job, Path], labels: Any, numbers: list[int], kind: str, label: str = "Segment"
) -> None:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    (images, _, _, _, folder), _ = given
    algorithm = hd.AlgorithmIdentificationSequence("Bench", codes.DCM.ArtificialIntelligence, "1")
    segments = [
        hd.seg.SegmentDescription(
            at, f"{label} {number}", codes.SCT.Tissue, codes.SCT.Liver, "AUTOMATIC", algorithm
        )
        for at, number in enumerate(numbers, 1)
    ]
    uids = hd.UID(), 1, hd.UID(), 1
    seg = hd.seg.Segmentation(
        images, labels, kind, segments, *uids, "Bench", "Bench", "1", "1", omit_empty_frames=True
    )
    seg.save_as(folder / "again.dcm")


def _remove_again(given: tuple[_Job, Path]) -> None:
    seg, volume = _read_again(given[1])
    kept = [number for number in seg.segment_numbers if number != 2]
    table = np.zeros(max(seg.segment_numbers) + 1, np.uint8)
    table[kept] = np.arange(1, len(kept) + 1)
    _create_again(given, volume.with_array(table[volume.array]), kept, "BINARY")


def _describe_again(given: tuple[_Job, Path]) -> None:
    seg, volume = _read_again(given[1])
    _create_again(given, volume, seg.segment_numbers, "BINARY", "Another")


def _merge_again(given: tuple[_Job, Path]) -> None:
    seg, volume = _read_again(given[1])
    kept = [number for number in seg.segment_numbers if number != 2]
    table = np.zeros(max(seg.segment_numbers) + 1, np.uint8)
    table[kept] = np.arange(1, len(kept) + 1)
    table[2] = 1
    _create_again(given, volume.with_array(table[volume.array]), kept, "BINARY")


def _to_labelmap_again(given: tuple[_Job, Path]) -> None:
    seg, volume = _read_again(given[1])
    _create_again(given, volume, seg.segment_numbers, "LABELMAP")


def _measure_again(given: tuple[_Job, Path]) -> object:
    seg, volume = _read_again(given[1])
    found = []
    for number in seg.segment_numbers:
        places = np.argwhere(volume.array == number)
        center = volume.map_indices_to_reference(places.astype(float)).mean(axis=0)
        box = places.min(axis=0), places.max(axis=0) + 1
        found.append((len(places), len(places) * np.prod(volume.spacing), center, box))
    return found
