"""Metadata in the JSON of dcmqi, and the label maps that they describe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError, InvalidValueError
from iodkit.io import write_file_atomically
from iodkit.spatial import Volume
from iodkit.spatial.interop.libraries import import_library
from iodkit_seg.interchange.codes import code_from_mapping, code_to_mapping
from iodkit_seg.interchange.describing import describe_records
from iodkit_seg.interchange.labelled import SEGMENT_CHANNEL, LabelledVolume
from iodkit_seg.interchange.labels import LabelSource, load_json
from iodkit_seg.interchange.nifti import encode_nifti
from iodkit_seg.interchange.records import SegmentRecord

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from pydicom.sr.coding import Code

    from iodkit_seg.sop import Segmentation

__all__ = ["DcmqiMetadata", "read_dcmqi", "read_dcmqi_metadata", "write_dcmqi"]

_SCHEMA = "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas/seg-schema.json#"
# Keys of an object, with the arguments of Segmentation that they stand for.
_SERIES = {
    "SeriesDescription": "series_description",
    "ContentCreatorName": "content_creator_name",
    "ContentLabel": "content_label",
    "ContentDescription": "content_description",
}
_NUMBERS = {"SeriesNumber": "series_number", "InstanceNumber": "instance_number"}
_CODES = {
    "SegmentedPropertyCategoryCodeSequence": "category",
    "SegmentedPropertyTypeCodeSequence": "type",
    "AnatomicRegionSequence": "region",
}
_MODIFIERS = {
    "SegmentedPropertyTypeModifierCodeSequence": "type_modifiers",
    "AnatomicRegionModifierSequence": "region_modifiers",
}
_TEXTS = {
    "SegmentAlgorithmType": "algorithm_type",
    "SegmentAlgorithmName": "algorithm_name",
    "SegmentDescription": "description",
    "TrackingIdentifier": "tracking_id",
    "TrackingUniqueIdentifier": "tracking_uid",
}
_COLOR = "recommendedDisplayRGBValue"

_LARGEST_TABLE = 1 << 20


@dataclass(frozen=True, slots=True)
class DcmqiMetadata:
    """What a metadata file of dcmqi says.

    Parameters
    ----------
    files : tuple[tuple[SegmentRecord, ...], ...]
        For each label map the segments in it; their numbers are the labels (``labelID``).
    arguments : Mapping[str, Any]
        What it says of series and content, as arguments of :class:`Segmentation`.
    """

    files: tuple[tuple[SegmentRecord, ...], ...]
    arguments: Mapping[str, Any]

    @property
    def segments(self) -> tuple[SegmentRecord, ...]:
        """tuple[SegmentRecord, ...]: All segments, numbered 1, 2, 3, … as dcmqi does."""
        records = [record for file in self.files for record in file]
        return tuple(replace(record, number=n) for n, record in enumerate(records, 1))

    def to_json(self) -> str:
        """Write the metadata file.

        Returns
        -------
        str
            JSON that the programs of dcmqi read.
        """
        keys = {argument: key for key, argument in (_SERIES | _NUMBERS).items()}
        content: dict[str, Any] = {"@schema": _SCHEMA}
        content |= {keys[argument]: str(value) for argument, value in self.arguments.items()}
        content["segmentAttributes"] = [[_to_object(r) for r in file] for file in self.files]
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_dcmqi_metadata(source: LabelSource) -> DcmqiMetadata:
    """Read a metadata file of dcmqi.

    Parameters
    ----------
    source : str | os.PathLike | Mapping
        JSON file, or its content.

    Returns
    -------
    DcmqiMetadata
        Segments and arguments.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InvalidValueError
        If it does not describe segments; the error names the place.
    """
    content = source if isinstance(source, Mapping) else load_json(source)
    files = content.get("segmentAttributes") if isinstance(content, Mapping) else None
    if not isinstance(files, list) or not all(isinstance(file, list) and file for file in files):
        raise InvalidValueError(
            "not metadata of dcmqi",
            attribute="segmentAttributes",
            found=files,
            expected="a list of lists of segments, one list for each label map",
        )
    arguments: dict[str, Any] = {
        argument: content[key] for key, argument in _SERIES.items() if content.get(key)
    }
    for key, argument in _NUMBERS.items():
        if content.get(key):
            arguments[argument] = _whole(content[key], key)
    records = [
        tuple(_record(item, f"segmentAttributes[{i}][{j}]") for j, item in enumerate(file))
        for i, file in enumerate(files)
    ]
    return DcmqiMetadata(tuple(records), arguments)


def read_dcmqi(
    metadata: DcmqiMetadata | LabelSource,
    images: Sequence[Volume | str | os.PathLike[str]],
) -> LabelledVolume:
    """Read label maps with the metadata of dcmqi.

    Parameters
    ----------
    metadata : DcmqiMetadata | str | os.PathLike | Mapping
        Metadata, or their file.
    images : Sequence[Volume | str | os.PathLike]
        Label maps in the order of the metadata: volumes, or files that SimpleITK reads.

    Returns
    -------
    LabelledVolume
        Segments numbered 1, 2, 3, … in the order of the metadata: a label map, or masks if they
        overlap.

    Raises
    ------
    InvalidValueError
        If there are more or fewer label maps than the metadata describe, or labels without
        description.
    GeometryError
        If the label maps have different geometries.
    MissingDependencyError
        If files are given and SimpleITK is not installed.
    """
    known = metadata if isinstance(metadata, DcmqiMetadata) else read_dcmqi_metadata(metadata)
    volumes = [image if isinstance(image, Volume) else _load(image) for image in images]
    if len(volumes) != len(known.files):
        raise InvalidValueError(
            "the metadata describe another number of label maps",
            attribute="images",
            found=len(volumes),
            expected=f"{len(known.files)}, as in segmentAttributes",
        )
    for volume in volumes[1:]:
        if not volume.geometry_equal(volumes[0]):
            raise GeometryError(
                "the label maps have different geometries",
                attribute="images",
                found=volume.get_geometry(),
                expected=str(volumes[0].get_geometry()),
            )
    maps = list(_renumbered(volumes, known))
    segments = describe_records(known.segments)
    return LabelledVolume(_joined(volumes[0], maps, len(segments)), tuple(segments))


def write_dcmqi(
    segmentation: Segmentation | LabelledVolume,
    directory: str | os.PathLike[str],
    prefix: str = "segmentation",
) -> list[Path]:
    """Write label maps and metadata as the programs of dcmqi read them.

    Parameters
    ----------
    segmentation : Segmentation | LabelledVolume
        The segments, not fractional.
    directory : str | os.PathLike
        Directory to write into.
    prefix : str, optional
        Begin of the names: ``PREFIX-meta.json`` and ``PREFIX-1.nii.gz``, more of these if
        segments overlap.

    Returns
    -------
    list[Path]
        The metadata file, and the label maps in its order.

    Raises
    ------
    MissingDependencyError
        If nibabel is not installed.
    GeometryError
        If the frames of the segmentation make no regular volume.
    InvalidValueError
        If segments are fractional.
    WriteError
        If a file cannot be written.
    """
    labelled = LabelledVolume.of(segmentation)
    records = [SegmentRecord.from_description(segment) for segment in labelled.segments]
    if labelled.is_labelmap:
        files, volumes = [tuple(records)], [labelled]
    else:
        files = [(replace(record, number=1),) for record in records]
        volumes = list(_one_by_one(labelled))
    metadata = DcmqiMetadata(tuple(files), _arguments_of(segmentation))
    folder = Path(directory)
    paths = [folder / f"{prefix}-meta.json"]
    for number, volume in enumerate(volumes, 1):
        paths.append(folder / f"{prefix}-{number}.nii.gz")
        write_file_atomically(paths[-1], [encode_nifti(volume, compress=True)])
    write_file_atomically(paths[0], [metadata.to_json().encode()])
    return paths


def _arguments_of(segmentation: Segmentation | LabelledVolume) -> dict[str, Any]:
    if isinstance(segmentation, LabelledVolume):
        return {"series_number": 1, "instance_number": 1}
    keys = _SERIES | _NUMBERS
    return {keys[key]: segmentation.get(key) for key in keys if segmentation.get(key)}


def _one_by_one(labelled: LabelledVolume) -> Iterable[LabelledVolume]:
    geometry = labelled.volume.get_geometry()
    for segment, mask in zip(labelled.segments, labelled.masks(), strict=True):
        alone = segment.__class__.from_dataset(segment)
        alone.SegmentNumber = 1
        yield LabelledVolume(geometry.with_array(mask.astype(np.uint8)), (alone,))


def _record(item: Any, where: str) -> SegmentRecord:
    if not isinstance(item, Mapping):
        raise InvalidValueError("not a segment", attribute=where, found=item)
    codes: dict[str, Any] = {
        name: next(iter(_codes(item, key, where)), None) for key, name in _CODES.items()
    }
    modifiers: dict[str, Any] = {name: _codes(item, key, where) for key, name in _MODIFIERS.items()}
    texts: dict[str, Any] = {name: str(item[key]) for key, name in _TEXTS.items() if item.get(key)}
    fallback = item.get("SegmentDescription") or (codes["type"].meaning if codes["type"] else "")
    return SegmentRecord(
        _whole(item.get("labelID"), f"{where}.labelID"),
        str(item.get("SegmentLabel") or fallback),
        **codes,
        **modifiers,
        **texts,
        rgb=_color(item.get(_COLOR), f"{where}.{_COLOR}"),
    )


def _codes(item: Mapping[str, Any], key: str, where: str) -> tuple[Code, ...]:
    """Read codes; dcmqi writes an object where there is one only, and a list otherwise."""
    found = item.get(key) or []
    several = found if isinstance(found, list) else [found]
    return tuple(code_from_mapping(each, f"{where}.{key}") for each in several)


def _color(value: Any, where: str) -> tuple[int, int, int] | None:
    """Read a colour; dcmqi writes numbers above 255 where sRGB does not reach a colour."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3 or not all(type(n) is int for n in value):
        raise InvalidValueError(
            "not a colour", attribute=where, found=value, expected="red, green and blue"
        )
    red, green, blue = (min(max(number, 0), 255) for number in value)
    return red, green, blue


