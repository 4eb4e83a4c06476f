"""Palettes: look-up tables from stored values to colours (PS3.3 C.7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ImageColor
from pydicom.uid import UID

from iodkit.elements import DicomItem, check_type, check_uid
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit_image.transforms.color_tables import (
    COLORS,
    PaletteColorLUT,
    SegmentedPaletteColorLUT,
)
from iodkit_image.transforms.functions import apply_lut

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from numpy.typing import DTypeLike, NDArray
    from pydicom.dataset import Dataset

__all__ = ["PaletteColorLUTTransformation"]


class PaletteColorLUTTransformation(DicomItem):
    """A palette: look-up tables for red, green and blue (PS3.3 C.7.9).

    Parameters
    ----------
    red_lut, green_lut, blue_lut : PaletteColorLUT | SegmentedPaletteColorLUT
        Tables of one kind, with the same number of entries, first mapped value and bits.
    palette_color_lut_uid : str | pydicom.uid.UID | None, optional
        Identifier of the palette.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the tables do not belong together.
    """

    def __init__(
        self,
        red_lut: PaletteColorLUT | SegmentedPaletteColorLUT,
        green_lut: PaletteColorLUT | SegmentedPaletteColorLUT,
        blue_lut: PaletteColorLUT | SegmentedPaletteColorLUT,
        palette_color_lut_uid: UID | str | None = None,
    ) -> None:
        super().__init__()
        tables = (red_lut, green_lut, blue_lut)
        for name, table in zip(COLORS, tables, strict=True):
            attribute = f"{name.lower()}_lut"
            check_type(table, (PaletteColorLUT, SegmentedPaletteColorLUT), attribute)
            if table.color != name.lower():
                raise InvalidValueError(
                    "the table of another colour",
                    attribute=attribute,
                    found=table.color,
                    expected=name.lower(),
                )
        if len({type(table) for table in tables}) > 1:
            raise InvalidTypeError(
                "tables of two kinds",
                attribute="red_lut",
                found=sorted({type(table).__name__ for table in tables}),
                expected="segmented ones, or none",
            )
        for what in ("number_of_entries", "first_mapped_value", "bits_per_entry"):
            values = [getattr(table, what) for table in tables]
            if len(set(values)) > 1:
                raise InvalidValueError(
                    f"the tables differ in {what}",
                    attribute=what,
                    found=values,
                    expected="one value",
                    clause="PS3.3 C.7.9",
                )
        for table in tables:
            for element in table:
                self[element.tag] = element
        if palette_color_lut_uid is not None:
            uid = check_uid(palette_color_lut_uid, "PaletteColorLookupTableUID")
            self.PaletteColorLookupTableUID = UID(uid)

    @classmethod
    def from_combined_lut(
        cls,
        lut_data: NDArray[Any],
        first_mapped_value: int = 0,
        palette_color_lut_uid: UID | str | None = None,
    ) -> Self:
        """Make a palette of an array of colours.

        Parameters
        ----------
        lut_data : numpy.ndarray
            Colours, shape (entries, 3), of type uint8 or uint16.
        first_mapped_value : int, optional
            Stored value that the first colour is for.
        palette_color_lut_uid : str | pydicom.uid.UID | None, optional
            Identifier of the palette.

        Returns
        -------
        PaletteColorLUTTransformation
            The palette.

        Raises
        ------
        InvalidValueError
            If the array has another shape.
        """
        colors = check_type(lut_data, np.ndarray, "lut_data")
        if colors.ndim != 2 or colors.shape[1] != 3:
            raise InvalidValueError(
                "not an array of colours",
                attribute="lut_data",
                found=colors.shape,
                expected="(entries, 3)",
            )
        red, green, blue = (
            PaletteColorLUT(first_mapped_value, colors[:, index], name.lower())
            for index, name in enumerate(COLORS)
        )
        return cls(red, green, blue, palette_color_lut_uid)

    @classmethod
    def from_colors(
        cls,
        colors: Sequence[str],
        first_mapped_value: int = 0,
        palette_color_lut_uid: UID | str | None = None,
    ) -> Self:
        """Make a palette of names of colours.

        Parameters
        ----------
        colors : Sequence[str]
            Names or codes of CSS, such as ``"red"``, ``"#ff0000"`` or ``"rgb(255, 0, 0)"``.
        first_mapped_value : int, optional
            Stored value that the first colour is for.
        palette_color_lut_uid : str | pydicom.uid.UID | None, optional
            Identifier of the palette.

        Returns
        -------
        PaletteColorLUTTransformation
            The palette, of 8 bits.

        Raises
        ------
        InvalidValueError
            If there is no such colour.
        """
        if isinstance(colors, str) or not len(colors):
            raise InvalidValueError(
                "a list of colours is needed", attribute="colors", found=colors or "none"
            )
        rows = []
        for color in colors:
            try:
                rows.append(ImageColor.getrgb(color)[:3])
            except (ValueError, AttributeError) as error:
                raise InvalidValueError(
                    "not a colour", attribute="colors", found=color, expected="a colour of CSS"
                ) from error
        data = np.array(rows, np.uint8)
        return cls.from_combined_lut(data, first_mapped_value, palette_color_lut_uid)

    @classmethod
    def extract_from_dataset(cls, dataset: Dataset) -> Self:
        """Take the palette of an image.

        Parameters
        ----------
        dataset : pydicom.Dataset
            What has the palette.

        Returns
        -------
        PaletteColorLUTTransformation
            The palette.

        Raises
        ------
        MissingAttributeError
            If there is none.
        """
        segmented = "SegmentedRedPaletteColorLookupTableData" in dataset
        kind = SegmentedPaletteColorLUT if segmented else PaletteColorLUT
        red, green, blue = (kind.extract_from_dataset(dataset, name.lower()) for name in COLORS)
        return cls(red, green, blue, dataset.get("PaletteColorLookupTableUID"))

    @property
    def is_segmented(self) -> bool:
        """bool: Whether the tables are written as segments."""
        return "SegmentedRedPaletteColorLookupTableData" in self

    def _table(self, color: str) -> PaletteColorLUT | SegmentedPaletteColorLUT:
        if self.is_segmented:
            return SegmentedPaletteColorLUT.extract_from_dataset(self, color)
        return PaletteColorLUT.extract_from_dataset(self, color)

    @property
    def red_lut(self) -> PaletteColorLUT | SegmentedPaletteColorLUT:
        """PaletteColorLUT | SegmentedPaletteColorLUT: Table for red."""
        return self._table("red")

    @property
    def green_lut(self) -> PaletteColorLUT | SegmentedPaletteColorLUT:
        """PaletteColorLUT | SegmentedPaletteColorLUT: Table for green."""
        return self._table("green")

    @property
    def blue_lut(self) -> PaletteColorLUT | SegmentedPaletteColorLUT:
        """PaletteColorLUT | SegmentedPaletteColorLUT: Table for blue."""
        return self._table("blue")

    @property
    def number_of_entries(self) -> int:
        """int: Number of entries of each table."""
        return self.red_lut.number_of_entries

    @property
    def first_mapped_value(self) -> int:
        """int: Stored value that the first entries are for."""
        return self.red_lut.first_mapped_value

    @property
    def bits_per_entry(self) -> int:
        """int: Bits of each entry."""
        return self.red_lut.bits_per_entry

    @property
    def combined_lut_data(self) -> NDArray[Any]:
        """numpy.ndarray: Colours, shape (entries, 3), of type uint8 or uint16."""
        tables = (self.red_lut, self.green_lut, self.blue_lut)
        return np.stack([table.lut_data for table in tables], axis=-1)

    def apply(self, array: NDArray[Any], dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Turn stored values into colours.

        Parameters
        ----------
        array : numpy.ndarray
            Integers of any shape.
        dtype : numpy.dtype | None, optional
            Type of the output; by default that of the entries.

        Returns
        -------
        numpy.ndarray
            Colours, with red, green and blue along the last axis.
        """
        return apply_lut(array, self.combined_lut_data, self.first_mapped_value, dtype=dtype)
