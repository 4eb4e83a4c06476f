"""Images of every kind have their frames where highdicom has them; the listing is complete."""

import inspect

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

import iodkit.spatial as ours
from iodkit.errors import IodkitError
from iodkit.testing import phantom
from referees import highdicom
from rotations import random_rotation
from slides import item, slide, spaced, sparse

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]

FROM_PLANES = ("PixelToReference", "ImageToReference", "ReferenceToPixel", "ReferenceToImage")
BETWEEN = ("PixelToPixel", "ImageToImage")
CLASSES = (
    *((f"{kind}Transformer", "spatial") for kind in FROM_PLANES + BETWEEN),
    ("Volume", "volume"),
    ("VolumeGeometry", "volume"),
    ("VolumeToVolumeTransformer", "volume"),
    ("ChannelDescriptor", "volume"),
)


@pytest.fixture
def theirs():
    return highdicom()


def parameters(function):
    """Names, kinds and defaults, enumerations by value."""

    def plain(value):
        if isinstance(value, tuple):
            return tuple(map(plain, value))
        return getattr(value, "value", value)

    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, plain(p.default)) for p in found]


def test_every_function_has_the_same_parameters(theirs):
    compared = 0
    for module in (theirs.spatial, theirs.utils):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ in {"highdicom.spatial", "highdicom.utils"}
            if own and not name.startswith("_"):
                assert parameters(getattr(ours, name)) == parameters(function), name
                compared += 1
    assert compared >= 28


@pytest.mark.parametrize(("name", "module"), CLASSES)
def test_every_class_has_the_same_members(theirs, name, module):
    mine, its = getattr(ours, name), getattr(getattr(theirs, module), name)
    for member in dir(its):
        if member.startswith("_") and member not in {"__init__", "__call__", "__getitem__"}:
            continue
        assert hasattr(mine, member), member
        if callable(getattr(its, member)):
            found = parameters(getattr(mine, member))
            # A generator for what is random is the one thing that we add.
            found = [p for p in found if p[0] != "rng" or not member.startswith("random_")]
            assert found == parameters(getattr(its, member)), member


def outcome(function, *arguments, **options):
    """The result, or None if the call is refused."""
    try:
        return function(*arguments, **options)
    except Exception:  # noqa: BLE001  (whatever highdicom raises)
        return None


