"""The tree of content items: what it finds, that edits are seen, that broken bytes are named."""

import copy
import io
import pickle
import threading

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.charset import python_encoding
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement

import iodkit as ik
from iodkit import sr
from iodkit.errors import CorruptDataError, InvalidValueError, NotFoundError
from iodkit.testing import phantom
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr._cases import example_content
from iodkit_sr.constraints.tables import CONSTRAINTS

FINDING = sr.CodedConcept("121071", "DCM", "Finding")
TITLE = sr.CodedConcept("126000", "DCM", "Imaging Measurement Report")
MM = sr.CodedConcept("mm", "UCUM", "millimeter")
LENGTH = sr.CodedConcept("410668003", "SCT", "Length")
COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.33"


def text(value, relationship="CONTAINS", name=FINDING):
    return sr.TextContentItem(name, value, relationship)


def container(*items, relationship="CONTAINS", name=TITLE):
    new = sr.ContainerContentItem(name, relationship_type=relationship)
    if items:
        new.ContentSequence = sr.ContentSequence(items)
    return new


def report(*items, cls=sr.ComprehensiveSR, **options):
    return cls(evidence(), container(*items, relationship=None), manufacturer="x", **options)


def reread(document):
    buffer = io.BytesIO()
    document.save_as(buffer)
    return ik.read(buffer.getvalue())


def small():
    return report(
        text("one"),
        container(text("two"), sr.NumContentItem(LENGTH, 1.5, MM, relationship_type="CONTAINS")),
        sr.CodeContentItem(FINDING, LENGTH, "CONTAINS"),
    )


def walk(item, path=(1,)):
    yield path, item
    for number, below in enumerate(item.get("ContentSequence") or (), 1):
        yield from walk(below, (*path, number))


def assert_same_as_pydicom(document):
    """The index says what pydicom's own parsing of the file says."""
    buffer = io.BytesIO()
    document.save_as(buffer)
    plain = pydicom.dcmread(io.BytesIO(buffer.getvalue()))
    expected = list(walk(plain))
    nodes = list(ik.sr.srread(buffer.getvalue()).tree)
    assert [tuple(map(int, node.path.split("."))) for node in nodes] == [p for p, _ in expected]
    for node, (_, item) in zip(nodes, expected, strict=True):
        assert node.value_type == item.get("ValueType", "")
        assert node.relationship_type == item.get("RelationshipType", "")
        names = item.get("ConceptNameCodeSequence")
        assert (node.name is None) == (not names)
        if names:
            assert node.name == names[0]
            assert node.name.meaning == names[0].CodeMeaning
        if node.value_type == "TEXT":
            assert node.value == item.TextValue
        if node.value_type == "NUM" and item.MeasuredValueSequence:
            assert node.value == pytest.approx(float(item.MeasuredValueSequence[0].NumericValue))
            assert node.unit == item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]
        assert node.depth == len(node.path.split(".")) - 1


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"])
@pytest.mark.parametrize(
    "uid", [uid for uid in CONSTRAINTS if uid.endswith(("88.11", "88.22", "88.33", "88.34"))]
)
def test_index_equals_pydicoms_view(uid, syntax):
    cls = ik.registry.registry.implementation(uid)
    images = evidence()
    content = example_content(CONSTRAINTS[uid], images[0])
    assert_same_as_pydicom(cls(images, content, transfer_syntax_uid=syntax))


@pytest.mark.unvalidated("they lack evidence")
@pytest.mark.parametrize(
    "name", ["reportsi.dcm", "reportsi_with_empty_number_tags.dcm", "test-SR.dcm"]
)
def test_index_of_real_reports_equals_pydicoms_view(name):
    assert_same_as_pydicom(sr.srread(get_testdata_file(name)))


