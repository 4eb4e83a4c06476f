"""Rows on validation: beside dciodvfy, which reads the same files from the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tools.corpus.checkers import theirs

from benchmarks.data import ct_headers
from benchmarks.documents import build
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


def _report() -> list[Path]:
    """2000 groups of nine items."""
    from iodkit import sr

    target = DATA / "validate-2000-groups.dcm"
    if not target.exists():
        DATA.mkdir(exist_ok=True)
        build(sr, 20_000).save_as(target)
    return [target]


def _series(count: int) -> list[Path]:
    return ct_headers(DATA / f"validate-ct-{count}", count, 16, 16, pixels=True)


def _validate(paths: list[Path]) -> Any:
    import iodkit as ik

    return [ik.validate(path) for path in paths]


def _dciodvfy(paths: list[Path]) -> None:
    for path in paths:
        theirs(path)


def rows() -> list[Row]:
    """List the rows; the column of the other side is dciodvfy's."""
    return [
        Row(name, target, files, _validate, _dciodvfy, in_children=("highdicom",))
        for name, target, files in (
            ("validate seg of 4000 frames", 1, _segmentation),
            ("validate report of 2000 groups", 3, _report),
            # A hundredth of an archive's: the time of each is that of any other.
            ("validate CT slices, 100 of 10 000", 1, partial(_series, 100)),
        )
    ]
