"""What went wrong with segmentations elsewhere, and must not here."""

import ast
import io
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from segments import EQUIPMENT, descriptions

SHAPE = (4, 9, 7)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def labels():
    out = np.zeros(SHAPE, np.uint8)
    out[1:3, 2:5, 1:4], out[2, 6:, 5:] = 1, 2
    return out


def parsed(seg):
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return dcmread(io.BytesIO(buffer.getvalue()))


def test_a_column_cosine_that_points_the_other_way_mirrors_nothing():
    series = phantom.ct_series(*SHAPE)
    for image in series:
        image.ImageOrientationPatient = [1, 0, 0, 0, -1, 0]
    seg = Segmentation(series, labels(), "BINARY", descriptions(2))
    volume = seg.get_volume(combine_segments=True)
    for plane, row, column in np.argwhere(labels()):
        x, y, z = (float(v) for v in series[plane].ImagePositionPatient)
        down, right = (float(v) for v in series[plane].PixelSpacing)
        point = np.array([[x + column * right, y - row * down, z]])
        index = np.rint(volume.map_reference_to_indices(point)[0]).astype(int)
        assert volume.array[tuple(index)] == labels()[plane, row, column]


def test_slice_thickness_is_not_slice_spacing():
    series = phantom.ct_series(*SHAPE)
    z = sorted(float(image.ImagePositionPatient[2]) for image in series)
    for image in series:
        image.SliceThickness = "1.0"
    seg = Segmentation(series, labels(), "BINARY", descriptions(2), omit_empty_frames=False)
    assert seg.get_volume().spacing[0] == pytest.approx(z[1] - z[0])
    (measures,) = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    assert measures.SliceThickness == 1
    assert measures.SpacingBetweenSlices == pytest.approx(z[1] - z[0])


def two_at_one_place(second):
    """Label map of another program that hides an overlap in a second frame at one position."""
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series, labels(), "LABELMAP", descriptions(2)))
    frames = plain.pixel_array
    plain.PerFrameFunctionalGroupsSequence.append(plain.PerFrameFunctionalGroupsSequence[0])
    plain.NumberOfFrames = len(frames) + 1
    plain.PixelData = (
        frames.tobytes() + second.tobytes() + b"\0" * ((frames.size + second.size) % 2)
    )
    return frames[0], Segmentation.from_dataset(plain)


def test_an_overlap_hidden_in_two_frames_of_a_label_map_is_found():
    second = np.full(SHAPE[1:], 2, np.uint8)
    first, seg = two_at_one_place(second)
    with pytest.raises(OverlappingSegmentsError, match="skip_overlap_checks"):
        seg.get_volume(combine_segments=True)
    found = seg.get_volume(combine_segments=True, skip_overlap_checks=True)
    assert np.array_equal(found.array, np.stack([np.maximum(first, 2), found.array[1]]))


def test_two_frames_of_a_label_map_that_do_not_overlap_are_one():
    second = np.zeros(SHAPE[1:], np.uint8)
    second[-1, 0] = 2
    first, seg = two_at_one_place(second)
    assert first[-1, 0] == 0
    found = seg.get_volume(combine_segments=True)
    assert np.array_equal(found.array[0], np.maximum(first, second))


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_groups_that_stand_among_the_shared_ones_count(kind):
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series[1:2], labels()[1:2], kind, descriptions(2)))
    (item,) = plain.PerFrameFunctionalGroupsSequence
    shared = plain.SharedFunctionalGroupsSequence[0]
    for element in list(item):
        shared[element.tag] = element
        del item[element.tag]
    seg = Segmentation.from_dataset(plain)
    found = seg.get_volume(combine_segments=True)
    assert np.array_equal(found.array[0], labels()[1])
    by_index = seg.get_pixels_by_dimension_index_values([[1]], combine_segments=True)
    assert np.array_equal(by_index[0], labels()[1])


def test_an_instance_that_is_referred_to_twice_gives_its_pixels_once():
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series, labels(), "BINARY", descriptions(2)))
    for item in plain.PerFrameFunctionalGroupsSequence:
        sources = item.DerivationImageSequence[0].SourceImageSequence
        sources.append(sources[0])
    seg = Segmentation.from_dataset(plain)
    uids = [image.SOPInstanceUID for image in series]
    found = seg.get_pixels_by_source_instance(uids, combine_segments=True)
    assert np.array_equal(found, labels())


