"""Plates of planes through volumes: slices, and the three planes of the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidValueError, OutOfRangeError, UnsupportedError
from iodkit.overlays import View
from iodkit.spatial import RGB_COLOR_CHANNEL_DESCRIPTOR
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_image.rendering.levels import Window, as_rgb
from iodkit_image.rendering.orientation import sides_of_geometry
from iodkit_image.rendering.pixelsize import PixelSize
from iodkit_image.rendering.plate import Plate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial import Volume

__all__ = ["orthogonal_plates", "plates_of_slices", "window_of_volume"]

# Names of the planes by the axis that is looked along, of a volume whose axes point to feet,
# back and left: so every plane has its usual side up, and the patient's left on the right.
_PLANES = ("axial", "coronal", "sagittal")
_ORIENTATION = "FPL"
_STRAIGHT = 0.995


def window_of_volume(volume: Volume, window: tuple[float, float] | None) -> Window:
    """Choose the window of a volume.

    Parameters
    ----------
    volume : Volume
        Volume.
    window : tuple[float, float] | None
        Centre and width that the caller wants.

    Returns
    -------
    Window
        That one, else from the first to the ninety-ninth percentile of the whole volume.
    """
    return Window.of_values([volume.array]) if window is None else Window.of(*window)


def plates_of_slices(
    volume: Volume, indices: Sequence[int], window: tuple[float, float] | None = None
) -> list[Plate]:
    """Make plates of slices, as they lie in the array.

    Parameters
    ----------
    volume : Volume
        Volume of grey values, or of red, green and blue as its only channel.
    indices : Sequence[int]
        Indices along the first axis, from 0.
    window : tuple[float, float] | None, optional
        Centre and width.

    Returns
    -------
    list[Plate]
        A plate for each slice.

    Raises
    ------
    UnsupportedError
        If the volume has channels that are no colours.
    """
    _check_channels(volume)
    shown = None if volume.channel_shape else window_of_volume(volume, window)
    count = volume.spatial_shape[0]
    return [
        _plate(volume[index : index + 1], shown, (f"slice {index + 1} of {count}",))
        for index in indices
    ]


def _check_channels(volume: Volume) -> None:
    if volume.channel_shape not in ((), (3,)) or (
        volume.channel_shape and volume.channel_descriptors != (RGB_COLOR_CHANNEL_DESCRIPTOR,)
    ):
        raise UnsupportedError(
            "a volume with channels cannot be shown in one picture",
            attribute="volume",
            found=f"channels {[str(each.keyword) for each in volume.channel_descriptors]}",
            remedy="Choose one with get_channel().",
        )


def _plate(plane: Volume, window: Window | None, caption: tuple[str, ...]) -> Plate:
    """Make a plate of a volume of one slice."""
    geometry = plane.get_geometry()
    if window is None:
        rgb = as_rgb(plane.array[0])
    else:
        rgb = as_rgb(window.apply(plane.array[0]))
        caption = (*caption, window.text) if window.text else caption
    _, height, width = geometry.spacing
    return Plate(
        rgb=rgb,
        view=View((rgb.shape[0], rgb.shape[1]), geometry),
        pixel=PixelSize(height, width, is_known=True),
        sides=sides_of_geometry(geometry),
        caption=caption,
    )


def orthogonal_plates(
    volume: Volume,
    at: Sequence[float] | None = None,
    window: tuple[float, float] | None = None,
) -> list[Plate]:
    """Make plates of the three planes through a point: axial, coronal and sagittal.

    Nothing is interpolated: of an oblique volume, the planes of its own grid that come closest
    are shown, and their letters say how they lie.

    Parameters
    ----------
    volume : Volume
        Volume in a patient, with no channels but colours.
    at : Sequence[float] | None, optional
        Reference coordinates of the point in mm; the middle by default.
    window : tuple[float, float] | None, optional
        Centre and width.

    Returns
    -------
    list[Plate]
        The three plates.

    Raises
    ------
    UnsupportedError
        If the volume does not lie in a patient, or has channels that are no colours.
    OutOfRangeError
        If the point lies outside the volume.
    """
    _check_channels(volume)
    if volume.coordinate_system is not CoordinateSystemNames.PATIENT:
        raise UnsupportedError(
            "a volume on a slide has no axial, coronal and sagittal planes",
            attribute="volume",
            remedy="Use montage().",
        )
    turned = volume.to_patient_orientation(_ORIENTATION)
    shown = None if volume.channel_shape else window_of_volume(volume, window)
    places = _indices(turned, at)
    is_straight = float(np.abs(np.asarray(turned.direction)).max(axis=0).min()) >= _STRAIGHT
    plates = []
    for axis, (name, index) in enumerate(zip(_PLANES, places, strict=True)):
        window_of_axis = [slice(None)] * 3
        window_of_axis[axis] = slice(index, index + 1)
        plane = turned[tuple(window_of_axis)]
        others = [each for each in range(3) if each != axis]
        title = name if is_straight else f"{name} (oblique)"
        plates.append(_plate(plane.permute_spatial_axes([axis, *others]), shown, (title,)))
    return plates


def _indices(volume: Volume, at: Sequence[float] | None) -> tuple[int, ...]:
    if at is None:
        return tuple(length // 2 for length in volume.spatial_shape)
    point = np.asarray(at, np.float64)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise InvalidValueError(
            "not a point", attribute="at", found=at, expected="three coordinates in mm"
        )
    found = np.rint(volume.map_reference_to_indices(point[np.newaxis])[0]).astype(int)
    if not all(0 <= i < n for i, n in zip(found.tolist(), volume.spatial_shape, strict=True)):
        raise OutOfRangeError(
            "the point lies outside the volume",
            attribute="at",
            found=point.tolist(),
            expected=f"a point near {[round(c, 1) for c in volume.center_position]}",
        )
    return tuple(found.tolist())
