"""What a volume and its mere geometry have in common: where the voxels are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from pydicom.uid import UID

from iodkit.elements import check_uid, coerce_enum
from iodkit.errors import InvalidTypeError
from iodkit.spatial.affine import convert_affine_to_convention, invert_affine
from iodkit.spatial.conventions import PatientAxes, PatientOrientation, orientation_of_direction
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.mapping import apply_affine, inside_indices, round_indices
from iodkit.spatial.orthogonality import check_affine
from iodkit.spatial.vectors import FloatArray, as_numbers, as_shape, readonly
from iodkit.standard.enums import AxisHandedness, CoordinateSystemNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.geometry import VolumeGeometry

__all__ = ["SpatialGrid", "require_patient"]


class SpatialGrid(ABC):
    """A regular grid of voxels in a reference coordinate system.

    Indices count slices, rows and columns, in this order, when the grid comes from images; the
    affine matrix maps them to coordinates in mm of DICOM's reference coordinate system
    (PS3.3 C.7.6.2.1.1 for the patient, C.8.12.2.1.1 for slides).

    Parameters
    ----------
    affine : numpy.ndarray
        Matrix of shape (4, 4) from voxel indices to reference coordinates in mm, with orthogonal
        axes.
    spatial_shape : Sequence[int]
        Number of voxels along each of the three axes.
    coordinate_system : CoordinateSystemNames | str
        ``"PATIENT"`` or ``"SLIDE"``.
    frame_of_reference_uid : str, optional
        Frame of Reference UID, if known.
    from_reference_convention : str | Sequence[str | PatientOrientationValuesBiped], optional
        Directions of the reference axes of `affine`, if they are not DICOM's own (``"LPH"``), for
        example ``"RAS"`` for NIfTI.  For the patient's coordinate system only.

    Raises
    ------
    GeometryError
        If the axes are not orthogonal.
    InvalidValueError, InvalidTypeError
        If another argument is not valid.
    """

    def __init__(
        self,
        affine: np.ndarray,
        spatial_shape: Sequence[int],
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None = None,
        from_reference_convention: PatientOrientation | None = None,
    ) -> None:
        system = coerce_enum(coordinate_system, CoordinateSystemNames, "coordinate_system")
        if from_reference_convention is not None:
            require_patient(system, "from_reference_convention")
            affine = convert_affine_to_convention(affine, from_reference_convention, "LPH")
        self._affine = readonly(check_affine(affine))
        self._spatial_shape = as_shape(spatial_shape, "spatial_shape")
        self._coordinate_system = system
        self._frame_of_reference_uid = (
            None
            if frame_of_reference_uid is None
            else UID(check_uid(frame_of_reference_uid, "frame_of_reference_uid"))
        )

    @property
    def affine(self) -> FloatArray:
        """numpy.ndarray: Matrix of shape (4, 4) from indices to reference coordinates; a copy."""
        return self._affine.copy()

    @property
    def inverse_affine(self) -> FloatArray:
        """numpy.ndarray: Matrix of shape (4, 4) from reference coordinates to indices."""
        return invert_affine(self._affine)

    @property
    def spatial_shape(self) -> tuple[int, int, int]:
        """tuple[int, int, int]: Number of voxels along each spatial axis."""
        return self._spatial_shape

    @property
    def coordinate_system(self) -> CoordinateSystemNames:
        """CoordinateSystemNames: Coordinate system that the affine matrix leads to."""
        return self._coordinate_system

    @property
    def frame_of_reference_uid(self) -> UID | None:
        """pydicom.uid.UID | None: Frame of Reference UID, if known."""
        return self._frame_of_reference_uid

    @property
    def spacing(self) -> tuple[float, float, float]:
        """tuple[float, float, float]: Distance in mm between voxel centres along each axis."""
        return _triple(np.linalg.norm(self._affine[:3, :3], axis=0))

    @property
    def spacing_between_slices(self) -> float:
        """float: Distance in mm between voxel centres along the first axis."""
        return self.spacing[0]

    @property
    def pixel_spacing(self) -> tuple[float, float]:
        """tuple[float, float]: Distance in mm between rows and between columns."""
        return self.spacing[1:]

    @property
    def position(self) -> tuple[float, float, float]:
        """tuple[float, float, float]: Reference coordinates of the centre of voxel (0, 0, 0)."""
        return _triple(self._affine[:3, 3])

    @property
    def direction(self) -> FloatArray:
        """numpy.ndarray: Matrix of shape (3, 3) whose columns are the unit vectors of the axes."""
        steps = self._affine[:3, :3]
        return np.asarray(steps / np.linalg.norm(steps, axis=0))

    @property
    def direction_cosines(self) -> tuple[float, float, float, float, float, float]:
        """tuple[float, ...]: Image Orientation of the planes: row cosines, then column cosines.

        The row direction is that of increasing column index (PS3.3 C.7.6.2.1.1).
        """
        unit = self.direction
        x, y, z = _triple(unit[:, 2])
        u, v, w = _triple(unit[:, 1])
        return (x, y, z, u, v, w)

    @property
    def handedness(self) -> AxisHandedness:
        """AxisHandedness: Handedness of the three axes in their order."""
        if np.linalg.det(self._affine[:3, :3]) > 0:
            return AxisHandedness.RIGHT_HANDED
        return AxisHandedness.LEFT_HANDED

    @property
    def voxel_volume(self) -> float:
        """float: Volume of a voxel in mm³."""
        return float(np.prod(self.spacing))

    @property
    def physical_extent(self) -> tuple[float, float, float]:
        """tuple[float, float, float]: Length in mm of the whole grid along each axis."""
        return _triple(np.array(self.spacing) * self._spatial_shape)

    @property
    def physical_volume(self) -> float:
        """float: Volume of the whole grid in mm³."""
        return self.voxel_volume * float(np.prod(self._spatial_shape))

    @property
    def center_indices(self) -> tuple[float, float, float]:
        """tuple[float, float, float]: Indices of the centre; halves where a count is even."""
        return _triple((np.array(self._spatial_shape) - 1) / 2)

    @property
    def nearest_center_indices(self) -> tuple[int, int, int]:
        """tuple[int, int, int]: Indices of the voxel at, or just before, the centre."""
        first, second, third = ((n - 1) // 2 for n in self._spatial_shape)
        return (first, second, third)

    @property
    def center_position(self) -> tuple[float, float, float]:
        """tuple[float, float, float]: Reference coordinates of the centre."""
        return _triple(apply_affine(self._affine, np.array([self.center_indices]))[0])

    def spacing_vectors(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the step in mm from one voxel to the next along each axis.

        Returns
        -------
        tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]
            Three arrays of shape (3,).
        """
        first, second, third = self._affine[:3, :3].T.copy()
        return first, second, third

    def unit_vectors(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the direction of each axis.

        Returns
        -------
        tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]
            Three arrays of shape (3,) and length 1.
        """
        first, second, third = self.direction.T.copy()
        return first, second, third

    def get_affine(self, output_convention: PatientOrientation | None) -> FloatArray:
        """Return the affine matrix for reference axes that may point elsewhere.

        Parameters
        ----------
        output_convention : str | Sequence[str | PatientOrientationValuesBiped] | None
            Directions of the reference axes, for example ``"RAS"``; ``None`` for DICOM's own.

        Returns
        -------
        numpy.ndarray
            Array of shape (4, 4).

        Raises
        ------
        InvalidTypeError
            If a convention is given for the coordinate system of a slide.
        """
        if output_convention is None:
            return self.affine
        require_patient(self._coordinate_system, "output_convention")
        return convert_affine_to_convention(self._affine, "LPH", output_convention)

    def map_indices_to_reference(self, indices: np.ndarray) -> FloatArray:
        """Map voxel indices to reference coordinates.

        Parameters
        ----------
        indices : numpy.ndarray
            Array of shape (n, 3); fractions lie between voxel centres.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3): coordinates in mm.

        Raises
        ------
        InvalidValueError
            If the shape is wrong.
        """
        return apply_affine(self._affine, as_numbers(indices, 3, "indices"))

    def map_reference_to_indices(
        self, coordinates: np.ndarray, round_output: bool = False, check_bounds: bool = False
    ) -> np.ndarray:
        """Map reference coordinates to voxel indices.

        Parameters
        ----------
        coordinates : numpy.ndarray
            Array of shape (n, 3): coordinates in mm.
        round_output : bool, optional
            Whether indices are rounded to the nearest voxel.
        check_bounds : bool, optional
            Whether points outside the grid are an error.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3), of float64, or of int64 if rounded.

        Raises
        ------
        GeometryMismatchError
            If a point lies outside and `check_bounds` is set.
        """
        points = as_numbers(coordinates, 3, "coordinates")
        indices = apply_affine(self.inverse_affine, points)
        if check_bounds:
            return inside_indices(indices, self._spatial_shape, round_output=round_output)
        return round_indices(indices) if round_output else indices

    def get_closest_patient_orientation(self) -> PatientAxes:
        """Name the patient direction that each axis is closest to.

        Returns
        -------
        tuple[PatientOrientationValuesBiped, ...]
            Three directions.

        Raises
        ------
        GeometryMismatchError
            If the grid lies in the coordinate system of a slide.
        """
        if self._coordinate_system is not CoordinateSystemNames.PATIENT:
            raise GeometryMismatchError(
                "directions of the patient are known in the patient's coordinate system only",
                found=self._coordinate_system.value,
            )
        return orientation_of_direction(self.direction)

    @abstractmethod
    def get_geometry(self) -> VolumeGeometry:
        """Return the geometry without voxel values."""

    def __repr__(self) -> str:
        spacing = " × ".join(f"{s:.6g}" for s in self.spacing)
        position = ", ".join(f"{p:.6g}" for p in self.position)
        return (
            f"<{type(self).__name__} {self._describe()}, spacing {spacing} mm, "
            f"position ({position}), {self._coordinate_system.value}>"
        )

    def _describe(self) -> str:
        return " × ".join(str(n) for n in self._spatial_shape)


def _triple(values: FloatArray) -> tuple[float, float, float]:
    first, second, third = values.tolist()
    return (first, second, third)


def require_patient(system: CoordinateSystemNames, name: str) -> None:
    """Raise if directions of the patient are used in another coordinate system."""
    if system is not CoordinateSystemNames.PATIENT:
        raise InvalidTypeError(
            "directions of the patient do not apply to the coordinate system of a slide",
            attribute=name,
        )
