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
    report = ik.validate(path)
    if report.errors:
        raise SystemExit(f"{path.name}: {report}")
    return f"equal; iodkit: 0 errors; {referee(path)}"


def referee(path: Path) -> str:
    """Validate with dciodvfy where it is installed."""
    beside = Path(sys.executable).parent / "dciodvfy"
    program = str(beside) if beside.exists() else shutil.which("dciodvfy")
    if program is None:
        return "dciodvfy not installed"
    result = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    return f"dciodvfy: {len(errors)} errors"


def run(job: Job, folder: Path) -> tuple[list[Row], Picture.Image]:
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
    return rows, draw(job, ik.read(path))


def draw(job: Job, seg: Any) -> Picture.Image:
    """Draw up to three planes with their segments, where these lie in space."""
    source = job.images if len(job.images) > 1 else job.images[0]
    planes = len(job.values)
    frames = sorted({1 + round(part * (planes - 1)) for part in (0.3, 0.5, 0.7)})
    window = (40, 400) if job.is_phantom else None
    return ik.montage(source, frames, [seg], columns=3, window=window, size=TILE)


def write_report(folder: Path, images: Sequence[Dataset]) -> Any:
    """Measure the segments of the phantom, and write the result as a structured report."""
    from iodkit import sr

    below = {"relationship_type": "CONTAINS"}
    volume = ik.read(folder / "CT_series_LABELMAP.dcm").get_volume(combine_segments=True)
    milliliters = volume.voxel_volume / 1000
    unit = ik.CodedConcept("mL", "UCUM", "mL")
    findings = []
    for number, name in enumerate(("Lung", "Bone"), 1):
        found = sr.ContainerContentItem(ik.codes.DCM.Finding, **below)
        amount = float(np.count_nonzero(volume.array == number) * milliliters)
        found.ContentSequence = sr.ContentSequence(
            [
                sr.TextContentItem(ik.codes.DCM.Comment, f"{name} (threshold)", **below),
                sr.NumContentItem(ik.codes.SCT.Volume, round(amount, 2), unit, **below),
            ]
        )
        findings.append(found)
    root = sr.ContainerContentItem(ik.codes.DCM.ImagingMeasurementReport)
    root.ContentSequence = sr.ContentSequence(findings)
    report = sr.ComprehensiveSR(list(images), root)
    report.save_as(folder / "report.dcm")
    (folder / "report.html").write_text(report.to_html(), encoding="utf-8")
    return ik.read(folder / "report.dcm")


def stack(strips: Sequence[Picture.Image], path: Path) -> None:
    """Put all pictures below each other."""
    width, height = max(s.width for s in strips), sum(s.height for s in strips)
    sheet = Picture.new("RGB", (width, height), "#14161a")
    top = 0
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
                made, picture = run(job, folder)
            except ik.GeometryError as error:
                print(f"  left out: {job.name}: {error}")
                continue
            rows += made
            strips.append(picture)
        series = [ik.read(path) for path in (folder / "phantom").iterdir()]
        volume = ik.get_volume_from_series(series)
        seg = ik.read(folder / "CT_series_LABELMAP.dcm")
        strips.append(ik.multiplanar(volume, [seg], window=(40, 400), size=TILE))
        report = write_report(folder, series)
    print_table(rows)
    print(f"\nphantom series as a volume: {volume.shape}, spacing {volume.spacing} mm")
    print(f"\nreport.dcm ({len(ik.validate(report).errors)} errors), and as a page report.html:")
    print(report.to_text())
    stack(strips, folder / "montage.png")
    print(f"\npicture: {folder / 'montage.png'}")


if __name__ == "__main__":
    main()
