"""Who observed: persons and devices (PS3.16 TID 1002, TID 1003, TID 1004)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.coding import CodedConcept, to_code
from iodkit.elements import check_type
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit_sr.enums import RelationshipTypeValues
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
    from pydicom.uid import UID
    from pydicom.valuerep import PersonName

    from iodkit_sr.value_types import ContentItem

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
_PERSON_NAME = ("121008", "DCM", "Person Observer Name")
_PERSON_ORGANIZATION = ("121009", "DCM", "Person Observer's Organization Name")
_PERSON_ROLE = ("121010", "DCM", "Person Observer's Role in the Organization")
_PERSON_PROCEDURE_ROLE = ("121011", "DCM", "Person Observer's Role in this Procedure")
_PERSON_LOGIN = ("128774", "DCM", "Person Observer's Login Name")
_DEVICE_UID = ("121012", "DCM", "Device Observer UID")
_DEVICE_NAME = ("121013", "DCM", "Device Observer Name")
_DEVICE_MANUFACTURER = ("121014", "DCM", "Device Observer Manufacturer")
_DEVICE_MODEL = ("121015", "DCM", "Device Observer Model Name")
_DEVICE_SERIAL = ("121016", "DCM", "Device Observer Serial Number")
_DEVICE_LOCATION = ("121017", "DCM", "Device Observer Physical Location During Observation")
_DEVICE_ROLE = ("113876", "DCM", "Device Role in Procedure")


def _text(name: tuple[str, str, str], value: str | None) -> list[ContentItem]:
    return [] if value is None else [TextContentItem(to_concept(name), value, _CONTEXT)]


def _code(name: tuple[str, str, str], value: Code | CodedConcept | None) -> list[ContentItem]:
    return [] if value is None else [CodeContentItem(to_concept(name), value, _CONTEXT)]


class _Identification(Template):
    """Reads the values of its items by their names."""

    def _find(self, name: tuple[str, str, str]) -> Any:
        return find_value(self, to_concept(name))

    def _require(self, name: tuple[str, str, str]) -> Any:
        found = self._find(name)
        if found is None:
            raise MissingAttributeError(
                f"the observer has no item {name[2]!r}",
                attribute=name[2],
                clause="PS3.16 TID 1003, TID 1004",
            )
        return found


class PersonObserverIdentifyingAttributes(_Identification):
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
            [
                PnameContentItem(to_concept(_PERSON_NAME), name, _CONTEXT),
                *_text(_PERSON_LOGIN, login_name),
                *_text(_PERSON_ORGANIZATION, organization_name),
                *_code(_PERSON_ROLE, role_in_organization),
                *_code(_PERSON_PROCEDURE_ROLE, role_in_procedure),
            ]
        )

    @property
    def name(self) -> PersonName:
        """PersonName: Name of the person."""
        return self._require(_PERSON_NAME)

    @property
    def login_name(self) -> str | None:
        """str | None: Login name of the person."""
        return self._find(_PERSON_LOGIN)

    @property
    def organization_name(self) -> str | None:
        """str | None: Organization of the person."""
        return self._find(_PERSON_ORGANIZATION)

    @property
    def role_in_organization(self) -> CodedConcept | None:
        """CodedConcept | None: What the person is in the organization."""
        return self._find(_PERSON_ROLE)

    @property
    def role_in_procedure(self) -> CodedConcept | None:
        """CodedConcept | None: What the person did in the procedure."""
        return self._find(_PERSON_PROCEDURE_ROLE)


class DeviceObserverIdentifyingAttributes(_Identification):
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
            [
                UIDRefContentItem(to_concept(_DEVICE_UID), uid, _CONTEXT),
                *_text(_DEVICE_NAME, name),
                *_text(_DEVICE_MANUFACTURER, manufacturer_name),
                *_text(_DEVICE_MODEL, model_name),
                *_text(_DEVICE_SERIAL, serial_number),
                *_text(_DEVICE_LOCATION, physical_location),
                *_code(_DEVICE_ROLE, role_in_procedure),
            ]
        )

    @property
    def uid(self) -> UID:
        """UID: Unique identifier of the device."""
        return self._require(_DEVICE_UID)

    @property
    def name(self) -> str | None:
        """str | None: Name of the device."""
        return self._find(_DEVICE_NAME)

    @property
    def manufacturer_name(self) -> str | None:
        """str | None: Manufacturer of the device."""
        return self._find(_DEVICE_MANUFACTURER)

    @property
    def model_name(self) -> str | None:
        """str | None: Model of the device."""
        return self._find(_DEVICE_MODEL)

    @property
    def serial_number(self) -> str | None:
        """str | None: Serial number of the device."""
        return self._find(_DEVICE_SERIAL)

    @property
    def physical_location(self) -> str | None:
        """str | None: Where the device was."""
        return self._find(_DEVICE_LOCATION)

    @property
    def role_in_procedure(self) -> CodedConcept | None:
        """CodedConcept | None: What the device did in the procedure."""
        return self._find(_DEVICE_ROLE)


_ATTRIBUTES: dict[str, type[_Identification]] = {
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
    names = {name[0] for name in (*_PERSON_NAMES, *_DEVICE_NAMES)}
    groups: list[list[Dataset]] = []
    for item in items:
        found = item.get("ConceptNameCodeSequence")
        code = str(found[0].get("CodeValue", "")) if found else ""
        if code == OBSERVER_TYPE[0] or (code == _PERSON_NAME[0] and not groups):
            groups.append([])
        if groups and (code in names or code == OBSERVER_TYPE[0]):
            groups[-1].append(item)
    return [ObserverContext.from_sequence(group, copy=False) for group in groups]


_PERSON_NAMES = (
    _PERSON_NAME,
    _PERSON_LOGIN,
    _PERSON_ORGANIZATION,
    _PERSON_ROLE,
    _PERSON_PROCEDURE_ROLE,
)
_DEVICE_NAMES = (
    _DEVICE_UID,
    _DEVICE_NAME,
    _DEVICE_MANUFACTURER,
    _DEVICE_MODEL,
    _DEVICE_SERIAL,
    _DEVICE_LOCATION,
    _DEVICE_ROLE,
)
