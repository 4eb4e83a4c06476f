"""Masks: what callers give as pixels, checked and brought into one of two plain forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from iodkit_seg.enums import SegmentationTypeValues

_ONES = {
    np.dtype(kind): np.array(1, kind).view(f"u{np.dtype(kind).itemsize}")
    for kind in (np.float16, np.float32, np.float64)
}
"""Bits of 1.0, for each type of floating-point numbers in the machine's byte order."""

__all__ = ["Masks", "OverlappingSegmentsError", "require_dimensions", "share_pixels"]


class OverlappingSegmentsError(InvalidValueError, RuntimeError):
    """Segments share pixels where each pixel may belong to one segment only."""

    code = "overlapping-segments"

    @classmethod
    def found_in(cls, plane: int, number: int) -> OverlappingSegmentsError:
        """Make the error of a reader that is to combine segments into one label map.

        Parameters
        ----------
        plane : int
            Index of the output plane, from 0.
        number : int
            Number of the segment whose pixels another one has already.

        Returns
        -------
        OverlappingSegmentsError
            The error.
        """
        return cls(
            f"segment {number} overlaps another one in plane {plane} of the output",
            attribute="combine_segments",
            expected="no pixel in more than one segment",
            remedy="Get the segments without combining them, or pass skip_overlap_checks=True: "
            "then the highest label wins.",
        )


