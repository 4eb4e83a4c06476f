"""Columns of the attributes in the functional groups of one multi-frame object."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import DicomItem
from iodkit.errors import CorruptDataError
from iodkit.frames.charsets import find_charsets
from iodkit.frames.decode import decode_values
from iodkit.frames.items import parsed_anew, with_defined_lengths
from iodkit.frames.levels import Irregular, ItemLevel
from iodkit.frames.ragged import Column, Ragged
from iodkit.io import split_items

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iodkit.frames.headers import Encoding
    from iodkit.frames.paths import AttributePath

__all__ = ["EncodedItems", "GroupColumns"]


class EncodedItems:
    """The items of one functional groups sequence, found in its encoded value on demand.

    Parameters
    ----------
    value : bytes
        Value of the sequence.
    encoding : Encoding
        How it is encoded.
    name : str
        Keyword of the sequence, for errors.
    """

    def __init__(self, value: bytes, encoding: Encoding, name: str) -> None:
        self._value, self._encoding, self._name = value, encoding, name
        self._levels: dict[tuple[int, ...], ItemLevel] = {}
        self._lock = threading.RLock()
        self._count: int | None = None
        # What to try, in this order, when the bytes are not in the form that is read in bulk.
        self._cures = [with_defined_lengths, parsed_anew]

    @property
    def value(self) -> bytes:
        """Value of the sequence, as it was given or in regular form."""
        return self._value

    @property
    def encoding(self) -> Encoding:
        """Encoding of the value, which another form changes."""
        return self._encoding

    def __getstate__(self) -> dict[str, Any]:
        return {"_value": self._value, "_encoding": self._encoding, "_name": self._name}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._levels = {}
        self._lock = threading.RLock()
        self._cures = [with_defined_lengths, parsed_anew]
        self._count = None

    def _regularise(self) -> None:
        # A cure that fails stays the next one: whoever asks again gets the same error.
        self._value, self._encoding = self._cures[0](self._value, self._encoding, self._name)
        del self._cures[0]
        self._levels = {}

    def _level(self, tags: tuple[int, ...]) -> ItemLevel:
        level = self._levels.get(tags)
        if level is None:
            if not self._encoding.little_endian:
                raise Irregular("big endian")
            level = self._level(tags[:-1]).children(tags[-1]) if tags else self._top_level()
            self._levels[tags] = level
        return level

    def _top_level(self) -> ItemLevel:
        level = ItemLevel.from_sequence(self._value, self._encoding.implicit_vr)
        if self._count not in {None, len(level)}:
            raise CorruptDataError(
                "items have other lengths than what they contain",
                attribute=self._name,
                found=f"{self._count} items by their lengths, {len(level)} by their content",
                clause="PS3.5 7.5",
            )
        self._count = len(level)
        return level

    def _regular(self, read: Callable[[], Any]) -> Any:
        """Read, and once more after taking the general path where the bytes want it."""
        with self._lock:
            while True:
                try:
                    return read()
                except CorruptDataError as error:
                    error.attribute = error.attribute or self._name
                    raise
                except Irregular as error:
                    if not self._cures:
                        raise CorruptDataError(
                            f"items cannot be read: {error}",
                            attribute=self._name,
                            clause="PS3.5 7.5",
                        ) from error
                    self._regularise()

    def __len__(self) -> int:
        return len(self._regular(lambda: self._level(())))

    def levels(self, tags: Sequence[int]) -> list[ItemLevel]:
        """Make the levels of the items on a path of sequences, from the topmost to the last."""

        def read() -> list[ItemLevel]:
            found = [self._level(tuple(tags[:depth])) for depth in range(len(tags) + 1)]
            _ = found[-1].elements
            return found

        found: list[ItemLevel] = self._regular(read)
        return found

    def level(self, tags: Sequence[int]) -> ItemLevel:
        """Make the level of the items that a path of sequences leads to."""
        return self.levels(tags)[-1]

    def _values(self, path: AttributePath) -> tuple[str, list[ItemLevel], Ragged]:
        levels = self.levels(path.tags[:-1])
        level = levels[-1]
        span = level.elements.get(path.leaf)
        if span is None:
            return "", levels, Ragged(np.zeros(0), np.zeros(len(level) + 1, np.intp))
        charsets = find_charsets(levels, self._encoding.encodings)
        signed = self._encoding.signed
        vr, values = decode_values(level, span, path.vr, charsets, path.text, signed=signed)
        return vr, levels, values

    def values(self, path: AttributePath) -> tuple[str, ItemLevel, Ragged]:
        """Decode an attribute: VR, the items that could hold it, and the values of each item."""
        vr, levels, values = self._values(path)
        return vr, levels[-1], values

    def values_by_item(self, path: AttributePath, depth: int) -> tuple[ItemLevel, Ragged]:
        """Decode an attribute by the items of the sequence at a depth of its path."""
        _, levels, values = self._values(path)
        for place in range(len(levels) - 1, depth, -1):
            ends = np.searchsorted(levels[place].owners, np.arange(len(levels[place - 1]) + 1))
            values = Ragged(values.values, values.offsets[ends])
        return levels[depth], values

    def has(self, tag: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which items hold an attribute directly, shape ``(n,)``."""
        level = self.level(())
        out = np.zeros(len(level), np.bool_)
        span = level.elements.get(tag)
        if span is not None:
            out[span.owner] = True
        return out

    def decode(self, index: int, tag: int) -> list[DicomItem] | None:
        """Decode the items of a sequence that one item holds directly; None if it lacks it."""
        level = self.level(())
        span = level.elements.get(tag)
        row = len(level) if span is None else int(np.searchsorted(span.owner, index))
        if span is None or row == len(span.owner) or span.owner[row] != index:
            return None
        start = int(span.offset[row])
        value = level.buffer[start : start + int(span.length[row])]
        codecs = find_charsets([level], self._encoding.encodings).of_item(index)
        items = split_items(value, level.implicit_vr, True, list(codecs))
        found = [DicomItem.from_dataset(item.decode(), copy=False) for item in items]
        for item in found:
            # As pydicom does for the items of a dataset that it decodes.
            item._pixel_rep = int(self._encoding.signed)
        return found


