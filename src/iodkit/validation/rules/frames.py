"""Frames against their functional groups and dimensions (PS3.3 C.7.6.16, C.7.6.17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault
from iodkit.errors import IodkitError
from iodkit.frames.levels import gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.validation.subject import Subject

__all__ = ["check_dimension_organization", "check_dimension_values", "check_frame_count"]

_CONTENT, _VALUES = 0x00209111, 0x00209157
_PER_FRAME = "PerFrameFunctionalGroupsSequence"


def check_frame_count(subject: Subject) -> Iterator[Fault]:
    """Find functional groups that are more or fewer than the frames.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    groups = subject.per_frame_items
    if groups is None:
        return
    frames = subject.number("NumberOfFrames")
    try:
        count = len(groups)
    except IodkitError as error:
        yield Fault(_PER_FRAME, str(error)[:200], "items that can be read")
        return
    if frames is not None and count != frames:
        yield Fault(_PER_FRAME, f"{count} items", f"one for each of {frames} frames")


def check_dimension_organization(subject: Subject) -> Iterator[Fault]:
    """Find dimensions of an organization that the object does not have.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such dimension.
    """
    known = {
        str(subject.get("DimensionOrganizationUID", item))
        for path, item in subject.items
        if path.startswith("DimensionOrganizationSequence[")
    }
    for path, item in subject.items:
        if path.startswith("DimensionIndexSequence["):
            uid = subject.get("DimensionOrganizationUID", item)
            if uid is not None and str(uid) not in known:
                where = f"{path}.DimensionOrganizationUID"
                yield Fault(where, str(uid), "a UID in DimensionOrganizationSequence")


def check_dimension_values(subject: Subject) -> Iterator[Fault]:
    """Find frames without an index value for each dimension, or with one below 1.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one of each kind, with the number of frames.
    """
    dimensions = sum(path.startswith("DimensionIndexSequence[") for path, _ in subject.items)
    groups = subject.per_frame_items
    if not dimensions or groups is None:
        return
    try:
        level = groups.level((_CONTENT,))
        span = level.elements.get(_VALUES)
    except IodkitError:
        return
    if span is None:
        if len(groups) and subject.get("DimensionOrganizationType") != "TILED_FULL":
            path = f"{_PER_FRAME}[1].FrameContentSequence[1].DimensionIndexValues"
            expected = f"an index for each of {dimensions} dimensions"
            yield Fault(path, None, expected, count=len(groups))
        return
    frames = level.frames[span.owner]
    wrong = span.length != 4 * dimensions
    missing = np.setdiff1d(np.arange(len(groups)), frames)
    uneven = np.concatenate((frames[wrong], missing))
    if len(uneven):
        first = int(uneven.min())
        at = np.flatnonzero(frames == first)
        found = f"{int(span.length[at[0]]) // 4} values" if len(at) else None
        expected = f"an index for each of {dimensions} dimensions"
        yield Fault(_values_path(first), found, expected, count=len(uneven))
    right = np.flatnonzero(~wrong)
    values = gather(level.buffer, span.offset[right], 4 * dimensions).view("<u4")
    low = np.flatnonzero((values.reshape(-1, dimensions) == 0).any(axis=1))
    if len(low):
        remedy = "Count the values of a dimension from 1"
        path = _values_path(int(frames[right[low[0]]]))
        yield Fault(path, 0, "index values from 1", remedy, count=len(low))


def _values_path(frame: int) -> str:
    return f"{_PER_FRAME}[{frame + 1}].FrameContentSequence[1].DimensionIndexValues"
