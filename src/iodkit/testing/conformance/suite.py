"""All checks together, their outcome, and the SOP classes that no one checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from iodkit.errors import IodkitError, MissingDependencyError
from iodkit.testing.conformance.cases import ConformanceCase, cases_of, check_cases
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
from iodkit.testing.conformance.validity import check_dciodvfy, check_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iodkit.registry import Registry

__all__ = [
    "CASE_CHECKS",
    "CLASS_CHECKS",
    "ConformanceOutcome",
    "ConformanceReport",
    "check_all",
    "uncovered_sop_classes",
]

CLASS_CHECKS: tuple[Callable[[str], None], ...] = (
    check_registration,
    check_hooks,
    check_imports,
)
"""Checks of a SOP class, each called with its UID."""

CASE_CHECKS: tuple[Callable[[str, ConformanceCase], None], ...] = (
    check_round_trip,
    check_copies,
    check_json,
    check_determinism,
    check_inputs_untouched,
    check_bad_calls,
    check_rules,
    check_dciodvfy,
)
"""Checks of an object, each called with the SOP Class UID and the case that makes it."""


@dataclass(frozen=True, slots=True)
class ConformanceOutcome:
    """What came out of one check.

    Parameters
    ----------
    check : str
        Name of the check's function.
    case : str
        Name of the case; empty for checks of the SOP class.
    state : {"passed", "failed", "skipped"}
        Skipped is a check whose program is not installed.
    error : IodkitError | None
        Why it failed or was skipped.
    """

    check: str
    case: str
    state: Literal["passed", "failed", "skipped"]
    error: IodkitError | None = None

    def __str__(self) -> str:
        place = f"{self.check}[{self.case}]" if self.case else self.check
        return f"{place}: {self.state}" + (f", {self.error}" if self.error is not None else "")


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """What came out of all checks of a SOP class.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    outcomes : tuple[ConformanceOutcome, ...]
        One for each check and case.
    """

    sop_class_uid: str
    outcomes: tuple[ConformanceOutcome, ...]

    @property
    def failures(self) -> tuple[ConformanceOutcome, ...]:
        """The checks that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.state == "failed")

    def raise_for_failures(self) -> None:
        """Raise if a check failed.

        Raises
        ------
        ConformanceError
            With all failures.
        """
        if self.failures:
            text = "; ".join(map(str, self.failures))
            raise ConformanceError(f"{self.sop_class_uid} does not conform: {text}")

    def __str__(self) -> str:
        return "\n".join([self.sop_class_uid, *(f"  {outcome}" for outcome in self.outcomes)])


def check_all(
    sop_class_uid: str, cases: Iterable[ConformanceCase] | None = None
) -> ConformanceReport:
    """Run all checks of a SOP class; one that fails does not stop the others.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID.
    cases : Iterable[ConformanceCase] | None, optional
        Cases; by default those that plugins bring.

    Returns
    -------
    ConformanceReport
        What came out.
    """
    outcomes = [_outcome(check, sop_class_uid) for check in CLASS_CHECKS]
    given: tuple[ConformanceCase, ...] = ()

    def collect(uid: str) -> None:
        nonlocal given
        given = cases_of(uid) if cases is None else tuple(cases)
        check_cases(uid, given)

    collect.__name__ = check_cases.__name__
    outcomes.append(_outcome(collect, sop_class_uid))
    for case in given:
        outcomes.extend(_outcome(check, sop_class_uid, case) for check in CASE_CHECKS)
    return ConformanceReport(sop_class_uid, tuple(outcomes))


def _outcome(
    check: Callable[..., None], uid: str, case: ConformanceCase | None = None
) -> ConformanceOutcome:
    name, label = check.__name__, "" if case is None else case.name
    try:
        check(*((uid,) if case is None else (uid, case)))
    except MissingDependencyError as error:
        return ConformanceOutcome(name, label, "skipped", error)
    except IodkitError as error:
        return ConformanceOutcome(name, label, "failed", error)
    except Exception as error:  # noqa: BLE001 - a broken case must not hide the others
        failure = ConformanceError(f"the check could not run: {error!r}")
        return ConformanceOutcome(name, label, "failed", failure)
    return ConformanceOutcome(name, label, "passed")


def uncovered_sop_classes(
    registry: Registry, covered: Iterable[str] = (), family: str | None = None
) -> tuple[str, ...]:
    """List the registered SOP classes whose implementation no conformance test covers.

    One class may serve many SOP classes: tests of one of them cover it.

    Parameters
    ----------
    registry : Registry
        What is registered.
    covered : Iterable[str], optional
        SOP Class UIDs that tests cover; those with cases of their plugin are covered anyway.
    family : str | None, optional
        Only SOP classes of this family.

    Returns
    -------
    tuple[str, ...]
        SOP Class UIDs, sorted.
    """
    known = set(covered)
    tested = {
        entry.implementation
        for entry in registry.entries()
        if entry.sop_class_uid in known or registry.conformance(entry.sop_class_uid)
    }
    return tuple(
        entry.sop_class_uid
        for entry in registry.entries(family)
        if entry.implementation not in tested
    )
