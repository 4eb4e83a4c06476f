"""Transformers from the plane of one image to that of another one in the same space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from iodkit.elements.tolerances import SAME_PLANE
from iodkit.spatial.affine import invert_affine
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.image_plane import read_plane
from iodkit.spatial.plane_affine import FROM_HALF_PIXEL, HALF_PIXEL, plane_affine
from iodkit.spatial.point_transformer import PointTransformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit.spatial.vectors import FloatArray

__all__ = ["ImageToImageTransformer", "PixelToPixelTransformer"]


def _plane_to_plane(
    position_from: Sequence[float],
    orientation_from: Sequence[float],
    spacing_from: Sequence[float],
    position_to: Sequence[float],
    orientation_to: Sequence[float],
    spacing_to: Sequence[float],
) -> FloatArray:
    """Make the matrix from indices of one image to those of another in the same plane."""
    source = plane_affine(
        position_from, orientation_from, spacing_from, spacing_name="pixel_spacing_from"
    )
    target = plane_affine(position_to, orientation_to, spacing_to, spacing_name="pixel_spacing_to")
    affine = invert_affine(target) @ source
    # The third coordinate of the target is in mm.  Slopes are judged per pixel as well, since the
    # size of the image is not known.
    pixel = float(np.linalg.norm(target[:3, :2], axis=0).min())
    away = max(abs(affine[2, 3]), *(1000 * abs(affine[2, :2])))
    if away > SAME_PLANE * pixel:
        raise GeometryMismatchError(
            "the two images do not lie in one plane",
            found=f"{abs(affine[2, 3]):.4g} mm apart, {np.abs(affine[2, :2]).max():.3g} mm more "
            "with every pixel",
            expected=f"at most {SAME_PLANE * pixel:.3g} mm",
        )
    affine[2] = (0.0, 0.0, 1.0 if affine[2, 2] > 0 else -1.0, 0.0)
    affine[:2, 2] = 0.0
    return affine


class _BetweenPlanes(PointTransformer):
    """From one image to another in the same plane."""

    _input_dimensions = 2
    _output_dimensions = 2

    @staticmethod
    def _parts(
        dataset_from: Dataset,
        dataset_to: Dataset,
        frames: tuple[int | None, int | None],
        matrices: tuple[bool, bool],
    ) -> list[Sequence[float]]:
        """Read the six parts of two planes of one frame of reference."""
        names = [d.get("FrameOfReferenceUID") for d in (dataset_from, dataset_to)]
        if all(names) and names[0] != names[1]:
            raise GeometryMismatchError(
                "the two images have different frames of reference",
                attribute="FrameOfReferenceUID",
                found=[str(n) for n in names],
                clause="PS3.3 C.7.4.1",
            )
        parts: list[Sequence[float]] = []
        for dataset, frame, matrix in zip(
            (dataset_from, dataset_to), frames, matrices, strict=True
        ):
            plane = read_plane(dataset, frame, matrix)
            parts += [plane.position, plane.orientation, plane.pixel_spacing]
        return parts


class PixelToPixelTransformer(_BetweenPlanes):
    """From pixel indices of one image to those of another in the same plane.

    Parameters
    ----------
    image_position_from, image_position_to : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel.
    image_orientation_from, image_orientation_to : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing_from, pixel_spacing_to : Sequence[float]
        Distance in mm between rows and between columns.
    round_output : bool, optional
        Whether results are rounded to the nearest pixel.

    Raises
    ------
    GeometryMismatchError
        If the two do not lie in one plane (within 0.001 pixels).
    """

    _input_name = "indices"
    _needs_integers = True

    def __init__(
        self,
        image_position_from: Sequence[float],
        image_orientation_from: Sequence[float],
        pixel_spacing_from: Sequence[float],
        image_position_to: Sequence[float],
        image_orientation_to: Sequence[float],
        pixel_spacing_to: Sequence[float],
        round_output: bool = True,
    ) -> None:
        self._affine = _plane_to_plane(
            image_position_from,
            image_orientation_from,
            pixel_spacing_from,
            image_position_to,
            image_orientation_to,
            pixel_spacing_to,
        )
        self._round = round_output

    def __call__(self, indices: np.ndarray) -> np.ndarray:
        """Transform pixel indices.

        Parameters
        ----------
        indices : numpy.ndarray
            Integers of shape (n, 2): column and row, from zero.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 2): column and row, of int64, or float64 if not rounded.
        """
        return self._map_rounded(indices) if self._round else self._map(indices)

    @classmethod
    def for_images(
        cls,
        dataset_from: Dataset,
        dataset_to: Dataset,
        frame_number_from: int | None = None,
        frame_number_to: int | None = None,
        for_total_pixel_matrix_from: bool = False,
        for_total_pixel_matrix_to: bool = False,
        round_output: bool = True,
    ) -> Self:
        """Make a transformer for two images.

        Parameters
        ----------
        dataset_from, dataset_to : pydicom.Dataset
            Images that are placed in space.
        frame_number_from, frame_number_to : int, optional
            Numbers of the frames, from 1; needed for images that have several.
        for_total_pixel_matrix_from, for_total_pixel_matrix_to : bool, optional
            Whether total pixel matrices are meant rather than frames.
        round_output : bool, optional
            Whether results are rounded to the nearest pixel.

        Returns
        -------
        Self
            The transformer.

        Raises
        ------
        GeometryMismatchError
            If the two do not lie in one plane, or have different frames of reference.
        """
        frames = (frame_number_from, frame_number_to)
        matrices = (for_total_pixel_matrix_from, for_total_pixel_matrix_to)
        a, b, c, d, e, f = cls._parts(dataset_from, dataset_to, frames, matrices)
        return cls(a, b, c, d, e, f, round_output)


class ImageToImageTransformer(_BetweenPlanes):
    """From image coordinates of one image to those of another in the same plane.

    Parameters
    ----------
    image_position_from, image_position_to : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel.
    image_orientation_from, image_orientation_to : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing_from, pixel_spacing_to : Sequence[float]
        Distance in mm between rows and between columns.

    Raises
    ------
    GeometryMismatchError
        If the two do not lie in one plane (within 0.001 pixels).
    """

    _input_name = "coordinates"

    def __init__(
        self,
        image_position_from: Sequence[float],
        image_orientation_from: Sequence[float],
        pixel_spacing_from: Sequence[float],
        image_position_to: Sequence[float],
        image_orientation_to: Sequence[float],
        pixel_spacing_to: Sequence[float],
    ) -> None:
        between = _plane_to_plane(
            image_position_from,
            image_orientation_from,
            pixel_spacing_from,
            image_position_to,
            image_orientation_to,
            pixel_spacing_to,
        )
        self._affine = FROM_HALF_PIXEL @ between @ HALF_PIXEL

    def __call__(self, coordinates: np.ndarray) -> FloatArray:
        """Transform image coordinates.

        Parameters
        ----------
        coordinates : numpy.ndarray
            Array of shape (n, 2): column and row from the corner of the image.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 2): column and row.
        """
        return self._map(coordinates)

    @classmethod
    def for_images(
        cls,
        dataset_from: Dataset,
        dataset_to: Dataset,
        frame_number_from: int | None = None,
        frame_number_to: int | None = None,
        for_total_pixel_matrix_from: bool = False,
        for_total_pixel_matrix_to: bool = False,
    ) -> Self:
        """Make a transformer for two images.

        Parameters
        ----------
        dataset_from, dataset_to, frame_number_from, frame_number_to
            As in `PixelToPixelTransformer.for_images`.
        for_total_pixel_matrix_from, for_total_pixel_matrix_to
            As in `PixelToPixelTransformer.for_images`.

        Returns
        -------
        Self
            The transformer.

        Raises
        ------
        GeometryMismatchError
            If the two do not lie in one plane, or have different frames of reference.
        """
        frames = (frame_number_from, frame_number_to)
        matrices = (for_total_pixel_matrix_from, for_total_pixel_matrix_to)
        a, b, c, d, e, f = cls._parts(dataset_from, dataset_to, frames, matrices)
        return cls(a, b, c, d, e, f)
