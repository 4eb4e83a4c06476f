"""Grids are cut, padded, turned and matched without moving a voxel, and refuse what would."""

import pickle
from copy import deepcopy
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    NotFoundError,
    OutOfRangeError,
)
from iodkit.spatial import (
    ChannelDescriptor,
    GeometryMismatchError,
    ImageToReferenceTransformer,
    PixelToReferenceTransformer,
    ReferenceToImageTransformer,
    ReferenceToPixelTransformer,
    Volume,
    VolumeGeometry,
    VolumeToVolumeTransformer,
    convert_affine_to_convention,
    create_affine_matrix_from_attributes,
    create_affine_matrix_from_components,
    create_rotation_matrix,
    get_closest_patient_orientation,
    rotation_for_patient_orientation,
)
from iodkit.standard.enums import PadModes, RGBColorChannels
from rotations import random_affine, random_rotation

AXES = [
    "".join(letters) for order in permutations(("LR", "PA", "HF")) for letters in product(*order)
]


def values_by_place(volume):
    """Each value with its place; values must be distinct."""
    indices = np.argwhere(np.ones(volume.spatial_shape, bool))
    places = volume.map_indices_to_reference(indices)
    return dict(zip(volume.array[tuple(indices.T)].tolist(), places, strict=True))


def numbered(seed=0, shape=(3, 4, 5)):
    rng = np.random.default_rng(seed)
    array = np.arange(np.prod(shape)).reshape(shape) + 1
    return Volume(array, random_affine(rng), "PATIENT", "2.25.3")


def same_places(one, other, *, new=0):
    mine, its = values_by_place(one), values_by_place(other)
    common = set(mine) & set(its) - {new}
    assert common
    return all(np.allclose(mine[v], its[v], atol=1e-9) for v in common)


@pytest.mark.parametrize("names", AXES)
def test_all_48_orientations(names):
    assert len(AXES) == len(set(AXES)) == 48
    volume = numbered(1)
    turned = volume.to_patient_orientation(names)
    assert "".join(o.value for o in turned.get_closest_patient_orientation()) == names
    assert same_places(volume, turned)
    assert np.shares_memory(turned.array, volume.array)
    back = turned.match_geometry(volume)
    assert np.array_equal(back.array, volume.array)
    straight = rotation_for_patient_orientation(names, (1, 2, 3))
    assert "".join(o.value for o in get_closest_patient_orientation(straight)) == names


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10**6),
    st.permutations(range(3)),
    st.tuples(*[st.booleans()] * 3),
    st.tuples(st.floats(1e-4, 20), st.floats(1e-4, 20)),
)
def test_image_to_reference_and_back(seed, order, signs, spacing):
    rng = np.random.default_rng(seed)
    turn = random_rotation(rng)[:, list(order)] * np.where(signs, 1, -1)
    plane = (rng.uniform(-400, 400, 3), [*turn[:, 0], *turn[:, 1]], spacing)
    points = rng.uniform(-50, 600, (20, 2))
    there = ImageToReferenceTransformer(*plane)(points)
    back = ReferenceToImageTransformer(*plane)(there)
    # Coordinates in mm have 13 digits behind the point or fewer.
    tolerance = max(1e-8, 1e-11 / min(spacing))
    assert np.allclose(back[:, :2], points, atol=tolerance)
    assert np.allclose(back[:, 2], 0, atol=1e-9)
    pixels = points.astype(int)
    there = PixelToReferenceTransformer(*plane)(pixels)
    assert np.array_equal(ReferenceToPixelTransformer(*plane)(there)[:, :2], pixels)
    chained = (
        ReferenceToPixelTransformer(*plane).affine @ PixelToReferenceTransformer(*plane).affine
    )
    assert np.allclose(chained, np.eye(4), atol=tolerance * 10)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**6), st.data())
