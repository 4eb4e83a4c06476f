"""Columns of frames, read on demand, kept and shared between threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from iodkit.errors import InvalidTypeError, OutOfRangeError
from iodkit.frames.instances import instances_of
from iodkit.frames.macro_catalogue import resolve_path
from iodkit.frames.paths import parse_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Self

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.elements import DicomItem
    from iodkit.frames.instances import Instance
    from iodkit.frames.paths import AttributePath
    from iodkit.frames.ragged import Column, Ragged

__all__ = ["ColumnTable", "FrameSource"]


class FrameSource(Protocol):
    """Where a table has its columns from."""

    @property
    def number_of_frames(self) -> int:
        """Number of frames."""
        ...

    def column(self, path: AttributePath) -> Column:
        """Read an attribute in all frames."""
        ...

    def items(self, leaf: AttributePath, depth: int) -> tuple[NDArray[np.intp], Ragged]:
        """Read an attribute by the items of the sequence at a depth of its path.

        Returns the frame of each item, and its values; of sequences inside it, all values.
        """
        ...

    def group(self, tag: int, frame: int) -> list[DicomItem]:
        """Decode the items of a functional group of a frame; they are the caller's."""
        ...


class ColumnTable:
    """Attributes of frames as columns; the base of `FrameTable`.

    Columns are read when they are asked for, kept, and read-only.  Missing values are NaN among
    decimals, -1 among whole numbers and None among the rest.  A table can be pickled, and used
    by several threads.

    Parameters
    ----------
    source : FrameSource
        Where the columns come from; use `from_dataset` or `from_instances` to make one.
    instances : sequence of Instance
        The instances whose frames these are, in order.
    """

    def __init__(self, source: FrameSource, instances: Sequence[Instance]) -> None:
        self._source = source
        self._instances = tuple(instances)
        self._columns: dict[str, Column] = {}
        self._arrays: dict[str, Any] = {}

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> Self:
        """Make the table of one instance, multi-frame or single-frame.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The instance; it is not changed, and what is encoded in it stays so.

        Returns
        -------
        FrameTable
            Its frames as they are now.

        Raises
        ------
        InvalidTypeError
            If it is not a dataset.
        InvalidValueError
            If NumberOfFrames contradicts the functional groups.
        CorruptDataError
            If the functional groups cannot be read.
        """
        return cls.from_instances([dataset])

    @classmethod
    def from_instances(cls, datasets: Iterable[Dataset]) -> Self:
        """Make the table of the frames of several instances, in the order given.

        Parameters
        ----------
        datasets : iterable of pydicom.Dataset
            Single-frame and multi-frame instances; they are not changed.

        Returns
        -------
        FrameTable
            Their frames as they are now.
        """
        instances, source = instances_of(datasets)
        return cls(source, instances)

    def __getstate__(self) -> dict[str, Any]:
        return {"_source": self._source, "_instances": self._instances}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._columns, self._arrays = {}, {}

    def __len__(self) -> int:
        return self.number_of_frames

    @property
    def number_of_frames(self) -> int:
        """Number of frames."""
        return self._source.number_of_frames

    def column(self, path: str) -> Column:
        """Return the values of any attribute in all frames.

        Parameters
        ----------
        path : str
            Keywords joined by dots from the functional group to the attribute, for example
            ``"FrameContentSequence.FrameAcquisitionDateTime"``; tags as ``ggggeeee``.  Of an
            instance without functional groups, the attribute at the top level.

        Returns
        -------
        Column
            The values of each frame; of a sequence of several items, those of all items.

        Raises
        ------
        InvalidValueError
            If the path is wrong, or a value is not what its VR allows.
        CorruptDataError
            If the functional groups cannot be read.
        """
        if not isinstance(path, str):
            raise InvalidTypeError("a path is text", attribute="path", found=type(path).__name__)
        where = resolve_path(path)
        column = self._columns.get(where.text)
        if column is None:
            column = self._columns.setdefault(where.text, self._source.column(where))
        return column

    def functional_group(self, sequence: str, frame: int) -> tuple[DicomItem, ...]:
        """Return a functional group of one frame as items, for what no column can say.

        Parameters
        ----------
        sequence : str
            Keyword of the functional group's sequence, such as ``"FrameVOILUTSequence"``.
        frame : int
            Index of the frame, from 0.

        Returns
        -------
        tuple of pydicom.Dataset
            The frame's own items, or else those that all frames share; none if there are
            neither.  Of an instance without functional groups, those of the sequence at the top
            level.  They are copies: only this group of this frame is decoded, and the
            instance's sequences stay as they are.

        Raises
        ------
        OutOfRangeError
            If there is no such frame.
        InvalidValueError
            If `sequence` is no keyword or tag.
        CorruptDataError
            If the functional groups cannot be read.
        """
        if not 0 <= frame < len(self):
            raise OutOfRangeError(
                "no such frame", found=frame, expected=f"an index from 0 to {len(self) - 1}"
            )
        return tuple(self._source.group(parse_path(sequence).leaf, int(frame)))

    def _kept(self, name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        array = self._arrays.get(name)
        if array is None:
            made = make().view()
            made.flags.writeable = False
            array = self._arrays.setdefault(name, made)
        found: NDArray[Any] = array
        return found

    def numbers(self, path: str, width: int | None = 1) -> NDArray[np.float64]:
        """Return an attribute as decimals, NaN where missing; shape ``(n,)`` or ``(n, width)``."""

        def make() -> NDArray[Any]:
            column = self.column(path)
            if column.data.values.dtype == object:
                raise InvalidTypeError("no numbers", attribute=path, found=f"VR {column.vr}")
            array = column.array(width, np.nan if column.data.values.dtype.kind == "f" else None)
            if array.dtype == np.float64:
                return array
            return np.where(self._missing(column, array), np.nan, array)

        return self._kept(f"numbers {path} {width}", make)

    def integers(self, path: str) -> NDArray[np.int64]:
        """Return an attribute as whole numbers, -1 where missing; shape ``(n,)``."""

        def make() -> NDArray[Any]:
            column = self.column(path)
            if not len(column.data.values):
                return np.full(len(self), -1, np.int64)
            array = column.array(1)
            if array.dtype.kind == "i":
                return array
            raise InvalidTypeError("no whole numbers", attribute=path, found=f"VR {column.vr}")

        return self._kept(f"integers {path}", make)

    def texts(self, path: str) -> NDArray[np.object_]:
        """Return an attribute's (first) value as text, None where missing; shape ``(n,)``."""

        def make() -> NDArray[Any]:
            return self.column(path).data.first()

        return self._kept(f"texts {path}", make)

    @staticmethod
    def _missing(column: Column, array: NDArray[Any]) -> NDArray[np.bool_]:
        counts = column.data.counts
        if array.ndim == 1:
            return np.asarray(counts != 1)
        return np.asarray(np.arange(array.shape[1]) >= counts[:, None])
