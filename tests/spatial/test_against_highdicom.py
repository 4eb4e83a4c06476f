"""The same inputs give what highdicom gives, but for the differences that are documented."""

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

import iodkit.spatial as ours
from referees import highdicom
from rotations import random_affine, random_rotation

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def theirs():
    return highdicom()


@pytest.fixture(params=range(6))
def rng(request):
    return np.random.default_rng(request.param)


def plane(rng):
    turn = random_rotation(rng)
    return (
        rng.uniform(-300, 300, 3).tolist(),
        [*turn[:, 0].tolist(), *turn[:, 1].tolist()],
        rng.uniform(0.1, 3, 2).tolist(),
    )


def agree(found, expected, *, exact=False):
    assert np.shape(found) == np.shape(expected)
    if isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
    assert np.array_equal(found, expected) if exact else np.allclose(found, expected, atol=1e-9)


def values(orientation):
    return [o.value for o in orientation]


def test_rotations_and_normals(theirs, rng):
    _, orientation, spacing = plane(rng)
    for convention in ("RD", "DR", "LU", "UL", "RU", "LD"):
        for handedness in ("RIGHT_HANDED", "LEFT_HANDED"):
            arguments = (orientation, convention, handedness)
            agree(ours.get_normal_vector(*arguments), theirs.spatial.get_normal_vector(*arguments))
            for first in (False, True):
                arguments = (orientation, convention, first, handedness, spacing, 2.5)
                agree(
                    ours.create_rotation_matrix(*arguments),
                    theirs.spatial.create_rotation_matrix(*arguments),
                )


def test_components_and_conventions(theirs, rng):
    affine = random_affine(rng)
    for source, target in (("LPH", "RAH"), ("RAS", "LPS"), ("LAF", "RPH")):
        agree(
            ours.convert_affine_to_convention(affine, source, target),
            theirs.spatial.convert_affine_to_convention(affine, source, target),
        )
    common = {"spacing": [1.0, 2.0, 3.0], "spatial_shape": (4, 5, 6)}
    for place in ({"position": [1, 2, 3]}, {"center_position": [1, 2, 3]}):
        for names in ("FPL", "LAH", "HRP", "PFR"):
            arguments = {**common, **place, "patient_orientation": names}
            agree(
                ours.create_affine_matrix_from_components(**arguments),
                theirs.spatial.create_affine_matrix_from_components(**arguments),
            )
        direction = random_rotation(rng)
        arguments = {**common, **place, "direction": direction.ravel().tolist()}
        agree(
            ours.create_affine_matrix_from_components(**arguments),
            theirs.spatial.create_affine_matrix_from_components(**arguments),
        )
    found = values(ours.get_closest_patient_orientation(affine))
    expected = values(theirs.spatial.get_closest_patient_orientation(affine))
    if np.sort(np.abs(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)))[-1].min() > 0.75:
        assert found == expected


def test_transformers(theirs, rng):
    one = plane(rng)
    pixels = rng.integers(-5, 500, (40, 2))
    points = rng.uniform(-5, 500, (40, 2))
    places = rng.uniform(-300, 300, (40, 3))
    s = theirs.spatial
    agree(
        ours.PixelToReferenceTransformer(*one)(pixels), s.PixelToReferenceTransformer(*one)(pixels)
    )
    agree(
        ours.ImageToReferenceTransformer(*one)(points), s.ImageToReferenceTransformer(*one)(points)
    )
    for more in ((), (2.5, False), (0.5, True)):
        agree(
            ours.ReferenceToPixelTransformer(*one, *more)(places),
            s.ReferenceToPixelTransformer(*one, *more)(places),
        )
        agree(
            ours.ReferenceToImageTransformer(*one, *more[:1])(places),
            s.ReferenceToImageTransformer(*one, *more[:1])(places),
        )
    for name in ("PixelToReference", "ImageToReference", "ReferenceToPixel", "ReferenceToImage"):
        agree(
            getattr(ours, f"{name}Transformer")(*one).affine,
            getattr(s, f"{name}Transformer")(*one).affine,
        )
    # Their images in one plane must be so to 15 digits, so only axial ones are sure to be.
    axial = ([1.0, 2.0, 3.0], [1.0, 0, 0, 0, 1, 0], [0.5, 0.7])
    other = ([-4.0, 7.0, 3.0], [0.0, 1, 0, 1, 0, 0], [0.3, 1.1])
    agree(
        ours.PixelToPixelTransformer(*axial, *axial)(pixels),
        s.PixelToPixelTransformer(*axial, *axial)(pixels),
    )
    turned = ([-4.0, 7.0, 3.0], [0.0, 1, 0, -1, 0, 0], [0.3, 1.1])
    agree(
        ours.PixelToPixelTransformer(*axial, *turned, round_output=False)(pixels),
        s.PixelToPixelTransformer(*axial, *turned, round_output=False)(pixels),
    )
    agree(
        ours.ImageToImageTransformer(*axial, *turned)(points),
        s.ImageToImageTransformer(*axial, *turned)(points),
    )
    del other
    agree(
        ours.map_pixel_into_coordinate_system((3, 4), *one),
        s.map_pixel_into_coordinate_system((3, 4), *one),
    )
    agree(
        ours.map_coordinate_into_pixel_matrix(places[0], *one, 2.0),
        s.map_coordinate_into_pixel_matrix(places[0], *one, 2.0),
        exact=True,
    )


