"""Selections: what they name, where it is, and what a folder has of it."""

import io

import pydicom
import pytest

import iodkit as ik
from iodkit import ko, sr
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
    NotFoundError,
    SOPClassError,
)
from iodkit.testing import phantom

OF_INTEREST = ik.CodedConcept("113000", "DCM", "Of Interest")
REJECTED = ik.CodedConcept("113001", "DCM", "Rejected for Quality Reasons")
ARTIFACT = ik.CodedConcept("111207", "DCM", "Image artifact(s)")
PERSON = ik.CodedConcept("121006", "DCM", "Person")
DEVICE = ik.CodedConcept("121007", "DCM", "Device")


def images(count=3):
    return list(phantom.ct_series(count, 8, 8))


def other(sop_class, uid):
    new = pydicom.Dataset()
    new.SOPClassUID, new.SOPInstanceUID = sop_class, uid
    new.StudyInstanceUID, new.SeriesInstanceUID = images()[0].StudyInstanceUID, f"{uid}.1"
    return new


def selection(count=2):
    given = images(count)
    return ko.KeyObjectSelectionDocument(given, ko.KeyObjectSelection(OF_INTEREST, given))


def reread(document):
    buffer = io.BytesIO()
    document.save_as(buffer)
    return ik.read(buffer.getvalue())


def test_content():
    observer = sr.ObserverContext(PERSON, sr.PersonObserverIdentifyingAttributes("Doe^Jane"))
    device = sr.ObserverContext(DEVICE, sr.DeviceObserverIdentifyingAttributes("1.2.3"))
    content = ko.KeyObjectSelection(OF_INTEREST, images(), observer, device, "größer")
    document = reread(ko.KeyObjectSelectionDocument(images(), content))
    assert type(document) is ko.KeyObjectSelectionDocument
    for found in (content, document.content):
        assert type(found) is ko.KeyObjectSelection
        assert (found.title, found.description) == (OF_INTEREST, "größer")
        assert found.title_modifiers == []
        assert [each.observer_type for each in found.get_observer_contexts()] == [PERSON, DEVICE]
        (only,) = found.get_observer_contexts(DEVICE)
        assert only.observer_identifying_attributes.uid == "1.2.3"
        uids = [each.referenced_sop_instance_uid for each in found.get_references()]
        assert uids == [image.SOPInstanceUID for image in images()]
    assert document.tree.root.template_id == "2010"
    assert document.Modality == "KO"
    assert "CompletionFlag" not in document
    assert document.to_text().startswith("Of Interest\n")


def test_references_are_of_the_type_of_their_object():
    ecg = other("1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.4")
    state = other("1.2.840.10008.5.1.4.1.1.11.1", "1.2.5")
    content = ko.KeyObjectSelection(OF_INTEREST, [*images(1), ecg, state])
    found = content.get_references()
    assert [type(each) for each in found] == [
        sr.ImageContentItem,
        sr.WaveformContentItem,
        sr.CompositeContentItem,
    ]
    assert content.get_references("WAVEFORM") == [found[1]]
    assert content.get_references(sop_class_uid=state.SOPClassUID) == [found[2]]
    with pytest.raises(InvalidValueError, match="value_type"):
        content.get_references("TEXT")


def test_resolving():
    first = images()[0]
    document = ko.KeyObjectSelectionDocument(images(), ko.KeyObjectSelection(OF_INTEREST, images()))
    assert document.resolve_reference(first.SOPInstanceUID) == (
        first.StudyInstanceUID,
        first.SeriesInstanceUID,
        first.SOPInstanceUID,
    )
    with pytest.raises(NotFoundError, match=r"1\.2\.3"):
        document.resolve_reference("1.2.3")


def test_applying_a_selection(tmp_path):
    given = images(4)
    content = ko.KeyObjectSelection(OF_INTEREST, [given[2], given[0]])
    document = ko.KeyObjectSelectionDocument(given, content)
    assert [
        each is known
        for each, known in zip(document.select(given), [given[2], given[0]], strict=True)
    ]
    assert document.select(given[:1]) == [given[0]]
    assert document.select([]) == []
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    for number, image in enumerate(given[:3]):
        image.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    (tmp_path / "notes.txt").write_text("no DICOM file")
    found = document.select(tmp_path)
    wanted = [given[2].SOPInstanceUID, given[0].SOPInstanceUID]
    assert [each.SOPInstanceUID for each in found] == wanted
    with pytest.raises(NotFoundError, match="folder"):
        document.select(tmp_path / "absent")
    with pytest.raises(InvalidTypeError, match="str"):
        document.select(["a.dcm"])


def test_several_studies():
    first, second = images(2)
    second.StudyInstanceUID, second.SeriesInstanceUID = "1.2.9", "1.2.9.1"
    content = ko.KeyObjectSelection(OF_INTEREST, [first, second])
    documents = ko.create_for_studies([first, second], content, manufacturer="x")
    assert [each.StudyInstanceUID for each in documents] == [first.StudyInstanceUID, "1.2.9"]
    for document, twin in zip(documents, reversed(documents), strict=True):
        assert document.resolve_reference(second.SOPInstanceUID)[0] == "1.2.9"
        assert document.resolve_reference(first.SOPInstanceUID)[0] == first.StudyInstanceUID
        assert [each[2] for each in document.identical_documents] == [twin.SOPInstanceUID]
    (alone,) = ko.create_for_studies([first], ko.KeyObjectSelection(OF_INTEREST, [first]))
    assert alone.identical_documents == []


