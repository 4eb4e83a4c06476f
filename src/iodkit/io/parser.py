"""Finding the elements of a dataset in its bytes, without decoding them (PS3.5 7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataelem import RawDataElement, empty_value_for_VR
from pydicom.tag import BaseTag

from iodkit.errors import CorruptDataError
from iodkit.io.localsources import MemorySource
from iodkit.io.parsed import PIXEL_TAGS, PixelDataLocation
from iodkit.io.scan import (
    ITEM_END,
    UNDEFINED_LENGTH,
    are_fragments,
    find_fragments_end,
    find_sequence_end,
)
from iodkit.io.window import Window

if TYPE_CHECKING:
    from iodkit.io.scan import Syntax

__all__ = ["ElementParser", "parse_elements", "raw_element"]

_DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"


def parse_elements(data: bytes, syntax: Syntax) -> dict[BaseTag, RawDataElement]:
    """Find the elements of a dataset, for example of an item.

    Parameters
    ----------
    data : bytes
        The encoded dataset, with or without an item delimiter at its end.
    syntax : Syntax
        How it is encoded.

    Returns
    -------
    dict[BaseTag, RawDataElement]
        The elements, still encoded.

    Raises
    ------
    CorruptDataError
        If the lengths in it are wrong.
    """
    parser = ElementParser(Window(MemorySource(data)), syntax, stop_before_pixels=False)
    parser.parse(0)
    return parser.elements


def raw_element(
    tag: int, vr: str | None, length: int, window: Window, start: int, syntax: Syntax
) -> RawDataElement:
    """Make an encoded element of the bytes in a window."""
    value: Any = window.value(start, length) if length else empty_value_for_VR(vr, raw=True)
    return RawDataElement(
        BaseTag(tag), vr, length, value, start, syntax.implicit_vr, syntax.little_endian
    )


class ElementParser:
    """The elements of one dataset, found one after the other and left encoded."""

    def __init__(self, window: Window, syntax: Syntax, stop_before_pixels: bool) -> None:
        self.elements: dict[BaseTag, RawDataElement] = {}
        self.pixel_data: PixelDataLocation | None = None
        # Sequences whose items are encoded in another way than the dataset.
        self.mixed: list[BaseTag] = []
        self._window = window
        self._syntax = syntax
        self._skip_pixels = stop_before_pixels

    def parse(self, position: int) -> None:
        """Go from element to element, from a position to the end of the data."""
        window, syntax = self._window, self._syntax
        while position + 8 <= window.size:
            tag, vr, length, start = syntax.header(window, position)
            if tag == ITEM_END:
                return
            try:
                position = self._take(tag, vr, length, start)
            except CorruptDataError as error:
                raise CorruptDataError(
                    f"element {BaseTag(tag)} at byte {position} cannot be read: {error}",
                    attribute=str(BaseTag(tag)),
                    clause="PS3.5 7.1",
                ) from error

    def _take(self, tag: int, vr: str | None, length: int, start: int) -> int:
        """Keep an element, and return where the next one starts."""
        window, syntax = self._window, self._syntax
        if tag in PIXEL_TAGS:
            self.pixel_data = PixelDataLocation(BaseTag(tag), vr, start, length)
            if self._skip_pixels:
                return self._skip(start, length)
        if length != UNDEFINED_LENGTH:
            self.elements[BaseTag(tag)] = raw_element(tag, vr, length, window, start, syntax)
            return start + length
        vr = syntax.resolve_undefined(tag, vr, window, start)
        value, end = self._sequence(tag, start) if vr == "SQ" else self._fragments(start)
        self.elements[BaseTag(tag)] = RawDataElement(
            BaseTag(tag), vr, length, value, start, syntax.implicit_vr, syntax.little_endian
        )
        return end + len(_DELIMITER)

    def _sequence(self, tag: int, start: int) -> tuple[bytes, int]:
        """Give the items of a sequence of undefined length, and where they end."""
        window = self._window
        window.anchor(start)
        end, uniform = find_sequence_end(window, start, self._syntax)
        window.anchor(None)
        if not uniform:
            self.mixed.append(BaseTag(tag))
        return window.value(start, end - start), end

    def _fragments(self, start: int) -> tuple[bytes, int]:
        """Give encapsulated fragments, and where they end."""
        window = self._window
        end = window.size - len(_DELIMITER)
        if self._ends_with_delimiter(start):
            value = window.value(start, end - start)
            if are_fragments(value, self._syntax):
                return value, end
        end = find_fragments_end(window, start, self._syntax)
        return window.value(start, end - start), end

    def _ends_with_delimiter(self, start: int) -> bool:
        """Tell whether the data ends like fragments after which nothing follows, as is usual."""
        window = self._window
        tail = window.size - len(_DELIMITER)
        if not self._syntax.little_endian or tail < start:
            return False
        return window.peek(tail, len(_DELIMITER)) == _DELIMITER

    def _skip(self, start: int, length: int) -> int:
        """Go past pixel data; return where the next element starts."""
        window = self._window
        if length != UNDEFINED_LENGTH:
            if start + length > window.size:
                raise CorruptDataError(
                    f"the data ends at byte {window.size}", expected=f"{length} bytes of pixels"
                )
            return start + length
        # Then the headers of the fragments need not be read.
        if self._ends_with_delimiter(start):
            return window.size
        return find_fragments_end(window, start, self._syntax) + len(_DELIMITER)
