"""Errors of geometry that carry more than a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.errors import GeometryError

if TYPE_CHECKING:
    from iodkit.spatial.stack import StackReport

__all__ = ["GeometryMismatchError", "NotAVolumeError"]


class GeometryMismatchError(GeometryError, RuntimeError):
    """Two geometries, or points and a geometry, that do not go together."""

    code = "geometry-mismatch"


class NotAVolumeError(GeometryError):
    """Planes that do not make a regular volume.

    Attributes
    ----------
    report : StackReport
        What was found about the planes, with all numbers.
    """

    code = "not-a-volume"

    def __init__(
        self,
        message: str,
        *,
        report: StackReport,
        clause: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, clause=clause, remedy=remedy)
        self.report = report
