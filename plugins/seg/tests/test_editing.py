"""Edits of segmentations: the same as edits of arrays, in a new instance, and nothing else."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import iodkit as ik
from edited import (
    SHAPES,
    TYPES,
    example,
    labelled,
    make,
    masked,
    masks_of,
    new_descriptions,
    saved,
    sources,
)
from iodkit.errors import InvalidValueError
from segments import EQUIPMENT, descriptions

# Objects are small already, and making them costs more than reading a failure.
FEW = settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
KINDS = st.sampled_from(TYPES)
PIXELS, PER_FRAME, SHARED = 0x7FE00010, 0x52009230, 0x52009229


@FEW
@given(labelled(), KINDS, st.data())
def test_removing_is_removing_channels(labels, kind, data):
    labels, count = labels
    seg = make(labels, kind, count)
    before, masks = saved(seg), masks_of(seg)
    dropped = data.draw(st.sets(st.integers(1, count), min_size=1, max_size=count - 1))
    kept = [number for number in range(1, count + 1) if number not in dropped]
    if kind != "LABELMAP" and not masks[..., [n - 1 for n in kept]].any():
        with pytest.warns(ik.errors.IodkitWarning, match="No frame is left"):
            new = seg.without_segments(dropped)
    else:
        new = seg.without_segments(dropped)
    assert np.array_equal(masks_of(new), masks[..., [n - 1 for n in kept]])
    assert [d.segment_label for d in new.segment_descriptions] == [f"Segment {n}" for n in kept]
    assert new.segment_numbers == (kept if kind == "LABELMAP" else list(range(1, len(kept) + 1)))
    assert saved(seg) == before


@FEW
@given(masked(), st.sampled_from(["BINARY", "FRACTIONAL"]), st.randoms())
def test_renumbering_is_a_permutation(masks, kind, random):
    masks, count = masks
    seg = make(masks, kind, count)
    order = list(range(1, count + 1))
    random.shuffle(order)
    new = seg.renumbered(dict(enumerate(order, 1)))
    expected = np.empty_like(masks)
    for old, number in enumerate(order, 1):
        expected[..., number - 1] = masks[..., old - 1]
    assert np.array_equal(masks_of(new), expected)
    for old, number in enumerate(order, 1):
        assert new.get_segment_description(number).segment_label == f"Segment {old}"
    back = new.renumbered({number: old for old, number in enumerate(order, 1)})
    assert np.array_equal(masks_of(back), masks)


@FEW
@given(labelled(), st.data())
def test_labels_of_label_maps_may_have_gaps(labels, data):
    labels, count = labels
    seg = make(labels, "LABELMAP", count)
    size = st.integers(1, 70000)
    new_numbers = data.draw(st.lists(size, min_size=count, max_size=count, unique=True))
    mapping = dict(enumerate(new_numbers, 1))
    if max(new_numbers) > 65535:
        with pytest.raises(InvalidValueError):
            seg.renumbered(mapping)
        return
    new = seg.renumbered(mapping)
    assert int(new.BitsAllocated) == (16 if max(new_numbers) > 255 else 8)
    stored = new.get_stored_frames()
    table = np.array([0, *new_numbers])
    assert np.array_equal(stored, table[seg.get_stored_frames()])
    assert sorted(new.segment_numbers) == sorted(new_numbers)


@FEW
@given(masked(), st.sampled_from(["BINARY", "FRACTIONAL"]), st.data())
def test_merging_is_the_union(masks, kind, data):
    masks, count = masks
    seg = make(masks, kind, count)
    picked = data.draw(
        st.lists(st.integers(1, count), min_size=2, max_size=count, unique=True), label="picked"
    )
    new = seg.with_merged_segments(picked)
    rest = [n for n in range(1, count + 1) if n not in picked[1:]]
    expected = [
        masks[..., [p - 1 for p in picked]].max(axis=-1) if n == picked[0] else masks[..., n - 1]
        for n in rest
    ]
    assert np.array_equal(masks_of(new), np.stack(expected, axis=-1))
    overlap = np.stack(expected, axis=-1).sum(axis=-1).max() > 1
    assert new.SegmentsOverlap == ("YES" if overlap else "NO")


def test_merged_labels_are_one_label():
    seg, labels = example("LABELMAP")
    new = seg.with_merged_segments([3, 1], new_descriptions(1)[0])
    assert new.segment_numbers == [2, 3]
    assert new.get_segment_description(3).segment_label == "New 1"
    wanted = np.where(labels == 1, 3, labels)
    assert np.array_equal(masks_of(new), np.stack([wanted == 2, wanted == 3], axis=-1))


@FEW
@given(masked(), st.sampled_from(["BINARY", "FRACTIONAL"]), st.integers(0, 2**32 - 1))
def test_splitting_divides_a_segment_by_labels(masks, kind, seed):
    masks, count = masks
    masks[0, 0, :2, 0] = 1
    masks[-1, -1, -1, -1] = 1  # all planes are in the volume
    seg = make(masks, kind, count)
    volume = seg.get_volume()
    parts = np.random.default_rng(seed).integers(1, 3, volume.array.shape[:3])
    first = np.argwhere(volume.array[..., 0])[:2]
    parts[tuple(first[0])], parts[tuple(first[1])] = 1, 2
    new = seg.with_split_segment(1, volume.with_array(parts.astype(np.uint8), channels=None))
    assert new.number_of_segments == count + 1
    found = new.get_volume(allow_missing_positions=True)
    expected = np.concatenate(
        [
            volume.array[..., :1] * (parts == 1)[..., None],
            volume.array[..., :1] * (parts == 2)[..., None],
            volume.array[..., 1:],
        ],
        axis=-1,
    )
    same_place = found.match_geometry(volume)
    assert np.array_equal(same_place.array, expected)
    labels = [item.segment_label for item in new.segment_descriptions]
    assert labels[:3] == ["Segment 1 1", "Segment 1 2", "Segment 2"]
    assert len(new.frame_table.sources) == new.number_of_frames


def test_a_split_label_keeps_its_number_for_the_first_part():
    seg, _ = example("LABELMAP")
    volume = seg.get_volume(combine_segments=True)
    left = np.zeros(volume.shape, np.uint8)
    left[:, :, :5] = 1
    items = [*new_descriptions(2)]
    new = seg.with_split_segment(2, left, items)
    assert new.segment_numbers == [1, 2, 3, 4]
    assert [new.get_segment_description(n).segment_label for n in (2, 4)] == ["New 1", "New 2"]
    expected = volume.array.copy()
    expected[(volume.array == 2) & (left == 1)] = 4
    assert np.array_equal(new.get_volume(combine_segments=True).array, expected)


def test_components_are_the_largest_first():
    labels = np.zeros(SHAPES[1], np.uint8)
    labels[0, 0, 0] = 1
    labels[0, 1, 1] = 1
    labels[2:4, 4:8, 4:8] = 1
    seg = make(labels, "BINARY", 1)
    new = seg.with_split_segment(1)
    assert [int(m.sum()) for m in np.moveaxis(masks_of(new), -1, 0)] == [32, 1, 1]
    assert new.number_of_segments == 3
    assert seg.with_split_segment(1, connectivity=2).number_of_segments == 2
    assert seg.with_split_segment(1, in_plane=True).number_of_segments == 4
    with pytest.raises(InvalidValueError, match="connectivity"):
        seg.with_split_segment(1, connectivity=4)


@FEW
@given(labelled(), KINDS, st.data())
def test_cropping_is_slicing_a_volume(labels, kind, data):
    labels, count = labels
    labels[:, -1, -1] = 1
    labels[:, 0, 0] = 1
    seg = make(labels, kind, count)
    volume = seg.get_volume(combine_segments=True)
    ends = []
    for size in volume.shape:
        start = data.draw(st.integers(0, size - 1))
        ends.append((start, data.draw(st.integers(start + 1, size))))
    names = ("slice", "row", "column")
    window = {f"{n}_start": e[0] for n, e in zip(names, ends, strict=True)}
    window |= {f"{n}_end": e[1] for n, e in zip(names, ends, strict=True)}
    part = volume[tuple(slice(*e) for e in ends)]
    new = seg.cropped(**window, as_indices=True)
    found = new.get_volume(combine_segments=True, allow_missing_positions=True)
    assert np.array_equal(found.match_geometry(part).array, part.array)
    assert found.frame_of_reference_uid == volume.frame_of_reference_uid
    moved = part.shape[1:] != volume.shape[1:]
    preserved = set(new.frame_table.sources.spatial_locations_preserved.tolist())
    assert preserved == ({"NO"} if moved else {"YES"})
    assert new.number_of_segments == count


@FEW
@given(masked(), st.sampled_from(["BINARY", "FRACTIONAL"]), st.data())
def test_adding_adds_channels(masks, kind, data):
    masks, count = masks
    split = data.draw(st.integers(1, count - 1))
    if not masks[..., :split].any() or not masks[..., split:].any():
        return
    seg = make(masks[..., :split], kind, split)
    with ik.defaults(equipment=EQUIPMENT):
        new = seg.with_segments(
            masks[..., split:], new_descriptions(count - split), list(sources(masks.shape[:3]))
        )
    assert np.array_equal(masks_of(new), masks)
    assert new.segment_numbers == list(range(1, count + 1))
    assert new.SegmentsOverlap == ("YES" if masks.sum(axis=-1).max() > 1 else "NO")
    assert len({tuple(v) for v in new.frame_table.dimension_index_values.tolist()}) == len(
        new.frame_table
    )


@pytest.mark.parametrize("kind", TYPES)
def test_segments_can_be_added_where_frames_are(kind):
    seg, _labels = example(kind)
    volume = seg.get_volume(combine_segments=True)
    extra = (volume.array == 0) & (np.arange(volume.shape[2]) > 12)
    new = seg.with_segments(volume.with_array(extra), new_descriptions(1))
    assert np.array_equal(new.get_volume(segment_numbers=[4]).array[..., 0] > 0, extra)
    assert np.array_equal(masks_of(new)[..., :3], masks_of(seg))
    assert len(new.frame_table.sources) == new.number_of_frames
    turned = volume.with_array(extra).flip_spatial([0, 2])
    again = seg.with_segments(turned, new_descriptions(1))
    assert np.array_equal(masks_of(again), masks_of(new))


@pytest.mark.parametrize("kind", TYPES)
def test_slices_can_be_added(kind):
    _, labels = example(kind)
    images = list(sources(SHAPES[1]))
    with ik.defaults(equipment=EQUIPMENT):
        part = ik.seg.Segmentation(images[:2], labels[:2], kind, descriptions(3))
        new = part.with_slices(labels[2:], images[2:])
    whole = make(labels, kind, 3)
    assert np.array_equal(masks_of(new, 4), masks_of(whole))
    assert {uid for _, _, uid in whole.get_source_image_uids()} < {
        uid for _, _, uid in new.get_source_image_uids()
    }
    indices = new.frame_table.dimension_index_values[:, -1]
    assert sorted(set(indices.tolist())) == list(range(1, len(set(indices.tolist())) + 1))
    assert np.array_equal(
        new.get_volume(combine_segments=True).array, whole.get_volume(combine_segments=True).array
    )
    with ik.defaults(equipment=EQUIPMENT), pytest.raises(InvalidValueError, match="there already"):
        new.with_slices(labels[2:], images[2:])
