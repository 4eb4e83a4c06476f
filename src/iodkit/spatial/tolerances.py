"""Tolerances for places of planes, relative to what is measured so that scale does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial.vectors import FloatArray

__all__ = [
    "DEFAULT_DRIFT",
    "DEFAULT_ORIENTATION_TOL",
    "DEFAULT_PERPENDICULAR_TOL",
    "DEFAULT_PIXEL_DRIFT",
    "DEFAULT_RTOL",
    "Tolerances",
]

DEFAULT_RTOL = 0.01
"""Largest relative difference between a gap and the spacing."""

DEFAULT_PERPENDICULAR_TOL = 1e-3
"""Largest value of 1 - cos(angle) between the normal and the line from the first plane."""

DEFAULT_ORIENTATION_TOL = 1e-4
"""Largest difference between direction cosines of parallel planes."""

DEFAULT_DRIFT = 0.25
"""Largest error of a plane's place that defaults accept, as a fraction of the spacing."""

DEFAULT_PIXEL_DRIFT = 0.5
"""Largest shift in plane that defaults accept, in pixels, where their size is known."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Limits that decide whether planes are a regular stack; see `describe_positions`."""

    rtol: float | None = None
    atol: float | None = None
    perpendicular: float | None = None
    orientation: float = DEFAULT_ORIENTATION_TOL
    pixel: float | None = None
    """Smallest distance in mm between pixels, if known."""

    def spacing(self, unit: float) -> float:
        """Largest difference in mm of a gap from a multiple of the spacing."""
        if self.atol is not None:
            return self.atol
        return (DEFAULT_RTOL if self.rtol is None else self.rtol) * unit

    def accepts_places(self, residual: FloatArray, unit: float) -> bool:
        """Whether sums of small differences stay small; only where defaults apply."""
        if self.atol is not None or self.rtol is not None:
            return True
        return bool(np.abs(residual).max() <= DEFAULT_DRIFT * unit)

    def accepted_shifts(
        self, shifts: FloatArray, distances: FloatArray, unit: float
    ) -> NDArray[np.bool_]:
        """Tell for each plane whether its in-plane shift is small.

        It is judged against the distance from the first plane and, where defaults apply, against
        the size of pixels or the spacing `unit`.
        """
        limit = DEFAULT_PERPENDICULAR_TOL if self.perpendicular is None else self.perpendicular
        lengths = np.hypot(shifts, distances)
        cosines = np.ones_like(lengths)
        np.divide(np.abs(distances), lengths, out=cosines, where=lengths > 0)
        # A shift of rounding size is none, also between planes at one distance.
        accepted = (1 - cosines <= limit) | (shifts <= 1e-6 * unit)
        if self.perpendicular is not None:
            return accepted
        allowed = DEFAULT_DRIFT * unit if self.pixel is None else DEFAULT_PIXEL_DRIFT * self.pixel
        return accepted & (shifts <= allowed)
