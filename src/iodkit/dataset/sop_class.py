"""The base of every SOP instance: a dataset that identifies itself, and reads and writes files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from iodkit.context import IMPLEMENTATION_CLASS_UID, Equipment, current
from iodkit.dataset import modules
from iodkit.dataset.checking import checked_constructor
from iodkit.dataset.equipment import write_equipment
from iodkit.dataset.identification import copy_patient_and_study, copy_specimen
from iodkit.dataset.storage import StoredDataset
from iodkit.elements import check_uid
from iodkit.errors import InvalidValueError
from iodkit.standard.syntaxes import vr_and_byte_order

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from pydicom.valuerep import PersonName

    from iodkit.coding import CodingSchemeIdentificationItem
    from iodkit.standard.enums import (
        ContentQualificationValues,
        PatientSexValues,
        SpecificCharacterSetValues,
    )

__all__ = ["SOPClass", "SOPClassOptions"]

IMPLEMENTATION_VERSION_NAME = "IODKIT_0"


class SOPClassOptions(TypedDict, total=False):
    """Arguments of :class:`SOPClass` that the constructors of derived objects pass on."""

    content_qualification: str | ContentQualificationValues | None
    coding_schemes: Sequence[CodingSchemeIdentificationItem] | None
    series_description: str | None
    institution_name: str | None
    institutional_department_name: str | None
    content_date: str | dt.date | None
    content_time: str | dt.time | None
    series_date: str | dt.date | None
    series_time: str | dt.time | None
    specific_character_set: (
        SpecificCharacterSetValues | str | Sequence[str | SpecificCharacterSetValues] | None
    )


class SOPClass(StoredDataset):
    """A SOP instance: the modules that all IODs share (PS3.3 C.7.1–C.7.3, C.7.5.1, C.12.1).

    Parameters
    ----------
    study_instance_uid, series_instance_uid, sop_instance_uid : str | None, optional
        Unique identifiers; new ones are generated for those that are not given.
    series_number, instance_number : int | None, optional
        Numbers; by default those of :func:`iodkit.defaults`, else 1.
    sop_class_uid : str
        SOP class.
    modality : str
        Modality (PS3.3 C.7.3.1.1.1).
    manufacturer : str | None, optional
        Manufacturer of the equipment; this and the other attributes of the equipment default to
        those of :func:`iodkit.defaults`.
    transfer_syntax_uid : str | None, optional
        Transfer syntax; Explicit VR Little Endian by default.
    patient_id, patient_name, patient_birth_date, patient_sex : optional
        Attributes of the patient module; empty if not given.
    accession_number, study_id, study_date, study_time, referring_physician_name : optional
        Attributes of the study module; empty if not given.
    content_qualification : str | ContentQualificationValues | None, optional
        Whether the content is a product, for research, or for service.
    coding_schemes : Sequence[CodingSchemeIdentificationItem] | None, optional
        Private or unusual coding schemes that the object uses.
    series_description : str | None, optional
        Description of the series.
    manufacturer_model_name, software_versions, device_serial_number : optional
        Attributes of the equipment.
    institution_name, institutional_department_name : str | None, optional
        Where the equipment is.
    content_date, content_time : optional
        When the content was made; now by default.
    series_date, series_time : optional
        When the series began.
    specific_character_set : optional
        Character set of the text; UTF-8 by default, which holds every text.

    Raises
    ------
    MissingAttributeError
        If the SOP class or the modality is missing.
    InvalidTypeError, InvalidValueError
        If a value has the wrong type or breaks its VR.
    """

    def __init__(
        self,
        study_instance_uid: str | None = None,
        series_instance_uid: str | None = None,
        series_number: int | None = None,
        sop_instance_uid: str | None = None,
        sop_class_uid: str | None = None,
        instance_number: int | None = None,
        modality: str | None = None,
        manufacturer: str | None = None,
        transfer_syntax_uid: str | None = None,
        patient_id: str | None = None,
        patient_name: str | PersonName | None = None,
        patient_birth_date: str | dt.date | None = None,
        patient_sex: str | PatientSexValues | None = None,
        accession_number: str | None = None,
        study_id: str | None = None,
        study_date: str | dt.date | None = None,
        study_time: str | dt.time | None = None,
        referring_physician_name: str | PersonName | None = None,
        content_qualification: str | ContentQualificationValues | None = None,
        coding_schemes: Sequence[CodingSchemeIdentificationItem] | None = None,
        series_description: str | None = None,
        manufacturer_model_name: str | None = None,
        software_versions: str | tuple[str, ...] | None = None,
        device_serial_number: str | None = None,
        institution_name: str | None = None,
        institutional_department_name: str | None = None,
        content_date: str | dt.date | None = None,
        content_time: str | dt.time | None = None,
        series_date: str | dt.date | None = None,
        series_time: str | dt.time | None = None,
        specific_character_set: (
            SpecificCharacterSetValues | str | Sequence[str | SpecificCharacterSetValues] | None
        ) = None,
    ) -> None:
        super().__init__()
        identity = modules.Identity.complete(
            study_instance_uid=study_instance_uid,
            series_instance_uid=series_instance_uid,
            sop_instance_uid=sop_instance_uid,
            sop_class_uid=sop_class_uid,
            series_number=series_number,
            instance_number=instance_number,
            modality=modality,
        )
        equipment = Equipment(
            manufacturer=manufacturer,
            manufacturer_model_name=manufacturer_model_name,
            software_versions=software_versions,
            device_serial_number=device_serial_number,
            institution_name=institution_name,
            institutional_department_name=institutional_department_name,
        ).over(current().equipment)
        self._write_encoding(identity, transfer_syntax_uid, specific_character_set)
        modules.write_patient(
            self,
            patient_id=patient_id,
            patient_name=patient_name,
            patient_birth_date=patient_birth_date,
            patient_sex=patient_sex,
        )
        modules.write_study(
            self,
            study_instance_uid=identity.study_instance_uid,
            accession_number=accession_number,
            study_id=study_id,
            study_date=study_date,
            study_time=study_time,
            referring_physician_name=referring_physician_name,
        )
        modules.write_series(
            self,
            identity,
            series_description=series_description,
            series_date=series_date,
            series_time=series_time,
        )
        write_equipment(self, equipment)
        modules.write_content_date(self, content_date, content_time)
        modules.write_sop_common(
            self,
            identity,
            content_qualification=content_qualification,
            coding_schemes=coding_schemes,
        )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in cls.__dict__:
            cls.__init__ = checked_constructor(cls.__init__)  # type: ignore[method-assign]

    def _write_encoding(
        self,
        identity: modules.Identity,
        transfer_syntax_uid: str | None,
        specific_character_set: Any,
    ) -> None:
        """Write character set and file meta information, and record them for encoded elements."""
        terms = modules.character_sets(specific_character_set)
        self.SpecificCharacterSet = terms
        syntax = UID(transfer_syntax_uid or ExplicitVRLittleEndian)
        check_uid(syntax, "transfer_syntax_uid")
        encoding = vr_and_byte_order(syntax)
        if encoding is None or not encoding[1]:
            raise InvalidValueError(
                "objects cannot be written in this transfer syntax",
                attribute="transfer_syntax_uid",
                found=str(syntax),
                expected="the UID of a transfer syntax in little endian",
                clause="PS3.5 chapter 10",
            )
        self.file_meta = FileMetaDataset()
        self.file_meta.FileMetaInformationVersion = b"\x00\x01"
        self.file_meta.MediaStorageSOPClassUID = identity.sop_class_uid
        self.file_meta.MediaStorageSOPInstanceUID = identity.sop_instance_uid
        self.file_meta.TransferSyntaxUID = syntax
        self.file_meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
        self.file_meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
        self.set_original_encoding(*encoding, modules.python_encodings(terms))

    def copy_patient_and_study_information(self, dataset: Dataset) -> None:
        """Copy the patient and study modules from another dataset (PS3.3 C.7.1, C.7.2).

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset of the same patient and study, usually a source image.

        Raises
        ------
        MissingAttributeError
            If it has no Study Instance UID.
        """
        copy_patient_and_study(dataset, self)

    def copy_specimen_information(self, dataset: Dataset) -> None:
        """Copy the specimen module from another dataset (PS3.3 C.7.6.22), if it has one.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset of an image of the same specimens.
        """
        copy_specimen(dataset, self)
