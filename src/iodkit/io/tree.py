"""The plain encoder: pydicom's trees to the same bytes as pydicom writes, many times faster."""

from __future__ import annotations

import struct
from copy import copy
from io import BufferedIOBase
from typing import TYPE_CHECKING, Any, TypeAlias

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr_element, write_data_element
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.valuerep import AMBIGUOUS_VR

from iodkit.errors import InvalidValueError, IodkitError
from iodkit.io.bulk import BufferedValue, BulkValue
from iodkit.io.items import EncodedItem
from iodkit.io.pieces import as_bytes_view
from iodkit.io.plans import LARGE, TEXT_TYPES, PlanBook
from iodkit.io.values import Codec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydicom.dataset import Dataset

    from iodkit.io.plans import Plan

    # A dataset whose elements are re-encoded, and those around it: nearest first.
    Ancestors: TypeAlias = "tuple[Dataset, Ancestors] | None"

__all__ = ["TreeEncoder"]

UNDEFINED_LENGTH = 0xFFFFFFFF
LONGEST_VALUE = 0xFFFFFFFE
_CHARACTER_SET = 0x00080005
_PIXEL_DATA = 0x7FE00010
_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_BYTES_VR = frozenset(("OB", "OD", "OF", "OL", "OV", "OW"))
_pack_long = struct.Struct("<I").pack
_pack_short = struct.Struct("<H").pack


