import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.errors import GeometryError, InvalidValueError, OutOfRangeError
from iodkit.testing import phantom
from iodkit_seg import DimensionIndexSequence, Segmentation, SegmentDescription, segread
from referees import assert_valid, dcmqi_segments, highdicom, value_at
from segments import EQUIPMENT, descriptions, organ_labels

SHAPE = (10, 40, 32)
VARIANTS = ["axial", "oblique", "sagittal", "unsorted"]


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(params=VARIANTS)
def series(request):
    return phantom.ct_series(*SHAPE, variant=request.param)


@pytest.fixture(params=["oblique", "unsorted"])
def slanted(request):
    """Series whose axes, or whose order, are not those of a plain one."""
    return phantom.ct_series(*SHAPE, variant=request.param)


def label_volume(series):
    """Label map as a volume in the geometry of the series."""
    ct = ik.get_volume_from_series(series)
    labels = np.zeros(ct.shape, np.uint8)
    labels[ct.array > -300] = 1
    labels[ct.array > 150] = 2
    return ct.with_array(labels)


def assert_same_places(one, other):
    """Every set voxel of one volume has its label in the other, and there are no more."""
    indices = np.argwhere(one.array)
    points = one.map_indices_to_reference(indices.astype(float))
    there = np.rint(other.map_reference_to_indices(points)).astype(int)
    assert np.array_equal(other.array[tuple(there.T)], one.array[tuple(indices.T)])
    assert np.count_nonzero(other.array) == len(indices)


TURNS = {
    "as it is": lambda v: v,
    "flipped": lambda v: v.flip_spatial([0, 1]),
    "permuted": lambda v: v.permute_spatial_axes([2, 0, 1]),
    "both": lambda v: v.permute_spatial_axes([1, 2, 0]).flip_spatial([0, 2]),
}


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_a_turned_volume_keeps_places_and_references(series, turn, kind):
    volume = label_volume(series)
    seg = Segmentation(series, TURNS[turn](volume), kind, descriptions(2))
    assert_same_places(volume, seg.get_volume(combine_segments=True))
    sources = seg.frame_table.sources
    assert len(sources) == seg.number_of_frames
    assert set(sources.spatial_locations_preserved) == {"YES"}
    positions = {ds.SOPInstanceUID: list(ds.ImagePositionPatient) for ds in series}
    for frame, instance in zip(sources.frames, sources.instances, strict=True):
        found = seg.frame_table.positions[frame]
        assert np.allclose(found, positions[sources.uids[instance]], atol=1e-3)


CROPS = {
    "cropped": lambda v: v[2:7, 5:30, 4:20],
    "padded": lambda v: v.pad([(1, 2), (3, 0), (0, 4)]),
    "both": lambda v: v[1:, 4:, :-3].pad([(0, 0), (0, 6), (2, 0)]),
    "cropped and turned": lambda v: v[2:7, 5:30, 4:20].permute_spatial_axes([2, 1, 0]),
}


@pytest.mark.parametrize("change", CROPS)
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_a_volume_of_other_extent_goes_to_the_grid_of_the_source(slanted, change, kind):
    """Viewers need the grid of the source; cut off or filled up by whole pixels it is exact."""
    part = CROPS[change](label_volume(slanted))
    seg = Segmentation(slanted, part, kind, descriptions(2))
    assert (seg.Rows, seg.Columns) == (slanted[0].Rows, slanted[0].Columns)
    assert_same_places(part, seg.get_volume(combine_segments=True))
    assert set(seg.frame_table.sources.spatial_locations_preserved) == {"YES"}


def shifted(volume, *voxels):
    affine = volume.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ np.array(voxels, float)
    return ik.Volume(volume.array, affine, volume.coordinate_system, volume.frame_of_reference_uid)


