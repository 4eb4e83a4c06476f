"""Who observed: persons and devices (PS3.16 TID 1002, TID 1003, TID 1004)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.uid import UID
from pydicom.valuerep import PersonName

from iodkit.coding import CodedConcept, to_code
from iodkit.elements import check_type
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit_sr.enums import RelationshipTypeValues
from iodkit_sr.templates.attributes import OptionalValue, RequiredValue, list_names, make_items
from iodkit_sr.templates.base import Template, find_value, to_concept
from iodkit_sr.value_types import (
    CodeContentItem,
    PnameContentItem,
    TextContentItem,
    UIDRefContentItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

__all__ = [
    "DeviceObserverIdentifyingAttributes",
    "ObserverContext",
    "PersonObserverIdentifyingAttributes",
    "read_observers",
]

_CONTEXT = RelationshipTypeValues.HAS_OBS_CONTEXT
OBSERVER_TYPE = ("121005", "DCM", "Observer Type")
PERSON = ("121006", "DCM", "Person")
DEVICE = ("121007", "DCM", "Device")


class PersonObserverIdentifyingAttributes(Template):
    """Identification of a person who observed (PS3.16 TID 1003).

    Parameters
    ----------
    name : str | PersonName
        Name of the person.
    login_name : str | None, optional
        Login name of the person.
    organization_name : str | None, optional
        Organization of the person.
    role_in_organization : Code | CodedConcept | None, optional
        What the person is there, of CID 7452.
    role_in_procedure : Code | CodedConcept | None, optional
        What the person did in the procedure, of CID 7453.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is of another kind.
    """

    def __init__(
        self,
        name: str | PersonName,
        login_name: str | None = None,
        organization_name: str | None = None,
        role_in_organization: Code | CodedConcept | None = None,
        role_in_procedure: Code | CodedConcept | None = None,
    ) -> None:
        super().__init__(
            make_items(
                type(self),
                _CONTEXT,
                name=name,
                login_name=login_name,
                organization_name=organization_name,
                role_in_organization=role_in_organization,
                role_in_procedure=role_in_procedure,
            )
        )

    name = RequiredValue[PersonName](("121008", "DCM", "Person Observer Name"), PnameContentItem)
    """PersonName: Name of the person."""

    login_name = OptionalValue[str](
        ("128774", "DCM", "Person Observer's Login Name"), TextContentItem
    )
    """str | None: Login name of the person."""

    organization_name = OptionalValue[str](
        ("121009", "DCM", "Person Observer's Organization Name"), TextContentItem
    )
    """str | None: Organization of the person."""

    role_in_organization = OptionalValue[CodedConcept](
        ("121010", "DCM", "Person Observer's Role in the Organization"), CodeContentItem
    )
    """CodedConcept | None: What the person is in the organization."""

    role_in_procedure = OptionalValue[CodedConcept](
        ("121011", "DCM", "Person Observer's Role in this Procedure"), CodeContentItem
    )
    """CodedConcept | None: What the person did in the procedure."""


class DeviceObserverIdentifyingAttributes(Template):
    """Identification of a device that observed (PS3.16 TID 1004).

    Parameters
    ----------
    uid : str | UID
        Unique identifier of the device.
    name, manufacturer_name, model_name, serial_number, physical_location : str | None, optional
        What is known of the device.
    role_in_procedure : Code | CodedConcept | None, optional
        What the device did in the procedure, of CID 7445.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is of another kind.
    """

    def __init__(
        self,
        uid: str | UID,
        name: str | None = None,
        manufacturer_name: str | None = None,
        model_name: str | None = None,
        serial_number: str | None = None,
        physical_location: str | None = None,
        role_in_procedure: Code | CodedConcept | None = None,
    ) -> None:
        super().__init__(
            make_items(
                type(self),
                _CONTEXT,
                uid=uid,
                name=name,
                manufacturer_name=manufacturer_name,
                model_name=model_name,
                serial_number=serial_number,
                physical_location=physical_location,
                role_in_procedure=role_in_procedure,
            )
        )

    uid = RequiredValue[UID](("121012", "DCM", "Device Observer UID"), UIDRefContentItem)
    """UID: Unique identifier of the device."""

    name = OptionalValue[str](("121013", "DCM", "Device Observer Name"), TextContentItem)
    """str | None: Name of the device."""

    manufacturer_name = OptionalValue[str](
        ("121014", "DCM", "Device Observer Manufacturer"), TextContentItem
    )
    """str | None: Manufacturer of the device."""

    model_name = OptionalValue[str](
        ("121015", "DCM", "Device Observer Model Name"), TextContentItem
    )
    """str | None: Model of the device."""

    serial_number = OptionalValue[str](
        ("121016", "DCM", "Device Observer Serial Number"), TextContentItem
    )
    """str | None: Serial number of the device."""

    physical_location = OptionalValue[str](
        ("121017", "DCM", "Device Observer Physical Location During Observation"), TextContentItem
    )
    """str | None: Where the device was."""

    role_in_procedure = OptionalValue[CodedConcept](
        ("113876", "DCM", "Device Role in Procedure"), CodeContentItem
    )
    """CodedConcept | None: What the device did in the procedure."""


_ATTRIBUTES: dict[str, type[Template]] = {
    PERSON[0]: PersonObserverIdentifyingAttributes,
    DEVICE[0]: DeviceObserverIdentifyingAttributes,
}


class ObserverContext(Template):
    """Who observed: a person or a device (PS3.16 TID 1002).

    Parameters
    ----------
    observer_type : Code | CodedConcept
        Person (121006, DCM) or device (121007, DCM).
    observer_identifying_attributes : PersonObserverIdentifyingAttributes | \
