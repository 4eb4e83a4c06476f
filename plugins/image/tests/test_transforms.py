"""Transformations of pixels: the formulas of the standard, and every switch beside highdicom."""

import copy
import itertools
import pickle

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.sr.coding import Code

import iodkit as ik
from iodkit.errors import (
    CorruptDataError,
    InvalidTypeError,
    InvalidValueError,
    IodkitError,
    MissingAttributeError,
    NotFoundError,
    OutOfRangeError,
)
from iodkit_image import (
    LUT,
    VOILUT,
    ColorManager,
    Image,
    ModalityLUT,
    ModalityLUTTransformation,
    PaletteColorLUT,
    PaletteColorLUTTransformation,
    PresentationLUT,
    PresentationLUTTransformation,
    SegmentedPaletteColorLUT,
    VOILUTTransformation,
    apply_lut,
    apply_voi_window,
)
from transformed import (
    IMAGES,
    STORED,
    SWITCHES,
    assert_like_highdicom,
    outcome,
    profile_bytes,
)


@pytest.mark.parametrize(
    ("value", "linear", "exact", "sigmoid"),
    [
        # Centre 50, width 100: PS3.3 C.11.2.1.2 and C.11.2.1.3, worked out by hand.
        (-10, 0.0, 0.0, 1 / (1 + np.exp(2.4))),
        (0, 0.0, 0.0, 1 / (1 + np.exp(2))),
        (49.5, 0.5, 0.495, 1 / (1 + np.exp(0.02))),
        (50, 50 / 99 - 49.5 / 99 + 0.5, 0.5, 0.5),
        (99, 1.0, 0.99, 1 / (1 + np.exp(-1.96))),
        (200, 1.0, 1.0, 1 / (1 + np.exp(-6))),
    ],
)
def test_windows(value, linear, exact, sigmoid):
    for function, expected in (("LINEAR", linear), ("LINEAR_EXACT", exact), ("SIGMOID", sigmoid)):
        array = np.array([value], float)
        out = apply_voi_window(array, 50, 100, function)
        np.testing.assert_allclose(out, [expected], atol=1e-12)
        flipped = apply_voi_window(array, 50, 100, function, (10, 30), np.float32, invert=True)
        assert flipped.dtype == np.float32
        np.testing.assert_allclose(flipped, [30 - 20 * expected], rtol=1e-5)
        assert array[0] == value


def test_a_window_of_one_value():
    out = apply_voi_window(np.array([9, 10, 11]), 10, 1)
    assert out.tolist() == [0, 1, 1]
    with pytest.raises(InvalidValueError, match="window_width"):
        apply_voi_window(np.array([9]), 10, 0.5)
    assert apply_voi_window(np.array([10.0]), 10, 0.5, "LINEAR_EXACT").tolist() == [0.5]
    for wrong in ({"output_range": (1, 0)}, {"dtype": np.int16}, {"voi_lut_function": "CUBIC"}):
        with pytest.raises(IodkitError):
            apply_voi_window(np.array([9]), 10, 2, **wrong)