def test_transformers_of_files(theirs):
    for name, frames in (
        ("CT_small.dcm", (None, 1)),
        ("eCT_Supplemental.dcm", (1, 2)),
        ("MR_small.dcm", (None,)),
        ("liver.dcm", (1, 2, 3)),
    ):
        image = dcmread(get_testdata_file(name), stop_before_pixels=True)
        for frame in frames:
            for kind in (
                "PixelToReference",
                "ImageToReference",
                "ReferenceToPixel",
                "ReferenceToImage",
            ):
                agree(
                    getattr(ours, f"{kind}Transformer").for_image(image, frame).affine,
                    getattr(theirs.spatial, f"{kind}Transformer").for_image(image, frame).affine,
                )
        assert values([ours.get_image_coordinate_system(image)]) == values(
            [theirs.spatial.get_image_coordinate_system(image)]
        )
        assert ours.is_tiled_image(image) == theirs.spatial.is_tiled_image(image)


def stacks(rng):
    """Positions that are regular, gapped, duplicated, shuffled, or none of it."""
    turn = random_rotation(rng)
    orientation = [*turn[:, 0].tolist(), *turn[:, 1].tolist()]
    spacing = rng.uniform(0.2, 8)
    steps = {
        "regular": np.arange(7),
        "two": np.arange(2),
        "one": np.arange(1),
        "gapped": np.array([0, 1, 2, 5, 6]),
        "doubled": np.array([0, 1, 3, 4]),
        "duplicated": np.array([0, 1, 1, 2, 2, 2, 3]),
        "both": np.array([0, 1, 1, 3, 4]),
        "varying": np.array([0, 1, 2.3, 3, 4.1]),
        "nearly": np.array([0, 1.004, 2, 3, 4.004]),
        "same": np.zeros(3),
    }
    origin = rng.uniform(-200, 200, 3)
    for name, along in steps.items():
        order = rng.permutation(len(along))
        positions = origin + np.outer(along[order] * spacing, turn[:, 2])
        # Equal places are equal numbers in files, too.
        yield name, np.round(positions, 6).tolist(), orientation, spacing


def test_volume_positions(theirs, rng):
    for name, positions, orientation, spacing in stacks(rng):
        for options in (
            {},
            {"allow_missing_positions": True},
            {"allow_duplicate_positions": True},
            {"allow_missing_positions": True, "allow_duplicate_positions": True},
            {"spacing_hint": spacing, "allow_missing_positions": True},
            {"spacing_hint": spacing},
            {"handedness": "LEFT_HANDED"},
            {"index_convention": "RD", "rtol": 0.05},
            {"atol": 0.2 * spacing},
        ):
            if name == "nearly" and options.get("allow_missing_positions"):
                continue  # they refuse it as soon as planes may be missing
            found = ours.get_volume_positions(positions, orientation, **options)
            expected = theirs.spatial.get_volume_positions(positions, orientation, **options)
            assert found[1] == expected[1], (name, options)
            if expected[0] is not None:
                assert found[0] == pytest.approx(float(expected[0]), rel=0.01)
        for convention in ("DR", "RD"):
            assert ours.get_plane_sort_index(
                positions, orientation, convention
            ) == theirs.spatial.get_plane_sort_index(positions, orientation, convention) or (
                name in {"duplicated", "both", "same"}
            )


def test_tilted_stacks_are_refused_by_both(theirs, rng):
    _, orientation, _ = plane(rng)
    normal = ours.get_normal_vector(orientation)
    lean = normal + 0.1 * np.array(orientation[:3])
    positions = np.outer(np.arange(8) * 2.0, lean).tolist()
    assert ours.get_volume_positions(positions, orientation) == (None, None)
    assert theirs.spatial.get_volume_positions(positions, orientation) == (None, None)


