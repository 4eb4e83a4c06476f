"""References of frames to the images that they were made from, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.frames.paths import parse_path
from iodkit.frames.ragged import Ragged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from iodkit.frames.columns import FrameSource

__all__ = ["SourceReferences", "read_sources"]

_SOURCE = "DerivationImageSequence.SourceImageSequence"


@dataclass(frozen=True, slots=True, eq=False)
class SourceReferences:
    """References of frames to source images, one row per reference (PS3.3 C.7.6.16.2.6).

    Attributes
    ----------
    frames : numpy.ndarray
        Index (from 0) of the frame that has the reference, ascending, shape ``(m,)``.
    uids : tuple of str
        The distinct SOP instance UIDs, in the order of their first use.
    class_uids : tuple of str
        SOP class UID of each of them, empty where not given.
    instances : numpy.ndarray
        Index into `uids`, shape ``(m,)``; -1 if the reference has no UID.
    frame_numbers : Ragged
        Numbers (from 1) of the referenced frames, row by row; no number: the whole instance.
    spatial_locations_preserved : numpy.ndarray
        ``"YES"``, ``"NO"``, ``"REORIENTED_ONLY"`` or None, shape ``(m,)``.
    """

    frames: NDArray[np.intp]
    uids: tuple[str, ...]
    class_uids: tuple[str, ...]
    instances: NDArray[np.intp]
    frame_numbers: Ragged
    spatial_locations_preserved: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.frames)

    def match(self, uids: Iterable[str], frame_number: int | None = None) -> NDArray[np.bool_]:
        """Tell which references point at one of the instances.

        Parameters
        ----------
        uids : iterable of str
            SOP instance UIDs.
        frame_number : int, optional
            Number (from 1) of a frame; references to the whole instance count as well.

        Returns
        -------
        numpy.ndarray
            Shape ``(m,)``.
        """
        wanted = set(uids)
        known = np.array([uid in wanted for uid in self.uids] + [False])
        hit: NDArray[np.bool_] = known[self.instances]
        if frame_number is None:
            return hit
        named = np.zeros(len(self), np.bool_)
        numbers = self.frame_numbers
        named[numbers.rows[numbers.values == frame_number]] = True
        return hit & (named | (numbers.counts == 0))


def read_sources(source: FrameSource) -> SourceReferences:
    """Read the references of all frames."""

    def leaf(keyword: str) -> tuple[NDArray[np.intp], Ragged]:
        return source.items(parse_path(f"{_SOURCE}.{keyword}"), 2)

    frames, uids = leaf("ReferencedSOPInstanceUID")
    _, class_uids = leaf("ReferencedSOPClassUID")
    _, numbers = leaf("ReferencedFrameNumber")
    _, preserved = leaf("SpatialLocationsPreserved")
    known: dict[str, int] = {}
    classes: dict[int, str] = {}
    instances = np.full(len(frames), -1, np.intp)
    rows = class_uids.first().tolist()
    for position, uid in enumerate(uids.first().tolist()):
        if uid is not None:
            instances[position] = code = known.setdefault(uid, len(known))
            if rows[position]:
                classes.setdefault(code, rows[position])
    values = numbers.values
    if not np.issubdtype(values.dtype, np.integer):
        values = values.astype(np.int64)
    flags = preserved.first()
    for array in (frames, instances, values, flags):
        array.flags.writeable = False
    return SourceReferences(
        frames,
        tuple(known),
        tuple(classes.get(code, "") for code in range(len(known))),
        instances,
        Ragged(values, numbers.offsets),
        flags,
    )