def test_any_chain_of_operations_keeps_places(seed, data):
    volume = numbered(seed)
    changed = volume
    for _ in range(data.draw(st.integers(1, 5))):
        action = data.draw(st.sampled_from(["flip", "permute", "pad", "crop", "swap", "shape"]))
        if action == "flip":
            changed = changed.flip_spatial(data.draw(st.sampled_from([0, 1, 2, [0, 2], [0, 1, 2]])))
        elif action == "permute":
            changed = changed.permute_spatial_axes(data.draw(st.permutations(range(3))))
        elif action == "pad":
            widths = data.draw(
                st.lists(st.tuples(*[st.integers(0, 3)] * 2), min_size=3, max_size=3)
            )
            changed = changed.pad(widths)
        elif action == "swap":
            changed = changed.swap_spatial_axes(*data.draw(st.permutations(range(3)))[:2])
        elif action == "crop":
            changed = changed[tuple(slice(0, max(2, n - 1)) for n in changed.spatial_shape)]
        else:
            shape = [data.draw(st.integers(max(1, n - 1), n + 2)) for n in changed.spatial_shape]
            changed = changed.pad_or_crop_to_spatial_shape(shape)
    kept = set(np.unique(changed.array)) - {0}
    if kept:
        assert same_places(volume, changed)
    positions = [p.image_position for p in changed.get_plane_positions()]
    first = np.zeros((changed.spatial_shape[0], 3))
    first[:, 0] = np.arange(len(first))
    assert np.allclose(positions, changed.map_indices_to_reference(first), atol=1e-9)
    matched = volume.match_geometry(changed)
    assert matched.geometry_equal(changed)
    overlap = changed.array != 0
    assert np.array_equal(matched.array[overlap], changed.array[overlap])
    through = VolumeToVolumeTransformer(volume, changed)
    assert np.allclose(through.affine, changed.inverse_affine @ volume.affine)


def test_indices():
    geometry = numbered().get_geometry()
    assert geometry[1].spatial_shape == (1, 4, 5)
    assert geometry[..., -1].spatial_shape == (3, 4, 1)
    assert geometry[::-1].flip_spatial(0).geometry_equal(geometry)
    assert geometry[2:0:-1].spatial_shape == (2, 4, 5)
    assert np.allclose(geometry[:, ::3].spacing, np.array(geometry.spacing) * (1, 3, 1))
    assert geometry[np.int64(1)].spatial_shape == (1, 4, 5)
    assert numbered()[0, 1, 2].array.tolist() == [[[8]]]
    for wrong in (3, -4, slice(1, 1), (0, 0, 0, 0)):
        with pytest.raises(OutOfRangeError):
            geometry[wrong]
    for wrong in (None, 1.0, [0, 1], "a"):
        with pytest.raises(InvalidTypeError):
            geometry[wrong]


def test_planes_on_slides_have_a_place_in_the_matrix():
    geometry = VolumeGeometry(np.eye(4), (2, 3, 4), "SLIDE")
    assert geometry.get_plane_position(1).pixel_matrix_position == (1, 1)
    with pytest.raises(GeometryMismatchError):
        geometry.get_closest_patient_orientation()
    with pytest.raises(InvalidTypeError):
        geometry.get_affine("RAS")
    with pytest.raises(OutOfRangeError):
        geometry.get_plane_position(2)


def test_frames_of_reference_are_not_mixed():
    one = VolumeGeometry(np.eye(4), (2, 2, 2), "PATIENT", "2.25.1")
    other = VolumeGeometry(np.eye(4), (2, 2, 2), "PATIENT", "2.25.2")
    unknown = VolumeGeometry(np.eye(4), (2, 2, 2), "PATIENT")
    slide = VolumeGeometry(np.eye(4), (2, 2, 2), "SLIDE")
    assert one.geometry_equal(unknown)
    assert not one.geometry_equal(other)
    for wrong in (other, slide):
        with pytest.raises(GeometryMismatchError):
            one.match_geometry(wrong)
        with pytest.raises(GeometryMismatchError):
            VolumeToVolumeTransformer(one, wrong)
    # Code that expects a ValueError or RuntimeError catches these.
    assert issubclass(GeometryMismatchError, (ValueError,))
    assert issubclass(GeometryMismatchError, RuntimeError)


def test_grids_without_overlap_match_to_padding():
    volume = numbered()
    far = volume.get_geometry().pad([(9, 0), (0, 0), (0, 0)])[:4]
    matched = volume.match_geometry(far, constant_value=-3)
    assert (matched.array == -3).all()
    assert matched.geometry_equal(far)


def test_points_that_are_no_numbers_have_no_index():
    volume = numbered()
    lost = np.array([[np.nan, 0, 0]])
    assert np.isnan(volume.map_reference_to_indices(lost)).any()
    with pytest.raises(InvalidValueError, match="finite"):
        volume.map_reference_to_indices(lost, round_output=True)
    with pytest.raises(GeometryMismatchError):
        volume.map_reference_to_indices(lost, check_bounds=True)
    for wrong in (np.zeros((1, 3), complex), np.zeros((1, 3), bool), "abc", None):
        with pytest.raises(InvalidTypeError):
            volume.map_indices_to_reference(wrong)


