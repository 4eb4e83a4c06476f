"""Rewrites sequences with undefined lengths to defined ones, so that they can be read in bulk."""

from __future__ import annotations

import struct

from pydicom.datadict import dictionary_VR

from iodkit.errors import CorruptDataError
from iodkit.frames.headers import element_header, item_header
from iodkit.frames.levels import IS_LONG, IS_VR, Irregular

__all__ = ["define_lengths"]

_ITEM, _ITEM_END, _SEQUENCE_END = 0xE000FFFE, 0xE00DFFFE, 0xE0DDFFFE
_UNDEFINED = 0xFFFFFFFF
_MARK = b"\xff\xff\xff\xff"
_SQ = int.from_bytes(b"SQ", "little")
_MAX_DEPTH = 64


def define_lengths(value: bytes, implicit_vr: bool) -> bytes:
    """Give all sequences and items in the value of a sequence defined lengths.

    Parameters
    ----------
    value : bytes
        Value of a sequence in little endian.
    implicit_vr : bool
        Whether elements carry no VR.

    Returns
    -------
    bytes
        The same items without delimiters.

    Raises
    ------
    CorruptDataError
        If lengths contradict each other or the value is cut off.
    Irregular
        If there is something else than plain elements, items and sequences.
    """
    content, _ = _Rewriter(value, implicit_vr).items(0, len(value), False, 0)
    return content


class _Rewriter:
    """Walks once through the value and copies it piece by piece."""

    def __init__(self, value: bytes, implicit_vr: bool) -> None:
        self.value, self.implicit = value, implicit_vr
        self.pair = struct.Struct("<II").unpack_from
        self.explicit = struct.Struct("<IHH").unpack_from

    def items(self, pos: int, stop: int, undefined: bool, depth: int) -> tuple[bytes, int]:
        """Rewrite items up to `stop` or their delimiter: content and where reading goes on."""
        if depth > _MAX_DEPTH:
            raise CorruptDataError("sequences are nested too deeply", found=f"over {_MAX_DEPTH}")
        parts: list[bytes] = []
        while pos < stop:
            if stop - pos < 8:
                _fail(pos, "item header is cut off")
            tag, length = self.pair(self.value, pos)
            pos += 8
            if tag == _SEQUENCE_END:
                # A delimiter ends a sequence of defined length, too.
                return b"".join(parts), pos if undefined else stop
            if tag != _ITEM:
                raise Irregular(f"no item at offset {pos - 8}")
            if length == _UNDEFINED:
                content, pos = self.elements(pos, stop, True, depth)
            else:
                if pos + length > stop:
                    _fail(pos, "item reaches beyond its sequence")
                content, _ = self.elements(pos, pos + length, False, depth)
                pos += length
            parts += (item_header(len(content), "<"), content)
        if undefined:
            _fail(pos, "sequence has no delimiter")
        return b"".join(parts), pos

    def elements(self, pos: int, stop: int, undefined: bool, depth: int) -> tuple[bytes, int]:
        """Rewrite the elements of an item up to `stop` or its delimiter."""
        if not undefined and self.value.find(_MARK, pos, stop) < 0:
            return self.value[pos:stop], stop
        parts, copied = [], pos
        while pos < stop:
            tag, vr, length, content = self.header(pos, stop)
            if tag == _ITEM_END:
                parts.append(self.value[copied:pos])
                return b"".join(parts), content
            whole = (tag & 0xFFFF) << 16 | tag >> 16
            end = content + length
            if length == _UNDEFINED or self.is_sequence(whole, vr):
                if length != _UNDEFINED and end > stop:
                    _fail(content, "value reaches beyond its item")
                if length == _UNDEFINED and not self.may_be_sequence(whole, vr):
                    raise Irregular(f"undefined length at offset {pos}")
                endless = length == _UNDEFINED
                inner, end = self.items(content, stop if endless else end, endless, depth + 1)
                head = element_header(whole, "SQ", len(inner), self.implicit, "<")
                parts += (self.value[copied:pos], head, inner)
                copied = end
            if end > stop:
                _fail(content, "value reaches beyond its item")
            pos = end
        if undefined:
            _fail(pos, "item has no delimiter")
        parts.append(self.value[copied:stop])
        return b"".join(parts), stop

    def header(self, pos: int, stop: int) -> tuple[int, int, int, int]:
        """Tag, VR, length and offset of the value of the element at `pos`."""
        if stop - pos < 8:
            _fail(pos, "element header is cut off")
        tag, length = self.pair(self.value, pos)
        if self.implicit or tag == _ITEM_END:
            return tag, 0, length, pos + 8
        tag, vr, length = self.explicit(self.value, pos)
        if not IS_VR[vr]:
            raise Irregular(f"unknown VR at offset {pos}")
        if not IS_LONG[vr]:
            return tag, vr, length, pos + 8
        if stop - pos < 12:
            _fail(pos, "element header is cut off")
        return tag, vr, int.from_bytes(self.value[pos + 8 : pos + 12], "little"), pos + 12

    def may_be_sequence(self, tag: int, vr: int) -> bool:
        """Whether an element of undefined length is a sequence, as far as is known."""
        if not self.implicit:
            return vr == _SQ
        try:
            return dictionary_VR(tag) == "SQ"
        except KeyError:
            return True

    def is_sequence(self, tag: int, vr: int) -> bool:
        """Whether an element of defined length is a sequence."""
        if not self.implicit:
            return vr == _SQ
        try:
            return dictionary_VR(tag) == "SQ"
        except KeyError:
            return False


def _fail(offset: int, message: str) -> None:
    raise CorruptDataError(f"{message} (offset {offset} of the sequence)", clause="PS3.5 7.5")
