"""Validation rules of segmentations (PS3.3 C.8.20), for any object that claims to be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit

from iodkit.attributes import Fault
from iodkit.standard.syntaxes import syntax_name
from iodkit_seg.encoding.syntaxes import TYPE_BITS
from iodkit_seg.sop import Segmentation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.dataset import SOPClass

__all__ = [
    "check_bits",
    "check_fractions",
    "check_image_type",
    "check_label_values",
    "check_loss",
    "check_palette",
    "check_referenced_segments",
    "check_segment_numbers",
    "check_type",
]

_LABEL_MAP_STORAGE = "1.2.840.10008.5.1.4.1.1.66.7"
_PER_FRAME = "PerFrameFunctionalGroupsSequence"
_BITS = {kind.value: bits for kind, bits in TYPE_BITS.items()}
_HIGHEST_OF_8_BITS = 255
# Others with loss may be used without any.
_ALWAYS_LOSSY = frozenset((JPEGBaseline8Bit, JPEGExtended12Bit))
_FRACTIONAL_TYPES = ("PROBABILITY", "OCCUPANCY")


def check_type(dataset: Dataset) -> Iterator[Fault]:
    """Find types of segmentation that the SOP class does not allow.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    is_map = str(dataset.get("SOPClassUID")) == _LABEL_MAP_STORAGE
    allowed = ("LABELMAP",) if is_map else ("BINARY", "FRACTIONAL")
    kind = dataset.get("SegmentationType")
    if kind not in allowed:
        yield Fault("SegmentationType", kind, " or ".join(allowed))


def check_image_type(dataset: Dataset) -> Iterator[Fault]:
    """Find image types of more than the two values DERIVED and PRIMARY.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        At most one; what the two values are is a matter of the attribute tables.
    """
    found = dataset.get("ImageType")
    values = [found] if isinstance(found, str) else list(found or ())
    if len(values) > 2:
        yield Fault("ImageType", "\\".join(map(str, values)), "DERIVED\\PRIMARY, and no more")


def check_segment_numbers(dataset: Dataset) -> Iterator[Fault]:
    """Find numbers of segments that repeat, or that are not 1, 2, 3, … in any order.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        One for each wrong number; label maps may leave out numbers.
    """
    seen: set[int] = set()
    is_map = dataset.get("SegmentationType") == "LABELMAP"
    segments = list(_segments(dataset))
    for path, item in segments:
        number = item.get("SegmentNumber")
        where = f"{path}.SegmentNumber"
        if number is None or number in seen:
            yield Fault(where, number, "a number that no other segment has")
        elif not is_map and not 1 <= number <= len(segments):
            expected = f"1 to {len(segments)}: segments are numbered from 1 by 1"
            yield Fault(where, number, expected)
        if number is not None:
            seen.add(number)


def check_referenced_segments(dataset: SOPClass) -> Iterator[Fault]:
    """Find frames of segments that are not described.

    Parameters
    ----------
    dataset : SOPClass
        The object.

    Yields
    ------
    Fault
        One for each such number, at its first frame.
    """
    if dataset.get("SegmentationType") == "LABELMAP":
        return
    described = {item.get("SegmentNumber") for _, item in _segments(dataset)}
    path = "SegmentIdentificationSequence.ReferencedSegmentNumber"
    table = dataset.frame_table
    column = table.column(path)
    if dataset.get("DimensionOrganizationType") == "TILED_FULL" and not len(column.data.values):
        return  # the order of the frames says their segments (PS3.3 C.7.6.17.3)
    lacking = np.flatnonzero(column.data.counts == 0)
    if len(lacking):
        expected = "the number of the frame's segment"
        yield Fault(_identification(int(lacking[0])), None, expected, count=len(lacking))
    several = np.flatnonzero(column.data.counts > 1)
    if len(several):
        found = f"{int(column.data.counts[several[0]])} numbers"
        where = _identification(int(several[0]))
        yield Fault(where, found, "the number of one segment", count=len(several))
    numbers = column.data.values
    owners = np.repeat(np.arange(len(table)), column.data.counts)
    for number in np.unique(numbers).tolist():
        if number not in described:
            frames = owners[numbers == number]
            remedy = "Describe the segment in SegmentSequence"
            expected = "a SegmentNumber in SegmentSequence"
            yield Fault(_identification(int(frames[0])), number, expected, remedy, len(frames))


