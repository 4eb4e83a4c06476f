"""Images of every kind say where their frames lie, and where they say nothing, we do not guess."""

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
    OutOfRangeError,
)
from iodkit.frames import FrameTable
from iodkit.spatial import (
    GeometryMismatchError,
    ImageToImageTransformer,
    PixelToPixelTransformer,
    PixelToReferenceTransformer,
    ReferenceToImageTransformer,
    ReferenceToPixelTransformer,
    are_plane_positions_tiled_full,
    compute_plane_position_slide_per_frame,
    compute_plane_position_tiled_full,
    compute_tile_positions_per_frame,
    describe_stack,
    get_image_coordinate_system,
    get_plane_positions_of_image,
    get_plane_positions_of_series,
    get_tile_array,
    is_tiled_image,
    iter_tiled_full_frame_data,
    read_plane,
    tile_pixel_matrix,
)
from iodkit.standard.enums import CoordinateSystemNames
from iodkit.testing import phantom
from slides import SLIDE, item, slide, spaced, sparse


def origin(transformer):
    return transformer.affine[:3, 3].tolist()


def test_frames_of_a_full_tiling_follow_from_their_number():
    expected = [(10, 20), (10, 17.9), (10, 15.8), (9, 20), (9, 17.9), (9, 15.8), (8, 20)]
    for number, (x, y) in enumerate(expected, start=1):
        found = PixelToReferenceTransformer.for_image(slide(), frame_number=number)
        assert np.allclose(origin(found), (x, y, 0))
    matrix = PixelToReferenceTransformer.for_image(slide(), for_total_pixel_matrix=True)
    pixel = np.array([[4, 3]])
    fifth = PixelToReferenceTransformer.for_image(slide(), frame_number=5)
    assert np.allclose(matrix(pixel), fifth(pixel - [3, 2]))


def test_frames_of_a_concatenation_continue():
    part = slide(NumberOfFrames=3, ConcatenationFrameOffsetNumber=3)
    assert np.allclose(origin(PixelToReferenceTransformer.for_image(part, 1)), (9, 20, 0))


def test_focal_planes_and_channels_vary_in_the_order_of_the_standard():
    image = slide(
        NumberOfFrames=36,
        NumberOfOpticalPaths=2,
        TotalPixelMatrixFocalPlanes=2,
        SharedFunctionalGroupsSequence=spaced(0.003),
    )
    frames = list(iter_tiled_full_frame_data(image))
    assert len(frames) == 36
    assert frames[0] == (1, 1, 1, 1, 10.0, 20.0, 0.0)
    assert frames[1][:4] == (1, 1, 4, 1)
    assert frames[3][:4] == (1, 1, 1, 3)
    assert frames[9][:4] == (1, 2, 1, 1)
    assert frames[9][6] == pytest.approx(0.003)
    assert frames[18][:4] == (2, 1, 1, 1)
    for number in (1, 2, 10, 30):
        plane = read_plane(image, number)
        assert np.allclose(plane.position, frames[number - 1][4:])


def test_focal_planes_at_unknown_distance_are_refused():
    image = slide(NumberOfFrames=18, TotalPixelMatrixFocalPlanes=2)
    with pytest.raises(MissingAttributeError, match="SpacingBetweenSlices"):
        list(iter_tiled_full_frame_data(image))


def test_segments_are_channels_but_not_in_label_maps():
    segments = [item(SegmentNumber=1), item(SegmentNumber=2)]
    changes = {"NumberOfOpticalPaths": None, "SegmentSequence": segments}
    binary = slide(SegmentationType="BINARY", NumberOfFrames=18, **changes)
    assert [f[0] for f in iter_tiled_full_frame_data(binary)] == [1] * 9 + [2] * 9
    labels = slide(SegmentationType="LABELMAP", **changes)
    assert [f[0] for f in iter_tiled_full_frame_data(labels)] == [None] * 9


def test_sparse_tiles_lie_where_their_groups_say():
    image = sparse((4, 3), (1, 1))
    assert np.allclose(origin(PixelToReferenceTransformer.for_image(image, 1)), (9, 17.9, 0))
    with pytest.raises(GeometryError, match="TILED_FULL"):
        list(iter_tiled_full_frame_data(image))
    positions = get_plane_positions_of_image(image)
    assert [p.pixel_matrix_position for p in positions] == [(4, 3), (1, 1)]
    # Offsets are optional where the place in the matrix is known.
    del (
        image.PerFrameFunctionalGroupsSequence[0]
        .PlanePositionSlideSequence[0]
        .XOffsetInSlideCoordinateSystem
    )
    assert np.allclose(origin(PixelToReferenceTransformer.for_image(image, 1)), (9, 17.9, 0))


