"""What validation says of documents, and what is refused when items and documents are made."""

import copy

import numpy as np
import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

import iodkit as ik
from iodkit import sr
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
)
from iodkit_sr._cases import _evidence as evidence

NAME = ik.CodedConcept("121071", "DCM", "Finding")
MM = ik.CodedConcept("mm", "UCUM", "millimeter")
BELOW = {"relationship_type": "CONTAINS"}


@pytest.fixture
def document():
    images = evidence()
    root = sr.ContainerContentItem(NAME)
    root.ContentSequence = sr.ContentSequence(
        [
            sr.TextContentItem(NAME, "text", **BELOW),
            sr.NumContentItem(NAME, 5, MM, **BELOW),
            sr.CodeContentItem(NAME, NAME, **BELOW),
            sr.ImageContentItem(NAME, images[0].SOPClassUID, images[0].SOPInstanceUID, **BELOW),
            sr.Scoord3DContentItem(NAME, "POINT", np.array([[1.0, 2, 3]]), "1.2.3", **BELOW),
        ]
    )
    return sr.Comprehensive3DSR(images, root)


def findings(document, code):
    return [each for each in ik.validate(document).findings if each.code == code]


def test_a_good_document(document):
    report = ik.validate(document)
    assert report.ok
    assert not [each for each in report.findings if each.code.startswith("sr-")]


def without(keyword):
    return lambda item: item.__delitem__(keyword)


def holding(**values):
    def change(item):
        for keyword, value in values.items():
            setattr(item, keyword, value)

    return change


SRT = Dataset()
SRT.CodeValue, SRT.CodingSchemeDesignator, SRT.CodeMeaning = "T-A0100", "SRT", "Brain"


@pytest.mark.parametrize(
    ("number", "change", "code", "keyword", "severity"),
    [
        (1, without("TextValue"), "sr-value", "TextValue", "error"),
        (1, holding(TextValue=""), "sr-value", "TextValue", "error"),
        (1, holding(ValueType="TXT"), "sr-value", "ValueType", "error"),
        (2, without("MeasuredValueSequence"), "sr-value", "MeasuredValueSequence", "error"),
        (2, holding(MeasuredValueSequence=[]), "sr-value", "MeasuredValueSequence", "info"),
        (3, holding(ConceptCodeSequence=[]), "sr-value", "ConceptCodeSequence", "error"),
        (2, without("ConceptNameCodeSequence"), "sr-name", "ConceptNameCodeSequence", "error"),
        (2, holding(ConceptNameCodeSequence=[]), "sr-name", "ConceptNameCodeSequence", "error"),
        (5, holding(GraphicType="POLYLINE"), "sr-graphic", "GraphicData", "error"),
        (5, holding(GraphicType="DOT"), "sr-graphic", "GraphicType", "error"),
        (5, holding(GraphicData=[1.0, 2.0]), "sr-graphic", "GraphicData", "error"),
        (3, holding(ConceptCodeSequence=[SRT]), "sr-retired-code", "ConceptCodeSequence", "info"),
        (
            3,
            holding(ConceptNameCodeSequence=[SRT]),
            "sr-retired-code",
            "ConceptNameCodeSequence",
            "info",
        ),
    ],
)
def test_what_an_item_lacks(document, number, change, code, keyword, severity):
    plain = Dataset.from_json(document.to_json())
    change(plain.ContentSequence[number - 1])
    before = copy.deepcopy(plain)
    (found,) = findings(plain, code)
    assert found.path == f"ContentSequence[{number}].{keyword}"
    assert (found.keyword, str(found.severity)) == (keyword, severity)
    assert found.clause.startswith("PS3.")
    assert plain == before


@pytest.mark.parametrize(
    ("keyword", "value"), [("ReferencedSOPSequence", []), ("DateTime", ""), ("Date", "")]
)
def test_what_belongs_to_another_type_does_not_hide_a_value(document, keyword, value):
    """It is before the value, and is what should not be there: the value is not missing."""
    plain = Dataset.from_json(document.to_json())
    setattr(plain.ContentSequence[0], keyword, value)
    errors = ik.validate(plain).errors
    where = f"ContentSequence[1].{keyword}"
    assert [(f.code, f.path) for f in errors] == [("attribute-not-allowed", where)]


def test_a_document_without_a_title(document):
    del document.ConceptNameCodeSequence
    (found,) = findings(document, "sr-name")
    assert (found.path, found.clause) == ("ConceptNameCodeSequence", "PS3.3 C.17.3.1")


def test_what_is_referred_to_is_evidence(document):
    del document.CurrentRequestedProcedureEvidenceSequence
    (found,) = findings(document, "sr-evidence")
    image = document.ContentSequence[3].ReferencedSOPSequence[0]
    assert str(image.ReferencedSOPInstanceUID) in found.found


