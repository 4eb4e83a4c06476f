"""What is measured of images: series with reading, parts of slides, single frames of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.data import ct_headers
from iodkit.testing import phantom

if TYPE_CHECKING:
    from pathlib import Path

PART = (1001, 3049, 1501, 3549)


def series_paths(folder: Path) -> list[Path]:
    """Files of a series of 300 CT images."""
    return ct_headers(folder / "series-300", 300, 512, 512, pixels=True)


def series_ours(paths: list[Path]) -> object:
    """Volume of a series, reading included."""
    import iodkit as ik

    return ik.get_volume_from_series([ik.imread(p, lazy_frame_retrieval=True) for p in paths])


def series_highdicom(paths: list[Path]) -> object:
    """Volume of a series, reading included."""
    import highdicom as hd
    from pydicom import dcmread

    return hd.get_volume_from_series([dcmread(path) for path in paths])


def slide_path(folder: Path, organization: str, size: int = 20000, tile: int = 256) -> Path:
    """File of a grey slide of `size` × `size` pixels, written once."""
    target = folder / f"slide-{size}-{organization}.dcm"
    if target.exists():
        return target
    factor = 8
    small = phantom.slide_image(
        size // factor, size // factor, tile // factor, organization=organization
    )
    for path in small.OpticalPathSequence:
        path.pop("ICCProfile", None)
    small.SamplesPerPixel, small.PhotometricInterpretation = 1, "MONOCHROME2"
    del small.PlanarConfiguration
    small.TotalPixelMatrixRows = small.TotalPixelMatrixColumns = size
    small.Rows = small.Columns = tile
    for group in small.get("PerFrameFunctionalGroupsSequence", ()):
        place = group.PlanePositionSlideSequence[0]
        for axis in ("Row", "Column"):
            keyword = f"{axis}PositionInTotalImagePixelMatrix"
            setattr(place, keyword, (getattr(place, keyword) - 1) * factor + 1)
    rng = np.random.default_rng(1)
    small.PixelData = rng.bytes(int(small.NumberOfFrames) * tile * tile)
    small.save_as(target, enforce_file_format=True)
    return target


def open_ours(path: Path) -> Any:
    """Open a slide lazily."""
    import iodkit as ik

    return ik.read(path)


def open_highdicom(path: Path) -> Any:
    """Open a slide lazily."""
    import highdicom as hd

    return hd.imread(path, lazy_frame_retrieval=True)


def part_of(image: Any) -> object:
    """Read a part of 2048 × 2048 pixels."""
    return image.get_total_pixel_matrix(*PART, dtype=np.uint8)


def part_ours(images: tuple[Any, Any]) -> object:
    """Read a part of a slide that is open."""
    return part_of(images[0])


def part_highdicom(images: tuple[Any, Any]) -> object:
    """Read a part of a slide that is open."""
    return part_of(images[1])


def frame_ours(path: Path) -> object:
    """Open a file and read one frame."""
    return open_ours(path).get_stored_frame(3000)


def frame_highdicom(path: Path) -> object:
    """Open a file and read one frame."""
    return open_highdicom(path).get_stored_frame(3000)
