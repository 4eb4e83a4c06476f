"""Grids that can be aligned with, compared with and matched to another one."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from iodkit.elements import coerce_enum
from iodkit.elements.tolerances import GEOMETRY_TOLERANCE, GEOMETRY_VOXELS
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.conventions import (
    PatientOrientation,
    closest_axes,
    rotation_for_patient_orientation,
)
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.mapping import apply_affine
from iodkit.spatial.padding import PadWidths, parse_pad_mode
from iodkit.spatial.randomizing import RandomizableGrid
from iodkit.standard.enums import AxisHandedness, PadModes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iodkit.spatial.grid import SpatialGrid
    from iodkit.spatial.vectors import FloatArray

__all__ = ["MatchableGrid"]

# Modes of padding whose values do not depend on voxels that are cropped.
_LOCAL_MODES = frozenset((PadModes.CONSTANT, PadModes.EDGE))


class MatchableGrid(RandomizableGrid):
    """A grid that can be aligned with, compared with and matched to another one."""

    def to_patient_orientation(self, patient_orientation: PatientOrientation) -> Self:
        """Permute and flip axes so that they are closest to directions of the patient.

        Parameters
        ----------
        patient_orientation : str | Sequence[str | PatientOrientationValuesBiped]
            Direction of each axis of the result, for example ``"FPL"``.

        Returns
        -------
        Self
            The rearranged grid; oblique grids stay oblique.

        Raises
        ------
        GeometryMismatchError
            If the grid lies in the coordinate system of a slide.
        """
        self.get_closest_patient_orientation()
        return self._align(rotation_for_patient_orientation(patient_orientation))

    def match_orientation(self, other: MatchableGrid) -> Self:
        """Permute and flip axes so that they are closest to those of another grid.

        Parameters
        ----------
        other : Volume | VolumeGeometry
            Grid whose axes are to be matched.

        Returns
        -------
        Self
            The rearranged grid.

        Raises
        ------
        GeometryMismatchError
            If the two lie in different coordinate systems.
        """
        self._require_same_reference(other)
        return self._align(other.direction)

    def _align(self, directions: FloatArray) -> Self:
        """Permute and flip axes so that they are closest to the columns of a matrix."""
        order, signs = closest_axes(directions.T @ self.direction)
        arranged = self.permute_spatial_axes(order)
        return arranged.flip_spatial([i for i in range(3) if signs[i] < 0])

    def ensure_handedness(
        self,
        handedness: AxisHandedness | str,
        *,
        flip_axis: int | None = None,
        swap_axes: Sequence[int] | None = None,
    ) -> Self:
        """Flip an axis or swap two if the handedness is not the wanted one.

        Parameters
        ----------
        handedness : AxisHandedness | str
            Wanted handedness of the three axes in their order.
        flip_axis : int, optional
            Axis to flip if needed.
        swap_axes : Sequence[int], optional
            Two axes to swap if needed, instead of `flip_axis`.

        Returns
        -------
        Self
            The grid, rearranged if needed.

        Raises
        ------
        InvalidTypeError
            If not exactly one of `flip_axis` and `swap_axes` is given.
        """
        if (flip_axis is None) == (swap_axes is None):
            raise InvalidTypeError("exactly one of flip_axis and swap_axes must be given")
        if self.handedness is coerce_enum(handedness, AxisHandedness, "handedness"):
            return self
        if flip_axis is not None:
            return self.flip_spatial(flip_axis)
        pair = [] if swap_axes is None else list(swap_axes)
        if len(pair) != 2:
            raise InvalidValueError("not two axes", attribute="swap_axes", found=swap_axes)
        return self.swap_spatial_axes(*pair)

    def geometry_equal(self, other: MatchableGrid, tol: float | None = GEOMETRY_TOLERANCE) -> bool:
        """Tell whether another grid has its voxels at the same places.

        Parameters
        ----------
        other : Volume | VolumeGeometry
            Grid to compare with.
        tol : float | None, optional
            Largest distance between corresponding corners, as a fraction of the diagonal of the
            grid; it is also limited to 1000 × `tol` voxels, so that it means the same for a slide
            in micrometres and a patient in millimetres.  ``None`` for exact equality.

        Returns
        -------
        bool
            Whether shape, coordinate system, frame of reference (where both are known) and
            positions are equal.
        """
        if self.spatial_shape != other.spatial_shape or not self._has_same_reference(other):
            return False
        if tol is None:
            return bool(np.array_equal(self._affine, other._affine))
        corners = _corners(self.spatial_shape)
        here, there = apply_affine(self._affine, corners), apply_affine(other._affine, corners)
        return bool(np.linalg.norm(here - there, axis=1).max() <= self._allowed_distance(tol))

    def match_geometry(
        self,
        other: MatchableGrid,
        *,
        mode: PadModes = PadModes.CONSTANT,
        constant_value: float = 0.0,
        per_channel: bool = False,
        tol: float = GEOMETRY_TOLERANCE,
    ) -> Self:
        """Permute, flip, crop and pad to the geometry of another grid, without interpolation.

        Parameters
        ----------
        other : Volume | VolumeGeometry
            Grid with the wanted geometry.
        mode, constant_value, per_channel
            As in `pad`.
        tol : float, optional
            Tolerance, as in `geometry_equal`.

        Returns
        -------
        Self
            Grid with the geometry of `other`.

        Raises
        ------
        GeometryMismatchError
            If the voxels of the two do not lie on one lattice, or the coordinate systems or frames
            of reference differ.
        """
        arranged = self.match_orientation(other)
        chosen = parse_pad_mode(mode)
        corners = _corners(other.spatial_shape)
        there = apply_affine(other._affine, corners)
        exact = apply_affine(arranged.inverse_affine, there)
        nearest = np.rint(exact)
        distance = np.linalg.norm((exact - nearest) * arranged.spacing, axis=1).max()
        extent = nearest[-1] - nearest[0] + 1
        if distance > other._allowed_distance(tol) or not np.array_equal(
            extent, other.spatial_shape
        ):
            raise GeometryMismatchError(
                "the voxels of the two grids do not lie on one lattice",
                found=f"corners up to {distance:.3g} mm from a voxel, spacing {arranged.spacing}, "
                f"other spacing {other.spacing}",
                expected=f"at most {other._allowed_distance(tol):.3g} mm and equal spacing",
                remedy="Use resample(), which interpolates, if that is what you want.",
            )
        first = nearest[0].astype(int).tolist()
        last = nearest[-1].astype(int).tolist()
        return arranged._window(
            first,
            last,
            chosen,
            lambda grid, widths: grid.pad(
                widths, mode=chosen, constant_value=constant_value, per_channel=per_channel
            ),
        )

    def _window(
        self,
        first: Sequence[int],
        last: Sequence[int],
        mode: PadModes,
        pad: Callable[[Self, PadWidths], Self],
    ) -> Self:
        """Return voxels `first` to `last` (both included), padded where there are none."""
        bounds = list(zip(first, last, self.spatial_shape, strict=True))
        before, after, part = [], [], []
        for low, high, n in bounds:
            before.append(max(0, -low))
            after.append(max(0, high + 1 - n))
            part.append(slice(low + before[-1], high + 1 + before[-1]))
        if not any((*before, *after)):
            return self[tuple(part)]
        widths: Any = tuple(zip(before, after, strict=True))
        overlap = tuple(slice(max(low, 0), high + 1) for low, high, _ in bounds)
        is_apart = any(low >= n or high < 0 for low, high, n in bounds)
        if is_apart or mode not in _LOCAL_MODES:
            # Values that are computed come from the whole grid, not from what is left of it.
            return pad(self, widths)[tuple(part)]
        return pad(self[overlap], widths)

    def _has_same_reference(self, other: SpatialGrid) -> bool:
        """Whether positions in both grids mean the same, as far as that is known."""
        mine, its = self.frame_of_reference_uid, other.frame_of_reference_uid
        return self.coordinate_system is other.coordinate_system and (
            mine is None or its is None or mine == its
        )

    def _require_same_reference(self, other: SpatialGrid) -> None:
        if not self._has_same_reference(other):
            raise GeometryMismatchError(
                "the two grids lie in different frames of reference",
                found=f"{other.coordinate_system.value} {other.frame_of_reference_uid}",
                expected=f"{self.coordinate_system.value} {self.frame_of_reference_uid}",
                clause="PS3.3 C.7.4.1",
            )

    def _allowed_distance(self, tol: float) -> float:
        """Convert a tolerance to a distance in mm; see `geometry_equal`."""
        diagonal = float(np.linalg.norm(self.physical_extent))
        return tol * min(diagonal, GEOMETRY_VOXELS * min(self.spacing))


def _corners(shape: Sequence[int]) -> FloatArray:
    """Return the indices of the eight corner voxels; the first is (0, 0, 0), the last the end."""
    return np.array(list(product(*((0.0, n - 1.0) for n in shape))))
