"""Segmentations beside programs of other authors, each side a process with its start."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.data import ct_headers, ellipsoids
from benchmarks.row import Row

DATA = Path(__file__).resolve().parent.parent / ".benchdata"
SHAPE, SEGMENTS = (200, 256, 256), 100
FOREIGN = ("pydicom-seg>=0.4.1", "pydicom<3", "numpy<2", "setuptools<80")
"""pydicom-seg was made for the pydicom and the numpy of its time."""

CREATE = """
import sys
from pathlib import Path
from pydicom import dcmread
import iodkit as ik
metadata, labels, folder, target = sys.argv[1:]
images = [dcmread(path) for path in sorted(Path(folder).glob("*.dcm"))]
labelled = ik.seg.read_dcmqi(metadata, [labels])
with ik.defaults(equipment=ik.Equipment("Bench", "Bench", "1", "1")):
    labelled.to_segmentation(images).save_as(target)
"""
READ_OURS = """
import sys
import iodkit as ik
ik.seg.segread(sys.argv[1]).get_volume(combine_segments=True)
"""
READ_THEIRS = """
import sys
import pydicom, pydicom_seg
pydicom_seg.MultiClassReader().read(pydicom.dcmread(sys.argv[1]))
"""


def _program(name: str) -> Path:
    return Path(sys.executable).parent / name


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def _segment(number: int) -> dict[str, Any]:
    tissue = {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"}
    liver = {"CodeValue": "10200004", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Liver"}
    return {
        "labelID": number,
        "SegmentLabel": f"Segment {number}",
        "SegmentAlgorithmType": "AUTOMATIC",
        "SegmentAlgorithmName": "Bench",
        "SegmentedPropertyCategoryCodeSequence": tissue,
        "SegmentedPropertyTypeCodeSequence": liver,
    }


def _create_job() -> tuple[Path, Path, Path]:
    """Metadata, label map and folder of sources, as dcmqi takes them."""
    library: Any = import_module("SimpleITK")
    images = ct_headers(DATA / "programs-ct", *SHAPE, pixels=True)
    labels, metadata = DATA / "programs-labels.nrrd", DATA / "programs-labels.json"
    if not metadata.exists():
        image = library.GetImageFromArray(ellipsoids(*SHAPE, SEGMENTS))
        image.SetOrigin((-192.0, -190.5, -300.0))
        image.SetSpacing((0.75, 0.75, 1.25))
        library.WriteImage(image, str(labels))
        described = {
            "ContentCreatorName": "Bench",
            "SeriesDescription": "Bench",
            "SeriesNumber": "1",
            "InstanceNumber": "1",
            "segmentAttributes": [[_segment(number) for number in range(1, SEGMENTS + 1)]],
        }
        metadata.write_text(json.dumps(described))
    return metadata, labels, images[0].parent


def _create_ours(job: tuple[Path, Path, Path]) -> None:
    _run(sys.executable, "-c", CREATE, *job, DATA / "programs-ours.dcm")


def _create_dcmqi(job: tuple[Path, Path, Path]) -> None:
    metadata, labels, folder = job
    given = ("--inputMetadata", metadata, "--inputImageList", labels)
    target = ("--outputDICOM", DATA / "programs-dcmqi.dcm")
    _run(_program("itkimage2segimage"), *given, "--inputDICOMDirectory", folder, *target)


def _file() -> Path:
    path = DATA / "programs-ours.dcm"
    if not path.exists():
        _create_ours(_create_job())
    return path


def _read_ours(path: Path) -> None:
    _run(sys.executable, "-c", READ_OURS, path)


def _read_dcmqi(path: Path) -> None:
    folder = DATA / "programs-read"
    folder.mkdir(exist_ok=True)
    wanted = ("--outputDirectory", folder, "--outputType", "nrrd", "--mergeSegments")
    _run(_program("segimage2itkimage"), "--inputDICOM", path, *wanted)


def _foreign_file() -> Path:
    """Make the environment of pydicom-seg once, and the file."""
    folder = DATA / "pydicom-seg"
    if not (folder / "done").exists():
        uv = next(DATA.parent.glob(".tools/uv-*/uv"), "uv")
        _run(uv, "venv", "--quiet", "--no-config", "--clear", "--python", "3.11", folder)
        python = folder / "bin" / "python"
        _run(uv, "pip", "install", "--quiet", "--no-config", "--python", python, *FOREIGN)
        (folder / "done").touch()
    return _file()


def _read_pydicom_seg(path: Path) -> None:
    _run(DATA / "pydicom-seg/bin/python", "-W", "ignore", "-c", READ_THEIRS, path)


def rows() -> list[Row]:
    """List the rows; the column of the other side is that of the program in the name."""
    name = "seg BINARY {} 200x256², 100 segments, {} in place"
    sides = (
        ("create", "dcmqi", _create_job, _create_ours, _create_dcmqi),
        ("volume", "dcmqi", _file, _read_ours, _read_dcmqi),
        ("volume", "pydicom-seg", _foreign_file, _read_ours, _read_pydicom_seg),
    )
    make = partial(Row, in_children=("ours", "highdicom"))
    return [
        make(name.format(verb, peer), 1, job, ours, theirs)
        for verb, peer, job, ours, theirs in sides
    ]