class TreeEncoder:
    """State of one encoding, little endian: the pieces so far, and what is known already."""

    def __init__(self, implicit_vr: bool) -> None:
        self.out: list[Any] = []
        self._implicit = implicit_vr
        self._books: dict[tuple[str, ...], PlanBook] = {}

    def book(self, charset: Any) -> PlanBook:
        """Give the plans for a Specific Character Set, or for Python's names of encodings."""
        if not charset:
            charset = default_encoding
        key = (charset,) if isinstance(charset, str) else tuple(charset)
        found = self._books.get(key)
        if found is None:
            try:
                codec = Codec.of(convert_encodings(charset))
            except (ValueError, LookupError) as error:
                raise InvalidValueError(
                    f"the character set is not known: {error}",
                    attribute="SpecificCharacterSet",
                    found=charset,
                    clause="PS3.3 C.12.1.1.2",
                ) from error
            found = self._books[key] = PlanBook(codec, self._implicit)
        return found

    def add_items(
        self, items: Iterable[Dataset | EncodedItem], book: PlanBook, ancestors: Ancestors
    ) -> int:
        """Append items of a sequence; return their number of bytes."""
        # pydicom translates the names again at each level, which tells for a few character sets.
        if book.inner is None:
            book.inner = self.book(book.codec.names)
        book = book.inner
        out, seen = self.out, book.seen
        total = 0
        for given in items:
            item: Any = given
            if isinstance(item, EncodedItem):
                if self._fits(item, book):
                    total += self._add_encoded(item)
                    continue
                item = item.decode()
            known = seen.get(id(item))
            if known is not None:
                _, start, stop, length = known
                out += out[start:stop]
                total += length
                continue
            start = len(out)
            out.append(b"")
            length = self.add_dataset(item, book, ancestors, None)
            if item.is_undefined_length_sequence_item:
                out[start] = _ITEM + b"\xff\xff\xff\xff"
                out.append(_ITEM_END)
                length += 16
            else:
                out[start] = _ITEM + _pack_long(length)
                length += 8
            seen[id(item)] = (item, start, len(out), length)
            total += length
        return total

    def _fits(self, item: EncodedItem, book: PlanBook) -> bool:
        """Tell whether an encoded item can be taken as it is."""
        same_headers = item.little_endian and item.implicit_vr == self._implicit
        return same_headers and item.encodings == book.codec.names

    def _add_encoded(self, item: EncodedItem) -> int:
        """Append an item as it is."""
        data = item.data
        if item.undefined_length:
            self.out.append(_ITEM + b"\xff\xff\xff\xff" + data + _ITEM_END)
            return len(data) + 16
        self.out.append(_ITEM + _pack_long(len(data)) + data)
        return len(data) + 8

    def add_dataset(
        self,
        dataset: Dataset,
        parent: PlanBook,
        ancestors: Ancestors,
        bulk: Mapping[int, BulkValue | DataElement] | None,
    ) -> int:
        """Append the elements of a dataset; return their number of bytes."""
        elements: Any = dataset._dict
        known = _CHARACTER_SET in elements
        current = dataset._character_set if known else dataset._parent_encoding
        decode = (
            dataset._read_implicit != self._implicit
            or dataset._read_little is not True
            or dataset._read_charset != current
        )
        if decode or ancestors is not None:
            ancestors = (dataset, ancestors)
        book = self.book(dataset.get("SpecificCharacterSet")) if known else parent
        if bulk:
            elements = {**elements, **bulk}
        total = 0
        for plan, element in book.pair(elements):
            if type(element) is DataElement:
                total += self._add_element(plan, element, book, ancestors)
            elif not decode and isinstance(element, RawDataElement) and element.value is not None:
                total += self._add_raw(plan, element, element.value, book)
            else:
                total += self._add_other(dataset, plan.tag, element, book, ancestors)
        return total

    def _add_element(
        self, plan: Plan, element: DataElement, book: PlanBook, ancestors: Ancestors
    ) -> int:
        """Append a decoded element: quickly, or as pydicom does it."""
        if plan.vr != element.VR:
            plan = book.plan(plan.tag, element.VR)
        if plan.vr == "SQ":
            return self._add_sequence(plan, element, book, ancestors)
        data = None
        if not element.is_undefined_length:
            value: Any = element._value
            if type(value) in TEXT_TYPES:
                data = plan.known.get(value)
            if data is None:
                data = plan.encode(value)
        if data is None:
            return self._add_unusual(plan, element, book, ancestors)
        self.out.append(data)
        return len(data)

    def _add_sequence(
        self, plan: Plan, element: DataElement, book: PlanBook, ancestors: Ancestors
    ) -> int:
        out = self.out
        place = len(out)
        out.append(b"")
        items = element.value
        if isinstance(items, Sequence):
            # Without decoding the items of a sequence that are still encoded.
            items = items._list
        length = self.add_items(items or (), book, ancestors)
        if element.is_undefined_length:
            out[place] = plan.head + b"\xff\xff\xff\xff"
            out.append(_SEQUENCE_END)
            length += 8
        else:
            out[place] = plan.head + _pack_long(length)
        return length + len(plan.head) + 4

    def _add_other(
        self,
        dataset: Dataset,
        tag: int,
        element: Any,
        book: PlanBook,
        ancestors: Ancestors,
    ) -> int:
        """Append what is no plain element: those to be encoded anew, bulk values, subclasses."""
        if isinstance(element, BulkValue):
            undefined = element.length is None
            plan = book.plan(tag, element.vr)
            return self._add_value(plan, (element.pieces,), element.length or 0, undefined)
        if not isinstance(element, RawDataElement):
            return self._add_element(book.plan(tag, element.VR), element, book, ancestors)
        try:
            decoded = dataset[BaseTag(tag)]
        except Exception as error:
            raise _not_encodable(tag, error) from error
        # pydicom resolves ambiguous VRs from outside through sequences whose VR is known before
        # they are decoded, and not through others.
        outer = ancestors if element.VR == "SQ" else None
        return self._add_element(book.plan(tag, decoded.VR), decoded, book, outer)

    def _add_raw(self, plan: Plan, element: RawDataElement, value: bytes, book: PlanBook) -> int:
        """Append an encoded element as it is."""
        vr = element.VR
        length = len(value)
        if vr == plan.vr and len(plan.vr) == 2 and element.length == length < LARGE:
            data: bytes = plan.head + plan.pack_length(length) + value
            self.out.append(data)
            return len(data)
        tag = plan.tag
        if not self._implicit and (vr is None or len(vr) != 2):
            raise _not_encodable(tag, f"the value representation {vr!r} cannot be written")
        undefined = element.length == UNDEFINED_LENGTH
        if undefined and tag == _PIXEL_DATA:
            _check_encapsulated(value[:4])
        plan = book.plan(tag, vr or "UN")
        if undefined or len(value) >= LARGE:
            return self._add_value(plan, (value,), len(value), undefined)
        self.out.append(plan.head + plan.pack_length(len(value)) + value)
        return len(self.out[-1])

    def _add_unusual(
        self, plan: Plan, element: DataElement, book: PlanBook, ancestors: Ancestors
    ) -> int:
        """Append large values without copying them, and let pydicom encode the rest."""
        tag, vr = plan.tag, plan.vr
        if vr in AMBIGUOUS_VR and ancestors is not None:
            resolved = _resolve_vr(element, ancestors)
            if resolved.VR not in AMBIGUOUS_VR:
                return self._add_element(plan, resolved, book, ancestors)
        value = element.value
        undefined = element.is_undefined_length
        if vr in _BYTES_VR and isinstance(value, BufferedIOBase):
            return self._add_buffered(plan, BufferedValue(value), undefined)
        if _is_buffer(vr, value, undefined):
            view = as_bytes_view(value)
            if undefined and tag == _PIXEL_DATA:
                _check_encapsulated(bytes(view[:4]))
            odd = view.nbytes & 1 if vr in _BYTES_VR else 0
            pieces = (value, b"\0") if odd else (value,)
            return self._add_value(plan, pieces, view.nbytes + odd, undefined)
        buffer = DicomBytesIO()
        buffer.is_implicit_VR, buffer.is_little_endian = self._implicit, True
        try:
            write_data_element(buffer, element, book.codec.names)
        except Exception as error:
            raise _not_encodable(tag, error) from error
        data = buffer.getvalue()
        self.out.append(data)
        return len(data)

    def _add_buffered(self, plan: Plan, value: BufferedValue, undefined: bool) -> int:
        size = value.size()
        if undefined and plan.tag == _PIXEL_DATA:
            _check_encapsulated(value.start(4))
        pieces = (value, b"\0") if size & 1 else (value,)
        return self._add_value(plan, pieces, size, undefined) + (size & 1)

    def _add_value(self, plan: Plan, pieces: Any, length: int, undefined: bool) -> int:
        """Append an element whose value is made of pieces."""
        head = plan.head
        if length > LONGEST_VALUE and not undefined:
            raise _not_encodable(
                plan.tag, f"{length} bytes are too many; encapsulate them, or divide the object"
            )
        if undefined or plan.has_long_length:
            head += _pack_long(UNDEFINED_LENGTH if undefined else length)
        elif length < LARGE:
            head += _pack_short(length)
        else:
            raise _not_encodable(plan.tag, f"{length} bytes are too many for VR {plan.vr}")
        self.out += (head, *pieces)
        if undefined:
            self.out.append(_SEQUENCE_END)
            length += 8
        return len(head) + length


