"""Images whose frames are known by dimension, or by the images that they were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.tag import BaseTag

from iodkit_image.assembly import assemble
from iodkit_image.queries import (
    frames_by_dimensions,
    frames_by_source_frame,
    frames_by_source_instance,
    place_found,
    referenced_instances,
)
from iodkit_image.spatial import SpatialImage
from iodkit_image.transforms.options import TransformOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray
    from pydicom.sr.coding import Code
    from pydicom.uid import UID

    from iodkit.coding import CodedConcept
    from iodkit_image.transforms import VOILUTTransformation

__all__ = ["IndexedImage"]


class IndexedImage(SpatialImage):
    """An image whose frames can be asked for by what they are made from."""

    @property
    def dimension_index_pointers(self) -> list[BaseTag]:
        """list[pydicom.tag.BaseTag]: Attributes that the dimension indices point to."""
        return [
            BaseTag(item.DimensionIndexPointer) for item in self.get("DimensionIndexSequence") or ()
        ]

    def are_dimension_indices_unique(
        self, dimension_index_pointers: Sequence[int | BaseTag | str]
    ) -> bool:
        """Tell whether dimension indices identify frames.

        Parameters
        ----------
        dimension_index_pointers : Sequence[int | pydicom.tag.BaseTag | str]
            Tags or keywords of some of the attributes that the dimension indices point to.

        Returns
        -------
        bool
            Whether no two frames have the same values of these indices.

        Raises
        ------
        NotFoundError
            If the image has no such dimension.
        """
        table = self.frame_table
        return table.is_unique(*[table.dimension(each) for each in dimension_index_pointers])

    def get_source_image_uids(self) -> list[tuple[UID, UID, UID]]:
        """List the images that the frames refer to as their sources.

        Returns
        -------
        list[tuple[pydicom.uid.UID, pydicom.uid.UID, pydicom.uid.UID]]
            Study, series and SOP instance UID of each.
        """
        return referenced_instances(self)

    def get_pixels_by_source_instance(
        self,
        source_sop_instance_uids: Sequence[str],
        ignore_spatial_locations: bool = False,
        assert_missing_frames_are_empty: bool = False,
        dtype: DTypeLike = np.float64,
        apply_real_world_transform: bool | None = None,
        real_world_value_map_selector: int | str | Code | CodedConcept = 0,
        apply_modality_transform: bool | None = None,
        apply_voi_transform: bool | None = False,
        voi_transform_selector: int | str | VOILUTTransformation = 0,
        voi_output_range: tuple[float, float] = (0.0, 1.0),
        apply_presentation_lut: bool = True,
        apply_palette_color_lut: bool | None = None,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return the frames that were made from single-frame instances.

        Parameters
        ----------
        source_sop_instance_uids : Sequence[str]
            SOP instance UIDs of the sources; the output has their order.
        ignore_spatial_locations : bool, optional
            Whether frames count that may not lie where their sources do.
        assert_missing_frames_are_empty : bool, optional
            Whether sources that the image does not refer to give zeros.
        dtype : numpy.dtype, optional
            Type of the pixels.
        apply_real_world_transform, real_world_value_map_selector : optional
            As in :meth:`get_frame`.
        apply_modality_transform, apply_voi_transform, voi_transform_selector : optional
            As in :meth:`get_frame`.
        voi_output_range, apply_presentation_lut, apply_palette_color_lut : optional
            As in :meth:`get_frame`.
        apply_icc_profile : bool | None, optional
            As in :meth:`get_frame`.

        Returns
        -------
        numpy.ndarray
            Shape (sources, rows, columns), or (sources, rows, columns, 3) of colour images; zeros
            where there is no frame.

        Raises
        ------
        NotFoundError
            If the image does not refer to a source.
        GeometryError
            If a frame may not lie where its source does (PS3.3 C.7.6.16.2.6), or several frames
            were made from one source.
        """
        found = frames_by_source_instance(
            self,
            source_sop_instance_uids,
            ignore_spatial_locations=ignore_spatial_locations,
            assert_missing_frames_are_empty=assert_missing_frames_are_empty,
        )
        options = TransformOptions.from_arguments(locals())
        return self._pixels_of(found, source_sop_instance_uids, options)

    def get_pixels_by_source_frame(
        self,
        source_sop_instance_uid: str,
        source_frame_numbers: Sequence[int] | None = None,
        ignore_spatial_locations: bool = False,
        assert_missing_frames_are_empty: bool = False,
        dtype: DTypeLike = np.float64,
        apply_real_world_transform: bool | None = None,
        real_world_value_map_selector: int | str | Code | CodedConcept = 0,
        apply_modality_transform: bool | None = None,
        apply_voi_transform: bool | None = False,
        voi_transform_selector: int | str | VOILUTTransformation = 0,
        voi_output_range: tuple[float, float] = (0.0, 1.0),
        apply_presentation_lut: bool = True,
        apply_palette_color_lut: bool | None = None,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return the frames that were made from frames of a multi-frame instance.

        Parameters
        ----------
        source_sop_instance_uid : str
            SOP instance UID of the source.
        source_frame_numbers : Sequence[int] | None, optional
            Numbers of its frames, from 1, in the order of the output; by default all, up to the
            highest that the image refers to.
        ignore_spatial_locations : bool, optional
            Whether frames count that may not lie where their sources do.
        assert_missing_frames_are_empty : bool, optional
            Whether sources that the image does not refer to give zeros.
        dtype : numpy.dtype, optional
            Type of the pixels.
        apply_real_world_transform, real_world_value_map_selector : optional
            As in :meth:`get_frame`.
        apply_modality_transform, apply_voi_transform, voi_transform_selector : optional
            As in :meth:`get_frame`.
        voi_output_range, apply_presentation_lut, apply_palette_color_lut : optional
            As in :meth:`get_frame`.
        apply_icc_profile : bool | None, optional
            As in :meth:`get_frame`.

        Returns
        -------
        numpy.ndarray
            Shape (sources, rows, columns), or (sources, rows, columns, 3) of colour images; zeros
            where there is no frame.

        Raises
        ------
        NotFoundError
            If the image does not refer to the source, or to no frame from one of the numbers on.
        GeometryError
            If a frame may not lie where its source does (PS3.3 C.7.6.16.2.6), or several frames
            were made from one source.
        InvalidValueError
            If references name no frames.
        """
        found = frames_by_source_frame(
            self,
            source_sop_instance_uid,
            source_frame_numbers,
            ignore_spatial_locations=ignore_spatial_locations,
            assert_missing_frames_are_empty=assert_missing_frames_are_empty,
        )
        options = TransformOptions.from_arguments(locals())
        names = source_frame_numbers or range(1, len(found) + 1)
        return self._pixels_of(found, names, options)

    def get_pixels_by_dimension_index_values(
        self,
        dimension_index_values: Sequence[Sequence[int]],
        dimension_index_pointers: Sequence[int | BaseTag | str] | None = None,
        assert_missing_frames_are_empty: bool = False,
        dtype: DTypeLike = np.float64,
        apply_real_world_transform: bool | None = None,
        real_world_value_map_selector: int | str | Code | CodedConcept = 0,
        apply_modality_transform: bool | None = None,
        apply_voi_transform: bool | None = False,
        voi_transform_selector: int | str | VOILUTTransformation = 0,
        voi_output_range: tuple[float, float] = (0.0, 1.0),
        apply_presentation_lut: bool = True,
        apply_palette_color_lut: bool | None = None,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return the frames with certain dimension index values.

        Parameters
        ----------
        dimension_index_values : Sequence[Sequence[int]]
            Combinations of values; the output has their order.
        dimension_index_pointers : Sequence[int | pydicom.tag.BaseTag | str] | None, optional
            Tags or keywords of the attributes that the values index; by default all dimensions.
        assert_missing_frames_are_empty : bool, optional
            Whether combinations that no frame has give zeros.
        dtype : numpy.dtype, optional
            Type of the pixels.
        apply_real_world_transform, real_world_value_map_selector : optional
            As in :meth:`get_frame`.
        apply_modality_transform, apply_voi_transform, voi_transform_selector : optional
            As in :meth:`get_frame`.
        voi_output_range, apply_presentation_lut, apply_palette_color_lut : optional
            As in :meth:`get_frame`.
        apply_icc_profile : bool | None, optional
            As in :meth:`get_frame`.

        Returns
        -------
        numpy.ndarray
            Shape (combinations, rows, columns), or (combinations, rows, columns, 3) of colour
            images; zeros where there is no frame.

        Raises
        ------
        NotFoundError
            If the image has no such dimension, or no frame such values (PS3.3 C.7.6.17).
        GeometryError
            If several frames have the same values.
        """
        found = frames_by_dimensions(
            self,
            dimension_index_values,
            dimension_index_pointers,
            assert_missing_frames_are_empty=assert_missing_frames_are_empty,
        )
        options = TransformOptions.from_arguments(locals())
        return self._pixels_of(found, dimension_index_values, options)

    def _pixels_of(
        self,
        found: Sequence[NDArray[np.intp]],
        names: Sequence[Any],
        options: TransformOptions,
    ) -> NDArray[Any]:
        """Read the frame of each query into one array, with zeros where there is none."""
        placement = place_found(found, names, (int(self.Rows), int(self.Columns)))
        transform = self.make_transform(self.frame_table, options)
        with self.frame_store.held() as store:
            return assemble(store, placement, transform, placement.find_gaps())
