"""Segments as closed planar contours in space, as radiotherapy and drawing programs have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import VOXEL_EDGE
from iodkit.errors import GeometryError, InvalidValueError
from iodkit_seg.interchange.labelled import SEGMENT_CHANNEL, LabelledVolume
from iodkit_seg.interchange.polygons import mask_to_polygons, polygons_to_mask, signed_area

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from iodkit.spatial import Volume, VolumeGeometry
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation

__all__ = ["Contour", "contours_to_labelled", "segmentation_to_contours"]


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """A closed contour in one slice of a volume.

    Parameters
    ----------
    slice_index : int
        Slice of the volume, from 0.
    points : numpy.ndarray
        Corners in the frame of reference, shape (corners, 3), in mm; the last one is joined to
        the first.
    is_hole : bool
        Whether it runs around a hole.
    """

    slice_index: int
    points: NDArray[np.float64]
    is_hole: bool


def segmentation_to_contours(
    segmentation: Segmentation | LabelledVolume,
    segment_numbers: Sequence[int] | None = None,
) -> dict[int, list[Contour]]:
    """Draw contours around the segments in each slice, along the edges of voxels.

    Contours run clockwise around voxels, seen with rows growing downwards, and counter-clockwise
    around holes; voxels that touch at an edge only are parted.  `contours_to_labelled` gives
    back the same voxels.

    Parameters
    ----------
    segmentation : Segmentation | LabelledVolume
        The segments, not fractional.
    segment_numbers : Sequence[int] | None, optional
        Segments that are wanted; all by default.

    Returns
    -------
    dict[int, list[Contour]]
        Contours by number of the segment, in the order of slices.

    Raises
    ------
    GeometryError
        If the frames of the segmentation make no regular volume.
    InvalidValueError
        If segments are fractional.
    NotFoundError
        If there is no such segment.
    """
    labelled = LabelledVolume.of(segmentation, segment_numbers)
    return {
        number: _contours(labelled.volume, mask)
        for number, mask in zip(labelled.segment_numbers, labelled.masks(), strict=True)
    }


def _contours(volume: Volume, mask: NDArray[np.bool_]) -> list[Contour]:
    contours = []
    for index in np.flatnonzero(mask.any(axis=(1, 2))).tolist():
        for polygon in mask_to_polygons(mask[index]):
            columns, rows = polygon.T
            places = np.stack([np.full(len(polygon), float(index)), rows, columns], axis=1)
            points = volume.map_indices_to_reference(places)
            contours.append(Contour(index, points, signed_area(polygon) < 0))
    return contours


def contours_to_labelled(
    geometry: VolumeGeometry,
    contours: Mapping[int, Sequence[ArrayLike | Contour]],
    segments: Sequence[SegmentDescription],
    *,
    tolerance: float = VOXEL_EDGE,
) -> LabelledVolume:
    """Fill closed planar contours: a voxel belongs to those that its centre lies inside of.

    Where contours of a segment lie in each other, centres inside an odd number of them count,
    so that contours around holes leave them out, whatever their direction.

    Parameters
    ----------
    geometry : VolumeGeometry
        Voxels to fill, with axes (slice, row, column).
    contours : Mapping[int, Sequence[array-like | Contour]]
        By number of the segment, corners in the frame of reference, shape (corners, 3), in mm.
    segments : Sequence[SegmentDescription]
        Descriptions of the segments.
    tolerance : float, optional
        How far corners may lie from the centre plane of a slice, in slices.

    Returns
    -------
    LabelledVolume
        A mask for each segment.

    Raises
    ------
    GeometryError
        If a contour does not lie in a slice of the geometry; nothing is projected.
    InvalidValueError
        If a contour has fewer than three corners, or segments and contours do not match.
    """
    numbers = [segment.segment_number for segment in segments]
    unknown = sorted(set(contours) - set(numbers))
    if unknown:
        raise InvalidValueError(
            "contours have no description",
            attribute="contours",
            found=unknown,
            expected=f"numbers of the segments, {numbers}",
        )
    slices, rows, columns = geometry.spatial_shape
    masks = np.zeros((slices, rows, columns, len(numbers)), bool)
    for place, number in enumerate(numbers):
        by_slice: dict[int, list[NDArray[np.float64]]] = {}
        for item, contour in enumerate(contours.get(number, ())):
            points = contour.points if isinstance(contour, Contour) else contour
            where = f"contours[{number}][{item}]"
            index, polygon = _in_slice(geometry, points, tolerance, where)
            by_slice.setdefault(index, []).append(polygon)
        for index, polygons in by_slice.items():
            masks[index, :, :, place] = polygons_to_mask(polygons, (rows, columns))
    volume = geometry.with_array(masks, {SEGMENT_CHANNEL: numbers})
    return LabelledVolume(volume, tuple(segments))


def _in_slice(
    geometry: VolumeGeometry, points: ArrayLike, tolerance: float, where: str
) -> tuple[int, NDArray[np.float64]]:
    """Find the slice of a contour, and its corners as (column, row) there."""
    corners = np.asarray(points, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 3 or len(corners) < 3:
        raise InvalidValueError(
            "not a closed planar contour",
            attribute=where,
            found=corners.shape,
            expected="three corners or more, each (x, y, z)",
        )
    places = geometry.map_reference_to_indices(corners)
    index = round(float(places[:, 0].mean()))
    away = float(np.abs(places[:, 0] - index).max())
    if away > tolerance or not 0 <= index < geometry.spatial_shape[0]:
        raise GeometryError(
            "the contour does not lie in a slice",
            attribute=where,
            found=f"{away:.3g} slices away from slice {index}",
            expected=f"at most {tolerance:g} from one of {geometry.spatial_shape[0]} slices",
            remedy="Pass the geometry that the contours were drawn on, or a larger tolerance.",
        )
    return index, places[:, [2, 1]]
