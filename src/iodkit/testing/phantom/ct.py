"""The phantom as a series of CT images (PS3.3 A.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import CTImageStorage

from iodkit.elements import to_decimal_string
from iodkit.testing.phantom.anatomy import sample
from iodkit.testing.phantom.attributes import common_attributes, fixed_uid
from iodkit.testing.phantom.stack import VARIANTS, PhantomStack, make_stack

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["VARIANTS", "ct_arrays", "ct_series", "describe_ct_pixels", "stored_pixels"]

INTERCEPT = -1024


def ct_arrays(
    planes: int = 32, rows: int = 128, columns: int = 128, *, variant: str = "axial"
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Compute attenuation and labels of the phantom.

    Parameters
    ----------
    planes, rows, columns : int, optional
        Number and size of the planes.
    variant : str, optional
        One of :data:`VARIANTS`.

    Returns
    -------
    hu : numpy.ndarray
        Attenuation in Hounsfield units, shape (planes, rows, columns), in the order in which
        :func:`ct_series` gives the images.
    labels : numpy.ndarray
        Numbers of :data:`iodkit.testing.phantom.SEGMENTS`, 0 outside of them, same shape.
    """
    stack = make_stack(variant, planes, rows, columns)
    return sample(stack.points(), edge=stack.pixel_spacing)


def ct_series(
    planes: int = 32, rows: int = 128, columns: int = 128, *, variant: str = "axial"
) -> list[Dataset]:
    """Make a series of CT images of the phantom.

    Parameters
    ----------
    planes, rows, columns : int, optional
        Number and size of the planes.
    variant : str, optional
        One of :data:`VARIANTS`: ``"axial"``, ``"sagittal"``, ``"coronal"``, ``"oblique"``;
        ``"tilted"`` by the gantry; ``"gapped"``, one plane missing; ``"duplicated"``, each
        position twice; ``"unsorted"``, in no order.

    Returns
    -------
    list[pydicom.Dataset]
        One image for each plane, with the attributes of the CT Image IOD, labelled synthetic.
    """
    stack = make_stack(variant, planes, rows, columns)
    hu, _ = sample(stack.points(), edge=stack.pixel_spacing)
    series = f"{variant} {planes} x {rows} x {columns}"
    return [_ct_image(stack, series, index, plane) for index, plane in enumerate(hu)]


def describe_ct_pixels(dataset: Dataset, rows: int, columns: int) -> None:
    """Write the attributes of 12-bit CT pixels (PS3.3 C.7.6.3, C.8.2.1).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset that receives the attributes.
    rows, columns : int
        Size of the image.
    """
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows = rows
    dataset.Columns = columns
    dataset.BitsAllocated = 16
    dataset.BitsStored = 12
    dataset.HighBit = 11
    dataset.PixelRepresentation = 0


def _ct_image(stack: PhantomStack, series: str, index: int, hu: NDArray[Any]) -> Dataset:
    ds = common_attributes(CTImageStorage, "CT", series, index + 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.BodyPartExamined = "CHEST"
    ds.SliceThickness = to_decimal_string(stack.slice_spacing)
    ds.KVP = "120"
    ds.GantryDetectorTilt = to_decimal_string(stack.gantry_tilt)
    ds.PatientPosition = "HFS"
    ds.FrameOfReferenceUID = fixed_uid("frame of reference")
    ds.PositionReferenceIndicator = ""
    ds.AcquisitionNumber = 1
    ds.ImagePositionPatient = [to_decimal_string(v) for v in stack.positions[index]]
    ds.ImageOrientationPatient = [to_decimal_string(v) for v in stack.orientation]
    ds.PixelSpacing = [to_decimal_string(stack.pixel_spacing)] * 2
    describe_ct_pixels(ds, stack.rows, stack.columns)
    ds.WindowCenter, ds.WindowWidth = "40", "400"
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = str(INTERCEPT), "1", "HU"
    ds.add_new(0x7FE00010, "OW", stored_pixels(hu).tobytes())
    return ds


def stored_pixels(hu: NDArray[Any]) -> NDArray[np.uint16]:
    """Turn Hounsfield units into the values that are stored.

    Parameters
    ----------
    hu : numpy.ndarray
        Hounsfield units.

    Returns
    -------
    numpy.ndarray
        Stored values, type uint16, of the same shape.
    """
    return np.clip(hu.astype(np.int32) - INTERCEPT, 0, 4095).astype("<u2")
