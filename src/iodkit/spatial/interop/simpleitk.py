"""Volumes as images of SimpleITK.

Axes stay in their order: index (i, j, k) of the volume is index (i, j, k) of the image.  Both use
DICOM's reference axes and mm, so nothing is flipped.  One axis of channels becomes components of a
vector image.  Names of channels, coordinate system and Frame of Reference UID are lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError, UnsupportedError
from iodkit.spatial.channels import ChannelDescriptor
from iodkit.spatial.interop.libraries import import_library

if TYPE_CHECKING:
    import SimpleITK as sitk  # noqa: N813  (the name that everybody uses)

    from iodkit.spatial.channeled import ChanneledGrid
    from iodkit.spatial.channels import Channels
    from iodkit.spatial.vectors import FloatArray

__all__ = ["COMPONENT_CHANNEL", "affine_from_parts", "parts_from_simpleitk", "volume_to_simpleitk"]

COMPONENT_CHANNEL = ChannelDescriptor("Component", is_custom=True, value_type=int)
"""Descriptor of the components of vector images, numbered from 0."""


def itk_values(array: np.ndarray) -> np.ndarray:
    """Return an array of a dtype that ITK knows: no bool and no half precision."""
    if array.dtype == np.bool_:
        return array.astype(np.uint8)
    if array.dtype == np.float16:
        return array.astype(np.float32)
    return array


def volume_to_simpleitk(volume: ChanneledGrid) -> sitk.Image:
    """Convert a volume to an image of SimpleITK.

    Parameters
    ----------
    volume : Volume
        Volume with no axis of channels, or one.

    Returns
    -------
    SimpleITK.Image
        Image with the same voxels at the same places; bool becomes uint8, float16 float32.

    Raises
    ------
    MissingDependencyError
        If SimpleITK is not installed.
    UnsupportedError
        If there is more than one axis of channels.
    """
    library = import_library("SimpleITK", "SimpleITK")
    if volume.number_of_channel_dimensions > 1:
        raise UnsupportedError(
            "images of SimpleITK have one axis of channels",
            found=volume.number_of_channel_dimensions,
            remedy="Select channels with get_channel().",
        )
    values = itk_values(volume.array)
    is_vector = values.ndim == 4
    # SimpleITK's arrays have the axes of its indices in reverse.
    reversed_axes = values.transpose(2, 1, 0, *range(3, values.ndim))
    image = library.GetImageFromArray(np.ascontiguousarray(reversed_axes), isVector=is_vector)
    image.SetSpacing(volume.spacing)
    image.SetOrigin(volume.position)
    image.SetDirection(volume.direction.ravel().tolist())
    return image


def affine_from_parts(spacing: Any, origin: Any, direction: Any) -> FloatArray:
    """Make an affine matrix from spacing, origin and direction of an image of ITK."""
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(direction, dtype=np.float64).reshape(3, 3) * np.asarray(spacing)
    affine[:3, 3] = origin
    return affine


def parts_from_simpleitk(image: sitk.Image) -> tuple[np.ndarray, FloatArray, Channels | None]:
    """Take voxels, affine matrix and channels out of an image of SimpleITK.

    Raises
    ------
    GeometryError
        If the image does not have three dimensions.
    """
    library = import_library("SimpleITK", "SimpleITK")
    source: Any = image
    if source.GetDimension() != 3:
        raise GeometryError("image is not three-dimensional", found=source.GetDimension())
    array = library.GetArrayFromImage(source)
    values = array.transpose(2, 1, 0, *range(3, array.ndim))
    channels: Channels | None = None
    if values.ndim == 4:
        channels = {COMPONENT_CHANNEL: list(range(values.shape[3]))}
    affine = affine_from_parts(source.GetSpacing(), source.GetOrigin(), source.GetDirection())
    return values, affine, channels
