"""Reports on planes from positions: inputs checked, planes told apart, parallel ones judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.affine import get_normal_vector
from iodkit.spatial.compatibility import PlaneSets, find_sets
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, IndexConvention
from iodkit.spatial.regularity import describe_parallel
from iodkit.spatial.stack import StackReport
from iodkit.spatial.stack_kind import StackKind
from iodkit.spatial.tolerances import Tolerances
from iodkit.spatial.vectors import FloatArray, as_points, as_spacing, as_vector
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = ["describe_positions"]


def describe_positions(
    positions: ArrayLike,
    orientation: ArrayLike,
    *,
    spacing_hint: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    perpendicular_tol: float | None = None,
    orientation_tol: float | None = None,
    pixel_spacing: ArrayLike | None = None,
    plane_shapes: ArrayLike | None = None,
    frame_of_reference_uids: Sequence[str | None] | None = None,
    index_convention: IndexConvention = VOLUME_INDEX_CONVENTION,
    handedness: AxisHandedness | str = AxisHandedness.RIGHT_HANDED,
) -> StackReport:
    """Describe how planes lie in space.

    Tolerances are relative to the spacing or to distances, so they mean the same in millimetres
    and micrometres.

    Parameters
    ----------
    positions : array_like
        Array of shape (n, 3): reference coordinates in mm of the centre of the top left pixel of
        each plane, in any order.
    orientation : array_like
        Direction cosines, shape (6,), or one set for each plane, shape (n, 6).
    spacing_hint : float, optional
        Spacing that is expected, in mm (its sign is ignored).  It is used if all gaps are whole
        multiples of it; otherwise the positions decide, and `StackReport.hint_fits` is false.
    rtol : float, optional
        Largest difference between a gap and a multiple of the spacing, relative to the spacing; by
        default 0.01, together with a limit of 0.25 for the sum of differences.
    atol : float, optional
        Largest difference in mm, instead of `rtol`.
    perpendicular_tol : float, optional
        Largest value of 1 - cos(angle) between the normal and the line from the first plane to
        each other one; by default 0.001, together with a limit for the shift: half a pixel if
        `pixel_spacing` is given, else a quarter of the spacing.
    orientation_tol : float, optional
        Largest difference between direction cosines of parallel planes, by default 0.0001.
    pixel_spacing : array_like, optional
        Distance in mm between rows and between columns, shape (2,), or for each plane, (n, 2).
    plane_shapes : array_like, optional
        Number of rows and columns of each plane, shape (n, 2).
    frame_of_reference_uids : Sequence[str | None], optional
        Frame of reference of each plane; None where it is not known.
    index_convention : str | Sequence[PixelIndexDirections | str], optional
        Order of the in-plane axes that `handedness` refers to.
    handedness : AxisHandedness | str, optional
        Handedness that slice axis and in-plane axes shall have; this fixes the direction in which
        planes are ordered.  The default gives right-handed (slice, row, column) volumes: planes
        ordered against the cross product of row and column direction.

    Returns
    -------
    StackReport
        What the planes are together, with the numbers (PS3.3 C.7.6.2.1.1).

    Raises
    ------
    InvalidTypeError
        If both `rtol` and `atol` are given.
    InvalidValueError
        If there are no planes or arrays have the wrong shape.
    GeometryError
        If direction cosines are not orthogonal unit vectors.
    """
    if rtol is not None and atol is not None:
        raise InvalidTypeError("only one of rtol and atol can be given")
    places = as_points(positions, 3, "positions")
    if len(places) == 0 or not np.isfinite(places).all():
        raise InvalidValueError(
            "not positions of planes", attribute="positions", expected="(n, 3) finite numbers"
        )
    cosines = _as_cosines(orientation, len(places))
    normal = get_normal_vector(cosines[0].tolist(), index_convention, handedness)
    pixels = None if pixel_spacing is None else _as_spacings(pixel_spacing, len(places))
    tolerances = Tolerances(
        rtol,
        atol,
        perpendicular_tol,
        SAME_DIRECTION if orientation_tol is None else orientation_tol,
        None if pixels is None else float(pixels.min()),
    )
    sets = find_sets(
        cosines,
        tolerances.orientation,
        pixels,
        None if plane_shapes is None else as_points(plane_shapes, 2, "plane_shapes"),
        frame_of_reference_uids,
    )
    kind = _mixture(sets)
    if kind is not None:
        return _mixed(kind, places, cosines, normal, sets, tolerances)
    hint = None if spacing_hint is None else abs(float(spacing_hint))
    return describe_parallel(places, cosines, normal, hint, tolerances)


def _as_cosines(orientation: ArrayLike, count: int) -> FloatArray:
    """Return direction cosines of each plane, shape (n, 6)."""
    if np.asarray(orientation, dtype=object).ndim != 2:
        return np.broadcast_to(as_vector(orientation, 6, "orientation"), (count, 6))
    cosines = as_points(orientation, 6, "orientation")
    if len(cosines) != count or not np.isfinite(cosines).all():
        raise InvalidValueError(
            "wrong shape", attribute="orientation", found=cosines.shape, expected=f"({count}, 6)"
        )
    return cosines


def _as_spacings(pixel_spacing: ArrayLike, count: int) -> FloatArray:
    """Return pixel spacings of each plane, shape (n, 2)."""
    if np.ndim(pixel_spacing) != 2:
        return np.broadcast_to(as_spacing(pixel_spacing, 2, "pixel_spacing"), (count, 2))
    spacings = as_points(pixel_spacing, 2, "pixel_spacing")
    if len(spacings) != count or not (np.isfinite(spacings) & (spacings > 0)).all():
        raise InvalidValueError(
            "not pixel spacings of planes",
            attribute="pixel_spacing",
            found=spacings.shape,
            expected=f"({count}, 2) positive numbers",
        )
    return spacings


def _mixture(sets: PlaneSets) -> StackKind | None:
    """Name what planes do not have in common, the gravest first."""
    for numbers, kind in (
        (sets.reference, StackKind.MIXED_FRAMES_OF_REFERENCE),
        (sets.orientation, StackKind.MIXED_ORIENTATION),
        (sets.grid, StackKind.MIXED_GRIDS),
    ):
        if numbers.any():
            return kind
    return None


def _mixed(
    kind: StackKind,
    places: FloatArray,
    cosines: FloatArray,
    normal: FloatArray,
    sets: PlaneSets,
    tolerances: Tolerances,
) -> StackReport:
    """Report on planes that cannot share a stack."""
    groups = sets.members()
    return StackReport(
        kind=kind,
        positions=places,
        orientations=cosines,
        order=np.concatenate([g[np.argsort(places[g] @ normal, kind="stable")] for g in groups]),
        normal=normal,
        spacing=None,
        volume_positions=None,
        number_of_planes=len(places),
        tolerances=tolerances,
        members=np.arange(len(places)),
        sets=tuple(groups),
    )
