"""The documents that can be created, and reading of documents of any SR storage class."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypedDict

from pydicom.uid import ExplicitVRLittleEndian

from iodkit.context import Equipment, current
from iodkit.dataset import SOPClass, require_enhanced
from iodkit.dataset.reading import implementation_for
from iodkit.errors import SOPClassError
from iodkit.io import read_dataset
from iodkit_sr.creation import Content, DocumentState, write_document
from iodkit_sr.document import SRDocument
from iodkit_sr.evidence import check_evidence

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Sequence
    from typing import BinaryIO, Unpack

    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence as PydicomSequence
    from pydicom.sr.coding import Code
    from pydicom.uid import UID
    from pydicom.valuerep import PersonName

    from iodkit.coding import CodedConcept, CodingSchemeIdentificationItem
    from iodkit.dataset import ContributingEquipment
    from iodkit.standard.enums import ContentQualificationValues, SpecificCharacterSetValues

__all__ = [
    "BasicTextSR",
    "Comprehensive3DSR",
    "ComprehensiveSR",
    "EnhancedSR",
    "ExtensibleSR",
    "SRDocumentOptions",
    "srread",
]


class SRDocumentOptions(TypedDict, total=False):
    """Arguments of :class:`~iodkit.SOPClass` that the constructors of documents pass on."""

    content_qualification: str | ContentQualificationValues | None
    coding_schemes: Sequence[CodingSchemeIdentificationItem] | None
    series_description: str | None
    manufacturer_model_name: str | None
    software_versions: str | tuple[str, ...] | None
    device_serial_number: str | None
    content_date: str | dt.date | None
    content_time: str | dt.time | None
    series_date: str | dt.date | None
    series_time: str | dt.time | None
    specific_character_set: (
        SpecificCharacterSetValues | str | Sequence[str | SpecificCharacterSetValues] | None
    )


class _NewDocument(SRDocument):
    """A document that can be created.

    Parameters
    ----------
    evidence : Sequence[pydicom.Dataset]
        Objects that the content was made from; the document belongs to patient and study of
        the first one.  All objects that the content refers to must be among them.
    content : pydicom.Dataset | pydicom.Sequence
        Root item of the content, or a sequence with it alone.  It is not changed, and what is
        done to it later is not seen by the document.
    series_instance_uid, sop_instance_uid : str | None, optional
        Unique identifiers; new ones by default.
    series_number, instance_number : int | None, optional
        Numbers; 1 by default.
    manufacturer : str | None, optional
        Manufacturer of the equipment.
    is_complete, is_final, is_verified : bool, optional
        State of the document; one that is verified needs an observer.
    institution_name, institutional_department_name : str | None, optional
        Where the equipment is.
    verifying_observer_name : str | PersonName | None, optional
        Who verified the document.
    verifying_organization : str | None, optional
        Organization of that person.
    performed_procedure_codes : Sequence[Code | CodedConcept] | None, optional
        Procedures that were performed.
    requested_procedures : Sequence[pydicom.Dataset] | None, optional
        Items of Referenced Request Sequence.
    previous_versions : Sequence[pydicom.Dataset] | None, optional
        Documents that this one takes the place of.
    record_evidence : bool, optional
        Whether the evidence is listed in the document.
    transfer_syntax_uid : str, optional
        Transfer syntax; Explicit VR Little Endian by default.
    contributing_equipment : Sequence[ContributingEquipment] | None, optional
        Equipment that contributed.
    **kwargs : SRDocumentOptions
        Further attributes of :class:`~iodkit.SOPClass`.

    Raises
    ------
    InvalidTypeError, InvalidValueError, MissingAttributeError
        If an argument is wrong, or the IOD does not allow an item where it is; the error
        names the path of the item.
    NotFoundError
        If the content refers to objects that are not in the evidence.
    """

    _needs_enhanced_equipment: ClassVar[bool] = False

    def __init__(
        self,
        evidence: Sequence[Dataset],
        content: Dataset | PydicomSequence,
        series_instance_uid: str | None = None,
        series_number: int | None = None,
        sop_instance_uid: str | None = None,
        instance_number: int | None = None,
        manufacturer: str | None = None,
        is_complete: bool = False,
        is_final: bool = False,
        is_verified: bool = False,
        institution_name: str | None = None,
        institutional_department_name: str | None = None,
        verifying_observer_name: str | PersonName | None = None,
        verifying_organization: str | None = None,
        performed_procedure_codes: Sequence[Code | CodedConcept] | None = None,
        requested_procedures: Sequence[Dataset] | None = None,
        previous_versions: Sequence[Dataset] | None = None,
        record_evidence: bool = True,
        transfer_syntax_uid: str | UID = ExplicitVRLittleEndian,
        contributing_equipment: Sequence[ContributingEquipment] | None = None,
        **kwargs: Unpack[SRDocumentOptions],
    ) -> None:
        if self._needs_enhanced_equipment:
            given = Equipment(
                manufacturer,
                kwargs.get("manufacturer_model_name"),
                kwargs.get("software_versions"),
                kwargs.get("device_serial_number"),
            )
            require_enhanced(given.over(current().equipment))
        checked = Content(content)
        sources = check_evidence(evidence)
        state = DocumentState.of(
            is_complete=is_complete,
            is_final=is_final,
            is_verified=is_verified,
            name=verifying_observer_name,
            organization=verifying_organization,
        )
        SOPClass.__init__(
            self,
            study_instance_uid=sources[0].StudyInstanceUID,
            series_instance_uid=series_instance_uid,
            series_number=series_number,
            sop_instance_uid=sop_instance_uid,
            sop_class_uid=self._sop_class_uid,
            instance_number=instance_number,
            modality="SR",
            manufacturer=manufacturer,
            institution_name=institution_name,
            institutional_department_name=institutional_department_name,
            transfer_syntax_uid=transfer_syntax_uid,
            **kwargs,
        )
        self.copy_patient_and_study_information(sources[0])
        if contributing_equipment is not None:
            self.ContributingEquipmentSequence = list(contributing_equipment)
        write_document(
            self,
            checked,
            state,
            sources,
            performed_procedure_codes=performed_procedure_codes,
            requested_procedures=requested_procedures,
            previous_versions=previous_versions,
            record_evidence=record_evidence,
        )


class BasicTextSR(_NewDocument):
    """A report of headings and texts with references to objects (PS3.3 A.35.1)."""

    __doc__ = f"{__doc__}{(_NewDocument.__doc__ or '').partition('created.')[2]}"
    _sop_class_uid: ClassVar[str | None] = "1.2.840.10008.5.1.4.1.1.88.11"


class EnhancedSR(_NewDocument):
    """A report that has numbers and coordinates in images and in time, too (PS3.3 A.35.2)."""

    __doc__ = f"{__doc__}{(_NewDocument.__doc__ or '').partition('created.')[2]}"
    _sop_class_uid: ClassVar[str | None] = "1.2.840.10008.5.1.4.1.1.88.22"


class ComprehensiveSR(_NewDocument):
    """A report that has containers anywhere, and relationships by reference (PS3.3 A.35.3)."""

    __doc__ = f"{__doc__}{(_NewDocument.__doc__ or '').partition('created.')[2]}"
    _sop_class_uid: ClassVar[str | None] = "1.2.840.10008.5.1.4.1.1.88.33"


class Comprehensive3DSR(_NewDocument):
    """A comprehensive report with coordinates in space, too (PS3.3 A.35.13)."""

    __doc__ = f"{__doc__}{(_NewDocument.__doc__ or '').partition('created.')[2]}"
    _sop_class_uid: ClassVar[str | None] = "1.2.840.10008.5.1.4.1.1.88.34"


class ExtensibleSR(_NewDocument):
    """A report without restrictions on what is below what (PS3.3 A.35.15)."""

    __doc__ = f"{__doc__}{(_NewDocument.__doc__ or '').partition('created.')[2]}"
    _sop_class_uid: ClassVar[str | None] = "1.2.840.10008.5.1.4.1.1.88.35"
    # Its IOD has the Enhanced General Equipment Module, PS3.3 Table A.35.15-1.
    _needs_enhanced_equipment: ClassVar[bool] = True


def srread(fp: str | bytes | os.PathLike[str] | BinaryIO) -> SRDocument:
    """Read a structured report of any SR storage class.

    Parameters
    ----------
    fp : str | bytes | os.PathLike | BinaryIO
        Path, URL, content, or open file of a DICOM file (PS3.10).

    Returns
    -------
    SRDocument
        Object of the class for its SOP class.

    Raises
    ------
    ReadError
        If the file cannot be read, or is no DICOM file.
    SOPClassError
        If it is no structured report.
    """
    parsed = read_dataset(fp)
    implementation = implementation_for(parsed.dataset)
    if not issubclass(implementation, SRDocument):
        uid = parsed.dataset.get("SOPClassUID")
        raise SOPClassError(
            "the file is no structured report",
            attribute="SOPClassUID",
            found=f"{uid} ({uid.name})" if uid else uid,
            expected="an SR storage class",
            clause="PS3.4 B.5",
        )
    return implementation.from_parsed(parsed)
