"""The geometry of a volume without its voxel values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from iodkit.elements import coerce_enum
from iodkit.spatial.affine import (
    convert_affine_to_convention,
    create_affine_matrix_from_attributes,
    create_affine_matrix_from_components,
)
from iodkit.spatial.conventions import (
    VOLUME_INDEX_CONVENTION,
    PatientOrientation,
    convention_matrix,
    normalize_patient_orientation,
    rotation_for_patient_orientation,
)
from iodkit.spatial.grid import require_patient
from iodkit.spatial.matching import MatchableGrid
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from iodkit.spatial.channels import Channels
    from iodkit.spatial.vectors import FloatArray
    from iodkit.spatial.volume import Volume

__all__ = ["VolumeGeometry", "affine_from_components"]


class VolumeGeometry(MatchableGrid):
    """Shape and place of a regular grid of voxels, without their values.

    Parameters
    ----------
    affine : numpy.ndarray
        Matrix of shape (4, 4) from voxel indices (slice, row, column) to reference coordinates in
        mm, with orthogonal axes.
    spatial_shape : Sequence[int]
        Number of voxels along each of the three axes.
    coordinate_system : CoordinateSystemNames | str
        ``"PATIENT"`` or ``"SLIDE"``.
    frame_of_reference_uid : str, optional
        Frame of Reference UID, if known.
    from_reference_convention : str | Sequence[str | PatientOrientationValuesBiped], optional
        Directions of the reference axes of `affine`, if they are not DICOM's own (``"LPH"``).

    Raises
    ------
    GeometryError
        If the axes are not orthogonal.
    """

    @classmethod
    def from_attributes(
        cls,
        *,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        rows: int,
        columns: int,
        pixel_spacing: Sequence[float],
        spacing_between_slices: float,
        number_of_frames: int,
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None = None,
    ) -> Self:
        """Make the geometry of a stack of planes from DICOM attributes.

        Parameters
        ----------
        image_position : Sequence[float]
            Reference coordinates in mm of the centre of the top left pixel of the first plane.
        image_orientation : Sequence[float]
            Cosines of row and column direction, six numbers.
        rows, columns : int
            Number of rows and columns.
        pixel_spacing : Sequence[float]
            Distance in mm between rows and between columns.
        spacing_between_slices : float
            Distance in mm between planes, which follow each other against the cross product of row
            and column direction, so that slice, row and column axes are right-handed.
        number_of_frames : int
            Number of planes.
        coordinate_system : CoordinateSystemNames | str
            ``"PATIENT"`` or ``"SLIDE"``.
        frame_of_reference_uid : str, optional
            Frame of Reference UID, if known.

        Returns
        -------
        VolumeGeometry
            The geometry (PS3.3 C.7.6.2.1.1).
        """
        affine = create_affine_matrix_from_attributes(
            image_position,
            image_orientation,
            pixel_spacing,
            spacing_between_slices,
            index_convention=VOLUME_INDEX_CONVENTION,
            slices_first=True,
        )
        shape = (number_of_frames, rows, columns)
        return cls(affine, shape, coordinate_system, frame_of_reference_uid)

    @classmethod
    def from_components(
        cls,
        spatial_shape: Sequence[int],
        *,
        spacing: Sequence[float] | float,
        coordinate_system: CoordinateSystemNames | str,
        position: Sequence[float] | None = None,
        center_position: Sequence[float] | None = None,
        direction: Sequence[float] | None = None,
        patient_orientation: PatientOrientation | None = None,
        frame_of_reference_uid: str | None = None,
        from_reference_convention: PatientOrientation | None = None,
    ) -> Self:
        """Make a geometry from spacing, position and direction.

        Parameters
        ----------
        spatial_shape : Sequence[int]
            Number of voxels along each axis.
        spacing : Sequence[float] | float
            Distance in mm between voxels along each axis.
        coordinate_system : CoordinateSystemNames | str
            ``"PATIENT"`` or ``"SLIDE"``.
        position : Sequence[float], optional
            Reference coordinates of the centre of voxel (0, 0, 0).
        center_position : Sequence[float], optional
            Reference coordinates of the centre of the grid, instead of `position`.
        direction : Sequence[float], optional
            Matrix of shape (3, 3), or its nine values row by row; its columns are the unit
            vectors of the axes.
        patient_orientation : str | Sequence[str | PatientOrientationValuesBiped], optional
            Names of the directions of the axes, instead of `direction`; always those of the
            patient, whatever `from_reference_convention` says.
        frame_of_reference_uid : str, optional
            Frame of Reference UID, if known.
        from_reference_convention : str | Sequence[str | PatientOrientationValuesBiped], optional
            Directions of the reference axes of position and direction, if not DICOM's own.

        Returns
        -------
        VolumeGeometry
            The geometry.
        """
        affine = affine_from_components(
            spatial_shape,
            spacing=spacing,
            coordinate_system=coordinate_system,
            position=position,
            center_position=center_position,
            direction=direction,
            patient_orientation=patient_orientation,
            from_reference_convention=from_reference_convention,
        )
        return cls(affine, spatial_shape, coordinate_system, frame_of_reference_uid)

    @property
    def shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Number of voxels along each axis."""
        return self.spatial_shape

    @property
    def ndim(self) -> int:
        """int: Number of axes, always 3."""
        return 3

    def get_geometry(self) -> VolumeGeometry:
        """Return this geometry.

        Returns
        -------
        VolumeGeometry
            The object itself.
        """
        return self

    def copy(self) -> Self:
        """Return a copy.

        Returns
        -------
        VolumeGeometry
            An equal geometry.
        """
        return self._derive(self._affine, self.spatial_shape, lambda array: array)

    def with_array(self, array: np.ndarray, channels: Channels | None = None) -> Volume:
        """Put values into the voxels.

        Parameters
        ----------
        array : numpy.ndarray
            Array whose first three axes have the spatial shape of the geometry.
        channels : dict, optional
            For each further axis, what it stands for and its values.

        Returns
        -------
        Volume
            Volume with this geometry; the array is not copied.

        Raises
        ------
        InvalidValueError
            If the shape does not fit.
        """
        from iodkit.spatial.volume import Volume

        return Volume._from_geometry(self, array, channels)

    def _derive(
        self,
        affine: FloatArray,
        spatial_shape: Sequence[int],
        operation: Callable[[np.ndarray], np.ndarray],  # noqa: ARG002  (nothing to operate on)
    ) -> Self:
        return type(self)(
            affine, spatial_shape, self.coordinate_system, self.frame_of_reference_uid
        )


