"""Values of an attribute in many items, from bytes to typed arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.valuerep import TEXT_VR_DELIMS, VR

from iodkit.elements.chinese import decode_text
from iodkit.errors import CorruptDataError, InvalidValueError
from iodkit.frames.levels import gather
from iodkit.frames.ragged import Ragged
from iodkit.frames.values import BINARY_DTYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from iodkit.frames.charsets import Charsets
    from iodkit.frames.levels import ItemLevel, Spans

__all__ = ["decode_values"]

_SINGLE_TEXT = frozenset(("LT", "ST", "UT", "UR"))
_WITH_CHARSET = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_KNOWN = frozenset(vr.value for vr in VR)
_BYTES = frozenset(("OB", "OW", "OL", "OF", "OD", "OV", "UN"))


def decode_values(
    level: ItemLevel,
    span: Spans,
    vr: str | None,
    charsets: Charsets,
    path: str,
    *,
    signed: bool,
) -> tuple[str, Ragged]:
    """Decode the values of an attribute.

    Parameters
    ----------
    level : ItemLevel
        Items that hold the attribute.
    span : Spans
        Where its values stand.
    vr : str or None
        VR by the data dictionary, for elements that carry none or UN.
    charsets : Charsets
        Character sets of text in the items.
    path : str
        For errors.
    signed : bool
        Whether pixels are signed, which values of VR "US or SS" depend on.

    Returns
    -------
    vr : str
        VR of the values.
    values : Ragged
        Values of each item of `level`, rows of length 0 where it has none.
    """
    codes = np.unique(span.vr)
    vrs = {int(code): _resolve(int(code), vr, signed=signed) for code in codes}
    parts: list[tuple[Any, Any, Any]] = []
    for code, name in vrs.items():
        of_vr = np.flatnonzero(span.vr == code) if len(codes) > 1 else np.arange(len(span.owner))
        lengths = span.length[of_vr]
        for length in np.unique(lengths).tolist():
            rows = of_vr[lengths == length]
            if length == 0 or name == "SQ":  # a sequence has items, not values
                continue
            packed = gather(level.buffer, span.offset[rows], length)
            for some, charset in charsets.split(span.owner[rows]):
                values, counts = _decode(packed[some], name, charsets.encodings[charset], path)
                parts.append((span.owner[rows[some]], counts, values))
    return next(iter(vrs.values())), _arrange(parts, len(level))


def _resolve(code: int, vr: str | None, *, signed: bool) -> str:
    own = code.to_bytes(2, "little").decode("latin-1") if code else None
    if own in {None, "UN"}:
        own = vr or "UN"
    if own in {"US or SS", "US or SS or OW"}:
        return "SS" if signed else "US"
    own = {"US or OW": "US", "OB or OW": "OW"}.get(own or "", own or "UN")
    return own if own in _KNOWN else "UN"


def _arrange(parts: list[tuple[Any, Any, Any]], n: int) -> Ragged:
    """Put values that were decoded in groups into the order of the items."""
    counts = np.zeros(n, np.intp)
    for owner, count, _ in parts:
        counts[owner] = count
    offsets = np.zeros(n + 1, np.intp)
    np.cumsum(counts, out=offsets[1:])
    if not parts:
        return Ragged(np.zeros(0), offsets)
    kinds = {values.dtype for _, _, values in parts}
    dtype = kinds.pop() if len(kinds) == 1 else _common(kinds)
    if len(parts) == 1:
        return Ragged(parts[0][2].reshape(-1), offsets)
    flat = np.empty(int(offsets[-1]), dtype)
    for owner, count, values in parts:
        first = np.repeat(offsets[owner], count)
        within = np.arange(len(values)) - np.repeat(np.cumsum(count) - count, count)
        flat[first + within] = values
    return Ragged(flat, offsets)


def _common(kinds: set[Any]) -> Any:
    if all(kind.kind in "iuf" for kind in kinds):
        return np.float64
    return object


def _decode(
    packed: NDArray[Any], vr: str, encodings: Sequence[str], path: str
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Flat values and the number of them in each row."""
    if vr in BINARY_DTYPES:
        return _decode_binary(packed, vr, path)
    n = len(packed)
    if vr in _BYTES:
        values = np.empty(n, object)
        values[:] = packed.tolist()
        return values, np.ones(n, np.intp)
    convert: Callable[[bytes], list[Any]]
    dtype: Any
    if vr in {"DS", "IS"}:
        convert, dtype = _number_parser(vr, path), np.float64 if vr == "DS" else np.int64
    else:
        convert, dtype = _text_parser(vr, encodings), object
    return _decode_distinct(packed, convert, dtype)


def _decode_binary(
    packed: NDArray[Any], vr: str, path: str
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    dtype = np.dtype(f"<{BINARY_DTYPES[vr]}")
    if packed.dtype.itemsize % dtype.itemsize:
        raise CorruptDataError(
            f"value of VR {vr} has a wrong length",
            attribute=path,
            found=f"{packed.dtype.itemsize} bytes",
            expected=f"a multiple of {dtype.itemsize}",
            clause="PS3.5 6.2",
        )
    k = packed.dtype.itemsize // dtype.itemsize
    values = packed.view(dtype)
    if vr == "AT":
        words = packed.view("<u2").astype(np.int64).reshape(-1, 2)
        values = words[:, 0] << 16 | words[:, 1]
    if dtype.kind == "f":
        values = values.astype(np.float64)
    elif vr != "UV":
        values = values.astype(np.int64)
    return values, np.full(len(packed), k, np.intp)


def _decode_distinct(
    packed: NDArray[Any], convert: Callable[[bytes], list[Any]], dtype: Any
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Convert each distinct value once."""
    seen: dict[bytes, list[Any]] = {}
    rows = []
    for value in packed.tolist():
        row = seen.get(value)
        if row is None:
            row = seen[value] = convert(value)
        rows.append(row)
    counts = np.fromiter(map(len, rows), np.intp, len(rows))
    flat = np.empty(int(counts.sum()), dtype)
    flat[:] = [x for row in rows for x in row]
    return flat, counts


def _number_parser(vr: str, path: str) -> Callable[[bytes], list[Any]]:
    def convert(value: bytes) -> list[Any]:
        text = value.strip(b" \0")
        if not text:
            return []
        try:
            if vr == "DS":
                return [float(x) if x.strip() else np.nan for x in text.split(b"\\")]
            return [_integer(x) for x in text.split(b"\\")]
        except ValueError:
            raise InvalidValueError(
                f"value is no number of VR {vr}",
                attribute=path,
                found=text.decode("latin-1"),
                clause="PS3.5 6.2",
            ) from None

    return convert


def _integer(text: bytes) -> int:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if number != int(number):
            raise
        return int(number)


def _text_parser(vr: str, encodings: Sequence[str]) -> Callable[[bytes], list[Any]]:
    codecs = list(encodings) if vr in _WITH_CHARSET else ["iso8859"]

    def values(parts: list[str]) -> list[Any]:
        if vr in {"AE", "UI"}:
            return [part.strip() for part in parts]
        return [part.rstrip("\0 ") for part in parts]

    def convert(value: bytes) -> list[Any]:
        # Code extensions are ASCII bytes too, after an escape.
        if value.isascii() and b"\x1b" not in value:
            text = value.decode("ascii")
        else:
            text = decode_text(value, codecs, TEXT_VR_DELIMS)
        text = text.rstrip("\0 ")
        if not text:
            return []
        return [text] if vr in _SINGLE_TEXT else values(text.split("\\"))

    return convert
