"""Planes that are no volume, split into parts that are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from iodkit.spatial.affine import get_normal_vector
from iodkit.spatial.grouping import Planes, group_planes, is_line
from iodkit.spatial.regularity import describe_parallel

if TYPE_CHECKING:
    from iodkit.spatial.stack import StackReport
    from iodkit.spatial.tolerances import Tolerances
    from iodkit.spatial.vectors import FloatArray, IntArray

__all__ = ["describe_parts"]


def _parts(planes: Planes, tolerances: Tolerances) -> tuple[IntArray, ...]:
    """Separate parallel planes into regular stacks."""
    gaps = np.diff(planes.distances)
    unit = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 0.0
    shifts = np.linalg.norm(planes.offsets, axis=1)
    aligned = tolerances.accepted_shifts(shifts, planes.distances, unit)
    if not aligned.all() and is_line(planes):
        return tuple(planes.order[i : i + 1] for i in range(len(planes.order)))
    starts = np.searchsorted(planes.group, planes.group)
    repetition = np.arange(len(planes.order)) - starts
    found: list[IntArray] = []
    for number in range(int(repetition.max()) + 1):
        chosen = np.flatnonzero(repetition == number)
        while len(chosen):
            groups = planes.group[chosen]
            shifts = np.linalg.norm(planes.offsets[groups] - planes.offsets[groups[0]], axis=1)
            distances = planes.distances[groups] - planes.distances[groups[0]]
            is_above = tolerances.accepted_shifts(shifts, distances, unit)
            column, chosen = chosen[is_above], chosen[~is_above]
            distances = distances[is_above]
            found.extend(planes.order[column[a:b]] for a, b in _runs(distances, tolerances))
    return tuple(found)


def _runs(distances: FloatArray, tolerances: Tolerances) -> list[tuple[int, int]]:
    """Cut sorted distances into runs of equal gaps, as (start, stop)."""
    gaps = np.diff(distances)
    runs, start = [], 0
    while start < len(distances):
        stop = start + 2
        if stop <= len(distances):
            limit = tolerances.spacing(float(gaps[start]))
            different = np.abs(gaps[start:] - gaps[start]) > limit
            stop = start + (int(np.argmax(different)) if different.any() else len(different)) + 1
        # A lone plane before a run of another spacing belongs to that run's gap, not to its own.
        if stop - start == 2 and stop < len(distances) and _starts_run(gaps, start + 1, tolerances):
            stop = start + 1
        stop = min(stop, len(distances))
        runs.append((start, stop))
        start = stop
    return runs


def _starts_run(gaps: FloatArray, at: int, tolerances: Tolerances) -> bool:
    """Whether the gap at an index is the first of at least two equal ones, or is smaller."""
    if at + 1 < len(gaps) and abs(gaps[at + 1] - gaps[at]) <= tolerances.spacing(float(gaps[at])):
        return True
    return bool(gaps[at] < gaps[at - 1] - tolerances.spacing(float(gaps[at - 1])))


def describe_parts(report: StackReport) -> tuple[StackReport, ...]:
    """Describe the regular parts of planes; see `StackReport.split`."""
    first = get_normal_vector(report.orientations[0].tolist())
    sign = 1.0 if float(first @ report.normal) > 0 else -1.0
    reports = []
    for group in report.sets:
        cosines = report.orientations[group]
        normal = sign * get_normal_vector(cosines[0].tolist())
        planes = group_planes(report.positions[group], normal, None, report.tolerances)
        for part in _parts(planes, report.tolerances):
            members = group[part]
            described = describe_parallel(
                report.positions[members], cosines[part], normal, None, report.tolerances
            )
            reports.append(replace(described, members=members))
    return tuple(reports)
