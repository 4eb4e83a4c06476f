"""Columns of instances without functional groups, from their top-level attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.multival import MultiValue

from iodkit.elements import DicomItem
from iodkit.errors import CorruptDataError
from iodkit.frames.paths import AttributePath, parse_path
from iodkit.frames.ragged import Column, Ragged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames.peek import Snapshot

__all__ = ["InstanceColumns", "to_ragged"]

_PLANE_POSITION = parse_path("PlanePositionSequence").group
# What stands at the top level under another name than in the functional group.
_ALIASES = {
    "FrameContentSequence.FrameAcquisitionDateTime": ("AcquisitionDateTime",),
    "FrameContentSequence.TemporalPositionIndex": ("TemporalPositionIdentifier",),
    "FrameContentSequence.FrameAcquisitionNumber": ("AcquisitionNumber",),
    "PixelValueTransformationSequence.RescaleSlope": ("RescaleSlope",),
}
_INTEGERS = frozenset(("US", "SS", "UL", "SL", "UV", "SV", "IS", "AT"))
_DECIMALS = frozenset(("DS", "FL", "FD"))


class InstanceColumns:
    """Columns of single-frame instances, and of multi-frame ones without functional groups.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        The instances.
    counts : sequence of int
        Number of frames of each.
    """

    def __init__(self, snapshots: Sequence[Snapshot], counts: Sequence[int]) -> None:
        self._snapshots = tuple(snapshots)
        self._counts = np.asarray(counts, np.intp)

    @property
    def number_of_frames(self) -> int:
        """Number of frames of all instances."""
        return int(self._counts.sum())

    def column(self, path: AttributePath) -> Column:
        """Read an attribute: the value of an instance is that of all its frames."""
        vr, rows = "", []
        candidates = _candidates(path)
        for snapshot, count in zip(self._snapshots, self._counts.tolist(), strict=True):
            # Frames of one instance that all stand at one place: the standard has no such thing,
            # the position is that of the first frame.
            skip = count > 1 and path.group == _PLANE_POSITION
            own, values = ("", []) if skip else _find(snapshot, candidates)
            vr = vr or own
            rows += [values] * count
        return Column(path.text, vr, to_ragged(rows, vr or path.vr or ""))

    def items(self, leaf: AttributePath, depth: int) -> tuple[NDArray[np.intp], Ragged]:
        """Read an attribute by the items of a sequence: frame of each item, and its values."""
        frames: list[int] = []
        rows: list[list[Any]] = []
        start, vr = 0, ""
        for snapshot, count in zip(self._snapshots, self._counts.tolist(), strict=True):
            found = _find_by_item(snapshot, leaf, depth)
            vr = next((own for own, _ in found if own), vr)
            for frame in range(start, start + count):
                frames += [frame] * len(found)
                rows += [values for _, values in found]
            start += count
        return np.array(frames, np.intp), to_ragged(rows, vr)

    def group(self, tag: int, frame: int) -> list[DicomItem]:
        """Copy the items of the sequence that a frame's instance has at its top level."""
        instance = int(np.searchsorted(np.cumsum(self._counts), frame, side="right"))
        items = _sequence(self._snapshots[instance].element(tag))
        return [DicomItem.from_dataset(item) for item in items]


def _find(snapshot: Snapshot, candidates: list[AttributePath]) -> tuple[str, list[Any]]:
    """VR and values of the attribute that an instance has instead of a functional group's."""
    for candidate in candidates:
        if len(candidate.tags) == 1:
            plain = snapshot.numbers(candidate)
            found = plain or _values(snapshot.element(candidate.leaf))
        else:
            found = _joined(_items(snapshot, candidate), candidate.leaf)
        if found[0]:
            return found
    return "", []


def _find_by_item(
    snapshot: Snapshot, leaf: AttributePath, depth: int
) -> list[tuple[str, list[Any]]]:
    """VR and values of each item of the sequence at a depth, inside a group or without it."""
    for path, steps in ((leaf, depth), (leaf.inner, depth - 1)):
        holders = _descend(_sequence(snapshot.element(path.tags[0])), path.tags[1:steps])
        if steps > 0 and holders:
            return [_joined(_descend([item], path.tags[steps:-1]), path.leaf) for item in holders]
    return []


def _descend(items: list[Dataset], tags: tuple[int, ...]) -> list[Dataset]:
    for tag in tags:
        items = [inner for item in items for inner in _sequence(item.get(tag))]
    return items


def _joined(items: list[Dataset], tag: int) -> tuple[str, list[Any]]:
    parts = [_values(item.get(tag)) for item in items]
    vr = next((own for own, _ in parts if own), "")
    return vr, [x for _, values in parts for x in values]


def _candidates(path: AttributePath) -> list[AttributePath]:
    paths = [path] if len(path.tags) == 1 else [path, path.inner]
    return paths + [parse_path(name) for name in _ALIASES.get(path.text, ())]


def _items(snapshot: Snapshot, path: AttributePath) -> list[Dataset]:
    """Items that hold the last step of a path."""
    if len(path.tags) == 1:
        return []
    return _descend(_sequence(snapshot.element(path.tags[0])), path.tags[1:-1])


def _sequence(element: Any) -> list[Dataset]:
    if element is None or element.VR != "SQ":
        return []
    return list(element.value or [])


def _values(element: Any) -> tuple[str, list[Any]]:
    if element is None:
        return "", []
    value = element.value
    if element.VR == "SQ":
        return "SQ", []
    if value is None or (isinstance(value, (str, bytes, list, MultiValue)) and not len(value)):
        return element.VR, []
    values = list(value) if isinstance(value, (list, MultiValue)) else [value]
    try:
        if element.VR in _DECIMALS:
            return element.VR, [np.nan if v in (None, "") else float(v) for v in values]
        if element.VR in _INTEGERS:
            return element.VR, [int(v) for v in values if v not in (None, "")]
    except (TypeError, ValueError) as error:
        raise CorruptDataError(
            "the value is no number",
            attribute=element.keyword or str(element.tag),
            found=value,
            expected=f"numbers, as VR {element.VR} holds them",
            clause="PS3.5 6.2",
        ) from error
    return element.VR, [v if isinstance(v, bytes) else str(v) for v in values]


def to_ragged(rows: list[list[Any]], vr: str) -> Ragged:
    """Arrange decoded values as a ragged array of the type that their VR has."""
    dtype: Any = object
    if vr in _DECIMALS:
        dtype = np.float64
    elif vr in _INTEGERS:
        dtype = np.int64
    offsets = np.zeros(len(rows) + 1, np.intp)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    flat = np.empty(int(offsets[-1]), dtype if offsets[-1] else np.float64)
    flat[:] = [value for row in rows for value in row]
    return Ragged(flat, offsets)