class GroupColumns:
    """Columns from per-frame and shared functional groups.

    Parameters
    ----------
    number_of_frames : int
        Number of frames.
    per_frame : EncodedItems or None
        Items of PerFrameFunctionalGroupsSequence.
    shared : EncodedItems or None
        Items of SharedFunctionalGroupsSequence.
    """

    def __init__(
        self, number_of_frames: int, per_frame: EncodedItems | None, shared: EncodedItems | None
    ) -> None:
        self.number_of_frames = number_of_frames
        self._per_frame = per_frame if per_frame is not None and len(per_frame) else None
        self._shared = shared

    def column(self, path: AttributePath) -> Column:
        """Decode an attribute in all frames; a group that a frame lacks may be shared."""
        n = self.number_of_frames
        vr, level, values = self._own(path)
        own = _per_frame_rows(level, values, n)
        lacks = self._lacking(path.group)
        if self._shared is None or not lacks.any():
            return Column(path.text, vr, own)
        shared_vr, level, shared = self._shared.values(path)
        _, shared = _of_first_item(level, shared)
        if not len(shared.values):
            return Column(path.text, vr, own)
        if lacks.all():
            offsets = np.arange(n + 1, dtype=np.intp) * len(shared.values)
            return Column(path.text, shared_vr, Ragged(np.tile(shared.values, n), offsets), True)
        rows = [shared.values if lacks[i] else own[i] for i in range(n)]
        return Column(path.text, vr or shared_vr, _stack(rows))

    def items(self, leaf: AttributePath, depth: int) -> tuple[Any, Ragged]:
        """Decode an attribute by the items of a sequence: frame of each item, and its values."""
        frames, rows = [], []
        if self._per_frame is not None:
            level, values = self._per_frame.values_by_item(leaf, depth)
            frames, rows = [level.frames], [values]
        lacks = np.flatnonzero(self._lacking(leaf.group))
        if self._shared is not None and len(lacks):
            number, values = _of_first_item(*self._shared.values_by_item(leaf, depth))
            if number:
                frames.append(np.repeat(lacks, number))
                rows += [values] * len(lacks)
        if not frames:
            return np.zeros(0, np.intp), Ragged(np.zeros(0), np.zeros(1, np.intp))
        if len(rows) == 1:
            return frames[0].astype(np.intp), rows[0]
        frame = np.concatenate(frames).astype(np.intp)
        flat = [row for part in rows for row in part]
        order = np.argsort(frame, kind="stable")
        return frame[order], _stack([flat[i] for i in order.tolist()])

    def group(self, tag: int, frame: int) -> list[DicomItem]:
        """Decode the items of a functional group of a frame, its own or else the shared ones."""
        found = None if self._per_frame is None else self._per_frame.decode(frame, tag)
        if found is None and self._shared is not None and len(self._shared):
            found = self._shared.decode(0, tag)
        return found or []

    def _own(self, path: AttributePath) -> tuple[str, ItemLevel | None, Ragged]:
        if self._per_frame is None:
            return "", None, Ragged(np.zeros(0), np.zeros(1, np.intp))
        return self._per_frame.values(path)

    def _lacking(self, tag: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        if self._per_frame is None:
            return np.ones(self.number_of_frames, np.bool_)
        return ~self._per_frame.has(tag)


def _of_first_item(level: ItemLevel, values: Ragged) -> tuple[int, Ragged]:
    """Leave what the first shared item holds: there shall be no other (PS3.3 C.7.6.16)."""
    number = int(np.searchsorted(level.frames, 1))
    offsets = values.offsets[: number + 1]
    return number, Ragged(values.values[: offsets[-1]], offsets)


def _per_frame_rows(level: ItemLevel | None, values: Ragged, n: int) -> Ragged:
    """Values of all items of a frame behind each other."""
    if level is None:
        return Ragged(values.values, np.zeros(n + 1, np.intp))
    if len(level) == n and (level.frames == np.arange(n)).all():
        return values
    ends = np.searchsorted(level.frames, np.arange(n + 1))
    return Ragged(values.values, values.offsets[ends])


def _stack(rows: list[Any]) -> Ragged:
    offsets = np.zeros(len(rows) + 1, np.intp)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    filled = [row for row in rows if len(row)]
    return Ragged(np.concatenate(filled) if filled else np.zeros(0), offsets)
