"""The phantom as a projection X-ray, an image without frame of reference (PS3.3 A.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydicom.uid import ComputedRadiographyImageStorage

from iodkit.elements import to_decimal_string
from iodkit.testing.phantom.anatomy import sample
from iodkit.testing.phantom.attributes import common_attributes
from iodkit.testing.phantom.shapes import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["chest_xray"]

_FIELD_OF_VIEW = 400.0
_DEPTHS = np.arange(-130.0, 135.0, 8.0)
_WATER = 0.02  # attenuation of water at the energies of X-ray tubes, 1/mm


def chest_xray(rows: int = 128, columns: int = 128) -> Dataset:
    """Make a computed radiograph of the phantom, seen from the front.

    It has pixel spacing at the detector, and neither position nor orientation in the patient, nor
    a frame of reference.

    Parameters
    ----------
    rows, columns : int, optional
        Size of the image.

    Returns
    -------
    pydicom.Dataset
        Computed radiography image, labelled synthetic.
    """
    spacing = _FIELD_OF_VIEW / max(rows, columns)
    ds = common_attributes(
        ComputedRadiographyImageStorage, "CR", f"projection {rows} x {columns}", 1
    )
    ds.ImageType = ["DERIVED", "PRIMARY"]
    ds.BodyPartExamined = "CHEST"
    ds.ViewPosition = "AP"
    ds.PatientOrientation = ["L", "F"]
    ds.ImagerPixelSpacing = [to_decimal_string(spacing)] * 2
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.WindowCenter, ds.WindowWidth = "2048", "4096"
    ds.add_new(0x7FE00010, "OW", _attenuation(rows, columns, spacing).tobytes())
    return ds


def _attenuation(rows: int, columns: int, spacing: float) -> NDArray[np.uint16]:
    """Sum the attenuation along parallel rays from front to back; bone is bright."""
    x = (np.arange(columns) - (columns - 1) / 2) * spacing
    z = 30 - (np.arange(rows) - (rows - 1) / 2) * spacing
    grid = np.meshgrid(z, _DEPTHS, x, indexing="ij")
    down, depth, across = (part.astype(np.float32) for part in grid)
    hu, _ = sample(Points(across, depth, down), edge=2.0, noise=0.0)
    step = float(_DEPTHS[1] - _DEPTHS[0])
    paths = (np.maximum(hu, -1000) / 1000 + 1).sum(axis=1) * step * _WATER
    return np.clip(np.rint(paths * (4095 / 6)), 0, 4095).astype("<u2")
