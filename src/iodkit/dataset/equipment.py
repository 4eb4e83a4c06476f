"""Equipment modules (PS3.3 C.7.5.1, C.7.5.2) and contributing equipment (PS3.3 C.12.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.coding import CodedConcept
from iodkit.elements import DicomItem, check_text, check_type, format_datetime
from iodkit.errors import MissingAttributeError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from typing import Self

    from pydicom.sr.coding import Code
    from pydicom.valuerep import DT

    from iodkit.context import Equipment

from pydicom.dataset import Dataset

__all__ = ["ContributingEquipment", "require_enhanced", "write_equipment"]

_TEXT_KEYWORDS = {
    "Manufacturer": "manufacturer",
    "ManufacturerModelName": "manufacturer_model_name",
    "DeviceSerialNumber": "device_serial_number",
    "InstitutionName": "institution_name",
    "InstitutionalDepartmentName": "institutional_department_name",
}


def _check_versions(versions: object) -> str | list[str]:
    if isinstance(versions, str):
        values = [versions]
    else:
        values = list(check_type(versions, (tuple, list), "software_versions"))
    for value in values:
        check_text(value, "LO", "SoftwareVersions", required=True)
    return values[0] if len(values) == 1 else values


def write_equipment(dataset: Dataset, equipment: Equipment) -> None:
    """Write the general equipment module (PS3.3 C.7.5.1).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset that receives the attributes.
    equipment : Equipment
        The equipment; Manufacturer is written empty if it is not known (type 2).
    """
    dataset.Manufacturer = ""
    for keyword, name in _TEXT_KEYWORDS.items():
        value = check_text(getattr(equipment, name), "LO", keyword)
        if value is not None:
            setattr(dataset, keyword, value)
    if equipment.software_versions is not None:
        dataset.SoftwareVersions = _check_versions(equipment.software_versions)


def require_enhanced(equipment: Equipment) -> None:
    """Raise if what the enhanced equipment module demands is missing (PS3.3 C.7.5.2).

    Parameters
    ----------
    equipment : Equipment
        Equipment to look at.

    Raises
    ------
    MissingAttributeError
        If manufacturer, model name, software versions or serial number is missing.
    """
    for name in (
        "manufacturer",
        "manufacturer_model_name",
        "software_versions",
        "device_serial_number",
    ):
        if not getattr(equipment, name):
            raise MissingAttributeError(
                f"{name} is needed",
                attribute=name,
                clause="PS3.3 C.7.5.2",
                remedy=f"Pass {name}=…, or set it once: iodkit.defaults(equipment="
                f"iodkit.Equipment({name}=…, …)).",
            )


class ContributingEquipment(DicomItem):
    """Item of the Contributing Equipment Sequence (PS3.3 C.12.1).

    Parameters
    ----------
    manufacturer : str
        Manufacturer of the equipment.
    purpose_of_reference : pydicom.sr.coding.Code | CodedConcept
        What the equipment did (CID 7005).
    manufacturer_model_name : str | None, optional
        Model name.
    software_versions : str | Sequence[str] | None, optional
        Version or versions of the software.
    device_serial_number : str | None, optional
        Serial number.
    institution_name : str | None, optional
        Institution where the equipment is.
    institutional_department_name : str | None, optional
        Department within the institution.
    institution_address : str | None, optional
        Address of the institution.
    station_name : str | None, optional
        Name of the station.
    contribution_datetime : str | datetime.datetime | pydicom.valuerep.DT | None, optional
        When the equipment contributed.
    contribution_description : str | None, optional
        What it contributed.
    """

    def __init__(
        self,
        manufacturer: str,
        purpose_of_reference: Code | CodedConcept,
        *,
        manufacturer_model_name: str | None = None,
        software_versions: str | Sequence[str] | None = None,
        device_serial_number: str | None = None,
        institution_name: str | None = None,
        institutional_department_name: str | None = None,
        institution_address: str | None = None,
        station_name: str | None = None,
        contribution_datetime: str | dt.datetime | DT | None = None,
        contribution_description: str | None = None,
    ) -> None:
        super().__init__()
        self.PurposeOfReferenceCodeSequence = [CodedConcept.from_code(purpose_of_reference)]
        self.Manufacturer = check_text(manufacturer, "LO", "Manufacturer", required=True)
        optional = {
            "InstitutionName": (institution_name, "LO"),
            "InstitutionAddress": (institution_address, "ST"),
            "StationName": (station_name, "SH"),
            "InstitutionalDepartmentName": (institutional_department_name, "LO"),
            "ManufacturerModelName": (manufacturer_model_name, "LO"),
            "DeviceSerialNumber": (device_serial_number, "LO"),
            "ContributionDescription": (contribution_description, "ST"),
        }
        for keyword, (value, vr) in optional.items():
            if value is not None:
                setattr(self, keyword, check_text(value, vr, keyword))
        if software_versions is not None:
            self.SoftwareVersions = _check_versions(software_versions)
        if contribution_datetime is not None:
            self.ContributionDateTime = format_datetime(
                contribution_datetime, "ContributionDateTime"
            )

    @classmethod
    def for_image_acquisition(cls, dataset: Dataset) -> Self:
        """Describe the equipment that acquired a source image.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Source image.

        Returns
        -------
        ContributingEquipment
            Equipment with the purpose ``(109101, DCM, "Acquisition Equipment")``.

        Raises
        ------
        MissingAttributeError
            If the image does not name its manufacturer.
        """
        check_type(dataset, Dataset, "dataset")
        if not dataset.get("Manufacturer"):
            raise MissingAttributeError(
                "the image names no manufacturer",
                attribute="Manufacturer",
                clause="PS3.3 C.12.1",
                remedy="Build ContributingEquipment(manufacturer, purpose_of_reference) yourself.",
            )
        moment = None
        if dataset.get("AcquisitionDateTime"):
            moment = str(dataset.AcquisitionDateTime)
        elif dataset.get("AcquisitionDate") and dataset.get("AcquisitionTime"):
            moment = f"{dataset.AcquisitionDate}{dataset.AcquisitionTime}"
        versions = dataset.get("SoftwareVersions")
        return cls(
            str(dataset.Manufacturer),
            CodedConcept("109101", "DCM", "Acquisition Equipment"),
            manufacturer_model_name=dataset.get("ManufacturerModelName") or None,
            software_versions=(versions if isinstance(versions, str) else list(versions))
            if versions
            else None,
            device_serial_number=dataset.get("DeviceSerialNumber") or None,
            institution_name=dataset.get("InstitutionName") or None,
            institutional_department_name=dataset.get("InstitutionalDepartmentName") or None,
            institution_address=dataset.get("InstitutionAddress") or None,
            station_name=dataset.get("StationName") or None,
            contribution_datetime=moment,
        )
