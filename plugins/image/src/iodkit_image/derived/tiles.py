"""Tiles of a total pixel matrix, and the source tiles that they belong to (PS3.3 C.8.12.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

from iodkit.dataset import copy_specimen
from iodkit.elements import peek_number, to_decimal_string
from iodkit.elements.slide import MICROMETRES
from iodkit.errors import GeometryError, InvalidValueError, MissingAttributeError
from iodkit.frames import Ragged
from iodkit.spatial.tiling import tile_corners, tile_positions
from iodkit.standard.enums import CoordinateSystemNames, DimensionOrganizationTypeValues
from iodkit_image.derived.overlaps import TileSize, are_among, overlapping_tiles
from iodkit_image.derived.references import write_frame_of_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.uid import UID

    from iodkit.frames import FunctionalGroups
    from iodkit_image.derived.sources import SourceFrames

__all__ = ["TileGrid"]

_SLIDE = "PlanePositionSlideSequence"
_DIMENSIONS = ("RowPositionInTotalImagePixelMatrix", "ColumnPositionInTotalImagePixelMatrix")
_DEPTH = "ZOffsetInSlideCoordinateSystem"


@dataclass(frozen=True, slots=True, eq=False)
class TileGrid:
    """Tiles of one size in one total pixel matrix, at one focal plane or several.

    Parameters
    ----------
    rows, columns : int
        Size of a tile.
    matrix_shape : tuple[int, int]
        Rows and columns of the total pixel matrix.
    corners : numpy.ndarray
        Row and column, from 1, of each tile's first pixel, shape (tiles, 2).
    positions : numpy.ndarray
        Position of each tile's first pixel in mm, shape (tiles, 3).
    origin : numpy.ndarray
        Position of the matrix's first pixel in mm, shape (3,).
    orientation : numpy.ndarray
        Direction cosines of rows and columns, shape (6,).
    pixel_spacing : numpy.ndarray
        Distance between rows and between columns in mm, shape (2,).
    slice_thickness : float | None
        Thickness in mm, where it is known.
    frame_of_reference_uid : pydicom.uid.UID
        Frame of reference of the positions.
    sources : numpy.ndarray | Ragged
        Index of each tile's source frame; or indices of all source frames that it touches.
    on_source_grid : bool
        Whether each pixel lies where a pixel of the source frame lies that has its indices.
    """

    rows: int
    columns: int
    matrix_shape: tuple[int, int]
    corners: NDArray[np.int64]
    positions: NDArray[np.float64]
    origin: NDArray[np.float64]
    orientation: NDArray[np.float64]
    pixel_spacing: NDArray[np.float64]
    slice_thickness: float | None
    frame_of_reference_uid: UID
    sources: NDArray[np.intp] | Ragged
    on_source_grid: bool

    coordinate_system = CoordinateSystemNames.SLIDE

    @classmethod
    def from_sources(cls, sources: SourceFrames) -> TileGrid:
        """Take the tiles of a source image, in their order.

        Parameters
        ----------
        sources : SourceFrames
            Frames of one tiled image.

        Returns
        -------
        TileGrid
            One tile for each frame.

        Raises
        ------
        InvalidValueError
            If there are several images, or a frame has no place in the matrix.
        MissingAttributeError
            If the image does not say how large the matrix is.
        GeometryError
            If frames have no position, spacing or orientation.
        """
        if len(sources.images) != 1 or sources.frame_of_reference_uid is None:
            raise InvalidValueError(
                "tiles of one image in one frame of reference are needed",
                attribute="source_images",
                found=f"{len(sources.images)} images",
                remedy="Make one object for each tiled image.",
            )
        image, table = sources.images[0], sources.table
        corners, positions = table.matrix_positions, table.slide_positions
        if (corners < 1).any() or np.isnan(positions).any():
            raise GeometryError(
                "tiles of the source image have no place in the total pixel matrix",
                attribute=_SLIDE,
                found=f"none for {int((corners < 1).any(axis=1).sum())} of {len(corners)} frames",
                clause="PS3.3 C.8.12.6",
            )
        thickness = table.slice_thickness
        orientation, spacing = sources.orientation(), sources.pixel_spacing()
        return cls(
            rows=sources.rows,
            columns=sources.columns,
            matrix_shape=_matrix_shape(image),
            corners=corners,
            positions=positions,
            origin=_origin(corners, positions, orientation, spacing),
            orientation=orientation,
            pixel_spacing=spacing,
            slice_thickness=None if np.isnan(thickness[0]) else float(thickness[0]),
            frame_of_reference_uid=sources.frame_of_reference_uid,
            sources=np.arange(len(corners)),
            on_source_grid=True,
        )

    @classmethod
    def of_matrix(cls, sources: SourceFrames, tile_size: Sequence[int] | None) -> TileGrid:
        """Divide the total pixel matrix of a source image into tiles, in the order of TILED_FULL.

        Parameters
        ----------
        sources : SourceFrames
            Frames of one tiled image.
        tile_size : Sequence[int] | None
            Rows and columns of a tile; those of the source's by default.

        Returns
        -------
        TileGrid
            Tiles that cover the matrix.  Each refers to the source frames that it touches.
        """
        own = cls.from_sources(sources)
        own_size = TileSize(own.rows, own.columns)
        size = own_size if tile_size is None else _check_size(tile_size)
        offsets = tile_corners(*own.matrix_shape, *size)
        corners = offsets[:, ::-1] + 1
        return replace(
            own,
            rows=size.rows,
            columns=size.columns,
            corners=corners,
            positions=tile_positions(
                offsets, own.origin.tolist(), own.orientation.tolist(), own.pixel_spacing.tolist()
            ),
            sources=overlapping_tiles(corners - 1, size, own.corners - 1, own_size),
            on_source_grid=size == own_size and are_among(corners, own.corners),
        )

    def resampled(self, matrix_shape: tuple[int, int]) -> TileGrid:
        """Cover the same area with a matrix of another size, as in a pyramid (PS3.3 C.8.12.14).

        Parameters
        ----------
        matrix_shape : tuple[int, int]
            Rows and columns of the new matrix.

        Returns
        -------
        TileGrid
            Tiles of the same size; the outer edges of the first pixels coincide.
        """
        if matrix_shape == self.matrix_shape:
            return self
        old = np.asarray(self.matrix_shape, float)
        factors = old / np.asarray(matrix_shape, float)
        spacing = self.pixel_spacing * factors
        # Between the centres of first pixels that have their outer corner in common.
        shift = (spacing - self.pixel_spacing) / 2
        along_row, along_column = self.orientation[:3], self.orientation[3:]
        origin = self.origin + shift[1] * along_row + shift[0] * along_column
        offsets = tile_corners(*matrix_shape, self.rows, self.columns)
        return replace(
            self,
            matrix_shape=matrix_shape,
            corners=offsets[:, ::-1] + 1,
            origin=origin,
            pixel_spacing=spacing,
            positions=tile_positions(
                offsets, origin.tolist(), self.orientation.tolist(), spacing.tolist()
            ),
            sources=Ragged.from_rows([[0]] * len(offsets), np.intp),
            on_source_grid=False,
        )

    @property
    def number_of_places(self) -> int:
        """int: Number of tiles."""
        return len(self.corners)

    @property
    def depths(self) -> NDArray[np.float64]:
        """numpy.ndarray: Distinct Z offsets in mm, ascending; one for each focal plane."""
        return np.unique(np.around(self.positions[:, 2], 6))

    @property
    def order(self) -> NDArray[np.intp]:
        """numpy.ndarray: Tiles by focal plane, then by row and column."""
        depth = np.around(self.positions[:, 2], 6)
        return np.lexsort((self.corners[:, 1], self.corners[:, 0], depth))

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """tuple: Row and column in the matrix, and the Z offset if there are focal planes."""
        keywords = _DIMENSIONS if len(self.depths) == 1 else (*_DIMENSIONS, _DEPTH)
        return tuple((keyword, _SLIDE) for keyword in keywords)

    @property
    def dimension_values(self) -> NDArray[np.int64]:
        """numpy.ndarray: Dimension index values, shape (tiles, 2 or 3)."""
        places = [self.corners[:, 0], self.corners[:, 1], np.around(self.positions[:, 2], 6)]
        columns = places[: len(self.dimensions)]
        return np.stack([np.unique(c, return_inverse=True)[1] + 1 for c in columns], axis=1)

    def organization(
        self, places: NDArray[np.intp], frames_per_place: int
    ) -> DimensionOrganizationTypeValues | None:
        """Tell which organization frames have.

        Parameters
        ----------
        places : numpy.ndarray
            Place of each frame.
        frames_per_place : int
            How many frames a place has where it has any.

        Returns
        -------
        DimensionOrganizationTypeValues
            TILED_FULL if the tiles of each segment cover the matrix in the order of the standard
            (PS3.3 C.7.6.17.3), else TILED_SPARSE.
        """
        offsets = tile_corners(*self.matrix_shape, self.rows, self.columns)
        full = np.tile(offsets[:, ::-1] + 1, (len(self.depths) * frames_per_place, 1))
        found = self.corners[places]
        if found.shape == full.shape and np.array_equal(found, full):
            return DimensionOrganizationTypeValues.TILED_FULL
        return DimensionOrganizationTypeValues.TILED_SPARSE

    def set_groups(self, groups: FunctionalGroups, places: NDArray[np.intp]) -> None:
        """Set the spacing of the pixels and the place of each tile.

        Parameters
        ----------
        groups : FunctionalGroups
            Groups of the derived image.
        places : numpy.ndarray
            Place of each frame.
        """
        groups.set_constant("PixelMeasuresSequence.PixelSpacing", self.pixel_spacing)
        if self.slice_thickness is not None:
            groups.set_constant("PixelMeasuresSequence.SliceThickness", self.slice_thickness)
        columns: dict[str, NDArray[Any]] = {
            _DIMENSIONS[0]: self.corners[:, 0],
            _DIMENSIONS[1]: self.corners[:, 1],
            "XOffsetInSlideCoordinateSystem": self.positions[:, 0],
            "YOffsetInSlideCoordinateSystem": self.positions[:, 1],
            _DEPTH: self.positions[:, 2] * MICROMETRES,
        }
        for keyword, values in columns.items():
            groups.set(f"{_SLIDE}.{keyword}", values, index=places, placement="per_frame")

    def write_modules(self, dataset: Dataset, source: Dataset) -> None:
        """Write the total pixel matrix, the specimen and the frame of reference.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The derived image.
        source : pydicom.Dataset
            Its first source image.
        """
        write_frame_of_reference(dataset, source, self.frame_of_reference_uid)
        copy_specimen(source, dataset)
        dataset.TotalPixelMatrixRows, dataset.TotalPixelMatrixColumns = self.matrix_shape
        dataset.TotalPixelMatrixFocalPlanes = len(self.depths)
        dataset.ImageOrientationSlide = [to_decimal_string(v) for v in self.orientation.tolist()]
        item = Dataset()
        item.XOffsetInSlideCoordinateSystem = to_decimal_string(float(self.origin[0]))
        item.YOffsetInSlideCoordinateSystem = to_decimal_string(float(self.origin[1]))
        dataset.TotalPixelMatrixOriginSequence = [item]


def _matrix_shape(image: Dataset) -> tuple[int, int]:
    shape = []
    for keyword in ("TotalPixelMatrixRows", "TotalPixelMatrixColumns"):
        value = peek_number(image, keyword)
        if value is None:
            raise MissingAttributeError(
                "the tiled source image does not say how large its matrix is",
                attribute=keyword,
                clause="PS3.3 C.8.12.4",
            )
        shape.append(int(value))
    return shape[0], shape[1]


def _origin(
    corners: NDArray[np.int64],
    positions: NDArray[np.float64],
    orientation: NDArray[np.float64],
    spacing: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Position of the matrix's first pixel, which needs no tile: the first may be left out."""
    down, right = (corners[0] - 1) * spacing
    return np.asarray(positions[0] - right * orientation[:3] - down * orientation[3:])


def _check_size(tile_size: Sequence[int]) -> TileSize:
    sizes = tuple(int(size) for size in tile_size)
    if len(sizes) != 2 or min(sizes) < 1:
        raise InvalidValueError(
            "not the size of a tile",
            attribute="tile_size",
            found=tuple(tile_size),
            expected="rows and columns, from 1",
        )
    return TileSize(*sizes)
