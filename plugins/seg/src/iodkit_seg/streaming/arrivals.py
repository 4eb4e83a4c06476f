"""Which planes or tiles have come, whole or segment by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError, OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["Arrivals"]


class Arrivals:
    """Remembers what has come, so that nothing comes twice.

    Parameters
    ----------
    number_of_places : int
        Number of planes or tiles.
    numbers : Sequence[int]
        Numbers of the segments.
    """

    def __init__(self, number_of_places: int, numbers: Sequence[int]) -> None:
        self._whole = np.zeros(number_of_places, bool)
        # Only of segments that come one by one.
        self._of_segment: dict[int, NDArray[np.bool_]] = {}
        self._numbers = tuple(numbers)

    @property
    def missing(self) -> NDArray[np.intp]:
        """numpy.ndarray: Indices of the places for which nothing has come."""
        everywhere = np.arange(len(self._whole))
        return np.flatnonzero(~self._is_known(everywhere, self._of_segment))

    def _is_known(self, places: NDArray[np.intp], segments: Iterable[int]) -> NDArray[np.bool_]:
        """Whether all segments of each place have come together, or any of the given ones."""
        known: NDArray[np.bool_] = self._whole[places]
        for segment in segments:
            if segment in self._of_segment:
                known = known | self._of_segment[segment][places]
        return known

    def require_new(self, places: NDArray[np.intp], segment: int | None) -> None:
        """Raise if any of the places does not exist, or has come before.

        Parameters
        ----------
        places : numpy.ndarray
            Indices of places.
        segment : int | None
            Segment that is to come; ``None`` for all.

        Raises
        ------
        OutOfRangeError
            If there is no such place.
        InvalidValueError
            If there is no such segment, or something has come before.
        """
        count = len(self._whole)
        outside = places[(places < 0) | (places >= count)]
        if len(outside):
            raise OutOfRangeError(
                "there is no such plane",
                found=outside[:10].tolist(),
                expected=f"0 to {count - 1}",
            )
        if segment is not None and segment not in self._numbers:
            raise InvalidValueError(
                "the segment has no description",
                attribute="segment",
                found=segment,
                expected=f"one of {list(self._numbers)[:10]}",
            )
        rivals = self._of_segment if segment is None else (segment,)
        twice = places[self._is_known(places, rivals)]
        if not len(twice) and len(np.unique(places)) < len(places):
            twice = places
        if len(twice):
            raise InvalidValueError(
                "planes come twice",
                attribute="pixels",
                found=twice[:10].tolist(),
                expected="each plane once" + ("" if segment is None else " for each segment"),
            )

    def note(self, places: NDArray[np.intp], segment: int | None) -> None:
        """Remember that places have come.

        Parameters
        ----------
        places : numpy.ndarray
            Indices of places.
        segment : int | None
            Segment that has come; ``None`` for all.
        """
        if segment is None:
            self._whole[places] = True
            return
        if segment not in self._of_segment:
            self._of_segment[segment] = np.zeros(len(self._whole), bool)
        self._of_segment[segment][places] = True