def _is_buffer(vr: str, value: Any, undefined: bool) -> bool:
    """Tell whether a value is written as it stands in memory."""
    if vr == "UN":
        return isinstance(value, bytes) and not undefined
    return vr in _BYTES_VR and isinstance(value, bytes | bytearray | memoryview) and len(value) > 0


def _resolve_vr(element: DataElement, ancestors: Ancestors) -> DataElement:
    """Resolve an ambiguous VR (``"US or SS"``, …) on a copy, from the datasets around it."""
    chain: list[Dataset] = []
    while ancestors is not None:
        dataset, ancestors = ancestors
        chain.append(dataset)
    try:
        resolved = correct_ambiguous_vr_element(copy(element), chain[0], True, chain)
    except Exception as error:
        raise _not_encodable(int(element.tag), error) from error
    assert isinstance(resolved, DataElement)
    return resolved


def _check_encapsulated(start: bytes) -> None:
    if start != _ITEM:
        raise InvalidValueError(
            "pixel data of undefined length is not encapsulated",
            attribute="PixelData",
            found=start,
            expected="a sequence of fragments that starts with an item",
            clause="PS3.5 A.4",
            remedy="See pydicom.encaps.encapsulate.",
        )


def _not_encodable(tag: int, reason: object) -> InvalidValueError:
    name = str(BaseTag(tag))
    if isinstance(reason, InvalidValueError):
        return reason
    if isinstance(reason, IodkitError):
        reason = reason.message
    return InvalidValueError(f"element {name} cannot be encoded: {reason}", attribute=name)
