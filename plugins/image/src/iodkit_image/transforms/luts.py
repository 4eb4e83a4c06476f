"""Look-up tables for grey values, as items of their sequences (PS3.3 C.11.1, C.11.2, C.11.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import DicomItem, check_text, check_type, coerce_enum
from iodkit.errors import CorruptDataError, InvalidTypeError, InvalidValueError
from iodkit.standard.enums import RescaleTypeValues
from iodkit_image.transforms.functions import apply_lut, check_output_range, float_dtype

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import DTypeLike, NDArray
    from pydicom.dataset import Dataset

__all__ = [
    "LUT",
    "VOILUT",
    "ModalityLUT",
    "PresentationLUT",
    "check_entries",
    "describe_entries",
    "read_descriptor",
    "read_entries",
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


class LUT(DicomItem):
    """A look-up table for grey values.

    Parameters
    ----------
    first_mapped_value : int
        Value that the first entry is for.
    lut_data : numpy.ndarray
        Entries, shape (entries,), of type uint8 or uint16.
    lut_explanation : str | None, optional
        What the table is for.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the entries cannot be stored.
    """

    def __init__(
        self,
        first_mapped_value: int,
        lut_data: NDArray[Any],
        lut_explanation: str | None = None,
    ) -> None:
        super().__init__()
        entries = check_entries(lut_data)
        bits = 8 * entries.dtype.itemsize
        write_descriptor(
            self, "LUTDescriptor", describe_entries(len(entries), first_mapped_value, bits)
        )
        data = entries.astype(entries.dtype.newbyteorder("<")).tobytes()
        self.add_new("LUTData", "OW", data + b"\0" * (len(data) % 2))
        if lut_explanation is not None:
            self.LUTExplanation = check_text(lut_explanation, "LO", "LUTExplanation")

    @classmethod
    def from_dataset(cls, dataset: Dataset, copy: bool = True) -> Self:
        """Make a table of an item of a sequence.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Item with a look-up table.
        copy : bool, optional
            Whether the elements are copied.

        Returns
        -------
        LUT
            The table.

        Raises
        ------
        CorruptDataError
            If descriptor or entries are missing.
        """
        made = super().from_dataset(dataset, copy=copy)
        _ = made.lut_data
        return made

    @property
    def lut_data(self) -> NDArray[Any]:
        """numpy.ndarray: Entries, shape (entries,), of type uint8 or uint16; read-only."""
        count, _, bits = read_descriptor(self, "LUTDescriptor")
        return read_entries(words_in_little_endian(self, "LUTData"), count, bits, "LUTData")

    @property
    def number_of_entries(self) -> int:
        """int: Number of entries."""
        return read_descriptor(self, "LUTDescriptor")[0]

    @property
    def first_mapped_value(self) -> int:
        """int: Value that the first entry is for."""
        return read_descriptor(self, "LUTDescriptor")[1]

    @property
    def bits_per_entry(self) -> int:
        """int: Bits of each entry."""
        return read_descriptor(self, "LUTDescriptor")[2]

    def get_scaled_lut_data(
        self,
        output_range: tuple[float, float] = (0.0, 1.0),
        dtype: DTypeLike | None = np.float64,
        invert: bool = False,
    ) -> NDArray[Any]:
        """Scale the entries to a range.

        Parameters
        ----------
        output_range : tuple[float, float], optional
            What the lowest and the highest entry become.
        dtype : numpy.dtype | None, optional
            Floating-point type of the output.
        invert : bool, optional
            Whether the ends of the range are exchanged.

        Returns
        -------
        numpy.ndarray
            Scaled entries, shape (entries,).
        """
        low, high = check_output_range(output_range)
        if invert:
            low, high = high, low
        chosen = float_dtype(dtype)
        entries = self.lut_data.astype(np.float64)
        lowest, extent = entries.min(), np.ptp(entries)
        fractions = (entries - lowest) / extent if extent else np.zeros(len(entries))
        return (fractions * (high - low) + low).astype(chosen)

    def get_inverted_lut_data(self) -> NDArray[Any]:
        """Exchange dark and bright.

        Returns
        -------
        numpy.ndarray
            Sum of the lowest and the highest entry, less each entry; shape (entries,).
        """
        entries = self.lut_data
        total = int(entries.min()) + int(entries.max())
        return (total - entries.astype(np.int64)).astype(entries.dtype)

    def apply(self, array: NDArray[Any], dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Replace each value by its entry; see :func:`apply_lut`.

        Parameters
        ----------
        array : numpy.ndarray
            Integers of any shape.
        dtype : numpy.dtype | None, optional
            Type of the output; by default that of the entries.

        Returns
        -------
        numpy.ndarray
            Entry for each value.
        """
        return apply_lut(array, self.lut_data, self.first_mapped_value, dtype=dtype)


class ModalityLUT(LUT):
    """A look-up table from stored to modality values (PS3.3 C.11.1).

    Parameters
    ----------
    lut_type : RescaleTypeValues | str
        Unit of the output, for example ``"HU"``; ``"US"`` for unspecified.
    first_mapped_value : int
        Stored value that the first entry is for.
    lut_data : numpy.ndarray
        Entries, shape (entries,), of type uint8 or uint16.
    lut_explanation : str | None, optional
        What the table is for.
    """

    def __init__(
        self,
        lut_type: RescaleTypeValues | str,
        first_mapped_value: int,
        lut_data: NDArray[Any],
        lut_explanation: str | None = None,
    ) -> None:
        super().__init__(first_mapped_value, lut_data, lut_explanation)
        self.ModalityLUTType = rescale_type(lut_type, "lut_type")


class VOILUT(LUT):
    """A look-up table from modality values to values of interest (PS3.3 C.11.2)."""


class PresentationLUT(LUT):
    """A look-up table to perceptual values (PS3.3 C.11.6)."""


def rescale_type(value: RescaleTypeValues | str, attribute: str) -> str:
    """Return the unit of modality values; terms that the standard does not define are kept."""
    if isinstance(value, str) and value not in {term.value for term in RescaleTypeValues}:
        text = check_text(value, "LO", attribute)
        assert text is not None
        return text
    term: str = coerce_enum(value, RescaleTypeValues, attribute).value
    return term