def test_depth_is_stored_in_micrometres_and_given_in_millimetres():
    image = sparse((4, 3), (1, 1))
    for group, depth in zip(image.PerFrameFunctionalGroupsSequence, (7.5, 0.0), strict=True):
        group.PlanePositionSlideSequence[0].ZOffsetInSlideCoordinateSystem = depth
    assert np.allclose(origin(PixelToReferenceTransformer.for_image(image, 1)), (9, 17.9, 0.0075))
    positions = get_plane_positions_of_image(image)
    assert np.allclose(positions[0].image_position, (9, 17.9, 0.0075))
    assert positions[0][0].ZOffsetInSlideCoordinateSystem == 7.5
    # The whole matrix, with and without its own origin.
    image.TotalPixelMatrixOriginSequence[0].ZOffsetInSlideCoordinateSystem = 4.0
    whole = PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True)
    assert np.allclose(origin(whole), (10, 20, 0.004))
    image.TotalPixelMatrixOriginSequence = []
    whole = PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True)
    assert np.allclose(origin(whole), (10, 20, 0.0075))
    layers = slide(
        NumberOfFrames=18,
        TotalPixelMatrixFocalPlanes=2,
        SharedFunctionalGroupsSequence=spaced(0.003),
    )
    upper = compute_plane_position_slide_per_frame(layers)[9]
    assert upper.image_position[2] == pytest.approx(0.003)
    assert upper[0].ZOffsetInSlideCoordinateSystem == pytest.approx(3)


def test_every_room_gives_a_tile_the_same_place():
    image = phantom.slide_image(100, 120, 32, organization="TILED_SPARSE")
    for number, group in enumerate(image.PerFrameFunctionalGroupsSequence):
        group.PlanePositionSlideSequence[0].ZOffsetInSlideCoordinateSystem = 2.5 * (number % 2)
    table = FrameTable.from_dataset(image)
    positions = [p.image_position for p in get_plane_positions_of_image(image)]
    planes = [read_plane(image, n + 1).position for n in range(int(image.NumberOfFrames))]
    assert np.allclose(table.slide_positions, planes, atol=1e-9)
    assert np.allclose(table.slide_positions, positions, atol=1e-9)
    assert {round(z, 6) for _, _, z in planes} == {0, 0.0025}


def test_an_empty_first_tile_and_an_empty_origin_do_not_shift_the_matrix():
    image = sparse((4, 3), (7, 5), TotalPixelMatrixOriginSequence=[])
    found = PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True)
    assert np.allclose(origin(found), (10, 20, 0))
    with pytest.raises(MissingAttributeError, match="TotalPixelMatrixOriginSequence"):
        read_plane(slide(TotalPixelMatrixOriginSequence=[]), 1)


def test_levels_of_a_pyramid_with_their_own_origins_and_spacings():
    lower = slide(
        TotalPixelMatrixOriginSequence=[
            item(
                XOffsetInSlideCoordinateSystem=10.0 - 0.25, YOffsetInSlideCoordinateSystem=20 - 0.35
            )
        ],
        SharedFunctionalGroupsSequence=[
            item(PixelMeasuresSequence=[item(PixelSpacing=[1.0, 1.4])])
        ],
    )
    whole = {"for_total_pixel_matrix_from": True, "for_total_pixel_matrix_to": True}
    between = ImageToImageTransformer.for_images(slide(), lower, **whole)
    corners = np.array([[0.0, 0.0], [4.0, 2.0]])
    assert np.allclose(between(corners), corners / 2)


