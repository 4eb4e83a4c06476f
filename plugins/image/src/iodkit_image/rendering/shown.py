"""Plates of objects that are no images of this family and give their own frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.elements import check_type
from iodkit.errors import InvalidValueError
from iodkit.overlays import Shown
from iodkit_image.rendering.orientation import sides_of_geometry
from iodkit_image.rendering.pixelsize import PixelSize
from iodkit_image.rendering.plate import Plate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.overlays import Showable

__all__ = ["plates_of_showable"]


def plates_of_showable(
    source: Showable, indices: Sequence[int], window: tuple[float, float] | None = None
) -> list[Plate]:
    """Make plates of frames that an object shows by itself.

    Parameters
    ----------
    source : Showable
        The object.
    indices : Sequence[int]
        Indices of the frames, from 0.
    window : tuple[float, float] | None, optional
        Centre and width.

    Returns
    -------
    list[Plate]
        A plate for each frame.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the object does not give what it promises.
    """
    frames = list(source.show_frames([index + 1 for index in indices], window))
    if len(frames) != len(indices):
        raise InvalidValueError(
            "the object shows another number of frames than it was asked for",
            attribute="show_frames",
            found=len(frames),
            expected=str(len(indices)),
        )
    return [_plate(check_type(frame, Shown, "show_frames")) for frame in frames]


def _plate(frame: Shown) -> Plate:
    geometry = frame.view.geometry
    spacing = frame.pixel_spacing if geometry is None else geometry.spacing[1:]
    return Plate(
        rgb=frame.pixels,
        view=frame.view,
        pixel=PixelSize() if spacing is None else PixelSize(*spacing, is_known=True),
        sides=sides_of_geometry(geometry),
        caption=frame.caption,
    )