def resampled(volume):
    geometry = volume.get_geometry()
    finer = ik.VolumeGeometry(
        geometry.affine @ np.diag([0.5, 0.5, 0.5, 1]),
        tuple(2 * n for n in geometry.spatial_shape),
        geometry.coordinate_system,
        geometry.frame_of_reference_uid,
    )
    return volume.resample(finer, interpolation="NEAREST")


def rotated(volume):
    sine, cosine = np.sin(0.35), np.cos(0.35)
    turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    geometry = volume.get_geometry()
    center = geometry.affine[:3] @ np.append((np.array(geometry.spatial_shape) - 1) / 2, 1)
    affine = geometry.affine.copy()
    affine[:3, :3] = turn @ affine[:3, :3]
    affine[:3, 3] = turn @ (affine[:3, 3] - center) + center
    return volume.resample(
        ik.VolumeGeometry(
            affine,
            geometry.spatial_shape,
            geometry.coordinate_system,
            geometry.frame_of_reference_uid,
        ),
        interpolation="NEAREST",
    )


GRIDS = {
    "half a pixel aside": lambda v: shifted(v, 0, 0.5, 0.25),
    "half a slice aside": lambda v: shifted(v, 0.5, 0, 0),
    "finer": resampled,
    "rotated": rotated,
}


@pytest.mark.referee
@pytest.mark.parametrize("change", GRIDS)
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_any_other_grid_keeps_its_own_geometry(slanted, change, kind, tmp_path):
    volume = GRIDS[change](label_volume(slanted))
    Segmentation(slanted, volume, kind, descriptions(2)).save_as(tmp_path / "a.dcm")
    assert_valid(tmp_path / "a.dcm")
    seg = segread(tmp_path / "a.dcm")
    assert_same_places(volume, seg.get_volume(combine_segments=True))
    sources = seg.frame_table.sources
    assert set(sources.spatial_locations_preserved) == {"NO"}
    if change != "rotated":
        # No frame is without its sources, or viewers would show nothing.
        assert set(sources.frames.tolist()) == set(range(seg.number_of_frames))
    else:
        assert len(sources)


def test_pixels_outside_of_the_source_are_not_lost(slanted):
    volume = label_volume(slanted)
    wide = volume.with_array(np.ones_like(volume.array)).pad([(0, 0), (2, 2), (0, 0)], mode="EDGE")
    seg = Segmentation(slanted, wide, "BINARY", descriptions(1))
    assert seg.Rows == slanted[0].Rows + 4
    assert_same_places(wide, seg.get_volume(combine_segments=True))


def test_a_volume_of_another_patient_is_refused(series):
    volume = label_volume(series)
    other = ik.Volume(volume.array, volume.affine, "PATIENT", "2.25.1")
    with pytest.raises(GeometryError, match="FrameOfReferenceUID"):
        Segmentation(series, other, "BINARY", descriptions(2))


def test_a_volume_on_doubled_sources_is_refused():
    doubled = phantom.ct_series(*SHAPE, variant="duplicated")
    volume = label_volume(phantom.ct_series(*SHAPE))
    with pytest.raises(GeometryError, match="source_images"):
        Segmentation(doubled, volume, "BINARY", descriptions(2))


@pytest.mark.parametrize("variant", ["gapped", "tilted"])
def test_irregular_series_are_stored_and_say_what_they_are(variant):
    series = phantom.ct_series(*SHAPE, variant=variant)
    mask = np.ones((len(series), 40, 32), np.uint8)
    seg = Segmentation(series, mask, "BINARY", descriptions(1))
    assert "SpacingBetweenSlices" not in str(seg.SharedFunctionalGroupsSequence[0]) or (
        variant == "gapped"
    )
    if variant == "tilted":
        with pytest.raises(GeometryError, match=r"tilt|stacked"):
            seg.get_volume()
    else:
        volume = seg.get_volume(combine_segments=True)
        assert volume.spatial_shape[0] == len(series) + 1
        assert (volume.array.reshape(len(series) + 1, -1).max(axis=1) == 0).sum() == 1
        with pytest.raises(GeometryError, match="missing"):
            seg.get_volume(allow_missing_positions=False)


