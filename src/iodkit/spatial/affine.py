"""Affine matrices between array indices and the reference coordinate system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.conventions import (
    IndexConvention,
    PatientAxes,
    PatientOrientation,
    convention_matrix,
    normalize_index_convention,
    normalize_patient_orientation,
    orientation_of_direction,
    parse_handedness,
    rotation_for_patient_orientation,
)
from iodkit.spatial.orthogonality import (
    as_affine,
    check_affine,
    orthonormal_cosines,
    orthonormal_matrix,
)
from iodkit.spatial.vectors import FloatArray, as_floats, as_shape, as_spacing, as_vector, positive
from iodkit.standard.enums import AxisHandedness, PixelIndexDirections

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "convert_affine_to_convention",
    "create_affine_matrix_from_attributes",
    "create_affine_matrix_from_components",
    "create_rotation_matrix",
    "get_closest_patient_orientation",
    "get_normal_vector",
    "invert_affine",
]

_Directions = PixelIndexDirections
_RIGHT_DOWN = (_Directions.R, _Directions.D)


def _in_plane_axes(cosines: FloatArray, convention: IndexConvention) -> FloatArray:
    """Return unit vectors of the two indices of a convention, shape (2, 3)."""
    vectors = {
        _Directions.R: cosines[0],
        _Directions.L: -cosines[0],
        _Directions.D: cosines[1],
        _Directions.U: -cosines[1],
    }
    return np.stack([vectors[d] for d in normalize_index_convention(convention)])


def _normal(axes: FloatArray, handedness: AxisHandedness | str) -> FloatArray:
    normal = np.cross(axes[0], axes[1])
    normal = normal / np.linalg.norm(normal)
    if parse_handedness(handedness) is AxisHandedness.LEFT_HANDED:
        normal = -normal
    return np.asarray(normal + 0.0, dtype=np.float64)


def get_normal_vector(
    image_orientation: Sequence[float],
    index_convention: IndexConvention = _RIGHT_DOWN,
    handedness: AxisHandedness | str = AxisHandedness.RIGHT_HANDED,
) -> FloatArray:
    """Compute the unit vector normal to an image plane.

    Parameters
    ----------
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    index_convention : str | Sequence[PixelIndexDirections | str], optional
        Directions in which the first and second in-plane index grow.
    handedness : AxisHandedness | str, optional
        Handedness that first index, second index and normal have in this order.

    Returns
    -------
    numpy.ndarray
        Array of shape (3,).

    Raises
    ------
    GeometryError
        If the cosines are not orthogonal unit vectors (PS3.3 C.7.6.2.1.1).
    """
    axes = _in_plane_axes(orthonormal_cosines(image_orientation), index_convention)
    return _normal(axes, handedness)


def create_rotation_matrix(
    image_orientation: Sequence[float],
    index_convention: IndexConvention = _RIGHT_DOWN,
    slices_first: bool = False,
    handedness: AxisHandedness | str = AxisHandedness.RIGHT_HANDED,
    pixel_spacing: float | Sequence[float] = 1.0,
    spacing_between_slices: float = 1.0,
) -> FloatArray:
    """Make the matrix of the steps between neighbouring voxels.

    Parameters
    ----------
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    index_convention : str | Sequence[PixelIndexDirections | str], optional
        Directions in which the first and second in-plane index grow.
    slices_first : bool, optional
        Whether the slice index comes before the in-plane indices rather than after them.
    handedness : AxisHandedness | str, optional
        Handedness of the three axes in their order.
    pixel_spacing : float | Sequence[float], optional
        Distance in mm between rows and between columns, in this order (PS3.3 10.7.1.3).
    spacing_between_slices : float, optional
        Distance in mm between slices.

    Returns
    -------
    numpy.ndarray
        Array of shape (3, 3); column `i` is the step along index `i` in reference coordinates.

    Raises
    ------
    GeometryError
        If the cosines are not orthogonal unit vectors (PS3.3 C.7.6.2.1.1).
    InvalidValueError
        If a spacing is not positive or the convention is not valid.
    """
    rows_apart, columns_apart = as_spacing(pixel_spacing, 2, "pixel_spacing")
    slices_apart = positive(spacing_between_slices, "spacing_between_slices")
    axes = _in_plane_axes(orthonormal_cosines(image_orientation), index_convention)
    # The normal is the cross product of the in-plane axes, whether it comes first or last:
    # both orders are cyclic permutations of each other.
    normal = _normal(axes, handedness) * slices_apart
    vertical = {_Directions.D, _Directions.U}
    spacings = [
        rows_apart if d in vertical else columns_apart
        for d in normalize_index_convention(index_convention)
    ]
    steps = [axes[0] * spacings[0], axes[1] * spacings[1]]
    columns = [normal, *steps] if slices_first else [*steps, normal]
    return np.column_stack(columns) + 0.0


def create_affine_matrix_from_attributes(
    image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: float | Sequence[float],
    spacing_between_slices: float = 1.0,
    index_convention: IndexConvention = _RIGHT_DOWN,
    slices_first: bool = False,
    handedness: AxisHandedness | str = AxisHandedness.RIGHT_HANDED,
) -> FloatArray:
    """Make the affine matrix from indices to reference coordinates of a plane or stack.

    Parameters
    ----------
    image_position : Sequence[float]
        Reference coordinates in mm of the centre of the top left pixel (of the first slice).
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    pixel_spacing : float | Sequence[float]
        Distance in mm between rows and between columns, in this order.
    spacing_between_slices : float, optional
        Distance in mm between slices.
    index_convention : str | Sequence[PixelIndexDirections | str], optional
        Directions in which the in-plane indices grow: ``"RD"`` (column, row) or ``"DR"``.
    slices_first : bool, optional
        Whether the slice index comes first.
    handedness : AxisHandedness | str, optional
        Handedness of the three axes in their order.

    Returns
    -------
    numpy.ndarray
        Array of shape (4, 4) (PS3.3 C.7.6.2.1.1).

    Raises
    ------
    GeometryError
        If the cosines are not orthogonal unit vectors.
    InvalidValueError
        If a spacing is not positive, or the convention counts from another corner than the top
        left one that the position belongs to.
    """
    if not {*normalize_index_convention(index_convention)} <= {_Directions.R, _Directions.D}:
        raise InvalidValueError(
            "the position is that of the top left pixel, so indices must grow right and down",
            attribute="index_convention",
            found=index_convention,
            expected="'RD' or 'DR'",
        )
    affine = np.eye(4)
    affine[:3, 3] = as_vector(image_position, 3, "image_position")
    affine[:3, :3] = create_rotation_matrix(
        image_orientation,
        index_convention,
        slices_first,
        handedness,
        pixel_spacing,
        spacing_between_slices,
    )
    return affine


def _parse_direction(direction: object) -> FloatArray:
    """Convert nine cosines, flat row by row or as matrix, and restore orthonormality."""
    flat = np.asarray(direction, dtype=object)
    matrix = as_vector(flat.reshape(-1), 9, "direction").reshape(3, 3)
    return orthonormal_matrix(matrix, "direction")


def _exactly_one(first: object, second: object, names: str) -> None:
    if (first is None) == (second is None):
        raise InvalidTypeError(f"exactly one of {names} must be given")


def create_affine_matrix_from_components(
    *,
    spacing: Sequence[float] | float,
    position: Sequence[float] | None = None,
    center_position: Sequence[float] | None = None,
    direction: Sequence[float] | None = None,
    patient_orientation: PatientOrientation | None = None,
    spatial_shape: Sequence[int] | None = None,
) -> FloatArray:
    """Make an affine matrix from spacing, position and direction.

    Parameters
    ----------
    spacing : Sequence[float] | float
        Distance in mm between voxels along each axis.
    position : Sequence[float], optional
        Reference coordinates of the centre of voxel (0, 0, 0).
    center_position : Sequence[float], optional
        Reference coordinates of the centre of the array, instead of `position`.
    direction : Sequence[float], optional
        Matrix of shape (3, 3), or its nine values row by row; its columns are the unit vectors of
        the axes.
    patient_orientation : str | Sequence[str | PatientOrientationValuesBiped], optional
        Names of the directions of the axes, instead of `direction`.
    spatial_shape : Sequence[int], optional
        Number of voxels along each axis; needed with `center_position`.

    Returns
    -------
    numpy.ndarray
        Array of shape (4, 4).

    Raises
    ------
    InvalidTypeError
        If not exactly one of the alternatives is given.
    GeometryError
        If `direction` is not orthogonal.
    """
    _exactly_one(position, center_position, "position and center_position")
    _exactly_one(direction, patient_orientation, "direction and patient_orientation")
    steps = as_spacing(spacing, 3, "spacing")
    affine = np.eye(4)
    if patient_orientation is not None:
        affine[:3, :3] = rotation_for_patient_orientation(patient_orientation, steps.tolist())
    else:
        affine[:3, :3] = _parse_direction(direction) * steps
    if position is not None:
        affine[:3, 3] = as_vector(position, 3, "position")
        return affine
    if spatial_shape is None:
        raise InvalidTypeError("spatial_shape is needed together with center_position")
    center = (np.array(as_shape(spatial_shape, "spatial_shape")) - 1) / 2
    affine[:3, 3] = as_vector(center_position, 3, "center_position") - affine[:3, :3] @ center
    return affine


def invert_affine(affine: FloatArray) -> FloatArray:
    """Invert an affine matrix; the last row stays exact."""
    inverse = np.eye(4)
    inverse[:3, :3] = np.linalg.inv(affine[:3, :3])
    inverse[:3, 3] = -inverse[:3, :3] @ affine[:3, 3]
    return inverse + 0.0


def convert_affine_to_convention(
    affine: np.ndarray,
    from_reference_convention: PatientOrientation,
    to_reference_convention: PatientOrientation,
) -> FloatArray:
    """Express an affine matrix in reference axes that point elsewhere.

    Parameters
    ----------
    affine : numpy.ndarray
        Matrix of shape (4, 4) from indices to coordinates along the first convention's axes.
    from_reference_convention : str | Sequence[str | PatientOrientationValuesBiped]
        Directions of the reference axes of `affine`; DICOM's are ``"LPH"``, NIfTI's ``"RAH"``
        (also written ``"LPS"`` and ``"RAS"``).
    to_reference_convention : str | Sequence[str | PatientOrientationValuesBiped]
        Directions of the reference axes of the result.

    Returns
    -------
    numpy.ndarray
        Matrix of shape (4, 4); the order of the indices is unchanged.

    Raises
    ------
    InvalidValueError
        If `affine` is no affine matrix or a convention is not valid.
    """
    matrix = as_affine(affine, "affine")
    source = normalize_patient_orientation(from_reference_convention, "from_reference_convention")
    target = normalize_patient_orientation(to_reference_convention, "to_reference_convention")
    change = convention_matrix(target).T @ convention_matrix(source)
    matrix[:3] = change @ matrix[:3]
    return matrix + 0.0


def get_closest_patient_orientation(affine: np.ndarray) -> PatientAxes:
    """Name the patient direction that each axis of an affine matrix is closest to.

    Parameters
    ----------
    affine : numpy.ndarray
        Matrix of shape (4, 4) or (3, 3) in DICOM's reference axes.

    Returns
    -------
    tuple[PatientOrientationValuesBiped, PatientOrientationValuesBiped, PatientOrientationValuesBiped]
        One direction for each axis, each on another axis of the patient.

    Raises
    ------
    GeometryError
        If the axes are not orthogonal.
    """  # noqa: E501  (the type in numpydoc form cannot be broken)
    matrix = as_floats(affine, "affine", "an array of shape (4, 4) or (3, 3)")
    if matrix.shape == (3, 3):
        steps, matrix = matrix, np.eye(4)
        matrix[:3, :3] = steps
    matrix = check_affine(matrix)
    return orientation_of_direction(matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0))
