"""Real-world value mappings of frames, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.frames.paths import parse_path
from iodkit.frames.ragged import Ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.frames.columns import FrameSource

__all__ = ["RealWorldMappings", "read_mappings"]

_GROUP = "RealWorldValueMappingSequence"


@dataclass(frozen=True, slots=True, eq=False)
class RealWorldMappings:
    """Real-world value mappings of frames, one row per mapping (PS3.3 C.7.6.16.2.11).

    Attributes
    ----------
    frames : numpy.ndarray
        Index (from 0) of the frame that has the mapping, ascending, shape ``(m,)``.
    labels : numpy.ndarray
        LUT Label, None where not given, shape ``(m,)``.
    units : numpy.ndarray
        Code value of the measurement units, None where not given, shape ``(m,)``.
    slopes, intercepts : numpy.ndarray
        Of linear mappings; NaN of those by a table, shape ``(m,)``.
    first_values, last_values : numpy.ndarray
        The stored values that are mapped, limits included; NaN where not given, shape ``(m,)``.
    tables : Ragged
        Real-world value of each stored value from the first to the last; no values in the row
        of a linear mapping.
    """

    frames: NDArray[np.intp]
    labels: NDArray[np.object_]
    units: NDArray[np.object_]
    slopes: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    first_values: NDArray[np.float64]
    last_values: NDArray[np.float64]
    tables: Ragged

    def __len__(self) -> int:
        return len(self.frames)


def read_mappings(source: FrameSource) -> RealWorldMappings:
    """Read the real-world value mappings of all frames.

    Parameters
    ----------
    source : FrameSource
        Where the columns of the frames come from.
    """

    def leaf(path: str) -> tuple[NDArray[np.intp], Ragged]:
        return source.items(parse_path(f"{_GROUP}.{path}"), 1)

    def number(keyword: str) -> NDArray[np.float64]:
        return _numbers(leaf(keyword)[1])

    def limit(which: str) -> NDArray[np.float64]:
        whole = number(f"RealWorldValue{which}ValueMapped")
        double = number(f"DoubleFloatRealWorldValue{which}ValueMapped")
        return np.where(np.isnan(double), whole, double)

    frames, labels = leaf("LUTLabel")
    _, tables = leaf("RealWorldValueLUTData")
    mappings = RealWorldMappings(
        frames,
        labels.first(),
        leaf("MeasurementUnitsCodeSequence.CodeValue")[1].first(),
        number("RealWorldValueSlope"),
        number("RealWorldValueIntercept"),
        limit("First"),
        limit("Last"),
        Ragged(tables.values.astype(np.float64), tables.offsets),
    )
    for array in (
        mappings.frames, mappings.labels, mappings.units, mappings.slopes, mappings.intercepts,
        mappings.first_values, mappings.last_values, mappings.tables.values,
    ):  # fmt: skip
        array.flags.writeable = False
    return mappings


def _numbers(column: Ragged) -> NDArray[np.float64]:
    """First number of each row, NaN where there is none."""
    values: Any = column.first()
    return np.where(column.counts > 0, values, np.nan).astype(np.float64)