def generated_slide(seed, *, focal_planes=1, paths=1):
    rng = np.random.default_rng(seed)
    rows, columns, height, width = (int(n) for n in rng.integers(1, 7, 4) * (1, 1, 3, 3))
    tiles = -(-height // rows) * -(-width // columns)
    # Sections lie flat; rows and columns may be turned in the plane.
    angle = rng.uniform(0, 2 * np.pi)
    cosine, sine = np.cos(angle), np.sin(angle)
    orientation = [cosine, sine, 0.0, sine, -cosine, 0.0]
    spacing = rng.uniform(0.0002, 0.01, 2).tolist()
    measures = spaced(0.002) if focal_planes > 1 else spaced(0.5)
    measures[0].PixelMeasuresSequence[0].PixelSpacing = [round(v, 12) for v in spacing]
    measures[0].PixelMeasuresSequence[0].SliceThickness = 0.001
    x, y = (float(v) for v in rng.uniform(0, 50, 2).round(6))
    origin = item(XOffsetInSlideCoordinateSystem=x, YOffsetInSlideCoordinateSystem=y)
    return slide(
        Rows=rows,
        Columns=columns,
        TotalPixelMatrixRows=height,
        TotalPixelMatrixColumns=width,
        NumberOfFrames=tiles * focal_planes * paths,
        TotalPixelMatrixFocalPlanes=focal_planes,
        NumberOfOpticalPaths=paths,
        ImageOrientationSlide=[round(v, 13) for v in orientation],
        TotalPixelMatrixOriginSequence=[origin],
        SharedFunctionalGroupsSequence=measures,
        OpticalPathSequence=[item(OpticalPathIdentifier=str(k)) for k in range(paths)],
    )


SLIDES = [(seed, planes, paths) for seed in range(4) for planes, paths in ((1, 1), (2, 1), (1, 3))]


@pytest.mark.parametrize(("seed", "planes", "paths"), SLIDES)
def test_tiled_slides(theirs, seed, planes, paths):
    image = generated_slide(seed, focal_planes=planes, paths=paths)
    frames = [1, int(image.NumberOfFrames), 1 + int(image.NumberOfFrames) // 2]
    for kind in FROM_PLANES:
        mine, its = (getattr(m, f"{kind}Transformer") for m in (ours, theirs.spatial))
        for options in (
            *({"frame_number": n} for n in frames),
            {"for_total_pixel_matrix": True},
        ):
            found, expected = (c.for_image(image, **options).affine for c in (mine, its))
            # Rounding grows where coordinates are divided by the spacing.
            assert np.allclose(found, expected, rtol=1e-9, atol=1e-6), (kind, options)
        for wrong in (
            {"frame_number": int(image.NumberOfFrames) + 1},
            {},
            {"frame_number": 1, "for_total_pixel_matrix": True},
        ):
            assert (outcome(mine.for_image, image, **wrong) is None) == (
                outcome(its.for_image, image, **wrong) is None
            )
    found, expected = (list(m.iter_tiled_full_frame_data(image)) for m in (ours, theirs.spatial))
    assert len(found) == len(expected) == int(image.NumberOfFrames)
    assert [f[:4] for f in found] == [e[:4] for e in expected]
    assert np.allclose([f[4:] for f in found], [e[4:] for e in expected], atol=1e-9)
    assert ours.is_tiled_image(image) is bool(theirs.spatial.is_tiled_image(image)) is True
    found = ours.compute_plane_position_slide_per_frame(image)
    expected = theirs.utils.compute_plane_position_slide_per_frame(image)
    same_planes(found, expected)
    assert ours.are_plane_positions_tiled_full(
        found, image.Rows, image.Columns
    ) == theirs.utils.are_plane_positions_tiled_full(expected, image.Rows, image.Columns)


def same_planes(found, expected):
    assert len(found) == len(expected)
    for mine, its in zip(found, expected, strict=True):
        a, b = mine[0], its[0]
        assert [e.tag for e in a] == [e.tag for e in b]
        for one, other in zip(a, b, strict=True):
            # Theirs takes the Z offset of slides for millimetres (PS3.3 C.8.12.6.1: micrometres).
            unit = 1000 if one.keyword == "ZOffsetInSlideCoordinateSystem" else 1
            values = np.array(one.value, float) / unit, np.array(other.value, float)
            assert np.allclose(*values, atol=1e-9)


def test_sparse_slides(theirs):
    image = sparse((1, 1), (4, 1), (1, 3), (7, 5))
    for kind in FROM_PLANES:
        mine, its = (getattr(m, f"{kind}Transformer") for m in (ours, theirs.spatial))
        for options in (
            *({"frame_number": n} for n in (1, 2, 4)),
            {"for_total_pixel_matrix": True},
        ):
            agreed = (c.for_image(image, **options).affine for c in (mine, its))
            assert np.allclose(*agreed, atol=1e-9)
        assert outcome(its.for_image, image, frame_number=9) is None
        with pytest.raises(IodkitError):
            mine.for_image(image, frame_number=9)
        # Frames count from 1; highdicom takes 0 for the last one.
        with pytest.raises(IodkitError):
            mine.for_image(image, frame_number=0)
    found = ours.get_plane_positions_of_image(image)
    expected = theirs.utils.get_plane_positions_of_image(image)
    same_planes(found, expected)
    for positions in (found, list(reversed(found))):
        assert not ours.are_plane_positions_tiled_full(positions, 2, 3)
        assert not theirs.utils.are_plane_positions_tiled_full(positions, 2, 3)


@pytest.mark.parametrize("seed", range(5))
def test_positions_of_one_tile(theirs, seed):
    rng = np.random.default_rng(seed)
    turn = random_rotation(rng)
    base = (
        *(int(n) for n in rng.integers(1, 9, 2)),
        *rng.uniform(-20, 20, 2).tolist(),
        *(int(n) for n in rng.integers(1, 99, 2)),
        turn[:, :2].T.ravel().tolist(),
        rng.uniform(0.0002, 1, 2).tolist(),
    )
    for options in (
        {},
        {"slice_thickness": 0.1},
        {"slice_index": 2, "spacing_between_slices": 0.3},
        {"slice_index": 1, "spacing_between_slices": 0.3, "slice_thickness": 0.1},
    ):
        agreed = [
            m.compute_plane_position_tiled_full(*base, **options) for m in (ours, theirs.utils)
        ]
        same_planes(agreed[:1], agreed[1:])
    for wrong in ({"slice_index": 1}, {"spacing_between_slices": 0.3}):
        for module in (ours, theirs.utils):
            assert outcome(module.compute_plane_position_tiled_full, *base, **wrong) is None
    for module in (ours, theirs.utils):
        assert outcome(module.compute_plane_position_tiled_full, 0, *base[1:]) is None


@pytest.mark.parametrize("variant", ["axial", "oblique", "sagittal", "coronal", "unsorted"])
def test_series_and_multiframe_images(theirs, variant):
    series = phantom.ct_series(6, 12, 10, variant=variant)
    same_planes(
        ours.get_plane_positions_of_series(series),
        theirs.utils.get_plane_positions_of_series(series),
    )
    assert ours.get_dataset_sort_index(series) == theirs.spatial.get_dataset_sort_index(series)
    for options in (
        {},
        {"index_convention": "RD"},
        {"handedness": "LEFT_HANDED"},
        {"index_convention": "RD", "handedness": "LEFT_HANDED"},
    ):
        found, expected = (m.sort_datasets(series, **options) for m in (ours, theirs.spatial))
        assert [d.SOPInstanceUID for d in found] == [d.SOPInstanceUID for d in expected]
        found, expected = (
            m.get_series_volume_positions(series, **options) for m in (ours, theirs.spatial)
        )
        assert found[1] == expected[1]
        assert found[0] == pytest.approx(float(expected[0]))
    for kind in BETWEEN:
        mine, its = (getattr(m, f"{kind}Transformer") for m in (ours, theirs.spatial))
        found, expected = (c.for_images(series[0], series[0]).affine for c in (mine, its))
        assert np.allclose(found, expected, atol=1e-9)
        assert outcome(its.for_images, series[0], series[3]) is None
        with pytest.raises(RuntimeError):
            mine.for_images(series[0], series[3])
    image = phantom.enhanced_ct(5, 12, 10)
    same_planes(
        ours.get_plane_positions_of_image(image), theirs.utils.get_plane_positions_of_image(image)
    )
    for kind in FROM_PLANES:
        for frame in (1, 3, 5, 6, None):
            found, expected = (
                outcome(getattr(m, f"{kind}Transformer").for_image, image, frame)
                for m in (ours, theirs.spatial)
            )
            assert (found is None) == (expected is None)
            assert found is None or np.allclose(found.affine, expected.affine, atol=1e-9)


@pytest.mark.parametrize("variant", ["tilted", "gapped", "duplicated"])
def test_irregular_series(theirs, variant):
    series = phantom.ct_series(6, 12, 10, variant=variant)
    for options in (
        {},
        {"allow_missing_positions": True},
        {"allow_duplicate_positions": True},
        {"allow_missing_positions": True, "allow_duplicate_positions": True},
    ):
        found, expected = (
            m.get_series_volume_positions(series, **options) for m in (ours, theirs.spatial)
        )
        assert found[1] == expected[1], options
        if expected[0] is not None:
            assert found[0] == pytest.approx(float(expected[0]), rel=1e-6)


REAL = {
    "CT_small.dcm": (None, 1),
    "MR_small.dcm": (None, 1),
    "693_UNCI.dcm": (None, 1),
    "eCT_Supplemental.dcm": (1, 2, 3, None),
    "liver.dcm": (1, 2, 3, None),
    "emri_small.dcm": (1, None),
    "examples_ybr_color.dcm": (1, None),
    "US1_UNCI.dcm": (1, None),
    "RG1_UNCI.dcm": (1, None),
}


@pytest.mark.parametrize("name", REAL)
def test_real_images(theirs, name):
    path = get_testdata_file(name)
    if path is None:
        pytest.skip(f"{name} is not installed: pip install pydicom-data")
    image = dcmread(path, stop_before_pixels=True)
    found, expected = (m.get_image_coordinate_system(image) for m in (ours, theirs.spatial))
    assert getattr(found, "value", None) == getattr(expected, "value", None)
    assert ours.is_tiled_image(image) == theirs.spatial.is_tiled_image(image)
    for kind in FROM_PLANES:
        for frame in REAL[name]:
            found, expected = (
                outcome(getattr(m, f"{kind}Transformer").for_image, image, frame)
                for m in (ours, theirs.spatial)
            )
            if expected is None and "FrameOfReferenceUID" not in image:
                continue  # positions are enough for ours
            assert (found is None) == (expected is None)
            assert found is None or np.allclose(found.affine, expected.affine, atol=1e-9)
