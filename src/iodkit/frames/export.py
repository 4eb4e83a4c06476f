"""Frame tables for people and for other tools."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from iodkit.frames.table import FrameTable

__all__ = ["describe", "to_arrow", "to_dict", "to_pandas"]

# Property of the table and the names of its columns; a number of names says the width.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "frame_numbers": ("frame_number",),
    "segment_numbers": ("segment_number",),
    "stack_ids": ("stack_id",),
    "in_stack_positions": ("in_stack_position",),
    "temporal_positions": ("temporal_position",),
    "positions": ("position_x", "position_y", "position_z"),
    "orientations": tuple(f"orientation_{i}" for i in range(1, 7)),
    "slide_positions": ("slide_x", "slide_y", "slide_z"),
    "matrix_positions": ("matrix_row", "matrix_column"),
    "pixel_spacings": ("pixel_spacing_rows", "pixel_spacing_columns"),
    "slice_thickness": ("slice_thickness",),
    "spacing_between_slices": ("spacing_between_slices",),
    "optical_paths": ("optical_path",),
    "acquisition_datetimes": ("acquisition_datetime",),
    "reference_datetimes": ("reference_datetime",),
    "content_times": ("content_time",),
    "rescale_slopes": ("rescale_slope",),
    "rescale_intercepts": ("rescale_intercept",),
    "rescale_types": ("rescale_type",),
}
_NUMBERED = {
    "dimension_index_values": "dimension",
    "window_centers": "window_center",
    "window_widths": "window_width",
}
_SHOWN_ROWS = 6
_SHOWN_COLUMNS = 8


def to_dict(table: FrameTable) -> dict[str, NDArray[Any]]:
    """Return the columns of a table that have any value, by name."""
    uids = np.array([uid or None for uid in table.instance_uids], object)
    found = {"instance_uid": uids[table.instances]}
    for name, parts in _COLUMNS.items():
        _split(found, getattr(table, name), parts)
    for name, part in _NUMBERED.items():
        array = getattr(table, name)
        _split(found, array, [f"{part}_{i + 1}" for i in range(array.shape[1])])
    found.update(_sources(table))
    found.update(_mappings(table))
    return {name: column for name, column in found.items() if _has_values(column)}


def _sources(table: FrameTable) -> dict[str, NDArray[Any]]:
    """Each frame's number of references to sources, and the first of them."""
    sources = table.sources
    if not len(sources):
        return {}
    first = _first_rows(sources.frames, len(table))
    uids = np.array([*sources.uids, None], object)
    numbers = sources.frame_numbers.first()
    return {
        "source_uid": _take(uids[sources.instances], first, None),
        "source_frame": _take(np.where(numbers == None, -1, numbers), first, -1).astype(int),  # noqa: E711
        "number_of_sources": np.bincount(sources.frames, minlength=len(table)),
    }


def _mappings(table: FrameTable) -> dict[str, NDArray[Any]]:
    """Each frame's number of real-world value mappings, and the first of them."""
    mappings = table.real_world_mappings
    if not len(mappings):
        return {}
    first = _first_rows(mappings.frames, len(table))
    return {
        "real_world_label": _take(mappings.labels, first, None),
        "real_world_unit": _take(mappings.units, first, None),
        "real_world_slope": _take(mappings.slopes, first, np.nan),
        "real_world_intercept": _take(mappings.intercepts, first, np.nan),
        "number_of_real_world_mappings": np.bincount(mappings.frames, minlength=len(table)),
    }


def _first_rows(frames: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Find the first row of each frame, -1 where there is none."""
    first = np.full(n, -1, np.intp)
    known, rows = np.unique(frames, return_index=True)
    first[known] = rows
    return first


def _take(column: NDArray[Any], rows: NDArray[np.intp], missing: Any) -> NDArray[Any]:
    taken = column[rows]
    taken[rows == -1] = missing
    return taken


def _split(found: dict[str, NDArray[Any]], array: NDArray[Any], parts: Any) -> None:
    flat = array.reshape(len(array), -1) if len(array) else array.reshape(0, len(parts))
    for place, part in enumerate(parts):
        found[part] = flat[:, place]


def _has_values(column: NDArray[Any]) -> bool:
    if column.dtype == object:
        return any(value is not None for value in column.tolist())
    if column.dtype.kind == "M":
        return not bool(np.isnat(column).all())
    if column.dtype.kind == "f":
        return not bool(np.isnan(column).all())
    return not bool((column == -1).all())


def _load(name: str, purpose: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingDependencyError(
            f"{name} is needed for {purpose}", remedy=f"pip install {name}"
        ) from None


def to_pandas(table: FrameTable) -> Any:
    """Return the columns that have any value as a `pandas.DataFrame`."""
    pandas = _load("pandas", "to_pandas()")
    return pandas.DataFrame(to_dict(table))


def to_arrow(table: FrameTable) -> Any:
    """Return the columns that have any value as a `pyarrow.Table`."""
    pyarrow = _load("pyarrow", "to_arrow()")
    return pyarrow.table({name: pyarrow.array(c) for name, c in to_dict(table).items()})


def describe(table: FrameTable) -> str:
    """Write a short table of the first and last frames."""
    columns = to_dict(table)
    if len(set(table.instance_uids)) < 2:
        columns.pop("instance_uid", None)
    n = len(table)
    many = "frame" if n == 1 else "frames"
    of = f" of {len(table.instance_uids)} instances" if len(table.instance_uids) > 1 else ""
    names = list(columns)[:_SHOWN_COLUMNS]
    half = _SHOWN_ROWS // 2
    rows = list(range(n)) if n <= _SHOWN_ROWS else [*range(half), *range(n - half, n)]
    cells = [["", *names]]
    cells += [[str(row), *(_cell(columns[name][row]) for name in names)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in cells]
    if n > _SHOWN_ROWS:
        lines.insert(1 + half, "...")
    left = len(columns) - len(names)
    tail = [f"({left} more columns: {', '.join(list(columns)[_SHOWN_COLUMNS:])})"] if left else []
    return "\n".join([f"FrameTable: {n} {many}{of}", *lines, *tail])


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return "-"
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 24 else f"…{text[-23:]}"
