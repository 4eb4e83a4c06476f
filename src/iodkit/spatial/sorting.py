"""Order of planes and images in space, and whether they make volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from pydicom.dataset import Dataset

from iodkit.elements.tolerances import SAME_DIRECTION
from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError
from iodkit.spatial.affine import get_normal_vector
from iodkit.spatial.attributes import has_value, number_of_frames
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, IndexConvention
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.image_plane import ImagePlane, read_plane
from iodkit.spatial.regularity import describe_positions
from iodkit.spatial.tiling import is_tiled_image
from iodkit.spatial.vectors import as_points
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.stack import StackReport

__all__ = [
    "describe_stack",
    "get_dataset_sort_index",
    "get_plane_sort_index",
    "get_series_volume_positions",
    "get_volume_positions",
    "sort_datasets",
]

VolumePositions: TypeAlias = "tuple[float | None, list[int] | None]"
_RIGHT_HANDED = AxisHandedness.RIGHT_HANDED


def get_plane_sort_index(
    image_positions: Sequence[Sequence[float]],
    image_orientation: Sequence[float],
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = _RIGHT_HANDED,
) -> list[int]:
    """Sort parallel planes along their normal.

    Parameters
    ----------
    image_positions : Sequence[Sequence[float]]
        Reference coordinates in mm of each plane, shape (n, 3).
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    index_convention : str | Sequence[PixelIndexDirections | str], optional
        Order of the in-plane axes that `handedness` refers to.
    handedness : AxisHandedness | str, optional
        Handedness that slice axis and in-plane axes shall have.

    Returns
    -------
    list[int]
        Indices that sort the planes; planes at one place keep their order.
    """
    places = as_points(image_positions, 3, "image_positions")
    if len(places) == 0:
        raise InvalidValueError("no positions", attribute="image_positions")
    normal = get_normal_vector(image_orientation, index_convention, handedness)
    distances = (places - places[0]) @ normal
    order: list[int] = np.argsort(distances, kind="stable").tolist()
    return order


def get_volume_positions(
    image_positions: Sequence[Sequence[float]],
    image_orientation: Sequence[float],
    *,
    rtol: float | None = None,
    atol: float | None = None,
    perpendicular_tol: float | None = None,
    sort: bool = True,
    allow_missing_positions: bool = False,
    allow_duplicate_positions: bool = False,
    spacing_hint: float | None = None,
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = _RIGHT_HANDED,
    enforce_handedness: bool = False,
) -> VolumePositions:
    """Find the place of each plane in a regular volume, if they make one.

    `describe_positions` tells more, above all what is wrong.

    Parameters
    ----------
    image_positions : Sequence[Sequence[float]]
        Reference coordinates in mm of each plane, shape (n, 3).
    image_orientation : Sequence[float]
        Cosines of row and column direction, six numbers.
    rtol, atol, perpendicular_tol
        Tolerances, as in `describe_positions`.
    sort : bool, optional
        Whether planes may come in any order.  If not, they must follow each other along their
        normal, in either direction, and missing or duplicate positions cannot be allowed.
    allow_missing_positions : bool, optional
        Whether some planes of the volume may be missing.
    allow_duplicate_positions : bool, optional
        Whether planes may share a position.
    spacing_hint : float, optional
        Spacing that the planes must have.
    index_convention, handedness
        Direction of the slice axis, as in `describe_positions`.
    enforce_handedness : bool, optional
        Whether unsorted planes must follow each other in that direction.

    Returns
    -------
    spacing : float | None
        Distance in mm between planes of the volume; None if they make none.
    positions : list[int] | None
        For each plane its index along the volume's first axis; None if they make no volume.
        A single plane has the spacing of the hint, or 1.
    """
    if not sort and (allow_missing_positions or allow_duplicate_positions):
        raise InvalidValueError(
            "missing or duplicate positions can be found among sorted planes only",
            attribute="sort",
            found=sort,
            expected="True",
        )
    report = describe_positions(
        image_positions,
        image_orientation,
        spacing_hint=spacing_hint,
        rtol=rtol,
        atol=atol,
        perpendicular_tol=perpendicular_tol,
        index_convention=index_convention,
        handedness=handedness,
    )
    if report.hint_fits is False:
        return None, None
    return _positions_of(
        report,
        sort=sort,
        enforce_handedness=enforce_handedness,
        allow_missing_positions=allow_missing_positions,
        allow_duplicate_positions=allow_duplicate_positions,
    )


def _positions_of(
    report: StackReport, *, sort: bool, enforce_handedness: bool, **allowed: bool
) -> VolumePositions:
    """Return spacing and positions of a report, or none if it is no volume."""
    if not report.fills_volume(**allowed) or report.volume_positions is None:
        return None, None
    spacing = 1.0 if report.spacing is None else report.spacing
    found: list[int] = report.volume_positions.tolist()
    if not sort:
        in_order = list(range(len(found)))
        if found != in_order and (enforce_handedness or found != in_order[::-1]):
            return None, None
        found = in_order
    return spacing, found


def describe_stack(
    images: Dataset | Sequence[Dataset],
    *,
    rtol: float | None = None,
    atol: float | None = None,
    perpendicular_tol: float | None = None,
    orientation_tol: float | None = None,
    use_spacing_hint: bool = True,
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = _RIGHT_HANDED,
) -> StackReport:
    """Describe how the planes of images lie in space.

    Parameters
    ----------
    images : pydicom.Dataset | Sequence[pydicom.Dataset]
        An image with several frames, or single-frame images in any order.
    rtol, atol, perpendicular_tol, orientation_tol
        Tolerances, as in `describe_positions`.
    use_spacing_hint : bool, optional
        Whether Spacing Between Slices, where it agrees with the positions, tells how many planes
        are missing.
    index_convention, handedness
        Direction of the slice axis, as in `describe_positions`.

    Returns
    -------
    StackReport
        What the planes are together; indices count frames or images.

    Raises
    ------
    GeometryMismatchError
        If images have different frames of reference (PS3.3 C.7.4.1).
    MissingAttributeError
        If one is not placed in space.
    """
    planes = _planes_of(images)
    spacings = {plane.spacing_between_slices for plane in planes}
    hint = spacings.pop() if len(spacings) == 1 and use_spacing_hint else None
    pixels = {plane.pixel_spacing for plane in planes}
    orientations = np.array([plane.orientation for plane in planes])
    return describe_positions(
        np.array([plane.position for plane in planes]),
        orientations,
        spacing_hint=hint,
        rtol=rtol,
        atol=atol,
        perpendicular_tol=perpendicular_tol,
        orientation_tol=orientation_tol,
        pixel_spacing=np.array(sorted(pixels)).min(axis=0),
        index_convention=index_convention,
        handedness=handedness,
    )


def _planes_of(images: Dataset | Sequence[Dataset]) -> list[ImagePlane]:
    """Read the planes of an image with frames or of several images."""
    if isinstance(images, Dataset):
        if is_tiled_image(images):
            raise GeometryError(
                "the frames of a tiled image lie beside each other, not behind each other",
                remedy="Use its total pixel matrix.",
            )
        return [read_plane(images, n + 1) for n in range(number_of_frames(images))]
    datasets = _checked(images)
    references = {d.FrameOfReferenceUID for d in datasets if has_value(d, "FrameOfReferenceUID")}
    if len(references) > 1:
        raise GeometryMismatchError(
            f"the images have {len(references)} frames of reference",
            attribute="FrameOfReferenceUID",
            expected="one",
            clause="PS3.3 C.7.4.1",
        )
    return [read_plane(dataset) for dataset in datasets]


def _checked(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Check that a list holds datasets, at least one."""
    items: list[Any] = list(datasets)
    if not items:
        raise InvalidValueError("no images", attribute="datasets", expected="at least one")
    for item in items:
        if not isinstance(item, Dataset):
            raise InvalidTypeError("not a dataset", attribute="datasets", found=type(item).__name__)
    return items


