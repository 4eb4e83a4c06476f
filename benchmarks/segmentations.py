"""What is measured of segmentations: transfer syntaxes, one segment of a lazy file, slides."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.data import ct_headers, ellipsoids, plain_headers
from benchmarks.images import slide_path
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).resolve().parent.parent / ".benchdata"
PART = (9001, 11049, 9501, 11549)
SIZE = 20_000
SYNTAXES = {
    "native": "1.2.840.10008.1.2.1",
    "RLE": "1.2.840.10008.1.2.5",
    "J2K": "1.2.840.10008.1.2.4.90",
    "JPEG-LS": "1.2.840.10008.1.2.4.80",
}


def _sides() -> tuple[Any, Any]:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    import iodkit as ik

    return (ik.seg, ik.AlgorithmIdentificationSequence, ik.codes), (
        hd.seg,
        hd.AlgorithmIdentificationSequence,
        codes,
    )


def create(which: int, job: tuple[Any, Any, int, str, Path, dict[str, Any]]) -> None:
    """Make a segmentation with one side, and write it."""
    seg, algorithm, codes = _sides()[which]
    images, pixels, count, kind, target, arguments = job
    identification = algorithm("Bench", codes.DCM.ArtificialIntelligence, "1")
    described = (codes.SCT.Tissue, codes.SCT.Liver, "AUTOMATIC", identification)
    segments = [seg.SegmentDescription(n, f"Segment {n}", *described) for n in range(1, count + 1)]
    uids = (f"2.25.{5 + which}", 1, f"2.25.{7 + which}", 1)
    equipment = ("Bench", "Bench", "1", "1")
    made = seg.Segmentation(images, pixels, kind, segments, *uids, *equipment, **arguments)
    made.save_as(target / f"{('ours', 'highdicom')[which]}.dcm")


def _volume_job(kind: str, syntax: str, shape: tuple[int, int, int], count: int) -> Any:
    name = "x".join(map(str, shape))
    folder = DATA / f"{name}-{count}-{kind}-{syntax[-3:]}"
    folder.mkdir(parents=True, exist_ok=True)
    images = plain_headers(ct_headers(DATA / f"headers-{name}", *shape, pixels=False))
    pixels: Any = ellipsoids(*shape, count)
    if kind == "FRACTIONAL":
        masks = np.stack([pixels == n for n in range(1, count + 1)], axis=-1)
        pixels = masks.astype(np.float32) * 0.75
    return images, pixels, count, kind, folder, {"transfer_syntax_uid": syntax}


@cache
def _matrix() -> Any:
    """A slide's segments: ellipses over a part of the tissue."""
    out = np.zeros((1, SIZE, SIZE), np.uint8)
    rows, columns = np.ogrid[-1:1:4000j, -1:1:4000j]
    inside = rows**2 + columns**2 < 1
    for number, (row, column) in enumerate([(7000, 8000), (9500, 9000), (15000, 3000)], 1):
        out[0, row : row + 4000, column : column + 4000][inside] = number
    return out


def _slide_job(organization: str, kind: str = "LABELMAP") -> Any:
    from pydicom import dcmread

    folder = DATA / f"slide-seg-{organization}-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    arguments: dict[str, Any] = {"tile_pixel_array": True}
    if organization == "TILED_FULL":
        arguments |= {"omit_empty_frames": False, "dimension_organization_type": organization}
    image = dcmread(slide_path(DATA, "TILED_FULL", SIZE), stop_before_pixels=True)
    return [image], _matrix(), 3, kind, folder, arguments


def _slide_file(organization: str) -> Path:
    job = _slide_job(organization)
    path: Path = job[4] / "ours.dcm"
    if not path.exists():
        create(0, job)
    return path


def _open(which: int, path: Path) -> Any:
    return _sides()[which][0].segread(path, lazy_frame_retrieval=True)


def _region(seg: Any) -> Any:
    return seg.get_total_pixel_matrix(*PART, combine_segments=True)


def _one_segment(which: int, path: Path) -> Any:
    return _open(which, path).get_volume(segment_numbers=[7])


def _many_segments_file() -> Path:
    job = _volume_job("BINARY", SYNTAXES["native"], (200, 256, 256), 100)
    path: Path = job[4] / "highdicom.dcm"
    if not path.exists():
        create(1, job)
    return path


def rows() -> list[Row]:
    """List the rows."""
    made: list[tuple[str, float, Callable[[], Any]]] = [
        (
            f"seg LABELMAP {name} create 100x512²",
            target,
            partial(_volume_job, "LABELMAP", SYNTAXES[name], (100, 512, 512), 10),
        )
        for name, target in (("native", 5), ("RLE", 8), ("J2K", 1), ("JPEG-LS", 3))
    ]
    made += [
        (
            f"seg FRACTIONAL {name} create 100x256²x4",
            target,
            partial(_volume_job, "FRACTIONAL", SYNTAXES[name], (100, 256, 256), 4),
        )
        for name, target in (("native", 5), ("RLE", 8))
    ]
    made += [
        (
            f"seg slide {name} create 20k², {kind}",
            target,
            partial(_slide_job, f"TILED_{name}", kind),
        )
        for kind in ("BINARY", "LABELMAP")
        for name, target in (("FULL", 2.5), ("SPARSE", 4))
    ]
    found = [
        Row(name, target, prepare, partial(create, 0), partial(create, 1))
        for name, target, prepare in made
    ]
    found.append(
        Row(
            "seg BINARY lazy, one segment of 100",
            50,
            _many_segments_file,
            partial(_one_segment, 0),
            partial(_one_segment, 1),
        )
    )
    for name, target in (("FULL", 4), ("SPARSE", 12)):
        file = partial(_slide_file, f"TILED_{name}")
        found += [
            Row(
                f"seg slide {name} region 2048², open included",
                target,
                file,
                lambda path: _region(_open(0, path)),
                lambda path: _region(_open(1, path)),
            ),
            Row(
                f"seg slide {name} region 2048²",
                target,
                lambda file=file: (_open(0, file()), _open(1, file())),  # type: ignore[misc]
                lambda both: _region(both[0]),
                lambda both: _region(both[1]),
            ),
        ]
    return found
