"""Functional groups of existing frames, to be taken over into a new object as they are encoded."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.filereader import read_dataset

from iodkit.errors import InvalidValueError
from iodkit.frames.builder import FunctionalGroups
from iodkit.frames.groups import EncodedItems
from iodkit.frames.headers import item_header
from iodkit.frames.instances import PER_FRAME, SHARED, encoded_items, read_instance
from iodkit.frames.items import encode_items
from iodkit.frames.levels import IS_LONG
from iodkit.frames.macro_catalogue import find_macro
from iodkit.frames.macros import Placement
from iodkit.frames.paths import parse_path
from iodkit.frames.peek import Snapshot
from iodkit.frames.pools import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames.headers import Encoding
    from iodkit.frames.levels import ItemLevel, Spans

__all__ = ["StoredGroups"]

_ITEM_HEADER = 8


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """Encoded elements of frames, each distinct one once.

    Attributes
    ----------
    pool : Pool
        The elements with their headers, and which frame has which.
    encoding : Encoding
        How they are encoded.
    """

    pool: Pool
    encoding: Encoding

    def encode(self, encoding: Encoding) -> Pool:
        """Give the elements in another encoding, where it is another one."""
        if (encoding.implicit_vr, encoding.little_endian, encoding.encodings) == (
            self.encoding.implicit_vr,
            self.encoding.little_endian,
            self.encoding.encodings,
        ):
            return self.pool
        used = np.unique(self.pool.codes[self.pool.codes >= 0]).tolist()
        entries = list(self.pool.entries)
        for code in used:
            item = _parse(entries[code], self.encoding)
            entries[code] = encode_items([item], encoding)[_ITEM_HEADER:]
        return Pool(entries, self.pool.codes)

    def take(self, frames: NDArray[np.intp]) -> StoredColumn:
        """Choose frames."""
        return replace(self, pool=Pool(self.pool.entries, self.pool.codes[frames]))

    def edited(self, edit: Callable[[Dataset], None]) -> StoredColumn:
        """Change each distinct element in use; `edit` gets a dataset that holds nothing else."""
        used = np.unique(self.pool.codes[self.pool.codes >= 0]).tolist()
        entries = list(self.pool.entries)
        for code in used:
            item = _parse(entries[code], self.encoding)
            edit(item)
            entries[code] = encode_items([item], self.encoding)[_ITEM_HEADER:]
        return StoredColumn(Pool(entries, self.pool.codes), self.encoding)


class StoredGroups:
    """The functional groups of the frames of one or several instances.

    Parameters
    ----------
    datasets : iterable of pydicom.Dataset
        Multi-frame instances; they are not changed.

    Raises
    ------
    InvalidValueError
        If an instance has no functional groups, or another number of them than of frames.
    CorruptDataError
        If functional groups cannot be read.

    Notes
    -----
    Frames are counted through all instances, in the order given.
    """

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self._parts = [_Part(dataset) for dataset in datasets]
        self._starts = np.concatenate([[0], np.cumsum([part.count for part in self._parts])])

    @property
    def number_of_frames(self) -> int:
        """Number of frames of all instances."""
        return int(self._starts[-1])

    def take(
        self,
        frames: ArrayLike,
        *,
        replaced: Sequence[str] = (),
        edits: dict[str, Callable[[Dataset], None]] | None = None,
    ) -> FunctionalGroups:
        """Make the functional groups of a new object from some of the frames.

        Parameters
        ----------
        frames : array_like of int
            Numbers of the frames, from 0, in the order of the new object.
        replaced : sequence of str, optional
            Paths of what the caller is going to set itself: a functional group, or an attribute
            in its only item, of which the other attributes are kept.
        edits : dict of str to callable, optional
            Keyword of a functional group, and a function that changes it: it gets a dataset
            with that group alone, once for each distinct one.

        Returns
        -------
        FunctionalGroups
            Groups that are encoded as they were.  What was per frame stays so; what was shared
            is shared, unless it differs between the instances.
        """
        index = np.asarray(frames, np.intp)
        groups = FunctionalGroups(len(index))
        paths = [parse_path(path) for path in replaced]
        whole = {path.group for path in paths if len(path.tags) == 1}
        opened: dict[int, set[int]] = {}
        for path in paths:
            if len(path.tags) > 1:
                opened.setdefault(path.group, set()).add(path.leaf)
        changes = {parse_path(name).group: edit for name, edit in (edits or {}).items()}
        for tag in sorted({tag for part in self._parts for tag in part.tags} - whole):
            if tag in opened:
                inner = [part.open(tag) for part in self._parts]
                for leaf in sorted({leaf for one in inner for leaf in one} - opened[tag]):
                    column = self._joined([one.get(leaf) for one in inner]).take(index)
                    groups.set_stored((tag, leaf), column)
            else:
                column = self._joined([part.column(tag) for part in self._parts]).take(index)
                if tag in changes:
                    column = column.edited(changes[tag])
                groups.set_stored((tag,), column)
            if any(tag in part.per_frame_tags for part in self._parts) and _may_be_per_frame(tag):
                groups.place(f"{tag:08X}", Placement.PER_FRAME)
        return groups

    def _joined(self, columns: Sequence[StoredColumn | None]) -> StoredColumn:
        """One column of the columns of all parts."""
        if len(columns) == 1 and columns[0] is not None:
            return columns[0]
        encoding = next(column.encoding for column in columns if column is not None)
        entries: list[bytes] = []
        codes: list[NDArray[np.intp]] = []
        for part, column in zip(self._parts, columns, strict=True):
            if column is None:
                codes.append(np.full(part.count, -1, np.intp))
                continue
            pool = column.encode(encoding)
            codes.append(np.where(pool.codes >= 0, pool.codes + len(entries), -1))
            entries += pool.entries
        return StoredColumn(_without_repetitions(entries, np.concatenate(codes)), encoding)


class _Part:
    """The functional groups of one instance."""

    def __init__(self, dataset: Dataset) -> None:
        self._per_frame = encoded_items(dataset, *PER_FRAME)
        self._shared = encoded_items(dataset, *SHARED)
        if self._per_frame is None and self._shared is None:
            raise InvalidValueError(
                "the object has no functional groups",
                attribute=PER_FRAME[1],
                clause="PS3.3 C.7.6.16",
            )
        given = None if self._per_frame is None else len(self._per_frame)
        self.count = read_instance(Snapshot.of(dataset), given).number_of_frames
        if self._per_frame is None:
            assert self._shared is not None
            self._per_frame = _empty_items(self.count, self._shared.encoding)
        self.per_frame_tags = frozenset(self._per_frame.level(()).elements)
        shared = () if self._shared is None else self._shared.level(()).elements
        self.tags = self.per_frame_tags | frozenset(shared)

    def column(self, tag: int) -> StoredColumn:
        """Read a functional group, which may be missing in some frames."""
        assert self._per_frame is not None
        level = self._per_frame.level(())
        own = _elements(level, level.elements.get(tag))
        column = StoredColumn(_pool(own, len(level)), self._per_frame.encoding)
        return self._with_shared(column, tag, ())

    def open(self, tag: int) -> dict[int, StoredColumn]:
        """Read the attributes in the items of a functional group that has one in each frame."""
        assert self._per_frame is not None
        level = self._per_frame.level((tag,))
        found = set(level.elements)
        if self._shared is not None:
            found |= set(self._shared.level((tag,)).elements)
        out = {}
        for leaf in found:
            rows = _elements(level, level.elements.get(leaf))
            owned = [(int(level.owners[row]), element) for row, element in rows]
            column = StoredColumn(_pool(owned, self.count), self._per_frame.encoding)
            out[leaf] = self._with_shared(column, leaf, (tag,))
        return out

    def _with_shared(self, column: StoredColumn, tag: int, above: tuple[int, ...]) -> StoredColumn:
        """Give frames that lack an element the shared one."""
        if self._shared is None:
            return column
        level = self._shared.level(above)
        elements = _elements(level, level.elements.get(tag))
        if not elements:
            return column
        shared = StoredColumn(Pool([elements[0][1]], np.zeros(1, np.intp)), self._shared.encoding)
        entries = [*column.pool.entries, *shared.encode(column.encoding).entries]
        codes = np.where(column.pool.codes < 0, len(entries) - 1, column.pool.codes)
        return StoredColumn(Pool(entries, codes), column.encoding)


def _empty_items(count: int, encoding: Encoding) -> EncodedItems:
    """Items of as many frames that have nothing of their own, as TILED_FULL allows."""
    return EncodedItems(item_header(0, encoding.order) * count, encoding, PER_FRAME[1])


def _elements(level: ItemLevel, spans: Spans | None) -> list[tuple[int, bytes]]:
    """Item and bytes, header included, of an element in all items that have it."""
    if spans is None:
        return []
    header = 8 if level.implicit_vr else np.where(IS_LONG[spans.vr], 12, 8)
    starts, stops = spans.offset - header, spans.offset + spans.length
    buffer = level.buffer
    return [
        (owner, buffer[start:stop])
        for owner, start, stop in zip(
            spans.owner.tolist(), starts.tolist(), stops.tolist(), strict=True
        )
    ]


def _pool(elements: Sequence[tuple[int, bytes]], n: int) -> Pool:
    known: dict[bytes, int] = {}
    codes = np.full(n, -1, np.intp)
    owners = [owner for owner, _ in elements]
    codes[owners] = [known.setdefault(element, len(known)) for _, element in elements]
    return Pool(list(known), codes)


def _without_repetitions(entries: Sequence[bytes], codes: NDArray[np.intp]) -> Pool:
    known: dict[bytes, int] = {}
    new = np.array([known.setdefault(entry, len(known)) for entry in entries] + [-1], np.intp)
    return Pool(list(known), new[codes])


def _may_be_per_frame(tag: int) -> bool:
    macro = find_macro(tag)
    return macro is None or macro.placement is not Placement.SHARED


def _parse(element: bytes, encoding: Encoding) -> Any:
    """Decode one element into a dataset of its own."""
    item = read_dataset(
        io.BytesIO(element),
        encoding.implicit_vr,
        encoding.little_endian,
        bytelength=len(element),
        parent_encoding=list(encoding.encodings),
    )
    item.set_original_encoding(
        encoding.implicit_vr, encoding.little_endian, list(encoding.encodings)
    )
    return item
