"""Segmentations as files for other programs: what ``iodkit convert`` writes.

Each form is a function that takes a dataset, and returns the content of the file.
"""

from __future__ import annotations

import csv
import io
import json
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from iodkit_seg.interchange.label_table import write_label_table
from iodkit_seg.interchange.labelled import LabelledVolume
from iodkit_seg.interchange.labels import write_labels
from iodkit_seg.interchange.nifti import encode_nifti
from iodkit_seg.interchange.nrrd import encode_seg_nrrd
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

__all__ = [
    "to_binary",
    "to_csv",
    "to_fractional",
    "to_json",
    "to_label_json",
    "to_label_table",
    "to_labelmap",
    "to_nifti",
    "to_seg_nrrd",
]

_Content = TypeVar("_Content", str, bytes)


def _form(write: Callable[[Segmentation], _Content]) -> Callable[[Dataset], _Content]:
    """Let what writes segmentations take any dataset that is one."""

    @wraps(write)
    def export(dataset: Dataset) -> _Content:
        if isinstance(dataset, Segmentation):
            return write(dataset)
        return write(Segmentation.from_dataset(dataset, copy=False))

    return export


@_form
def to_csv(segmentation: Segmentation) -> str:
    """Write the table of segments with their measurements, empty where nothing is known."""
    columns = segmentation.segment_table().to_dict()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


@_form
def to_json(segmentation: Segmentation) -> str:
    """Write the same table as ``segments``, and what is to be said of it as ``notes``."""
    table = segmentation.segment_table()
    columns = table.to_dict()
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return json.dumps({"segments": rows, "notes": list(table.notes)}, indent=2) + "\n"


@_form
def to_binary(segmentation: Segmentation) -> bytes:
    """Convert to BINARY; of fractions only if all are 0 or 1."""
    return _file(segmentation.to_binary())


@_form
def to_fractional(segmentation: Segmentation) -> bytes:
    """Convert to FRACTIONAL."""
    return _file(segmentation.to_fractional())


@_form
def to_labelmap(segmentation: Segmentation) -> bytes:
    """Convert to LABELMAP; segments may not overlap."""
    return _file(segmentation.to_labelmap())


@_form
def to_nifti(segmentation: Segmentation) -> bytes:
    """Write segments as NIfTI-1, compressed: a label map, or masks on a fourth axis."""
    return encode_nifti(LabelledVolume.from_segmentation(segmentation), compress=True)


@_form
def to_seg_nrrd(segmentation: Segmentation) -> bytes:
    """Write segments as a segmentation of 3D Slicer."""
    return encode_seg_nrrd(LabelledVolume.from_segmentation(segmentation))


@_form
def to_label_table(segmentation: Segmentation) -> str:
    """Write descriptions of segments as CSV."""
    return write_label_table(segmentation.segment_descriptions)


@_form
def to_label_json(segmentation: Segmentation) -> str:
    """Write descriptions of segments as JSON."""
    return write_labels(segmentation.segment_descriptions)


def _file(segmentation: Segmentation) -> bytes:
    out = io.BytesIO()
    segmentation.save_as(out)
    return out.getvalue()
