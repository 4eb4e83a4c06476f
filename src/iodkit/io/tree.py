"""The plain encoder: pydicom's trees to the same bytes as pydicom writes, many times faster."""

from __future__ import annotations

import struct
from copy import copy
from io import BufferedIOBase
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr_element, write_data_element
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.valuerep import AMBIGUOUS_VR, EXPLICIT_VR_LENGTH_32

from iodkit.errors import InvalidValueError, IodkitError
from iodkit.io.bulk import BufferedValue, BulkValue
from iodkit.io.items import EncodedItem
from iodkit.io.pieces import as_bytes_view
from iodkit.io.values import LUT_DESCRIPTOR_TAGS, VALUE_ENCODERS, Codec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydicom.dataset import Dataset

    from iodkit.io.values import Encoder

    # A dataset whose elements are re-encoded, and those around it: nearest first.
    Ancestors: TypeAlias = "tuple[Dataset, Ancestors] | None"

__all__ = ["TreeEncoder"]

UNDEFINED_LENGTH = 0xFFFFFFFF
_CHARACTER_SET = 0x00080005
_PIXEL_DATA = 0x7FE00010
_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_BYTES_VR = frozenset(("OB", "OD", "OF", "OL", "OV", "OW"))
_pack_long = struct.Struct("<I").pack
_pack_short = struct.Struct("<H").pack
_first = itemgetter(0)
# Failures of the quick way; pydicom then encodes the element, or says what is wrong with it.
_NOT_QUICK = (TypeError, ValueError, AttributeError, LookupError, struct.error, OverflowError)


class _Plan(NamedTuple):
    """What is the same for all elements of a tag and VR."""

    vr: str
    head: bytes  # what precedes the length field (PS3.5 7.1)
    has_long_length: bool
    encode: Encoder | None