def test_select_and_paths():
    document = reread(small())
    assert document.tree.select(FINDING).paths == ["1.1", "1.2.1", "1.3"]
    assert document.tree.select(FINDING, "TEXT").values == ["one", "two"]
    assert document.tree.select(value_type=sr.ValueTypeValues.NUM, under="1.2").values == [1.5]
    assert (
        document.tree.select(under=TITLE, relationship_type="CONTAINS", name=LENGTH)[0].unit == MM
    )
    assert document.tree["1.2.1"].item.value == "two"
    assert document.tree["1.2"].children.paths == ["1.2.1", "1.2.2"]
    assert document.tree["1.2.2"].parent == document.tree["1.2"]
    assert document.find(LENGTH)[0].value == 1.5
    with pytest.raises(NotFoundError, match=r"1\.2\.9"):
        document.tree["1.2.9"]
    for bad in ("", "2.1", "1.x", "1.0"):
        with pytest.raises(InvalidValueError):
            document.tree[bad]


def test_nothing_is_decoded_until_an_item_is_asked_for():
    document = reread(small())
    assert document.tree.select(FINDING).values
    assert isinstance(document.get_item("ContentSequence"), RawDataElement)
    item = document.tree["1.2.1"].item
    siblings = document.ContentSequence[1].ContentSequence._list
    assert [type(each).__name__ for each in siblings] == ["TextContentItem", "EncodedItem"]
    assert item is siblings[0]


def test_edits_are_seen_by_index_and_file():
    document = reread(small())
    document.tree["1.2.1"].item.TextValue = "geändert"
    document.content[0].ContentSequence.append(text("new"))
    del document.ContentSequence[2]
    for each in (document, reread(document)):
        assert each.tree.select(FINDING, "TEXT").values == ["one", "geändert", "new"]
        assert each.tree.select(value_type="CODE").values == []
    document.content[0].ConceptNameCodeSequence = [LENGTH]
    assert document.tree.root.name == LENGTH
    document.content[0].ContinuityOfContent = "SEPARATE"
    assert document.ContinuityOfContent == "SEPARATE"
    stale = document.tree["1.3"]
    document.ContentSequence = []
    with pytest.raises(NotFoundError):
        _ = stale.item


def test_given_content_is_neither_changed_nor_followed():
    content = container(text("one"), relationship=None)
    before = copy.deepcopy(content)
    document = sr.ComprehensiveSR(evidence(), content)
    content.ContentSequence[0].TextValue = "later"
    assert document.tree["1.1"].value == "one"
    document.tree["1.1"].item.TextValue = "edited"
    document.ConceptNameCodeSequence[0].CodeMeaning = "edited"
    before.ContentSequence[0].TextValue = "later"
    assert content == before


def test_copies_are_independent():
    document = reread(small())
    assert document.tree["1.1"].item
    for twin in (copy.deepcopy(document), pickle.loads(pickle.dumps(document))):
        twin.tree["1.1"].item.TextValue = "other"
        assert document.tree["1.1"].value == "one"
        assert twin.tree["1.1"].value == "other"
        twin.tree["1.1"].item.TextValue = "one"
        assert twin == document
    again = type(document).from_json(document.to_json())
    assert again.tree.select(FINDING, "TEXT").values == ["one", "two"]


def test_character_set_change_keeps_text():
    document = reread(report(text("Größe"), specific_character_set="ISO_IR 100"))
    document.SpecificCharacterSet = "ISO_IR 192"
    assert document.tree["1.1"].value == "Größe"
    assert reread(document).tree["1.1"].value == "Größe"