DeviceObserverIdentifyingAttributes
        Identification of the kind that fits the type.

    Raises
    ------
    InvalidTypeError
        If the identification is of another kind.
    InvalidValueError
        If the type is neither.
    """

    def __init__(
        self,
        observer_type: Code | CodedConcept,
        observer_identifying_attributes: (
            PersonObserverIdentifyingAttributes | DeviceObserverIdentifyingAttributes
        ),
    ) -> None:
        kind = to_code(observer_type, "observer_type")
        expected = next((cls for code, cls in _ATTRIBUTES.items() if code == kind.value), None)
        if expected is None or kind.scheme_designator != "DCM":
            raise InvalidValueError(
                "there are observers of two types",
                attribute="observer_type",
                found=kind.meaning,
                expected="(121006, DCM, Person) or (121007, DCM, Device)",
                clause="PS3.16 CID 270",
            )
        check_type(observer_identifying_attributes, expected, "observer_identifying_attributes")
        super().__init__(
            [
                CodeContentItem(to_concept(OBSERVER_TYPE), kind, _CONTEXT),
                *observer_identifying_attributes,
            ]
        )

    # The published interface of content sequences puts other parameters after the first one.
    @classmethod
    def from_sequence(  # type: ignore[override]
        cls,
        sequence: Iterable[Dataset] | Dataset,
        is_root: bool = False,
        is_sr: bool = True,
        copy: bool = True,
    ) -> Self:
        """Make a context from items; a context without a type is that of a person (TID 1002).

        Parameters
        ----------
        sequence : pydicom.Sequence
            Items of the template.
        is_root, is_sr, copy : bool, optional
            As for content sequences.

        Returns
        -------
        ObserverContext
            The context.

        Raises
        ------
        InvalidTypeError
            If these are no items.
        """
        return super().from_sequence(sequence, is_root, is_sr, copy)

    @property
    def observer_type(self) -> CodedConcept:
        """CodedConcept: Person or device."""
        found = find_value(self, to_concept(OBSERVER_TYPE))
        return found if isinstance(found, CodedConcept) else to_concept(PERSON)

    @property
    def observer_identifying_attributes(
        self,
    ) -> PersonObserverIdentifyingAttributes | DeviceObserverIdentifyingAttributes:
        """PersonObserverIdentifyingAttributes | DeviceObserverIdentifyingAttributes: Which one.

        Raises
        ------
        InvalidTypeError
            If the type is neither person nor device.
        """
        cls: Any = _ATTRIBUTES.get(self.observer_type.value)
        if cls is None:
            raise InvalidTypeError(
                "there are observers of two types",
                attribute="Observer Type",
                found=self.observer_type.meaning,
                clause="PS3.16 CID 270",
            )
        others = [item for item in self if item.name != to_concept(OBSERVER_TYPE)]
        return cls.from_sequence(others, copy=False)


def read_observers(items: Iterable[Dataset]) -> list[ObserverContext]:
    """Find the observers in the items below a container.

    Parameters
    ----------
    items : Iterable[pydicom.Dataset]
        Content items; others than those of observers are left out.

    Returns
    -------
    list[ObserverContext]
        A context for each observer type; items before the first type make one of a person.
    """
    names = {OBSERVER_TYPE[0]}.union(*map(list_names, _ATTRIBUTES.values()))
    first_of_person = PersonObserverIdentifyingAttributes.name.name[0]
    groups: list[list[Dataset]] = []
    for item in items:
        found = item.get("ConceptNameCodeSequence")
        code = str(found[0].get("CodeValue", "")) if found else ""
        if code == OBSERVER_TYPE[0] or (code == first_of_person and not groups):
            groups.append([])
        if groups and code in names:
            groups[-1].append(item)
    return [ObserverContext.from_sequence(group, copy=False) for group in groups]
