"""What summaries say of images: pixels, frames, and how these lie in space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import IodkitError
from iodkit.summaries import Section
from iodkit_image.image import Image

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.summaries import Fact

__all__ = ["sections"]


def sections(dataset: Dataset) -> list[Section]:
    """Describe the pixels of an image, and where they lie; nothing is decoded.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Object of any kind.

    Returns
    -------
    list[Section]
        Two sections; none if the object is no image.
    """
    if "Rows" not in dataset or "Columns" not in dataset:
        return []
    image = dataset if isinstance(dataset, Image) else Image.from_dataset(dataset, copy=False)
    return [_pixels(image), Section("Geometry", _geometry(image))]


def _pixels(image: Image) -> Section:
    facts: dict[str, Fact] = {
        "frames": image.number_of_frames,
        "rows": int(image.Rows),
        "columns": int(image.Columns),
    }
    if image.is_tiled:
        facts["total pixel matrix rows"] = int(image.TotalPixelMatrixRows)
        facts["total pixel matrix columns"] = int(image.TotalPixelMatrixColumns)
    try:
        layout = image.frame_store.layout
        facts["type"] = str(layout.dtype)
        facts["bits stored"] = None if layout.is_float else layout.bits_stored
        facts["samples"] = layout.samples_per_pixel
        facts["photometric interpretation"] = layout.photometric_interpretation
    except IodkitError as error:
        facts["problem"] = str(error)
    return Section("Pixels", facts)


def _geometry(image: Image) -> dict[str, Fact]:
    system = image.coordinate_system
    table = image.frame_table
    facts: dict[str, Fact] = {"coordinate system": None if system is None else system.value}
    spacings = np.unique(table.pixel_spacings[~np.isnan(table.pixel_spacings).any(axis=1)], axis=0)
    if len(spacings) == 1:
        facts["pixel spacing (mm)"] = spacings[0].tolist()
    elif len(spacings):
        facts["pixel spacing (mm)"] = f"{len(spacings)} different ones"
    try:
        report = image.describe_frames()
    except IodkitError as error:
        facts["place in space"] = str(error)
        return facts
    facts["planes"] = report.number_of_planes
    facts["spacing between planes (mm)"] = report.spacing
    facts["orientation"] = [round(value, 6) for value in report.orientation.tolist()]
    facts["stack"] = report.describe()
    return facts
