"""Order of planes and images in space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION
from iodkit.errors import InvalidValueError
from iodkit.spatial.affine import get_normal_vector
from iodkit.spatial.attributes import value_of
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, IndexConvention
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.image_plane import read_plane
from iodkit.spatial.image_stack import as_datasets
from iodkit.spatial.vectors import as_points
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

__all__ = ["get_dataset_sort_index", "get_plane_sort_index", "sort_datasets"]

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
    items = as_datasets(datasets)
    _require_one_reference(items)
    planes = [read_plane(dataset) for dataset in items]
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


def _require_one_reference(datasets: Sequence[Dataset]) -> None:
    """Raise if places of images cannot be compared."""
    references = {value_of(dataset, "FrameOfReferenceUID") for dataset in datasets} - {None}
    if len(references) > 1:
        raise GeometryMismatchError(
            f"the images have {len(references)} frames of reference",
            attribute="FrameOfReferenceUID",
            expected="one",
            clause="PS3.3 C.7.4.1",
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
    items = as_datasets(datasets)
    return [items[i] for i in get_dataset_sort_index(items, index_convention, handedness)]
