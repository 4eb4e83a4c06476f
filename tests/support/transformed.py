"""Images with every kind of pixel transformation, and every combination of switches."""

import numpy as np
from PIL import ImageCms
from pydicom.dataset import Dataset

from iodkit.errors import IodkitError
from iodkit.testing import phantom
from iodkit_image import VOILUT, ModalityLUT

STORED = np.array([[0, 1, 5, 100], [1000, 2000, 4000, 65535]], np.uint16)
PLAIN = {"RescaleSlope": None, "RescaleIntercept": None, "RescaleType": None}


def image_of(array, **attributes):
    """A grey image with the values of an array."""
    dataset = phantom.ct_series(1, 8, 8)[0]
    for keyword in ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"):
        if keyword in dataset:
            del dataset[keyword]
    dataset.Rows, dataset.Columns = array.shape
    bits = 8 * array.dtype.itemsize
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    dataset.PixelRepresentation = int(array.dtype.kind == "i")
    dataset.PixelData = array.tobytes() + b"\0" * (array.nbytes % 2)
    dataset["PixelData"].VR = "OW"
    for keyword, value in attributes.items():
        if value is None:
            if keyword in dataset:
                del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    return dataset


def profile_bytes(name="sRGB"):
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def real_world(slope=None, intercept=None, entries=None, first=0, last=65535, label="A", unit="mm"):
    item = Dataset()
    item.LUTExplanation, item.LUTLabel = label, label
    item.add_new("RealWorldValueFirstValueMapped", "US", first)
    item.add_new("RealWorldValueLastValueMapped", "US", last)
    if entries is not None:
        item.RealWorldValueLUTData = [float(v) for v in entries]
    else:
        item.RealWorldValueSlope, item.RealWorldValueIntercept = float(slope), float(intercept)
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = unit, "UCUM", unit
    item.MeasurementUnitsCodeSequence = [code]
    return item


IMAGES = {
    "plain": lambda: image_of(STORED, **PLAIN),
    "rescaled": lambda: image_of(STORED, RescaleSlope=2, RescaleIntercept=-1024),
    "fractions": lambda: image_of(STORED, RescaleSlope=0.5, RescaleIntercept=3),
    "signed": lambda: image_of(STORED.view(np.int16), RescaleSlope=1, RescaleIntercept=-5),
    "bytes": lambda: image_of(STORED.astype(np.uint8), **PLAIN),
    "bright": lambda: image_of(
        STORED, PhotometricInterpretation="MONOCHROME1", RescaleSlope=2, RescaleIntercept=-1024
    ),
    "inverse": lambda: image_of(STORED, PresentationLUTShape="INVERSE", **PLAIN),
    "windows": lambda: image_of(
        STORED,
        RescaleSlope=1,
        RescaleIntercept=-1024,
        WindowCenter=[40, 300],
        WindowWidth=[400, 1500],
        WindowCenterWidthExplanation=["soft", "bone"],
    ),
    "sigmoid": lambda: image_of(
        STORED, WindowCenter=40, WindowWidth=400, VOILUTFunction="SIGMOID", **PLAIN
    ),
    "bright window": lambda: image_of(
        STORED,
        WindowCenter=1000,
        WindowWidth=900,
        PhotometricInterpretation="MONOCHROME1",
        **PLAIN,
    ),
    "modality table": lambda: image_of(
        STORED,
        ModalityLUTSequence=[ModalityLUT("US", 0, np.arange(5000, dtype=np.uint16)[::-1])],
        **PLAIN,
    ),
    "bright table": lambda: image_of(
        STORED,
        ModalityLUTSequence=[ModalityLUT("US", 0, np.arange(5000, dtype=np.uint16)[::-1])],
        PhotometricInterpretation="MONOCHROME1",
        **PLAIN,
    ),
    "voi table": lambda: image_of(
        STORED,
        VOILUTSequence=[VOILUT(0, (np.arange(5000, dtype=np.uint16) * 13), "table")],
        **PLAIN,
    ),
    "both": lambda: image_of(
        STORED,
        VOILUTSequence=[VOILUT(0, (np.arange(5000, dtype=np.uint16) * 13), "table")],
        WindowCenter=1000,
        WindowWidth=900,
        **PLAIN,
    ),
    "real world": lambda: image_of(
        STORED,
        RescaleSlope=1,
        RescaleIntercept=-7,
        RealWorldValueMappingSequence=[
            real_world(2, 5),
            real_world(0.5, 1, label="B", unit="cm"),
        ],
    ),
    "real-world table": lambda: image_of(
        STORED.astype(np.uint8),
        RealWorldValueMappingSequence=[real_world(entries=np.arange(256) * 0.5, last=255)],
        **PLAIN,
    ),
    "real-world part": lambda: image_of(
        STORED, RealWorldValueMappingSequence=[real_world(2, 5, first=3, last=100)], **PLAIN
    ),
    "slide": lambda: phantom.slide_image(64, 64, 32),
    "enhanced": lambda: phantom.enhanced_ct(3, 16, 12),
}
SWITCHES = {
    "apply_real_world_transform": (None, True, False),
    "apply_modality_transform": (None, True, False),
    "apply_voi_transform": (False, None, True),
    "apply_presentation_lut": (True, False),
    "dtype": (np.float64, np.float32, np.uint16, np.int32),
}


def outcome(call):
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - what is refused is compared too
        return error


def assert_like_highdicom(mine, their, arguments, *, has_table=False, atol=1e-6):
    """Compare two outcomes; the page on pixels says where we differ on purpose.

    Returns whether both gave values, and these are equal.
    """
    if isinstance(their, Exception):
        # What needs no fraction may be whole.
        windowless = arguments.get("apply_voi_transform") is None and (
            arguments.get("apply_modality_transform") is False
            or arguments.get("apply_real_world_transform") is True
        )
        whole = isinstance(mine, np.ndarray) and mine.dtype.kind in "ui"
        table = isinstance(mine, np.ndarray) and has_table
        assert isinstance(mine, IodkitError) or windowless or whole or table, (arguments, their)
        return False
    if isinstance(mine, IodkitError):
        # They let values wrap around, or cut off fractions.
        assert np.dtype(arguments.get("dtype", np.float64)).kind in "ui", (arguments, mine)
        return False
    assert isinstance(mine, np.ndarray), (arguments, mine)
    assert mine.dtype == their.dtype
    np.testing.assert_allclose(mine, their, rtol=1e-5, atol=atol, err_msg=str(arguments))
    return True
