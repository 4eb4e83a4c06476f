"""How places of planes are judged: spacing, duplicates, gaps and tilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import SAME_DIRECTION
from iodkit.errors import InvalidTypeError, InvalidValueError
from iodkit.spatial.affine import get_normal_vector
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, IndexConvention
from iodkit.spatial.grouping import Planes, group_planes, is_line, line_slope
from iodkit.spatial.stack import Gap, StackKind, StackReport
from iodkit.spatial.tolerances import Tolerances
from iodkit.spatial.vectors import FloatArray, IntArray, as_points, as_spacing, as_vector
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["describe_parallel", "describe_positions", "orientation_groups"]


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
        Distance in mm between rows and between columns.
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
    tolerances = Tolerances(
        rtol,
        atol,
        perpendicular_tol,
        SAME_DIRECTION if orientation_tol is None else orientation_tol,
        None
        if pixel_spacing is None
        else float(as_spacing(pixel_spacing, 2, "pixel_spacing").min()),
    )
    groups = orientation_groups(cosines, tolerances)
    if len(groups) > 1:
        return _mixed(places, cosines, normal, groups, tolerances)
    hint = None if spacing_hint is None else abs(float(spacing_hint))
    return describe_parallel(places, cosines, normal, hint, tolerances)


def _as_cosines(orientation: ArrayLike, count: int) -> FloatArray:
    array = np.asarray(orientation, dtype=object)
    if array.ndim == 2:
        cosines = as_points(orientation, 6, "orientation")
        if len(cosines) != count or not np.isfinite(cosines).all():
            raise InvalidValueError(
                "wrong shape",
                attribute="orientation",
                found=cosines.shape,
                expected=f"({count}, 6)",
            )
        return cosines
    return as_vector(orientation, 6, "orientation")[np.newaxis]


def orientation_groups(cosines: FloatArray, tolerances: Tolerances) -> list[IntArray]:
    """Gather planes that are parallel to the first of their group."""
    remaining = np.arange(len(cosines))
    groups: list[IntArray] = []
    while len(remaining):
        difference = np.abs(cosines[remaining] - cosines[remaining[0]]).max(axis=1)
        groups.append(remaining[difference <= tolerances.orientation])
        remaining = remaining[difference > tolerances.orientation]
    return groups


def _mixed(
    places: FloatArray,
    cosines: FloatArray,
    normal: FloatArray,
    groups: list[IntArray],
    tolerances: Tolerances,
) -> StackReport:
    """Report on planes that are not parallel."""
    return StackReport(
        kind=StackKind.MIXED_ORIENTATION,
        positions=places,
        orientations=cosines,
        order=np.concatenate([g[np.argsort(places[g] @ normal, kind="stable")] for g in groups]),
        normal=normal,
        spacing=None,
        volume_positions=None,
        number_of_planes=len(places),
        tolerances=tolerances,
        members=np.arange(len(places)),
    )


def describe_parallel(
    places: FloatArray,
    cosines: FloatArray,
    normal: FloatArray,
    hint: float | None,
    tolerances: Tolerances,
) -> StackReport:
    """Report on parallel planes."""
    planes = group_planes(places, normal, hint, tolerances)
    gaps = np.diff(planes.distances)
    is_level = gaps.size > 0 and float(gaps.min()) > 0
    spacing, steps, hint_fits = _find_spacing(gaps, hint, tolerances) if is_level else _NO_SPACING
    shifts = np.linalg.norm(planes.offsets, axis=1)
    unit = spacing if spacing is not None else (float(np.median(gaps)) if is_level else 0.0)
    aligned = bool(tolerances.accepted_shifts(shifts, planes.distances, unit).all())
    duplicates = _duplicates(planes)
    kind = _kind(planes, steps, aligned=aligned, duplicates=duplicates)
    group_positions = None
    if aligned and steps is not None:
        group_positions = np.concatenate([[0], np.cumsum(steps)])
    elif aligned and len(planes.distances) == 1:
        group_positions = np.zeros(1, dtype=np.int64)
        spacing = hint
    volume_positions = None
    if group_positions is not None:
        volume_positions = np.empty(len(places), dtype=np.int64)
        volume_positions[planes.order] = group_positions[planes.group]
    return StackReport(
        kind=kind,
        positions=places,
        orientations=np.broadcast_to(cosines, (len(places), 6)),
        order=planes.order,
        normal=normal,
        spacing=spacing,
        volume_positions=volume_positions,
        tolerances=tolerances,
        number_of_planes=(
            len(planes.distances) if group_positions is None else int(group_positions[-1]) + 1
        ),
        gaps=_gaps(planes, gaps, steps),
        duplicates=duplicates,
        tilt=_tilt(planes),
        lateral_deviation=float(shifts.max()),
        spacing_deviation=(
            0.0 if spacing is None or steps is None else float(np.abs(gaps - steps * spacing).max())
        ),
        spacing_range=(float(gaps.min()), float(gaps.max())) if gaps.size else (0.0, 0.0),
        hint_fits=hint_fits,
        members=np.arange(len(places)),
    )


_NO_SPACING = (None, None, None)


def _find_spacing(
    gaps: FloatArray, hint: float | None, tolerances: Tolerances
) -> tuple[float | None, IntArray | None, bool | None]:
    """Find the spacing of which all gaps are whole multiples, and the multiples."""
    if hint is not None and hint > 0:
        steps = _whole_steps(gaps, hint, tolerances)
        if steps is not None:
            return float(gaps.sum() / steps.sum()), steps, True
    hint_fits = None if hint is None else False
    mean = float(gaps.mean())
    ones = np.ones(len(gaps), dtype=np.int64)
    if _fits(gaps, ones, mean, tolerances):
        return mean, ones, hint_fits
    small = gaps[gaps <= 1.5 * gaps.min()]
    steps = _whole_steps(gaps, float(np.median(small)), tolerances)
    if steps is None:
        return None, None, hint_fits
    return float(gaps.sum() / steps.sum()), steps, hint_fits


def _whole_steps(gaps: FloatArray, unit: float, tolerances: Tolerances) -> IntArray | None:
    """Return the multiples of a unit that gaps are, or None if one of them is no multiple."""
    steps = np.rint(gaps / unit).astype(np.int64)
    if (steps < 1).any():
        return None
    refined = float(gaps.sum() / steps.sum())
    if abs(refined - unit) > tolerances.spacing(unit):
        return None
    return steps if _fits(gaps, steps, refined, tolerances) else None


def _fits(gaps: FloatArray, steps: IntArray, unit: float, tolerances: Tolerances) -> bool:
    errors = gaps - steps * unit
    # A difference that equals the limit is accepted whatever the rounding.
    limit = tolerances.spacing(unit) * (1 + 1e-9)
    return bool(np.abs(errors).max() <= limit) and tolerances.accepts_places(
        np.cumsum(errors), unit
    )


def _kind(
    planes: Planes,
    steps: IntArray | None,
    *,
    aligned: bool,
    duplicates: tuple[tuple[int, ...], ...],
) -> StackKind:
    """Name what planes are, the gravest irregularity first."""
    if not aligned:
        return StackKind.TILTED if is_line(planes) else StackKind.SEVERAL_STACKS
    count = len(planes.distances)
    if count > 1 and steps is None:
        return StackKind.VARYING_SPACING
    if duplicates:
        sizes = np.bincount(planes.group)
        is_repeated = count > 1 and bool((sizes == sizes[0]).all())
        return StackKind.REPEATED_STACKS if is_repeated else StackKind.DUPLICATES
    if count == 1:
        return StackKind.SINGLE_PLANE
    assert steps is not None
    return StackKind.REGULAR if bool((steps == 1).all()) else StackKind.MISSING_PLANES


def _tilt(planes: Planes) -> float:
    return float(np.degrees(np.arctan(np.linalg.norm(line_slope(planes)))))


def _duplicates(planes: Planes) -> tuple[tuple[int, ...], ...]:
    """Return groups of more than one plane."""
    sizes = np.bincount(planes.group)
    if (sizes == 1).all():
        return ()
    members = np.split(planes.order, np.cumsum(sizes)[:-1])
    return tuple(tuple(m.tolist()) for m in members if len(m) > 1)


def _gaps(planes: Planes, gaps: FloatArray, steps: IntArray | None) -> tuple[Gap, ...]:
    """Return the gaps that are wider than the spacing."""
    if gaps.size == 0:
        return ()
    wide = steps > 1 if steps is not None else gaps > 1.5 * np.median(gaps)
    starts = np.searchsorted(planes.group, np.arange(len(planes.distances)))
    return tuple(
        Gap(
            before=int(planes.order[starts[i + 1] - 1]),
            after=int(planes.order[starts[i + 1]]),
            width=float(gaps[i]),
            missing=None if steps is None else int(steps[i]) - 1,
        )
        for i in np.flatnonzero(wide)
    )
