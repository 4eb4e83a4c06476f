"""Volumes and geometries do what highdicom's do: the same values, dtypes and refusals."""

import itertools

import numpy as np
import pytest

import iodkit.spatial as ours
from referees import highdicom
from rotations import random_affine, random_rotation

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def theirs():
    return highdicom()


@pytest.fixture(params=range(4))
def rng(request):
    return np.random.default_rng(request.param)


def agree(found, expected):
    if hasattr(expected, "affine") and hasattr(expected, "spatial_shape"):
        assert np.allclose(found.affine, expected.affine, atol=1e-9)
        assert found.spatial_shape == expected.spatial_shape
        assert found.coordinate_system.value == expected.coordinate_system.value
        assert found.frame_of_reference_uid == expected.frame_of_reference_uid
        if hasattr(expected, "array"):
            assert found.shape == expected.shape
            assert found.dtype == expected.dtype
            assert np.allclose(found.array, expected.array, atol=1e-9, equal_nan=True)
            assert [d.keyword for d in found.channel_descriptors] == [
                d.keyword for d in expected.channel_descriptors
            ]
        return
    if isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
    assert np.shape(found) == np.shape(expected)
    assert np.allclose(found, expected, atol=1e-9)


def refused(function):
    try:
        function()
    except Exception:  # noqa: BLE001  (whatever highdicom raises)
        return True
    return False


def volumes(theirs, rng, dtype=np.float64, channels=None, affine=None):
    shape = tuple(int(n) for n in rng.integers(2, 7, 3))
    shape += tuple(len(v) for v in (channels or {}).values())
    array = (rng.normal(size=shape) * 50).astype(dtype)
    place = random_affine(rng) if affine is None else affine
    return tuple(
        cls(array.copy(), place, "PATIENT", "1.2.3", channels)
        for cls in (ours.Volume, theirs.Volume)
    )


def test_rotations_and_affines_from_attributes(theirs, rng):
    for names in ("FPL", "LAH", "HRP", "PFR", "RAH"):
        for spacing in (1.0, 2.5, (1.0, 2.0, 3.0)):
            agree(
                ours.rotation_for_patient_orientation(names, spacing),
                theirs.spatial.rotation_for_patient_orientation(names, spacing),
            )
    turn = random_rotation(rng)
    cosines = turn[:, :2].T.ravel().tolist()
    for convention in ("RD", "DR", "LU", "RU", "UL"):
        for first in (True, False):
            for handedness in ("RIGHT_HANDED", "LEFT_HANDED"):
                for spacing in ([0.7, 0.7], [0.5, 0.8], (0.1, 9.0)):
                    arguments = ([1.5, -2, 3], cosines, spacing, 2.5)
                    options = {
                        "index_convention": convention,
                        "slices_first": first,
                        "handedness": handedness,
                    }
                    pair = [
                        lambda m=m, o=options, a=arguments: m.create_affine_matrix_from_attributes(
                            *a, **o
                        )
                        for m in (ours, theirs.spatial)
                    ]
                    assert refused(pair[0]) == refused(pair[1]), options
                    if not refused(pair[1]):
                        agree(pair[0](), pair[1]())


def test_constructors(theirs, rng):
    turn = random_rotation(rng)
    cosines = turn[:, :2].T.ravel().tolist()
    array = rng.integers(0, 9, (3, 4, 5))
    plane = {
        "image_position": rng.uniform(-300, 300, 3).tolist(),
        "image_orientation": cosines,
        "pixel_spacing": [0.5, 0.7],
        "spacing_between_slices": 2.5,
        "coordinate_system": "PATIENT",
        "frame_of_reference_uid": "1.2.3",
    }
    agree(
        ours.Volume.from_attributes(array=array, **plane),
        theirs.Volume.from_attributes(array=array, **plane),
    )
    size = {"rows": 4, "columns": 5, "number_of_frames": 3}
    agree(
        ours.VolumeGeometry.from_attributes(**plane, **size),
        theirs.VolumeGeometry.from_attributes(**plane, **size),
    )
    common = {"spacing": [1.0, 2.0, 3.0], "coordinate_system": "PATIENT"}
    for where in ({"position": [1, 2, 3]}, {"center_position": (4.0, 5.0, 6.0)}):
        for how in ({"patient_orientation": "FPL"}, {"direction": turn.ravel().tolist()}):
            options = {**common, **where, **how}
            agree(
                ours.Volume.from_components(array, **options),
                theirs.Volume.from_components(array, **options),
            )
            agree(
                ours.VolumeGeometry.from_components((3, 4, 5), **options),
                theirs.VolumeGeometry.from_components((3, 4, 5), **options),
            )
    for convention in ("RAS", "LPS", "RAH", "RPF"):
        options = {"from_reference_convention": convention}
        arguments = (array, random_affine(rng), "PATIENT", None, None)
        agree(ours.Volume(*arguments, **options), theirs.Volume(*arguments, **options))


