"""Volumes of multi-frame, single-frame and tiled images."""

import copy

import numpy as np
import pytest
from pydicom.dataset import Dataset

import iodkit as ik
from images import dose, layered_slide, plain_slide, reread, take_frames, timed_ct
from iodkit.errors import GeometryError, InvalidValueError, NotFoundError, OutOfRangeError
from iodkit.spatial import GeometryMismatchError, NotAVolumeError
from iodkit.testing import phantom


@pytest.mark.parametrize("variant", ["axial", "sagittal", "coronal", "oblique", "unsorted"])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_multiframe_image_is_the_volume_of_its_series(variant, reverse):
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12, variant=variant, reverse=reverse))
    series = ik.get_volume_from_series(phantom.ct_series(6, 16, 12, variant=variant))
    volume = image.get_volume()
    assert np.array_equal(volume.array, series.array)
    assert np.allclose(volume.affine, series.affine)
    assert volume.frame_of_reference_uid == series.frame_of_reference_uid
    assert volume.dtype == np.float64


def test_the_order_of_frames_means_nothing():
    image = phantom.enhanced_ct(6, 16, 12)
    shuffled = take_frames(image, [3, 0, 5, 1, 4, 2])
    expected = ik.from_dataset(image).get_volume()
    found = ik.from_dataset(shuffled).get_volume()
    assert np.array_equal(found.array, expected.array)
    assert np.array_equal(found.affine, expected.affine)


RANGES = [
    ({"slice_start": 2, "slice_end": 4}, np.s_[1:3]),
    ({"slice_start": 2, "slice_end": 4, "as_indices": True}, np.s_[2:4]),
    ({"slice_start": -2}, np.s_[-2:]),
    ({"slice_end": -1}, np.s_[:-1]),
    ({"row_start": 3, "row_end": 9, "column_start": -5}, np.s_[:, 2:8, -5:]),
    ({"row_end": 17, "column_end": 13}, np.s_[:]),
    ({"column_start": 0, "column_end": 1, "as_indices": True}, np.s_[:, :, :1]),
]


@pytest.mark.parametrize(("arguments", "part"), RANGES)
def test_a_part_is_cut_out_with_its_geometry(arguments, part):
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12, variant="oblique"))
    whole = image.get_volume()
    found = image.get_volume(**arguments)
    assert np.array_equal(found.array, whole.array[part])
    assert found.geometry_equal(whole[part])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"slice_start": 0}, InvalidValueError),
        ({"slice_start": 3, "slice_end": 3}, InvalidValueError),
        ({"slice_end": 8}, OutOfRangeError),
        ({"row_start": 17}, OutOfRangeError),
        ({"column_start": -13}, OutOfRangeError),
        ({"slice_start": 6, "as_indices": True}, OutOfRangeError),
    ],
)
def test_parts_that_are_not_there(arguments, error):
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12))
    with pytest.raises(error, match=next(iter(arguments))):
        image.get_volume(**arguments)


def test_missing_planes_are_filled_only_when_told():
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12, variant="gapped"))
    assert image.get_volume_geometry() is None
    with pytest.raises(NotAVolumeError, match="allow_missing_positions") as error:
        image.get_volume()
    (missing,) = error.value.report.missing_positions
    volume = image.get_volume(allow_missing_positions=True)
    assert volume.geometry_equal(image.get_volume_geometry(allow_missing_positions=True))
    assert (volume.array[missing] == 0).all()
    others = np.delete(volume.array, missing, axis=0)
    assert others.min() < -900
    filled = image.get_volume(allow_missing_positions=True, fill_value=-1024)
    assert (filled.array[missing] == -1024).all()
    assert np.array_equal(np.delete(filled.array, missing, axis=0), others)


@pytest.mark.parametrize("variant", ["tilted"])
def test_no_volume_without_interpolation(variant):
    image = ik.from_dataset(phantom.enhanced_ct(6, 16, 12, variant=variant))
    with pytest.raises(NotAVolumeError, match="15°"):
        image.get_volume()
    assert image.get_volume_geometry() is None


