"""Pictures: grey levels, places, letters, bars and legends, against values worked out by hand."""

import itertools
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from pydicom import dcmread

import iodkit as ik
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    IodkitError,
    OutOfRangeError,
    UnsupportedError,
)
from iodkit.overlays import ColorMark, ColorScale, MaskMark, ShapeMark, TextMark
from iodkit.testing import phantom
from iodkit_image.rendering.annotation import length_text, nice_length
from iodkit_image.rendering.legend import LegendEntry, with_legend
from iodkit_image.rendering.levels import Window
from iodkit_image.rendering.orientation import direction_letters, sides_of_geometry

FOLDER = Path(pydicom.data.__file__).parent / "test_files"
PLAIN = {"legend": False, "letters": False, "scale_bar": False, "captions": False}


def volume_of(array, affine, **changes):
    return ik.Volume(array, affine, "PATIENT", "1.2.3", **changes)


def marked(turn, signs):
    """A volume with one bright voxel near the patient's left, front and head, turned anyhow."""
    shape = (9, 11, 13)
    array = np.zeros(shape, np.float32)
    # Axes of this array point to left, back and head.
    array[7, 2, 11] = 100
    volume = volume_of(array, np.diag([2.0, 3.0, 4.0, 1.0]))
    volume = volume.permute_spatial_axes(list(turn))
    flips = [axis for axis, sign in enumerate(signs) if sign]
    return volume.flip_spatial(flips) if flips else volume


class Drawing:
    """An overlay that says what it is told to say."""

    def __init__(self, *marks):
        self.marks = marks
        self.views = []

    def overlay_marks(self, view):
        self.views.append(view)
        return [mark(view) if callable(mark) else mark for mark in self.marks]


