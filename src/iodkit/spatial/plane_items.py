"""Grids as stacks of planes: their positions, orientation and measures as functional groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.content import (
    PixelMeasuresSequence,
    PlaneOrientationSequence,
    PlanePositionSequence,
)
from iodkit.errors import OutOfRangeError
from iodkit.spatial.grid import SpatialGrid
from iodkit.spatial.mapping import apply_affine
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from iodkit.spatial.vectors import FloatArray

__all__ = ["PlanarGrid"]


class PlanarGrid(SpatialGrid):
    """A grid whose planes, along the first axis, can be described as those of an image."""

    def get_plane_position(self, plane_index: int) -> PlanePositionSequence:
        """Return the position of a plane along the first axis.

        Parameters
        ----------
        plane_index : int
            Index of the plane, from zero.

        Returns
        -------
        iodkit.content.PlanePositionSequence
            Position of the plane's voxel (0, 0); on slides at row 1 and column 1 of the total
            pixel matrix.

        Raises
        ------
        OutOfRangeError
            If there is no such plane.
        """
        count = self._spatial_shape[0]
        if not 0 <= plane_index < count:
            raise OutOfRangeError(
                "no such plane",
                attribute="plane_index",
                found=plane_index,
                expected=f"0 to {count - 1}",
            )
        return self._plane_position(self._plane_origins()[plane_index])

    def get_plane_positions(self) -> list[PlanePositionSequence]:
        """Return the positions of all planes along the first axis.

        Returns
        -------
        list[iodkit.content.PlanePositionSequence]
            One for each plane, in order.
        """
        return [self._plane_position(origin) for origin in self._plane_origins()]

    def _plane_origins(self) -> FloatArray:
        """Reference coordinates of voxel (k, 0, 0) for each plane k, shape (n, 3)."""
        planes = np.arange(self._spatial_shape[0], dtype=np.float64)[:, np.newaxis]
        return apply_affine(self._affine, planes)

    def _plane_position(self, origin: FloatArray) -> PlanePositionSequence:
        is_slide = self._coordinate_system is CoordinateSystemNames.SLIDE
        return PlanePositionSequence(
            self._coordinate_system, origin.tolist(), (1, 1) if is_slide else None
        )

    def get_plane_orientation(self) -> PlaneOrientationSequence:
        """Return the orientation of the planes.

        Returns
        -------
        iodkit.content.PlaneOrientationSequence
            Orientation in the coordinate system of the grid.
        """
        return PlaneOrientationSequence(self._coordinate_system, self.direction_cosines)

    def get_pixel_measures(self) -> PixelMeasuresSequence:
        """Return spacing and thickness of the planes.

        Returns
        -------
        iodkit.content.PixelMeasuresSequence
            Pixel spacing, and the spacing between planes both as thickness and as spacing.
        """
        return PixelMeasuresSequence(
            self.pixel_spacing, self.spacing_between_slices, self.spacing_between_slices
        )
