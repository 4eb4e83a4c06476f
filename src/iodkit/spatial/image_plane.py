"""Where the planes of an image lie, read from its attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements.slide import MICROMETRES, SLIDE_OFFSETS
from iodkit.errors import GeometryError, InvalidTypeError, MissingAttributeError, OutOfRangeError
from iodkit.spatial.affine import get_normal_vector
from iodkit.spatial.attributes import frame_group, has_value, number_of_frames, read_numbers
from iodkit.spatial.tiling import is_tiled_image, tile_of_frame
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = [
    "MATRIX_POSITIONS",
    "ImagePlane",
    "coordinate_system_of",
    "focal_plane_height",
    "get_image_coordinate_system",
    "matrix_plane",
    "read_plane",
]

_SLIDE_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.77.1.6",  # VL Whole Slide Microscopy
        "1.2.840.10008.5.1.4.1.1.77.1.3",  # VL Slide-Coordinates Microscopic
    )
)
MATRIX_POSITIONS = (
    "ColumnPositionInTotalImagePixelMatrix",
    "RowPositionInTotalImagePixelMatrix",
)


@dataclass(frozen=True, slots=True)
class ImagePlane:
    """Where one plane of an image lies (PS3.3 C.7.6.2.1.1).

    Attributes
    ----------
    position : tuple[float, ...]
        Reference coordinates in mm of the centre of the top left pixel.
    orientation : tuple[float, ...]
        Cosines of row and column direction.
    pixel_spacing : tuple[float, float]
        Distance in mm between rows and between columns.
    spacing_between_slices : float | None
        Distance in mm between planes, if stated.
    """

    position: tuple[float, float, float]
    orientation: tuple[float, ...]
    pixel_spacing: tuple[float, float]
    spacing_between_slices: float | None = None


def get_image_coordinate_system(dataset: Dataset) -> CoordinateSystemNames | None:
    """Tell which coordinate system an image lies in.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Image of any kind.

    Returns
    -------
    CoordinateSystemNames | None
        Coordinate system, or None if the image has no Frame of Reference UID, or nothing that
        places it there (PS3.3 C.7.4.1, C.7.6.2, C.8.12.2).
    """
    if not has_value(dataset, "FrameOfReferenceUID"):
        return None
    return coordinate_system_of(dataset)


def coordinate_system_of(dataset: Dataset) -> CoordinateSystemNames | None:
    """Tell which coordinate system the positions of an image belong to, named or not."""
    if dataset.get("SOPClassUID") in _SLIDE_CLASSES or has_value(dataset, "ImageOrientationSlide"):
        return CoordinateSystemNames.SLIDE
    if frame_group(dataset, 0, "PlanePositionSlideSequence") is not None:
        return CoordinateSystemNames.SLIDE
    orientation = frame_group(dataset, 0, "PlaneOrientationSequence")
    if orientation is not None and has_value(orientation, "ImageOrientationSlide"):
        return CoordinateSystemNames.SLIDE
    if (
        has_value(dataset, "ImagePositionPatient")
        or frame_group(dataset, 0, "PlanePositionSequence") is not None
    ):
        return CoordinateSystemNames.PATIENT
    return None


def read_plane(
    dataset: Dataset, frame_number: int | None = None, for_total_pixel_matrix: bool = False
) -> ImagePlane:
    """Read where an image, one of its frames, or its total pixel matrix lies.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Image of any kind; a Frame of Reference UID is not needed.
    frame_number : int, optional
        Number of the frame, from 1; needed for images that have several frames.
    for_total_pixel_matrix : bool, optional
        Whether the total pixel matrix of a tiled image is meant rather than a frame.

    Returns
    -------
    ImagePlane
        Its place.

    Raises
    ------
    MissingAttributeError
        If the image lacks position, orientation or spacing.
    GeometryError
        If it is not tiled and its total pixel matrix is asked for.
    InvalidTypeError, OutOfRangeError
        If the frame number is missing, or there is no such frame.
    """
    if for_total_pixel_matrix:
        if not is_tiled_image(dataset):
            raise GeometryError("the image is not tiled: it has no total pixel matrix")
        return matrix_plane(dataset, 0)
    index = _frame_index(dataset, frame_number)
    if is_tiled_image(dataset):
        return _tile_plane(dataset, index)
    return _frame_plane(dataset, index)


def _frame_index(dataset: Dataset, frame_number: int | None) -> int:
    """Return the index, from zero, of the frame that is meant."""
    count = number_of_frames(dataset)
    if frame_number is None:
        if count > 1:
            raise InvalidTypeError(f"frame_number is needed: the image has {count} frames")
        return 0
    if not 1 <= frame_number <= count:
        raise OutOfRangeError(
            "no such frame", attribute="frame_number", found=frame_number, expected=f"1 to {count}"
        )
    return frame_number - 1


def _measures(dataset: Dataset, index: int) -> tuple[tuple[float, float], float | None]:
    """Return pixel spacing and, if stated, spacing between slices."""
    group = frame_group(dataset, index, "PixelMeasuresSequence")
    source = dataset if group is None else group
    rows, columns = read_numbers(source, "PixelSpacing", 2)
    spacing: float | None = None
    if has_value(source, "SpacingBetweenSlices"):
        # Negative in some nuclear medicine images, where it gives a direction (PS3.3 C.8.4.15).
        spacing = abs(float(source.SpacingBetweenSlices)) or None
    return (rows, columns), spacing


def _frame_plane(dataset: Dataset, index: int) -> ImagePlane:
    """Place of a single-frame image, or of a frame with functional groups or offsets."""
    group = frame_group(dataset, index, "PlanePositionSequence")
    turned = frame_group(dataset, index, "PlaneOrientationSequence")
    position = read_numbers(dataset if group is None else group, "ImagePositionPatient", 3)
    orientation = read_numbers(dataset if turned is None else turned, "ImageOrientationPatient", 6)
    if group is None and number_of_frames(dataset) > 1:
        position = _offset_position(dataset, index, position, orientation)
    return ImagePlane(_triple(position), orientation, *_measures(dataset, index))


def _offset_position(
    dataset: Dataset, index: int, position: tuple[float, ...], orientation: tuple[float, ...]
) -> tuple[float, ...]:
    """Place of a frame of a dose grid (PS3.3 C.8.8.3.2)."""
    offsets = dataset.get("GridFrameOffsetVector")
    if not offsets or len(offsets) <= index:
        raise MissingAttributeError(
            "nothing says where the frames of this image lie",
            attribute="GridFrameOffsetVector",
            expected="plane positions in functional groups, or frame offsets",
        )
    first, offset = float(offsets[0]), float(offsets[index])
    is_axial = np.allclose(orientation, (1, 0, 0, 0, 1, 0), atol=1e-4)
    if first != 0 and not (is_axial and abs(first - position[2]) <= 1e-4 * max(1.0, abs(first))):
        raise GeometryError(
            "the first frame offset says neither distance nor z coordinate",
            attribute="GridFrameOffsetVector",
            found=first,
            expected=f"0, or {position[2]:g} in an axial image",
            clause="PS3.3 C.8.8.3.2",
        )
    normal = get_normal_vector(orientation)
    return tuple((np.array(position) + (offset - first) * normal).tolist())


def matrix_plane(dataset: Dataset, index: int) -> ImagePlane:
    """Place of the total pixel matrix (PS3.3 C.8.12.4)."""
    orientation = _matrix_orientation(dataset)
    measures = _measures(dataset, index)
    origin = dataset.get("TotalPixelMatrixOriginSequence")
    if origin:
        item = origin[0]
        return ImagePlane(_slide_offsets(item, depth_is_optional=True), orientation, *measures)
    # Without origin, a frame that tells both of its places tells the origin too.
    group = frame_group(dataset, 0, "PlanePositionSlideSequence")
    if group is None:
        raise MissingAttributeError(
            "nothing says where the total pixel matrix lies",
            attribute="TotalPixelMatrixOriginSequence",
            expected="one item",
            clause="PS3.3 C.8.12.4",
        )
    corner = np.array(_slide_offsets(group))
    column, row = (read_numbers(group, k, 1)[0] - 1 for k in MATRIX_POSITIONS)
    axes = np.array(orientation).reshape(2, 3)
    moved = corner - column * measures[0][1] * axes[0] - row * measures[0][0] * axes[1]
    return ImagePlane(_triple(moved.tolist()), orientation, *measures)


def _slide_offsets(item: Dataset, *, depth_is_optional: bool = False) -> tuple[float, float, float]:
    """Read slide coordinates in mm; of the three offsets, only Z is in µm (PS3.3 C.8.12.6.1)."""
    x, y = (read_numbers(item, keyword, 1)[0] for keyword in SLIDE_OFFSETS[:2])
    if depth_is_optional and not has_value(item, SLIDE_OFFSETS[2]):
        return x, y, 0.0
    return x, y, read_numbers(item, SLIDE_OFFSETS[2], 1)[0] / MICROMETRES


def _matrix_orientation(dataset: Dataset) -> tuple[float, ...]:
    """Orientation of a tiled image, which some writers put into functional groups."""
    for source in (dataset, frame_group(dataset, 0, "PlaneOrientationSequence")):
        if source is not None and has_value(source, "ImageOrientationSlide"):
            return read_numbers(source, "ImageOrientationSlide", 6)
    return read_numbers(dataset, "ImageOrientationSlide", 6)


def _tile_plane(dataset: Dataset, index: int) -> ImagePlane:
    """Place of a frame of a tiled image (PS3.3 C.7.6.17.3)."""
    group = frame_group(dataset, index, "PlanePositionSlideSequence")
    if group is not None and all(has_value(group, k) for k in SLIDE_OFFSETS):
        orientation = _matrix_orientation(dataset)
        return ImagePlane(_slide_offsets(group), orientation, *_measures(dataset, index))
    matrix = matrix_plane(dataset, index)
    focal_plane = 0
    if group is not None:
        column, row = (int(read_numbers(group, k, 1)[0]) - 1 for k in MATRIX_POSITIONS)
    else:
        column, row, focal_plane = tile_of_frame(dataset, index)
    axes = np.array(matrix.orientation).reshape(2, 3)
    offset = column * matrix.pixel_spacing[1] * axes[0] + row * matrix.pixel_spacing[0] * axes[1]
    offset[2] += focal_plane_height(matrix.spacing_between_slices, focal_plane)
    return ImagePlane(
        _triple((np.array(matrix.position) + offset).tolist()),
        matrix.orientation,
        matrix.pixel_spacing,
        matrix.spacing_between_slices,
    )


def focal_plane_height(spacing_between_slices: float | None, focal_plane: int) -> float:
    """Return the height in mm of a focal plane, counted from zero, above the first one."""
    if focal_plane == 0:
        return 0.0
    if spacing_between_slices is None:
        raise MissingAttributeError(
            "nothing says how far focal planes are apart",
            attribute="SpacingBetweenSlices",
            expected="a distance in mm",
            clause="PS3.3 C.7.6.17.3",
        )
    return focal_plane * spacing_between_slices


def _triple(values: Any) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return (x, y, z)
