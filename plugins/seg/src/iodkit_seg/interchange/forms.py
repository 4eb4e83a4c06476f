"""Segmentations as files for other programs: what ``iodkit convert`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit_seg.interchange.label_table import write_label_table
from iodkit_seg.interchange.labelled import LabelledVolume
from iodkit_seg.interchange.labels import write_labels
from iodkit_seg.interchange.nifti import encode_nifti
from iodkit_seg.interchange.nrrd import encode_seg_nrrd
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["to_label_json", "to_label_table", "to_nifti", "to_seg_nrrd"]


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
