"""Queries for frames by dimension and by source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.datadict import keyword_for_tag
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID

from iodkit.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset

    from iodkit_image.image import Image

__all__ = ["dimension_columns", "referenced_instances"]


def dimension_columns(image: Image, pointers: Sequence[int | BaseTag | str]) -> list[int]:
    """Find dimensions by the attributes that they point to.

    Parameters
    ----------
    image : Image
        Multi-frame image.
    pointers : Sequence[int | pydicom.tag.BaseTag | str]
        Tags or keywords.

    Returns
    -------
    list[int]
        Place of each among the dimension index values.

    Raises
    ------
    NotFoundError
        If the image has no such dimension.
    """
    known = image.dimension_index_pointers
    columns = []
    for pointer in pointers:
        tag = Tag(pointer)
        if tag not in known:
            raise NotFoundError(
                "the image has no such dimension",
                attribute="dimension_index_pointers",
                found=keyword_for_tag(tag) or str(tag),
                expected=f"some of {[keyword_for_tag(t) for t in known]}",
            )
        columns.append(known.index(tag))
    return columns


def referenced_instances(image: Dataset) -> list[tuple[UID, UID, UID]]:
    """List instances of the Common Instance Reference module (PS3.3 C.12.2).

    Parameters
    ----------
    image : pydicom.Dataset
        Derived image.

    Returns
    -------
    list[tuple[pydicom.uid.UID, pydicom.uid.UID, pydicom.uid.UID]]
        Study, series and SOP instance UID of each.
    """
    found = list(_series_instances(image, image.get("StudyInstanceUID") or ""))
    for study in image.get("StudiesContainingOtherReferencedInstancesSequence") or ():
        found.extend(_series_instances(study, study.StudyInstanceUID))
    return found


def _series_instances(item: Dataset, study_uid: str) -> Iterator[tuple[UID, UID, UID]]:
    for series in item.get("ReferencedSeriesSequence") or ():
        for instance in series.get("ReferencedInstanceSequence") or ():
            yield (
                UID(study_uid),
                UID(series.SeriesInstanceUID),
                UID(instance.ReferencedSOPInstanceUID),
            )
