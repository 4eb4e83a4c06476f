from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from iodkit.content import PixelMeasuresSequence, PlaneOrientationSequence, PlanePositionSequence
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
)
from iodkit.standard.enums import CoordinateSystemNames

coordinates = st.floats(-1e5, 1e5)
angles = st.floats(-math.pi, math.pi)


def test_pixel_measures() -> None:
    measures = PixelMeasuresSequence((0.5, 0.25), 3, 4)
    item = measures[0]
    assert list(item.PixelSpacing) == [0.5, 0.25]
    assert (item.SliceThickness, item.SpacingBetweenSlices) == (3, 4)
    assert measures.pixel_spacing == (0.5, 0.25)
    assert (measures.slice_thickness, measures.spacing_between_slices) == (3.0, 4.0)
    plain = PixelMeasuresSequence(np.array([0.5, 0.25]), None)
    assert set(plain[0].dir()) == {"PixelSpacing"}
    assert plain.slice_thickness is None


def test_pixel_measures_equality() -> None:
    measures = PixelMeasuresSequence([0.5, 0.25], 3, 4)
    item = Dataset()
    item.PixelSpacing, item.SliceThickness, item.SpacingBetweenSlices = ["0.50", ".25"], "3.0", "4"
    assert measures == Sequence([item])
    assert Sequence([item]) == measures
    for other in (
        PixelMeasuresSequence([0.25, 0.5], 3, 4),
        PixelMeasuresSequence([0.5, 0.25], 3),
        PixelMeasuresSequence([0.5, 0.25], 3, 4.0001),
        Sequence([Dataset()]),
        Sequence(),
        None,
        1,
    ):
        assert measures != other
        assert not measures == other  # noqa: SIM201  (both operators are ours)


