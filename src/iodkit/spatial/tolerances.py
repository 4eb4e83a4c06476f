"""How tolerances decide whether places of planes are regular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import (
    PERPENDICULAR_TOLERANCE,
    PIXEL_DRIFT,
    SAME_DIRECTION,
    SPACING_DRIFT,
    SPACING_TOLERANCE,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial.vectors import FloatArray

__all__ = ["Tolerances"]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Limits that decide whether planes are a regular stack; see `describe_positions`."""

    rtol: float | None = None
    atol: float | None = None
    perpendicular: float | None = None
    orientation: float = SAME_DIRECTION
    pixel: float | None = None
    """Smallest distance in mm between pixels, if known."""

    def spacing(self, unit: float) -> float:
        """Largest difference in mm of a gap from a multiple of the spacing."""
        if self.atol is not None:
            return self.atol
        return (SPACING_TOLERANCE if self.rtol is None else self.rtol) * unit

    def accepts_places(self, residual: FloatArray, unit: float) -> bool:
        """Whether sums of small differences stay small; only where defaults apply."""
        if self.atol is not None or self.rtol is not None:
            return True
        return bool(np.abs(residual).max() <= SPACING_DRIFT * unit)

    def accepted_shifts(
        self, shifts: FloatArray, distances: FloatArray, unit: float
    ) -> NDArray[np.bool_]:
        """Tell for each plane whether its in-plane shift is small.

        It is judged against the distance from the first plane and, where defaults apply, against
        the size of pixels or the spacing `unit`.
        """
        limit = PERPENDICULAR_TOLERANCE if self.perpendicular is None else self.perpendicular
        lengths = np.hypot(shifts, distances)
        cosines = np.ones_like(lengths)
        np.divide(np.abs(distances), lengths, out=cosines, where=lengths > 0)
        # A shift of rounding size is none, also between planes at one distance.
        accepted = (1 - cosines <= limit) | (shifts <= 1e-6 * unit)
        if self.perpendicular is not None:
            return accepted
        allowed = SPACING_DRIFT * unit if self.pixel is None else PIXEL_DRIFT * self.pixel
        return accepted & (shifts <= allowed)
