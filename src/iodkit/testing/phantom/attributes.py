"""Attributes that all images of the phantom share, which say that it is synthetic."""

from __future__ import annotations

import uuid

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from iodkit.context import IMPLEMENTATION_CLASS_UID

__all__ = ["common_attributes", "fixed_uid"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "iodkit phantom")
_DATE, _TIME = "20240229", "120000"


def fixed_uid(*parts: object) -> UID:
    """Make the identifier that belongs to some values, always the same one.

    Parameters
    ----------
    *parts : object
        Values with a fixed text.

    Returns
    -------
    pydicom.uid.UID
        Identifier under ``2.25.``.
    """
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(map(str, parts))).int}")


def common_attributes(sop_class_uid: str, modality: str, series: str, instance: int) -> Dataset:
    """Start a dataset of the phantom: patient, study, series, equipment and SOP common modules.

    Parameters
    ----------
    sop_class_uid : str
        SOP class.
    modality : str
        Modality.
    series : str
        What tells the series from others.
    instance : int
        Instance number, from 1.

    Returns
    -------
    pydicom.Dataset
        Dataset with its file meta information.
    """
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.InstanceCreationDate, ds.InstanceCreationTime = _DATE, _TIME
    ds.SOPClassUID = sop_class_uid
    ds.SOPInstanceUID = fixed_uid(sop_class_uid, series, instance)
    for moment in ("Study", "Series", "Acquisition", "Content"):
        setattr(ds, f"{moment}Date", _DATE)
        setattr(ds, f"{moment}Time", _TIME)
    ds.AccessionNumber = ""
    ds.Modality = modality
    ds.Manufacturer = "iodkit"
    ds.ReferringPhysicianName = ""
    ds.StudyDescription = "Synthetic phantom"
    ds.SeriesDescription = f"Synthetic phantom, {series}"[:64]
    ds.ManufacturerModelName = "Phantom"
    ds.PatientName = "Phantom^Synthetic"
    ds.PatientID = "PHANTOM"
    ds.PatientBirthDate = ""
    ds.PatientSex = "O"
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "Synthetic: there never was a patient"
    ds.DeviceSerialNumber = "0"
    ds.SoftwareVersions = "1"
    ds.StudyInstanceUID = fixed_uid("study")
    ds.SeriesInstanceUID = fixed_uid("series", sop_class_uid, series)
    ds.StudyID = "1"
    ds.SeriesNumber = 1
    ds.InstanceNumber = instance
    ds.ContentQualification = "RESEARCH"
    ds.BurnedInAnnotation = "NO"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.FileMetaInformationVersion = b"\x00\x01"
    ds.file_meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    return ds
