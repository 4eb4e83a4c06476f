"""Profiles: what a viewer needs before it shows a derived object."""

from __future__ import annotations

from iodkit.errors import InvalidValueError
from iodkit.registry import RuleEntry

__all__ = ["PROFILES", "profile_rules"]

_HOME = "iodkit.validation.rules.viewers"


def _rule(code: str, clause: str, function: str) -> RuleEntry:
    return RuleEntry(code, clause, "warning", f"{_HOME}:{function}")


_SERIES = _rule("viewer-referenced-series", "PS3.3 C.12.2", "need_referenced_series")
_SOURCES = _rule("viewer-source-images", "PS3.3 C.7.6.16.2.6", "need_source_images")
_COLORS = _rule("viewer-segment-colors", "PS3.3 C.8.20.2", "need_segment_colors")
_SYNTAX = _rule("viewer-transfer-syntax", "PS3.5 A.2", "need_plain_syntax")
_BYTES = _rule("viewer-byte-aligned", "PS3.5 8.1.1", "need_byte_aligned_frames")
_ORIGIN = _rule("viewer-matrix-origin", "PS3.3 C.8.12.4", "need_matrix_origin")

PROFILES: dict[str, tuple[RuleEntry, ...]] = {
    "ohif": (_SERIES, _SOURCES, _COLORS, _SYNTAX),
    "slicer": (_SERIES, _BYTES),
    "weasis": (_SERIES, _SOURCES),
    "qupath": (_ORIGIN,),
}
"""Rules of each viewer, called with a `iodkit.validation.subject.Subject`."""


def profile_rules(name: str) -> tuple[RuleEntry, ...]:
    """Return the rules of a profile.

    Parameters
    ----------
    name : str
        Name of a viewer.

    Returns
    -------
    tuple of RuleEntry
        Its rules.

    Raises
    ------
    InvalidValueError
        If there is no such profile.
    """
    if name not in PROFILES:
        raise InvalidValueError(
            "no such profile", attribute="profile", found=name, expected=f"one of {[*PROFILES]}"
        )
    return PROFILES[name]
