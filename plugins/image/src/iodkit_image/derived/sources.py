"""Source images of a derived object, seen as one list of frames with their geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit.dataset import require_same_study
from iodkit.elements import peek_number, peek_text
from iodkit.elements.tolerances import SAME_DIRECTION
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
)
from iodkit.frames import FrameTable, common_values
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SourceFrames", "require_identified"]

_IDENTIFICATION = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")


@dataclass(frozen=True, slots=True, eq=False)
class SourceFrames:
    """Frames of source images, in the order in which the images are given.

    Parameters
    ----------
    images : tuple[pydicom.Dataset, ...]
        Single-frame or multi-frame images of one study.
    table : FrameTable
        All their frames, one after the other.
    coordinate_system : CoordinateSystemNames | None
        Coordinate system of the positions; ``None`` if the images have none.
    frame_of_reference_uid : pydicom.uid.UID | None
        Frame of reference of the positions.
    """

    images: tuple[Dataset, ...]
    table: FrameTable
    coordinate_system: CoordinateSystemNames | None
    frame_of_reference_uid: UID | None

    @classmethod
    def from_images(cls, images: Sequence[Dataset] | Dataset) -> SourceFrames:
        """Check source images and list their frames.

        Parameters
        ----------
        images : Sequence[pydicom.Dataset] | pydicom.Dataset
            Single-frame or multi-frame images of one patient and study, with the same rows,
            columns and frame of reference.  They are not changed.

        Returns
        -------
        SourceFrames
            The frames.

        Raises
        ------
        InvalidTypeError
            If an image is no dataset.
        InvalidValueError
            If there is none, or if they do not belong together.
        MissingAttributeError
            If an image does not identify itself.
        """
        items = (images,) if isinstance(images, Dataset) else tuple(images)
        if not items:
            raise InvalidValueError(
                "there is no source image",
                attribute="source_images",
                expected="one image or more",
            )
        for item in items:
            if not isinstance(item, Dataset):
                raise InvalidTypeError(
                    "a source image is no dataset",
                    attribute="source_images",
                    found=type(item).__name__,
                    expected="pydicom.Dataset objects",
                )
            require_identified(item, what="source image")
        require_same_study(items, what="source images")
        _require_equal("Rows", [peek_number(item, "Rows") for item in items])
        _require_equal("Columns", [peek_number(item, "Columns") for item in items])
        _require_equal(
            "FrameOfReferenceUID", [peek_text(item, "FrameOfReferenceUID") for item in items]
        )
        _require_distinct(items)
        table = FrameTable.from_instances(items)
        system = _coordinate_system(items[0], table)
        reference = items[0].get("FrameOfReferenceUID")
        return cls(
            images=items,
            table=table,
            coordinate_system=system,
            frame_of_reference_uid=UID(reference) if reference and system is not None else None,
        )

    @property
    def number_of_frames(self) -> int:
        """int: Number of frames of all images."""
        return self.table.number_of_frames

    @property
    def rows(self) -> int:
        """int: Number of rows of each frame."""
        return int(self.images[0].Rows)

    @property
    def columns(self) -> int:
        """int: Number of columns of each frame."""
        return int(self.images[0].Columns)

    @property
    def class_uids(self) -> tuple[str, ...]:
        """tuple[str, ...]: SOP class of each image."""
        return tuple(peek_text(image, "SOPClassUID") or "" for image in self.images)

    @property
    def referenced_frame_numbers(self) -> NDArray[np.intp] | None:
        """numpy.ndarray | None: Number of each frame in its image, 0 if that is single-frame.

        None at all if all images are.
        """
        multiple = np.array(["NumberOfFrames" in image for image in self.images])
        if not multiple.any():
            return None
        numbers = np.asarray(self.table.frame_numbers, np.intp)
        return np.where(multiple[np.asarray(self.table.instances)], numbers, 0)

    def orientation(self) -> NDArray[np.float64]:
        """Return the direction cosines that all frames share.

        Returns
        -------
        numpy.ndarray
            Cosines of rows and columns, shape (6,).

        Raises
        ------
        GeometryError
            If the frames have no orientation, or different ones.
        """
        return common_values(
            self.table, "ImageOrientationPatient", what="source frame", tolerance=SAME_DIRECTION
        )

    def pixel_spacing(self) -> NDArray[np.float64]:
        """Return the distances between rows and between columns that all frames share.

        Returns
        -------
        numpy.ndarray
            Spacing in mm, shape (2,).

        Raises
        ------
        GeometryError
            If the frames have no spacing, or different ones.
        """
        return common_values(self.table, "PixelSpacing", what="source frame")


def require_identified(image: Dataset, *, what: str) -> None:
    """Raise if an image does not say which it is, and of which series and study.

    Parameters
    ----------
    image : pydicom.Dataset
        Image to look at.
    what : str
        What it is, for the message.

    Raises
    ------
    MissingAttributeError
        If one of its identifiers is missing.
    """
    for keyword in _IDENTIFICATION:
        if peek_text(image, keyword) is None:
            raise MissingAttributeError(
                f"a {what} has no {keyword}",
                attribute=keyword,
                clause="PS3.3 C.12.1",
                remedy="Set it in the dataset, or leave the image out.",
            )


def _require_equal(keyword: str, values: Sequence[object]) -> None:
    if len(set(values)) > 1:
        raise InvalidValueError(
            f"the source images differ in {keyword}",
            attribute=keyword,
            found=sorted(map(str, set(values)))[:5],
            expected="one value",
            remedy="Make one object for each group of images.",
        )


def _require_distinct(images: Sequence[Dataset]) -> None:
    seen: set[str] = set()
    for image in images:
        uid = peek_text(image, "SOPInstanceUID") or ""
        if uid in seen:
            raise InvalidValueError(
                "a source image is given twice",
                attribute="SOPInstanceUID",
                found=uid,
                expected="each image once",
            )
        seen.add(uid)


def _coordinate_system(image: Dataset, table: FrameTable) -> CoordinateSystemNames | None:
    """Tell where an image has its positions (PS3.3 C.7.6.2.1.1, C.8.12.2)."""
    if not image.get("FrameOfReferenceUID"):
        return None
    if "ImageOrientationSlide" in image or "TotalPixelMatrixOriginSequence" in image:
        return CoordinateSystemNames.SLIDE
    # Projections and enhanced ultrasound have a frame of reference, but no planes in it.
    if np.isnan(table.positions).all():
        return None
    return CoordinateSystemNames.PATIENT
