"""Open real DICOM files, segment them, check what was written, and draw it.

The segmentations are simple thresholds and connected regions: enough to show the way from an
image to a checked object, and nothing that a clinic should rely on.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw
from pydicom.data import get_testdata_file
from scipy import ndimage

import iodkit as ik
from iodkit.content import AlgorithmIdentificationSequence
from iodkit.testing import phantom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

TILE = 220
EQUIPMENT = ik.Equipment(
    manufacturer="iodkit",
    manufacturer_model_name="Demonstration",
    software_versions=ik.__version__,
    device_serial_number="0",
)


@dataclass(frozen=True)
class Job:
    """Images, their stored values, and the segments that are to be found in them."""

    name: str
    images: Sequence[Dataset]
    values: NDArray[Any]
    segments: dict[str, tuple[float, float]]
    is_phantom: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the table that is printed at the end."""

    name: str
    kind: str
    frames: int
    size: int
    seconds: float
    verdict: str


def real_file(name: str) -> Path | None:
    """Find a file that comes with pydicom or pydicom-data; nothing is downloaded."""
    found = get_testdata_file(name, download=False)
    return Path(str(found)) if found else None


def jobs(folder: Path) -> list[Job]:
    """Collect the images to work on."""
    found = []
    series_folder = folder / "phantom"
    series_folder.mkdir()
    for index, ds in enumerate(phantom.ct_series(48, 192, 192)):
        ds.save_as(series_folder / f"{index:03}.dcm", enforce_file_format=True)
    series = [ik.read(path) for path in sorted(series_folder.iterdir(), reverse=True)]
    hu = np.stack([ds.get_stored_frame(1) for ds in series]).astype(np.int16) - 1024
    segments = {"Lung": (-950, -400), "Bone": (220, 3000)}
    found.append(Job("CT series (synthetic phantom)", series, hu, segments, is_phantom=True))
    for name, title, segments in (
        ("eCT_Supplemental.dcm", "Enhanced CT", {"Dense": (60, 4000)}),
        ("emri_small.dcm", "Enhanced MR", {"Bright": (300, 65535)}),
        ("CT_small.dcm", "CT image", {"Dense": (60, 4000)}),
        ("MR_small.dcm", "MR image", {"Bright": (900, 65535)}),
    ):
        path = real_file(name)
        if path is None:
            print(f"  left out: {name} is not installed")
            continue
        image = ik.read(path)
        table = image.frame_table
        slopes, intercepts = (
            np.nan_to_num(table.rescale_slopes, nan=1.0),
            np.nan_to_num(table.rescale_intercepts),
        )
        stored = image.get_stored_frames()
        values = stored * slopes[:, None, None] + intercepts[:, None, None]
        found.append(Job(f"{title} ({name})", [image], values, segments))
    return found


