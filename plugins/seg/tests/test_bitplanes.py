import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from iodkit_seg.encoding.bitplanes import bit_pieces, frame_bits, label_bits, mask_bits

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 11), st.integers(1, 9))


def plain_bits(frames, pixels):
    """The plainest way: all bits behind each other, then eight to a byte."""
    bits = np.concatenate([f.reshape(-1) for f in frames]).astype(np.uint8)
    assert len(bits) == len(frames) * pixels
    return np.packbits(bits, bitorder="little").tobytes()


def join(bits_of, planes, segments, pixels):
    found = {(f.segment, f.plane): f for p in range(planes) for f in bits_of(p)}
    order = [(s, p) for s in range(segments) for p in range(planes)]
    return b"".join(bit_pieces([found.get(key) for key in order], pixels)), found


@settings(deadline=None, max_examples=80)
@given(st.data(), SHAPES, st.sampled_from([np.uint8, np.uint16]))
def test_labels_give_the_same_bytes_as_the_plain_way(data, shape, dtype):
    highest = 255 if dtype is np.uint8 else 65535
    numbers = data.draw(
        st.lists(st.integers(1, highest), min_size=1, max_size=4, unique=True).map(sorted)
    )
    labels = data.draw(hnp.arrays(dtype, shape, elements=st.sampled_from([0, *numbers])))
    pixels = shape[1] * shape[2]
    value, found = join(label_bits(labels, numbers), shape[0], len(numbers), pixels)
    masks = [labels[p] == n for n in numbers for p in range(shape[0])]
    assert value == plain_bits(masks, pixels)
    assert len(found) == sum(bool(m.any()) for m in masks)
    for (segment, plane), frame in found.items():
        mask = masks[segment * shape[0] + plane]
        assert np.array_equal(frame_bits(frame, pixels), mask.reshape(-1))


@settings(deadline=None, max_examples=50)
@given(st.data(), SHAPES, st.integers(1, 4))
def test_masks_give_the_same_bytes_as_the_plain_way(data, shape, segments):
    masks = data.draw(hnp.arrays(bool, (*shape, segments)))
    pixels = shape[1] * shape[2]
    value, _ = join(mask_bits(masks), shape[0], segments, pixels)
    frames = [masks[p, ..., s] for s in range(segments) for p in range(shape[0])]
    assert value == plain_bits(frames, pixels)


def test_a_view_that_is_not_contiguous():
    labels = np.arange(2 * 16 * 24, dtype=np.uint8).reshape(2, 16, 24)[:, ::-1, ::2] % 3
    value, _ = join(label_bits(labels, [1, 2]), 2, 2, 16 * 12)
    assert value == plain_bits([labels[p] == n for n in (1, 2) for p in range(2)], 16 * 12)


@pytest.mark.parametrize("corner", [(0, 0), (15, 15)])
def test_one_pixel_in_a_corner(corner):
    labels = np.zeros((1, 16, 16), np.uint8)
    labels[0][corner] = 7
    (frame,) = label_bits(labels, [7])(0)
    assert len(frame.packed) == 1
    assert np.flatnonzero(frame_bits(frame, 256)).tolist() == [corner[0] * 16 + corner[1]]
    assert b"".join(bit_pieces([frame], 256)) == plain_bits([labels[0] == 7], 256)
