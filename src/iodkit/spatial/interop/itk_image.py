"""Volumes as images of ITK; what is kept and lost is as for SimpleITK, without channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from iodkit.errors import GeometryError, UnsupportedError
from iodkit.spatial.interop.libraries import import_library
from iodkit.spatial.interop.simpleitk import affine_from_parts, itk_values

if TYPE_CHECKING:
    from iodkit.spatial.channeled import ChanneledGrid
    from iodkit.spatial.vectors import FloatArray

__all__ = ["ItkImage", "parts_from_itk", "volume_to_itk"]

# ITK makes its classes at run time, so no type checker knows them.
ItkImage: TypeAlias = Any


def volume_to_itk(volume: ChanneledGrid) -> ItkImage:
    """Convert a volume to an image of ITK.

    Parameters
    ----------
    volume : Volume
        Volume without channels.

    Returns
    -------
    itk.Image
        Image with the same voxels at the same places.

    Raises
    ------
    MissingDependencyError
        If ITK is not installed.
    UnsupportedError
        If the volume has channels.
    """
    library = import_library("itk", "itk")
    if volume.number_of_channel_dimensions:
        raise UnsupportedError(
            "conversion to ITK is for volumes without channels",
            found=volume.channel_shape,
            remedy="Select a channel with get_channel().",
        )
    values = np.ascontiguousarray(itk_values(volume.array).transpose(2, 1, 0))
    image = library.image_from_array(values)
    image.SetSpacing(list(volume.spacing))
    image.SetOrigin(list(volume.position))
    image.SetDirection(library.matrix_from_array(np.ascontiguousarray(volume.direction)))
    return image


def parts_from_itk(image: ItkImage) -> tuple[np.ndarray, FloatArray]:
    """Take voxels and affine matrix out of an image of ITK.

    Raises
    ------
    GeometryError
        If the image does not have three dimensions.
    """
    library = import_library("itk", "itk")
    if image.GetImageDimension() != 3:
        raise GeometryError("image is not three-dimensional", found=image.GetImageDimension())
    values = library.array_from_image(image).transpose(2, 1, 0)
    direction = library.array_from_matrix(image.GetDirection())
    affine = affine_from_parts(list(image.GetSpacing()), list(image.GetOrigin()), direction)
    return values, affine
