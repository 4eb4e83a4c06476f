"""Key Object Selection Document (PS3.3 A.35.4): creating, resolving, applying to a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from iodkit.dataset import SOPClass, read
from iodkit.elements import check_type, peek_text
from iodkit.errors import InvalidTypeError, NotFoundError, ReadError
from iodkit_ko.content import KeyObjectSelection
from iodkit_sr.creation import Content, write_content
from iodkit_sr.document import SRDocument
from iodkit_sr.evidence import check_evidence, collect_evidence, list_instances
from iodkit_sr.process import list_identical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Unpack

    from pydicom.uid import UID

    from iodkit.content.sequences import ContentSequence
    from iodkit.dataset import ContributingEquipment
    from iodkit_sr.sop import SRDocumentOptions

__all__ = ["KeyObjectSelectionDocument", "create_for_studies"]

_EVIDENCE = "CurrentRequestedProcedureEvidenceSequence"


class KeyObjectSelectionDocument(SRDocument):
    """A selection of objects, and why they are selected (PS3.3 A.35.4).

    Parameters
    ----------
    evidence : Sequence[pydicom.Dataset]
        All selected objects, of one or more studies; the document belongs to patient and study
        of the first one.
    content : KeyObjectSelection
        Title and references.  It is not changed.
    series_instance_uid, sop_instance_uid : str | None, optional
        Unique identifiers; new ones by default.
    series_number, instance_number : int | None, optional
        Numbers; 1 by default.
    manufacturer : str | None, optional
        Manufacturer of the equipment.
    institution_name, institutional_department_name : str | None, optional
        Where the equipment is.
    requested_procedures : Sequence[pydicom.Dataset] | None, optional
        Items of Referenced Request Sequence.
    transfer_syntax_uid : str, optional
        Transfer syntax; Explicit VR Little Endian by default.
    contributing_equipment : Sequence[ContributingEquipment] | None, optional
        Equipment that contributed.
    **kwargs : SRDocumentOptions
        Further attributes of :class:`~iodkit.SOPClass`.

    Raises
    ------
    InvalidTypeError, InvalidValueError, MissingAttributeError
        If an argument is wrong.
    NotFoundError
        If selected objects are not in the evidence.
    """

    _sop_class_uid: ClassVar[str | None] = "1.2.840.10008.5.1.4.1.1.88.59"
    _content_class: ClassVar[type[ContentSequence]] = KeyObjectSelection

    def __init__(
        self,
        evidence: Sequence[Dataset],
        content: KeyObjectSelection,
        series_instance_uid: str | None = None,
        series_number: int | None = None,
        sop_instance_uid: str | None = None,
        instance_number: int | None = None,
        manufacturer: str | None = None,
        institution_name: str | None = None,
        institutional_department_name: str | None = None,
        requested_procedures: Sequence[Dataset] | None = None,
        transfer_syntax_uid: str | UID = ExplicitVRLittleEndian,
        contributing_equipment: Sequence[ContributingEquipment] | None = None,
        **kwargs: Unpack[SRDocumentOptions],
    ) -> None:
        check_type(content, KeyObjectSelection, "content")
        sources = check_evidence(evidence)
        SOPClass.__init__(
            self,
            study_instance_uid=sources[0].StudyInstanceUID,
            series_instance_uid=series_instance_uid,
            series_number=series_number,
            sop_instance_uid=sop_instance_uid,
            sop_class_uid=self._sop_class_uid,
            instance_number=instance_number,
            modality="KO",
            manufacturer=manufacturer,
            institution_name=institution_name,
            institutional_department_name=institutional_department_name,
            transfer_syntax_uid=transfer_syntax_uid,
            **kwargs,
        )
        self.copy_patient_and_study_information(sources[0])
        if contributing_equipment is not None:
            self.ContributingEquipmentSequence = list(contributing_equipment)
        write_content(self, Content(content), requested_procedures)
        current, other = collect_evidence(sources, content[0], self.StudyInstanceUID)
        # Selections list the objects of all studies in one sequence (PS3.3 C.17.6.2).
        self.CurrentRequestedProcedureEvidenceSequence = [*current, *other]

    @property
    def content(self) -> KeyObjectSelection:
        """KeyObjectSelection: Title and references.

        What is changed in it is changed in the document.
        """
        return cast("KeyObjectSelection", super().content)

    def resolve_reference(self, sop_instance_uid: str) -> tuple[str, str, str]:
        """Tell where a selected object is.

        Parameters
        ----------
        sop_instance_uid : str
            SOP Instance UID of the object.

        Returns
        -------
        tuple[str, str, str]
            Study Instance UID, Series Instance UID, and SOP Instance UID.

        Raises
        ------
        NotFoundError
            If the document does not list the object.
        """
        for study, series, instance, _ in list_instances(self.get(_EVIDENCE)):
            if instance == sop_instance_uid:
                return str(study), str(series), str(instance)
        raise NotFoundError(
            "the document does not list this object",
            attribute=_EVIDENCE,
            found=sop_instance_uid,
            clause="PS3.3 C.17.6.2",
        )

    def select(self, datasets: Iterable[Dataset] | str | os.PathLike[str]) -> list[Dataset]:
        """Pick the selected objects.

        Parameters
        ----------
        datasets : Iterable[pydicom.Dataset] | str | os.PathLike
            Datasets, or a folder, whose files are read, also those in folders below it; files
            that are no DICOM files are passed over.

        Returns
        -------
        list[pydicom.Dataset]
            The objects in the order of the selection; those that are not there are left out.

        Raises
        ------
        InvalidTypeError
            If what is given is neither.
        NotFoundError
            If there is no such folder.
        """
        references = self.content.get_references()
        wanted = dict.fromkeys(str(item.referenced_sop_instance_uid) for item in references)
        found: dict[str, Dataset] = {}
        for dataset in (
            _read_folder(datasets)
            if isinstance(datasets, (str, os.PathLike))
            else _check_datasets(datasets)
        ):
            uid = peek_text(dataset, "SOPInstanceUID") or ""
            if uid in wanted:
                found.setdefault(uid, dataset)
        return [found[uid] for uid in wanted if uid in found]


def _check_datasets(datasets: Iterable[Dataset]) -> Iterator[Dataset]:
    for each in datasets:
        if not isinstance(each, Dataset):
            raise InvalidTypeError(
                "objects are given as datasets, or as a folder",
                attribute="datasets",
                found=type(each).__name__,
            )
        yield each


def _read_folder(folder: str | os.PathLike[str]) -> Iterator[Dataset]:
    path = Path(folder)
    if not path.is_dir():
        raise NotFoundError("there is no such folder", attribute="datasets", found=str(path))
    for each in sorted(path.rglob("*")):
        if each.is_file():
            try:
                yield read(each)
            except ReadError:
                continue


def create_for_studies(
    evidence: Sequence[Dataset], content: KeyObjectSelection, **kwargs: Any
) -> list[KeyObjectSelectionDocument]:
    """Make the same selection for each study that has selected objects.

    Parameters
    ----------
    evidence : Sequence[pydicom.Dataset]
        All selected objects, of one or more studies.
    content : KeyObjectSelection
        Title and references.
    **kwargs : object
        Further arguments of :class:`KeyObjectSelectionDocument`, but for the UIDs.

    Returns
    -------
    list[KeyObjectSelectionDocument]
        One document for each study, in the order of the evidence; each names the others as
        identical documents (PS3.3 C.17.6.2).

    Raises
    ------
    InvalidTypeError, InvalidValueError, MissingAttributeError, NotFoundError
        As the constructor of the documents.
    """
    sources = check_evidence(evidence)
    studies = dict.fromkeys(peek_text(each, "StudyInstanceUID") for each in sources)
    documents = [
        KeyObjectSelectionDocument(
            sorted(sources, key=lambda each: peek_text(each, "StudyInstanceUID") != study),
            content,
            **kwargs,
        )
        for study in studies
    ]
    return list_identical(documents) if len(documents) > 1 else documents