@dataclass(frozen=True, slots=True)
class Masks:
    """Pixels of all segments: as a label map, or with one mask for each segment.

    Parameters
    ----------
    array : numpy.ndarray
        Shape (planes, rows, columns) for a label map of unsigned integers, or
        (planes, rows, columns, segments) for stacked masks: boolean, unsigned, or floating
        point between 0 and 1.
    numbers : tuple[int, ...]
        Numbers of the segments; the values in a label map, the order of stacked masks.
    peaks : numpy.ndarray | None, optional
        Highest value of each plane, shape (planes,), where it is known.
    """

    array: NDArray[Any]
    numbers: tuple[int, ...]
    peaks: NDArray[Any] | None = None

    @classmethod
    def from_array(cls, pixel_array: object, numbers: Sequence[int]) -> Masks:
        """Check what a caller gave.

        Parameters
        ----------
        pixel_array : array-like
            2D or 3D label map or single mask, or 4D stacked masks with the segments last.
        numbers : Sequence[int]
            Numbers of the segments that are described.

        Returns
        -------
        Masks
            The same pixels; not copied unless their type has to change.

        Raises
        ------
        InvalidTypeError
            If it is no array of booleans or numbers.
        InvalidValueError
            If shape or values do not fit the segments.
        """
        array = np.asarray(pixel_array)
        if array.dtype.kind not in "buif":
            raise InvalidTypeError(
                "wrong type of pixels",
                attribute="pixel_array",
                found=str(array.dtype),
                expected="booleans, integers or floating-point numbers",
            )
        require_dimensions(array.shape)
        if array.ndim == 2:
            array = array[np.newaxis]
        described = tuple(n for n in numbers if n != 0)
        if array.ndim == 4:
            return cls(array, described, _check_stacked(array, len(described)))
        if array.dtype.kind == "f":
            return cls._from_single_fraction(array, described)
        return cls._from_labels(array, described)

    @classmethod
    def _from_labels(cls, array: NDArray[Any], numbers: tuple[int, ...]) -> Masks:
        if array.dtype == bool:
            return cls(_single_mask(array, numbers), numbers)
        peaks = array.max(axis=(1, 2))
        return cls(_check_labels(array, numbers, int(peaks.max())), numbers, peaks)

    @classmethod
    def _from_single_fraction(cls, array: NDArray[Any], numbers: tuple[int, ...]) -> Masks:
        if len(numbers) != 1:
            raise InvalidValueError(
                "floating-point pixels without a dimension for segments",
                attribute="pixel_array",
                found=array.shape,
                expected=f"shape (planes, rows, columns, {len(numbers)}), or integer labels",
            )
        stacked = array[..., np.newaxis]
        return cls(stacked, numbers, _check_stacked(stacked, 1))

    @property
    def is_labelmap(self) -> bool:
        """bool: Whether the pixels are a label map."""
        return self.array.ndim == 3

    @property
    def shape(self) -> tuple[int, int, int]:
        """tuple[int, int, int]: Number of planes, rows and columns."""
        planes, rows, columns = self.array.shape[:3]
        return planes, rows, columns

    def require_binary(self, segmentation_type: SegmentationTypeValues) -> None:
        """Raise if there are fractions between 0 and 1.

        Parameters
        ----------
        segmentation_type : SegmentationTypeValues
            The type that cannot hold them, for the message.
        """
        if self.array.dtype.kind != "f":
            return
        for plane in self.array:
            if not np.isin(plane, (0.0, 1.0)).all():
                raise InvalidValueError(
                    f"{segmentation_type.value} holds no fractions",
                    attribute="pixel_array",
                    found=float(plane[~np.isin(plane, (0.0, 1.0))][0]),
                    expected="0.0 and 1.0 only",
                    clause="PS3.3 C.8.20.2.3",
                    remedy="Threshold the array, or make a FRACTIONAL segmentation.",
                )

    def overlaps(self) -> bool:
        """Tell whether any pixel belongs to more than one segment.

        Returns
        -------
        bool
            Always false for a label map.
        """
        if self.is_labelmap or self.array.shape[3] < 2:
            return False
        return any(share_pixels(np.moveaxis(plane, -1, 0)) for plane in self.array)

    def label_planes(self, dtype: type[np.unsignedinteger]) -> Iterator[NDArray[Any]]:
        """Give each plane as a label map.

        Parameters
        ----------
        dtype : type
            ``numpy.uint8`` or ``numpy.uint16``.

        Yields
        ------
        numpy.ndarray
            Labels of shape (rows, columns).

        Raises
        ------
        OverlappingSegmentsError
            If a pixel belongs to more than one segment.
        """
        if self.is_labelmap:
            for plane in self.array:
                yield plane.astype(dtype, copy=False)
            return
        for index, plane in enumerate(self.array):
            if share_pixels(np.moveaxis(plane, -1, 0)):
                raise OverlappingSegmentsError(
                    f"segments overlap in plane {index}",
                    attribute="pixel_array",
                    expected="no pixel in more than one segment",
                    clause="PS3.3 C.8.20.2.3.3",
                    remedy="Make a BINARY segmentation, which allows overlap.",
                )
            labels = np.zeros(plane.shape[:2], dtype)
            for segment, number in enumerate(self.numbers):
                labels[plane[..., segment] != 0] = number
            yield labels

    def take(self, planes: NDArray[np.intp]) -> Masks:
        """Take planes in another order.

        Parameters
        ----------
        planes : numpy.ndarray
            Indices of the planes.

        Returns
        -------
        Masks
            Masks of those planes.
        """
        peaks = None if self.peaks is None else self.peaks[planes]
        return Masks(self.array[planes], self.numbers, peaks)

    def filled_planes(self) -> NDArray[np.intp]:
        """Give the indices of planes of which any pixel is set, shape (planes,)."""
        if self.peaks is not None:
            return np.flatnonzero(self.peaks)
        # The maximum takes a fraction of the time of any(), which converts to booleans first.
        return np.flatnonzero([plane.max() for plane in self.array])


def share_pixels(masks: Iterable[NDArray[Any]]) -> bool:
    """Tell whether a pixel is set in more than one mask.

    Parameters
    ----------
    masks : Iterable[numpy.ndarray]
        Masks of one plane, each of shape (rows, columns); what is not zero is set.

    Returns
    -------
    bool
        Never true for fewer than two.
    """
    taken: NDArray[np.bool_] | None = None
    for each in masks:
        mask = each != 0
        if taken is None:
            taken = mask
        elif (taken & mask).any():
            return True
        else:
            taken |= mask
    return False


