"""Where the columns of a table come from: multi-frame and single-frame instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.frames.groups import EncodedItems, GroupColumns
from iodkit.frames.headers import Encoding
from iodkit.frames.items import encode_items
from iodkit.frames.peek import Snapshot, element_encoding, is_signed, text_codecs
from iodkit.frames.ragged import Column, Ragged
from iodkit.frames.single import InstanceColumns
from iodkit.frames.tiling import FullTiling, slide_orientation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from iodkit.elements import DicomItem
    from iodkit.frames.paths import AttributePath

__all__ = [
    "PER_FRAME",
    "SHARED",
    "Instance",
    "JoinedColumns",
    "encoded_items",
    "instances_of",
    "read_instance",
]

PER_FRAME = (0x52009230, "PerFrameFunctionalGroupsSequence")
SHARED = (0x52009229, "SharedFunctionalGroupsSequence")


@dataclass(frozen=True, slots=True)
class Instance:
    """What a table keeps of an instance besides its columns.

    Attributes
    ----------
    uid : str
        SOP instance UID, empty if there is none.
    class_uid : str
        SOP class UID, empty if there is none.
    number_of_frames : int
        Number of frames.
    dimension_pointers : tuple of tuple of int
        For each dimension the tags of functional group and attribute, 0 if not given.
    content_time : str or None
        ContentTime.
    slide_orientation : tuple of float
        The six numbers of ImageOrientationSlide, NaN where not given.
    tiling : FullTiling or None
        The order of frames, if it says where they are.
    """

    uid: str
    class_uid: str
    number_of_frames: int
    dimension_pointers: tuple[tuple[int, int], ...]
    content_time: str | None
    slide_orientation: tuple[float, ...]
    tiling: FullTiling | None


def read_instance(snapshot: Snapshot, groups: int | None) -> Instance:
    """Read what a table keeps of an instance.

    Parameters
    ----------
    snapshot : Snapshot
        The instance.
    groups : int or None
        Number of items of its per-frame functional groups, if it has any.

    Raises
    ------
    InvalidValueError
        If NumberOfFrames contradicts the number of items.
    """
    n = snapshot.whole_number("NumberOfFrames")
    if n is None:
        n = groups or 1
    if n < 1 or (groups and groups != n):
        raise InvalidValueError(
            "number of frames and of per-frame items differ" if groups else "there are no frames",
            attribute="NumberOfFrames",
            found=n,
            expected=str(groups or "at least 1"),
            clause="PS3.3 C.7.6.16",
        )
    pointers = tuple(
        (
            int(item.get("FunctionalGroupPointer") or 0),
            int(item.get("DimensionIndexPointer") or 0),
        )
        for item in snapshot.items("DimensionIndexSequence")
    )
    return Instance(
        snapshot.text("SOPInstanceUID") or "",
        snapshot.text("SOPClassUID") or "",
        n,
        pointers,
        snapshot.text("ContentTime"),
        slide_orientation(snapshot),
        FullTiling.of(snapshot),
    )


def encoded_items(dataset: Dataset, tag: int, name: str) -> EncodedItems | None:
    """Take the items of a sequence in encoded form, encoding them if they are objects."""
    element: Any = dataset._dict.get(BaseTag(tag))
    if element is None:
        return None
    if isinstance(element, RawDataElement):
        if element.value is not None or not element.length:
            return EncodedItems(element.value or b"", element_encoding(dataset, element), name)
        element = dataset[tag]
    encoding = Encoding(False, True, text_codecs(dataset), is_signed(dataset))
    return EncodedItems(encode_items(element.value or [], encoding), encoding, name)


def instances_of(
    datasets: Iterable[Dataset],
) -> tuple[tuple[Instance, ...], GroupColumns | InstanceColumns | JoinedColumns]:
    """Read instances, and make the source of the columns of all their frames."""
    instances: list[Instance] = []
    parts: list[GroupColumns | InstanceColumns] = []
    plain: list[tuple[Snapshot, int]] = []

    def flush() -> None:
        if plain:
            parts.append(InstanceColumns(*zip(*plain, strict=True)))
            plain.clear()

    for dataset in datasets:
        if not isinstance(dataset, Dataset):
            raise InvalidTypeError(
                "a dataset is needed", found=type(dataset).__name__, expected="pydicom.Dataset"
            )
        snapshot = Snapshot.of(dataset)
        per_frame = encoded_items(dataset, *PER_FRAME)
        shared = encoded_items(dataset, *SHARED)
        instance = read_instance(snapshot, len(per_frame) if per_frame is not None else None)
        instances.append(instance)
        if per_frame is None and shared is None:
            plain.append((snapshot, instance.number_of_frames))
        else:
            flush()
            parts.append(GroupColumns(instance.number_of_frames, per_frame, shared))
    flush()
    source = parts[0] if len(parts) == 1 else JoinedColumns(parts)
    return tuple(instances), source


class JoinedColumns:
    """Columns of several sources, one behind the other.

    Parameters
    ----------
    parts : sequence
        The sources.
    """

    def __init__(self, parts: Sequence[GroupColumns | InstanceColumns]) -> None:
        self._parts = tuple(parts)

    @property
    def number_of_frames(self) -> int:
        """Number of frames of all sources."""
        return sum(part.number_of_frames for part in self._parts)

    def column(self, path: AttributePath) -> Column:
        """Read an attribute from all sources."""
        columns = [part.column(path) for part in self._parts]
        vr = next((column.vr for column in columns if column.vr), "")
        return Column(path.text, vr, _join([column.data for column in columns]))

    def items(self, leaf: AttributePath, depth: int) -> tuple[NDArray[np.intp], Ragged]:
        """Read an attribute item by item from all sources."""
        start, frames, rows = 0, [], []
        for part in self._parts:
            own, values = part.items(leaf, depth)
            frames.append(own + start)
            rows.append(values)
            start += part.number_of_frames
        return np.concatenate(frames or [np.zeros(0, np.intp)]), _join(rows)

    def group(self, tag: int, frame: int) -> list[DicomItem]:
        """Decode the items of a functional group of a frame."""
        ends = np.cumsum([part.number_of_frames for part in self._parts])
        number = int(np.searchsorted(ends, frame, side="right"))
        part = self._parts[number]
        return part.group(tag, frame - int(ends[number]) + part.number_of_frames)


def _join(parts: list[Ragged]) -> Ragged:
    filled = [part.values for part in parts if len(part.values)]
    kinds = {values.dtype.kind for values in filled}
    if "O" in kinds and len(kinds) > 1:
        filled = [values.astype(object) for values in filled]
    values = np.concatenate(filled) if filled else np.zeros(0)
    offsets = np.zeros(sum(map(len, parts)) + 1, np.intp)
    if parts:
        np.cumsum(np.concatenate([part.counts for part in parts]), out=offsets[1:])
    return Ragged(values, offsets)
