"""Attributes of templates: each is the value of one item, which is found by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from iodkit.errors import MissingAttributeError
from iodkit_sr.templates.base import Template, find_value, to_concept

if TYPE_CHECKING:
    from typing import Self

    from iodkit.content.items import ContentItem
    from iodkit_sr.enums import RelationshipTypeValues

__all__ = ["OptionalValue", "RequiredValue", "list_names", "make_items"]

_ValueT = TypeVar("_ValueT")


class OptionalValue(Generic[_ValueT]):
    """The value of the item with a name; ``None`` if the template has no such item.

    Parameters
    ----------
    name : tuple[str, str, str]
        Concept name: value, coding scheme and meaning.
    item_class : type[ContentItem]
        Class of the item, which is made from name, value and relationship.
    """

    def __init__(self, name: tuple[str, str, str], item_class: type[Any]) -> None:
        self.name = name
        self.item_class = item_class

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Template, owner: type) -> _ValueT | None: ...
    def __get__(self, instance: Template | None, owner: type) -> Self | _ValueT | None:
        return self if instance is None else self._read(instance)

    def __set__(self, instance: Template, value: object) -> None:
        raise AttributeError(f"{self.name[2]!r} is that of an item; change the item")

    def _read(self, template: Template) -> Any:
        return find_value(template, to_concept(self.name))


class RequiredValue(OptionalValue[_ValueT]):
    """The value of an item that the template must have.

    Reading it raises a :class:`~iodkit.errors.MissingAttributeError` if the item is not there.
    """

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Template, owner: type) -> _ValueT: ...
    def __get__(self, instance: Template | None, owner: type) -> Self | _ValueT:
        return self if instance is None else self._read(instance)

    def _read(self, template: Template) -> Any:
        found = super()._read(template)
        if found is None:
            raise MissingAttributeError(
                f"{type(template).__name__} has no item {self.name[2]!r}",
                attribute=self.name[2],
                clause="PS3.16 6.1",
            )
        return found


def make_items(
    template: type[Template], relationship: RelationshipTypeValues, **values: object
) -> list[ContentItem]:
    """Make the items of a template from the values of its attributes.

    Parameters
    ----------
    template : type[Template]
        Class of the template.
    relationship : RelationshipTypeValues
        Relationship of the items to the one above.
    **values : object
        Values by attribute; those that are ``None`` are left out.

    Returns
    -------
    list[ContentItem]
        The items, in the order of the values.
    """
    attributes = {name: getattr(template, name) for name in values}
    return [
        attribute.item_class(to_concept(attribute.name), values[name], relationship)
        for name, attribute in attributes.items()
        if values[name] is not None
    ]


def list_names(template: type[Template]) -> set[str]:
    """List the code values of the names that the items of a template have.

    Parameters
    ----------
    template : type[Template]
        Class of the template.

    Returns
    -------
    set[str]
        The code values.
    """
    return {each.name[0] for each in vars(template).values() if isinstance(each, OptionalValue)}
