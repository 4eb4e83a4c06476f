"""Segments drawn on images: found by position in space, or by reference to the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError
from iodkit.overlays import MaskMark
from iodkit.spatial import (
    VOLUME_INDEX_CONVENTION,
    GeometryMismatchError,
    VolumeGeometry,
    create_affine_matrix_from_attributes,
    get_normal_vector,
)
from iodkit_image.places import FramePlaces, frame_places
from iodkit_image.transforms import PaletteColorLUTTransformation
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.segments.colors import default_color

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.overlays import View
    from iodkit_seg.segments.description import SegmentDescription
    from iodkit_seg.sop import Segmentation

__all__ = ["segment_color", "segment_marks"]

# Cosine of the largest angle at which planes count as parallel: a hundredth of a degree.
_PARALLEL = 1 - 1.5e-8
_WHAT = "the segmentation"


def segment_marks(segmentation: Segmentation, view: View) -> list[MaskMark]:
    """Find what a view shows of each segment.

    Parameters
    ----------
    segmentation : Segmentation
        Segmentation.
    view : View
        Pixels that are shown.

    Returns
    -------
    list[MaskMark]
        A mark for each segment that is seen.  On another grid, each pixel of the view gets the
        segments of the voxel that its centre lies in.

    Raises
    ------
    GeometryError
        If nothing says where the segments lie in the view.
    """
    has_place = bool(segmentation.get("FrameOfReferenceUID")) and view.geometry is not None
    if has_place and segmentation.coordinate_system is not None:
        shares = _by_place(segmentation, view)
    else:
        shares = _by_reference(segmentation, view)
    return [
        MaskMark(
            share if segmentation.segmentation_type is _FRACTIONAL else share > 0,
            segment_color(segmentation, description),
            description.segment_label,
        )
        for description in segmentation.segment_descriptions
        if (share := shares.get(description.segment_number)) is not None and share.any()
    ]


_FRACTIONAL = SegmentationTypeValues.FRACTIONAL


def segment_color(
    segmentation: Segmentation, description: SegmentDescription
) -> tuple[int, int, int]:
    """Choose the colour of a segment.

    Parameters
    ----------
    segmentation : Segmentation
        The segmentation.
    description : SegmentDescription
        One of its segments.

    Returns
    -------
    tuple[int, int, int]
        Its recommended colour, that of the palette of a label map, or one that goes by its
        number.
    """
    number = description.segment_number
    if description.display_color is not None:
        return description.display_color.to_rgb(clip=True)
    if segmentation.get("PhotometricInterpretation") == "PALETTE COLOR":
        palette = PaletteColorLUTTransformation.extract_from_dataset(segmentation)
        entry = palette.apply(np.array([[number]], np.uint16))[0, 0]
        top = np.iinfo(entry.dtype).max
        red, green, blue = np.rint(entry * (255 / top)).astype(int).tolist()
        return red, green, blue
    return default_color(number).to_rgb(clip=True)


class _Shares:
    """How much of each pixel each segment covers, gathered frame by frame."""

    def __init__(self, segmentation: Segmentation, shape: tuple[int, int]) -> None:
        self.found: dict[int, NDArray[np.float32]] = {}
        self._shape = shape
        self._numbers = segmentation.frame_table.segment_numbers
        self._kind = segmentation.segmentation_type
        self._known = segmentation.segment_numbers
        self._full = (
            float(segmentation.MaximumFractionalValue) if self._kind is _FRACTIONAL else 1.0
        )

    def add(self, values: NDArray[Any], frame: int, box: tuple[slice, slice]) -> None:
        """Add a part of the view that shows a frame."""
        if self._kind is SegmentationTypeValues.LABELMAP:
            present = set(np.unique(values).tolist())
            for number in self._known:
                if number in present:
                    self._put(number, (values == number).astype(np.float32), box)
        else:
            share = np.minimum(values.astype(np.float32) / self._full, 1)
            self._put(int(self._numbers[frame]), share, box)

    def _put(self, number: int, share: NDArray[np.float32], box: tuple[slice, slice]) -> None:
        target = self.found.setdefault(number, np.zeros(self._shape, np.float32))[box]
        np.maximum(target, share, out=target)


def _by_reference(segmentation: Segmentation, view: View) -> dict[int, NDArray[np.float32]]:
    """Frames that were made from the frame that is shown, pixel by pixel."""
    frames: list[int] = []
    if view.instance_uid is not None and view.frame_number is not None:
        table = segmentation.frame_table
        hits = table.sources.match([view.instance_uid], view.frame_number)
        frames = np.unique(table.sources.frames[hits]).tolist()
    if not frames and not _refers_to(segmentation, view.instance_uid):
        raise GeometryError(
            "nothing says where the segmentation lies on the image: there is no common frame of "
            "reference, and no reference to the image",
            attribute="SourceImageSequence",
            found=view.instance_uid,
            clause="PS3.3 C.7.6.16.2.6",
        )
    shape = (int(segmentation.Rows), int(segmentation.Columns))
    if shape != view.shape:
        raise GeometryMismatchError(
            "the segmentation has another grid than the image that it refers to, and no place",
            attribute="Rows, Columns",
            found=shape,
            expected=str(view.shape),
            clause="PS3.3 A.51.3.2",
        )
    shares = _Shares(segmentation, view.shape)
    for frame in frames:
        shares.add(segmentation.frame_store.view(frame), frame, (slice(None), slice(None)))
    return shares.found


def _refers_to(segmentation: Segmentation, instance_uid: str | None) -> bool:
    return any(str(uid) == instance_uid for *_, uid in segmentation.get_source_image_uids())


def _by_place(segmentation: Segmentation, view: View) -> dict[int, NDArray[np.float32]]:
    uid = str(segmentation.FrameOfReferenceUID)
    geometry = view.require_geometry(uid, what=_WHAT)
    places = frame_places(segmentation, segmentation.frame_table)
    if geometry.coordinate_system is not places.coordinate_system:
        raise GeometryMismatchError(
            "the segmentation lies in another coordinate system than the image",
            found=places.coordinate_system.value,
            expected=geometry.coordinate_system.value,
            clause="PS3.3 C.7.4.1",
        )
    normals = np.array([get_normal_vector(each.tolist()) for each in places.orientations])
    normal = geometry.direction[:, 0]
    if (np.abs(normals @ normal) < _PARALLEL).any():
        return _through_volume(segmentation, geometry, view.shape)
    thickness = _thickness(places, geometry)
    distances = np.abs((places.positions - geometry.position) @ normal)
    near = distances <= thickness * (0.5 + 1e-6)
    shares = _Shares(segmentation, view.shape)
    for frame in np.flatnonzero(near[places.plane_of_frame]).tolist():
        slab = _slab(places, frame, thickness, segmentation)
        box = _box(slab, geometry)
        if box is not None:
            values = segmentation.frame_store.view(frame)
            part = geometry[(slice(None), *box)]
            shown = (
                slab.with_array(values[np.newaxis]).resample(part, interpolation="NEAREST").array[0]
            )
            shares.add(shown, frame, box)
    return shares.found


def _thickness(places: FramePlaces, geometry: VolumeGeometry) -> float:
    """Distance that each plane of the segmentation stands for."""
    spacing = places.describe().spacing if len(places.positions) > 1 else None
    return spacing or places.spacing_hint or geometry.spacing[0]


def _slab(
    places: FramePlaces, frame: int, thickness: float, segmentation: Segmentation
) -> VolumeGeometry:
    """Geometry of one frame, as a volume of one slice."""
    part = places.part(int(places.plane_of_frame[frame]), *places.corners[frame].tolist())
    affine = create_affine_matrix_from_attributes(
        part.position,
        part.orientation,
        part.pixel_spacing,
        thickness,
        index_convention=VOLUME_INDEX_CONVENTION,
        slices_first=True,
    )
    return VolumeGeometry(
        affine,
        (1, int(segmentation.Rows), int(segmentation.Columns)),
        places.coordinate_system,
        places.frame_of_reference_uid,
    )


def _box(slab: VolumeGeometry, geometry: VolumeGeometry) -> tuple[slice, slice] | None:
    """Part of the view that a frame may reach; None if it lies beside it."""
    _, rows, columns = slab.spatial_shape
    ends = [(0, r, c) for r in (-0.5, rows - 0.5) for c in (-0.5, columns - 0.5)]
    corners = geometry.map_reference_to_indices(slab.map_indices_to_reference(np.array(ends)))
    low = np.floor(corners.min(axis=0)).astype(int)[1:]
    high = np.ceil(corners.max(axis=0)).astype(int)[1:] + 1
    limits = np.array(geometry.spatial_shape[1:])
    first, last = low.clip(0, limits), high.clip(0, limits)
    if (last <= first).any():
        return None
    (top, left), (bottom, right) = first.tolist(), last.tolist()
    return slice(top, bottom), slice(left, right)


def _through_volume(
    segmentation: Segmentation, geometry: VolumeGeometry, shape: tuple[int, int]
) -> dict[int, NDArray[np.float32]]:
    """Cut a plane that is not parallel to the frames; one segment after the other, for memory."""
    found: dict[int, NDArray[np.float32]] = {}
    if segmentation.segmentation_type is SegmentationTypeValues.LABELMAP:
        labels = segmentation.get_volume(combine_segments=True).resample(
            geometry, interpolation="NEAREST"
        )
        values = labels.array[0]
        return {
            number: (values == number).astype(np.float32) for number in segmentation.segment_numbers
        }
    for number in segmentation.segment_numbers:
        volume = segmentation.get_volume(segment_numbers=[number]).squeeze_channel()
        share = volume.resample(geometry, interpolation="NEAREST").array[0]
        found[number] = share.astype(np.float32).reshape(shape)
    return found
