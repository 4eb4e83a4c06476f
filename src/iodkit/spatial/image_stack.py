"""How the planes of images lie in space: frames of one image, or a list of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError
from iodkit.spatial.attributes import number_of_frames, value_of
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, IndexConvention
from iodkit.spatial.describing import describe_positions
from iodkit.spatial.image_plane import ImagePlane, read_plane
from iodkit.spatial.tiling import is_tiled_image
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.stack import StackReport

__all__ = ["as_datasets", "describe_stack"]

_RIGHT_HANDED = AxisHandedness.RIGHT_HANDED


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
    MissingAttributeError
        If one is not placed in space.
    GeometryError
        If the image is tiled.
    """
    if isinstance(images, Dataset):
        sources, planes = [images], _planes_of_frames(images)
    else:
        sources = as_datasets(images)
        planes = [read_plane(dataset) for dataset in sources]
    spacings = {plane.spacing_between_slices for plane in planes}
    hint = spacings.pop() if len(spacings) == 1 and use_spacing_hint else None
    return describe_positions(
        np.array([plane.position for plane in planes]),
        np.array([plane.orientation for plane in planes]),
        spacing_hint=hint,
        rtol=rtol,
        atol=atol,
        perpendicular_tol=perpendicular_tol,
        orientation_tol=orientation_tol,
        pixel_spacing=np.array([plane.pixel_spacing for plane in planes]),
        plane_shapes=np.resize([_shape_of(source) for source in sources], (len(planes), 2)),
        frame_of_reference_uids=[value_of(source, "FrameOfReferenceUID") for source in sources]
        * (len(planes) // len(sources)),
        index_convention=index_convention,
        handedness=handedness,
    )


def _planes_of_frames(image: Dataset) -> list[ImagePlane]:
    """Read the planes of an image's frames."""
    if is_tiled_image(image):
        raise GeometryError(
            "the frames of a tiled image lie beside each other, not behind each other",
            remedy="Use its total pixel matrix.",
        )
    return [read_plane(image, n + 1) for n in range(number_of_frames(image))]


def _shape_of(image: Dataset) -> tuple[int, int]:
    """Return the numbers of rows and columns, zero where they are not stated."""
    return int(value_of(image, "Rows") or 0), int(value_of(image, "Columns") or 0)


def as_datasets(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Check that a list holds datasets, at least one."""
    items: list[Any] = list(datasets)
    if not items:
        raise InvalidValueError("no images", attribute="datasets", expected="at least one")
    for item in items:
        if not isinstance(item, Dataset):
            raise InvalidTypeError("not a dataset", attribute="datasets", found=type(item).__name__)
    return items
