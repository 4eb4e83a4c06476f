"""Plates of frames: their pixels on the screen, and where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import GeometryError, IodkitError
from iodkit.overlays import Overlay, View
from iodkit.spatial import (
    VOLUME_INDEX_CONVENTION,
    ImagePlane,
    VolumeGeometry,
    create_affine_matrix_from_attributes,
    get_image_coordinate_system,
    read_plane,
)
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_image.places import frame_places
from iodkit_image.rendering.levels import frame_rgb, window_for
from iodkit_image.rendering.orientation import sides_of_image
from iodkit_image.rendering.pixelsize import pixel_size
from iodkit_image.rendering.plate import Plate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit.frames import FrameTable
    from iodkit_image.image import Image
    from iodkit_image.rendering.levels import Window

__all__ = ["frame_geometry", "plates_of_frames"]

_THICKNESS = 1.0


def plates_of_frames(
    image: Image, indices: Sequence[int], window: tuple[float, float] | Window | None = None
) -> list[Plate]:
    """Make plates of frames of one image, in one window where the image names none.

    Parameters
    ----------
    image : Image
        Image.  One that is itself an overlay is left black, for its own marks to be drawn on.
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
    PixelDataError
        If a frame cannot be decoded.
    """
    table = image.frame_table
    count = image.number_of_frames
    is_overlay = isinstance(image, Overlay)
    windows = [None] * len(indices) if is_overlay else window_for(image, table, indices, window)
    plates = []
    for index, chosen in zip(indices, windows, strict=True):
        geometry = frame_geometry(image, table, index)
        view = View(
            shape=(int(image.Rows), int(image.Columns)),
            geometry=geometry,
            instance_uid=str(image.SOPInstanceUID) if "SOPInstanceUID" in image else None,
            frame_number=index + 1,
        )
        lines = [f"frame {index + 1} of {count}"] if count > 1 else []
        if chosen is not None and chosen.text:
            lines.append(chosen.text)
        plates.append(
            Plate(
                rgb=_black(view) if is_overlay else frame_rgb(image, table, index, chosen),
                view=view,
                pixel=pixel_size(image, table, index),
                sides=sides_of_image(image, geometry),
                caption=tuple(lines),
            )
        )
    return plates


def _black(view: View) -> NDArray[np.uint8]:
    return np.zeros((*view.shape, 3), np.uint8)


def frame_geometry(image: Image, table: FrameTable, index: int) -> VolumeGeometry | None:
    """Tell where a frame lies.

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
    VolumeGeometry | None
        Geometry of shape (1, rows, columns); None if the image does not say where it lies.
    """
    try:
        plane, system = _plane(image, table, index)
        affine = create_affine_matrix_from_attributes(
            plane.position,
            plane.orientation,
            plane.pixel_spacing,
            plane.spacing_between_slices or _thickness(table, index),
            index_convention=VOLUME_INDEX_CONVENTION,
            slices_first=True,
        )
        shape = (1, int(image.Rows), int(image.Columns))
        return VolumeGeometry(affine, shape, system, image.get("FrameOfReferenceUID") or None)
    except IodkitError:
        # An image that says nothing, or nonsense, about its place can be shown all the same.
        return None


def _plane(image: Image, table: FrameTable, index: int) -> tuple[ImagePlane, CoordinateSystemNames]:
    if image.is_tiled:
        return _tile(image, table, index), CoordinateSystemNames.SLIDE
    position, orientation = table.positions[index], table.orientations[index]
    spacing = table.pixel_spacings[index]
    if np.isfinite(np.concatenate([position, orientation, spacing])).all():
        plane = ImagePlane(
            tuple(position.tolist()), tuple(orientation.tolist()), tuple(spacing.tolist())
        )
        return plane, CoordinateSystemNames.PATIENT
    system = get_image_coordinate_system(image)
    if system is None:
        raise GeometryError("the image has no place in space")
    return read_plane(image, index + 1), system


def _tile(image: Image, table: FrameTable, index: int) -> ImagePlane:
    places = frame_places(image, table)
    return places.part(int(places.plane_of_frame[index]), *places.corners[index].tolist())


def _thickness(table: FrameTable, index: int) -> float:
    for values in (table.spacing_between_slices, table.slice_thickness):
        value = float(np.ravel(values)[index])
        if np.isfinite(value) and value != 0:
            return abs(value)
    return _THICKNESS
