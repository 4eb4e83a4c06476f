"""Which items may be below which: what an IOD allows can be made, what it forbids is refused."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest

import iodkit as ik
from iodkit import sr
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr._cases import example_content, example_item
from iodkit_sr.constraints.tables import CONSTRAINTS
from iodkit_sr.constraints.violations import find_violations
from iodkit_sr.rules.relationships import check_relationships

TITLE = ik.CodedConcept("126000", "DCM", "Imaging Measurement Report")
KINDS = sorted({kind.value for kind in sr.ValueTypeValues} - {"NUMERIC", "TABLE"})
RELATIONSHIPS = sorted(each.value for each in sr.RelationshipTypeValues)
ROOT = "1.2.840.10008.5.1.4.1.1."
EXTENSIBLE = f"{ROOT}88.35"


EQUIPMENT = {
    "manufacturer": "Tests",
    "manufacturer_model_name": "pytest",
    "software_versions": "1",
    "device_serial_number": "7",
}


@dataclass(frozen=True)
class Table:
    """A table of the standard: its clause, value types, and what may be below what."""

    clause: str
    kinds: frozenset[str]
    by_reference: frozenset[str]
    allowed: frozenset[tuple[str, str, str]]


def cell(text):
    return [part.strip() for part in text.split(",")]


def read_table(block):
    """SOP Class UID and table; values that the text leaves to all types are written out."""
    head, types, references, *rows = block.splitlines()
    suffix, clause = head.split()
    allowed = set()
    for row in rows:
        source, relationship, target = (part.strip() for part in row.split("|"))
        sources = KINDS if source.startswith("any type") else cell(source)
        if source.endswith("(except CONTAINER)"):
            sources = [kind for kind in KINDS if kind != "CONTAINER"]
        allowed.update(itertools.product(sources, [relationship], cell(target)))
    named = types.partition("|")[2], references.partition("|")[2].replace("-", "")
    kinds, by_reference = (frozenset(filter(None, cell(text))) for text in named)
    return ROOT + suffix, Table(f"PS3.3 {clause}", kinds, by_reference, frozenset(allowed))


BLOCKS = Path(__file__).with_name("relationships.txt").read_text().strip().split("\n\n")[1:]
TABLES = dict(map(read_table, BLOCKS))
CREATED = [f"{ROOT}88.{number}" for number in ("11", "22", "33", "34")]


def test_every_class_has_its_table():
    """But for those that A.35 leaves to templates, and the trial ones, which are retired."""
    documents = {
        entry.sop_class_uid
        for entry in ik.registry.registry.entries()
        if entry.family in {"sr", "ko"}
    }
    without = {f"{ROOT}88.{number}" for number in ("1", "2", "3", "4", "35", "76", "77")}
    assert set(TABLES) == documents - without
    assert set(CONSTRAINTS) == set(TABLES) | {EXTENSIBLE}


@pytest.mark.parametrize("uid", sorted(TABLES))
def test_tables_are_those_of_the_standard(uid):
    table, ours = TABLES[uid], CONSTRAINTS[uid]
    assert ours.clause == table.clause
    assert ours.value_types >= table.kinds
    assert ours.value_types - table.kinds <= {target for _, _, target in table.allowed}
    assert ours.by_reference == table.by_reference
    assert ours.allowed == {each for each in table.allowed if each[0] in ours.value_types}


def test_nearly_everything_is_allowed_in_extensible_documents():
    for triple in itertools.product(KINDS, RELATIONSHIPS, KINDS):
        expected = triple[1] != "CONTAINS" or triple[0] == "CONTAINER"
        assert CONSTRAINTS[EXTENSIBLE].allows(*triple) == expected


@pytest.fixture(scope="module")
def everything():
    """A tree with every relationship between every two value types."""
    image = evidence()[0]
    below = []
    for source in KINDS:
        holder = example_item(source, "CONTAINS", image)
        holder.ContentSequence = sr.ContentSequence(
            [
                example_item(target, relationship, image)
                for relationship, target in itertools.product(RELATIONSHIPS, KINDS)
                if relationship != "CONTAINS" or source == "CONTAINER"
            ]
        )
        below.append(holder)
    root = sr.ContainerContentItem(TITLE)
    root.ContentSequence = sr.ContentSequence(below)
    return sr.ExtensibleSR(evidence(), root, **EQUIPMENT)


@pytest.mark.parametrize("uid", sorted(TABLES))
def test_every_combination(everything, uid):
    constraints = CONSTRAINTS[uid]
    bad = {violation.path for violation in find_violations(everything.tree, constraints)}
    for node in everything.tree:
        if node.depth == 2 and node.parent.value_type in constraints.value_types:
            triple = (node.parent.value_type, node.relationship_type, node.value_type)
            assert (node.path in bad) == (triple not in TABLES[uid].allowed), triple


@pytest.mark.parametrize("uid", CREATED)
def test_what_dciodvfy_is_shown_has_every_combination(uid):
    """The cases of the conformance kit, which asks dciodvfy, are of this content."""
    cls, images = ik.registry.registry.implementation(uid), evidence()
    tree = cls(images, example_content(CONSTRAINTS[uid], images[0])).tree
    shown = {
        (node.parent.value_type, node.relationship_type, node.value_type)
        for node in tree
        if node.depth
    }
    assert shown == CONSTRAINTS[uid].allowed


def report_with(source, relationship, target, images):
    holder = example_item(source, "CONTAINS", images[0])
    holder.ContentSequence = sr.ContentSequence([example_item(target, relationship, images[0])])
    root = sr.ContainerContentItem(TITLE)
    root.ContentSequence = sr.ContentSequence([holder])
    return root


def test_extensible_documents_name_their_equipment():
    root = sr.ContainerContentItem(TITLE)
    for name in EQUIPMENT:
        given = {key: value for key, value in EQUIPMENT.items() if key != name}
        with pytest.raises(MissingAttributeError, match=name):
            sr.ExtensibleSR(evidence(), root, **given)
    with ik.defaults(equipment=ik.Equipment(**EQUIPMENT)):
        sr.ExtensibleSR(evidence(), root)
    sr.Comprehensive3DSR(evidence(), root)


@pytest.mark.parametrize("uid", CREATED)
@pytest.mark.parametrize("source", KINDS)
def test_forbidden_ones_are_refused_with_their_clause(uid, source):
    cls = ik.registry.registry.implementation(uid)
    images = evidence()
    forbidden = [
        (relationship, target)
        for relationship, target in itertools.product(RELATIONSHIPS, KINDS)
        if (source, relationship, target) not in TABLES[uid].allowed
    ]
    # Every eleventh one as a document of its own; all of them are compared with the table above.
    for relationship, target in forbidden[::11]:
        with pytest.raises(InvalidValueError) as caught:
            cls(images, report_with(source, relationship, target, images))
        assert caught.value.clause == TABLES[uid].clause
        assert caught.value.attribute.startswith(("1.1.1 ", "1.1 "))


def test_the_rule_is_for_any_dataset(everything):
    assert list(check_relationships(everything)) == []
    plain = pydicom.Dataset.from_json(everything.to_json())
    plain.SOPClassUID = f"{ROOT}88.11"
    found = [each for each in ik.validate(plain).findings if each.code == "sr-relationship"]
    assert found
    assert {each.keyword for each in found} == {"ValueType", "RelationshipType"}
    assert {each.clause for each in found} == {"PS3.3 A.35.1.3.1.2"}
    assert list(check_relationships(pydicom.Dataset())) == []
    (rule,) = [
        rule for rule in ik.registry.registry.rules(EXTENSIBLE) if rule.code == "sr-relationship"
    ]
    assert ik.registry.registry.load(rule) is check_relationships


def test_findings_name_the_attribute_of_the_item():
    images = evidence()
    root = sr.ContainerContentItem(TITLE)
    root.ContentSequence = sr.ContentSequence(
        [example_item(kind, "CONTAINS", images[0]) for kind in ("TEXT", "CODE", "CONTAINER")]
    )
    document = sr.ComprehensiveSR(images, root)
    document.ContentSequence[2].RelationshipType = "HAS PROPERTIES"
    (found,) = ik.validate(document).errors
    assert found.path == "ContentSequence[3].RelationshipType"
    assert found.found == "CONTAINER HAS PROPERTIES CONTAINER"
    assert found.remedy.startswith("Item 1.3 of the document")


@pytest.mark.parametrize("uid", sorted(CONSTRAINTS))
@pytest.mark.parametrize("relationship", RELATIONSHIPS)
def test_relationships_by_reference(uid, relationship):
    """Each IOD says which relationships may be conveyed by reference."""
    images = evidence()
    reference = pydicom.Dataset()
    reference.RelationshipType = relationship
    reference.ReferencedContentItemIdentifier = [1, 1]
    source = "SCOORD" if relationship == "SELECTED FROM" else "CODE"
    target = "IMAGE" if relationship == "SELECTED FROM" else "TEXT"
    if relationship in {"CONTAINS", "HAS ACQ CONTEXT"}:
        source = "CONTAINER" if relationship == "CONTAINS" else "IMAGE"
    holder = example_item(source, "CONTAINS", images[0])
    root = sr.ContainerContentItem(TITLE)
    root.ContentSequence = sr.ContentSequence([example_item(target, "CONTAINS", images[0]), holder])
    document = sr.ExtensibleSR(images, root, **EQUIPMENT)
    below = [*(document.ContentSequence[1].get("ContentSequence") or ()), reference]
    document.ContentSequence[1].ContentSequence = pydicom.Sequence(below)
    wrong = [
        each
        for each in find_violations(document.tree, CONSTRAINTS[uid])
        if each.attribute == "ReferencedContentItemIdentifier"
    ]
    allowed = TABLES[uid].by_reference if uid in TABLES else RELATIONSHIPS
    assert [each.path for each in wrong] == (
        [] if relationship in allowed else [f"1.2.{len(below)}"]
    )