def check_bits(dataset: Dataset) -> Iterator[Fault]:
    """Find descriptions of pixels that the type of segmentation does not allow.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        One for each attribute.
    """
    kind = dataset.get("SegmentationType")
    if kind not in _BITS:
        return
    allocated, allowed = dataset.get("BitsAllocated"), _BITS[kind]
    if allocated not in allowed:
        yield Fault("BitsAllocated", allocated, f"{_either(allowed)} for {kind}")
        return
    photometric = ("MONOCHROME2", "PALETTE COLOR") if kind == "LABELMAP" else ("MONOCHROME2",)
    for keyword, values in (
        ("BitsStored", (allocated,)),
        ("HighBit", (allocated - 1,)),
        ("PixelRepresentation", (0,)),
        ("SamplesPerPixel", (1,)),
        ("PhotometricInterpretation", photometric),
    ):
        if dataset.get(keyword) not in values:
            yield Fault(keyword, dataset.get(keyword), f"{_either(values)} for {kind}")


def check_fractions(dataset: Dataset) -> Iterator[Fault]:
    """Find fractions without a meaning or a scale, and values above the scale.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        One for each.
    """
    if dataset.get("SegmentationType") != "FRACTIONAL":
        return
    meaning, highest = (
        dataset.get("SegmentationFractionalType"),
        dataset.get("MaximumFractionalValue"),
    )
    if meaning not in _FRACTIONAL_TYPES:
        yield Fault("SegmentationFractionalType", meaning, _either(_FRACTIONAL_TYPES))
    if highest is None:
        yield Fault("MaximumFractionalValue", None, "the value that stands for 1")
        return
    if not 1 <= highest <= _HIGHEST_OF_8_BITS:
        yield Fault("MaximumFractionalValue", highest, "1 to 255, which pixels of 8 bits can hold")
    found = max((int(values[-1]) for values in _values_by_frame(dataset)), default=0)
    if found > highest:
        yield Fault("PixelData", found, f"no value above MaximumFractionalValue, {highest}")


def check_label_values(dataset: Dataset) -> Iterator[Fault]:
    """Find pixels of label maps whose value no segment has (PS3.3 C.8.20.2.3.3).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        At most one, with the first such values.
    """
    if dataset.get("SegmentationType") != "LABELMAP":
        return
    found: set[int] = set()
    for values in _values_by_frame(dataset):
        found.update(values.tolist())
    missing = sorted(found - {item.get("SegmentNumber") for _, item in _segments(dataset)})
    if missing:
        remedy = "Describe them in SegmentSequence, the background with SegmentNumber 0"
        yield Fault("PixelData", missing[:10], "values that are a SegmentNumber", remedy)


def check_palette(dataset: Dataset) -> Iterator[Fault]:
    """Find label maps with a palette that lack its colour profile, or have colours besides.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        One for each.
    """
    if dataset.get("PhotometricInterpretation") != "PALETTE COLOR":
        return
    if not dataset.get("ICCProfile"):
        yield Fault("ICCProfile", None, "the colour profile of the palette")
    for path, item in _segments(dataset):
        name = "RecommendedDisplayCIELabValue"
        if name in item:
            remedy = "Remove it: the palette says the colours"
            yield Fault(f"{path}.{name}", item.get(name), "nothing, with a palette", remedy)


def check_loss(dataset: Dataset) -> Iterator[Fault]:
    """Find compression with loss that is not owned up to.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    syntax = str(getattr(dataset, "file_meta", {}).get("TransferSyntaxUID") or "")
    found = dataset.get("LossyImageCompression")
    if syntax in _ALWAYS_LOSSY and found != "01":
        yield Fault("LossyImageCompression", found, f"01, as {syntax_name(syntax)} loses something")


def _segments(dataset: Dataset) -> Iterator[tuple[str, Dataset]]:
    for number, item in enumerate(dataset.get("SegmentSequence") or (), 1):
        yield f"SegmentSequence[{number}]", item


def _values_by_frame(dataset: Dataset) -> Iterator[NDArray[Any]]:
    """Distinct pixel values of each frame, ascending."""
    store = Segmentation.from_dataset(dataset, copy=False).frame_store
    for frame in range(int(dataset.get("NumberOfFrames") or 1)):
        yield np.unique(store.read(frame))


def _identification(frame: int) -> str:
    where = f"{_PER_FRAME}[{frame + 1}].SegmentIdentificationSequence[1]"
    return f"{where}.ReferencedSegmentNumber"


def _either(values: tuple[object, ...]) -> str:
    return " or ".join(map(str, values))
