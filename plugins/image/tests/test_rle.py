"""Decoding of PackBits (PS3.5 G.3): own and installed, of good segments and of broken ones."""

import struct
import tracemalloc
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iodkit.errors import CorruptDataError
from iodkit_image import decode_frame, encode_frame
from iodkit_image.pixels import rle
from iodkit_image.pixels.decoders import imagecodecs_packbits

UID = "1.2.840.10008.1.2.5"
DECODERS = ["own", pytest.param("installed", marks=pytest.mark.skipif(
    find_spec("imagecodecs") is None, reason="imagecodecs is not installed"))]  # fmt: skip


@pytest.fixture(params=DECODERS)
def decoder(request, monkeypatch):
    chosen = None if request.param == "own" else imagecodecs_packbits()
    assert (chosen is None) == (request.param == "own")
    monkeypatch.setattr(rle, "imagecodecs_packbits", lambda: chosen)
    return request.param


def frame_of(segments, rows, columns, bits=8, samples=1):
    """Decode segments that are written by hand."""
    places = [64]
    for segment in segments:
        places.append(places[-1] + len(segment))
    header = struct.pack("<16I", len(segments), *places[:-1], *[0] * (15 - len(segments)))
    color = "RGB" if samples == 3 else "MONOCHROME2"
    data = header + b"".join(segments)
    return decode_frame(data, UID, rows, columns, samples, bits, bits, color, 0, 0)


def plainly(packets):
    """What packets stand for, by the words of PS3.5 G.3.2."""
    out = b""
    for packet in packets:
        head = packet[0]
        if head <= 127:
            out += packet[1 : head + 2]
        elif head >= 129:
            out += packet[1:2] * (257 - head)
    return out


def test_bytes_by_hand(decoder):
    """Literal, run, run of 128, no operation, and the padding of an odd segment."""
    segment = b"\x02abc" + b"\xfez" + b"\x80" + b"\x81q" + b"\x00e"
    found = frame_of([segment + b"\0"], 1, 135)
    assert found.tobytes() == b"abc" + b"zzz" + b"q" * 128 + b"e"


@pytest.mark.parametrize(("bits", "samples"), [(8, 1), (16, 1), (32, 1), (8, 3), (16, 3)])
def test_the_most_significant_byte_comes_first(decoder, bits, samples):
    """PS3.5 G.2: a segment for each byte, samples one after the other."""
    width = bits // 8
    segments = [bytes([0, number + 1]) for number in range(samples * width)]
    found = frame_of(segments, 1, 1, bits, samples).reshape(-1).tolist()
    numbers = iter(range(1, samples * width + 1))
    assert found == [
        int.from_bytes(bytes(next(numbers) for _ in range(width)), "big") for _ in range(samples)
    ]


PACKETS = st.one_of(
    st.binary(min_size=1, max_size=128).map(lambda data: bytes([len(data) - 1]) + data),
    st.tuples(st.integers(129, 255), st.integers(0, 255)).map(bytes),
    st.just(b"\x80"),
)


@settings(deadline=None)
@given(packets=st.lists(PACKETS, min_size=1, max_size=60), beyond=st.binary(max_size=3))
def test_any_packets(packets, beyond):
    wanted = plainly(packets)
    if not wanted:
        return
    data = b"".join(packets) + beyond
    assert bytes(rle._expand(data, len(wanted))[: len(wanted)]) == wanted
    if find_spec("imagecodecs"):
        assert bytes(rle._unpack(data, len(wanted))) == wanted


@pytest.mark.parametrize("columns", [1, 5, 64, 65, 127, 128, 129, 300])
def test_frames_of_every_kind_of_packets(decoder, columns):
    rng = np.random.default_rng(columns)
    noise = rng.integers(0, 65536, (7, columns)).astype(np.uint16)
    for frame in (noise, noise // 16384, np.zeros_like(noise), np.maximum.accumulate(noise, 1)):
        data = encode_frame(frame, UID, 16, 16, "MONOCHROME2")
        found = decode_frame(data, UID, *frame.shape, 1, 16, 16, "MONOCHROME2")
        np.testing.assert_array_equal(found, frame)
        assert found.flags.writeable


@pytest.mark.parametrize("segment", [b"", b"\x80", b"\x05abc", b"\xf0", b"\x03abcd"])
def test_segments_that_end_too_early(decoder, segment):
    with pytest.raises(CorruptDataError, match=r"ends too early.*G\.3\.2"):
        frame_of([segment], 1, 5)


@pytest.mark.parametrize("segment", [b"\x05abcdef", b"\x81a", b"\x04abcde\x81z"])
def test_what_goes_beyond_the_frame_is_cut_off(decoder, segment):
    assert frame_of([segment], 1, 5).tobytes() == plainly([segment])[:5]


def test_few_bytes_take_no_memory_that_the_frame_does_not_need(decoder):
    bomb = b"\x81a" * 400_000
    frame_of([bomb], 1, 100)
    tracemalloc.start()
    frame_of([bomb], 1, 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * len(bomb) < 128 * 400_000