CHARACTER_SETS = [
    ("ISO_IR 13", "ﾔﾏﾀﾞ"),
    ("ISO_IR 100", "Größe"),
    ("ISO_IR 101", "Dvořák"),
    ("ISO_IR 109", "Ĥeliĝo"),
    ("ISO_IR 110", "Ģertrūde"),
    ("ISO_IR 148", "Şengül"),
    ("ISO_IR 192", "Größe 山田 김희중 🩻"),
    ("GBK", "王小东"),
    (["", "ISO 2022 IR 159"], "鷗"),
    (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ 山田"),
    (["ISO 2022 IR 6", "ISO 2022 IR 100"], "Größe"),
    (["ISO 2022 IR 6", "ISO 2022 IR 101"], "Dvořák"),
    (["ISO 2022 IR 6", "ISO 2022 IR 109"], "Ĥeliĝo"),
    (["ISO 2022 IR 6", "ISO 2022 IR 110"], "Ģertrūde"),
    (["ISO 2022 IR 6", "ISO 2022 IR 126"], "Διονυσιος"),
    (["ISO 2022 IR 6", "ISO 2022 IR 127"], "قباني"),
    (["ISO 2022 IR 6", "ISO 2022 IR 138"], "שרון"),
    (["ISO 2022 IR 6", "ISO 2022 IR 144"], "Люкceмбypг"),
    (["ISO 2022 IR 6", "ISO 2022 IR 148"], "Şengül"),
    (["ISO 2022 IR 6", "ISO 2022 IR 166"], "ภาษาไทย"),
    ("ISO_IR 144", "Люкceмбypг"),
    ("ISO_IR 126", "Διονυσιος"),
    ("ISO_IR 127", "قباني"),
    ("ISO_IR 138", "שרון"),
    ("ISO_IR 166", "ภาษาไทย"),
    ("GB18030", "王小东"),
    (["", "ISO 2022 IR 87"], "山田"),
    (["", "ISO 2022 IR 149"], "김희중"),
    (["", "ISO 2022 IR 58"], "第一行文字"),
]


def test_these_are_all_character_sets():
    """Those of PS3.3 C.12.1.1.2 that pydicom knows; its misspelled ones apart."""
    used = {
        term
        for terms, _ in CHARACTER_SETS
        for term in ([terms] if isinstance(terms, str) else terms)
    }
    assert set(python_encoding) - used == {"ISO 2022 58", "ISO 2022 GBK", "ISO_IR 6"}


@pytest.mark.parametrize(("charset", "value"), CHARACTER_SETS)
def test_text_in_every_character_set(charset, value):
    name = sr.CodedConcept("1", "99ACME", value)
    document = reread(report(text(value, name=name), specific_character_set=charset))
    assert document.tree["1.1"].value == value
    assert document.tree["1.1"].name.meaning == value
    item = document.content[0].ContentSequence[0]
    assert (item.value, item.name.meaning) == (value, value)
    # pydicom leaves the escape sequences of this one in what it reads.
    if "ISO 2022 IR 58" not in charset:
        assert_same_as_pydicom(document)


def test_threads_get_the_same_items():
    document = reread(report(*(text(str(number)) for number in range(200))))
    found, barrier = [], threading.Barrier(8)

    def run():
        barrier.wait()
        found.append(list(document.ContentSequence))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(a is b for other in found[1:] for a, b in zip(found[0], other, strict=True))


def test_depth_of_100():
    inner = text("deep")
    for _ in range(98):
        inner = container(inner)
    document = reread(report(inner))
    assert document.tree.select(FINDING).values == ["deep"]
    assert document.tree.select(FINDING)[0].depth == 99
    assert document.tree.select(FINDING)[0].item.value == "deep"


def undefined_lengths(dataset):
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                undefined_lengths(item)


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"]
)
def test_files_of_other_programs(syntax):
    """Undefined lengths, big endian: what pydicom writes of it is read the same."""
    buffer = io.BytesIO()
    small().save_as(buffer)
    plain = pydicom.dcmread(io.BytesIO(buffer.getvalue()))
    undefined_lengths(plain)
    plain.file_meta.TransferSyntaxUID = syntax
    other = io.BytesIO()
    little = not syntax.endswith("2.2")
    pydicom.dcmwrite(
        other,
        plain,
        implicit_vr=syntax == "1.2.840.10008.1.2",
        little_endian=little,
        force_encoding=True,
    )
    document = sr.srread(other.getvalue())
    assert document.tree.select(FINDING, "TEXT").values == ["one", "two"]
    assert document.tree["1.2.2"].value == 1.5
    assert document.tree["1.2.2"].item.unit == MM
    document.tree["1.2.1"].item.TextValue = "edited"
    assert document.tree["1.2.1"].value == "edited"
    assert document.tree["1.2.2"].value == 1.5