@pytest.fixture
def seg():
    series = phantom.ct_series(*SHAPE)
    return Segmentation(series, organ_labels(*SHAPE), "BINARY", descriptions())


def test_parts_of_a_volume(seg):
    whole = seg.get_volume(combine_segments=True)
    part = seg.get_volume(
        slice_start=2, slice_end=4, row_start=3, row_end=-1, column_start=-9, combine_segments=True
    )
    expected = whole[1:3, 2:-1, -9:]
    assert np.array_equal(part.array, expected.array)
    assert np.allclose(part.affine, expected.affine)
    indices = seg.get_volume(slice_start=1, slice_end=3, as_indices=True, combine_segments=True)
    assert np.array_equal(indices.array, whole.array[1:3])


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"slice_start": 0}, InvalidValueError, "slice_start"),
        ({"slice_start": 99}, OutOfRangeError, "slice_start"),
        ({"row_end": 99}, OutOfRangeError, "row_end"),
        ({"column_start": 5, "column_end": 5}, InvalidValueError, "column_start"),
        ({"segment_numbers": [9]}, InvalidValueError, "segment_numbers"),
        ({"segment_numbers": []}, InvalidValueError, "segment_numbers"),
        ({"combine_segments": True, "dtype": bool}, InvalidValueError, "dtype"),
        ({"apply_palette_color_lut": True}, InvalidValueError, "apply_palette_color_lut"),
    ],
)
def test_wrong_requests_are_named(seg, arguments, error, name):
    with pytest.raises(error, match=name):
        seg.get_volume(**arguments)


def test_segments_one_by_one_and_their_channel(seg):
    volume = seg.get_volume(segment_numbers=[3, 1])
    assert volume.get_channel_values("ReferencedSegmentNumber") == [3, 1]
    combined = seg.get_volume(combine_segments=True).array
    assert np.array_equal(volume.array[..., 0], combined == 3)
    assert np.array_equal(volume.array[..., 1], combined == 1)
    assert seg.get_volume(dtype=np.float32).array.dtype == np.float32


def test_queries_for_segments():
    series = phantom.ct_series(*SHAPE)
    made = [
        SegmentDescription(
            1,
            "Liver",
            ik.codes.SCT.AnatomicalStructure,
            ik.codes.SCT.Liver,
            "MANUAL",
            tracking_uid="2.25.5",
            tracking_id="lesion 1",
            anatomic_regions=[ik.codes.SCT.Abdomen],
        ),
        SegmentDescription(
            2, "Heart", ik.codes.SCT.AnatomicalStructure, ik.codes.SCT.Heart, "MANUAL"
        ),
    ]
    labels = np.minimum(organ_labels(*SHAPE), 2)
    seg = Segmentation(series, labels, "LABELMAP", made)
    assert seg.number_of_segments == 2
    assert seg.get_segment_numbers(segmented_property_type=ik.codes.SCT.Heart) == [2]
    assert seg.get_segment_numbers(segment_label="Liver", algorithm_type="MANUAL") == [1]
    assert seg.get_segment_numbers(tracking_uid="2.25.5") == [1]
    assert seg.get_tracking_ids() == [("lesion 1", "2.25.5")]
    assert seg.segmented_property_categories == [ik.codes.SCT.AnatomicalStructure]
    assert seg.segmented_property_types == [ik.codes.SCT.Liver, ik.codes.SCT.Heart]
    assert seg.get_segment_description(1).anatomic_regions == [ik.codes.SCT.Abdomen]
    assert seg.get_segment_description(0).segmented_property_type.value == "125040"
    with pytest.raises(OutOfRangeError, match="segment_number"):
        seg.get_segment_description(7)