def test_bounds():
    volume = numbered()
    inside = volume.map_indices_to_reference(np.array([[-0.49, 3.49, 0]]))
    assert volume.map_reference_to_indices(inside, check_bounds=True).shape == (1, 3)
    outside = volume.map_indices_to_reference(np.array([[0, 0, 0], [-0.51, 0, 0]]))
    with pytest.raises(GeometryMismatchError, match="1 of 2"):
        volume.map_reference_to_indices(outside, check_bounds=True)
    with pytest.raises(GeometryMismatchError):
        VolumeToVolumeTransformer(volume, volume, check_bounds=True)(np.array([[9, 0, 0]]))
    # The outer border belongs to the last voxel: what is checked can be used as an index.
    border = volume.map_indices_to_reference(np.array([[-0.49999999, 3.49999999, 0]]))
    found = volume.map_reference_to_indices(border, round_output=True, check_bounds=True)
    assert found.tolist() == [[0, 3, 0]]
    straight = VolumeGeometry(np.eye(4), (4, 2, 6), "PATIENT")
    edge = np.array([[3.5, 1.5, 5.5], [-0.5, -0.5, -0.5]])
    for inside in (
        straight.map_reference_to_indices(edge, round_output=True, check_bounds=True),
        VolumeToVolumeTransformer(straight, straight, round_output=True, check_bounds=True)(edge),
    ):
        assert inside.tolist() == [[3, 1, 5], [0, 0, 0]]
        assert inside.dtype == np.int64
    rounded = VolumeToVolumeTransformer(volume, volume[1:], round_output=True)
    assert rounded(np.array([[1, 2, 3]])).tolist() == [[0, 2, 3]]
    assert rounded(np.array([[1, 2, 3]])).dtype == np.int64


@pytest.mark.parametrize("mode", list(PadModes))
def test_padding_fills_with_what_is_asked(mode):
    rng = np.random.default_rng(3)
    array = rng.integers(0, 200, (3, 4, 5, 2)).astype(np.float64)
    volume = Volume(array, np.eye(4), "PATIENT", channels={"SegmentNumber": [1, 2]})
    for per_channel in (False, True):
        padded = volume.pad(
            [(1, 2), (0, 3), (2, 0)],
            mode=mode.value.lower(),
            constant_value=7,
            per_channel=per_channel,
        )
        assert np.array_equal(padded.array[1:4, :4, 2:], array)
        if mode is PadModes.EDGE:
            assert np.array_equal(
                padded.array, np.pad(array, [(1, 2), (0, 3), (2, 0), (0, 0)], "edge")
            )
            continue
        axes = (0, 1, 2) if per_channel else None
        functions = {
            PadModes.CONSTANT: lambda a, axis: 7,
            PadModes.MINIMUM: np.min,
            PadModes.MAXIMUM: np.max,
            PadModes.MEAN: np.mean,
            PadModes.MEDIAN: np.median,
        }
        fill = functions[mode](array, axis=axes)
        mask = np.ones(padded.spatial_shape, bool)
        mask[1:4, :4, 2:] = False
        assert (padded.array[mask] == fill).all()


def test_padding_never_wraps_values():
    volume = numbered().astype(np.uint8)
    for value in (-1, 256, 1.5):
        with pytest.raises(InvalidValueError, match="uint8"):
            volume.pad(1, constant_value=value)
    for wrong in (-1, [1, 2, 3], [[1, 2], [3]]):
        with pytest.raises((InvalidValueError, InvalidTypeError)):
            volume.pad(wrong)
    with pytest.raises(InvalidTypeError):
        volume.pad(1.5)
    with pytest.raises(InvalidValueError):
        volume.pad(1, mode="WRAP")


def test_random_operations_follow_their_generator():
    volume = numbered()
    for name, arguments in (
        ("random_flip_spatial", ()),
        ("random_permute_spatial_axes", ()),
        ("random_spatial_crop", ((2, 2, 2),)),
    ):
        runs = [
            getattr(volume, name)(*arguments, rng=np.random.default_rng(seed)) for seed in range(8)
        ]
        again = getattr(volume, name)(*arguments, rng=np.random.default_rng(3))
        assert np.array_equal(again.array, runs[3].array)
        assert len({r.array.tobytes() for r in runs}) > 1
        assert all(same_places(volume, r) for r in runs)
        getattr(volume, name)(*arguments)
    two = volume.random_permute_spatial_axes((0, 2), rng=np.random.default_rng(1))
    assert two.spatial_shape[1] == 4
    with pytest.raises(InvalidValueError):
        volume.random_permute_spatial_axes((1,))
    with pytest.raises(InvalidValueError):
        volume.random_flip_spatial((0, 0))


