"""Items of a sequence that stay encoded until somebody asks for one (PS3.5 7.5)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset

from iodkit.errors import CorruptDataError
from iodkit.io.localsources import MemorySource
from iodkit.io.parser import parse_elements
from iodkit.io.scan import ITEM, SEQUENCE_END, UNDEFINED_LENGTH, Syntax, find_item_end
from iodkit.io.window import Window

if TYPE_CHECKING:
    from typing import Self

__all__ = ["EncodedItem", "split_items"]


class EncodedItem:
    """One item of a sequence, still encoded.  It never changes, so copies are the item itself.

    Parameters
    ----------
    data : bytes
        The elements of the item, without the headers of the item.
    implicit_vr, little_endian : bool
        How they are encoded.
    encodings : list[str]
        Python's names of the character set around the item.
    undefined_length : bool, optional
        Whether the item ends with a delimiter.
    """

    __slots__ = ("data", "encodings", "implicit_vr", "little_endian", "undefined_length")

    def __init__(
        self,
        data: bytes,
        implicit_vr: bool,
        little_endian: bool,
        encodings: list[str],
        undefined_length: bool = False,
    ) -> None:
        self.data = data
        self.implicit_vr = implicit_vr
        self.little_endian = little_endian
        self.encodings = encodings
        self.undefined_length = undefined_length

    def decode(self) -> Dataset:
        """Make the dataset of the item; its elements stay encoded.

        Returns
        -------
        pydicom.Dataset
            A new dataset.

        Raises
        ------
        CorruptDataError
            If the lengths in the item are wrong.
        """
        elements = parse_elements(self.data, Syntax(self.implicit_vr, self.little_endian))
        item = Dataset(elements, parent_encoding=self.encodings)  # type: ignore[arg-type]
        names: Any = item._character_set if 0x00080005 in elements else self.encodings
        item.set_original_encoding(self.implicit_vr, self.little_endian, names)
        item.is_undefined_length_sequence_item = self.undefined_length
        return item

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EncodedItem):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]  # of no use: items are compared, not looked up


def split_items(
    value: bytes, implicit_vr: bool, little_endian: bool, encodings: list[str]
) -> list[EncodedItem]:
    """Split the value of a sequence into its items, without decoding what is in them.

    Parameters
    ----------
    value : bytes
        Value of an element of VR SQ, with or without a delimiter at its end.
    implicit_vr, little_endian : bool
        How it is encoded.
    encodings : list[str]
        Python's names of the character set.

    Returns
    -------
    list[EncodedItem]
        The items in their order.

    Raises
    ------
    CorruptDataError
        If there is anything but items, or the lengths are wrong.
    """
    unpack = struct.Struct("<HHL" if little_endian else ">HHL").unpack_from
    items: list[EncodedItem] = []
    position, end = 0, len(value)
    while position + 8 <= end:
        group, element, length = unpack(value, position)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            break
        start = position + 8
        undefined = length == UNDEFINED_LENGTH
        if tag != ITEM or not (undefined or start + length <= end):
            raise CorruptDataError(
                f"no whole item where one is expected, at byte {position} of the sequence",
                found=f"tag {tag:08X} with {length} bytes",
                clause="PS3.5 7.5",
            )
        if undefined:
            syntax = Syntax(implicit_vr, little_endian)
            position = find_item_end(Window(MemorySource(value)), start, syntax)
            data = value[start : position - 8]
        else:
            position = start + length
            data = value[start:position]
        items.append(EncodedItem(data, implicit_vr, little_endian, encodings, undefined))
    return items
