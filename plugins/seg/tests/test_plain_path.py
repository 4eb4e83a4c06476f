"""What is fast gives what the plainest way gives, for generated segmentations of every kind.

The plain way: pydicom's pixel array, and one pass over the items of the functional groups.
"""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset

import iodkit as ik
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from iodkit_seg.encoding.masks import OverlappingSegmentsError
from segments import EQUIPMENT, descriptions

KINDS = ["BINARY", "FRACTIONAL", "LABELMAP"]
FAST = settings(deadline=None, max_examples=10)


def dataset(seg):
    buffer = io.BytesIO()
    with ik.defaults(equipment=EQUIPMENT):
        seg.save_as(buffer)
    return dcmread(io.BytesIO(buffer.getvalue())), segread(buffer.getvalue())


def plain_frames(plain: Dataset):
    """Stored frames, number of the segment of each, and its source: instance and frame."""
    pixels = plain.pixel_array.reshape(-1, plain.Rows, plain.Columns)
    rows = []
    for item, frame in zip(plain.PerFrameFunctionalGroupsSequence, pixels, strict=True):
        number = None
        if plain.SegmentationType != "LABELMAP":
            number = int(item.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        place = (str(source.ReferencedSOPInstanceUID), int(source.get("ReferencedFrameNumber", 1)))
        rows.append((frame, number, place))
    return rows


def plain_masks(plain, places, numbers):
    """Masks of shape (places, rows, columns, segments), by loops."""
    out = np.zeros((len(places), plain.Rows, plain.Columns, len(numbers)), bool)
    for frame, number, place in plain_frames(plain):
        for index, wanted in enumerate(numbers):
            if number is None:
                out[places.index(place), ..., index] |= frame == wanted
            elif number == wanted:
                out[places.index(place), ..., index] |= frame != 0
    return out


@st.composite
def cases(draw):
    """Sources of one kind, and masks that may overlap, be empty, or have one pixel."""
    planes = draw(st.integers(1, 4))
    rows, columns = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    count = draw(st.integers(1, 4))
    source = draw(st.sampled_from(["series", "multiframe", "cine"]))
    if source == "series":
        images = phantom.ct_series(planes, rows, columns, variant="unsorted")
    elif source == "multiframe":
        images = [phantom.enhanced_ct(planes, rows, columns)]
    else:
        images = [phantom.ultrasound_cine(planes, rows, columns)]
    frames = len(images) if source == "series" else planes
    seed = draw(st.integers(0, 2**32 - 1))
    density = draw(st.sampled_from([0.02, 0.3, 0.9]))
    masks = np.random.default_rng(seed).random((frames, rows, columns, count)) < density
    empty = draw(st.sets(st.integers(0, count - 1)))
    masks[..., list(empty)] = False
    masks[draw(st.integers(0, frames - 1)), -1, -1, 0] = True
    return images, masks


def places_of(images):
    return [
        (str(image.SOPInstanceUID), number + 1)
        for image in images
        for number in range(int(image.get("NumberOfFrames", 1)))
    ]


@FAST
@given(cases(), st.sampled_from(["BINARY", "FRACTIONAL"]), st.booleans())
def test_stacked_masks(case, kind, omit):
    images, masks = case
    with ik.defaults(equipment=EQUIPMENT):
        seg = Segmentation(
            images, masks, kind, descriptions(masks.shape[3]), omit_empty_frames=omit
        )
    plain, back = dataset(seg)
    numbers, places = list(range(1, masks.shape[3] + 1)), places_of(images)
    assert np.array_equal(plain_masks(plain, places, numbers), masks)
    assert plain.SegmentsOverlap == ("YES" if (masks.sum(axis=-1) > 1).any() else "NO")
    for order in (numbers, numbers[::-1]):
        found = by_source(back, images, segment_numbers=order)
        assert np.array_equal(found != 0, masks[..., [n - 1 for n in order]])
    highest = (masks * np.array(numbers)).max(axis=-1)
    combined = by_source(back, images, combine_segments=True, skip_overlap_checks=True)
    assert np.array_equal(combined, highest)
    if plain.SegmentsOverlap == "YES":
        with pytest.raises(OverlappingSegmentsError):
            by_source(back, images, combine_segments=True)


@FAST
@given(cases(), st.sampled_from(KINDS), st.data())
def test_label_maps(case, kind, data):
    images, masks = case
    count = masks.shape[3]
    numbers = list(range(1, count + 1))
    if kind == "LABELMAP":
        wide = data.draw(st.booleans())
        numbers = sorted(
            data.draw(
                st.sets(st.integers(1, 65535 if wide else 255), min_size=count, max_size=count)
            )
        )
    labels = (masks * np.array(numbers)).max(axis=-1).astype(np.uint16)
    made = descriptions(count)
    for item, number in zip(made, numbers, strict=True):
        item.SegmentNumber = number
    with ik.defaults(equipment=EQUIPMENT):
        seg = Segmentation(images, labels, kind, made)
    plain, back = dataset(seg)
    expected = np.stack([labels == n for n in numbers], axis=-1)
    assert np.array_equal(plain_masks(plain, places_of(images), numbers), expected)
    assert np.array_equal(by_source(back, images, combine_segments=True), labels)
    assert np.array_equal(by_source(back, images) != 0, expected)
    chosen = data.draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True))
    relabelled = by_source(
        back, images, combine_segments=True, relabel=True, segment_numbers=chosen
    )
    table = np.zeros(65536, np.uint16)
    table[chosen] = np.arange(1, len(chosen) + 1)
    assert np.array_equal(relabelled, table[labels])


