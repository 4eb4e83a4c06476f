"""Colours of label maps with a palette (PS3.3 C.7.9, C.11.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit_image.transforms import ColorManager, PaletteColorLUTTransformation, apply_lut

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_seg.reading.requests import SegmentOptions

__all__ = ["color_labels"]


def color_labels(labels: NDArray[Any], dataset: Dataset, options: SegmentOptions) -> NDArray[Any]:
    """Give labels the colours of the palette.

    Parameters
    ----------
    labels : numpy.ndarray
        Stored labels, of any shape.
    dataset : pydicom.Dataset
        The label map with its palette.
    options : SegmentOptions
        What the caller wants.

    Returns
    -------
    numpy.ndarray
        Red, green and blue along a new last axis, of the type of the palette's entries, or of
        that asked for.

    Raises
    ------
    MissingAttributeError
        If there is no profile although it is to be applied.
    InvalidValueError
        If the type cannot hold the colours.
    """
    palette = PaletteColorLUTTransformation.extract_from_dataset(dataset)
    colors = palette.combined_lut_data
    profile = dataset.get("ICCProfile")
    if options.apply_icc_profile and not profile:
        raise MissingAttributeError(
            "the label map has no colour profile", attribute="ICCProfile", clause="PS3.3 C.11.15"
        )
    if profile and options.apply_icc_profile is not False:
        # The profile acts on each entry once, not on each pixel.
        colors = ColorManager(bytes(profile)).transform_frame(colors[np.newaxis])[0]
    if options.dtype is not None:
        dtype = np.dtype(options.dtype)
        if not np.can_cast(colors.dtype, dtype):
            raise InvalidValueError(
                "the type cannot hold the colours",
                attribute="dtype",
                found=str(dtype),
                expected=f"a type that holds all of {colors.dtype}",
            )
        colors = colors.astype(dtype)
    return apply_lut(labels, colors, palette.first_mapped_value, colors.dtype)
