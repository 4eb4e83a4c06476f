"""Deterministic inputs: CT headers with geometry, and label maps of ellipsoids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.testing.phantom.attributes import common_attributes, fixed_uid
from iodkit.testing.phantom.ct import describe_ct_pixels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2"


def ct_headers(folder: Path, planes: int, rows: int, columns: int, *, pixels: bool) -> list[Path]:
    """Write a CT series, with or without pixels, once."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{index:04}.dcm" for index in range(planes)]
    if all(path.exists() for path in paths):
        return paths
    rng = np.random.default_rng(1)
    name = f"bench {planes} x {rows} x {columns}"
    for index, path in enumerate(paths):
        ds = common_attributes(CT_IMAGE_STORAGE, "CT", name, index + 1)
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.FrameOfReferenceUID = fixed_uid("bench")
        ds.PositionReferenceIndicator = ""
        ds.ImagePositionPatient = [-192.0, -190.5, round(-300 + 1.25 * index, 4)]
        ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        ds.PixelSpacing = [0.75, 0.75]
        ds.SliceThickness = "1.25"
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
        describe_ct_pixels(ds, rows, columns)
        if pixels:
            values = rng.integers(0, 4096, (rows, columns), dtype=np.uint16)
            ds.add_new(0x7FE00010, "OW", values.tobytes())
        ds.save_as(path, enforce_file_format=True)
    return paths


def ellipsoids(planes: int, rows: int, columns: int, segments: int) -> NDArray[np.uint8]:
    """Make a label map of ellipsoids, each over a part of the planes."""
    rng = np.random.default_rng(segments)
    shape = np.array([planes, rows, columns])
    radius = (0.18, 0.28) if segments <= 20 else (0.06, 0.14)
    labels = np.zeros(shape, np.uint8)
    for number in range(1, segments + 1):
        center = rng.uniform(0.15, 0.85, 3) * shape
        size = rng.uniform(*radius, 3) * shape
        low = np.maximum((center - size).astype(int), 0)
        high = np.minimum((center + size).astype(int) + 2, shape)
        axes = np.ogrid[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
        inside = (
            sum(((axis - c) / s) ** 2 for axis, c, s in zip(axes, center, size, strict=True)) < 1
        )
        labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))][inside] = number
    return labels


def plain_headers(paths: list[Path]) -> list[Dataset]:
    """Read the headers with pydicom, fresh each time."""
    from pydicom import dcmread

    return [dcmread(path) for path in paths]
