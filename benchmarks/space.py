"""Rows on space: points, order of planes, and turning of volumes."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import Dataset

import iodkit.spatial
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable

PLANE = ([1.0, 2.0, 3.0], [1.0, 0, 0, 0, 1, 0], [0.5, 0.7])
AXIAL = PLANE[1]
SLICES = 10_000

POINTS = {
    "PixelToReference": (2, 2.0),
    "ImageToReference": (2, 2.0),
    "ReferenceToPixel": (3, 2.0),
    "ReferenceToImage": (3, 2.0),
    "PixelToPixel": (2, 2.0),
    "ImageToImage": (2, 2.0),
}


@cache
def points(dimensions: int, *, whole: bool) -> np.ndarray:
    """Make a million points or pixels."""
    values = np.random.default_rng(0).uniform(0, 300, (1_000_000, dimensions))
    return values.astype(np.int64) if whole else values


@cache
def distances() -> np.ndarray:
    """Places of slices along z, in no order."""
    return np.random.default_rng(0).permutation(SLICES) * 0.5


@cache
def places() -> list[list[float]]:
    """Positions of slices."""
    return [[0.0, 0.0, float(z)] for z in distances()]


@cache
def headers() -> list[Dataset]:
    """Make datasets with nothing but their place."""
    datasets = []
    for position in places():
        dataset = Dataset()
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        dataset.FrameOfReferenceUID = "2.25.1"
        dataset.ImagePositionPatient = position
        dataset.ImageOrientationPatient = AXIAL
        dataset.PixelSpacing = [1.0, 1.0]
        datasets.append(dataset)
    return datasets


def _transform(kind: str, side: Any) -> Callable[[], object]:
    arguments = PLANE * 2 if kind in {"PixelToPixel", "ImageToImage"} else PLANE
    transformer = getattr(side, f"{kind}Transformer")(*arguments)
    return partial(transformer, points(POINTS[kind][0], whole=kind.startswith("Pixel")))


def _between_volumes(side: Any) -> Callable[[], object]:
    place = np.diag([1, 2, 3, 1.0])
    moved = np.array([[0.8, -0.6, 0, 5], [0.6, 0.8, 0, 6], [0, 0, 2, 7], [0, 0, 0, 1.0]])
    pair = [side.VolumeGeometry(affine, (300, 300, 300), "PATIENT") for affine in (place, moved)]
    return partial(side.VolumeToVolumeTransformer(*pair), points(3, whole=False))


def _resampled(*, oblique: bool, method: str) -> tuple[Any, Any, str]:
    """Make a volume, the grid to resample it to, and the method."""
    turn = np.eye(3)
    if oblique:
        cosine, sine = np.cos(0.2), np.sin(0.2)
        about_x = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
        turn = about_x @ np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    target = np.eye(4)
    target[:3, :3] = 1.1 * turn
    target[:3, 3] = (3, 2, 1)
    values = np.random.default_rng(0).integers(0, 200, (96, 192, 192))
    dtype = np.float32 if method == "LINEAR" else np.uint8
    volume = iodkit.spatial.Volume(values.astype(dtype), np.diag([2, 0.7, 0.7, 1]), "PATIENT")
    return volume, iodkit.spatial.VolumeGeometry(target, (96, 96, 96), "PATIENT"), method


def _resample_ours(job: tuple[Any, Any, str]) -> object:
    volume, target, method = job
    return volume.resample(target, interpolation=method)


def _resample_scipy(job: tuple[Any, Any, str]) -> object:
    from scipy.ndimage import affine_transform

    volume, target, method = job
    between = volume.inverse_affine @ target.affine
    return affine_transform(
        volume.array,
        between[:3, :3],
        between[:3, 3],
        target.spatial_shape,
        order=1 if method == "LINEAR" else 0,
    )


def _resampling_rows() -> list[Row]:
    """Rows with scipy on the other side: highdicom does not resample."""
    return [
        Row(
            f"space resample {'oblique' if oblique else 'parallel'} {method.lower()} beside scipy",
            1,
            partial(_resampled, oblique=oblique, method=method),
            _resample_ours,
            _resample_scipy,
        )
        for oblique in (False, True)
        for method in ("NEAREST", "LINEAR")
    ]


def _volume_positions(side: Any) -> Callable[[], object]:
    return partial(side.get_volume_positions, places(), AXIAL)


def _sort(side: Any) -> Callable[[], object]:
    return partial(side.sort_datasets, headers())


def _describe(side: Any) -> Callable[[], object]:
    return partial(side.get_series_volume_positions, headers())


def _turn(size: int, side: Any) -> Callable[[], object]:
    array = np.zeros((size,) * 3, np.int16)
    volume = side.Volume(array, np.diag([1, 2, 3, 1.0]), "PATIENT")
    return partial(volume.to_patient_orientation, "HRA")


def _pad(size: int, side: Any) -> Callable[[], object]:
    array = np.zeros((size,) * 3, np.int16)
    return partial(side.Volume(array, np.diag([1, 2, 3, 1.0]), "PATIENT").pad, 5)


def _row(
    name: str, target: float, make: Callable[[Any], Callable[[], object]], module: str = "spatial"
) -> Row:
    """Make a row whose input holds the prepared call of either side."""

    def prepare() -> tuple[Callable[[], object], Callable[[], object]]:
        theirs = import_module(f"highdicom.{module}")
        return make(iodkit.spatial), make(theirs)

    return Row(name, target, prepare, lambda pair: pair[0](), lambda pair: pair[1]())


def rows() -> list[Row]:
    """List the rows."""
    found = [
        _row(f"space 1 M points {kind}", target, partial(_transform, kind))
        for kind, (_, target) in POINTS.items()
    ]
    return [
        *found,
        _row("space 1 M points VolumeToVolume", 2, _between_volumes, "volume"),
        *_resampling_rows(),
        _row("space 10 000 positions sort and describe", 1, _volume_positions),
        _row("space 10 000 datasets sort", 1, _sort),
        _row("space 10 000 datasets describe", 1, _describe),
        _row("space 64³ change orientation", 1, partial(_turn, 64), "volume"),
        _row("space 512³ change orientation", 1, partial(_turn, 512), "volume"),
        _row("space 512³ pad", 1, partial(_pad, 512), "volume"),
    ]