def test_references_that_lead_nowhere(document):
    item = Dataset()
    item.RelationshipType = "INFERRED FROM"
    item.ReferencedContentItemIdentifier = [1, 9]
    document.ContentSequence[1].ContentSequence = Sequence([item])
    (found,) = findings(document, "sr-item-reference")
    assert "1.9" in f"{found.found} {found.remedy}"


def test_findings_of_many_items_are_one(document):
    items = [sr.TextContentItem(NAME, "text", **BELOW) for _ in range(50)]
    for each in items:
        del each.TextValue
    document.ContentSequence = sr.ContentSequence(items)
    (found,) = findings(document, "sr-value")
    assert found.count == 50


ELLIPSE = [[0, 5], [20, 5], [10, 0], [10, 10]]


@pytest.mark.parametrize(
    ("kind", "points", "error", "match"),
    [
        ("POINT", [[1, 2], [3, 4]], InvalidValueError, "1 points"),
        ("CIRCLE", [[1, 2]], InvalidValueError, "2 points"),
        ("CIRCLE", [[1, 2], [1, 2]], GeometryError, "no radius"),
        ("ELLIPSE", ELLIPSE[:3], InvalidValueError, "4 points"),
        ("ELLIPSE", [[0, 5], [20, 5], [10, 0], [10, 0]], GeometryError, "no length"),
        ("ELLIPSE", [[0, 5], [20, 5], [40, 0], [40, 10]], GeometryError, "no common center"),
        ("ELLIPSE", [[0, 5], [20, 5], [0, 0], [20, 10]], GeometryError, "not perpendicular"),
        ("POLYLINE", [[1, 2]], InvalidValueError, "at least 2"),
        ("POINT", [[1, 2, 3]], InvalidValueError, "points, 2"),
        ("POINT", [[1, np.nan]], InvalidValueError, "finite"),
    ],
)
def test_graphics_in_images_that_are_none(kind, points, error, match):
    with pytest.raises(error, match=match) as caught:
        sr.ScoordContentItem(NAME, kind, np.array(points, float))
    assert caught.value.attribute == "graphic_data"
    assert caught.value.clause.startswith("PS3.3 C.18.6")


@pytest.mark.parametrize(
    ("kind", "points", "error", "match"),
    [
        ("POLYGON", [[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]], GeometryError, "not closed"),
        (
            "POLYGON",
            [[0, 0, 0], [9, 0, 0], [9, 9, 4], [0, 9, 0], [0, 0, 0]],
            GeometryError,
            "not in a plane",
        ),
        ("POLYGON", [[0, 0, 0], [9, 0, 0], [0, 0, 0]], InvalidValueError, "at least 4"),
        ("ELLIPSOID", np.eye(3).tolist(), InvalidValueError, "6 points"),
        (
            "ELLIPSOID",
            [[-3, 0, 0], [3, 0, 0], [0, -2, 0], [0, 2, 0], [0, -1, -1], [0, 1, 1]],
            GeometryError,
            "not perpendicular",
        ),
        ("POINT", [[1, 2]], InvalidValueError, "points, 3"),
    ],
)
def test_graphics_in_space_that_are_none(kind, points, error, match):
    with pytest.raises(error, match=match) as caught:
        sr.Scoord3DContentItem(NAME, kind, np.array(points, float), "1.2.3")
    assert caught.value.clause.startswith("PS3.3 C.18.9")


def test_graphics_that_are_some():
    sr.ScoordContentItem(NAME, "ELLIPSE", np.array(ELLIPSE, float))
    turned = np.array([[0, 0, 0], [9, 0, 9], [9, 9, 9], [0, 9, 0], [0, 0, 0]], float)
    item = sr.Scoord3DContentItem(NAME, "POLYGON", turned, "1.2.3")
    np.testing.assert_array_equal(item.value, turned)
    ellipsoid = [[-3, 0, 0], [3, 0, 0], [0, -2, 0], [0, 2, 0], [0, 0, -1], [0, 0, 1]]
    sr.Scoord3DContentItem(NAME, "ELLIPSOID", np.array(ellipsoid, float), "1.2.3")


def test_an_item_that_is_not_whole_is_refused_by_its_path():
    images = evidence()
    inner = sr.ContainerContentItem(NAME, relationship_type="CONTAINS")
    broken = sr.NumContentItem(NAME, 5, MM, **BELOW)
    del broken.MeasuredValueSequence
    inner.ContentSequence = sr.ContentSequence([sr.TextContentItem(NAME, "a", **BELOW), broken])
    root = sr.ContainerContentItem(NAME)
    root.ContentSequence = sr.ContentSequence([inner])
    with pytest.raises(MissingAttributeError) as caught:
        sr.ComprehensiveSR(images, root)
    path = "ContentSequence[1].ContentSequence[2].MeasuredValueSequence"
    assert caught.value.attribute == path


