"""Writers of the modules that every object has: patient, study, series and SOP common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydicom.charset import convert_encodings, python_encoding
from pydicom.uid import UID

from iodkit.context import current, generate_uid, now
from iodkit.elements import (
    check_code_string,
    check_person_name,
    check_text,
    check_uid,
    coerce_enum,
    format_date,
    format_time,
)
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.standard.enums import (
    ContentQualificationValues,
    PatientSexValues,
    SpecificCharacterSetValues,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from pydicom.dataset import Dataset
    from pydicom.valuerep import PersonName

    from iodkit.coding import CodingSchemeIdentificationItem

__all__ = [
    "Identity",
    "character_sets",
    "write_content_date",
    "write_patient",
    "write_series",
    "write_sop_common",
    "write_study",
]

# Any text fits into UTF-8, so that names copied from a source never lose a character.
DEFAULT_CHARACTER_SET = SpecificCharacterSetValues.UNICODE_IN_UTF8


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies an instance: its UIDs, numbers and modality, complete and checked."""

    study_instance_uid: UID
    series_instance_uid: UID
    sop_instance_uid: UID
    sop_class_uid: UID
    series_number: int
    instance_number: int
    modality: str

    @classmethod
    def complete(
        cls,
        *,
        study_instance_uid: str | None,
        series_instance_uid: str | None,
        sop_instance_uid: str | None,
        sop_class_uid: str | None,
        series_number: int | None,
        instance_number: int | None,
        modality: str | None,
    ) -> Identity:
        """Generate and default what is not given; check what is.

        Raises
        ------
        MissingAttributeError
            If the SOP class or the modality is not given.
        InvalidValueError
            If a value breaks its VR, or the same UID is given twice.
        """
        for name, value in (("sop_class_uid", sop_class_uid), ("modality", modality)):
            if value is None:
                raise MissingAttributeError(f"{name} is needed", attribute=name)
        uids = {
            "study_instance_uid": study_instance_uid,
            "series_instance_uid": series_instance_uid,
            "sop_instance_uid": sop_instance_uid,
        }
        given = [str(uid) for uid in uids.values() if uid is not None]
        if len(set(given)) < len(given):
            raise InvalidValueError(
                "study, series and instance need UIDs of their own",
                found=given,
                clause="PS3.5 9.1",
                remedy="Leave them out to have new ones generated.",
            )
        settings = current()
        return cls(
            **{name: _uid_or_new(uid, name) for name, uid in uids.items()},
            sop_class_uid=UID(check_uid(str(sop_class_uid), "sop_class_uid")),
            series_number=_number(series_number, settings.series_number, "series_number"),
            instance_number=_number(instance_number, settings.instance_number, "instance_number"),
            modality=check_code_string(str(modality), "modality"),
        )


def _uid_or_new(value: str | None, name: str) -> UID:
    return generate_uid() if value is None else UID(check_uid(value, name))


def _number(value: int | None, default: int, name: str) -> int:
    """Check a number of VR IS that counts from 1 (0 is tolerated, it is in wide use)."""
    if value is None:
        return default
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InvalidTypeError(
            "wrong type", attribute=name, found=type(value).__name__, expected="an integer"
        )
    number = value.__index__()
    if not 0 <= number < 2**31:
        raise InvalidValueError(
            "value is not allowed",
            attribute=name,
            found=number,
            expected="a number from 0 to 2147483647",
            clause="PS3.5 6.2",
        )
    return number


def _write_person(dataset: Dataset, keyword: str, name: str | PersonName | None) -> None:
    if name is not None:
        check_person_name(name)
    setattr(dataset, keyword, "" if name is None else name)


def write_patient(
    dataset: Dataset,
    *,
    patient_id: str | None,
    patient_name: str | PersonName | None,
    patient_birth_date: str | dt.date | None,
    patient_sex: str | PatientSexValues | None,
) -> None:
    """Write the patient module (PS3.3 C.7.1.1); what is not known is empty (type 2)."""
    dataset.PatientID = check_text(patient_id, "LO", "PatientID") or ""
    _write_person(dataset, "PatientName", patient_name)
    dataset.PatientBirthDate = (
        "" if patient_birth_date is None else format_date(patient_birth_date, "PatientBirthDate")
    )
    dataset.PatientSex = (
        ""
        if patient_sex in (None, "")
        else coerce_enum(patient_sex, PatientSexValues, "PatientSex").value
    )


