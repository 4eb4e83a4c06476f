"""References from a derived object to its sources, and attributes that it takes over from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.dataset import copy_attributes
from iodkit.elements import peek_text
from iodkit.frames import attach_sequences, encoding_of
from iodkit.frames.headers import element_header, item_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset
    from pydicom.uid import UID

    from iodkit.frames.headers import Encoding

__all__ = ["lossy_compression_of", "write_frame_of_reference", "write_referenced_series"]

_REFERENCED_SERIES = 0x00081115
_REFERENCED_INSTANCES = 0x0008114A
_REFERENCED_SOP_CLASS_UID = 0x00081150
_REFERENCED_SOP_INSTANCE_UID = 0x00081155
_SERIES_INSTANCE_UID = 0x0020000E
_STUDY_INSTANCE_UID = 0x0020000D
_OTHER_STUDIES = 0x00081200


def _uid(tag: int, value: str, encoding: Encoding) -> bytes:
    data = value.encode("ascii", "replace")
    data += b"\0" * (len(data) % 2)
    return element_header(tag, "UI", len(data), encoding.implicit_vr, encoding.order) + data


def _item(content: bytes, encoding: Encoding) -> bytes:
    return item_header(len(content), encoding.order) + content


def _sequence(tag: int, items: bytes, encoding: Encoding) -> bytes:
    return element_header(tag, "SQ", len(items), encoding.implicit_vr, encoding.order) + items


def _series_items(images: Sequence[Dataset], encoding: Encoding) -> bytes:
    """Encode a Referenced Series Sequence: an item for each series, in order of appearance.

    As objects these would take longer than all else that a segmentation says of its sources.
    """
    by_series: dict[str, dict[str, str]] = {}
    for image in images:
        instances = by_series.setdefault(peek_text(image, "SeriesInstanceUID") or "", {})
        uid, class_uid = (peek_text(image, f"SOP{name}UID") or "" for name in ("Instance", "Class"))
        instances.setdefault(uid, class_uid)
    items = []
    for series, instances in by_series.items():
        references = [
            _item(
                _uid(_REFERENCED_SOP_CLASS_UID, class_uid, encoding)
                + _uid(_REFERENCED_SOP_INSTANCE_UID, uid, encoding),
                encoding,
            )
            for uid, class_uid in instances.items()
        ]
        content = _sequence(_REFERENCED_INSTANCES, b"".join(references), encoding)
        items.append(_item(content + _uid(_SERIES_INSTANCE_UID, series, encoding), encoding))
    return b"".join(items)


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
    encoding = encoding_of(target)
    by_study: dict[str, list[Dataset]] = {}
    for image in images:
        by_study.setdefault(peek_text(image, "StudyInstanceUID") or "", []).append(image)
    values = {}
    own = by_study.pop(study, None)
    if own:
        values[_REFERENCED_SERIES] = _series_items(own, encoding)
    others = [
        _sequence(_REFERENCED_SERIES, _series_items(group, encoding), encoding)
        + _uid(_STUDY_INSTANCE_UID, uid, encoding)
        for uid, group in by_study.items()
    ]
    if others:
        values[_OTHER_STUDIES] = b"".join(_item(other, encoding) for other in others)
    attach_sequences(target, values, encoding)


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
