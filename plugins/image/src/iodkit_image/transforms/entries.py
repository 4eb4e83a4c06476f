"""Descriptors and entries of look-up tables, as elements of datasets (PS3.3 C.11.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import check_type
from iodkit.errors import CorruptDataError, InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = [
    "check_entries",
    "describe_entries",
    "encode_words",
    "read_descriptor",
    "read_entries",
    "words_in_little_endian",
    "write_descriptor",
]

_MAXIMUM_ENTRIES = 1 << 16


def check_entries(lut_data: NDArray[Any], attribute: str = "lut_data") -> NDArray[Any]:
    """Raise unless an array can be the entries of a look-up table.

    Parameters
    ----------
    lut_data : numpy.ndarray
        Entries, shape (entries,).
    attribute : str, optional
        What it is called in errors.

    Returns
    -------
    numpy.ndarray
        The entries.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If they are not one to 65 536 numbers of type uint8 or uint16.
    """
    entries = check_type(lut_data, np.ndarray, attribute)
    if entries.dtype not in (np.uint8, np.uint16):
        raise InvalidTypeError(
            "wrong type of entries",
            attribute=attribute,
            found=str(entries.dtype),
            expected="uint8 or uint16",
            clause="PS3.3 C.11.1.1",
        )
    if entries.ndim != 1 or not 1 <= len(entries) <= _MAXIMUM_ENTRIES:
        raise InvalidValueError(
            "wrong number of entries",
            attribute=attribute,
            found=entries.shape,
            expected=f"one dimension with 1 to {_MAXIMUM_ENTRIES} entries",
            clause="PS3.3 C.11.1.1",
        )
    return entries


def describe_entries(number: int, first_mapped_value: int, bits: int) -> list[int]:
    """Make the descriptor of a look-up table (PS3.3 C.11.1.1).

    Parameters
    ----------
    number : int
        Number of entries.
    first_mapped_value : int
        Value that the first one is for.
    bits : int
        Bits of each entry.

    Returns
    -------
    list[int]
        The three values.

    Raises
    ------
    InvalidValueError
        If the first mapped value does not fit into 16 bits.
    """
    first = int(first_mapped_value)
    if not -(1 << 15) <= first < 1 << 16:
        raise InvalidValueError(
            "does not fit into 16 bits",
            attribute="first_mapped_value",
            found=first,
            expected="-32768 to 65535",
            clause="PS3.3 C.11.1.1",
        )
    return [number % _MAXIMUM_ENTRIES, first, bits]


def write_descriptor(dataset: Dataset, keyword: str, values: list[int]) -> None:
    """Write a descriptor, signed where the first mapped value is negative.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Where it goes.
    keyword : str
        Keyword of the descriptor.
    values : list[int]
        The three values.

    Raises
    ------
    InvalidValueError
        If there are too many entries for signed numbers.
    """
    signed = values[1] < 0
    if signed and values[0] > 0x7FFF:
        raise InvalidValueError(
            "too many entries for a table that begins below zero",
            attribute=keyword,
            found=values[0],
            expected="at most 32767",
            clause="PS3.3 C.11.1.1",
        )
    dataset.add_new(keyword, "SS" if signed else "US", values)


def read_descriptor(dataset: Dataset, keyword: str) -> tuple[int, int, int]:
    """Read number of entries, first mapped value and bits of a look-up table.

    Parameters
    ----------
    dataset : pydicom.Dataset
        What has the table.
    keyword : str
        Keyword of the descriptor.

    Returns
    -------
    tuple[int, int, int]
        The three numbers; 65 536 entries are written as 0.

    Raises
    ------
    CorruptDataError
        If they are not there, or make no sense.
    """
    values = dataset.get(keyword)
    numbers = [int(v) for v in values] if values is not None and not isinstance(values, int) else []
    if len(numbers) != 3 or numbers[2] not in range(1, 17):
        raise CorruptDataError(
            "not the descriptor of a look-up table",
            attribute=keyword,
            found=values,
            expected="number of entries, first mapped value, and 8 to 16 bits",
            clause="PS3.3 C.11.1.1",
        )
    count = numbers[0] % _MAXIMUM_ENTRIES or _MAXIMUM_ENTRIES
    return count, numbers[1], numbers[2]


def words_in_little_endian(dataset: Dataset, keyword: str) -> Any:
    """Return the value of an element; encoded words of big-endian datasets with bytes swapped.

    Parameters
    ----------
    dataset : pydicom.Dataset
        What has the element.
    keyword : str
        Keyword of an element of VR OW, or of numbers.

    Returns
    -------
    object
        The value; ``None`` if there is none.
    """
    value = dataset.get(keyword)
    if isinstance(value, bytes) and dataset.original_encoding[1] is False:
        return np.frombuffer(value, ">u2").astype("<u2").tobytes()
    return value


def read_entries(value: Any, count: int, bits: int, keyword: str) -> NDArray[Any]:
    """Read the entries of a look-up table, which may be bytes, words or numbers.

    Parameters
    ----------
    value : bytes | int | Sequence[int]
        Value of the element.
    count : int
        Number of entries by the descriptor.
    bits : int
        Bits of each entry by the descriptor.
    keyword : str
        Keyword of the element, for errors.

    Returns
    -------
    numpy.ndarray
        Entries, shape (count,), type uint8 or uint16, read-only.

    Raises
    ------
    CorruptDataError
        If there are fewer.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        size = len(value)
        # Eight-bit entries lie two to a word, or one to a word with a high byte of zero.
        packed = size < 2 * count
        entries: NDArray[Any] = np.frombuffer(value, np.uint8 if packed else "<u2")
    else:
        entries = np.atleast_1d(np.array(value if value is not None else [], np.uint16))
    if len(entries) < count:
        raise CorruptDataError(
            "the look-up table has fewer entries than it says",
            attribute=keyword,
            found=len(entries),
            expected=str(count),
            clause="PS3.3 C.11.1.1",
        )
    small = bits <= 8 and not (entries[:count] > 0xFF).any()
    out = entries[:count].astype(np.uint8 if small else np.uint16)
    out.flags.writeable = False
    return out


def encode_words(entries: NDArray[Any]) -> bytes:
    """Encode entries as the value of an OW element.

    Parameters
    ----------
    entries : numpy.ndarray
        Entries of type uint8 or uint16.

    Returns
    -------
    bytes
        The entries in little endian, filled up to an even length.
    """
    data = entries.astype(entries.dtype.newbyteorder("<")).tobytes()
    return data + b"\0" * (len(data) % 2)
