"""Volumes as images of nibabel, and NIfTI's affine matrices.

Axes stay in their order; reference axes change from DICOM's (left, posterior, head) to NIfTI's
(right, anterior, superior).  One axis of channels becomes the fourth axis.  Names of channels,
coordinate system and Frame of Reference UID are lost.  NIfTI-1 keeps affine matrices in single
precision in files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import coerce_enum
from iodkit.errors import GeometryError, UnsupportedError
from iodkit.spatial.affine import convert_affine_to_convention
from iodkit.spatial.interop.libraries import import_library
from iodkit.spatial.interop.simpleitk import COMPONENT_CHANNEL
from iodkit.spatial.orthogonality import as_affine
from iodkit.standard.enums import NiBabelImageClasses

if TYPE_CHECKING:
    import nibabel.spatialimages

    from iodkit.spatial.channeled import ChanneledGrid
    from iodkit.spatial.channels import Channels
    from iodkit.spatial.vectors import FloatArray

__all__ = ["parts_from_nibabel", "volume_to_nibabel"]

# Formats other than NIfTI-2 cannot hold these types, or nibabel refuses them without being told.
_STORABLE_64_BIT = frozenset((NiBabelImageClasses.NIFTI1IMAGE, NiBabelImageClasses.NIFTI2IMAGE))


def volume_to_nibabel(
    volume: ChanneledGrid, image_class: str | NiBabelImageClasses
) -> nibabel.spatialimages.SpatialImage:
    """Convert a volume to an image of nibabel.

    Parameters
    ----------
    volume : Volume
        Volume with no axis of channels, or one.
    image_class : str | NiBabelImageClasses
        Name of a class of nibabel.

    Returns
    -------
    nibabel.spatialimages.SpatialImage
        Image with the same voxels at the same places; bool becomes uint8, float16 float32.

    Raises
    ------
    MissingDependencyError
        If nibabel is not installed.
    UnsupportedError
        If there is more than one axis of channels.
    """
    library = import_library("nibabel", "nibabel")
    kind = coerce_enum(image_class, NiBabelImageClasses, "image_class")
    if volume.number_of_channel_dimensions > 1:
        raise UnsupportedError(
            "images of nibabel have one axis of channels",
            found=volume.number_of_channel_dimensions,
            remedy="Select channels with get_channel().",
        )
    values = volume.array
    if values.dtype == np.bool_:
        values = values.astype(np.uint8)
    elif values.dtype == np.float16:
        values = values.astype(np.float32)
    affine = convert_affine_to_convention(volume.affine, "LPH", "RAH")
    options = {}
    if values.dtype in (np.int64, np.uint64) and kind in _STORABLE_64_BIT:
        options["dtype"] = values.dtype
    image = getattr(library, kind.value)(values, affine, **options)
    if kind in _STORABLE_64_BIT:
        image.header.set_xyzt_units("mm")
        # Both forms, since programs differ in which they read; the code says that coordinates are
        # the scanner's, not those of a template.  The image keeps its matrix in double precision.
        for set_form in (image.set_sform, image.set_qform):
            set_form(affine, code="scanner", update_affine=False)
    return image


def parts_from_nibabel(
    image: nibabel.spatialimages.SpatialImage,
) -> tuple[np.ndarray, FloatArray, Channels | None]:
    """Take voxels, affine matrix and channels out of an image of nibabel.

    Raises
    ------
    GeometryError
        If the image has fewer than three axes or more than four, or no affine matrix.
    """
    affine = image.affine
    if affine is None:
        raise GeometryError("the image has no affine matrix, so it is not placed in space")
    array = np.asanyarray(image.dataobj)
    if array.ndim not in (3, 4):
        raise GeometryError("image has neither three nor four axes", found=array.shape)
    channels: Channels | None = None
    if array.ndim == 4:
        channels = {COMPONENT_CHANNEL: list(range(array.shape[3]))}
    units = _length_unit(image)
    matrix = as_affine(affine, "affine")
    matrix[:3] *= units
    return array, convert_affine_to_convention(matrix, "RAH", "LPH"), channels


def _length_unit(image: nibabel.spatialimages.SpatialImage) -> float:
    """Return the length in mm of the unit that a header states; mm if it states none."""
    header: Any = image.header
    if not hasattr(header, "get_xyzt_units"):
        return 1.0
    lengths = {"meter": 1000.0, "micron": 0.001}
    return lengths.get(header.get_xyzt_units()[0], 1.0)
