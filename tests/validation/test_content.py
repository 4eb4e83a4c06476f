"""Of many content items few are looked at, and what is found is the same as if all were."""

from __future__ import annotations

import copy
import io
import random

import pytest
from pydicom import config, dcmread
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

import iodkit as ik
from iodkit import sr
from iodkit.attributes.tables import tables_for
from iodkit.testing import phantom
from iodkit.validation import subject, validating
from iodkit.validation.tables.decisive import decisive_paths

CONTAINS = "CONTAINS"
NAMES = [ik.CodedConcept(str(n), "99TEST", f"Name {n}") for n in range(6)]
MM = ik.codes.UCUM.Millimeter
IMAGES = list(phantom.ct_series(4, 8, 8))


def group(number):
    image = IMAGES[number % 4]
    uid = image.SOPInstanceUID
    items = [
        sr.UIDRefContentItem(NAMES[0], f"1.2.3.{number}", "HAS OBS CONTEXT"),
        sr.PnameContentItem(NAMES[1], f"Doe^Jane{number}", "HAS OBS CONTEXT"),
        sr.CodeContentItem(NAMES[2], NAMES[number % 5], CONTAINS),
        sr.NumContentItem(NAMES[3], number, MM, relationship_type=CONTAINS),
        sr.NumContentItem(NAMES[4], number / 7, MM, relationship_type=CONTAINS),
        sr.TextContentItem(NAMES[5], f"text {number} " + "é" * (number % 3), CONTAINS),
        sr.DateTimeContentItem(NAMES[5], f"202001{number % 28 + 1:02}", CONTAINS),
        sr.ImageContentItem(NAMES[0], image.SOPClassUID, uid, None, None, CONTAINS),
    ]
    inner = sr.ScoordContentItem(
        NAMES[1], "POLYLINE", [[1, 2], [3, 4], [number, 5]], relationship_type=CONTAINS
    )
    inner.ContentSequence = sr.ContentSequence(
        [sr.ImageContentItem(NAMES[0], image.SOPClassUID, uid, [1], None, "SELECTED FROM")]
    )
    found = sr.ContainerContentItem(NAMES[number % 2], False, "1411", CONTAINS)
    found.ContentSequence = sr.ContentSequence([*items[: 6 + number % 3], inner])
    return found


def report(groups=10):
    root = sr.ContainerContentItem(NAMES[0], False)
    root.ContentSequence = sr.ContentSequence([group(number) for number in range(groups)])
    with ik.defaults(equipment=ik.Equipment("Tests", "Content", "1", "1")):
        return sr.Comprehensive3DSR(IMAGES, root, "1.2.3", 1, "1.2.3.4", 1)


def set_raw(item, keyword, vr, value):
    tag = Tag(keyword)
    item._dict[tag] = DataElement(tag, vr, value, validation_mode=config.IGNORE)


def everything_in(item):
    """An item and all items of sequences in it."""
    yield item
    for element in list(item):
        if element.VR == "SQ":
            for inner in element.value:
                yield from everything_in(inner)


def delete(item, chance):
    tags = list(item.keys())
    if tags:
        del item[chance.choice(tags)]


def empty(item, chance):
    tags = list(item.keys())
    if tags:
        element = item[chance.choice(tags)]
        element.value = [] if element.VR == "SQ" else None


def repeat(item, chance):
    for element in item:
        if element.VR == "SQ" and element.value:
            element.value.insert(0, copy.deepcopy(chance.choice(list(element.value))))


