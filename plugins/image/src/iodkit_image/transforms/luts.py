"""Look-up tables for grey values, as items of their sequences (PS3.3 C.11.1, C.11.2, C.11.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import DicomItem, check_text, coerce_enum
from iodkit.standard.enums import RescaleTypeValues
from iodkit_image.transforms.entries import (
    check_entries,
    describe_entries,
    encode_words,
    read_descriptor,
    read_entries,
    words_in_little_endian,
    write_descriptor,
)
from iodkit_image.transforms.functions import apply_lut, check_output_range, float_dtype

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import DTypeLike, NDArray
    from pydicom.dataset import Dataset

__all__ = ["LUT", "VOILUT", "ModalityLUT", "PresentationLUT", "rescale_type"]


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
        self.add_new("LUTData", "OW", encode_words(entries))
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
