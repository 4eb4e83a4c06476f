"""From luminance and chrominance to RGB (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.pixels.processing import convert_color_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["to_rgb"]

_FULL = frozenset(("YBR_FULL", "YBR_FULL_422"))
# Retired, but found in archives: luminance from 16 to 235 of 255, chrominance from 16 to 240.
_PARTIAL = frozenset(("YBR_PARTIAL_422", "YBR_PARTIAL_420"))
_RED_OF_LUMA, _GREEN_OF_LUMA, _BLUE_OF_LUMA = 0.299, 0.587, 0.114
# Rows Y, CB, CR; columns R, G, B: the inverse of the equations of the standard.
_INVERSE = np.array(
    [
        [1.0, 1.0, 1.0],
        [0.0, -2 * _BLUE_OF_LUMA * (1 - _BLUE_OF_LUMA) / _GREEN_OF_LUMA, 2 * (1 - _BLUE_OF_LUMA)],
        [2 * (1 - _RED_OF_LUMA), -2 * _RED_OF_LUMA * (1 - _RED_OF_LUMA) / _GREEN_OF_LUMA, 0.0],
    ]
)


def to_rgb(frame: NDArray[Any], layout: PixelLayout) -> NDArray[Any]:
    """Convert luminance and chrominance to RGB; other frames stay.

    Parameters
    ----------
    frame : numpy.ndarray
        One or several frames, colour last.
    layout : PixelLayout
        Layout of the pixels, whose photometric interpretation counts.

    Returns
    -------
    numpy.ndarray
        The same frames with RGB colour.
    """
    meaning = layout.photometric_interpretation
    if layout.samples_per_pixel != 3 or meaning not in _FULL | _PARTIAL:
        return frame
    if meaning in _FULL and frame.dtype == np.uint8:
        return convert_color_space(frame, "YBR_FULL", "RGB")
    return _convert(frame, layout.bits_stored, partial=meaning in _PARTIAL)


def _convert(frame: NDArray[Any], bits: int, *, partial: bool) -> NDArray[Any]:
    """Convert samples of any number of bits; chrominance is unsigned around half of the range."""
    unit = float(1 << (bits - 8)) if bits >= 8 else 1.0
    values = frame.astype(np.float64)
    values[..., 1:] -= 1 << (bits - 1)
    if partial:
        values[..., 0] = (values[..., 0] - 16 * unit) * (255 / 219)
        values[..., 1:] *= 255 / 224
    rgb = np.floor(values @ _INVERSE + 0.5)
    return np.clip(rgb, 0, (1 << bits) - 1).astype(frame.dtype)