def test_time_points_need_not_be_numbered_from_one():
    images = []
    for phase in (5, 6):
        for image in phantom.ct_series(*SHAPE):
            image.TemporalPositionIdentifier = phase
            image.SOPInstanceUID = f"{image.SOPInstanceUID}.{phase}"
            images.append(image)
    both = np.concatenate([labels(), labels()[::-1]])
    plain = parsed(Segmentation(images, both, "LABELMAP", descriptions(2), omit_empty_frames=False))
    for item in plain.PerFrameFunctionalGroupsSequence:
        item.FrameContentSequence[0].TemporalPositionIndex += 7
    seg = Segmentation.from_dataset(plain)
    volume = seg.get_volume(combine_segments=True, channels="TemporalPositionIndex")
    assert volume.get_channel_values("TemporalPositionIndex") == [8, 9]
    one = seg.get_volume(combine_segments=True, select={"TemporalPositionIndex": 9})
    assert np.array_equal(one.array, volume.array[..., 1])


def test_segments_with_unequal_numbers_of_frames():
    series = phantom.ct_series(*SHAPE)
    seg = Segmentation(series, labels(), "BINARY", descriptions(2))
    numbers = seg.frame_table.segment_numbers.tolist()
    assert numbers == [1, 1, 2]
    again = segread(buffer_of(seg)).get_volume()
    assert again.array[..., 1].sum() == (labels() == 2).sum()


def buffer_of(seg):
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_what_viewers_need_is_there(kind):
    series = phantom.ct_series(*SHAPE)
    plain = parsed(Segmentation(series, labels(), kind, descriptions(2)))
    assert plain.StudyInstanceUID == series[0].StudyInstanceUID
    (listed,) = plain.ReferencedSeriesSequence
    assert listed.SeriesInstanceUID == series[0].SeriesInstanceUID
    assert len(listed.ReferencedInstanceSequence) == len(series)
    for item in plain.PerFrameFunctionalGroupsSequence:
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        assert source.SpatialLocationsPreserved == "YES"
    assert all("RecommendedDisplayCIELabValue" in item for item in plain.SegmentSequence)
    assert plain.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (plain.Rows, plain.Columns) == SHAPE[1:]
    if kind != "LABELMAP":
        for item in plain.PerFrameFunctionalGroupsSequence:
            assert "SegmentIdentificationSequence" in item


@pytest.mark.parametrize("variant", ["oblique", "tilted", "sagittal"])
def test_decimal_strings_fit_and_directions_stay_orthonormal(variant):
    series = phantom.ct_series(*SHAPE, variant=variant)
    plain = parsed(Segmentation(series, labels(), "BINARY", descriptions(2)))
    found = [element for element in plain.iterall() if element.VR == "DS"]
    assert len(found) >= 4
    for element in found:
        values = element.value if element.VM > 1 else [element.value]
        assert all(len(str(value)) <= 16 for value in values), element
    shared = plain.SharedFunctionalGroupsSequence[0]
    cosines = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    turn = cosines.reshape(2, 3)
    assert np.allclose(turn @ turn.T, np.eye(2), rtol=0, atol=1e-9)


def test_fractions_that_hold_only_0_and_255_are_masks():
    """dcmqi and others write masks so; 255 stands for 1, whatever one thinks of it."""
    series = phantom.ct_series(*SHAPE)
    made = Segmentation(series, labels(), "FRACTIONAL", descriptions(2))
    plain = parsed(made)
    assert set(np.unique(plain.pixel_array)) == {0, 255}
    seg = Segmentation.from_dataset(plain)
    masks = seg.get_volume().array
    assert set(np.unique(masks)) == {0.0, 1.0}
    combined = seg.get_volume(combine_segments=True)
    binary = seg.to_binary(threshold=0.5)
    assert np.array_equal(combined.array, binary.get_volume(combine_segments=True).array)
    assert np.count_nonzero(combined.array == 2) == np.count_nonzero(labels() == 2)