def test_look_up():
    entries = np.array([10, 20, 30], np.uint8)
    assert apply_lut(np.array([-5, 0, 1, 2, 9], np.int16), entries, 0).tolist() == [
        10,
        10,
        20,
        30,
        30,
    ]
    assert apply_lut(np.array([-3, -2]), entries, -3, dtype=np.float32).dtype == np.float32
    with pytest.raises(OutOfRangeError, match="clip=True"):
        apply_lut(np.array([3]), entries, 0, clip=False)
    with pytest.raises(InvalidTypeError):
        apply_lut(np.array([0.5]), entries, 0)
    with pytest.raises(InvalidValueError):
        apply_lut(np.array([0]), entries[:0], 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("first", [0, 7, -100, 40000])
@pytest.mark.parametrize("count", [1, 3, 256])
def test_tables_are_stored_and_read(dtype, first, count):
    entries = np.arange(count).astype(dtype)[::-1]
    table = LUT(first, entries, "Test")
    for twin in (
        table,
        LUT.from_dataset(table),
        pickle.loads(pickle.dumps(table)),
        LUT.from_json(table.to_json()),
    ):
        assert twin.lut_data.dtype == dtype
        assert np.array_equal(twin.lut_data, entries)
        assert (twin.first_mapped_value, twin.number_of_entries) == (first, count)
        assert twin.bits_per_entry == 8 * np.dtype(dtype).itemsize
    assert np.array_equal(table.get_inverted_lut_data(), entries[::-1])
    scaled = table.get_scaled_lut_data((10, 20), np.float32)
    np.testing.assert_allclose(scaled, np.linspace(20, 10, count)[-count:] if count > 1 else [10])
    assert len(table.LUTData) % 2 == 0


def test_a_table_of_all_values():
    entries = np.arange(65536).astype(np.uint16)[::-1]
    table = LUT(0, entries)
    assert table.LUTDescriptor[0] == 0
    assert np.array_equal(table.apply(np.arange(65536, dtype=np.uint16)), entries)


@pytest.mark.parametrize(
    ("first", "entries", "error"),
    [
        (0, np.zeros(3, np.int16), InvalidTypeError),
        (0, [1, 2], InvalidTypeError),
        (0, np.zeros(0, np.uint8), InvalidValueError),
        (0, np.zeros((2, 2), np.uint8), InvalidValueError),
        (70000, np.zeros(3, np.uint8), InvalidValueError),
        (-1, np.zeros(40000, np.uint8), InvalidValueError),
    ],
)
def test_what_is_no_table(first, entries, error):
    with pytest.raises(error):
        LUT(first, entries)


def test_a_table_with_too_few_entries():
    table = LUT(0, np.arange(4, dtype=np.uint16))
    table.LUTDescriptor = [9, 0, 16]
    with pytest.raises(CorruptDataError, match="fewer entries"):
        _ = table.lut_data
    del table.LUTDescriptor
    with pytest.raises(CorruptDataError, match="LUTDescriptor"):
        LUT.from_dataset(table)


def test_modality_transformations():
    array = np.array([0, 1, 2], np.uint16)
    linear = ModalityLUTTransformation(-1024, 2, "HU")
    assert not linear.has_lut()
    assert linear.apply(array).tolist() == [-1024, -1022, -1020]
    assert linear.apply(array, np.int16).dtype == np.int16
    table = ModalityLUTTransformation(modality_lut=ModalityLUT("US", 0, np.array([9, 8], np.uint8)))
    assert table.has_lut()
    assert table.apply(array).tolist() == [9, 8, 8]
    with pytest.raises(InvalidValueError, match="dtype"):
        linear.apply(array, np.uint8)
    for wrong in ({}, {"rescale_slope": 1}, {"rescale_slope": 1, "rescale_intercept": 0}):
        with pytest.raises(IodkitError):
            ModalityLUTTransformation(**wrong)


def test_voi_transformations():
    both = VOILUTTransformation(
        [50, 500],
        [100, 1000],
        ["soft", "bone"],
        voi_luts=[VOILUT(0, np.array([0, 255], np.uint8), "step")],
    )
    assert both.has_lut()
    assert both.has_window()
    array = np.array([0, 1, 99])
    assert both.apply(array)[2] == 1
    assert (
        both.apply(array, voi_transform_selector="bone")[2]
        == both.apply(array, voi_transform_selector=-1)[2]
    )
    assert both.apply(array, prefer_lut=True).tolist() == [0, 1, 1]
    assert both.apply(array, (0, 9), "step", prefer_lut=True, invert=True).tolist() == [9, 0, 0]
    with pytest.raises(OutOfRangeError):
        both.apply(array, voi_transform_selector=2)
    with pytest.raises(NotFoundError, match="soft"):
        both.apply(array, voi_transform_selector="lung")
    with pytest.raises(InvalidTypeError, match="whole numbers"):
        both.apply(array + 0.5, prefer_lut=True)
    for wrong in (
        {},
        {"window_center": 1},
        {"window_center": [1, 2], "window_width": [1]},
        {"window_center": 1, "window_width": 0.5},
        {"window_center": 1, "window_width": 2, "window_explanation": ["a", "b"]},
        {"window_width": 1, "voi_luts": [VOILUT(0, np.array([0], np.uint8))]},
        {"voi_luts": []},
    ):
        with pytest.raises(IodkitError):
            VOILUTTransformation(**wrong)


def test_presentation_transformations():
    assert PresentationLUTTransformation("INVERSE").PresentationLUTShape == "INVERSE"
    table = PresentationLUT(0, np.array([0, 9], np.uint8))
    made = PresentationLUTTransformation(presentation_lut=table)
    assert made.PresentationLUTSequence[0] == table
    for wrong in ({}, {"presentation_lut_shape": "INVERSE", "presentation_lut": table}):
        with pytest.raises(InvalidValueError):
            PresentationLUTTransformation(**wrong)


def test_palettes():
    palette = PaletteColorLUTTransformation.from_colors(["black", "#ff8000", "rgb(1, 2, 3)"], 5)
    assert palette.combined_lut_data.tolist() == [[0, 0, 0], [255, 128, 0], [1, 2, 3]]
    assert palette.first_mapped_value == 5
    assert palette.apply(np.array([[5, 6], [7, 9]]))[1].tolist() == [[1, 2, 3], [1, 2, 3]]
    twin = PaletteColorLUTTransformation.extract_from_dataset(palette)
    assert twin == palette
    assert not twin.is_segmented
    assert twin.green_lut.lut_data.tolist() == [0, 128, 2]
    for wrong in ("red", [], ["no colour"]):
        with pytest.raises(InvalidValueError):
            PaletteColorLUTTransformation.from_colors(wrong)
    red, green = (PaletteColorLUT(0, np.zeros(2, np.uint8), c) for c in ("red", "green"))
    blue = PaletteColorLUT(0, np.zeros(3, np.uint8), "blue")
    with pytest.raises(InvalidValueError, match="number_of_entries"):
        PaletteColorLUTTransformation(red, green, blue)
    with pytest.raises(InvalidValueError, match="green_lut"):
        PaletteColorLUTTransformation(red, red, blue)
    with pytest.raises(MissingAttributeError):
        PaletteColorLUT.extract_from_dataset(Dataset(), "red")


def test_segmented_palettes():
    # Discrete 10, 20; linear over four entries to 100; the discrete segment once more.
    segments = np.array([0, 2, 10, 20, 1, 4, 100, 2, 1, 0, 0], np.uint16)
    table = SegmentedPaletteColorLUT(0, segments, "red")
    assert table.lut_data.tolist() == [10, 20, 40, 60, 80, 100, 10, 20]
    assert table.number_of_entries == 8
    assert table.segmented_lut_data.tolist() == segments.tolist()
    for wrong in ([1, 4, 100], [0, 5, 1], [3, 1, 1], [2, 1, 7], [2, 1, 0, 0]):
        with pytest.raises(CorruptDataError):
            SegmentedPaletteColorLUT(0, np.array(wrong, np.uint16), "red")


def test_colour_profiles():
    manager = ColorManager(profile_bytes())
    frame = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
    assert np.abs(manager.transform_frame(frame).astype(int) - frame).max() <= 1
    twin = pickle.loads(pickle.dumps(manager))
    assert np.array_equal(twin.transform_frame(frame), manager.transform_frame(frame))
    with pytest.raises(InvalidTypeError):
        manager.transform_frame(frame.astype(np.uint16))
    with pytest.raises(InvalidValueError):
        manager.transform_frame(frame[..., 0])
    for wrong in (b"", b"no profile", profile_bytes("LAB")):
        with pytest.raises(InvalidValueError, match="icc_profile"):
            ColorManager(wrong)


@pytest.mark.referee
@pytest.mark.parametrize("name", IMAGES)
def test_every_switch_beside_highdicom(name):
    import highdicom

    dataset = IMAGES[name]()
    ours, theirs = Image.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    accepted = 0
    for values in itertools.product(*SWITCHES.values()):
        arguments = dict(zip(SWITCHES, values, strict=True))
        mine = outcome(lambda a=arguments: ours.get_frame(1, **a))
        their = outcome(lambda a=arguments: theirs.get_frame(1, **a))
        table = name == "real-world table"
        accepted += assert_like_highdicom(mine, their, arguments, has_table=table)
    assert accepted >= 20


@pytest.mark.referee
@pytest.mark.parametrize("selector", [0, 1, -1, 2, "bone", "lung"])
def test_selectors_beside_highdicom(selector):
    import highdicom

    dataset = IMAGES["windows"]()
    arguments = {
        "apply_voi_transform": True,
        "voi_transform_selector": selector,
        "voi_output_range": (0, 255),
    }
    ours, theirs = Image.from_dataset(dataset), highdicom.Image.from_dataset(dataset)
    mine = outcome(lambda: ours.get_frame(1, **arguments))
    their = outcome(lambda: theirs.get_frame(1, **arguments))
    if isinstance(their, Exception):
        assert isinstance(mine, IodkitError | LookupError)
    else:
        np.testing.assert_allclose(mine, their)


def test_real_world_selectors():
    image = Image.from_dataset(IMAGES["real world"]())
    second = STORED * 0.5 + 1
    for selector in (1, -1, "B", Code("cm", "UCUM", "cm"), ik.CodedConcept("cm", "UCUM", "cm")):
        found = image.get_frame(1, real_world_value_map_selector=selector)
        np.testing.assert_allclose(found, second)
    for selector, error in ((2, OutOfRangeError), ("C", NotFoundError)):
        with pytest.raises(error):
            image.get_frame(1, real_world_value_map_selector=selector)
    with pytest.raises(InvalidValueError, match="apply_real_world_transform=False"):
        Image.from_dataset(IMAGES["real-world part"]()).get_frame(1)


def test_a_transformation_of_the_callers_own():
    image = Image.from_dataset(IMAGES["plain"]())
    own = VOILUTTransformation(window_center=500, window_width=1000)
    for switch in (True, None):
        found = image.get_frame(1, apply_voi_transform=switch, voi_transform_selector=own)
        np.testing.assert_allclose(found, own.apply(STORED))
    assert np.array_equal(image.get_frame(1, voi_transform_selector=own), STORED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"apply_real_world_transform": True},
        {"apply_modality_transform": True},
        {"apply_voi_transform": True},
        {"apply_palette_color_lut": True},
        {"apply_icc_profile": True},
        {"apply_voi_transform": True, "dtype": np.int16},
        {"apply_voi_transform": True, "apply_modality_transform": False},
        {"apply_real_world_transform": True, "apply_modality_transform": True},
        {"apply_real_world_transform": True, "apply_voi_transform": True},
        {"voi_output_range": (1, 1)},
        {"dtype": np.uint8},
        {"dtype": complex},
    ],
)
def test_what_cannot_be_is_refused(wrong):
    image = Image.from_dataset(IMAGES["plain"]())
    with pytest.raises(IodkitError) as caught:
        image.get_frame(1, **wrong)
    assert caught.value.attribute


