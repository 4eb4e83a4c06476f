"""References to images: the Image SOP Instance Reference Macro of PS3.3 10.3."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from typing import TYPE_CHECKING, ClassVar, SupportsIndex

from pydicom.dataset import Dataset

from iodkit.content.macros import ItemSequence, is_empty, require_attributes
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ReferencedImageSequence"]

_CLAUSE = "PS3.3 Table 10-3"


class ReferencedImageSequence(ItemSequence):
    """References to images, or to frames or segments of one (PS3.3 Table 10-3).

    Parameters
    ----------
    referenced_images : Sequence[pydicom.Dataset]
        Images to refer to, each once.
    referenced_frame_number : int | Sequence[int] | None, optional
        Frames, counted from 1, that the reference is limited to; for one multi-frame image.
    referenced_segment_number : int | Sequence[int] | None, optional
        Segments that the reference is limited to; for one segmentation, and not together with
        frame numbers, which say it already.

    Raises
    ------
    InvalidTypeError
        If there are no images or they are no datasets.
    InvalidValueError
        If an image is given twice, or the numbers do not fit the image.
    MissingAttributeError
        If an image has no SOP Class UID or no SOP Instance UID.
    """

    _required: ClassVar[tuple[str, ...]] = (
        "ReferencedSOPClassUID",
        "ReferencedSOPInstanceUID",
    )
    _clause: ClassVar[str | None] = _CLAUSE
    _single: ClassVar[bool] = False

    def __init__(
        self,
        referenced_images: Sequence[Dataset] | None = None,
        referenced_frame_number: int | Sequence[int] | None = None,
        referenced_segment_number: int | Sequence[int] | None = None,
    ) -> None:
        images = _check_images(referenced_images)
        items = [_reference(image) for image in images]
        limited = referenced_frame_number is not None or referenced_segment_number is not None
        if limited and len(images) > 1:
            raise InvalidValueError(
                "frames or segments can be given for one image only",
                attribute="referenced_images",
                found=f"{len(images)} images",
                expected="one image",
                clause=_CLAUSE,
            )
        if referenced_frame_number is not None and referenced_segment_number is not None:
            raise InvalidValueError(
                "a reference is limited either to frames or to segments",
                attribute="referenced_segment_number",
                found=referenced_segment_number,
                expected="no segment numbers where there are frame numbers",
                clause=_CLAUSE,
                remedy="Give the frame numbers only: frames of a segmentation tell the segments.",
            )
        if referenced_frame_number is not None:
            items[0].ReferencedFrameNumber = _check_frames(images[0], referenced_frame_number)
        if referenced_segment_number is not None:
            items[0].ReferencedSegmentNumber = _check_segments(images[0], referenced_segment_number)
        super().__init__(items)


def _check_images(images: object) -> list[Dataset]:
    if isinstance(images, (str, Dataset)) or not isinstance(images, Iterable):
        raise InvalidTypeError(
            "images are needed",
            attribute="referenced_images",
            found=type(images).__name__,
            expected="a sequence of datasets",
        )
    found = list(images)
    if not found:
        raise InvalidValueError(
            "there is no image to refer to",
            attribute="referenced_images",
            expected="at least one dataset",
            clause=_CLAUSE,
        )
    for image in found:
        if not isinstance(image, Dataset):
            raise InvalidTypeError(
                "this is no image",
                attribute="referenced_images",
                found=type(image).__name__,
                expected="a dataset",
            )
        require_attributes(image, ("SOPClassUID", "SOPInstanceUID"), "a reference", "PS3.3 C.12.1")
    uids = [image.SOPInstanceUID for image in found]
    if len(set(uids)) != len(uids):
        twice = next(uid for uid in uids if uids.count(uid) > 1)
        raise InvalidValueError(
            "an image is given twice",
            attribute="referenced_images",
            found=str(twice),
            expected="each image once",
            clause=_CLAUSE,
        )
    return found


def _reference(image: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = image.SOPClassUID
    item.ReferencedSOPInstanceUID = image.SOPInstanceUID
    return item


def _check_frames(image: Dataset, numbers: int | Sequence[int]) -> int | list[int]:
    found = _integers(numbers, "referenced_frame_number")
    if is_empty(image, "NumberOfFrames"):
        raise InvalidTypeError(
            "the image has no frames that could be told apart",
            attribute="referenced_frame_number",
            found=found,
            expected="no frame number, as the image has no NumberOfFrames",
            clause=_CLAUSE,
        )
    count = int(image.NumberOfFrames)
    if not all(1 <= number <= count for number in found):
        raise InvalidValueError(
            "the image has no such frame",
            attribute="referenced_frame_number",
            found=found,
            expected=f"numbers from 1 to {count}",
            clause=_CLAUSE,
        )
    return found[0] if len(found) == 1 else found


def _check_segments(image: Dataset, numbers: int | Sequence[int]) -> int | list[int]:
    found = _integers(numbers, "referenced_segment_number")
    if is_empty(image, "SegmentSequence"):
        raise InvalidTypeError(
            "the image has no segments",
            attribute="referenced_segment_number",
            found=found,
            expected="no segment number, as the image is no segmentation",
            clause=_CLAUSE,
        )
    known = [int(item.SegmentNumber) for item in image.SegmentSequence if "SegmentNumber" in item]
    if not known:
        raise MissingAttributeError("the segments have no numbers", attribute="SegmentNumber")
    if not set(found) <= set(known):
        raise InvalidValueError(
            "the segmentation has no such segment",
            attribute="referenced_segment_number",
            found=found,
            expected=f"some of {known}",
            clause=_CLAUSE,
        )
    return found[0] if len(found) == 1 else found


def _integers(numbers: int | Sequence[int], name: str) -> list[int]:
    try:
        found = (
            [index(numbers)] if isinstance(numbers, SupportsIndex) else list(map(index, numbers))
        )
    except TypeError as error:
        raise InvalidTypeError(
            "these are no integers", attribute=name, found=numbers, expected="positive integers"
        ) from error
    if not found or len(set(found)) != len(found):
        raise InvalidValueError(
            "each number is given once, and at least one", attribute=name, found=found
        )
    return found
