"""The ways to pixels agree: frames one by one, arrays, volumes, series and matrices."""

import copy
import itertools
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_files
from pydicom.dataset import Dataset

import iodkit as ik
from iodkit.errors import InvalidValueError, IodkitError
from iodkit.testing import phantom
from iodkit_image import VOILUT, Image, ModalityLUT, PaletteColorLUTTransformation
from transformed import IMAGES, SWITCHES, outcome, profile_bytes

COMBINATIONS = [
    dict(zip(SWITCHES, values, strict=True)) for values in itertools.product(*SWITCHES.values())
]
KINDS = ("plain", "inverse", "bright", "windows", "modality table", "real world", "both")


def agree(one, other):
    """Both are the same arrays, or both are refused."""
    assert isinstance(one, np.ndarray) == isinstance(other, np.ndarray), (one, other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
        return 1
    assert isinstance(one, IodkitError)
    assert isinstance(other, IodkitError)
    return 0


@pytest.mark.parametrize("name", IMAGES)
def test_arrays_and_frames(name):
    image = Image.from_dataset(IMAGES[name]())
    accepted = 0
    for options in COMBINATIONS:
        frames = outcome(lambda o=options: image.get_frames(**o))
        array = outcome(lambda o=options: np.asarray(image.to_lazy_array(**o)))
        accepted += agree(frames, array)
    assert accepted >= 20


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "path",
    sorted(p for p in get_testdata_files() if p.endswith(".dcm")),
    ids=lambda p: Path(p).name,
)
def test_arrays_and_frames_of_real_files(path):
    try:
        image = ik.imread(path)
        image.get_stored_frame(1)
    except IodkitError:
        pytest.skip("there are no pixels that can be decoded")
    for options in ({}, {"apply_voi_transform": None}, {"apply_icc_profile": False}):
        frames = outcome(lambda o=options: image.get_frames([1], **o))
        array = outcome(lambda o=options: image.to_lazy_array(**o)[:1])
        agree(frames, array)


