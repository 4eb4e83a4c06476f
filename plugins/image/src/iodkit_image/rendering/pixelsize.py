"""How large a pixel of a frame is, for scale bars and for the shape of pixels on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.frames import FrameTable

__all__ = ["PixelSize", "pixel_size"]

_CENTIMETRES = 3
_TISSUE = 1


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Size of a pixel.

    Parameters
    ----------
    height, width : float
        Distance between rows and between columns; in mm if `is_known`.
    is_known : bool, optional
        Whether these are lengths; otherwise only their ratio means something.
    note : str, optional
        What kind of length it is, where it is not one in the patient.
    """

    height: float = 1.0
    width: float = 1.0
    is_known: bool = False
    note: str = ""


def pixel_size(image: Dataset, table: FrameTable, index: int) -> PixelSize:
    """Find out how large the pixels of a frame are.

    Parameters
    ----------
    image : pydicom.Dataset
        Image.
    table : FrameTable
        Its frames.
    index : int
        Index of the frame, from 0.

    Returns
    -------
    PixelSize
        From PixelSpacing; else of the one ultrasound region in cm (PS3.3 C.8.5.5); else at the
        detector of a projection (PS3.3 10.7.1.3), which says so; else only the shape of pixels
        (PS3.3 C.7.6.3.1.7).
    """
    height, width = table.pixel_spacings[index].tolist()
    if np.isfinite((height, width)).all() and height > 0 and width > 0:
        return PixelSize(height, width, is_known=True)
    return (
        _of_ultrasound(image)
        or _of_pair(image, "ImagerPixelSpacing", "at the detector")
        or _of_shape(image)
    )


def _of_pair(image: Dataset, keyword: str, note: str) -> PixelSize | None:
    values = image.get(keyword)
    if not values or len(values) != 2 or min(float(v) for v in values) <= 0:
        return None
    return PixelSize(float(values[0]), float(values[1]), is_known=True, note=note)


def _of_ultrasound(image: Dataset) -> PixelSize | None:
    regions = [
        region
        for region in image.get("SequenceOfUltrasoundRegions") or ()
        if region.get("RegionSpatialFormat") == _TISSUE
    ]
    if len(regions) != 1:
        return None
    region = regions[0]
    units = (region.get("PhysicalUnitsXDirection"), region.get("PhysicalUnitsYDirection"))
    x, y = (abs(float(region.get(f"PhysicalDelta{axis}") or 0)) for axis in "XY")
    if units != (_CENTIMETRES, _CENTIMETRES) or not x or not y:
        return None
    return PixelSize(10 * y, 10 * x, is_known=True)


def _of_shape(image: Dataset) -> PixelSize:
    ratio = image.get("PixelAspectRatio")
    if not ratio or len(ratio) != 2 or min(float(v) for v in ratio) <= 0:
        return PixelSize()
    return PixelSize(float(ratio[0]), float(ratio[1]))
