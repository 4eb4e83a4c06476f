"""Points, order of planes and turning of volumes beside highdicom, in ms of CPU time.

Usage: python -m benchmarks.space [--rounds N]
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import Dataset

import iodkit.spatial as ours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANE = ([1.0, 2.0, 3.0], [1.0, 0, 0, 0, 1, 0], [0.5, 0.7])
AXIAL = PLANE[1]


def headers(distances: np.ndarray) -> list[Dataset]:
    """Make datasets with nothing but their place."""
    datasets = []
    for distance in distances.tolist():
        dataset = Dataset()
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        dataset.FrameOfReferenceUID = "2.25.1"
        dataset.ImagePositionPatient = [0.0, 0.0, distance]
        dataset.ImageOrientationPatient = AXIAL
        dataset.PixelSpacing = [1.0, 1.0]
        datasets.append(dataset)
    return datasets


def jobs(theirs: Any) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """Pairs of calls that do the same."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 500, (1_000_000, 2))
    points = rng.uniform(0, 300, (1_000_000, 3))
    values: Any
    arguments: tuple[Any, ...]
    for kind, values in (
        ("PixelToReference", pixels),
        ("ImageToReference", pixels + 0.3),
        ("ReferenceToPixel", points),
        ("ReferenceToImage", points),
        ("PixelToPixel", pixels),
        ("ImageToImage", pixels + 0.3),
    ):
        name = f"{kind}Transformer"
        arguments = PLANE * 2 if kind in {"PixelToPixel", "ImageToImage"} else PLANE
        mine, its = getattr(ours, name)(*arguments), getattr(theirs.spatial, name)(*arguments)
        yield f"1 M points, {name}", partial(mine, values), partial(its, values)
    distances = rng.permutation(10_000) * 0.5
    places = np.stack([np.zeros(10_000), np.zeros(10_000), distances], axis=1).tolist()
    yield (
        "10 000 positions: sort and describe",
        lambda: ours.get_volume_positions(places, AXIAL),
        lambda: theirs.spatial.get_volume_positions(places, AXIAL),
    )
    datasets = headers(distances)
    yield (
        "10 000 datasets: sort",
        lambda: ours.sort_datasets(datasets),
        lambda: theirs.spatial.sort_datasets(datasets),
    )
    yield (
        "10 000 datasets: describe",
        lambda: ours.get_series_volume_positions(datasets),
        lambda: theirs.spatial.get_series_volume_positions(datasets),
    )
    arguments = (np.zeros((512, 512, 512), np.int16), np.diag([1, 2, 3, 1.0]), "PATIENT")
    mine, its = ours.Volume(*arguments), theirs.Volume(*arguments)
    yield (
        "512³: change orientation",
        lambda: mine.to_patient_orientation("HRA"),
        lambda: its.to_patient_orientation("HRA"),
    )
    yield "512³: pad", lambda: mine.pad(5), lambda: its.pad(5)


def cpu_milliseconds(job: Callable[[], Any]) -> float:
    """CPU time of one call."""
    before = time.process_time()
    job()
    return (time.process_time() - before) * 1000


def main() -> None:
    """Print a table of both sides and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import highdicom

        print(f"{'':40}{'ours':>10}{'highdicom':>12}{'ratio':>8}")
        for name, mine, its in jobs(highdicom):
            pairs = [(cpu_milliseconds(mine), cpu_milliseconds(its)) for _ in range(rounds + 1)]
            left, right = (statistics.median(p[i] for p in pairs[1:]) for i in (0, 1))
            print(f"{name:40}{left:10.2f}{right:12.2f}{right / left:8.1f}")


if __name__ == "__main__":
    main()