def find_regions(values: NDArray[Any], segments: dict[str, tuple[float, float]]) -> NDArray[Any]:
    """Threshold, and keep the largest connected regions: a demonstration, not a diagnosis."""
    labels = np.zeros(values.shape, np.uint8)
    for number, (low, high) in enumerate(segments.values(), 1):
        mask = (values >= low) & (values <= high)
        regions, count = ndimage.label(mask)
        if count:
            sizes = np.bincount(regions.reshape(-1))[1:]
            keep = 1 + np.flatnonzero(sizes >= max(30, sizes.max() // 20))
            labels[np.isin(regions, keep) & (labels == 0)] = number
    return labels


def describe(segments: dict[str, tuple[float, float]]) -> list[Any]:
    """Describe the segments honestly: as what a threshold found."""
    algorithm = AlgorithmIdentificationSequence(
        name="Threshold and connected regions",
        family=ik.codes.DCM.MorphologicalOperations,
        version=ik.__version__,
    )
    return [
        ik.seg.SegmentDescription(
            number,
            f"{name} (threshold)",
            ik.codes.SCT.Tissue,
            ik.codes.SCT.Tissue,
            "AUTOMATIC",
            algorithm,
        )
        for number, name in enumerate(segments, 1)
    ]


def check(path: Path, expected: NDArray[Any], job: Job) -> str:
    """Read a file back lazily, compare it voxel by voxel, and ask a referee if there is one."""
    seg = ik.read(path)
    numbers = seg.frame_table.sources
    got = np.zeros_like(expected)
    index_of = {str(ds.SOPInstanceUID): i for i, ds in enumerate(job.images)}
    stored = seg.get_stored_frames()
    for row, frame in enumerate(numbers.frames.tolist()):
        instance = index_of[numbers.uids[numbers.instances[row]]]
        frames = numbers.frame_numbers[row]
        plane = int(frames[0]) - 1 if len(frames) else instance
        if seg.segmentation_type.value == "LABELMAP":
            got[plane] = stored[frame]
        else:
            got[plane][stored[frame] > 0] = seg.frame_table.segment_numbers[frame]
    if not np.array_equal(got, expected):
        raise SystemExit(f"{path.name}: what was read is not what was written")
    return f"equal; {referee(path)}"


def referee(path: Path) -> str:
    """Validate with dciodvfy where it is installed."""
    beside = Path(sys.executable).parent / "dciodvfy"
    program = str(beside) if beside.exists() else shutil.which("dciodvfy")
    if program is None:
        return "dciodvfy not installed"
    result = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    return f"dciodvfy: {len(errors)} errors"


def run(job: Job, folder: Path) -> tuple[list[Row], list[Picture.Image]]:
    """Segment, write both kinds, read back, compare and draw."""
    labels = find_regions(job.values, job.segments)
    rows = []
    for kind in ("BINARY", "LABELMAP"):
        path = folder / f"{job.name.split(' (')[0].replace(' ', '_')}_{kind}.dcm"
        begin = time.perf_counter()
        seg = ik.seg.Segmentation(job.images, labels, kind, describe(job.segments))
        seg.save_as(path)
        seconds = time.perf_counter() - begin
        verdict = check(path, labels, job)
        rows.append(
            Row(job.name, kind, seg.number_of_frames, path.stat().st_size, seconds, verdict)
        )
    colors = [
        item.display_color.to_rgb(clip=True)
        for item in map(ik.read(path).get_segment_description, range(1, len(job.segments) + 1))
    ]
    return rows, draw(job, labels, colors)


def draw(
    job: Job, labels: NDArray[Any], colors: Sequence[tuple[int, int, int]]
) -> list[Picture.Image]:
    """Draw up to three planes, each with and without its segments."""
    filled = labels.reshape(len(labels), -1).astype(bool).sum(axis=1)
    count = min(3, len(labels))
    planes = np.linspace(0, len(labels) - 1, count + 2).astype(int)[1:-1].tolist()
    if count < 3:
        planes = [int(filled.argmax())]
    low, high = (-160, 240) if job.is_phantom else np.percentile(job.values, (1, 99.5))
    tiles = []
    for plane in planes:
        grey = np.clip((job.values[plane] - low) / max(high - low, 1) * 255, 0, 255)
        rgb = np.repeat(grey[..., None], 3, axis=2).astype(np.float32)
        for number, color in enumerate(colors, 1):
            mask = labels[plane] == number
            rgb[mask] = 0.45 * rgb[mask] + 0.55 * np.array(color, np.float32)
            edge = mask & ~ndimage.binary_erosion(mask)
            rgb[edge] = color
        tiles.append(Picture.fromarray(rgb.astype(np.uint8)).resize((TILE, TILE)))
    strip = Picture.new("RGB", (3 * (TILE + 8) + 330, TILE + 8), "#14161a")
    for index, tile in enumerate(tiles):
        strip.paste(tile, (4 + index * (TILE + 8), 4))
    pen = ImageDraw.Draw(strip)
    left = 3 * (TILE + 8) + 12
    pen.text((left, 12), job.name, fill="white")
    size = f"{len(labels)} planes of {labels.shape[1]} x {labels.shape[2]}"
    pen.text((left, 30), size, fill="#9aa4b2")
    for index, (name, color) in enumerate(zip(job.segments, colors, strict=True)):
        top = 60 + 24 * index
        pen.rectangle((left, top, left + 16, top + 16), fill=tuple(color))
        low, high = job.segments[name]
        pen.text((left + 24, top + 2), f"{name}: threshold {low:g} to {high:g}", fill="white")
    return [strip]


def montage(strips: Sequence[Picture.Image], path: Path) -> None:
    """Put all pictures below each other, and say what they are."""
    width, height = max(s.width for s in strips), sum(s.height for s in strips) + 26
    sheet = Picture.new("RGB", (width, height), "#14161a")
    pen = ImageDraw.Draw(sheet)
    pen.text(
        (6, 7),
        "iodkit: segmentations written, read back and drawn. Thresholds for demonstration only.",
        fill="#9aa4b2",
    )
    top = 26
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height
    sheet.save(path)


def print_table(rows: Sequence[Row]) -> None:
    """Print what was made."""
    print(f"\n{'image':34} {'type':9} {'frames':>6} {'bytes':>9} {'ms':>7}  read back")
    for row in rows:
        print(
            f"{row.name[:34]:34} {row.kind:9} {row.frames:>6} {row.size:>9} "
            f"{row.seconds * 1000:>7.1f}  {row.verdict}"
        )


def main() -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-output"))
    folder: Path = parser.parse_args().out
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"iodkit {ik.__version__}; everything goes to {folder.resolve()}")
    rows: list[Row] = []
    strips: list[Picture.Image] = []
    with ik.defaults(equipment=EQUIPMENT), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for job in jobs(folder):
            try:
                made, pictures = run(job, folder)
            except ik.GeometryError as error:
                print(f"  left out: {job.name}: {error}")
                continue
            rows += made
            strips += pictures
    volume = ik.get_volume_from_series([ik.read(p) for p in (folder / "phantom").iterdir()])
    print_table(rows)
    print(f"\nphantom series as a volume: {volume.shape}, spacing {volume.spacing} mm")
    montage(strips, folder / "montage.png")
    print(f"picture: {folder / 'montage.png'}")


if __name__ == "__main__":
    main()
