"""What goes wrong elsewhere with order and place of slices does not, with realistic images.

Where a segmentation or pixels of tiles are needed, the tests stand with their families: frames in
either order, references of turned volumes, cropped grids and empty planes in
``plugins/seg/tests/test_creation`` and ``test_volumes_and_referees``; parts of slides, origins with
missing tiles and levels of pyramids in ``plugins/image/tests/test_volumes`` and
``plugins/seg/tests/test_tiles``; the same without pixels in `test_image_planes`.
"""

import copy

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

import iodkit as ik
from iodkit.errors import GeometryError, MissingAttributeError
from iodkit.spatial import (
    NotAVolumeError,
    PixelToReferenceTransformer,
    StackKind,
    describe_stack,
    get_image_coordinate_system,
    get_series_volume_positions,
    sort_datasets,
)
from iodkit.testing import phantom
from referees import library

SHAPE = (6, 14, 12)


def mirrored(dataset, *, rows, columns):
    """The same picture of the same body, stored from another corner."""
    made = copy.deepcopy(dataset)
    pixels = dataset.pixel_array
    corner = [pixels.shape[1] - 1 if columns else 0, pixels.shape[0] - 1 if rows else 0]
    place = PixelToReferenceTransformer.for_image(dataset)(np.array([corner]))[0]
    row, column = np.array(dataset.ImageOrientationPatient, float).reshape(2, 3)
    cosines = [*(-row if columns else row), *(-column if rows else column)]
    made.ImagePositionPatient = [round(float(v), 9) for v in place]
    made.ImageOrientationPatient = [round(float(v), 12) for v in cosines]
    turned = pixels[:: -1 if rows else 1, :: -1 if columns else 1]
    made.PixelData = np.ascontiguousarray(turned).tobytes()
    return made


@pytest.mark.parametrize("variant", ["axial", "oblique", "coronal"])
@pytest.mark.parametrize(("rows", "columns"), [(True, False), (False, True), (True, True)])
def test_a_column_direction_that_points_to_the_front_mirrors_nothing(variant, rows, columns):
    series = phantom.ct_series(*SHAPE, variant=variant)
    expected = ik.get_volume_from_series(series)
    turned = ik.get_volume_from_series(
        [mirrored(ds, rows=rows, columns=columns) for ds in reversed(series)]
    )
    if variant == "axial" and rows and not columns:
        assert np.allclose(turned.direction[:, 1], [0, -1, 0])
    found = turned.match_geometry(expected)
    assert np.array_equal(found.array, expected.array)
    # And each pixel is where its own file says.
    first = sort_datasets(series)[0]
    place = PixelToReferenceTransformer.for_image(first)(np.array([[3, 5]]))
    index = turned.map_reference_to_indices(place, round_output=True, check_bounds=True)[0]
    slope, intercept = float(first.RescaleSlope), float(first.RescaleIntercept)
    assert turned.array[tuple(index)] == first.pixel_array[5, 3] * slope + intercept


@pytest.mark.referee
@pytest.mark.parametrize("rows", [False, True])
def test_left_stays_left_on_the_way_through_nifti(rows, tmp_path):
    nibabel = library("nibabel", "nibabel")
    series = phantom.ct_series(*SHAPE)
    volume = ik.get_volume_from_series([mirrored(ds, rows=rows, columns=False) for ds in series])
    nibabel.save(volume.to_nibabel(), tmp_path / "volume.nii")
    canonical = nibabel.as_closest_canonical(nibabel.load(tmp_path / "volume.nii"))
    # nibabel's own axes grow to the right, the front and the head.
    ours = volume.to_patient_orientation("RAH")
    assert np.array_equal(np.asarray(canonical.dataobj), ours.array)
    there = canonical.affine @ [2, 3, 4, 1]
    place = ours.map_indices_to_reference(np.array([[2, 3, 4]]))[0]
    assert np.allclose(there[:3] * (-1, -1, 1), place, atol=1e-4)


def test_the_order_of_a_list_means_nothing():
    series = phantom.ct_series(*SHAPE, variant="oblique")
    expected = ik.get_volume_from_series(series)
    rng = np.random.default_rng(3)
    for _ in range(4):
        shuffled = [series[i] for i in rng.permutation(len(series))]
        found = ik.get_volume_from_series(shuffled)
        assert np.array_equal(found.array, expected.array)
        assert found.geometry_equal(expected, tol=None)
        _, places = get_series_volume_positions(shuffled)
        for dataset, place in zip(shuffled, places, strict=True):
            origin = expected.map_indices_to_reference(np.array([[place, 0, 0]]))[0]
            # Positions of the phantom are rounded to four decimals.
            assert np.allclose(origin, np.array(dataset.ImagePositionPatient, float), atol=1e-3)


