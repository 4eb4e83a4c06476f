"""What a structured report says: content, tree, flags, evidence (PS3.3 C.17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID

from iodkit.content.items import ContentHolder
from iodkit.content.sequences import ContentSequence
from iodkit.dataset import SOPClass
from iodkit.errors import SOPClassError
from iodkit.io import encode_items
from iodkit_sr.evidence import list_instances
from iodkit_sr.exports.document_tree import DocumentTree
from iodkit_sr.exports.mixin import Exportable
from iodkit_sr.tree.index import TreeIndex
from iodkit_sr.tree.scan import scan_items
from iodkit_sr.value_types import ContainerContentItem

if TYPE_CHECKING:
    from typing import Self

    from iodkit.coding.concepts import CodeLike

__all__ = ["ReadableDocument"]

_CONTENT = BaseTag(0x0040A730)
_NAME = BaseTag(0x0040A043)
_TEMPLATE = BaseTag(0x0040A504)
_ROOT_TAGS = (
    *map(BaseTag, (0x0040A032, 0x0040A040, 0x0040A043, 0x0040A050, 0x0040A171, 0x0040A504)),
    _CONTENT,
)


class _Root(ContainerContentItem):
    """The root item of a document: what is set in it is set in the document."""

    _owner: Dataset

    def __setitem__(self, key: Any, elem: Any) -> None:
        super().__setitem__(key, elem)
        owner = self.__dict__.get("_owner")
        if owner is not None:
            owner[key] = elem

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        owner = self.__dict__.get("_owner")
        if owner is not None:
            del owner[key]

    def __delattr__(self, name: str) -> None:
        # pydicom deletes elements by their keyword without asking `__delitem__`.
        tag = tag_for_keyword(name)
        if tag is not None and tag in self:
            del self[BaseTag(tag)]
        else:
            super().__delattr__(name)


class _Cache:
    """Remembers the tree of one document; copies of the document begin with an empty one."""

    def __init__(self) -> None:
        self.key: tuple[Any, ...] | None = None
        self.tree: DocumentTree | None = None
        self.owner: object = None

    def __deepcopy__(self, memo: dict[int, Any]) -> _Cache:
        return _Cache()

    def __reduce__(self) -> tuple[type[_Cache], tuple[()]]:
        return (_Cache, ())


class ReadableDocument(Exportable, ContentHolder, SOPClass):
    """What all structured reports say of themselves, whatever their template."""

    _sop_class_uid: ClassVar[str | None] = None
    _content_class: ClassVar[type[ContentSequence]] = ContentSequence
    _cache: _Cache

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        if cls._sop_class_uid is None:
            return
        uid = str(dataset.get("SOPClassUID", ""))
        if uid != cls._sop_class_uid:
            raise SOPClassError(
                f"the dataset is no {cls.__name__}",
                attribute="SOPClassUID",
                found=f"{uid} ({UID(uid).name})" if uid else uid,
                expected=f"{cls._sop_class_uid} ({UID(cls._sop_class_uid).name})",
                remedy="Use srread, or iodkit.read, which take the class that fits.",
            )

    @classmethod
    def from_dataset(cls, dataset: Dataset, copy: bool = True) -> Self:
        """Make an object of this class from a dataset of its SOP class.

        Parameters
        ----------
        dataset : pydicom.Dataset
            A structured report.
        copy : bool, optional
            Whether the elements are copied; otherwise object and dataset share them.

        Returns
        -------
        Self
            Object of this class.

        Raises
        ------
        SOPClassError
            If it is a dataset of another SOP class.
        """
        new = super().from_dataset(dataset, copy=copy)
        new.__dict__["_cache"] = _Cache()
        return new

    @property
    def content(self) -> ContentSequence:
        """ContentSequence: The content, of which the root is the one item.

        What is changed in it is changed in the document.
        """
        root = _Root.__new__(_Root)
        root.__dict__.update(Dataset().__dict__)
        # Decoded in the document itself, so that both share what is in the elements.
        root._dict = {tag: self[tag] for tag in _ROOT_TAGS if tag in self}
        root.__dict__["_owner"] = self
        sequence = self._content_class.__new__(self._content_class)
        ContentSequence.__init__(sequence, is_root=True)
        sequence._list = [root]
        return sequence

    @property
    def tree(self) -> DocumentTree:
        """DocumentTree: The tree of content items as it is now."""
        data, implicit = self._encoded_content()
        encodings: Any = self._character_set
        if isinstance(self._dict.get(_CONTENT), RawDataElement):
            encodings = self.original_character_set or encodings
        names = [encodings] if isinstance(encodings, str) else list(encodings)
        root = (
            str(self.get("ValueType", "")).encode("latin-1", "replace"),
            self._encoded(_NAME, implicit, names) or b"",
            self._encoded(_TEMPLATE, implicit, names),
        )
        cache = self.__dict__.setdefault("_cache", _Cache())
        key = (implicit, names, root, data)
        if cache.tree is None or cache.owner is not self or cache.key != key:
            index = TreeIndex(scan_items(data, implicit), root, names, implicit)
            cache = self.__dict__["_cache"] = _Cache()
            cache.key, cache.tree, cache.owner = key, DocumentTree(index, self), self
        return cache.tree

    def _exported(self) -> DocumentTree:
        return self.tree

    def _encoded_content(self) -> tuple[bytes, bool]:
        """Give the encoded Content Sequence in little endian, and whether it has no VRs."""
        stored = self._dict.get(_CONTENT)
        if stored is None:
            return b"", False
        if isinstance(stored, RawDataElement) and stored.is_little_endian:
            return stored.value or b"", bool(stored.is_implicit_VR or stored.VR == "UN")
        implicit = bool(self.original_encoding[0])
        sequence: Any = self[_CONTENT].value
        items = sequence._list if hasattr(sequence, "_list") else (sequence or [])
        return encode_items(items, implicit_vr=implicit, parent_encoding=self._character_set), (
            implicit
        )

    def _encoded(self, tag: BaseTag, implicit: bool, names: list[str]) -> bytes | None:
        stored = self._dict.get(tag)
        if stored is None:
            return None
        if not isinstance(stored, RawDataElement) or not stored.is_little_endian:
            fits = False
        else:
            fits = bool(stored.is_implicit_VR) == implicit
        if fits:
            return stored.value or b""
        return encode_items(self[tag].value or [], implicit_vr=implicit, parent_encoding=names)

    def find(self, name: CodeLike) -> list[Any]:
        """Find all items with a name, at any depth.

        Parameters
        ----------
        name : Code | CodedConcept | tuple[str, ...]
            Concept name.

        Returns
        -------
        list[ContentItem]
            The items themselves, in the order of the document.
        """
        return self.tree.select(name).items

    @property
    def is_complete(self) -> bool:
        """bool: Whether the document is complete (PS3.3 C.17.2, Completion Flag)."""
        return self.get("CompletionFlag") == "COMPLETE"

    @property
    def is_verified(self) -> bool:
        """bool: Whether somebody has verified the document (Verification Flag)."""
        return self.get("VerificationFlag") == "VERIFIED"

    @property
    def is_final(self) -> bool:
        """bool: Whether the document is final rather than preliminary (Preliminary Flag)."""
        return self.get("PreliminaryFlag") == "FINAL"

    @property
    def predecessors(self) -> list[tuple[UID, UID, UID, UID]]:
        """list[tuple[UID, UID, UID, UID]]: Documents that led to this one.

        Study, series, SOP instance, and SOP class of each.
        """
        return list(list_instances(self.get("PredecessorDocumentsSequence")))

    def get_evidence(self, current_procedure_only: bool = False) -> list[tuple[UID, UID, UID, UID]]:
        """List the objects that the document names as evidence (PS3.3 C.17.2).

        Parameters
        ----------
        current_procedure_only : bool, optional
            Whether other pertinent evidence is left out.

        Returns
        -------
        list[tuple[UID, UID, UID, UID]]
            Study, series, SOP instance, and SOP class of each.
        """
        keywords = ["CurrentRequestedProcedureEvidenceSequence"]
        if not current_procedure_only:
            keywords.append("PertinentOtherEvidenceSequence")
        found = [each for keyword in keywords for each in list_instances(self.get(keyword))]
        return list(dict.fromkeys(found))

    def get_evidence_series(self, current_procedure_only: bool = False) -> list[tuple[UID, UID]]:
        """List the series of the objects that the document names as evidence.

        Parameters
        ----------
        current_procedure_only : bool, optional
            Whether other pertinent evidence is left out.

        Returns
        -------
        list[tuple[UID, UID]]
            Study and series, each pair once.
        """
        found = self.get_evidence(current_procedure_only)
        return list(dict.fromkeys((study, series) for study, series, _, _ in found))

    @property
    def identical_documents(self) -> list[tuple[UID, UID, UID, UID]]:
        """list[tuple[UID, UID, UID, UID]]: Documents of the same content in other studies."""
        return list(list_instances(self.get("IdenticalDocumentsSequence")))