def test_tiles(theirs, rng):
    rows, columns, height, width = (int(n) for n in rng.integers(1, 9, 4) * (1, 1, 5, 5))
    place, orientation, spacing = plane(rng)
    arguments = (height, width, rows, columns)
    s = theirs.spatial
    assert list(ours.tile_pixel_matrix(*arguments)) == list(s.tile_pixel_matrix(*arguments))
    arguments = (rows, columns, height, width, place, orientation, spacing)
    for mine, its in zip(
        ours.compute_tile_positions_per_frame(*arguments),
        s.compute_tile_positions_per_frame(*arguments),
        strict=True,
    ):
        assert mine[0] == its[0]
        agree(mine[1], its[1])
    matrix = rng.integers(0, 99, (height, width, 3))
    for row, column in ((1, 1), (height, width), (height // 2, width)):
        for pad in (False, True):
            arguments = (matrix, row, column, rows, columns, pad)
            agree(ours.get_tile_array(*arguments), s.get_tile_array(*arguments), exact=True)


def test_coplanarity(theirs, rng):
    flat = rng.uniform(-100, 100, (9, 3)) @ np.diag([1, 1, 0]) @ random_rotation(rng)
    for noise in (0, 1e-7, 1e-6, 1e-4, 1e-2):
        points = flat + rng.uniform(-1, 1, (9, 3)) * noise
        assert ours.are_points_coplanar(points) == bool(theirs.spatial.are_points_coplanar(points))


NUMBERS = [
    "affine",
    "inverse_affine",
    "spacing",
    "position",
    "direction",
    "direction_cosines",
    "pixel_spacing",
    "spacing_between_slices",
    "voxel_volume",
    "physical_extent",
    "physical_volume",
    "center_indices",
    "nearest_center_indices",
    "center_position",
    "spatial_shape",
]


def both(theirs, rng, dtype=np.float64, channels=None):
    shape = tuple(int(n) for n in rng.integers(2, 8, 3))
    affine = random_affine(rng)
    if channels:
        shape += tuple(len(v) for v in channels.values())
    array = (rng.normal(size=shape) * 50).astype(dtype)
    arguments = (array, affine, "PATIENT", "1.2.3", channels)
    return ours.Volume(*arguments), theirs.Volume(*arguments)


def same_volume(mine, its):
    agree(mine.affine, its.affine)
    agree(mine.array, its.array)
    assert mine.spatial_shape == its.spatial_shape


def test_geometry_of_volumes(theirs, rng):
    mine, its = both(theirs, rng)
    for name in NUMBERS:
        agree(getattr(mine, name), getattr(its, name))
    assert mine.handedness.value == its.handedness.value
    points = rng.uniform(-3, 9, (20, 3))
    agree(mine.map_indices_to_reference(points), its.map_indices_to_reference(points))
    places = its.map_indices_to_reference(points)
    for options in ({}, {"round_output": True}):
        agree(
            mine.map_reference_to_indices(places, **options),
            its.map_reference_to_indices(places, **options),
        )
    for sequence in ("get_plane_orientation", "get_pixel_measures"):
        for a, b in zip(getattr(mine, sequence)()[0], getattr(its, sequence)()[0], strict=True):
            assert a.tag == b.tag
            assert np.allclose(np.array(a.value, float), np.array(b.value, float))
    for a, b in zip(mine.get_plane_positions(), its.get_plane_positions(), strict=True):
        assert np.allclose(
            np.array(a[0].ImagePositionPatient, float), np.array(b[0].ImagePositionPatient, float)
        )
    for vectors in ("spacing_vectors", "unit_vectors"):
        agree(getattr(mine, vectors)(), getattr(its, vectors)())


def test_operations_on_volumes(theirs, rng):
    mine, its = both(theirs, rng)
    n = mine.spatial_shape
    for name, arguments in (
        ("flip_spatial", (0,)),
        ("flip_spatial", ([0, 2],)),
        ("permute_spatial_axes", ((2, 0, 1),)),
        ("swap_spatial_axes", (0, 2)),
        ("pad", (1,)),
        ("pad", ([1, 2],)),
        ("pad", ([[1, 0], [0, 2], [3, 1]],)),
        ("crop_to_spatial_shape", ((1, 2, 1),)),
        ("pad_to_spatial_shape", (tuple(i + 3 for i in n),)),
        ("pad_or_crop_to_spatial_shape", ((n[0] + 3, 1, n[2] + 2),)),
        ("__getitem__", (slice(None, None, -1),)),
        ("__getitem__", ((slice(0, None, 2), 1, slice(1, 2)),)),
        ("__getitem__", (-1,)),
        ("to_patient_orientation", ("FPL",)),
        ("to_patient_orientation", ("RHA",)),
        ("normalize_mean_std", ()),
        ("normalize_min_max", (-1.0, 4.0)),
        ("clip", (-3, 5)),
    ):
        if name == "to_patient_orientation" and np.abs(mine.direction).max(axis=0).min() < 0.75:
            continue  # what is closest is a matter of taste for oblique axes
        same_volume(getattr(mine, name)(*arguments), getattr(its, name)(*arguments))
    for mode in ("CONSTANT", "EDGE", "MINIMUM", "MAXIMUM", "MEAN", "MEDIAN"):
        options = {"mode": mode, "constant_value": 3.0}
        same_volume(mine.pad(2, **options), its.pad(2, **options))
    target = lambda v: v[1:].pad([0, 2]).flip_spatial(1).permute_spatial_axes((1, 2, 0))  # noqa: E731
    for mode in ("CONSTANT", "EDGE", "MINIMUM", "MEAN"):
        options = {"mode": mode, "constant_value": -4.0}
        found = mine.match_geometry(target(mine), **options)
        same_volume(found, its.match_geometry(target(its), **options))
    assert mine.geometry_equal(mine.copy())
    agree(
        ours.VolumeToVolumeTransformer(mine, target(mine))(np.array([[1.5, 2, 3]])),
        theirs.volume.VolumeToVolumeTransformer(its, target(its))(np.array([[1.5, 2, 3]])),
    )


def test_channels_of_volumes(theirs, rng):
    channels = {"SegmentNumber": [1, 2], "DiffusionBValue": [0.0, 500.0, 900.0]}
    mine, its = both(theirs, rng, np.float32, channels)
    for name, arguments, options in (
        ("get_channel", (), {"SegmentNumber": 2}),
        ("get_channel", (), {"DiffusionBValue": 500.0, "keepdims": True}),
        ("permute_channel_axes", (["DiffusionBValue", "SegmentNumber"],), {}),
        ("normalize_mean_std", (), {}),
        ("normalize_mean_std", (False,), {}),
        ("normalize_min_max", (), {"per_channel": True}),
        ("pad", (1,), {"mode": "MEAN", "per_channel": True}),
        ("astype", (np.float64,), {}),
    ):
        found, expected = (getattr(v, name)(*arguments, **options) for v in (mine, its))
        assert found.array.shape == expected.array.shape
        assert np.allclose(found.array, expected.array, atol=1e-5)
        assert found.dtype == expected.dtype
        assert [d.keyword for d in found.channel_descriptors] == [
            d.keyword for d in expected.channel_descriptors
        ]


def test_images_of_other_libraries(theirs, rng):
    mine, its = both(theirs, rng)
    a, b = mine.to_nibabel(), its.to_nibabel()
    agree(a.affine, b.affine)
    agree(np.asarray(a.dataobj), np.asarray(b.dataobj))
    a, b = mine.to_simpleitk(), its.to_simpleitk()
    assert a.GetSize() == b.GetSize()
    for name in ("GetSpacing", "GetOrigin", "GetDirection"):
        agree(getattr(a, name)(), getattr(b, name)())
    agree(theirs.Volume.from_simpleitk(a).affine, mine.affine)


def test_bad_inputs_are_refused_by_both(theirs):
    s = theirs.spatial
    axial = [1.0, 0, 0, 0, 1, 0]
    for name, arguments in (
        ("create_affine_matrix_from_attributes", ([1, 2], axial, [1.0, 1.0])),
        ("create_affine_matrix_from_attributes", ([1, 2, 3], axial[:5], [1.0, 1.0])),
        ("create_affine_matrix_from_attributes", ([1, 2, 3], axial, [1.0, 1.0, 1.0])),
        ("create_affine_matrix_from_attributes", ([1, 2, 3], axial, [-1.0, 1.0])),
        ("create_affine_matrix_from_attributes", (None, axial, [1.0, 1.0])),
        ("create_rotation_matrix", (axial, "RR")),
        ("create_rotation_matrix", (axial, "XY")),
        ("create_rotation_matrix", (axial, "RDR")),
        ("rotation_for_patient_orientation", ("LRH",)),
        ("rotation_for_patient_orientation", ("LP",)),
        ("convert_affine_to_convention", (np.eye(3), "LPH", "RAH")),
        ("get_volume_positions", ([[0, 1]], axial)),
        ("are_points_coplanar", (np.zeros((3, 2)),)),
        ("get_tile_array", (np.zeros((4, 4)), 0, 1, 2, 2)),
        ("get_tile_array", (np.zeros((4, 4)), 1, 5, 2, 2)),
        ("get_series_volume_positions", ([],)),
    ):
        for module in (ours, s):
            with pytest.raises((ValueError, TypeError, IndexError)):
                getattr(module, name)(*arguments)
