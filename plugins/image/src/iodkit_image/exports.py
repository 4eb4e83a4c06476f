"""Images as files for other programs: what ``iodkit convert`` writes."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Any

from iodkit_image.image import Image
from iodkit_image.rendering import render

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["to_nifti", "to_png"]


def to_png(dataset: Dataset) -> bytes:
    """Draw an image as ``iodkit render`` does, with its defaults.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Image.

    Returns
    -------
    bytes
        Picture.
    """
    out = io.BytesIO()
    render(_image(dataset)).save(out, "png")
    return out.getvalue()


def to_nifti(dataset: Dataset) -> bytes:
    """Write the volume that the frames of an image fill, in the values that they stand for.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Image with several frames in space.

    Returns
    -------
    bytes
        NIfTI-1 file, compressed.

    Raises
    ------
    NotAVolumeError
        If the frames fill no regular volume.
    MissingDependencyError
        If nibabel is not installed.
    """
    nifti: Any = _image(dataset).get_volume().to_nibabel()
    return gzip.compress(nifti.to_bytes(), mtime=0)


def _image(dataset: Dataset) -> Image:
    return dataset if isinstance(dataset, Image) else Image.from_dataset(dataset, copy=False)
