"""Queries for frames by dimension and by source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.uid import UID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset


__all__ = ["referenced_instances"]


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