def test_positions_of_tiles():
    positions = compute_plane_position_slide_per_frame(slide())
    assert positions == list(get_plane_positions_of_image(slide()))
    assert positions[4].pixel_matrix_position == (4, 3)
    assert np.allclose(positions[4].image_position, (9, 17.9, 0))
    assert are_plane_positions_tiled_full(positions, 2, 3)
    assert not are_plane_positions_tiled_full(positions[::-1], 2, 3)
    assert not are_plane_positions_tiled_full(positions[:-1], 2, 3)
    assert not are_plane_positions_tiled_full(positions * 2, 2, 3)
    assert not are_plane_positions_tiled_full([], 2, 3)
    computed = compute_plane_position_tiled_full(2, 2, 10.0, 20.0, 2, 3, SLIDE, [0.5, 0.7])
    assert computed == positions[4]
    third = compute_plane_position_tiled_full(
        1, 1, 10.0, 20.0, 2, 3, SLIDE, [0.5, 0.7], 0.1, 0.25, 3
    )
    assert third.image_position[2] == pytest.approx(0.5)
    for wrong in ({"slice_index": 2}, {"spacing_between_slices": 0.3}):
        with pytest.raises(InvalidTypeError):
            compute_plane_position_tiled_full(1, 1, 0, 0, 2, 3, SLIDE, [0.5, 0.7], **wrong)
    with pytest.raises(InvalidValueError):
        compute_plane_position_tiled_full(0, 1, 0, 0, 2, 3, SLIDE, [0.5, 0.7])


def test_tiles_of_a_matrix():
    assert list(tile_pixel_matrix(5, 7, 2, 3))[:4] == [(1, 1), (2, 1), (3, 1), (1, 2)]
    places = compute_tile_positions_per_frame(2, 3, 5, 7, [10, 20, 0], SLIDE, [0.5, 0.7])
    assert [p[0] for p in places][:4] == [[1, 1], [4, 1], [7, 1], [1, 3]]
    assert np.allclose(places[4][1], (9, 17.9, 0))
    matrix = np.arange(20).reshape(4, 5)
    assert get_tile_array(matrix, 4, 5, 2, 2).tolist() == [[19, 0], [0, 0]]
    assert get_tile_array(matrix, 4, 5, 2, 2, pad=False).tolist() == [[19]]
    assert np.shares_memory(get_tile_array(matrix, 1, 1, 2, 2), matrix)
    for offset in ((0, 1), (1, 6)):
        with pytest.raises(OutOfRangeError):
            get_tile_array(matrix, *offset, 2, 2)
    with pytest.raises(InvalidValueError):
        tile_pixel_matrix(5, 7, 0, 3)
    for wrong in ([[1, 2]], None, "abc", 3.0):
        with pytest.raises(InvalidTypeError, match="pixel_array"):
            get_tile_array(wrong, 1, 1, 2, 2)


def test_coordinate_systems():
    named = {"FrameOfReferenceUID": "1.2"}
    assert get_image_coordinate_system(slide()) is CoordinateSystemNames.SLIDE
    patient = item(ImagePositionPatient=[0, 0, 1.0], **named)
    assert get_image_coordinate_system(patient) is CoordinateSystemNames.PATIENT
    shared = [item(PlaneOrientationSequence=[item(ImageOrientationSlide=SLIDE)])]
    turned = item(SharedFunctionalGroupsSequence=shared, **named)
    assert get_image_coordinate_system(turned) is CoordinateSystemNames.SLIDE
    assert get_image_coordinate_system(item(ImagePositionPatient=[0, 0, 1.0])) is None
    assert get_image_coordinate_system(item(**named)) is None
    assert is_tiled_image(slide())
    assert not is_tiled_image(patient)


def test_frames_are_counted_from_one():
    image = dcmread(get_testdata_file("eCT_Supplemental.dcm"), stop_before_pixels=True)
    for number, group in enumerate(image.PerFrameFunctionalGroupsSequence, start=1):
        position = group.PlanePositionSequence[0].ImagePositionPatient
        found = PixelToReferenceTransformer.for_image(image, number)
        assert np.allclose(origin(found), position)
    with pytest.raises(InvalidTypeError, match="frame_number"):
        PixelToReferenceTransformer.for_image(image)
    for wrong in (0, 3):
        with pytest.raises(OutOfRangeError):
            PixelToReferenceTransformer.for_image(image, wrong)
    with pytest.raises(GeometryError, match="not tiled"):
        PixelToReferenceTransformer.for_image(image, for_total_pixel_matrix=True)


