"""Others read our documents, and we read theirs: the trees are equal."""

import io

import numpy as np
import pydicom
import pytest
from pydicom.sr.coding import Code

import iodkit as ik
from iodkit import sr
from iodkit.testing import phantom
from iodkit_sr._cases import _evidence as evidence
from iodkit_sr._cases import example_content
from iodkit_sr.constraints.tables import CONSTRAINTS

pytestmark = pytest.mark.referee
hd = pytest.importorskip("highdicom", reason="highdicom is not installed")

FINDING = Code("121071", "DCM", "Finding")
MM = Code("mm", "UCUM", "millimeter")
CLASSES = ["EnhancedSR", "ComprehensiveSR", "Comprehensive3DSR"]


def model(dataset):
    return pydicom.Dataset.from_json(dataset.to_json())["ContentSequence"].to_json_dict(None, 1)


def without(item, kind):
    kept = [each for each in item.ContentSequence if each.ValueType != kind]
    for each in kept:
        if "ContentSequence" in each:
            each.ContentSequence = without(each, kind)
    return sr.ContentSequence(kept)


def content(side):
    """The same content, with the classes of one side; both have the same interface."""
    image = phantom.ct_series(1, 8, 8)[0]
    ref = (image.SOPClassUID, image.SOPInstanceUID)
    below = side.ImageContentItem(FINDING, *ref, [1], relationship_type="SELECTED FROM")
    region = side.ScoordContentItem(
        FINDING, "CIRCLE", np.array([[1.5, 2], [3, 4]]), relationship_type="CONTAINS"
    )
    region.ContentSequence = side.ContentSequence([below])
    root = side.ContainerContentItem(FINDING, template_id="1500")
    root.ContentSequence = side.ContentSequence(
        [
            side.TextContentItem(FINDING, "größer", "CONTAINS"),
            side.CodeContentItem(FINDING, MM, "CONTAINS"),
            side.NumContentItem(FINDING, 1.5, MM, relationship_type="CONTAINS"),
            side.NumContentItem(FINDING, 3, MM, FINDING, relationship_type="CONTAINS"),
            side.PnameContentItem(FINDING, "Doe^Jane", "CONTAINS"),
            side.UIDRefContentItem(FINDING, "1.2.3", "CONTAINS"),
            side.DateContentItem(FINDING, "20260102", "CONTAINS"),
            side.TimeContentItem(FINDING, "030405", "CONTAINS"),
            side.DateTimeContentItem(FINDING, "20260102030405", "CONTAINS"),
            side.CompositeContentItem(FINDING, *ref, "CONTAINS"),
            side.TcoordContentItem(FINDING, "SEGMENT", [1, 9], relationship_type="CONTAINS"),
            region,
        ]
    )
    return root


@pytest.mark.parametrize("name", CLASSES)
def test_highdicom_reads_ours(name):
    uid = str(getattr(sr, name)._sop_class_uid)
    images = evidence()
    content = example_content(CONSTRAINTS[uid], images[0])
    # highdicom reads no waveforms below other items.
    content.ContentSequence = without(content, "WAVEFORM")
    ours = getattr(sr, name)(images, content)
    buffer = io.BytesIO()
    ours.save_as(buffer)
    theirs = hd.sr.srread(io.BytesIO(buffer.getvalue()))
    assert type(theirs).__name__ == name
    assert model(theirs) == model(ours)


@pytest.mark.parametrize("name", CLASSES)
def test_both_make_the_same_tree(name):
    images = list(phantom.ct_series(1, 8, 8))
    theirs = getattr(hd.sr, name)(images, content(hd.sr), hd.UID(), 1, hd.UID(), 1, "x")
    buffer = io.BytesIO()
    theirs.save_as(buffer)
    plain = pydicom.dcmread(io.BytesIO(buffer.getvalue()))
    read = ik.read(buffer.getvalue())
    ours = getattr(sr, name)(images, content(sr))
    assert type(read) is getattr(sr, name)
    assert read.tree.to_dict() == ours.tree.to_dict()
    assert model(ours) == model(plain)
    assert read.get_evidence() == ours.get_evidence() == theirs.get_evidence()
    assert read.get_evidence_series() == theirs.get_evidence_series()
    assert ours.CompletionFlag == theirs.CompletionFlag
    assert ours.PreliminaryFlag == theirs.PreliminaryFlag


def test_both_find_the_same_items():
    images = list(phantom.ct_series(1, 8, 8))
    document = sr.ComprehensiveSR(images, content(sr))
    for arguments in (
        {},
        {"value_type": "NUM"},
        {"name": FINDING},
        {"recursive": True},
        {"relationship_type": "SELECTED FROM", "recursive": True},
    ):
        ours = sr.find_content_items(document, **arguments)
        theirs = hd.sr.utils.find_content_items(document, **arguments)
        assert len(ours) == len(theirs)
        assert all(a is b or a == b for a, b in zip(ours, theirs, strict=True))
