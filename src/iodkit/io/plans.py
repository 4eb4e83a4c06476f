"""What the plain encoder works out once for all elements, and all datasets, of one kind."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydicom.uid import UID
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from iodkit.io.values import LUT_DESCRIPTOR_TAGS, VALUE_ENCODERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydicom.dataset import Dataset

    from iodkit.io.values import Codec, Encoder

__all__ = ["LARGE", "TEXT_TYPES", "Plan", "PlanBook"]

LARGE = 1 << 16
"""Values of so many bytes are not copied, and do not fit into short length fields (PS3.5 7.1.2)."""

TEXT_TYPES = frozenset((str, UID))
"""Types whose values are encoded alike if they are equal."""

_PACK_LONG = struct.Struct("<I").pack
_PACK_SHORT = struct.Struct("<H").pack
# Failures of the quick way; pydicom then encodes the element, or says what is wrong with it.
_NOT_QUICK = (TypeError, ValueError, AttributeError, LookupError, struct.error, OverflowError)


class Plan:
    """What is the same for all elements of a tag and VR in one character set.

    Attributes
    ----------
    tag, vr
        The tag as a plain number, and the VR.
    head : bytes
        What precedes the length field (PS3.5 7.1).
    has_long_length : bool
        Whether the length field has four bytes.
    pack_length : Callable[[int], bytes]
        Encodes the length.
    known : dict[str, bytes]
        Elements that were encoded already, by their text.
    """

    __slots__ = (
        "_codec",
        "_encode",
        "has_long_length",
        "head",
        "known",
        "pack_length",
        "tag",
        "vr",
    )

    def __init__(self, tag: int, vr: str, implicit: bool, codec: Codec) -> None:
        self.tag = tag
        self.vr = vr
        self.has_long_length = implicit or vr in EXPLICIT_VR_LENGTH_32
        self.head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
        if not implicit:
            self.head += str.encode(vr) + (b"\0\0" if self.has_long_length else b"")
        self.known: dict[Any, bytes] = {}
        self._codec = codec
        self.pack_length = _PACK_LONG if self.has_long_length else _PACK_SHORT
        unusual = vr == "SS" and tag in LUT_DESCRIPTOR_TAGS
        self._encode: Encoder | None = None if unusual else VALUE_ENCODERS.get(vr)

    def encode(self, value: Any) -> bytes | None:
        """Encode an element of defined length, header and value.

        Returns
        -------
        bytes | None
            ``None`` for what pydicom has to encode, and for large values that need no copy.
        """
        encode = self._encode
        if encode is None:
            return None
        try:
            data = b"" if value is None else encode(value, self._codec)
        except _NOT_QUICK:
            return None
        if data is None:
            return None
        length = len(data)
        if length >= LARGE and (data is value or not self.has_long_length):
            return None
        element = self.head + self.pack_length(length) + data
        if type(value) in TEXT_TYPES:
            self.known[value] = element
        return element


class _Shape(NamedTuple):
    """The elements of a dataset in the order in which they are written, but group lengths."""

    plans: tuple[Plan, ...]
    order: tuple[int, ...] | None  # places in the dataset, where it has another order


class PlanBook:
    """Plans of one character set, and the items that were encoded in it.

    Attributes
    ----------
    codec : Codec
        The character set.
    seen : dict
        Places of the bytes of encoded items by the identity of the item.  The item is kept as
        well, so that its identity is not given to another object meanwhile.
    inner : PlanBook | None
        Plans for the items of sequences, as soon as they are known.
    """

    __slots__ = ("_implicit", "_plans", "_shapes", "codec", "inner", "seen")

    def __init__(self, codec: Codec, implicit: bool) -> None:
        self.codec = codec
        self.seen: dict[int, tuple[Dataset, int, int, int]] = {}
        self.inner: PlanBook | None = None
        self._implicit = implicit
        self._plans: dict[tuple[int, str], Plan] = {}
        self._shapes: dict[bytes, _Shape] = {}

    def plan(self, tag: int, vr: str) -> Plan:
        """Give the plan for elements of a tag and VR."""
        found = self._plans.get((tag, vr))
        if found is None:
            found = self._plans[tag, vr] = Plan(tag, vr, self._implicit, self.codec)
        return found

    def pair(self, elements: dict[Any, Any]) -> Iterable[tuple[Plan, Any]]:
        """Give elements by tag in order, each with the plan for its tag and probable VR."""
        # The packed tags are a key that compares faster than pydicom's tags do.
        key = _tag_packer(len(elements))(*elements)
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = self._make_shape(elements)
        if shape.order is None:
            return zip(shape.plans, elements.values(), strict=True)
        values = list(elements.values())
        return zip(shape.plans, [values[place] for place in shape.order], strict=True)

    def _make_shape(self, elements: dict[Any, Any]) -> _Shape:
        tags = [int(tag) for tag in elements]
        vrs = [getattr(element, "VR", None) or "UN" for element in elements.values()]
        # Group lengths are retired (PS3.5 7.2), those of command set and file meta are not.
        kept = [n for n, tag in enumerate(tags) if tag & 0xFFFF or tag < 0x70000]
        order = tuple(sorted(kept, key=tags.__getitem__))
        plans = tuple(self.plan(tags[place], vrs[place]) for place in order)
        return _Shape(plans, None if order == tuple(range(len(tags))) else order)


@lru_cache(maxsize=512)
def _tag_packer(count: int) -> Callable[..., bytes]:
    return struct.Struct(f"{count}I").pack
