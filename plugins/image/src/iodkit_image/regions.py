"""Parts of volumes and matrices as callers give them: ranges of slices, rows and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iodkit.errors import InvalidValueError, OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial import VolumeGeometry

__all__ = ["IndexRange", "VolumeWindow"]


@dataclass(frozen=True, slots=True)
class IndexRange:
    """A range along one axis as callers give it.

    Parameters
    ----------
    name : str
        ``"slice"``, ``"row"`` or ``"column"``.
    start, end : int | None
        First position, and the one after the last; ``None`` for the ends.  Negative numbers
        count from the end.
    as_indices : bool
        Whether positions count from 0; else from 1.
    """

    name: str
    start: int | None
    end: int | None
    as_indices: bool

    def resolve(self, length: int) -> slice:
        """Turn the range into a slice.

        Parameters
        ----------
        length : int
            Number of positions along the axis.

        Returns
        -------
        slice
            Without a step; ``slice(None)`` if it is the whole axis.

        Raises
        ------
        OutOfRangeError
            If an end lies outside of the axis.
        InvalidValueError
            If the range is empty.
        """
        first = 0 if self.start is None else self._index("start", self.start, length)
        last = length if self.end is None else self._index("end", self.end, length + 1, length)
        if last <= first:
            raise InvalidValueError(
                f"the range of {self.name}s is empty",
                attribute=f"{self.name}_start",
                found=(self.start, self.end),
                expected=f"a start before the end, among {length} {self.name}s",
            )
        return slice(None) if (first, last) == (0, length) else slice(first, last)

    def _index(self, which: str, value: int, limit: int, wrap: int | None = None) -> int:
        name = f"{self.name}_{which}"
        if value == 0 and not self.as_indices:
            raise InvalidValueError(
                "positions count from 1",
                attribute=name,
                found=0,
                remedy="Pass as_indices=True to count from 0.",
            )
        if value < 0:
            index = value + (limit if wrap is None else wrap)
        else:
            index = value if self.as_indices else value - 1
        if not 0 <= index < limit:
            raise OutOfRangeError(
                f"there is no such {self.name}",
                attribute=name,
                found=value,
                expected=f"a position among {limit if wrap is None else wrap}",
            )
        return index


@dataclass(frozen=True, slots=True)
class VolumeWindow:
    """Part of a volume."""

    slices: slice
    rows: slice
    columns: slice

    @classmethod
    def resolve(cls, geometry: VolumeGeometry, ranges: Sequence[IndexRange]) -> VolumeWindow:
        """Resolve ranges of slices, rows and columns against a geometry.

        Parameters
        ----------
        geometry : VolumeGeometry
            Geometry of the whole volume.
        ranges : Sequence[IndexRange]
            Range for each of its axes.

        Returns
        -------
        VolumeWindow
            The part.
        """
        pairs = zip(ranges, geometry.spatial_shape, strict=True)
        return cls(*(wanted.resolve(length) for wanted, length in pairs))

    def crop(self, geometry: VolumeGeometry) -> VolumeGeometry:
        """Return the geometry of the part."""
        return geometry[self.slices, self.rows, self.columns]