def test_modifiers():
    content = ko.KeyObjectSelection(REJECTED, images(1), title_modifiers=[ARTIFACT])
    assert content.title_modifiers == [ARTIFACT]
    with pytest.raises(InvalidValueError, match="TID 2010"):
        ko.KeyObjectSelection(OF_INTEREST, images(1), title_modifiers=[ARTIFACT])


def test_every_title_and_every_modifier():
    assert len(ko.document_titles()) > 50
    assert {title.scheme_designator for title in ko.document_titles()} == {"DCM"}
    assert OF_INTEREST in ko.document_titles()
    assert ARTIFACT in ko.rejection_reasons()
    for title in ko.document_titles():
        assert ko.KeyObjectSelection(title, images(1)).title == title
    for reason in ko.rejection_reasons():
        ko.KeyObjectSelection(REJECTED, images(1), title_modifiers=[reason])
    best = ik.CodedConcept("113013", "DCM", "Best In Set")
    for scope in ko.selection_scopes():
        ko.KeyObjectSelection(best, images(1), title_modifiers=[scope])


def test_bad_content():
    twice = images(1) * 2
    device = sr.ObserverContext(DEVICE, sr.DeviceObserverIdentifyingAttributes("1.2.3"))
    with pytest.raises(InvalidValueError, match="twice"):
        ko.KeyObjectSelection(OF_INTEREST, twice)
    with pytest.raises(InvalidValueError, match="nothing is selected"):
        ko.KeyObjectSelection(OF_INTEREST, [])
    with pytest.raises(InvalidTypeError, match="referenced_objects"):
        ko.KeyObjectSelection(OF_INTEREST, ["a.dcm"])
    with pytest.raises(MissingAttributeError, match="SOPClassUID"):
        ko.KeyObjectSelection(OF_INTEREST, [pydicom.Dataset()])
    with pytest.raises(InvalidValueError, match="observer_person_context"):
        ko.KeyObjectSelection(OF_INTEREST, images(1), device)
    with pytest.raises(InvalidTypeError, match="content"):
        ko.KeyObjectSelectionDocument(images(1), images(1))
    with pytest.raises(SOPClassError):
        ko.KeyObjectSelectionDocument.from_dataset(images(1)[0])


def test_selections_without_names_are_read():
    document = selection()
    for item in document.ContentSequence:
        del item.ConceptNameCodeSequence
    found = reread(document)
    assert len(found.content.get_references()) == 2
    assert found.content.description is None
    assert found.content.get_observer_contexts() == []
    assert len(found.select(images(2))) == 2


def test_a_template_is_read():
    document = selection()
    entry = sr.template_registry.lookup("2010")
    assert entry.name == "Key Object Selection"
    assert sr.template_registry.implementation(entry) is ko.KeyObjectSelection
    assert document.content.title == OF_INTEREST


@pytest.mark.referee
def test_highdicom_reads_ours_and_we_read_its(tmp_path):
    hd = pytest.importorskip("highdicom", reason="highdicom is not installed")
    given = images(3)
    ours = ko.KeyObjectSelectionDocument(given, ko.KeyObjectSelection(OF_INTEREST, given))
    ours.save_as(tmp_path / "ours.dcm")
    plain = pydicom.dcmread(tmp_path / "ours.dcm")
    theirs_read = hd.ko.KeyObjectSelectionDocument.from_dataset(plain)
    uids = [image.SOPInstanceUID for image in given]
    assert [
        each.referenced_sop_instance_uid for each in theirs_read.content.get_references()
    ] == uids
    person = hd.sr.CodedConcept("121006", "DCM", "Person")
    title = hd.sr.CodedConcept("113000", "DCM", "Of Interest")
    observer = hd.sr.ObserverContext(person, hd.sr.PersonObserverIdentifyingAttributes("Doe^Jane"))
    theirs = hd.ko.KeyObjectSelectionDocument(
        given,
        hd.ko.KeyObjectSelection(title, given, observer, description="text"),
        hd.UID(),
        1,
        hd.UID(),
        1,
        "x",
    )
    theirs.save_as(tmp_path / "theirs.dcm")
    ours_read = ik.read(tmp_path / "theirs.dcm")
    assert type(ours_read) is ko.KeyObjectSelectionDocument
    found = ours_read.content.get_references()
    assert [each.referenced_sop_instance_uid for each in found] == uids
    assert ours_read.content.description == "text"
    (only,) = ours_read.content.get_observer_contexts(PERSON)
    assert only.observer_identifying_attributes.name == "Doe^Jane"
    for uid in uids:
        assert ours.resolve_reference(uid) == theirs_read.resolve_reference(uid)
        assert ours_read.resolve_reference(uid) == theirs.resolve_reference(uid)
