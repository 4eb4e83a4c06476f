"""Source frames that lie at one place: what tells them apart, and in which order they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit_image.attributes import frame_attribute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_image.derived.sources import SourceFrames

__all__ = ["rank_repeats"]

_TIMES = frozenset(
    (
        "TemporalPositionIndex",
        "TemporalPositionIdentifier",
        "NominalCardiacTriggerDelayTime",
        "NominalPercentageOfCardiacPhase",
        "TriggerTime",
        "FrameReferenceTime",
        "PhaseNumber",
        "AcquisitionDateTime",
        "AcquisitionTime",
        "ContentTime",
        "AcquisitionNumber",
    )
)


def rank_repeats(
    sources: SourceFrames, cells: NDArray[np.int64], names: Sequence[str]
) -> tuple[NDArray[np.int64], bool]:
    """Number the source frames at each place.

    Parameters
    ----------
    sources : SourceFrames
        Source frames.
    cells : numpy.ndarray
        Number of the place of each, shape (frames,).
    names : Sequence[str]
        Attributes that tell frames at one place apart.

    Returns
    -------
    layers : numpy.ndarray
        Number of each frame among those at its place, from 1, by the values of the attributes,
        and by the order given where these are equal.
    are_times : bool
        Whether what tells them apart is time.
    """
    keys: list[NDArray[Any]] = [np.arange(len(cells))]
    for name in reversed(names):
        try:
            attribute = frame_attribute(sources.table, name, sources.images[0])
        except (NotFoundError, InvalidValueError, InvalidTypeError):
            continue
        values = np.where(attribute.known, attribute.values, attribute.values[attribute.known][0])
        keys.append(np.unique(values, return_inverse=True)[1].reshape(-1))
    order = np.lexsort((*keys, cells))
    starts = np.concatenate([[True], np.diff(cells[order]) != 0])
    first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    layers = np.empty(len(order), np.int64)
    layers[order] = np.arange(len(order)) - first + 1
    return layers, bool(names) and all(name in _TIMES for name in names)
