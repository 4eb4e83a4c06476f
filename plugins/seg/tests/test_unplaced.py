"""Segmentations of images without a frame of reference: radiographs, cines, photographs."""

import numpy as np
import pytest
from pydicom import dcmread

import iodkit as ik
from iodkit.errors import InvalidValueError
from iodkit.testing import phantom
from iodkit_seg import Segmentation, segread
from referees import assert_valid
from segments import EQUIPMENT, descriptions

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def sources(name):
    if name == "radiograph":
        return [phantom.chest_xray(40, 36)]
    return [phantom.ultrasound_cine(6, 30, 35)]


def masks(images):
    frames = int(images[0].get("NumberOfFrames", 1))
    out = np.zeros((frames, images[0].Rows, images[0].Columns), np.uint8)
    for index in range(frames):
        out[index, 2 + index : 9 + index, 3:20] = 1
        out[index, 20:28, index : index + 4] = 2
    return out


@pytest.mark.referee
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ["radiograph", "cine"])
def test_frames_are_those_of_the_source(kind, name, tmp_path):
    images = sources(name)
    labels = masks(images)
    Segmentation(images, labels, kind, descriptions(2)).save_as(tmp_path / "seg.dcm")
    assert_valid(tmp_path / "seg.dcm")
    seg = segread(tmp_path / "seg.dcm")
    assert "FrameOfReferenceUID" not in seg
    assert "PatientOrientation" in seg
    found = np.zeros_like(labels)
    for index, item in enumerate(dcmread(tmp_path / "seg.dcm").PerFrameFunctionalGroupsSequence):
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        assert source.ReferencedSOPInstanceUID == images[0].SOPInstanceUID
        assert source.SpatialLocationsPreserved == "YES"
        place = int(source.get("ReferencedFrameNumber", 1)) - 1
        frame = seg.get_stored_frame(index, as_index=True)
        if kind != "LABELMAP":
            number = item.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            frame = (frame != 0) * np.uint8(number)
        found[place] += frame
        values = item.FrameContentSequence[0].DimensionIndexValues
        assert np.atleast_1d(values)[-1] == place + 1
    assert np.array_equal(found, labels)


def test_a_cine_has_time_as_its_dimension():
    images = sources("cine")
    seg = Segmentation(images, masks(images), "BINARY", descriptions(2))
    pointers = [item.DimensionIndexPointer for item in seg.DimensionIndexSequence]
    assert pointers == [0x0062000B, 0x00209128]
    content = seg.PerFrameFunctionalGroupsSequence[3].FrameContentSequence[0]
    assert content.TemporalPositionIndex == 4


def test_what_needs_a_place_is_refused():
    images = sources("radiograph")
    volume = ik.Volume(masks(images), np.eye(4), "PATIENT")
    with pytest.raises(InvalidValueError, match="patient coordinate system"):
        Segmentation(images, volume, "BINARY", descriptions(2))
    with pytest.raises(InvalidValueError, match="organisation"):
        Segmentation(
            images, masks(images), "BINARY", descriptions(2), dimension_organization_type="3D"
        )
    with pytest.raises(ik.GeometryError):
        Segmentation(images, masks(images), "BINARY", descriptions(2)).get_volume()
