"""The Derivation Image functional group for references to source images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

from iodkit.errors import InvalidValueError
from iodkit.frames.items_column import item_rows
from iodkit.frames.ragged import Ragged, is_nested
from iodkit.frames.texts import check_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from iodkit.frames.builder import FunctionalGroups

__all__ = ["set_sources"]

_GROUP = "DerivationImageSequence"
_SOURCE = f"{_GROUP}.SourceImageSequence"
_PRESERVED = ("YES", "NO", "REORIENTED_ONLY")


def set_sources(
    groups: FunctionalGroups,
    class_uids: str | Sequence[str],
    uids: Sequence[str],
    index: ArrayLike | Ragged | Sequence[Sequence[int]],
    *,
    frame_numbers: ArrayLike | Ragged | Sequence[Sequence[int]] | None = None,
    purpose: Dataset | None = None,
    derivation: Dataset | Sequence[Dataset] | None = None,
    spatial_locations_preserved: str | None = None,
) -> None:
    """Set the Derivation Image group; see `FunctionalGroups.set_sources`."""
    classes = [class_uids] * len(uids) if isinstance(class_uids, str) else list(class_uids)
    _check(classes, uids, spatial_locations_preserved)
    rows = item_rows(index, groups.number_of_frames, len(uids), _SOURCE)
    numbers = None if frame_numbers is None else _matching(frame_numbers, rows)
    groups.forget(_GROUP)
    if rows.counts.max(initial=0) <= 1:
        _as_columns(groups, classes, uids, rows, numbers, purpose, spatial_locations_preserved)
    else:
        _as_items(groups, classes, uids, rows, numbers, purpose, spatial_locations_preserved)
    if derivation is not None:
        codes = [derivation] if isinstance(derivation, Dataset) else list(derivation)
        whole = np.arange(len(codes), dtype=np.intp)
        listed: list[Any] = [whole if count else whole[:0] for count in rows.counts.tolist()]
        groups.set_items(f"{_GROUP}.DerivationCodeSequence", codes, Ragged.from_rows(listed))


def _check(classes: list[str], uids: Sequence[str], preserved: str | None) -> None:
    if len(classes) != len(uids):
        raise InvalidValueError(
            "one SOP class UID per instance is needed",
            attribute="class_uids",
            found=len(classes),
            expected=str(len(uids)),
        )
    for uid in set(classes):
        check_reference(str(uid), "ReferencedSOPClassUID")
    for uid in uids:
        check_reference(str(uid), "ReferencedSOPInstanceUID")
    if preserved is not None and preserved not in _PRESERVED:
        raise InvalidValueError(
            "value is not allowed",
            attribute="SpatialLocationsPreserved",
            found=preserved,
            expected=f"one of {_PRESERVED}",
            clause="PS3.3 C.7.6.16.2.6",
        )


def _matching(frame_numbers: Any, rows: Ragged) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Frame number of each reference, row by row."""
    if isinstance(frame_numbers, Ragged):
        flat, lengths = np.asarray(frame_numbers.values), frame_numbers.counts
    elif not is_nested(frame_numbers):
        one = np.asarray(frame_numbers)
        flat, lengths = one, np.ones(len(one), np.intp)
        if len(one) == len(rows) and rows.counts.max(initial=0) <= 1:
            flat, lengths = one[rows.counts == 1], rows.counts
    else:
        ragged = Ragged.from_rows(frame_numbers, np.int64)
        flat, lengths = ragged.values, ragged.counts
    if len(lengths) != len(rows) or (lengths != rows.counts).any():
        raise InvalidValueError(
            "one frame number per reference is needed", attribute="frame_numbers"
        )
    if len(flat) and (flat.dtype.kind not in "iu" or flat.min() < 0):
        raise InvalidValueError(
            "frames are numbered from 1, and 0 is for none",
            attribute="frame_numbers",
            found=flat.min(),
        )
    return flat.astype(np.int64)


def _as_columns(
    groups: FunctionalGroups,
    classes: list[str],
    uids: Sequence[str],
    rows: Ragged,
    numbers: Any,
    purpose: Dataset | None,
    preserved: str | None,
) -> None:
    """At most one reference per frame: one column per attribute."""
    has = rows.counts == 1
    codes = np.full(len(rows), -1, np.intp)
    codes[has] = rows.values
    only = np.where(has, 0, -1)
    groups.set(f"{_SOURCE}.ReferencedSOPClassUID", classes, index=codes)
    groups.set(f"{_SOURCE}.ReferencedSOPInstanceUID", [str(u) for u in uids], index=codes)
    if numbers is not None:
        column = np.full(len(rows), np.nan)
        column[has] = np.where(numbers == 0, np.nan, numbers)
        groups.set(f"{_SOURCE}.ReferencedFrameNumber", column)
    if preserved is not None:
        groups.set(f"{_SOURCE}.SpatialLocationsPreserved", [preserved], index=only)
    if purpose is not None:
        groups.set_items(f"{_SOURCE}.PurposeOfReferenceCodeSequence", [purpose], only)


def _as_items(
    groups: FunctionalGroups,
    classes: list[str],
    uids: Sequence[str],
    rows: Ragged,
    numbers: Any,
    purpose: Dataset | None,
    preserved: str | None,
) -> None:
    """Several references per frame: one item per distinct reference."""
    frames = numbers if numbers is not None else np.zeros(len(rows.values), np.int64)
    pairs = np.stack([rows.values.astype(np.int64), frames], axis=1).reshape(-1, 2)
    distinct, codes = np.unique(pairs, axis=0, return_inverse=True)
    items = []
    for instance, number in distinct.tolist():
        item = Dataset()
        item.ReferencedSOPClassUID = classes[instance]
        item.ReferencedSOPInstanceUID = str(uids[instance])
        if number:
            item.ReferencedFrameNumber = number
        if preserved is not None:
            item.SpatialLocationsPreserved = preserved
        if purpose is not None:
            item.PurposeOfReferenceCodeSequence = [purpose]
        items.append(item)
    groups.set_items(_SOURCE, items, Ragged(codes.reshape(-1).astype(np.intp), rows.offsets))
