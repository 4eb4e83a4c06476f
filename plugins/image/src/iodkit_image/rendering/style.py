"""How a picture is drawn: what callers may choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from typing import Self, Unpack

__all__ = ["Style", "StyleOptions"]

_LARGEST = 16384


class StyleOptions(TypedDict, total=False):
    """Arguments that all rendering functions share; see `Style`."""

    size: int | None
    opacity: float
    outline: bool
    smooth: bool
    legend: bool
    letters: bool
    scale_bar: bool
    captions: bool


@dataclass(frozen=True, slots=True)
class Style:
    """How a picture is drawn.

    Parameters
    ----------
    size : int | None, optional
        Length in pixels of the longer side of each image; None for one pixel of the screen per
        pixel of the image, or more where its pixels are not square.
    opacity : float, optional
        How much regions hide the image below, from 0 to 1.
    outline : bool, optional
        Whether regions get a line at their border.
    smooth : bool, optional
        Whether pixels of enlarged images are interpolated for the screen; overlays never are.
    legend : bool, optional
        Whether the names of what overlays show are listed beside the image.
    letters : bool, optional
        Whether letters at the sides say where the patient's left, back, head, … are.
    scale_bar : bool, optional
        Whether a bar shows a length, where the size of pixels is known.
    captions : bool, optional
        Whether the corner says which frame is shown, and in which window.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If a value is not allowed.
    """

    size: int | None = 512
    opacity: float = 0.4
    outline: bool = True
    smooth: bool = True
    legend: bool = True
    letters: bool = True
    scale_bar: bool = True
    captions: bool = True

    def __post_init__(self) -> None:
        if self.size is not None and not 8 <= self.size <= _LARGEST:
            raise InvalidValueError(
                "no size for a picture",
                attribute="size",
                found=self.size,
                expected=f"8 to {_LARGEST} pixels, or None",
            )
        if not 0 <= self.opacity <= 1:
            raise InvalidValueError(
                "not a share", attribute="opacity", found=self.opacity, expected="0 to 1"
            )

    @classmethod
    def of(cls, **options: Unpack[StyleOptions]) -> Self:
        """Make a style from the arguments of a rendering function.

        Parameters
        ----------
        **options
            See the class.

        Returns
        -------
        Style
            The style.
        """
        unknown = sorted(set(options) - set(StyleOptions.__annotations__))
        if unknown:
            raise InvalidTypeError(
                "no such argument",
                attribute=unknown[0],
                expected=f"one of {sorted(StyleOptions.__annotations__)}",
            )
        return cls(**options)