WRONG = [
    ("TextValue", "UT", "a\x01b"),
    ("TextValue", "UT", "   "),
    ("TextValue", "LO", "other VR"),
    ("NumericValue", "DS", "1\\2"),
    ("NumericValue", "DS", "77777777"),
    ("NumericValue", "DS", "1.2345678901234567890"),
    ("CodeValue", "SH", "x" * 17),
    ("CodingSchemeDesignator", "SH", "SRT"),
    ("CodeMeaning", "LO", "y" * 65),
    ("ValueType", "CS", "WRONG"),
    ("RelationshipType", "CS", "WRONG"),
    ("ContinuityOfContent", "CS", "WRONG"),
    ("PatientName", "PN", "Doe^John"),
    ("SpecificCharacterSet", "CS", "ISO_IR 100"),
    ("UID", "UI", "1.02.3"),
    ("UID", "UI", ["1.2.3", "1.2.4"]),
    ("PersonName", "PN", "z" * 65),
    ("DateTime", "DT", "20201301"),
    ("ReferencedSOPInstanceUID", "UI", "1.2.3.4"),
    ("ReferencedSOPInstanceUID", "UI", "1.2.3.4.99"),
    ("ReferencedFrameNumber", "IS", ["1", "2"]),
    ("MappingResource", "CS", ""),
    ("TemplateIdentifier", "CS", "A"),
    ("GraphicData", "FL", [1.0, 2.0, 3.0]),
    ("RationalNumeratorValue", "SL", 7),
]


def mutate(dataset, chance, count):
    for _ in range(count):
        items = [each for top in dataset.ContentSequence for each in everything_in(top)]
        item = chance.choice(items)
        kind = chance.randrange(9)
        if kind < 3:
            (delete, empty, repeat)[kind](item, chance)
            continue
        keyword, vr, value = chance.choice(WRONG)
        # Also the same fault in several items.
        having = [each for each in items if keyword in each] or [item]
        for each in chance.sample(having, min(len(having), chance.choice((1, 1, 5)))):
            set_raw(each, keyword, vr, value)


def mark_undefined(dataset):
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                mark_undefined(item)


def encoded(dataset, syntax=ExplicitVRLittleEndian, *, undefined=False):
    if undefined:
        mark_undefined(dataset)
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    implicit = syntax == ImplicitVRLittleEndian
    dataset.save_as(buffer, implicit_vr=implicit, little_endian=True)
    # pydicom makes no decimal string that is none.
    return buffer.getvalue().replace(b"77777777", b"7777x777")


def findings(content, monkeypatch, size):
    monkeypatch.setattr(subject, "_MUCH_CONTENT", size)
    assert (validating.open_subject(content)._content is None) is (size > 0)
    return ik.validate(content).findings


@pytest.fixture(scope="module")
def good():
    buffer = io.BytesIO()
    report().save_as(buffer)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def _anything_can_be_written(monkeypatch):
    monkeypatch.setattr(config.settings, "_writing_validation_mode", config.IGNORE)
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.IGNORE)


@pytest.mark.parametrize("seed", range(30))
def test_mutants_give_the_same_findings(good, seed, monkeypatch):
    chance = random.Random(seed)
    dataset = dcmread(io.BytesIO(good))
    mutate(dataset, chance, chance.choice((2, 8, 24)))
    has_own = b"ISO_IR 100" in (
        content := encoded(
            dataset,
            chance.choice((ExplicitVRLittleEndian, ImplicitVRLittleEndian)),
            undefined=chance.random() < 0.3,
        )
    )
    whole = findings(content, monkeypatch, 1 << 40)
    if has_own:
        assert validating.open_subject(content)._content is None
        monkeypatch.setattr(subject, "_MUCH_CONTENT", 0)
        assert ik.validate(content).findings == whole
        return
    assert findings(content, monkeypatch, 0) == whole


def test_mutants_have_findings_of_many_kinds(good):
    codes = set()
    for seed in range(30):
        chance = random.Random(seed)
        dataset = dcmread(io.BytesIO(good))
        mutate(dataset, chance, chance.choice((2, 8, 24)))
        codes |= {each.code for each in ik.validate(encoded(dataset)).findings}
    assert codes >= {
        "attribute-missing",
        "attribute-empty",
        "attribute-unexpected",
        "attribute-vm",
        "attribute-vr",
        "code-incomplete",
        "item-count",
        "template-unidentified",
        "value-characters",
        "value-length",
        "sr-relationship",
        "sr-value",
    }