def test_handedness():
    volume = numbered()
    other = {"RIGHT_HANDED": "LEFT_HANDED", "LEFT_HANDED": "RIGHT_HANDED"}
    wanted = other[volume.handedness.value]
    for how in ({"flip_axis": 1}, {"swap_axes": (0, 2)}):
        turned = volume.ensure_handedness(wanted, **how)
        assert turned.handedness.value == wanted
        assert same_places(volume, turned)
        assert volume.ensure_handedness(volume.handedness, **how) is volume
    for wrong in ({}, {"flip_axis": 1, "swap_axes": (0, 1)}):
        with pytest.raises(InvalidTypeError):
            volume.ensure_handedness(wanted, **wrong)
    with pytest.raises(InvalidValueError):
        volume.ensure_handedness(wanted, swap_axes=(1, 1))


def test_spacing_is_a_number():
    for wrong in (True, "1", None, [1.0, True, "x"]):
        with pytest.raises((InvalidTypeError, InvalidValueError), match="spacing"):
            rotation_for_patient_orientation("FPL", wrong)


@pytest.mark.parametrize("wrong", ["abc", {}, None, 3, [[1, 2], [3]], [["a"] * 4] * 4, np.eye(2)])
@pytest.mark.parametrize(
    "function",
    [
        get_closest_patient_orientation,
        lambda affine: convert_affine_to_convention(affine, "LPH", "RAH"),
        lambda affine: VolumeGeometry(affine, (1, 1, 1), "PATIENT"),
    ],
)
def test_matrices_of_other_types_are_named(function, wrong):
    with pytest.raises((InvalidTypeError, InvalidValueError), match="affine"):
        function(wrong)


def test_affines_that_are_none():
    for wrong in (
        np.eye(3),
        np.diag([1, 1, 1, 2.0]),
        np.diag([1, 0, 1, 1.0]),
        np.full((4, 4), np.nan),
    ):
        with pytest.raises(InvalidValueError):
            VolumeGeometry(wrong, (2, 2, 2), "PATIENT")
    for shape in ((2, 2), (0, 2, 2), (2.5, 2, 2), (2, 2, -1)):
        with pytest.raises((InvalidValueError, InvalidTypeError)):
            VolumeGeometry(np.eye(4), shape, "PATIENT")
    with pytest.raises(InvalidValueError):
        VolumeGeometry(np.eye(4), (2, 2, 2), "ROOM")
    with pytest.raises(InvalidValueError):
        VolumeGeometry(np.eye(4), (2, 2, 2), "PATIENT", "not a uid")


@pytest.mark.parametrize("index_convention", ["RD", "DR", "LU", "UL", "RU", "LD"])
@pytest.mark.parametrize("slices_first", [False, True])
@pytest.mark.parametrize("handedness", ["LEFT_HANDED", "RIGHT_HANDED"])
def test_rotation_matrices_have_the_asked_handedness(index_convention, slices_first, handedness):
    turn = random_rotation(np.random.default_rng(5))
    orientation = [*turn[:, 0], *turn[:, 1]]
    matrix = create_rotation_matrix(
        orientation, index_convention, slices_first, handedness, (2.0, 3.0), 5.0
    )
    assert np.sign(np.linalg.det(matrix)) == (1 if handedness == "RIGHT_HANDED" else -1)
    lengths = np.linalg.norm(matrix, axis=0)
    in_plane = [3.0 if letter in "RL" else 2.0 for letter in index_convention]
    assert np.allclose(lengths, [5.0, *in_plane] if slices_first else [*in_plane, 5.0])
    if {"L", "U"} & set(index_convention):
        with pytest.raises(InvalidValueError, match="top left"):
            create_affine_matrix_from_attributes(
                [0, 0, 0], orientation, [1, 1], index_convention=index_convention
            )


