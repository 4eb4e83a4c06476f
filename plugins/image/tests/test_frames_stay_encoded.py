"""What images say of their frames comes from columns: the sequences are never taken apart."""

import contextlib

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataelem import RawDataElement

import iodkit
from iodkit.errors import IodkitError
from iodkit.frames import FunctionalGroups
from iodkit.io import encode_file, join_pieces
from iodkit.testing import phantom

PER_FRAME, SHARED = 0x52009230, 0x52009229


def mapping(label, slope):
    unit = Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "1", "UCUM", "no units"
    item = Dataset()
    item.LUTLabel, item.LUTExplanation = label, label
    item.add_new("RealWorldValueFirstValueMapped", "SS", -2000)
    item.add_new("RealWorldValueLastValueMapped", "SS", 4000)
    item.RealWorldValueSlope, item.RealWorldValueIntercept = slope, 0.0
    item.MeasurementUnitsCodeSequence = [unit]
    return item


def windowed():
    """Give a multi-frame image whose frames have windows and mappings of their own."""
    ds = phantom.enhanced_ct(4, 16, 16)
    n = int(ds.NumberOfFrames)
    frames = iodkit.read(join_pieces(encode_file(ds))).frames
    groups = FunctionalGroups(n)
    groups.set("PlanePositionSequence.ImagePositionPatient", frames.positions)
    groups.set("PlaneOrientationSequence.ImageOrientationPatient", frames.orientations)
    groups.set("PixelMeasuresSequence.PixelSpacing", frames.pixel_spacings)
    groups.set("FrameContentSequence.DimensionIndexValues", frames.dimension_index_values)
    groups.set("FrameVOILUTSequence.WindowCenter", [40.0, 50.0, 60.0, 70.0])
    groups.set("FrameVOILUTSequence.WindowWidth", [400.0] * n)
    groups.set("PixelValueTransformationSequence.RescaleSlope", [1.0, 2.0, 1.0, 2.0])
    groups.set("PixelValueTransformationSequence.RescaleIntercept", [0.0] * n)
    maps = [mapping("a", 2.0), mapping("b", 3.0)]
    groups.set_items("RealWorldValueMappingSequence", maps, [0, 1, 0, 1])
    groups.attach(ds)
    return ds


IMAGES = {
    "windowed": windowed,
    "plain": lambda: phantom.enhanced_ct(4, 16, 16),
    "tiled": lambda: phantom.slide_image(64, 48, 16, organization="TILED_SPARSE"),
}
USES = {
    "frames": lambda image: repr(image.frames) + str(image.frames.to_dict()),
    "one frame": lambda image: image.get_frame(2),
    "stored frames": lambda image: image.get_stored_frames(),
    "real-world values": lambda image: image.get_frames(apply_real_world_transform=True),
    "modality values": lambda image: image.get_frames(apply_real_world_transform=False),
    "windows": lambda image: image.get_frames(
        apply_real_world_transform=False, apply_voi_transform=True
    ),
    "volume": lambda image: image.get_volume(),
    "geometry": lambda image: image.get_volume_geometry(),
    "matrix": lambda image: image.get_total_pixel_matrix(),
    "raw frame": lambda image: image.get_raw_frame(1),
    "thumbnail": lambda image: image.thumbnail(),
    "description": lambda image: str(image.describe_frames()),
    "uniqueness": lambda image: image.are_dimension_indices_unique(image.dimension_index_pointers),
    "sources": lambda image: image.get_source_image_uids(),
    "lazy array": lambda image: np.asarray(image.to_lazy_array()),
    "dimensions": lambda image: image.dimension_index_pointers,
}


IMPOSSIBLE = {
    ("plain", "real-world values"),
    ("plain", "matrix"),
    ("windowed", "matrix"),
    ("tiled", "real-world values"),
    ("tiled", "windows"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", IMAGES)
def test_sequences_are_not_taken_apart(kind, use):
    image = iodkit.read(join_pieces(encode_file(IMAGES[kind]())))
    impossible = (kind, use) in IMPOSSIBLE
    with pytest.raises(IodkitError) if impossible else contextlib.nullcontext():
        USES[use](image)
    for tag in (PER_FRAME, SHARED):
        assert isinstance(image._dict[tag], RawDataElement)


def test_each_frame_has_its_own_window_and_mapping():
    image = iodkit.read(join_pieces(encode_file(windowed())))
    stored = image.get_stored_frames().astype(float)
    real = image.get_frames(apply_real_world_transform=True)
    factors = np.array([2.0, 3.0, 2.0, 3.0])[:, None, None]
    np.testing.assert_allclose(real, stored * factors)
    modality = stored * np.array([1.0, 2.0, 1.0, 2.0])[:, None, None]
    center = np.array([40.0, 50.0, 60.0, 70.0])[:, None, None]
    shown = image.get_frames(apply_real_world_transform=False, apply_voi_transform=True)
    expected = np.clip((modality - (center - 0.5)) / 399 + 0.5, 0, 1)
    np.testing.assert_allclose(shown, expected, atol=1e-6)