def write_study(
    dataset: Dataset,
    *,
    study_instance_uid: str,
    accession_number: str | None,
    study_id: str | None,
    study_date: str | dt.date | None,
    study_time: str | dt.time | None,
    referring_physician_name: str | PersonName | None,
) -> None:
    """Write the general study module (PS3.3 C.7.2.1); what is not known is empty (type 2)."""
    dataset.StudyInstanceUID = study_instance_uid
    dataset.AccessionNumber = check_text(accession_number, "SH", "AccessionNumber") or ""
    dataset.StudyID = check_text(study_id, "SH", "StudyID") or ""
    dataset.StudyDate = "" if study_date is None else format_date(study_date, "StudyDate")
    dataset.StudyTime = "" if study_time is None else format_time(study_time, "StudyTime")
    _write_person(dataset, "ReferringPhysicianName", referring_physician_name)


def write_series(
    dataset: Dataset,
    identity: Identity,
    *,
    series_description: str | None,
    series_date: str | dt.date | None,
    series_time: str | dt.time | None,
) -> None:
    """Write the general series module (PS3.3 C.7.3.1)."""
    dataset.Modality = identity.modality
    dataset.SeriesInstanceUID = identity.series_instance_uid
    dataset.SeriesNumber = identity.series_number
    if series_description is not None:
        dataset.SeriesDescription = check_text(series_description, "LO", "SeriesDescription")
    if series_date is not None:
        dataset.SeriesDate = format_date(series_date, "SeriesDate")
    if series_time is not None:
        dataset.SeriesTime = format_time(series_time, "SeriesTime")


def write_sop_common(
    dataset: Dataset,
    identity: Identity,
    *,
    content_qualification: str | ContentQualificationValues | None,
    coding_schemes: Sequence[CodingSchemeIdentificationItem] | None,
) -> None:
    """Write the SOP common module (PS3.3 C.12.1)."""
    moment = now()
    dataset.SOPClassUID = identity.sop_class_uid
    dataset.SOPInstanceUID = identity.sop_instance_uid
    dataset.InstanceNumber = identity.instance_number
    dataset.InstanceCreationDate = format_date(moment.date(), "InstanceCreationDate")
    dataset.InstanceCreationTime = format_time(moment.time(), "InstanceCreationTime")
    if content_qualification is not None:
        dataset.ContentQualification = coerce_enum(
            content_qualification, ContentQualificationValues, "ContentQualification"
        ).value
    if coding_schemes is not None:
        dataset.CodingSchemeIdentificationSequence = list(coding_schemes)


def write_content_date(
    dataset: Dataset,
    content_date: str | dt.date | None,
    content_time: str | dt.time | None,
) -> None:
    """Write when the content was made: now, unless it is given."""
    moment = now()
    dataset.ContentDate = format_date(content_date or moment.date(), "ContentDate")
    dataset.ContentTime = format_time(content_time or moment.time(), "ContentTime")


def character_sets(
    value: SpecificCharacterSetValues | str | Sequence[str | SpecificCharacterSetValues] | None,
) -> str | list[str]:
    """Check Specific Character Set (PS3.3 C.12.1.1.2).

    Parameters
    ----------
    value : SpecificCharacterSetValues | str | Sequence[...] | None
        One defined term or several; ``None`` for UTF-8, which holds every text.

    Returns
    -------
    str | list[str]
        The defined term or terms.

    Raises
    ------
    InvalidValueError
        If a term is not defined, if pydicom has no codec for it, or if terms are combined that
        cannot be.
    """
    if value is None:
        return DEFAULT_CHARACTER_SET.value
    if isinstance(value, (str, SpecificCharacterSetValues)):
        return _character_set(value)
    terms = ["" if i == 0 and term == "" else _character_set(term) for i, term in enumerate(value)]
    if len(terms) == 1:
        return terms[0]
    if not terms or any(term and not re.match("ISO 2022 ", term) for term in terms):
        raise InvalidValueError(
            "these character sets cannot be combined",
            attribute="SpecificCharacterSet",
            found=terms,
            expected="one term, or several that begin with 'ISO 2022'",
            clause="PS3.3 C.12.1.1.2",
        )
    return terms


def _character_set(term: str | SpecificCharacterSetValues) -> str:
    known = coerce_enum(term, SpecificCharacterSetValues, "SpecificCharacterSet").value
    if known not in python_encoding:
        # Latin alphabet no. 9: pydicom would write question marks.
        raise InvalidValueError(
            "pydicom cannot encode this character set",
            attribute="SpecificCharacterSet",
            found=known,
            expected="a character set that it knows",
            clause="PS3.3 C.12.1.1.2",
            remedy="Use ISO_IR 192 (UTF-8), which holds the same characters.",
        )
    return known


def python_encodings(terms: str | list[str]) -> list[str]:
    """Return the names of Python's codecs for defined terms, as pydicom records them."""
    return convert_encodings(terms)
