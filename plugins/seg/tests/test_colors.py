"""Colours by default: usual ones for what has one, others that are told apart."""

import math
from itertools import combinations

import numpy as np
import pytest

import iodkit as ik
from iodkit.testing import phantom
from iodkit_seg import Segmentation, SegmentDescription, segread
from iodkit_seg.segments.colors import default_color, with_colors
from segments import EQUIPMENT


def segment(number, code, color=None):
    return SegmentDescription(
        number, f"S{number}", ik.codes.SCT.Organ, code, "MANUAL", display_color=color
    )


def test_standard_codes_keep_their_usual_colour():
    liver, heart, spleen = with_colors(
        [
            segment(1, ik.codes.SCT.Liver),
            segment(2, ik.codes.SCT.Heart),
            segment(3, ik.codes.SCT.Spleen),
        ]
    )
    assert liver.display_color.to_rgb() == pytest.approx((221, 130, 101), abs=1)
    assert heart.display_color.to_rgb() == pytest.approx((206, 110, 84), abs=1)
    assert spleen.display_color.to_rgb() == pytest.approx((157, 108, 162), abs=1)


def test_the_order_of_segments_does_not_change_the_usual_colour():
    one, *_ = with_colors([segment(1, ik.codes.SCT.Liver), segment(2, ik.codes.SCT.Heart)])
    *_, two = with_colors([segment(1, ik.codes.SCT.Heart), segment(2, ik.codes.SCT.Liver)])
    assert one.display_color.value == two.display_color.value


def test_segments_of_one_property_are_told_apart():
    made = with_colors([segment(n, ik.codes.SCT.Neoplasm) for n in range(1, 31)])
    colors = [item.display_color.lab for item in made]
    assert min(math.dist(a, b) for a, b in combinations(colors, 2)) > 10


def test_given_colours_stay_and_nobody_else_gets_them():
    own = ik.CIELabColor.from_rgb(221, 130, 101)
    descriptions = [segment(1, ik.codes.SCT.Heart, own), segment(2, ik.codes.SCT.Liver)]
    heart, liver = with_colors(descriptions)
    assert heart is descriptions[0]
    assert liver.display_color.value != own.value
    assert descriptions[1].display_color is None


def test_screens_show_every_default_colour_as_it_is():
    for number in range(300):
        default_color(number).to_rgb()  # refuses what sRGB does not reach


def test_many_segments_do_not_take_long():
    assert len(with_colors([segment(n, ik.codes.SCT.Liver) for n in range(1, 2001)])) == 2000


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_colours_are_in_the_file(kind, tmp_path):
    images = phantom.ct_series(3, 12, 12)
    labels = np.zeros((3, 12, 12), np.uint8)
    labels[:, 2:6, 2:6], labels[:, 8:, 8:] = 1, 2
    made = [segment(1, ik.codes.SCT.Liver), segment(2, ik.codes.SCT.Neoplasm)]
    with ik.defaults(equipment=EQUIPMENT):
        Segmentation(images, labels, kind, made).save_as(tmp_path / "a.dcm")
    back = segread(tmp_path / "a.dcm")
    colors = [item.display_color.value for item in back.segment_descriptions]
    assert colors == [item.display_color.value for item in with_colors(made)]
    for viewer in ("ohif", "slicer", "weasis"):
        report = ik.validate(tmp_path / "a.dcm", profile=viewer)
        # Few viewers know label maps: a warning, and no fault of the object.
        wrong = {"error", "warning"} if kind == "BINARY" else {"error"}
        assert not [f for f in report if f.severity.value in wrong], str(report)


# Recommended by 3D Slicer's list of general anatomy for properties that models often find.
RECOMMENDED = {
    "248300009": (230, 220, 70),  # body fat
    "45653009": (172, 138, 115),  # upper lobe of lung
    "90572001": (224, 186, 162),  # lower lobe of lung
    "122496007": (212, 188, 102),  # lumbar spine
    "91609006": (222, 198, 101),  # mandible
    "119406000": (122, 101, 38),  # thalamus
    "28273000": (0, 145, 30),  # bile duct
    "74947009": (218, 255, 255),  # gas
    "64033007": (185, 102, 83),  # kidney
}


@pytest.mark.parametrize("code", RECOMMENDED)
def test_recommended_colours_are_taken(code):
    (made,) = with_colors([segment(1, ik.CodedConcept(code, "SCT", "x"))])
    assert made.display_color.to_rgb() == pytest.approx(RECOMMENDED[code], abs=1)


def test_codes_of_other_schemes_have_no_usual_colour():
    (made,) = with_colors([segment(1, ik.CodedConcept("10200004", "99TEST", "x"))])
    assert made.display_color.value == default_color(1).value
