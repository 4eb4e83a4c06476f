"""The kernel's rules as records, in the form in which plugins register theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.registry import RuleEntry

if TYPE_CHECKING:
    from iodkit.registry.records import Severity

__all__ = ["RULES", "TABLES"]

_HOME = "iodkit.validation.rules"

_TABLE: tuple[tuple[str, str, Severity, str], ...] = (
    ("value-length", "PS3.5 6.2", "error", "values:check_lengths"),
    ("value-characters", "PS3.5 6.2", "error", "values:check_characters"),
    ("value-undecodable", "PS3.3 C.12.1.1.2", "error", "values:check_decodable"),
    ("code-incomplete", "PS3.3 8.8", "error", "codes:check_code_tuples"),
    ("code-retired-scheme", "PS3.16 8", "warning", "codes:check_retired_schemes"),
    ("template-unidentified", "PS3.3 C.18.8.1.2", "error", "codes:check_templates"),
    ("uid-own-reference", "PS3.3 C.12.1.1.1", "error", "identity:check_own_references"),
    ("uid-repeated", "PS3.5 9", "error", "identity:check_distinct_identifiers"),
    ("meta-contradicts", "PS3.10 7.1", "error", "identity:check_file_meta"),
    ("reference-unlisted", "PS3.3 C.12.2", "error", "identity:check_listed_references"),
    ("reference-needless", "PS3.3 C.12.2", "error", "identity:check_needless_lists"),
    ("pixel-length", "PS3.5 8.1.1", "error", "pixels:check_pixel_length"),
    ("pixel-vr", "PS3.5 A.4", "error", "pixels:check_pixel_vr"),
    ("pixel-offsets", "PS3.3 C.7.6.3", "error", "pixels:check_offset_tables"),
    ("pixel-bits", "PS3.3 C.7.6.3.1", "error", "pixels:check_bits"),
    ("pixel-samples", "PS3.3 C.7.6.3.1.2", "error", "pixels:check_samples"),
    ("palette", "PS3.3 C.7.9", "error", "pixels:check_palettes"),
    ("color-profile", "PS3.3 C.11.15.1.1", "error", "pixels:check_color_profile"),
    ("frame-count", "PS3.3 C.7.6.16", "error", "frames:check_frame_count"),
    ("dimension-unknown", "PS3.3 C.7.6.17", "error", "frames:check_dimension_organization"),
    ("dimension-values", "PS3.3 C.7.6.17", "error", "frames:check_dimension_values"),
    ("position-reference", "PS3.3 C.7.4.1.1.2", "error", "geometry:check_position_reference"),
    ("orientation", "PS3.3 C.7.6.2.1.1", "error", "geometry:check_orientations"),
    ("spacing-not-positive", "PS3.3 10.7.1.3", "error", "geometry:check_spacings"),
    ("spacing-contradicts", "PS3.3 C.7.6.16.2.1", "warning", "geometry:check_slice_spacing"),
)

RULES: tuple[RuleEntry, ...] = tuple(
    RuleEntry(code, clause, severity, f"{_HOME}.{reference}")
    for code, clause, severity, reference in _TABLE
)
"""Called with a `iodkit.validation.subject.Subject`; those of plugins with the dataset."""

TABLES = RuleEntry("tables", "PS3.5 7.4", "error", "iodkit.validation.tables:check_attributes")
"""The check against the tables of attributes; its findings have codes of their own."""