OPERATIONS = [
    ("copy", (), {}),
    ("swap_spatial_axes", (0, 1), {}),
    ("permute_spatial_axes", ((1, 2, 0),), {}),
    ("flip_spatial", ((0, 1, 2),), {}),
    ("pad", (((1, 2), (0, 0), (3, 1)),), {}),
    ("crop_to_spatial_shape", ((1, 2, 2),), {}),
    ("pad_to_spatial_shape", ((9, 8, 7),), {}),
    ("pad_or_crop_to_spatial_shape", ((9, 1, 7),), {}),
    ("__getitem__", ((slice(None), slice(1, None), slice(None, None, -1)),), {}),
    ("__getitem__", (slice(-1, None, -1),), {}),
    ("__getitem__", ((0, slice(0, 2)),), {}),
    ("ensure_handedness", ("LEFT_HANDED",), {"flip_axis": 1}),
    ("ensure_handedness", ("RIGHT_HANDED",), {"flip_axis": 2}),
    ("ensure_handedness", ("RIGHT_HANDED",), {"swap_axes": (0, 2)}),
    ("ensure_handedness", ("LEFT_HANDED",), {"swap_axes": (1, 0)}),
    ("get_affine", ("RAS",), {}),
    ("get_affine", ("RPF",), {}),
    ("get_affine", (None,), {}),
    ("spacing_vectors", (), {}),
    ("unit_vectors", (), {}),
    # What is refused:
    ("swap_spatial_axes", (0, 0), {}),
    ("swap_spatial_axes", (0, 3), {}),
    ("permute_spatial_axes", ((0, 0, 1),), {}),
    ("permute_spatial_axes", ((0, 1),), {}),
    ("flip_spatial", (3,), {}),
    ("flip_spatial", ((0, 0),), {}),
    ("pad", (-1,), {}),
    ("pad", ((1, 2, 3),), {}),
    ("crop_to_spatial_shape", ((99, 1, 1),), {}),
    ("pad_to_spatial_shape", ((1, 1, 1),), {}),
    ("pad_or_crop_to_spatial_shape", ((1, 1),), {}),
    ("random_spatial_crop", ((99, 1, 1),), {}),
    ("random_flip_spatial", ((0, 0),), {}),
    ("random_permute_spatial_axes", ((1,),), {}),
    ("__getitem__", (99,), {}),
    ("__getitem__", (slice(1, 1),), {}),
    ("__getitem__", ((0, 0, 0, 0),), {}),
    ("__getitem__", (1.5,), {}),
    ("ensure_handedness", ("LEFT_HANDED",), {}),
    ("ensure_handedness", ("LEFT_HANDED",), {"flip_axis": 0, "swap_axes": (0, 1)}),
    ("ensure_handedness", ("WRONG",), {"flip_axis": 0}),
    ("to_patient_orientation", ("LRH",), {}),
    ("to_patient_orientation", ("LP",), {}),
    ("get_affine", ("LLL",), {}),
    ("get_plane_position", (99,), {}),
    ("get_plane_position", (-1,), {}),
    ("map_indices_to_reference", (np.zeros((2, 2)),), {}),
    ("map_reference_to_indices", (np.zeros((2, 4)),), {}),
    ("map_reference_to_indices", (np.full((1, 3), 1e6),), {"check_bounds": True}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), OPERATIONS)
@pytest.mark.parametrize("what", ["volume", "geometry", "channels"])
def test_operations(theirs, rng, name, arguments, options, what):
    channels = {"SegmentNumber": [1, 2]} if what == "channels" else None
    pair = volumes(theirs, rng, channels=channels)
    if what == "geometry":
        pair = tuple(v.get_geometry() for v in pair)
    mine, its = ((lambda v=v: getattr(v, name)(*arguments, **options)) for v in pair)
    assert refused(mine) == refused(its)
    if not refused(its):
        agree(mine(), its())