def require_dimensions(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Check how many dimensions pixels have.

    Parameters
    ----------
    shape : tuple[int, ...]
        Shape of a label map, or of stacked masks.

    Returns
    -------
    tuple[int, ...]
        The shape with a length of 1 in front where there is only one plane.

    Raises
    ------
    InvalidValueError
        If there are too few or too many dimensions, or no pixel at all.
    """
    if not 2 <= len(shape) <= 4:
        raise InvalidValueError(
            f"pixel_array has {len(shape)} dimensions",
            attribute="pixel_array",
            found=shape,
            expected="(rows, columns), (planes, rows, columns) or (planes, rows, columns, "
            "segments)",
        )
    if 0 in shape:
        raise InvalidValueError("pixel_array is empty", attribute="pixel_array", found=shape)
    return (1, *shape) if len(shape) == 2 else shape


def _check_stacked(array: NDArray[Any], segments: int) -> NDArray[Any]:
    """Check masks, and give the highest value of each plane."""
    if array.shape[3] != segments:
        raise InvalidValueError(
            f"pixel_array has {array.shape[3]} segments",
            attribute="pixel_array",
            found=array.shape,
            expected=f"{segments} in the last dimension, as described",
        )
    return np.array([_highest_fraction(plane) for plane in array])


def _highest_fraction(plane: NDArray[Any]) -> Any:
    """Highest value of masks between 0 and 1, and an error if any lies outside."""
    if plane.dtype in _ONES:
        # Read as whole numbers, 0.0 to 1.0 come first in their order; then greater ones, NaN,
        # and all with a minus: one look instead of two.
        highest = plane.view(f"u{plane.itemsize}").max()
        if highest <= _ONES[plane.dtype]:
            return highest.view(plane.dtype)
    low, high = plane.min(), plane.max()
    if low >= 0 and high <= 1:
        return high
    raise InvalidValueError(
        "values are outside of 0 to 1",
        attribute="pixel_array",
        found=(low.item(), high.item()),
        expected="masks of 0 and 1, or fractions between them",
    )


def _single_mask(array: NDArray[Any], numbers: tuple[int, ...]) -> NDArray[Any]:
    if len(numbers) != 1:
        raise InvalidValueError(
            "booleans without a dimension for segments",
            attribute="pixel_array",
            found=array.shape,
            expected=f"shape (planes, rows, columns, {len(numbers)}), or integer labels",
        )
    labels = array.view(np.uint8)
    return labels if numbers[0] == 1 else labels * np.uint16(numbers[0])


def _check_labels(
    array: NDArray[Any], numbers: tuple[int, ...], highest: int
) -> NDArray[np.unsignedinteger]:
    if array.dtype.kind == "i" and array.min() < 0:
        raise InvalidValueError(
            "labels are negative",
            attribute="pixel_array",
            found=array.min().item(),
            expected="0 for the background, and numbers of segments",
        )
    undescribed = _undescribed(array, numbers, highest)
    if undescribed:
        raise InvalidValueError(
            "labels have no description",
            attribute="pixel_array",
            found=undescribed[:10],
            expected=f"0 and the numbers of segment_descriptions, {list(numbers)[:10]}",
            clause="PS3.3 C.8.20.2.3",
            remedy="Describe these segments, or remove the labels.",
        )
    narrow = np.uint8 if highest <= 255 else np.uint16
    if array.dtype.kind == "i" and array.dtype.itemsize == np.dtype(narrow).itemsize:
        return array.view(narrow)
    return array.astype(narrow, copy=False)


def _undescribed(array: NDArray[Any], numbers: tuple[int, ...], highest: int) -> list[int]:
    """Labels that occur without being described; cheap where the numbers have no gap."""
    if set(numbers) >= set(range(1, highest + 1)):
        return []
    present: set[int] = set()
    for plane in array:
        present.update(np.unique(plane).tolist())
    return sorted(present - set(numbers) - {0})
