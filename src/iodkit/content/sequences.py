"""Sequences of content items that keep what they hold consistent (PS3.3 C.17.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydicom.sequence import Sequence as PydicomSequence

from iodkit.content.items import _FIRST_ACCESS, ContentItem, adopt_item, to_content_item
from iodkit.content.macros import is_empty
from iodkit.elements import DicomSequence, peek_text
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.io import EncodedItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = ["ContentSequence"]


class ContentSequence(DicomSequence):
    """A sequence of content items.

    Parameters
    ----------
    items : Sequence[ContentItem] | ContentSequence | None, optional
        Items of the sequence.
    is_root : bool, optional
        Whether the one item is the root of the content tree of a document, which has no
        relationship to an item above.
    is_sr : bool, optional
        Whether the items belong to an SR document.  Those that do need a relationship type,
        others must not have one.

    Raises
    ------
    InvalidTypeError
        If an item is no content item.
    InvalidValueError
        If an item has no relationship type where it needs one, or the reverse, or if there is
        more than one root, or the root is no container.
    """

    def __init__(
        self,
        items: Iterable[ContentItem] | ContentSequence | None = None,
        is_root: bool = False,
        is_sr: bool = True,
    ) -> None:
        self._set_kind(is_root, is_sr)
        super().__init__([])
        self.extend([] if items is None else items)

    def _set_kind(self, is_root: bool, is_sr: bool) -> None:
        if is_root and not is_sr:
            raise InvalidValueError(
                "only the content of an SR document has a root",
                attribute="is_root",
                found=is_root,
                expected="is_sr=True along with it",
            )
        self._is_root = bool(is_root)
        self._is_sr = bool(is_sr)

    # The published interface puts two parameters before `copy`.
    @classmethod
    def from_sequence(  # type: ignore[override]
        cls,
        sequence: Iterable[Dataset] | Dataset,
        is_root: bool = False,
        is_sr: bool = True,
        copy: bool = True,
    ) -> Self:
        """Make a sequence of content items, each of the class that fits its value type.

        Parameters
        ----------
        sequence : pydicom.Sequence
            Sequence whose items are content items.
        is_root : bool, optional
            Whether the one item is the root of a content tree.
        is_sr : bool, optional
            Whether the items belong to an SR document.
        copy : bool, optional
            Whether the items are copied deeply.

        Returns
        -------
        ContentSequence
            Sequence of this class.

        Raises
        ------
        InvalidTypeError
            If `sequence` is not a sequence of datasets.
        MissingAttributeError
            If an item lacks an attribute that its value type needs.
        """
        items = DicomSequence.from_sequence(sequence, copy=False)
        new = cls.__new__(cls)
        ContentSequence.__init__(
            new, [to_content_item(item, copy=copy) for item in items], is_root, is_sr
        )
        return new

    @classmethod
    def of_encoded(cls, items: list[EncodedItem]) -> ContentSequence:
        """Make a sequence of the items below an item, which are decoded one by one when needed.

        Parameters
        ----------
        items : list[EncodedItem]
            The items; they are not checked.

        Returns
        -------
        ContentSequence
            Sequence for items of a document.
        """
        new = ContentSequence()
        new._list = cast("list[Dataset]", items)
        return new

    @property
    def is_root(self) -> bool:
        """Whether the item is the root of a content tree."""
        return self._is_root

    @property
    def is_sr(self) -> bool:
        """Whether the items belong to an SR document."""
        return self._is_sr

    def find(self, name: Code | CodedConcept) -> ContentSequence:
        """Find the items with a name; those below them are not looked at.

        Parameters
        ----------
        name : pydicom.sr.coding.Code | CodedConcept
            Name of the items.

        Returns
        -------
        ContentSequence
            The items, which are the same objects, in their order.
        """
        return self._select(
            item for item in self if "ConceptNameCodeSequence" in item and item.name == name
        )

    def get_nodes(self) -> ContentSequence:
        """Find the items that have items below them.

        Returns
        -------
        ContentSequence
            The items, which are the same objects, in their order.
        """
        return self._select(item for item in self if not is_empty(item, "ContentSequence"))

    def _select(self, items: Iterable[ContentItem]) -> ContentSequence:
        found = ContentSequence(is_root=self._is_root, is_sr=self._is_sr)
        PydicomSequence.extend(found, list(items))
        return found

    def _at(self, index: int) -> ContentItem:
        item = self._list[index]
        if isinstance(item, EncodedItem):
            with _FIRST_ACCESS:
                item = self._list[index]
                if isinstance(item, EncodedItem):
                    item = self._list[index] = adopt_item(item)
        return cast("ContentItem", item)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self._at(index) for index in range(*key.indices(len(self)))]
        return self._at(key)

    def __iter__(self) -> Iterator[ContentItem]:
        # Like lists, this takes notice of what is added or removed on the way.
        index = 0
        while index < len(self._list):
            yield self._at(index)
            index += 1

    def __eq__(self, other: object) -> Any:
        list(self)
        return super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        list(self)
        return super().__ne__(other)

    __hash__ = None  # type: ignore[assignment]  # items can be changed

    def __contains__(self, val: object) -> bool:
        return any(item is val or item == val for item in self)

    def index(self, val: Dataset, *args: Any) -> int:
        """Return the position of an item.

        Parameters
        ----------
        val : ContentItem
            Item to look for.
        *args : int
            Where to start and to stop, as for lists.

        Returns
        -------
        int
            Position of the first item that equals it.

        Raises
        ------
        ValueError
            If there is none.
        """
        return list(self).index(val, *args)

    def append(self, val: Dataset) -> None:
        """Add an item at the end.

        Parameters
        ----------
        val : ContentItem
            Item to add.
        """
        self._check_new(val, len(self))
        super().append(val)

    def extend(self, val: Iterable[Dataset]) -> None:
        """Add items at the end.

        Parameters
        ----------
        val : Iterable[ContentItem]
            Items to add; either all are added or none.
        """
        items = list(val)
        for position, item in enumerate(items):
            self._check_new(item, len(self) + position)
        super().extend(items)

    def insert(self, position: int, val: Dataset) -> None:
        """Add an item somewhere.

        Parameters
        ----------
        position : int
            Index that the item will have.
        val : ContentItem
            Item to add.
        """
        self._check_new(val, len(self))
        super().insert(position, val)

    def __setitem__(self, key: Any, val: Any) -> None:
        for item in val if isinstance(key, slice) else [val]:
            self._check_new(item, 0)
        super().__setitem__(key, val)

    def _check_new(self, item: object, others: int) -> None:
        if not isinstance(item, ContentItem):
            raise InvalidTypeError(
                "the item is no content item",
                attribute="ContentSequence",
                found=type(item).__name__,
                expected="a ContentItem",
                clause="PS3.3 C.17.3",
            )
        relationship = peek_text(item, "RelationshipType")
        related = relationship is not None
        if self._is_root:
            self._check_root(item, relationship, others)
        elif self._is_sr and not related:
            raise MissingAttributeError(
                "an item of a document needs a relationship to the item above",
                attribute="RelationshipType",
                expected="for example CONTAINS",
                clause="PS3.3 C.17.3.2.4",
            )
        elif related and not self._is_sr:
            raise InvalidValueError(
                "an item outside of a document has no relationship to another",
                attribute="RelationshipType",
                found=relationship,
                expected="no relationship type",
                clause="PS3.3 10.2",
            )

    def _check_root(self, item: ContentItem, relationship: str | None, others: int) -> None:
        kind = peek_text(item, "ValueType")
        if relationship is not None or others or kind != "CONTAINER":
            raise InvalidValueError(
                "the root of a content tree is one container without a relationship",
                attribute="ValueType" if relationship is None else "RelationshipType",
                found=kind if relationship is None else relationship,
                expected="one item of value type CONTAINER without relationship type",
                clause="PS3.3 C.17.3",
            )