def get_dataset_sort_index(
    datasets: Sequence[Dataset],
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = _RIGHT_HANDED,
) -> list[int]:
    """Sort parallel single-frame images along their normal.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        Images in any order.
    index_convention, handedness
        Direction of the slice axis, as in `get_plane_sort_index`.

    Returns
    -------
    list[int]
        Indices that sort the images; images at one place keep their order.

    Raises
    ------
    GeometryMismatchError
        If images are not parallel, or have different frames of reference.
    MissingAttributeError
        If one is not placed in space.
    """
    planes = _planes_of(_checked(datasets))
    orientations = np.array([plane.orientation for plane in planes])
    off = np.abs(orientations - orientations[0]).max(axis=1) > SAME_DIRECTION
    if off.any():
        raise GeometryMismatchError(
            f"{int(off.sum())} images are not parallel to the first; one is image "
            f"{int(np.argmax(off))}",
            attribute="ImageOrientationPatient",
            clause="PS3.3 C.7.6.2.1.1",
        )
    return get_plane_sort_index(
        [plane.position for plane in planes],
        planes[0].orientation,
        index_convention,
        handedness,
    )


def sort_datasets(
    datasets: Sequence[Dataset],
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = _RIGHT_HANDED,
) -> list[Dataset]:
    """Sort parallel single-frame images along their normal.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        Images in any order.
    index_convention, handedness
        Direction of the slice axis, as in `get_plane_sort_index`.

    Returns
    -------
    list[pydicom.Dataset]
        The same datasets, sorted; those at one place keep their order.

    Raises
    ------
    GeometryMismatchError
        If images are not parallel, or have different frames of reference.
    """
    items = _checked(datasets)
    return [items[i] for i in get_dataset_sort_index(items, index_convention, handedness)]


