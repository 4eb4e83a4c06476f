"""Every image of the packages at hand beside pydicom, SimpleITK, GDCM and highdicom."""

import itertools
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import numpy as np
import pydicom
import pytest
from pydicom.pixels import pixel_array
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_windowing

import iodkit as ik
from corpora import image_files
from iodkit.errors import IodkitError
from transformed import assert_like_highdicom, outcome

pytestmark = pytest.mark.filterwarnings("ignore")
FILES = image_files()
# Big endian: pydicom leaves the bytes of entries as they are, unless the palette is segmented.
UNSWAPPED = ("OBXXXX1A_expb.dcm", "OBXXXX1A_expb_2frame.dcm")
STORED = {"apply_real_world_transform": False, "apply_presentation_lut": False}
# Decoders of lossy JPEG differ by rounding, and in how they enlarge colour differences.
LOSSY = {"1.2.840.10008.1.2.4.50": 5, "1.2.840.10008.1.2.4.51": 1}
# Of larger images the first, the middle and the last frame stand for all.
MANY_PIXELS = 1_000_000
# Of smaller frames each two switches are tried together.
FEW_PIXELS = 20_000


def frame_numbers(dataset):
    """Numbers of the frames to look at."""
    if isinstance(dataset, ik.Image):
        count = dataset.number_of_frames
    else:
        count = int(dataset.get("NumberOfFrames") or 1)
    pixels = count * int(dataset.get("Rows") or 0) * int(dataset.get("Columns") or 0)
    if pixels <= MANY_PIXELS:
        return list(range(1, count + 1))
    return sorted({1, count // 2 + 1, count})


def pixels(path):
    """What pydicom decodes, with a frame axis; None if it does not."""
    try:
        dataset = pydicom.dcmread(path)
        options = {}
        if dataset.file_meta.TransferSyntaxUID in LOSSY:
            # The decoder that we choose: others give other values.
            options["decoding_plugin"] = "pylibjpeg"
        frames = [
            pixel_array(dataset, index=number - 1, **options) for number in frame_numbers(dataset)
        ]
    except Exception:  # noqa: BLE001 - whatever it says
        return None, None
    return dataset, np.stack(frames)


@pytest.mark.parametrize("name", FILES)
def test_stored_values_are_those_of_pydicom(name):
    _, expected = pixels(FILES[name])
    try:
        image = ik.imread(FILES[name])
        found = image.get_stored_frames(frame_numbers(image))
    except IodkitError:
        assert expected is None, f"pydicom decodes {expected.shape}"
        return
    if expected is None:
        pytest.skip("pydicom does not decode it")
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", FILES)
def test_transforms_are_those_of_pydicom(name):
    dataset, stored = pixels(FILES[name])
    if dataset is None:
        pytest.skip("pydicom does not decode it")
    image = ik.imread(FILES[name])
    numbers = frame_numbers(image)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        expected = apply_color_lut(stored, dataset)
        if name in UNSWAPPED:
            expected = expected.byteswap()
        np.testing.assert_array_equal(image.get_frames(numbers, dtype=np.uint16), expected)
        return
    if dataset.SamplesPerPixel > 1:
        frames = image.get_frames(numbers, dtype=stored.dtype, apply_icc_profile=False)
        np.testing.assert_array_equal(frames, stored)
        return
    if "PerFrameFunctionalGroupsSequence" in dataset:
        pytest.skip("pydicom does not look into functional groups")
    modality = apply_modality_lut(stored, dataset)
    np.testing.assert_allclose(image.get_frames(numbers, **STORED), modality)
    if not dataset.get("WindowWidth") or "VOILUTSequence" in dataset:
        return
    lowest, highest = limits(dataset)
    windowed = (apply_windowing(modality, dataset) - lowest) / (highest - lowest)
    found = image.get_frames(numbers, apply_voi_transform=True, **STORED)
    np.testing.assert_allclose(found, windowed, atol=1e-9)


ALONE = {
    "apply_real_world_transform": (True, False),
    "apply_modality_transform": (True, False),
    "apply_voi_transform": (None, True),
    "apply_presentation_lut": (False,),
    "apply_palette_color_lut": (True, False),
    "apply_icc_profile": (True, False),
    "dtype": (np.float32, np.uint16, np.int16),
}


def switchings(pixels):
    """Each switch for itself; of small frames each two together; of large ones only some."""
    yield {}
    if pixels > MANY_PIXELS:
        yield from ({"apply_voi_transform": True}, {"apply_modality_transform": False})
        return
    for name, values in ALONE.items():
        yield from ({name: value} for value in values)
    if pixels <= FEW_PIXELS:
        for (one, first), (other, second) in itertools.combinations(ALONE.items(), 2):
            for value, others in itertools.product(first, second):
                yield {one: value, other: others}


# Where highdicom is not followed, and why; pydicom and we agree on all of them.
UNLIKE_HIGHDICOM = {
    "SC_rgb_32bit.dcm": "it refuses colour of 32 bits",
    "SC_rgb_32bit_2frame.dcm": "it refuses colour of 32 bits",
    "SC_rgb_rle_32bit.dcm": "it refuses colour of 32 bits",
    "SC_rgb_rle_32bit_2frame.dcm": "it refuses colour of 32 bits",
    "gdcm-US-ALOKA-16.dcm": "it does not write out segmented palettes",
    "mlut_18.dcm": "it takes bits beyond those stored for a part of the value",
}


def compare_switches(image, theirs):
    """Compare a frame with each choice of switches; some choice must give values."""
    number = frame_numbers(image)[-1]
    atol = LOSSY.get(image.file_meta.TransferSyntaxUID, 1e-6)
    compared = 0
    # They take the one that PS3.3 C.11.2.1.2 subtracts from the width for a step of stored values.
    # pydicom and we agree on these windows.
    scaled = float(image.get("RescaleSlope") or 1) != 1
    for arguments in switchings(int(image.Rows) * int(image.Columns)):
        if scaled and arguments.get("apply_voi_transform", False) is not False:
            continue
        mine = outcome(lambda a=arguments: image.get_frame(number, **a))
        # They want the profile switched off by hand where there is no palette to have colours.
        off = (
            {"apply_icc_profile": False} if not arguments.get("apply_palette_color_lut", 1) else {}
        )
        their = outcome(lambda a=off | arguments: theirs.get_frame(number, **a))
        compared += assert_like_highdicom(mine, their, arguments, atol=atol)
    assert compared


@pytest.mark.referee
@pytest.mark.parametrize("name", FILES)
def test_every_switch_is_that_of_highdicom(name):
    library = pytest.importorskip("highdicom")
    try:
        dataset = pydicom.dcmread(FILES[name])
        theirs = library.Image.from_dataset(dataset, copy=False)
        theirs.get_stored_frame(1)
    except Exception:  # noqa: BLE001 - whatever it says
        pytest.skip("highdicom does not open it")
    image = ik.imread(FILES[name])
    if name not in UNLIKE_HIGHDICOM:
        compare_switches(image, theirs)
        return
    with pytest.raises(AssertionError):
        compare_switches(image, theirs)


def read_with_gdcm(path):
    """Stored values by GDCM, with its photometric interpretation; None if it does not read them."""
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    if not reader.Read():
        return None
    image = reader.GetImage()
    kind = image.GetPixelFormat().GetScalarTypeAsString()
    buffer = image.GetBuffer().encode("utf-8", "surrogateescape")
    if kind == "SINGLEBIT":
        values = np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little")
    else:
        values = np.frombuffer(buffer, np.dtype(kind.lower()))
    samples, meaning = (
        image.GetPixelFormat().GetSamplesPerPixel(),
        image.GetPhotometricInterpretation(),
    )
    if samples > 1 and image.GetPlanarConfiguration() == 1:
        planes = values.reshape(-1, samples, image.GetDimension(0) * image.GetDimension(1))
        values = np.moveaxis(planes, 1, -1).ravel()
    return values, str(meaning)


@pytest.fixture(scope="module")
def apart():
    """Run a function in another process: GDCM may end it."""
    pools = []

    def run(function, *arguments):
        if not pools:
            pools.append(ProcessPoolExecutor(1, get_context("spawn")))
        try:
            return pools[0].submit(function, *arguments).result(60)
        except BrokenProcessPool:
            pools.clear()
        except Exception:  # noqa: BLE001 - whatever it says
            pass
        return None

    yield run
    for pool in pools:
        pool.shutdown()


# Where GDCM is not followed, and why; pydicom and we agree on all of them.
UNLIKE_GDCM = {
    "J2K_pixelrep_mismatch.dcm": "it leaves samples unsigned that the image says are signed",
    "SC_rgb_rle_16bit.dcm": "it takes the segments of RLE for bytes in the other order",
    "SC_rgb_rle_16bit_2frame.dcm": "it takes the segments of RLE for bytes in the other order",
    "SC_rgb_rle_32bit.dcm": "it takes the segments of RLE for bytes in the other order",
    "SC_rgb_rle_32bit_2frame.dcm": "it takes the segments of RLE for bytes in the other order",
    "rtdose_expb.dcm": "it does not swap the bytes of 32-bit values in big endian",
}


@pytest.mark.referee
@pytest.mark.parametrize("name", FILES)
def test_stored_values_are_those_of_gdcm(name, apart):
    pytest.importorskip("gdcm")
    read = apart(read_with_gdcm, FILES[name])
    if read is None:
        pytest.skip("GDCM does not read it")
    values, meaning = read
    try:
        image = ik.imread(FILES[name])
        numbers = frame_numbers(image)
        found = image.get_stored_frames(numbers)
    except IodkitError:
        pytest.skip("there are no pixels that can be decoded")
    if meaning.startswith("YBR") or len(numbers) < image.number_of_frames:
        pytest.skip("GDCM gives luminance and chrominance, or too many frames to compare")
    tolerance = LOSSY.get(image.file_meta.TransferSyntaxUID, 0)
    close = values.size == found.size and np.allclose(found.ravel(), values, rtol=0, atol=tolerance)
    assert close != (name in UNLIKE_GDCM)


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
    "deid_data/ctbrain1.dcm": "it gives luminance and chrominance, white as 255, 128, 128",
    "deid_data/ctbrain2.dcm": "it gives luminance and chrominance, white as 255, 128, 128",
    "rtdose_expb.dcm": "it does not swap the bytes of 32-bit values in big endian",
}


def as_simpleitk(image, numbers, dtype):
    """Our values in the way in which SimpleITK gives them."""
    options = {"apply_icc_profile": False, "apply_real_world_transform": False}
    if image.PhotometricInterpretation == "PALETTE COLOR":
        # Entries of 16 bits become 8, but for segmented palettes.
        return image.get_frames(numbers, dtype=np.uint16, **options) >> (
            8 if dtype == np.uint8 else 0
        )
    if image.get("ModalityLUTSequence"):
        # It knows slopes only.
        options["apply_modality_transform"] = False
    if image.PhotometricInterpretation == "MONOCHROME1":
        # It turns values round, as we do by default.
        return image.get_frames(numbers, **options)
    frames = image.get_frames(numbers, apply_presentation_lut=False, **options)
    return frames * 255 if image.BitsAllocated == 1 else frames


@pytest.mark.referee
@pytest.mark.parametrize("name", FILES)
def test_values_are_those_of_simpleitk(name):
    library = pytest.importorskip("SimpleITK")
    library.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        expected = library.GetArrayFromImage(library.ReadImage(str(FILES[name])))
    except RuntimeError:
        pytest.skip("SimpleITK does not read it")
    try:
        image = ik.imread(FILES[name])
        numbers = frame_numbers(image)
        found = as_simpleitk(image, numbers, expected.dtype)
    except IodkitError:
        pytest.skip("there are no pixels that can be decoded")
    if len(numbers) < image.number_of_frames:
        expected = expected[np.array(numbers) - 1]
    tolerance = LOSSY.get(image.file_meta.TransferSyntaxUID, 0)
    found, expected = np.squeeze(found).astype(float), np.squeeze(expected).astype(float)
    close = found.shape == expected.shape and np.allclose(found, expected, 1e-6, tolerance)
    assert close != (name in UNLIKE_SIMPLEITK)


@pytest.mark.parametrize("frames", ["", "_2frame"])
def test_palettes_in_big_endian_are_those_in_little_endian(frames):
    little, big = (FILES[f"OBXXXX1A{kind}{frames}.dcm"] for kind in ("", "_expb"))
    one, other = (ik.imread(path).get_frames(dtype=np.uint16) for path in (little, big))
    assert one.max() == 0xFF00
    np.testing.assert_array_equal(one, other)
