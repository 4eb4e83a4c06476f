"""Where the pixels of a segmentation lie: on its sources' planes, on its own, or in tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iodkit.errors import GeometryError, InvalidValueError
from iodkit.spatial import Volume
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_image.derived import (
    FrameArrangement,
    PlaneStack,
    SourceFrames,
    TileGrid,
    UnplacedFrames,
    align_volume,
    arrange_planes,
    as_sliceable,
    fit_to_sources,
)
from iodkit_seg.creation.timed import has_times, require_times, times_of_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.content import (
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
    )
    from iodkit.spatial import VolumeGeometry

__all__ = [
    "PixelExtent",
    "PlaneOverrides",
    "Tiling",
    "arrange",
    "fit_volume",
    "require_plane_shape",
]


@dataclass(frozen=True, slots=True)
class PlaneOverrides:
    """Geometry that the caller gives in place of that of the sources."""

    pixel_measures: PixelMeasuresSequence | None = None
    plane_orientation: PlaneOrientationSequence | None = None
    plane_positions: Sequence[PlanePositionSequence] | None = None


@dataclass(frozen=True, slots=True)
class Tiling:
    """Whether the pixels are a total pixel matrix, and into which tiles it is cut."""

    tile_pixel_array: bool = False
    tile_size: Sequence[int] | None = None
    resampled: bool = False

    @property
    def is_asked_for(self) -> bool:
        """bool: Whether any of it differs from the default."""
        return self != Tiling()


@dataclass(frozen=True, slots=True)
class PixelExtent:
    """How far pixels extend, without the pixels.

    Parameters
    ----------
    shape : tuple[int, ...] | None, optional
        Shape of the whole array; ``None`` for what follows from the sources.
    geometry : Volume | VolumeGeometry | None, optional
        Place in space of the array, if it has one of its own.
    """

    shape: tuple[int, ...] | None = None
    geometry: Volume | VolumeGeometry | None = None

    @classmethod
    def of(cls, pixel_array: Any) -> PixelExtent:
        """Tell the extent of an array or a volume."""
        if isinstance(pixel_array, Volume):
            return cls(tuple(pixel_array.array.shape), pixel_array)
        return cls(tuple(as_sliceable(pixel_array).shape))

    @property
    def plane_shape(self) -> tuple[int, int] | None:
        """tuple[int, int] | None: Rows and columns of the planes, or of the total matrix."""
        if self.shape is None or len(self.shape) < 2:
            return None
        first = 1 if len(self.shape) == 4 else len(self.shape) - 2
        return self.shape[first], self.shape[first + 1]


def arrange(
    extent: PixelExtent, sources: SourceFrames, overrides: PlaneOverrides, tiling: Tiling
) -> FrameArrangement:
    """Find where pixels lie: a volume says it, an array follows the source frames.

    Parameters
    ----------
    extent : PixelExtent
        How far the pixels extend.
    sources : SourceFrames
        Frames of the source images.
    overrides : PlaneOverrides
        Geometry in place of that of the sources.
    tiling : Tiling
        Whether the pixels are a total pixel matrix, to be cut into tiles.

    Returns
    -------
    FrameArrangement
        Places of frames.

    Raises
    ------
    InvalidValueError
        If the arguments do not fit each other or the sources.
    """
    overridden = overrides != PlaneOverrides()
    slide = sources.coordinate_system is CoordinateSystemNames.SLIDE
    if overridden and (slide or sources.coordinate_system is None):
        raise InvalidValueError(
            "only planes in the patient coordinate system can be given another geometry",
            attribute="plane_positions",
            expected="no pixel_measures, plane_orientation or plane_positions",
        )
    if tiling.is_asked_for and not slide:
        raise InvalidValueError(
            "the source image has no total pixel matrix",
            attribute="tile_pixel_array",
            found=str(sources.coordinate_system),
            expected="one tiled image",
        )
    if extent.geometry is not None:
        return _place_volume(extent.geometry, sources, overridden)
    if slide:
        return _place_tiles(extent, sources, tiling)
    if sources.coordinate_system is None:
        return UnplacedFrames.from_sources(sources)
    if not overridden:
        return arrange_planes(sources)
    stack = PlaneStack.from_sources(sources).with_overrides(
        overrides.pixel_measures, overrides.plane_orientation, overrides.plane_positions
    )
    if overrides.plane_positions is not None and extent.plane_shape is not None:
        stack = stack.resized(*extent.plane_shape)
    return stack


def require_plane_shape(extent: PixelExtent, places: FrameArrangement, *, is_matrix: bool) -> None:
    """Raise if planes, or the total pixel matrix, have another shape than the caller says.

    Parameters
    ----------
    extent : PixelExtent
        What the caller says.
    places : FrameArrangement
        Places of frames, as they came out.
    is_matrix : bool
        Whether the pixels are a total pixel matrix.

    Raises
    ------
    InvalidValueError
        If they differ.
    """
    shape = (places.rows, places.columns)
    if is_matrix and isinstance(places, TileGrid):
        shape = places.matrix_shape
    if extent.shape is not None and (tuple(extent.shape) != shape or min(shape) < 1):
        raise InvalidValueError(
            "planes of this shape have no place among the source images",
            attribute="plane_shape",
            found=extent.shape,
            expected=f"{shape[0], shape[1]}",
            remedy="Pass plane_positions as well, or a geometry; or, for a level of a pyramid, "
            "pyramid_uid and tile_pixel_array=True.",
        )


def _place_volume(volume: Any, sources: SourceFrames, overridden: bool) -> FrameArrangement:
    if overridden:
        raise InvalidValueError(
            "a Volume has a geometry of its own",
            attribute="pixel_array",
            expected="no pixel_measures, plane_orientation or plane_positions beside it",
        )
    if sources.coordinate_system is not CoordinateSystemNames.PATIENT:
        raise InvalidValueError(
            "a Volume needs source images in the patient coordinate system",
            attribute="pixel_array",
            found=f"sources in {sources.coordinate_system or 'no coordinate system'}",
            expected="an array with a plane for each source frame",
        )
    if has_times(volume):
        return times_of_sources(volume, sources)
    try:
        if isinstance(volume, Volume):
            volume = fit_volume(volume, sources)
        return PlaneStack.from_volume(volume, sources)
    except GeometryError as error:
        require_times(sources, error)
        raise


def fit_volume(volume: Volume, sources: SourceFrames) -> Volume:
    """Bring a volume onto the grid of its sources, where that is exact.

    Parameters
    ----------
    volume : Volume
        The volume.
    sources : SourceFrames
        Frames of the source images.

    Returns
    -------
    Volume
        The volume with the axes, rows and columns of the sources, or as much of that as is exact.
    """
    return fit_to_sources(align_volume(volume, sources), sources)


def _place_tiles(extent: PixelExtent, sources: SourceFrames, tiling: Tiling) -> FrameArrangement:
    if not tiling.tile_pixel_array:
        if tiling.tile_size is not None:
            raise InvalidValueError(
                "the size of tiles is that of the source's",
                attribute="tile_size",
                found=tiling.tile_size,
                remedy="Pass tile_pixel_array=True, and the total pixel matrix as pixel_array.",
            )
        return TileGrid.from_sources(sources)
    grid = TileGrid.of_matrix(sources, tiling.tile_size)
    if tiling.resampled and extent.plane_shape is not None:
        grid = grid.resampled(extent.plane_shape)
    return grid