def test_names_and_texts_that_are_too_long():
    with pytest.raises(InvalidValueError, match="64 characters"):
        sr.PnameContentItem(NAME, "x" * 100)
    with pytest.raises(InvalidValueError, match="64 characters"):
        ik.CodedConcept("1", "99TEST", "y" * 65)
    with pytest.raises(InvalidValueError, match="64 characters"):
        sr.UIDRefContentItem(NAME, "1." * 50 + "1")
    assert len(sr.TextContentItem(NAME, "z" * 100_000).value) == 100_000


def too_long(item):
    item.ConceptNameCodeSequence[0].CodeMeaning = "y" * 65


def too_long_value(item):
    item.ConceptCodeSequence[0].CodeValue = "1" * 17


def bad_uid(item):
    item.UID = "1." * 40 + "1"


def bad_person(item):
    item.PersonName = "x" * 65


@pytest.mark.filterwarnings("ignore:.*maximum.*length:UserWarning")
@pytest.mark.parametrize(
    ("make", "change", "attribute"),
    [
        (
            lambda: sr.TextContentItem(NAME, "a", **BELOW),
            too_long,
            "ConceptNameCodeSequence[1].CodeMeaning",
        ),
        (
            lambda: sr.CodeContentItem(NAME, NAME, **BELOW),
            too_long_value,
            "ConceptCodeSequence[1].CodeValue",
        ),
        (lambda: sr.UIDRefContentItem(NAME, "1.2.3", **BELOW), bad_uid, "UID"),
        (lambda: sr.PnameContentItem(NAME, "Doe^Jane", **BELOW), bad_person, "PersonName"),
    ],
)
def test_texts_that_became_too_long_are_refused_by_their_path(make, change, attribute):
    item = make()
    change(item)
    inner = sr.ContainerContentItem(NAME, relationship_type="CONTAINS")
    inner.ContentSequence = sr.ContentSequence([sr.TextContentItem(NAME, "fine", **BELOW), item])
    root = sr.ContainerContentItem(NAME)
    root.ContentSequence = sr.ContentSequence([inner])
    with pytest.raises(InvalidValueError) as caught:
        sr.ComprehensiveSR(evidence(), root)
    assert caught.value.attribute == f"ContentSequence[1].ContentSequence[2].{attribute}"


def plain_item(**values):
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence = [NAME]
    for keyword, value in values.items():
        tag = BaseTag(tag_for_keyword(keyword))
        vr = dictionary_VR(tag)
        if vr == "SQ" and isinstance(value[0], Dataset):
            setattr(item, keyword, value)
        else:
            item._dict[tag] = DataElement(tag, vr, value, already_converted=True)
    return item


@pytest.mark.parametrize(
    ("item", "error", "attribute"),
    [
        (plain_item(TextValue=5), InvalidValueError, "TextValue"),
        (plain_item(TextValue="x", ValueType=7), InvalidValueError, "ValueType"),
        (plain_item(TextValue="x", ContentSequence=[1]), InvalidTypeError, "ContentSequence[1]"),
        (
            plain_item(TextValue="x", ContentSequence=[plain_item(TextValue=object())]),
            InvalidValueError,
            "ContentSequence[1].TextValue",
        ),
        (
            plain_item(ValueType="NUM", MeasuredValueSequence=[Dataset()]),
            MissingAttributeError,
            "MeasuredValueSequence[1].NumericValue",
        ),
        (
            plain_item(ValueType="SCOORD", GraphicType="POINT", GraphicData="abc"),
            InvalidValueError,
            "GraphicData",
        ),
    ],
)
def test_wrong_types_are_refused_by_their_path(item, error, attribute):
    inner = sr.ContainerContentItem(NAME, relationship_type="CONTAINS")
    inner.ContentSequence = Sequence([sr.TextContentItem(NAME, "fine", **BELOW), item])
    root = sr.ContainerContentItem(NAME)
    root.ContentSequence = sr.ContentSequence([inner])
    with pytest.raises(error) as caught:
        sr.ComprehensiveSR(evidence(), root)
    assert caught.value.attribute == f"ContentSequence[1].ContentSequence[2].{attribute}"


def test_what_validation_calls_an_error_cannot_be_made():
    hollow = sr.ContainerContentItem(NAME, relationship_type="CONTAINS")
    hollow.ContentSequence = sr.ContentSequence([])
    endless = sr.ContainerContentItem(NAME, relationship_type="CONTAINS")
    endless.ContinuityOfContent = "ENDLESS"
    for item, error, attribute in (
        (hollow, MissingAttributeError, "ContentSequence"),
        (endless, InvalidValueError, "ContinuityOfContent"),
    ):
        root = sr.ContainerContentItem(NAME)
        root.ContentSequence = sr.ContentSequence([item])
        with pytest.raises(error) as caught:
            sr.ComprehensiveSR(evidence(), root)
        assert caught.value.attribute == f"ContentSequence[1].{attribute}"
