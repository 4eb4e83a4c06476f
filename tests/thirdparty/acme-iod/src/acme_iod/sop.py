"""The class for Encapsulated PDF objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.dataset import SOPClass
from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from typing import Unpack

    from iodkit.dataset import SOPClassOptions

__all__ = ["EncapsulatedPDF"]


class EncapsulatedPDF(SOPClass):
    """A PDF document (PS3.3 A.45.1).

    Parameters
    ----------
    document : bytes
        The PDF file's content.
    document_title : str, optional
        Its title.
    burned_in_annotation : bool, optional
        Whether the document identifies the patient.
    study_instance_uid : str, optional
        The study that it belongs to; a new one by default.
    **options
        Further arguments of `SOPClass`.

    Raises
    ------
    InvalidValueError
        `document` is no PDF file.
    """

    def __init__(
        self,
        document: bytes,
        document_title: str | None = None,
        burned_in_annotation: bool = True,
        study_instance_uid: str | None = None,
        **options: Unpack[SOPClassOptions],
    ) -> None:
        if not isinstance(document, bytes) or not document.startswith(b"%PDF-"):
            raise InvalidValueError(
                "not the content of a PDF file",
                attribute="document",
                found=type(document).__name__,
                expected='bytes that begin with "%PDF-"',
                clause="PS3.3 A.45.1.4.1",
            )
        shared: dict[str, Any] = dict(options)
        super().__init__(
            study_instance_uid=study_instance_uid,
            sop_class_uid="1.2.840.10008.5.1.4.1.1.104.1",
            modality="DOC",
            **shared,
        )
        self.ConversionType = "WSD"
        self.AcquisitionDateTime = ""
        self.BurnedInAnnotation = "YES" if burned_in_annotation else "NO"
        self.DocumentTitle = document_title
        self.ConceptNameCodeSequence = []
        self.MIMETypeOfEncapsulatedDocument = "application/pdf"
        self.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
        self.EncapsulatedDocumentLength = len(document)

    @property
    def document(self) -> bytes:
        """The PDF file's content, without the padding that DICOM asks for."""
        content = bytes(self.EncapsulatedDocument)
        return content[: self.get("EncapsulatedDocumentLength") or len(content)]
