"""Points between images and the reference coordinate system, and from image to image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.affine import create_affine_matrix_from_attributes, invert_affine
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.image_plane import read_plane
from iodkit.spatial.mapping import apply_affine, round_indices
from iodkit.spatial.vectors import FloatArray, as_points, as_vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

__all__ = [
    "ImageToImageTransformer",
    "ImageToReferenceTransformer",
    "PixelToPixelTransformer",
    "PixelToReferenceTransformer",
    "ReferenceToImageTransformer",
    "ReferenceToPixelTransformer",
    "map_coordinate_into_pixel_matrix",
    "map_pixel_into_coordinate_system",
]

# Image coordinates count from the corner of the top left pixel, indices from its centre.
_HALF_PIXEL = np.array(
    [[1.0, 0.0, 0.0, -0.5], [0.0, 1.0, 0.0, -0.5], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
_FROM_HALF_PIXEL = invert_affine(_HALF_PIXEL)
# Two planes count as one if pixels of the one are no farther from the other than this many pixels.
_SAME_PLANE = 1e-3


class _Transformer:
    """An affine matrix that is applied to points."""

    _input_dimensions: ClassVar[int]
    _input_name: ClassVar[str]
    _needs_integers: ClassVar[bool] = False

    _affine: FloatArray

    @property
    def affine(self) -> FloatArray:
        """numpy.ndarray: Matrix of shape (4, 4) that is applied; a copy."""
        return self._affine.copy()

    def _map(self, points: np.ndarray) -> FloatArray:
        """Check points and apply the matrix, shape (n, 3)."""
        name = self._input_name
        if self._needs_integers and np.asarray(points).dtype.kind not in "iu":
            raise InvalidTypeError(
                "pixel indices are integers",
                attribute=name,
                found=str(np.asarray(points).dtype),
                expected="an array of integers",
                remedy="Use the transformers of image coordinates for places between pixels.",
            )
        return apply_affine(self._affine, as_points(points, self._input_dimensions, name))


class _FromPlane(_Transformer):
    """From a plane to the reference coordinate system."""

    _input_dimensions = 2
    _change: ClassVar[FloatArray] = np.eye(4)

    def __init__(
        self,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        pixel_spacing: Sequence[float],
    ) -> None:
        plane = create_affine_matrix_from_attributes(
            image_position, image_orientation, as_vector(pixel_spacing, 2, "pixel_spacing").tolist()
        )
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
    _change = _HALF_PIXEL

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


class _ToPlane(_Transformer):
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
        plane = create_affine_matrix_from_attributes(
            image_position,
            image_orientation,
            as_vector(pixel_spacing, 2, "pixel_spacing").tolist(),
            spacing_between_slices,
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

    _change = _FROM_HALF_PIXEL

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


def _plane_to_plane(
    position_from: Sequence[float],
    orientation_from: Sequence[float],
    spacing_from: Sequence[float],
    position_to: Sequence[float],
    orientation_to: Sequence[float],
    spacing_to: Sequence[float],
) -> FloatArray:
    """Make the matrix from indices of one image to those of another in the same plane."""
    source = create_affine_matrix_from_attributes(
        position_from, orientation_from, as_vector(spacing_from, 2, "pixel_spacing_from").tolist()
    )
    target = create_affine_matrix_from_attributes(
        position_to, orientation_to, as_vector(spacing_to, 2, "pixel_spacing_to").tolist()
    )
    affine = invert_affine(target) @ source
    # The third coordinate of the target is in mm.  Slopes are judged per pixel as well, since the
    # size of the image is not known.
    pixel = float(np.linalg.norm(target[:3, :2], axis=0).min())
    away = max(abs(affine[2, 3]), *(1000 * abs(affine[2, :2])))
    if away > _SAME_PLANE * pixel:
        raise GeometryMismatchError(
            "the two images do not lie in one plane",
            found=f"{abs(affine[2, 3]):.4g} mm apart, {np.abs(affine[2, :2]).max():.3g} mm more "
            "with every pixel",
            expected=f"at most {_SAME_PLANE * pixel:.3g} mm",
        )
    affine[2] = (0.0, 0.0, 1.0 if affine[2, 2] > 0 else -1.0, 0.0)
    affine[:2, 2] = 0.0
    return affine


class _BetweenPlanes(_Transformer):
    """From one image to another in the same plane."""

    _input_dimensions = 2

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
        mapped = self._map(indices)[:, :2]
        return round_indices(mapped) if self._round else mapped

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
        self._affine = _FROM_HALF_PIXEL @ between @ _HALF_PIXEL

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
        return self._map(coordinates)[:, :2]

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


def map_pixel_into_coordinate_system(
    index: Sequence[int],
    image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
) -> tuple[float, float, float]:
    """Map one pixel index to reference coordinates.

    Parameters
    ----------
    index : Sequence[int]
        Column and row, from zero; fractions lie between the centres of pixels.
    image_position, image_orientation, pixel_spacing
        As in `PixelToReferenceTransformer`.

    Returns
    -------
    tuple[float, float, float]
        Coordinates in mm.
    """
    plane = create_affine_matrix_from_attributes(image_position, image_orientation, pixel_spacing)
    x, y, z = apply_affine(plane, as_vector(index, 2, "index")[np.newaxis])[0].tolist()
    return (x, y, z)


def map_coordinate_into_pixel_matrix(
    coordinate: Sequence[float],
    image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
    spacing_between_slices: float = 1.0,
) -> tuple[int, int, int]:
    """Map one point in reference coordinates to the nearest pixel.

    Parameters
    ----------
    coordinate : Sequence[float]
        Coordinates in mm.
    image_position, image_orientation, pixel_spacing, spacing_between_slices
        As in `ReferenceToPixelTransformer`.

    Returns
    -------
    tuple[int, int, int]
        Column, row and slice, from zero.
    """
    transformer = ReferenceToPixelTransformer(
        image_position, image_orientation, pixel_spacing, spacing_between_slices
    )
    column, row, number = transformer(as_vector(coordinate, 3, "coordinate")[np.newaxis])[0].tolist()
    return (column, row, number)


def are_points_coplanar(points: np.ndarray, tol: float = 1e-5) -> bool:
    """Tell whether points lie in one plane.

    Parameters
    ----------
    points : numpy.ndarray
        Array of shape (n, 3).
    tol : float, optional
        Largest distance from the best plane, in the unit of the points.

    Returns
    -------
    bool
        Whether they do; three points or fewer always do.

    Raises
    ------
    InvalidValueError
        If the shape is wrong or `tol` is negative.
    """
    array = as_points(points, 3, "points")
    if tol < 0:
        raise InvalidValueError("tolerance is negative", attribute="tol", found=tol)
    if len(array) <= 3:
        return True
    centred = array - array.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return bool(np.abs(centred @ axes[2]).max() <= tol)