class TreeEncoder:
    """State of one encoding, little endian: the pieces so far, and what is known already."""

    def __init__(self, implicit_vr: bool) -> None:
        self.out: list[Any] = []
        self._implicit = implicit_vr
        self._plans: dict[int, _Plan] = {}
        self._codecs: dict[tuple[str, ...], Codec] = {}
        self._inner: dict[int, Codec] = {}
        # Items that are in several sequences are encoded once.  An item is kept with the place
        # of its bytes so that its identity is not given to another object meanwhile.
        self._seen: dict[tuple[int, int], tuple[Dataset, int, int, int]] = {}

    def codec(self, charset: Any) -> Codec:
        """Give the codec for a Specific Character Set, or for Python's names of encodings."""
        if not charset:
            charset = default_encoding
        key = (charset,) if isinstance(charset, str) else tuple(charset)
        found = self._codecs.get(key)
        if found is None:
            try:
                found = Codec.of(convert_encodings(charset))
            except (ValueError, LookupError) as error:
                raise InvalidValueError(
                    f"the character set is not known: {error}",
                    attribute="SpecificCharacterSet",
                    found=charset,
                    clause="PS3.3 C.12.1.1.2",
                ) from error
            self._codecs[key] = found
        return found

    def add_items(
        self, items: Iterable[Dataset | EncodedItem], codec: Codec, ancestors: Ancestors
    ) -> int:
        """Append items of a sequence; return their number of bytes."""
        out, seen = self.out, self._seen
        # pydicom translates the names again at each level, which tells for a few character sets.
        inner = self._inner.get(id(codec))
        if inner is None:
            inner = self._inner[id(codec)] = self.codec(codec.names)
        codec = inner
        total = 0
        for given in items:
            if isinstance(given, EncodedItem):
                if self._fits(given, codec):
                    total += self._add_encoded(given)
                    continue
                item = given.decode()
            else:
                item = given
            key = (id(item), id(codec))
            known = seen.get(key)
            if known is not None:
                _, start, stop, length = known
                out += out[start:stop]
                total += length
                continue
            start = len(out)
            out.append(b"")
            length = self.add_dataset(item, codec, ancestors, None)
            if item.is_undefined_length_sequence_item:
                out[start] = _ITEM + b"\xff\xff\xff\xff"
                out.append(_ITEM_END)
                length += 16
            else:
                out[start] = _ITEM + _pack_long(length)
                length += 8
            seen[key] = (item, start, len(out), length)
            total += length
        return total

    def _fits(self, item: EncodedItem, codec: Codec) -> bool:
        """Tell whether an encoded item can be taken as it is."""
        same_headers = item.little_endian and item.implicit_vr == self._implicit
        return same_headers and item.encodings == codec.names

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
        parent: Codec,
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
        codec = self.codec(dataset.get("SpecificCharacterSet")) if known else parent
        pairs: Any = zip(map(int, elements), elements.values(), strict=True)
        if bulk:
            pairs = {**dict(pairs), **bulk}.items()
        total = 0
        for tag, element in sorted(pairs, key=_first) if len(elements) > 1 or bulk else pairs:
            if type(element) is DataElement:
                if tag & 0xFFFF or tag < 0x70000:
                    total += self._add_element(tag, element, codec, ancestors)
            else:
                total += self._add_other(dataset, tag, element, codec, decode, ancestors)
        return total

    def _add_other(
        self,
        dataset: Dataset,
        tag: int,
        element: Any,
        codec: Codec,
        decode: bool,
        ancestors: Ancestors,
    ) -> int:
        """Append what is no plain element of pydicom: encoded ones, bulk values, subclasses."""
        if not tag & 0xFFFF and tag >= 0x70000:
            return 0  # group lengths are retired (PS3.5 7.2)
        if isinstance(element, BulkValue):
            undefined = element.length is None
            return self._add_value(
                tag, element.vr, (element.pieces,), element.length or 0, undefined=undefined
            )
        if not isinstance(element, RawDataElement):
            return self._add_element(tag, element, codec, ancestors)
        if not decode and element.value is not None:
            return self._add_raw(tag, element, element.value)
        try:
            decoded = dataset[BaseTag(tag)]
        except Exception as error:
            raise _not_encodable(tag, error) from error
        # pydicom resolves ambiguous VRs from outside through sequences whose VR is known before
        # they are decoded, and not through others.
        return self._add_element(tag, decoded, codec, ancestors if element.VR == "SQ" else None)

    def _add_raw(self, tag: int, element: RawDataElement, value: bytes) -> int:
        """Append an encoded element as it is."""
        vr = element.VR
        if not self._implicit and (vr is None or len(vr) != 2):
            raise _not_encodable(tag, f"the value representation {vr!r} cannot be written")
        undefined = element.length == UNDEFINED_LENGTH
        if undefined and tag == _PIXEL_DATA:
            _check_encapsulated(value[:4])
        return self._add_value(tag, vr or "UN", value, len(value), undefined=undefined)

    def _add_element(
        self, tag: int, element: DataElement, codec: Codec, ancestors: Ancestors
    ) -> int:
        """Append a decoded element: quickly, or as pydicom does it."""
        vr: str = element.VR
        if vr == "SQ":
            return self._add_sequence(tag, element, codec, ancestors)
        plan = self._plans.get(tag)
        if plan is None or plan.vr != vr:
            plan = self._make_plan(tag, vr)
        if plan.encode is None or element.is_undefined_length:
            return self._add_unusual(tag, element, codec, ancestors)
        value = element._value
        try:
            data = b"" if value is None else plan.encode(value, codec)
        except _NOT_QUICK:
            data = None
        if data is None:
            return self._add_unusual(tag, element, codec, ancestors)
        length = len(data)
        if length >= 1 << 16:
            if not plan.has_long_length:
                return self._add_unusual(tag, element, codec, ancestors)
            self.out += (plan.head + _pack_long(length), data)
        elif plan.has_long_length:
            self.out.append(plan.head + _pack_long(length) + data)
        else:
            self.out.append(plan.head + _pack_short(length) + data)
            return length + 8
        return len(plan.head) + 4 + length

    def _add_sequence(
        self, tag: int, element: DataElement, codec: Codec, ancestors: Ancestors
    ) -> int:
        out = self.out
        place = len(out)
        out.append(b"")
        items = element.value
        if isinstance(items, Sequence):
            # Without decoding the items of a sequence that are still encoded.
            items = items._list
        length = self.add_items(items or (), codec, ancestors)
        plan = self._plans.get(tag)
        if plan is None or plan.vr != "SQ":
            plan = self._make_plan(tag, "SQ")
        length += len(plan.head) + 4
        if element.is_undefined_length:
            out[place] = plan.head + b"\xff\xff\xff\xff"
            out.append(_SEQUENCE_END)
            return length + 8
        out[place] = plan.head + _pack_long(length - len(plan.head) - 4)
        return length

    def _add_unusual(
        self, tag: int, element: DataElement, codec: Codec, ancestors: Ancestors
    ) -> int:
        """Append large values without copying them, and let pydicom encode the rest."""
        if element.VR in AMBIGUOUS_VR and ancestors is not None:
            resolved = _resolve_vr(element, ancestors)
            if resolved.VR not in AMBIGUOUS_VR:
                return self._add_element(tag, resolved, codec, ancestors)
        value, vr = element.value, element.VR
        undefined = element.is_undefined_length
        if vr in _BYTES_VR and isinstance(value, BufferedIOBase):
            return self._add_buffered(tag, vr, BufferedValue(value), undefined)
        if vr in _BYTES_VR and isinstance(value, bytes | bytearray | memoryview) and len(value):
            view = as_bytes_view(value)
            if undefined and tag == _PIXEL_DATA:
                _check_encapsulated(bytes(view[:4]))
            odd = view.nbytes & 1
            pieces = (value, b"\0") if odd else (value,)
            return self._add_value(tag, vr, pieces, view.nbytes + odd, undefined=undefined)
        buffer = DicomBytesIO()
        buffer.is_implicit_VR, buffer.is_little_endian = self._implicit, True
        try:
            write_data_element(buffer, element, codec.names)
        except Exception as error:
            raise _not_encodable(tag, error) from error
        data = buffer.getvalue()
        self.out.append(data)
        return len(data)

    def _add_buffered(self, tag: int, vr: str, value: BufferedValue, undefined: bool) -> int:
        size = value.size()
        if undefined and tag == _PIXEL_DATA:
            _check_encapsulated(value.start(4))
        pieces = (value, b"\0") if size & 1 else (value,)
        return self._add_value(tag, vr, pieces, size, undefined=undefined) + (size & 1)

    def _add_value(
        self, tag: int, vr: str, value: Any, length: int, *, undefined: bool = False
    ) -> int:
        """Append an element with its header; the value is bytes, or a tuple of pieces."""
        plan = self._plans.get(tag)
        if plan is None or plan.vr != vr:
            plan = self._make_plan(tag, vr)
        head = plan.head
        if undefined or plan.has_long_length:
            head += _pack_long(UNDEFINED_LENGTH if undefined else length)
        elif length <= 0xFFFF:
            head += _pack_short(length)
        else:
            raise _not_encodable(tag, f"{length} bytes are too many for VR {vr}")
        total = len(head) + length
        if type(value) is tuple:
            self.out += (head, *value)
        elif length < 1 << 16:
            self.out.append(head + value)
        else:
            self.out += (head, value)
        if undefined:
            self.out.append(_SEQUENCE_END)
            total += 8
        return total

    def _make_plan(self, tag: int, vr: str) -> _Plan:
        """Prepare the header, and the way in which values are encoded."""
        head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
        long = self._implicit or vr in EXPLICIT_VR_LENGTH_32
        if not self._implicit:
            head += str.encode(vr) + (b"\0\0" if long else b"")
        encode = None if vr == "SS" and tag in LUT_DESCRIPTOR_TAGS else VALUE_ENCODERS.get(vr)
        plan = _Plan(vr, head, long, encode)
        self._plans[tag] = plan
        return plan


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