def test_dimension_index_values():
    sequence = DimensionIndexSequence("PATIENT")
    positions = [ik.PlanePositionSequence("PATIENT", [0, 0, z]) for z in (3.0, 1.0, 2.0)]
    values, order = sequence.get_index_values(positions, image_orientation=[1, 0, 0, 0, 1, 0])
    assert values.shape == (3, 1, 3)
    assert sorted(order.tolist()) == [0, 1, 2]
    assert sequence.get_index_keywords() == ["ImagePositionPatient"]
    assert sequence.get_index_position("ImagePositionPatient") == 1
    with pytest.raises(GeometryError, match="plane_positions"):
        sequence.get_index_values([positions[0], positions[0]])


@pytest.mark.referee
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
@pytest.mark.filterwarnings("ignore")
def test_highdicom_reads_the_same(series, kind, tmp_path):
    volume = label_volume(series)
    ours = Segmentation(series, volume, kind, descriptions(2))
    ours.save_as(tmp_path / "a.dcm")
    assert_valid(tmp_path / "a.dcm")
    theirs = highdicom().seg.segread(tmp_path / "a.dcm").get_volume(combine_segments=True)
    found = ours.get_volume(combine_segments=True)
    assert np.array_equal(theirs.array, found.array)
    assert np.allclose(theirs.affine, found.affine, atol=1e-4)


@pytest.mark.referee
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
@pytest.mark.filterwarnings("ignore")
def test_files_of_highdicom_are_read_the_same(series, kind, tmp_path):
    hd = highdicom()
    labels = np.zeros((len(series), 40, 32), np.uint8)
    labels[2:5, 5:20, 6:11], labels[4:9, 25:, 20:] = 1, 2
    segments = [
        hd.seg.SegmentDescription(n, f"s{n}", ik.codes.SCT.Tissue, ik.codes.SCT.Liver, "MANUAL")
        for n in (1, 2)
    ]
    made = hd.seg.Segmentation(
        series, labels, kind, segments, hd.UID(), 1, hd.UID(), 1, "m", "m", "1", "1"
    )
    made.save_as(tmp_path / "a.dcm")
    ours = segread(tmp_path / "a.dcm")
    expected, found = made.get_volume(), ours.get_volume()
    assert np.array_equal(found.array, expected.array)
    assert found.array.dtype == expected.array.dtype
    assert np.allclose(found.affine, expected.affine, atol=1e-6)


@pytest.mark.referee
def test_dcmqi_finds_every_voxel(series, tmp_path):
    volume = label_volume(series)
    Segmentation(series, volume, "BINARY", descriptions(2)).save_as(tmp_path / "a.dcm")
    images = dcmqi_segments(tmp_path / "a.dcm", tmp_path)
    assert sorted(images) == [1, 2]
    rng = np.random.default_rng(8)
    for index in rng.integers(0, volume.spatial_shape, (300, 3)):
        point = volume.map_indices_to_reference(index[np.newaxis].astype(float))[0]
        for number, image in images.items():
            assert bool(value_at(image, point)) == (volume.array[tuple(index)] == number)


def test_a_real_segmentation_reads(real_seg):
    seg = ik.read(real_seg)
    assert type(seg) is Segmentation
    plain = dcmread(real_seg)
    assert seg.number_of_frames == plain.NumberOfFrames
    assert np.array_equal(seg.pixel_array, plain.pixel_array)
    assert seg.segment_numbers == [int(item.SegmentNumber) for item in plain.SegmentSequence]


def test_a_real_multiframe_source(real_enhanced_ct, tmp_path):
    image = ik.read(real_enhanced_ct)
    mask = (image.get_stored_frames() > 1100).astype(np.uint8)
    seg = Segmentation([image], mask, "BINARY", descriptions(1))
    seg.save_as(tmp_path / "a.dcm")
    volume = segread(tmp_path / "a.dcm").get_volume(combine_segments=True)
    assert volume.array.sum() == mask.sum()
    assert np.allclose(volume.affine, image.get_volume_geometry().affine, atol=1e-3)