def test_images_that_say_nothing_are_named_as_such():
    for name in ("examples_rgb_color.dcm", "US1_UNCR.dcm", "RG1_UNCR.dcm"):
        image = dcmread(get_testdata_file(name), stop_before_pixels=True)
        with pytest.raises(MissingAttributeError, match="Image"):
            read_plane(image, 1)
    cine = item(
        ImagePositionPatient=[0, 0, 0.0],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        PixelSpacing=[1, 1],
        NumberOfFrames=3,
    )
    with pytest.raises(MissingAttributeError, match="GridFrameOffsetVector"):
        read_plane(cine, 2)


def test_offsets_of_dose_frames_are_distances_or_z_coordinates():
    dose = item(
        ImagePositionPatient=[0, 0, -30.0],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        PixelSpacing=[1, 1],
        NumberOfFrames=3,
        GridFrameOffsetVector=[0, 4, 8],
    )
    assert read_plane(dose, 3).position == (0, 0, -22)
    dose.GridFrameOffsetVector = [-30, -26, -22]
    assert read_plane(dose, 3).position == (0, 0, -22)
    dose.GridFrameOffsetVector = [5, 9, 13]
    with pytest.raises(GeometryError, match="GridFrameOffsetVector"):
        read_plane(dose, 3)
    dose.GridFrameOffsetVector = [0, 4, 8]
    dose.ImageOrientationPatient = [1, 0, 0, 0, -1, 0]
    assert read_plane(dose, 3).position == (0, 0, -38)


def test_planes_of_a_series():
    image = dcmread(get_testdata_file("CT_small.dcm"), stop_before_pixels=True)
    (position,) = get_plane_positions_of_series([image])
    assert position.image_position == tuple(float(v) for v in image.ImagePositionPatient)
    enhanced = dcmread(get_testdata_file("eCT_Supplemental.dcm"), stop_before_pixels=True)
    with pytest.raises(InvalidValueError, match="frames"):
        get_plane_positions_of_series([enhanced])
    assert len(get_plane_positions_of_image(enhanced)) == 2


def test_tiles_are_no_stack():
    with pytest.raises(GeometryError, match="beside"):
        describe_stack(slide())


def test_points_off_the_plane_are_refused_when_the_slice_is_dropped():
    arguments = ([0, 0, 0], [1, 0, 0, 0, 1, 0], [0.5, 0.5], 2.0)
    near, far = np.array([[1.0, 1.0, 1.0]]), np.array([[1.0, 1.0, 1.01]])
    pixels = ReferenceToPixelTransformer(*arguments, drop_slice_index=True)
    assert pixels(near).tolist() == [[2, 2]]
    coordinates = ReferenceToImageTransformer(*arguments, drop_slice_coord=True)
    assert coordinates(near).tolist() == [[2.5, 2.5]]
    for transformer in (pixels, coordinates):
        with pytest.raises(GeometryMismatchError, match="point 0"):
            transformer(far)


def test_images_in_different_planes_or_frames_of_reference():
    one = item(
        ImagePositionPatient=[0, 0, 0.0],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        PixelSpacing=[1, 1],
        FrameOfReferenceUID="1.2",
    )
    for changes in (
        {"ImagePositionPatient": [0, 0, 0.1]},
        {"ImageOrientationPatient": [1, 0, 0, 0, 0, 1]},
        {"FrameOfReferenceUID": "1.3"},
    ):
        other = item(**{**{e.keyword: e.value for e in one}, **changes})
        with pytest.raises(GeometryMismatchError):
            PixelToPixelTransformer.for_images(one, other)
    # Rounding of texts does not take images out of their plane.
    rounded = item(**{**{e.keyword: e.value for e in one}, "ImagePositionPatient": [5, 0, 0.0001]})
    between = PixelToPixelTransformer.for_images(one, rounded)
    assert between(np.array([[7, 3]])).tolist() == [[2, 3]]


def test_pixels_are_integers():
    transformer = PixelToReferenceTransformer([0, 0, 0], [1, 0, 0, 0, 1, 0], [1, 1])
    with pytest.raises(InvalidTypeError, match="integers"):
        transformer(np.array([[0.5, 0]]))
    for wrong in (np.array([0, 0]), np.array([[0, 0, 0]])):
        with pytest.raises(InvalidValueError):
            transformer(wrong)
    # Small integer types do not overflow.
    assert transformer(np.array([[250, 255]], np.uint8)).tolist() == [[250, 255, 0]]
    assert transformer(np.zeros((0, 2), int)).shape == (0, 3)
