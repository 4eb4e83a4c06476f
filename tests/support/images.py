"""Images of kinds that the phantom does not have, made of those that it has."""

from __future__ import annotations

import copy
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

from iodkit.testing import phantom

if TYPE_CHECKING:
    from collections.abc import Sequence


def reread(dataset: Dataset) -> Any:
    """Give a dataset as pydicom reads it from a file."""
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


def take_frames(dataset: Dataset, order: Sequence[int]) -> Any:
    """Give an image with some of the frames of another, in another order."""
    new = copy.deepcopy(dataset)
    count = int(dataset.NumberOfFrames)
    pixels = np.frombuffer(dataset.PixelData, np.uint8).reshape(count, -1)
    if "PerFrameFunctionalGroupsSequence" in new:
        groups = list(new.PerFrameFunctionalGroupsSequence)
        new.PerFrameFunctionalGroupsSequence = [copy.deepcopy(groups[i]) for i in order]
    new.NumberOfFrames = len(order)
    new.PixelData = pixels[list(order)].tobytes()
    return new


def timed_ct(planes: int = 4, times: int = 3, rows: int = 10, columns: int = 12) -> Any:
    """Make a CT with several temporal positions, planes of each in turn; values grow with time."""
    image = take_frames(phantom.enhanced_ct(planes, rows, columns), list(range(planes)) * times)
    pixels = np.frombuffer(image.PixelData, np.uint16).reshape(times, planes, rows, columns)
    grown = pixels + 100 * np.arange(times, dtype=np.uint16)[:, None, None, None]
    image.PixelData = grown.astype(np.uint16).tobytes()
    for number, group in enumerate(image.PerFrameFunctionalGroupsSequence):
        content = group.FrameContentSequence[0]
        content.TemporalPositionIndex = number // planes + 1
        content.FrameAcquisitionDateTime = f"20240229120000.{number // planes * 25:03}"
        content.DimensionIndexValues = [*content.DimensionIndexValues, number // planes + 1]
    pointer = Dataset()
    pointer.DimensionIndexPointer = 0x00209128
    pointer.FunctionalGroupPointer = 0x00209111
    pointer.DimensionOrganizationUID = image.DimensionIndexSequence[0].DimensionOrganizationUID
    image.DimensionIndexSequence.append(pointer)
    return image


def plain_slide(*arguments: Any, gray: bool = False, **options: Any) -> Any:
    """Make a slide without an ICC profile."""
    image = phantom.slide_image(*arguments, **options)
    for path in image.OpticalPathSequence:
        path.pop("ICCProfile", None)
    if gray:
        pixels = np.frombuffer(image.PixelData, np.uint8).reshape(-1, 3)
        image.PixelData = pixels.min(axis=1).tobytes()
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        del image.PlanarConfiguration
    return image


def layered_slide(paths: int = 1, focal_planes: int = 1, **options: Any) -> Any:
    """Make a TILED_FULL slide of several optical paths and focal planes; values differ by layer."""
    image = plain_slide(**options)
    count, layers = int(image.NumberOfFrames), paths * focal_planes
    pixels = np.frombuffer(image.PixelData, np.uint8)
    image.PixelData = b"".join((pixels // (layer + 1)).tobytes() for layer in range(layers))
    image.NumberOfFrames = count * layers
    image.TotalPixelMatrixFocalPlanes, image.NumberOfOpticalPaths = focal_planes, paths
    first = image.OpticalPathSequence[0]
    image.OpticalPathSequence = [copy.deepcopy(first) for _ in range(paths)]
    for number, item in enumerate(image.OpticalPathSequence, start=1):
        item.OpticalPathIdentifier = str(number)
    shared = image.SharedFunctionalGroupsSequence[0]
    if paths > 1:
        del shared.OpticalPathIdentificationSequence
    if focal_planes > 1:
        shared.PixelMeasuresSequence[0].SpacingBetweenSlices = 0.004
    return image


def dose(planes: int = 5, rows: int = 6, columns: int = 7, offsets: Sequence[float] = ()) -> Any:
    """Make a dose whose planes are placed by offsets."""
    first = phantom.ct_series(1, rows, columns)[0]
    image = copy.deepcopy(first)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.2"
    image.Modality = "RTDOSE"
    image.NumberOfFrames = planes
    image.FrameIncrementPointer = 0x3004000C
    image.GridFrameOffsetVector = list(offsets) or [2.5 * i for i in range(planes)]
    image.DoseGridScaling = "0.001"
    for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
        delattr(image, keyword)
    values = np.arange(planes * rows * columns, dtype=np.uint16)
    image.PixelData = values.tobytes()
    return image


def derived_image(source: Dataset | Sequence[Dataset], kept: Sequence[int]) -> Any:
    """Make an enhanced image whose frames were derived from some frames of a source."""
    is_series = not isinstance(source, Dataset)
    first = source[0] if is_series else source  # type: ignore[index]
    planes = len(source) if is_series else int(source.NumberOfFrames)  # type: ignore[attr-defined]
    base = phantom.enhanced_ct(planes, int(first.Rows), int(first.Columns))
    image = take_frames(base, kept)
    for group, index in zip(image.PerFrameFunctionalGroupsSequence, kept, strict=True):
        origin = source[index] if is_series else first  # type: ignore[index]
        item = Dataset()
        item.ReferencedSOPClassUID = origin.SOPClassUID
        item.ReferencedSOPInstanceUID = origin.SOPInstanceUID
        item.SpatialLocationsPreserved = "YES"
        if not is_series:
            item.ReferencedFrameNumber = index + 1
        derivation = Dataset()
        derivation.SourceImageSequence = [item]
        group.DerivationImageSequence = [derivation]
    series = Dataset()
    series.SeriesInstanceUID = first.SeriesInstanceUID
    series.ReferencedInstanceSequence = []
    for origin in source if is_series else [first]:
        reference = Dataset()
        reference.ReferencedSOPClassUID = origin.SOPClassUID
        reference.ReferencedSOPInstanceUID = origin.SOPInstanceUID
        series.ReferencedInstanceSequence.append(reference)
    image.ReferencedSeriesSequence = [series]
    return image
