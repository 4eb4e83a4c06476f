"""Segments in ``.seg.nrrd`` files of 3D Slicer, overlapping ones on several layers."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError, InvalidValueError, MissingFileError, ReadError
from iodkit.io import write_file_atomically
from iodkit.spatial import Volume
from iodkit.spatial.interop.libraries import import_library
from iodkit_seg.interchange.describing import describe_records
from iodkit_seg.interchange.labelled import SEGMENT_CHANNEL, LabelledVolume
from iodkit_seg.interchange.records import SegmentRecord
from iodkit_seg.interchange.slicer_terms import TERMINOLOGY, SlicerTerms, parse_tags

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from iodkit.content import AlgorithmIdentificationSequence
    from iodkit_seg.interchange.names import SegmentCodes
    from iodkit_seg.sop import Segmentation

__all__ = ["encode_seg_nrrd", "read_seg_nrrd", "write_seg_nrrd"]

# What turns the axes of a space into DICOM's: left, posterior, superior.
_SPACES = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}

_SEGMENTATION = {
    "Segmentation_ContainedRepresentationNames": "Binary labelmap|",
    "Segmentation_MasterRepresentation": "Binary labelmap",
    "Segmentation_ReferenceImageExtentOffset": "0 0 0",
}
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the voxels of a segment are."""

    layer: int
    value: int


def read_seg_nrrd(
    path: str | os.PathLike[str],
    *,
    codes: Mapping[str, SegmentCodes] | None = None,
    algorithm: AlgorithmIdentificationSequence | None = None,
) -> LabelledVolume:
    """Read the segments of a segmentation of 3D Slicer.

    Parameters
    ----------
    path : str | os.PathLike
        File in the format NRRD with the fields ``Segment0_LabelValue``, ``Segment0_Name``, ….
    codes : Mapping[str, SegmentCodes] | None, optional
        Codes by name, for segments without terminology.
    algorithm : AlgorithmIdentificationSequence | None, optional
        The algorithm that made the segments; they are manual without one.

    Returns
    -------
    LabelledVolume
        Segments numbered 1, 2, 3, … in the order of the file: a label map, or masks if they are
        on several layers.

    Raises
    ------
    MissingFileError, ReadError
        If there is no such file, or it holds no NRRD image.
    MissingDependencyError
        If pynrrd is not installed.
    GeometryError
        If the image is not placed in a known space.
    InvalidValueError, NotFoundError
        If it has no segments, or there are no codes for their names.
    """
    library = import_library("nrrd", "pynrrd")
    try:
        array, header = library.read(str(Path(path)))
    except FileNotFoundError as error:
        raise MissingFileError("there is no such file", found=str(path)) from error
    except (library.NRRDError, ValueError, EOFError) as error:
        raise ReadError(f"the file holds no NRRD image: {error}", found=str(path)) from error
    layers = array if array.ndim == 4 else array[np.newaxis]
    if layers.ndim != 4:
        raise GeometryError("image has neither three nor four axes", found=array.shape)
    affine = _affine(header)
    records, places = _segments(_fields(Path(path).read_bytes()), layers.shape[0])
    segments = describe_records(records, codes=codes, algorithm=algorithm)
    voxels = _voxels(layers, places)
    channels: Any = (
        None if voxels.ndim == 3 else {SEGMENT_CHANNEL: [record.number for record in records]}
    )
    return LabelledVolume(Volume(voxels, affine, "PATIENT", None, channels), tuple(segments))


def write_seg_nrrd(
    segmentation: Segmentation | LabelledVolume, path: str | os.PathLike[str]
) -> None:
    """Write segments so that 3D Slicer opens them as a segmentation.

    Names, codes and colours are kept; algorithms and tracking identifiers are lost.

    Parameters
    ----------
    segmentation : Segmentation | LabelledVolume
        The segments, not fractional; each is on a layer of its own if they overlap.
    path : str | os.PathLike
        File to write, whose name should end with ``.seg.nrrd``.

    Raises
    ------
    MissingDependencyError
        If pynrrd is not installed.
    GeometryError
        If the frames of the segmentation make no regular volume.
    InvalidValueError
        If segments are fractional.
    WriteError
        If the file cannot be written.
    """
    write_file_atomically(path, [encode_seg_nrrd(LabelledVolume.of(segmentation))])


def encode_seg_nrrd(labelled: LabelledVolume) -> bytes:
    """Encode segments as 3D Slicer does.

    Parameters
    ----------
    labelled : LabelledVolume
        The segments.

    Returns
    -------
    bytes
        Content of the file.
    """
    library = import_library("nrrd", "pynrrd")
    labelled = labelled.in_file_order()
    volume = labelled.volume
    header: dict[str, Any] = {
        "space": "left-posterior-superior",
        "space origin": volume.affine[:3, 3].copy(),
        "kinds": ["domain", "domain", "domain"],
        "space directions": volume.affine[:3, :3].T.copy(),
        "encoding": "gzip",
    }
    fields = dict(_SEGMENTATION)
    array = volume.array
    if not labelled.is_labelmap:
        array = np.stack([mask.astype(np.uint8) for mask in labelled.masks()])
        none = np.full((1, 3), np.nan)
        header["kinds"] = ["list", *header["kinds"]]
        header["space directions"] = np.vstack([none, header["space directions"]])
    for index, segment in enumerate(labelled.segments):
        record = SegmentRecord.from_description(segment)
        place = _Place(0, record.number) if labelled.is_labelmap else _Place(index, 1)
        fields |= _segment_fields(index, record, place, volume.spatial_shape)
    out = io.BytesIO()
    library.write(out, np.asfortranarray(array), header)
    return _with_fields(out.getvalue(), fields)