@pytest.mark.parametrize("variant", ["axial", "oblique"])
def test_planes_that_do_not_follow_their_normal_are_no_volume(variant):
    series = phantom.ct_series(*SHAPE, variant=variant)
    for number, dataset in enumerate(sort_datasets(series)):
        row = np.array(dataset.ImageOrientationPatient[:3], float)
        moved = np.array(dataset.ImagePositionPatient, float) + row * number * 16
        dataset.ImagePositionPatient = [round(float(v), 9) for v in moved]
    report = describe_stack(series)
    assert report.kind is StackKind.TILTED
    assert report.tilt == pytest.approx(np.degrees(np.arctan(16 / report.spacing)), rel=1e-3)
    with pytest.raises(NotAVolumeError, match="°") as caught:
        ik.get_volume_from_series(series)
    assert caught.value.report.lateral_deviation == pytest.approx(16 * (SHAPE[0] - 1), rel=1e-3)


def test_the_centre_of_the_first_voxel_is_the_position_of_the_first_plane():
    series = sort_datasets(phantom.ct_series(*SHAPE))
    volume = ik.get_volume_from_series(series)
    assert np.allclose(volume.position, np.array(series[0].ImagePositionPatient, float))
    # The body's extent begins half a voxel before.
    low = volume.map_indices_to_reference(np.array([[-0.5, -0.5, -0.5]]))[0]
    half = volume.direction @ (np.array(volume.spacing) / 2)
    assert np.allclose(low, np.array(volume.position) - half)


def test_thickness_is_no_spacing():
    series = phantom.ct_series(*SHAPE)
    spacing = ik.get_volume_from_series(series).spacing_between_slices
    for dataset in series:
        dataset.SliceThickness = 3 * spacing
        dataset.SpacingBetweenSlices = 2 * spacing
    assert ik.get_volume_from_series(series).spacing_between_slices == pytest.approx(spacing)
    assert describe_stack(series).spacing == pytest.approx(spacing)


def test_two_acquisitions_of_the_same_planes_are_two_stacks():
    series = phantom.ct_series(*SHAPE)
    again = copy.deepcopy(series)
    for dataset in series + again:
        dataset.AcquisitionNumber = 5
    for number, dataset in enumerate(again, 100):
        dataset.SOPInstanceUID = f"2.25.{number}"
        dataset.AcquisitionNumber = 7
    both = [d for pair in zip(again, series, strict=True) for d in pair]
    report = describe_stack(both)
    assert report.kind is StackKind.REPEATED_STACKS
    parts = report.split()
    assert len(parts) == 2
    for part, number in zip(parts, (7, 5), strict=True):
        assert {both[i].AcquisitionNumber for i in part.members} == {number}
    with pytest.raises(NotAVolumeError, match="several frames lie at one place") as caught:
        ik.get_volume_from_series(both)
    assert caught.value.report.kind is StackKind.REPEATED_STACKS
    assert "channels=['AcquisitionNumber']" in caught.value.remedy
    volume = ik.get_volume_from_series(both, channels=["AcquisitionNumber"])
    assert volume.shape == (*SHAPE, 2)


def test_times_need_not_start_at_one():
    image = phantom.enhanced_ct(4, 10, 8)
    frames = list(image.PerFrameFunctionalGroupsSequence)
    made = copy.deepcopy(image)
    made.PerFrameFunctionalGroupsSequence = [copy.deepcopy(f) for f in frames for _ in range(2)]
    made.NumberOfFrames = 2 * len(frames)
    for number, frame in enumerate(made.PerFrameFunctionalGroupsSequence):
        frame.FrameContentSequence[0].TemporalPositionIndex = 3 + number % 2
    report = describe_stack(made)
    assert report.kind is StackKind.REPEATED_STACKS
    parts = report.split()
    assert [len(p.members) for p in parts] == [len(frames)] * 2
    assert all(set(p.members % 2) == {k} for k, p in enumerate(parts))


@pytest.mark.parametrize("gaps", [[1.6, 3.2, 1.6, 1.6], [3.2, 1.6, 1.6, 1.6], [1.6, 1.6, 3.2]])
def test_a_doubled_gap_is_seen_wherever_it_is(gaps):
    series = phantom.ct_series(len(gaps) + 1, *SHAPE[1:])
    for dataset, z in zip(sort_datasets(series), np.cumsum([0.0, *gaps]), strict=True):
        dataset.ImagePositionPatient = [-100.0, -90.0, round(-float(z), 6)]
    with pytest.raises(NotAVolumeError, match=r"3\.2 mm") as caught:
        ik.get_volume_from_series(series)
    report = caught.value.report
    assert report.kind is StackKind.MISSING_PLANES
    assert report.spacing == pytest.approx(1.6)
    assert report.missing_positions.tolist() == [gaps.index(3.2) + 1]


