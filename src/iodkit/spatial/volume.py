"""Volumes: arrays of voxels at known places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.affine import create_affine_matrix_from_attributes
from iodkit.spatial.channels import Channels, parse_channels
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, PatientOrientation
from iodkit.spatial.convertible import ConvertibleVolume
from iodkit.spatial.geometry import VolumeGeometry, affine_from_components
from iodkit.spatial.matching import MatchableGrid
from iodkit.spatial.resampling import resample_array, respaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike

    from iodkit.standard.enums import CoordinateSystemNames, InterpolationMethods

__all__ = ["Volume"]


class Volume(ConvertibleVolume):
    """An array of voxels with its place in a reference coordinate system.

    Parameters
    ----------
    array : numpy.ndarray
        Array of at least three axes: slice, row and column, and then channels, if any.  It is not
        copied.
    affine : numpy.ndarray
        Matrix of shape (4, 4) from voxel indices (slice, row, column) to reference coordinates in
        mm, with orthogonal axes.
    coordinate_system : CoordinateSystemNames | str
        ``"PATIENT"`` or ``"SLIDE"``.
    frame_of_reference_uid : str, optional
        Frame of Reference UID, if known.
    channels : dict, optional
        For each axis of channels, its descriptor (keyword, tag or `ChannelDescriptor`) and the
        values along it.
    from_reference_convention : str | Sequence[str | PatientOrientationValuesBiped], optional
        Directions of the reference axes of `affine`, if they are not DICOM's own (``"LPH"``).

    Raises
    ------
    GeometryError
        If the axes are not orthogonal.
    InvalidValueError, InvalidTypeError
        If array and channels do not fit, or another argument is not valid.
    """

    def __init__(
        self,
        array: np.ndarray,
        affine: np.ndarray,
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None = None,
        channels: Channels | None = None,
        from_reference_convention: PatientOrientation | None = None,
    ) -> None:
        values = _as_voxels(array)
        super().__init__(
            affine,
            values.shape[:3],
            coordinate_system,
            frame_of_reference_uid,
            from_reference_convention,
        )
        self._array = values
        self._channels = parse_channels(channels, values.shape[3:])

    @classmethod
    def _from_parts(
        cls,
        array: np.ndarray,
        affine: np.ndarray,
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None,
        channels: Channels | None,
    ) -> Self:
        return cls(array, affine, coordinate_system, frame_of_reference_uid, channels)

    @classmethod
    def _from_geometry(
        cls, geometry: VolumeGeometry, array: np.ndarray, channels: Channels | None
    ) -> Self:
        values = _as_voxels(array)
        if values.shape[:3] != geometry.spatial_shape:
            raise InvalidValueError(
                "the array does not have the spatial shape of the geometry",
                attribute="array",
                found=values.shape,
                expected=f"{geometry.spatial_shape} and channels",
            )
        return cls(
            values,
            geometry.affine,
            geometry.coordinate_system,
            geometry.frame_of_reference_uid,
            channels,
        )

    @classmethod
    def from_attributes(
        cls,
        *,
        array: np.ndarray,
        image_position: Sequence[float],
        image_orientation: Sequence[float],
        pixel_spacing: Sequence[float],
        spacing_between_slices: float,
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None = None,
        channels: Channels | None = None,
    ) -> Self:
        """Make a volume of a stack of planes from DICOM attributes.

        Parameters
        ----------
        array : numpy.ndarray
            Array of shape (slices, rows, columns, *channels).
        image_position : Sequence[float]
            Reference coordinates in mm of the centre of the top left pixel of the first plane.
        image_orientation : Sequence[float]
            Cosines of row and column direction, six numbers.
        pixel_spacing : Sequence[float]
            Distance in mm between rows and between columns.
        spacing_between_slices : float
            Distance in mm between planes, which follow each other against the cross product of row
            and column direction, so that slice, row and column axes are right-handed.
        coordinate_system : CoordinateSystemNames | str
            ``"PATIENT"`` or ``"SLIDE"``.
        frame_of_reference_uid : str, optional
            Frame of Reference UID, if known.
        channels : dict, optional
            For each axis of channels, its descriptor and the values along it.

        Returns
        -------
        Volume
            The volume (PS3.3 C.7.6.2.1.1).
        """
        affine = create_affine_matrix_from_attributes(
            image_position,
            image_orientation,
            pixel_spacing,
            spacing_between_slices,
            index_convention=VOLUME_INDEX_CONVENTION,
            slices_first=True,
        )
        return cls(array, affine, coordinate_system, frame_of_reference_uid, channels)

    @classmethod
    def from_components(
        cls,
        array: np.ndarray,
        *,
        spacing: Sequence[float] | float,
        coordinate_system: CoordinateSystemNames | str,
        position: Sequence[float] | None = None,
        center_position: Sequence[float] | None = None,
        direction: Sequence[float] | None = None,
        patient_orientation: PatientOrientation | None = None,
        frame_of_reference_uid: str | None = None,
        channels: Channels | None = None,
        from_reference_convention: PatientOrientation | None = None,
    ) -> Self:
        """Make a volume from spacing, position and direction.

        Parameters
        ----------
        array : numpy.ndarray
            Array of at least three axes.
        spacing, coordinate_system, position, center_position, direction
            As in `VolumeGeometry.from_components`.
        patient_orientation, frame_of_reference_uid, from_reference_convention
            As in `VolumeGeometry.from_components`.
        channels : dict, optional
            For each axis of channels, its descriptor and the values along it.

        Returns
        -------
        Volume
            The volume.
        """
        values = _as_voxels(array)
        affine = affine_from_components(
            values.shape[:3],
            spacing=spacing,
            coordinate_system=coordinate_system,
            position=position,
            center_position=center_position,
            direction=direction,
            patient_orientation=patient_orientation,
            from_reference_convention=from_reference_convention,
        )
        return cls(values, affine, coordinate_system, frame_of_reference_uid, channels)

    def get_geometry(self) -> VolumeGeometry:
        """Return the geometry without voxel values.

        Returns
        -------
        VolumeGeometry
            Geometry of this volume.
        """
        return VolumeGeometry(
            self._affine,
            self.spatial_shape,
            self.coordinate_system,
            self.frame_of_reference_uid,
        )

    def copy(self) -> Self:
        """Return a copy with an array of its own.

        Returns
        -------
        Volume
            The copy.
        """
        return self._with_values(self._array.copy())

    def astype(self, dtype: DTypeLike) -> Self:
        """Convert the voxels to another dtype.

        Parameters
        ----------
        dtype : type
            Any dtype of numpy.

        Returns
        -------
        Volume
            Volume with a new array.
        """
        return self._with_values(self._array.astype(dtype))

    def with_array(self, array: np.ndarray, channels: Channels | None = None) -> Self:
        """Put other values at the same places.

        Parameters
        ----------
        array : numpy.ndarray
            Array whose first three axes have the same spatial shape.
        channels : dict, optional
            Channels of the new array.  By default those of this volume if the new array has the
            same shape, and none if it has three axes.

        Returns
        -------
        Volume
            Volume with the same geometry; the array is not copied.

        Raises
        ------
        InvalidValueError
            If the shape does not fit.
        """
        values = _as_voxels(array)
        if channels is None and values.shape == self._array.shape and values.ndim > 3:
            kept: Any = dict(self._channels)
            channels = kept
        return type(self)._from_geometry(self.get_geometry(), values, channels)

    def resample(
        self,
        to: VolumeGeometry | Volume | Sequence[float] | float,
        *,
        interpolation: InterpolationMethods | str,
        constant_value: float = 0.0,
        allow_integers: bool = False,
    ) -> Self:
        """Compute voxels on another grid.

        This is the one operation that interpolates; the method has no default on purpose.

        Parameters
        ----------
        to : VolumeGeometry | Volume | Sequence[float] | float
            Grid to compute voxels on; or new spacing in mm, for a grid with the same axes that
            covers the same extent.
        interpolation : InterpolationMethods | str
            ``"NEAREST"`` (keeps labels) or ``"LINEAR"``.
        constant_value : float, optional
            Value of voxels whose centre lies outside this volume (more than half a voxel away from
            the outermost centres).
        allow_integers : bool, optional
            Whether linear interpolation is allowed for integers, which may be labels.  The result
            is then floating point.

        Returns
        -------
        Volume
            Volume on the new grid.

        Raises
        ------
        InvalidTypeError
            If linear interpolation is asked for integers without `allow_integers`.
        GeometryMismatchError
            If the grids lie in different frames of reference.
        """
        geometry = self.get_geometry()
        target = to.get_geometry() if isinstance(to, MatchableGrid) else respaced(geometry, to)
        self._require_same_reference(target)
        values = resample_array(
            self._array,
            self.inverse_affine @ target.affine,
            target.spatial_shape,
            interpolation,
            constant_value,
            allow_integers=allow_integers,
        )
        reference = self.frame_of_reference_uid or target.frame_of_reference_uid
        new = self._build(target.affine, values, self._channels)
        new._frame_of_reference_uid = reference
        return new


def _as_voxels(array: object) -> np.ndarray:
    """Check that an argument is an array of at least three axes."""
    if not isinstance(array, np.ndarray):
        if not hasattr(array, "__array__"):
            raise InvalidTypeError(
                "wrong type", attribute="array", found=type(array).__name__, expected="an array"
            )
        array = np.asarray(array)
    if array.ndim < 3:
        raise InvalidValueError(
            f"array has {array.ndim} axes", attribute="array", expected="at least 3"
        )
    return array
