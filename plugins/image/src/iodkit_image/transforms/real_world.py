"""Mappings from stored to real-world values (PS3.3 C.7.6.16.2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.coding import CodedConcept, to_code
from iodkit.errors import (
    CorruptDataError,
    InvalidValueError,
    MissingAttributeError,
    NotFoundError,
    OutOfRangeError,
)
from iodkit_image.transforms.modality import rescale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

__all__ = ["RealWorldMap", "select_map"]

_CLAUSE = "PS3.3 C.7.6.16.2.11"


@dataclass(frozen=True, slots=True, eq=False)
class RealWorldMap:
    """One mapping.

    Parameters
    ----------
    first, last : float
        Stored values that it is for.
    slope, intercept : float
        ``output = stored * slope + intercept``, where there is no table.
    entries : numpy.ndarray | None
        Output for each stored value from the first to the last.
    """

    first: float
    last: float
    slope: float = 1.0
    intercept: float = 0.0
    entries: NDArray[np.float64] | None = None

    @classmethod
    def from_item(cls, item: Dataset) -> RealWorldMap:
        """Read an item of the Real World Value Mapping Sequence.

        Parameters
        ----------
        item : pydicom.Dataset
            The item.

        Returns
        -------
        RealWorldMap
            The mapping.

        Raises
        ------
        MissingAttributeError, CorruptDataError
            If the item does not say how values are mapped.
        """
        first = _either(item, "RealWorldValueFirstValueMapped")
        last = _either(item, "RealWorldValueLastValueMapped")
        table = item.get("RealWorldValueLUTData")
        if table is not None:
            entries = np.atleast_1d(np.array(table, np.float64))
            if len(entries) != last - first + 1:
                raise CorruptDataError(
                    "the table has not an entry for each value",
                    attribute="RealWorldValueLUTData",
                    found=len(entries),
                    expected=f"{last - first + 1:.0f}",
                    clause=_CLAUSE,
                )
            return cls(first, last, entries=entries)
        for keyword in ("RealWorldValueSlope", "RealWorldValueIntercept"):
            if item.get(keyword) is None:
                raise MissingAttributeError(
                    "the mapping has neither a table nor slope and intercept",
                    attribute=keyword,
                    clause=_CLAUSE,
                )
        slope, intercept = float(item.RealWorldValueSlope), float(item.RealWorldValueIntercept)
        return cls(first, last, slope, intercept)

    def apply(self, array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map stored values.

        Parameters
        ----------
        array : numpy.ndarray
            Stored values of any shape.
        dtype : numpy.dtype
            Type of the output.

        Returns
        -------
        numpy.ndarray
            Real-world values.

        Raises
        ------
        InvalidValueError
            If a value is outside of what the mapping is for.
        """
        low, high = array.min(), array.max()
        if low < self.first or high > self.last:
            raise InvalidValueError(
                "stored values lie outside of what the real-world mapping is for",
                attribute="RealWorldValueFirstValueMapped",
                found=f"{low} to {high}",
                expected=f"{self.first:g} to {self.last:g}",
                clause=_CLAUSE,
                remedy="Pass apply_real_world_transform=False.",
            )
        if self.entries is None:
            return rescale(array, self.slope, self.intercept, dtype)
        if dtype.kind != "f":
            raise InvalidValueError(
                "entries of real-world tables are fractions",
                attribute="dtype",
                found=str(dtype),
                expected="a floating-point type",
            )
        index = array.astype(np.int64) - int(self.first)
        return self.entries[index].astype(dtype, copy=False)


def _either(item: Dataset, keyword: str) -> float:
    for name in (keyword, keyword.replace("RealWorldValue", "DoubleFloatRealWorldValue")):
        value = item.get(name)
        if value is not None:
            return float(value)
    raise MissingAttributeError(
        "the real-world mapping does not say which values it is for",
        attribute=keyword,
        clause=_CLAUSE,
    )


def select_map(items: Sequence[Dataset], selector: int | str | Code | CodedConcept) -> RealWorldMap:
    """Choose a mapping.

    Parameters
    ----------
    items : Sequence[pydicom.Dataset]
        Items of the Real World Value Mapping Sequence.
    selector : int | str | Code | CodedConcept
        Number from 0 and negative from the end, label, or unit.

    Returns
    -------
    RealWorldMap
        The mapping.

    Raises
    ------
    OutOfRangeError, NotFoundError
        If there is none.
    """
    if isinstance(selector, int | np.integer):
        if not -len(items) <= selector < len(items):
            raise OutOfRangeError(
                "there is no such real-world mapping",
                attribute="real_world_value_map_selector",
                found=int(selector),
                expected=f"{-len(items)} to {len(items) - 1}",
            )
        return RealWorldMap.from_item(items[int(selector)])
    for item in items:
        if isinstance(selector, str):
            if item.get("LUTLabel") == selector:
                return RealWorldMap.from_item(item)
        else:
            units = item.get("MeasurementUnitsCodeSequence") or ()
            if any(to_code(unit) == to_code(selector) for unit in units):
                return RealWorldMap.from_item(item)
    raise NotFoundError(
        "no real-world mapping has this label or unit",
        attribute="real_world_value_map_selector",
        found=selector,
        expected=f"one of {[item.get('LUTLabel') for item in items]}",
    )
