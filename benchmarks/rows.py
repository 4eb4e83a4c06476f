"""What is measured: each row does the same job with ours and with highdicom."""

from __future__ import annotations

import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import documents, edits, images, programs, segmentations, space, validation
from benchmarks.data import ct_headers, ellipsoids, plain_headers
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).resolve().parent.parent / ".benchdata"


def describe(side: Any, algorithm: Any, codes: Any, count: int) -> list[Any]:
    """Describe segments with the classes of one side; both have the same interface."""
    identification = algorithm("Bench", codes.DCM.ArtificialIntelligence, "1")
    arguments = (codes.SCT.Tissue, codes.SCT.Liver, "AUTOMATIC", identification)
    return [side.SegmentDescription(n, f"Segment {n}", *arguments) for n in range(1, count + 1)]


def _create_ours(job: tuple[Any, Any, int, str, Path]) -> None:
    import iodkit as ik

    images, labels, count, kind, target = job
    segments = describe(ik.seg, ik.AlgorithmIdentificationSequence, ik.codes, count)
    seg = ik.seg.Segmentation(
        images, labels, kind, segments, None, 1, None, 1, "Bench", "Bench", "1", "1"
    )
    seg.save_as(target / "ours.dcm")


def _create_highdicom(job: tuple[Any, Any, int, str, Path]) -> None:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    images, labels, count, kind, target = job
    segments = describe(hd.seg, hd.AlgorithmIdentificationSequence, codes, count)
    seg = hd.seg.Segmentation(
        images, labels, kind, segments, hd.UID(), 1, hd.UID(), 1, "Bench", "Bench", "1", "1"
    )
    seg.save_as(target / "highdicom.dcm")


def _seg_job(shape: tuple[int, int, int], count: int, kind: str) -> Callable[[], Any]:
    name = "x".join(map(str, shape))
    folder = DATA / f"{name}-{count}-{kind}"

    def prepare() -> Any:
        paths = ct_headers(DATA / f"headers-{name}", *shape, pixels=False)
        folder.mkdir(exist_ok=True)
        stored = DATA / f"labels-{name}-{count}.npy"
        if not stored.exists():
            np.save(stored, ellipsoids(*shape, count))
        return plain_headers(paths), np.load(stored), count, kind, folder

    return prepare


def _many_frames() -> Any:
    """100 segments that all overlap in all of 300 small planes: 30 000 frames."""
    paths = ct_headers(DATA / "headers-300x16x16", 300, 16, 16, pixels=False)
    folder = DATA / "frames-30000"
    folder.mkdir(exist_ok=True)
    return plain_headers(paths), np.ones((300, 16, 16, 100), np.uint8), 100, "BINARY", folder


def _written(prepare: Callable[[], Any]) -> Callable[[], Path]:
    def path() -> Path:
        *_, folder = job = prepare()
        found = folder / "highdicom.dcm"
        if not found.exists():
            _create_highdicom(job)
        return found

    return path


def _open_ours(path: Path) -> Any:
    import iodkit as ik

    seg = ik.read(path)
    assert seg.frame_table.segment_numbers is not None
    return seg


def _open_highdicom(path: Path) -> Any:
    import highdicom as hd

    return hd.seg.segread(path)


def _volume_ours(path: Path) -> Any:
    return _open_ours(path).get_volume(combine_segments=True)


def _volume_highdicom(path: Path) -> Any:
    return _open_highdicom(path).get_volume(combine_segments=True)


def _series() -> Any:
    return plain_headers(ct_headers(DATA / "series", 100, 512, 512, pixels=True))


def _series_ours(images: Any) -> Any:
    import iodkit as ik

    return ik.get_volume_from_series(images)


def _series_highdicom(images: Any) -> Any:
    import highdicom as hd

    return hd.get_volume_from_series(images)


def _import(statement: str) -> Callable[[Any], object]:
    return lambda _: subprocess.run([sys.executable, "-W", "ignore", "-c", statement], check=True)


