"""Segmentations are written and read through columns: no sequence of frames is taken apart."""

import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataelem import RawDataElement

import iodkit
from iodkit.io import encode_file, join_pieces
from iodkit.testing import phantom
from iodkit_seg import Segmentation
from segments import EQUIPMENT, descriptions, organ_labels

PER_FRAME = 0x52009230
SHAPE = (6, 32, 32)
USES = {
    "frames": lambda seg: repr(seg.frames) + str(seg.frames.to_dict()),
    "volume": lambda seg: seg.get_volume(combine_segments=True, skip_overlap_checks=True),
    "one segment": lambda seg: seg.get_volume(segment_numbers=[2]),
    "stored frames": lambda seg: seg.get_stored_frames(),
    "sources": lambda seg: seg.get_source_image_uids(),
    "geometry": lambda seg: seg.get_volume_geometry(),
    "description": lambda seg: str(seg.describe_frames()),
    "dimensions": lambda seg: seg.get_default_dimension_index_pointers(),
    "written again": lambda seg: seg.save_as(io.BytesIO()),
}


def is_encoded(dataset):
    return isinstance(dataset._dict[PER_FRAME], RawDataElement)


@pytest.fixture(scope="module")
def image():
    return join_pieces(encode_file(phantom.enhanced_ct(*SHAPE)))


def make(source, kind):
    with iodkit.defaults(equipment=EQUIPMENT):
        return Segmentation([source], organ_labels(*SHAPE), kind, descriptions())


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
@pytest.mark.parametrize("read", [iodkit.read, lambda data: dcmread(io.BytesIO(data))])
def test_creation_takes_neither_source_nor_result_apart(image, kind, read):
    source = read(image)
    segmentation = make(source, kind)
    assert is_encoded(source)
    assert is_encoded(segmentation)
    assert segmentation.frames.sources.uids == (source.SOPInstanceUID,)


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_reading_takes_nothing_apart(image, kind, use):
    written = io.BytesIO()
    make(iodkit.read(image), kind).save_as(written)
    segmentation = iodkit.read(written.getvalue())
    USES[use](segmentation)
    assert is_encoded(segmentation)
    assert np.isfinite(segmentation.frames.positions).all()