def every_arrangement(volume, shape):
    """What each random operation may give: its name, its arguments, every possible affine."""
    axes = range(3)
    flips = [c for n in (1, 2, 3) for c in itertools.combinations(axes, n)]
    starts = itertools.product(
        *(range(n - m + 1) for n, m in zip(volume.spatial_shape, shape, strict=True))
    )
    crops = [tuple(slice(s, s + m) for s, m in zip(start, shape, strict=True)) for start in starts]
    orders = itertools.permutations(axes)
    return (
        ("random_flip_spatial", (), [volume, *(volume.flip_spatial(f) for f in flips)]),
        ("random_permute_spatial_axes", (), [volume.permute_spatial_axes(o) for o in orders]),
        ("random_spatial_crop", (shape,), [volume[crop] for crop in crops]),
    )


def test_random_operations_give_one_of_all_possible_results_as_highdicom_does(theirs, rng):
    mine, its = volumes(theirs, rng)
    for name, arguments, possible in every_arrangement(mine, (1, 2, 2)):
        affines = np.array([result.affine for result in possible])
        for _ in range(8):
            for affine in (
                getattr(mine, name)(*arguments, rng=rng).affine,
                getattr(its, name)(*arguments).affine,
            ):
                assert np.isclose(affines, affine, atol=1e-9).all(axis=(1, 2)).any()


def test_orientations(theirs, rng):
    straight = np.eye(4)
    straight[:3, :3] = np.eye(3)[:, rng.permutation(3)] * rng.choice([-1, 1], 3) * (1, 2, 3)
    turned = straight.copy()
    turned[:3, :3] = turned[:3, :3][:, [2, 0, 1]] * (1, -1, 1)
    mine, its = volumes(theirs, rng, affine=straight)
    other = volumes(theirs, rng, affine=turned)
    agree(mine.match_orientation(other[0]), its.match_orientation(other[1]))
    for names in ("FPL", "LPH", "HAR"):
        agree(mine.to_patient_orientation(names), its.to_patient_orientation(names))
    assert [o.value for o in mine.get_closest_patient_orientation()] == [
        o.value for o in its.get_closest_patient_orientation()
    ]
    for number in (0, mine.spatial_shape[0] - 1):
        positions = [v.get_plane_position(number)[0].ImagePositionPatient for v in (mine, its)]
        assert np.allclose(*(np.array(p, float) for p in positions), atol=1e-9)


def test_equality_and_matching(theirs, rng):
    mine, its = volumes(theirs, rng)
    for change in (
        lambda v: v,
        lambda v: v.copy(),
        lambda v: v.flip_spatial(0),
        lambda v: v[1:],
        lambda v: v.get_geometry(),
        lambda v: v.flip_spatial(0).flip_spatial(0),
    ):
        assert mine.geometry_equal(change(mine)) == its.geometry_equal(change(its))
        assert mine.geometry_equal(change(mine), tol=None) == its.geometry_equal(
            change(its), tol=None
        )
    shifted = mine.affine
    shifted[:3, 3] += 0.4 * min(mine.spacing)
    targets = [
        cls(shifted, mine.spatial_shape, "PATIENT", "1.2.3")
        for cls in (ours.VolumeGeometry, theirs.VolumeGeometry)
    ]
    assert refused(lambda: mine.match_geometry(targets[0]))
    assert refused(lambda: its.match_geometry(targets[1]))
    slides = [v.__class__(v.array, v.affine, "SLIDE") for v in (mine, its)]
    assert refused(lambda: mine.match_geometry(slides[0]))
    assert refused(lambda: its.match_geometry(slides[1]))
    for options in ({}, {"round_output": True}, {"check_bounds": True}):
        indices = np.array([[0, 0, 0], [1, 1, 1]])
        # Theirs checks bounds of one axis against another, so only cubes are sure.
        results = [
            m.VolumeToVolumeTransformer(v, v[::-1], **options)(indices)
            for m, v in (
                (ours, mine.pad_or_crop_to_spatial_shape((4, 4, 4))),
                (theirs.volume, its.pad_or_crop_to_spatial_shape((4, 4, 4))),
            )
        ]
        agree(*results)