def test_few_items_are_looked_at(good, monkeypatch):
    monkeypatch.setattr(subject, "_MUCH_CONTENT", 0)
    small = len(validating.open_subject(good).items)
    buffer = io.BytesIO()
    report(200).save_as(buffer)
    large = validating.open_subject(buffer.getvalue())
    assert len(large.items) < small * 2
    assert len(dcmread(io.BytesIO(buffer.getvalue())).ContentSequence) == 200
    # Paths are those in the object, and where an instance is first referred to is among them.
    paths = [path for path, item in large.items if "ReferencedSOPInstanceUID" in item]
    assert any(path.startswith("ContentSequence[4]") for path in paths)


def test_faults_in_all_items_are_counted(good, monkeypatch):
    dataset = dcmread(io.BytesIO(good))
    for top in dataset.ContentSequence:
        for item in top.ContentSequence:
            if item.ValueType == "CODE":
                item.ConceptCodeSequence[0].CodeMeaning = ""
    found = [e for e in findings(encoded(dataset), monkeypatch, 0) if e.code == "attribute-empty"]
    assert [(each.count, each.path) for each in found] == [
        (10, "ContentSequence[1].ContentSequence[3].ConceptCodeSequence[1].CodeMeaning")
    ]


def test_other_forms_are_looked_at_as_a_whole(good, monkeypatch):
    monkeypatch.setattr(subject, "_MUCH_CONTENT", 0)
    dataset = dcmread(io.BytesIO(good))
    value = dataset.get_item("ContentSequence").value
    whole = ik.validate(dataset).findings
    tag = Tag("ContentSequence")
    for damaged in (value[:-3], b"\xfe\xff\x00\xe0\x04\0\0\0\x40\0\x30\xa0", value[:20] + value):
        dataset[tag] = RawDataElement(tag, "SQ", len(damaged), damaged, 0, False, True)
        assert ik.validate(dataset).findings != whole
    dataset = dcmread(io.BytesIO(good))
    assert dataset.ContentSequence[0].ValueType == "CONTAINER"  # decoded
    assert ik.validate(dataset).findings == whole


def test_values_that_conditions_look_at_are_found():
    paths = decisive_paths(tables_for("1.2.840.10008.5.1.4.1.1.88.33"))
    assert ("ValueType",) in paths
    assert ("GraphicType",) in paths
    assert ("TextValue",) not in paths
    # No condition looks into the content from outside: it could not be reduced.
    assert not any("ContentSequence" in path for path in paths)


def test_content_stays_whole_where_conditions_look_into_it(good, monkeypatch):
    from iodkit.validation import reducing

    monkeypatch.setattr(subject, "_MUCH_CONTENT", 0)
    paths = frozenset([("ContentSequence", "ValueType")])
    monkeypatch.setattr(reducing, "decisive_paths", lambda _: paths)
    assert validating.open_subject(good)._content is None


def test_the_object_is_not_changed(good, monkeypatch):
    monkeypatch.setattr(subject, "_MUCH_CONTENT", 0)
    dataset = dcmread(io.BytesIO(good))
    tag = Tag("ContentSequence")
    before = dataset._dict[tag]
    assert isinstance(before, RawDataElement)
    ik.validate(dataset)
    assert dataset._dict[tag] is before


@pytest.mark.parametrize("number", [1, 2])
def test_content_without_items_is_found(good, number, monkeypatch):
    dataset = dcmread(io.BytesIO(good))
    dataset.ContentSequence[number].ContentSequence = []
    content = encoded(dataset)
    whole = findings(content, monkeypatch, 1 << 40)
    path = f"ContentSequence[{number + 1}].ContentSequence"
    assert [each.code for each in whole if each.path == path] == ["sr-value"]
    assert findings(content, monkeypatch, 0) == whole
