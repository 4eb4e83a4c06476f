"""Rows on validation: beside dciodvfy, which reads the same files from the command line."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import documents
from benchmarks.data import ct_headers
from benchmarks.row import Row

DATA = Path(__file__).resolve().parent.parent / ".benchdata"


def _segmentation() -> list[Path]:
    """10 segments in each of 400 planes of 64x64: 4000 frames."""
    import iodkit as ik

    target = DATA / "validate-4000.dcm"
    if not target.exists():
        from pydicom import dcmread

        shape = (400, 64, 64)
        images = [dcmread(p) for p in ct_headers(DATA / "headers-400x64x64", *shape, pixels=False)]
        algorithm = ik.AlgorithmIdentificationSequence(
            "Bench", ik.codes.DCM.ArtificialIntelligence, "1"
        )
        codes = (ik.codes.SCT.Tissue, ik.codes.SCT.Liver, "AUTOMATIC", algorithm)
        segments = [ik.seg.SegmentDescription(n, f"Segment {n}", *codes) for n in range(1, 11)]
        with ik.defaults(equipment=ik.Equipment("Bench", "Bench", "1", "1")):
            masks = np.ones((*shape, 10), np.uint8)
            ik.seg.Segmentation(images, masks, "BINARY", segments).save_as(target)
    return [target]


def _series(count: int) -> list[Path]:
    return ct_headers(DATA / f"validate-ct-{count}", count, 16, 16, pixels=True)


def _validate(paths: list[Path]) -> Any:
    import iodkit as ik

    return [ik.validate(path) for path in paths]


def _dciodvfy(paths: list[Path]) -> None:
    program = str(Path(sys.executable).parent / "dciodvfy")
    for path in paths:
        subprocess.run([program, str(path)], capture_output=True, check=False)


def rows() -> list[Row]:
    """List the rows; the column of the other side is dciodvfy's."""
    return [
        Row(name, 1, files, _validate, _dciodvfy, in_children=("highdicom",))
        for name, files in (
            ("validate seg of 4000 frames", _segmentation),
            ("validate 100 CT slices", partial(_series, 100)),
            ("validate SR of 1000 items", lambda: [documents._file(1000)]),
        )
    ]
