"""Every class of documents is read; documents that are off are read, too, and said to be off."""

import io
import json

import pydicom
import pytest
from pydicom._uid_dict import UID_dictionary

import iodkit as ik
from iodkit import ko, sr
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr._cases import example_content
from iodkit_sr.constraints.tables import CONSTRAINTS

FINDING = sr.CodedConcept("121071", "DCM", "Finding")
LENGTH = sr.CodedConcept("410668003", "SCT", "Length")
MM = sr.CodedConcept("mm", "UCUM", "millimeter")
ROOT = "1.2.840.10008.5.1.4.1.1."
# What PS3.4 B.5 has under the roots of documents, as pydicom's dictionary knows them.
CLASSES = sorted(
    uid
    for uid in UID_dictionary
    if uid.startswith(f"{ROOT}88.") or uid in {f"{ROOT}78.6", f"{ROOT}79.1"}
)
CREATED = [
    sr.BasicTextSR,
    sr.EnhancedSR,
    sr.ComprehensiveSR,
    sr.Comprehensive3DSR,
    sr.ExtensibleSR,
]


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=ik.Equipment("Tests", "pytest", "1", "7")):
        yield


def report():
    section = sr.ContainerContentItem(LENGTH, relationship_type="CONTAINS", template_id="1501")
    section.ContentSequence = sr.ContentSequence(
        [
            sr.NumContentItem(LENGTH, 1.5, MM, relationship_type="CONTAINS"),
            sr.TextContentItem(FINDING, "text", "CONTAINS"),
        ]
    )
    root = sr.ContainerContentItem(FINDING, template_id="1500")
    root.ContentSequence = sr.ContentSequence(
        [section, sr.CodeContentItem(FINDING, LENGTH, "CONTAINS")]
    )
    return sr.ComprehensiveSR(evidence(), root, is_complete=True)


def encode(dataset):
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


def assert_readable(document):
    assert len(document.to_text().splitlines()) >= len(document.tree)
    assert document.to_html().startswith("<!DOCTYPE html>")
    assert json.loads(document.tree.to_json()) == document.to_dict()
    assert document.to_columns()["path"] == [node.path for node in document.tree]
    for node in document.tree:
        assert node.item.get("ValueType", "") == node.value_type


def test_there_are_classes():
    assert len(CLASSES) >= 26


@pytest.mark.unvalidated("not every IOD allows this content")
@pytest.mark.parametrize("uid", CLASSES)
def test_every_class_is_read(uid):
    document = report()
    before = document.to_dict()
    document.SOPClassUID = document.file_meta.MediaStorageSOPClassUID = uid
    data = encode(document)
    for read in (sr.srread, ik.read):
        found = read(data)
        assert isinstance(found, sr.SRDocument)
        assert found.to_dict() == before
        assert found.find(LENGTH)[1].value == 1.5
        assert_readable(found)


@pytest.mark.parametrize("cls", CREATED, ids=lambda cls: cls.__name__)
def test_the_json_model_of_dicom_gives_the_same_document(cls):
    uid = str(cls._sop_class_uid)
    images = evidence()
    step = 11 if cls is sr.ExtensibleSR else 1
    document = cls(images, example_content(CONSTRAINTS[uid], images[0], step))
    again = cls.from_json(document.to_json())
    assert type(again) is cls
    assert again.to_dict() == document.to_dict()
    plain = pydicom.Dataset.from_json(document.to_json())
    assert plain.to_json_dict() == again.to_json_dict() == document.to_json_dict()
    assert cls.from_dataset(plain).to_dict() == document.to_dict()


def test_the_json_model_of_selections():
    images = evidence()[:2]
    title = sr.CodedConcept("113000", "DCM", "Of Interest")
    document = ko.KeyObjectSelectionDocument(images, ko.KeyObjectSelection(title, images))
    again = ko.KeyObjectSelectionDocument.from_json(document.to_json())
    assert again.to_json_dict() == document.to_json_dict()
    assert len(again.content.get_references()) == 2


def section(dataset):
    return dataset.ContentSequence[0]


def number(dataset):
    return section(dataset).ContentSequence[0]


def name(item):
    return item.ConceptNameCodeSequence[0]


def retire(dataset):
    name(section(dataset)).CodeValue = "G-D7FE"
    name(section(dataset)).CodingSchemeDesignator = "SRT"


def forget_number(dataset):
    del number(dataset).MeasuredValueSequence[0].NumericValue
    number(dataset).MeasuredValueSequence[0].pop("FloatingPointValue", None)


def change(target, keyword, value):
    return lambda dataset: setattr(target(dataset), keyword, value)


def remove(target, keyword):
    return lambda dataset: delattr(target(dataset), keyword)


def whole(dataset):
    return dataset


