"""Finding where values of undefined length end, without decoding what is inside (PS3.5 7.5)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from pydicom import config
from pydicom._dicom_dict import DicomDictionary
from pydicom.filereader import ENCODED_VR
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from iodkit.errors import CorruptDataError

if TYPE_CHECKING:
    from iodkit.io.window import Window

__all__ = [
    "ITEM",
    "ITEM_END",
    "SEQUENCE_END",
    "UNDEFINED_LENGTH",
    "Syntax",
    "are_fragments",
    "find_fragments_end",
    "find_item_end",
    "find_sequence_end",
]

UNDEFINED_LENGTH = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
# More levels than any IOD has; pydicom decodes nested sequences recursively.
_MAX_DEPTH = 128


class Syntax:
    """How element headers are encoded: with or without VR, and in which byte order.

    Attributes
    ----------
    implicit_vr : bool
        Whether headers have no VR.
    little_endian : bool
        Byte order.
    """

    __slots__ = ("implicit_vr", "little_endian", "unpack_explicit", "unpack_implicit", "unpack_tag")

    def __init__(self, implicit_vr: bool, little_endian: bool) -> None:
        order = "<" if little_endian else ">"
        self.implicit_vr = implicit_vr
        self.little_endian = little_endian
        self.unpack_explicit = struct.Struct(order + "HH2sH").unpack_from
        self.unpack_implicit = struct.Struct(order + "HHI").unpack_from
        self.unpack_tag = struct.Struct(order + "HH").unpack_from

    def header(self, window: Window, position: int) -> tuple[int, str | None, int, int]:
        """Read the header of the element at a position (PS3.5 7.1).

        Parameters
        ----------
        window : Window
            The bytes.
        position : int
            Where the element starts.

        Returns
        -------
        tuple[int, str | None, int, int]
            Tag, VR (``None`` where there is none), length, position of the value.

        Raises
        ------
        CorruptDataError
            If the data ends within the header.
        """
        start = window.locate(position, 8)
        if not self.implicit_vr:
            group, element, vr, length = self.unpack_explicit(window.data, start)
            name = _VR_NAMES.get(vr)
            if name is not None:
                if name in _LONG:
                    length = window.long(position + 8, self.little_endian)
                    return group << 16 | element, name, length, position + 12
                return group << 16 | element, name, length, position + 8
            if b"AA" <= vr <= b"ZZ" or not config.assume_implicit_vr_switch:
                return group << 16 | element, vr.decode("latin-1"), length, position + 8
        group, element, length = self.unpack_implicit(window.data, start)
        return group << 16 | element, None, length, position + 8

    def tag(self, window: Window, position: int) -> int:
        """Read the tag at a position."""
        start = window.locate(position, 4)  # may replace the window's data
        group, element = self.unpack_tag(window.data, start)
        return int(group << 16 | element)

    def resolve_undefined(
        self, tag: int, vr: str | None, window: Window, position: int
    ) -> str | None:
        """Tell the VR of a value of undefined length, as pydicom does.

        Parameters
        ----------
        tag, vr : int, str | None
            The element.
        window : Window
            The bytes.
        position : int
            Where the value starts.

        Returns
        -------
        str | None
            ``"SQ"`` for a sequence of items; all else are encapsulated fragments.
        """
        if vr == "UN" and config.settings.infer_sq_for_un_vr:
            return "SQ"  # PS3.5 6.2.2, note 2
        if vr is None or (vr == "UN" and config.replace_un_with_known_vr):
            known = DicomDictionary.get(tag)
            if known is not None:
                return str(known[0])
            return "SQ" if self.tag(window, position) == ITEM else vr
        return vr


_VR_NAMES = {encoded: encoded.decode() for encoded in ENCODED_VR if len(encoded) == 2}
_LONG = frozenset(str(vr) for vr in EXPLICIT_VR_LENGTH_32)


def find_sequence_end(window: Window, position: int, syntax: Syntax) -> tuple[int, bool]:
    """Find the delimiter of a sequence of undefined length (PS3.5 7.5).

    Parameters
    ----------
    window : Window
        The bytes.
    position : int
        Where the first item starts.
    syntax : Syntax
        How the sequence is encoded.

    Returns
    -------
    tuple[int, bool]
        Position of the Sequence Delimitation Item, which has 8 bytes; whether all items are
        encoded like the sequence.

    Raises
    ------
    CorruptDataError
        If the structure is broken, the data ends, or sequences are nested too deeply.
    """
    return _find_end(window, position, [(True, syntax)])


def find_item_end(window: Window, position: int, syntax: Syntax) -> int:
    """Find the end of an item of undefined length (PS3.5 7.5).

    Parameters
    ----------
    window : Window
        The bytes.
    position : int
        Where the first element of the item starts.
    syntax : Syntax
        How the item is encoded.

    Returns
    -------
    int
        Position after the Item Delimitation Item, which has 8 bytes.

    Raises
    ------
    CorruptDataError
        If the structure is broken, the data ends, or sequences are nested too deeply.
    """
    return _find_end(window, position, [(False, syntax)])[0]


def _find_end(window: Window, position: int, levels: list[tuple[bool, Syntax]]) -> tuple[int, bool]:
    """Go on until the last of some levels ends.

    From outside to inside, levels are sequences (True) and items (False) of undefined length,
    with the encoding of what is in them.  All else has a length and is skipped.
    """
    implicit = Syntax(implicit_vr=True, little_endian=levels[0][1].little_endian)
    uniform = True
    while levels:
        in_sequence, inner = levels[-1]
        if in_sequence:
            tag, _, length, value = implicit.header(window, position)
            if tag == SEQUENCE_END:
                levels.pop()
                if not levels:
                    return position, uniform
                position = value
                continue
            if tag != ITEM:
                raise CorruptDataError(
                    f"no item where one is expected, at byte {position}", found=f"tag {tag:08X}"
                )
            own = inner
            if length and not inner.implicit_vr:
                own = _syntax_of_item(window, value, inner, implicit)
                uniform &= own is inner
            if length == UNDEFINED_LENGTH:
                levels.append((False, own))
                position = value
            else:
                position = _skip(window, position, value, length)
        else:
            position, nested = _skip_elements(window, position, inner)
            if nested:
                levels.append((True, inner))
            else:
                levels.pop()
        if len(levels) > 2 * _MAX_DEPTH:
            raise CorruptDataError(f"sequences are nested too deeply, at byte {position}")
    return position, uniform


def _syntax_of_item(window: Window, position: int, syntax: Syntax, implicit: Syntax) -> Syntax:
    """Tell whether an item has VRs: inside of UN it has none (PS3.5 6.2.2)."""
    start = window.locate(position, 8)
    first, second = window.data[start + 4 : start + 6]
    if 0x40 < first < 0x5B and 0x40 < second < 0x5B:
        return syntax
    # An item of undefined length may be empty: then its delimiter follows at once.
    return syntax if syntax.tag(window, position) == ITEM_END else implicit


def _skip_elements(window: Window, position: int, syntax: Syntax) -> tuple[int, bool]:
    """Go to the end of an item, or to the first item of a nested sequence of undefined length."""
    while True:
        start = position
        tag, vr, length, value = syntax.header(window, position)
        if tag == ITEM_END:
            return value, False
        if length != UNDEFINED_LENGTH:
            position = _skip(window, start, value, length)
        elif syntax.resolve_undefined(tag, vr, window, value) == "SQ":
            return value, True
        else:
            position = find_fragments_end(window, value, syntax) + 8


def _skip(window: Window, start: int, value: int, length: int) -> int:
    end = value + length
    if end > window.size:
        raise CorruptDataError(
            f"the length at byte {start} goes beyond the end of the data",
            found=f"{length} bytes",
            expected=f"at most {window.size - value}",
        )
    return end


def find_fragments_end(window: Window, position: int, syntax: Syntax) -> int:
    """Find the delimiter after encapsulated fragments (PS3.5 A.4).

    Parameters
    ----------
    window : Window
        The bytes.
    position : int
        Where the first item starts: the offset table.
    syntax : Syntax
        How the dataset is encoded.

    Returns
    -------
    int
        Position of the Sequence Delimitation Item, which has 8 bytes.

    Raises
    ------
    CorruptDataError
        If the structure is broken or the data ends.
    """
    while True:
        start = window.locate(position, 8)  # may replace the window's data
        group, element, length = syntax.unpack_implicit(window.data, start)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            return position
        if tag != ITEM:
            raise CorruptDataError(
                f"no fragment where one is expected, at byte {position}", found=f"tag {tag:08X}"
            )
        position = _skip(window, position, position + 8, length)


def are_fragments(data: bytes, syntax: Syntax) -> bool:
    """Tell whether bytes are a run of whole fragments, up to their very end (PS3.5 A.4).

    Parameters
    ----------
    data : bytes
        A value without its delimiter.
    syntax : Syntax
        How the dataset is encoded.

    Returns
    -------
    bool
        ``False`` if anything but fragments is in it, or the last one is cut off.
    """
    position = 0
    while position + 8 <= len(data):
        group, element, length = syntax.unpack_implicit(data, position)
        if group << 16 | element != ITEM:
            return False
        position += 8 + length
    return position == len(data)
