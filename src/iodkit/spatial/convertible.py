"""Volumes as images of other libraries."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Self

from iodkit.spatial.intensities import IntensityGrid
from iodkit.spatial.interop.itk_image import ItkImage, parts_from_itk, volume_to_itk
from iodkit.spatial.interop.labelled import parts_from_xarray, volume_to_xarray
from iodkit.spatial.interop.nifti import parts_from_nibabel, volume_to_nibabel
from iodkit.spatial.interop.simpleitk import parts_from_simpleitk, volume_to_simpleitk
from iodkit.standard.enums import NiBabelImageClasses

if TYPE_CHECKING:
    import nibabel.spatialimages
    import numpy as np
    import SimpleITK as sitk  # noqa: N813  (the name that everybody uses)
    import xarray

    from iodkit.spatial.channels import Channels
    from iodkit.standard.enums import CoordinateSystemNames

__all__ = ["ConvertibleVolume"]


class ConvertibleVolume(IntensityGrid):
    """A volume that can be converted to and from images of other libraries."""

    @classmethod
    @abstractmethod
    def _from_parts(
        cls,
        array: np.ndarray,
        affine: np.ndarray,
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None,
        channels: Channels | None,
    ) -> Self:
        """Make a volume of its parts."""

    def to_simpleitk(self) -> sitk.Image:
        """Convert to an image of SimpleITK.

        Axes, positions and mm stay; names of channels, coordinate system and Frame of Reference
        UID are lost.

        Returns
        -------
        SimpleITK.Image
            Image with the same voxels at the same places; one axis of channels becomes components.

        Raises
        ------
        MissingDependencyError
            If SimpleITK is not installed.
        UnsupportedError
            If there is more than one axis of channels.
        """
        return volume_to_simpleitk(self)

    @classmethod
    def from_simpleitk(
        cls,
        simpleitk_image: sitk.Image,
        coordinate_system: CoordinateSystemNames | str = "PATIENT",
        frame_of_reference_uid: str | None = None,
    ) -> Self:
        """Convert from an image of SimpleITK.

        Parameters
        ----------
        simpleitk_image : SimpleITK.Image
            Image of three dimensions.
        coordinate_system : CoordinateSystemNames | str, optional
            ``"PATIENT"`` or ``"SLIDE"``.
        frame_of_reference_uid : str, optional
            Frame of Reference UID, if known.

        Returns
        -------
        Volume
            Volume with the same voxels at the same places.
        """
        array, affine, channels = parts_from_simpleitk(simpleitk_image)
        return cls._from_parts(array, affine, coordinate_system, frame_of_reference_uid, channels)

    def to_itk(self) -> ItkImage:
        """Convert to an image of ITK; what is kept and lost is as for SimpleITK.

        Returns
        -------
        itk.Image
            Image with the same voxels at the same places; one axis of channels becomes components.

        Raises
        ------
        MissingDependencyError
            If ITK is not installed.
        UnsupportedError
            If there is more than one axis of channels, or this build of ITK lacks the dtype.
        """
        return volume_to_itk(self)

    @classmethod
    def from_itk(
        cls,
        itk_image: ItkImage,
        coordinate_system: CoordinateSystemNames | str = "PATIENT",
        frame_of_reference_uid: str | None = None,
    ) -> Self:
        """Convert from an image of ITK.

        Parameters
        ----------
        itk_image : itk.Image
            Image of three dimensions.
        coordinate_system, frame_of_reference_uid
            As in `from_simpleitk`.

        Returns
        -------
        Volume
            Volume with the same voxels at the same places.
        """
        array, affine, channels = parts_from_itk(itk_image)
        return cls._from_parts(array, affine, coordinate_system, frame_of_reference_uid, channels)

    def to_nibabel(
        self, image_class: str | NiBabelImageClasses = NiBabelImageClasses.NIFTI1IMAGE
    ) -> nibabel.spatialimages.SpatialImage:
        """Convert to an image of nibabel.

        Reference axes become NIfTI's (right, anterior, superior); names of channels, coordinate
        system and Frame of Reference UID are lost.

        Parameters
        ----------
        image_class : str | NiBabelImageClasses, optional
            Name of a class of nibabel.

        Returns
        -------
        nibabel.spatialimages.SpatialImage
            Image with the same voxels at the same places; one axis of channels becomes the fourth.

        Raises
        ------
        MissingDependencyError
            If nibabel is not installed.
        UnsupportedError
            If there is more than one axis of channels.
        """
        return volume_to_nibabel(self, image_class)

    @classmethod
    def from_nibabel(
        cls,
        nibabel_image: nibabel.spatialimages.SpatialImage,
        coordinate_system: CoordinateSystemNames | str = "PATIENT",
        frame_of_reference_uid: str | None = None,
    ) -> Self:
        """Convert from an image of nibabel.

        Parameters
        ----------
        nibabel_image : nibabel.spatialimages.SpatialImage
            Image of three axes, or four.
        coordinate_system, frame_of_reference_uid
            As in `from_simpleitk`.

        Returns
        -------
        Volume
            Volume with the same voxels at the same places.

        Raises
        ------
        GeometryError
            If the affine matrix has shears.
        """
        array, affine, channels = parts_from_nibabel(nibabel_image)
        return cls._from_parts(array, affine, coordinate_system, frame_of_reference_uid, channels)

    def to_xarray(self) -> xarray.DataArray:
        """Convert to a DataArray of xarray; nothing is lost.

        Returns
        -------
        xarray.DataArray
            Labelled array with axes slice, row, column and those of channels; not a copy.

        Raises
        ------
        MissingDependencyError
            If xarray is not installed.
        """
        return volume_to_xarray(self)

    @classmethod
    def from_xarray(cls, data_array: xarray.DataArray) -> Self:
        """Convert from a DataArray of xarray that `to_xarray` made, or a selection of it.

        Parameters
        ----------
        data_array : xarray.DataArray
            Labelled array.

        Returns
        -------
        Volume
            The volume.

        Raises
        ------
        GeometryError
            If coordinates along an axis are not equally spaced.
        """
        parts = parts_from_xarray(data_array)
        return cls._from_parts(
            parts.array,
            parts.affine,
            parts.coordinate_system,
            parts.frame_of_reference_uid,
            parts.channels,
        )
