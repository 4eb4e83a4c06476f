"""Images in a store with the interface of S3."""

import pickle

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import ReadError
from iodkit.testing import phantom
from s3 import s3_server

pytestmark = [
    pytest.mark.referee,
    # What the store and its client do at their end is theirs.
    pytest.mark.filterwarnings("ignore"),
]
FRAME = 64 * 64 * 2


@pytest.fixture(scope="module")
def bucket():
    with s3_server() as running:
        yield running


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    target = tmp_path_factory.mktemp("s3") / "image.dcm"
    phantom.enhanced_ct(40, 64, 64).save_as(target, enforce_file_format=True)
    return target


@pytest.fixture
def image(bucket, path):
    address = bucket.put(path)
    return ik.read(ik.io.open_source(address, options=bucket.options))


def test_the_store_sends_the_bytes_that_are_needed(bucket, path, image):
    stored = ik.read(path).get_stored_frames()
    assert 0 < sum(bucket.sent) <= 2 * (path.stat().st_size - 40 * FRAME) + (1 << 17)
    bucket.sent.clear()
    np.testing.assert_array_equal(image.get_stored_frame(7), stored[6])
    assert bucket.sent == [FRAME]
    bucket.sent.clear()
    part = image.get_volume(slice_start=4, slice_end=6, row_start=11, row_end=21)
    assert part.shape == (2, 10, 64)
    assert bucket.sent == [10 * 64 * 2] * 2


def test_images_are_pickled_with_their_address(bucket, path, image):
    packed = pickle.dumps(image)
    assert len(packed) < path.stat().st_size / 2
    bucket.sent.clear()
    twin = pickle.loads(packed)
    assert not bucket.sent
    np.testing.assert_array_equal(twin.get_stored_frame(40), ik.read(path).get_stored_frame(40))
    assert bucket.sent == [FRAME]


def test_what_is_not_there(bucket):
    with pytest.raises(ReadError, match="nothing"):
        ik.io.open_source("s3://bucket/nothing.dcm", options=bucket.options)
