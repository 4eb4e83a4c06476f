"""The same calls with highdicom and with ours: equal arrays, equal attributes, and what differs."""

import warnings

import numpy as np
import pytest

import iodkit as ik
from both_sides import (
    DIFFERENT,
    KINDS,
    OURS_ONLY,
    SHAPE,
    THEIRS_ONLY,
    describe,
    flat,
    is_listed,
    make,
    one_side,
)
from iodkit.testing import phantom
from segments import organ_labels

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]

CALLS = {
    "defaults": lambda side: {},
    "all frames": lambda side: {"omit_empty_frames": False},
    "content": lambda side: {
        "content_label": "ORGANS",
        "content_description": "Organs",
        "content_creator_name": "Doe^Jane",
        "series_description": "Liver and more",
    },
    "fractions": lambda side: {"fractional_type": "OCCUPANCY", "max_fractional_value": 100},
    "equipment": lambda side: {
        "contributing_equipment": [
            side["equipment"](
                "Maker",
                ik.codes.DCM.ProcessingEquipment,
                manufacturer_model_name="Helper",
            )
        ]
    },
    "geometry": lambda side: {
        "pixel_measures": side["measures"]([0.5, 0.5], 2.0, 2.0),
        "plane_orientation": side["orientation"]("PATIENT", [1, 0, 0, 0, 1, 0]),
        "plane_positions": [side["position"]("PATIENT", [1, 2, 2.0 * n]) for n in range(SHAPE[0])],
    },
    "implicit": lambda side: {"transfer_syntax_uid": "1.2.840.10008.1.2"},
}


