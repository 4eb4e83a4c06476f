"""Colours of a supplemental palette, over the grey values of an image (PS3.3 C.7.6.19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit_image.transforms.facts import photometric_of
from iodkit_image.transforms.palettes import PaletteColorLUTTransformation

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["supplement"]

_DESCRIPTOR = "RedPaletteColorLookupTableDescriptor"
_COLORFUL = frozenset(("COLOR", "MIXED", "TRUE_COLOR"))


def supplement(
    image: Dataset, stored: NDArray[Any], levels: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Give the stored values that a supplemental palette is for its colours.

    Parameters
    ----------
    image : pydicom.Dataset
        Image.
    stored : numpy.ndarray
        Stored values of a frame, shape (rows, columns).
    levels : numpy.ndarray
        What the screen shows without the palette, shape (rows, columns, 3).

    Returns
    -------
    numpy.ndarray
        The same, with colours for values from the first mapped one on, if Pixel Presentation
        says that the image has colours; the same array if not.
    """
    if (
        _DESCRIPTOR not in image
        or image.get("PixelPresentation") not in _COLORFUL
        or photometric_of(image) != "MONOCHROME2"
        or stored.dtype.kind not in "ui"
    ):
        return levels
    palette = PaletteColorLUTTransformation.extract_from_dataset(image)
    colored = stored >= palette.first_mapped_value
    colors = palette.apply(stored[colored])
    bits = 8 * palette.red_lut.lut_data.itemsize
    shown = levels.copy()
    shown[colored] = np.rint(colors.astype(np.float64) * (255 / ((1 << bits) - 1)))
    return shown
