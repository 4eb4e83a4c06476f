import contextvars
import copy
import io
import pickle
import zlib

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.encaps import generate_fragments

import iodkit as ik
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    IodkitError,
    IodkitWarning,
    MissingAttributeError,
)
from iodkit.testing import phantom
from iodkit_seg import Segmentation, SegmentDescription, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from referees import assert_valid
from segments import EQUIPMENT, descriptions, organ_labels

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
SHAPE = (12, 48, 40)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(scope="module")
def labels():
    return organ_labels(*SHAPE)


def stored(seg):
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return buffer.getvalue()


def expected_volume(series, labels):
    """Planes that hold anything, as get_volume gives them: from head to feet."""
    z = [float(ds.ImagePositionPatient[2]) for ds in series]
    order = np.argsort(z)[::-1]
    filled = np.flatnonzero(labels[order].any(axis=(1, 2)))
    return labels[order][filled[0] : filled[-1] + 1]


@pytest.mark.parametrize("kind", TYPES)
def test_round_trip(kind, ct_series, labels, tmp_path):
    seg = Segmentation(ct_series, labels, kind, descriptions())
    seg.save_as(tmp_path / "seg.dcm")
    for back in (
        ik.read(tmp_path / "seg.dcm"),
        segread(tmp_path / "seg.dcm"),
        segread(stored(seg)),
        Segmentation.from_dataset(dcmread(tmp_path / "seg.dcm")),
    ):
        assert type(back) is Segmentation
        volume = back.get_volume(combine_segments=True)
        assert np.array_equal(volume.array, expected_volume(ct_series, labels))
        assert back.segment_numbers == [1, 2, 3]
        assert back == seg


@pytest.mark.referee
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("source", ["series", "multiframe"])
def test_dciodvfy_finds_no_error(kind, source, ct_series, enhanced_ct, labels, tmp_path):
    images = ct_series if source == "series" else [enhanced_ct]
    Segmentation(images, labels, kind, descriptions()).save_as(tmp_path / "seg.dcm")
    assert_valid(tmp_path / "seg.dcm")


def test_no_dataset_is_made_per_frame(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions())
    back = segread(stored(seg))
    for instance in (seg, back):
        instance.get_volume()
        stored(instance)
        for tag in (0x52009229, 0x52009230):
            assert isinstance(instance.get_item(tag), RawDataElement)


@pytest.mark.parametrize("kind", TYPES)
def test_same_input_same_bytes(kind, ct_series, labels, deterministic):
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        first = stored(Segmentation(ct_series, labels, kind, descriptions()))
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        assert stored(Segmentation(ct_series, labels, kind, descriptions())) == first


def test_the_order_of_the_series_means_nothing(labels, deterministic):
    series = phantom.ct_series(*SHAPE)
    order = np.random.default_rng(3).permutation(len(series))
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        one = Segmentation(series, labels, "BINARY", descriptions())
    with ik.defaults(uid_generator=ik.SeededUIDs("a")):
        two = Segmentation([series[i] for i in order], labels[order], "BINARY", descriptions())
    assert np.array_equal(one.get_volume().array, two.get_volume().array)
    assert one.PixelData == two.PixelData
    assert one.frame_table.positions.tolist() == two.frame_table.positions.tolist()


@pytest.mark.parametrize("variant", ["axial", "sagittal", "coronal", "oblique", "unsorted"])
def test_every_voxel_is_where_its_source_pixel_is(variant):
    series = phantom.ct_series(*SHAPE, variant=variant)
    labels = organ_labels(*SHAPE, variant=variant)
    volume = Segmentation(series, labels, "LABELMAP", descriptions()).get_volume(
        combine_segments=True
    )
    rng = np.random.default_rng(1)
    for plane, row, column in rng.integers(0, SHAPE, (60, 3)):
        ds = series[plane]
        cosines = np.array(ds.ImageOrientationPatient, float)
        spacing = np.array(ds.PixelSpacing, float)
        point = (
            np.array(ds.ImagePositionPatient, float)
            + cosines[:3] * spacing[1] * column
            + cosines[3:] * spacing[0] * row
        )
        index = np.rint(volume.map_reference_to_indices(point[np.newaxis])[0]).astype(int)
        inside = 0 <= index[0] < volume.spatial_shape[0]
        found = volume.array[tuple(index)] if inside else 0
        assert found == labels[plane, row, column]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_multiframe_source_in_either_order(reverse, labels):
    image = phantom.enhanced_ct(*SHAPE, reverse=reverse)
    pixels = labels[::-1] if reverse else labels
    seg = Segmentation([image], pixels, "BINARY", descriptions())
    series = phantom.ct_series(*SHAPE)
    assert np.array_equal(
        seg.get_volume(combine_segments=True).array, expected_volume(series, labels)
    )
    table, source = seg.frame_table, ik.Image.from_dataset(image).frame_table
    numbers = table.sources.frame_numbers.values
    assert np.array_equal(source.positions[numbers - 1], table.positions)


