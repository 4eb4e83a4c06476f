"""Conditions of radiotherapy and enhanced images that the object decides."""

from __future__ import annotations

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

import iodkit as ik
from iodkit.testing import phantom

BEAM = "BeamSequence[1]"


@pytest.fixture
def plan():
    return dcmread(get_testdata_file("rtplan.dcm", download=False))


def missing(ds):
    return {f.path for f in ik.validate(ds).errors if f.code == "attribute-missing"}


def test_the_first_control_point_has_everything(plan):
    first, second = plan.BeamSequence[0].ControlPointSequence[:2]
    assert (first.ControlPointIndex, second.ControlPointIndex) == (0, 1)
    assert "GantryAngle" in first
    assert "GantryAngle" not in second
    before = missing(plan)
    del first.GantryAngle
    assert missing(plan) - before == {f"{BEAM}.ControlPointSequence[1].GantryAngle"}
    undecided = ik.validate(plan).filter(code="condition-undecided", keyword="GantryAngle")
    assert "ControlPointIndex is 0 or" in undecided.findings[0].expected


def test_fraction_groups_refer_to_as_many_beams_as_they_say(plan):
    group = plan.FractionGroupSequence[0]
    assert group.NumberOfBeams > 0
    before = missing(plan)
    del group.ReferencedBeamSequence
    assert missing(plan) - before == {"FractionGroupSequence[1].ReferencedBeamSequence"}
    group.NumberOfBeams = 0
    assert "FractionGroupSequence[1].ReferencedBeamSequence" not in missing(plan)


def test_doses_in_a_grid_are_images():
    ds = dcmread(get_testdata_file("rtdose.dcm", download=False))
    before = missing(ds)
    del ds.BitsStored, ds.FrameIncrementPointer
    assert missing(ds) - before == {"BitsStored", "FrameIncrementPointer"}


def test_doses_that_are_transformed_say_by_what():
    ds = dcmread(get_testdata_file("rtdose.dcm", download=False))
    ds.SpatialTransformOfDose = "RIGID"
    assert "ReferencedSpatialRegistrationSequence" in missing(ds)
    ds.SpatialTransformOfDose = "NONE"
    assert "ReferencedSpatialRegistrationSequence" not in missing(ds)


def test_contrast_media_of_frames():
    """Contrast/Bolus Usage is required where Enhanced Contrast/Bolus is used (PS3.3 A.38.1.4)."""
    ds = phantom.enhanced_ct(3, 8, 8)
    assert "ContrastBolusAgentSequence" not in ds
    report = ik.validate(ds).filter(keyword="ContrastBolusUsageSequence")
    assert not report.findings
