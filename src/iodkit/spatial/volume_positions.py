"""The place of each plane or image in a regular volume, if they make one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from iodkit.errors import InvalidValueError
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, IndexConvention
from iodkit.spatial.describing import describe_positions
from iodkit.spatial.image_stack import as_datasets, describe_stack
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit.spatial.stack import StackReport

__all__ = ["get_series_volume_positions", "get_volume_positions"]

VolumePositions: TypeAlias = "tuple[float | None, list[int] | None]"
_RIGHT_HANDED = AxisHandedness.RIGHT_HANDED


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
    _require_sorting(sort, allow_missing_positions, allow_duplicate_positions)
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
        orientations, frames of reference, pixel spacings or sizes differ.
    positions : list[int] | None
        For each image its index along the volume's first axis; None if they make no volume.
    """
    items = as_datasets(datasets)
    if len(items) == 1:
        return 1.0, [0]
    _require_sorting(sort, allow_missing_positions, allow_duplicate_positions)
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
    return _positions_of(
        report,
        sort=sort,
        enforce_handedness=enforce_handedness,
        allow_missing_positions=allow_missing_positions,
        allow_duplicate_positions=allow_duplicate_positions,
    )


def _require_sorting(sort: bool, *allowed: bool) -> None:
    """Raise if planes that must be in order may be missing or doubled."""
    if not sort and any(allowed):
        raise InvalidValueError(
            "missing or duplicate positions can be found among sorted planes only",
            attribute="sort",
            found=sort,
            expected="True",
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