def test_each_frame_has_its_own(enhanced_ct):
    dataset = copy.deepcopy(enhanced_ct)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    for keyword in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
        if keyword in shared:
            del shared[keyword]
    for number, item in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        rescale, window = Dataset(), Dataset()
        rescale.RescaleSlope, rescale.RescaleIntercept = 1 + number, -number
        rescale.RescaleType = "US"
        window.WindowCenter, window.WindowWidth = 100 * (number + 1), 50
        item.PixelValueTransformationSequence = [rescale]
        item.FrameVOILUTSequence = [window]
    image = Image.from_dataset(dataset)
    stored = image.get_stored_frames()
    found = image.get_frames()
    expected = np.stack([frame * (1.0 + n) - n for n, frame in enumerate(stored)])
    np.testing.assert_allclose(found, expected)
    shown = image.get_frames([3, 1], apply_voi_transform=True, dtype=np.float32)
    for place, number in enumerate((2, 0)):
        wanted = apply_voi_window(expected[number], 100 * (number + 1), 50)
        np.testing.assert_allclose(shown[place], wanted, atol=1e-4)


def test_frames_are_the_callers_own(enhanced_ct):
    image = Image.from_dataset(enhanced_ct)
    frame = image.get_frame(1, apply_modality_transform=False, dtype=np.int16)
    before = frame.copy()
    frame[:] = 0
    again = image.get_frame(1, apply_modality_transform=False, dtype=np.int16)
    assert np.array_equal(again, before)


