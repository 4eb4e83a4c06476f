"""The conformance kit: what every IOD of iodkit has to keep, as functions and as a pytest class."""

from typing import TYPE_CHECKING

from iodkit.testing.conformance.cases import BadCall, ConformanceCase, cases_of, check_cases
from iodkit.testing.conformance.comparing import make_object
from iodkit.testing.conformance.failures import ConformanceError
from iodkit.testing.conformance.imports import check_imports
from iodkit.testing.conformance.objects import (
    check_bad_calls,
    check_copies,
    check_determinism,
    check_inputs_untouched,
    check_json,
    check_round_trip,
)
from iodkit.testing.conformance.registration import check_hooks, check_registration
from iodkit.testing.conformance.suite import (
    CASE_CHECKS,
    CLASS_CHECKS,
    ConformanceOutcome,
    ConformanceReport,
    check_all,
    uncovered_sop_classes,
)
from iodkit.testing.conformance.validity import check_dciodvfy, check_rules

if TYPE_CHECKING:
    from iodkit.testing.conformance.pytest_class import IODConformance as IODConformance

# IODConformance is missing here: a star import must work without pytest.
__all__ = [
    "CASE_CHECKS",
    "CLASS_CHECKS",
    "BadCall",
    "ConformanceCase",
    "ConformanceError",
    "ConformanceOutcome",
    "ConformanceReport",
    "cases_of",
    "check_all",
    "check_bad_calls",
    "check_cases",
    "check_copies",
    "check_dciodvfy",
    "check_determinism",
    "check_hooks",
    "check_imports",
    "check_inputs_untouched",
    "check_json",
    "check_registration",
    "check_round_trip",
    "check_rules",
    "make_object",
    "uncovered_sop_classes",
]


def __getattr__(name: str) -> object:
    """Import the pytest class on first use, as it needs pytest (PEP 562)."""
    if name != "IODConformance":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from iodkit.testing.conformance.pytest_class import IODConformance
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        from iodkit.errors import MissingDependencyError

        raise MissingDependencyError(
            "IODConformance needs pytest", remedy='pip install "iodkit[testing]"'
        ) from error
    return IODConformance