def _image_rows() -> list[Row]:
    found = [
        Row(
            "series volume 300x512², reading included",
            6,
            lambda: images.series_paths(DATA),
            images.series_ours,
            images.series_highdicom,
        )
    ]
    for kind, target in (("FULL", 4), ("SPARSE", 12)):
        path = partial(images.slide_path, DATA, f"TILED_{kind}")
        found += [
            Row(
                f"slide {kind} 20k², region 2048²",
                # Where frames are is known by then on both sides.
                4,
                partial(_open_both, path),
                images.part_ours,
                images.part_highdicom,
            ),
            Row(
                f"slide {kind} 20k², open and region 2048²",
                target,
                path,
                lambda path: images.part_of(images.open_ours(path)),
                lambda path: images.part_of(images.open_highdicom(path)),
            ),
        ]
    lazy = partial(images.slide_path, DATA, "TILED_SPARSE")
    found.append(Row("lazy frame of 6241", 50, lazy, images.frame_ours, images.frame_highdicom))
    huge = partial(images.huge_path, DATA)
    found.append(Row("lazy frame of 10 GB", 10, huge, images.frame_ours, images.frame_highdicom))
    # Their second column is of another library than the head of the table says.
    # The type of numbers is theirs: SimpleITK makes 16 bits of such files.
    for name, side, dtype in (
        ("SimpleITK", images.series_simpleitk, np.int16),
        ("pydicom", images.series_pydicom, np.float64),
    ):
        paths = partial(images.series_paths, DATA)
        row = f"series volume 300x512², {name} in place"
        found.append(Row(row, 1, paths, partial(images.series_ours, dtype=dtype), side))
    encode = images.encode_ours, images.encode_highdicom
    found.append(Row("codec RLE encode 20x512²", 8, partial(images.ct_frames, DATA), *encode))
    for name, syntax, wanted in (
        ("RLE", "1.2.840.10008.1.2.5", 1.3),
        # Where no slower decoder is installed, highdicom takes the same codec.
        ("JPEG-LS", "1.2.840.10008.1.2.4.80", 1),
    ):
        job = partial(images.encoded_frames, DATA, syntax)
        decode = images.decode_ours, images.decode_highdicom
        found.append(Row(f"codec {name} decode 20x512²", wanted, job, *decode))
    alone = images.decode_ours, images.decode_charls
    found.append(Row("codec JPEG-LS decode, beside CharLS alone", 0.75, job, *alone))
    return found


def _open_both(path: Callable[[], Path]) -> tuple[Any, Any]:
    """Open with both sides, and read a part: what is found out once is not in this row."""
    opened = images.open_ours(path()), images.open_highdicom(path())
    for each in opened:
        images.part_of(each)
    return opened


def rows() -> list[Row]:
    """List the rows."""
    warnings.simplefilter("ignore")
    found = []
    for label, shape, count, kind, create, opened, volume in (
        ("300x512², 10 segments", (300, 512, 512), 10, "BINARY", 10, 50, 8),
        ("200x256², 100 segments", (200, 256, 256), 100, "BINARY", 20, 50, 15),
        ("100x512², label map", (100, 512, 512), 10, "LABELMAP", 5, 5, 2),
    ):
        job = _seg_job(shape, count, kind)
        file = _written(job)
        found += [
            Row(f"seg {kind} create {label}", create, job, _create_ours, _create_highdicom),
            Row(f"seg {kind} open {label}", opened, file, _open_ours, _open_highdicom),
            Row(f"seg {kind} volume {label}", volume, file, _volume_ours, _volume_highdicom),
        ]
        if kind == "BINARY":
            found += edits.rows(label, job, file)
    file = _written(_many_frames)
    found += [
        Row("frames create 30 000", 20, _many_frames, _create_ours, _create_highdicom),
        Row("frames open 30 000", 50, file, _open_ours, _open_highdicom),
    ]
    found.append(Row("series volume 100x512²", 6, _series, _series_ours, _series_highdicom))
    found += _image_rows()
    look_up = "import iodkit; iodkit.registry.lookup('1.2.840.10008.5.1.4.1.1.66.4')"
    sides = _import(look_up), _import("import highdicom")
    found.append(Row("import and look up", 3, lambda: None, *sides, ("ours", "highdicom")))
    found += [*segmentations.rows(), *programs.rows()]
    return [*found, *space.rows(), *documents.rows(), *validation.rows()]
