"""A synthetic ultrasound cine: frames in time, without places in the patient (PS3.3 A.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UltrasoundMultiFrameImageStorage

from iodkit.testing.phantom.attributes import common_attributes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ultrasound_cine"]

_DEPTH = 160.0  # mm
_HALF_ANGLE = np.radians(38.0)
_FRAME_TIME = 40.0  # ms
_BEAT = 800.0  # ms


def ultrasound_cine(frames: int = 10, rows: int = 96, columns: int = 128) -> Dataset:
    """Make a cine of a beating heart in a sector scan.

    Parameters
    ----------
    frames : int, optional
        Number of frames, 40 ms apart.
    rows, columns : int, optional
        Size of the frames.

    Returns
    -------
    pydicom.Dataset
        Ultrasound multi-frame image, labelled synthetic.
    """
    series = f"cine {frames} x {rows} x {columns}"
    ds = common_attributes(UltrasoundMultiFrameImageStorage, "US", series, 1)
    ds.ImageType = ["DERIVED", "PRIMARY"]
    ds.BodyPartExamined = "HEART"
    ds.PatientOrientation = ""
    ds.NumberOfFrames = frames
    ds.FrameTime = str(_FRAME_TIME)
    ds.FrameIncrementPointer = 0x00181063
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.LossyImageCompression = "00"
    ds.SequenceOfUltrasoundRegions = [_region(rows, columns)]
    content = _frames(frames, rows, columns).tobytes()
    ds.add_new(0x7FE00010, "OB", content + b"\0" * (len(content) % 2))
    return ds


def _region(rows: int, columns: int) -> Dataset:
    """Describe the calibration of the whole frame (PS3.3 C.8.5.5)."""
    region = Dataset()
    region.RegionSpatialFormat = 1  # 2D
    region.RegionDataType = 1  # tissue
    region.RegionFlags = 0
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = columns - 1, rows - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3  # cm
    region.PhysicalDeltaX = region.PhysicalDeltaY = _DEPTH / rows / 10
    return region


def _frames(frames: int, rows: int, columns: int) -> NDArray[np.uint8]:
    y = (np.arange(rows) + 0.5)[:, np.newaxis] * (_DEPTH / rows)
    x = (np.arange(columns) - (columns - 1) / 2) * (_DEPTH / rows)
    radius, angle = np.hypot(x, y), np.arctan2(x, y)
    sector = (np.abs(angle) < _HALF_ANGLE) & (radius < _DEPTH) & (radius > 12)
    noise = np.random.default_rng(23).standard_normal((2, rows, columns))
    # Across the beam resolution is coarser than along it.
    field = sum(np.roll(noise, shift, axis=-1) for shift in (-1, 0, 1)) / np.sqrt(3)
    speckle = 0.8 * np.hypot(field[0], field[1])
    out = np.zeros((frames, rows, columns), np.uint8)
    for number in range(frames):
        squeeze = 1 - 0.16 * (1 - np.cos(2 * np.pi * number * _FRAME_TIME / _BEAT)) / 2
        # Speckle follows the tissue a little, as it does between frames of a real cine.
        moved = np.roll(speckle, round(3 * (1 - squeeze) * rows / 96), axis=0)
        echo = _echo(x, y, squeeze) * moved * (1.1 - 0.45 * radius / _DEPTH)
        out[number] = np.where(sector, np.clip(echo, 0, 255), 0)
    return out


def _echo(x: NDArray[Any], y: NDArray[Any], squeeze: float) -> NDArray[np.float64]:
    """Brightness of the tissue: muscle around two chambers, parted by the septum and valves."""
    wall = np.hypot((x + 4) / (44 * (1 + squeeze) / 2), (y - 84) / 62)
    left = np.hypot((x - 16) / (18 * squeeze), (y - 66) / (32 * squeeze))
    right = np.hypot((x + 22) / (15 * squeeze), (y - 68) / (28 * squeeze))
    atria = np.minimum(
        np.hypot((x - 16) / 17, (y - 122) / 17), np.hypot((x + 22) / 16, (y - 121) / 16)
    )
    echo: NDArray[np.float64] = np.where(wall < 1, 92.0, 58.0)
    echo = np.where(np.abs(wall - 1) < 0.05, 170.0, echo)
    return np.where(np.minimum(np.minimum(left, right), atria) < 1, 9.0, echo)
