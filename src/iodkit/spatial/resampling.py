"""Voxels on another grid, by nearest neighbour or linear interpolation, with numpy alone.

Grids with parallel axes are computed axis by axis, others plane by plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import coerce_enum
from iodkit.elements.tolerances import VOXEL_EDGE
from iodkit.errors import InvalidTypeError
from iodkit.spatial.geometry import VolumeGeometry
from iodkit.spatial.padding import check_fill_value
from iodkit.spatial.vectors import FloatArray, as_spacing
from iodkit.standard.enums import InterpolationMethods

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["resample_array", "respaced"]


def respaced(geometry: VolumeGeometry, spacing: Sequence[float] | float) -> VolumeGeometry:
    """Make a grid with another spacing that covers the same extent around the same centre.

    Parameters
    ----------
    geometry : VolumeGeometry
        Present grid.
    spacing : Sequence[float] | float
        New distance in mm between voxels along each axis.

    Returns
    -------
    VolumeGeometry
        Grid whose number of voxels is the extent over the spacing, rounded, at least 1.
    """
    steps = as_spacing(spacing, 3, "spacing")
    shape = np.maximum(np.rint(np.array(geometry.physical_extent) / steps).astype(int), 1)
    return VolumeGeometry.from_components(
        shape.tolist(),
        spacing=steps.tolist(),
        coordinate_system=geometry.coordinate_system,
        center_position=geometry.center_position,
        direction=geometry.direction,  # type: ignore[arg-type]
        frame_of_reference_uid=geometry.frame_of_reference_uid,
    )


def resample_array(
    array: np.ndarray,
    between: FloatArray,
    shape: tuple[int, int, int],
    interpolation: InterpolationMethods | str,
    constant_value: float,
    *,
    allow_integers: bool,
) -> np.ndarray:
    """Compute voxels at the places of another grid; see `Volume.resample`.

    Parameters
    ----------
    array : numpy.ndarray
        Array of shape (a, b, c, *channels).
    between : numpy.ndarray
        Matrix of shape (4, 4) from indices of the other grid to those of the array.
    shape : tuple[int, int, int]
        Shape of the other grid.
    interpolation, constant_value, allow_integers
        As in `Volume.resample`.

    Returns
    -------
    numpy.ndarray
        Array of the other grid's shape and the channels.
    """
    name = interpolation.upper() if isinstance(interpolation, str) else interpolation
    method = coerce_enum(name, InterpolationMethods, "interpolation")
    is_linear = method is InterpolationMethods.LINEAR
    if is_linear and array.dtype.kind != "f":
        if not allow_integers:
            raise InvalidTypeError(
                "linear interpolation of integers would mix labels",
                attribute="interpolation",
                found=str(array.dtype),
                remedy="Use 'NEAREST' for labels, or pass allow_integers=True for intensities.",
            )
        array = array.astype(np.result_type(array.dtype, np.float32))
    fill = check_fill_value(array.dtype, constant_value)
    return _resample(array, between, shape, fill, linear=is_linear)


def _resample(
    array: np.ndarray,
    between: FloatArray,
    shape: tuple[int, int, int],
    fill: Any,
    *,
    linear: bool,
) -> np.ndarray:
    """Compute target voxels; `between` maps their indices to those of the array."""
    order, is_separable = _separable_axes(between, shape)
    if is_separable:
        return _along_axes(array, between, shape, order, fill, linear=linear)
    return _by_planes(array, between, shape, fill, linear=linear)


def _separable_axes(between: FloatArray, target: tuple[int, int, int]) -> tuple[list[int], bool]:
    """Find the target axis along each source axis, and whether all are parallel."""
    reach = np.abs(between[:3, :3]) * (np.array(target) - 1).clip(min=1)
    order = np.argmax(np.abs(between[:3, :3]), axis=1).tolist()
    if sorted(order) != [0, 1, 2]:
        return order, False
    others = reach.copy()
    others[np.arange(3), order] = 0
    # What other axes add over the whole grid must be far below a voxel.
    return order, bool(others.sum(axis=1).max() <= VOXEL_EDGE)


def _along_axes(
    array: np.ndarray,
    between: FloatArray,
    shape: tuple[int, int, int],
    order: list[int],
    fill: Any,
    *,
    linear: bool,
) -> np.ndarray:
    """Resample one axis after the other."""
    values = array
    outside: list[np.ndarray] = []
    for axis, target_axis in enumerate(order):
        places = between[axis, target_axis] * np.arange(shape[target_axis]) + between[axis, 3]
        size = array.shape[axis]
        outside.append((places < -0.5 - VOXEL_EDGE) | (places > size - 0.5 + VOXEL_EDGE))
        if not linear:
            values = values.take(_nearest(places, size), axis=axis)
            continue
        low, weight = _neighbours(places, size)
        weight = weight.reshape([-1 if i == axis else 1 for i in range(values.ndim)])
        below = values.take(low, axis=axis)
        above = values.take(np.minimum(low + 1, size - 1), axis=axis)
        values = below + (above - below) * weight.astype(values.dtype)
    if any(o.any() for o in outside):
        for axis, mask in enumerate(outside):
            values[(slice(None),) * axis + (mask,)] = fill
    # Axis i of the source became axis order[i] of the target.
    inverse = np.argsort(order)
    return np.ascontiguousarray(values.transpose(*inverse, *range(3, values.ndim)))


def _nearest(places: FloatArray, size: int) -> np.ndarray:
    """Return nearest indices; halves go up, alike in both directions of an axis."""
    return np.floor(places + 0.5).astype(np.int64).clip(0, size - 1)


def _neighbours(places: FloatArray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower neighbour and the weight of the upper one; borders are extended."""
    clipped = places.clip(0, size - 1)
    low = np.floor(clipped).astype(np.int64).clip(0, max(size - 2, 0))
    return low, clipped - low


