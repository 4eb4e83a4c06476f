"""Transformers from the plane of an image to the reference coordinate system."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from iodkit.spatial.image_plane import read_plane
from iodkit.spatial.plane_affine import HALF_PIXEL, plane_affine
from iodkit.spatial.point_transformer import PointTransformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit.spatial.vectors import FloatArray

__all__ = ["ImageToReferenceTransformer", "PixelToReferenceTransformer"]


class _FromPlane(PointTransformer):
    """From a plane to the reference coordinate system."""

    _input_dimensions = 2
    _change: ClassVar[FloatArray] = np.eye(4)

    def __init__(
        self,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        pixel_spacing: Sequence[float],
    ) -> None:
        plane = plane_affine(image_position, image_orientation, pixel_spacing)
        self._affine = plane @ self._change

    @classmethod
    def for_image(
        cls,
        dataset: Dataset,
        frame_number: int | None = None,
        for_total_pixel_matrix: bool = False,
    ) -> Self:
        """Make a transformer for an image.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Image of any kind that is placed in space.
        frame_number : int, optional
            Number of the frame, from 1; needed for images that have several frames.
        for_total_pixel_matrix : bool, optional
            Whether the total pixel matrix of a tiled image is meant rather than a frame.

        Returns
        -------
        Self
            The transformer.

        Raises
        ------
        MissingAttributeError
            If the image is not placed in space.
        """
        plane = read_plane(dataset, frame_number, for_total_pixel_matrix)
        return cls(plane.position, plane.orientation, plane.pixel_spacing)


class PixelToReferenceTransformer(_FromPlane):
    """From pixel indices of an image to reference coordinates (PS3.3 C.7.6.2.1.1).

    Parameters
    ----------
    image_position : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel.
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.
    """

    _input_name = "indices"
    _needs_integers = True

    def __call__(self, indices: np.ndarray) -> FloatArray:
        """Transform pixel indices.

        Parameters
        ----------
        indices : numpy.ndarray
            Integers of shape (n, 2): column and row, from zero.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3): coordinates in mm of the centres of the pixels.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If dtype or shape are wrong.
        """
        return self._map(indices)


class ImageToReferenceTransformer(_FromPlane):
    """From image coordinates to reference coordinates (PS3.3 C.7.6.2.1.1).

    Image coordinates count pixels from the corner of the image: the centre of the top left pixel
    is at (0.5, 0.5) (PS3.3 C.10.5.1.2).

    Parameters
    ----------
    image_position : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel.
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing : Sequence[float]
        Distance in mm between rows and between columns.
    """

    _input_name = "coordinates"
    _change = HALF_PIXEL

    def __call__(self, coordinates: np.ndarray) -> FloatArray:
        """Transform image coordinates.

        Parameters
        ----------
        coordinates : numpy.ndarray
            Array of shape (n, 2): column and row.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3): coordinates in mm.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If dtype or shape are wrong.
        """
        return self._map(coordinates)
