"""When frames were acquired, relative to the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames import FrameTable

__all__ = ["frame_times"]

_CLAUSE = "PS3.3 C.7.6.5"


def frame_times(table: FrameTable, dataset: Dataset) -> NDArray[np.float64]:
    """Find out when frames were acquired.

    What is stated of each frame comes first (acquisition and reference date and time, temporal
    position); then Frame Time Vector, Frame Time and Cine Rate of the Cine module.

    Parameters
    ----------
    table : FrameTable
        Frames.
    dataset : pydicom.Dataset
        The image, or the first of several instances.

    Returns
    -------
    numpy.ndarray
        Milliseconds since the earliest frame, shape (frames,).

    Raises
    ------
    NotFoundError
        If nothing says it.
    """
    for moments in (table.acquisition_datetimes, table.reference_datetimes):
        # The time of the whole acquisition tells nothing of its frames.
        if not np.isnat(moments).any() and (len(moments) == 1 or (moments != moments[0]).any()):
            return (moments - moments.min()) / np.timedelta64(1, "us") / 1000
    offsets = table.numbers("TemporalPositionSequence.TemporalPositionTimeOffset")
    if not np.isnan(offsets).any():
        seconds: NDArray[np.float64] = offsets - offsets.min()
        return seconds * 1000
    return _cine_times(dataset, len(table))


def _cine_times(dataset: Dataset, count: int) -> NDArray[np.float64]:
    """Times by the Cine module (PS3.3 C.7.6.5)."""
    vector = dataset.get("FrameTimeVector")
    if vector:
        steps: Any = np.atleast_1d(np.asarray(vector, np.float64))
        if len(steps) != count:
            raise InvalidValueError(
                "there is not one value for each frame",
                attribute="FrameTimeVector",
                found=len(steps),
                expected=str(count),
                clause=_CLAUSE,
            )
        elapsed: NDArray[np.float64] = np.cumsum(steps) - steps[0]
        return elapsed
    step = dataset.get("FrameTime")
    if not step and dataset.get("CineRate"):
        step = 1000 / float(dataset.CineRate)
    if not step:
        raise NotFoundError(
            "nothing says when frames were acquired",
            attribute="FrameTime",
            clause=_CLAUSE,
            remedy='Use "FrameNumber" to tell frames apart by their order.',
        )
    return np.arange(count, dtype=np.float64) * float(step)