def test_references_name_the_source_of_each_plane(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions())
    by_uid = {ds.SOPInstanceUID: ds for ds in ct_series}
    sources = seg.frame_table.sources
    assert sources.frames.tolist() == list(range(seg.number_of_frames))
    assert set(sources.spatial_locations_preserved) == {"YES"}
    for frame, instance in zip(sources.frames, sources.instances, strict=True):
        source = by_uid[sources.uids[instance]]
        assert seg.frame_table.positions[frame].tolist() == list(source.ImagePositionPatient)
    assert {uid for _, _, uid in seg.get_source_image_uids()} == set(by_uid)


@pytest.mark.parametrize("kind", TYPES)
def test_dimension_indices_follow_the_positions(kind, ct_series, labels):
    seg = Segmentation(ct_series, labels, kind, descriptions())
    table = seg.frame_table
    by_index = {}
    for values, position in zip(table.dimension_index_values, table.positions, strict=True):
        by_index.setdefault(int(values[-1]), position[2])
    ordered = [by_index[i] for i in sorted(by_index)]
    assert ordered == sorted(ordered, reverse=True)
    if kind != "LABELMAP":
        assert np.array_equal(table.dimension_index_values[:, 0], table.segment_numbers)
    assert seg.are_dimension_indices_unique(seg.dimension_index_pointers)


@pytest.mark.parametrize("kind", TYPES)
def test_frames_whose_bits_do_not_fill_bytes(kind, labels):
    series = phantom.ct_series(5, 13, 11)
    mask = np.zeros((5, 13, 11), np.uint8)
    mask[1, 2:9, 3:7], mask[2:4, 5:, 5:], mask[3, 0, 0] = 1, 2, 3
    seg = segread(stored(Segmentation(series, mask, kind, descriptions())))
    assert np.array_equal(
        seg.get_volume(combine_segments=True).array, expected_volume(series, mask)
    )
    assert len(seg.PixelData) % 2 == 0


def test_empty_masks_keep_their_frames_and_say_so(ct_series):
    with pytest.warns(IodkitWarning, match="No pixel"):
        seg = Segmentation(ct_series, np.zeros(SHAPE, np.uint8), "BINARY", descriptions())
    assert seg.number_of_frames == 3 * SHAPE[0]
    assert not seg.get_volume(combine_segments=True).array.any()


def test_frames_of_empty_planes_can_be_kept(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions(), omit_empty_frames=False)
    assert seg.number_of_frames == 3 * SHAPE[0]
    assert seg.get_volume().shape == (*SHAPE, 3)


def test_a_described_segment_without_pixels(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions(5))
    assert seg.segment_numbers == [1, 2, 3, 4, 5]
    assert not seg.get_volume(segment_numbers=[5]).array.any()


def test_stacked_masks_may_overlap_in_binary_only(ct_series, labels):
    masks = np.stack([labels == 1, labels > 0, labels == 3], axis=-1)
    seg = Segmentation(ct_series, masks, "BINARY", descriptions())
    assert seg.SegmentsOverlap == "YES"
    assert np.array_equal(
        seg.get_volume(segment_numbers=[2]).array[..., 0],
        expected_volume(ct_series, masks[..., 1]),
    )
    with pytest.raises(OverlappingSegmentsError, match="skip_overlap_checks"):
        seg.get_volume(combine_segments=True)
    highest = seg.get_volume(combine_segments=True, skip_overlap_checks=True)
    assert np.array_equal(
        highest.array, expected_volume(ct_series, (masks * [1, 2, 3]).max(axis=-1))
    )
    with pytest.raises(OverlappingSegmentsError, match="BINARY"):
        Segmentation(ct_series, masks, "LABELMAP", descriptions())


def test_without_overlap_it_says_no(ct_series, labels):
    assert Segmentation(ct_series, labels, "BINARY", descriptions()).SegmentsOverlap == "NO"


