"""Grey levels and colours of the screen: frames in a window, as 8-bit RGB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit_image.rendering.supplement import supplement
from iodkit_image.transforms.facts import is_inverse
from iodkit_image.transforms.options import TransformOptions
from iodkit_image.transforms.palettes import PaletteColorLUTTransformation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from iodkit.frames import FrameTable
    from iodkit_image.frames import ImageFrames

__all__ = [
    "PERCENTILES",
    "Window",
    "as_rgb",
    "frame_rgb",
    "frame_values",
    "is_colorful",
    "named_window",
    "window_for",
]

PERCENTILES = (1.0, 99.0)
"""Where no window is named, the range between these shares of the values is shown."""

_MODALITY = TransformOptions(apply_real_world_transform=False, apply_presentation_lut=False)
_WINDOWED = TransformOptions(apply_real_world_transform=False, apply_voi_transform=True)
_FUNCTION = "FrameVOILUTSequence.VOILUTFunction"


@dataclass(frozen=True, slots=True)
class Window:
    """A range of values that is shown from black to white (PS3.3 C.11.2.1.2, C.11.2.1.3).

    Parameters
    ----------
    low, high : float
        Values that become black and white.
    text : str
        What the caption says of it.
    is_sigmoid : bool, optional
        Whether it is a curve through the middle of the range rather than a line.
    """

    low: float
    high: float
    text: str = ""
    is_sigmoid: bool = False

    @classmethod
    def of(cls, center: float, width: float, function: str = "LINEAR") -> Window:
        """Make a window from centre and width.

        Parameters
        ----------
        center, width : float
            As in WindowCenter and WindowWidth.
        function : {"LINEAR", "LINEAR_EXACT", "SIGMOID"}, optional
            VOI LUT function.

        Returns
        -------
        Window
            The window.

        Raises
        ------
        InvalidValueError
            If the width is not allowed.
        """
        center, width = float(center), float(width)
        if not (np.isfinite(center) and np.isfinite(width) and width > 0):
            raise InvalidValueError(
                "not a window",
                attribute="window",
                found=(center, width),
                expected="centre and width, the width above 0",
                clause="PS3.3 C.11.2.1.2",
            )
        text = f"C {center:g} W {width:g}"
        if function == "LINEAR" and width >= 1:
            low = center - 0.5 - (width - 1) / 2
            return cls(low, low + width - 1, text)
        return cls(center - width / 2, center + width / 2, text, function == "SIGMOID")

    @classmethod
    def of_values(cls, values: Iterable[NDArray[Any]]) -> Window:
        """Make a window from the values themselves.

        Parameters
        ----------
        values : Iterable[numpy.ndarray]
            Values of all frames that are to look alike; what is not finite does not count.

        Returns
        -------
        Window
            From the first to the ninety-ninth percentile.
        """
        samples = [_sampled(array) for array in values]
        everything = np.concatenate(samples) if samples else np.zeros(0)
        if not everything.size:
            return cls(0.0, 1.0)
        low, high = (float(value) for value in np.percentile(everything, PERCENTILES))
        if low == high:
            low, high = float(everything.min()), float(everything.max())
        return cls(low, high, f"{low:.4g} to {high:.4g}")

    def apply(self, values: NDArray[Any], *, invert: bool = False) -> NDArray[np.uint8]:
        """Turn values into grey levels.

        Parameters
        ----------
        values : numpy.ndarray
            Values of any shape; those that are no number become black.
        invert : bool, optional
            Whether low values are white.

        Returns
        -------
        numpy.ndarray
            Levels from 0 to 255, of the same shape.
        """
        width = self.high - self.low
        position = (values.astype(np.float64) - self.low) / (width or 1.0)
        if self.is_sigmoid:
            position = 1 / (1 + np.exp(-4 * (position - 0.5)))
        levels = np.rint(np.clip(position, 0, 1) * 255)
        if invert:
            levels = 255 - levels
        return np.nan_to_num(levels, copy=False).astype(np.uint8)


def _sampled(values: NDArray[Any], limit: int = 1 << 20) -> NDArray[Any]:
    """Take at most about a million finite values, spread evenly."""
    flat = values.reshape(-1)
    flat = flat[:: max(1, flat.size // limit)]
    return flat[np.isfinite(flat)]


def frame_values(image: ImageFrames, table: FrameTable, index: int) -> NDArray[Any]:
    """Return the values of a grey frame after the modality transform (PS3.3 C.11.1).

    Parameters
    ----------
    image : Image
        Image.
    table : FrameTable
        Its frames.
    index : int
        Index of the frame, from 0.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns).
    """
    return _modality_values(image, table, index, image.frame_store.view(index))


def _modality_values(
    image: ImageFrames, table: FrameTable, index: int, stored: NDArray[Any]
) -> NDArray[Any]:
    if stored.dtype.kind == "f" and np.isnan(table.rescale_slopes[index]):
        return stored
    return image.make_transform(table, _MODALITY).apply(stored, index)


def window_for(
    image: ImageFrames,
    table: FrameTable,
    indices: Iterable[int],
    window: tuple[float, float] | Window | None,
) -> list[Window | None]:
    """Choose the windows in which frames are shown.

    Parameters
    ----------
    image : Image
        Image.
    table : FrameTable
        Its frames.
    indices : Iterable[int]
        Indices of the frames, from 0.
    window : tuple[float, float] | None
        Centre and width that the caller wants.

    Returns
    -------
    list[Window | None]
        For each frame: what the caller wants; else the first window that the image names; else
        None if it has a VOI LUT or is a colour image; else a window from the values of all these
        frames.
    """
    frames = list(indices)
    if is_colorful(image):
        return [None] * len(frames)
    if window is not None:
        return [_given(window)] * len(frames)
    named = [named_window(image, table, index) for index in frames]
    if all(each is not None for each in named):
        return list(named)
    if image.get("VOILUTSequence"):
        return [None] * len(frames)
    shared = Window.of_values(frame_values(image, table, index) for index in frames)
    return [shared] * len(frames)


def _given(window: tuple[float, float] | Window) -> Window:
    if isinstance(window, Window):
        return window
    if not isinstance(window, tuple | list) or len(window) != 2:
        raise InvalidTypeError(
            "not a window",
            attribute="window",
            found=window,
            expected="centre and width",
        )
    return Window.of(*window)


def named_window(image: ImageFrames, table: FrameTable, index: int) -> Window | None:
    """Return the first window that a frame names, None if there is none."""
    pair = [
        float(values[index].flat[0]) if values.size else np.nan
        for values in (table.window_centers, table.window_widths)
    ]
    if not np.isfinite(pair).all() or pair[1] <= 0:
        return None
    function = table.texts(_FUNCTION)[index] or image.get("VOILUTFunction") or "LINEAR"
    return Window.of(pair[0], pair[1], str(function))


def is_colorful(image: ImageFrames) -> bool:
    """Tell whether frames are shown in colours."""
    layout = image.frame_store.layout
    return layout.is_color or layout.photometric_interpretation == "PALETTE COLOR"


def frame_rgb(
    image: ImageFrames, table: FrameTable, index: int, window: Window | None
) -> NDArray[np.uint8]:
    """Turn a frame into what the screen shows.

    Parameters
    ----------
    image : Image
        Image.
    table : FrameTable
        Its frames.
    index : int
        Index of the frame, from 0.
    window : Window | None
        Window of a grey image; its VOI LUT if there is none.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns, 3).

    Raises
    ------
    PixelDataError
        If the frame cannot be decoded.
    MissingAttributeError, InvalidValueError
        If it has no colours that could be shown.
    """
    if is_colorful(image):
        return _in_color(image, table, index)
    stored = image.frame_store.view(index)
    if window is None:
        shown = image.make_transform(table, _WINDOWED).apply(stored, index)
        return supplement(image, stored, as_rgb(np.rint(shown * 255)))
    values = _modality_values(image, table, index, stored)
    grey = as_rgb(window.apply(values, invert=is_inverse(image)))
    return supplement(image, stored, grey)


def _in_color(image: ImageFrames, table: FrameTable, index: int) -> NDArray[np.uint8]:
    """Colours of a palette, or of the frame itself, managed where they have eight bits."""
    layout = image.frame_store.layout
    bits = layout.bits_stored
    if not layout.is_color:
        palette = PaletteColorLUTTransformation.extract_from_dataset(image)
        bits = 8 * palette.red_lut.lut_data.itemsize
    managed = None if bits == 8 else False
    options = TransformOptions(dtype=np.uint16, apply_icc_profile=managed)
    stored = image.frame_store.view(index)
    return as_rgb(image.make_transform(table, options).apply(stored, index), bits)


def as_rgb(pixels: NDArray[Any], bits: int = 8) -> NDArray[np.uint8]:
    """Bring pixels to three samples of 8 bits.

    Parameters
    ----------
    pixels : numpy.ndarray
        Shape (rows, columns), or (rows, columns, samples) with at least three samples.
    bits : int, optional
        Bits that they use.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns, 3).
    """
    if bits != 8:
        pixels = np.rint(pixels.astype(np.float64) * (255 / ((1 << bits) - 1)))
    levels = pixels.astype(np.uint8)
    if levels.ndim == 2:
        return np.ascontiguousarray(np.repeat(levels[..., np.newaxis], 3, axis=2))
    return np.ascontiguousarray(levels[..., :3])
