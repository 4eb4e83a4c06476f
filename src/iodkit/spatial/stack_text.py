"""What a report on planes says to people: one sentence with the numbers, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.spatial.stack_kind import StackKind

if TYPE_CHECKING:
    from iodkit.spatial.stack import StackReport

__all__ = ["describe_report", "remedy_for"]

_REMEDIES = {
    StackKind.MISSING_PLANES: "Pass allow_missing_positions=True to leave these planes empty.",
    StackKind.DUPLICATES: "Pass allow_duplicate_positions=True, or split() the planes.",
    StackKind.REPEATED_STACKS: "split() gives one stack for each repetition.",
    StackKind.TILTED: "A volume would need interpolation; nothing is interpolated silently.",
    StackKind.VARYING_SPACING: "split() gives the regular parts; rtol and atol are parameters.",
}

_MIXED = {
    StackKind.MIXED_FRAMES_OF_REFERENCE: "lie in other frames of reference than",
    StackKind.MIXED_ORIENTATION: "are not parallel to",
    StackKind.MIXED_GRIDS: "have other PixelSpacing, Rows or Columns than",
}


def remedy_for(report: StackReport) -> str:
    """Say what can be done about planes that are no volume."""
    return _REMEDIES.get(report.kind, "split() gives the regular parts.")


def describe_report(report: StackReport) -> str:
    """Say in one sentence what planes are, with the numbers."""
    if report.kind in _MIXED:
        count = len(report.positions)
        others = count - len(report.sets[0])
        return f"{count} planes, of which {others} {_MIXED[report.kind]} the first"
    return "; ".join([_arrangement(report), *_irregularities(report)])


def _arrangement(report: StackReport) -> str:
    """Say how the planes lie behind each other."""
    count = len(report.positions)
    distance = "an unknown distance" if report.spacing is None else f"{report.spacing:.6g} mm"
    smallest, largest = report.spacing_range
    texts = {
        StackKind.SINGLE_PLANE: "one plane",
        StackKind.TILTED: f"{count} planes stacked at {report.tilt:.3g}° to their normal: the last "
        f"is shifted {report.lateral_deviation:.4g} mm in plane",
        StackKind.SEVERAL_STACKS: f"{count} parallel planes shifted in plane by up to "
        f"{report.lateral_deviation:.4g} mm against each other",
        StackKind.VARYING_SPACING: f"{count} planes whose gaps vary from {smallest:.6g} to "
        f"{largest:.6g} mm",
    }
    return texts.get(report.kind, f"{count} planes {distance} apart")


def _irregularities(report: StackReport) -> list[str]:
    """Say what is wrong with single positions and gaps."""
    texts = []
    if report.duplicates:
        first = report.duplicates[0]
        texts.append(
            f"{len(report.duplicates)} positions occur more than once (first: planes "
            f"{', '.join(str(i) for i in first[:4])})"
        )
    missing = sum(gap.missing or 0 for gap in report.gaps)
    if missing:
        gap = report.gaps[0]
        noun = "plane is" if missing == 1 else "planes are"
        texts.append(
            f"{missing} {noun} missing (first gap: {gap.width:.6g} mm between planes "
            f"{gap.before} and {gap.after})"
        )
    return texts
