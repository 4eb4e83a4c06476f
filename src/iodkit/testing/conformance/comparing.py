"""Making a case's object reproducibly, and saying where two objects differ."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

from iodkit.context import Equipment, SeededUIDs, defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.dataset import SOPClass
    from iodkit.testing.conformance.cases import ConformanceCase

__all__ = ["CLOCK", "difference", "encode", "fixed_defaults", "is_same", "make_object"]

CLOCK = dt.datetime(1999, 12, 31, 23, 59, 30, tzinfo=dt.UTC)
"""What time it is in the kit: never now, so that a forgotten clock is noticed."""

_EQUIPMENT = Equipment(
    manufacturer="iodkit",
    manufacturer_model_name="Conformance kit",
    software_versions="1",
    device_serial_number="1",
)


@contextmanager
def fixed_defaults(seed: str) -> Iterator[None]:
    """Fix clock, identifiers and equipment for a block.

    Parameters
    ----------
    seed : str
        Seed of the identifiers.

    Yields
    ------
    None
        While they are fixed.
    """
    with defaults(clock=lambda: CLOCK, uid_generator=SeededUIDs(seed), equipment=_EQUIPMENT):
        yield


def make_object(case: ConformanceCase, **changes: Any) -> SOPClass:
    """Make the object of a case under fixed defaults.

    Parameters
    ----------
    case : ConformanceCase
        The case.
    **changes
        Arguments that replace those of the case.

    Returns
    -------
    SOPClass
        The object.
    """
    with fixed_defaults(case.name):
        return case.make(**{**case.inputs(), **changes})


def encode(instance: SOPClass) -> bytes:
    """Write an object into memory.

    Parameters
    ----------
    instance : SOPClass
        The object.

    Returns
    -------
    bytes
        Content of the file.
    """
    buffer = io.BytesIO()
    instance.save_as(buffer)
    return buffer.getvalue()


def difference(first: Dataset, second: Dataset, path: str = "") -> str:
    """Name the first attribute in which two datasets differ.

    Parameters
    ----------
    first, second : pydicom.Dataset
        Datasets.
    path : str, optional
        Path of both in a larger dataset.

    Returns
    -------
    str
        Path of the attribute with both values; empty if there is no difference.
    """
    for tag in sorted({*first.keys(), *second.keys()}):
        if (tag in first) != (tag in second):
            return f"{path}{tag} is in one only"
        one, other = first[tag], second[tag]
        name = f"{path}{one.keyword or tag}"
        if one.VR == "SQ" and other.VR == "SQ" and len(one.value) == len(other.value):
            for number, (left, right) in enumerate(zip(one.value, other.value, strict=True), 1):
                found = difference(left, right, f"{name}[{number}].")
                if found:
                    return found
        elif one.VR != other.VR or one.value != other.value:
            return f"{name}: {one.VR} {str(one.value)[:60]!r}, {other.VR} {str(other.value)[:60]!r}"
    return ""


def is_same(first: Any, second: Any) -> bool:
    """Whether two arguments hold the same values.

    Parameters
    ----------
    first, second : object
        Arrays, datasets, collections of such, or anything else.

    Returns
    -------
    bool
        True if nothing in them differs.
    """
    if first is second or type(first) is not type(second):
        return first is second
    if isinstance(first, np.ndarray):
        same_form = first.dtype == second.dtype and first.shape == second.shape
        return same_form and np.array_equal(first, second, equal_nan=first.dtype.kind in "fc")
    if isinstance(first, Dataset):
        return not difference(first, second) and is_same(
            getattr(first, "file_meta", None), getattr(second, "file_meta", None)
        )
    if isinstance(first, Mapping):
        return list(first) == list(second) and all(is_same(first[k], second[k]) for k in first)
    if isinstance(first, Sequence) and not isinstance(first, str | bytes):
        return len(first) == len(second) and all(map(is_same, first, second))
    compares = any("__eq__" in vars(kind) for kind in type(first).__mro__[:-1])
    # The equality of a dataclass fails on fields that are arrays.
    if compares and not dataclasses.is_dataclass(first):
        return bool(first == second)
    return _has_same_state(first, second)


def _has_same_state(first: Any, second: Any) -> bool:
    """Compare objects that have no equality of their own by their fields."""
    names = {*getattr(first, "__dict__", ())}
    for kind in type(first).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names.update((slots,) if isinstance(slots, str) else slots)
    missing = object()
    return all(
        is_same(getattr(first, name, missing), getattr(second, name, missing))
        for name in sorted(names - {"__weakref__", "__dict__"})
        if not callable(getattr(first, name, None))
    )
