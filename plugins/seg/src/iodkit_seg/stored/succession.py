"""A new instance in the place of an existing one: identity, history, and what is taken over.

PS3.3 has no predecessor sequence for segmentations.  What it has is the General Reference module
(C.12.4), which A.51.3 allows: Source Image Sequence names the images that an image was derived
from, each step of a chain of derivations if there are several (C.12.4.1.2), with the purpose of
the reference and a description of the derivation.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydicom.charset import default_encoding
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as PydicomSequence
from pydicom.uid import UID

from iodkit.coding import CodedConcept
from iodkit.context import current, now
from iodkit.dataset import ContributingEquipment, require_enhanced
from iodkit.dataset.equipment import write_equipment
from iodkit.dataset.modules import Identity
from iodkit.elements import (
    check_code_string,
    check_person_name,
    check_text,
    format_date,
    format_time,
)
from iodkit.frames import decode_all, encoding_of
from iodkit_seg.creation.modules import SEGMENTATION_DERIVATION, SOURCE_PURPOSE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from iodkit_seg.sop import Segmentation
    from iodkit_seg.stored.options import InstanceOptions

__all__ = ["begin_successor", "fit_character_set"]

_PROCESSING_EQUIPMENT = ("109102", "DCM", "Processing Equipment")
_UTF_8 = "ISO_IR 192"
# An edited part of a concatenation is an instance of its own (PS3.3 C.7.6.16.2.2).
_CONCATENATION = (
    "SOPInstanceUIDOfConcatenationSource",
    "ConcatenationUID",
    "InConcatenationNumber",
    "InConcatenationTotalNumber",
    "ConcatenationFrameOffsetNumber",
)


def begin_successor(
    predecessors: Sequence[Segmentation],
    derivation: str,
    without: Sequence[str] = (),
    parts: Sequence[Segmentation] = (),
    **options: Unpack[InstanceOptions],
) -> Segmentation:
    """Make a new instance that has all of an existing one but its identity.

    Parameters
    ----------
    predecessors : Sequence[Segmentation]
        What the new instance is made from; it takes over the attributes of the first.  They are
        not changed, and share no element with the new instance that can be changed.
    derivation : str
        What was done, for people.
    without : Sequence[str], optional
        Keywords of attributes that are going to be written anew.
    parts : Sequence[Segmentation], optional
        Segmentations whose frames it has; it refers to what they refer to.
    **options : Unpack[InstanceOptions]
        Attributes of the new instance.

    Returns
    -------
    Segmentation
        The new instance, with references to its predecessors.
    """
    new = predecessors[0].copy_without(without)
    for keyword in _CONCATENATION:
        new.pop(keyword, None)
    _identify(new, options)
    _write_content(new, options)
    _write_equipment(new)
    _take_references(new, [*predecessors[1:], *parts])
    _write_history(new, predecessors, derivation)
    return new


def _identify(new: Segmentation, options: InstanceOptions) -> None:
    numbers: dict[str, Any] = {
        name: new.get(keyword) if options.get(name) is None else options.get(name)
        for name, keyword in (
            ("series_number", "SeriesNumber"),
            ("instance_number", "InstanceNumber"),
        )
    }
    identity = Identity.complete(
        study_instance_uid=str(new.StudyInstanceUID),
        series_instance_uid=options.get("series_instance_uid"),
        sop_instance_uid=options.get("sop_instance_uid"),
        sop_class_uid=str(new.SOPClassUID),
        series_number=numbers["series_number"],
        instance_number=numbers["instance_number"],
        modality=str(new.Modality),
    )
    new.SOPInstanceUID = identity.sop_instance_uid
    new.SeriesInstanceUID = identity.series_instance_uid
    new.SeriesNumber, new.InstanceNumber = identity.series_number, identity.instance_number
    new.file_meta.MediaStorageSOPInstanceUID = identity.sop_instance_uid
    description = options.get("series_description")
    if description is not None:
        new.SeriesDescription = check_text(description, "LO", "SeriesDescription")
    moment = now()
    new.ContentDate = new.InstanceCreationDate = format_date(moment.date(), "ContentDate")
    new.ContentTime = new.InstanceCreationTime = format_time(moment.time(), "ContentTime")


def _write_content(new: Segmentation, options: InstanceOptions) -> None:
    label, description = options.get("content_label"), options.get("content_description")
    creator = options.get("content_creator_name") or current().content_creator_name
    if label is not None:
        new.ContentLabel = check_code_string(label, "ContentLabel")
    if description is not None:
        new.ContentDescription = check_text(description, "LO", "ContentDescription")
    if creator is not None:
        check_person_name(creator)
        fit_character_set(new, [str(creator)])
        new.ContentCreatorName = creator
    fit_character_set(
        new, [text for text in (description, options.get("series_description")) if text]
    )


def _write_equipment(new: Segmentation) -> None:
    """Write the equipment that holds here; that of the predecessor contributed."""
    equipment = current().equipment
    if equipment.manufacturer is None:
        return
    require_enhanced(equipment)
    names = ("Manufacturer", "ManufacturerModelName", "DeviceSerialNumber", "SoftwareVersions")
    before = {keyword: new.get(keyword) for keyword in names}
    for keyword in (*names, "InstitutionName", "InstitutionalDepartmentName"):
        new.pop(keyword, None)
    write_equipment(new, equipment)
    if before["Manufacturer"] and before != {keyword: new.get(keyword) for keyword in names}:
        versions = before["SoftwareVersions"]
        item = ContributingEquipment(
            str(before["Manufacturer"]),
            CodedConcept(*_PROCESSING_EQUIPMENT),
            manufacturer_model_name=before["ManufacturerModelName"] or None,
            software_versions=versions
            if isinstance(versions, str)
            else list(versions or ()) or None,
            device_serial_number=before["DeviceSerialNumber"] or None,
        )
        new.ContributingEquipmentSequence = [
            *(new.get("ContributingEquipmentSequence") or ()),
            item,
        ]


def _take_references(new: Segmentation, others: Sequence[Segmentation]) -> None:
    """Refer to all that other segmentations refer to (PS3.3 C.12.2)."""
    for other in others:
        for item in other.get("ReferencedSeriesSequence") or ():
            instances = _instances_of_series(new, str(item.SeriesInstanceUID))
            known = {str(each.ReferencedSOPInstanceUID) for each in instances}
            for each in item.get("ReferencedInstanceSequence") or ():
                if str(each.ReferencedSOPInstanceUID) not in known:
                    instances.append(deepcopy(each))
        studies = "StudiesContainingOtherReferencedInstancesSequence"
        known = {str(study.StudyInstanceUID) for study in new.get(studies) or ()}
        for study in other.get(studies) or ():
            if str(study.StudyInstanceUID) not in known:
                setattr(new, studies, [*(new.get(studies) or ()), deepcopy(study)])


def _instances_of_series(new: Segmentation, uid: str) -> Any:
    """References to instances of a series, which is listed if it was not yet."""
    series: list[Any] = list(new.get("ReferencedSeriesSequence") or ())
    for item in series:
        if str(item.SeriesInstanceUID) == uid:
            return item.ReferencedInstanceSequence
    item = Dataset()
    item.SeriesInstanceUID = UID(uid)
    item.ReferencedInstanceSequence = PydicomSequence()
    new.ReferencedSeriesSequence = [*series, item]
    return item.ReferencedInstanceSequence


def _write_history(
    new: Segmentation, predecessors: Sequence[Segmentation], derivation: str
) -> None:
    """Refer to the predecessors, after theirs (PS3.3 C.12.4, C.12.2)."""
    fit_character_set(new, [derivation])
    new.DerivationDescription = check_text(derivation[:1024], "ST", "DerivationDescription")
    new.DerivationCodeSequence = [CodedConcept(*SEGMENTATION_DERIVATION)]
    steps: list[Any] = list(new.get("SourceImageSequence") or ())
    known = {str(step.get("ReferencedSOPInstanceUID")) for step in steps}
    for predecessor in predecessors:
        uid = str(predecessor.SOPInstanceUID)
        if uid in known:
            continue
        step = _reference(predecessor)
        step.PurposeOfReferenceCodeSequence = [CodedConcept(*SOURCE_PURPOSE)]
        steps.append(step)
        instances = _instances_of_series(new, str(predecessor.SeriesInstanceUID))
        if uid not in {str(each.ReferencedSOPInstanceUID) for each in instances}:
            instances.append(_reference(predecessor))
    new.SourceImageSequence = steps


def _reference(predecessor: Segmentation) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = UID(str(predecessor.SOPClassUID))
    item.ReferencedSOPInstanceUID = UID(str(predecessor.SOPInstanceUID))
    return item


def fit_character_set(dataset: Segmentation, texts: Sequence[str]) -> None:
    """Turn a dataset to UTF-8, if its character set does not hold some texts.

    Parameters
    ----------
    dataset : Segmentation
        The new instance.
    texts : Sequence[str]
        Texts that it is going to hold.
    """
    listed = list(encoding_of(dataset).encodings)
    if all(text.isascii() or _holds(listed, text) for text in texts):
        return
    decode_all(dataset)
    dataset.SpecificCharacterSet = _UTF_8


def _holds(codecs: list[str], text: str) -> bool:
    """Whether each character is in one of the character sets; the default one is ASCII."""
    return all(
        character.isascii() or any(_encodes(codec, character) for codec in codecs)
        for character in text
    )


def _encodes(codec: str, character: str) -> bool:
    if codec == default_encoding:
        return False
    try:
        character.encode(codec)
    except UnicodeError:
        return False
    return True