NUMBER = "ContentSequence[1].ContentSequence[1].MeasuredValueSequence[1]"
OFF = {
    "a template that nobody knows": (
        change(lambda d: d.ContentTemplateSequence[0], "TemplateIdentifier", "99999"),
        None,
    ),
    "a template without identifier": (
        remove(lambda d: d.ContentTemplateSequence[0], "TemplateIdentifier"),
        ("attribute-missing", "ContentTemplateSequence[1].TemplateIdentifier"),
    ),
    "no template": (remove(whole, "ContentTemplateSequence"), None),
    "another order": (
        lambda d: setattr(d, "ContentSequence", list(reversed(d.ContentSequence))),
        None,
    ),
    "a retired code": (retire, ("sr-retired-code", "ContentSequence[1].ConceptNameCodeSequence")),
    "a private coding scheme": (
        change(lambda d: name(section(d)), "CodingSchemeDesignator", "99VENDOR"),
        None,
    ),
    "no measured value": (
        change(number, "MeasuredValueSequence", []),
        ("sr-value", "ContentSequence[1].ContentSequence[1].MeasuredValueSequence"),
    ),
    "a measured value without number": (
        forget_number,
        ("sr-value", f"{NUMBER}.NumericValue"),
    ),
    "a measured value without unit": (
        change(lambda d: number(d).MeasuredValueSequence[0], "MeasurementUnitsCodeSequence", []),
        (
            "sr-value",
            f"{NUMBER}.MeasurementUnitsCodeSequence",
        ),
    ),
    "an empty content sequence": (
        change(section, "ContentSequence", []),
        ("sr-value", "ContentSequence[1].ContentSequence"),
    ),
    "an empty name": (
        change(number, "ConceptNameCodeSequence", []),
        ("sr-name", "ContentSequence[1].ContentSequence[1].ConceptNameCodeSequence"),
    ),
    "an empty code": (
        change(lambda d: d.ContentSequence[1], "ConceptCodeSequence", []),
        ("sr-value", "ContentSequence[2].ConceptCodeSequence"),
    ),
    "no content": (remove(whole, "ContentSequence"), None),
    "no value type": (remove(section, "ValueType"), ("sr-value", "ContentSequence[1].ValueType")),
    "an unknown value type": (
        change(section, "ValueType", "HOLOGRAM"),
        ("sr-value", "ContentSequence[1].ValueType"),
    ),
    "a table": (
        change(section, "ValueType", "TABLE"),
        ("sr-relationship", "ContentSequence[1].ValueType"),
    ),
    "no relationship": (
        remove(section, "RelationshipType"),
        ("sr-relationship", "ContentSequence[1].RelationshipType"),
    ),
    "an unknown relationship": (
        change(section, "RelationshipType", "LIKES"),
        ("sr-relationship", "ContentSequence[1].RelationshipType"),
    ),
    "no continuity": (
        remove(section, "ContinuityOfContent"),
        ("sr-value", "ContentSequence[1].ContinuityOfContent"),
    ),
    "an unknown continuity": (
        change(section, "ContinuityOfContent", "MAYBE"),
        ("sr-value", "ContentSequence[1].ContinuityOfContent"),
    ),
    "a meaning that is too long": (
        change(lambda d: name(section(d)), "CodeMeaning", "y" * 70),
        ("value-length", "ContentSequence[1].ConceptNameCodeSequence[1].CodeMeaning"),
    ),
    "a code value that is too long": (
        change(lambda d: name(section(d)), "CodeValue", "1" * 20),
        ("value-length", "ContentSequence[1].ConceptNameCodeSequence[1].CodeValue"),
    ),
}


@pytest.mark.unvalidated("they are off on purpose")
@pytest.mark.filterwarnings("ignore:.*maximum length:UserWarning")
@pytest.mark.parametrize("case", OFF)
def test_any_document_is_read_and_what_is_off_is_said(case):
    damage, expected = OFF[case]
    plain = pydicom.dcmread(io.BytesIO(encode(report())))
    damage(plain)
    document = sr.srread(encode(plain))
    assert_readable(document)
    found = ik.validate(document)
    if expected is None:
        # That conditions cannot be decided is said of every document.
        assert {each.code for each in found.findings} <= {"condition-undecided"}
    else:
        assert expected in [(each.code, each.path) for each in found.findings]


@pytest.mark.unvalidated("the IOD has no tables")
def test_items_of_unknown_types_keep_what_they_have():
    document = report()
    document.ContentSequence[1].ValueType = "TABLE"
    node = sr.srread(encode(document)).tree["1.2"]
    assert node.item.value_type is sr.ValueTypeValues.TABLE
    assert node.item.ConceptCodeSequence[0] == LENGTH
    assert node.name == FINDING