def mammogram():
    image = phantom.chest_xray()
    image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    image.Modality, image.PatientOrientation = "MG", ["A", "FL"]
    return image


def stored(name):
    return lambda: dcmread(get_testdata_file(name), stop_before_pixels=True)


UNPLACED = {
    "radiograph": phantom.chest_xray,
    "mammogram": mammogram,
    "cine": phantom.ultrasound_cine,
    "real radiograph": stored("RG1_UNCR.dcm"),
    "real ultrasound": stored("US1_UNCR.dcm"),
    "real cine": stored("color3d_jpeg_baseline.dcm"),
    "real secondary capture": stored("SC_rgb_small_odd.dcm"),
}


@pytest.mark.parametrize("make", UNPLACED.values(), ids=UNPLACED)
def test_images_without_a_place_say_so(make):
    image = make()
    with pytest.raises(MissingAttributeError, match="ImagePositionPatient"):
        describe_stack(image)
    with pytest.raises(MissingAttributeError):
        PixelToReferenceTransformer.for_image(image, 1)
    assert get_image_coordinate_system(image) is None
    # Their pixels are there all the same, and a volume where the caller knows the place.
    opened = ik.from_dataset(image)
    assert opened.get_volume_geometry() is None
    with pytest.raises(GeometryError, match="FrameOfReferenceUID"):
        opened.get_volume()


@pytest.mark.parametrize("variant", ["gapped", "tilted", "duplicated"])
def test_nothing_is_interpolated_silently(variant):
    """What is not regular is refused with its numbers, or left empty where that is asked for."""
    series = phantom.ct_series(*SHAPE, variant=variant)
    with pytest.raises(NotAVolumeError) as caught:
        ik.get_volume_from_series(series)
    assert str(caught.value.report.describe()) in str(caught.value) or variant == "duplicated"
    if variant == "gapped":
        volume = ik.get_volume_from_series(series, allow_missing_positions=True, fill_value=-9999)
        (empty,) = caught.value.report.missing_positions
        assert (volume.array[empty] == -9999).all()
        assert (np.delete(volume.array, empty, axis=0) != -9999).all()
    else:
        with pytest.raises(NotAVolumeError):
            ik.get_volume_from_series(series, allow_missing_positions=True)


def test_two_reconstructions_in_one_series_are_told_apart():
    """Equal positions and directions, other fields of view: no tolerance makes one volume of it."""
    series = phantom.ct_series(*SHAPE)
    again = copy.deepcopy(series)
    for number, dataset in enumerate(again, 100):
        dataset.SOPInstanceUID = f"2.25.{number}"
        dataset.PixelSpacing = [float(v) / 2 for v in dataset.PixelSpacing]
    both = [d for pair in zip(series, again, strict=True) for d in pair]
    with pytest.raises(NotAVolumeError, match=f"{SHAPE[0]} have other PixelSpacing") as caught:
        ik.get_volume_from_series(both)
    parts = caught.value.report.split()
    assert [sorted(p.members % 2) for p in parts] == [[0] * SHAPE[0], [1] * SHAPE[0]]
    for part, source in zip(parts, (series, again), strict=True):
        volume = ik.get_volume_from_series([both[i] for i in part.members])
        assert volume.pixel_spacing == pytest.approx(tuple(map(float, source[0].PixelSpacing)))


def test_positions_are_enough_without_a_frame_of_reference():
    series = phantom.ct_series(*SHAPE)
    for dataset in series:
        del dataset.FrameOfReferenceUID
    assert describe_stack(series).kind is StackKind.REGULAR
    assert PixelToReferenceTransformer.for_image(series[0]).affine.shape == (4, 4)


def test_tiles_of_a_slide_lie_where_its_matrix_says():
    image = phantom.slide_image()
    whole = PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True)
    across = -(-int(image.TotalPixelMatrixColumns) // int(image.Columns))
    for frame in (1, 2, across + 1, int(image.NumberOfFrames)):
        tile = PixelToReferenceTransformer.for_image(image, frame)
        down, right = divmod(frame - 1, across)
        corner = np.array([[right * image.Columns, down * image.Rows]])
        assert np.allclose(tile(np.array([[0, 0]])), whole(corner), atol=1e-6)
    # No dimension index is needed for a full tiling, and an empty origin is told apart from zero.
    for keyword in ("DimensionIndexSequence", "DimensionOrganizationSequence"):
        if keyword in image:
            delattr(image, keyword)
    assert np.allclose(
        PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True).affine,
        whole.affine,
    )
    image.TotalPixelMatrixOriginSequence = []
    with pytest.raises(MissingAttributeError, match="TotalPixelMatrixOriginSequence"):
        PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True)