@pytest.mark.parametrize(
    ("arguments", "attribute"),
    [
        (([0.5, 0], 3), "PixelSpacing"),
        (([0.5, -1], 3), "PixelSpacing"),
        (([0.5, math.nan], 3), "PixelSpacing"),
        (([0.5], 3), "PixelSpacing"),
        (([0.5, 0.5], -1), "SliceThickness"),
        (([0.5, 0.5], math.inf), "SliceThickness"),
        (([0.5, 0.5], 1, -1), "SpacingBetweenSlices"),
    ],
)
def test_wrong_pixel_measures(arguments, attribute: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        PixelMeasuresSequence(*arguments)
    assert caught.value.attribute == attribute


def test_numbers_must_be_numbers() -> None:
    for wrong in ("12", None, ["a", "b"], 1.0, [None, 1]):
        with pytest.raises(InvalidTypeError):
            PixelMeasuresSequence(wrong, 1)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(angles, angles, angles)
def test_orthonormality_survives_decimal_strings(a: float, b: float, c: float) -> None:
    rotation = np.eye(3)
    for first, second, angle in ((0, 1, a), (1, 2, b), (0, 2, c)):
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = math.cos(angle)
        turn[first, second], turn[second, first] = -math.sin(angle), math.sin(angle)
        rotation = turn @ rotation
    cosines = [*rotation[:, 0], *rotation[:, 1]]
    orientation = PlaneOrientationSequence("PATIENT", cosines)
    texts = orientation[0]["ImageOrientationPatient"].value
    assert all(len(str(text)) <= 16 for text in texts)
    found = np.array(orientation.cosines).reshape(2, 3)
    assert np.abs(found @ found.T - np.eye(2)).max() < 1e-12
    assert orientation == PlaneOrientationSequence("PATIENT", orientation.cosines)


def test_orientation() -> None:
    cosines = (1, 0, 0, 0, -1, 0)
    patient = PlaneOrientationSequence("PATIENT", cosines)
    slide = PlaneOrientationSequence(CoordinateSystemNames.SLIDE, cosines)
    assert set(patient[0].dir()) == {"ImageOrientationPatient"}
    assert set(slide[0].dir()) == {"ImageOrientationSlide"}
    assert patient.cosines == slide.cosines == cosines
    assert patient.coordinate_system is CoordinateSystemNames.PATIENT
    assert slide.coordinate_system is CoordinateSystemNames.SLIDE
    assert patient != slide
    assert patient == PlaneOrientationSequence.from_sequence(Sequence(list(patient)))


@pytest.mark.parametrize("cosines", [(1, 0, 0, 0.5, 1, 0), (1, 0, 0, 0, 0, 0), (2, 0, 0, 0, 1, 0)])
def test_skewed_orientations(cosines) -> None:
    with pytest.raises(GeometryError, match="orthogonal unit vectors"):
        PlaneOrientationSequence("PATIENT", cosines)


def test_rounded_and_wrong_orientations() -> None:
    PlaneOrientationSequence("PATIENT", (0.7071, 0.7071, 0, -0.7071, 0.7071, 0))
    with pytest.raises(InvalidValueError):
        PlaneOrientationSequence("PATIENT", (1, 0, 0, 0, 1))
    with pytest.raises(InvalidValueError, match="SLIDE"):
        PlaneOrientationSequence("OTHER", (1, 0, 0, 0, 1, 0))


@settings(deadline=None, max_examples=60)
@given(st.tuples(coordinates, coordinates, coordinates))
def test_positions(position: tuple[float, float, float]) -> None:
    patient = PlanePositionSequence("PATIENT", position)
    assert patient.image_position == pytest.approx(position, abs=1e-8)
    assert patient == PlanePositionSequence("PATIENT", patient.image_position)
    assert patient == Sequence([patient[0]])
    slide = PlanePositionSequence("SLIDE", position, (7, 9))
    assert slide.image_position == pytest.approx(patient.image_position, abs=1e-8)
    assert slide.pixel_matrix_position == (7, 9)
    assert slide != patient


def test_slide_position() -> None:
    item = PlanePositionSequence("SLIDE", (1.5, 2, 0), (np.int64(257), 1))[0]
    assert item.ColumnPositionInTotalImagePixelMatrix == 257
    assert item.RowPositionInTotalImagePixelMatrix == 1
    assert item.XOffsetInSlideCoordinateSystem == 1.5
    assert item.YOffsetInSlideCoordinateSystem == 2
    assert item.ZOffsetInSlideCoordinateSystem == 0
    # Of the three offsets, only Z is stored in micrometres.
    deep = PlanePositionSequence("SLIDE", (1.5, 2, 0.0075), (1, 1))
    assert deep[0].XOffsetInSlideCoordinateSystem == 1.5
    assert deep[0].ZOffsetInSlideCoordinateSystem == 7.5
    assert deep.image_position == pytest.approx((1.5, 2, 0.0075))
    assert "ImagePositionPatient" not in item
    assert PlanePositionSequence("PATIENT", (1, 2, 3), (1, 1)).pixel_matrix_position is None


def test_position_equality_is_exact() -> None:
    position = PlanePositionSequence("PATIENT", (1, 2, 3))
    assert position != PlanePositionSequence("PATIENT", (1, 2, 3 + 1e-9))
    assert position == PlanePositionSequence("PATIENT", (1.0, 2.0, 3.0))
    for other in (None, 1, Sequence(), Sequence([Dataset()])):
        assert position != other
    with pytest.raises(TypeError):
        hash(position)


def test_wrong_slide_positions() -> None:
    for wrong in (None, 5, (1,), (1, 2, 3), (1.5, 2)):
        with pytest.raises(InvalidTypeError):
            PlanePositionSequence("SLIDE", (0, 0, 0), wrong)  # type: ignore[arg-type]
    for wrong in ((0, 1), (1, 0), (2**31, 1)):
        with pytest.raises(InvalidValueError):
            PlanePositionSequence("SLIDE", (0, 0, 0), wrong)


@pytest.mark.parametrize(
    ("cls", "keyword"),
    [
        (PixelMeasuresSequence, "PixelSpacing"),
        (PlaneOrientationSequence, "ImageOrientationPatient"),
        (PlanePositionSequence, "ImagePositionPatient"),
    ],
)
def test_bad_sequences(cls, keyword: str) -> None:
    empty = Dataset()
    setattr(empty, keyword, None)
    for item in (Dataset(), empty):
        with pytest.raises(MissingAttributeError) as caught:
            cls.from_sequence(Sequence([item]))
        assert caught.value.attribute == keyword
        assert caught.value.clause
    for items in ([], [Dataset(), Dataset()]):
        with pytest.raises(InvalidValueError, match="one item"):
            cls.from_sequence(Sequence(items))


def test_incomplete_slide_position() -> None:
    item = PlanePositionSequence("SLIDE", (1, 2, 3), (4, 5))[0]
    del item.RowPositionInTotalImagePixelMatrix
    with pytest.raises(MissingAttributeError, match="RowPositionInTotalImagePixelMatrix"):
        PlanePositionSequence.from_sequence(Sequence([item]))
