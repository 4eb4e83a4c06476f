"""What a new document is made of: the modules that all SR documents have (PS3.3 C.17)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as PydicomSequence
from pydicom.tag import BaseTag

from iodkit.coding import to_codes
from iodkit.context import now
from iodkit.dataset.identification import require_same_study
from iodkit.elements import check_person_name, check_string, check_type, format_datetime, peek_text
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.frames.raw import attach_sequences, encoding_of
from iodkit_sr.checks import check_content
from iodkit_sr.culprits import encode_content
from iodkit_sr.evidence import hierarchy, sort_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.sr.coding import Code
    from pydicom.valuerep import PersonName

    from iodkit.coding import CodedConcept
    from iodkit_sr.readable import ReadableDocument

__all__ = [
    "Content",
    "DocumentState",
    "Observer",
    "write_content",
    "write_document",
    "write_observer",
]

_CONTENT = BaseTag(0x0040A730)


@dataclass(frozen=True, slots=True)
class Observer:
    """Who verified a document (PS3.3 C.17.2, Verifying Observer Sequence).

    Parameters
    ----------
    name : str | PersonName
        Name of the person.
    organization : str
        Organization that the person belongs to, at most 64 characters.
    code : Code | CodedConcept | None, optional
        Identification of the person.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If name or organization are none.
    """

    name: str | PersonName
    organization: str
    code: Code | CodedConcept | None = None

    def __post_init__(self) -> None:
        check_person_name(self.name)
        check_string(str(self.name), "UC", "VerifyingObserverName")
        check_string(self.organization, "LO", "VerifyingOrganization")


@dataclass(frozen=True, slots=True)
class DocumentState:
    """State of a document as a process (PS3.3 C.17.2).

    Attributes
    ----------
    is_complete, is_final : bool
        Completion Flag, Preliminary Flag.
    observer : Observer | None
        Who verified it.
    """

    is_complete: bool
    is_final: bool
    observer: Observer | None

    @classmethod
    def of(
        cls,
        *,
        is_complete: bool,
        is_final: bool,
        is_verified: bool,
        name: str | PersonName | None,
        organization: str | None,
    ) -> DocumentState:
        """Check what a constructor is given.

        Raises
        ------
        MissingAttributeError
            If a verified document has no verifying observer.
        """
        if not is_verified:
            return cls(bool(is_complete), bool(is_final), None)
        if name is None or organization is None:
            raise MissingAttributeError(
                "a verified document has a verifying observer",
                attribute="verifying_observer_name" if name is None else "verifying_organization",
                expected="a name, and an organization",
                clause="PS3.3 C.17.2",
            )
        return cls(bool(is_complete), bool(is_final), Observer(name, organization))


class Content:
    """The content that a constructor is given, as the root item and the items below it.

    Parameters
    ----------
    given : pydicom.Dataset | pydicom.Sequence
        The root item, or a sequence with it alone.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is neither, or there is more than one root, or it is no container.
    """

    def __init__(self, given: object) -> None:
        if isinstance(given, Iterable) and not isinstance(given, Dataset):
            items = list(given)
            if len(items) != 1:
                raise InvalidValueError(
                    "the content of a document is one item",
                    attribute="content",
                    found=f"{len(items)} items",
                    expected="a container with all other items below it",
                    clause="PS3.3 C.17.3",
                )
            given = items[0]
        if not isinstance(given, Dataset):
            raise InvalidTypeError(
                "this is no content",
                attribute="content",
                found=type(given).__name__,
                expected="a container item, or a sequence of one",
            )
        if peek_text(given, "ValueType") != "CONTAINER":
            raise InvalidValueError(
                "the root of a document is a container",
                attribute="ValueType",
                found=peek_text(given, "ValueType"),
                expected="CONTAINER",
                clause="PS3.3 C.17.3",
            )
        self.root: Dataset = given

    def write(self, document: ReadableDocument) -> None:
        """Write the root item into a document, and the items below it, encoded, too."""
        root = self.root
        for keyword in (
            "ObservationDateTime",
            "ValueType",
            "ConceptNameCodeSequence",
            "ContinuityOfContent",
            "ObservationUID",
            "ContentTemplateSequence",
        ):
            if keyword in root:
                document[keyword] = deepcopy(root[keyword])
        if "ConceptNameCodeSequence" not in root:
            raise MissingAttributeError(
                "the root of a document has a title",
                attribute="ConceptNameCodeSequence",
                clause="PS3.3 C.17.3",
            )
        if "ContinuityOfContent" not in document:
            document.ContinuityOfContent = "SEPARATE"
        stored = root._dict.get(_CONTENT)
        if stored is None:
            return
        encoding = encoding_of(document)
        items: Any = root[_CONTENT].value if isinstance(stored, RawDataElement) else stored.value
        items = items._list if isinstance(items, PydicomSequence) else items or []
        data = encode_content(
            items,
            implicit_vr=encoding.implicit_vr,
            little_endian=True,
            parent_encoding=list(encoding.encodings),
        )
        if data:
            attach_sequences(document, {_CONTENT: data}, encoding)


def write_document(
    document: ReadableDocument,
    content: Content,
    state: DocumentState,
    evidence: Sequence[Dataset],
    *,
    performed_procedure_codes: Sequence[Code | CodedConcept] | None,
    requested_procedures: Sequence[Dataset] | None,
    previous_versions: Sequence[Dataset] | None,
    record_evidence: bool,
) -> None:
    """Write the modules of a document (PS3.3 C.17.1–C.17.3), and check its content.

    Parameters
    ----------
    document : ReadableDocument
        Gets the modules; patient, study and equipment are written already.
    content : Content
        Its content.
    state : DocumentState
        Its flags.
    evidence : Sequence[pydicom.Dataset]
        Objects that the content was made from.
    performed_procedure_codes, requested_procedures, previous_versions, record_evidence
        As the constructors of the documents take them.

    Raises
    ------
    InvalidValueError
        If the IOD does not allow an item where it is.
    NotFoundError
        If the content refers to objects that are not in the evidence.
    """
    codes = to_codes(performed_procedure_codes or (), "performed_procedure_codes")
    document.PerformedProcedureCodeSequence = codes
    document.CompletionFlag = "COMPLETE" if state.is_complete else "PARTIAL"
    document.VerificationFlag = "UNVERIFIED"
    document.PreliminaryFlag = "FINAL" if state.is_final else "PRELIMINARY"
    if state.observer is not None:
        write_observer(document, state.observer)
    if previous_versions:
        require_same_study([document, *previous_versions], what="previous versions")
        document.PredecessorDocumentsSequence = hierarchy(previous_versions)
    write_content(document, content, requested_procedures)
    referenced = set(document.tree.list_referenced_instances())
    current, other = sort_evidence(evidence, referenced, document.StudyInstanceUID)
    if record_evidence and current:
        document.CurrentRequestedProcedureEvidenceSequence = current
    if record_evidence and other:
        document.PertinentOtherEvidenceSequence = other


def write_content(
    document: ReadableDocument, content: Content, requested_procedures: Sequence[Dataset] | None
) -> None:
    """Write what documents and key object selections share, and check the content.

    Parameters
    ----------
    document : ReadableDocument
        Gets content and requests.
    content : Content
        Its content.
    requested_procedures : Sequence[pydicom.Dataset] | None
        Items of Referenced Request Sequence.

    Raises
    ------
    InvalidValueError
        If the IOD does not allow an item where it is.
    """
    document.ReferencedPerformedProcedureStepSequence = []
    if requested_procedures is not None:
        for each in requested_procedures:
            check_type(each, Dataset, "requested_procedures")
        document.ReferencedRequestSequence = [deepcopy(each) for each in requested_procedures]
    content.write(document)
    check_content(document.tree, str(document.SOPClassUID))


def write_observer(document: Dataset, observer: Observer) -> None:
    """Write that somebody has verified a document now (PS3.3 C.17.2).

    Parameters
    ----------
    document : pydicom.Dataset
        Gets flag and observer; observers that it has are kept.
    observer : Observer
        Who verified it.
    """
    item = Dataset()
    item.VerifyingObserverName = observer.name
    item.VerifyingObserverIdentificationCodeSequence = (
        [] if observer.code is None else to_codes([observer.code], "code")
    )
    item.VerifyingOrganization = observer.organization
    item.VerificationDateTime = format_datetime(now(), "VerificationDateTime")
    document.VerificationFlag = "VERIFIED"
    before = [deepcopy(each) for each in document.get("VerifyingObserverSequence") or ()]
    document.VerifyingObserverSequence = [*before, item]