def test_components():
    named = create_affine_matrix_from_components(
        spacing=(1, 2, 3), position=(4, 5, 6), patient_orientation="FPL"
    )
    assert named.tolist() == [[0, 0, 3, 4], [0, 2, 0, 5], [-1, 0, 0, 6], [0, 0, 0, 1]]
    turn = random_rotation(np.random.default_rng(2))
    by_matrix, by_list = (
        VolumeGeometry.from_components(
            (3, 4, 5),
            spacing=2,
            center_position=(1, 2, 3),
            direction=direction,
            coordinate_system="PATIENT",
        )
        for direction in (turn, turn.ravel().tolist())
    )
    assert by_matrix.geometry_equal(by_list, tol=None)
    assert np.allclose(by_matrix.center_position, (1, 2, 3))
    for wrong in (
        {"position": (1, 2, 3), "center_position": (1, 2, 3), "patient_orientation": "FPL"},
        {"position": (1, 2, 3)},
        {"patient_orientation": "FPL"},
        {"center_position": (1, 2, 3), "patient_orientation": "FPL"},
    ):
        with pytest.raises(InvalidTypeError):
            create_affine_matrix_from_components(spacing=1, **wrong)
    for wrong in ("LRH", "XYZ", "LP"):
        with pytest.raises(InvalidValueError):
            rotation_for_patient_orientation(wrong)


def test_names_of_directions_mean_the_same_in_every_convention():
    common = {
        "spacing": (1, 2, 3),
        "coordinate_system": "PATIENT",
        "patient_orientation": "FPL",
    }
    ours = VolumeGeometry.from_components((3, 4, 5), position=(10, 20, 30), **common)
    theirs = VolumeGeometry.from_components(
        (3, 4, 5), position=(-10, -20, 30), from_reference_convention="RAS", **common
    )
    assert ours.geometry_equal(theirs)
    assert [o.value for o in theirs.get_closest_patient_orientation()] == list("FPL")
    ras = VolumeGeometry(
        ours.get_affine("RAS"), (3, 4, 5), "PATIENT", from_reference_convention="RAS"
    )
    assert ras.geometry_equal(ours, tol=None)


def test_conventions_that_permute_axes():
    affine = random_affine(np.random.default_rng(1))
    there = convert_affine_to_convention(affine, "LPH", "HRA")
    assert np.allclose(there[0], affine[2])
    assert np.allclose(there[1], -affine[0])
    assert np.allclose(convert_affine_to_convention(there, "HRA", "LPS"), affine)


def test_volumes_can_be_copied_and_pickled():
    volume = numbered()
    for twin in (volume.copy(), deepcopy(volume), pickle.loads(pickle.dumps(volume))):
        assert np.array_equal(twin.array, volume.array)
        assert twin.geometry_equal(volume, tol=None)
        assert not np.shares_memory(twin.array, volume.array)
    geometry = volume.get_geometry()
    assert pickle.loads(pickle.dumps(geometry)).geometry_equal(geometry, tol=None)
    assert geometry.copy().geometry_equal(geometry, tol=None)
    volume.affine[0, 3] += 1
    assert volume.geometry_equal(geometry, tol=None)
    assert "3 × 4 × 5" in repr(volume)


def test_arrays_are_views_unless_they_cannot():
    volume = numbered()
    same = [
        volume[1:],
        volume.flip_spatial(1),
        volume.permute_spatial_axes((2, 0, 1)),
        volume.crop_to_spatial_shape((2, 2, 2)),
        volume.to_patient_orientation("HAR"),
        volume.with_array(volume.array),
        volume.match_geometry(volume.get_geometry().flip_spatial(0)[1:]),
    ]
    assert all(np.shares_memory(v.array, volume.array) for v in same)
    copies = [volume.copy(), volume.astype(np.int64), volume.pad(1), volume.clip(0, 5)]
    assert not any(np.shares_memory(v.array, volume.array) for v in copies)


def two_axes():
    array = np.random.default_rng(4).normal(size=(2, 3, 4, 2, 3)).astype(np.float32)
    channels = {"SegmentNumber": [1, 5], ChannelDescriptor("b", True, float): [0, 500.5, 1000]}
    return Volume(array, np.eye(4), "PATIENT", channels=channels)