def test_tolerances_are_parameters():
    image = phantom.enhanced_ct(6, 16, 12)
    position = image.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence[0]
    x, y, z = position.ImagePositionPatient
    position.ImagePositionPatient = [x, y, z + 1]
    opened = ik.from_dataset(image)
    assert opened.get_volume_geometry() is None
    with pytest.raises(NotAVolumeError):
        opened.get_volume()
    assert opened.get_volume(rtol=0.1).spatial_shape == (6, 16, 12)
    assert opened.get_volume(atol=2).spatial_shape == (6, 16, 12)
    with pytest.raises(TypeError, match="rtol"):
        opened.get_volume(rtol=0.1, atol=2)


def test_slice_thickness_is_no_spacing():
    image = phantom.ct_series(1, 16, 12)[0]
    image.SliceThickness = "3"
    assert ik.from_dataset(image).get_volume().spacing[0] == 1
    image.SpacingBetweenSlices = "-5"
    volume = ik.from_dataset(image).get_volume()
    assert volume.spatial_shape == (1, 16, 12)
    assert volume.spacing[0] == 5


def test_a_stated_spacing_that_planes_contradict_is_not_used():
    image = phantom.enhanced_ct(6, 16, 12)
    measures = image.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.SpacingBetweenSlices = "99"
    volume = ik.from_dataset(image).get_volume()
    assert np.isclose(volume.spacing[0], 43.33)
    # Half the distance: every other plane is missing.
    measures.SpacingBetweenSlices = "21.665"
    with pytest.raises(NotAVolumeError):
        ik.from_dataset(image).get_volume()
    assert ik.from_dataset(image).get_volume(allow_missing_positions=True).shape[0] == 11


def test_frames_at_one_place_need_a_channel_or_a_choice():
    image = ik.from_dataset(timed_ct())
    assert image.get_volume_geometry().spatial_shape == (4, 10, 12)
    assert image.get_volume_geometry(allow_duplicate_positions=False) is None
    with pytest.raises(NotAVolumeError, match="TemporalPositionIndex") as error:
        image.get_volume()
    assert error.value.report.kind.value == "REPEATED_STACKS"


@pytest.mark.parametrize(
    ("name", "values"),
    [("TemporalPositionIndex", [1, 2, 3]), ("ElapsedTime", [0.0, 25.0, 50.0])],
)
def test_times_become_a_channel(name, values):
    dataset = timed_ct()
    image = ik.from_dataset(take_frames(dataset, [7, 2, 11, 0, 1, 9, 8, 3, 4, 5, 6, 10]))
    volume = image.get_volume(channels=name)
    assert volume.shape == (4, 10, 12, 3)
    (descriptor,) = volume.channel_descriptors
    assert volume.get_channel_values(descriptor) == values
    first = ik.from_dataset(phantom.enhanced_ct(4, 10, 12)).get_volume().array
    for index in range(3):
        assert np.array_equal(volume.array[..., index], first + 100 * index)
    part = image.get_volume(channels=[name], slice_start=2, slice_end=3, column_end=4)
    assert np.array_equal(part.array, volume.array[1:2, :, :3])


def test_frames_are_chosen_by_attribute():
    image = ik.from_dataset(timed_ct())
    everything = image.get_volume(channels="TemporalPositionIndex").array
    one = image.get_volume(select={"TemporalPositionIndex": 2})
    assert np.array_equal(one.array, everything[..., 1])
    two = image.get_volume(
        channels="TemporalPositionIndex", select={"TemporalPositionIndex": [1, 3]}
    )
    assert np.array_equal(two.array, everything[..., [0, 2]])
    by_number = image.get_volume(select={"FrameNumber": [5, 6, 7, 8]})
    assert np.array_equal(by_number.array, one.array)
    with pytest.raises(NotFoundError, match="TemporalPositionIndex"):
        image.get_volume(select={"TemporalPositionIndex": 4})
    with pytest.raises(NotFoundError, match="DiffusionBValue"):
        image.get_volume(channels="DiffusionBValue")
    with pytest.raises(ValueError, match="Nonsense"):
        image.get_volume(channels="Nonsense")


