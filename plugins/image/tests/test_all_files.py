"""Every image at hand beside pydicom and SimpleITK: stored values, modality, window, palette."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_files
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_windowing

import iodkit as ik
from iodkit.errors import IodkitError

pytestmark = pytest.mark.filterwarnings("ignore")
FILES = sorted({str(Path(path)) for path in get_testdata_files() if path.endswith(".dcm")})
# Big endian: pydicom leaves the bytes of entries as they are, unless the palette is segmented.
UNSWAPPED = ("OBXXXX1A_expb.dcm", "OBXXXX1A_expb_2frame.dcm")
STORED = {"apply_real_world_transform": False, "apply_presentation_lut": False}


def name(path):
    return Path(path).name


def pixels(path):
    """What pydicom decodes, with a frame axis; None if it does not."""
    try:
        dataset = pydicom.dcmread(path)
        array = dataset.pixel_array
    except Exception:  # noqa: BLE001 - whatever it says
        return None, None
    single = int(dataset.get("NumberOfFrames") or 1) == 1
    return dataset, array[np.newaxis] if single else array


@pytest.mark.parametrize("path", FILES, ids=name)
def test_stored_values_are_those_of_pydicom(path):
    _, expected = pixels(path)
    try:
        found = ik.imread(path).get_stored_frames()
    except IodkitError:
        assert expected is None, f"pydicom decodes {expected.shape}"
        return
    if expected is None:
        pytest.skip("pydicom does not decode it")
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_transforms_are_those_of_pydicom(path):
    dataset, stored = pixels(path)
    if dataset is None:
        pytest.skip("pydicom does not decode it")
    image = ik.imread(path)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        expected = apply_color_lut(stored, dataset)
        if name(path) in UNSWAPPED:
            expected = expected.byteswap()
        np.testing.assert_array_equal(image.get_frames(dtype=np.uint16), expected)
        return
    if dataset.SamplesPerPixel > 1:
        frames = image.get_frames(dtype=stored.dtype, apply_icc_profile=False)
        np.testing.assert_array_equal(frames, stored)
        return
    if "PerFrameFunctionalGroupsSequence" in dataset:
        pytest.skip("pydicom does not look into functional groups")
    modality = apply_modality_lut(stored, dataset)
    np.testing.assert_allclose(image.get_frames(**STORED), modality)
    if not dataset.get("WindowWidth") or "VOILUTSequence" in dataset:
        return
    lowest, highest = limits(dataset)
    windowed = (apply_windowing(modality, dataset) - lowest) / (highest - lowest)
    found = image.get_frames(apply_voi_transform=True, **STORED)
    np.testing.assert_allclose(found, windowed, atol=1e-9)


def limits(dataset):
    """Ends of the output of pydicom's windows: those of the stored values, rescaled."""
    if dataset.get("ModalityLUTSequence"):
        return 0, 2 ** dataset.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    bits = dataset.BitsStored
    half = 2 ** (bits - 1)
    ends = (-half, half - 1) if dataset.PixelRepresentation else (0, 2 * half - 1)
    slope, intercept = dataset.get("RescaleSlope", 1), dataset.get("RescaleIntercept", 0)
    return tuple(float(end) * float(slope) + float(intercept) for end in ends)


# Where SimpleITK is not followed, and why; pydicom and we agree on all of them.
UNLIKE_SIMPLEITK = {
    "SC_rgb_rle_16bit.dcm": "it takes the segments of RLE for bytes in the other order",
    "SC_rgb_rle_16bit_2frame.dcm": "it takes the segments of RLE for bytes in the other order",
    "SC_rgb_rle_32bit.dcm": "it takes the segments of RLE for bytes in the other order",
    "SC_rgb_rle_32bit_2frame.dcm": "it takes the segments of RLE for bytes in the other order",
    "rtdose_expb.dcm": "it does not swap the bytes of 32-bit values in big endian",
}
# Decoders of lossy JPEG differ by rounding, and in how they enlarge colour differences.
LOSSY = {"1.2.840.10008.1.2.4.50": 5, "1.2.840.10008.1.2.4.51": 1}


def as_simpleitk(image, dtype):
    """Our values in the way in which SimpleITK gives them."""
    options = {"apply_icc_profile": False, "apply_real_world_transform": False}
    if image.PhotometricInterpretation == "PALETTE COLOR":
        # Entries of 16 bits become 8, but for segmented palettes.
        return image.get_frames(dtype=np.uint16, **options) >> (8 if dtype == np.uint8 else 0)
    if image.get("ModalityLUTSequence"):
        # It knows slopes only.
        options["apply_modality_transform"] = False
    if image.PhotometricInterpretation == "MONOCHROME1":
        # It turns values round, as we do by default.
        return image.get_frames(**options)
    frames = image.get_frames(apply_presentation_lut=False, **options)
    return frames * 255 if image.BitsAllocated == 1 else frames


@pytest.mark.referee
@pytest.mark.parametrize("path", FILES, ids=name)
def test_values_are_those_of_simpleitk(path):
    library = pytest.importorskip("SimpleITK")
    library.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        expected = library.GetArrayFromImage(library.ReadImage(path))
    except RuntimeError:
        pytest.skip("SimpleITK does not read it")
    try:
        image = ik.imread(path)
        found = as_simpleitk(image, expected.dtype)
    except IodkitError:
        pytest.skip("there are no pixels that can be decoded")
    tolerance = LOSSY.get(image.file_meta.TransferSyntaxUID, 0)
    found, expected = np.squeeze(found).astype(float), np.squeeze(expected).astype(float)
    close = found.shape == expected.shape and np.allclose(found, expected, 1e-6, tolerance)
    assert close != (name(path) in UNLIKE_SIMPLEITK)


@pytest.mark.parametrize("frames", ["", "_2frame"])
def test_palettes_in_big_endian_are_those_in_little_endian(frames):
    little, big = (
        next(path for path in FILES if name(path) == f"OBXXXX1A{kind}{frames}.dcm")
        for kind in ("", "_expb")
    )
    one, other = (ik.imread(path).get_frames(dtype=np.uint16) for path in (little, big))
    assert one.max() == 0xFF00
    np.testing.assert_array_equal(one, other)
