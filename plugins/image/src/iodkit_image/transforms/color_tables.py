"""The look-up table of one colour of a palette, written out or as segments (PS3.3 C.7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataelem import DataElement

from iodkit.elements import DicomItem
from iodkit.errors import CorruptDataError, InvalidValueError, MissingAttributeError
from iodkit_image.transforms.entries import (
    check_entries,
    describe_entries,
    encode_words,
    read_descriptor,
    read_entries,
    words_in_little_endian,
    write_descriptor,
)
from iodkit_image.transforms.functions import apply_lut
from iodkit_image.transforms.segments import expand_segments

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import DTypeLike, NDArray
    from pydicom.dataset import Dataset

__all__ = ["COLORS", "PaletteColorLUT", "SegmentedPaletteColorLUT"]

COLORS = ("Red", "Green", "Blue")


class _OneColor(DicomItem):
    """The table of one colour; which one is in the names of its attributes."""

    _DATA = "{}PaletteColorLookupTableData"

    def _write(self, first_mapped_value: int, data: NDArray[Any], count: int, color: str) -> None:
        name = _color(color)
        bits = 8 * data.dtype.itemsize
        descriptor = describe_entries(count, first_mapped_value, bits)
        write_descriptor(self, f"{name}PaletteColorLookupTableDescriptor", descriptor)
        self.add_new(self._DATA.format(name), "OW", encode_words(data))

    @property
    def color(self) -> str:
        """str: ``"red"``, ``"green"`` or ``"blue"``."""
        for name in COLORS:
            if f"{name}PaletteColorLookupTableDescriptor" in self:
                return name.lower()
        raise MissingAttributeError(
            "there is no look-up table",
            attribute="RedPaletteColorLookupTableDescriptor",
            clause="PS3.3 C.7.9",
        )

    def _descriptor(self) -> tuple[int, int, int]:
        return read_descriptor(self, f"{self.color.title()}PaletteColorLookupTableDescriptor")

    @property
    def number_of_entries(self) -> int:
        """int: Number of entries."""
        return self._descriptor()[0]

    @property
    def first_mapped_value(self) -> int:
        """int: Stored value that the first entry is for."""
        return self._descriptor()[1]

    @property
    def bits_per_entry(self) -> int:
        """int: Bits of each entry."""
        return self._descriptor()[2]

    @property
    def lut_data(self) -> NDArray[Any]:
        """numpy.ndarray: Entries, shape (entries,), of type uint8 or uint16; read-only."""
        keyword = self._DATA.format(self.color.title())
        count, _, bits = self._descriptor()
        return read_entries(self.get(keyword), count, bits, keyword)

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

    @classmethod
    def extract_from_dataset(cls, dataset: Dataset, color: str) -> Self:
        """Take the table of one colour from an image or a palette.

        Parameters
        ----------
        dataset : pydicom.Dataset
            What has the palette.
        color : str
            ``"red"``, ``"green"`` or ``"blue"``.

        Returns
        -------
        PaletteColorLUT | SegmentedPaletteColorLUT
            The table.

        Raises
        ------
        MissingAttributeError
            If there is none.
        """
        name = _color(color)
        made = cls.__new__(cls)
        DicomItem.__init__(made)
        for keyword in (f"{name}PaletteColorLookupTableDescriptor", cls._DATA.format(name)):
            if keyword not in dataset:
                raise MissingAttributeError(
                    "there is no such look-up table", attribute=keyword, clause="PS3.3 C.7.9"
                )
            element = dataset[keyword]
            made[keyword] = element
            if isinstance(element.value, bytes):
                value = words_in_little_endian(dataset, keyword)
                made[keyword] = DataElement(element.tag, element.VR, value)
        return made


class PaletteColorLUT(_OneColor):
    """The look-up table of one colour (PS3.3 C.7.9).

    Parameters
    ----------
    first_mapped_value : int
        Stored value that the first entry is for.
    lut_data : numpy.ndarray
        Entries, shape (entries,), of type uint8 or uint16.
    color : str
        ``"red"``, ``"green"`` or ``"blue"``.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the entries cannot be stored, or there is no such colour.
    """

    def __init__(self, first_mapped_value: int, lut_data: NDArray[Any], color: str) -> None:
        super().__init__()
        entries = check_entries(lut_data)
        self._write(first_mapped_value, entries, len(entries), color)


class SegmentedPaletteColorLUT(_OneColor):
    """The look-up table of one colour, written as segments (PS3.3 C.7.9.2).

    Parameters
    ----------
    first_mapped_value : int
        Stored value that the first entry is for.
    segmented_lut_data : numpy.ndarray
        Segments, shape (n,), of type uint8 or uint16.
    color : str
        ``"red"``, ``"green"`` or ``"blue"``.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the segments cannot be stored, or there is no such colour.
    CorruptDataError
        If they make no sense.
    """

    _DATA = "Segmented{}PaletteColorLookupTableData"

    def __init__(
        self, first_mapped_value: int, segmented_lut_data: NDArray[Any], color: str
    ) -> None:
        super().__init__()
        segments = check_entries(segmented_lut_data, "segmented_lut_data")
        count = len(expand_segments(segments, 1 << 16))
        self._write(first_mapped_value, segments, count, color)

    @property
    def segmented_lut_data(self) -> NDArray[Any]:
        """numpy.ndarray: Segments, shape (n,), of type uint8 or uint16; read-only."""
        keyword = self._DATA.format(self.color.title())
        value = self.get(keyword)
        if not isinstance(value, bytes):
            return np.array(value, np.uint16)
        return np.frombuffer(value, np.uint8 if self.bits_per_entry <= 8 else "<u2")

    @property
    def lut_data(self) -> NDArray[Any]:
        """numpy.ndarray: Entries that the segments stand for, shape (entries,); read-only."""
        entries = expand_segments(self.segmented_lut_data, self.number_of_entries)
        if len(entries) != self.number_of_entries:
            raise CorruptDataError(
                "segments make fewer entries than the descriptor says",
                attribute=self._DATA.format(self.color.title()),
                found=len(entries),
                expected=str(self.number_of_entries),
                clause="PS3.3 C.7.9.2",
            )
        entries.flags.writeable = False
        return entries


def _color(color: str) -> str:
    name = color.title() if isinstance(color, str) else ""
    if name not in COLORS:
        raise InvalidValueError(
            "no such table in a palette",
            attribute="color",
            found=color,
            expected="'red', 'green' or 'blue'",
        )
    return name
