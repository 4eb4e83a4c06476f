"""Frames as a table: typed columns by name, and look-ups by their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, NotFoundError
from iodkit.frames import export, query
from iodkit.frames.paths import parse_path
from iodkit.frames.typed_columns import TypedColumns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from iodkit.frames.ragged import Ragged

__all__ = ["FrameTable"]


class FrameTable(TypedColumns):
    """The frames of one or several instances as columns (PS3.3 C.7.6.16).

    Columns are read when they are asked for, kept, and read-only.  Missing values are NaN among
    decimals, -1 among whole numbers and None among the rest.  A table can be pickled, and used
    by several threads.  Use `from_dataset` or `from_instances` to make one.
    """

    def __repr__(self) -> str:
        return export.describe(self)

    def find(
        self,
        *,
        segment: int | Sequence[int] | None = None,
        stack_id: str | Sequence[str] | None = None,
        instance_uid: str | Sequence[str] | None = None,
        frame_number: int | Sequence[int] | None = None,
        source_uid: str | Sequence[str] | None = None,
        source_frame: int | None = None,
        position: ArrayLike | None = None,
        tolerance: float = 1e-3,
        dimensions: Mapping[str | int, Any] | None = None,
    ) -> NDArray[np.intp]:
        """Find the frames that meet all of the given conditions.

        Parameters
        ----------
        segment : int or sequence of int, optional
            Segment number, or several of which any will do.
        stack_id : str or sequence of str, optional
            Stack identifier.
        instance_uid : str or sequence of str, optional
            SOP instance UID of the instance that has the frame.
        frame_number : int or sequence of int, optional
            Number of the frame in its instance, from 1.
        source_uid : str or sequence of str, optional
            SOP instance UID of an image that the frame was made from.
        source_frame : int, optional
            Number (from 1) of the source's frame; only together with `source_uid`.
        position : array_like, optional
            ImagePositionPatient in mm, shape ``(3,)``.
        tolerance : float, optional
            Largest distance in mm from `position`.
        dimensions : mapping, optional
            Keyword or tag of an indexed attribute, and its index value (or several).

        Returns
        -------
        numpy.ndarray
            Indices of the frames, from 0, ascending.

        Raises
        ------
        NotFoundError
            If `dimensions` names an attribute that is no dimension.
        """
        mask = np.ones(len(self), np.bool_)
        for wanted, name in (
            (segment, "segment_numbers"),
            (stack_id, "stack_ids"),
            (frame_number, "frame_numbers"),
        ):
            if wanted is not None:
                mask &= query.is_any_of(getattr(self, name), wanted)
        if instance_uid is not None:
            uids = np.array([*self.instance_uids, None], object)[:-1]
            mask &= query.is_any_of(uids, instance_uid)[self.instances]
        if source_uid is not None:
            uid_list = [source_uid] if isinstance(source_uid, str) else source_uid
            hits = self.sources.match(uid_list, source_frame)
            mask &= np.bincount(self.sources.frames[hits], minlength=len(self)) > 0
        elif source_frame is not None:
            raise InvalidValueError("source_frame needs source_uid", attribute="source_frame")
        if position is not None:
            at = np.zeros(len(self), np.bool_)
            at[query.find_positions(self.positions, position, tolerance).values] = True
            mask &= at
        for pointer, wanted in (dimensions or {}).items():
            mask &= query.is_any_of(self.dimension(pointer), wanted)
        return np.flatnonzero(mask)

    def dimension(self, pointer: str | int) -> NDArray[np.int64]:
        """Return the index values of one dimension, shape ``(n,)``.

        Parameters
        ----------
        pointer : str or int
            Keyword or tag of the attribute that the dimension indexes.

        Raises
        ------
        NotFoundError
            If there is no such dimension.
        """
        tag = parse_path(pointer).leaf if isinstance(pointer, str) else int(pointer)
        pointers = self.dimension_index_pointers
        values = self.dimension_index_values
        if tag not in pointers or pointers.index(tag) >= values.shape[1]:
            names = [parse_path(f"{p:08X}").text for p in pointers]
            raise NotFoundError(
                "no such dimension",
                attribute="DimensionIndexSequence",
                found=pointer,
                expected=f"one of {names}",
            )
        return values[:, pointers.index(tag)]

    def find_positions(self, positions: ArrayLike, tolerance: float = 1e-3) -> Ragged:
        """Find the frames at each of several positions.

        Parameters
        ----------
        positions : array_like
            ImagePositionPatient in mm, shape ``(m, 3)``.
        tolerance : float, optional
            Largest distance in mm.

        Returns
        -------
        Ragged
            Indices of the frames at each position, ascending.
        """
        return query.find_positions(self.positions, positions, tolerance)

    def find_combinations(
        self, columns: Sequence[ArrayLike | str], values: ArrayLike
    ) -> NDArray[np.intp]:
        """Find the frame of each combination of values.

        Parameters
        ----------
        columns : sequence of array_like or str
            Columns, or names of properties such as ``"segment_numbers"``.
        values : array_like
            One combination per row, shape ``(m, number of columns)``.

        Returns
        -------
        numpy.ndarray
            Index of the first such frame, -1 if there is none; shape ``(m,)``.
        """
        return query.find_combinations(self._named(columns), values, len(self))

    def is_unique(self, *columns: ArrayLike | str) -> bool:
        """Tell whether no two frames have the same combination of values.

        Parameters
        ----------
        *columns : array_like or str
            Columns, or names of properties such as ``"dimension_index_values"``.
        """
        return query.is_unique(self._named(columns), len(self))

    def _named(self, columns: Iterable[ArrayLike | str]) -> list[ArrayLike]:
        return [getattr(self, c) if isinstance(c, str) else c for c in columns]

    def find_tiles(
        self,
        row_start: int,
        row_stop: int,
        column_start: int,
        column_stop: int,
        *,
        rows: int,
        columns: int,
    ) -> NDArray[np.intp]:
        """Find the frames that overlap a region of the total pixel matrix.

        Parameters
        ----------
        row_start, row_stop, column_start, column_stop : int
            The region, counted from 0, stops excluded.
        rows, columns : int
            Size of a frame.

        Returns
        -------
        numpy.ndarray
            Indices of the frames, from 0, ascending.
        """
        row, column = (self.matrix_positions - 1).T
        inside = (row >= 0) & (row < row_stop) & (row + rows > row_start)
        inside &= (column >= 0) & (column < column_stop) & (column + columns > column_start)
        return np.flatnonzero(inside)

    def to_dict(self) -> dict[str, NDArray[Any]]:
        """Return the columns that have any value, by name; each of shape ``(n,)``."""
        return export.to_dict(self)

    def to_pandas(self) -> Any:
        """Return the columns that have any value as a `pandas.DataFrame`.

        Raises
        ------
        MissingDependencyError
            If pandas is not installed.
        """
        return export.to_pandas(self)

    def to_arrow(self) -> Any:
        """Return the columns that have any value as a `pyarrow.Table`.

        Raises
        ------
        MissingDependencyError
            If pyarrow is not installed.
        """
        return export.to_arrow(self)