def _segment_fields(
    index: int, record: SegmentRecord, place: _Place, shape: Sequence[int]
) -> dict[str, str]:
    name = f"Segment{index}"
    terms = SlicerTerms.of_record(record).format()
    fields = {
        "ID": f"Segment_{record.number}",
        "Name": " ".join(record.label.split()),
        "NameAutoGenerated": "0",
        "LabelValue": str(place.value),
        "Layer": str(place.layer),
        "Extent": " ".join(f"0 {count - 1}" for count in shape),
        "Tags": f"{TERMINOLOGY}:{terms}|",
    }
    if record.rgb is not None:
        fields["Color"] = " ".join(f"{level / 255:.6g}" for level in record.rgb)
        fields["ColorAutoGenerated"] = "0"
    return {f"{name}_{field}": value for field, value in fields.items()}


def _with_fields(data: bytes, fields: Mapping[str, str]) -> bytes:
    """Add fields to a header, in UTF-8 as 3D Slicer does; pynrrd writes ASCII only."""
    lines = "\n".join(f"{key}:={value}" for key, value in fields.items())
    end = data.index(b"\n\n")
    return b"%b\n%b%b" % (data[:end], lines.encode(), data[end:])


def _fields(data: bytes) -> dict[str, str]:
    """Read the fields of a header that are not NRRD's own; pynrrd drops what is not ASCII."""
    end = _END_OF_HEADER.search(data)
    lines = data[: end.start() if end else None].decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":=") for line in lines if ":=" in line)
    return {key: value for key, _, value in pairs}


def _affine(header: Mapping[str, Any]) -> NDArray[np.float64]:
    space = str(header.get("space", "")).lower()
    directions, origin = header.get("space directions"), header.get("space origin")
    if space not in _SPACES or directions is None or origin is None:
        raise GeometryError(
            "the image is not placed in the patient",
            attribute="space",
            found=header.get("space"),
            expected=f"one of {sorted(_SPACES)}, with space directions and space origin",
        )
    rows = [row for row in directions if row is not None and not np.isnan(row).any()]
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(rows, dtype=np.float64).T
    affine[:3, 3] = origin
    affine[:3] *= np.asarray(_SPACES[space])[:, np.newaxis]
    return affine


def _segments(header: Mapping[str, Any], layers: int) -> tuple[list[SegmentRecord], list[_Place]]:
    records: list[SegmentRecord] = []
    places: list[_Place] = []
    while f"Segment{len(records)}_ID" in header:
        prefix = f"Segment{len(records)}_"
        fields = {
            key.removeprefix(prefix): str(value)
            for key, value in header.items()
            if key.startswith(prefix)
        }
        records.append(_record(fields, prefix, len(records) + 1))
        places.append(_place(fields, prefix, layers))
    if not records:
        raise InvalidValueError(
            "the image names no segments",
            attribute="Segment0_ID",
            expected="a segmentation of 3D Slicer (.seg.nrrd)",
        )
    if len(set(places)) < len(places):
        raise InvalidValueError(
            "two segments have the same label on the same layer",
            attribute="LabelValue",
            found=[(place.layer, place.value) for place in places],
        )
    return records, places


def _record(fields: Mapping[str, str], prefix: str, number: int) -> SegmentRecord:
    entry = parse_tags(fields.get("Tags", "")).get(TERMINOLOGY)
    terms = SlicerTerms.parse(entry, f"{prefix}Tags") if entry else SlicerTerms()
    color = fields.get("Color")
    return SegmentRecord(
        number,
        fields.get("Name") or fields["ID"],
        category=terms.category,
        type=terms.type,
        type_modifiers=() if terms.type_modifier is None else (terms.type_modifier,),
        region=terms.region,
        region_modifiers=() if terms.region_modifier is None else (terms.region_modifier,),
        rgb=None if color is None else _rgb(color, f"{prefix}Color"),
    )


def _place(fields: Mapping[str, str], prefix: str, layers: int) -> _Place:
    # Files of Slicer before 4.11 have neither: one segment on each layer.
    number = int(prefix.removeprefix("Segment").removesuffix("_"))
    layer, value = fields.get("Layer", str(number)), fields.get("LabelValue", "1")
    if not (layer.isdecimal() and value.isdecimal() and int(layer) < layers and int(value)):
        raise InvalidValueError(
            "a segment has no place in the image",
            attribute=f"{prefix}Layer, {prefix}LabelValue",
            found=(layer, value),
            expected=f"a layer below {layers}, and a label from 1",
        )
    return _Place(int(layer), int(value))


def _rgb(text: str, attribute: str) -> tuple[int, int, int]:
    try:
        red, green, blue = (round(float(part) * 255) for part in text.split())
    except ValueError as error:
        raise InvalidValueError(
            "not a colour", attribute=attribute, found=text, expected="three numbers from 0 to 1"
        ) from error
    return red, green, blue


def _voxels(layers: NDArray[Any], places: list[_Place]) -> NDArray[Any]:
    """Number the segments in their order: a label map if one layer has them all."""
    if len({place.layer for place in places}) > 1:
        masks = [layers[place.layer] == place.value for place in places]
        return np.stack(masks, axis=-1)
    layer = layers[places[0].layer]
    labels = np.zeros(layer.shape, np.min_scalar_type(len(places)))
    for number, place in enumerate(places, 1):
        labels[layer == place.value] = number
    return labels
