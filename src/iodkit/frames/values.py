"""Columns of attribute values as encoded elements, by VR (PS3.5 6.2)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import format_decimal
from iodkit.elements.chinese import encode_name, encode_text
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.frames.headers import Encoding, element_header
from iodkit.frames.pools import Pool
from iodkit.frames.texts import BYTE_VRS, SINGLE_TEXT_VRS, check_values, integer_text, one_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["BINARY_DTYPES", "LeafColumn", "make_leaf"]

BINARY_DTYPES = {
    "US": "u2", "SS": "i2", "UL": "u4", "SL": "i4", "UV": "u8", "SV": "i8",
    "FL": "f4", "FD": "f8", "AT": "u4",
}  # fmt: skip
_TEXT_WITH_CHARSET = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))


class LeafColumn:
    """The values of one attribute in all frames.

    Parameters
    ----------
    tag : int
        Tag of the attribute.
    vr : str
        Its VR.
    rows : numpy.ndarray or list
        Distinct values: an array of shape ``(m, k)`` for binary numbers, otherwise a list of
        text, of bytes, or of arrays for binary numbers whose count differs.
    codes : numpy.ndarray
        Number of each frame's row, shape ``(n,)``; -1 where the attribute is absent.
    """

    __slots__ = ("codes", "rows", "tag", "vr")

    def __init__(
        self, tag: int, vr: str, rows: NDArray[Any] | list[Any], codes: NDArray[np.intp]
    ) -> None:
        self.tag, self.vr, self.rows, self.codes = tag, vr, rows, codes

    def encode(self, encoding: Encoding) -> Pool:
        """Encode the element once per distinct value."""
        if isinstance(self.rows, np.ndarray):
            return Pool(self._encode_numbers(self.rows, encoding), self.codes)
        entries = []
        pad = b"\0" if self.vr == "UI" or self.vr in BYTE_VRS else b" "
        for row in self.rows:
            value = self._encode_row(row, encoding)
            if len(value) % 2:
                value += pad
            head = element_header(
                self.tag, self.vr, len(value), encoding.implicit_vr, encoding.order
            )
            entries.append(head + value)
        return Pool(entries, self.codes)

    def take(self, index: NDArray[np.intp]) -> LeafColumn:
        """Make the column of frames that have the rows of these numbers, -1 for none."""
        codes = np.append(self.codes, -1)[index]
        return LeafColumn(self.tag, self.vr, self.rows, codes)

    def _encode_row(self, row: Any, encoding: Encoding) -> bytes:
        if isinstance(row, bytes):
            return row
        if isinstance(row, np.ndarray):
            encoded: bytes = row.astype(f"{encoding.order}{BINARY_DTYPES[self.vr]}").tobytes()
            return encoded
        return self._encode_text(row, encoding)

    def _encode_numbers(self, rows: NDArray[Any], encoding: Encoding) -> list[bytes]:
        if not len(rows):
            return []
        if self.vr == "AT":
            words = np.stack([rows >> 16, rows & 0xFFFF], axis=-1)
            body = words.astype(f"{encoding.order}u2").reshape(len(rows), -1).view("u1")
        else:
            dtype = f"{encoding.order}{BINARY_DTYPES[self.vr]}"
            body = np.ascontiguousarray(rows, dtype).view("u1").reshape(len(rows), -1)
        head = element_header(
            self.tag, self.vr, body.shape[1], encoding.implicit_vr, encoding.order
        )
        whole = np.empty((len(rows), len(head) + body.shape[1]), np.uint8)
        whole[:, : len(head)] = np.frombuffer(head, np.uint8)
        whole[:, len(head) :] = body
        entries: list[bytes] = whole.view(f"V{whole.shape[1]}")[:, 0].tolist()
        return entries

    def _encode_text(self, text: str, encoding: Encoding) -> bytes:
        if self.vr in _TEXT_WITH_CHARSET:
            if text.isascii():
                return text.encode("ascii")
            codecs = list(encoding.encodings)
            if self.vr == "PN":
                return b"\\".join(encode_name(name, codecs) for name in text.split("\\"))
            # Each value starts in the first character set again (PS3.5 6.1.2.5.3).
            parts = [text] if self.vr in SINGLE_TEXT_VRS else text.split("\\")
            return b"\\".join(encode_text(part, codecs) for part in parts)
        try:
            return text.encode("ascii")
        except UnicodeEncodeError:
            raise InvalidValueError(
                f"VR {self.vr} holds ASCII text only", found=text, clause="PS3.5 6.2"
            ) from None


def make_leaf(tag: int, vr: str, values: object, n: int, path: str) -> LeafColumn:
    """Make the column of an attribute from a value per frame.

    Parameters
    ----------
    tag : int
        Tag of the attribute.
    vr : str
        Its VR.
    values : array_like or sequence
        First axis (or length) is the frames'; None, NaN (for numbers) and masked values are
        absent.
    n : int
        Number of frames.
    path : str
        For errors.

    Returns
    -------
    LeafColumn
        The column.

    Raises
    ------
    InvalidValueError
        If the number of values is not that of the frames, or a value does not fit its VR.
    """
    given: Any = values
    if not hasattr(given, "__len__") or isinstance(given, (str, bytes)) or len(given) != n:
        found = "one value" if not hasattr(given, "__len__") else f"{len(given)} values"
        raise InvalidValueError(
            "one value per frame is needed",
            attribute=path,
            found=found,
            expected=f"{n} values",
            remedy="Use set_constant for a value that all frames share.",
        )
    if vr in BINARY_DTYPES:
        return _binary_leaf(tag, vr, values, path)
    if vr in {"DS", "IS"}:
        return _number_text_leaf(tag, vr, values, path)
    return _distinct_leaf(tag, vr, list(values), path)  # type: ignore[call-overload]


def _binary_leaf(tag: int, vr: str, values: Any, path: str) -> LeafColumn:
    array, absent = _as_numbers(values, path)
    if array is None:
        rows = [None if v is None else np.atleast_1d(np.asarray(v)) for v in values]
        return _ragged_binary(tag, vr, rows, path)
    if absent is None:
        return LeafColumn(tag, vr, _fit(array, vr, path), np.arange(len(array), dtype=np.intp))
    codes = np.where(absent, -1, np.cumsum(~absent) - 1)
    return LeafColumn(tag, vr, _fit(array[~absent], vr, path), codes.astype(np.intp))


def _ragged_binary(tag: int, vr: str, rows: list[Any], path: str) -> LeafColumn:
    """Numbers whose count differs between frames: each distinct value as bytes."""
    if vr == "AT":
        raise InvalidValueError("all frames need the same number of tags", attribute=path)
    codes = np.array([-1 if row is None else 0 for row in rows], np.intp)
    codes[codes == 0] = np.arange(int((codes == 0).sum()))
    fitted = [_fit(row[None], vr, path)[0] for row in rows if row is not None]
    return LeafColumn(tag, vr, fitted, codes)


def _as_numbers(values: Any, path: str) -> tuple[NDArray[Any] | None, NDArray[np.bool_] | None]:
    """Numbers as an array ``(n, k)`` and which rows are absent; no array if rows are ragged."""
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    try:
        array = np.asarray(values)
    except ValueError:
        return None, None
    if array.dtype == object:
        missing = np.array([v is None for v in values])
        if not missing.any():
            return None, None
        filled = [v for v in values if v is not None]
        try:
            known = np.asarray(filled or [0])
        except ValueError:
            return None, None
        array = np.zeros((len(missing), *known.shape[1:]), known.dtype)
        if filled:
            array[~missing] = known
        mask = missing.reshape(-1, *[1] * (array.ndim - 1))
    if array.dtype.kind not in "iufb":
        raise InvalidTypeError("numbers are needed", attribute=path, found=str(array.dtype))
    array = array.reshape(len(array), -1)
    absent: Any = None
    if mask is not None:
        absent = np.broadcast_to(mask.reshape(len(array), -1), array.shape).any(axis=1)
    if array.dtype.kind == "f":
        nan = np.isnan(array).any(axis=1)
        absent = nan if absent is None else absent | nan
    return array, absent if absent is not None and absent.any() else None


def _fit(array: NDArray[Any], vr: str, path: str) -> NDArray[Any]:
    """Convert to the VR's type, and refuse what would change by it."""
    dtype = np.dtype(BINARY_DTYPES[vr])
    if dtype.kind == "f":
        return np.ascontiguousarray(array, dtype)
    info = np.iinfo(dtype)
    if array.size and (array.min() < info.min or array.max() > info.max):
        bad = array.min() if array.min() < info.min else array.max()
        raise InvalidValueError(
            f"number does not fit into VR {vr}",
            attribute=path,
            found=bad.item(),
            expected=f"{info.min} to {info.max}",
            clause="PS3.5 6.2",
        )
    fitted = array.astype(dtype)
    if array.dtype.kind == "f" and not np.array_equal(fitted, array):
        raise InvalidValueError(f"VR {vr} holds whole numbers only", attribute=path)
    return fitted