def _whole(value: Any, where: str) -> int:
    if isinstance(value, bool) or not str(value).isdecimal():
        raise InvalidValueError(
            "not a whole number", attribute=where, found=value, expected="a number from 0"
        )
    return int(value)


def _to_object(record: SegmentRecord) -> dict[str, Any]:
    item: dict[str, Any] = {"labelID": record.number, "SegmentLabel": record.label}
    for key, name in _TEXTS.items():
        if getattr(record, name):
            item[key] = getattr(record, name)
    item.setdefault("SegmentDescription", record.label)
    for key, name in _CODES.items():
        if getattr(record, name) is not None:
            item[key] = code_to_mapping(getattr(record, name))
    for key, name in _MODIFIERS.items():
        if getattr(record, name):
            item[key] = code_to_mapping(getattr(record, name)[0])
    if record.rgb is not None:
        item[_COLOR] = list(record.rgb)
    return item


def _load(path: str | os.PathLike[str]) -> Volume:
    library = import_library("SimpleITK", "SimpleITK")
    try:
        image = library.ReadImage(str(Path(path)))
    except RuntimeError as error:
        raise InvalidValueError(
            "not an image that SimpleITK reads", attribute="images", found=str(path)
        ) from error
    return Volume.from_simpleitk(image)


def _renumbered(volumes: Sequence[Volume], metadata: DcmqiMetadata) -> Iterator[NDArray[Any]]:
    """Label maps with the numbers that their segments get."""
    first = 1
    dtype = np.min_scalar_type(sum(map(len, metadata.files)))
    for place, (volume, file) in enumerate(zip(volumes, metadata.files, strict=True)):
        array = volume.array
        numbers = {record.number: at for at, record in enumerate(file, first)}
        if len(numbers) < len(file):
            raise InvalidValueError(
                "two segments have the same label",
                attribute=f"segmentAttributes[{place}]",
                found=sorted(record.number for record in file),
                expected="a label for each",
            )
        values = np.unique(array.ravel(order="K"))
        unknown = sorted(set(values.tolist()) - set(numbers) - {0})
        if unknown:
            raise InvalidValueError(
                "labels have no description",
                attribute=f"images[{place}]",
                found=unknown[:10],
                expected=f"0 and the labels of segmentAttributes[{place}], {sorted(numbers)}",
            )
        yield _mapped(array, values, np.array([numbers.get(v, 0) for v in values.tolist()], dtype))
        first += len(file)


def _mapped(array: NDArray[Any], values: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
    """Replace values, which are all that there are in ascending order."""
    if array.dtype.kind not in "iu" or values[0] < 0 or values[-1] > _LARGEST_TABLE:
        return new[np.searchsorted(values, array)]
    table = np.zeros(int(values[-1]) + 1, new.dtype)
    table[values] = new
    return table[array]


def _joined(volume: Volume, maps: list[NDArray[Any]], count: int) -> Volume:
    """Put label maps together: into one if no voxel has labels in two of them."""
    geometry = volume.get_geometry()
    joined = maps[0].copy()
    for labels in maps[1:]:
        if np.logical_and(joined, labels).any():
            break
        joined += labels
    else:
        return geometry.with_array(joined)
    masks = np.zeros((*volume.spatial_shape, count), bool)
    for labels in maps:
        for number in np.unique(labels[labels != 0]).tolist():
            masks[..., number - 1] = labels == number
    channels: Any = {SEGMENT_CHANNEL: list(range(1, count + 1))}
    return geometry.with_array(masks, channels)
