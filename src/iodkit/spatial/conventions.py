"""Names for directions: of the axes of the patient, of pixel indices, and of handedness."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from iodkit.elements import coerce_enum
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.vectors import FloatArray, as_spacing
from iodkit.standard.enums import (
    AxisHandedness,
    PatientOrientationValuesBiped,
    PixelIndexDirections,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "VOLUME_INDEX_CONVENTION",
    "IndexConvention",
    "PatientOrientation",
    "closest_axes",
    "convention_matrix",
    "normalize_index_convention",
    "normalize_patient_orientation",
    "orientation_of_direction",
    "rotation_for_patient_orientation",
]

_Biped = PatientOrientationValuesBiped
_EnumT = TypeVar("_EnumT", PatientOrientationValuesBiped, PixelIndexDirections)

IndexConvention: TypeAlias = "str | Sequence[PixelIndexDirections | str]"
PatientOrientation: TypeAlias = "str | Sequence[str | PatientOrientationValuesBiped]"
PatientAxes: TypeAlias = "tuple[_Biped, _Biped, _Biped]"

VOLUME_INDEX_CONVENTION = (PixelIndexDirections.D, PixelIndexDirections.R)
"""Order of the in-plane axes of volumes: rows (down) before columns (right)."""

# Axis and sign of each direction in DICOM's reference coordinate system (PS3.3 C.7.6.2.1.1):
# x grows to the left of the patient, y to the back, z to the head.
_AXIS_AND_SIGN = {
    _Biped.L: (0, 1.0),
    _Biped.R: (0, -1.0),
    _Biped.P: (1, 1.0),
    _Biped.A: (1, -1.0),
    _Biped.H: (2, 1.0),
    _Biped.F: (2, -1.0),
}
_DIRECTION_OF = {value: key for key, value in _AXIS_AND_SIGN.items()}
# Names that other programs use for the same directions.
_ALIASES: dict[str, str] = {"S": "H", "I": "F"}


def _members(
    value: object, kind: type[_EnumT], length: int, name: str, aliases: dict[str, str]
) -> list[_EnumT]:
    """Convert letters or members to members of an enumeration."""
    try:
        letters: list[object] = list(value)  # type: ignore[call-overload]
    except TypeError as error:
        raise InvalidTypeError(
            "wrong type", attribute=name, found=value, expected=f"{length} letters"
        ) from error
    if len(letters) != length:
        raise InvalidValueError(
            f"{len(letters)} directions", attribute=name, found=value, expected=f"{length} letters"
        )
    known = [aliases.get(x, x) if isinstance(x, str) else x for x in letters]
    return [coerce_enum(x, kind, name) for x in known]


def normalize_patient_orientation(
    value: PatientOrientation, name: str = "patient_orientation"
) -> PatientAxes:
    """Convert the names of three patient directions to enumeration members.

    Parameters
    ----------
    value : str | Sequence[str | PatientOrientationValuesBiped]
        Three of ``L``/``R``, ``P``/``A``, ``H``/``F``, one of each pair in any order, for example
        ``"FPL"``.  ``S`` and ``I`` are read as ``H`` and ``F``.
    name : str, optional
        Name of the parameter, for errors.

    Returns
    -------
    tuple[PatientOrientationValuesBiped, PatientOrientationValuesBiped, PatientOrientationValuesBiped]
        Direction of each of the axes (PS3.3 C.7.6.1.1.1).

    Raises
    ------
    InvalidValueError
        If a letter is unknown or two of them lie on the same axis.
    """  # noqa: E501  (the type in numpydoc form cannot be broken)
    members = _members(value, _Biped, 3, name, _ALIASES)
    if len({_AXIS_AND_SIGN[m][0] for m in members}) != 3:
        raise InvalidValueError(
            "two directions lie on the same axis",
            attribute=name,
            found="".join(m.value for m in members),
            expected="one of L/R, one of A/P and one of H/F",
        )
    return (members[0], members[1], members[2])


def normalize_index_convention(
    value: IndexConvention,
) -> tuple[PixelIndexDirections, PixelIndexDirections]:
    """Convert the names of two in-plane index directions to enumeration members.

    Parameters
    ----------
    value : str | Sequence[PixelIndexDirections | str]
        Direction in which the first and the second index grow, for example ``"DR"``.

    Returns
    -------
    tuple[PixelIndexDirections, PixelIndexDirections]
        The two directions.

    Raises
    ------
    InvalidValueError
        If a letter is unknown or both lie on the same axis of the image.
    """
    name = "index_convention"
    members = _members(value, PixelIndexDirections, 2, name, {})
    horizontal = [m in {PixelIndexDirections.L, PixelIndexDirections.R} for m in members]
    if horizontal[0] == horizontal[1]:
        raise InvalidValueError(
            "both directions lie on the same axis",
            attribute=name,
            found="".join(m.value for m in members),
            expected="one of L/R and one of U/D",
        )
    return (members[0], members[1])


def convention_matrix(axes: PatientAxes) -> FloatArray:
    """Return the (3, 3) matrix whose columns are the named directions in DICOM's (LPH) axes."""
    matrix = np.zeros((3, 3))
    for column, member in enumerate(axes):
        row, sign = _AXIS_AND_SIGN[member]
        matrix[row, column] = sign
    return matrix


def rotation_for_patient_orientation(
    patient_orientation: PatientOrientation, spacing: float | Sequence[float] = 1.0
) -> FloatArray:
    """Make the matrix of axes that point along named directions of the patient.

    Parameters
    ----------
    patient_orientation : str | Sequence[str | PatientOrientationValuesBiped]
        Direction in which each index grows, for example ``"FPL"``.
    spacing : float | Sequence[float], optional
        Distance in mm between voxels along each axis.

    Returns
    -------
    numpy.ndarray
        Array of shape (3, 3): column `i` is the step, in reference coordinates, from one voxel to
        the next along axis `i` (PS3.3 C.7.6.2.1.1).

    Raises
    ------
    InvalidValueError
        If directions or spacing are not valid.
    """
    axes = normalize_patient_orientation(patient_orientation)
    return convention_matrix(axes) * as_spacing(spacing, 3, "spacing") + 0.0


def closest_axes(overlap: FloatArray) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Assign source axes to target axes so that they agree best.

    Parameters
    ----------
    overlap : numpy.ndarray
        Array of shape (3, 3): cosine of the angle between target axis (row) and source axis
        (column).

    Returns
    -------
    tuple
        For each target axis, the source axis, and 1 or -1 for its sense.
    """
    magnitude = np.abs(overlap)
    # Ties are common (45 degrees): rounding must not decide them, so the first of the best wins.
    best = max(
        permutations(range(3)), key=lambda p: round(sum(magnitude[i, p[i]] for i in range(3)), 9)
    )
    signs = [1 if overlap[i, best[i]] >= 0 else -1 for i in range(3)]
    return (best[0], best[1], best[2]), (signs[0], signs[1], signs[2])


def orientation_of_direction(direction: FloatArray) -> PatientAxes:
    """Name the patient direction that each column of a (3, 3) direction matrix is closest to."""
    axes, signs = closest_axes(direction.T)
    named = [_DIRECTION_OF[axes[i], float(signs[i])] for i in range(3)]
    return (named[0], named[1], named[2])


def parse_handedness(value: AxisHandedness | str) -> AxisHandedness:
    """Convert a name to a member of `AxisHandedness`."""
    return coerce_enum(value, AxisHandedness, "handedness")