def test_a_smaller_grid_of_planes_without_its_empty_slices():
    """A mask cut out in the plane, with places of its own, as dcmqi and Slicer write them."""
    series = phantom.ct_series(*SHAPE)
    whole = ik.get_volume_from_series(series)
    places = np.array([ds.ImagePositionPatient for ds in series], float)
    order = np.rint(whole.map_reference_to_indices(places)[:, 0])
    part = whole.with_array(labels()[np.argsort(order)])[:, 1:9, 1:6]
    seg = Segmentation(
        series,
        part.array,
        "BINARY",
        descriptions(2),
        pixel_measures=ik.PixelMeasuresSequence(
            part.spacing[1:], slice_thickness=2.0, spacing_between_slices=part.spacing[0]
        ),
        plane_orientation=ik.PlaneOrientationSequence("PATIENT", series[0].ImageOrientationPatient),
        plane_positions=part.get_plane_positions(),
    )
    assert (seg.Rows, seg.Columns) == (8, 5)
    found = segread(buffer_of(seg)).get_volume(combine_segments=True)
    assert found.spatial_shape[0] < SHAPE[0]
    assert np.count_nonzero(found.array) == np.count_nonzero(part.array) > 0
    points = found.map_indices_to_reference(np.argwhere(found.array).astype(float))
    there = np.rint(part.map_reference_to_indices(points)).astype(int)
    assert np.array_equal(part.array[tuple(there.T)], found.array[found.array > 0])


def test_an_empty_first_tile_does_not_move_the_others():
    slide = phantom.slide_image(96, 96, 32)
    matrix = np.zeros((1, 96, 96), np.uint8)
    matrix[0, 40:90, 50:80] = 1
    plain = parsed(Segmentation([slide], matrix, "BINARY", descriptions(1), tile_pixel_array=True))
    (origin,) = plain.TotalPixelMatrixOriginSequence
    (of_source,) = slide.TotalPixelMatrixOriginSequence
    assert origin == of_source
    first = plain.PerFrameFunctionalGroupsSequence[0].PlanePositionSlideSequence[0]
    assert first.RowPositionInTotalImagePixelMatrix == 33
    found = Segmentation.from_dataset(plain).get_total_pixel_matrix(combine_segments=True)
    assert np.array_equal(found, matrix[0])


