from __future__ import annotations

import itertools
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.content import CIELabColor
from iodkit.errors import InvalidTypeError, InvalidValueError

words = st.integers(0, 0xFFFF)
bytes_ = st.integers(0, 255)


def test_every_stored_value_is_exact() -> None:
    for number in range(0x10000):
        color = CIELabColor.from_dicom_value((number, number, 0xFFFF - number))
        assert CIELabColor(*color.lab).value == color.value


@pytest.mark.parametrize(
    ("lab", "value"),
    [
        ((0, 0, 0), (0, 0x8080, 0x8080)),
        ((100, 127, 127), (0xFFFF, 0xFFFF, 0xFFFF)),
        ((0, -128, -128), (0, 0, 0)),
        ((50, -1, 1), (32768, 0x8080 - 257, 0x8080 + 257)),
    ],
)
def test_encoding_of_the_standard(lab, value) -> None:
    color = CIELabColor(*lab)
    assert color.value == value
    assert color.lab == (color.l_star, color.a_star, color.b_star) == pytest.approx(lab, abs=1e-3)


@settings(deadline=None, max_examples=200)
@given(st.floats(0, 100), st.floats(-128, 127), st.floats(-128, 127))
def test_rounding_is_to_the_closest(light: float, a: float, b: float) -> None:
    color = CIELabColor(light, a, b)
    assert abs(color.l_star - light) <= 50.001 / 0xFFFF
    assert abs(color.a_star - a) <= 127.501 / 0xFFFF
    assert abs(color.b_star - b) <= 127.501 / 0xFFFF


@settings(deadline=None, max_examples=300)
@given(bytes_, bytes_, bytes_)
def test_rgb_round_trip(r: int, g: int, b: int) -> None:
    assert CIELabColor.from_rgb(r, g, b).to_rgb() == (r, g, b)


def test_rgb_round_trip_of_dark_and_pure_colours() -> None:
    for rgb in itertools.product((0, 1, 2, 3, 10, 254, 255), repeat=3):
        assert CIELabColor.from_rgb(*rgb).to_rgb() == rgb


@pytest.mark.parametrize(
    ("rgb", "lab"),
    # Coordinates of the sRGB primaries for the illuminant D50 (Bradford adaptation).
    [
        ((255, 0, 0), (54.29, 80.81, 69.89)),
        ((0, 255, 0), (87.82, -79.29, 80.99)),
        ((0, 0, 255), (29.57, 68.30, -112.03)),
        ((255, 255, 255), (100, 0, 0)),
        ((128, 128, 128), (53.585, 0, 0)),
    ],
)
def test_srgb_in_the_profile_connection_space(rgb, lab) -> None:
    assert CIELabColor.from_rgb(*rgb).lab == pytest.approx(lab, abs=0.01)


def test_grays_are_neutral() -> None:
    for level in range(256):
        assert CIELabColor.from_rgb(level, level, level).value[1:] == (0x8080, 0x8080)


def test_colours_beyond_srgb() -> None:
    color = CIELabColor(50, -128, 127)
    with pytest.raises(InvalidValueError, match="clip=True"):
        color.to_rgb()
    clipped = color.to_rgb(clip=True)
    assert all(0 <= part <= 255 for part in clipped)
    assert 0 in clipped


@settings(deadline=None, max_examples=200)
@given(words, words, words)
def test_any_value_can_be_clipped(a: int, b: int, c: int) -> None:
    assert all(0 <= p <= 255 for p in CIELabColor.from_dicom_value((a, b, c)).to_rgb(clip=True))


@pytest.mark.parametrize(
    "text",
    [
        "red",
        "RED",
        " red ",
        "#ff0000",
        "#F00",
        "rgb(255, 0, 0)",
        "rgb(100%,0%,0%)",
        "hsl(0,100%,50%)",
    ],
)
def test_red(text: str) -> None:
    assert CIELabColor.from_string(text) == CIELabColor.from_rgb(255, 0, 0)


def test_names() -> None:
    assert CIELabColor.from_string("rebeccapurple").to_rgb() == (0x66, 0x33, 0x99)
    assert CIELabColor.from_string("GreenYellow").to_rgb() == (173, 255, 47)
    assert CIELabColor.from_string("grey") == CIELabColor.from_string("gray")
    assert CIELabColor.from_string("hsl(240, 100%, 25%)").to_rgb() == (0, 0, 128)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nope",
        "#ff00",
        "#gg0000",
        "rgb(1,2)",
        "rgb(1,2%,3)",
        "rgb(256,0,0)",
        "hsl(0,1,2)",
        "light blue",
    ],
)
def test_no_colours(text: str) -> None:
    with pytest.raises(InvalidValueError):
        CIELabColor.from_string(text)


def test_wrong_arguments() -> None:
    for lab in ((101, 0, 0), (-1, 0, 0), (1, 128, 0), (1, 0, -129), (float("nan"), 0, 0)):
        with pytest.raises(InvalidValueError):
            CIELabColor(*lab)
    for rgb in ((256, 0, 0), (0, -1, 0)):
        with pytest.raises(InvalidValueError):
            CIELabColor.from_rgb(*rgb)
    for value in ((1, 2), (1, 2, 70000), (-1, 2, 3)):
        with pytest.raises(InvalidValueError):
            CIELabColor.from_dicom_value(value)
    for value in ((1.5, 2, 3), 5, "abc"):
        with pytest.raises(InvalidTypeError):
            CIELabColor.from_dicom_value(value)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError):
        CIELabColor.from_string(5)  # type: ignore[arg-type]


def test_it_is_a_value() -> None:
    color = CIELabColor(1, 2, 3)
    assert color == CIELabColor(1, 2, 3) != CIELabColor(1, 2, 4)
    assert len({color, CIELabColor(1, 2, 3)}) == 1
    assert pickle.loads(pickle.dumps(color)) == color
    assert repr(color).startswith("CIELabColor(")
    with pytest.raises(AttributeError):
        color.value = (1, 2, 3)  # type: ignore[misc]