def get_series_volume_positions(
    datasets: Sequence[Dataset],
    *,
    rtol: float | None = None,
    atol: float | None = None,
    perpendicular_tol: float | None = None,
    orientation_tol: float | None = None,
    sort: bool = True,
    allow_missing_positions: bool = False,
    allow_duplicate_positions: bool = False,
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = _RIGHT_HANDED,
    enforce_handedness: bool = False,
) -> VolumePositions:
    """Find the place of each single-frame image in a regular volume, if they make one.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        Images in any order.  Spacing Between Slices counts only where planes may be missing.
    rtol, atol, perpendicular_tol, orientation_tol
        Tolerances, as in `describe_positions`.
    sort, allow_missing_positions, allow_duplicate_positions
        As in `get_volume_positions`.
    index_convention, handedness, enforce_handedness
        As in `get_volume_positions`.

    Returns
    -------
    spacing : float | None
        Distance in mm between planes of the volume; None if they make none, for example because
        orientations or frames of reference differ.
    positions : list[int] | None
        For each image its index along the volume's first axis; None if they make no volume.
    """
    items = _checked(datasets)
    if len(items) == 1:
        return 1.0, [0]
    if not sort and (allow_missing_positions or allow_duplicate_positions):
        raise InvalidValueError(
            "missing or duplicate positions can be found among sorted planes only",
            attribute="sort",
            found=sort,
            expected="True",
        )
    try:
        report = describe_stack(
            items,
            rtol=rtol,
            atol=atol,
            perpendicular_tol=perpendicular_tol,
            orientation_tol=orientation_tol,
            use_spacing_hint=allow_missing_positions,
            index_convention=index_convention,
            handedness=handedness,
        )
    except GeometryMismatchError:
        return None, None
    return _positions_of(
        report,
        sort=sort,
        enforce_handedness=enforce_handedness,
        allow_missing_positions=allow_missing_positions,
        allow_duplicate_positions=allow_duplicate_positions,
    )
