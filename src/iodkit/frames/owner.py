"""Datasets that keep encoded sequences true: first access, edits, character sets, threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from iodkit.elements import DicomItem
from iodkit.frames.cache import frame_table
from iodkit.frames.raw import decode_all

if TYPE_CHECKING:
    from iodkit.frames.table import FrameTable

__all__ = ["FrameOwner", "SafeItem"]

_CHARACTER_SET = BaseTag(0x00080005)
_MAY_BE_SEQUENCE = frozenset(("SQ", "UN", None))
_PARSE = threading.RLock()


class _State(threading.local):
    """Whether this thread is parsing an encoded sequence right now."""

    parsing = 0


_STATE = _State()


class SafeItem(DicomItem):
    """An item whose encoded sequences, at any depth, can be accessed by several threads.

    Items that are made when an encoded sequence is parsed are of this class, so that every
    thread that asks gets the same objects.
    """

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return super().__getitem__(key)
        tag = key if isinstance(key, BaseTag) else Tag(key)
        stored = self._dict.get(tag)
        if not isinstance(stored, RawDataElement) or stored.VR not in _MAY_BE_SEQUENCE:
            return super().__getitem__(tag)
        with _PARSE:
            _STATE.parsing += 1
            try:
                return super().__getitem__(tag)
            finally:
                _STATE.parsing -= 1

    def __setitem__(self, key: Any, elem: DataElement | RawDataElement) -> None:
        # The parsed sequence becomes visible to other threads here: its items have to be safe
        # before that.
        if _STATE.parsing and isinstance(elem, DataElement) and elem.VR == "SQ":
            for item in elem.value or ():
                if type(item) is Dataset:
                    item.__class__ = SafeItem
        super().__setitem__(key, elem)


class FrameOwner(SafeItem):
    """Mixin for datasets that hold functional groups as encoded sequences.

    Until an item is asked for, the encoded sequences are the truth; from then on the items
    are, and `frame_table` follows their edits.  Before SpecificCharacterSet changes, everything
    that is encoded is decoded.
    """

    @property
    def frame_table(self) -> FrameTable:
        """The table of this instance's frames as they are now."""
        return frame_table(self)

    def __setitem__(self, key: Any, elem: DataElement | RawDataElement) -> None:
        if elem.tag == _CHARACTER_SET and not isinstance(elem, RawDataElement):
            codecs = convert_encodings(elem.value) if elem.value else None
            if codecs != self.original_character_set:
                decode_all(self)
        super().__setitem__(key, elem)

    def __delitem__(self, key: Any) -> None:
        if not isinstance(key, slice) and Tag(key) == _CHARACTER_SET:
            decode_all(self)
        super().__delitem__(key)

    def pop(self, key: Any, *args: Any) -> Any:
        """Remove an element as `pydicom.Dataset.pop` does, decoding first where it matters."""
        if not isinstance(key, slice) and Tag(key) == _CHARACTER_SET:
            decode_all(self)
        return super().pop(cast("Any", key), *args)
