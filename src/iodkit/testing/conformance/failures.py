"""The error that a failed conformance check raises."""

from __future__ import annotations

from iodkit.errors import IodkitError

__all__ = ["ConformanceError"]


class ConformanceError(IodkitError, AssertionError):
    """An implementation does not keep what every IOD of iodkit promises."""

    code = "conformance"