FILES = [
    "CT_small.dcm",
    "MR_small.dcm",
    "examples_palette.dcm",
    "examples_rgb_color.dcm",
    "examples_ybr_color.dcm",
    "examples_overlay.dcm",
    "mlut_18.dcm",
    "vlut_04.dcm",
    "SC_rgb.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
]


@pytest.mark.parametrize("name", FILES)
def test_real_images_as_pydicom_transforms_them(name):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is not installed")
    from pydicom import dcmread

    dataset = dcmread(path)
    image = ik.imread(path)
    assert isinstance(image, Image)
    if image.PhotometricInterpretation == "PALETTE COLOR":
        expected = apply_color_lut(dataset.pixel_array, dataset)
        assert np.array_equal(image.get_frame(1), np.atleast_3d(expected))
        return
    if image.SamplesPerPixel == 3:
        first = image.get_stored_frame(1)
        assert np.array_equal(image.get_frame(1, apply_icc_profile=False), first)
        return
    stored = dataset.pixel_array
    expected = apply_modality_lut(stored, dataset)
    found = image.get_frame(1, apply_presentation_lut=False)
    np.testing.assert_allclose(found, np.asarray(expected, float))
    if "WindowCenter" in dataset and "VOILUTSequence" not in dataset:
        voi = image.get_frame(1, apply_voi_transform=True, apply_presentation_lut=False)
        wanted = apply_voi_lut(expected, dataset).astype(float)
        low, high = wanted.min(), wanted.max()
        if high > low and voi.min() == 0 and voi.max() == 1:
            np.testing.assert_allclose(voi, (wanted - low) / (high - low), atol=1e-3)
