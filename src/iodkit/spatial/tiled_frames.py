"""Frames of TILED_FULL images: which channel, focal plane and tile each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.spatial.attributes import has_value
from iodkit.spatial.image_plane import focal_plane_height, matrix_plane
from iodkit.spatial.tiling import require_tiled_full, tile_corners, tile_positions

if TYPE_CHECKING:
    from collections.abc import Generator

    from pydicom.dataset import Dataset

__all__ = ["iter_tiled_full_frame_data"]


def iter_tiled_full_frame_data(
    dataset: Dataset,
) -> Generator[tuple[int | None, int, int, int, float, float, float], None, None]:
    """Go through the frames of a TILED_FULL image in their order (PS3.3 C.7.6.17.3).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Tiled image.

    Yields
    ------
    channel : int | None
        Number, from 1, of the optical path or segment; None if the image has neither, or all
        segments in one frame.
    focal_plane : int
        Number, from 1, of the focal plane.
    column, row : int
        Column and row, from 1, of the frame's first pixel in the total pixel matrix.
    x, y, z : float
        Coordinates in mm of that pixel's centre in the slide coordinate system.

    Raises
    ------
    GeometryError
        If the image is not TILED_FULL.
    MissingAttributeError
        If it is not placed in space, or has focal planes at unknown distances.
    """
    require_tiled_full(dataset)
    matrix = matrix_plane(dataset, 0)
    corners = tile_corners(
        int(dataset.TotalPixelMatrixRows),
        int(dataset.TotalPixelMatrixColumns),
        int(dataset.Rows),
        int(dataset.Columns),
    )
    places = tile_positions(corners, matrix.position, matrix.orientation, matrix.pixel_spacing)
    tiles = list(zip((corners + 1).tolist(), places.tolist(), strict=True))
    focal_planes = int(dataset.get("TotalPixelMatrixFocalPlanes") or 1)
    heights = [focal_plane_height(matrix.spacing_between_slices, i) for i in range(focal_planes)]
    for channel in _channels(dataset):
        for number, height in enumerate(heights, start=1):
            for (column, row), (x, y, z) in tiles:
                yield channel, number, column, row, x, y, z + height


def _channels(dataset: Dataset) -> list[int | None]:
    """Return the numbers of optical paths or segments."""
    if has_value(dataset, "SegmentSequence"):
        if dataset.get("SegmentationType") == "LABELMAP":
            return [None]
        return list(range(1, len(dataset.SegmentSequence) + 1))
    if has_value(dataset, "NumberOfOpticalPaths"):
        return list(range(1, int(dataset.NumberOfOpticalPaths) + 1))
    if has_value(dataset, "OpticalPathSequence"):
        return list(range(1, len(dataset.OpticalPathSequence) + 1))
    return [None]