def series_of(name, count=5):
    """Instances like an image of a certain kind, each of them a little different."""
    made = []
    for number, place in enumerate(phantom.ct_series(count, 8, 8)):
        one = copy.deepcopy(IMAGES[name]())
        for keyword in ("SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
            one[keyword] = place[keyword]
        one.ImagePositionPatient = place.ImagePositionPatient
        one.ImageOrientationPatient = place.ImageOrientationPatient
        if "RescaleSlope" in one:
            one.RescaleSlope, one.RescaleIntercept = 1 + number, -number
        if "WindowCenter" in one:
            one.WindowWidth = [width + 10 * number for width in np.atleast_1d(one.WindowWidth)]
        made.append(one)
    return [made[at] for at in (3, 0, 4, 1, 2)]


@pytest.mark.parametrize("name", KINDS)
def test_series_and_images(name):
    series = series_of(name)
    accepted = 0
    for options in COMBINATIONS:
        volume = outcome(lambda o=options: ik.get_volume_from_series(series, **o))
        frames = outcome(
            lambda o=options: np.stack(
                [Image.from_dataset(each).get_frame(1, **o) for each in series]
            )
        )
        if isinstance(volume, ik.Volume):
            # Where each instance went is known by its position.
            inverse = np.linalg.inv(volume.affine)
            at = [inverse @ [*map(float, each.ImagePositionPatient), 1] for each in series]
            volume = volume.array[np.rint([place[0] for place in at]).astype(int)]
        accepted += agree(volume, frames)
    assert accepted >= 20


def test_series_of_palettes():
    entries = np.arange(256, dtype=np.uint8)
    palette = PaletteColorLUTTransformation.from_combined_lut(
        np.stack([entries, entries[::-1], entries // 2], axis=1)
    )
    series = []
    for each in series_of("bytes"):
        each.PhotometricInterpretation = "PALETTE COLOR"
        each.update(palette)
        series.append(each)
    volume = ik.get_volume_from_series(series, dtype=np.uint8)
    assert volume.array.shape == (5, 2, 4, 3)
    stored = Image.from_dataset(series[0]).get_stored_frame(1)
    expected = np.stack([stored, 255 - stored, stored // 2], axis=-1)
    for plane in volume.array:
        np.testing.assert_array_equal(plane, expected)
    numbers = ik.get_volume_from_series(series, apply_palette_color_lut=False, dtype=np.uint8)
    np.testing.assert_array_equal(numbers.array[0], stored)


def test_volumes_of_frames_with_windows_of_their_own(enhanced_ct):
    dataset = copy.deepcopy(enhanced_ct)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    if "FrameVOILUTSequence" in shared:
        del shared.FrameVOILUTSequence
    for number, item in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        window = Dataset()
        window.WindowCenter, window.WindowWidth = 100 * (number + 1), 50
        item.FrameVOILUTSequence = [window]
    image = Image.from_dataset(dataset)
    volume = image.get_volume(apply_voi_transform=True, dtype=np.float32)
    frames = image.get_frames(apply_voi_transform=True, dtype=np.float32)
    places = (
        np.linalg.inv(volume.affine)
        @ np.column_stack([image.frames.positions, np.ones(len(frames))]).T
    )
    np.testing.assert_array_equal(volume.array[np.rint(places[0]).astype(int)], frames)
    assert 0 < volume.array.mean() < 1


def test_volumes_through_tables(enhanced_ct):
    dataset = copy.deepcopy(enhanced_ct)
    dataset.VOILUTSequence = [VOILUT(-2000, np.arange(8000, dtype=np.uint16) * 8, "table")]
    image = Image.from_dataset(dataset)
    volume = image.get_volume(apply_voi_transform=True)
    assert volume.array.min() >= 0
    assert volume.array.max() <= 1
    assert sorted(map(float, volume.array.sum(axis=(1, 2)))) == pytest.approx(
        sorted(map(float, image.get_frames(apply_voi_transform=True).sum(axis=(1, 2))))
    )


@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
def test_matrices_of_colours(organization):
    slide = phantom.slide_image(64, 48, 16, organization=organization)
    slide.OpticalPathSequence[0].ICCProfile = profile_bytes()
    image = Image.from_dataset(slide)
    matrix = image.get_total_pixel_matrix(apply_icc_profile=True, dtype=np.uint8)
    corners = image.frames.matrix_positions - 1
    for (row, column), frame in zip(
        corners, image.get_frames(apply_icc_profile=True, dtype=np.uint8), strict=True
    ):
        part = matrix[row : row + 16, column : column + 16]
        np.testing.assert_array_equal(part, frame[: part.shape[0], : part.shape[1]])


def test_a_missing_slope_is_named_alike():
    series = series_of("plain")
    for call in (
        lambda: ik.get_volume_from_series(series, apply_modality_transform=True),
        lambda: Image.from_dataset(series[0]).get_frame(1, apply_modality_transform=True),
        lambda: Image.from_dataset(series[0]).to_lazy_array(apply_modality_transform=True),
    ):
        with pytest.raises(ik.MissingAttributeError, match="RescaleSlope"):
            call()


def test_contradictions_are_refused_everywhere(enhanced_ct):
    options = {"apply_real_world_transform": True, "apply_voi_transform": True}
    image = Image.from_dataset(enhanced_ct)
    for call in (image.get_frames, image.get_volume, image.to_lazy_array, image.to_dask):
        with pytest.raises(InvalidValueError, match="apply_voi_transform"):
            call(**options)
    with pytest.raises(InvalidValueError, match="apply_voi_transform"):
        ik.get_volume_from_series(series_of("plain"), **options)


def test_tables_of_instances_are_their_own():
    series = series_of("plain")
    for number, each in enumerate(series):
        table = np.arange(5000, dtype=np.uint16) + number
        each.ModalityLUTSequence = [ModalityLUT("US", 0, table)]
    volume = ik.get_volume_from_series(series)
    assert sorted(volume.array[:, 0, 0].tolist()) == [0, 1, 2, 3, 4]