def test_channels():
    volume = two_axes()
    assert volume.channel_shape == (2, 3)
    assert volume.number_of_channel_dimensions == 2
    assert volume.get_channel_values("b") == [0.0, 500.5, 1000.0]
    assert volume.get_channel_values(0x00620004) == [1, 5]
    one = volume.get_channel(SegmentNumber=5, b=1000)
    assert np.array_equal(one.array, volume.array[..., 1, 2])
    assert one.channel_descriptors == ()
    kept = volume.get_channel(keepdims=True, b=0)
    assert kept.shape == (2, 3, 4, 2, 1)
    assert kept.squeeze_channel().channel_descriptors == (ChannelDescriptor("SegmentNumber"),)
    swapped = volume.permute_channel_axes(["b", "SegmentNumber"])
    assert np.array_equal(swapped.array, volume.array.swapaxes(3, 4))
    assert swapped.get_channel_values("b") == volume.get_channel_values("b")
    assert volume.permute_channel_axes_by_index((1, 0)).channel_shape == (3, 2)
    turned = volume.flip_spatial(0).permute_spatial_axes((1, 2, 0)).pad(1)
    assert turned.channel_shape == (2, 3)
    for wrong in ({"SegmentNumber": 2}, {"Foo": 1}):
        with pytest.raises(NotFoundError):
            volume.get_channel(**wrong)
    with pytest.raises(GeometryMismatchError):
        volume.squeeze_channel(["b"])
    with pytest.raises(InvalidValueError):
        volume.permute_channel_axes(["b"])
    with pytest.raises(InvalidValueError):
        volume.array = volume.array[1:]


def test_channel_descriptors():
    segment = ChannelDescriptor("SegmentNumber")
    assert (segment.value_type, segment.description) == (int, "Segment Number")
    assert segment == ChannelDescriptor(0x00620004) == ChannelDescriptor(segment)
    assert hash(segment) == hash(ChannelDescriptor(0x00620004))
    assert segment != "SegmentNumber"
    colours = ChannelDescriptor("colour", True, RGBColorChannels)
    assert colours.is_enumerated
    assert colours.is_custom
    rgb = Volume(np.zeros((1, 1, 1, 2)), np.eye(4), "PATIENT", channels={colours: ["R", "B"]})
    assert rgb.get_channel_values("colour") == [RGBColorChannels.R, RGBColorChannels.B]
    for arguments in (("foo",), ("SegmentNumber", True, int), ("PixelData",)):
        with pytest.raises(InvalidValueError):
            ChannelDescriptor(*arguments)
    for arguments in (
        ("foo", True),
        ("foo", True, list),
        (5, True, int),
        ("SegmentNumber", False, str),
    ):
        with pytest.raises(InvalidTypeError):
            ChannelDescriptor(*arguments)
    for channels, error in (
        (None, InvalidValueError),
        ({"SegmentNumber": [1]}, InvalidValueError),
        ({"SegmentNumber": ["a", "b"]}, InvalidTypeError),
        ({"SegmentNumber": [1.5, 2]}, InvalidTypeError),
        ({"SegmentNumber": [True, False]}, InvalidTypeError),
    ):
        with pytest.raises(error):
            Volume(np.zeros((1, 1, 1, 2)), np.eye(4), "PATIENT", channels=channels)


def test_normalization():
    volume = two_axes()
    mean = volume.normalize_mean_std(output_mean=5, output_std=2)
    assert np.allclose(mean.array.mean(axis=(0, 1, 2)), 5, atol=1e-5)
    assert np.allclose(mean.array.std(axis=(0, 1, 2)), 2, atol=1e-5)
    whole = volume.normalize_mean_std(per_channel=False)
    assert abs(whole.array.mean()) < 1e-6
    assert whole.dtype == np.float32
    ranged = volume.normalize_min_max(-1, 3, per_channel=True)
    assert np.allclose(ranged.array.min(axis=(0, 1, 2)), -1)
    assert np.allclose(ranged.array.max(axis=(0, 1, 2)), 3)
    constant = volume.with_array(np.full((2, 3, 4), 7, np.int16))
    assert (constant.normalize_mean_std(output_mean=4).array == 4).all()
    assert (constant.normalize_min_max(2, 3).array == 2).all()
    assert constant.normalize_min_max().dtype == np.float64
    with pytest.raises(InvalidValueError):
        volume.normalize_min_max(1, 1)
    with pytest.raises(InvalidValueError):
        volume.normalize_mean_std(output_std=0)
    assert volume.clip(None, 0).array.max() == 0
    assert np.array_equal(volume.clip(None, None).array, volume.array)


def test_arrays_that_do_not_fit():
    geometry = numbered().get_geometry()
    with pytest.raises(InvalidValueError):
        geometry.with_array(np.zeros((3, 4, 6)))
    with pytest.raises(InvalidValueError):
        Volume(np.zeros((3, 4)), np.eye(4), "PATIENT")
    with pytest.raises(InvalidTypeError):
        Volume([[[1]]], np.eye(4), "PATIENT")
    volume = two_axes()
    assert volume.with_array(volume.array * 2).channel_descriptors == volume.channel_descriptors
    assert volume.with_array(volume.array[..., 0, 0]).ndim == 3