@pytest.mark.parametrize(
    ("direction", "letters"),
    [
        ((1, 0, 0), "L"),
        ((-2, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "H"),
        ((0, 0, -1), "F"),
        ((0.7, 0.6, 0), "LP"),
        ((0.1, -0.7, -0.71), "FA"),
        ((1, 1, -1), "LPF"),
        ((0.999, 0.05, 0), "L"),
    ],
)
def test_letters_name_the_greatest_part_first(direction, letters):
    assert direction_letters(direction) == letters


@pytest.mark.parametrize(
    ("variant", "left", "right", "top", "bottom"),
    [
        ("axial", "R", "L", "A", "P"),
        ("sagittal", "A", "P", "H", "F"),
        ("coronal", "R", "L", "H", "F"),
        ("oblique", "RP", "LA", "AFR", "PHL"),
    ],
)
def test_letters_of_series(variant, left, right, top, bottom):
    volume = ik.get_volume_from_series(phantom.ct_series(4, 16, 16, variant=variant))
    sides = sides_of_geometry(volume[1:2].get_geometry())
    assert (sides.left, sides.right, sides.top, sides.bottom) == (left, right, top, bottom)


def test_letters_turn_with_the_image():
    volume = ik.get_volume_from_series(phantom.ct_series(4, 16, 16))
    sides = sides_of_geometry(volume.flip_spatial([2])[1:2].get_geometry())
    assert (sides.left, sides.right, sides.top, sides.bottom) == ("L", "R", "A", "P")
    sides = sides_of_geometry(volume.permute_spatial_axes([0, 2, 1])[1:2].get_geometry())
    assert (sides.left, sides.right, sides.top, sides.bottom) == ("A", "P", "R", "L")


@pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("signs", [(0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 1)])
def test_planes_show_the_patient_the_same_way_however_the_array_lies(turn, signs):
    volume = marked(turn, signs)
    at = (14.0, 6.0, 44.0)  # mm: the bright voxel
    picture = np.array(
        ik.multiplanar(volume, at=at, window=(50, 100), size=52, smooth=False, **PLAIN)
    )[..., 0]
    # The longest side is 13 × 4 mm; so a pixel of the picture is one mm.
    widths, heights = (18, 18, 33), (33, 52, 52)  # left–right twice, front–back
    left = 0
    found = []
    for width, height in zip(widths, heights, strict=True):
        top = (52 - height) // 2
        part = picture[top : top + height, left : left + width]
        bright = np.argwhere(part > 128)
        found.append((bright.min(axis=0).tolist(), (bright.max(axis=0) + 1).tolist()))
        left += width + 4
    assert found == [
        ([6, 14], [9, 16]),  # axial: 3rd row of 3 mm from the front, 8th column of 2 mm
        ([4, 14], [8, 16]),  # coronal: 2nd row of 4 mm from the head
        ([4, 6], [8, 9]),  # sagittal: front on the left
    ]


def test_planes_meet_where_they_should():
    with pytest.raises(OutOfRangeError, match="outside the volume"):
        ik.multiplanar(marked((0, 1, 2), (0, 0, 0)), at=(500, 0, 0))
    with pytest.raises(InvalidValueError, match="at"):
        ik.multiplanar(marked((0, 1, 2), (0, 0, 0)), at=(1, 2))
    with pytest.raises(InvalidTypeError, match="not a volume"):
        ik.multiplanar(phantom.ct_series(1, 8, 8)[0])
    slide = ik.Volume(np.zeros((1, 4, 4)), np.eye(4), "SLIDE")
    with pytest.raises(UnsupportedError, match="slide"):
        ik.multiplanar(slide)


def test_a_linear_window_is_that_of_the_standard():
    # PS3.3 C.11.2.1.2.1: centre 128, width 101, so 78 is black and 178 white.
    window = Window.of(128, 101)
    levels = window.apply(np.array([0, 77.5, 78, 127.5, 128, 177.5, 178, 999, np.nan]))
    assert levels.tolist() == [0, 0, 1, 128, 129, 255, 255, 255, 0]
    exact = Window.of(100, 200, "LINEAR_EXACT").apply(np.array([0, 50, 100, 200]))
    assert exact.tolist() == [0, 64, 128, 255]
    sigmoid = Window.of(100, 200, "SIGMOID").apply(np.array([0, 100, 200]))
    assert sigmoid.tolist() == [round(255 / (1 + np.exp(2))), 128, round(255 / (1 + np.exp(-2)))]
    assert Window.of(1, 0.5).apply(np.array([0.7, 1, 1.3])).tolist() == [0, 128, 255]
    with pytest.raises(InvalidValueError, match="width"):
        Window.of(3, 0)


def test_where_no_window_is_named_percentiles_are_shown():
    values = np.arange(1000, dtype=np.float64)
    window = Window.of_values([values])
    assert (window.low, window.high) == pytest.approx((9.99, 989.01))
    assert Window.of_values([np.full(5, 7.0)]).apply(np.array([7.0])).tolist() == [0]
    assert Window.of_values([np.array([np.nan, np.inf])]).high == 1


def ct(**changes):
    ds = phantom.ct_series(1, 6, 8)[0]
    for name, value in changes.items():
        setattr(ds, name, value)
    return ds


def test_the_window_of_the_caller_comes_before_that_of_the_image():
    ds = ct(WindowCenter=[40, 300], WindowWidth=[400, 1500])
    hu = ds.pixel_array.astype(float) * float(ds.RescaleSlope) + float(ds.RescaleIntercept)
    for window, center, width in ((None, 40, 400), ((0, 101), 0, 101)):
        expected = np.clip((hu - (center - 0.5)) / (width - 1) + 0.5, 0, 1) * 255
        got = ik.render_array(ds, window=window)
        assert got.shape == (6, 8, 3)
        assert np.array_equal(got[..., 0], np.rint(expected))
    inverse = ct(WindowCenter=40, WindowWidth=400, PhotometricInterpretation="MONOCHROME1")
    del ds.WindowCenter, ds.WindowWidth
    normal = ik.render_array(ds, window=(40, 400))
    assert np.array_equal(ik.render_array(inverse), 255 - normal)
    low, high = np.percentile(hu, (1, 99))
    expected = np.rint(np.clip((hu - low) / (high - low), 0, 1) * 255)
    assert np.array_equal(ik.render_array(ds)[..., 0], expected)


@pytest.mark.parametrize("window", ["lung", (1,), (1, -2), (np.nan, 1)])
def test_windows_that_are_none(window):
    with pytest.raises((InvalidTypeError, InvalidValueError), match="window"):
        ik.render(ct(), window=window)


@pytest.mark.filterwarnings("ignore")
def test_colours_are_those_of_the_file():
    ds = dcmread(FOLDER / "SC_rgb_rle.dcm")
    assert np.array_equal(ik.render_array(ds), ds.pixel_array)
    ds = dcmread(FOLDER / "examples_palette.dcm")
    from pydicom.pixels.processing import apply_color_lut

    expected = np.rint(apply_color_lut(ds.pixel_array, ds) / 257)
    assert np.abs(ik.render_array(ds).astype(int) - expected).max() <= 1


def test_pixels_that_are_not_square_become_square():
    assert ik.render(ct(PixelSpacing=[2.0, 1.0]), size=None).size == (8, 12)
    assert ik.render(ct(PixelSpacing=[1.0, 3.0]), size=None).size == (24, 6)
    assert ik.render(ct(PixelSpacing=[1.0, 1.0]), size=400, **PLAIN).size == (400, 300)
    ds = ct(PixelAspectRatio=[2, 1])
    del ds.PixelSpacing
    assert ik.render(ds, size=None).size == (8, 12)


def test_a_scale_bar_is_as_long_as_it_says():
    ds = ct(PixelSpacing=[3.0, 3.0])  # 24 mm wide
    plain = ik.render_array(ds, size=480, window=(5000, 10))
    with_bar = ik.render_array(ds, size=480, window=(5000, 10), scale_bar=True)
    rows = np.flatnonzero((with_bar[..., 0] == 255).sum(axis=1) > 50)
    bar = with_bar[rows[-1], :, 0] == 255
    assert bar.sum() == 480 * 5 / 24  # 5 mm: the longest of 1, 2, 5 × 10ⁿ up to a quarter
    del ds.PixelSpacing
    assert np.array_equal(ik.render_array(ds, size=480, window=(5000, 10), scale_bar=True), plain)


@given(st.floats(1e-6, 1e5))
@settings(max_examples=60, deadline=None)
def test_lengths_are_round(longest):
    length = nice_length(longest)
    assert longest / 2.51 <= length <= longest * (1 + 1e-6)
    assert f"{length:.0e}"[0] in "125"


def test_lengths_in_their_units():
    texts = [length_text(value) for value in (100, 10, 5, 1, 0.5, 0.002, 5e-4)]
    assert texts == ["10 cm", "1 cm", "5 mm", "1 mm", "500 µm", "2 µm", "500 nm"]


def test_masks_are_blended_where_they_are():
    mask = np.zeros((6, 8), bool)
    mask[2:4, 5:7] = True
    ds = ct()
    plain = ik.render_array(ds, window=(-5000, 10))
    assert (plain == 255).all()
    drawing = Drawing(MaskMark(mask, (255, 0, 55), "Square"))
    got = ik.render_array(ds, overlays=[drawing], window=(-5000, 10), outline=False, opacity=0.5)
    assert (got[mask] == [255, 128, 155]).all()
    assert (got[~mask] == 255).all()
    assert drawing.views[0].shape == (6, 8)
    assert drawing.views[0].shows(ds.SOPInstanceUID, 1)
    assert not drawing.views[0].shows("1.2.3")
    # Twice as large: each pixel of the mask covers four, and the border is full.
    got = ik.render_array(ds, overlays=[drawing], window=(-5000, 10), size=16, opacity=0.5)
    large = mask.repeat(2, 0).repeat(2, 1)
    assert (got[~large] == 255).all()
    assert (got[5:7, 11:13] == [255, 128, 155]).all()
    assert (got[4, 10:14] == [255, 0, 55]).all()


def test_maps_shapes_and_texts():
    rgb = np.zeros((6, 8, 3), np.uint8)
    rgb[..., 2] = 200
    opacity = np.zeros((6, 8))
    opacity[0] = 1
    polygon = np.array([[2.0, 2.0], [6.0, 2.0], [6.0, 4.0], [2.0, 4.0]])
    overlay = Drawing(
        ColorMark(rgb, opacity, "Map", ColorScale(rgb[0, :2], 0, 5, "mm")),
        ShapeMark((polygon,), "POLYGON", (0, 255, 0), "Region", is_filled=True),
        ShapeMark((np.array([[7.5, 5.5]]),), "POINTS", (255, 0, 0)),
    )
    got = ik.render_array(ct(), overlays=[overlay], window=(5000, 10), size=800, opacity=1.0)
    assert (got[20, 300] == [0, 0, 200]).all()
    assert (got[300, 400] == [0, 255, 0]).all()
    assert (got[300, 700] == 0).all()
    assert (got[550, 750] == [255, 0, 0]).all()
    picture = ik.render(
        ct(),
        overlays=[Drawing(TextMark("Here", (1, 3), (255, 255, 0)))],
        window=(5000, 10),
        **PLAIN,
    )
    assert (np.array(picture) == [255, 255, 0]).all(axis=2).sum() > 20
    wide = ik.render(ct(), overlays=[overlay], window=(5000, 10))
    assert wide.width > 512
    assert wide.height == 384


def test_an_open_line_is_not_closed():
    line = np.array([[1.0, 1.0], [7.0, 1.0], [7.0, 5.0]])
    pixels = [
        (
            ik.render_array(
                ct(),
                overlays=[Drawing(ShapeMark((line,), kind, (255, 0, 0)))],
                window=(5000, 10),
                size=80,
            )[30, 40]
            > 0
        ).any()
        for kind in ("POLYLINE", "POLYGON")
    ]
    assert pixels == [False, True]


def test_marks_that_do_not_fit_are_refused():
    small = Drawing(MaskMark(np.zeros((5, 8), bool), (1, 2, 3)))
    with pytest.raises(GeometryError, match="shape of the view"):
        ik.render(ct(), overlays=[small])
    with pytest.raises(InvalidTypeError, match="overlay_marks"):
        ik.render(ct(), overlays=["segments"])
    with pytest.raises(InvalidTypeError, match="overlay_marks"):
        ik.render(ct(), overlays=[Drawing("text")])


def test_a_legend_lists_each_label_once():
    picture = Picture.new("RGB", (100, 60))
    assert with_legend(picture, ()) is picture
    entries = [LegendEntry(f"Segment {n}", (n, 0, 0)) for n in range(1, 40)]
    sheet = with_legend(picture, entries)
    assert sheet.height == 60
    colors = {pixel for _, pixel in sheet.getcolors(1 << 20)}
    assert {(n, 0, 0) for n in range(1, 40)} <= colors


def test_frames_and_sizes_that_do_not_exist():
    cine = phantom.ultrasound_cine(4)
    with pytest.raises(OutOfRangeError, match="1 to 4"):
        ik.render(cine, 5)
    with pytest.raises(OutOfRangeError, match="1 to 4"):
        ik.montage(cine, [1, 0])
    with pytest.raises(InvalidValueError, match="size"):
        ik.render(cine, size=1)
    with pytest.raises(InvalidTypeError, match="colour"):
        ik.render(cine, colour=True)
    with pytest.raises(InvalidTypeError, match="nothing that can be drawn"):
        ik.render(np.zeros((4, 4)))
    with pytest.raises(InvalidValueError, match="columns"):
        ik.montage(cine, columns=0)


def test_a_montage_sorts_images_by_their_place():
    series = phantom.ct_series(6, 16, 16, variant="unsorted")
    # As in the volume that they make: axial planes from head to feet.
    order = np.argsort([-ds.ImagePositionPatient[2] for ds in series])
    seen = Drawing()
    ik.montage([*series], overlays=[seen], window=(40, 400))
    assert [view.instance_uid for view in seen.views] == [
        str(series[i].SOPInstanceUID) for i in order
    ]
    sheet = ik.montage(series, [1, 2, 6], columns=2, size=32, captions=False)
    assert sheet.size == (32 * 2 + 4, 32 * 2 + 4)
    with pytest.raises(InvalidTypeError, match="list of images"):
        ik.montage([])


def test_views_know_where_their_pixels_are():
    series = phantom.ct_series(5, 16, 12, variant="oblique")
    volume = ik.get_volume_from_series(series)
    seen = Drawing()
    ik.render(series[3], overlays=[seen])
    ik.multiplanar(volume, [seen])
    view = seen.views[0]
    point = np.array(series[3].ImagePositionPatient, float)
    places, distances = view.project(point[np.newaxis])
    assert places[0] == pytest.approx([0.5, 0.5], abs=1e-6)
    assert abs(distances[0]) < 1e-6
    center = np.array(volume.center_position)[np.newaxis]
    for plane in seen.views[1:]:
        places, distances = plane.project(center)
        rows, columns = plane.shape
        assert 0 < places[0, 0] < columns
        assert 0 < places[0, 1] < rows
        assert abs(distances[0]) <= plane.thickness / 2 + 1e-6


def test_a_slide_is_shown_whole():
    ds = phantom.slide_image(96, 128, 32)
    image = ik.from_dataset(ds)
    full = ik.render_array(image)
    matrix = image.get_total_pixel_matrix(dtype=np.uint8, apply_icc_profile=False)
    assert np.array_equal(full, matrix)
    small = ik.render_array(image, size=64)
    mean = matrix.reshape(48, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.abs(small - mean).max() <= 1
    seen = Drawing()
    tile = ik.render_array(image, 6, overlays=[seen])
    assert np.array_equal(tile, matrix[32:64, 32:64])
    ik.render(image, size=64, overlays=[seen])
    frame, whole = seen.views
    place, _ = whole.project(frame.geometry.map_indices_to_reference(np.array([[0.0, 0.0, 0.0]])))
    assert place[0] == pytest.approx([16.25, 16.25], abs=1e-6)  # of pixels of half the size
    assert whole.from_image(np.array([[32.0, 64.0]])).tolist() == [[16.0, 32.0]]


def test_notebooks_show_the_image_but_not_the_patient():
    ds = ct(PatientName="Secret^Person", PatientID="4711")
    image = ik.from_dataset(ds)
    assert image._repr_png_().startswith(b"\x89PNG")
    html = image._repr_html_()
    assert "data:image/png;base64," in html
    assert "CT Image Storage" in html
    assert "Secret" not in html
    assert "4711" not in html
    image.PixelData = b"\0\0"
    assert image._repr_png_() is None
    assert "No picture" in image._repr_html_()


def drawn_or_none(path):
    try:
        return ik.render(path, size=64)
    except IodkitError:
        return None


@pytest.mark.skipif(not find_spec("imagecodecs"), reason="some images need further codecs")
@pytest.mark.filterwarnings("ignore")
def test_every_image_of_pydicom_is_drawn_or_refused_clearly():
    drawn = 0
    for path in sorted(FOLDER.glob("*.dcm")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = drawn_or_none(path)
        if picture is not None:
            assert picture.mode == "RGB"
            assert max(picture.size) >= 64
            drawn += 1
    assert drawn >= 55


@pytest.mark.unvalidated
def test_supplemental_palettes():
    """PS3.3 C.7.6.19: colours from the first mapped value on, grey levels below it."""
    dataset = phantom.enhanced_ct(3, 16, 12)
    stored = np.zeros((3, dataset.Rows, dataset.Columns), np.uint16)
    stored[:, 0, :4] = [500, 2999, 3000, 3001]
    stored[:, 0, 4] = 4000
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 15, 0
    dataset.NumberOfFrames = len(dataset.PerFrameFunctionalGroupsSequence)
    dataset.PixelData = stored[:1].repeat(dataset.NumberOfFrames, 0).tobytes()
    for color, entries in (("Red", [65535, 0]), ("Green", [0, 257]), ("Blue", [514, 65535])):
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [2, 3000, 16])
        packed = np.array(entries, "<u2").tobytes()
        setattr(dataset, f"{color}PaletteColorLookupTableData", packed)
    dataset.PixelPresentation = "COLOR"
    shown = ik.image.render_array(ik.from_dataset(dataset), 1, window=(0, 4096))
    plain = np.ptp(shown[0, :2].astype(int), axis=-1)
    assert plain.tolist() == [0, 0]
    assert shown[0, 2:5].tolist() == [[255, 0, 2], [0, 1, 255], [0, 1, 255]]
    dataset.PixelPresentation = "MONOCHROME"
    grey = ik.image.render_array(ik.from_dataset(dataset), 1, window=(0, 4096))
    assert np.ptp(grey.astype(int), axis=-1).max() == 0
