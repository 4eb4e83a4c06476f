"""Time points of slices that are added to a segmentation in time."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.places import TEMPORAL_INDEX, other_dimensions
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.sop import Segmentation

__all__ = ["at_times", "at_times_of_sources"]

_PATH = "FrameContentSequence.TemporalPositionIndex"
_DIMENSIONS = ("DimensionOrganizationSequence", "DimensionIndexSequence")


def at_times(
    part: Segmentation, like: Segmentation, indices: int | Sequence[int] | None
) -> Segmentation:
    """Put new slices at time points of an existing segmentation.

    Parameters
    ----------
    part : Segmentation
        The new slices, of one time point or several that count from 1; it is not changed.
    like : Segmentation
        The existing segmentation.
    indices : int | Sequence[int] | None
        Temporal Position Index of each time point of the new slices, ascending; ``None`` if there
        is no time.

    Returns
    -------
    Segmentation
        The new slices, at their time points.

    Raises
    ------
    InvalidValueError
        If it is not said at which time points, or there are none; or if the new slices have other
        dimensions.
    """
    wanted, given = _others(like), _others(part)
    _require_dimensions(given - {TEMPORAL_INDEX}, wanted - {TEMPORAL_INDEX})
    if TEMPORAL_INDEX not in wanted:
        if TEMPORAL_INDEX in given or indices is not None:
            raise InvalidValueError(
                "the segmentation has no time points",
                attribute="temporal_position_index",
                found=indices,
                expected="slices of one time point, and None",
                clause="PS3.3 C.7.6.16.2.2",
            )
        return part
    distinct = np.unique(part.frame_table.integers(_PATH))
    return _timed(part, like, _checked(indices, len(distinct), like.frame_table.integers(_PATH)))


def at_times_of_sources(part: Segmentation, like: Segmentation) -> Segmentation:
    """Put new frames at the time points at which an existing segmentation has their sources.

    Parameters
    ----------
    part : Segmentation
        The new frames; it is not changed.
    like : Segmentation
        The existing segmentation.

    Returns
    -------
    Segmentation
        The new frames, at their time points.

    Raises
    ------
    InvalidValueError
        If their sources do not tell the time point; or if they have other dimensions.
    """
    wanted, given = _others(like), _others(part)
    _require_dimensions(given - {TEMPORAL_INDEX}, wanted - {TEMPORAL_INDEX})
    if TEMPORAL_INDEX not in wanted:
        _require_dimensions(given, wanted)
        return part
    known: dict[tuple[str, int], int] = {}
    for source, time in _sources_in_time(like):
        known.setdefault(source, time)
    found: dict[int, set[int]] = {}
    for source, time in _sources_in_time(part):
        found.setdefault(time, set()).update({known[source]} if source in known else ())
    times = [found[time] for time in sorted(found)]
    if not times or any(len(each) != 1 for each in times):
        raise InvalidValueError(
            "the segmentation does not say at which time points these images lie",
            attribute="source_images",
            found=[sorted(each) for each in times],
            expected="images that frames of the segmentation refer to, all of each time point",
            clause="PS3.3 C.7.6.16.2.2",
            remedy="Add slices of a new time point with with_slices first.",
        )
    return _timed(part, like, np.array([min(each) for each in times], np.int64))


def _sources_in_time(segmentation: Segmentation) -> Iterator[tuple[tuple[str, int], int]]:
    """Instance and frame of each reference (0 for all frames), and the time of its frame."""
    table = segmentation.frame_table
    sources, times = table.sources, table.integers(_PATH)
    for at, frame in enumerate(sources.frames.tolist()):
        uid = str(sources.uids[int(sources.instances[at])])
        for number in sources.frame_numbers[at].tolist() or [0]:
            yield (uid, number), int(times[frame])


def _timed(part: Segmentation, like: Segmentation, times: NDArray[np.int64]) -> Segmentation:
    """Give each time point of new frames its number."""
    own = part.frame_table.integers(_PATH)
    return Successor(
        (part,),
        "Frames have time points",
        part.segment_descriptions,
        StoredFrames.of(part),
        attributes={keyword: deepcopy(like.get(keyword)) for keyword in _DIMENSIONS},
        columns={_PATH: times[np.searchsorted(np.unique(own), own)]},
        reindexed=True,
    ).make()


def _others(segmentation: Dataset) -> set[int]:
    """Dimensions besides the segment and those in space."""
    return {pointer for _, pointer in other_dimensions(segmentation.frame_table)}


def _require_dimensions(given: set[int], wanted: set[int]) -> None:
    if given != wanted:
        raise InvalidValueError(
            "the new slices have other dimensions than the segmentation",
            attribute="source_images",
            found=[f"{pointer:08X}" for pointer in sorted(given)],
            expected=f"{[f'{pointer:08X}' for pointer in sorted(wanted)]}",
            clause="PS3.3 C.7.6.17",
            remedy="Make a new segmentation of all images.",
        )


def _checked(indices: Any, count: int, before: NDArray[np.int64]) -> NDArray[np.int64]:
    new = np.atleast_1d(np.asarray([] if indices is None else indices))
    is_fitting = new.dtype.kind in "ui" and new.shape == (count,) and (new >= 1).all()
    if not is_fitting or (np.diff(new) <= 0).any():
        raise InvalidValueError(
            "it must be said at which time points the new slices lie",
            attribute="temporal_position_index",
            found=indices,
            expected=f"{count} numbers from 1, ascending; the segmentation has "
            f"{np.unique(before).tolist()}",
            clause="PS3.3 C.7.6.16.2.2",
        )
    return new.astype(np.int64)