def test_places_of_channels_that_are_missing():
    image = ik.from_dataset(take_frames(timed_ct(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    with pytest.raises(NotAVolumeError, match="1 of 12"):
        image.get_volume(channels="TemporalPositionIndex")
    volume = image.get_volume(
        channels="TemporalPositionIndex", allow_missing_positions=True, fill_value=-2000
    )
    empty = (volume.array == -2000).all(axis=(1, 2))
    assert empty.sum() == 1


def test_stacks_of_different_orientation_are_chosen():
    axial, sagittal = (phantom.enhanced_ct(4, 12, 12, variant=v) for v in ("axial", "sagittal"))
    both = take_frames(axial, [0, 1, 2, 3, 0, 1, 2, 3])
    turned = copy.deepcopy(sagittal.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence)
    straight = both.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
    del both.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
    for number, group in enumerate(both.PerFrameFunctionalGroupsSequence):
        group.PlaneOrientationSequence = copy.deepcopy(turned if number > 3 else straight)
        group.FrameContentSequence[0].StackID = "1" if number < 4 else "2"
        if number > 3:
            source = sagittal.PerFrameFunctionalGroupsSequence[number - 4]
            group.PlanePositionSequence = copy.deepcopy(source.PlanePositionSequence)
    both.PixelData = axial.PixelData + sagittal.PixelData
    image = ik.from_dataset(both)
    with pytest.raises(NotAVolumeError, match="not parallel"):
        image.get_volume()
    for stack, source in (("1", axial), ("2", sagittal)):
        found = image.get_volume(select={"StackID": stack})
        expected = ik.from_dataset(source).get_volume()
        assert np.array_equal(found.array, expected.array)
        assert np.allclose(found.affine, expected.affine)


def test_a_cine_is_a_volume_where_the_caller_says():
    dataset = phantom.ultrasound_cine(5, 24, 32)
    image = ik.from_dataset(dataset)
    assert image.get_volume_geometry() is None
    with pytest.raises(GeometryError, match="frame of reference"):
        image.get_volume(channels="ElapsedTime")
    place = ik.VolumeGeometry.from_components(
        spatial_shape=(1, 24, 32),
        spacing=(1.0, 0.5, 0.5),
        position=(0.0, 0.0, 0.0),
        direction=np.eye(3),
        coordinate_system="PATIENT",
    )
    volume = image.get_volume(channels="ElapsedTime", geometry=place, dtype=np.uint8)
    assert volume.shape == (1, 24, 32, 5)
    (descriptor,) = volume.channel_descriptors
    assert volume.get_channel_values(descriptor) == [0.0, 40.0, 80.0, 120.0, 160.0]
    assert np.array_equal(np.moveaxis(volume.array[0], -1, 0), dataset.pixel_array)
    assert volume.geometry_equal(place)
    with pytest.raises(NotAVolumeError, match="FrameNumber"):
        image.get_volume(geometry=place)
    stack = image.get_volume(geometry=place.pad_to_spatial_shape((5, 24, 32)), dtype=np.uint8)
    assert np.array_equal(stack.array, dataset.pixel_array)
    with pytest.raises(GeometryMismatchError, match="geometry"):
        image.get_volume(geometry=place[:, :4])


def test_times_by_vector_and_rate():
    dataset = phantom.ultrasound_cine(4, 8, 8)
    place = ik.VolumeGeometry(np.eye(4), (1, 8, 8), "PATIENT")

    def times():
        volume = ik.from_dataset(dataset).get_volume(channels="ElapsedTime", geometry=place)
        return volume.get_channel_values(volume.channel_descriptors[0])

    del dataset.FrameTime
    with pytest.raises(NotFoundError, match="FrameTime"):
        times()
    dataset.CineRate = 50
    assert times() == [0, 20, 40, 60]
    dataset.FrameTimeVector = [0, 30, 40, 50]
    assert times() == [0, 30, 70, 120]
    dataset.FrameTimeVector = [0, 30]
    with pytest.raises(InvalidValueError, match="FrameTimeVector"):
        times()


def test_colour_is_the_last_channel():
    dataset = take_frames(phantom.enhanced_ct(3, 10, 12), [0, 1, 2])
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    pixels = np.random.default_rng(1).integers(0, 256, (3, 10, 12, 3), dtype=np.uint8)
    for planar in (0, 1):
        dataset.PlanarConfiguration = planar
        dataset.PixelData = (np.moveaxis(pixels, -1, 1) if planar else pixels).tobytes()
        volume = ik.from_dataset(dataset).get_volume(dtype=np.uint8)
        assert volume.shape == (3, 10, 12, 3)
        assert [d.keyword for d in volume.channel_descriptors] == ["RGBColorChannel"]
        order = np.argsort(volume.map_reference_to_indices(_positions(dataset))[:, 0])
        assert np.array_equal(volume.array, pixels[order])
        part = ik.from_dataset(dataset).get_volume(row_start=3, row_end=5, dtype=np.uint8)
        assert np.array_equal(part.array, volume.array[:, 2:4])


def _positions(dataset):
    return np.array(
        [
            group.PlanePositionSequence[0].ImagePositionPatient
            for group in dataset.PerFrameFunctionalGroupsSequence
        ],
        float,
    )


def test_a_dose_is_placed_by_its_offsets():
    image = ik.from_dataset(dose())
    volume = image.get_volume(dtype=np.uint16)
    assert volume.spatial_shape == (5, 6, 7)
    assert np.isclose(volume.spacing[0], 2.5)
    pixels = dose().pixel_array
    for index in range(5):
        position = volume.map_indices_to_reference(np.array([[index, 0, 0]]))[0]
        offset = position[2] - float(dose().ImagePositionPatient[2])
        assert np.array_equal(volume.array[index], pixels[round(offset / 2.5)])
    uneven = ik.from_dataset(dose(offsets=[0, 2.5, 5, 9, 10]))
    assert uneven.get_volume_geometry() is None


@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
def test_a_slide_is_a_volume_of_one_slice(organization):
    image = ik.from_dataset(plain_slide(100, 120, 32, organization=organization))
    geometry = image.get_volume_geometry()
    assert geometry.spatial_shape == (1, 100, 120)
    assert geometry.coordinate_system.value == "SLIDE"
    # The centre of the matrix's first pixel, at the stated origin.
    assert np.allclose(geometry.position, (20, 40, 0))
    volume = image.get_volume(dtype=np.uint8)
    assert np.array_equal(volume.array[0], image.get_total_pixel_matrix(dtype=np.uint8))
    part = image.get_volume(row_start=5, row_end=50, column_start=33, dtype=np.uint8)
    assert np.array_equal(part.array, volume.array[:, 4:49, 32:])
    assert np.allclose(part.position, (20 - 4 * 0.0005, 40 - 32 * 0.0005, 0))
    assert part.geometry_equal(volume[:, 4:49, 32:])


def test_the_origin_of_a_slide_is_not_that_of_its_first_tile():
    dataset = plain_slide(100, 120, 32, organization="TILED_SPARSE")
    image = ik.from_dataset(take_frames(dataset, range(5, 16)))
    assert np.allclose(image.get_volume_geometry().position, (20, 40, 0))
    del dataset.TotalPixelMatrixOriginSequence
    image = ik.from_dataset(take_frames(dataset, range(5, 16)))
    assert np.allclose(image.get_volume_geometry().position, (20, 40, 0))
    empty = take_frames(dataset, range(5, 16))
    empty.TotalPixelMatrixOriginSequence = []
    assert np.allclose(ik.from_dataset(empty).get_volume_geometry().position, (20, 40, 0))


def test_focal_planes_are_slices_and_optical_paths_a_channel():
    dataset = layered_slide(paths=2, focal_planes=3, rows=70, columns=80, tile=32)
    image = ik.from_dataset(dataset)
    geometry = image.get_volume_geometry()
    assert geometry.spatial_shape == (3, 70, 80)
    assert np.isclose(geometry.spacing[0], 0.004)
    with pytest.raises(NotAVolumeError, match="OpticalPathIdentifier"):
        image.get_volume()
    volume = image.get_volume(channels="OpticalPathIdentifier", dtype=np.uint8)
    assert volume.shape == (3, 70, 80, 2, 3)
    heights = volume.map_indices_to_reference(np.array([[i, 0, 0] for i in range(3)]))[:, 2]
    planes = np.rint(heights / 0.004).astype(int)
    assert sorted(planes) == [0, 1, 2]
    base = ik.from_dataset(plain_slide(70, 80, 32)).get_total_pixel_matrix(dtype=np.uint8)
    for path in range(2):
        for index, plane in enumerate(planes):
            expected = base // (path * 3 + plane + 1)
            assert np.array_equal(volume.array[index, :, :, path], expected)
    one = image.get_volume(select={"OpticalPathIdentifier": "2"}, dtype=np.uint8)
    assert np.array_equal(one.array, volume.array[:, :, :, 1])


def test_edits_are_seen():
    dataset = phantom.enhanced_ct(4, 10, 12)
    image = ik.from_dataset(dataset)
    before = image.get_volume()
    for group in image.PerFrameFunctionalGroupsSequence:
        x, y, z = group.PlanePositionSequence[0].ImagePositionPatient
        group.PlanePositionSequence[0].ImagePositionPatient = [x + 5, y, z]
    after = image.get_volume()
    assert np.allclose(np.array(after.position) - before.position, (5, 0, 0))


def test_what_has_no_place_says_so():
    image = phantom.enhanced_ct(4, 10, 12)
    del image.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence
    with pytest.raises(GeometryError, match="frame 3"):
        ik.from_dataset(image).get_volume()
    other = phantom.enhanced_ct(4, 10, 12)
    measures = other.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    del other.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    for number, group in enumerate(other.PerFrameFunctionalGroupsSequence):
        group.PixelMeasuresSequence = copy.deepcopy(measures)
        group.PixelMeasuresSequence[0].PixelSpacing = [1, 1 + number % 2]
    with pytest.raises(GeometryError, match="PixelSpacing"):
        ik.from_dataset(other).get_volume()
    for projection in (phantom.chest_xray(16, 16), phantom.ultrasound_cine(2, 8, 8)):
        opened = ik.from_dataset(projection)
        assert opened.get_volume_geometry() is None
        with pytest.raises(GeometryError):
            opened.get_volume()


def test_nothing_of_the_caller_changes():
    dataset = reread(timed_ct())
    kept = copy.deepcopy(dataset)
    select = {"TemporalPositionIndex": [1, 2]}
    ik.from_dataset(dataset, copy=False).get_volume(channels="TemporalPositionIndex", select=select)
    assert dataset == kept
    assert select == {"TemporalPositionIndex": [1, 2]}


@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.int32])
def test_types(dtype):
    image = ik.from_dataset(phantom.enhanced_ct(3, 10, 12))
    volume = image.get_volume(dtype=dtype)
    assert volume.dtype == dtype
    assert np.array_equal(volume.array, image.get_volume().array)


def test_values_that_do_not_fit_are_refused():
    dataset = phantom.enhanced_ct(3, 10, 12)
    image = ik.from_dataset(dataset)
    with pytest.raises(InvalidValueError, match="dtype"):
        image.get_volume(dtype=np.uint8)
    group = dataset.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence[0]
    group.RescaleSlope = "20"
    wide = ik.from_dataset(dataset).get_volume(dtype=np.int32).array
    assert np.array_equal(wide, ik.from_dataset(dataset).get_volume().array)
    group.RescaleSlope = "0.5"
    with pytest.raises(InvalidValueError, match="fractions"):
        ik.from_dataset(dataset).get_volume(dtype=np.int32)


def test_what_is_no_image():
    plain = Dataset()
    plain.Rows = 4
    with pytest.raises(ik.MissingAttributeError, match="Columns"):
        ik.Image.from_dataset(plain)