def broken(change):
    buffer = io.BytesIO()
    small().save_as(buffer)
    document = sr.srread(buffer.getvalue())
    raw = document.get_item("ContentSequence")
    document["ContentSequence"] = raw._replace(value=change(raw.value))
    return document


def test_broken_bytes_are_named_with_the_path():
    with pytest.raises(CorruptDataError, match=r"1\."):
        broken(lambda value: value[:-3]).tree.select()
    with pytest.raises(CorruptDataError, match=r"item 1\.1"):
        broken(lambda value: value[:4] + b"\xff\xff\xff\x0f" + value[8:]).tree.select()


@pytest.mark.filterwarnings("ignore:Failed to decode byte string")
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_damaged_bytes_give_an_error_of_ours_or_a_tree(data):
    whole = small().get_item("ContentSequence").value
    position = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255))
    document = broken(lambda value: value[:position] + bytes([byte]) + value[position + 1 :])
    try:
        nodes = list(document.tree)
    except CorruptDataError:
        return
    for node in nodes:
        node.path, node.name, node.value_type, node.unit  # noqa: B018


trees = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20).filter(
        str.strip
    ),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=25,
)


def to_item(tree):
    if isinstance(tree, str):
        return text(tree.strip())
    return container(*map(to_item, tree))


@given(st.lists(trees, max_size=4))
@settings(deadline=None, max_examples=40)
def test_any_tree_survives(items):
    document = report(*map(to_item, items))
    assert_same_as_pydicom(document)
    assert reread(document) == document


def by_reference(path, relationship="INFERRED FROM"):
    item = sr.ContentItem.__new__(sr.ContentItem)
    item.__dict__.update(pydicom.Dataset().__dict__)
    item.RelationshipType = relationship
    item.ReferencedContentItemIdentifier = path
    return item


def with_reference(path):
    first = text("conclusion")
    first.ContentSequence = sr.ContentSequence([by_reference(path)])
    return first


def test_relationships_by_reference_lead_to_their_target():
    document = reread(report(with_reference([1, 2, 1]), container(text("reason"))))
    node = document.tree["1.1.1"]
    assert node.is_reference
    assert node.target.path == "1.2.1"
    assert node.target.value == "reason"
    assert not node.target.is_reference


@pytest.mark.parametrize("path", [[1, 1], [1], [1, 1, 1]])
def test_references_to_what_is_above_are_refused(path):
    with pytest.raises(InvalidValueError, match=r"1\.1\.1"):
        report(with_reference(path))


def test_references_in_a_circle_are_refused_with_their_paths():
    with pytest.raises(InvalidValueError, match="circle") as caught:
        report(with_reference([1, 2]), with_reference([1, 1]))
    assert "1.1.1 → 1.2.1 → 1.1.1" in str(caught.value)


def test_references_to_nothing_are_refused():
    with pytest.raises(NotFoundError):
        report(with_reference([1, 7]))


def test_documents_without_references_refuse_them():
    with pytest.raises(InvalidValueError, match="by reference"):
        report(with_reference([1, 2]), text("two"), cls=sr.EnhancedSR)


def test_retired_codes_equal_current_ones():
    old = sr.CodedConcept("T-62000", "SRT", "Liver")
    document = reread(report(text("x", name=old)))
    assert document.tree.select(ik.codes.SCT.Liver).values == ["x"]


def test_phantom_study_is_the_documents_study():
    assert small().StudyInstanceUID == phantom.ct_series(1, 8, 8)[0].StudyInstanceUID
