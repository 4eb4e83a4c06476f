"""Images in space: geometry, volumes and total pixel matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError
from iodkit_image.assembly import assemble
from iodkit_image.frames import ImageFrames
from iodkit_image.places import frame_places
from iodkit_image.regions import IndexRange
from iodkit_image.tiles import find_tiles, plan_matrix
from iodkit_image.transforms.options import TransformOptions
from iodkit_image.volumes import FrameSet, VolumeOptions, as_volume, plan_volume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, DTypeLike, NDArray
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept
    from iodkit.spatial import StackReport, Volume, VolumeGeometry
    from iodkit_image.transforms import VOILUTTransformation

__all__ = ["SpatialImage"]

_TILED_FULL = "TILED_FULL"


class SpatialImage(ImageFrames):
    """An image whose frames lie in space."""

    def is_indexable_as_total_pixel_matrix(self) -> bool:
        """Tell whether the frames are tiles whose places in one matrix are known.

        Returns
        -------
        bool
            Whether that is so.
        """
        if not self.is_tiled:
            return False
        if self.get("DimensionOrganizationType") == _TILED_FULL:
            return True
        return bool((self.frame_table.matrix_positions > 0).all())

    def describe_frames(
        self,
        *,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
    ) -> StackReport:
        """Describe how the frames lie in space; of tiles, how focal planes do.

        Parameters
        ----------
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.

        Returns
        -------
        StackReport
            Whether the planes make a regular volume, and if not, why.

        Raises
        ------
        GeometryError
            If the image has no frame of reference, or a frame has no position.
        """
        places = frame_places(self, self.frame_table)
        return places.describe(rtol=rtol, atol=atol, perpendicular_tol=perpendicular_tol)

    def geometry_of(
        self,
        report: StackReport,
        *,
        allow_missing_positions: bool = False,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry:
        """Make the geometry of the volume that the frames fill.

        Parameters
        ----------
        report : StackReport
            How the frames lie; see :meth:`describe_frames`.
        allow_missing_positions : bool, optional
            Whether planes may be missing.
        allow_duplicate_positions : bool, optional
            Whether several frames may lie in one plane.

        Returns
        -------
        VolumeGeometry
            Geometry with the axes slice, row and column.

        Raises
        ------
        NotAVolumeError
            If the frames make no regular volume; the error has the report.
        """
        return frame_places(self, self.frame_table).geometry(
            report,
            allow_missing_positions=allow_missing_positions,
            allow_duplicate_positions=allow_duplicate_positions,
        )

    def get_volume_geometry(
        self,
        *,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
        allow_missing_positions: bool = False,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry | None:
        """Return the geometry of the volume that the frames fill.

        Planes of tiled images are the whole total pixel matrix, one for each focal plane.

        Parameters
        ----------
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.
        allow_missing_positions : bool, optional
            Whether planes may be missing.
        allow_duplicate_positions : bool, optional
            Whether several frames may lie in one plane.

        Returns
        -------
        VolumeGeometry | None
            Geometry with the axes slice, row and column; ``None`` if the frames make no regular
            volume.  :meth:`describe_frames` says why.
        """
        try:
            places = frame_places(self, self.frame_table)
            report = places.describe(rtol=rtol, atol=atol, perpendicular_tol=perpendicular_tol)
            return places.geometry(
                report,
                allow_missing_positions=allow_missing_positions,
                allow_duplicate_positions=allow_duplicate_positions,
            )
        except GeometryError:
            return None

    def get_volume(
        self,
        *,
        slice_start: int | None = None,
        slice_end: int | None = None,
        row_start: int | None = None,
        row_end: int | None = None,
        column_start: int | None = None,
        column_end: int | None = None,
        as_indices: bool = False,
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
        allow_missing_positions: bool = False,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
        channels: Sequence[str | int] | str = (),
        select: Mapping[str, Any] | None = None,
        geometry: VolumeGeometry | None = None,
        fill_value: ArrayLike = 0,
    ) -> Volume:
        """Bring the frames together into a volume.

        Frames go to their places by position and orientation; of tiled images, focal planes are
        slices, and rows and columns are those of the total pixel matrix.

        Parameters
        ----------
        slice_start, slice_end, row_start, row_end, column_start, column_end : int | None, optional
            Part of the volume: first position, and the one after the last.  Positions count from
            1, negative ones from the end.
        as_indices : bool, optional
            Whether positions count from 0.
        dtype : numpy.dtype, optional
            Type of the voxels.
        apply_real_world_transform, real_world_value_map_selector : optional
            As in :meth:`get_frame`.
        apply_modality_transform, apply_voi_transform, voi_transform_selector : optional
            As in :meth:`get_frame`.
        voi_output_range, apply_presentation_lut, apply_palette_color_lut : optional
            As in :meth:`get_frame`.
        apply_icc_profile : bool | None, optional
            As in :meth:`get_frame`.
        allow_missing_positions : bool, optional
            Whether places without a frame get `fill_value`.
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.
        channels : Sequence[str | int] | str, optional
            Attributes in which frames at one place differ, each an axis of the volume: keywords
            such as ``"TemporalPositionIndex"``, ``"OpticalPathIdentifier"``, ``"DiffusionBValue"``;
            ``"ElapsedTime"`` for milliseconds since the first frame, ``"FrameNumber"``.
        select : Mapping[str, Any] | None, optional
            Attributes of the frames to use, with the value, or several values, of each.
        geometry : VolumeGeometry | None, optional
            Where frames lie, for images that do not say it: in its one slice, or one slice for
            each frame in the order stored.
        fill_value : array_like, optional
            Value of places without a frame.

        Returns
        -------
        Volume
            Array of shape (slices, rows, columns), then the channels asked for, then ``R, G, B``
            of colour images.

        Raises
        ------
        GeometryError
            If the frames make no regular volume; the error has the report.
        OutOfRangeError
            If a range leaves the volume.
        """
        table = self.frame_table
        plan = plan_volume(
            FrameSet(
                table,
                self,
                (int(self.Rows), int(self.Columns)),
                lambda: frame_places(self, table),
            ),
            VolumeOptions(
                ranges=(
                    IndexRange("slice", slice_start, slice_end, as_indices),
                    IndexRange("row", row_start, row_end, as_indices),
                    IndexRange("column", column_start, column_end, as_indices),
                ),
                tolerances={"rtol": rtol, "atol": atol, "perpendicular_tol": perpendicular_tol},
                allow_missing_positions=allow_missing_positions,
                channels=channels,
                select=select,
                geometry=geometry,
            ),
        )
        transform = self.make_transform(table, TransformOptions.from_arguments(locals()))
        with self.frame_store.held() as store:
            array = assemble(store, plan.placement, transform, plan.gaps, fill_value)
        return as_volume(plan, array)

    def get_total_pixel_matrix(
        self,
        row_start: int | None = None,
        row_end: int | None = None,
        column_start: int | None = None,
        column_end: int | None = None,
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
        as_indices: bool = False,
        *,
        select: Mapping[str, Any] | None = None,
        focal_plane: int | None = None,
        allow_missing_positions: bool = False,
        fill_value: ArrayLike = 0,
    ) -> NDArray[Any]:
        """Bring tiles together into the total pixel matrix, or a part of it.

        Only tiles that the part touches are read.  Where tiles overlap, later frames lie above
        earlier ones.

        Parameters
        ----------
        row_start, row_end, column_start, column_end : int | None, optional
            Part of the matrix: first row or column, and the one after the last.  They count from
            1, negative ones from the end.
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
        as_indices : bool, optional
            Whether rows and columns count from 0.
        select : Mapping[str, Any] | None, optional
            Attributes of the tiles to use, with the value, or several values, of each, for
            example ``{"OpticalPathIdentifier": "1"}``.
        focal_plane : int | None, optional
            Number of the focal plane, from 1, where there are several.
        allow_missing_positions : bool, optional
            Whether places without a tile get `fill_value`.
        fill_value : array_like, optional
            Value of places without a tile.

        Returns
        -------
        numpy.ndarray
            Shape (rows, columns), or (rows, columns, 3) of colour images.

        Raises
        ------
        GeometryError
            If the image is not tiled, tiles are missing, or several tiles have one place.
        OutOfRangeError
            If the part leaves the matrix.
        """
        table = self.frame_table
        placement, gaps = plan_matrix(
            self,
            table,
            find_tiles(self, table, select=select, focal_plane=focal_plane),
            (
                IndexRange("row", row_start, row_end, as_indices),
                IndexRange("column", column_start, column_end, as_indices),
            ),
            allow_missing_positions=allow_missing_positions,
        )
        transform = self.make_transform(table, TransformOptions.from_arguments(locals()))
        with self.frame_store.held() as store:
            return assemble(store, placement, transform, gaps, fill_value)[0]
