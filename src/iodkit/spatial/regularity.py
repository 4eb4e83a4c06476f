"""How places of parallel planes are judged: spacing, duplicates, gaps and tilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.spatial.grouping import Planes, group_planes, is_line, line_slope
from iodkit.spatial.stack import Gap, StackReport
from iodkit.spatial.stack_kind import StackKind

if TYPE_CHECKING:
    from iodkit.spatial.tolerances import Tolerances
    from iodkit.spatial.vectors import FloatArray, IntArray

__all__ = ["describe_parallel"]


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
        orientations=cosines,
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
        sets=(np.arange(len(places)),),
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
