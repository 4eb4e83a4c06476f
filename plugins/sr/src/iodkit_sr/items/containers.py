"""Content items that hold others (PS3.3 C.18.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydicom.dataset import Dataset

from iodkit.content.encoded import set_items, set_term
from iodkit.content.items import ContentItem, content_item_class
from iodkit.content.macros import is_empty
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import check_code_string, check_type

if TYPE_CHECKING:
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = ["ContainerContentItem"]


@content_item_class(ValueTypeValues.CONTAINER)
class ContainerContentItem(ContentItem):
    """A content item that holds others (PS3.3 C.18.8); the root of a document is one.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Heading.
    is_content_continuous : bool, optional
        Whether the items are parts of one continuous text, rather than separate.
    template_id : str | None, optional
        Template of PS3.16 that the items below follow.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError
        If `name` is no code.
    InvalidValueError
        If the template identifier is no code string.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.CONTAINER
    _clause: ClassVar[str] = "PS3.3 C.18.8"

    def __init__(
        self,
        name: Code | CodedConcept,
        is_content_continuous: bool = True,
        template_id: str | None = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.CONTAINER, name, relationship_type)
        check_type(is_content_continuous, bool, "is_content_continuous")
        continuity = "CONTINUOUS" if is_content_continuous else "SEPARATE"
        set_term(self, "ContinuityOfContent", continuity)
        if template_id is not None:
            template = Dataset()
            template.MappingResource = "DCMR"
            template.TemplateIdentifier = check_code_string(str(template_id), "template_id")
            set_items(self, "ContentTemplateSequence", [template])

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        # A container may be without a name (PS3.3 C.17.3.2.1, type 1C).
        if "ConceptNameCodeSequence" in dataset or dataset.get("ValueType") != "CONTAINER":
            super()._check_dataset(dataset)

    @property
    def is_content_continuous(self) -> bool:
        """bool: Whether the items are parts of one continuous text."""
        return self.get("ContinuityOfContent") == "CONTINUOUS"

    @property
    def template_id(self) -> str | None:
        """str | None: Template that the items below follow."""
        if is_empty(self, "ContentTemplateSequence"):
            return None
        found = self.ContentTemplateSequence[0].get("TemplateIdentifier")
        return str(found) if found else None
