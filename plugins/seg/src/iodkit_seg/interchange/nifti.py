"""Segments in NIfTI files, with a list of labels in JSON beside them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iodkit.errors import MissingFileError, ReadError
from iodkit.io import write_file_atomically
from iodkit.spatial import Volume
from iodkit.spatial.interop.libraries import import_library
from iodkit_seg.interchange.describing import describe_records
from iodkit_seg.interchange.labelled import LabelledVolume
from iodkit_seg.interchange.labels import LabelSource, read_labels, write_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.content import AlgorithmIdentificationSequence
    from iodkit_seg.interchange.names import SegmentCodes
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation

__all__ = ["encode_nifti", "read_nifti", "write_nifti"]


def read_nifti(
    path: str | PathLike[str],
    segments: LabelSource | Sequence[SegmentDescription] | None = None,
    *,
    codes: Mapping[str, SegmentCodes] | None = None,
    algorithm: AlgorithmIdentificationSequence | None = None,
) -> LabelledVolume:
    """Read segments from a NIfTI file.

    Parameters
    ----------
    path : str | PathLike
        File with a label map of three axes, or four with a mask for each segment.
    segments : str | PathLike | Mapping | Sequence[SegmentDescription] | None, optional
        What the labels are: descriptions, or a list of labels as :func:`read_labels` takes it.
        By default the JSON file of the same name beside the file.
    codes : Mapping[str, SegmentCodes] | None, optional
        Codes by label, for labels without codes.
    algorithm : AlgorithmIdentificationSequence | None, optional
        The algorithm that made the segments.

    Returns
    -------
    LabelledVolume
        The segments, in the patient coordinate system of DICOM; labels that no voxel has, too.

    Raises
    ------
    MissingFileError, ReadError
        If a file is missing or holds no NIfTI image.
    MissingDependencyError
        If nibabel is not installed.
    GeometryError
        If the image has no affine matrix, or one with shears.
    InvalidValueError, NotFoundError
        If labels or descriptions do not fit, or there are no codes for labels.
    """
    library = import_library("nibabel", "nibabel")
    try:
        image = library.load(Path(path))
    except FileNotFoundError as error:
        raise MissingFileError("there is no such file", found=str(path)) from error
    except library.filebasedimages.ImageFileError as error:
        raise ReadError("the file holds no NIfTI image", found=str(path)) from error
    described = _labels_beside(path) if segments is None else segments
    if isinstance(described, (str, PathLike, Mapping)):
        records = read_labels(described)
        described = describe_records(records, codes=codes, algorithm=algorithm)
    return LabelledVolume(Volume.from_nibabel(image), tuple(described))


def write_nifti(
    segmentation: Segmentation | LabelledVolume,
    path: str | PathLike[str],
    *,
    labels: str | PathLike[str] | None = None,
) -> None:
    """Write segments as NIfTI-1 file, and their list of labels as JSON.

    Parameters
    ----------
    segmentation : Segmentation | LabelledVolume
        The segments; a label map is written, or masks on a fourth axis if they overlap or are
        fractional.
    path : str | PathLike
        File to write, compressed if its name ends with ``.gz``.
    labels : str | PathLike | None, optional
        JSON file to write; by default that of the same name beside the file.

    Raises
    ------
    MissingDependencyError
        If nibabel is not installed.
    GeometryError
        If the frames of the segmentation make no regular volume.
    WriteError
        If a file cannot be written.
    """
    labelled = LabelledVolume.of(segmentation)
    data = encode_nifti(labelled, compress=str(path).endswith(".gz"))
    text = write_labels(labelled.segments)
    write_file_atomically(_json_beside(path) if labels is None else labels, [text.encode()])
    write_file_atomically(path, [data])


def encode_nifti(labelled: LabelledVolume, *, compress: bool) -> bytes:
    """Encode segments as NIfTI-1, axes in the order columns, rows, slices.

    Parameters
    ----------
    labelled : LabelledVolume
        The segments.
    compress : bool
        Whether gzip compresses them.

    Returns
    -------
    bytes
        Content of the file.
    """
    image: Any = labelled.in_file_order().volume.to_nibabel()
    data: bytes = image.to_bytes()
    return gzip.compress(data, mtime=0) if compress else data


def _json_beside(path: str | PathLike[str]) -> Path:
    name = Path(path)
    stem = name.name.removesuffix(".gz").removesuffix(".nii")
    return name.with_name(f"{stem}.json")


def _labels_beside(path: str | PathLike[str]) -> Path:
    beside = _json_beside(path)
    if not beside.exists():
        raise MissingFileError(
            "nothing says what the labels are",
            attribute="segments",
            found=f"no {beside.name} beside the file",
            remedy='Pass segments={"1": "liver", …}, a JSON file, or descriptions.',
        )
    return beside
