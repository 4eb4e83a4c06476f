"""What planes are together is reported with the numbers; what is no volume is not taken for one."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file

from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit.spatial import (
    GeometryMismatchError,
    NotAVolumeError,
    StackKind,
    describe_positions,
    describe_stack,
    get_dataset_sort_index,
    get_normal_vector,
    get_plane_sort_index,
    get_series_volume_positions,
    get_volume_positions,
    sort_datasets,
)
from rotations import random_rotation

AXIAL = [1, 0, 0, 0, 1, 0]


def at(zs, x=0.0):
    return [[x, 0.0, float(z)] for z in zs]


def image(z, orientation=AXIAL, x=0.0, **more):
    dataset = Dataset()
    dataset.ImagePositionPatient = [x, 0.0, float(z)]
    dataset.ImageOrientationPatient = list(orientation)
    dataset.PixelSpacing = [1.0, 1.0]
    dataset.FrameOfReferenceUID = "1.2.3"
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("positions", "kind", "parts"),
    [
        (at([2, 0, 3, 1]), StackKind.REGULAR, [[2, 0, 3, 1]]),
        (at([5]), StackKind.SINGLE_PLANE, [[0]]),
        (at([0, 1.6, 3.2, 6.4]), StackKind.MISSING_PLANES, [[3], [2, 1, 0]]),
        (at([0, 1, 1, 2]), StackKind.DUPLICATES, [[3, 1, 0], [2]]),
        (at([5, 5]), StackKind.DUPLICATES, [[0], [1]]),
        (at([0, 1, 2] * 2), StackKind.REPEATED_STACKS, [[2, 1, 0], [5, 4, 3]]),
        (at([0, 1, 2.2, 3]), StackKind.VARYING_SPACING, [[3, 2], [1, 0]]),
        (at([0, 5, 6, 7.1]), StackKind.VARYING_SPACING, [[3], [2, 1], [0]]),
        ([[k * 0.2, 0, k] for k in range(4)], StackKind.TILTED, [[3], [2], [1], [0]]),
        (at([0, 1, 2]) + at([0, 1, 2], 50), StackKind.SEVERAL_STACKS, [[2, 1, 0], [5, 4, 3]]),
        (at([0, 1]) + at([0.5, 1.5], 50), StackKind.SEVERAL_STACKS, [[3, 2], [1, 0]]),
    ],
)
def test_kinds_and_parts(positions, kind, parts):
    report = describe_positions(positions, AXIAL)
    assert report.kind is kind
    found = report.split()
    assert [p.members.tolist() for p in found] == parts
    assert sorted(i for p in found for i in p.members.tolist()) == list(range(len(positions)))
    assert all(p.is_volume for p in found)
    assert report.is_volume == (kind in {StackKind.REGULAR, StackKind.SINGLE_PLANE})


def test_numbers_are_in_the_report():
    report = describe_positions(at([0, 1.6, 3.2, 6.4, 8.0]), AXIAL)
    (gap,) = report.gaps
    assert {gap.before, gap.after} == {2, 3}
    assert gap.width == pytest.approx(3.2)
    assert gap.missing == 1
    assert report.volume_positions.tolist() == [5, 4, 3, 1, 0]
    assert report.missing_positions.tolist() == [2]
    assert report.signed_spacing == pytest.approx(-1.6)
    with pytest.raises(NotAVolumeError, match=r"3\.2 mm") as caught:
        report.require_volume()
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.report.kind is StackKind.MISSING_PLANES
    report.require_volume(allow_missing_positions=True)
    tilted = describe_positions([[0, np.tan(np.radians(12)) * k, k] for k in range(5)], AXIAL)
    assert tilted.tilt == pytest.approx(12)
    assert "12°" in str(tilted)


def test_planes_that_are_not_parallel():
    coronal = [1, 0, 0, 0, 0, -1]
    report = describe_positions(at([0, 1, 2, 3]), [AXIAL, AXIAL, coronal, coronal])
    assert report.kind is StackKind.MIXED_ORIENTATION
    assert next(p.members.tolist() for p in report.split()) == [1, 0]
    with pytest.raises(NotAVolumeError):
        report.geometry(2, 2, (1, 1), "PATIENT")
    nearly = [1, 0, 0, 0, 1, 5e-5]
    assert describe_positions(at([0, 1]), [AXIAL, nearly]).kind is StackKind.REGULAR
    strict = describe_positions(at([0, 1]), [AXIAL, nearly], orientation_tol=1e-6)
    assert strict.kind is StackKind.MIXED_ORIENTATION


def test_a_hint_tells_missing_planes_and_never_overrules_positions():
    sparse = describe_positions(at([0, 2, 4]), AXIAL, spacing_hint=1)
    assert sparse.volume_positions.tolist() == [4, 2, 0]
    assert sparse.hint_fits
    wrong = describe_positions(at([0, 2, 4]), AXIAL, spacing_hint=3)
    assert wrong.kind is StackKind.REGULAR
    assert wrong.spacing == pytest.approx(2)
    assert wrong.hint_fits is False


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e3])
def test_tolerances_are_relative(scale):
    def kind(positions, **tolerances):
        return describe_positions(np.array(positions) * scale, AXIAL, **tolerances).kind

    assert kind(at([0, 1.009, 2, 3])) is StackKind.REGULAR
    assert kind(at([0, 1.02, 2, 3])) is StackKind.VARYING_SPACING
    assert kind(at([0, 1.02, 2, 3]), rtol=0.03) is StackKind.REGULAR
    assert kind(at([0, 1.02, 2, 3]), atol=0.03 * scale) is StackKind.REGULAR
    assert kind(at([0, 1, 1 + 1e-5, 2])) is StackKind.DUPLICATES
    leaning = [[0.05 * k, 0, k] for k in range(4)]
    assert kind(leaning) is StackKind.TILTED
    assert kind(leaning, perpendicular_tol=0.01) is StackKind.REGULAR


def test_small_errors_that_add_up_are_seen():
    gaps = [1.009] * 60 + [0.991] * 60
    report = describe_positions(at(np.cumsum([0, *gaps])), AXIAL)
    assert report.kind is StackKind.VARYING_SPACING
    drifting = [[0.01 * k, 0, k] for k in range(200)]
    assert describe_positions(drifting, AXIAL).kind is StackKind.TILTED
    # Half a pixel is what counts where the size of pixels is known.
    assert describe_positions(drifting, AXIAL, pixel_spacing=(5, 5)).kind is StackKind.REGULAR


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10**6),
    st.integers(2, 12),
    st.integers(0, 3),
    st.floats(0.001, 10),
    st.booleans(),
)
def test_any_stack_is_recovered(seed, count, gap, spacing, left):
    rng = np.random.default_rng(seed)
    turn = random_rotation(rng)
    orientation = [*turn[:, 0], *turn[:, 1]]
    kept = np.delete(np.arange(count + gap), np.arange(1, 1 + gap)) if count > 2 else np.arange(2)
    origin = rng.uniform(-300, 300, 3)
    positions = origin + np.outer(kept * spacing, turn[:, 2])
    shuffled = rng.permutation(len(kept))
    handedness = "LEFT_HANDED" if left else "RIGHT_HANDED"
    report = describe_positions(positions[shuffled], orientation, handedness=handedness)
    geometry = report.geometry(3, 4, (0.5, 0.7), "PATIENT", allow_missing_positions=True)
    assert geometry.handedness.value == handedness
    there = geometry.map_indices_to_reference(
        np.stack([report.volume_positions, *np.zeros((2, len(kept)))], axis=1)
    )
    assert np.allclose(there, positions[shuffled], atol=1e-6 * max(spacing, 1))
    assert report.spacing == pytest.approx(spacing, rel=1e-6)


def test_wrong_arguments_are_named():
    with pytest.raises(InvalidValueError, match="positions"):
        describe_positions(np.zeros((0, 3)), AXIAL)
    with pytest.raises(InvalidValueError):
        describe_positions([[0, 1]], AXIAL)
    with pytest.raises(InvalidTypeError):
        describe_positions(at([0, 1]), AXIAL, rtol=0.1, atol=0.1)
    with pytest.raises(GeometryError, match="orthogonal"):
        describe_positions(at([0, 1]), [1, 0, 0, 0.1, 1, 0])
    with pytest.raises(InvalidValueError):
        describe_positions(at([0, 1]), np.zeros((3, 6)))
    with pytest.raises(InvalidValueError):
        get_volume_positions(at([0, 1]), AXIAL, sort=False, allow_missing_positions=True)


def test_volume_positions_of_unsorted_planes_are_refused_if_asked():
    assert get_volume_positions(at([3, 2, 1]), AXIAL, sort=False) == (1.0, [0, 1, 2])
    assert get_volume_positions(at([1, 2, 3]), AXIAL, sort=False) == (1.0, [0, 1, 2])
    assert get_volume_positions(at([1, 3, 2]), AXIAL, sort=False) == (None, None)
    ordered = {"sort": False, "enforce_handedness": True}
    assert get_volume_positions(at([1, 2, 3]), AXIAL, **ordered) == (None, None)
    assert get_volume_positions(at([3, 2, 1]), AXIAL, **ordered) == (1.0, [0, 1, 2])
    # Whole numbers are positions too.
    assert get_volume_positions([[0, 0, 0], [0, 0, 2]], AXIAL) == (2.0, [1, 0])


def test_sorting_keeps_the_order_of_equal_places():
    assert get_plane_sort_index(at([1, 1, 0, 1]), AXIAL) == [0, 1, 3, 2]
    assert get_plane_sort_index(at([1, 1, 0, 1]), AXIAL, "RD") == [2, 0, 1, 3]
    images = [image(z) for z in (0, 2, 1)]
    assert [d.ImagePositionPatient[2] for d in sort_datasets(images)] == [2, 1, 0]
    assert get_dataset_sort_index(images, handedness="LEFT_HANDED") == [0, 2, 1]


def test_images_that_do_not_belong_together():
    with pytest.raises(GeometryMismatchError, match="parallel"):
        sort_datasets([image(0), image(1, [0, 1, 0, 0, 0, 1])])
    other = image(1, FrameOfReferenceUID="1.2.4")
    with pytest.raises(GeometryMismatchError, match="frames of reference"):
        sort_datasets([image(0), other])
    assert get_series_volume_positions([image(0), other]) == (None, None)
    with pytest.raises(MissingAttributeError, match="ImagePositionPatient"):
        describe_stack([image(0), Dataset()])
    with pytest.raises(InvalidValueError):
        sort_datasets([])
    with pytest.raises(InvalidTypeError):
        sort_datasets(["CT"])


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        (
            {"FrameOfReferenceUID": "1.2.4"},
            StackKind.MIXED_FRAMES_OF_REFERENCE,
            "2 lie in other frames of reference",
        ),
        ({"ImageOrientationPatient": [0, 1, 0, 1, 0, 0]}, StackKind.MIXED_ORIENTATION, "2 are not"),
        ({"PixelSpacing": [1.0, 1.1]}, StackKind.MIXED_GRIDS, "2 have other PixelSpacing"),
        ({"Rows": 4, "Columns": 4}, StackKind.MIXED_GRIDS, "2 have other PixelSpacing"),
    ],
)
def test_images_that_cannot_share_a_stack_are_told_apart(changes, kind, said):
    series = [image(z, Rows=4, Columns=5) for z in (0, 1, 2)]
    others = [image(z, **{"Rows": 4, "Columns": 5, **changes}) for z in (1, 0)]
    mixed = [others[0], *series, others[1]]
    report = describe_stack(mixed)
    assert report.kind is kind
    assert report.volume_positions is None
    assert report.spacing is None
    assert [sorted(p.members) for p in report.split()] == [[0, 4], [1, 2, 3]]
    assert all(p.is_volume for p in report.split())
    assert get_series_volume_positions(mixed, allow_duplicate_positions=True) == (None, None)
    series_last = describe_stack([*series, *others])
    assert said in str(series_last)
    with pytest.raises(NotAVolumeError, match=said) as caught:
        series_last.require_volume(allow_missing_positions=True, allow_duplicate_positions=True)
    assert caught.value.report is series_last


def test_what_is_not_known_does_not_separate():
    series = [image(z) for z in (0, 1, 2)]
    del series[1].FrameOfReferenceUID
    assert describe_stack(series).kind is StackKind.REGULAR
    # Texts are rounded.
    series[2].PixelSpacing = [1.000001, 1.0]
    assert describe_stack(series).kind is StackKind.REGULAR
    with pytest.raises(InvalidValueError, match="pixel_spacing"):
        describe_positions(at([0, 1, 2]), AXIAL, pixel_spacing=[[1, 1], [1, 1]])
    with pytest.raises(InvalidValueError, match="pixel_spacing"):
        describe_positions(at([0, 1]), AXIAL, pixel_spacing=[[1, 1], [1, 0]])


def test_spacing_between_slices_counts_only_where_planes_may_be_missing():
    series = [image(z, SpacingBetweenSlices=0.5) for z in (0, 2, 1)]
    assert get_series_volume_positions(series) == (1.0, [2, 0, 1])
    spacing, found = get_series_volume_positions(series, allow_missing_positions=True)
    assert spacing == pytest.approx(0.5)
    assert found == [4, 0, 2]
    wrong = [image(z, SpacingBetweenSlices=0.7) for z in (0, 2, 1)]
    assert get_series_volume_positions(wrong, allow_missing_positions=True) == (1.0, [2, 0, 1])


def test_positions_without_frame_of_reference_count():
    series = [image(z) for z in (0, 2, 1)]
    for dataset in series:
        del dataset.FrameOfReferenceUID
    assert describe_stack(series).kind is StackKind.REGULAR
    assert get_series_volume_positions(series) == (1.0, [2, 0, 1])


def test_slice_thickness_is_not_spacing():
    report = describe_stack([image(z, SliceThickness=5.0) for z in (0, 2, 4)])
    assert report.spacing == pytest.approx(2)


def test_real_files():
    enhanced = dcmread(get_testdata_file("eCT_Supplemental.dcm"), stop_before_pixels=True)
    report = describe_stack(enhanced)
    assert report.is_volume
    assert report.spacing == pytest.approx(10)
    # Its columns run to the right of the patient, so its volume is ordered towards the head.
    assert report.volume_positions.tolist() == [0, 1]
    # A frame of reference alone places nothing.
    magnetic = dcmread(get_testdata_file("emri_small.dcm"), stop_before_pixels=True)
    assert magnetic.FrameOfReferenceUID
    with pytest.raises(MissingAttributeError, match="ImagePositionPatient"):
        describe_stack(magnetic)
    with pytest.raises(MissingAttributeError):
        describe_stack(dcmread(get_testdata_file("examples_rgb_color.dcm")))


def test_frames_of_a_dose_grid_follow_their_offsets():
    dose = dcmread(get_testdata_file("rtdose.dcm"), stop_before_pixels=True)
    report = describe_stack(dose)
    offsets = np.array(dose.GridFrameOffsetVector, float)
    normal = get_normal_vector(dose.ImageOrientationPatient)
    first = np.array(dose.ImagePositionPatient, float)
    assert np.allclose(report.positions, first + np.outer(offsets - offsets[0], normal))
    assert report.kind is StackKind.REGULAR


def test_series_of_pydicoms_test_folder():
    from pathlib import Path

    folder = Path(get_testdata_file("DICOMDIR")).parent
    series = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "DICOMDIR":
            dataset = dcmread(path, stop_before_pixels=True, force=True)
            if "ImagePositionPatient" in dataset:
                series.setdefault(dataset.SeriesInstanceUID, []).append(dataset)
    stacks = [images for images in series.values() if len(images) > 1]
    assert len(stacks) > 3
    for images in stacks:
        report = describe_stack(images)
        members = [i for part in report.split() for i in part.members.tolist()]
        assert sorted(members) == list(range(len(images)))
        if report.is_volume:
            geometry = report.geometry(
                images[0].Rows, images[0].Columns, images[0].PixelSpacing, "PATIENT"
            )
            assert geometry.spatial_shape[0] == len(images)
