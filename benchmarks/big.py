"""Slides that are larger than the memory: written and read in a process that is measured.

``python -m benchmarks.big --gigabytes 20`` writes a label map of so many pixels, compressed;
``--native`` writes it as it is, as a concatenation of files that each hold less than 4 GiB.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import iodkit as ik
from benchmarks.rows import describe
from iodkit.testing import phantom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

TILE = 512
BLOCK = 4 * TILE
RLE, NATIVE = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1"


def slide(side: int) -> Dataset:
    """Header of a slide of so many pixels along each side."""
    image = phantom.slide_image(TILE, TILE, TILE)
    image.TotalPixelMatrixRows = image.TotalPixelMatrixColumns = side
    image.NumberOfFrames = (side // TILE) ** 2
    del image.PixelData
    return image


@cache
def rings(shift: int) -> NDArray[np.uint8]:
    """Labels of a block: rings around its middle, in ten segments."""
    axis = np.arange(BLOCK, dtype=np.int32) - BLOCK // 2
    distance = np.hypot(axis[:, np.newaxis], axis) * (10 / BLOCK)
    return (distance + shift).astype(np.uint8) % 11


def block(row: int, column: int) -> NDArray[np.uint8]:
    """Labels of a part of the slide."""
    return rings((row * 7 + column) % 5)


def blocks(side: int) -> Iterator[tuple[NDArray[np.uint8], int, int]]:
    """Blocks of a slide with their first row and column."""
    for row in range(0, side, BLOCK):
        for column in range(0, side, BLOCK):
            part = block(row // BLOCK, column // BLOCK)
            yield part[: side - row, : side - column], row, column


def write(path: Path, side: int, native: bool) -> tuple[Path, ...]:
    """Write the slide block by block."""
    segments = describe(ik.seg, ik.AlgorithmIdentificationSequence, ik.codes, 10)
    options: dict[str, Any] = {"transfer_syntax_uid": RLE}
    if native:
        options = {"omit_empty_frames": False, "max_bytes_per_file": 2**32 - 2**20}
    with (
        ik.defaults(equipment=ik.Equipment("Bench", "Bench", "1", "1")),
        ik.seg.SegmentationWriter(
            path, [slide(side)], "LABELMAP", segments, tile_pixel_array=True, **options
        ) as writer,
    ):
        for part, row, column in blocks(side):
            writer.write_region(part, row, column)
    return writer.paths


def measure(gigabytes: float, native: bool, folder: Path) -> None:
    """Write and read one slide, and say what it took."""
    side = round(np.sqrt(gigabytes * 1e9) / TILE) * TILE
    started = time.perf_counter()
    paths = write(folder / "slide.dcm", side, native)
    written = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in paths) / 1e9
    started = time.perf_counter()
    files = list(paths)
    seg: Any = ik.read(files if len(files) > 1 else files[0])
    opened = time.perf_counter() - started
    started = time.perf_counter()
    corner = side // BLOCK // 2
    first = corner * BLOCK
    region = seg.get_total_pixel_matrix(
        *(first, first + BLOCK) * 2, as_indices=True, combine_segments=True
    )
    read = time.perf_counter() - started
    assert np.array_equal(region, block(corner, corner))
    print(
        f"{side}² pixels ({side * side / 1e9:.1f} GB), {int(seg.NumberOfFrames)} frames, "
        f"{len(paths)} files of {size:.2f} GB: written in {written:.0f} s, peak {peak:.0f} MiB; "
        f"opened in {opened:.1f} s, {BLOCK}² pixels read in {read * 1000:.0f} ms, peak "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--native", action="store_true")
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    needed = given.gigabytes * 1e9 * (2.2 if given.native else 0.3)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        if shutil.disk_usage(name).free < needed:
            parser.error(f"{needed / 1e9:.0f} GB are needed in {name}")
        measure(given.gigabytes, given.native, Path(name))


if __name__ == "__main__":
    main()
