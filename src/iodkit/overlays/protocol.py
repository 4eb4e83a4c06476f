"""The protocol between objects that can be drawn on images, and whoever draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, get_args, runtime_checkable

from iodkit.elements import check_type
from iodkit.errors import GeometryError, InvalidTypeError
from iodkit.overlays.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iodkit.overlays.view import View

__all__ = ["Overlay", "marks_of"]


@runtime_checkable
class Overlay(Protocol):
    """An object that can be drawn on an image.

    Any class with this method is an overlay; it need not inherit from this one.
    """

    def overlay_marks(self, view: View) -> Sequence[Mark]:
        """Give what there is to see in a view, at its true place.

        Parameters
        ----------
        view : View
            Pixels that are shown, and where they lie.

        Returns
        -------
        Sequence[Mark]
            Marks, the lowest one first; none if nothing of this object lies in the view.

        Raises
        ------
        GeometryError
            If nothing says where this object lies in the view: another frame of reference, or
            no place and no reference to the image.  Never match by the order of frames.
        """
        ...


def marks_of(overlay: Overlay, view: View) -> tuple[Mark, ...]:
    """Ask an overlay for its marks, and check them.

    Parameters
    ----------
    overlay : Overlay
        Object to draw.
    view : View
        Where.

    Returns
    -------
    tuple[Mark, ...]
        Its marks.

    Raises
    ------
    InvalidTypeError
        If the object is no overlay, or gives something else than marks.
    GeometryError
        If it cannot be placed in the view, or an array has not the shape of the view.
    """
    if not isinstance(overlay, Overlay):
        raise InvalidTypeError(
            "the object cannot be drawn on an image",
            attribute="overlays",
            found=type(overlay).__name__,
            expected="an object with a method overlay_marks(view)",
        )
    marks: Iterable[Mark] = overlay.overlay_marks(view)
    checked = tuple(check_type(mark, get_args(Mark), "overlay_marks") for mark in marks)
    for mark in checked:
        if mark.raster_shape not in (None, view.shape):
            raise GeometryError(
                "a mark has not the shape of the view",
                attribute="overlay_marks",
                found=mark.raster_shape,
                expected=f"{view.shape[0]} rows and {view.shape[1]} columns",
            )
    return checked