def affine_from_components(
    spatial_shape: Sequence[int],
    *,
    spacing: Sequence[float] | float,
    coordinate_system: CoordinateSystemNames | str,
    position: Sequence[float] | None,
    center_position: Sequence[float] | None,
    direction: Sequence[float] | None,
    patient_orientation: PatientOrientation | None,
    from_reference_convention: PatientOrientation | None,
) -> FloatArray:
    """Make an affine matrix in DICOM's axes from components that may be given in other axes."""
    system = coerce_enum(coordinate_system, CoordinateSystemNames, "coordinate_system")
    if patient_orientation is not None:
        require_patient(system, "patient_orientation")
    if from_reference_convention is not None:
        require_patient(system, "from_reference_convention")
        if patient_orientation is not None and direction is None:
            # Names of directions mean the same in every convention; positions do not.
            axes = normalize_patient_orientation(from_reference_convention)
            turned: Any = convention_matrix(axes).T @ rotation_for_patient_orientation(
                patient_orientation
            )
            direction = turned
            patient_orientation = None
    affine = create_affine_matrix_from_components(
        spacing=spacing,
        position=position,
        center_position=center_position,
        direction=direction,
        patient_orientation=patient_orientation,
        spatial_shape=spatial_shape,
    )
    if from_reference_convention is None:
        return affine
    return convert_affine_to_convention(affine, from_reference_convention, "LPH")
