"""Which planes could share a stack at all, wherever they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.elements.tolerances import EQUAL_VALUES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.vectors import FloatArray, IntArray

__all__ = ["PlaneSets", "find_sets"]


@dataclass(frozen=True, slots=True, eq=False)
class PlaneSets:
    """For each plane, numbers from zero that are equal where planes agree; shape (n,) each.

    Attributes
    ----------
    reference : numpy.ndarray
        Frame of reference.
    orientation : numpy.ndarray
        Direction of rows and columns.
    grid : numpy.ndarray
        Pixel spacing, and number of rows and columns.
    """

    reference: IntArray
    orientation: IntArray
    grid: IntArray

    def members(self) -> list[IntArray]:
        """Return the planes of each set that agrees in everything, in the order given."""
        together = np.stack([self.reference, self.orientation, self.grid], axis=1)
        _, first, number = np.unique(together, axis=0, return_index=True, return_inverse=True)
        number = number.reshape(-1)
        return [np.flatnonzero(number == k) for k in np.argsort(first, kind="stable")]


def find_sets(
    orientations: FloatArray,
    orientation_tolerance: float,
    pixel_spacings: FloatArray | None = None,
    shapes: FloatArray | None = None,
    references: Sequence[str | None] | None = None,
) -> PlaneSets:
    """Number what planes have in common; what is not known counts as common.

    Parameters
    ----------
    orientations : numpy.ndarray
        Direction cosines, shape (n, 6).
    orientation_tolerance : float
        Largest difference between cosines of parallel planes.
    pixel_spacings, shapes : numpy.ndarray, optional
        Pixel spacing, and number of rows and columns, shape (n, 2) each.
    references : Sequence[str | None], optional
        Frame of Reference UID of each plane.

    Returns
    -------
    PlaneSets
        Sets of planes; each plane agrees with the first of its set.
    """
    sizes = [np.zeros((len(orientations), 1))]
    if pixel_spacings is not None:
        # Differences of logarithms are relative differences.
        sizes.append(np.log(pixel_spacings))
    if shapes is not None:
        sizes.append(shapes)
    return PlaneSets(
        reference=_number_references(
            [None] * len(orientations) if references is None else references
        ),
        orientation=_number(orientations, orientation_tolerance),
        grid=_number(np.concatenate(sizes, axis=1), EQUAL_VALUES),
    )


def _number_references(references: Sequence[str | None]) -> IntArray:
    """Number frames of reference; a plane that names none belongs to the first that is named."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(r, len(known)) if r else 0 for r in references], np.int64)


def _number(values: FloatArray, tolerance: float) -> IntArray:
    """Number rows that differ by no more than a tolerance from the first of their set."""
    numbers = np.zeros(len(values), dtype=np.int64)
    remaining = np.arange(len(values))
    number = 0
    while len(remaining):
        differs = np.abs(values[remaining] - values[remaining[0]]).max(axis=1) > tolerance
        numbers[remaining[~differs]] = number
        remaining = remaining[differs]
        number += 1
    return numbers
