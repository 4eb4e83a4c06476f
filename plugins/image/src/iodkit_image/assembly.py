"""Bringing parts of frames together in one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.placement import Placement

__all__ = ["FrameReader", "FrameTransform", "assemble"]


class FrameTransform(Protocol):
    """What turns stored values into values of the output."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the output."""
        ...

    def apply(self, stored: NDArray[Any], frame_index: int) -> NDArray[Any]:
        """Transform the values of a frame, or of a part of it."""
        ...

    def write(self, stored: NDArray[Any], frame_index: int, out: NDArray[Any]) -> None:
        """Transform the values of a frame into an array of the output's type."""
        ...


class FrameReader(Protocol):
    """What gives stored values."""

    def view(self, index: int, rows: slice) -> NDArray[Any]:
        """Give the stored values of some rows of a frame."""
        ...

    @property
    def blank_pixel(self) -> NDArray[Any]:
        """One pixel of zeros: a frame of one row and column."""
        ...


def assemble(
    reader: FrameReader,
    placement: Placement,
    transform: FrameTransform,
    gaps: NDArray[np.intp],
    fill_value: Any = 0,
) -> NDArray[Any]:
    """Bring parts of frames together.

    Parameters
    ----------
    reader : FrameReader
        Frames.
    placement : Placement
        Frames, and where they go.
    transform : FrameTransform
        What turns stored values into values of the output.
    gaps : numpy.ndarray
        Output planes that frames do not fill.
    fill_value : scalar or array_like, optional
        Value where there is no frame.

    Returns
    -------
    numpy.ndarray
        Shape (planes, rows, columns), or (planes, rows, columns, samples) of colour.
    """
    out: NDArray[Any] | None = None
    rows = zip(
        placement.frames.tolist(),
        placement.slots.tolist(),
        placement.sources.tolist(),
        placement.targets.tolist(),
        strict=True,
    )
    for frame, slot, (top, bottom, left, right), (row, column) in rows:
        stored = reader.view(frame, slice(top, bottom))[:, left:right]
        target = (slot, slice(row, row + bottom - top), slice(column, column + right - left))
        if out is None:
            # Whether there are samples of colour is known from here on.
            part = transform.apply(stored, frame)
            out = _allocate((*placement.shape, *part.shape[2:]), transform.dtype, gaps, fill_value)
            out[target] = part
        else:
            transform.write(stored, frame, out[target])
    if out is None:
        samples = transform.apply(reader.blank_pixel, 0).shape[2:]
        out = _allocate((*placement.shape, *samples), transform.dtype, gaps, fill_value)
    return out


def _allocate(
    shape: tuple[int, ...], dtype: np.dtype[Any], gaps: NDArray[np.intp], fill_value: Any
) -> NDArray[Any]:
    """Make the output; planes that frames do not cover get the fill value."""
    out = np.empty(shape, dtype)
    if len(gaps) == len(out):
        out[...] = fill_value
    elif len(gaps):
        out[gaps] = fill_value
    return out
