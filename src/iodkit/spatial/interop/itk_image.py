"""Volumes as images of ITK; what is kept and lost is as for SimpleITK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from iodkit.errors import GeometryError, UnsupportedError
from iodkit.spatial.interop.libraries import import_library
from iodkit.spatial.interop.simpleitk import COMPONENT_CHANNEL, affine_from_parts, itk_values

if TYPE_CHECKING:
    from iodkit.spatial.channeled import ChanneledGrid
    from iodkit.spatial.channels import Channels
    from iodkit.spatial.vectors import FloatArray

__all__ = ["ItkImage", "parts_from_itk", "volume_to_itk"]

# ITK makes its classes at run time, so no type checker knows them.
ItkImage: TypeAlias = Any


def volume_to_itk(volume: ChanneledGrid) -> ItkImage:
    """Convert a volume to an image of ITK.

    Parameters
    ----------
    volume : Volume
        Volume with no axis of channels, or one.

    Returns
    -------
    itk.Image
        Image with the same voxels at the same places; a vector image if there are channels.

    Raises
    ------
    MissingDependencyError
        If ITK is not installed.
    UnsupportedError
        If there is more than one axis of channels, or this build of ITK lacks the dtype, as that
        of PyPI does for int8, int32 and int64.
    """
    library = import_library("itk", "itk-core")
    if volume.number_of_channel_dimensions > 1:
        raise UnsupportedError(
            "images of ITK have one axis of channels",
            found=volume.number_of_channel_dimensions,
            remedy="Select channels with get_channel().",
        )
    values = itk_values(volume.array)
    is_vector = values.ndim == 4
    # ITK's arrays have the axes of its indices in reverse.
    reversed_axes = values.transpose(2, 1, 0, *range(3, values.ndim))
    try:
        image = library.image_from_array(np.ascontiguousarray(reversed_axes), is_vector=is_vector)
    except TypeError as error:  # ITK's class for templates that it has not been built with
        raise UnsupportedError(
            "this build of ITK has no images of this dtype",
            found=str(values.dtype),
            remedy="Convert with astype(), to int16, float32 or float64 for example; SimpleITK "
            "has images of all dtypes.",
        ) from error
    image.SetSpacing(list(volume.spacing))
    image.SetOrigin(list(volume.position))
    image.SetDirection(library.matrix_from_array(np.ascontiguousarray(volume.direction)))
    return image


def parts_from_itk(image: ItkImage) -> tuple[np.ndarray, FloatArray, Channels | None]:
    """Take voxels, affine matrix and channels out of an image of ITK.

    Raises
    ------
    GeometryError
        If the image does not have three dimensions.
    """
    library = import_library("itk", "itk-core")
    if image.GetImageDimension() != 3:
        raise GeometryError("image is not three-dimensional", found=image.GetImageDimension())
    array = library.array_from_image(image)
    values = array.transpose(2, 1, 0, *range(3, array.ndim))
    channels: Channels | None = None
    if values.ndim == 4:
        channels = {COMPONENT_CHANNEL: list(range(values.shape[3]))}
    direction = library.array_from_matrix(image.GetDirection())
    affine = affine_from_parts(list(image.GetSpacing()), list(image.GetOrigin()), direction)
    return values, affine, channels