def _by_planes(
    array: np.ndarray,
    between: FloatArray,
    shape: tuple[int, int, int],
    fill: Any,
    *,
    linear: bool,
) -> np.ndarray:
    """Resample one plane of the target after the other, on flat arrays."""
    voxels = np.ascontiguousarray(array).reshape(-1, *array.shape[3:])
    result = np.empty((shape[0], shape[1] * shape[2], *array.shape[3:]), dtype=array.dtype)
    size = array.shape[:3]
    rows, columns = np.arange(shape[1], dtype=np.float64), np.arange(shape[2], dtype=np.float64)
    # Places within a plane are the same for all planes but for a constant.
    in_plane = [
        np.add.outer(between[axis, 1] * rows, between[axis, 2] * columns).ravel()
        for axis in range(3)
    ]
    sample = _trilinear if linear else _closest
    for number in range(shape[0]):
        start = between[:3, 0] * number + between[:3, 3]
        places = [in_plane[axis] + start[axis] for axis in range(3)]
        outside = np.zeros(len(places[0]), dtype=bool)
        for place, count in zip(places, size, strict=True):
            outside |= (place < -0.5 - VOXEL_EDGE) | (place > count - 0.5 + VOXEL_EDGE)
        sample(voxels, places, size, result[number])
        result[number][outside] = fill
    return result.reshape(*shape, *array.shape[3:])


def _closest(
    voxels: np.ndarray, places: list[np.ndarray], size: tuple[int, ...], result: np.ndarray
) -> None:
    """Take the voxels that are nearest to places."""
    first, second, third = (_nearest(p, n) for p, n in zip(places, size, strict=True))
    np.take(voxels, (first * size[1] + second) * size[2] + third, axis=0, out=result, mode="clip")


def _trilinear(
    voxels: np.ndarray, places: list[np.ndarray], size: tuple[int, ...], result: np.ndarray
) -> None:
    """Interpolate between the eight neighbours of places, axis by axis."""
    low, fraction = zip(
        *(_neighbours(p, n) for p, n in zip(places, size, strict=True)), strict=True
    )
    corner = (low[0] * size[1] + low[1]) * size[2] + low[2]
    # Along an axis of one voxel the upper neighbour is the lower one.
    strides = (size[1] * size[2], size[2], 1)
    steps = [stride if n > 1 else 0 for stride, n in zip(strides, size, strict=True)]
    weights = [f.astype(voxels.dtype).reshape(-1, *([1] * (voxels.ndim - 1))) for f in fraction]

    def between(at: np.ndarray, axis: int) -> np.ndarray:
        if axis == 3:
            return voxels.take(at, axis=0)
        below = between(at, axis + 1)
        above = between(at + steps[axis], axis + 1)
        above -= below
        above *= weights[axis]
        above += below
        return above

    result[...] = between(corner, 0)
