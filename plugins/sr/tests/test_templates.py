"""Templates come through a hook of their own; those of observers are read as they are written."""

import copy

import pytest

from iodkit import sr
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
    PluginConflictError,
    PluginError,
)
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr.templates.hooks import hookimpl
from iodkit_sr.templates.observers import read_observers
from iodkit_sr.templates.registry import TemplateRegistry

PERSON = sr.CodedConcept("121006", "DCM", "Person")
DEVICE = sr.CodedConcept("121007", "DCM", "Device")
ROLE = sr.CodedConcept("121082", "DCM", "Recording")


def person():
    return sr.PersonObserverIdentifyingAttributes("Doe^Jane", "jane", "Clinic", ROLE, ROLE)


def device():
    return sr.DeviceObserverIdentifyingAttributes("1.2.3", "d", "m", "n", "s", "p", ROLE)


def test_persons():
    context = sr.ObserverContext(PERSON, person())
    found = context.observer_identifying_attributes
    assert context.observer_type == PERSON
    assert type(found) is sr.PersonObserverIdentifyingAttributes
    assert (found.name, found.login_name, found.organization_name) == ("Doe^Jane", "jane", "Clinic")
    assert found.role_in_organization == found.role_in_procedure == ROLE
    assert all(item.RelationshipType == "HAS OBS CONTEXT" for item in context)


def test_devices():
    found = sr.ObserverContext(DEVICE, device()).observer_identifying_attributes
    assert type(found) is sr.DeviceObserverIdentifyingAttributes
    assert found.uid == "1.2.3"
    assert (found.name, found.manufacturer_name, found.model_name) == ("d", "m", "n")
    assert (found.serial_number, found.physical_location) == ("s", "p")
    assert found.role_in_procedure == ROLE
    bare = sr.DeviceObserverIdentifyingAttributes("1.2.3")
    assert bare.name is bare.role_in_procedure is None


def test_types_fit():
    with pytest.raises(InvalidTypeError, match="observer_identifying_attributes"):
        sr.ObserverContext(PERSON, device())
    with pytest.raises(InvalidValueError, match="121007"):
        sr.ObserverContext(ROLE, person())
    with pytest.raises(MissingAttributeError, match="Person Observer Name"):
        _ = sr.PersonObserverIdentifyingAttributes.from_sequence(list(person())[1:]).name


def test_observers_are_found_among_other_items():
    other = sr.TextContentItem(ROLE, "text", "CONTAINS")
    items = [
        *sr.ObserverContext(PERSON, person()),
        other,
        *sr.ObserverContext(DEVICE, device()),
        other,
    ]
    first, second = read_observers(items)
    assert (first.observer_type, second.observer_type) == (PERSON, DEVICE)
    assert second.observer_identifying_attributes.uid == "1.2.3"
    # Without a type the observer is a person.
    (only,) = read_observers(person())
    assert only.observer_identifying_attributes.name == "Doe^Jane"
    assert read_observers([other]) == []


def test_our_own_templates_are_registered():
    found = [entry.identifier for entry in sr.template_registry.entries()]
    assert found[:3] == ["1002", "1003", "1004"]
    assert sr.template_registry.problems == ()
    for entry in sr.template_registry.entries():
        assert issubclass(sr.template_registry.implementation(entry), sr.Template)
    assert sr.template_registry.lookup("1500") is None


class Plugin:
    def __init__(self, *given):
        self.given = given

    @hookimpl
    def iodkit_sr_register_templates(self):
        return self.given


def test_plugins_by_hand():
    registry = TemplateRegistry()
    good = Plugin(sr.TemplateEntry("9", "Nine", "iodkit_sr:Template", "99ACME"))
    registry.register(good)
    assert registry.lookup("9", "99ACME").name == "Nine"
    assert registry.lookup("9") is None
    registry.register(Plugin("no record"))
    assert registry.lookup("9", "99ACME") is not None
    assert len(registry.problems) == 1
    registry.register(Plugin(sr.TemplateEntry("9", "Nine", "iodkit_sr:Absent", "99ACME")))
    with pytest.raises(PluginConflictError, match="9"):
        registry.lookup("9", "99ACME")
    registry.unregister(good)
    with pytest.raises(PluginError, match="Absent"):
        registry.implementation(registry.lookup("9", "99ACME"))


@pytest.mark.parametrize("reference", ["", "a.b", "a:b:c", "a b:c"])
def test_records_are_checked(reference):
    with pytest.raises(InvalidValueError):
        sr.TemplateEntry("1", "x", reference)


def test_containers_are_read_by_the_template_that_they_name():
    holder = sr.ContainerContentItem(ROLE, template_id="1002", relationship_type="CONTAINS")
    holder.ContentSequence = sr.ContentSequence(
        copy.copy(list(sr.ObserverContext(DEVICE, device())))
    )
    root = sr.ContainerContentItem(ROLE)
    root.ContentSequence = sr.ContentSequence([holder])
    document = sr.ComprehensiveSR(evidence(), root)
    found = sr.template_registry.read(document.tree["1.1"])
    assert type(found) is sr.ObserverContext
    assert found.observer_identifying_attributes.uid == "1.2.3"
    assert sr.template_registry.read(document.tree.root) is None