def _number_text_leaf(tag: int, vr: str, values: Any, path: str) -> LeafColumn:
    """Decimal and integer strings: numbers in an array, or anything item by item."""
    if getattr(values, "dtype", None) is None:
        with contextlib.suppress(ValueError):
            values = np.asarray(values)
    dtype = getattr(values, "dtype", None)
    if dtype is None or dtype.kind not in "iuf":
        return _distinct_leaf(tag, vr, list(values), path)
    array, absent = _as_numbers(values, path)
    assert array is not None
    array = np.ascontiguousarray(array)
    keys = array.view(f"V{array.itemsize * array.shape[1]}")[:, 0].tolist()
    found: dict[bytes, int] = {}
    codes = np.fromiter((found.setdefault(k, len(found)) for k in keys), np.intp, len(keys))
    first = np.zeros(len(found), np.intp)
    first[codes[::-1]] = np.arange(len(keys) - 1, -1, -1)
    convert: Callable[[Any], str] = format_decimal if vr == "DS" else integer_text(path)
    texts: dict[Any, str] = {}
    rows = []
    skipped = set() if absent is None else set(np.unique(codes[absent]).tolist())
    for number, row in enumerate(array[first].tolist()):
        if number in skipped:
            rows.append("")
            continue
        for x in row:
            if x not in texts:
                texts[x] = convert(x)
        rows.append("\\".join([texts[x] for x in row]))
    if absent is not None:
        codes[absent] = -1
    return LeafColumn(tag, vr, rows, codes)


def _distinct_leaf(tag: int, vr: str, values: list[Any], path: str) -> LeafColumn:
    found: dict[Any, int] = {}
    codes = np.empty(len(values), np.intp)
    for position, value in enumerate(values):
        if value is None or value is np.ma.masked:
            codes[position] = -1
            continue
        codes[position] = found.setdefault(one_value(value, vr, path), len(found))
    if vr not in BYTE_VRS:
        for text in found:
            check_values(text, vr, path)
    return LeafColumn(tag, vr, list(found), codes)
