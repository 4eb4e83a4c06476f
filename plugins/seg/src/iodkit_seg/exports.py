"""Segmentations as files for other programs: what ``iodkit convert`` writes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from iodkit_seg.interchange.label_table import write_label_table
from iodkit_seg.interchange.labelled import LabelledVolume
from iodkit_seg.interchange.labels import write_labels
from iodkit_seg.interchange.nifti import encode_nifti
from iodkit_seg.interchange.nrrd import encode_seg_nrrd
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
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


def to_csv(dataset: Dataset) -> str:
    """Write the table of segments with their measurements.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    str
        Comma-separated values with a line of names; empty where nothing is known.
    """
    columns = _segmentation(dataset).segment_table().to_dict()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def to_json(dataset: Dataset) -> str:
    """Write the table of segments with their measurements, and what is to be said of them.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    str
        Object with ``segments``, a list of objects, and ``notes``.
    """
    table = _segmentation(dataset).segment_table()
    columns = table.to_dict()
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return json.dumps({"segments": rows, "notes": list(table.notes)}, indent=2) + "\n"


def to_binary(dataset: Dataset) -> bytes:
    """Convert to BINARY; of fractions only if all are 0 or 1.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    bytes
        DICOM file.
    """
    return _file(_segmentation(dataset).to_binary())


def to_fractional(dataset: Dataset) -> bytes:
    """Convert to FRACTIONAL.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    bytes
        DICOM file.
    """
    return _file(_segmentation(dataset).to_fractional())


def to_labelmap(dataset: Dataset) -> bytes:
    """Convert to LABELMAP; segments may not overlap.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    bytes
        DICOM file.
    """
    return _file(_segmentation(dataset).to_labelmap())


def to_nifti(dataset: Dataset) -> bytes:
    """Write segments as NIfTI-1, compressed: a label map, or masks on a fourth axis.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    bytes
        Content of the file.
    """
    return encode_nifti(_labelled(dataset), compress=True)


def to_seg_nrrd(dataset: Dataset) -> bytes:
    """Write segments as a segmentation of 3D Slicer.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    bytes
        Content of the file.
    """
    return encode_seg_nrrd(_labelled(dataset))


def to_label_table(dataset: Dataset) -> str:
    """Write descriptions of segments as CSV.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    str
        Table.
    """
    return write_label_table(_segmentation(dataset).segment_descriptions)


def to_label_json(dataset: Dataset) -> str:
    """Write descriptions of segments as JSON.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Segmentation.

    Returns
    -------
    str
        JSON.
    """
    return write_labels(_segmentation(dataset).segment_descriptions)


def _labelled(dataset: Dataset) -> LabelledVolume:
    return LabelledVolume.from_segmentation(_segmentation(dataset))


def _segmentation(dataset: Dataset) -> Segmentation:
    if isinstance(dataset, Segmentation):
        return dataset
    return Segmentation.from_dataset(dataset, copy=False)


def _file(segmentation: Any) -> bytes:
    out = io.BytesIO()
    segmentation.save_as(out)
    return out.getvalue()