def test_fractions(ct_series, labels):
    fractions = np.zeros((*SHAPE, 3), np.float32)
    fractions[labels == 2, 1] = 0.25
    fractions[labels == 1, 0] = 1.0
    seg = Segmentation(ct_series, fractions, "FRACTIONAL", descriptions(), max_fractional_value=200)
    volume = seg.get_volume(segment_numbers=[2])
    assert volume.array.dtype == np.float32
    assert set(np.unique(volume.array)) == {np.float32(0), np.float32(0.25)}
    stored_values = seg.get_volume(segment_numbers=[2], rescale_fractional=False)
    assert set(np.unique(stored_values.array)) == {0, 50}
    with pytest.raises(InvalidValueError, match="combine_segments"):
        seg.get_volume(combine_segments=True)


def test_label_maps_of_sixteen_bits_with_gaps(ct_series, labels):
    numbers = {1: 3, 2: 700, 3: 65535}
    wide = np.zeros(SHAPE, np.uint16)
    for old, new in numbers.items():
        wide[labels == old] = new
    made = descriptions()
    for item, number in zip(made, numbers.values(), strict=True):
        item.SegmentNumber = number
    seg = segread(stored(Segmentation(ct_series, wide, "LABELMAP", made)))
    assert seg.BitsAllocated == 16
    assert seg.segment_numbers == [3, 700, 65535]
    assert np.array_equal(
        seg.get_volume(combine_segments=True).array, expected_volume(ct_series, wide)
    )
    relabelled = seg.get_volume(combine_segments=True, relabel=True, segment_numbers=[700, 3])
    assert set(np.unique(relabelled.array)) == {0, 1, 2}


@pytest.mark.parametrize("kind", TYPES)
def test_deflated_frames_are_plain_deflate_streams_of_even_length(kind, ct_series, labels):
    native = Segmentation(ct_series, labels, kind, descriptions())
    seg = Segmentation(
        ct_series, labels, kind, descriptions(), transfer_syntax_uid="1.2.840.10008.1.2.8.1"
    )
    bits = seg.BitsAllocated * seg.Rows * seg.Columns
    expected = np.unpackbits(np.frombuffer(native.PixelData, np.uint8), bitorder="little")
    fragments = list(generate_fragments(seg.PixelData))[1:]
    assert len(fragments) == seg.NumberOfFrames
    for index, fragment in enumerate(fragments):
        assert len(fragment) % 2 == 0
        inflated = np.frombuffer(zlib.decompressobj(-15).decompress(fragment), np.uint8)
        frame = np.unpackbits(inflated, bitorder="little")[:bits]
        assert np.array_equal(frame, expected[index * bits : (index + 1) * bits])


def test_nothing_of_the_callers_changes(labels):
    series = phantom.ct_series(*SHAPE)
    before, pixels = copy.deepcopy(series), labels.copy()
    segments = descriptions()
    described = copy.deepcopy(segments)
    seg = Segmentation(series, labels, "BINARY", segments)
    seg.get_segment_description(1).SegmentLabel = "changed"
    seg.PatientName = "Somebody^Else"
    assert series == before
    assert np.array_equal(labels, pixels)
    assert segments == described


def test_every_segment_has_a_colour_of_its_own(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions())
    colors = [tuple(item.RecommendedDisplayCIELabValue) for item in seg.SegmentSequence]
    assert len(set(colors)) == 3
    chosen = ik.CIELabColor(50.0, 10.0, -10.0)
    own = descriptions(display_color=chosen)
    seg = Segmentation(ct_series, labels, "BINARY", own)
    assert seg.get_segment_description(2).display_color.value == chosen.value


def test_text_in_any_script_survives(ct_series, labels):
    series = copy.deepcopy(ct_series)
    for ds in series:
        ds.SpecificCharacterSet = "ISO_IR 192"
        ds.PatientName = "山田^太郎"
    made = descriptions()
    made[0].SegmentLabel = "Größe Łódź 肝臓"
    back = segread(stored(Segmentation(series, labels, "BINARY", made)))
    assert str(back.PatientName) == "山田^太郎"
    assert back.get_segment_description(1).segment_label == "Größe Łódź 肝臓"


def test_pickle_copy_and_json(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions())
    volume = seg.get_volume().array
    for twin in (
        pickle.loads(pickle.dumps(seg)),
        copy.copy(seg),
        copy.deepcopy(seg),
        Segmentation.from_json(seg.to_json()),
    ):
        assert type(twin) is Segmentation
        assert np.array_equal(twin.get_volume().array, volume)
    twin = copy.deepcopy(seg)
    twin.get_segment_description(1).SegmentLabel = "other"
    assert seg.get_segment_description(1).segment_label == "Segment 1"