def by_source(seg, images, **asked):
    asked["assert_missing_frames_are_empty"] = True
    if "NumberOfFrames" not in images[0]:
        return seg.get_pixels_by_source_instance([i.SOPInstanceUID for i in images], **asked)
    numbers = range(1, int(images[0].NumberOfFrames) + 1)
    return seg.get_pixels_by_source_frame(images[0].SOPInstanceUID, list(numbers), **asked)


@FAST
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 16),
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.sampled_from(KINDS),
    st.integers(0, 2**32 - 1),
)
def test_tiles(rows, columns, tile, tile_size, kind, seed):
    slide = phantom.slide_image(rows, columns, tile, organization="TILED_SPARSE")
    random = np.random.default_rng(seed)
    matrix = random.integers(0, 3, (1, rows, columns), np.uint8)
    matrix[0, : rows // 2] = 0
    matrix[0, -1, -1] = 1
    with ik.defaults(equipment=EQUIPMENT):
        seg = Segmentation(
            [slide], matrix, kind, descriptions(2), tile_pixel_array=True, tile_size=tile_size
        )
    plain, back = dataset(seg)
    mosaic = np.zeros((rows + tile_size[0], columns + tile_size[1]), np.uint8)
    frames = plain.pixel_array.reshape(-1, *tile_size)
    for item, frame in zip(plain.PerFrameFunctionalGroupsSequence, frames, strict=True):
        place = item.PlanePositionSlideSequence[0]
        top = place.RowPositionInTotalImagePixelMatrix - 1
        left = place.ColumnPositionInTotalImagePixelMatrix - 1
        shown = frame
        if kind != "LABELMAP":
            number = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            shown = (frame != 0) * np.uint8(number)
        mosaic[top : top + tile_size[0], left : left + tile_size[1]] += shown
    assert np.array_equal(mosaic[:rows, :columns], matrix[0])
    first, last = sorted(random.integers(0, rows + 1, 2).tolist())
    if first == last:
        first, last = 0, rows
    part = back.get_total_pixel_matrix(first, last, combine_segments=True, as_indices=True)
    assert np.array_equal(part, matrix[0, first:last])
    stacked = back.get_total_pixel_matrix()
    assert np.array_equal(stacked, np.stack([matrix[0] == 1, matrix[0] == 2], axis=-1))
