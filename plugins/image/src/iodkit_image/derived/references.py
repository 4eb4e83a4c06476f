"""References from a derived object to its sources, and attributes that it takes over from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.config import IGNORE
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as PydicomSequence
from pydicom.uid import UID

from iodkit.dataset import copy_attributes
from iodkit.elements import peek_text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lossy_compression_of", "write_frame_of_reference", "write_referenced_series"]

_REFERENCED_SOP_CLASS_UID = 0x00081150
_REFERENCED_SOP_INSTANCE_UID = 0x00081155


def _reference(image: Dataset) -> Dataset:
    item = Dataset()
    for tag, keyword in (
        (_REFERENCED_SOP_CLASS_UID, "SOPClassUID"),
        (_REFERENCED_SOP_INSTANCE_UID, "SOPInstanceUID"),
    ):
        # The values are UIDs of images already; checking each again costs more than the rest.
        value = UID(peek_text(image, keyword) or "", validation_mode=IGNORE)
        item[tag] = DataElement(tag, "UI", value, already_converted=True)
    return item


def _series_items(images: Sequence[Dataset]) -> list[Dataset]:
    """Items of a Referenced Series Sequence: one for each series, in order of appearance."""
    by_series: dict[str, dict[str, Dataset]] = {}
    for image in images:
        instances = by_series.setdefault(peek_text(image, "SeriesInstanceUID") or "", {})
        instances.setdefault(peek_text(image, "SOPInstanceUID") or "", image)
    items = []
    for uid, instances in by_series.items():
        item = Dataset()
        item.SeriesInstanceUID = uid
        item.ReferencedInstanceSequence = PydicomSequence(map(_reference, instances.values()))
        items.append(item)
    return items


def write_referenced_series(target: Dataset, images: Sequence[Dataset]) -> None:
    """Write the Common Instance Reference module (PS3.3 C.12.2).

    Parameters
    ----------
    target : pydicom.Dataset
        Derived object; its Study Instance UID is set.
    images : Sequence[pydicom.Dataset]
        Images that it refers to; those of other studies are listed by study.
    """
    study = str(target.StudyInstanceUID)
    own: list[Dataset] = []
    others: dict[str, list[Dataset]] = {}
    for image in images:
        uid = peek_text(image, "StudyInstanceUID") or ""
        (own if uid == study else others.setdefault(uid, [])).append(image)
    if own:
        target.ReferencedSeriesSequence = _series_items(own)
    items = []
    for uid, group in others.items():
        item = Dataset()
        item.StudyInstanceUID = uid
        item.ReferencedSeriesSequence = _series_items(group)
        items.append(item)
    if items:
        target.StudiesContainingOtherReferencedInstancesSequence = items


def write_frame_of_reference(
    target: Dataset, source: Dataset, frame_of_reference_uid: UID | str
) -> None:
    """Write the Frame of Reference module (PS3.3 C.7.4.1).

    Parameters
    ----------
    target : pydicom.Dataset
        Derived object.
    source : pydicom.Dataset
        Source image, for the position reference indicator.
    frame_of_reference_uid : pydicom.uid.UID | str
        Frame of reference of the derived object.
    """
    target.FrameOfReferenceUID = frame_of_reference_uid
    target.PositionReferenceIndicator = ""
    if str(source.get("FrameOfReferenceUID")) == str(frame_of_reference_uid):
        copy_attributes(source, target, ["PositionReferenceIndicator"])


def lossy_compression_of(images: Sequence[Dataset]) -> dict[str, object]:
    """Tell what a derived image says of lossy compression (PS3.3 C.7.6.1.1.5).

    Parameters
    ----------
    images : Sequence[pydicom.Dataset]
        Source images.

    Returns
    -------
    dict[str, object]
        Keywords and values: ``"00"`` if no source was compressed with loss; otherwise ``"01"``
        with ratio and method of the first one that was.
    """
    for image in images:
        if peek_text(image, "LossyImageCompression") == "01":
            values: dict[str, object] = {"LossyImageCompression": "01"}
            for keyword in ("LossyImageCompressionRatio", "LossyImageCompressionMethod"):
                if image.get(keyword) not in (None, ""):
                    values[keyword] = image[keyword].value
            return values
    return {"LossyImageCompression": "00"}