@pytest.mark.parametrize("source", ["series", "multiframe"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", CALLS)
def test_the_same_call_gives_the_same_attributes(call, kind, source):
    images = phantom.ct_series(*SHAPE) if source == "series" else [phantom.enhanced_ct(*SHAPE)]
    labels = organ_labels(*SHAPE)
    made = []
    for which in ("ours", "theirs"):
        side = one_side(which)
        made.append(make(side, images, labels, kind, **CALLS[call](side)))
    ours, theirs = map(flat, made)
    missing = sorted(p for p in set(theirs) - set(ours) if not is_listed(p, THEIRS_ONLY))
    assert not missing, f"highdicom writes, and we do not: {missing[:20]}"
    different = {
        path: (ours[path], theirs[path])
        for path in set(theirs) & set(ours)
        if ours[path] != theirs[path] and not is_listed(path, DIFFERENT)
    }
    assert not different, str(dict(list(different.items())[:20]))
    more = [path for path in set(ours) - set(theirs) if not any(name in path for name in OURS_ONLY)]
    assert not more, sorted(more)[:20]


READS = {
    "get_volume": [
        {},
        {"combine_segments": True},
        {"segment_numbers": [3, 1], "combine_segments": True, "relabel": True},
        {"segment_numbers": [2], "dtype": np.float64},
        {"rescale_fractional": False},
        {"slice_start": 2, "slice_end": 4, "row_start": 3, "column_end": -2},
        {"slice_start": 1, "as_indices": True, "row_end": 9},
    ],
    "get_pixels_by_source_instance": [
        {"source_sop_instance_uids": [0, 3, 1]},
        {"source_sop_instance_uids": [2], "combine_segments": True},
        {"source_sop_instance_uids": [5, 2], "segment_numbers": [2, 3], "relabel": True},
        {"source_sop_instance_uids": [1], "rescale_fractional": False, "dtype": np.uint16},
    ],
    "get_pixels_by_dimension_index_values": [
        {"dimension_index_values": [[1], [2]]},
        {"dimension_index_values": [[2]], "dimension_index_pointers": [0x00200032]},
        {"dimension_index_values": [[99]], "combine_segments": True},
        {"dimension_index_values": [[99]]},
    ],
}


def attempt(function, arguments):
    """Array of a call, or that it raised."""
    try:
        found = function(**arguments)
    except (ValueError, KeyError, IndexError, RuntimeError) as error:
        return type(error).__name__, None
    return "", np.asarray(getattr(found, "array", found))


@pytest.mark.parametrize("writer", ["ours", "theirs"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", READS)
def test_the_same_call_reads_the_same(method, kind, writer, tmp_path):
    images = phantom.ct_series(*SHAPE, variant="unsorted")
    make(one_side(writer), images, organ_labels(*SHAPE), kind).save_as(tmp_path / "a.dcm")
    sides = [one_side(which)["read"](tmp_path / "a.dcm") for which in ("ours", "theirs")]
    for call in READS[method]:
        arguments = dict(call)
        if "source_sop_instance_uids" in arguments:
            uids = [images[i].SOPInstanceUID for i in arguments["source_sop_instance_uids"]]
            arguments["source_sop_instance_uids"] = uids
        for lenient in (False, True):
            if method != "get_volume":
                arguments["assert_missing_frames_are_empty"] = lenient
            (our_error, ours), (their_error, theirs) = (
                attempt(getattr(side, method), arguments) for side in sides
            )
            assert bool(our_error) == bool(their_error), (call, our_error, their_error)
            if not our_error:
                assert ours.dtype == theirs.dtype, call
                assert np.array_equal(ours, theirs), call


@pytest.mark.parametrize("kind", KINDS)
def test_queries_answer_the_same(kind, tmp_path):
    images = phantom.ct_series(*SHAPE)
    make(one_side("ours"), images, organ_labels(*SHAPE), kind).save_as(tmp_path / "a.dcm")
    ours, theirs = (one_side(which)["read"](tmp_path / "a.dcm") for which in ("ours", "theirs"))
    for name in (
        "is_tiled",
        "number_of_frames",
        "dimension_index_pointers",
        "segmentation_type",
        "segmentation_fractional_type",
        "coordinate_system",
    ):
        one, other = getattr(ours, name), getattr(theirs, name)
        assert getattr(one, "value", one) == getattr(other, "value", other)
    assert ours.segment_numbers == list(theirs.segment_numbers)
    assert ours.get_default_dimension_index_pointers() == (
        theirs.get_default_dimension_index_pointers()
    )
    assert ours.get_source_image_uids() == theirs.get_source_image_uids()
    for asked in (
        {"segment_label": "Segment 2"},
        {"tracking_id": "item 3"},
        {"segmented_property_type": ik.codes.SCT.Liver},
        {"segmented_property_type": ik.codes.SCT.Heart},
        {"algorithm_type": "AUTOMATIC", "tracking_uid": "2.25.1"},
    ):
        found = [n for n in theirs.get_segment_numbers(**asked) if n]
        assert ours.get_segment_numbers(**asked) == found
    assert sorted(ours.get_tracking_ids()) == sorted(theirs.get_tracking_ids())
    one, other = ours.get_volume_geometry(), theirs.get_volume_geometry()
    assert np.allclose(one.affine, other.affine, atol=1e-4)
    assert one.spatial_shape == other.spatial_shape
    for frame in (1, ours.number_of_frames):
        assert ours.get_raw_frame(frame) == theirs.get_raw_frame(frame)
        assert np.array_equal(ours.get_stored_frame(frame), theirs.get_stored_frame(frame))
        assert np.array_equal(ours.get_frame(frame), theirs.get_frame(frame))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tile_size", [None, (16, 24)])
def test_slides_are_the_same(kind, tile_size, tmp_path):
    slide = phantom.slide_image(70, 90, 32)
    matrix = np.zeros((1, 70, 90), np.uint8)
    matrix[0, 30:66, 5:80], matrix[0, 10:20, 70:] = 1, 2
    made = [
        make(one_side(w), [slide], matrix, kind, 2, tile_pixel_array=True, tile_size=tile_size)
        for w in ("ours", "theirs")
    ]
    assert made[0].number_of_frames == made[1].number_of_frames
    for index, seg in enumerate(made):
        seg.save_as(tmp_path / f"{index}.dcm")
        for which in ("ours", "theirs"):
            read = one_side(which)["read"](tmp_path / f"{index}.dcm")
            found = read.get_total_pixel_matrix(combine_segments=True)
            assert np.array_equal(found, matrix[0])
            part = read.get_total_pixel_matrix(20, 60, 11, -7)
            masks = np.stack([matrix[0] == 1, matrix[0] == 2], axis=-1)
            assert np.array_equal(part, masks[19:59, 10:-7])


def test_pyramids_have_the_same_levels():
    slide = phantom.slide_image(70, 90, 32)
    matrix = np.zeros((1, 70, 90), np.uint8)
    matrix[0, 30:66, 5:80] = 1
    levels = []
    for which in ("ours", "theirs"):
        side = one_side(which)
        arguments = ("2.25.3", 1, "Maker", "Model", "1.0", "77")
        levels.append(
            side["pyramid"](
                [slide], [matrix], "BINARY", describe(side, 1), *arguments, downsample_factors=[2]
            )
        )
    for one, other in zip(*levels, strict=True):
        for keyword in ("TotalPixelMatrixRows", "TotalPixelMatrixColumns", "Rows", "Columns"):
            assert one[keyword].value == other[keyword].value
        spacing = [
            seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing
            for seg in (one, other)
        ]
        assert np.allclose(spacing[0], spacing[1])


@pytest.mark.parametrize("system", ["PATIENT", "SLIDE", None])
@pytest.mark.parametrize("include", [False, True])
def test_dimension_indices_are_the_same(system, include):
    ours, theirs = (one_side(w)["dimensions"](system, include) for w in ("ours", "theirs"))
    assert [i.DimensionIndexPointer for i in ours] == [i.DimensionIndexPointer for i in theirs]
    assert ours.get_index_keywords() == theirs.get_index_keywords()
    for keyword in ours.get_index_keywords():
        assert ours.get_index_position(keyword) == theirs.get_index_position(keyword)
    if system == "PATIENT":
        values = []
        for which, sequence in (("ours", ours), ("theirs", theirs)):
            position = one_side(which)["position"]
            planes = [position("PATIENT", [1.0, 2.0, z]) for z in (3.0, 9.0, 6.0)]
            values.append(sequence.get_index_values(planes, image_orientation=[1, 0, 0, 0, 1, 0]))
        assert np.array_equal(values[0][0].squeeze(), values[1][0].squeeze())
        assert np.array_equal(values[0][1], values[1][1])


def test_what_raises_there_raises_here():
    images, labels = phantom.ct_series(*SHAPE), organ_labels(*SHAPE)
    for pixels, kind, count, arguments in (
        (labels[:2], "BINARY", 3, {}),
        (labels, "BINARY", 2, {}),
        (labels * 1.5, "BINARY", 3, {}),
        (labels, "NONE", 3, {}),
        (labels, "BINARY", 3, {"transfer_syntax_uid": "1.2.840.10008.1.2.5"}),
        (labels, "FRACTIONAL", 3, {"max_fractional_value": 300}),
        (labels, "BINARY", 3, {"content_label": "lower case"}),
        (labels, "BINARY", 3, {"tile_pixel_array": True}),
    ):
        for which in ("ours", "theirs"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with pytest.raises((ValueError, TypeError)):
                    make(one_side(which), images, pixels, kind, count, **arguments)
