"""Patient, study and specimen attributes that a derived object shares with its source."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from pydicom.datadict import dictionary_VR, tag_for_keyword

from iodkit.elements import check_type, peek_text
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit.frames import decode_all
from iodkit.standard.identification import PATIENT, SPECIMEN, STUDY, TYPE_2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

__all__ = ["copy_attributes", "copy_patient_and_study", "copy_specimen", "require_same_study"]


def copy_attributes(source: Dataset, target: Dataset, keywords: Iterable[str]) -> None:
    """Copy attributes that the source has; the source is left as it is.

    Text is decoded with the source's character set, so that the target can have another one.

    Parameters
    ----------
    source : pydicom.Dataset
        Where the attributes come from.
    target : pydicom.Dataset
        Where they go to.
    keywords : Iterable[str]
        Keywords of the attributes.
    """
    for keyword in keywords:
        tag = BaseTag(_tag(keyword))
        if tag in source:
            element = deepcopy(source[tag])
            if element.VR == "SQ":
                for item in element.value:
                    decode_all(item)
            target[tag] = element


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise InvalidValueError("no such attribute", attribute=keyword)
    return tag


def copy_patient_and_study(source: Dataset, target: Dataset) -> None:
    """Copy the patient and study modules (PS3.3 C.7.1, C.7.2) from a source image.

    Parameters
    ----------
    source : pydicom.Dataset
        Dataset of the same patient and study.
    target : pydicom.Dataset
        Dataset that receives the attributes.

    Raises
    ------
    MissingAttributeError
        If the source has no Study Instance UID.
    """
    check_type(source, Dataset, "dataset")
    require(source, "StudyInstanceUID", clause="PS3.3 C.7.2.1")
    copy_attributes(source, target, PATIENT)
    copy_attributes(source, target, STUDY)
    for keyword in TYPE_2:
        if keyword not in target:
            tag = _tag(keyword)
            target.add_new(tag, dictionary_VR(tag), "")


def copy_specimen(source: Dataset, target: Dataset) -> None:
    """Copy the specimen module (PS3.3 C.7.6.22), if the source has one.

    Parameters
    ----------
    source : pydicom.Dataset
        Dataset of an image of the same specimens.
    target : pydicom.Dataset
        Dataset that receives the attributes.
    """
    check_type(source, Dataset, "dataset")
    copy_attributes(source, target, SPECIMEN)


def require(dataset: Dataset, keyword: str, *, clause: str, what: str = "dataset") -> None:
    """Raise if a dataset lacks an attribute, or has no value for it.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset to look at.
    keyword : str
        Keyword of the attribute.
    clause : str
        Clause of the standard that demands it.
    what : str, optional
        What the dataset is, for the message.

    Raises
    ------
    MissingAttributeError
        If the attribute is absent or empty.
    """
    tag = BaseTag(_tag(keyword))
    # As it is stored: a value that cannot be decoded is there.
    stored = dataset.get_item(tag, keep_deferred=True) if tag in dataset else None
    if stored is None or stored.value in (None, "", b""):
        raise MissingAttributeError(
            f"the {what} has no {keyword}",
            attribute=keyword,
            expected="a value",
            clause=clause,
            remedy="Set it in the dataset, or take another one.",
        )


def require_same_study(datasets: Sequence[Dataset], *, what: str) -> None:
    """Raise if datasets belong to more than one patient or study.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        Datasets to compare.
    what : str
        Name of the parameter that they come from, for the message.

    Raises
    ------
    InvalidValueError
        If Study Instance UID or Patient ID differ.
    """
    for keyword in ("StudyInstanceUID", "PatientID"):
        values = {peek_text(dataset, keyword) or "" for dataset in datasets}
        if len(values) > 1:
            raise InvalidValueError(
                f"the {what} differ in {keyword}",
                attribute=keyword,
                found=sorted(values),
                expected="one value: a derived object belongs to one patient and study",
                clause="PS3.3 A.1.2",
                remedy="Make one object for each study.",
            )
