"""Segments as a table: what they are, how much there is of them, and where."""

from __future__ import annotations

from dataclasses import dataclass, fields
from html import escape
from typing import TYPE_CHECKING, Any

from iodkit.errors import OutOfRangeError
from iodkit.spatial.interop.libraries import import_library

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BoundingBox", "SegmentRow", "SegmentTable"]

_SHOWN = ("number", "label", "property_type", "voxels", "volume_ml", "area_mm2", "centroid")


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """Smallest part of the array that holds a segment, in indices from 0, ends excluded.

    The array is the one of :meth:`Segmentation.get_volume`, or the total pixel matrix of each
    focal plane; without either, slices are the distinct places of the frames in their order.
    """

    slice_start: int
    slice_end: int
    row_start: int
    row_end: int
    column_start: int
    column_end: int

    def as_arguments(self) -> dict[str, Any]:
        """Give it as arguments of `get_volume`, `cropped` and others.

        Returns
        -------
        dict[str, object]
            The six ends, and ``as_indices=True``.
        """
        return {**{f.name: getattr(self, f.name) for f in fields(self)}, "as_indices": True}

    def __str__(self) -> str:
        return (
            f"[{self.slice_start}:{self.slice_end}, {self.row_start}:{self.row_end}, "
            f"{self.column_start}:{self.column_end}]"
        )


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment with its measurements.

    Attributes
    ----------
    number : int
        Number of the segment.
    label : str
        Its label.
    property_category, property_type : str
        Meaning of the codes of what it is.
    property_category_code, property_type_code : tuple[str, str]
        Value and coding scheme of these codes.
    anatomic_regions : tuple[str, ...]
        Meanings of the anatomic regions where it is.
    color : str
        Colour, as ``#rrggbb``.
    algorithm_type : str
        Who or what made it.
    algorithm_name : str | None
        Name of the algorithm.
    tracking_id, tracking_uid : str | None
        Identifiers of the tracked item.
    voxels : int
        Pixels of all frames that are in the segment; of fractions all but 0, or those that reach
        the threshold.
    volume_ml : float | None
        Volume in ml, of regular stacks: voxels times the spacing between rows, columns and
        slices.  Fractions count as the share that they are, unless there is a threshold.
    area_mm2 : float | None
        Area in mm², where there is one plane: of slides and single images.
    bounding_box : BoundingBox | None
        Where it is; ``None`` if it has no voxel.
    centroid : tuple[float, float, float] | None
        Mean place of its voxels in reference coordinates in mm: of patients towards left,
        posterior and head; of slides those of the slide.  ``None`` if places are not known.
    """

    number: int
    label: str
    property_category: str
    property_category_code: tuple[str, str]
    property_type: str
    property_type_code: tuple[str, str]
    anatomic_regions: tuple[str, ...]
    color: str
    algorithm_type: str
    algorithm_name: str | None
    tracking_id: str | None
    tracking_uid: str | None
    voxels: int
    volume_ml: float | None
    area_mm2: float | None
    bounding_box: BoundingBox | None
    centroid: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """All segments of a segmentation with their measurements.

    Attributes
    ----------
    rows : tuple[SegmentRow, ...]
        A row for each segment, in the order of the descriptions.
    notes : tuple[str, ...]
        Why measurements are missing, or what they count.
    """

    rows: tuple[SegmentRow, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SegmentRow]:
        return iter(self.rows)

    def __getitem__(self, segment_number: int) -> SegmentRow:
        for row in self.rows:
            if row.number == segment_number:
                return row
        raise OutOfRangeError(
            "no segment has this number",
            attribute="segment_number",
            found=segment_number,
            expected=f"one of {[row.number for row in self.rows]}",
        )

    def to_dict(self) -> dict[str, list[Any]]:
        """Give the columns by name, flat.

        Returns
        -------
        dict[str, list]
            Codes, bounding box and centroid are a column for each part; several anatomic regions
            are joined with semicolons.
        """
        columns: dict[str, list[Any]] = {}
        for row in self.rows:
            for name, value in _flat(row):
                columns.setdefault(name, []).append(value)
        return columns

    def to_pandas(self) -> Any:
        """Return the table as a `pandas.DataFrame`, with the number of the segment as index.

        Raises
        ------
        MissingDependencyError
            If pandas is not installed.
        """
        pandas = import_library("pandas", "pandas")
        return pandas.DataFrame(self.to_dict()).set_index("number")

    def to_arrow(self) -> Any:
        """Return the table as a `pyarrow.Table`.

        Raises
        ------
        MissingDependencyError
            If pyarrow is not installed.
        """
        return import_library("pyarrow", "pyarrow").table(self.to_dict())

    def __str__(self) -> str:
        names, cells = self._shown()
        lines = [[name.replace("_", " ") for name in names], *cells]
        widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
        texts = [
            "  ".join(
                cell.ljust(width) if name in {"label", "property_type"} else cell.rjust(width)
                for name, cell, width in zip(names, line, widths, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*texts, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Table for notebooks."""
        names, cells = self._shown()
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
        body = "".join(
            f'<tr><td style="border-left: 0.8em solid {row.color}">'
            + "</td><td>".join(map(escape, line))
            + "</td></tr>"
            for row, line in zip(self.rows, cells, strict=True)
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        """Columns for people: those that have any value."""
        names = [n for n in _SHOWN if any(getattr(row, n) is not None for row in self.rows)]
        return names, [[_text(getattr(row, name)) for name in names] for row in self.rows]


def _flat(row: SegmentRow) -> Iterator[tuple[str, Any]]:
    for field in fields(row):
        value, name = getattr(row, field.name), field.name
        if name.endswith("_code"):
            yield f"{name}_value", value[0]
            yield f"{name}_scheme", value[1]
        elif name == "anatomic_regions":
            yield name, "; ".join(value)
        elif name == "bounding_box":
            for part in fields(BoundingBox):
                yield part.name, None if value is None else getattr(value, part.name)
        elif name == "centroid":
            for at, axis in enumerate("xyz"):
                yield f"centroid_{axis}", None if value is None else value[at]
        else:
            yield name, value


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return "(" + ", ".join(f"{part:.1f}" for part in value) + ")"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