def test_channels(theirs, rng):
    channels = {"SegmentNumber": [3, 5], "OpticalPathIdentifier": ["a", "b", "c"]}
    mine, its = volumes(theirs, rng, channels=channels)
    for name in ("channel_shape", "number_of_channel_dimensions", "shape", "ndim"):
        assert getattr(mine, name) == getattr(its, name)
    for name, arguments, options in (
        ("permute_channel_axes_by_index", ((1, 0),), {}),
        ("permute_channel_axes", (["OpticalPathIdentifier", "SegmentNumber"],), {}),
        ("get_channel", (), {"SegmentNumber": 3, "OpticalPathIdentifier": "b"}),
        ("get_channel", (), {"SegmentNumber": 3, "keepdims": True}),
        ("with_array", (mine.array * 2,), {}),
        ("with_array", (mine.array[..., 0, 0],), {}),
        ("with_array", (mine.array[..., 0],), {"channels": {"SegmentNumber": [1, 2]}}),
        ("normalize_mean_std", (True, 1.0, 2.0), {}),
        ("normalize_min_max", (-1.0, 2.0, True), {}),
        ("clip", (None, 3.0), {}),
        ("clip", (-1.0, None), {}),
        ("astype", (np.float32,), {}),
        ("pad", (1,), {"mode": "MEDIAN", "per_channel": True}),
        ("get_geometry", (), {}),
        ("get_channel", (), {"SegmentNumber": 4}),
        ("get_channel", (), {"EchoNumbers": 4}),
        ("squeeze_channel", (["SegmentNumber"],), {}),
        ("permute_channel_axes", (["SegmentNumber"],), {}),
        ("permute_channel_axes_by_index", ((0, 0),), {}),
        ("with_array", (mine.array[1:],), {}),
        ("with_array", (mine.array[..., 0],), {}),
    ):
        pair = [
            (lambda v=v, n=name, a=arguments, o=options: getattr(v, n)(*a, **o))
            for v in (mine, its)
        ]
        assert refused(pair[0]) == refused(pair[1]), (name, options)
        if not refused(pair[1]):
            agree(pair[0](), pair[1]())
    for key in ("SegmentNumber", 0x00620004, "OpticalPathIdentifier"):
        assert mine.get_channel_values(key) == its.get_channel_values(key)
    for volume in (mine, its):
        assert refused(lambda v=volume: v.get_channel_values("EchoNumbers"))
    one = [v.get_channel(SegmentNumber=3, keepdims=True) for v in (mine, its)]
    agree(one[0].squeeze_channel(), one[1].squeeze_channel())
    # Theirs fails if the axis is named; the result is the one of all axes of length 1.
    agree(one[0].squeeze_channel(["SegmentNumber"]), one[1].squeeze_channel())


@pytest.mark.parametrize(
    "arguments",
    [
        ("SegmentNumber",),
        (0x00620004,),
        ("OpticalPathIdentifier",),
        ("DiffusionBValue",),
        ("mine", True, int),
        ("mine", True, str),
        ("mine", True, float),
        ("unknown",),
        ("mine", True),
        ("SegmentNumber", True, int),
        ("PixelData",),
        ("mine", True, list),
        (5, True, int),
    ],
)
def test_channel_descriptors(theirs, arguments):
    makers = [
        (lambda c=c: c(*arguments)) for c in (ours.ChannelDescriptor, theirs.ChannelDescriptor)
    ]
    assert refused(makers[0]) == refused(makers[1])
    if not refused(makers[1]):
        mine, its = (make() for make in makers)
        for name in ("value_type", "keyword", "description", "tag", "is_custom", "is_enumerated"):
            assert getattr(mine, name) == getattr(its, name), name
        assert mine == makers[0]()


@pytest.mark.parametrize(
    "dtype", [np.uint8, np.int16, np.uint16, np.float32, np.float64, np.int64, bool]
)
def test_dtypes(theirs, rng, dtype):
    mine, its = volumes(theirs, rng, dtype)
    for name, arguments in (
        ("normalize_mean_std", ()),
        ("normalize_min_max", ()),
        ("clip", (0, 1)),
        ("pad", (1,)),
        ("flip_spatial", (0,)),
        ("astype", (np.float32,)),
    ):
        pair = [(lambda v=v, n=name, a=arguments: getattr(v, n)(*a)) for v in (mine, its)]
        if refused(pair[1]):
            continue
        found, expected = (make() for make in pair)
        assert found.dtype == expected.dtype, name
        assert np.allclose(found.array.astype(float), expected.array.astype(float), atol=1e-5)


def test_other_libraries_read_back_the_same(theirs, rng):
    mine, its = volumes(theirs, rng, np.int16)
    for kind in ("nibabel", "simpleitk"):
        image = getattr(its, f"to_{kind}")()
        agree(
            getattr(ours.Volume, f"from_{kind}")(image),
            getattr(theirs.Volume, f"from_{kind}")(image),
        )
        agree(
            getattr(theirs.Volume, f"from_{kind}")(getattr(mine, f"to_{kind}")()),
            getattr(ours.Volume, f"from_{kind}")(getattr(mine, f"to_{kind}")()),
        )
