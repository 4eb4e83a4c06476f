"""Datasets that keep encoded sequences true: first access, edits, character sets, threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag, Tag

from iodkit.elements import DicomItem
from iodkit.frames.cache import frame_table
from iodkit.frames.raw import decode_all

if TYPE_CHECKING:
    from iodkit.frames.table import FrameTable

__all__ = ["FrameOwner"]

_CHARACTER_SET = BaseTag(0x00080005)


class FrameOwner(DicomItem):
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
        if isinstance(key, slice):
            gone = _CHARACTER_SET in self._slice_dataset(key.start, key.stop, key.step)
        else:
            gone = Tag(key) == _CHARACTER_SET
        if gone:
            decode_all(self)
        super().__delitem__(key)

    def pop(self, key: Any, *args: Any) -> Any:
        """Remove an element as `pydicom.Dataset.pop` does, decoding first where it matters."""
        if not isinstance(key, slice) and Tag(key) == _CHARACTER_SET:
            decode_all(self)
        return super().pop(cast("Any", key), *args)

    def decode_for_writing(self) -> None:
        """Decode everything if SpecificCharacterSet was changed inside its element.

        Nobody is told of ``dataset["SpecificCharacterSet"].value = ...`` when it happens, so
        whoever writes the dataset asks for this before.
        """
        if self.original_character_set not in (None, "", self._character_set):
            decode_all(self)
