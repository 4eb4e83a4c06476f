"""Dimension organisation of segmentations (PS3.3 C.7.6.17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydicom.datadict import dictionary_description, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from iodkit.content import PlanePositionSequence
from iodkit.context import generate_uid
from iodkit.elements import DicomSequence, coerce_enum
from iodkit.errors import GeometryError, InvalidValueError, NotFoundError
from iodkit.frames import FrameTable, require_values
from iodkit.spatial import get_plane_sort_index
from iodkit.standard.enums import AxisHandedness, CoordinateSystemNames, PixelIndexDirections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


__all__ = ["DimensionIndexSequence"]

_SEGMENT = ("ReferencedSegmentNumber", "SegmentIdentificationSequence")
_PATIENT = (("ImagePositionPatient", "PlanePositionSequence"),)
_SLIDE = tuple(
    (keyword, "PlanePositionSlideSequence")
    for keyword in (
        "RowPositionInTotalImagePixelMatrix",
        "ColumnPositionInTotalImagePixelMatrix",
    )
)
# Frames without a place in space and without a segment are told apart by their labels.
_LABEL = (("FrameLabel", "FrameContentSequence"),)

_NOT_A_POSITION = frozenset((_SEGMENT[0], _LABEL[0][0]))


class DimensionIndexSequence(DicomSequence):
    """Dimension indices of a segmentation (PS3.3 C.7.6.17).

    Parameters
    ----------
    coordinate_system : str | CoordinateSystemNames | None
        Coordinate system of the planes; ``None`` for images without a frame of reference.
    include_segment_number : bool, optional
        Whether the segment is the first dimension, as in BINARY and FRACTIONAL segmentations.
    """

    def __init__(
        self,
        coordinate_system: str | CoordinateSystemNames | None,
        include_segment_number: bool = True,
    ) -> None:
        pointers: tuple[tuple[str, str], ...]
        if coordinate_system is None:
            pointers = () if include_segment_number else _LABEL
        else:
            system = coerce_enum(coordinate_system, CoordinateSystemNames, "coordinate_system")
            pointers = _SLIDE if system is CoordinateSystemNames.SLIDE else _PATIENT
        if include_segment_number:
            pointers = (_SEGMENT, *pointers)
        super().__init__(_items(pointers))

    @classmethod
    def of(
        cls, pointers: Sequence[tuple[str, str]], include_segment_number: bool = True
    ) -> DimensionIndexSequence:
        """Make the dimension indices of frames at known places.

        Parameters
        ----------
        pointers : Sequence[tuple[str, str]]
            Keywords of the attributes that tell places apart, and of their functional groups.
        include_segment_number : bool, optional
            Whether the segment is the first dimension.

        Returns
        -------
        DimensionIndexSequence
            The dimensions.
        """
        made = cls(None, include_segment_number)
        made[:] = _items([_SEGMENT, *pointers] if include_segment_number else pointers)
        return made

    def get_plane_positions_of_image(self, image: Dataset) -> list[PlanePositionSequence]:
        """Return the position of each frame of a multi-frame image.

        Parameters
        ----------
        image : pydicom.Dataset
            Multi-frame image.

        Returns
        -------
        list[PlanePositionSequence]
            Position of each frame.
        """
        return _plane_positions(FrameTable.from_dataset(image))

    def get_plane_positions_of_series(
        self, images: Sequence[Dataset]
    ) -> list[PlanePositionSequence]:
        """Return the position of each image of a series.

        Parameters
        ----------
        images : Sequence[pydicom.Dataset]
            Single-frame images.

        Returns
        -------
        list[PlanePositionSequence]
            Position of each image.
        """
        return _plane_positions(FrameTable.from_instances(images))

    def get_index_position(self, pointer: str) -> int:
        """Return the place of a dimension among all, from 0.

        Parameters
        ----------
        pointer : str
            Keyword of the attribute that the dimension index points to.

        Returns
        -------
        int
            Place of the dimension.

        Raises
        ------
        NotFoundError
            If no dimension points to this attribute.
        """
        keywords = [keyword_for_tag(item.DimensionIndexPointer) for item in self]
        if pointer not in keywords:
            raise NotFoundError(
                "no dimension points to this attribute",
                attribute="pointer",
                found=pointer,
                expected=f"one of {keywords}",
            )
        return keywords.index(pointer)

    def get_index_keywords(self) -> list[str]:
        """Return the keywords of the positions that the dimensions point to.

        Returns
        -------
        list[str]
            Keyword for each dimension but that of the segment, and that of the frame label.
        """
        keywords = [keyword_for_tag(item.DimensionIndexPointer) for item in self]
        return [keyword for keyword in keywords if keyword not in _NOT_A_POSITION]

    def get_index_values(
        self,
        plane_positions: Sequence[PlanePositionSequence],
        image_orientation: Sequence[float] | None = None,
        index_convention: str | Sequence[PixelIndexDirections | str] = (
            PixelIndexDirections.R,
            PixelIndexDirections.D,
        ),
        handedness: AxisHandedness | str = AxisHandedness.RIGHT_HANDED,
    ) -> tuple[NDArray[np.generic], NDArray[np.intp]]:
        """Sort planes by their positions.

        Parameters
        ----------
        plane_positions : Sequence[PlanePositionSequence]
            Position of each plane.
        image_orientation : Sequence[float] | None, optional
            Direction cosines of rows and columns.  Where they are given, planes of the patient
            coordinate system are sorted along their normal; otherwise by their coordinates.
        index_convention : str | Sequence[PixelIndexDirections | str], optional
            Directions of the in-plane indices, for the direction of the normal.
        handedness : AxisHandedness | str, optional
            Handedness of the axes, for the direction of the normal.

        Returns
        -------
        dimension_index_values : numpy.ndarray
            Values that the dimensions point to, shape (planes, dimensions), or
            (planes, dimensions, components) where they have several; without the segment.
        plane_indices : numpy.ndarray
            Indices that sort the planes.

        Raises
        ------
        GeometryError
            If the planes have no such positions, or two of them the same.
        """
        keywords = self.get_index_keywords()
        if not plane_positions:
            raise InvalidValueError("there is no plane", attribute="plane_positions")
        values = np.array([[_numbers(p[0], k) for k in keywords] for p in plane_positions])
        if values.shape[-1] == 1:
            values = values[..., 0]
        flat = values.reshape(len(values), -1)
        _, first = np.unique(flat, axis=0, return_index=True)
        if len(first) < len(flat):
            raise GeometryError(
                f"{len(flat)} planes have {len(first)} different positions",
                attribute="plane_positions",
                expected="a position of its own for each plane",
                clause="PS3.3 C.7.6.17",
            )
        if image_orientation is None or keywords != ["ImagePositionPatient"]:
            return values, first
        order = get_plane_sort_index(
            flat[first].tolist(),
            image_orientation,
            index_convention=index_convention,
            handedness=handedness,
        )
        return values, first[np.asarray(order)]


def _plane_positions(table: FrameTable) -> list[PlanePositionSequence]:
    patient = CoordinateSystemNames.PATIENT
    positions = require_values(table, "ImagePositionPatient").tolist()
    return [PlanePositionSequence(patient, position) for position in positions]


def _items(pointers: Sequence[tuple[str, str]]) -> list[Dataset]:
    uid = generate_uid()
    return [_item(keyword, group, uid) for keyword, group in pointers]


def _item(keyword: str, group: str, uid: str) -> Dataset:
    item = Dataset()
    item.DimensionIndexPointer = _tag(keyword)
    item.FunctionalGroupPointer = _tag(group)
    item.DimensionOrganizationUID = uid
    item.DimensionDescriptionLabel = dictionary_description(_tag(keyword))
    return item


def _tag(keyword: str) -> BaseTag:
    return BaseTag(tag_for_keyword(keyword) or 0)


def _numbers(item: Dataset, keyword: str) -> list[float]:
    value = item.get(keyword)
    if value is None:
        raise GeometryError(f"a plane has no {keyword}", attribute=keyword, clause="PS3.3 C.7.6.17")
    return [float(v) for v in value] if hasattr(value, "__len__") else [float(value)]