SEG, SPACE = "plugins/seg/tests", "tests/spatial"
# What went wrong elsewhere, and the tests that would fail if it did here.
HELD_BY = {
    "a column cosine of [0, -1, 0] mirrors": [
        f"{SEG}/test_pitfalls.py::test_a_column_cosine_that_points_the_other_way_mirrors_nothing",
        f"{SPACE}/test_pitfalls.py::test_a_column_direction_that_points_to_the_front_mirrors_nothing",
    ],
    "flips between NIfTI and DICOM": [
        f"{SEG}/test_interchange.py::test_round_trip",
        f"{SPACE}/test_conversions.py::test_other_programs_find_voxels_of_nifti_files_in_their_places",
    ],
    "a multi-frame source reverses the order": [
        f"{SEG}/test_creation.py::test_a_multiframe_source_in_either_order",
    ],
    "single frames arrive unsorted": [
        f"{SEG}/test_creation.py::test_the_order_of_the_series_means_nothing",
        f"{SEG}/test_creation.py::test_every_voxel_is_where_its_source_pixel_is",
    ],
    "a permuted or flipped volume loses its references": [
        f"{SEG}/test_volumes_and_referees.py::test_a_turned_volume_keeps_places_and_references",
    ],
    "an empty Derivation Image Sequence on an equal grid": [
        f"{SEG}/test_volumes_and_referees.py::test_any_other_grid_keeps_its_own_geometry",
        f"{SEG}/test_viewers.py::test_no_viewer_lacks_anything",
    ],
    "frames that are not stacked along the normal": [
        f"{SEG}/test_volumes_and_referees.py::test_irregular_series_are_stored_and_say_what_they_are",
        f"{SPACE}/test_pitfalls.py::test_planes_that_do_not_follow_their_normal_are_no_volume",
    ],
    "origins half a voxel aside": [
        f"{SEG}/test_volumes_and_referees.py::test_any_other_grid_keeps_its_own_geometry",
    ],
    "slice thickness for slice spacing": [
        f"{SEG}/test_pitfalls.py::test_slice_thickness_is_not_slice_spacing",
    ],
    "a missing slice, a doubled gap, the spacing of the first pair": [
        f"{SEG}/test_sources.py::test_irregular_stacks",
        f"{SPACE}/test_pitfalls.py::test_a_doubled_gap_is_seen_wherever_it_is",
    ],
    "two acquisitions at one position": [
        f"{SEG}/test_sources.py::test_a_doubled_series_keeps_both",
        f"{SPACE}/test_pitfalls.py::test_two_acquisitions_of_the_same_planes_are_two_stacks",
    ],
    "temporal indices that do not start at 1": [
        f"{SEG}/test_pitfalls.py::test_time_points_need_not_be_numbered_from_one",
    ],
    "gantry tilt": [
        f"{SEG}/test_volumes_and_referees.py::test_irregular_series_are_stored_and_say_what_they_are",
    ],
    "silent interpolation": [
        f"{SPACE}/test_pitfalls.py::test_nothing_is_interpolated_silently",
    ],
    "a tolerance of orthogonality that depends on the scale": [
        f"{SPACE}/test_tolerances.py::test_equality_means_the_same_at_every_scale",
    ],
    "a grid that differs from that of the image": [
        f"{SEG}/test_pitfalls.py::test_a_smaller_grid_of_planes_without_its_empty_slices",
        f"{SEG}/test_volumes_and_referees.py::test_a_volume_of_other_extent_goes_to_the_grid_of_the_source",
    ],
    "images without a frame of reference": [
        f"{SEG}/test_sources.py::test_sources_without_a_place",
        f"{SEG}/test_unplaced.py::test_frames_are_those_of_the_source",
    ],
    "an empty first tile that moves the origin": [
        f"{SEG}/test_pitfalls.py::test_an_empty_first_tile_does_not_move_the_others",
    ],
    "frames of single bits that are no whole bytes": [
        f"{SEG}/test_creation.py::test_frames_whose_bits_do_not_fill_bytes",
        f"{SEG}/test_bitplanes.py::test_masks_give_the_same_bytes_as_the_plain_way",
        f"{SEG}/test_referee_table.py::test_every_combination",
    ],
    "masks without any pixel": [
        f"{SEG}/test_creation.py::test_empty_masks_keep_their_frames_and_say_so",
    ],
    "a described segment without frames": [
        f"{SEG}/test_creation.py::test_a_described_segment_without_pixels",
    ],
    "segments with unequal numbers of frames": [
        f"{SEG}/test_pitfalls.py::test_segments_with_unequal_numbers_of_frames",
    ],
    "an overlap hidden in two frames of a label map": [
        f"{SEG}/test_pitfalls.py::test_an_overlap_hidden_in_two_frames_of_a_label_map_is_found",
    ],
    "fractions that hold 0 and 255": [
        f"{SEG}/test_pitfalls.py::test_fractions_that_hold_only_0_and_255_are_masks",
    ],
    "dimension indices among the shared groups": [
        f"{SEG}/test_pitfalls.py::test_groups_that_stand_among_the_shared_ones_count",
    ],
    "an instance that is referred to twice": [
        f"{SEG}/test_pitfalls.py::test_an_instance_that_is_referred_to_twice_gives_its_pixels_once",
    ],
    "OHIF: referenced series, sources of each frame, colours, the same study": [
        f"{SEG}/test_pitfalls.py::test_what_viewers_need_is_there",
        f"{SEG}/test_viewers.py::test_no_viewer_lacks_anything",
    ],
    "OHIF: all frames, also the empty ones": [
        f"{SEG}/test_creation.py::test_frames_of_empty_planes_can_be_kept",
    ],
    "Weasis: sources and the same grid": [
        f"{SEG}/test_pitfalls.py::test_what_viewers_need_is_there",
        f"{SEG}/test_viewers.py::test_frames_of_label_maps_without_sources_are_seen",
    ],
    "3D Slicer: frames of whole bytes": [
        f"{SEG}/test_viewers.py::test_no_viewer_lacks_anything",
        f"{SEG}/test_interchange.py::test_slicers_own_library_reads_what_we_write",
    ],
    "slide viewers: the origin of the matrix at the top level": [
        f"{SEG}/test_viewers.py::test_slide_viewers_need_the_origin_at_the_top_level",
    ],
    "decimal strings of more than 16 characters": [
        f"{SEG}/test_pitfalls.py::test_decimal_strings_fit_and_directions_stay_orthonormal",
    ],
    "a palette together with colours, or without a profile": [
        f"{SEG}/test_palettes.py::test_palette_in_and_out",
        f"{SEG}/test_palettes.py::test_colours_besides_the_palette_are_refused",
    ],
}


def test_every_pitfall_has_tests_that_exist():
    root = Path(__file__).parents[3]
    functions: dict[str, set[str]] = {}
    for item, tests in HELD_BY.items():
        assert tests, item
        for test in tests:
            path, _, name = test.partition("::")
            if path not in functions:
                tree = ast.parse((root / path).read_text())
                defined = (node for node in tree.body if isinstance(node, ast.FunctionDef))
                functions[path] = {node.name for node in defined}
            assert name in functions[path], f"{item}: there is no {test}"
