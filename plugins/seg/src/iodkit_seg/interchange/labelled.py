"""Segments in a volume with their descriptions: what files of other programs hold."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import coerce_enum
from iodkit.errors import InvalidValueError, NotFoundError
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.spatial import Volume
    from iodkit.spatial.channels import Channels
    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["SEGMENT_CHANNEL", "LabelledVolume"]

SEGMENT_CHANNEL = "ReferencedSegmentNumber"
"""Descriptor of the axis of a volume that has a mask for each segment."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledVolume:
    """Segments as voxels, and what each of them is.

    Parameters
    ----------
    volume : Volume
        Label map of unsigned integers, shape (slices, rows, columns), whose values are numbers
        of segments and 0 elsewhere; or a mask for each segment, in the order of `segments`,
        shape (slices, rows, columns, segments): 0 and 1, or fractions between them.
    segments : tuple[SegmentDescription, ...]
        Descriptions of the segments, with unique numbers.

    Raises
    ------
    InvalidValueError
        If shape or values do not fit the descriptions.
    """

    volume: Volume
    segments: tuple[SegmentDescription, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.segments))
        numbers = self.segment_numbers
        if not numbers or len(set(numbers)) < len(numbers) or min(numbers) < 1:
            raise InvalidValueError(
                "segments are not told apart by their numbers",
                attribute="segments",
                found=numbers,
                expected="one segment or more, numbered from 1 without repetition",
            )
        channels = self.volume.channel_shape
        if len(channels) > 1 or (channels and channels != (len(numbers),)):
            raise InvalidValueError(
                "the volume has another number of channels than there are segments",
                attribute="volume",
                found=self.volume.shape,
                expected=f"no channels, or {len(numbers)}",
            )
        if not channels:
            object.__setattr__(self, "volume", _as_labels(self.volume, numbers))

    @classmethod
    def of(
        cls,
        segments: Segmentation | LabelledVolume,
        segment_numbers: Sequence[int] | None = None,
    ) -> LabelledVolume:
        """Return segments as they are, or take them out of a segmentation.

        Parameters
        ----------
        segments : Segmentation | LabelledVolume
            Either of the two.
        segment_numbers : Sequence[int] | None, optional
            Segments that are wanted; all by default.

        Returns
        -------
        LabelledVolume
            The segments; see `from_segmentation`.

        Raises
        ------
        NotFoundError
            If there is no such segment.
        """
        if isinstance(segments, LabelledVolume):
            return segments if segment_numbers is None else segments.take(segment_numbers)
        return cls.from_segmentation(segments, segment_numbers)

    @property
    def segment_numbers(self) -> list[int]:
        """list[int]: Numbers of the segments."""
        return [segment.segment_number for segment in self.segments]

    @property
    def is_labelmap(self) -> bool:
        """bool: Whether the voxels are labels; otherwise there is a mask for each segment."""
        return not self.volume.channel_shape

    @classmethod
    def from_segmentation(
        cls, segmentation: Segmentation, segment_numbers: Sequence[int] | None = None
    ) -> LabelledVolume:
        """Take the segments out of a segmentation.

        Parameters
        ----------
        segmentation : Segmentation
            Segmentation whose frames make a regular volume.
        segment_numbers : Sequence[int] | None, optional
            Segments that are wanted; all by default.

        Returns
        -------
        LabelledVolume
            A label map; masks if segments overlap, or are fractional.

        Raises
        ------
        GeometryError
            If the frames make no regular volume.
        NotFoundError
            If there is no such segment.
        """
        numbers = segmentation.segment_numbers if segment_numbers is None else segment_numbers
        segments = tuple(segmentation.get_segment_description(number) for number in numbers)
        volume: Volume | None = None
        if segmentation.segmentation_type is not SegmentationTypeValues.FRACTIONAL:
            try:
                volume = segmentation.get_volume(segment_numbers=numbers, combine_segments=True)
            except OverlappingSegmentsError:
                volume = None
        if volume is None:
            volume = segmentation.get_volume(segment_numbers=numbers)
        return cls(volume, segments)

    def to_segmentation(
        self,
        source_images: Sequence[Dataset],
        segmentation_type: str | SegmentationTypeValues = "BINARY",
        **arguments: Any,
    ) -> Segmentation:
        """Make a segmentation of the images that were segmented.

        Segments of a BINARY or FRACTIONAL segmentation are numbered 1, 2, 3, … in their order;
        those of a label map keep their numbers.

        Parameters
        ----------
        source_images : Sequence[pydicom.Dataset]
            Images that were segmented; the volume is placed among them by its geometry.
        segmentation_type : str | SegmentationTypeValues, optional
            ``"BINARY"``, ``"FRACTIONAL"`` or ``"LABELMAP"``.
        **arguments
            Further arguments of :class:`Segmentation`.

        Returns
        -------
        Segmentation
            The segmentation.

        Raises
        ------
        IodkitError
            As :class:`Segmentation` does.
        """
        kind = coerce_enum(segmentation_type, SegmentationTypeValues, "segmentation_type")
        given = self if kind is SegmentationTypeValues.LABELMAP else self.renumbered()
        return Segmentation(source_images, given.volume, kind, list(given.segments), **arguments)

    def take(self, segment_numbers: Sequence[int]) -> LabelledVolume:
        """Take some of the segments.

        Parameters
        ----------
        segment_numbers : Sequence[int]
            Numbers of the segments that are wanted.

        Returns
        -------
        LabelledVolume
            These segments in this order.

        Raises
        ------
        NotFoundError
            If there is no such segment.
        """
        numbers = self.segment_numbers
        unknown = [number for number in segment_numbers if number not in numbers]
        if unknown:
            raise NotFoundError(
                "there is no such segment",
                attribute="segment_numbers",
                found=unknown,
                expected=f"numbers among {numbers}",
            )
        places = [numbers.index(number) for number in segment_numbers]
        array: NDArray[Any] = self.volume.array
        channels: Channels | None = None
        if self.is_labelmap:
            array = np.where(np.isin(array, segment_numbers), array, 0)
        else:
            array, channels = array[..., places], {SEGMENT_CHANNEL: list(segment_numbers)}
        volume = self.volume.get_geometry().with_array(array, channels)
        return LabelledVolume(volume, tuple(self.segments[place] for place in places))

    def in_file_order(self) -> LabelledVolume:
        """Put the axes into the order of image files: columns, rows, slices.

        Programs take the last axis for that of the slices.

        Returns
        -------
        LabelledVolume
            The same voxels at the same places.
        """
        return LabelledVolume(self.volume.permute_spatial_axes((2, 1, 0)), self.segments)

    def masks(self) -> Iterator[NDArray[np.bool_]]:
        """Give a mask for each segment.

        Yields
        ------
        numpy.ndarray
            Mask of shape (slices, rows, columns), in the order of the segments.

        Raises
        ------
        InvalidValueError
            If segments are fractional.
        """
        array = self.volume.array
        for place, number in enumerate(self.segment_numbers):
            mask = array == number if self.is_labelmap else array[..., place]
            if not np.isin(mask, (0, 1)).all():
                raise InvalidValueError(
                    "segments are fractional",
                    attribute=f"segment {number}",
                    found=str(array.dtype),
                    expected="masks of 0 and 1",
                    remedy="Threshold the fractions.",
                )
            yield np.asarray(mask, bool)

    def renumbered(self) -> LabelledVolume:
        """Number the segments 1, 2, 3, … in their order.

        Returns
        -------
        LabelledVolume
            The same segments with new numbers; this one stays as it is.
        """
        numbers = self.segment_numbers
        if numbers == list(range(1, len(numbers) + 1)):
            return self
        segments = deepcopy(self.segments)
        for new, segment in enumerate(segments, 1):
            segment.SegmentNumber = new
        volume = self.volume
        if self.is_labelmap:
            table = np.zeros(max(numbers) + 1, np.min_scalar_type(len(numbers)))
            table[numbers] = np.arange(1, len(numbers) + 1)
            volume = volume.with_array(table[volume.array])
        return LabelledVolume(volume, segments)


def _as_labels(volume: Volume, numbers: list[int]) -> Volume:
    """Check labels; programs store them as signed integers and as floats, too."""
    array = volume.array
    if array.dtype.kind == "f":
        whole = np.rint(array)
        if not np.array_equal(whole, array):
            raise InvalidValueError(
                "voxels are no labels",
                attribute="volume",
                found=float(array[array != whole][0]),
                expected="whole numbers, or a mask for each segment",
            )
        array = whole
    low, high = array.min(initial=0), array.max(initial=0)
    present = np.unique(array)
    unknown = sorted(set(present.astype(np.int64).tolist()) - {0, *numbers})
    if low < 0 or high > np.iinfo(np.uint16).max or unknown:
        raise InvalidValueError(
            "labels have no description",
            attribute="volume",
            found=unknown[:10],
            expected=f"0 and the numbers of the segments, {numbers[:10]}",
            remedy="Describe these segments, or remove the labels.",
        )
    narrow = np.uint8 if high <= np.iinfo(np.uint8).max else np.uint16
    return volume if array.dtype == narrow else volume.with_array(array.astype(narrow))
