"""Keeps the frame table of a dataset for as long as the dataset says the same."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iodkit.errors import InvalidTypeError
from iodkit.frames.instances import PER_FRAME, SHARED, encoded_items, read_instance
from iodkit.frames.peek import Snapshot
from iodkit.frames.table import FrameTable

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.frames.instances import Instance

__all__ = ["frame_table"]


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What a table depends on: the encoded groups, and what is kept of the instance."""

    per_frame: bytes | None
    shared: bytes | None
    codecs: tuple[str, ...]
    instance: Instance


@dataclass(frozen=True, slots=True)
class _Entry:
    dataset: weakref.ref[Any]
    stamp: _Stamp
    table: FrameTable


# Kept beside the datasets, not in them: copies, pickles and comparisons know nothing of it.
_TABLES: dict[int, _Entry] = {}
_LOCK = threading.Lock()


def frame_table(dataset: Dataset) -> FrameTable:
    """Return the table of an instance's frames, the same one while nothing changes.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The instance, multi-frame or single-frame.

    Returns
    -------
    FrameTable
        Its frames as they are now.  While the functional groups are encoded, asking again
        costs next to nothing; once their items have been accessed they are encoded and
        compared each time, so that edits are always seen.

    Raises
    ------
    InvalidTypeError
        If it is not a dataset.
    InvalidValueError
        If NumberOfFrames contradicts the functional groups.
    CorruptDataError
        If the functional groups cannot be read.
    """
    stamp = _stamp(dataset)
    if stamp is None:
        return FrameTable.from_dataset(dataset)
    with _LOCK:
        entry = _TABLES.get(id(dataset))
    if entry is not None and entry.dataset() is dataset and entry.stamp == stamp:
        return entry.table
    table = FrameTable.from_dataset(dataset)
    key = id(dataset)

    def drop(_: Any) -> None:
        # Runs when the dataset is gone, perhaps within the lock: no lock here, and only the
        # entry that is still this dataset's.
        known = _TABLES.get(key)
        if known is not None and known.dataset() is None:
            _TABLES.pop(key, None)

    with _LOCK:
        _TABLES[key] = _Entry(weakref.ref(dataset, drop), stamp, table)
    return table


def _stamp(dataset: Dataset) -> _Stamp | None:
    if not hasattr(dataset, "_dict"):
        raise InvalidTypeError("a dataset is needed", found=type(dataset).__name__)
    per_frame = encoded_items(dataset, *PER_FRAME)
    shared = encoded_items(dataset, *SHARED)
    if per_frame is None and shared is None:
        return None
    snapshot = Snapshot.of(dataset)
    return _Stamp(
        per_frame.value if per_frame is not None else None,
        shared.value if shared is not None else None,
        snapshot.codecs,
        read_instance(snapshot, None),
    )