def test_edits_of_items_are_seen(ct_series, labels):
    seg = Segmentation(ct_series, labels, "BINARY", descriptions())
    before = seg.get_volume(combine_segments=True).position
    for item in seg.PerFrameFunctionalGroupsSequence:
        x, y, z = item.PlanePositionSequence[0].ImagePositionPatient
        item.PlanePositionSequence[0].ImagePositionPatient = [x + 10, y, z]
    assert seg.get_volume(combine_segments=True).position[0] == pytest.approx(before[0] + 10)
    back = segread(stored(seg))
    assert back.get_volume(combine_segments=True).position[0] == pytest.approx(before[0] + 10)


def test_equipment_is_needed_and_says_how(ct_series, labels):
    # A context without the defaults of the fixture.
    make = lambda: Segmentation(ct_series, labels, "BINARY", descriptions())  # noqa: E731
    with pytest.raises(MissingAttributeError, match=r"iodkit\.defaults"):
        contextvars.Context().run(make)


SEGMENTS = descriptions()
BAD = {
    "no source": (
        lambda s, p: ([], p, "BINARY", SEGMENTS),
        InvalidValueError,
        "source_images",
    ),
    "no dataset": (
        lambda s, p: ([1], p, "BINARY", SEGMENTS),
        InvalidTypeError,
        "source_images",
    ),
    "type": (lambda s, p: (s, p, "MASK", SEGMENTS), InvalidValueError, "segmentation_type"),
    "planes": (
        lambda s, p: (s, p[:-1], "BINARY", SEGMENTS),
        InvalidValueError,
        "pixel_array",
    ),
    "rows": (
        lambda s, p: (s, p[:, :-1], "BINARY", SEGMENTS),
        InvalidValueError,
        "pixel_array",
    ),
    "labels": (lambda s, p: (s, p * 2, "BINARY", SEGMENTS), InvalidValueError, "pixel_array"),
    "negative": (
        lambda s, p: (s, -p.astype(np.int16), "BINARY", SEGMENTS),
        InvalidValueError,
        "pixel_array",
    ),
    "text": (
        lambda s, p: (s, p.astype(str), "BINARY", SEGMENTS),
        InvalidTypeError,
        "pixel_array",
    ),
    "fractions": (
        lambda s, p: (s, np.full((*SHAPE, 3), 0.5), "BINARY", SEGMENTS),
        InvalidValueError,
        "FRACTIONAL",
    ),
    "range": (
        lambda s, p: (s, np.full((*SHAPE, 3), 1.5), "FRACTIONAL", SEGMENTS),
        InvalidValueError,
        "pixel_array",
    ),
    "segments": (
        lambda s, p: (s, np.zeros((*SHAPE, 2), bool), "BINARY", SEGMENTS),
        InvalidValueError,
        "pixel_array",
    ),
    "no segments": (lambda s, p: (s, p, "BINARY", []), InvalidValueError, "segment_descriptions"),
    "numbers": (
        lambda s, p: (s, p, "BINARY", SEGMENTS[::-1]),
        InvalidValueError,
        "SegmentNumber",
    ),
    "twice": (
        lambda s, p: ([*s[:-1], s[0]], p, "BINARY", SEGMENTS),
        InvalidValueError,
        "twice",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_wrong_arguments_are_named(case, ct_series, labels):
    make, error, text = BAD[case]
    with pytest.raises(error, match=text) as caught:
        Segmentation(*make(ct_series, labels))
    assert isinstance(caught.value, IodkitError)


@pytest.mark.parametrize(
    ("keyword", "value", "error"),
    [
        ("StudyInstanceUID", "2.25.1", InvalidValueError),
        ("PatientID", "OTHER", InvalidValueError),
        ("FrameOfReferenceUID", "2.25.1", InvalidValueError),
        ("Rows", 47, InvalidValueError),
        ("ImagePositionPatient", None, GeometryError),
        ("SOPInstanceUID", None, MissingAttributeError),
    ],
)
def test_sources_that_do_not_belong_together(keyword, value, error, ct_series, labels):
    series = copy.deepcopy(ct_series)
    if value is None:
        delattr(series[4], keyword)
    else:
        setattr(series[4], keyword, value)
    with pytest.raises(error, match=keyword):
        Segmentation(series, labels, "BINARY", descriptions())


def test_an_algorithm_must_be_identified():
    with pytest.raises(MissingAttributeError, match=r"PS3\.3 C\.8\.20\.2"):
        SegmentDescription(1, "A", ik.codes.SCT.Tissue, ik.codes.SCT.Liver, "AUTOMATIC")
    manual = SegmentDescription(1, "A", ik.codes.SCT.Tissue, ik.codes.SCT.Liver, "MANUAL")
    assert manual.algorithm_identification is None
