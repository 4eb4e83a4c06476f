"""Documents as a process: flags, observers, predecessors, evidence; the given one never changes."""

import copy
import datetime as dt

import pytest

import iodkit as ik
from iodkit import sr
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError, NotFoundError
from iodkit.testing import phantom
from iodkit_sr._cases import _evidence as evidence

FINDING = ik.CodedConcept("121071", "DCM", "Finding")
TITLE = ik.CodedConcept("126000", "DCM", "Imaging Measurement Report")
OBSERVER = sr.Observer("Doe^Jane", "Clinic")


def root(*items, name=TITLE):
    new = sr.ContainerContentItem(name)
    new.ContentSequence = sr.ContentSequence(items)
    return new


def text(value="text"):
    return sr.TextContentItem(FINDING, value, "CONTAINS")


def reference(dataset):
    return sr.ImageContentItem(
        FINDING, dataset.SOPClassUID, dataset.SOPInstanceUID, relationship_type="CONTAINS"
    )


def report(*items, **options):
    return sr.ComprehensiveSR(evidence(), root(*items or (text(),)), **options)


def test_flags():
    plain = report()
    assert (plain.is_complete, plain.is_final, plain.is_verified) == (False, False, False)
    full = report(
        is_complete=True,
        is_final=True,
        is_verified=True,
        verifying_observer_name="Doe^Jane",
        verifying_organization="Clinic",
    )
    assert (full.is_complete, full.is_final, full.is_verified) == (True, True, True)
    (observer,) = full.VerifyingObserverSequence
    assert observer.VerifyingObserverName == "Doe^Jane"
    with pytest.raises(MissingAttributeError, match="verifying_organization"):
        report(is_verified=True, verifying_observer_name="Doe^Jane")


def test_verifying():
    first = report(is_complete=True)
    before = copy.deepcopy(first)
    moment = dt.datetime(2026, 1, 2, 3, 4, 5)
    with ik.defaults(clock=lambda: moment):
        second = first.verify(OBSERVER)
    assert first == before
    assert type(second) is sr.ComprehensiveSR
    assert second.is_verified
    assert second.SOPInstanceUID != first.SOPInstanceUID
    assert second.file_meta.MediaStorageSOPInstanceUID == second.SOPInstanceUID
    assert [each[2] for each in second.predecessors] == [first.SOPInstanceUID]
    assert second.VerifyingObserverSequence[0].VerificationDateTime.startswith("20260102030405")
    assert second.tree.to_dict() == first.tree.to_dict()
    third = second.verify(sr.Observer("Roe^Max", "Clinic", FINDING))
    names = [str(each.VerifyingObserverName) for each in third.VerifyingObserverSequence]
    assert names == ["Doe^Jane", "Roe^Max"]
    with pytest.raises(InvalidValueError, match="is_complete=True"):
        report().verify(OBSERVER)
    with pytest.raises(InvalidTypeError, match="observer"):
        first.verify("Doe^Jane")


def test_amending():
    first = report(is_complete=True, is_final=True).verify(OBSERVER)
    before = copy.deepcopy(first)
    second = first.amend(root(text("new"), name=FINDING), is_final=False)
    assert first == before
    assert second.tree["1.1"].value == "new"
    assert second.tree.root.name == FINDING
    assert (second.is_complete, second.is_final, second.is_verified) == (True, False, False)
    assert "VerifyingObserverSequence" not in second
    assert [each[2] for each in second.predecessors] == [first.SOPInstanceUID]
    assert second.get_evidence() == first.get_evidence()
    same = first.amend(is_complete=False)
    assert same.tree.to_dict() == first.tree.to_dict()
    assert not same.is_complete
    wrong = text()
    wrong.ContentSequence = sr.ContentSequence([text()])
    with pytest.raises(InvalidValueError, match=r"1\.1"):
        first.amend(root(wrong))


def test_amending_needs_evidence():
    first = report()
    stranger = phantom.ct_series(1, 8, 8)[0]
    stranger.SOPInstanceUID, stranger.SeriesInstanceUID = "1.2.3", "1.2"
    with pytest.raises(NotFoundError, match=r"1\.2\.3"):
        first.amend(root(reference(stranger)))
    with_evidence = first.amend(evidence=[stranger])
    assert with_evidence.get_evidence()[-1][2] == "1.2.3"
    assert with_evidence.tree.to_dict() == first.tree.to_dict()
    second = first.amend(root(reference(stranger)), evidence=[stranger])
    assert set(second.get_evidence()) - set(first.get_evidence()) == {
        (stranger.StudyInstanceUID, "1.2", "1.2.3", stranger.SOPClassUID)
    }


def test_evidence():
    images = list(phantom.ct_series(3, 8, 8))
    images[2].StudyInstanceUID, images[2].SeriesInstanceUID = "1.2.9", "1.2.9.1"
    document = sr.ComprehensiveSR(images, root(reference(images[2])))
    assert len(document.get_evidence()) == 3
    assert len(document.get_evidence(current_procedure_only=True)) == 2
    assert document.get_evidence_series() == [
        (images[0].StudyInstanceUID, images[0].SeriesInstanceUID),
        ("1.2.9", "1.2.9.1"),
    ]
    assert len(document.get_evidence_series(current_procedure_only=True)) == 1
    current, pertinent = sr.collect_evidence(images, document, "1.2.9")
    assert current[0].StudyInstanceUID == "1.2.9"
    assert pertinent[0].StudyInstanceUID == images[0].StudyInstanceUID
    unlisted = sr.ComprehensiveSR(images, root(text()), record_evidence=False)
    assert unlisted.get_evidence() == []
    with pytest.raises(NotFoundError):
        sr.collect_evidence(images[:2], document)
    previous = sr.ComprehensiveSR(images, root(text()), previous_versions=[document])
    assert [each[2] for each in previous.predecessors] == [document.SOPInstanceUID]


def test_identical_documents():
    documents = [report(), report()]
    documents[1].StudyInstanceUID = "1.2.9"
    before = [each.to_json() for each in documents]
    first, second = sr.list_identical(documents)
    assert [each.to_json() for each in documents] == before
    assert [each[0] for each in first.identical_documents] == ["1.2.9"]
    assert [each[2] for each in second.identical_documents] == [documents[0].SOPInstanceUID]
    assert first.SOPInstanceUID == documents[0].SOPInstanceUID
    assert type(first) is type(documents[0])
    assert "IdenticalDocumentsSequence" not in first.amend()
    with pytest.raises(InvalidValueError, match="same content"):
        sr.list_identical([documents[0], report(text("other"))])
