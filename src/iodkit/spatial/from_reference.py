"""Transformers from the reference coordinate system to the plane of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from iodkit.spatial.affine import invert_affine
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.image_plane import read_plane
from iodkit.spatial.mapping import round_indices
from iodkit.spatial.plane_affine import FROM_HALF_PIXEL, plane_affine
from iodkit.spatial.point_transformer import PointTransformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit.spatial.vectors import FloatArray

__all__ = ["ReferenceToImageTransformer", "ReferenceToPixelTransformer"]


class _ToPlane(PointTransformer):
    """From the reference coordinate system to a plane."""

    _input_dimensions = 3
    _input_name = "coordinates"
    _change: ClassVar[FloatArray] = np.eye(4)
    _drop: bool

    def _set_plane(
        self,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        pixel_spacing: Sequence[float],
        spacing_between_slices: float,
    ) -> None:
        plane = plane_affine(
            image_position, image_orientation, pixel_spacing, spacing_between_slices
        )
        self._affine = self._change @ invert_affine(plane)

    def _without_slice(self, mapped: FloatArray) -> FloatArray:
        """Drop the slice index, if asked for, of points that lie in the plane."""
        if not self._drop:
            return mapped
        # Rounding errors of coordinates must not decide about a point on the border.
        outside = np.abs(mapped[:, 2]) > 0.5 * (1 + 1e-9)
        if outside.any():
            first = int(np.argmax(outside))
            raise GeometryMismatchError(
                f"{int(outside.sum())} of {len(mapped)} points do not lie in the image plane; the "
                f"first, point {first}, is {mapped[first, 2]:.4g} slices away",
                expected="at most half a slice",
            )
        return mapped[:, :2]


class ReferenceToPixelTransformer(_ToPlane):
    """From reference coordinates to pixel indices of an image (PS3.3 C.7.6.2.1.1).

    Parameters
    ----------
    image_position : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel.
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.
    spacing_between_slices : float, optional
        Distance in mm that counts as one slice.
    round_output : bool, optional
        Whether indices are rounded to the nearest pixel.
    drop_slice_index : bool, optional
        Whether the slice index is left out; points must then lie within half a slice.
    """

    def __init__(
        self,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        pixel_spacing: Sequence[float],
        spacing_between_slices: float = 1.0,
        round_output: bool = True,
        drop_slice_index: bool = False,
    ) -> None:
        self._set_plane(image_position, image_orientation, pixel_spacing, spacing_between_slices)
        self._round = round_output
        self._drop = drop_slice_index

    def __call__(self, coordinates: np.ndarray) -> np.ndarray:
        """Transform reference coordinates.

        Parameters
        ----------
        coordinates : numpy.ndarray
            Array of shape (n, 3): coordinates in mm.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3): column, row and slice, or (n, 2) without slice; of int64, or
            float64 if not rounded.

        Raises
        ------
        GeometryMismatchError
            If the slice index is dropped and a point lies outside the plane.
        """
        if self._round and not self._drop:
            return self._map_rounded(coordinates)
        mapped = self._without_slice(self._map(coordinates))
        return round_indices(mapped) if self._round else mapped

    @classmethod
    def for_image(
        cls,
        dataset: Dataset,
        frame_number: int | None = None,
        for_total_pixel_matrix: bool = False,
        round_output: bool = True,
        drop_slice_index: bool = False,
    ) -> Self:
        """Make a transformer for an image.

        Parameters
        ----------
        dataset, frame_number, for_total_pixel_matrix
            As in `PixelToReferenceTransformer.for_image`.
        round_output, drop_slice_index
            As for the class.

        Returns
        -------
        Self
            The transformer; a slice is Spacing Between Slices, or 1 mm if that is missing.
        """
        plane = read_plane(dataset, frame_number, for_total_pixel_matrix)
        return cls(
            plane.position,
            plane.orientation,
            plane.pixel_spacing,
            plane.spacing_between_slices or 1.0,
            round_output,
            drop_slice_index,
        )


class ReferenceToImageTransformer(_ToPlane):
    """From reference coordinates to image coordinates (PS3.3 C.7.6.2.1.1).

    Parameters
    ----------
    image_position : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel.
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.
    spacing_between_slices : float, optional
        Distance in mm that counts as one slice.
    drop_slice_coord : bool, optional
        Whether the slice coordinate is left out; points must then lie within half a slice.
    """

    _change = FROM_HALF_PIXEL

    def __init__(
        self,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        pixel_spacing: Sequence[float],
        spacing_between_slices: float = 1.0,
        drop_slice_coord: bool = False,
    ) -> None:
        self._set_plane(image_position, image_orientation, pixel_spacing, spacing_between_slices)
        self._drop = drop_slice_coord

    def __call__(self, coordinates: np.ndarray) -> FloatArray:
        """Transform reference coordinates.

        Parameters
        ----------
        coordinates : numpy.ndarray
            Array of shape (n, 3): coordinates in mm.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3): column and row from the corner of the image, and slice; or
            (n, 2) without slice.

        Raises
        ------
        GeometryMismatchError
            If the slice coordinate is dropped and a point lies outside the plane.
        """
        return self._without_slice(self._map(coordinates))

    @classmethod
    def for_image(
        cls,
        dataset: Dataset,
        frame_number: int | None = None,
        for_total_pixel_matrix: bool = False,
        drop_slice_coord: bool = False,
    ) -> Self:
        """Make a transformer for an image.

        Parameters
        ----------
        dataset, frame_number, for_total_pixel_matrix
            As in `PixelToReferenceTransformer.for_image`.
        drop_slice_coord : bool, optional
            As for the class.

        Returns
        -------
        Self
            The transformer; a slice is Spacing Between Slices, or 1 mm if that is missing.
        """
        plane = read_plane(dataset, frame_number, for_total_pixel_matrix)
        return cls(
            plane.position,
            plane.orientation,
            plane.pixel_spacing,
            plane.spacing_between_slices or 1.0,
            drop_slice_coord,
        )
