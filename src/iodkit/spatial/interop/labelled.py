"""Volumes as labelled arrays of xarray, with nothing lost.

Spatial axes are named slice, row and column, with distances in mm along each axis as coordinates;
axes of channels have the names of their descriptors.  Affine matrix, coordinate system and Frame of
Reference UID are attributes of the array.  The coordinates follow selections of voxels, so the
affine matrix is computed from them on the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.datadict import tag_for_keyword

from iodkit.elements.tolerances import VOXEL_EDGE
from iodkit.errors import GeometryError, MissingAttributeError
from iodkit.spatial.channels import RGB_COLOR_CHANNEL_DESCRIPTOR, ChannelDescriptor
from iodkit.spatial.interop.libraries import import_library

if TYPE_CHECKING:
    import xarray

    from iodkit.spatial.channeled import ChanneledGrid
    from iodkit.spatial.channels import Channels
    from iodkit.spatial.vectors import FloatArray

__all__ = ["LabelledParts", "parts_from_xarray", "volume_to_xarray"]

_SPATIAL = ("slice", "row", "column")


@dataclass(frozen=True, slots=True)
class LabelledParts:
    """What a volume is made of."""

    array: np.ndarray
    affine: FloatArray
    coordinate_system: str
    frame_of_reference_uid: str | None
    channels: Channels


def volume_to_xarray(volume: ChanneledGrid) -> xarray.DataArray:
    """Convert a volume to a DataArray of xarray.

    Parameters
    ----------
    volume : Volume
        Any volume.

    Returns
    -------
    xarray.DataArray
        Labelled array; voxels are not copied.

    Raises
    ------
    MissingDependencyError
        If xarray is not installed.
    """
    library = import_library("xarray", "xarray")
    coordinates: dict[str, Any] = {
        name: np.arange(count) * step
        for name, count, step in zip(_SPATIAL, volume.spatial_shape, volume.spacing, strict=True)
    }
    for descriptor in volume.channel_descriptors:
        coordinates[descriptor.keyword] = [
            v.value if isinstance(v, Enum) else v for v in volume.get_channel_values(descriptor)
        ]
    reference = volume.frame_of_reference_uid
    attributes = {
        "affine": volume.affine.ravel().tolist(),
        "coordinate_system": volume.coordinate_system.value,
        "frame_of_reference_uid": None if reference is None else str(reference),
        "units": "mm",
    }
    return library.DataArray(
        volume.array, coords=coordinates, dims=tuple(coordinates), attrs=attributes
    )


def parts_from_xarray(data: xarray.DataArray) -> LabelledParts:
    """Take the parts of a volume out of a DataArray that `volume_to_xarray` made.

    Raises
    ------
    MissingAttributeError
        If the array has no affine matrix.
    GeometryError
        If a spatial axis is missing or its coordinates are not equally spaced.
    """
    if "affine" not in data.attrs or "coordinate_system" not in data.attrs:
        raise MissingAttributeError("the array is not placed in space", attribute="attrs['affine']")
    original = np.array(data.attrs["affine"], dtype=np.float64).reshape(4, 4)
    missing = [name for name in _SPATIAL if name not in data.dims]
    if missing:
        raise GeometryError(
            "spatial axes are missing", found=missing, remedy="Select with slices, not numbers."
        )
    data = data.transpose(*_SPATIAL, ...)
    affine = original.copy()
    for axis, name in enumerate(_SPATIAL):
        length = float(np.linalg.norm(original[:3, axis]))
        first, step = _steps(np.asarray(data.coords[name].values), length, name)
        unit = original[:3, axis] / length
        affine[:3, axis] = unit * step
        affine[:3, 3] += unit * first
    channels: Channels = {
        _descriptor(str(name), data.coords[name].values): data.coords[name].values.tolist()
        for name in data.dims[3:]
    }
    reference = data.attrs.get("frame_of_reference_uid")
    return LabelledParts(data.values, affine, data.attrs["coordinate_system"], reference, channels)


def _steps(places: np.ndarray, default: float, name: str) -> tuple[float, float]:
    """Return the first place along an axis and the step, which may be negative."""
    if len(places) == 1:
        return float(places[0]), default
    step = float(places[-1] - places[0]) / (len(places) - 1)
    expected = places[0] + step * np.arange(len(places))
    if step == 0 or np.abs(places - expected).max() > VOXEL_EDGE * abs(step):
        raise GeometryError("coordinates are not equally spaced", attribute=name)
    return float(places[0]), step


def _descriptor(name: str, values: np.ndarray) -> ChannelDescriptor:
    if name == RGB_COLOR_CHANNEL_DESCRIPTOR.keyword:
        return RGB_COLOR_CHANNEL_DESCRIPTOR
    if tag_for_keyword(name) is not None:
        return ChannelDescriptor(name)
    kinds: dict[str, type] = {"i": int, "u": int, "f": float}
    return ChannelDescriptor(
        name, is_custom=True, value_type=kinds.get(np.asarray(values).dtype.kind, str)
    )
