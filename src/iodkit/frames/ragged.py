"""Columns of values of which frames have different numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["Column", "Ragged", "is_nested"]


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Lists of different lengths in one array: row i is ``values[offsets[i]:offsets[i + 1]]``.

    Attributes
    ----------
    values : numpy.ndarray
        All values behind each other, shape ``(m,)``.
    offsets : numpy.ndarray
        Where each row starts, and the end, shape ``(n + 1,)``.
    """

    values: NDArray[Any]
    offsets: NDArray[np.intp]

    def __post_init__(self) -> None:
        offsets = self.offsets
        if (
            offsets.ndim != 1
            or not len(offsets)
            or offsets[0] != 0
            or offsets[-1] != len(self.values)
            or (np.diff(offsets) < 0).any()
        ):
            raise InvalidValueError(
                "offsets do not divide the values",
                expected=f"ascending numbers from 0 to {len(self.values)}",
            )

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[Any]], dtype: Any = None) -> Ragged:
        """Make one from a sequence of rows.

        Parameters
        ----------
        rows : iterable of sequence
            The rows.
        dtype : numpy dtype, optional
            Type of the values.

        Returns
        -------
        Ragged
            The rows behind each other.
        """
        listed = [list(row) for row in rows]
        flat = [value for row in listed for value in row]
        offsets = np.zeros(len(listed) + 1, np.intp)
        np.cumsum([len(row) for row in listed], out=offsets[1:])
        return cls(np.array(flat, dtype=dtype if flat else dtype or np.intp), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        n = len(self)
        index = row + n if row < 0 else row
        if not 0 <= index < n:
            raise IndexError(row)
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[row] for row in range(len(self)))

    @property
    def counts(self) -> NDArray[np.intp]:
        """Number of values in each row, shape ``(n,)``."""
        return np.diff(self.offsets)

    def first(self) -> NDArray[np.object_]:
        """Return the first value of each row, None where there is none; shape ``(n,)``."""
        out = np.full(len(self), None, object)
        has = self.counts > 0
        out[has] = self.values[self.offsets[:-1][has]]
        return out

    @property
    def rows(self) -> NDArray[np.intp]:
        """Row of each value, shape ``(m,)``."""
        return np.repeat(np.arange(len(self), dtype=np.intp), self.counts)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one attribute in all frames.

    Attributes
    ----------
    path : str
        Path of the attribute.
    vr : str
        Its VR; empty if no frame has it.
    data : Ragged
        Values frame by frame: numbers as ``int64`` or ``float64``, text and bytes as objects.
    shared : bool
        Whether the value was given once for all frames.
    """

    path: str
    vr: str
    data: Ragged
    shared: bool = False

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, frame: int) -> NDArray[Any]:
        return self.data[frame]

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Which frames have a value, shape ``(n,)``."""
        return self.data.counts > 0

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers."""
        return self.data.values.dtype != object

    def array(self, width: int | None = None, fill: Any = None) -> NDArray[Any]:
        """Arrange the values as one row per frame.

        Parameters
        ----------
        width : int, optional
            Number of values per frame, 1 gives a flat array; by default the largest number.
        fill : optional
            Stands for missing values: NaN for decimals, -1 for whole numbers and None for the
            rest by default.

        Returns
        -------
        numpy.ndarray
            Read-only, of shape ``(n,)`` for a width of 1, otherwise ``(n, width)``.  Frames
            with another number of values than `width` count as missing where `width` is
            given.
        """
        counts, values = self.data.counts, self.data.values
        exact = width is not None
        if width is None:
            width = int(counts.max(initial=0)) or 1
        if fill is None:
            fill = {"f": np.nan, "i": -1}.get(values.dtype.kind)
        n = len(self)
        if n and (counts == width).all():
            out = values.reshape(n, width)
        else:
            out = np.full((n, width), fill, values.dtype)
            row = self.data.rows
            place = np.arange(len(values)) - self.data.offsets[row]
            keep = (counts == width)[row] if exact else np.ones(len(values), np.bool_)
            out[row[keep], place[keep]] = values[keep]
        out = out[:, 0] if width == 1 else out
        out = out.view()
        out.flags.writeable = False
        return out


def is_nested(rows: Any) -> bool:
    """Tell whether something is a sequence of sequences rather than of numbers."""
    if isinstance(rows, np.ndarray):
        return rows.ndim > 1
    return hasattr(rows, "__iter__") and all(hasattr(row, "__len__") for row in rows)
