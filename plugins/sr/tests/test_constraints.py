"""Which items may be below which: what an IOD allows can be made, what it forbids is refused."""

import itertools

import pytest

import iodkit as ik
from iodkit import sr
from iodkit.errors import InvalidValueError
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr._cases import example_item
from iodkit_sr.constraints.tables import CONSTRAINTS
from iodkit_sr.constraints.violations import find_violations
from iodkit_sr.rules.relationships import check_relationships

TITLE = ik.CodedConcept("126000", "DCM", "Imaging Measurement Report")
KINDS = sorted(kind.value for kind in sr.ValueTypeValues if kind.value != "NUMERIC")
RELATIONSHIPS = sorted(each.value for each in sr.RelationshipTypeValues)
EXTENSIBLE = "1.2.840.10008.5.1.4.1.1.88.35"

S = "TEXT CODE DATETIME DATE TIME UIDREF PNAME"
N = f"{S} NUM"
OBJECTS = "COMPOSITE IMAGE WAVEFORM"
C = "SCOORD TCOORD"
# Tables A.35.1-2, A.35.2-2, A.35.3-2 and A.35.13-2 of PS3.3, row by row.
BASIC = [
    ("CONTAINER", "CONTAINS", f"{S} {OBJECTS} CONTAINER"),
    ("CONTAINER", "HAS OBS CONTEXT", f"{S} COMPOSITE"),
    (f"CONTAINER {OBJECTS}", "HAS ACQ CONTEXT", S),
    (f"{S} {OBJECTS} CONTAINER", "HAS CONCEPT MOD", "TEXT CODE"),
    ("TEXT", "HAS PROPERTIES", f"{S} {OBJECTS}"),
    ("PNAME", "HAS PROPERTIES", S),
    ("TEXT", "INFERRED FROM", f"{S} {OBJECTS}"),
]


def measured(spatial, nested):
    return [
        ("CONTAINER", "CONTAINS", f"{N} {C} {spatial} {OBJECTS} CONTAINER"),
        ("TEXT CODE NUM CONTAINER", "HAS OBS CONTEXT", f"{N} COMPOSITE"),
        (f"CONTAINER {OBJECTS} NUM", "HAS ACQ CONTEXT", f"{N} CONTAINER"),
        (f"{N} {C} {spatial} {OBJECTS} CONTAINER", "HAS CONCEPT MOD", "TEXT CODE"),
        ("TEXT CODE NUM", "HAS PROPERTIES", f"{N} {C} {spatial} {OBJECTS} {nested}"),
        ("PNAME", "HAS PROPERTIES", S),
        ("TEXT CODE NUM", "INFERRED FROM", f"{N} {C} {spatial} {OBJECTS} {nested}"),
        ("SCOORD", "SELECTED FROM", "IMAGE"),
        ("TCOORD", "SELECTED FROM", f"SCOORD {spatial} IMAGE WAVEFORM"),
    ]


TABLES = {
    "11": BASIC,
    "22": measured("", ""),
    "33": measured("", "CONTAINER"),
    "34": measured("SCOORD3D", "CONTAINER"),
}


def expected(number):
    return {
        triple
        for sources, relationship, targets in TABLES[number]
        for triple in itertools.product(sources.split(), [relationship], targets.split())
    }


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
    return sr.ExtensibleSR(evidence(), root)


@pytest.mark.parametrize("number", sorted(TABLES))
def test_every_combination(everything, number):
    constraints = CONSTRAINTS[f"1.2.840.10008.5.1.4.1.1.88.{number}"]
    allowed = expected(number)
    bad = {violation.path for violation in find_violations(everything.tree, constraints)}
    for node in everything.tree:
        if node.depth == 2:
            triple = (node.parent.value_type, node.relationship_type, node.value_type)
            assert (node.path in bad) == (triple not in allowed), triple


@pytest.mark.parametrize("number", sorted(TABLES))
@pytest.mark.parametrize("source", KINDS)
def test_forbidden_ones_are_refused_with_their_clause(number, source):
    cls = ik.registry.registry.implementation(f"1.2.840.10008.5.1.4.1.1.88.{number}")
    images = evidence()
    forbidden = [
        (relationship, target)
        for relationship, target in itertools.product(RELATIONSHIPS, KINDS)
        if (source, relationship, target) not in expected(number)
    ]
    # Every eleventh one as a document of its own; all of them are compared with the table above.
    for relationship, target in forbidden[::11]:
        holder = example_item(source, "CONTAINS", images[0])
        holder.ContentSequence = sr.ContentSequence([example_item(target, relationship, images[0])])
        root = sr.ContainerContentItem(TITLE)
        root.ContentSequence = sr.ContentSequence([holder])
        with pytest.raises(InvalidValueError) as caught:
            cls(images, root)
        assert caught.value.clause.startswith("PS3.3 A.35.")
        assert caught.value.attribute.startswith(("1.1.1 ", "1.1 "))


def test_the_rule_is_for_any_dataset(everything):
    import pydicom

    assert list(check_relationships(everything)) == []
    plain = pydicom.Dataset.from_json(everything.to_json())
    plain.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    found = [each for each in ik.validate(plain).findings if each.code == "sr-relationship"]
    assert found
    assert {each.keyword for each in found} == {"ValueType", "RelationshipType"}
    assert {each.clause for each in found} == {"PS3.3 A.35.1.3.1"}
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
