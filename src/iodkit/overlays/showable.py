"""The protocol between objects that can be shown as images, and whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit.overlays.view import View

__all__ = ["Showable", "Shown"]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Pixels as they look on the screen, and where they lie.

    Parameters
    ----------
    pixels : numpy.ndarray
        Colours, of type uint8 and shape (rows, columns, 3).
    view : View
        Which pixels these are, and where they lie; overlays are placed by it.
    pixel_spacing : tuple[float, float] | None, optional
        Distance in mm between rows and between columns, where the view has no geometry.
    caption : tuple[str, ...], optional
        Lines for the corner, for example the window.

    Raises
    ------
    InvalidValueError
        If the pixels have not the type, or not the shape of the view.
    """

    pixels: NDArray[np.uint8]
    view: View
    pixel_spacing: tuple[float, float] | None = None
    caption: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.shape != (*self.view.shape, 3):
            raise InvalidValueError(
                "not the pixels of the view",
                attribute="pixels",
                found=f"{self.pixels.dtype}, shape {self.pixels.shape}",
                expected=f"uint8, shape {(*self.view.shape, 3)}",
            )


@runtime_checkable
class Showable(Protocol):
    """An object that can be shown as an image.

    Any class with these two is one; it need not inherit from this one, nor from an image.
    """

    @property
    def number_of_frames(self) -> int:
        """Number of frames that can be shown."""
        ...

    def show_frames(
        self, numbers: Sequence[int], window: tuple[float, float] | None = None
    ) -> Sequence[Shown]:
        """Give frames as they look on the screen.

        Parameters
        ----------
        numbers : Sequence[int]
            Numbers of the frames, from 1.
        window : tuple[float, float] | None, optional
            Centre and width that the caller wants (PS3.3 C.11.2.1.2); without one, all these
            frames are to look alike.

        Returns
        -------
        Sequence[Shown]
            One for each number.
        """
        ...
